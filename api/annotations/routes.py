"""Routes of annotations and replies."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header

from api.annotations import imported, service
from api.annotations.schemas import AnnotationOut, EditAnnotation, ImportedOut, NewAnnotation, NewReply, NewStatus
from api.guard import Granted, deed

router = APIRouter(prefix="/api", tags=["annotations"])
IfMatch = Annotated[str | None, Header()]


@router.get("/sheets/{id}/annotations", **deed("sheet.read"))
def on_sheet(id: str, grant: Granted) -> list[AnnotationOut]:
    """The published marks of a sheet and my drafts."""
    return service.on_sheet(grant.db, grant.actor, id)


@router.post("/sheets/{id}/annotations", status_code=201, **deed("annotation.create"))
def create(id: str, body: NewAnnotation, grant: Granted) -> AnnotationOut:
    """Draw a mark; a draft until published."""
    row = service.create(grant.db, grant.actor, grant.row, grant.project_id or "", grant.roles, body)
    return service.describe(grant.db, [row])[0]


@router.patch("/annotations/{id}", **deed("annotation.edit"))
def edit(id: str, body: EditAnnotation, grant: Granted, if_match: IfMatch = None) -> AnnotationOut:
    """Change my draft; 409 with the present row when it was changed since I saw it."""
    row = service.edit(grant.db, grant.actor, grant.row, body, if_match)
    return service.describe(grant.db, [row])[0]


@router.delete("/annotations/{id}", status_code=204, **deed("annotation.edit"))
def delete(id: str, grant: Granted, if_match: IfMatch = None) -> None:
    """Throw my draft away."""
    service.delete(grant.db, grant.actor, grant.row, if_match)


@router.get("/sheets/{id}/imported_annotations", **deed("sheet.read"))
def imported_annotations(id: str, grant: Granted) -> list[ImportedOut]:
    """Marks that another program left in the file."""
    return imported.on_sheet(grant.db, grant.actor, id)


@router.post("/imported_annotations/{id}/takeover", status_code=201, **deed("imported_annotation.take_over"))
def take_over(id: str, grant: Granted) -> AnnotationOut:
    """Make a draft of mine out of a mark of another program."""
    row = imported.take_over(grant.db, grant.actor, grant.row, grant.project_id or "", grant.roles)
    return service.describe(grant.db, [row])[0]


@router.post("/submissions/{id}/annotations/publish", **deed("annotation.publish"))
def publish(id: str, grant: Granted) -> list[AnnotationOut]:
    """Publish my drafts of this submission together."""
    return service.publish(grant.db, grant.actor, grant.row)


@router.post("/annotations/{id}/replies", status_code=201, **deed("annotation.reply"))
def reply(id: str, body: NewReply, grant: Granted) -> AnnotationOut:
    """Answer a published mark."""
    row = service.reply(grant.db, grant.actor, grant.row, grant.project_id or "", body.text)
    return service.describe(grant.db, [row])[0]


@router.patch("/annotations/{id}/status", **deed("annotation.status"))
def set_status(id: str, body: NewStatus, grant: Granted) -> AnnotationOut:
    """Open, answered or closed."""
    row = service.set_status(grant.db, grant.actor, grant.row, grant.project_id or "", body.status)
    return service.describe(grant.db, [row])[0]
