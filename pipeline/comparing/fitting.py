"""Scores and refines transforms between two sheets on the longest of their lines."""

from __future__ import annotations

import numpy as np

from pipeline.comparing.content import Content
from pipeline.comparing.segments import SegmentIndex, directions, invert, lengths, map_points, sample, scale_of
from pipeline.drawing.tables import F64

STAGES = (6e-3, 2e-3, 6e-4, 2e-4, 1e-4)  # of the diagonal of the new sheet
POLISH = (5e-5, 1.5e-5, 5e-6, 1.5e-6)  # likewise, or three times the residual
NOMINAL_LENGTHS = (1.0, 10.0, 25.4, 304.8, 1000.0)
# fmt: off
PLOT_SCALES = (
    1, 2, 5, 10, 20, 25, 30, 40, 50, 60, 75, 100, 125, 150, 200, 250, 300, 400, 500, 600,
    750, 1000, 1500, 2000,
)
# fmt: on
RATIOS = np.unique(
    [1.0]
    + [a / b for a in NOMINAL_LENGTHS for b in NOMINAL_LENGTHS]
    + [a / b for a in PLOT_SCALES for b in PLOT_SCALES]
    + [a / b for a in NOMINAL_LENGTHS for b in PLOT_SCALES]
    + [b / a for a in NOMINAL_LENGTHS for b in PLOT_SCALES]
)
MOST_INDEXED = 80_000  # longest lines of a side that are looked at
MOST_ASKED = 20_000  # longest lines of a side that must be found on the other one
LEAST_USED = 8  # points with a partner
SHORTER = 0.99  # lines this much shorter than the last one taken are taken too: equal lengths must not be torn


