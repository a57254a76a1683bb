"""What the measured ink of its sheets means for a file: an unexplained loss is a defect, and the file partial."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.drawing.defects import as_json
from pipeline.drawing.kinds import Format, State
from pipeline.measuring.verdict import LOST, weighed
from pipeline.records.tables import File, Sheet

_SAID = ("ink", "number", "title", "missing")


def weigh(session: Session, file: File, *, forget: bool = False) -> None:
    """Bring defects and states of a file and its sheets in line with their ink (in place).

    `forget`: the sheets were read anew, what was measured before says nothing about them.
    """
    session.flush()
    rows = {s.key: s for s in session.scalars(select(Sheet).where(Sheet.file_id == file.id, Sheet.state != "gone"))}
    if forget:
        for row in rows.values():
            row.ink = {}
    file.defects = [one for one in file.defects if one.get("code") != LOST]
    if file.format not in set(Format) or file.state == State.REJECTED:
        return
    sheets = {key: {name: getattr(row, name) for name in _SAID} for key, row in rows.items()}
    found, lowered = weighed(Format(file.format), sheets)
    if found is None:
        return
    file.defects, file.state = [*file.defects, as_json(found)], State.PARTIAL
    for key, values in lowered.items():
        rows[key].state, rows[key].missing = values["state"], values["missing"]
