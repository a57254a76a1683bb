"""Cuts the rows of a chunk at a window: a rectangle, any simple ring, or everything but a ring.

Lines are cut where they cross, areas are cut as areas, a text is kept whole when its middle is inside.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.kinds import EntityKind
from pipeline.readers.dxf.chunk import Chunk
from pipeline.readers.dxf.spaces import boxes, take

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

F64 = NDArray[np.float64]
RINGS = (EntityKind.FILL, EntityKind.HATCH, EntityKind.WIPEOUT, EntityKind.SECTION, EntityKind.IMAGE)


@dataclass
class Window:
    """The part of the plane that shows: inside `ring` (k, 2), or outside it when `inverted`."""

    ring: F64
    inverted: bool = False

    @cached_property
    def box(self) -> tuple[float, float, float, float]:
        """Smallest rectangle around the ring: x0 y0 x1 y1."""
        low, high = self.ring.min(axis=0), self.ring.max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    @cached_property
    def is_box(self) -> bool:
        """Whether the ring is an upright rectangle and its inside shows."""
        if self.inverted or len(self.ring) != 4:
            return False
        x0, y0, x1, y1 = self.box
        corners = {(float(x), float(y)) for x, y in self.ring}
        return corners == {(x0, y0), (x1, y0), (x1, y1), (x0, y1)}


def rectangle(x0: float, y0: float, x1: float, y1: float) -> Window:
    """Return an upright rectangle as a window."""
    return Window(np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float64))


def clip(chunk: Chunk, window: Window) -> Chunk:
    """Return the chunk cut at a window; inserts and dimensions stay as they are."""
    if not len(chunk) or len(window.ring) < 3:
        return chunk
    area = _area(window)
    b = boxes(chunk)
    inside, outside = _sides(b, window, area)
    text = chunk.kind == EntityKind.TEXT
    keep = ~outside
    on_edge = np.flatnonzero(text & keep & ~inside)
    keep[on_edge[~_within((b[on_edge, :2] + b[on_edge, 2:]) / 2, window, area)]] = False
    near, crossing = take(chunk, keep), (~inside & ~text)[keep]
    return _cut(near, crossing, window, area) if crossing.any() else near


def clip_block(chunk: Chunk, window: Window) -> Chunk:
    """Return a block cut at a window, without the references and dimensions that no longer show."""
    cut = clip(chunk, window)
    cut = replace_dimensions(cut, shown_dimensions(cut, window))
    return with_inserts_of_rows(cut)


def shown_dimensions(chunk: Chunk, window: Window) -> list[int]:
    """Return the rows of the dimensions both of whose points show."""
    if not chunk.dimensions:
        return []
    area = _area(window)
    points = np.array([d.points[:, :2] for d in chunk.dimensions]).reshape(-1, 2)
    shows = _within(points, window, area, edge=True)
    return [int(i) for i in np.flatnonzero(shows.reshape(-1, 2).all(axis=1))]


def replace_dimensions(chunk: Chunk, rows: list[int]) -> Chunk:
    """Return the chunk with only these dimensions; the other columns are shared."""
    return replace(chunk, dimensions=[chunk.dimensions[i] for i in rows])


def with_inserts_of_rows(chunk: Chunk) -> Chunk:
    """Return the chunk with only the inserts that still own something, and their parents."""
    wanted: set[int] = set()
    for row in sorted(set(chunk.insert[chunk.insert >= 0].tolist())):
        while row >= 0 and row not in wanted:
            wanted.add(row)
            row = chunk.inserts[row].parent
    order = sorted(wanted)
    renumber = np.full(len(chunk.inserts) + 1, -1, np.int32)
    renumber[order] = np.arange(len(order))
    inserts = [
        replace(item, parent=int(renumber[item.parent]) if item.parent >= 0 else item.parent)
        for item in (chunk.inserts[i] for i in order)
    ]
    insert = np.where(chunk.insert >= 0, renumber[chunk.insert], chunk.insert).astype(np.int32)
    return replace(chunk, insert=insert, inserts=inserts)


def _area(window: Window) -> BaseGeometry | None:
    """Return the area of a window, None for an upright rectangle: that is compared by its numbers."""
    if window.is_box and window.box[0] < window.box[2] and window.box[1] < window.box[3]:
        return None
    import shapely  # slow to load, and most windows are rectangles

    area = shapely.Polygon(window.ring)
    if not area.is_valid:
        area = area.buffer(0)
    shapely.prepare(area)
    return area


def _within(points: F64, window: Window, area: BaseGeometry | None, edge: bool = False) -> NDArray[np.bool_]:
    """Return which points (k, 2) show; those on the edge do where `edge`."""
    if area is None:
        low, high = np.array(window.box[:2]), np.array(window.box[2:])
        good = (points >= low) & (points <= high) if edge else (points > low) & (points < high)
        return np.asarray(good.all(axis=1))
    import shapely

    holds = shapely.intersects_xy if edge else shapely.contains_xy
    return np.asarray(holds(area, points[:, 0], points[:, 1])) != window.inverted


def _sides(b: F64, window: Window, area: BaseGeometry | None) -> tuple[NDArray, NDArray]:
    """Return which boxes (n, 4) lie wholly in what shows and which wholly out of it."""
    x0, y0, x1, y1 = window.box
    apart = (b[:, 2] < x0) | (b[:, 0] > x1) | (b[:, 3] < y0) | (b[:, 1] > y1)
    if window.is_box:
        return (b[:, 0] >= x0) & (b[:, 2] <= x1) & (b[:, 1] >= y0) & (b[:, 3] <= y1), apart
    import shapely

    within, off = np.zeros(len(b), bool), apart.copy()
    rows = np.flatnonzero(~apart)
    if len(rows):
        shapes = shapely.box(*(b[rows, i] for i in range(4)))
        within[rows] = shapely.contains_properly(area, shapes)
        off[rows] = ~shapely.intersects(area, shapes)
    return (off, within) if window.inverted else (within, off)


def _cut(chunk: Chunk, crossing: NDArray, window: Window, area: BaseGeometry | None) -> Chunk:
    part_first = np.cumsum(chunk.parts) - chunk.parts
    point_first = np.concatenate([[0], np.cumsum(chunk.sizes)])
    parts: list[F64] = []
    closed: list[int] = []
    counts = chunk.parts.copy()
    for row in np.flatnonzero(crossing).tolist():
        first, begin = part_first[row], len(parts)
        ring = chunk.kind[row] in RINGS
        for part in range(first, first + chunk.parts[row]):
            points = chunk.xyz[point_first[part] : point_first[part + 1]]
            pieces = clip_part(points, bool(chunk.closed[part]), window, area, as_area=ring)
            parts.extend(pieces)
            closed.extend([int(ring)] * len(pieces))
        counts[row] = len(parts) - begin
    whole = np.repeat(~crossing, chunk.parts)  # parts that stay as they are, and where they come to lie
    stays = np.repeat(~crossing, counts)
    sizes = _mixed(stays, chunk.sizes[whole], np.array([len(p) for p in parts], np.int32))
    out = replace(
        chunk,
        parts=counts,
        sizes=sizes,
        closed=_mixed(stays, chunk.closed[whole], np.array(closed, np.uint8)),
        xyz=_mixed(
            np.repeat(stays, sizes),
            chunk.xyz[np.repeat(whole, chunk.sizes)],
            np.concatenate([chunk.xyz[:0], *parts]),
        ),
        arcs=chunk.arcs[~crossing[chunk.arcs[:, 0].astype(np.int64)]] if len(chunk.arcs) else chunk.arcs,
    )
    empty = counts == 0
    return take(out, ~empty) if empty.any() else out


def _mixed(first: NDArray[np.bool_], some: NDArray, others: NDArray) -> NDArray:
    """Return `some` where `first`, in their order, and `others` elsewhere."""
    out = np.empty((len(first), *some.shape[1:]), some.dtype)
    out[first], out[~first] = some, others
    return out


def clip_part(points: F64, closed: bool, window: Window, area: BaseGeometry | None, *, as_area: bool) -> list[F64]:
    """Return what shows of one part (k, 3) or (k, 2): open pieces of a line, or rings of an area."""
    if as_area:
        if window.is_box:
            ring = clip_ring(points, window.box)
            return [ring] if len(ring) >= 3 else []
        return _rings(points, window, area)
    if closed and len(points) > 1:
        points = np.vstack([points, points[:1]])
    if len(points) == 1:
        return [points] if _within(points[:, :2], window, area)[0] else []
    if window.is_box:
        return clip_line(points, window.box)
    return _pieces(points, window, area)


def _pieces(points: F64, window: Window, area: BaseGeometry | None) -> list[F64]:
    from shapely import GEOSException, LineString

    line = LineString(points[:, :2])
    try:
        shown = line.difference(area) if window.inverted else line.intersection(area)
    except GEOSException:  # a line that GEOS cannot cut is better shown whole than lost
        return [points]
    pieces = [g for g in getattr(shown, "geoms", [shown]) if g.geom_type == "LineString" and not g.is_empty]
    return [_raised(np.array(g.coords), points) for g in pieces]


def _rings(points: F64, window: Window, area: BaseGeometry | None) -> list[F64]:
    from shapely import GEOSException, Polygon, get_parts, make_valid

    if len(points) < 3:
        return []
    try:
        face = make_valid(Polygon(points[:, :2]))  # a ring that crosses itself keeps both its lobes
        shown = face.difference(area) if window.inverted else face.intersection(area)
    except GEOSException:
        return [points]
    rings: list[F64] = []
    for polygon in get_parts(get_parts(shown)):  # areas may stand among lines
        if polygon.geom_type == "Polygon" and not polygon.is_empty:
            loops = [polygon.exterior, *polygon.interiors]
            rings += [_raised(np.array(loop.coords)[:-1], points) for loop in loops]
    return rings


def _raised(flat: F64, like: F64) -> F64:
    """Return points in plan as high as those they were cut from, without heights where those have none."""
    if like.shape[1] == 2:
        return flat[:, :2]
    return np.column_stack([flat[:, :2], np.full(len(flat), like[0, 2])])


def clip_line(points: F64, box: tuple[float, float, float, float]) -> list[F64]:
    """Return the pieces of an open polyline (k, 3) inside a rectangle (Liang-Barsky, all segments at once)."""
    start, delta = points[:-1], np.diff(points, axis=0)
    low, high = np.zeros(len(start)), np.ones(len(start))
    for axis, lower, upper in ((0, box[0], box[2]), (1, box[1], box[3])):
        flat = delta[:, axis] == 0
        step = np.where(flat, 1.0, delta[:, axis])
        near, far = (lower - start[:, axis]) / step, (upper - start[:, axis]) / step
        out = flat & ((start[:, axis] < lower) | (start[:, axis] > upper))
        low = np.where(flat, low, np.maximum(low, np.minimum(near, far)))
        high = np.where(out, -1.0, np.where(flat, high, np.minimum(high, np.maximum(near, far))))
    pieces: list[list[F64]] = []
    last = -2
    for row in np.flatnonzero((low <= high) & np.isfinite(low + high)).tolist():
        a, b = start[row] + delta[row] * low[row], start[row] + delta[row] * high[row]
        if last == row - 1 and low[row] == 0.0 and pieces and np.array_equal(pieces[-1][-1], start[row]):
            pieces[-1].append(b)
        else:
            pieces.append([a, b])
        last = row
    return [np.array(piece) for piece in pieces]


def clip_ring(points: F64, box: tuple[float, float, float, float]) -> F64:
    """Return a ring (k, 3) cut at a rectangle (Sutherland-Hodgman)."""
    ring = points
    for axis, bound, sign in ((0, box[0], 1), (0, box[2], -1), (1, box[1], 1), (1, box[3], -1)):
        if not len(ring):
            return ring
        depth = sign * (ring[:, axis] - bound)
        shows = depth >= 0
        if shows.all():
            continue
        before, depth_before = np.concatenate([ring[-1:], ring[:-1]]), np.concatenate([depth[-1:], depth[:-1]])
        cross = shows != (depth_before >= 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            at = before + (ring - before) * (depth_before / (depth_before - depth))[:, None]
        both = np.stack([at, ring], axis=1).reshape(-1, points.shape[1])
        ring = both[np.stack([cross, shows], axis=1).reshape(-1)]
    return ring
