"""Sheets of a reading as rows. A person's word on a title block outlives every later reading."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pipeline.drawing.model import PERSON
from pipeline.records.tables import File, Finding, Sheet
from pipeline.sheets.numbers import scale_of
from pipeline.work.same_sheets import assigned

COLUMNS = ("number", "title", "discipline")  # fields that are columns too; `scale` is one as a number
_LENGTHS = {"number": 80, "title": 200, "discipline": 40, "key": 40, "label": 80}
_FACTS = (
    "ordinal", "kind", "width_mm", "height_mm", "to_space", "framed", "scanned", "entities", "content_hash", "state",
    "missing", "label", "sketch", "texts",  # `ink` is measured apart (pipeline.work.measure)
)  # fmt: skip


def write_sheets(session: Session, file: File, sheets: list[dict[str, Any]]) -> None:
    """Bring the rows in line with the reading; a sheet keeps its id, so what people said about it stays."""
    there = {sheet.id: sheet for sheet in session.scalars(select(Sheet).where(Sheet.file_id == file.id))}
    known = assigned(list(there.values()), sheets)
    _free_keys(session, there, {sheet.id: sheets[index]["key"] for index, sheet in known.items()})
    for index, facts in enumerate(sheets):
        sheet = known.get(index)
        if sheet is None:
            sheet = Sheet(file_id=file.id, submission_id=file.submission_id, key=facts["key"])
            session.add(sheet)
        else:
            del there[sheet.id]
        for name in _FACTS:
            setattr(sheet, name, _shortened(name, facts[name]))
        _title_block(sheet, facts)
    session.flush()
    _part_with(session, list(there))


def _free_keys(session: Session, there: dict[str, Sheet], keys: dict[str, str]) -> None:
    """Give every row the key of the new reading; a key is one of a file, so those that change are freed first."""
    moving = [
        sheet for sheet in there.values() if keys.get(sheet.id) != sheet.key and not sheet.key.startswith("gone:")
    ]
    for sheet in moving:
        sheet.key = f"gone:{sheet.id}"
    session.flush()
    for sheet in there.values():
        if sheet.id in keys:
            sheet.key = keys[sheet.id]
    session.flush()


def set_field(sheet: Sheet, name: str, field: dict[str, Any] | None) -> None:
    """Put a field {value, confidence, origin} into a title block (None takes it out), and into its column."""
    fields = {key: value for key, value in (sheet.fields or {}).items() if key != name}
    if field is not None:
        fields[name] = field
    sheet.fields = fields
    value = str(field["value"]) if field else ""
    if name in COLUMNS:
        setattr(sheet, name, _shortened(name, value))
    elif name == "scale":
        sheet.scale = scale_of(value) or sheet.scale


def _title_block(sheet: Sheet, facts: dict[str, Any]) -> None:
    """Take over what was read, except where a person has spoken; there it is kept beside the person's word."""
    before = (sheet.fields, sheet.number, sheet.title, sheet.discipline, sheet.scale)
    said = {name: value for name, value in (sheet.fields or {}).items() if value.get("origin") == PERSON}
    read = dict(facts["fields"])
    sheet.fields, sheet.scale = read, facts["scale"]
    for name in COLUMNS:
        setattr(sheet, name, _shortened(name, facts[name]))
    for name, value in said.items():
        set_field(sheet, name, {**value, "read": read.get(name)})
    after = (sheet.fields, sheet.number, sheet.title, sheet.discipline, sheet.scale)
    sheet.row_version = (sheet.row_version or 0) + (before != after)


def _part_with(session: Session, gone: list[str]) -> None:
    """Take away sheets the new reading does not know; those that are used, or that a person spoke on, stay, marked."""
    for id_ in gone:
        if is_corrected(session.get_one(Sheet, id_)):
            continue
        try:
            with session.begin_nested():  # rooms above may refer to it too; their rows keep it by foreign key
                session.execute(
                    delete(Sheet).where(Sheet.id == id_, ~_used()).execution_options(synchronize_session=False)
                )
        except IntegrityError:
            continue
    for sheet in session.scalars(select(Sheet).where(Sheet.id.in_(gone)).execution_options(populate_existing=True)):
        sheet.state, sheet.pack_key, sheet.tiles_prefix = "gone", "", ""


def is_corrected(sheet: Sheet) -> bool:
    """Whether a field of the title block is a person's word."""
    return any(field.get("origin") == PERSON for field in (sheet.fields or {}).values())


def _used() -> Any:
    """Condition: a finding refers to the sheet."""
    return select(Finding.id).where(Finding.sheet_id == Sheet.id).exists()


def _shortened(name: str, value: Any) -> Any:
    return value[: _LENGTHS[name]] if name in _LENGTHS else value
