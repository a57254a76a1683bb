"""Fitting lines onto ink: every sample of a line looks for the ink across its direction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from pipeline.comparing.scans.ink import Ink, Mask, looked_up, widened
from pipeline.comparing.scans.pixels import Picture
from pipeline.comparing.segments import directions, lengths, map_points, sample
from pipeline.drawing.tables import F64

MOST_SAMPLES = 6000
ALONG_MM = 0.8  # ink must go on so far to both sides of a sample: a crossing line does not
HIT_MM = 0.4  # a line this near to ink lies on it
NEAR_MM = 0.7  # ink this near to a line is that line's
STEPS = 16  # looks to each side


@dataclass(slots=True)
class Samples:
    """Points spread evenly over linework, working mm."""

    points: F64  # (n, 2)
    unit: F64  # (n, 2) direction of the line
    along: F64  # (n,) how far the line surely goes on to both sides: a third of its length


def spread(seg: F64, most: int = MOST_SAMPLES) -> Samples:
    """Spread about `most` points evenly over the length of segments (n, 4)."""
    size = lengths(seg)
    points, row = sample(seg, max(float(size.sum()) / most, 1e-12), most=1_000_000)
    step = max(1, len(points) // (2 * most))
    row = row[::step]
    return Samples(points[::step], directions(seg)[row], size[row] / 3)


class Bed:
    """The ink a drawing is laid on."""

    def __init__(self, picture: Picture, ink: Ink, rng: np.random.Generator) -> None:
        """Prepare masks of different width and a sample of the ink."""
        mask = ink.mask
        self.grey, self.noise = picture.grey, ink.noise
        self.mask, self.px_per_mm = mask, picture.px_per_mm
        self._wide: dict[int, Mask] = {0: mask}
        rows, columns = np.nonzero(mask[::2, ::2])
        self.ink = np.column_stack([columns, rows]).astype(np.float64) * 2  # (m, 2) pixels
        self.some = self.ink[rng.permutation(len(self.ink))[:MOST_SAMPLES]]

    def wide(self, reach: int) -> Mask:
        """The mask grown by `reach` pixels."""
        if reach not in self._wide:
            self._wide[reach] = widened(self.mask, reach)
        return self._wide[reach]

    def across(self, there: F64, normal: F64, along: F64, reach: float) -> tuple[F64, Mask, F64]:
        """Look for ink across lines.

        Args:
            there: (n, 2) samples in pixels.
            normal: (n, 2) unit normals in pixels.
            along: (n,) pixels the line goes on to both sides.
            reach: pixels to look to each side.

        Returns:
            ((n,) offset along the normal to the middle of the nearest ink, (n,) whether there is any, (n,) its width).
        """
        pace = max(0.5, reach / STEPS)
        grown = max(0, round(pace) - 1)
        mask = self.wide(grown)
        offsets = np.arange(-int(reach / pace), int(reach / pace) + 1) * pace
        tangent = np.column_stack([-normal[:, 1], normal[:, 0]])
        tangent = tangent * np.minimum(along, ALONG_MM * self.px_per_mm)[:, None]
        hit = np.ones((len(there), len(offsets)), bool)
        for shift in (0.0, 1.0, -1.0):
            where = there[:, None] + normal[:, None] * offsets[:, None] + (tangent * shift)[:, None]
            source = mask if shift == 0 else self.wide(grown + 1)
            hit &= looked_up(source, where[..., 0], where[..., 1])
        away = np.where(hit, np.abs(offsets), np.inf)
        nearest = away.argmin(1)
        found = np.isfinite(away[np.arange(len(there)), nearest])
        low, high = nearest.copy(), nearest.copy()
        every = np.arange(len(there))
        for _ in range(len(offsets)):
            down = (low > 0) & hit[every, np.maximum(low - 1, 0)]
            up = (high < len(offsets) - 1) & hit[every, np.minimum(high + 1, len(offsets) - 1)]
            low, high = low - down, high + up
            if not (down.any() or up.any()):
                break
        return (offsets[low] + offsets[high]) / 2, found, (high - low + 1) * pace


@dataclass(slots=True)
class Fit:
    """How well lines lie on ink."""

    transform: F64  # 2×3 working mm -> pixels
    there: float  # share of the lines on ink, 0..1
    back: float  # share of the ink on lines or in texts, 0..1
    pen_px: float = 2.0  # median width of the ink across a line
    sigma_px: float = 0.5  # robust deviation of the offsets

    @property
    def score(self) -> float:
        """Symmetric coverage 0..1."""
        return float(np.sqrt(self.there * self.back))


class Layer:
    """Lines of a drawing, laid on a bed."""

    def __init__(self, seg: F64, bed: Bed) -> None:
        """Spread samples over `seg` (n, 4), working mm."""
        self.bed, self.samples = bed, spread(seg)
        self.tree = cKDTree(spread(seg, 10 * MOST_SAMPLES).points)

    def _placed(self, transform: F64) -> tuple[F64, F64, F64]:
        there = map_points(transform, self.samples.points)
        unit = self.samples.unit @ transform[:, :2].T
        zoom = np.maximum(np.linalg.norm(unit, axis=1), 1e-12)
        unit /= zoom[:, None]
        return there, np.column_stack([-unit[:, 1], unit[:, 0]]), self.samples.along * zoom

    def refine(self, transform: F64, first_mm: float, affine: bool = False) -> F64:
        """Fit a similarity (or an affine map), coarse to fine, from `first_mm` of paper on."""
        reach = first_mm * self.bed.px_per_mm
        last = 0.5 * self.bed.px_per_mm
        while True:
            for _ in range(3):
                there, normal, along = self._placed(transform)
                offset, found, _ = self.bed.across(there, normal, along, reach)
                better = _solved(transform, self.samples.points, there, normal, offset, found, affine)
                if better is None:
                    return transform
                moved = float(np.abs(map_points(better, self.samples.points) - there).max())
                transform = better
                if moved < 0.05 * max(1.0, reach / 4):
                    break
            if reach <= last:
                return transform
            reach = max(reach / 2, last)

    def judge(self, transform: F64) -> Fit:
        """Coverage of both sides under a transform."""
        there, normal, along = self._placed(transform)
        offset, found, width = self.bed.across(there, normal, along, HIT_MM * self.bed.px_per_mm)
        h, w = self.bed.mask.shape
        inside = (there[:, 0] >= 0) & (there[:, 1] >= 0) & (there[:, 0] < w) & (there[:, 1] < h)
        share = float(found[inside].mean()) * min(1.0, 2 * float(inside.mean())) if inside.any() else 0.0
        linear = np.vstack([transform, [0, 0, 1]])
        scale = float(np.sqrt(abs(np.linalg.det(linear))))
        if not np.isfinite(scale) or scale <= 0:
            return Fit(transform, 0.0, 0.0)
        back = map_points(np.linalg.inv(linear)[:2], self.bed.some)
        near = NEAR_MM * self.bed.px_per_mm / scale
        distance, _ = self.tree.query(back, distance_upper_bound=near)
        pen = float(np.median(width[found])) if found.any() else 2.0
        sigma = 1.4826 * float(np.median(np.abs(offset[found]))) if found.any() else 0.5
        return Fit(transform, share, float(np.isfinite(distance).mean()), pen, sigma)


def _solved(transform: F64, source: F64, there: F64, normal: F64, offset: F64, found: Mask, affine: bool) -> F64 | None:
    """One trimmed least squares step; None when too little is found to hold the drawing."""
    if found.sum() < 20:
        return None
    centre = source.mean(0)
    scale = max(float(np.abs(source - centre).max()), 1e-9)
    x, y = ((source[found] - centre) / scale).T
    nx, ny = normal[found].T
    if affine:
        matrix = np.column_stack([nx * x, nx * y, ny * x, ny * y, nx, ny])
    else:
        mirrored = np.linalg.det(transform[:, :2]) < 0
        y = -y if mirrored else y
        matrix = np.column_stack([nx * x + ny * y, ny * x - nx * y, nx, ny])
    target = (there[found] * normal[found]).sum(1) + offset[found]
    keep = np.ones(len(target), bool)
    solved = np.zeros(matrix.shape[1])
    for _ in range(4):
        solved, _, rank, _ = np.linalg.lstsq(matrix[keep], target[keep], rcond=1e-9)
        if rank < matrix.shape[1]:
            return None
        rest = np.abs(target - matrix @ solved)
        keep = rest <= max(3.0 * float(np.median(rest)), 0.3)
        if keep.sum() < 20:
            return None
    if affine:
        linear = np.array([[solved[0], solved[1]], [solved[2], solved[3]]]) / scale
        shift = solved[4:]
    else:
        a, b = solved[:2] / scale
        linear = np.array([[a, -b], [b, a]])
        if np.linalg.det(transform[:, :2]) < 0:
            linear = linear * np.array([1.0, -1.0])
        shift = solved[2:]
    return np.column_stack([linear, shift - linear @ centre])
