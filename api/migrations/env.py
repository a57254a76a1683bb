"""Alembic's door: one connection, handed over by `api.migrate`, or the database of the settings."""

from __future__ import annotations

from typing import Any

from alembic import context

from api.tables import METADATA
from pipeline.records.base import engine

options: dict[str, Any] = {"target_metadata": METADATA, "compare_type": True, "render_as_batch": True}
handed = context.config.attributes.get("connection")

if handed is not None:
    context.configure(connection=handed, **options)
    with context.begin_transaction():
        context.run_migrations()
else:
    with engine().connect() as connection:
        context.configure(connection=connection, **options)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
