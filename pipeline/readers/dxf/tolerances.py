r"""TOLERANCE: the frame of a geometric tolerance, a row of cells: `{\Fgdt;j}%%v{\Fgdt;n}0.05%%vA`."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from pipeline.drawing.kinds import EntityKind
from pipeline.readers.dxf import mtext
from pipeline.readers.dxf.lettering import Fonts
from pipeline.readers.dxf.placing import letter_box
from pipeline.readers.dxf.shapes import Pen

# letters of gdt.shx (ISO 1101 signs)
SIGNS = {
    "a": "∠", "b": "⊥", "c": "⏥", "d": "⌓", "e": "○", "f": "∥", "g": "⌭", "h": "↗", "i": "⌯", "j": "⌖", "k": "⌒",
    "l": "Ⓛ", "m": "Ⓜ", "n": "⌀", "p": "Ⓟ", "r": "◎", "s": "Ⓢ", "t": "⌰", "u": "⏤",
}  # fmt: skip
_GDT = re.compile(r"\{\\[Ff][Gg][Dd][Tt][^;]*;([a-z])\}")


def cells(content: str) -> list[list[str]]:
    """Return the texts of the cells by row; cells that are empty at the end of a row are left out."""
    rows = []
    for line in re.split(r"\^J|\n", content):
        texts = [mtext.plain(_GDT.sub(lambda m: SIGNS.get(m[1], m[1]), cell))[0] for cell in re.split("%%[vV]", line)]
        while texts and not texts[-1].strip():
            texts.pop()
        rows.append(texts)
    return [row for row in rows if row]


def tolerance(entity: Any, pen: Pen, fonts: Fonts, height: float) -> None:
    """Append the cells and texts of a TOLERANCE; `height` is the cap height of its dimension style."""
    along = np.array(entity.dxf.get("x_axis_vector", (1, 0, 0)), np.float64)
    along /= float(np.linalg.norm(along)) or 1.0
    normal = np.array(entity.dxf.get("extrusion", (0, 0, 1)), np.float64)
    up = np.cross(normal / (float(np.linalg.norm(normal)) or 1.0), along)
    start = np.array(entity.dxf.insert.xyz) - up * height
    font = fonts.count("gdt.shx")
    for row in cells(str(entity.dxf.get("content", ""))):
        at = start.copy()
        for text in row:
            width = max(fonts.face(font).width(text), 1.0) * height
            edge = np.array([at, at + along * (width + height), at + along * (width + height) + up * 2 * height])
            pen.stroke(np.vstack([edge, at + up * 2 * height]), True, EntityKind.POLYLINE)
            if text.strip():
                frame = np.array([at + (along + up) * (height / 2), along * width, up * height])
                number = pen.out.add(EntityKind.TEXT, [letter_box(frame)], True, pen.look, pen.source)
                pen.out.add_text(number, text, frame, font)
            at = at + along * (width + height)
        start = start - up * 2 * height
