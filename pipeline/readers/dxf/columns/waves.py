"""SPLINE of the scan: all curves of a piece as chords at once."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.kinds import EntityKind
from pipeline.readers.dxf.columns.records import Attributes
from pipeline.readers.dxf.columns.rows import Rows, one_part
from pipeline.readers.dxf.columns.splines import FINENESS, Spline, flattened, usable

F64 = NDArray[np.float64]
_TOLERANCE = 1e-10  # of knots, where the file says none
_DEGREE = 3


def curved(values: Attributes, records: NDArray) -> tuple[Rows, NDArray]:
    """Return the drawn rows of some SPLINE records and those that the library has to look at.

    These are curves given by points they go through, not clamped ones, and broken ones.
    """
    if not len(records):
        return Rows(), records
    tables = {code: _by_record(values, code, records) for code in (10, 20, 30, 40, 41)}
    degree = values.column(71, _DEGREE)[records]
    tolerance = values.column(42, _TOLERANCE)[records]
    made: list[Spline] = []
    good: list[int] = []
    for row in range(len(records)):
        x, y, z, knots, weights = (table[row] for table in tables.values())
        if not len(x) or len(x) != len(y) or len(x) != len(z) or not len(knots) or not degree[row] >= 1:
            continue
        knots = _rounded(knots, float(tolerance[row]))
        knots = knots - knots[0]
        spline = Spline(int(degree[row]), knots, np.column_stack([x, y, z]), weights if len(weights) else None)
        if usable(spline):
            made.append(spline)
            good.append(row)
    sizes, points = flattened(made, FINENESS)
    rare = np.ones(len(records), bool)
    rare[good] = False
    return one_part(records[~rare], EntityKind.SPLINE, sizes, 0, points), records[rare]


def _by_record(values: Attributes, code: int, records: NDArray) -> list[F64]:
    owner, found = values.numbers(code)
    low, high = (np.searchsorted(owner, records, side) for side in ("left", "right"))
    return [found[a:b] for a, b in zip(low.tolist(), high.tolist(), strict=True)]


def _rounded(knots: F64, tolerance: float) -> F64:
    """Return knots rounded to the digits of a tolerance, as the library does it."""
    digits = -int(math.log10(tolerance)) if tolerance > 0 else 0
    return np.round(knots, digits) if digits > 0 else knots
