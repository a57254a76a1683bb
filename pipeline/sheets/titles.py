"""Reads the title block of a sheet: attributes first, then values next to their labels, then what is only likely."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.model import Field, Sheet, Space
from pipeline.sheets.labels import field_of, field_of_tag, inline
from pipeline.sheets.numbers import (
    FIGURE,
    discipline_of,
    is_sure_number,
    looks_like_number,
    scale_of,
    squash,
    tidy_number,
)
from pipeline.sheets.places import Box, centred, to_sheet

F64 = NDArray[np.float64]
ATTRIBUTE, CELL, TEXT = "attribute", "cell", "text"
REACH_MM = 90.0  # how far right of its label a value may begin
DROP_MM = 25.0  # how far below


@dataclass(slots=True)
class Word:
    """A text in sheet millimetres, upright."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    height: float
    row: int

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of the box."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2


def words_of(space: Space, sheet: Sheet) -> list[Word]:
    """Return the texts of a sheet that stand upright on it."""
    texts = space.texts
    if not len(texts):
        return []
    on_sheet = np.zeros(len(space.entities), bool)
    on_sheet[sheet.entities] = True
    a, _, c, _, _, _ = sheet.to_space
    turn, unit = np.arctan2(c, a), float(np.hypot(a, c))
    found: list[Word] = []
    for i in np.flatnonzero(on_sheet[texts.entity]).tolist():
        rotation = texts.rotation[i] - turn
        if abs(np.sin(rotation)) > 0.05 or np.cos(rotation) < 0:
            continue
        x, y = to_sheet(texts.origin[i : i + 1], sheet.to_space)[0]
        height, width = texts.height[i] / unit, texts.width[i] / unit
        lines = texts.string[i].count("\n")
        word = Word(texts.string[i], x, y - lines * height * 5 / 3, x + width, y + height, height, i)
        found.append(word)
    return found


def read_fields(space: Space, sheet: Sheet, words: list[Word]) -> dict[str, Field]:
    """Return the fields of the title block; every one with its confidence and origin."""
    fields: dict[str, Field] = {}
    attributes = _attributes(space, sheet)
    for name, value in attributes:
        _offer(fields, name, value, 0.97, ATTRIBUTE)
    empty = {name for name, _ in attributes} - set(fields)  # an attribute left empty: nothing beside it is its value
    labelled = [(field_of(w.text), w) for w in words]
    labels = [(name, w) for name, w in labelled if name is not None]
    values = [w for name, w in labelled if name is None and inline(w.text) is None]
    for word in words:
        both = inline(word.text)
        if both is not None and both[0] not in empty:
            _offer(fields, both[0], both[1], 0.85, CELL)
    for name, word in labels:
        if name in empty:
            continue
        value = _value_of(word, values, [w for _, w in labels if w is not word], name)
        if value:
            _offer(fields, name, value, 0.85, CELL)
    _likely(fields, words, sheet, empty)
    return fields


def _offer(fields: dict[str, Field], name: str, value: str, confidence: float, origin: str) -> None:
    value = " ".join(value.split()) if name != "title" else " ".join(value.replace("\n", " ").split())
    if name == "number":
        if not looks_like_number(value):
            confidence -= 0.35
        value = tidy_number(value)
    elif name == "scale" and scale_of(value) is None:
        confidence -= 0.3
    if not value or len(value) > 300:
        return
    known = fields.get(name)
    if known is None or known.confidence < confidence:
        fields[name] = Field(value, round(max(confidence, 0.05), 2), origin)


def _attributes(space: Space, sheet: Sheet) -> list[tuple[str, str]]:
    """Return (field, value) of the attributes of the block that owns the title block: the one with most fields.

    A value is "" where the attribute is there and empty.
    """
    best: list[tuple[str, str]] = []
    most = 0
    if not len(space.inserts):
        return best
    used = np.unique(space.entities.insert[sheet.entities])
    for row in used[used >= 0].tolist():
        attributes = space.inserts.attributes[row]
        if not attributes:
            continue
        pairs = [(field_of_tag(tag), value.strip()) for tag, value in attributes.items()]
        known = [(name, value) for name, value in pairs if name is not None and value]
        if len(known) > most and (len(known) > 1 or known[0][0] in ("number", "title")):
            most, best = len(known), [(name, value) for name, value in pairs if name is not None]
    return best


