"""Dimensions of a drawn sheet: from the dimension table (DXF) and from lines and numbers as they are plotted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rules.engine.facts import DimensionFact, Place, TextFact
from rules.engine.reading import words

if TYPE_CHECKING:
    from rules.engine.reading.drawn import OnSheet

F64 = NDArray[np.float64]
_MEANINGS = {"dimension"}
_REACH = 60.0  # a dimension line is this near to what it measures, mm on the sheet
_SNAP = 2.6  # an extension line belongs to the end of a dimension line this near, mm on the sheet


def shown_value(string: str) -> float | None:
    """Return the number a dimension shows: 6000, or the total of 280×12=3360; None for anything else."""
    text = string.strip()
    if words.PLAIN.match(text):
        return float(text)
    match = words.STEPS.fullmatch(text)
    return float(match[3]) if match else None


def table_dimensions(on: OnSheet, place: Place) -> list[DimensionFact]:
    """Return the dimensions that know what they measured, those lying on the sheet."""
    table = on.space.dimensions
    result = []
    for row in range(len(table)):
        ends = on.to_sheet(table.points[row])
        x0, y0, x1, y1 = 0.0, 0.0, *on.sheet.size_mm
        mid = ends.mean(axis=0)
        if not (x0 <= mid[0] <= x1 and y0 <= mid[1] <= y1):
            continue
        low, high = ends.min(axis=0) - 2, ends.max(axis=0) + 2
        source = int(table.source[row])
        ids = (on.space.sources[source],) if 0 <= source < len(on.space.sources) else ()
        box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
        shown = table.shown[row] or table.override[row]
        result.append(
            DimensionFact(
                shown,
                shown_value(shown),
                float(table.measured_mm[row]),
                bool(table.override[row]),
                (float(ends[0, 0]), float(ends[0, 1])),
                (float(ends[1, 0]), float(ends[1, 1])),
                None,
                Place(place.file_id, place.sheet_key, place.sheet_number, box, ids),
            )  # fmt: skip
        )
    return result


def locate(known: list[DimensionFact], drawn: list[DimensionFact]) -> None:
    """Widen the boxes of dimensions that know what they measured by where their number is drawn (in place)."""
    by_text: dict[str, list[DimensionFact]] = {}
    for d in drawn:
        by_text.setdefault(d.shown, []).append(d)
    for d in known:
        axis = 0 if d.horizontal else 1
        ends = sorted((d.p[axis], d.q[axis]))
        for other in by_text.get(d.shown.strip(), []):
            if other.horizontal != d.horizontal or other.place.box is None or d.place.box is None:
                continue
            theirs = sorted((other.p[axis], other.q[axis]))
            apart = abs((other.base or 0) - d.p[1 - axis])
            if abs(ends[0] - theirs[0]) < _SNAP and abs(ends[1] - theirs[1]) < _SNAP and apart < _REACH:
                a, b = d.place.box, other.place.box
                box = (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
                d.place = replace(d.place, box=box)
                break


def read_dimensions(on: OnSheet, texts: list[TextFact], place: Place) -> list[DimensionFact]:
    """Return dimensions as drawn: each number on a dimension layer with the line beneath it."""
    numbers = [t for t in texts if t.meaning in _MEANINGS and shown_value(t.string) is not None]
    if not numbers:
        return []
    lines = _segments(on)
    flat = np.abs(lines[:, 1] - lines[:, 3]) < 0.05
    upright = np.abs(lines[:, 0] - lines[:, 2]) < 0.05
    turned = lines[:, [1, 0, 3, 2]]
    result = []
    for text in numbers:
        fact = (
            _match(text.y, -text.x, text, turned[upright], turned[flat], True)
            if text.turned
            else _match(text.x, text.y, text, lines[flat], lines[upright], False)
        )
        if fact is not None:
            result.append(fact)
    return result


def _segments(on: OnSheet) -> F64:
    """Return (n, 4) two-point parts on dimension layers, sheet mm, lower end first."""
    table = on.space.entities
    wanted = np.array([layer.meaning in _MEANINGS for layer in on.drawing.layers] or [False])
    rows = np.flatnonzero(on.mask & wanted[np.clip(table.layer, 0, len(wanted) - 1)])
    parts = np.concatenate(
        [np.arange(table.part_first[r], table.part_first[r] + table.part_count[r]) for r in rows] or [np.zeros(0, int)]
    ).astype(np.int64)
    first, last = table.point_first[parts], table.point_first[parts + 1]
    two = (last - first) == 2
    a, b = on.to_sheet(table.xy[first[two]]), on.to_sheet(table.xy[first[two] + 1])
    swap = (a[:, 0] + a[:, 1]) > (b[:, 0] + b[:, 1])
    a[swap], b[swap] = b[swap].copy(), a[swap].copy()
    return np.concatenate([a, b], axis=1)


def _match(u: float, v: float, text: TextFact, lines: F64, across: F64, vertical: bool) -> DimensionFact | None:
    """Find the line a number stands on; u runs along the line, v away from it (up for flat, left for upright)."""
    if not len(lines):
        return None
    base = lines[:, 1] if not vertical else -lines[:, 1]
    gap = v - base
    near = (np.abs((lines[:, 0] + lines[:, 2]) / 2 - u) < 1.6) & (gap > 0) & (gap < text.height_mm * 1.5 + 1.5)
    rows = np.flatnonzero(near)
    if not len(rows):
        return None
    row = rows[np.argmax(lines[rows, 2] - lines[rows, 0])]
    at = float(lines[row, 1])
    u0, u1 = (_snap(float(lines[row, k]), at, across) for k in (0, 2))
    p, q = ((at, u0), (at, u1)) if vertical else ((u0, at), (u1, at))
    return DimensionFact(text.string.strip(), shown_value(text.string), None, False, p, q, at, text.place)


def _snap(u: float, at: float, across: F64) -> float:
    """Return where the extension line at an end of a dimension line stands."""
    if not len(across):
        return u
    low, high = np.minimum(across[:, 1], across[:, 3]), np.maximum(across[:, 1], across[:, 3])
    hit = (np.abs(across[:, 0] - u) < _SNAP) & (low - 1 <= at) & (at <= high + 1)
    rows = np.flatnonzero(hit)
    return float(across[rows[np.argmin(np.abs(across[rows, 0] - u))], 0]) if len(rows) else u
