"""MTEXT of the scan: frames, boxes and colours of all plain texts of some blocks at once, as `dxf.lettering` has them.

A text with columns, hanging letters, a background or an alignment of its own inside its column is drawn singly.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.kinds import EntityKind
from pipeline.readers.dxf.columns.alike import without_gaps
from pipeline.readers.dxf.columns.measures import points
from pipeline.readers.dxf.columns.scanned import Details
from pipeline.readers.dxf.columns.stand_ins import mtext_content
from pipeline.readers.dxf.columns.store import Columns, objects
from pipeline.readers.dxf.faces import face_of
from pipeline.readers.dxf.ledger import Ledger
from pipeline.readers.dxf.lettering import ALIGNMENT, TOP_TO_BOTTOM, Fonts, own_color
from pipeline.readers.dxf.paragraphs import Box, Paragraphs, set_paragraphs
from pipeline.readers.dxf.placing import DESCENT

F64 = NDArray[np.float64]


@dataclass(slots=True)
class Set:
    """The texts that are drawn: places among those asked for, and one row each of what is drawn."""

    place: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    parts: list[Paragraphs] = field(default_factory=list)
    font: list[int] = field(default_factory=list)

    def columns(self, found: Details, rows: NDArray) -> Columns:
        """Return the drawn texts as columns without look and source; `rows` are theirs of the details of MTEXT."""
        count = len(rows)
        placed, corners, align = frames(found, rows, self.parts)
        return Columns(
            kind=np.full(count, EntityKind.TEXT, np.uint8),
            parts=np.ones(count, np.int32),
            sizes=np.full(count, 4, np.int32),
            closed=np.ones(count, np.uint8),
            xyz=corners,
            text_row=np.arange(count),
            text_font=np.array(self.font, np.int32),
            text_align=align.astype(np.uint8),
            text_place=placed,
            string=objects(["\n".join(part.lines) for part in self.parts]),
        )

    def colors(self, color: NDArray) -> NDArray:
        """Return the colours of texts that tell one themselves, else those given."""
        for row, part in enumerate(self.parts):
            if part.color >= 0:
                color[row] = own_color(part.color)
        return color


def plain(found: Details, rows: NDArray, fonts: Fonts, columns: Collection[int]) -> NDArray[np.bool_]:
    """Return which texts (rows of the details of MTEXT) have nothing that is drawn singly.

    `columns` are the entity rows of those with columns.
    """
    numbers = found.values
    good = (without_gaps(numbers[72][rows]) != TOP_TO_BOTTOM) & (without_gaps(numbers[90][rows]) == 0)
    if columns:
        good &= np.array([entity not in columns for entity in found.rows[rows].tolist()], bool)
    limited = without_gaps(numbers[41][rows]) > 0
    for at in np.flatnonzero(good).tolist():
        row = int(rows[at])
        raw = found.texts[1][row] or ""
        if fonts.style(found.texts[7][row] or "Standard").vertical or (
            limited[at] and "q" in raw and ALIGNMENT.search(mtext_content(found, row))
        ):
            good[at] = False
    return good


def set_all(found: Details, rows: NDArray, fonts: Fonts, ledger: Ledger) -> Set:
    """Break some texts (rows of the details of MTEXT) into lines; counts them, and their fonts."""
    numbers = found.values
    heights = np.abs(np.where(np.isnan(numbers[40][rows]), 2.5, numbers[40][rows]))
    heights[heights == 0] = 1.0
    spacing = without_gaps(numbers[44][rows], 1.0)
    spacing[spacing == 0] = 1.0
    others = (without_gaps(numbers[code][rows]).tolist() for code in (41, 42, 43))
    out = Set()
    drawn: list[int] = []
    values = zip(rows.tolist(), heights.tolist(), spacing.tolist(), *others, strict=True)
    for place, (row, height, space, limit, wide, high) in enumerate(values):
        try:
            style = fonts.style(found.texts[7][row] or "Standard")
            box = Box(height, style.factor, limit, space, wide, high)
            part = set_paragraphs(mtext_content(found, row), box, face_of(style.font))
        except Exception as error:  # one bad text must not stop the drawing
            ledger.fail("MTEXT", error)
            continue
        ledger.undecodable += int(part.broken)
        ledger.read["MTEXT"] += 1
        if any(line.strip() for line in part.lines):
            drawn.append(place)
            out.parts.append(part)
            out.font.append(fonts.count(part.font or style.font))
    out.place = np.array(drawn, np.int64)
    return out


def frames(found: Details, rows: NDArray, parts: list[Paragraphs]) -> tuple[F64, F64, NDArray]:
    """Return origin, along and up of some texts, (k, 3, 3), the corners of their boxes, (4 k, 3), how lines align."""
    numbers = found.values

    angle = np.radians(without_gaps(numbers[50][rows]))
    along = np.column_stack([np.cos(angle), np.sin(angle), np.zeros(len(rows))])
    told = ~np.isnan(numbers[11][rows]) & ~np.isnan(numbers[21][rows])
    along[told] = _unit(points(found, 11, rows)[told], (1.0, 0.0, 0.0))
    normal = points(found, 210, rows)
    normal[np.isnan(numbers[210][rows]) | np.isnan(numbers[220][rows])] = (0.0, 0.0, 1.0)
    up = np.cross(_unit(normal, (0.0, 0.0, 0.0)), along)
    attachment = without_gaps(numbers[71][rows], 1.0).astype(np.int64) - 1
    column, line = attachment % 3, np.clip(attachment // 3, 0, 2)
    width, height, total, advance = (
        np.array([getattr(part, name) for part in parts]) for name in ("width", "height", "total", "advance")
    )
    lines = np.array([len(part.lines) for part in parts])
    origin = points(found, 10, rows) - along * (width * column / 2)[:, None] + up * (total * line / 2 - height)[:, None]
    along, up = along * width[:, None], up * height[:, None]
    low = -(DESCENT + (lines - 1) * advance)[:, None] * up
    corners = np.stack([origin + low, origin + along + low, origin + along + up, origin + up], axis=1)
    return np.stack([origin, along, up], axis=1), corners.reshape(-1, 3), np.where(lines > 1, column, 0)


def _unit(found: F64, missing: tuple[float, float, float]) -> F64:
    size = np.linalg.norm(found, axis=1)[:, None]
    return np.where(size > 0, found / np.where(size > 0, size, 1.0), np.array(missing))
