"""The queue: one job once, one holder at a time, results only behind the fence."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from pipeline.records import jobs
from pipeline.records.notices import notify
from pipeline.records.tables import Job, Notice


def _in(engine: Engine, work: Callable) -> object:
    with Session(engine, expire_on_commit=False) as session, session.begin():
        return work(session)


def _job(engine: Engine, subject: str = "f1", **more: object) -> str:
    return _in(engine, lambda s: jobs.enqueue(s, "read", subject, "v1", **more))[0]


def _expire(engine: Engine) -> None:
    _in(engine, lambda s: s.execute(update(Job).values(lease_until=1.0)))


def _write(session: Session) -> None:
    notify(session, "job.done", "f1")


def _notices(engine: Engine) -> int:
    return _in(engine, lambda s: s.scalar(select(func.count()).select_from(Notice)))


class JobLaws:
    def test_the_same_job_is_one_row_and_rings_again_while_it_waits(self, engine: Engine) -> None:
        first = _in(engine, lambda s: jobs.enqueue(s, "read", "f1", "v1"))
        again = _in(engine, lambda s: jobs.enqueue(s, "read", "f1", "v1"))
        other = _in(engine, lambda s: jobs.enqueue(s, "read", "f1", "v2"))
        assert first == again
        assert first[1] is True
        assert other[0] != first[0]
        claimed = _in(engine, lambda s: jobs.claim(s, first[0], 30))
        assert _in(engine, lambda s: jobs.enqueue(s, "read", "f1", "v1")) == (first[0], False)
        _in(engine, lambda s: jobs.finish(s, claimed, _write))
        assert _in(engine, lambda s: jobs.enqueue(s, "read", "f1", "v1")) == (first[0], False)

    def test_only_one_of_many_claims_a_job(self, engine: Engine) -> None:
        job = _job(engine)
        won: list[object] = []

        def take() -> None:
            won.append(_in(engine, lambda s: jobs.claim(s, job, 30)))

        threads = [threading.Thread(target=take) for _ in range(8)]
        [t.start() for t in threads]
        [t.join() for t in threads]
        assert len(won) == 8
        assert len([c for c in won if c]) == 1

    def test_a_lease_that_ran_out_can_be_claimed_and_the_old_holder_writes_nothing(self, engine: Engine) -> None:
        job = _job(engine)
        stalled = _in(engine, lambda s: jobs.claim(s, job, 30))
        _expire(engine)
        second = _in(engine, lambda s: jobs.claim(s, job, 30))
        assert (stalled.attempt, second.attempt) == (1, 2)
        _in(engine, lambda s: jobs.finish(s, second, _write))
        with pytest.raises(jobs.LeaseLost):
            _in(engine, lambda s: jobs.finish(s, stalled, _write))
        assert not _in(engine, lambda s: jobs.heartbeat(s, stalled, 30))
        assert _notices(engine) == 1

    def test_without_the_fence_the_stalled_holder_writes_twice(
        self, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job = _job(engine)
        stalled = _in(engine, lambda s: jobs.claim(s, job, 30))
        _expire(engine)
        second = _in(engine, lambda s: jobs.claim(s, job, 30))
        monkeypatch.setenv("TUSHEN_SABOTAGE", "fence")
        _in(engine, lambda s: jobs.finish(s, second, _write))
        _in(engine, lambda s: jobs.finish(s, stalled, _write))
        assert _notices(engine) == 2

    def test_results_that_fail_leave_the_job_not_done(self, engine: Engine) -> None:
        job = _job(engine)
        claimed = _in(engine, lambda s: jobs.claim(s, job, 30))

        def broken(session: Session) -> None:
            _write(session)
            raise RuntimeError("disk full")

        with pytest.raises(RuntimeError):
            _in(engine, lambda s: jobs.finish(s, claimed, broken))
        assert _notices(engine) == 0
        assert _in(engine, lambda s: s.get(Job, job).state) == "running"

    def test_a_heartbeat_keeps_the_lease_and_shows_progress(self, engine: Engine) -> None:
        job = _job(engine)
        claimed = _in(engine, lambda s: jobs.claim(s, job, 0.0))
        assert _in(engine, lambda s: jobs.heartbeat(s, claimed, 60, progress=0.4, doing="reading"))
        assert _in(engine, lambda s: jobs.claim(s, job, 30)) is None
        row = _in(engine, lambda s: s.get(Job, job))
        assert (row.progress, row.doing) == (0.4, "reading")

    def test_a_retry_waits_and_ends_when_attempts_are_used_up(self, engine: Engine) -> None:
        job = _job(engine, max_attempt=2)
        first = _in(engine, lambda s: jobs.claim(s, job, 30))
        assert _in(engine, lambda s: jobs.retry(s, first, "store down")) == 1.0
        assert _in(engine, lambda s: jobs.claim(s, job, 30)) is None, "the pause is not over"
        _expire(engine)
        second = _in(engine, lambda s: jobs.claim(s, job, 30))
        assert _in(engine, lambda s: jobs.retry(s, second, "store down")) is None
        _in(engine, lambda s: jobs.fail(s, second, "store down", _write))
        assert _in(engine, lambda s: s.get(Job, job).state) == "failed"
        assert _notices(engine) == 1

    def test_a_worker_that_stops_in_good_order_holds_nothing_against_the_job(self, engine: Engine) -> None:
        job = _job(engine, max_attempt=1)
        for _ in range(3):
            claimed = _in(engine, lambda s: jobs.claim(s, job, 30))
            _in(engine, lambda s, c=claimed: jobs.release(s, c))
        assert _in(engine, lambda s: jobs.claim(s, job, 30)) is not None

    def test_the_sweeper_puts_lost_jobs_back_and_names_the_spent_ones(self, engine: Engine) -> None:
        lost, spent, alive = _job(engine, "a"), _job(engine, "b", max_attempt=1), _job(engine, "c")
        for job in (lost, spent):
            _in(engine, lambda s, job=job: jobs.claim(s, job, 30))
        _expire(engine)
        _in(engine, lambda s: jobs.claim(s, alive, 30))
        swept = _in(engine, lambda s: jobs.sweep(s, patience_seconds=1000))
        assert swept.ring == [(lost, "read")]
        assert [c.id for c in swept.spent] == [spent]
        assert swept.running == 2

    def test_the_sweeper_rings_again_for_jobs_that_wait_too_long(self, engine: Engine) -> None:
        job = _job(engine)
        assert _in(engine, lambda s: jobs.sweep(s, patience_seconds=1000)).waiting == []
        assert _in(engine, lambda s: jobs.sweep(s, patience_seconds=-1)).waiting == [(job, "read")]

    def test_open_jobs_counts_what_has_not_ended(self, engine: Engine) -> None:
        job = _job(engine, submission_id="s1")
        _job(engine, "other", submission_id="s2")
        assert _in(engine, lambda s: jobs.open_jobs(s, "s1", ["read", "render"])) == 1
        assert _in(engine, lambda s: jobs.open_jobs(s, "s1", ["render"])) == 0
        claimed = _in(engine, lambda s: jobs.claim(s, job, 30))
        _in(engine, lambda s: jobs.finish(s, claimed, _write))
        assert _in(engine, lambda s: jobs.open_jobs(s, "s1", ["read"])) == 0


class TestJobs(JobLaws):
    pass
