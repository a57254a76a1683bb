"""The life of one job in a worker: claim, beat, work, finish in one transaction, ring for what follows."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from pipeline import flow
from pipeline.errors import Transient
from pipeline.isolation.sandbox import sandbox
from pipeline.records import jobs
from pipeline.records.base import transaction
from pipeline.records.notices import notify
from pipeline.records.tables import Submission
from pipeline.settings import settings

_LOG = logging.getLogger(__name__)

Write = Callable[[Session], list[flow.Bell]]


@dataclass(slots=True)
class Task:
    """What the work sees of its job: the claim, a place to report, and whether to stop."""

    claim: jobs.Claim
    lost: threading.Event = field(default_factory=threading.Event)
    _said: tuple[float, str] | None = None

    def report(self, fraction: float, doing: str = "") -> None:
        """Say how far the work is (0..1); shown with the next heartbeat."""
        self._said = (fraction, doing)

    def said(self) -> tuple[float, str] | None:
        """Return what was reported since the last time somebody asked."""
        said, self._said = self._said, None
        return said

    def is_lost(self) -> bool:
        """Say whether somebody else has the job now: stop, nothing can be written any more."""
        return self.lost.is_set()


Work = Callable[[Task], Write]
GiveUp = Callable[[Session, jobs.Claim, str], None]


def engine_of(*rooms: str) -> str:
    """Return the versions of rooms as the engine part of a job's version."""
    return "+".join(f"{room}-{version_of(room)}" for room in rooms)


def version_of(room: str) -> str:
    """Return the version of a room as it calls itself."""
    return str(sandbox().wait_ready()["versions"].get(room, "0"))


def nothing(_session: Session) -> list[flow.Bell]:
    """Write nothing: the job's subject is gone, or there is nothing to say."""
    return []


def leave(_session: Session, _claim: jobs.Claim, _why: str) -> None:
    """Give up without a trace on the subject; the failed job itself is shown."""


def perform(job_id: str, work: Work, give_up: GiveUp = leave) -> None:
    """Do one job if it is to be had. Never raises for trouble with the job: that is written into its row.

    `work` does the slow part outside of any transaction and returns what to write; that is written together
    with "done", behind the attempt fence. `give_up` writes what a final failure means for the subject.
    """
    chosen = settings()
    with transaction() as session:
        claim = jobs.claim(session, job_id, chosen.lease_seconds)
    if claim is None:
        return
    task = Task(claim)
    stop = threading.Event()
    beat = threading.Thread(target=_beat, args=(task, stop), name=f"beat {job_id[:8]}", daemon=True)
    beat.start()
    try:
        bells = _finish(claim, work(task))
    except jobs.LeaseLost:
        _LOG.warning("job %s (%s): attempt %s was overtaken; nothing written", job_id, claim.kind, claim.attempt)
        return
    except Exception as error:
        bells = _failed(claim, error, give_up)
    finally:
        stop.set()
        beat.join()
    for bell in bells:
        flow.ring(bell)


def give_up_spent(claim: jobs.Claim, give_up: GiveUp) -> list[flow.Bell]:
    """End a job whose attempts are used up (the sweeper found it); return what follows. Raises LeaseLost."""
    return _end(claim, f"the worker died {claim.attempt} times on it", give_up)


def _finish(claim: jobs.Claim, write: Write) -> list[flow.Bell]:
    bells: list[flow.Bell] = []

    def results(session: Session) -> None:
        bells.extend(write(session))
        bells.extend(_after(session, claim, "job.done", {}))

    with transaction() as session:
        jobs.finish(session, claim, results)
    return bells


def _failed(claim: jobs.Claim, error: Exception, give_up: GiveUp) -> list[flow.Bell]:
    """Try again later, or end the job as failed."""
    if isinstance(error, Transient) and error.details.get("stopping"):
        with contextlib.suppress(jobs.LeaseLost, OperationalError), transaction() as session:
            jobs.release(session, claim)
        return []
    why = f"{type(error).__name__}: {error}"
    if isinstance(error, Transient | OperationalError):
        _LOG.warning("job %s (%s): %s; attempt %s", claim.id, claim.kind, why, claim.attempt)
    else:
        _LOG.exception("job %s (%s), attempt %s", claim.id, claim.kind, claim.attempt)
    try:
        with transaction() as session:
            pause = error.details.get("pause_seconds") if isinstance(error, Transient) else None
            again = jobs.retry(session, claim, why, pause)
        if again is not None:
            return []  # the sweeper rings when the pause is over
        return _end(claim, why, give_up)
    except jobs.LeaseLost:
        return []
    except OperationalError:
        _LOG.warning("job %s: the database does not answer; its lease will run out", claim.id)
        return []


def _end(claim: jobs.Claim, why: str, give_up: GiveUp) -> list[flow.Bell]:
    bells: list[flow.Bell] = []

    def results(session: Session) -> None:
        give_up(session, claim, why)
        bells.extend(_after(session, claim, "job.failed", {"why": why[:300]}))

    with transaction() as session:
        jobs.fail(session, claim, why, results)
    return bells


def _after(session: Session, claim: jobs.Claim, kind: str, details: dict[str, str]) -> list[flow.Bell]:
    """Tell who listens, and ask for `settle` when this was the submission's last open job of a file."""
    bells = flow.settle_if_quiet(session, claim.submission_id) if claim.kind in flow.FILE_KINDS else []
    told = {"job": claim.id, "kind": claim.kind, "submission_id": claim.submission_id, **details}
    notify(session, kind, claim.subject, project_id=project_of(session, claim.submission_id), details=told)
    return bells


def project_of(session: Session, submission_id: str | None) -> str | None:
    """Return the project a submission belongs to."""
    submission = session.get(Submission, submission_id) if submission_id else None
    return submission.project_id if submission else None


def _beat(task: Task, stop: threading.Event) -> None:
    """Renew the lease until the work ends; notice when the job is no longer ours."""
    chosen = settings()
    while not stop.wait(min(chosen.heartbeat_seconds, chosen.lease_seconds / 3)):
        said = task.said()
        try:
            with transaction() as session:
                kept = jobs.heartbeat(
                    session,
                    task.claim,
                    chosen.lease_seconds,
                    progress=said[0] if said else None,
                    doing=said[1] if said else None,
                )
                if kept and said:
                    details = {"kind": task.claim.kind, "progress": round(said[0], 3), "doing": said[1]}
                    details["submission_id"] = task.claim.submission_id or ""
                    project = project_of(session, task.claim.submission_id)
                    notify(session, "job.progress", task.claim.subject, project_id=project, details=details)
        except OperationalError:
            continue  # the next beat may come through; if none does, the lease runs out
        if not kept:
            task.lost.set()
            return
