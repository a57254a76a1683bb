"""Splines by their definition: the third opinion where the add-on's own curves only come near."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.interpolate import BSpline

from pipeline.drawing.tables import F64

SAMPLES = 32  # of each span between two knots
MOST_POINTS = 1_000_000


def spline_points(entity: Any) -> F64 | None:
    """Return points (k, 3) of a SPLINE in file units, evaluated from its control points, weights and knots.

    None where these do not say one curve: fit points only, too few knots, weights of no use.
    """
    control = np.array([tuple(point) for point in entity.control_points], np.float64).reshape(-1, 3)
    knots, degree = np.array(entity.knots, np.float64), int(entity.dxf.degree)
    if degree < 1 or len(control) <= degree or len(knots) != len(control) + degree + 1 or (np.diff(knots) < 0).any():
        return None
    weights = np.array(entity.weights, np.float64) if len(entity.weights) else np.ones(len(control))
    if len(weights) != len(control) or not (np.isfinite(weights) & (weights > 0)).all():
        return None
    ends = np.unique(knots[degree : len(control) + 1])
    if len(ends) < 2 or len(ends) * SAMPLES > MOST_POINTS:
        return None
    inner = ends[:-1, None] + np.diff(ends)[:, None] * np.arange(SAMPLES) / SAMPLES
    raised = BSpline(knots, np.column_stack([control * weights[:, None], weights]), degree)
    found = raised(np.append(inner.ravel(), ends[-1]))
    points: F64 = found[:, :3] / found[:, 3:]
    return points if np.isfinite(points).all() else None
