"""Marks of other programs as rows: in sheet millimetres, and known again when the file is read again."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pipeline.drawing.sheet_space import apply, invert
from pipeline.records.base import new_id
from pipeline.records.tables import File, ImportedAnnotation, Sheet

_LENGTHS = {"author": 200, "subject": 200, "status": 60, "kind": 12}
_TEXT = 20_000  # characters of one mark
_POINTS = 5_000


def write_annotations(session: Session, file: File, found: list[dict[str, Any]]) -> None:
    """Bring the imported annotations of a file in line with its reading; one that is still there keeps its id."""
    sheets = {row.key: row for row in session.scalars(select(Sheet).where(Sheet.file_id == file.id))}
    there = {
        row.key: row for row in session.scalars(select(ImportedAnnotation).where(ImportedAnnotation.file_id == file.id))
    }
    rows: list[tuple[ImportedAnnotation, dict[str, Any]]] = []
    by_source: dict[str, str] = {}
    for ordinal, (key, facts) in enumerate(zip(keys_of(found), found, strict=True)):
        sheet = sheets.get(facts["sheet"])
        if sheet is None:
            continue
        row = there.pop(key, None)
        if row is None:
            row = ImportedAnnotation(id=new_id(), file_id=file.id, submission_id=file.submission_id, key=key)
            session.add(row)
        _fill(row, sheet, facts, ordinal)
        rows.append((row, facts))
        if facts["source"]:
            by_source.setdefault(facts["source"], row.id)
    for row, facts in rows:
        parent = by_source.get(facts["reply_to"]) if facts["reply_to"] else None
        row.reply_to = parent if parent != row.id else None
    gone = [row.id for row in there.values()]
    session.execute(
        delete(ImportedAnnotation).where(ImportedAnnotation.id.in_(gone)).execution_options(synchronize_session=False)
    )
    session.flush()


def keys_of(found: Iterable[dict[str, Any]]) -> list[str]:
    """Return what knows each annotation again: the file's own name of it, else its content; the n-th of equals."""
    seen: Counter[str] = Counter()
    keys = []
    for facts in found:
        names = ("space", "source") if facts["source"] else ("space", "kind", "points", "text", "author", "created")
        base = json.dumps([facts[name] for name in names], default=str)
        seen[base] += 1
        keys.append(hashlib.sha256(f"{base}#{seen[base]}".encode()).hexdigest())
    return keys


def to_sheet(points: Iterable[Any], to_space: list[float]) -> list[list[float]]:
    """Return points of a space (mm) in sheet millimetres: the inverse of `Sheet.to_space`; [] where there is none."""
    a, b, c, d, tx, ty = to_space
    try:
        given = np.array(list(points), np.float64).reshape(-1, 2)
        placed = apply(invert((a, b, c, d, tx, ty)), given[np.isfinite(given).all(axis=1)])
    except ValueError:
        return []
    return [[round(u, 3), round(v, 3)] for u, v in placed.tolist() if math.isfinite(u) and math.isfinite(v)]


def _fill(row: ImportedAnnotation, sheet: Sheet, facts: dict[str, Any], ordinal: int) -> None:
    row.sheet_id, row.ordinal = sheet.id, ordinal
    for name in ("kind", "author", "subject", "status"):
        setattr(row, name, str(facts[name])[: _LENGTHS[name]])
    row.text = str(facts["text"])[:_TEXT]
    row.made_at = str(facts["created"])[:40]
    row.color = f"#{int(facts['color']) & 0xFFFFFFFF:08x}"
    row.points = to_sheet(facts["points"][:_POINTS], sheet.to_space)
