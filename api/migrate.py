"""Bringing the database to the newest revision: `python -m api.migrate`."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from pipeline.records.base import engine
from pipeline.settings import settings

_LOCK = 0x7453_4D49  # PostgreSQL advisory lock: two servers that start together migrate one after the other


def config(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration without a file."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.attributes["connection"] = connection
    return made


def upgrade(revision: str = "head") -> None:
    """Bring the database of the settings to a revision, in one transaction; nothing happens when it is there."""
    settings().data_dir.mkdir(parents=True, exist_ok=True)
    with engine().connect() as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        command.upgrade(config(connection), revision)


if __name__ == "__main__":
    upgrade()
