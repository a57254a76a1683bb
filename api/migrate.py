"""Bringing the database to the newest revision: `python -m api.migrate`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

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
    with engine().connect() as connection, _tables_may_be_made_anew(connection), connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        command.upgrade(config(connection), revision)
        if connection.dialect.name == "sqlite":
            broken = connection.execute(text("PRAGMA foreign_key_check")).all()
            if broken:
                raise RuntimeError(f"the migration would leave rows that refer to nothing: {broken[:5]}")


@contextmanager
def _tables_may_be_made_anew(connection: Connection) -> Iterator[None]:
    """Hold SQLite's foreign keys back: it changes a table by making it anew, and dropping the old one empties others.

    They are looked at once, before the end of the transaction; the switch does nothing inside of one.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    raw: Any = connection.connection.driver_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


if __name__ == "__main__":
    upgrade()
