"""Where an old thing may have gone: votes of equal segments for a displacement, and its exact length."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from pipeline.comparing.segments import directions, lengths, merge_collinear, midpoints
from pipeline.drawing.strokes import ranges
from pipeline.drawing.tables import F64

MOST_TARGETS = 20_000
MOST_VOTERS = 300  # of one thing
MOST_PARTNERS = 400  # of one voter
MOST_CANDIDATES = 8
LEAST_AGREEING = 0.4  # of the ends that have a partner
PARALLEL = 0.02  # sine of the largest angle between a line and its partner


def voters(seg: F64, tolerance: float, most: int) -> F64:
    """The longest segments, as drawn and with collinear pieces joined, at most `most`."""
    both = np.vstack([seg, merge_collinear(seg, tolerance)])
    size = lengths(both)
    both, size = both[size > 4 * tolerance], size[size > 4 * tolerance]
    return both[np.argsort(-size, kind="stable")[:most]]


class Targets:
    """The segments that are free on the other side, found by their length."""

    def __init__(self, seg: F64, tolerance: float) -> None:
        """Sort the longest of `seg` (mm) by length."""
        self.tolerance = tolerance
        self.seg = voters(seg, tolerance, MOST_TARGETS) if len(seg) else np.zeros((0, 4))
        self.seg = self.seg[np.argsort(lengths(self.seg), kind="stable")]
        self.length = lengths(self.seg)
        self.unit, self.middle = directions(self.seg), midpoints(self.seg)

    def votes(self, seg: F64, limit: float) -> list[F64]:
        """The displacements (2,) up to `limit` mm that most equal, parallel segments of `seg` share."""
        own = voters(seg, self.tolerance, MOST_VOTERS)
        if not len(own) or not len(self.seg):
            return []
        size = lengths(own)
        reach = 3 * self.tolerance + 1e-3 * size
        low, high = np.searchsorted(self.length, size - reach), np.searchsorted(self.length, size + reach)
        count = np.minimum(high - low, MOST_PARTNERS)
        i = np.repeat(np.arange(len(own)), count)
        j = ranges(low, count)
        a, b = directions(own)[i], self.unit[j]
        shift = self.middle[j] - midpoints(own)[i]
        keep = (np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) < PARALLEL) & (np.hypot(*shift.T) <= limit)
        shift, weight = shift[keep], size[i[keep]]
        if not len(shift):
            return []
        cell = np.round(shift / (4 * self.tolerance)).astype(np.int64)
        _, inverse = np.unique(cell[:, 0] * np.int64(2**31) + cell[:, 1], return_inverse=True)
        total = np.bincount(inverse, weight)
        far = np.bincount(inverse, np.hypot(*shift.T)) / np.bincount(inverse)
        top = np.lexsort((far, -np.round(total, 3)))[:MOST_CANDIDATES]
        return [np.average(shift[inverse == t], axis=0, weights=weight[inverse == t]) for t in top]


def sharpened(placed: F64, found: F64, reach: float) -> F64:
    """How far a placed copy still is from what was found there: the shift that most of its ends share.

    Args:
        placed: (n, 4) the copy.
        found: (m, 4) segments it was recognised in.
        reach: mm; ends further apart do not belong together.

    Returns:
        (2,) mm to add to the displacement; zero where the ends do not agree on one.
    """
    nothing = np.zeros(2)
    if not len(placed) or not len(found):
        return nothing
    ends = np.unique(np.round(placed.reshape(-1, 2), 6), axis=0)
    known = np.unique(np.round(found.reshape(-1, 2), 6), axis=0)
    away, row = cKDTree(known).query(ends, k=min(6, len(known)), distance_upper_bound=reach)
    end, k = np.nonzero(np.isfinite(away.reshape(len(ends), -1)))
    if not len(end):
        return nothing
    shift = known[row.reshape(len(ends), -1)[end, k]] - ends[end]
    fine = reach / 8
    near = cKDTree(shift).query_ball_point(shift, fine, return_length=True)
    best = np.lexsort((np.hypot(*shift.T), -near))[0]
    agree = np.hypot(*(shift - shift[best]).T) <= fine
    if len(np.unique(end[agree])) < max(2, LEAST_AGREEING * len(np.unique(end))):
        return nothing
    return np.asarray(np.median(shift[agree], axis=0))
