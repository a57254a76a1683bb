"""The stream of notices to one browser: read from the outbox table, filtered by what this person may see now."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from fastapi.sse import ServerSentEvent
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from api.access import Actor, visible_projects
from api.database import reading
from api.guard import actor_of
from pipeline.errors import NotSignedIn
from pipeline.records.tables import Notice, Project

POLL_SECONDS = 1.0  # rights are looked at anew on every poll
BATCH = 200


def last_sequence(db: Session) -> int:
    """Return the number of the newest notice."""
    return db.scalar(select(func.max(Notice.sequence))) or 0


def news(db: Session, actor: Actor, after: int) -> tuple[list[Notice], int]:
    """Return what this person may see of the notices after a number, and the number to go on from."""
    newest = db.scalar(select(func.max(Notice.sequence)).where(Notice.sequence > after))
    if newest is None:
        return [], after
    projects = select(Project.id).where(visible_projects(actor))
    query = (
        select(Notice)
        .where(Notice.sequence > after, Notice.sequence <= newest)
        .where(or_(Notice.audience == actor.id, Notice.project_id.in_(projects) & (Notice.audience == "")))
        .order_by(Notice.sequence)
        .limit(BATCH)
    )
    rows = list(db.scalars(query))
    return rows, rows[-1].sequence if len(rows) == BATCH else newest


def _poll(token: str | None, after: int) -> tuple[list[Notice], int]:
    with reading() as db:
        return news(db, actor_of(db, token), after)


async def listen(token: str | None, after: int) -> AsyncIterator[ServerSentEvent]:
    """Yield notices until the session ends (looked at on every poll, so within two seconds)."""
    yield ServerSentEvent(comment="open", retry=2000, id=str(after))
    while True:
        try:
            rows, after = await run_in_threadpool(_poll, token, after)
        except NotSignedIn:
            return
        for row in rows:
            data = {"kind": row.kind, "subject": row.subject, "project_id": row.project_id, "details": row.details}
            yield ServerSentEvent(data=data, id=str(row.sequence))
        await asyncio.sleep(POLL_SECONDS)
