"""Vector paths of a PDF page: strokes, fills and circles in paper millimetres, y up, page unrotated.

Input are the dictionaries of PyMuPDF's `Page.get_cdrawings(extended=True)`: points, y down, unrotated.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.builder import SpaceBuilder, Style
from pipeline.drawing.kinds import EntityKind

F64 = NDArray[np.float64]
_T = np.linspace(0, 1, 9)[1:, None]
_BERNSTEIN = ((1 - _T) ** 3, 3 * (1 - _T) ** 2 * _T, 3 * (1 - _T) * _T**2, _T**3)


def curve(p: tuple, q: tuple, r: tuple, s: tuple) -> F64:
    """Return the chord points (8, 2) of a cubic Bezier without its start point."""
    points = [np.asarray(v, np.float64)[None, :2] for v in (p, q, r, s)]
    return sum((b * v for b, v in zip(_BERNSTEIN, points, strict=True)), np.zeros((8, 2)))


def subpaths(items: list[tuple]) -> tuple[list[F64], list[bool], bool]:
    """Return the parts (k, 2), whether each is closed, and whether the whole is made of curves only."""
    parts: list[F64] = []
    closed: list[bool] = []
    run: list[F64] = []
    last: tuple | None = None
    curved = bool(items)

    def finish() -> None:
        nonlocal run
        if run:
            points = np.concatenate(run)
            same = len(points) > 2 and np.allclose(points[0], points[-1], atol=1e-4)
            parts.append(points[:-1] if same else points)
            closed.append(bool(same))
            run = []

    for item in items:
        kind = item[0]
        curved &= kind == "c"
        if kind in ("l", "c"):
            start = item[1]
            if last is None or abs(start[0] - last[0]) > 1e-6 or abs(start[1] - last[1]) > 1e-6:
                finish()
                run = [np.asarray(start, np.float64)[None, :2]]
            run.append(np.asarray(item[2], np.float64)[None, :2] if kind == "l" else curve(*item[1:5]))
            last = item[-1]
            continue
        finish()
        last = None
        if kind == "re":
            x0, y0, x1, y1 = item[1][:4]
            parts.append(np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float64))
        else:  # quad: upper left, upper right, lower left, lower right
            ul, ur, ll, lr = (tuple(v)[:2] for v in item[1])
            parts.append(np.array([ul, ur, lr, ll], np.float64))
        closed.append(True)
    finish()
    return parts, closed, curved


def circle_of(points: F64) -> tuple[float, float, float] | None:
    """Return centre and radius when a closed curve is a circle within 1.5 % of its radius."""
    low, high = points.min(axis=0), points.max(axis=0)
    size = high - low
    if len(points) < 16 or size.min() <= 0 or abs(size[0] - size[1]) > 0.02 * size.max():
        return None
    center = (low + high) / 2
    radius = float(size.mean() / 2)
    distance = np.hypot(*(points - center).T)
    if np.abs(distance - radius).max() > 0.015 * radius + 1e-6:
        return None
    return float(center[0]), float(center[1]), radius


def rgba(color: Any, opacity: float | None) -> int:
    """Return 0xRRGGBBAA of PyMuPDF's colour (gray, RGB or CMYK components 0..1)."""
    if color is None:
        return 0x000000FF
    values = list(color) if isinstance(color, list | tuple) else [color]
    if len(values) == 1:
        values *= 3
    if len(values) == 4:
        c, m, y, k = values
        values = [(1 - c) * (1 - k), (1 - m) * (1 - k), (1 - y) * (1 - k)]
    r, g, b = (int(round(255 * min(1.0, max(0.0, float(v))))) for v in values[:3])
    alpha = int(round(255 * min(1.0, max(0.0, float(1.0 if opacity is None else opacity)))))
    return (r << 24) | (g << 16) | (b << 8) | alpha


def dash_of(dashes: str | None) -> int:
    """Return 0 continuous, 1 dashed, 2 dash-dot, 3 dotted of a PDF dash array such as "[ 3 2 ] 0"."""
    if not dashes or "[" not in dashes:
        return 0
    inside = dashes[dashes.index("[") + 1 : dashes.rindex("]")].split() if "]" in dashes else []
    try:
        lengths = [float(v) for v in inside]
    except ValueError:
        return 0
    if not lengths or not any(lengths):
        return 0
    drawn, gaps = lengths[0::2], lengths[1::2] or lengths[0::2]
    longest = max(drawn)
    if len(drawn) > 1 and min(drawn) < 0.5 * longest:
        return 2
    return 3 if longest <= 0.25 * max(gaps) else 1


class Clips:
    """The clipping rectangles in force while the items of a page go by."""

    def __init__(self) -> None:
        self._stack: list[tuple[int, tuple[float, float, float, float]]] = []

    def push(self, item: dict) -> None:
        """Take a `clip` item; clips of the same or a deeper level end."""
        level = int(item.get("level", 0))
        self._trim(level)
        if item.get("scissor") is not None:
            x0, y0, x1, y1 = item["scissor"][:4]
            self._stack.append((level, (x0, y0, x1, y1)))

    def _trim(self, level: int) -> None:
        while self._stack and self._stack[-1][0] >= level:
            self._stack.pop()

    def hides(self, item: dict) -> bool:
        """Return whether an item lies wholly outside a clip in force."""
        self._trim(int(item.get("level", 0)))
        if not self._stack or item.get("rect") is None:
            return False
        x0, y0, x1, y1 = item["rect"][:4]
        pad = float(item.get("width") or 0) + 0.5
        return any(x1 < c[0] - pad or x0 > c[2] + pad or y1 < c[1] - pad or y0 > c[3] + pad for _, c in self._stack)


def add_path(out: SpaceBuilder, item: dict, number: int, layer: int, place: Callable[[F64], F64], mm: float) -> None:
    """Append the stroke and/or fill of one path; both carry the path's number as their source."""
    parts, closed, curved = subpaths(item["items"])
    if not parts:
        return
    if item.get("closePath") and len(closed) and item.get("type") != "f":
        closed[-1] = True
    placed = [place(p) for p in parts]
    source = out.source(str(number))
    kind = str(item.get("type") or "s")
    if "f" in kind:
        rings = [p for p in placed if len(p) >= 3]
        if rings:
            look = Style(layer=layer, color=rgba(item.get("fill"), item.get("fill_opacity")), source=source)
            out.add_parts(rings, kind=EntityKind.FILL, closed=True, style=look)
    if "s" not in kind:
        return
    style = Style(
        layer=layer,
        color=rgba(item.get("color"), item.get("stroke_opacity")),
        width_mm=float(item.get("width") or 0.0) * mm,
        dashed=dash_of(item.get("dashes")),
        source=source,
    )
    if len(placed) > 1:
        out.add_parts(placed, kind=EntityKind.PATH, closed=closed, style=style)
        return
    found = circle_of(placed[0]) if curved and closed[0] else None
    if found is None:
        out.add_polyline(placed[0], closed=closed[0], style=style)
        return
    row = out.add_polyline(placed[0], closed=True, kind=EntityKind.CIRCLE, style=style)
    out.add_arc(row, found[:2], found[2], 0.0, 2 * math.pi)
