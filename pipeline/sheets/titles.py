"""Reads the title block of a sheet: attributes first, then values in the cells of their labels, then what is likely."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from pipeline.drawing.model import Field, Sheet, Space
from pipeline.sheets.cells import REACH_MM, Cells
from pipeline.sheets.frame import Frame
from pipeline.sheets.labels import field_of, field_of_tag, inline
from pipeline.sheets.likely import TEXT, add_likely
from pipeline.sheets.lookup import Standing, linked
from pipeline.sheets.numbers import discipline_of, scale_of
from pipeline.sheets.places import Box
from pipeline.sheets.values import SHEET_COUNT, joined, plausible, tidied
from pipeline.sheets.words import Word, Words, named

ATTRIBUTE, CELL = "attribute", "cell"
BASE = {ATTRIBUTE: 0.95, CELL: 0.88}
BESIDE = 0.82  # a value that only stands beside its label
LINKED_MM = 100.0  # labels nearer than this belong to one block
CJK, LATIN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"^[A-Za-z .,&/()'-]+$")
LONG = ("title", "project", "designer", "owner", "building")


@dataclass(slots=True)
class Found:
    """A value that was found for a field, and how much speaks for it."""

    name: str
    value: str
    confidence: float
    origin: str
    label: Word | None = None
    rank: float = 0.0  # among several labels of one field


def read_fields(space: Space, sheet: Sheet, words: list[Word]) -> dict[str, Field]:
    """Return the fields of the title block; every one with its confidence and origin."""
    attributes = _attributes(space, sheet)
    empty = {name for name, value in attributes if not value} - {name for name, value in attributes if value}
    found = [Found(name, value, BASE[ATTRIBUTE], ATTRIBUTE, rank=10.0) for name, value in attributes if value]
    labels = [w for w in words if w.label is not None]
    both = [w for w in words if w.both is not None]
    blocks = _blocks([*labels, *both])
    cells = Cells(space, sheet, _region([*labels, *both]))
    others = [w for w in words if w.label is None and w.both is None]
    on = _Sheet(Standing(others), Standing(labels), Standing(both), Standing(words), cells)
    for word in both:
        assert word.both is not None
        found.append(Found(word.both[0], word.both[1], BASE[CELL], CELL, word, _rank(word, blocks, sheet)))
    for word in labels:
        value, sure = _value_of(word, on)
        rank = _rank(word, blocks, sheet) - (0.0 if value else 0.5) - (1.5 if _heads_a_column(word, on) else 0)
        found.append(Found(str(word.label), value, sure, CELL, word, rank))
    fields = _chosen(found, empty)
    add_likely(fields, words, sheet, empty)
    return fields


def _chosen(found: Iterable[Found], empty: set[str]) -> dict[str, Field]:
    """Return the best value of every field; a value of another label as good makes it less sure."""
    by_name: dict[str, list[Found]] = {}
    for one in found:
        one.value = tidied(one.name, one.value)
        if one.name in empty or len(one.value) > 300:
            continue
        if one.value and not plausible(one.name, one.value):
            one.confidence -= 0.35
            one.rank -= 1.0
        by_name.setdefault(one.name, []).append(one)
    fields: dict[str, Field] = {}
    for name, several in by_name.items():
        best = max(several, key=lambda f: (f.rank, f.confidence))
        if not best.value and best.confidence > 0:  # an empty cell
            continue
        if not best.value:  # a label without a place for its value: another one's is only a proposal
            valued = [f for f in several if f.value]
            if not valued:
                continue
            best = max(valued, key=lambda f: (f.rank, f.confidence))
            best.confidence = min(best.confidence, 0.65)
        rivals = [f for f in several if f.value and f.value != best.value and f.rank > best.rank - 0.35]
        confidence = best.confidence - (0.15 if rivals else 0.0)
        fields[name] = Field(best.value, round(max(confidence, 0.05), 2), best.origin)
    return fields


def _attributes(space: Space, sheet: Sheet) -> list[tuple[str, str]]:
    """Return (field, value) of the attributes of the block that owns the title block: the one with most fields.

    A value is "" where the attribute is there and empty. Blocks that lie mostly on another sheet do not count.
    """
    best: list[tuple[str, str]] = []
    most = 0
    if not len(space.inserts):
        return best
    insert = space.entities.insert
    here = insert[sheet.entities]
    share = np.bincount(here[here >= 0], minlength=len(space.inserts)) / np.maximum(
        np.bincount(insert[insert >= 0], minlength=len(space.inserts)), 1
    )
    single: dict[str, int] = {}  # blocks with but one field: marks that point to other sheets come many at a time
    rows = [row for row in np.flatnonzero(share > 0.5).tolist() if space.inserts.attributes[row]]
    for row in rows:
        for tag in space.inserts.attributes[row]:
            name = field_of_tag(tag)
            if name is not None:
                single[name] = single.get(name, 0) + 1
    for row in rows:
        attributes = space.inserts.attributes[row]
        pairs = [(field_of_tag(tag), _bare(" ".join(value.split()))) for tag, value in attributes.items()]
        known = [(name, value) for name, value in pairs if name is not None and value]
        if len(known) > most and (len(known) > 1 or (known[0][0] in ("number", "title") and single[known[0][0]] == 1)):
            most, best = len(known), _joined_lines([(name, value) for name, value in pairs if name is not None])
    return best


def _bare(value: str) -> str:
    """Return the value of an attribute without a label that is part of it (图名：一层平面图)."""
    both = inline(value)
    return both[1] if both is not None else "" if field_of(value) and value.rstrip().endswith((":", "：")) else value


def _joined_lines(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Join the values of one field that a block keeps in several lines (TITLE1, TITLE2)."""
    whole: dict[str, str] = {}
    for name, value in pairs:
        known = whole.get(name)
        if known is None:
            whole[name] = value
        elif name in LONG and value and value != known:
            whole[name] = joined([known, value])
    return list(whole.items())


