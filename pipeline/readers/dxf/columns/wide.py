"""Wide polylines as filled quadrilaterals, all of a piece at once: mitred where segments meet, arcs cut into 64ths.

The same faces as the library's `TraceBuilder`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.strokes import ranges

F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]
_TURN_FACES = 64  # of a full turn
_NEARLY_STRAIGHT = math.pi / 100  # radians: no mitre


@dataclass(slots=True)
class Ribbons:
    """Polylines in object coordinates, their points one behind the other: `counts` points each."""

    xy: F64  # (n, 2)
    widths: F64  # (n, 2) at the begin and end of the segment that begins there
    bulge: F64
    counts: NDArray
    closed: Mask


def close(a: F64, b: F64) -> Mask:
    """Return which points (k, 2) are the same, as the library judges it."""
    off = np.abs(a - b) - np.maximum(1e-9 * np.maximum(np.abs(a), np.abs(b)), 1e-12)
    return off.max(axis=1) <= 0


def faces(found: Ribbons) -> tuple[NDArray, F64]:
    """Return how many faces each polyline has and their corners (f, 4, 2)."""
    found = _closed(found)
    many = len(found.counts)
    first = np.cumsum(found.counts) - found.counts
    owner = np.repeat(np.arange(many), found.counts)
    inner = np.ones(len(owner), bool)
    inner[(first + found.counts - 1)[found.counts > 0]] = False  # no segment begins at the last point
    bent = np.bincount(owner[inner & (found.bulge != 0)], minlength=many)
    segments = np.bincount(owner[inner], minlength=many)
    parts = [
        _straight(found, owner, bent[owner] == 0),
        _bent(found, owner, inner & (bent == segments)[owner]),
        _mixed(found, first, np.flatnonzero((bent > 0) & (bent < segments))),
    ]
    of, corners = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return np.bincount(of, minlength=many), corners[np.argsort(of, kind="stable")]


def _closed(found: Ribbons) -> Ribbons:
    """Return the polylines with their first point once more at the end of those that close."""
    many = found.counts
    first = np.cumsum(many) - many
    some = found.closed & (many > 0)
    some[some] = ~close(found.xy[first[some]], found.xy[(first + many - 1)[some]])
    if not some.any():
        return found
    rows = ranges(first, many + some)
    rows[(np.cumsum(many + some) - 1)[some]] = first[some]
    return Ribbons(found.xy[rows], found.widths[rows], found.bulge[rows], many + some, found.closed)


def _straight(found: Ribbons, owner: NDArray, among: Mask) -> tuple[NDArray, F64]:
    """Return polyline and corners of the faces of straight polylines; points that lie on the next are left out."""
    rows = np.flatnonzero(among)
    same = np.zeros(len(rows), bool)
    same[:-1] = (owner[rows[1:]] == owner[rows[:-1]]) & close(found.xy[rows[:-1]], found.xy[rows[1:]])
    rows = rows[~same]
    follows = np.flatnonzero(owner[rows[1:]] == owner[rows[:-1]])
    if not len(follows):
        return np.zeros(0, np.int64), np.zeros((0, 4, 2))
    start, end = found.xy[rows[follows]], found.xy[rows[follows + 1]]
    of, widths = owner[rows[follows]], found.widths[rows[follows]]
    along = (end - start) / np.linalg.norm(end - start, axis=1)[:, None]
    left = np.column_stack([-along[:, 1], along[:, 0]]) / 2
    begins = np.ones(len(of), bool)
    begins[1:] = of[1:] != of[:-1]
    ends = np.append(begins[1:], True)
    ring = close(start[begins], end[ends])
    before, after = np.arange(len(of)) - 1, np.arange(len(of)) + 1  # segments that meet at the begin and the end
    before[begins] = np.where(ring, np.flatnonzero(ends), -1)
    after[ends] = np.where(ring, np.flatnonzero(begins), -1)
    corners = np.empty((len(of), 4, 2))
    for sign, (at_begin, at_end) in ((1.0, (0, 3)), (-1.0, (1, 2))):
        low = start + sign * left * widths[:, :1]
        high = end + sign * left * widths[:, 1:]
        ray = high - low
        ray = np.where(close(low, high)[:, None], along, ray)
        ray /= np.linalg.norm(ray, axis=1)[:, None]
        corners[:, at_begin] = _met(low, ray, low, ray, before, low)
        corners[:, at_end] = _met(low, ray, low, ray, after, high)
        closing = np.flatnonzero(ends)[ring]  # the last corner is the first
        corners[closing, at_end] = corners[after[closing], at_begin]
    return of, corners


def _met(point: F64, ray: F64, points: F64, rays: F64, other: NDArray, missing: F64) -> F64:
    """Return where rays meet those of the `other` rows, `missing` where there is none or they are nearly parallel."""
    cross = ray[:, 0] * rays[other, 1] - ray[:, 1] * rays[other, 0]
    dot = np.einsum("ki,ki->k", ray, rays[other])
    angle = np.arctan2(np.abs(cross), dot)
    good = (other >= 0) & (angle >= _NEARLY_STRAIGHT) & (math.pi - angle >= _NEARLY_STRAIGHT)
    away = points[other] - point
    share = np.divide(
        away[:, 0] * rays[other, 1] - away[:, 1] * rays[other, 0], cross, out=np.zeros(len(cross)), where=good
    )
    return np.where(good[:, None], point + share[:, None] * ray, missing)


def _bent(found: Ribbons, owner: NDArray, among: Mask) -> tuple[NDArray, F64]:
    """Return polyline and corners of the faces of arcs; `among` are the points their segments begin at."""
    rows = np.flatnonzero(among)
    start, end, bulge = found.xy[rows], found.xy[rows + 1], found.bulge[rows]
    kept = (start != end).any(axis=1) & np.isfinite(bulge)
    rows, start, end, bulge = rows[kept], start[kept], end[kept], bulge[kept]
    chord = end - start
    radius = np.hypot(*chord.T) * (1 + bulge * bulge) / 4 / bulge  # negative for arcs to the right
    angle = np.arctan2(chord[:, 1], chord[:, 0]) + math.pi / 2 - 2 * np.arctan(bulge)
    center = start + radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    forward = bulge > 0
    low, high = np.where(forward[:, None], start, end) - center, np.where(forward[:, None], end, start) - center
    widths = np.where(forward[:, None], found.widths[rows], found.widths[rows, ::-1])
    begin, stop = np.arctan2(low[:, 1], low[:, 0]), np.arctan2(high[:, 1], high[:, 0])
    sweep = (stop - begin) % (2 * math.pi)
    many = np.maximum(np.ceil(sweep / (2 * math.pi) * _TURN_FACES - 1e-9), 3).astype(np.int64)
    of = np.repeat(np.arange(len(rows)), many)
    step = ranges(np.zeros(len(rows), np.int64), many)
    corners = np.empty((len(of), 4, 2))
    for at, (inner, outer) in enumerate(((0, 1), (3, 2))):
        share = (step + at) / many[of]
        turn = begin[of] + share * sweep[of]
        ray = np.column_stack([np.cos(turn), np.sin(turn)])
        half = (widths[of, 0] + share * (widths[of, 1] - widths[of, 0])) / 2
        size = np.abs(radius)[of]
        corners[:, inner] = center[of] + ray * (size - half)[:, None]
        corners[:, outer] = center[of] + ray * (size + half)[:, None]
    return owner[rows][of], corners


def _mixed(found: Ribbons, first: NDArray, polylines: NDArray) -> tuple[NDArray, F64]:
    """Return polyline and corners of the faces of polylines with straight and curved segments.

    Each arc and each run of straight segments is a polyline of its own, square at its ends; of a closed one the last
    run goes on into the first.
    """
    runs: list[list[int]] = []  # points, one behind the other
    arcs: list[bool] = []
    owners: list[int] = []
    for row in polylines.tolist():
        begin, count = int(first[row]), int(found.counts[row])
        own, curved = _runs(found.bulge[begin : begin + count].tolist())
        if found.closed[row] and len(own) > 1 and not curved[0] and not curved[-1]:
            own = [*own[1:-1], own[-1] + own[0]]
            curved = curved[1:]
        runs += [[begin + at for at in run] for run in own]
        arcs += curved
        owners += [row] * len(own)
    if not runs:
        return np.zeros(0, np.int64), np.zeros((0, 4, 2))
    counts = np.array([len(run) for run in runs])
    points, owner = np.concatenate([np.array(run) for run in runs]), np.repeat(np.arange(len(runs)), counts)
    apart = Ribbons(found.xy[points], found.widths[points], found.bulge[points], counts, np.zeros(len(runs), bool))
    curved_point = np.array(arcs)[owner]
    begins = np.append(owner[1:] == owner[:-1], False)
    of, corners = (
        np.concatenate(columns)
        for columns in zip(
            _straight(apart, owner, ~curved_point), _bent(apart, owner, curved_point & begins), strict=True
        )
    )
    order = np.argsort(of, kind="stable")
    return np.array(owners)[of[order]], corners[order]


def _runs(bulges: list[float]) -> tuple[list[list[int]], list[bool]]:
    """Return the points of each run of straight segments and of each arc, and which of them are arcs."""
    runs: list[list[int]] = []
    curved: list[bool] = []
    straight: list[int] = []
    for at, bulge in enumerate(bulges):
        straight.append(at)
        if bulge == 0:
            continue
        if len(straight) > 1:
            runs.append(straight)
            curved.append(False)
        straight = []
        if at + 1 < len(bulges):
            runs.append([at, at + 1])
            curved.append(True)
    if straight:
        runs.append(straight)
        curved.append(False)
    return runs, curved
