"""TEXT, ATTRIB and MTEXT: decoded strings with box, base line, cap height and font."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.kinds import EntityKind
from pipeline.readers.dxf.shapes import Pen, axes
from pipeline.readers.dxf.text import LINE_ADVANCE, plain, shown, text_width, wrap

F64 = NDArray[np.float64]
DESCENT = 0.25


class Fonts:
    """The fonts of the document's text styles; everything that is not carried along is counted as substituted."""

    def __init__(self, doc: Any) -> None:
        self.names: list[str] = []
        self.uses: dict[int, int] = {}
        self._rows: dict[str, int] = {}
        self._styles: dict[str, tuple[str, float]] = {}
        for style in doc.styles:
            font = str(style.dxf.get("font", "") or "")
            big = str(style.dxf.get("bigfont", "") or "")
            label = f"{font}+{big}" if big else font
            self._styles[str(style.dxf.get("name", "")).lower()] = (label, float(style.dxf.get("width", 1.0) or 1.0))

    def use(self, style: str) -> tuple[int, float]:
        """Return the font row and width factor of a text style, and count one use."""
        name, factor = self._styles.get(style.lower(), ("", 1.0))
        row = self.row(name or "txt")
        self.uses[row] = self.uses.get(row, 0) + 1
        return row, factor

    def row(self, name: str) -> int:
        """Return the row of a font name, made when it is new."""
        if name not in self._rows:
            self._rows[name] = len(self.names)
            self.names.append(name)
        return self._rows[name]

    def adopt(self, other: Fonts) -> list[int]:
        """Take over the fonts of an attached drawing and how often they are used; returns their rows here."""
        rows = [self.row(name) for name in other.names]
        for row, count in other.uses.items():
            self.uses[rows[row]] = self.uses.get(rows[row], 0) + count
        return rows

    def wide(self, row: int) -> float:
        """Return the advance of a Chinese character of a font in cap heights."""
        name = self.names[row].lower()
        return 1.3 if name.endswith((".ttf", ".ttc", ".otf")) else 1.05


def _write(pen: Pen, string: str, frame: F64, lines: int, font: int, advance: float) -> None:
    origin, along, up = frame
    low = -DESCENT * up - (lines - 1) * advance * up
    box = np.array([origin + low, origin + along + low, origin + along + up, origin + up])
    row = pen.out.add(EntityKind.TEXT, [box], True, pen.look, pen.source)
    pen.out.add_text(row, string, frame, font)


def text(entity: Any, pen: Pen, fonts: Fonts) -> int:
    """Append a TEXT, ATTRIB or ATTDEF; returns the number of strings that could not be decoded (0 or 1)."""
    dxf = entity.dxf
    string, broken = plain(str(dxf.get("text", "")))
    if not string.strip():
        return int(broken)
    font, _ = fonts.use(str(dxf.get("style", "Standard")))
    height = abs(float(dxf.get("height", 0))) or 1.0
    halign, valign = int(dxf.get("halign", 0)), int(dxf.get("valign", 0))
    at = np.array(dxf.get("insert", (0, 0, 0)), np.float64)
    second = np.array(dxf.get("align_point", at), np.float64)
    rotation = math.radians(float(dxf.get("rotation", 0)))
    width = text_width(string, fonts.wide(font)) * height * abs(float(dxf.get("width", 1.0)) or 1.0)
    if halign in (3, 5) and not np.allclose(at, second):  # aligned, fit: between the two points
        delta = second - at
        fitted, rotation = float(np.hypot(delta[0], delta[1])), math.atan2(delta[1], delta[0])
        height = height * fitted / width if halign == 3 and width else height
        width = fitted
        shift_x = shift_y = 0.0
    else:
        anchored = (halign or valign) and dxf.hasattr("align_point")
        at = second if anchored else at
        shift_x = {1: width / 2, 2: width, 4: width / 2}.get(halign, 0.0) if anchored else 0.0
        shift_y = {1: -DESCENT, 2: 0.5, 3: 1.0}.get(valign, 0.0) * height if anchored else 0.0
        shift_y = 0.5 * height if halign == 4 and anchored else shift_y
    along = np.array([math.cos(rotation), math.sin(rotation), 0.0])
    up = np.array([-along[1], along[0], 0.0])
    at = np.resize(at, 3) if len(at) == 3 else np.append(at, 0.0)
    frame = np.array([at - along * shift_x - up * shift_y, along * width, up * height])
    turn = axes(entity)
    _write(pen, string, frame if turn is None else frame @ turn, 1, font, LINE_ADVANCE)
    return int(broken)


def mtext(entity: Any, pen: Pen, fonts: Fonts) -> int:
    """Append an MTEXT, wrapped at its column width; returns the number of strings that could not be decoded."""
    dxf = entity.dxf
    raw = entity.all_columns_plain_text() if entity.has_columns else entity.plain_text(fast=False)
    string, broken = shown(str(raw))
    if not string.strip():
        return int(broken)
    font, factor = fonts.use(str(dxf.get("style", "Standard")))
    height = abs(float(dxf.get("char_height", 2.5))) or 1.0
    unit = height * factor
    limit = float(dxf.get("width", 0) or 0)
    wide = fonts.wide(font)
    lines = wrap(string, limit / unit if limit > 0 else 0.0, wide)
    width = max(text_width(s, wide) for s in lines) * unit
    advance = LINE_ADVANCE * float(dxf.get("line_spacing_factor", 1.0) or 1.0)
    total = height + (len(lines) - 1) * advance * height
    attachment = int(dxf.get("attachment_point", 1))
    column, row = (attachment - 1) % 3, (attachment - 1) // 3
    rotation = math.radians(entity.get_rotation())
    along = np.array([math.cos(rotation), math.sin(rotation), 0.0])
    up = np.array([-along[1], along[0], 0.0])
    top = {0: 0.0, 1: total / 2, 2: total}[min(row, 2)]  # of the block above the insertion point
    left = {0: 0.0, 1: width / 2, 2: width}[column]
    at = np.array(dxf.insert.xyz) - along * left + up * (top - height)
    _write(pen, "\n".join(lines), np.array([at, along * width, up * height]), len(lines), font, advance)
    return int(broken)