def _region(labels: list[Word]) -> Box | None:
    """Return the part of the sheet in which lines may be cells of labels."""
    if not labels:
        return None
    x = [w.middle[0] for w in labels]
    y = [w.middle[1] for w in labels]
    return min(x) - REACH_MM, min(y) - REACH_MM, max(x) + REACH_MM, max(y) + REACH_MM


def _blocks(labels: list[Word]) -> dict[int, int]:
    """Return for each label (by id) how many distinct fields the labels near it name."""
    groups = linked(labels, LINKED_MM).tolist()
    names: dict[int, set[str]] = {}
    for one, group in zip(labels, groups, strict=True):
        names.setdefault(group, set()).add(named(one.label, one.both))
    return {id(one): len(names[group]) for one, group in zip(labels, groups, strict=True)}


def _rank(label: Word, blocks: dict[int, int], sheet: Sheet) -> float:
    """Return how much a label looks like one of the title block: many fields around it, near the lower right edge."""
    width, height = sheet.size_mm
    x, y = label.middle
    edge = min(max(width - x, 0.0), max(y, 0.0)) / max(min(width, height), 1e-9)  # right strip or bottom strip
    corner = (max(width - x, 0.0) + max(y, 0.0)) / max(width + height, 1e-9)
    return min(blocks.get(id(label), 1), 8) / 4 + (1.0 - edge) + 0.5 * (1.0 - corner)


@dataclass(slots=True)
class _Sheet:
    """The words of a sheet to look values up in."""

    values: Standing  # neither labels nor both
    labels: Standing
    both: Standing
    all: Standing
    cells: Cells


def _value_of(label: Word, on: _Sheet) -> tuple[str, float]:
    """Return the value of a label and how sure it is; "" where its cell is empty, "" and 0 where it has no place."""
    cell = on.cells.cell(*label.middle)
    if cell is None:
        value = _beside(label, on.values, on.labels)
        return (value, BESIDE) if value else ("", 0.0)
    name = str(label.label)
    own = on.values.inside(cell)
    rivals = [w for w in on.labels.inside(cell) if w.label != label.label] + on.both.inside(cell)
    translated = own and not rivals and CJK.search(label.text) and all(LATIN.match(w.text) for w in own)
    if own and not rivals and not translated:
        return _text(own, name), BASE[CELL]
    if rivals:
        value = _beside(label, Standing(own), on.labels)
        return (value, BESIDE - 0.05) if value else ("", 0.0)
    for x, y in ((cell[2] + 0.4, label.middle[1]), ((label.x0 + label.x1) / 2, cell[1] - 0.4)):
        beside = on.cells.cell(x, y)
        if beside is None or on.labels.inside(beside) or on.both.inside(beside):
            continue
        inside = on.values.inside(beside)
        if translated and not inside:
            break
        return _text(inside, name), BASE[CELL]
    if own:
        return _text(own, name), BASE[CELL]
    value = _beside(label, on.values, on.labels)
    return (value, BESIDE - 0.05) if value else ("", 0.0)


