"""What people say of title blocks: single cells, whole columns, pasted blocks; confirmed, corrected, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access import Actor
from api.errors import Stale
from api.results.schemas import FieldName, SheetChange
from api.submissions import workflow
from api.work import settle_again
from pipeline.drawing.certainty import CONFIRM
from pipeline.drawing.model import PERSON
from pipeline.errors import Conflict, NotFound, Refused
from pipeline.records.log import append_event
from pipeline.records.notices import notify
from pipeline.records.tables import Sheet, Submission
from pipeline.sheets.numbers import scale_of
from pipeline.work.title_blocks import COLUMNS, set_field

_NAMING = ("number", "title")  # a framed sheet has them
FIELDS: tuple[FieldName, ...] = get_args(FieldName)


def to_confirm(sheet: Sheet) -> list[str]:
    """Return the fields of a title block that a person should look at: read unsurely, or not found in a frame."""
    if sheet.state == "gone":
        return []  # nothing can be corrected on it
    fields = sheet.fields or {}
    unsure = [name for name in FIELDS if name in fields and fields[name]["confidence"] < CONFIRM]
    return [name for name in FIELDS if name in unsure or (sheet.framed and name in _NAMING and name not in fields)]


def edit(
    db: Session, actor: Actor, submission: Submission, roles: frozenset[str], changes: Sequence[SheetChange]
) -> list[Sheet]:
    """Do all changes or none; every sheet that changes leaves an event with the old and the new values.

    The institute may while the submission is a draft, the reviewer during the review. Raises Conflict when the
    title blocks are frozen, NotFound for a sheet of another submission, Stale when a sheet changed meanwhile
    (`details["present"]` holds those), Refused for a scale that cannot be understood.
    """
    if not workflow.may_correct(submission.state, roles):
        raise Conflict("提交后图签不能再改。", "The title block is frozen now.", state=submission.state)
    wanted = {change.sheet_id for change in changes}
    query = select(Sheet).where(Sheet.submission_id == submission.id, Sheet.id.in_(wanted), Sheet.state != "gone")
    rows = {row.id: row for row in db.scalars(query.with_for_update())}
    if wanted - set(rows):
        raise NotFound()
    stale = [rows[c.sheet_id] for c in changes if c.row_version != rows[c.sheet_id].row_version]
    if stale:
        raise Stale(
            f"有 {len(stale)} 张图纸刚被他人修改，本次修改未保存，请查看后重试。",
            f"{len(stale)} sheets were changed meanwhile; nothing was saved. Look and try again.",
            present=[_present(row) for row in stale],
        )
    said = []
    for change in changes:
        row = rows[change.sheet_id]
        details = _change(row, change)
        if details:
            row.row_version += 1
            said.append((row, details))
    db.flush()
    if said:
        settle_again(db, submission.id)  # asks for the rules and comparisons: they stand on what the person says
        told = {"submission_id": submission.id, "sheets": [row.id for row, _ in said][:500], "count": len(said)}
        notify(db, "sheet.edited", said[0][0].id, project_id=submission.project_id, details=told)
        for row, details in said:
            append_event(db, actor.id, "results:sheet:edited", row.id, submission.project_id, details)
    return [rows[id_] for id_ in dict.fromkeys(change.sheet_id for change in changes)]


def _present(row: Sheet) -> dict[str, Any]:
    values = {name: value_of(row, name) for name in FIELDS}
    return {"id": row.id, "row_version": row.row_version, "values": values, "fields": row.fields}


def value_of(row: Sheet, name: str) -> str:
    """Return a field of a title block as text."""
    if name in COLUMNS:
        return str(getattr(row, name))
    return str((row.fields or {}).get(name, {}).get("value", ""))


def _change(row: Sheet, change: SheetChange) -> dict[str, Any]:
    """Change a row; return what the log says: {field: {from, to}} and which fields were confirmed."""
    details: dict[str, Any] = {}
    for name in change.values.model_fields_set:
        before, present = value_of(row, name), (row.fields or {}).get(name)
        value = getattr(change.values, name)
        if value is None:
            if not present or present.get("origin") != PERSON:
                continue
            set_field(row, name, present.get("read"))
            details[name] = {"from": before, "to": value_of(row, name), "taken_back": True}
        elif value != before:
            set_field(row, name, _by_person(present, _checked(name, value)))
            details[name] = {"from": before, "to": value_of(row, name)}
    confirmed = []
    for name in change.confirm:
        present = (row.fields or {}).get(name)
        if name not in details and (not present or present.get("origin") != PERSON):
            set_field(row, name, _by_person(present, value_of(row, name)))
            confirmed.append({"field": name, "value": value_of(row, name)})
    return {**details, "confirmed": confirmed} if confirmed else details


def _by_person(present: dict[str, Any] | None, value: str) -> dict[str, Any]:
    """Return a field a person answers for; what was read stays beside it."""
    read = (present or {}).get("read") if (present or {}).get("origin") == PERSON else present
    return {"value": value, "confidence": 1.0, "origin": PERSON, "read": read}


def _checked(name: str, value: str) -> str:
    """Return a value as it is kept. Raises Refused for a scale that is none."""
    value = value.strip()
    if name != "scale" or not value:
        return value
    found = scale_of(value) or scale_of(f"1:{value}")
    if found is None:
        raise Refused(f"比例“{value}”无法识别，请写成 1:100。", f"“{value}” is no scale; write it as 1:100.")
    return f"1:{found:g}"
