"""TEXT, ATTRIB and MTEXT: decoded strings with box, base line, cap height and font."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.kinds import EntityKind
from pipeline.readers.dxf.chunk import Look
from pipeline.readers.dxf.faces import Face, face_of
from pipeline.readers.dxf.looks import aci_color, true_color
from pipeline.readers.dxf.mtext import TRUE_COLOR
from pipeline.readers.dxf.paragraphs import Box, Paragraphs, set_paragraphs, split_columns
from pipeline.readers.dxf.placing import One, framed, letter_box
from pipeline.readers.dxf.shapes import Pen, axes
from pipeline.readers.dxf.text import LINE_ADVANCE, plain

F64 = NDArray[np.float64]
FILL, FILL_WINDOW, FRAME = 1, 2, 16  # MTEXT background flags
ALIGNMENT = re.compile(r"\\p[a-z\d.,-]*q([lcr])")
TOP_TO_BOTTOM = 3  # MTEXT flow direction


@dataclass(frozen=True)
class Style:
    """A text style: its font and how that is stretched."""

    font: str = "txt"  # file, or file+big font
    factor: float = 1.0
    vertical: bool = False


_UNKNOWN = Style()  # of a text whose style is not in the table


class Fonts:
    """The fonts of the document's text styles; everything that is not carried along is counted as substituted."""

    def __init__(self, doc: Any) -> None:
        self.names: list[str] = []
        self.uses: dict[int, int] = {}
        self._rows: dict[str, int] = {}
        self._styles: dict[str, Style] = {}
        for style in doc.styles:
            dxf = style.dxf
            name = font_label(str(dxf.get("font", "") or ""), str(dxf.get("bigfont", "") or ""), _family(style))
            factor = float(dxf.get("width", 1.0) or 1.0)
            vertical = bool(int(dxf.get("flags", 0) or 0) & 4)
            self._styles[str(dxf.get("name", "")).lower()] = Style(name, factor, vertical)

    def style(self, name: str) -> Style:
        """Return a text style by name; what is not in the table is written in txt."""
        return self._styles.get(name.lower(), _UNKNOWN)

    def count(self, font: str, times: int = 1) -> int:
        """Count the uses of a font and return its row."""
        row = self.row(font)
        self.uses[row] = self.uses.get(row, 0) + times
        return row

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
            self.count(other.names[row], count)
        return rows

    def face(self, row: int) -> Face:
        """Return the letter widths of a font."""
        return face_of(self.names[row])


def _family(style: Any) -> str:
    """Return the TrueType family that stands in the extended data of a style without a font file."""
    try:
        return str(style.get_extended_font_data()[0] or "")
    except Exception:  # extended data of any shape: a family name is a courtesy
        return ""


def font_label(font: str, big: str, family: str = "") -> str:
    """Return what a style is written in: `file`, `file+bigfile`, or the family of a style without a file."""
    font = font.strip() or family.strip() or "txt"
    return f"{font}+{big.strip()}" if big.strip() else font


def _write(pen: Pen, string: str, frame: F64, lines: int, font: int, advance: float, align: int = 0) -> None:
    row = pen.out.add(EntityKind.TEXT, [letter_box(frame, lines, advance)], True, pen.look, pen.source)
    pen.out.add_text(row, string, frame, font, align)


def text(entity: Any, pen: Pen, fonts: Fonts) -> int:
    """Append a TEXT, ATTRIB or ATTDEF; returns the number of strings that could not be decoded (0 or 1)."""
    dxf = entity.dxf
    string, broken = plain(str(dxf.get("text", "")))
    if not string.strip():
        return int(broken)
    style = fonts.style(str(dxf.get("style", "Standard")))
    font = fonts.count(style.font)
    height = abs(float(dxf.get("height", 0))) or 1.0
    factor = abs(float(dxf.get("width", 1.0)) or 1.0)
    at = _point(dxf.get("insert", (0.0, 0.0, 0.0)))
    second = _point(dxf.align_point) if dxf.hasattr("align_point") else None
    face = fonts.face(font)
    if style.vertical:
        string = "\n".join(string)
    lines = string.count("\n") + 1
    found = One(
        at=at,
        second=second,
        halign=int(dxf.get("halign", 0)),
        valign=int(dxf.get("valign", 0)),
        rotation=math.radians(float(dxf.get("rotation", 0))),
        height=height,
        width=max(map(face.width, string.split("\n"))) * height * factor,
        oblique=math.radians(float(dxf.get("oblique", 0))),
        generation=int(dxf.get("text_generation_flag", 0)),
    )
    frame = framed(_hung(found) if style.vertical else found)
    turn = axes(entity)
    _write(pen, string, frame if turn is None else frame @ turn, lines, font, LINE_ADVANCE)
    return int(broken)