def _heads_a_column(label: Word, on: _Sheet) -> bool:
    """Whether a label is the head of a table: the two cells below its own hold values."""
    cell = on.cells.cell(*label.middle)
    if cell is None:
        return False
    x = (cell[0] + cell[2]) / 2
    below = on.cells.cell(x, cell[1] - 0.4)
    further = on.cells.cell(x, below[1] - 0.4) if below else None
    if below is None or further is None:
        return False
    two = [on.all.inside(one) for one in (below, further)]
    return all(found and all(w.label is None and w.both is None for w in found) for found in two)


def _text(words: list[Word], name: str) -> str:
    """Return the words of a cell as one text: lines from the top, each from the left."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda w: -w.middle[1]):
        if lines and abs(lines[-1][0].middle[1] - word.middle[1]) < 0.6 * max(word.height, lines[-1][0].height):
            lines[-1].append(word)
        else:
            lines.append([word])
    tall = max((w.height for w in words), default=0.0)
    if name == "title":  # what is written smaller under a title is no part of it
        lines = [line for line in lines if line[0].height >= 0.8 * tall and not SHEET_COUNT.match(line[0].text.strip())]
    elif name not in LONG and len(lines) > 1:
        lines = [max(lines, key=lambda line: max(w.height for w in line))]
    pieces = []
    for line in lines:
        line.sort(key=lambda w: w.x0)
        text = line[0].text
        for before, after in zip(line, line[1:], strict=False):
            close = after.x0 - before.x1 < 0.35 * after.height
            text = text + after.text if close else joined([text, after.text])
        pieces.append(text)
    return joined(pieces)


def _beside(label: Word, values: Standing, labels: Standing) -> str:
    """Return the value right of a label, else below it, where no lines make cells; "" if there is none."""
    name = str(label.label)
    sides = (
        lambda words: words.nearest_right(label),
        lambda words: words.nearest_below(label, labels),
    )
    for nearest in sides:
        value, other = nearest(values), nearest(labels)
        if value is not None and (other is None or value[0] <= other[0]):
            return _paragraph(value[1], values, name)
    return ""


def _paragraph(first: Word, values: Standing, name: str) -> str:
    """Return the text of a word and, for long fields, of the lines right below it in the same hand."""
    if name not in LONG:
        return first.text
    lines = [first]
    for _ in range(3):
        under = values.next_line(lines[-1])
        if under is None:
            break
        lines.append(under)
    return joined([w.text for w in lines])


def stated_scale(words: Words, frame: Frame) -> float | None:
    """Return the scale that stands nearest to a label 比例 in a frame, None if there is none."""
    labels = [i for i, name in enumerate(words.label) if name == "scale"]
    stated = [both[1] for both in words.both if both is not None and both[0] == "scale"]
    rows = np.array([i for i, text in enumerate(words.string) if len(text) < 20 and scale_of(text)], dtype=np.int64)
    if len(labels):
        inside = frame.local(words.origin[labels])
        labels = [i for i, place in zip(labels, inside, strict=True) if ((place > 0) & (place < 1)).all()]
    if not labels or not len(rows):
        return scale_of(stated[0]) if len(stated) == 1 else None
    best, found = np.inf, None
    for label in labels:
        step = words.origin[rows] - words.origin[label]
        away = np.hypot(*step.T)
        nearest = int(np.argmin(away))
        if away[nearest] < min(best, 30 * words.height[label]):
            best, found = float(away[nearest]), scale_of(words.string[int(rows[nearest])])
    return found


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
            fields["discipline"] = Field(discipline, 0.8, TEXT)
