"""Routes of the log and of the stream of notices."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from api.database import reading
from api.guard import Granted, cookie_name, deed
from api.identity.tables import Person
from api.ledger import stream
from pipeline.records.log import verify_chain
from pipeline.records.tables import Event

router = APIRouter(prefix="/api", tags=["ledger"])
COLUMNS = ("sequence", "at", "actor", "tag", "subject", "details", "digest", "previous")


@router.get("/projects/{id}/ledger", **deed("ledger.read"))
def ledger(
    id: str, grant: Granted, before: int | None = None, limit: Annotated[int, Query(ge=1, le=1000)] = 500
) -> list[dict[str, Any]]:
    """The events of a project, newest first; `before` a sequence number to page on."""
    query = select(Event, Person.name).outerjoin(Person, Person.id == Event.actor).where(Event.project_id == id)
    if before is not None:
        query = query.where(Event.sequence < before)
    rows = grant.db.execute(query.order_by(Event.sequence.desc()).limit(limit))
    return [{name: getattr(event, name) for name in COLUMNS} | {"actor_name": who or ""} for event, who in rows]


@router.get("/ledger/verification", **deed("ledger.verify"))
def verification(grant: Granted) -> dict[str, Any]:
    """Whether the chain of all events is whole, and where it breaks."""
    intact, checked, broken_at = verify_chain(grant.db)
    return {"intact": intact, "checked": checked, "broken_at": broken_at}


def _start(after: str | None) -> int:
    if after is not None and after.isdigit():
        return int(after)
    with reading() as db:
        return stream.last_sequence(db)


@router.get("/events", response_class=EventSourceResponse, **deed("event.listen", lasting=True))
async def events(
    request: Request, last_event_id: Annotated[str | None, Header()] = None
) -> AsyncIterator[ServerSentEvent]:
    """Notices as they come; after a break the browser asks on from the last one it had."""
    start = await run_in_threadpool(_start, last_event_id)
    async for notice in stream.listen(request.cookies.get(cookie_name()), start):
        yield notice
