"""Where things lie: boxes of entities and the map between a sheet and its space."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.kinds import EntityKind
from pipeline.drawing.model import Drawing, Space
from pipeline.drawing.sheet_space import Affine, to_sheet
from pipeline.drawing.tables import EntityTable

F64 = NDArray[np.float64]
Box = tuple[float, float, float, float]
BORDER = 1e-4  # share of a side by which a line on an edge may lie beside it


def entity_boxes(table: EntityTable, xy: F64 | None = None) -> F64:
    """Return (n, 4) x0 y0 x1 y1 of each entity, NaN for one without points; `xy` stands in for the table's own."""
    xy = table.xy if xy is None else xy
    count = len(table)
    out = np.full((count, 4), np.nan)
    if not count or not len(xy):
        return out
    first = table.point_first[table.part_first]
    last = table.point_first[np.minimum(table.part_first + table.part_count, len(table.point_first) - 1)]
    good = last > first
    starts = first[good]
    order = np.argsort(starts, kind="stable")
    low = np.minimum.reduceat(xy, starts[order])
    high = np.maximum.reduceat(xy, starts[order])
    rows = np.flatnonzero(good)[order]
    out[rows, :2], out[rows, 2:] = low, high
    return out


def seen(drawing: Drawing, space: Space) -> NDArray[np.bool_]:
    """Return (n,) whether an entity is on a visible, plotted layer."""
    shown = np.array([layer.visible and layer.plotted for layer in drawing.layers] or [True])
    rows = np.clip(space.entities.layer, 0, len(shown) - 1)
    return shown[rows]


def extent(boxes: F64, robust: bool = False) -> Box | None:
    """Return the box around boxes (n, 4); `robust` leaves out the far 0.5 % when they blow it up tenfold."""
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        return None
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    if robust and len(boxes) > 200:
        near_low = np.percentile(boxes[:, :2], 0.5, axis=0)
        near_high = np.percentile(boxes[:, 2:], 99.5, axis=0)
        span = near_high - near_low
        if (span > 0).all() and ((high - low) > 10 * span).any():
            low, high = near_low - 0.05 * span, near_high + 0.05 * span
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def overlapping(boxes: F64, box: Box) -> NDArray[np.bool_]:
    """Return (n,) whether an entity's box touches the inside of `box`."""
    with np.errstate(invalid="ignore"):
        return (boxes[:, 0] < box[2]) & (boxes[:, 2] > box[0]) & (boxes[:, 1] < box[3]) & (boxes[:, 3] > box[1])


def centred(boxes: F64, box: Box) -> NDArray[np.bool_]:
    """Return (n,) whether the middle of an entity's box lies in `box`."""
    with np.errstate(invalid="ignore"):
        x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
        return (x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3])


def bordering(boxes: F64, box: Box) -> NDArray[np.bool_]:
    """Return (n,) whether an entity lies on an edge of `box` along at least half of it, as a frame's lines do."""
    slack = BORDER * max(box[2] - box[0], box[3] - box[1])
    found = np.zeros(len(boxes), bool)
    for axis in (0, 1):
        first, last = box[1 - axis], box[3 - axis]
        for edge in (box[axis], box[axis + 2]):
            rows = np.flatnonzero(np.abs(boxes[:, axis] - edge) <= slack)
            rows = rows[np.abs(boxes[rows, axis + 2] - edge) <= slack]
            along = np.minimum(boxes[rows, 3 - axis], last) - np.maximum(boxes[rows, 1 - axis], first)
            found[rows[along >= (last - first) / 2]] = True
    return found


def contains(outer: Box, inner: Box, slack: float = 0.0) -> bool:
    """Return whether `inner` lies in `outer`, allowing `slack` on every side."""
    return (
        inner[0] >= outer[0] - slack
        and inner[1] >= outer[1] - slack
        and inner[2] <= outer[2] + slack
        and inner[3] <= outer[3] + slack
    )


def area(box: Box) -> float:
    """Return the area of a box."""
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def map_of(box: Box, scale: float, turns: int) -> Affine:
    """Return the sheet's `to_space` for content turned by `turns` quarter turns counter-clockwise in space."""
    x0, y0, x1, y1 = box
    return {
        0: (scale, 0.0, 0.0, scale, x0, y0),
        1: (0.0, -scale, scale, 0.0, x1, y0),
        2: (-scale, 0.0, 0.0, -scale, x1, y1),
        3: (0.0, scale, -scale, 0.0, x0, y1),
    }[turns % 4]


def map_of_ring(ring: F64, scale: float, turn: float) -> tuple[Affine, tuple[float, float]]:
    """Return `to_space` and the size in mm of a sheet whose frame is a rectangle in any direction.

    Args:
        ring: (4, 2) corners of the frame, mm of the space, in any order around it.
        scale: space mm for one sheet mm.
        turn: radians by which the upright sheet is turned counter-clockwise in space.
    """
    c, s = math.cos(turn), math.sin(turn)
    if min(abs(c), abs(s)) < 1e-9:  # quarter turns exactly
        c, s = float(round(c)), float(round(s))
    along, up = ring @ np.array([c, s]), ring @ np.array([-s, c])
    low_u, low_v = float(along.min()), float(up.min())
    size = float(along.max()) - low_u, float(up.max()) - low_v
    to_space = (scale * c, -scale * s, scale * s, scale * c, c * low_u - s * low_v, s * low_u + c * low_v)
    return to_space, (size[0] / scale, size[1] / scale)


def turned_boxes(table: EntityTable, to_space: Affine) -> F64:
    """Return (n, 4) the boxes of entities along the directions of a sheet, in sheet millimetres, NaN without points."""
    if not len(table.xy):
        return np.full((len(table), 4), np.nan)
    return entity_boxes(table, to_sheet(table.xy, to_space))


def sheet_size(box: Box, scale: float, turns: int) -> tuple[float, float]:
    """Return width and height of the upright sheet in mm."""
    width, height = (box[2] - box[0]) / scale, (box[3] - box[1]) / scale
    return (height, width) if turns % 2 else (width, height)


def ink(table: EntityTable) -> NDArray[np.bool_]:
    """Return (n,) whether an entity leaves a mark that counts as content (points do not)."""
    return table.kind != EntityKind.POINT