def _point(found: Any) -> tuple[float, float, float]:
    x, y, z = (*found, 0.0)[:3]
    return float(x), float(y), float(z)


def _hung(found: One) -> One:
    """Return a vertical text as lines hanging from its insertion point: centred on it, the first letter below it."""
    cos, sin = math.cos(found.rotation), math.sin(found.rotation)
    x, y, z = found.second or found.at
    half = found.width / 2
    at = (x - cos * half + sin * found.height, y - sin * half - cos * found.height, z)
    return replace(found, at=at, second=None, halign=0, valign=0)


def mtext(entity: Any, pen: Pen, fonts: Fonts) -> int:
    """Append an MTEXT, each of its columns a text; returns the number of strings that could not be decoded."""
    dxf = entity.dxf
    style = fonts.style(str(dxf.get("style", "Standard")))
    height = abs(float(dxf.get("char_height", 2.5))) or 1.0
    columns = entity.columns if entity.has_columns else None
    limit = float(columns.width if columns is not None and columns.width else dxf.get("width", 0) or 0)
    box = Box(height, style.factor, limit, float(dxf.get("line_spacing_factor", 1.0) or 1.0))
    if columns is None:
        box.told_width, box.told_height = float(dxf.get("rect_width", 0) or 0), float(dxf.get("rect_height", 0) or 0)
    parts = [set_paragraphs(raw, box, face_of(style.font)) for raw in _column_texts(entity)]
    broken = int(any(part.broken for part in parts))
    if not any(line.strip() for part in parts for line in part.lines):
        return broken
    step = 0.0
    if style.vertical or int(dxf.get("flow_direction", 1) or 1) == TOP_TO_BOTTOM:
        parts = [_hanging(part, line) for part in parts for line in part.lines if line.strip()]
        step = -parts[0].height * parts[0].advance  # the next line hangs to the left
    elif columns is not None and columns.count > 1:
        parts = parts if columns.linked_columns else _divided(parts, columns)
        step = float(columns.width) + float(columns.gutter_width)
    along, up = _directions(entity)
    attachment = int(dxf.get("attachment_point", 1))
    align, within = (attachment - 1) % 3, 0.0
    told = ALIGNMENT.search(str(entity.text))
    if told and limit > 0 and step == 0:  # paragraphs aligned within the column and not at the insertion point
        align, within = "lcr".index(told[1]), limit
    for number, part in enumerate(parts):
        if not any(line.strip() for line in part.lines):
            continue
        own = Pen(pen.out, _coloured(pen.look, part.color), pen.source)
        at = np.array(dxf.insert.xyz) + along * (step * number)
        if within > part.width:
            at = at + along * ((within - part.width) * (align - (attachment - 1) % 3) / 2)
        frame = _hooked(part, at, along, up, attachment)
        _background(dxf, own, frame, len(part.lines), part.advance)
        font = fonts.count(part.font or style.font)
        lined = align if len(part.lines) > 1 else 0
        _write(own, "\n".join(part.lines), frame, len(part.lines), font, part.advance, lined)
    return broken


def _column_texts(entity: Any) -> list[str]:
    """Return the text of each column where the file tells them apart, else one text."""
    if not entity.has_columns:
        return [str(entity.text)]
    linked = [str(column.text) for column in entity.columns.linked_columns]
    return [str(entity.text), *linked] if linked else re.split(r"(?<!\\)\\N", str(entity.text))


