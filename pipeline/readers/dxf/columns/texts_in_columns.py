"""Columns of MTEXTs: what stands in the object embedded in them since R2018, in their extended data before."""

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
_BEGIN, _END = b"ACAD_MTEXT_COLUMN_INFO_BEGIN", b"ACAD_MTEXT_COLUMN_INFO_END"
_DEFINED_HEIGHT = b"ACAD_MTEXT_DEFINED_HEIGHT_BEGIN"


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


def told_apart(found: Attributes, linked: set[bytes]) -> tuple[dict[int, TextColumns], list[int]]:
    """Return the columns of MTEXTs whose extended data tells of them, and the records that the library has to read.

    These have columns that are texts of their own: the library joins them. `linked` gets their handles.
    """
    tags, records = found.records.tags, found.records
    marks = np.flatnonzero((tags.codes == 1000) & (records.kind == _MTEXT)[found.owner])
    marks = marks[np.array([text == _BEGIN for text in tags.raw(marks)], bool)]
    out: dict[int, TextColumns] = {}
    rare: list[int] = []
    for mark, record in zip(marks.tolist(), found.owner[marks].tolist(), strict=True):
        rows = np.arange(records.start[record], records.stop[record])
        rows = rows[tags.codes[rows] >= 1000]
        codes, values = tags.codes[rows].tolist(), tags.raw(rows)
        handles = [value for code, value in zip(codes, values, strict=True) if code == 1005]
        linked.update(handles)
        begin = int(np.searchsorted(rows, mark)) + 1
        columns = None if handles or record in out else _told(codes, values, begin)
        if columns is None:
            rare.append(record)
        else:
            out[record] = columns
    return out, rare


def _told(codes: list[int], values: list[bytes], begin: int) -> TextColumns | None:
    """Return the columns that pairs of a name (1070) and a value tell of, None where they are no such pairs."""
    if _END not in values[begin:]:
        return None
    columns = TextColumns()
    at, end = begin, values.index(_END, begin)
    try:
        while at + 1 < end:
            if codes[at] != 1070:
                return None
            name, value = int(values[at]), float(values[at + 1])
            at += 2
            if name == 76:
                columns.count = int(value)
            elif name == 48:
                columns.width = value
            elif name == 49:
                columns.gutter_width = value
            elif name == 50:
                if set(codes[at : at + int(value)]) - {1040}:
                    return None
                columns.heights = [float(height) for height in values[at : at + int(value)]]
                at += int(value)
            elif name == 75 and value not in _COLUMN_TYPES:
                return None
        if _DEFINED_HEIGHT in values and not columns.heights:
            columns.defined_height = float(values[values.index(_DEFINED_HEIGHT) + 2])
    except (ValueError, IndexError):
        return None
    columns.total_height = max(columns.heights) if columns.heights else columns.defined_height
    return columns
