"""A worker: Celery with threads (they only wait for locked children), the sweeper, the zygote and its self-test."""

from __future__ import annotations

import contextlib
import logging
import threading
import warnings
from typing import Any

from celery.platforms import SecurityWarning
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from pipeline import celery_app, flow, tasks
from pipeline.isolation import kernel
from pipeline.isolation.sandbox import sandbox
from pipeline.isolation.self_test import Report, self_test
from pipeline.records import jobs
from pipeline.records.base import transaction
from pipeline.settings import settings
from pipeline.work import stale
from pipeline.work.perform import give_up_spent
from pipeline.work.scratch import clear_left_over

_LOG = logging.getLogger(__name__)
_LOCK = 0x7453_5357  # PostgreSQL advisory lock of the sweeper


def work(threads: int | None = None) -> int:
    """Run a worker until it is told to stop; return the exit code (4: the isolation of this machine is too weak)."""
    chosen = settings()
    logging.basicConfig(level=chosen.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("celery.worker.strategy").setLevel(logging.WARNING)
    warnings.filterwarnings("ignore", category=SecurityWarning)  # nothing foreign runs in this process
    kernel.die_with_supervisor()
    clear_left_over()
    celery_app.prepare_broker(chosen)
    report = self_test(sandbox())
    say(report)
    if not report.enough:
        _LOG.error("this machine cannot lock readers in well enough; the worker does not start")
        return 4
    stop = threading.Event()
    sweeper = threading.Thread(target=sweep_for_ever, args=(stop,), name="sweeper", daemon=True)
    sweeper.start()
    celery_app.app.set_current()
    worker: Any = celery_app.app.Worker(
        pool="threads",
        concurrency=threads or chosen.worker_threads,
        queues=list(celery_app.QUEUES),
        loglevel=chosen.log_level,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        optimization="fair",
        quiet=True,
    )
    try:
        worker.start()
    finally:
        stop.set()
        sandbox().close()
    return int(worker.exitcode or 0)


def say(report: Report) -> None:
    """Say at start how well foreign files are locked in, and what could not be loaded."""
    log = _LOG.info if report.enough and not report.escaped else _LOG.error
    log(report.sentence())
    for missing in report.zygote.get("missing", []):
        _LOG.error("could not be loaded: %s", missing)


def sweep_for_ever(stop: threading.Event) -> None:
    """Sweep at once and then every `sweep_seconds`; once look for readings that an older version kept."""
    fresh = False
    while True:
        try:
            sweep_once()
            fresh = fresh or _ask_for_stale()
        except OperationalError as error:
            _LOG.warning("the sweeper waits for the database (%s)", type(error.orig).__name__)
        except Exception:
            _LOG.exception("the sweeper stumbled")
        if stop.wait(settings().sweep_seconds):
            return


def _ask_for_stale() -> bool:
    with transaction() as session:
        bells = stale.ask_again(session) if _alone(session) else []
    for bell in bells:
        flow.ring(bell)
    return True


def sweep_once() -> int:
    """Put back what lost its worker, end what used up its attempts, ring for what waits; return how many bells."""
    chosen = settings()
    with transaction() as session:
        if not _alone(session):
            return 0
        swept = jobs.sweep(session, patience_seconds=chosen.sweep_seconds)
    idle = swept.running < chosen.worker_threads  # busy workers have their bells; no use piling up more
    found = swept.ring + (swept.waiting if idle else [])
    bells = [flow.Bell(job_id, kind, True) for job_id, kind in found]
    for claim in swept.spent:
        with contextlib.suppress(jobs.LeaseLost):
            bells += give_up_spent(claim, tasks.GIVE_UP[claim.kind])
    for bell in bells:
        flow.ring(bell)
    return len(bells)


def _alone(session: Session) -> bool:
    """Let one worker at a time sweep (SQLite's transactions see to that themselves)."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    return bool(session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _LOCK}))


if __name__ == "__main__":
    raise SystemExit(work())
