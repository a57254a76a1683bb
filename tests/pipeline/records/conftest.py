"""A database with the tables of facts: SQLite here, the real PostgreSQL in tests/services."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from pipeline.records import tables  # noqa: F401 - fills the metadata
from pipeline.records.base import Base, make_engine
from pipeline.records.log import protect_events


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = make_engine(f"sqlite:///{tmp_path / 'records.sqlite3'}")
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        protect_events(connection)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as session:
        yield session
