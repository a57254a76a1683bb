"""Numpy primitives on segments (n, 4): transforms, merging of collinear pieces, sampling, line coverage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from pipeline.drawing.model import Sheet
from pipeline.drawing.tables import F64

PARALLEL_SINE = 0.35  # directions further apart than this do not cover each other
NEIGHBOURS = 12
MAX_SAMPLES = 600_000  # of an index, beside one a segment
MOST_AT_ONCE = 1 << 18  # neighbours measured in one block: it stays in the cache, and memory does not grow


def lengths(seg: F64) -> F64:
    """Lengths of segments, (n,)."""
    return np.hypot(seg[:, 2] - seg[:, 0], seg[:, 3] - seg[:, 1])


def midpoints(seg: F64) -> F64:
    """Midpoints, (n, 2)."""
    return (seg[:, :2] + seg[:, 2:]) / 2


def directions(seg: F64) -> F64:
    """Unit directions, (n, 2)."""
    vector = seg[:, 2:] - seg[:, :2]
    return vector / np.maximum(lengths(seg), 1e-12)[:, None]


def map_points(transform: F64, points: F64) -> F64:
    """Apply a 2×3 affine transform to (n, 2) points."""
    x, y = points[:, 0], points[:, 1]
    (a, b, tx), (c, d, ty) = transform.tolist()
    return np.stack([a * x + b * y + tx, c * x + d * y + ty], 1)  # much faster than a product of matrices this narrow


def map_segments(transform: F64, seg: F64) -> F64:
    """Apply a 2×3 affine transform to (n, 4) segments."""
    return np.hstack([map_points(transform, seg[:, :2]), map_points(transform, seg[:, 2:])])


def map_box(transform: F64, box: tuple[float, ...] | F64) -> tuple[float, float, float, float]:
    """Box of the four mapped corners of a box."""
    x0, y0, x1, y1 = (float(v) for v in box)
    corners = map_points(transform, np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]))
    low, high = corners.min(0), corners.max(0)
    return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def scale_of(transform: F64) -> float:
    """Length factor of a similarity (mirrored or not)."""
    return float(np.sqrt(abs(np.linalg.det(transform[:, :2]))))


def sheet_from_space(sheet: Sheet) -> F64:
    """Return the map (2×3) of space mm to sheet mm."""
    a, b, c, d, tx, ty = sheet.to_space
    return invert(np.array([[a, b, tx], [c, d, ty]], float))


def invert(transform: F64) -> F64:
    """Inverse of a 2×3 affine transform."""
    return np.linalg.inv(np.vstack([transform, [0.0, 0.0, 1.0]]))[:2]


def chain(after: F64, before: F64) -> F64:
    """The transform that applies `before`, then `after`."""
    return (np.vstack([after, [0.0, 0.0, 1.0]]) @ np.vstack([before, [0.0, 0.0, 1.0]]))[:2]


def similarity_between(old: F64, new: F64) -> F64:
    """The similarity (2, 3), not mirrored, that takes (n, 2) points to others by least squares.

    Raises:
        ValueError: all points of a side are one, or the two sides contradict each other.
    """
    p, q = old @ np.array([1, 1j]), new @ np.array([1, 1j])
    x, y = p - p.mean(), q - q.mean()
    if np.abs(x).max() == 0 or np.abs(y).max() == 0:
        raise ValueError("the two points must differ")
    turn = (np.conj(x) * y).sum() / (np.abs(x) ** 2).sum()
    if turn == 0:
        raise ValueError("the points contradict each other")
    shift = q.mean() - turn * p.mean()
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])


def box_of(seg: F64) -> tuple[float, float, float, float]:
    """Bounding box of segments."""
    points = seg.reshape(-1, 2)
    low, high = points.min(0), points.max(0)
    return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def merge_collinear(seg: F64, tolerance: float) -> F64:
    """Join collinear segments that touch or overlap.

    Args:
        seg: (n, 4), any unit.
        tolerance: distance below which lines are one and gaps are closed.

    Returns:
        (m, 4) merged segments. Used for registration and for candidates of moves only: bins make it
            approximate.
    """
    seg = seg[lengths(seg) > tolerance]
    if len(seg) == 0:
        return seg
    centre = seg.reshape(-1, 2).mean(0)
    local = seg - np.tile(centre, 2)
    angle = np.mod(np.arctan2(local[:, 3] - local[:, 1], local[:, 2] - local[:, 0]), np.pi)
    bins = np.round(angle / 0.004).astype(np.int64)
    bins[bins == round(np.pi / 0.004)] = 0
    unit = np.stack([np.cos(bins * 0.004), np.sin(bins * 0.004)], 1)
    normal = np.stack([-unit[:, 1], unit[:, 0]], 1)
    rho = np.round((midpoints(local) * normal).sum(1) / (4 * tolerance)).astype(np.int64)
    t0, t1 = (local[:, :2] * unit).sum(1), (local[:, 2:] * unit).sum(1)
    swap = t0 > t1
    local[swap] = local[swap][:, [2, 3, 0, 1]]
    t0, t1 = np.minimum(t0, t1), np.maximum(t0, t1)
    order = np.lexsort((t0, rho, bins))
    local, t0, t1 = local[order], t0[order], t1[order]
    line = np.concatenate([[0], np.cumsum((np.diff(bins[order]) != 0) | (np.diff(rho[order]) != 0))])
    span = (t1.max() - t0.min()) * 2 + 1
    reach = np.maximum.accumulate(t1 + line * span)
    fresh = np.concatenate([[True], (line[1:] != line[:-1]) | (t0[1:] + line[1:] * span > reach[:-1] + tolerance)])
    group = np.cumsum(fresh) - 1
    first = np.flatnonzero(fresh)
    by_end = np.lexsort((t1, group))
    last = by_end[np.concatenate([np.flatnonzero(np.diff(group[by_end])), [len(group) - 1]])]
    return np.hstack([local[first, :2], local[last, 2:]]) + np.tile(centre, 2)


def sample(seg: F64, spacing: float, most: int = 400) -> tuple[F64, np.ndarray]:
    """Points along segments, at the middle of equal pieces not longer than `spacing`.

    Returns:
        ((p, 2) points, (p,) row of the segment), at most `most` points a segment.
    """
    count = np.clip(np.ceil(lengths(seg) / spacing), 1, most).astype(np.int64)
    row = np.repeat(np.arange(len(seg)), count)
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    share = ((step + 0.5) / count[row])[:, None]
    return seg[row, :2] + (seg[row, 2:] - seg[row, :2]) * share, row


def covered_shares(seg: F64, other: F64, tolerance: float, reach: float, most: int) -> F64:
    """Share (n,) of each segment that lies on other segments.

    Args:
        seg: (n, 4).
        other: (m, 4), same unit.
        tolerance: of the lines, same unit: points are asked every four of it.
        reach: largest distance of a point from the other segments.
        most: points a segment.
    """
    points, row = sample(seg, max(4 * tolerance, 1e-9), most)
    hits = SegmentIndex(other, 20 * tolerance).query(points, directions(seg)[row], reach)
    return np.bincount(row, hits.distance <= reach, minlength=len(seg)) / np.bincount(row, minlength=len(seg))


@dataclass(slots=True)
class Hits:
    """Which indexed segments lie at each asked point."""

    distance: F64  # (p,) to the nearest parallel segment, inf without one
    nearest: np.ndarray  # (p,) its row, -1 without one
    rows: np.ndarray  # (p, k) neighbour rows
    near: np.ndarray  # (p, k) bool: within tolerance and parallel
    crowded: np.ndarray  # (p,) bool: there may be more segments within tolerance than were looked at


class SegmentIndex:
    """Finds the segments near a point and parallel to a direction (KD-tree of samples, exact distances)."""

    def __init__(self, seg: F64, finest: float) -> None:
        """Index `seg`; samples lie not closer than `finest` (same unit)."""
        self.seg = seg
        total = float(lengths(seg).sum()) if len(seg) else 0.0
        self.spacing = max(finest, total / MAX_SAMPLES)
        points, self.owner = np.zeros((0, 2)), np.zeros(0, np.int64)
        if len(seg):
            points, self.owner = sample(seg, self.spacing, most=1_000_000)
        self.tree = cKDTree(points, balanced_tree=False, compact_nodes=False)
        self.unit = directions(seg) if len(seg) else np.zeros((0, 2))

    def query(self, points: F64, unit: F64, tolerance: float | F64, neighbours: int = NEIGHBOURS) -> Hits:
        """Parallel segments within `tolerance` of each point.

        Args:
            points: (p, 2).
            unit: (p, 2) unit directions of the line each point comes from.
            tolerance: largest distance, one for all or (p,).
            neighbours: how many sample points to look at.
        """
        count = len(points)
        if count == 0 or not len(self.seg):
            none = np.zeros((count, 1), np.int64)
            return Hits(np.full(count, np.inf), np.full(count, -1), none, none.astype(bool), np.zeros(count, bool))
        allowed = np.broadcast_to(np.asarray(tolerance, np.float64), (count,))
        reach = float(np.hypot(allowed.max(), self.spacing / 2)) * (1 + 1e-9)
        block = max(1, MOST_AT_ONCE // neighbours)
        parts = [
            self._block(points[k : k + block], unit[k : k + block], allowed[k : k + block], reach, neighbours)
            for k in range(0, count, block)
        ]
        return Hits(
            *(columns[0] if len(parts) == 1 else np.concatenate(columns) for columns in zip(*parts, strict=True))
        )

    def _block(
        self, points: F64, unit: F64, allowed: F64, reach: float, neighbours: int
    ) -> tuple[F64, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Columns of `Hits` for some points; only neighbours within reach are measured."""
        count = len(points)
        _, found = self.tree.query(points, k=neighbours, distance_upper_bound=reach)
        found = found.reshape(count, -1)
        width = found.shape[1]
        valid = found < len(self.owner)
        flat = np.flatnonzero(valid)
        point = flat // width
        row = self.owner[found.ravel()[flat]]
        x0, y0, x1, y1 = self.seg[row].T
        vx, vy = x1 - x0, y1 - y0
        px, py = points[point, 0] - x0, points[point, 1] - y0
        share = np.clip((px * vx + py * vy) / np.maximum(vx * vx + vy * vy, 1e-24), 0, 1)
        away = np.hypot(px - vx * share, py - vy * share)
        direction, own = self.unit[row], unit[point]
        sine = np.abs(own[:, 0] * direction[:, 1] - own[:, 1] * direction[:, 0])
        distance, rows = np.full((count, width), np.inf), np.zeros((count, width), np.int64)
        distance.ravel()[flat] = np.where(sine < PARALLEL_SINE, away, np.inf)
        rows.ravel()[flat] = row
        each = np.arange(count)
        best = distance.argmin(1)
        least = distance[each, best]
        nearest = np.where(np.isfinite(least), rows[each, best], -1)
        return least, nearest, rows, distance <= allowed[:, None], valid[:, -1]

    def covered_share(self, seg: F64, tolerance: float, spacing: float, most: int = 60) -> float:
        """Share (0..1, by length) of `seg` that lies on indexed segments."""
        if not len(seg):
            return 1.0
        _, weight, near = self._sampled(seg, tolerance, spacing, most)
        return float((weight * near).sum() / max(weight.sum(), 1e-12))

    def covered_lengths(
        self, seg: F64, number: np.ndarray, count: int, tolerance: float, spacing: float
    ) -> tuple[F64, F64]:
        """Length (count,) of numbered segments that lies on indexed ones, and their whole length.

        Args:
            seg: (n, 4) segments.
            number: (n,) number of each, 0..count-1.
            count: of numbers.
            tolerance: farthest distance, same unit.
            spacing: of the points looked at, at most 60 a segment.
        """
        row, weight, near = self._sampled(seg, tolerance, spacing, 60)
        covered, whole = (np.bincount(number[row], length, count) for length in (weight * near, weight))
        return np.asarray(covered, np.float64), np.asarray(whole, np.float64)

    def _sampled(self, seg: F64, tolerance: float, spacing: float, most: int) -> tuple[np.ndarray, F64, np.ndarray]:
        """Points along segments: their row, the length each stands for, whether it lies on an indexed segment."""
        points, row = sample(seg, spacing, most)
        weight = (lengths(seg) / np.bincount(row, minlength=len(seg)))[row]
        return row, weight, self.query(points, directions(seg)[row], tolerance).distance <= tolerance
