"""Columns of MTEXTs since R2018: what stands in the object embedded in them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pipeline.drawing.strokes import ranges
from pipeline.readers.dxf.columns.kinds import KIND
from pipeline.readers.dxf.columns.records import Attributes
from pipeline.readers.dxf.columns.stand_ins import Point

_MTEXT = KIND["MTEXT"]
_MARK = b"Embedded Object"
_NAMES = {41: "defined_height", 42: "total_width", 43: "total_height", 44: "width", 45: "gutter_width"}
_COLUMN_TYPES = (0, 1, 2)  # none, static, dynamic


@dataclass(slots=True)
class TextColumns:
    """The columns of one MTEXT, as the library has them; lengths in drawing units."""

    count: int = 1
    defined_height: float = 0.0
    total_width: float = 0.0
    total_height: float = 0.0
    width: float = 0.0
    gutter_width: float = 0.0
    heights: list[float] = field(default_factory=list)
    direction: Point | None = None  # for texts that have none themselves
    text_width: float | None = None
    linked_columns: tuple[()] = ()  # texts of their own: before R2018


def embedded(found: Attributes) -> tuple[dict[int, TextColumns], list[int]]:
    """Return the columns of the MTEXTs of a piece by record, and the records with something unusual embedded.

    Raises:
        Irregular: a value is no number.
    """
    tags, records = found.records.tags, found.records
    marks = found.tags(101)
    owner = found.owner[marks]
    rare = owner[records.kind[owner] != _MTEXT].tolist()
    mine = records.kind[owner] == _MTEXT
    marks, owner = marks[mine], owner[mine]
    if not len(marks):
        return {}, rare
    rare += owner[np.array([value != _MARK for value in tags.raw(marks)], bool)].tolist()
    rare += owner[1:][np.diff(owner) == 0].tolist()  # two objects
    sizes = records.stop[owner] - marks - 1
    rows, whose = ranges(marks + 1, sizes), np.repeat(owner, sizes)
    numeric = (tags.codes[rows] >= 10) & (tags.codes[rows] < 80)
    rows, whose = rows[numeric], whose[numeric]
    out = {row: TextColumns() for row in owner.tolist()}
    values = tags.numbers(rows).tolist()
    codes = tags.codes[rows].tolist()
    for at, (row, code, value) in enumerate(zip(whose.tolist(), codes, values, strict=True)):
        columns = out[row]
        if code in _NAMES:
            setattr(columns, _NAMES[code], value)
        elif code == 46:
            columns.heights.append(value)
        elif code == 72:
            columns.count = int(value)
        elif code == 40:
            columns.text_width = value
        elif code == 10 and codes[at + 1 : at + 3] == [20, 30]:
            columns.direction = Point(*values[at : at + 3])
        elif code == 71 and value not in _COLUMN_TYPES:
            rare.append(row)
    for columns in out.values():
        _count(columns)
    return out, rare


def _count(columns: TextColumns) -> None:
    """Find the number of columns where it is not told: by their heights, else by their widths."""
    if columns.count:
        return
    step = abs(columns.width + columns.gutter_width)
    if columns.heights:
        columns.count = len(columns.heights)
    elif columns.total_width > 0 and step > 1e-6:
        columns.count = round((columns.total_width + columns.gutter_width) / step)
