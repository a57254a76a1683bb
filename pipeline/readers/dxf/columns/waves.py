"""SPLINE of the scan: all curves of a piece as chords at once."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.kinds import EntityKind
from pipeline.readers.dxf.columns.alike import without_gaps
from pipeline.readers.dxf.columns.records import Attributes
from pipeline.readers.dxf.columns.rows import Rows, one_part
from pipeline.readers.dxf.columns.splines import FINENESS, Splines, all_flattened, all_usable

F64 = NDArray[np.float64]
_TOLERANCE = 1e-10  # of knots, where the file says none
_DEGREE = 3


def curved(values: Attributes, records: NDArray) -> tuple[Rows, NDArray]:
    """Return the drawn rows of some SPLINE records and those that the library has to look at.

    These are curves given by points they go through, not clamped ones, and broken ones.
    """
    if not len(records):
        return Rows(), records
    place = np.full(len(values.records), -1)
    place[records] = np.arange(len(records))
    owners, tables = {}, {}
    for code in (10, 20, 30, 40, 41):
        owner, numbers = values.numbers(code)
        mine = place[owner] >= 0
        owners[code], tables[code] = place[owner[mine]], numbers[mine]
    counts = {code: np.bincount(owner, minlength=len(records)) for code, owner in owners.items()}
    degree = without_gaps(values.column(71, _DEGREE)[records]).astype(np.int64)
    good = (counts[10] > 0) & (counts[10] == counts[20]) & (counts[10] == counts[30]) & (counts[40] > 0)
    good &= (counts[41] == 0) | (counts[41] == counts[10])
    kept = {code: good[owner] for code, owner in owners.items()}
    rows = np.flatnonzero(good)
    many, knot_counts = counts[10][rows], counts[40][rows]
    knots = _rounded(tables[40][kept[40]], values.column(42, _TOLERANCE)[records][rows], knot_counts)
    knots -= np.repeat(knots[np.cumsum(knot_counts) - knot_counts], knot_counts)
    weights = np.ones(int(many.sum()))
    weights[np.repeat(counts[41][rows] > 0, many)] = tables[41][kept[41]]
    control = np.column_stack([tables[code][kept[code]] for code in (10, 20, 30)])
    found = Splines(degree[rows], knots, knot_counts, control, many, weights)
    fine = all_usable(found)
    rare = np.ones(len(records), bool)
    rare[rows[fine]] = False
    if rare.all():
        return Rows(), records
    sizes, points = all_flattened(found.only(np.flatnonzero(fine)), FINENESS)
    return one_part(records[~rare], EntityKind.SPLINE, sizes, 0, points), records[rare]


def _rounded(knots: F64, tolerance: F64, counts: NDArray) -> F64:
    """Return knots rounded to the digits of the tolerances of their curves, as the library does it."""
    out = knots.copy()
    for one in set(tolerance.tolist()):
        digits = -int(math.log10(one)) if 0 < one < math.inf else 0
        if digits > 0:
            mine = np.repeat(tolerance == one, counts)
            out[mine] = np.round(knots[mine], digits)
    return out
