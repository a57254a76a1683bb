"""The seam to the jobs of the pipeline: start one in the transaction of a deed, ring after the commit."""

from __future__ import annotations

from sqlalchemy.orm import Session

from pipeline import flow


def start_job(session: Session, kind: str, subject: str, submission_id: str | None, *, engine: str = "") -> None:
    """Write the job row; `ring_started` rings for it after the commit."""
    session.info.setdefault("bells", []).append(flow.start(session, kind, subject, submission_id, engine=engine))


def settle_again(session: Session, submission_id: str) -> None:
    """Let the machines look again at a submission people changed (files accepted or taken off, title blocks)."""
    session.info.setdefault("bells", []).extend(flow.settle_if_quiet(session, submission_id))


def ring_started(session: Session) -> None:
    """Ring for the jobs of this session. A silent broker is no failure: the sweeper rings again."""
    for bell in session.info.pop("bells", []):
        flow.ring(bell)