def _coloured(look: Look, color: int) -> Look:
    return look if color < 0 else replace(look, color=own_color(color))


def own_color(color: int) -> int:
    """Return 0xRRGGBBAA of a colour that stands inside a text (see mtext.Run)."""
    if color & TRUE_COLOR:  # the file has blue first
        return true_color((color & 0xFF) << 16 | (color & 0xFF00) | (color >> 16 & 0xFF))
    return aci_color(color)


def _hanging(part: Paragraphs, line: str) -> Paragraphs:
    """Return one line of a text as letters under one another."""
    return replace(part, lines=list(line.strip()), width=min(part.width, 1.3 * part.height), advance=LINE_ADVANCE)


def _divided(parts: list[Paragraphs], columns: Any) -> list[Paragraphs]:
    """Return one text a column: what a break ends begins a new one, and so does what does not fit."""
    heights = [float(h) for h in columns.heights] or [float(columns.defined_height or columns.total_height or 0)]
    out: list[Paragraphs] = []
    for part in parts:
        groups = split_columns(part.lines, heights, part.height * part.advance, int(columns.count), len(out))
        out += [replace(part, lines=group) for group in groups] or [part]
    return out


def _directions(entity: Any) -> tuple[F64, F64]:
    """Return unit vectors along the lines and up, world coordinates."""
    dxf = entity.dxf
    if dxf.hasattr("text_direction"):
        x, y, z = _point(dxf.text_direction)
    else:
        angle = math.radians(float(dxf.get("rotation", 0)))
        x, y, z = math.cos(angle), math.sin(angle), 0.0
        turn = axes(entity)
        if turn is not None:
            x, y, z = (np.array([x, y, z]) @ turn).tolist()
    size = math.hypot(x, y, z)
    x, y, z = (x / size, y / size, z / size) if size > 0 else (1.0, 0.0, 0.0)
    u, v, w = _point(dxf.get("extrusion", (0.0, 0.0, 1.0)))
    size = math.hypot(u, v, w) or 1.0
    u, v, w = u / size, v / size, w / size
    return np.array((x, y, z)), np.array((v * z - w * y, w * x - u * z, u * y - v * x))


def _hooked(part: Paragraphs, at: F64, along: F64, up: F64, attachment: int) -> F64:
    """Return the frame of the first line of a text hung up at one of its nine points."""
    column, row = (attachment - 1) % 3, (attachment - 1) // 3
    top = {0: 0.0, 1: part.total / 2, 2: part.total}[min(max(row, 0), 2)]  # of the block above the insertion point
    origin = at - along * (part.width * column / 2) + up * (top - part.height)
    return np.array([origin, along * part.width, up * part.height])


def _background(dxf: Any, pen: Pen, frame: F64, lines: int, advance: float) -> None:
    """Draw the fill or mask behind a text and the frame around it."""
    flags = int(dxf.get("bg_fill", 0) or 0)
    if not flags & (FILL | FILL_WINDOW | FRAME):
        return
    grow = (float(dxf.get("box_fill_scale", 1.5) or 1.5) - 1.0) * float(np.linalg.norm(frame[2]))
    unit = frame[1] / (float(np.linalg.norm(frame[1])) or 1.0) * grow
    rise = frame[2] / (float(np.linalg.norm(frame[2])) or 1.0) * grow
    corners = letter_box(frame, lines, advance) + np.array([-unit - rise, unit - rise, unit + rise, rise - unit])
    if flags & (FILL | FILL_WINDOW) == FILL:
        color = aci_color(int(dxf.get("bg_fill_color", 7) or 7))
        if dxf.hasattr("bg_fill_true_color"):
            color = true_color(int(dxf.bg_fill_true_color))
        pen.out.add(EntityKind.FILL, [corners], True, replace(pen.look, color=color), pen.source)
    elif flags & (FILL | FILL_WINDOW):
        pen.out.add(EntityKind.WIPEOUT, [corners], True, pen.look, pen.source)
    if flags & FRAME:
        pen.out.add(EntityKind.POLYLINE, [corners], True, pen.look, pen.source)
