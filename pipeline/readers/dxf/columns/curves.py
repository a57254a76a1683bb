"""Arcs, ellipses, bulges and object coordinates of many entities at once; the same chords as `dxf.shapes`."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.strokes import ranges
from pipeline.readers.dxf.shapes import NO_TURN, chords, ellipse_chords

F64 = NDArray[np.float64]


def axes(extrusion: F64) -> tuple[NDArray[np.bool_], F64]:
    """Return which extrusions (k, 3) turn and the (k, 3, 3) rows ux, uy, uz (arbitrary axis algorithm, DXF reference).

    Missing extrusions are NaN. A tilt that is too small for the library counts as none, as it does there.
    """
    count = len(extrusion)
    found = np.broadcast_to(np.eye(3), (count, 3, 3)).copy()
    turns = ~np.isnan(extrusion[:, 0]) & ~((extrusion[:, 0] == 0) & (extrusion[:, 1] == 0) & (extrusion[:, 2] > 0))
    if turns.any():
        z = extrusion[turns]
        z = z / np.linalg.norm(z, axis=1)[:, None]
        near = (np.abs(z[:, 0]) < 1 / 64) & (np.abs(z[:, 1]) < 1 / 64)
        up = np.where(near[:, None], np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0]))
        x = np.cross(up, z)
        x /= np.linalg.norm(x, axis=1)[:, None]
        y = np.cross(z, x)
        y /= np.linalg.norm(y, axis=1)[:, None]
        turned = np.stack([x, y, z], axis=1)
        turned[np.abs(z - np.array([0.0, 0.0, 1.0])).max(axis=1) < 1e-12] = np.eye(3)
        found[turns] = turned
    return turns, found


def to_world(points: F64, owner: NDArray, turns: NDArray[np.bool_], turned: F64) -> F64:
    """Return object coordinates (m, 3) as world coordinates; `owner` is the row of `turns` of each point."""
    if not turns.any():
        return points
    rows = np.flatnonzero(turns[owner])
    out = points.copy()
    out[rows] = np.einsum("ki,kij->kj", points[rows], turned[owner[rows]])
    return out


def steps(start: F64, end: F64, count: NDArray, last: NDArray[np.bool_]) -> tuple[NDArray, F64]:
    """Return the angles from `start` to `end` in `count` steps and the arc each belongs to; the end where `last`."""
    sizes = count + last
    owner = np.repeat(np.arange(len(start)), sizes)
    step = np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    angle = step * ((end - start) / count)[owner] + start[owner]
    ends = (np.cumsum(sizes) - 1)[last]
    angle[ends] = end[last]
    return owner, angle


def around(center: F64, radius: F64, owner: NDArray, angle: F64) -> F64:
    """Return the points (m, 3) at some angles of circles (k, 3), (k,)."""
    out = center[owner]
    r = radius[owner]
    out[:, 0] += r * np.cos(angle)
    out[:, 1] += r * np.sin(angle)
    return out


def ellipse_points(center: F64, major: F64, minor: F64, start: F64, end: F64) -> tuple[NDArray, F64, NDArray]:
    """Return sizes, points and closed flags of ellipses by their parameters (radians)."""
    sweep = (end - start) % (2 * math.pi)
    sweep = np.where(sweep <= NO_TURN, 2 * math.pi, sweep)
    closed = sweep > 2 * math.pi - 1e-9
    count = ellipse_chords(major, minor, start, sweep)
    owner, angle = steps(np.zeros(len(sweep)), sweep, count, ~closed)
    angle += start[owner]
    points = center[owner] + np.cos(angle)[:, None] * major[owner] + np.sin(angle)[:, None] * minor[owner]
    return count + ~closed, points, closed


def bulged(xy: F64, bulge: F64, counts: NDArray, closed: NDArray[np.bool_]) -> tuple[NDArray, F64]:
    """Return point counts and points (m, 2) of polylines whose vertices (n, 2) have bulges (n,).

    `counts` are the vertices of each polyline; a bulge belongs to the segment that begins at its vertex.
    """
    if not bulge.any() or not len(counts):
        return counts, xy
    first = np.cumsum(counts) - counts
    ends = first + counts - 1
    bent = (bulge != 0) & np.isfinite(bulge)
    bent[ends[~closed]] = False
    rows = np.flatnonzero(bent)
    owner = np.searchsorted(first, rows, "right") - 1
    following = np.where(rows == ends[owner], first[owner], rows + 1)
    delta = xy[following] - xy[rows]
    length = np.hypot(delta[:, 0], delta[:, 1])
    some = length != 0
    rows, delta, length = rows[some], delta[some], length[some]
    sweep = 4 * np.arctan(bulge[rows])
    radius = length / (2 * np.sin(np.abs(sweep) / 2))
    begin = np.arctan2(delta[:, 1], delta[:, 0]) - sweep / 2 - np.copysign(math.pi / 2, bulge[rows])
    center = np.column_stack([xy[rows, 0] - radius * np.cos(begin), xy[rows, 1] - radius * np.sin(begin)])
    count = chords(begin + sweep - begin)
    sizes = np.ones(len(xy), np.int64)
    sizes[rows] = count
    place = np.cumsum(sizes) - sizes
    out = np.repeat(xy, sizes, axis=0)
    owner, angle = steps(begin, begin + sweep, count, np.zeros(len(rows), bool))
    target = ranges(place[rows], count)
    out[target, 0] = center[owner, 0] + radius[owner] * np.cos(angle)
    out[target, 1] = center[owner, 1] + radius[owner] * np.sin(angle)
    return np.add.reduceat(sizes, first), out
