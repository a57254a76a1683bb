"""What was read of a file and what was not, beside its defects: signatures, references, marks, ink, who answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.drawing.defects import is_litter
from pipeline.records.tables import Event, File, ImportedAnnotation, Sheet, Submission
from pipeline.work.read import LOCKED
from pipeline.work.references import missing

_ACCEPTED = "submissions:file:accepted"


def of_files(db: Session, rows: Sequence[File]) -> dict[str, dict[str, Any]]:
    """Return by file id what `FileOut` says beyond the columns. Three queries, however many files."""
    ids = [row.id for row in rows]
    acceptances = _acceptances(db, [row for row in rows if row.accepted_by])
    marks = select(ImportedAnnotation.file_id, func.count()).where(ImportedAnnotation.file_id.in_(ids))
    counts = dict(db.execute(marks.group_by(ImportedAnnotation.file_id)).tuples().all())
    inks = _inks(db, ids)
    return {
        row.id: {
            "acceptance": acceptances.get(row.id),
            "password": password_state(row),
            "signatures": row.signatures,
            "imported_annotations": counts.get(row.id, 0),
            "references_missing": missing(row.meta),
            "ink": inks.get(row.id),
            "litter": is_litter(row.defects),
        }
        for row in rows
    }


def password_state(file: File) -> str:
    """Return needed or wrong (the file is locked), given (it was opened by a person's password), or ""."""
    if file.state == "rejected" and any(found.get("code") == LOCKED for found in file.defects):
        return "wrong" if (file.meta or {}).get("password_wrong") else "needed"
    return "given" if file.password_sealed else ""


def _acceptances(db: Session, accepted: Sequence[File]) -> dict[str, dict[str, Any]]:
    """Return who accepted a file, when and why, as the log has it; the last word counts."""
    if not accepted:
        return {}
    by = {row.id: row.accepted_by for row in accepted}
    projects = select(Submission.project_id).where(Submission.id.in_({row.submission_id for row in accepted}))
    query = select(Event).where(Event.tag == _ACCEPTED, Event.project_id.in_(projects), Event.subject.in_(list(by)))
    return {
        event.subject: {"by": event.details.get("by", ""), "at": event.at, "reason": event.details.get("reason", "")}
        for event in db.scalars(query.order_by(Event.sequence))
        if event.actor == by[event.subject]
    }


def _inks(db: Session, ids: list[str]) -> dict[str, dict[str, Any]]:
    """Return the least share of ink understood on a file's sheets, and how many were measured."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    query = select(Sheet.file_id, Sheet.ink).where(Sheet.file_id.in_(ids), Sheet.state != "gone")
    for file_id, ink in db.execute(query):
        if ink:
            found[file_id].append(ink)
    return {file_id: _least(inks) for file_id, inks in found.items()}


def _least(inks: list[dict[str, Any]]) -> dict[str, Any]:
    measured = [ink for ink in inks if ink.get("share") is not None]
    least = min(measured, key=lambda ink: float(ink["share"]), default=None)
    return {
        "share": least["share"] if least else None,
        "by": least.get("by", "") if least else "",
        "why": "" if least else inks[0].get("why", ""),
        "sheets": len(measured),
        "unmeasured": len(inks) - len(measured),
    }
