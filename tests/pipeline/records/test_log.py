"""The chain of events: intact under many writers, broken by any change."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from pipeline.records.log import append_event, digest_of, unprotect_events, verify_chain
from pipeline.records.tables import Event


def _fill(engine: Engine, count: int) -> None:
    with Session(engine) as session, session.begin():
        for number in range(count):
            append_event(session, "", f"test:event:{number}", f"s{number}", None, {"数": number, "ratio": 0.1})


class LogLaws:
    def test_an_empty_chain_is_intact(self, session: Session) -> None:
        assert verify_chain(session) == (True, 0, None)

    def test_events_are_numbered_and_chained(self, engine: Engine, session: Session) -> None:
        _fill(engine, 5)
        events = list(session.scalars(select(Event).order_by(Event.sequence)))
        assert [e.sequence for e in events] == [1, 2, 3, 4, 5]
        assert all(b.previous == a.digest for a, b in zip(events, events[1:], strict=False))
        assert verify_chain(session) == (True, 5, None)

    def test_a_rolled_back_deed_leaves_no_event(self, engine: Engine, session: Session) -> None:
        _fill(engine, 1)
        with Session(engine) as other:
            append_event(other, "", "test:event:lost", "s")
            other.rollback()
        _fill(engine, 1)
        assert verify_chain(session) == (True, 2, None)

    def test_many_writers_at_once_make_one_chain(self, engine: Engine, session: Session) -> None:
        errors: list[BaseException] = []

        def write() -> None:
            try:
                for _ in range(10):
                    _fill(engine, 2)
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=write) for _ in range(6)]
        [t.start() for t in threads]
        [t.join() for t in threads]
        assert errors == []
        assert session.scalar(select(func.count()).select_from(Event)) == 120
        assert verify_chain(session) == (True, 120, None)

    @pytest.mark.parametrize("change", ["UPDATE event SET actor = 'x' WHERE sequence = 2", "DELETE FROM event"])
    def test_the_database_refuses_changes_and_deletions(self, engine: Engine, session: Session, change: str) -> None:
        _fill(engine, 3)
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(text(change))
        assert verify_chain(session) == (True, 3, None)

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE event SET subject = 'other' WHERE sequence = 4",
            "UPDATE event SET at = '2020-01-01T00:00:00.000000+00:00' WHERE sequence = 4",
            "UPDATE event SET details = '{}' WHERE sequence = 4",
            "UPDATE event SET previous = digest WHERE sequence = 4",
            "DELETE FROM event WHERE sequence = 4",
        ],
    )
    def test_a_change_behind_the_triggers_is_found(self, engine: Engine, session: Session, change: str) -> None:
        _fill(engine, 6)
        with engine.begin() as connection:
            unprotect_events(connection)
            connection.execute(text(change))
        intact, checked, broken_at = verify_chain(session)
        assert not intact
        assert checked == 3
        assert broken_at == (5 if change.startswith("DELETE") else 4)

    def test_a_recomputed_digest_still_breaks_the_next_link(self, engine: Engine, session: Session) -> None:
        _fill(engine, 4)
        row = dict(session.execute(select(Event.__table__).where(Event.sequence == 2)).mappings().one())
        row["actor"] = "forger"
        session.rollback()
        with engine.begin() as connection:
            unprotect_events(connection)
            connection.execute(
                text("UPDATE event SET actor = 'forger', digest = :d WHERE sequence = 2"), {"d": digest_of(row)}
            )
        assert verify_chain(session) == (False, 2, 3)


class TestLog(LogLaws):
    def test_replacing_a_row_is_refused_too(self, engine: Engine) -> None:
        _fill(engine, 2)
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(text("INSERT OR REPLACE INTO event SELECT * FROM event WHERE sequence = 1"))
