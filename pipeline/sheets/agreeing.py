"""How sure the fields of a sheet are: what other places say about number, title and scale makes them surer or less so.

Other places: the measured scale of the frame, the title under the drawing, the drawing list, the page label, the
name of the file, the numbers of the other sheets. A contradiction puts a field below `CONFIRM`.
"""

from __future__ import annotations

import re
from collections import defaultdict

from pipeline.drawing.certainty import CONFIRM
from pipeline.drawing.kinds import SpaceKind
from pipeline.drawing.model import Drawing, Field, Sheet, Space
from pipeline.sheets.likely import figure_scale
from pipeline.sheets.numbers import FIGURE, looks_like_number, scale_of, squash, tidy_number
from pipeline.sheets.values import FIRM_WORD, TITLE_WORD
from pipeline.sheets.words import Word

LEFT = 0.35  # share of the doubt that is left when another place agrees
SURE = 0.99
UNSURE = round(CONFIRM - 0.15, 2)


def agreed(field: Field) -> None:
    """Another place says the same."""
    field.confidence = round(min(SURE, 1 - LEFT * (1 - field.confidence)), 2)


def doubted(field: Field, most: float = UNSURE) -> None:
    """Something speaks against it: a person must look."""
    field.confidence = round(min(field.confidence, most), 2)


def weigh(space: Space, sheet: Sheet, words: list[Word]) -> None:
    """Weigh the fields of one sheet against what else is on it; put back what stands in the wrong cell."""
    _put_back(sheet.fields)
    figures = [w for w in words if len(w.text) <= 60 and (FIGURE.search(squash(w.text)) or w.height >= 4.5)]
    _weigh_title(sheet, words, figures)
    _weigh_scale(space, sheet, figures, words)


def _put_back(fields: dict[str, Field]) -> None:
    """Number, scale and title that stand in each other's cells change places, as proposals."""

    def swap(one: str, two: str) -> None:
        a, b = fields[one], fields[two]
        fields[one], fields[two] = Field(b.value, 0.6, b.origin), Field(a.value, 0.6, a.origin)

    number, scale, title = (fields.get(name) for name in ("number", "scale", "title"))
    if number is None or looks_like_number(number.value):
        return
    if scale and scale_of(number.value) and looks_like_number(scale.value):
        swap("number", "scale")
    elif title and looks_like_number(title.value):
        swap("number", "title")
    else:
        return
    fields["number"].value = tidy_number(fields["number"].value)


def _weigh_title(sheet: Sheet, words: list[Word], figures: list[Word]) -> None:
    title = sheet.fields.get("title")
    if title is None:
        return
    project = sheet.fields.get("project")
    if not TITLE_WORD.search(title.value) and project and FIGURE.search(squash(project.value)):
        value = title.value
        sheet.fields["title"] = title = Field(project.value, 0.6, project.origin)
        sheet.fields["project"] = Field(value, 0.6, project.origin)
        return
    bare = squash(title.value)
    again = [w for w in figures if squash(w.text) == bare or (len(bare) > 3 and bare in squash(w.text))]
    if len([w for w in words if squash(w.text) == bare]) >= 2 or any(w.height >= 4.5 for w in again if len(again) > 1):
        agreed(title)
    elif not TITLE_WORD.search(title.value) or FIRM_WORD.search(title.value):
        doubted(title, 0.7)
    if project and squash(project.value) == bare:
        doubted(title)


def _weigh_scale(space: Space, sheet: Sheet, figures: list[Word], words: list[Word]) -> None:
    """Hold the stated scale against the measured one and that of the figure title."""
    field = sheet.fields.get("scale")
    stated = scale_of(field.value) if field else None
    drawn = sheet.scale if sheet.framed and space.kind == SpaceKind.MODEL and sheet.scale != 1.0 else None
    beside = figure_scale([w for w in figures if FIGURE.search(squash(w.text))], words)
    if field is None:
        if drawn is not None:
            sheet.fields["scale"] = Field(f"1:{drawn:g}", 0.7, "file")
        return
    if stated is None:
        doubted(field, 0.7)
        return
    if field.origin == "text":
        if drawn == stated:
            agreed(field)
        return
    if beside is not None:
        if beside == stated:
            agreed(field)
        elif drawn is None:
            doubted(field, 0.75)
    if drawn is not None:
        if abs(drawn / stated - 1) < 0.01:
            agreed(field)
        else:
            doubted(field)


def agree(drawing: Drawing) -> None:
    """Weigh the numbers of a file's sheets against each other, the page labels and the name of the file."""
    sheets = [s for s in drawing.sheets if "number" in s.fields]
    by_number: dict[str, list[Sheet]] = defaultdict(list)
    name = squash(str(drawing.meta.get("name", ""))).upper()
    for sheet in sheets:
        by_number[squash(sheet.fields["number"].value).upper()].append(sheet)
    for number, several in by_number.items():
        for sheet in several:
            field = sheet.fields["number"]
            label = tidy_number(drawing.spaces[sheet.space].label).upper()
            alone = len(sheets) == 1 and len(number) > 2
            if (label and label == number) or (alone and _holds(name, number)):
                agreed(field)
            if len(several) > 1 and len({squash(s.title) for s in several}) > 1:
                doubted(field)


def _holds(name: str, number: str) -> bool:
    """Whether the name of a file names a sheet number."""
    return re.search(rf"(?<![A-Z0-9]){re.escape(number)}(?!\d)", name) is not None
