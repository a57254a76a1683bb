"""From a space to a sheet on it and back: the transform `Sheet.to_space`, its inverse, and what lies on the sheet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.model import Sheet, Space

F64 = NDArray[np.float64]
Affine = tuple[float, float, float, float, float, float]
"""(a, b, c, d, tx, ty): x = a*u + b*v + tx, y = c*u + d*v + ty."""


def invert(matrix: Affine) -> Affine:
    """Invert (a, b, c, d, tx, ty). Raises ValueError for a matrix without inverse."""
    a, b, c, d, tx, ty = matrix
    det = a * d - b * c
    if not np.isfinite(det) or det == 0:
        raise ValueError("the sheet's transform has no inverse")
    ia, ib, ic, id_ = d / det, -b / det, -c / det, a / det
    return (ia, ib, ic, id_, -(ia * tx + ib * ty), -(ic * tx + id_ * ty))


def apply(matrix: Affine, xy: F64) -> F64:
    """Apply (a, b, c, d, tx, ty) to points (m, 2)."""
    a, b, c, d, tx, ty = matrix
    out = np.empty_like(xy, dtype=np.float64)
    out[:, 0] = a * xy[:, 0] + b * xy[:, 1] + tx
    out[:, 1] = c * xy[:, 0] + d * xy[:, 1] + ty
    return out


def to_sheet(points: F64, to_space: Affine) -> F64:
    """Return space points (k, 2) in sheet millimetres; fingerprints of sheets stand on its last bit."""
    a, b, c, d, tx, ty = to_space
    det = a * d - b * c
    x, y = points[:, 0] - tx, points[:, 1] - ty
    return np.column_stack([(d * x - b * y) / det, (-c * x + a * y) / det])


def on_sheet(space: Space, sheet: Sheet) -> NDArray[np.bool_]:
    """Return (n,) which entities of the space lie on the sheet."""
    mask = np.zeros(len(space.entities), bool)
    mask[np.asarray(sheet.entities, np.int64)] = True
    return mask
