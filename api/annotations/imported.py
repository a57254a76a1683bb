"""Marks that another program left in the file: shown as they are, taken over into a draft of one's own by a person."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access import Actor
from api.annotations import service
from api.annotations.schemas import Geometry, ImportedOut, Kind, NewAnnotation
from api.annotations.tables import Annotation
from pipeline.errors import Conflict, Refused
from pipeline.records.log import append_event
from pipeline.records.tables import ImportedAnnotation, Sheet

_AREAS = ("cloud", "polygon", "rectangle", "ellipse", "highlight", "ink", "stamp")
_LINES = ("line", "polyline")
_TEXT = 4000


def on_sheet(db: Session, actor: Actor, sheet_id: str) -> list[ImportedOut]:
    """Return the imported annotations of a sheet, and which of them I have taken over."""
    query = select(ImportedAnnotation).where(ImportedAnnotation.sheet_id == sheet_id)
    rows = db.scalars(query.order_by(ImportedAnnotation.ordinal)).all()
    seen = (Annotation.state == "published") | (Annotation.author_id == actor.id)
    mine = select(Annotation.taken_from, Annotation.id).where(Annotation.taken_from.in_([row.id for row in rows]), seen)
    taken = dict(db.execute(mine).tuples().all())
    plain = [name for name in ImportedOut.model_fields if name != "taken_over"]
    return [ImportedOut(**{n: getattr(row, n) for n in plain}, taken_over=taken.get(row.id)) for row in rows]


def take_over(db: Session, actor: Actor, row: ImportedAnnotation, project_id: str, roles: frozenset[str]) -> Annotation:
    """Make a draft of mine out of it; the imported one stays. Raises Conflict when I have done so before."""
    before = select(Annotation.id).where(Annotation.taken_from == row.id, Annotation.author_id == actor.id)
    there = db.scalar(before)
    if there is not None:
        raise Conflict("您已转用过这条外来批注。", "You have taken over this one already.", annotation_id=there)
    kind, geometry = _form(row)
    new = NewAnnotation(kind=kind, geometry=geometry, text=row.text[:_TEXT])
    sheet = db.get_one(Sheet, row.sheet_id)
    made = service.create(db, actor, sheet, project_id, roles, new)
    made.taken_from = row.id
    db.flush()
    details = {"imported": row.id, "author": row.author, "made_at": row.made_at}
    append_event(db, actor.id, "annotations:annotation:taken_over", made.id, None, details)  # a draft is private
    return made


def _form(row: ImportedAnnotation) -> tuple[Kind, Geometry]:
    """Return the kind of ours that says the same, and its geometry. Raises Refused for a mark without a place."""
    points = [(float(x), float(y)) for x, y in row.points]
    if not points:
        raise Refused("这条外来批注没有位置，不能转用。", "It has no place on the sheet and cannot be taken over.")
    if row.kind in _LINES and len(points) > 1:
        return "arrow", Geometry(type="LineString", coordinates=[list(p) for p in points])
    x0, y0 = min(x for x, _ in points), min(y for _, y in points)
    x1, y1 = max(x for x, _ in points), max(y for _, y in points)
    if row.kind in _AREAS and x1 > x0 and y1 > y0:
        outline = points if row.kind in ("cloud", "polygon") and len(points) > 2 else []
        ring = outline or [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
        return "cloud", Geometry(type="Polygon", coordinates=[[list(p) for p in (*ring, ring[0])]])
    kind: Kind = "text" if row.kind == "text" and row.text else "pin"
    return kind, Geometry(type="Point", coordinates=[(x0 + x1) / 2, (y0 + y1) / 2])