def _value_of(label: Word, values: list[Word], labels: list[Word], name: str) -> str:
    """Return the value in the cell right of a label, else below it; "" when the cell is empty."""
    height = label.y1 - label.y0
    right = [w for w in values + labels if _right_of(label, w, height)]
    if right:
        nearest = min(right, key=lambda w: w.x0 - label.x1)
        if nearest not in labels:
            return _paragraph(nearest, values, name)
    below = [w for w in values + labels if _below(label, w) and not _is_anothers(w, labels)]
    if below:
        nearest = min(below, key=lambda w: label.y0 - w.y1)
        if nearest not in labels:
            return _paragraph(nearest, values, name)
    return ""


def _right_of(label: Word, word: Word, height: float) -> bool:
    gap = word.x0 - label.x1
    level = abs(word.middle[1] - label.middle[1])
    return -0.5 * height <= gap <= REACH_MM and level <= max(0.9 * height, 0.75 * (word.y1 - word.y0))


def _is_anothers(word: Word, labels: list[Word]) -> bool:
    """Return whether a word stands in a row that has a label of its own left of it."""
    return any(_right_of(other, word, other.y1 - other.y0) for other in labels if other is not word)


def _below(label: Word, word: Word) -> bool:
    gap = label.y0 - word.y1
    return -0.3 * label.height <= gap <= DROP_MM and word.x0 < label.x1 + 15.0 and word.x1 > label.x0


def _paragraph(first: Word, values: list[Word], name: str) -> str:
    """Return the text of a word and, for long fields, of the lines right below it in the same hand."""
    if name not in ("title", "project", "designer", "owner", "building"):
        return first.text
    lines, last = [first], first
    for _ in range(3):
        under = [
            w
            for w in values
            if 0 <= last.y0 - w.y1 <= 1.2 * last.height
            and abs(w.height - last.height) < 0.05 * last.height
            and (abs(w.x0 - last.x0) < last.height or abs(w.middle[0] - last.middle[0]) < last.height)
        ]
        if not under:
            break
        last = under[0]
        lines.append(last)
    return " ".join(w.text for w in lines)


def _likely(fields: dict[str, Field], words: list[Word], sheet: Sheet, empty: set[str]) -> None:
    """Fill number, title and scale from what stands where such things usually stand.

    Number and title name the sheet, so they are looked for even where the title block left them empty.
    """
    width, height = sheet.size_mm
    if "number" not in fields or fields["number"].confidence < 0.5:
        sure = [w for w in words if is_sure_number(w.text)]
        if sure:
            corner = min(sure, key=lambda w: (width - w.middle[0]) ** 2 + w.middle[1] ** 2)
            _offer(fields, "number", corner.text, 0.6 if len({squash(w.text) for w in sure}) == 1 else 0.5, TEXT)
    figures = [w for w in words if len(w.text) <= 40 and FIGURE.search(squash(w.text))]
    if "title" not in fields and figures:
        best = max(figures, key=lambda w: w.height)
        _offer(fields, "title", best.text, 0.5, TEXT)
    if "scale" not in fields and "scale" not in empty:
        for word in sorted(figures, key=lambda w: -w.height):
            near = [
                w
                for w in words
                if scale_of(w.text) and abs(w.middle[1] - word.middle[1]) < 2 * word.height and -5 < w.x0 - word.x1 < 40
            ]
            found = scale_of(word.text) or (scale_of(near[0].text) if near else None)
            if found:
                _offer(fields, "scale", f"1:{found:g}", 0.6, TEXT)
                return


def apply_fields(sheet: Sheet) -> None:
    """Set number, title and discipline of a sheet from its fields."""
    fields = sheet.fields
    if "number" in fields and fields["number"].confidence >= 0.3:
        sheet.number = fields["number"].value
    if "title" in fields:
        sheet.title = fields["title"].value
    words = fields["discipline"].value if "discipline" in fields else ""
    if not words and "kind" in fields:
        words = fields["kind"].value
    discipline = discipline_of(sheet.number, words)
    if discipline:
        sheet.discipline = discipline
        if "discipline" not in fields:
            fields["discipline"] = Field(discipline, 0.8, "text")


def title_box_words(words: list[Word], box: Box) -> list[Word]:
    """Return the words whose middle lies in a box of the sheet."""
    if not words:
        return []
    rows = centred(np.array([(w.x0, w.y0, w.x1, w.y1) for w in words]), box)
    return [w for w, inside in zip(words, rows.tolist(), strict=True) if inside]
