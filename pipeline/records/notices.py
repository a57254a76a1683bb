"""What the browser should hear about: rows of an outbox, read by the event stream of the API."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from pipeline.records.tables import Notice

_LOCK = 0x7453_4E4F  # PostgreSQL advisory lock of the outbox


def notify(
    session: Session,
    kind: str,
    subject: str,
    *,
    project_id: str | None = None,
    audience: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    """Put one notice into the outbox inside the caller's transaction.

    `kind` such as job.progress, file.read, submission.settled; `audience` is a person's id, "" means
    everyone who may see the project. Numbers become visible in their own order (one writer at a time),
    so a reader who has seen number n has seen all before it.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    session.add(
        Notice(kind=kind, subject=subject, project_id=project_id, audience=audience, details=dict(details or {}))
    )
    session.flush()
