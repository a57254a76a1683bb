"""A migration changes the tables of a house that is lived in, and no row is lost on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import MetaData, Table, delete, select

from api.migrate import config, upgrade
from pipeline.records.base import engine, engine_for, now
from pipeline.settings import settings

_PLAIN = {str: "x", int: 1, float: 1.0, bool: True}
_LIVED_IN = (
    "organisation", "person", "project", "building", "submission", "file", "sheet", "finding", "comparison",
    "difference", "annotation", "reply",
)  # fmt: skip


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A house of its own, in SQLite, where a table can only be changed by making it anew."""
    monkeypatch.setenv("TUSHEN_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("TUSHEN_DATABASE_URL", raising=False)
    for cache in (settings, engine_for):
        cache.cache_clear()
    yield
    engine().dispose()
    for cache in (settings, engine_for):
        cache.cache_clear()


def value_of(table: Table, column: str) -> object:
    """Return something a column takes; foreign keys lead to the one row "x" of each table."""
    if column == "id" or table.c[column].foreign_keys or column.endswith("_id"):
        return "x"
    if table.c[column].type.__class__.__name__ == "JSON":
        return []
    return now() if column == "at" or column.endswith("_at") else _PLAIN.get(table.c[column].type.python_type, "x")


def live_in() -> None:
    tables = MetaData()
    with engine().begin() as connection:
        tables.reflect(connection)
        for name in _LIVED_IN:
            table = tables.tables[name]
            values = {c.name: value_of(table, c.name) for c in table.columns if c.name != "previous_id"}
            connection.execute(table.insert().values(values))


def rows(name: str) -> list[dict[str, object]]:
    with engine().begin() as connection:
        table = Table(name, MetaData(), autoload_with=connection)
        return [dict(row) for row in connection.execute(select(table)).mappings()]


def test_marks_and_their_answers_come_through_and_outlive_what_they_were_made_on(house: None) -> None:
    upgrade("0004")
    live_in()
    before = {name: rows(name) for name in _LIVED_IN}
    upgrade()
    assert {name: rows(name) for name in _LIVED_IN} == before
    with engine().begin() as connection:
        for name in ("finding", "difference"):
            connection.execute(delete(Table(name, MetaData(), autoload_with=connection)))
    (mark,) = rows("annotation")
    assert (mark["finding_id"], mark["difference_id"], mark["text"]) == (None, None, "x")
    with engine().connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_the_way_back_leads_to_the_tables_before(house: None) -> None:
    upgrade("0004")
    before = sorted(str(key) for key in engine_keys())
    upgrade()
    assert sorted(str(key) for key in engine_keys()) != before
    with engine().connect() as connection, connection.begin():
        command.downgrade(config(connection), "0004")
    assert sorted(str(key) for key in engine_keys()) == before


def engine_keys() -> list[tuple[object, ...]]:
    with engine().connect() as connection:
        return [tuple(row)[2:] for row in connection.exec_driver_sql("PRAGMA foreign_key_list(annotation)")]
