"""A person's word on a title block stands before what was read; what was read stays beside it as evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pipeline.drawing.kinds import Format, SpaceKind
from pipeline.drawing.model import PERSON, Drawing, Field, Sheet
from pipeline.sheets.numbers import scale_of
from rules.engine.facts import FileFacts

Said = Mapping[str, Mapping[str, str]]  # field -> {"value": what a person says, "read": what was read}
_PAPER = (SpaceKind.LAYOUT, SpaceKind.PAGE)


def corrected(drawing: Drawing, said: Mapping[str, Said]) -> Drawing:
    """Return the drawing with what people say of its title blocks; the one given is left as it is.

    Args:
        drawing: as it was read, with its sheets found.
        said: sheet key -> field (number title discipline scale date version building) -> value and read.
    """
    if not said:
        return drawing
    return replace(drawing, sheets=[_corrected(drawing, sheet, said.get(sheet.id, {})) for sheet in drawing.sheets])


def _corrected(drawing: Drawing, sheet: Sheet, said: Said) -> Sheet:
    if not said:
        return sheet
    made = replace(sheet, fields={**sheet.fields, **{n: Field(one["value"], 1.0, PERSON) for n, one in said.items()}})
    made.number = said["number"]["value"] if "number" in said else sheet.number
    made.title = said["title"]["value"] if "title" in said else sheet.title
    made.discipline = said["discipline"]["value"] if "discipline" in said else sheet.discipline
    stated = scale_of(said["scale"]["value"]) if "scale" in said else None
    if stated and drawing.spaces[sheet.space].kind in _PAPER and sheet.scale in (1.0, _read_scale(sheet)):
        made.scale = stated  # paper has the scale it states; a frame in model space has that of its size
    return made


def _read_scale(sheet: Sheet) -> float | None:
    return scale_of(sheet.fields["scale"].value) if "scale" in sheet.fields else None


def note(facts: FileFacts, drawing: Drawing, said: Mapping[str, Said]) -> None:
    """Keep in the facts what people said, and the name as it was read.

    Subjects of findings go by the name that was read, so that what was decided on them outlives a corrected title.
    """
    rows = {sheet.id: sheet for sheet in drawing.sheets}
    for sheet in facts.sheets:
        row, words = rows[sheet.place.sheet_key], said.get(sheet.place.sheet_key, {})
        if words:
            storey = drawing.spaces[row.space].name if drawing.format == Format.IFC else ""
            sheet.known_as = storey or row.title or row.number
            sheet.said = {name: dict(one) for name, one in words.items()}
