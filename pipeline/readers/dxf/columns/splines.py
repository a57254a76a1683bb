"""B-splines of many entities at once as chords: knots, control points and weights to points on the curve.

Chords are halved until the middle of each lies within a distance of the curve, all curves in step: the same points as
`shapes.spline` gives for one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
FINENESS = 1e-3  # of the size of a control polygon: how far chords may leave their curve
_FIRST_CHORDS = 4  # of every stretch between two knots
_MOST_HALVINGS = 24
MOST_POINTS = 100_000  # of one curve


@dataclass(slots=True)
class Spline:
    """One clamped B-spline: knots (k + degree + 1,) from 0 on, control points (k, 3), weights (k,) or none."""

    degree: int
    knots: F64
    control: F64
    weights: F64 | None = None


def usable(spline: Spline) -> bool:
    """Tell whether a spline is as it must be: clamped, knots ascending, as many of them as there must be."""
    order, knots, count = spline.degree + 1, spline.knots, len(spline.control)
    if not 2 <= order <= 12 or count < order or len(knots) != count + order:
        return False
    if spline.weights is not None and (len(spline.weights) != count or not (spline.weights > 0).all()):
        return False
    if not (np.isfinite(knots).all() and np.isfinite(spline.control).all() and (np.diff(knots) >= 0).all()):
        return False
    inner = knots[order:-order]
    clamped = (knots[:order] == knots[0]).all() and (knots[-order:] == knots[-1]).all()
    return bool(knots[0] == 0 and knots[-1] > 0 and clamped and ((inner > 0) & (inner < knots[-1])).all())


class _Curves:
    """Evaluates points of many splines of one degree, in homogeneous coordinates."""

    def __init__(self, splines: list[Spline]) -> None:
        self.degree = splines[0].degree
        self.counts = np.array([len(s.control) for s in splines])
        self.first_point = np.cumsum(self.counts) - self.counts
        knots = [s.knots for s in splines]
        sizes = np.array([len(k) for k in knots])
        self.first_knot = np.cumsum(sizes) - sizes
        self.knots = np.concatenate(knots)
        weights = [np.ones(len(s.control)) if s.weights is None else s.weights for s in splines]
        weight = np.concatenate(weights)[:, None]
        self.points = np.hstack([np.concatenate([s.control for s in splines]) * weight, weight])
        # knots of all curves in one ascending row, each curve in a stretch of its own
        self.reach = float(self.knots.max()) * 2 + 1
        self.row = self.knots + np.repeat(np.arange(len(splines)), sizes) * self.reach

    def at(self, curve: NDArray, t: F64) -> F64:
        """Return (k, 3) points of some curves."""
        span = np.searchsorted(self.row, t + curve * self.reach, "right") - 1 - self.first_knot[curve]
        span = np.clip(span, self.degree, self.counts[curve] - 1)
        index = (self.first_point[curve] + span - self.degree)[:, None] + np.arange(self.degree + 1)
        points = self.points[index]
        knot = self.first_knot[curve] + span
        for level in range(1, self.degree + 1):  # de Boor
            place = np.arange(level, self.degree + 1)
            low = self.knots[knot[:, None] - self.degree + place]
            high = self.knots[knot[:, None] + 1 + place - level]
            share = ((t[:, None] - low) / (high - low))[..., None]
            points = points[:, :-1] * (1 - share) + points[:, 1:] * share
        return points[:, 0, :3] / points[:, 0, 3:]


def flattened(splines: list[Spline], fineness: float) -> tuple[NDArray, F64]:
    """Return point counts and points (n, 3) of usable splines.

    Chords leave a curve by no more than `fineness` of the size of its control polygon.
    """
    sizes = np.zeros(len(splines), np.int64)
    parts: list[F64] = [np.zeros((0, 3))] * len(splines)
    for degree in sorted({s.degree for s in splines}):
        rows = [row for row, s in enumerate(splines) if s.degree == degree]
        counts, points = _of_one_degree([splines[row] for row in rows], fineness)
        for row, part in zip(rows, np.split(points, np.cumsum(counts)[:-1]), strict=True):
            step = len(part) // MOST_POINTS + 1 if len(part) > MOST_POINTS else 1
            parts[row] = part[::step]
            sizes[row] = len(parts[row])
    return sizes, np.concatenate(parts) if parts else np.zeros((0, 3))


def _of_one_degree(splines: list[Spline], fineness: float) -> tuple[NDArray, F64]:
    curves = _Curves(splines)
    limit = np.array([max(float(np.ptp(s.control, axis=0).max()) * fineness, 1e-9) for s in splines])
    stops = [_first_stops(s.knots) for s in splines]
    curve = np.repeat(np.arange(len(splines)), [len(s) for s in stops])
    t = np.concatenate(stops)
    points = curves.at(curve, t)
    chord = np.flatnonzero(curve[1:] == curve[:-1])  # by its first point
    low, high, owner = t[chord], t[chord + 1], curve[chord]
    start, end = points[chord], points[chord + 1]
    all_t, all_curve, all_points = [t], [curve], [points]
    for _ in range(_MOST_HALVINGS):
        middle_t = (low + high) * 0.5
        middle = curves.at(owner, middle_t)
        split = _off(middle, start, end) >= limit[owner]
        if not split.any():
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
    return np.bincount(curve, minlength=len(splines)), points[order]


def _first_stops(knots: F64) -> F64:
    """Return the parameters of the first chords: every stretch between two knots in a few."""
    stretch, _ = np.unique(knots, return_counts=True)  # without counts numpy loads masked arrays, a slow import
    step = np.diff(stretch)[:, None] / _FIRST_CHORDS
    inner = stretch[:-1, None] + step * np.arange(_FIRST_CHORDS)
    return np.append(inner.ravel(), stretch[-1])


def _off(points: F64, start: F64, end: F64) -> F64:
    """Return how far points (k, 3) are from the lines through `start` and `end`, 0 where these are one point."""
    along = end - start
    length = np.linalg.norm(along, axis=1)
    area = np.linalg.norm(np.cross(points - start, along), axis=1)
    return np.divide(area, length, out=np.zeros(len(points)), where=length > 0)
