"""Marks painted over a sheet: revision clouds or boxes with a colour and a label (findings, differences)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.drawing.tables import F64
from pipeline.rendering.canvas import Canvas, TextLine
from pipeline.rendering.glyphs import glyph_source

RED = 0xD92D20FF
CLOUD_WIDTH_MM = 0.5
LABEL_CAP_MM = 2.5
LEAST_SIDE_MM = 6.0


@dataclass(slots=True)
class Mark:
    """A box in sheet millimetres with a colour and a short label (a number, a rule code)."""

    box: tuple[float, float, float, float]
    color: int = RED
    label: str = ""
    cloud: bool = True
    dashed: bool = False  # not sure


def draw_marks(canvas: Canvas, marks: list[Mark], paper_scale: float = 1.0) -> None:
    """Paint marks; boxes are divided by `paper_scale` and never smaller than 6 mm on paper."""
    canvas.open_group("overlay")
    for mark in marks:
        x0, y0, x1, y1 = grown(tuple(side / paper_scale for side in mark.box))
        outline = cloud((x0, y0, x1, y1)) if mark.cloud else np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
        canvas.pen(mark.color, CLOUD_WIDTH_MM, int(mark.dashed))
        canvas.stroke(outline, np.array([0, len(outline)]), np.ones(1, bool), [])
        if mark.label:
            _label(canvas, mark, x0, y1)
    canvas.close_group()


def grown(box: tuple[float, ...]) -> tuple[float, float, float, float]:
    """Return the box with at least `LEAST_SIDE_MM` on each side, kept around its middle, plus a little air."""
    x0, y0, x1, y1 = box
    half_x = max(abs(x1 - x0) + 2.0, LEAST_SIDE_MM) / 2
    half_y = max(abs(y1 - y0) + 2.0, LEAST_SIDE_MM) / 2
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    return (x - half_x, y - half_y, x + half_x, y + half_y)


def cloud(box: tuple[float, float, float, float], bump_mm: float = 4.0, steps: int = 8) -> F64:
    """Return a revision cloud around a box: half circles bulging outwards, a closed ring (k, 2)."""
    x0, y0, x1, y1 = box
    corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]])
    points: list[F64] = []
    turn = np.linspace(0, np.pi, steps, endpoint=False)
    for start, end in zip(corners[:-1], corners[1:], strict=True):
        length = float(np.hypot(*(end - start)))
        bumps = max(1, min(200, round(length / bump_mm)))
        step = (end - start) / bumps
        outward = np.array([step[1], -step[0]])
        for k in range(bumps):
            middle = start + step * (k + 0.5)
            points.append(middle - np.outer(np.cos(turn), step / 2) + np.outer(np.sin(turn), outward * 0.35))
    return np.concatenate(points)


def _label(canvas: Canvas, mark: Mark, x: float, y: float) -> None:
    source = glyph_source()
    width = sum(source.glyph(ord(char)).advance for char in mark.label) * LABEL_CAP_MM
    box = np.array([[0.0, 0.0], [width + 2.0, 0.0], [width + 2.0, LABEL_CAP_MM + 2.0], [0.0, LABEL_CAP_MM + 2.0]])
    canvas.brush(mark.color)
    canvas.fill(box + np.array([x, y + 1.5]), np.array([0, 4]), "")
    tall = LABEL_CAP_MM
    canvas.text(TextLine(mark.label, (x + 1.0, y + 2.5), (tall, 0.0), (0.0, tall), 0xFFFFFFFF))
