"""What was read of a file and what was not, beside its defects: signatures, references, marks, ink, who answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.drawing.defects import is_litter
from pipeline.records.acceptances import acceptances
from pipeline.records.tables import File, ImportedAnnotation, Sheet
from pipeline.work.read import LOCKED
from pipeline.work.references import missing


def of_files(db: Session, rows: Sequence[File]) -> dict[str, dict[str, Any]]:
    """Return by file id what `FileOut` says beyond the columns. Three queries, however many files."""
    ids = [row.id for row in rows]
    accepted = acceptances(db, rows)
    marks = select(ImportedAnnotation.file_id, func.count()).where(ImportedAnnotation.file_id.in_(ids))
    counts = dict(db.execute(marks.group_by(ImportedAnnotation.file_id)).tuples().all())
    inks = _inks(db, ids)
    return {
        row.id: {
            "acceptance": accepted.get(row.id),
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