class Fitter:
    """Scores and refines transforms between two sheets."""

    def __init__(self, old: Content, new: Content) -> None:
        """Prepare samples and indexes of both sides."""
        self.diagonal = new.diagonal
        self.tolerance = max(new.tolerance_mm, 2e-4 * self.diagonal)
        self.old_tolerance = old.tolerance_mm
        old_seg, new_seg = longest(old.seg, MOST_INDEXED), longest(new.seg, MOST_INDEXED)
        self.old_points, self.new_points = _score_sample(old_seg), _score_sample(new_seg)
        self.old_index = SegmentIndex(old_seg, max(old.diagonal / 600, 1e-9))
        self.new_index = SegmentIndex(new_seg, max(new.diagonal / 600, 1e-9))

    def score(self, transform: F64, tolerance: float | None = None, every: int = 1) -> float:
        """Symmetric coverage 0..1: geometric mean of both directions, asked at every n-th sample point."""
        there, back = self.covered(transform, tolerance, every)
        return float(np.sqrt(there.mean() * back.mean())) if len(there) and len(back) else 0.0

    def covered(self, transform: F64, tolerance: float | None = None, every: int = 1) -> tuple[np.ndarray, np.ndarray]:
        """Which sample points of the old side lie on the new one, and the other way round (bool)."""
        scale = scale_of(transform)
        if not np.isfinite(scale) or scale <= 0:
            return np.zeros(0, bool), np.zeros(0, bool)
        reach = max(tolerance or self.tolerance, self.old_tolerance * scale)
        points, unit = (column[::every] for column in self.old_points)
        there = self.new_index.query(map_points(transform, points), _turn(transform, unit), reach).distance <= reach
        inverse = invert(transform)
        points, unit = (column[::every] for column in self.new_points)
        reach /= scale
        back = self.old_index.query(map_points(inverse, points), _turn(inverse, unit), reach).distance <= reach
        return there, back

    def refine(self, transform: F64, stages: tuple[float, ...] = STAGES, every: int = 1) -> F64:
        """Trimmed point-to-line fit of a similarity, coarse to fine; the scale may change by 3 % only."""
        points, unit = (column[::every] for column in self.old_points)
        mirrored = np.linalg.det(transform[:, :2]) < 0
        first = scale_of(transform)
        for stage in stages:
            for _ in range(3):
                better = self._step(transform, points, unit, max(stage * self.diagonal, 1e-9), mirrored)
                if better is None or not 0.97 < scale_of(better) / first < 1.03:
                    break
                moved = np.abs(map_points(better, points) - map_points(transform, points)).max()
                transform = better
                if moved < 1e-3 * stage * self.diagonal:
                    break
        return transform

    def _partners(
        self, transform: F64, mapped: F64, unit: F64, reach: float
    ) -> tuple[np.ndarray, np.ndarray, F64] | None:
        """Which mapped points have a new line within reach, its row and its normal; None when they are too few."""
        hits = self.new_index.query(mapped, _turn(transform, unit), reach)
        use = hits.distance <= reach
        if use.sum() < LEAST_USED:
            return None
        rows = hits.nearest[use]
        direction = self.new_index.unit[rows]
        return use, rows, np.stack([-direction[:, 1], direction[:, 0]], 1)

    def _step(self, transform: F64, points: F64, unit: F64, reach: float, mirrored: bool) -> F64 | None:
        """One linear solve of (a, b, tx, ty) with the partners of this moment."""
        partners = self._partners(transform, map_points(transform, points), unit, reach)
        if partners is None:
            return None
        use, rows, normal = partners
        source = points[use] * np.array([1.0, -1.0]) if mirrored else points[use]
        centre = source.mean(0)
        x, y = (source - centre).T
        target = (normal * (self.new_index.seg[rows, :2] - map_points(transform, points[use]).mean(0))).sum(1)
        matrix = np.stack([normal[:, 0] * x + normal[:, 1] * y, normal[:, 1] * x - normal[:, 0] * y, *normal.T], 1)
        solved, _, rank, _ = np.linalg.lstsq(matrix, target, rcond=1e-12)
        if rank < 4:
            return None
        a, b, tx, ty = solved
        linear = np.array([[a, -b], [b, a]])
        shift = np.array([tx, ty]) + map_points(transform, points[use]).mean(0) - linear @ centre
        if mirrored:
            linear = linear * np.array([1.0, -1.0])
        return np.column_stack([linear, shift])

    def polish(self, transform: F64) -> F64:
        """Fit again to the lines that lie exactly on one another; what was moved a little no longer pulls."""
        points, unit = self.old_points
        mirrored = np.linalg.det(transform[:, :2]) < 0
        for stage in POLISH:
            reach = max(stage * self.diagonal, 3 * self.residual(transform))
            better = self._step(transform, points, unit, reach, mirrored)
            if better is None or not 0.999 < scale_of(better) / scale_of(transform) < 1.001:
                break
            transform = better
        return transform

    def residual(self, transform: F64) -> float:
        """Median distance of the old sample points that have a partner, new working mm; the reach without one."""
        points, unit = self.old_points
        reach = max(1e-4 * self.diagonal, self.tolerance / 2)
        distance = self.new_index.query(map_points(transform, points), _turn(transform, unit), reach).distance
        near = distance[distance <= reach]
        return float(np.median(near)) if len(near) >= LEAST_USED else reach

    def snap(self, transform: F64) -> F64:
        """Take the nominal ratio and the right angle when the lines lie on one another as well; solve the shift."""
        scale, angle = scale_of(transform), float(np.arctan2(transform[1, 0], transform[0, 0]))
        near = RATIOS[np.abs(np.log(RATIOS / scale)).argmin()]
        quarter = round(angle / (np.pi / 2)) * (np.pi / 2)
        scales = [near, scale] if abs(near / scale - 1) < 3e-4 else [scale]
        angles = [quarter, angle] if abs(quarter - angle) < 3e-4 else [angle]
        allowed = 1.5 * self.residual(transform) + 1e-6 * self.diagonal
        for wanted_scale, wanted_angle in ((one, other) for one in scales for other in angles):
            if (wanted_scale, wanted_angle) == (scale, angle):
                break
            snapped = self._shift(self._with(transform, wanted_scale, wanted_angle))
            if self.residual(snapped) <= allowed and self.score(snapped) >= self.score(transform) - 0.01:
                return snapped
        return transform

    def _with(self, transform: F64, scale: float, angle: float) -> F64:
        """The transform with another scale and angle about the middle of the old lines."""
        sign = -1.0 if np.linalg.det(transform[:, :2]) < 0 else 1.0
        cosine, sine = np.cos(angle) * scale, np.sin(angle) * scale
        linear = np.array([[cosine, -sign * sine], [sine, sign * cosine]])
        linear[np.abs(linear) < 1e-15 * scale] = 0.0
        centre = self.old_points[0].mean(0)
        return np.column_stack([linear, map_points(transform, centre[None])[0] - linear @ centre])

    def _shift(self, transform: F64) -> F64:
        """Solve only the translation, twice."""
        points, unit = self.old_points
        for reach in (6e-4 * self.diagonal, max(1e-4 * self.diagonal, self.tolerance / 2)):
            mapped = map_points(transform, points)
            partners = self._partners(transform, mapped, unit, reach)
            if partners is None:
                return transform
            use, rows, normal = partners
            target = (normal * (self.new_index.seg[rows, :2] - mapped[use])).sum(1)
            for _ in range(4):  # trimmed
                move = np.linalg.lstsq(normal, target, rcond=None)[0]
                rest = np.abs(target - normal @ move)
                keep = rest <= max(np.median(rest) * 3, 1e-9)
                if keep.all() or keep.sum() < LEAST_USED:
                    break
                normal, target = normal[keep], target[keep]
            transform = transform + np.column_stack([np.zeros((2, 2)), move])
        return transform


def longest(seg: F64, most: int) -> F64:
    """The longest lines in their order: about `most`, and all that are as long as the last of them."""
    if len(seg) <= most:
        return seg
    size = lengths(seg)
    return seg[size >= SHORTER * np.partition(size, len(size) - most)[len(size) - most]]


def _score_sample(seg: F64, most: int = 3000) -> tuple[F64, F64]:
    """Points and directions spread evenly over the length of the longest lines, at most 40 a line."""
    if not len(seg):
        return np.zeros((0, 2)), np.zeros((0, 2))
    chosen = longest(seg, MOST_ASKED)
    points, row = sample(chosen, max(float(lengths(chosen).sum()) / most, 1e-12), most=40)
    step = max(1, len(points) // most)
    return points[::step], directions(chosen)[row][::step]


def _turn(transform: F64, unit: F64) -> F64:
    """Directions after the linear part of a transform, unit length."""
    turned = unit @ transform[:, :2].T
    return turned / np.maximum(np.linalg.norm(turned, axis=1), 1e-12)[:, None]
