"""Model space as seen through the viewports of a layout: scaled, turned, frozen layers off, cut at the frame."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.kinds import EntityKind
from pipeline.readers.dxf.chunk import Chunk, Look, join, place
from pipeline.readers.dxf.looks import Looks
from pipeline.readers.dxf.spaces import boxes, take

F64 = NDArray[np.float64]
_RINGS = (EntityKind.FILL, EntityKind.HATCH, EntityKind.WIPEOUT, EntityKind.SECTION)


def shown_viewports(layout: Any) -> list[Any]:
    """Return the viewports that show something: not the sheet itself (id 1), on, top view, with a size."""
    found = []
    for viewport in layout.viewports():
        dxf = viewport.dxf
        if int(dxf.get("id", 2)) == 1 or int(dxf.get("status", 1)) == 0:
            continue
        if float(dxf.get("width", 0)) > 0 and float(dxf.get("height", 0)) > 0 and float(dxf.get("view_height", 0)) > 0:
            found.append(viewport)
    return found


def through(viewport: Any, model: Chunk, looks: Looks, unit: float) -> Chunk:
    """Return what a viewport shows of model space, in paper units of its layout.

    Dimensions whose two points are in view come along with their measured value in reality; `unit` is the length of
    a model unit in units of the layout by their millimetres.
    """
    dxf = viewport.dxf
    frozen = {looks.layer_row(str(name)) for name in viewport.frozen_layers}
    hidden = {i for i, layer in enumerate(looks.layers) if not layer.visible} | frozen
    rows = take(model, ~np.isin(model.layer, list(hidden)))
    matrix = np.array(list(viewport.get_transformation_matrix()), np.float64).reshape(4, 4)
    seen = place(rows, matrix, Look(0, 0, 0.0, 0), None)
    x, y = float(dxf.center[0]), float(dxf.center[1])
    w, h = float(dxf.width) / 2, float(dxf.height) / 2
    cut = clip(seen, (x - w, y - h, x + w, y + h))
    measured = [d.measured * unit for d in model.dimensions]
    cut.dimensions = [
        replace(d, measured=real)
        for d, real in zip(seen.dimensions, measured, strict=True)
        if np.all(
            (d.points[:, 0] >= x - w)
            & (d.points[:, 0] <= x + w)
            & (d.points[:, 1] >= y - h)
            & (d.points[:, 1] <= y + h)
        )
        and d.layer not in hidden
    ]
    used = np.unique(cut.insert[cut.insert >= 0])
    return _with_inserts(cut, used)


def _with_inserts(chunk: Chunk, used: NDArray) -> Chunk:
    """Keep only the inserts that still own something, and their parents."""
    wanted: set[int] = set()
    for row in used.tolist():
        while row >= 0 and row not in wanted:
            wanted.add(row)
            row = chunk.inserts[row].parent
    order = sorted(wanted)
    renumber = np.full(len(chunk.inserts) + 1, -1, np.int32)
    renumber[order] = np.arange(len(order))
    kept = [chunk.inserts[i] for i in order]
    for item in kept:
        item.parent = int(renumber[item.parent]) if item.parent >= 0 else -1
    chunk.insert = renumber[chunk.insert]
    chunk.inserts = kept
    return chunk


def clip(chunk: Chunk, box: tuple[float, float, float, float]) -> Chunk:
    """Return the chunk cut at a rectangle: inside stays, outside goes, what crosses is cut part by part."""
    if not len(chunk):
        return chunk
    b = boxes(chunk)
    outside = (b[:, 2] < box[0]) | (b[:, 0] > box[2]) | (b[:, 3] < box[1]) | (b[:, 1] > box[3])
    inside = (b[:, 0] >= box[0]) & (b[:, 2] <= box[2]) & (b[:, 1] >= box[1]) & (b[:, 3] <= box[3])
    near = take(chunk, ~outside)
    crossing = ~inside[~outside]
    # a text is kept whole when its middle is inside: letters are not cut
    middle = (b[~outside][:, :2] + b[~outside][:, 2:]) / 2
    centred = (middle[:, 0] >= box[0]) & (middle[:, 0] <= box[2]) & (middle[:, 1] >= box[1]) & (middle[:, 1] <= box[3])
    text = near.kind == EntityKind.TEXT
    keep = ~(crossing & text & ~centred)
    near, crossing = take(near, keep), (crossing & ~text)[keep]
    return _cut(near, crossing, box) if crossing.any() else near


def _cut(chunk: Chunk, crossing: NDArray, box: tuple[float, float, float, float]) -> Chunk:
    part_first = np.cumsum(chunk.parts) - chunk.parts
    point_first = np.concatenate([[0], np.cumsum(chunk.sizes)])
    parts: list[F64] = []
    closed: list[int] = []
    counts = np.zeros(len(chunk), np.int32)
    for row in range(len(chunk)):
        first, count = part_first[row], chunk.parts[row]
        begin = len(parts)
        for part in range(first, first + count):
            points = chunk.xyz[point_first[part] : point_first[part + 1]]
            if not crossing[row]:
                parts.append(points)
                closed.append(int(chunk.closed[part]))
            elif chunk.kind[row] in _RINGS:
                ring = clip_ring(points, box)
                if len(ring) >= 3:
                    parts.append(ring)
                    closed.append(1)
            else:
                pieces = clip_line(points, bool(chunk.closed[part]), box)
                parts.extend(pieces)
                closed.extend([0] * len(pieces))
        counts[row] = len(parts) - begin
    out = Chunk(**{name: getattr(chunk, name) for name in Chunk.__slots__})
    out.parts = counts
    out.sizes = np.array([len(p) for p in parts], np.int32)
    out.closed = np.array(closed, np.uint8)
    out.xyz = np.concatenate(parts) if parts else np.zeros((0, 3))
    out.arcs = chunk.arcs[~crossing[chunk.arcs[:, 0].astype(np.int64)]] if len(chunk.arcs) else chunk.arcs
    empty = counts == 0
    return take(out, ~empty) if empty.any() else out


def clip_line(points: F64, closed: bool, box: tuple[float, float, float, float]) -> list[F64]:
    """Return the pieces of a polyline (k, 3) inside a rectangle (Liang-Barsky per segment)."""
    if closed and len(points) > 1:
        points = np.vstack([points, points[:1]])
    if len(points) == 1:
        x, y = points[0, :2]
        return [points] if box[0] <= x <= box[2] and box[1] <= y <= box[3] else []
    pieces: list[list[F64]] = []
    for p, q in zip(points[:-1], points[1:], strict=True):
        span = _span(p, q, box)
        if span is None:
            continue
        a, b = p + (q - p) * span[0], p + (q - p) * span[1]
        if pieces and span[0] == 0.0 and np.array_equal(pieces[-1][-1], p):
            pieces[-1].append(b)
        else:
            pieces.append([a, b])
    return [np.array(piece) for piece in pieces]


def _span(p: F64, q: F64, box: tuple[float, float, float, float]) -> tuple[float, float] | None:
    low, high = 0.0, 1.0
    for axis, lower, upper in ((0, box[0], box[2]), (1, box[1], box[3])):
        delta, start = q[axis] - p[axis], p[axis]
        if delta == 0:
            if start < lower or start > upper:
                return None
            continue
        t0, t1 = sorted(((lower - start) / delta, (upper - start) / delta))
        low, high = max(low, t0), min(high, t1)
        if low > high:
            return None
    return (low, high) if math.isfinite(low + high) else None


def clip_ring(points: F64, box: tuple[float, float, float, float]) -> F64:
    """Return a ring (k, 3) cut at a rectangle (Sutherland-Hodgman)."""
    ring = points
    for axis, bound, sign in ((0, box[0], 1), (0, box[2], -1), (1, box[1], 1), (1, box[3], -1)):
        if not len(ring):
            return ring
        depth = sign * (ring[:, axis] - bound)
        out: list[F64] = []
        for i in range(len(ring)):
            p, q, dp, dq = ring[i - 1], ring[i], depth[i - 1], depth[i]
            if (dp >= 0) != (dq >= 0):
                out.append(p + (q - p) * (dp / (dp - dq)))
            if dq >= 0:
                out.append(q)
        ring = np.array(out).reshape(-1, 3)
    return ring


def compose(paper: Chunk, views: list[Chunk]) -> Chunk:
    """Return a layout's rows: what the viewports show lies beneath what is drawn on paper."""
    return join([*views, paper])
