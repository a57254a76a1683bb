"""B-splines of many entities at once as chords: knots, control points and weights to points on the curve.

Chords are halved until the middle of each lies within a distance of the curve, all curves in step, so that many cost
little more than one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.strokes import ranges

F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]
FINENESS = 1e-3  # of the size of a control polygon: how far chords may leave their curve
_FIRST_CHORDS = 4  # of every stretch between two knots
_MOST_HALVINGS = 24
_HIGHEST_DEGREE = 11
MOST_POINTS = 100_000  # of one curve


@dataclass(slots=True)
class Spline:
    """One clamped B-spline: knots (k + degree + 1,) from 0 on, control points (k, 3), weights (k,) or none."""

    degree: int
    knots: F64
    control: F64
    weights: F64 | None = None


@dataclass(slots=True)
class Splines:
    """Many, their knots and control points one behind the other."""

    degree: NDArray  # (s,)
    knots: F64
    knot_counts: NDArray  # (s,)
    control: F64  # (p, 3)
    counts: NDArray  # (s,) control points
    weights: F64  # (p,), 1 where a curve has none

    def only(self, rows: NDArray) -> Splines:
        """Return some of them."""
        first_knot, first = (np.cumsum(n) - n for n in (self.knot_counts, self.counts))
        knots = ranges(first_knot[rows], self.knot_counts[rows])
        points = ranges(first[rows], self.counts[rows])
        return Splines(
            self.degree[rows], self.knots[knots], self.knot_counts[rows], self.control[points], self.counts[rows],
            self.weights[points],
        )  # fmt: skip


def table(splines: Sequence[Spline]) -> Splines:
    """Return single splines as columns."""
    return Splines(
        np.array([s.degree for s in splines], np.int64),
        np.concatenate([s.knots for s in splines]),
        np.array([len(s.knots) for s in splines], np.int64),
        np.concatenate([s.control for s in splines]),
        np.array([len(s.control) for s in splines], np.int64),
        np.concatenate([np.ones(len(s.control)) if s.weights is None else s.weights for s in splines]),
    )


def usable(spline: Spline) -> bool:
    """Tell whether a spline is as it must be: clamped, knots ascending from 0, as many of them as there must be."""
    weights = spline.weights
    if weights is not None and len(weights) != len(spline.control):
        return False
    return bool(all_usable(table([spline]))[0])


def all_usable(found: Splines) -> Mask:
    """Tell which splines are as they must be."""
    order, many = found.degree + 1, found.knot_counts
    good = (order >= 2) & (order <= _HIGHEST_DEGREE + 1) & (found.counts >= order) & (many == found.counts + order)
    rows = np.flatnonzero(good)
    found, order, many = found.only(rows), order[rows], many[rows]
    owner = np.repeat(np.arange(len(rows)), many)
    ends = np.cumsum(many)
    place = np.arange(len(owner)) - (ends - many)[owner]
    low, high = found.knots[ends - many], found.knots[ends - 1]
    at_begin, at_end = place < order[owner], place >= (many - order)[owner]
    bad = at_begin & (found.knots != low[owner])
    bad |= at_end & (found.knots != high[owner])
    bad |= ~at_begin & ~at_end & ~((found.knots > low[owner]) & (found.knots < high[owner]))
    bad[1:] |= (place[1:] > 0) & ~(np.diff(found.knots) >= 0)
    wrong = np.bincount(owner[bad], minlength=len(rows)) > 0
    wrong |= ~((low == 0) & (high > 0) & np.isfinite(high))
    of_point = np.repeat(np.arange(len(rows)), found.counts)
    bad = ~(np.isfinite(found.control).all(axis=1) & (found.weights > 0))
    wrong |= np.bincount(of_point[bad], minlength=len(rows)) > 0
    good[rows[wrong]] = False
    return good


class _Curves:
    """Evaluates points of many splines of one degree; in homogeneous coordinates where there are weights."""

    def __init__(self, found: Splines) -> None:
        self.degree, self.counts, self.knots = int(found.degree[0]), found.counts, found.knots
        self.first_point = np.cumsum(found.counts) - found.counts
        self.first_knot = np.cumsum(found.knot_counts) - found.knot_counts
        self.weighted = bool((found.weights != 1).any())
        columns = [found.control[:, axis] for axis in range(3)]
        self.flat = not columns[2].any()
        if self.flat:
            columns.pop()
        if self.weighted:
            columns = [column * found.weights for column in columns] + [found.weights]
        self.points = np.array(columns)  # (c, n)
        # knots of all curves in one ascending row, each curve in a stretch of its own
        self.reach = float(self.knots.max()) * 2 + 1
        self.row = self.knots + np.repeat(np.arange(len(found.counts)), found.knot_counts) * self.reach

    def at(self, curve: NDArray, t: F64) -> F64:
        """Return (k, 3) points of some curves."""
        degree = self.degree
        span = np.searchsorted(self.row, t + curve * self.reach, "right") - 1 - self.first_knot[curve]
        span = np.minimum(np.maximum(span, degree), self.counts[curve] - 1)
        index = self.first_point[curve] + span - degree
        knot = self.first_knot[curve] + span
        points = [self.points[:, index + place] for place in range(degree + 1)]  # (c, k) each
        knots = [self.knots[knot + place] for place in range(1 - degree, degree + 1)]  # from knot - degree + 1 on
        for level in range(1, degree + 1):  # de Boor
            for place in range(degree, level - 1, -1):
                low = knots[place - 1]
                share = (t - low) / (knots[place + degree - level] - low)
                points[place] = points[place - 1] + share * (points[place] - points[place - 1])
        found = points[degree]
        if self.weighted:
            found = found[:-1] / found[-1]
        out = np.zeros((len(t), 3))
        out[:, : len(found)] = found.T
        return out


def flattened(splines: Sequence[Spline], fineness: float) -> tuple[NDArray, F64]:
    """Return point counts and points (n, 3) of usable splines (see `all_flattened`)."""
    return all_flattened(table(splines), fineness) if splines else (np.zeros(0, np.int64), np.zeros((0, 3)))


def all_flattened(found: Splines, fineness: float) -> tuple[NDArray, F64]:
    """Return point counts and points (n, 3) of usable splines.

    Chords leave a curve by no more than `fineness` of the size of its control polygon.
    """
    degrees = sorted(set(found.degree.tolist()))
    if len(degrees) == 1:
        return _of_one_degree(found, fineness)
    sizes = np.zeros(len(found.degree), np.int64)
    owners, parts = [np.zeros(0, np.int64)], [np.zeros((0, 3))]
    for degree in degrees:
        rows = np.flatnonzero(found.degree == degree)
        sizes[rows], points = _of_one_degree(found.only(rows), fineness)
        owners.append(np.repeat(rows, sizes[rows]))
        parts.append(points)
    return sizes, np.concatenate(parts)[np.argsort(np.concatenate(owners), kind="stable")]


def _of_one_degree(found: Splines, fineness: float) -> tuple[NDArray, F64]:
    curves, many = _Curves(found), len(found.counts)
    size = np.maximum.reduceat(found.control, curves.first_point) - np.minimum.reduceat(
        found.control, curves.first_point
    )
    limit = np.maximum(size.max(axis=1) * fineness, 1e-9)
    curve, t = _first_stops(found)
    points = curves.at(curve, t)
    chord = np.flatnonzero(curve[1:] == curve[:-1])  # by its first point
    low, high, owner = t[chord], t[chord + 1], curve[chord]
    start, end = points[chord], points[chord + 1]
    all_t, all_curve, all_points = [t], [curve], [points]
    for _ in range(_MOST_HALVINGS):
        middle_t = (low + high) * 0.5
        middle = curves.at(owner, middle_t)
        split = np.flatnonzero(_off(middle, start, end) >= limit[owner])
        if not len(split):
            break
        low, high, middle_t, owner = low[split], high[split], middle_t[split], owner[split]
        start, end, middle = start[split], end[split], middle[split]
        all_t.append(middle_t)
        all_curve.append(owner)
        all_points.append(middle)
        low, high = np.concatenate([low, middle_t]), np.concatenate([middle_t, high])
        start, end = np.concatenate([start, middle]), np.concatenate([middle, end])
        owner = np.concatenate([owner, owner])
    t, curve, points = np.concatenate(all_t), np.concatenate(all_curve), np.concatenate(all_points)
    order = np.lexsort((t, curve))
    return _thinned(np.bincount(curve, minlength=many), points[order])


def _thinned(sizes: NDArray, points: F64) -> tuple[NDArray, F64]:
    """Return every second, third … point of curves that have too many."""
    if sizes.max(initial=0) <= MOST_POINTS:
        return sizes, points
    step = sizes // MOST_POINTS + 1
    place = np.arange(len(points)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return -(-sizes // step), points[place % np.repeat(step, sizes) == 0]


def _first_stops(found: Splines) -> tuple[NDArray, F64]:
    """Return curve and parameter of the ends of the first chords: every stretch between two knots in a few."""
    owner = np.repeat(np.arange(len(found.counts)), found.knot_counts)
    new = np.ones(len(owner), bool)
    new[1:] = (found.knots[1:] != found.knots[:-1]) | (owner[1:] != owner[:-1])
    owner, knots = owner[new], found.knots[new]
    last = np.append(owner[1:] != owner[:-1], True)
    step = np.where(last, 0.0, np.append(knots[1:], 0.0) - knots) / _FIRST_CHORDS
    many = np.where(last, 1, _FIRST_CHORDS)
    t = np.repeat(knots, many) + np.repeat(step, many) * ranges(np.zeros(len(many), np.int64), many)
    return np.repeat(owner, many), t


def _off(points: F64, start: F64, end: F64) -> F64:
    """Return how far points (k, 3) are from the lines through `start` and `end`, 0 where these are one point."""
    (a, b, c), (u, v, w) = (end - start).T, (points - start).T
    length = a * a + b * b + c * c
    area = (v * c - w * b) ** 2 + (w * a - u * c) ** 2 + (u * b - v * a) ** 2
    return np.sqrt(np.divide(area, length, out=np.zeros(len(points)), where=length > 0))
