"""The stations a file passes, as one table, and the two verbs that move it: `start` a job, `ring` for it.

Light to import: the web process uses it and loads no parser. Task names are words here; a test checks that each
one is registered.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from pipeline import celery_app
from pipeline.records import jobs
from pipeline.records.tables import Comparison, File, Job, Sheet, Submission
from pipeline.settings import settings

_LOG = logging.getLogger(__name__)


@dataclass(slots=True, frozen=True)
class Station:
    """One station: `weight` is its share of a file's way in percent, `blocks` what waits for it."""

    kind: str
    task: str
    queue: str  # light | heavy
    weight: int
    subject: str  # file | submission | comparison | pair
    follows: tuple[str, ...]
    blocks: str  # reading | looking | settling | findings | differences | nothing
    version: str  # raised when this station's own work changes


STATIONS: dict[str, Station] = {
    s.kind: s
    for s in (
        Station("receive", "pipeline.receive", "light", 5, "file", ("read", "settle"), "reading", "1"),
        Station("read", "pipeline.read", "heavy", 35, "file", ("render", "measure", "settle"), "reading", "1"),
        Station("render", "pipeline.render", "heavy", 20, "file", ("settle",), "looking", "1"),
        Station("measure", "pipeline.measure", "heavy", 10, "file", ("settle",), "findings", "1"),
        Station("settle", "pipeline.settle", "light", 5, "submission", ("read", "check", "compare"), "settling", "1"),
        Station("check", "rules.check", "heavy", 15, "submission", (), "findings", "1"),
        Station("compare", "pipeline.compare", "heavy", 9, "comparison", (), "differences", "1"),
        Station("overlay", "pipeline.overlay", "heavy", 1, "pair", (), "nothing", "1"),
    )
}
FILE_KINDS = tuple(s.kind for s in STATIONS.values() if s.subject == "file")
if sum(s.weight for s in STATIONS.values()) != 100:
    raise AssertionError("the weights of the stations must add up to 100")
if any(next_kind not in STATIONS for s in STATIONS.values() for next_kind in s.follows):
    raise AssertionError("a station is followed by one that does not exist")


@dataclass(slots=True, frozen=True)
class Bell:
    """A job that was asked for; `due` when a worker should hear of it."""

    job_id: str
    kind: str
    due: bool


def start(session: Session, kind: str, subject: str, submission_id: str | None, *, engine: str = "") -> Bell:
    """Write the job row in the caller's transaction; `ring` the bell after the commit.

    The engine version of the job is the station's version, `engine` (versions of the rooms, given by workers) and,
    for submissions and comparisons, a hash of the files and title blocks they stand on: asking twice is harmless, and a
    new file or a corrected title block makes a new job. Raises KeyError for an unknown kind.
    """
    station = STATIONS[kind]
    version = ":".join(part for part in (station.version, engine, _inputs(session, station, subject)) if part)
    if len(version) > 80:
        version = f"{station.version}:{hashlib.sha256(version.encode()).hexdigest()}"
    chosen = settings()
    job_id, due = jobs.enqueue(
        session, kind, subject, version, submission_id=submission_id, max_attempt=chosen.max_attempts
    )
    if due and submission_id and station.subject == "file":
        _working(session, submission_id)
    return Bell(job_id, kind, due)


def ring(bell: Bell) -> None:
    """Tell a worker. Never raises when the broker is silent: the sweeper rings again."""
    if not bell.due:
        return
    station = STATIONS[bell.kind]
    try:
        celery_app.prepare_broker(settings())
        celery_app.app.send_task(station.task, args=[bell.job_id], queue=station.queue, ignore_result=True)
    except Exception as error:  # kombu wraps some transports' errors and passes others through
        _LOG.warning("the broker does not answer (%s); the sweeper will ring again", type(error).__name__)


def settle_if_quiet(session: Session, submission_id: str | None, *, engine: str = "") -> list[Bell]:
    """Ask for `settle` when no job of a file of the submission is open any more.

    Locks the submission, so that of two jobs that end at the same time the second one sees the first.
    """
    if not submission_id:
        return []
    found = session.scalar(select(Submission.id).where(Submission.id == submission_id).with_for_update())
    if found is None or jobs.open_jobs(session, submission_id, FILE_KINDS):
        return []
    return [start(session, "settle", submission_id, submission_id, engine=engine)]


def inputs_of(session: Session, submission_id: str) -> str:
    """Return a hash of what a submission holds: its files, how they were read, who accepted which.

    The number of jobs its files have had goes in too, so that a set which returns to an earlier state (a file
    added and taken away again) is looked at again.
    """
    ended = select(func.count()).select_from(Job).where(Job.submission_id == submission_id)
    count = session.scalar(ended.where(Job.kind.in_(FILE_KINDS), Job.state.in_(jobs.TERMINAL))) or 0
    rows = session.execute(
        select(File.id, File.sha256, File.state, File.reader_version, File.accepted_by)
        .where(File.submission_id == submission_id)
        .order_by(File.id)
    )
    lines = [f"{r.id} {r.sha256} {r.state} {r.reader_version} {r.accepted_by or ''}" for r in rows]
    return hashlib.sha256("\n".join([str(count), *lines]).encode()).hexdigest()[:24]


def title_blocks_of(session: Session, submission_id: str) -> str:
    """Return a hash of the versions of a submission's title blocks, "" while none changed since its first reading.

    A version rises with every change, so a value that is taken back is looked at again too.
    """
    changed = select(Sheet.id, Sheet.row_version).where(Sheet.submission_id == submission_id, Sheet.row_version > 1)
    lines = [f"{row.id} {row.row_version}" for row in session.execute(changed.order_by(Sheet.id))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12] if lines else ""


def _inputs(session: Session, station: Station, subject: str) -> str:
    session.flush()
    if station.subject == "submission":
        return _side(session, subject)
    if station.subject == "comparison":
        comparison = session.get(Comparison, subject)
        sides: Iterable[str] = (comparison.old_id, comparison.new_id) if comparison else ()
        said = f"-{comparison.decisions}" if comparison and comparison.decisions else ""
        return "-".join(_side(session, side) for side in sides) + said
    return ""


def _side(session: Session, submission_id: str) -> str:
    said = title_blocks_of(session, submission_id)
    return f"{inputs_of(session, submission_id)}-{said}" if said else inputs_of(session, submission_id)


def _working(session: Session, submission_id: str) -> None:
    """Show that machines are at work; not a deed, so the row version people rely on stays."""
    session.execute(
        update(Submission)
        .where(Submission.id == submission_id, Submission.reading != "working")
        .values(reading="working")
        .execution_options(synchronize_session=False)
    )
