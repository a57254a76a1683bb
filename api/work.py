"""The seam to the jobs of the pipeline: start one in the transaction of a deed, ring after the commit."""

from __future__ import annotations

import logging

from sqlalchemy.orm import Session

_LOG = logging.getLogger(__name__)


def start_job(session: Session, kind: str, subject: str, submission_id: str | None) -> None:
    """Write the job row; `ring_started` rings for it after the commit."""
    from pipeline import flow

    job = flow.start(session, kind, subject, submission_id)
    session.info.setdefault("started_jobs", []).append(job)


def ring_started(session: Session) -> None:
    """Ring for the jobs of this session. A silent broker is no failure: the sweeper rings again."""
    for job in session.info.pop("started_jobs", []):
        try:
            from pipeline import flow

            flow.ring(job)
        except Exception:
            _LOG.warning("the broker did not take the ring; the sweeper will repeat it", exc_info=True)
