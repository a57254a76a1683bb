"""The queue: rows of `job`. A broker only carries their ids; this table is the truth.

A claim takes a lease and raises `attempt`. Whoever writes results must still hold the same attempt (the
fence), in the same transaction as the results, so a worker that was stalled past its lease writes nothing.
All moments are seconds since 1970 by the database's clock: workers' clocks do not matter.

Sabotage: with TUSHEN_SABOTAGE=fence in the environment the fence is left out. Only `scripts/kill_proof.py
--sabotage` sets it, to show that its own check can fail.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, literal_column, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from pipeline.errors import Conflict
from pipeline.records.base import new_id
from pipeline.records.tables import Job

TERMINAL = ("done", "failed")
BACK_OFF_SECONDS = (1.0, 5.0, 30.0, 120.0)


@dataclass(slots=True, frozen=True)
class Claim:
    """A job in my hands: what it is about, and the attempt that is mine."""

    id: str
    kind: str
    subject: str
    engine_version: str
    submission_id: str | None
    attempt: int
    max_attempt: int


class LeaseLost(Conflict):
    """Somebody else has this job now; nothing of mine may be written."""

    def __init__(self, claim: Claim) -> None:
        super().__init__(
            "任务已由其他进程接手。", "Another worker has taken this job.", job=claim.id, attempt=claim.attempt
        )


def database_now(session: Session) -> float:
    """Return seconds since 1970 by the clock of the database."""
    if session.get_bind().dialect.name == "sqlite":
        clock: Any = literal_column("(julianday('now') - 2440587.5) * 86400.0")
    else:
        clock = literal_column("extract(epoch from clock_timestamp())")
    return float(session.scalar(select(clock)) or 0.0)


def enqueue(
    session: Session,
    kind: str,
    subject: str,
    engine_version: str,
    *,
    submission_id: str | None = None,
    max_attempt: int = 3,
) -> tuple[str, bool]:
    """Ask for a job once; return its id and whether the bell should ring.

    The same (kind, subject, engine version) is one job for ever: asking again finds it, and rings again
    while it still waits.
    """
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    values = {
        "id": new_id(),
        "kind": kind,
        "subject": subject,
        "engine_version": engine_version,
        "submission_id": submission_id,
        "state": "queued",
        "attempt": 0,
        "max_attempt": max_attempt,
        "lease_until": 0.0,
        "queued_at": database_now(session),
        "progress": 0.0,
        "doing": "",
        "last_error": "",
    }
    session.execute(
        insert(Job).values(**values).on_conflict_do_nothing(index_elements=["kind", "subject", "engine_version"])
    )
    found = session.execute(
        select(Job.id, Job.state).where(Job.kind == kind, Job.subject == subject, Job.engine_version == engine_version)
    ).one()
    return found.id, found.state == "queued"


def claim(session: Session, job_id: str, lease_seconds: float) -> Claim | None:
    """Take a job that waits or whose lease ran out; None when it is not to be had.

    A job whose attempts are used up is left to the sweeper.
    """
    moment = database_now(session)
    row = session.execute(
        select(Job.id)
        .where(Job.id == job_id, _free(moment), Job.attempt < Job.max_attempt)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    session.execute(
        update(Job)
        .where(Job.id == job_id)
        .values(state="running", attempt=Job.attempt + 1, lease_until=moment + lease_seconds, progress=0.0, doing="")
        .execution_options(synchronize_session=False)
    )
    job = session.get_one(Job, job_id, populate_existing=True)
    return Claim(job.id, job.kind, job.subject, job.engine_version, job.submission_id, job.attempt, job.max_attempt)


def heartbeat(
    session: Session, claimed: Claim, lease_seconds: float, *, progress: float | None = None, doing: str | None = None
) -> bool:
    """Renew my lease and report progress (0..1); False when the job is no longer mine."""
    values: dict[str, Any] = {"lease_until": database_now(session) + lease_seconds}
    if progress is not None:
        values["progress"] = min(max(progress, 0.0), 1.0)
    if doing is not None:
        values["doing"] = doing[:200]
    return _touch(session, claimed, values)


def finish(session: Session, claimed: Claim, write: Callable[[Session], None]) -> None:
    """Write the results and "done" in this one transaction. Raises LeaseLost before anything is written."""
    moment = database_now(session)
    values = {
        "state": "done",
        "progress": 1.0,
        "doing": "",
        "finished_at": moment,
        "lease_until": 0.0,
        "last_error": "",
    }
    if not _touch(session, claimed, values):
        raise LeaseLost(claimed)
    write(session)


def fail(session: Session, claimed: Claim, why: str, write: Callable[[Session], None]) -> None:
    """End the job as failed together with what that means for its subject. Raises LeaseLost."""
    values = {"state": "failed", "finished_at": database_now(session), "lease_until": 0.0, "last_error": why[:4000]}
    if not _touch(session, claimed, values):
        raise LeaseLost(claimed)
    write(session)


def release(session: Session, claimed: Claim) -> None:
    """Put the job back because the worker stops in good order: the attempt is not held against it.

    Raises LeaseLost.
    """
    values = {"state": "queued", "lease_until": 0.0, "max_attempt": claimed.max_attempt + 1}
    if not _touch(session, claimed, values):
        raise LeaseLost(claimed)


def retry(session: Session, claimed: Claim, why: str, pause_seconds: float | None = None) -> float | None:
    """Put the job back with a pause; return the pause in seconds, None when no attempt is left.

    The pause grows with the attempts unless one is given. Raises LeaseLost.
    """
    if claimed.attempt >= claimed.max_attempt:
        return None
    grown = BACK_OFF_SECONDS[min(claimed.attempt, len(BACK_OFF_SECONDS)) - 1]
    pause = grown if pause_seconds is None else pause_seconds
    values = {"state": "queued", "lease_until": database_now(session) + pause, "last_error": why[:4000]}
    if not _touch(session, claimed, values):
        raise LeaseLost(claimed)
    return pause


@dataclass(slots=True)
class Swept:
    """What a sweep found: jobs to ring again, jobs whose attempts are used up, how many are at work."""

    ring: list[tuple[str, str]]  # (job id, kind) whose worker was lost or whose pause is over
    waiting: list[tuple[str, str]]  # that nobody has tried yet, oldest first
    spent: list[Claim]
    running: int


def sweep(session: Session, *, patience_seconds: float, limit: int = 50) -> Swept:
    """Put back what lost its worker; return what to ring and what is to be failed with `fail`.

    Expired leases go back to the queue. Jobs that wait longer than `patience_seconds` are rung again, because
    a bell may be lost with its broker.
    """
    moment = database_now(session)
    expired = list(
        session.scalars(
            select(Job).where(Job.state == "running", Job.lease_until < moment).with_for_update(skip_locked=True)
        )
    )
    spent = [_claim_of(job) for job in expired if job.attempt >= job.max_attempt]
    back = [job for job in expired if job.attempt < job.max_attempt]
    for job in back:
        job.state, job.lease_until = "queued", 0.0
        job.last_error = f"attempt {job.attempt}: the worker was lost"
    session.flush()
    overdue = session.execute(
        select(Job.id, Job.kind, Job.attempt)
        .where(
            Job.state == "queued",
            Job.lease_until <= moment,
            Job.attempt < Job.max_attempt,
            or_(Job.queued_at < moment - patience_seconds, Job.attempt > 0),
        )
        .order_by(Job.queued_at)
        .limit(limit)
    ).all()
    running = session.scalar(select(func.count()).select_from(Job).where(Job.state == "running")) or 0
    again = [(row.id, row.kind) for row in overdue if row.attempt > 0]
    waiting = [(row.id, row.kind) for row in overdue if row.attempt == 0]
    return Swept(again, waiting, spent, running)


def open_jobs(session: Session, submission_id: str, kinds: Iterable[str]) -> int:
    """Return how many jobs of these kinds of a submission have not ended."""
    counted = select(func.count()).select_from(Job)
    found = session.scalar(
        counted.where(Job.submission_id == submission_id, Job.kind.in_(list(kinds)), Job.state.not_in(TERMINAL))
    )
    return found or 0


def asked_before(session: Session, kind: str, subject: str) -> int:
    """Return how many jobs of a kind a subject has had, open ones too."""
    asked = select(func.count()).select_from(Job).where(Job.kind == kind, Job.subject == subject)
    return session.scalar(asked) or 0


def _free(moment: float) -> Any:
    """Condition: nobody holds the job and its pause is over."""
    return or_(
        and_(Job.state == "queued", Job.lease_until <= moment),
        and_(Job.state == "running", Job.lease_until < moment),
    )


def _touch(session: Session, claimed: Claim, values: dict[str, Any]) -> bool:
    """Update the job under the attempt fence; False when the job is no longer mine."""
    statement = update(Job).where(Job.id == claimed.id)
    if os.environ.get("TUSHEN_SABOTAGE") != "fence":
        statement = statement.where(Job.state == "running", Job.attempt == claimed.attempt)
    result = session.execute(statement.values(**values).execution_options(synchronize_session=False))
    return bool(getattr(result, "rowcount", 0))


def _claim_of(job: Job) -> Claim:
    return Claim(job.id, job.kind, job.subject, job.engine_version, job.submission_id, job.attempt, job.max_attempt)
