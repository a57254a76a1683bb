"""The laws of log and queue on the real PostgreSQL: the same ones as on SQLite."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from pipeline.records.notices import notify
from pipeline.records.tables import Notice
from tests.pipeline.records.test_jobs import JobLaws
from tests.pipeline.records.test_log import LogLaws

pytestmark = pytest.mark.services


class TestLogOnPostgresql(LogLaws):
    pass


class TestJobsOnPostgresql(JobLaws):
    pass


def test_a_reader_who_has_seen_a_notice_has_seen_all_before_it(engine: Engine) -> None:
    """Numbers become visible in their own order, although many write at once."""
    stop, gaps = threading.Event(), []

    def write(name: int) -> None:
        for _ in range(30):
            with Session(engine) as session, session.begin():
                notify(session, "test", str(name))

    def watch() -> None:
        seen: set[int] = set()
        while not stop.is_set() or len(seen) < 120:
            with Session(engine) as session:
                new = {row.sequence for row in session.query(Notice).all()}
            if seen and any(number < max(seen) for number in new - seen):
                gaps.append(sorted(new - seen))
            seen |= new

    watcher = threading.Thread(target=watch)
    writers = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    watcher.start()
    [w.start() for w in writers]
    [w.join() for w in writers]
    stop.set()
    watcher.join(20)
    assert gaps == []
