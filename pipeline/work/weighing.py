"""What the measured ink of its sheets means for a file: an unexplained loss is a defect, and the file partial."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.drawing.defects import Defect
from pipeline.drawing.kinds import Format, State
from pipeline.drawing.model import Ink
from pipeline.measuring.verdict import ink_defect
from pipeline.records.tables import File, Sheet

CODE = "ink_lost"


def stored(found: Defect) -> dict[str, Any]:
    """Return a defect as it is stored in `File.defects`."""
    names = ("code", "zh", "en", "remedy_zh", "remedy_en", "count", "source_id", "loses_content")
    return {"severity": str(found.severity), **{name: getattr(found, name) for name in names}}


def weigh(session: Session, file: File, *, forget: bool = False) -> None:
    """Bring defects and states of a file and its sheets in line with their ink (in place).

    `forget`: the sheets were read anew, what was measured before says nothing about them.
    """
    session.flush()
    rows = {s.key: s for s in session.scalars(select(Sheet).where(Sheet.file_id == file.id, Sheet.state != "gone"))}
    if forget:
        for row in rows.values():
            row.ink = {}
    file.defects = [one for one in file.defects if one.get("code") != CODE]
    if file.format not in set(Format) or file.state == State.REJECTED:
        return
    inks = {key: Ink(**row.ink) for key, row in rows.items() if row.ink}
    found = ink_defect(Format(file.format), inks, {key: row.number or row.title for key, row in rows.items()})
    if found is None:
        return
    file.defects = [*file.defects, stored(found)]
    file.state = State.PARTIAL
    for key in found.details["sheets"]:
        rows[key].state = State.PARTIAL
        rows[key].missing = sorted({*rows[key].missing, CODE})
