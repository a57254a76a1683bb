"""DIMENSION: what was measured, what stands there, and a plain picture where the file carries none."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.kinds import EntityKind
from pipeline.readers.dxf import mtext
from pipeline.readers.dxf.chunk import DimensionRow
from pipeline.readers.dxf.lettering import Fonts
from pipeline.readers.dxf.placing import letter_box
from pipeline.readers.dxf.shapes import Pen
from pipeline.readers.dxf.text import text_width

LINEAR = (0, 1)  # rotated, aligned
ROUND = (3, 4)  # diameter, radius: measured from the far point or the centre to a point of the curve
# DIMLFAC in this range: a detail drawn larger than its surroundings, so reality is smaller than the drawing;
# other factors (1000, 0.001 ...) only print the value in another unit
DETAIL = (0.02, 1.0)


def _style(entity: Any, name: str, fallback: float) -> float:
    try:
        value = entity.override().get(name, fallback)
        return float(value) if value is not None else fallback
    except Exception:  # a missing or broken dimension style falls back to the standard one
        return fallback


def formatted(measured: float, factor: float, decimals: int, override: str) -> str:
    """Return the text CAD would print: `<>` in the override stands for the measured value."""
    value = f"{measured * factor:.{max(0, min(decimals, 8))}f}"
    if "." in value:
        value = value.rstrip("0").rstrip(".")
    if override in ("", "<>"):
        return value
    return "" if override == " " else override.replace("<>", value)


def redrawn(entity: Any) -> str:
    """Draw the picture of a dimension that has none with the library; returns its block's name, "" if it cannot."""
    try:
        entity.render()
        return str(entity.dxf.get("geometry", "") or "")
    except Exception:  # a kind or a style that the library does not draw: a plain picture is drawn here
        return ""


def add_dimension(entity: Any, pen: Pen, strings: list[str], *, drawn: bool, fonts: Fonts) -> int:
    """Append the row of a linear, diameter or radius dimension; draw line and text if the file has no picture of it.

    Angles and ordinates are drawn and have no row: the table holds lengths between two points.

    `strings` are the texts of its geometry block. Returns the number of strings that could not be decoded.
    """
    kind = int(entity.dimtype)
    override, broken = mtext.plain(str(entity.dxf.get("text", "") or ""))
    override = "" if override == "<>" else override
    measurement = entity.get_measurement() if kind in LINEAR or not drawn else 0.0
    measured = float(measurement) if isinstance(measurement, int | float) else 0.0
    factor = abs(_style(entity, "dimlfac", 1.0)) or 1.0
    text = next((s for s in strings if s.strip()), "")
    if not text and kind in LINEAR:
        text = formatted(measured, factor, int(_style(entity, "dimdec", 0)), override)
    if kind in LINEAR and entity.dxftype() == "DIMENSION":
        points = np.array([entity.dxf.defpoint2.xyz, entity.dxf.defpoint3.xyz])
        real = factor if DETAIL[0] <= factor < DETAIL[1] else 1.0
        row = DimensionRow(measured * real, text, override, points, pen.source, pen.look.layer)
        pen.out.add_dimension(row)
        if not drawn:
            _picture(entity, pen, text, points, fonts)
    elif kind in ROUND and entity.dxftype() == "DIMENSION":
        points = np.array([entity.dxf.defpoint.xyz, entity.dxf.defpoint4.xyz])
        real = factor if DETAIL[0] <= factor < DETAIL[1] else 1.0
        length = float(np.linalg.norm(points[1] - points[0]))
        text = text or formatted(length, factor, int(_style(entity, "dimdec", 0)), override)
        pen.out.add_dimension(DimensionRow(length * real, text, override, points, pen.source, pen.look.layer))
        if not drawn:
            pen.stroke(points)
    elif not drawn:
        raise ValueError("dimension without a picture")
    return int(broken)


def _picture(entity: Any, pen: Pen, text: str, points: NDArray[np.float64], fonts: Fonts) -> None:
    """Draw extension lines, dimension line and text of a linear dimension."""
    foot = np.array(entity.dxf.defpoint.xyz)
    if int(entity.dimtype) == 0:
        angle = math.radians(float(entity.dxf.get("angle", 0)))
        along = np.array([math.cos(angle), math.sin(angle), 0.0])
    else:
        delta = points[1] - points[0]
        along = delta / (np.linalg.norm(delta) or 1.0)
    ends = [foot + along * float(np.dot(p - foot, along)) for p in points]
    lines = [np.array([points[0], ends[0]]), np.array([points[1], ends[1]]), np.array(ends)]
    pen.parts(lines, EntityKind.PATH, False)
    height = _style(entity, "dimtxt", 2.5) * (_style(entity, "dimscale", 1.0) or 1.0)
    font = fonts.count(fonts.style("Standard").font)
    width = text_width(text) * height
    up = np.array([-along[1], along[0], 0.0])
    origin = (ends[0] + ends[1]) / 2 - along * width / 2 + up * height * 0.4
    frame = np.array([origin, along * width, up * height])
    row = pen.out.add(EntityKind.TEXT, [letter_box(frame)], True, pen.look, pen.source)
    pen.out.add_text(row, text, frame, font)
