"""Where a missing thing went: votes of its samples and the surplus ink for one displacement, turned ones too."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates, uniform_filter
from scipy.spatial import cKDTree

from pipeline.comparing.scans.fitting import Bed
from pipeline.comparing.scans.ink import looked_up

LIES_THERE = 0.88  # share of the thing that must lie on ink at its new place
ITS_OWN = 0.4  # share that must lie on surplus ink there
TAKEN, TAKEN_BY_LINE = 0.5, 0.85  # share of the surplus ink touched that a thing explains; that a lone line does
MOST_PATTERN, MOST_INK = 400, 6000
PEAKS = 6
AS_GOOD = 0.1  # of two places that fit so alike the nearer one is meant
ALL_OF_IT = 0.95  # share that must lie on ink where surplus ink does not prove it
HALF_HIDDEN = 0.7  # so much less surplus ink proves a place where all of it lies on ink: it overlaps where it was
AROUND = (-2.0, -1.0, 0.0, 1.0, 2.0)  # pixels about a peak of the votes
IN_PLACE = 4  # pixels a thing turned in place may be off
FEW = 150  # points of a known shape and of a group
BIN = 2.0  # pixels
FINE, FINE_STEP = 1.5, 0.25  # pixels

F32 = NDArray[np.float32]


@dataclass(slots=True)
class Went:
    """A thing found again."""

    delta: tuple[float, float]  # pixels, of the middle of the thing
    points: F32  # (k, 2) the samples at the new place
    lies: float  # share on ink
    degrees: float = 0.0
    mirrored: bool = False


class Tracker:
    """Looks for missing things among surplus ink."""

    def __init__(self, surplus: F32, piece: NDArray, bed: Bed, reach: float, tolerance: float) -> None:
        """Take the surplus pixels (k, 2), the piece of each, the ink, and distances in pixels."""
        self.surplus, self.piece = surplus, piece
        self.ink, self.near, self.reach, self.tolerance = bed.mask, bed.wide(1), reach, tolerance
        self.taken = np.zeros(len(surplus), bool)
        self.size = np.bincount(piece) if len(piece) else np.zeros(0, np.int64)
        self._left: cKDTree | None = None  # of the surplus pixels that nothing has used up

    def moved(self, whole: F32, missing: float = 1.0) -> Went | None:
        """Find samples (m, 2) displaced; `missing`: share of them without ink where they were."""
        return self._best(whole, self.reach, 3 * self.tolerance, min(ITS_OWN, 0.6 * missing))

    def turned(self, whole: F32, missing: float = 1.0) -> Went | None:
        """Find samples (m, 2) turned by right angles or mirrored about their middle, moved by their size at most."""
        middle = (whole.min(0) + whole.max(0)) / 2
        local = whole - middle
        size = float(np.hypot(*np.ptp(whole, axis=0)))
        best: Went | None = None
        for mirrored in (False, True):
            for quarter in range(4):
                if quarter == 0 and not mirrored:
                    continue
                angle = quarter * np.pi / 2
                c, s = round(np.cos(angle)), round(np.sin(angle))
                turned = local * np.array([-1.0 if mirrored else 1.0, 1.0]) @ np.array([[c, s], [-s, c]])
                pattern = (turned + middle).astype(np.float32)
                found = self._best(pattern, 0.75 * size, 0.0, min(ITS_OWN, 0.6 * missing)) or self._in_place(pattern)
                if found is not None and (best is None or found.lies > best.lies + (0.05 if mirrored else 0.0)):
                    best = Went(found.delta, found.points, found.lies, -90.0 * quarter, mirrored)
        return best

    def _best(self, pattern: F32, reach: float, least: float, its_own: float) -> Went | None:
        low, high = pattern.min(0) - reach, pattern.max(0) + reach
        there = ((self.surplus >= low) & (self.surplus <= high)).all(1) & ~self.taken
        ink = self.surplus[there]
        if len(ink) < 8:
            return None
        some = pattern[:: max(1, len(pattern) // MOST_PATTERN)]
        few = ink[:: max(1, len(ink) // MOST_INK)]
        tree = cKDTree(ink)
        places: list[tuple[float, np.ndarray]] = []
        for shift in _peaks(some, few, reach):
            if np.hypot(*shift) < least:
                continue
            near = self._near(some, shift, tree, its_own)
            if near is not None and np.hypot(*near[1]) >= least:
                places.append(near)
        if not places:
            return None
        for _, at in _in_order(places, float(np.ptp(pattern, axis=0).max()) / 2):
            shift = at + self._fine(some + at)
            moved = (pattern + shift).astype(np.float32)
            if self._explains(moved, ink, np.flatnonzero(there)):
                lies = float(looked_up(self.near, moved[:, 0], moved[:, 1]).mean())
                return Went((float(shift[0]), float(shift[1])), moved, lies)
        return None

    def _near(self, some: F32, shift: NDArray, tree: cKDTree, its_own: float) -> tuple[float, NDArray] | None:
        """How well samples lie on surplus ink about a displacement, and the pixel where they do so best."""
        best: tuple[float, NDArray] | None = None
        for dx in AROUND:
            for dy in AROUND:
                moved = some + shift + (dx, dy)
                lies = float(looked_up(self.near, moved[:, 0], moved[:, 1]).mean())
                if lies < LIES_THERE:
                    continue
                distance, _ = tree.query(moved, distance_upper_bound=self.tolerance)
                hit = np.isfinite(distance)
                if hit.mean() < its_own * (HALF_HIDDEN if lies >= ALL_OF_IT else 1.0):
                    continue
                worth = lies + float(hit.mean()) - 0.1 * float(distance[hit].mean()) / self.tolerance
                if best is None or worth > best[0]:
                    best = (worth, shift + (dx, dy))
        return best

    def _in_place(self, pattern: F32) -> Went | None:
        """The thing turned about its middle, where all of it lies on ink, surplus or not (no lone line: many do)."""
        if thin(pattern, self.tolerance):
            return None
        some = pattern[:: max(1, len(pattern) // MOST_PATTERN)]
        best, shift = 0.0, np.zeros(2)
        for dx in np.arange(-IN_PLACE, IN_PLACE + 1):
            for dy in np.arange(-IN_PLACE, IN_PLACE + 1):
                lies = float(looked_up(self.ink, some[:, 0] + dx, some[:, 1] + dy).mean())
                if lies > best:
                    best, shift = lies, np.array([dx, dy])
        moved = (pattern + shift).astype(np.float32)
        lies = float(looked_up(self.near, moved[:, 0], moved[:, 1]).mean())
        return Went((float(shift[0]), float(shift[1])), moved, lies) if lies >= ALL_OF_IT else None

    def like(self, group: F32, shape: F32) -> Went | None:
        """Find a known shape, samples (m, 2), in any quarter turn at surplus pixels (k, 2) that are part of it."""
        middle, size = (shape.min(0) + shape.max(0)) / 2, np.ptp(shape, axis=0)
        place, extent = (group.min(0) + group.max(0)) / 2, np.ptp(group, axis=0)
        few = group[:: max(1, len(group) // FEW)]
        best: Went | None = None
        for quarter in range(4):
            room = (size if quarter % 2 == 0 else size[::-1]) - extent
            if (room < -2 * self.tolerance).any():
                continue
            angle = quarter * np.pi / 2
            c, s = round(np.cos(angle)), round(np.sin(angle))
            pattern = ((shape - middle) @ np.array([[c, s], [-s, c]]) + place).astype(np.float32)
            some = pattern[:: max(1, len(pattern) // FEW)]
            for shift in _peaks(some, few, float(np.abs(room).max()) / 2 + 2 * self.tolerance)[:3]:
                moved = some + shift
                lies = float(looked_up(self.near, moved[:, 0], moved[:, 1]).mean())
                if lies < LIES_THERE or (best is not None and lies <= best.lies):
                    continue
                moved = (pattern + shift + self._fine(moved)).astype(np.float32)
                lies = float(looked_up(self.near, moved[:, 0], moved[:, 1]).mean())
                distance, _ = cKDTree(moved).query(few, distance_upper_bound=self.tolerance)
                own, _ = self.left().query(moved, distance_upper_bound=self.tolerance)
                if np.isfinite(distance).mean() >= LIES_THERE and np.isfinite(own).mean() >= ITS_OWN / 2:
                    best = Went((float(shift[0]), float(shift[1])), moved, lies)
        return best if best is not None and best.lies >= ALL_OF_IT - 0.03 else None

    def left(self) -> cKDTree:
        """Tree of the surplus pixels that nothing has used up."""
        if self._left is None:
            self._left = cKDTree(self.surplus[~self.taken])
        return self._left

    def _fine(self, points: F32) -> NDArray:
        """Shift by parts of a pixel that puts points (k, 2) onto the middle of their ink."""
        low = np.floor(points.min(0)).astype(int) - 8
        high = np.ceil(points.max(0)).astype(int) + 9
        h, w = self.ink.shape
        x0, y0, x1, y1 = max(low[0], 0), max(low[1], 0), min(high[0], w), min(high[1], h)
        if x1 - x0 < 4 or y1 - y0 < 4:
            return np.zeros(2)
        dark = uniform_filter(self.ink[y0:y1, x0:x1].astype(np.float32), 5)
        tried = np.arange(-FINE, FINE + 1e-9, FINE_STEP)
        shifts = np.stack(np.meshgrid(tried, tried), -1).reshape(-1, 2)
        where = points[None] + shifts[:, None] - (x0, y0)
        value = map_coordinates(dark, [where[..., 1].ravel(), where[..., 0].ravel()], order=1, mode="constant")
        worth = value.reshape(len(shifts), -1).mean(1)
        good = worth >= worth.max() - 0.004
        return np.asarray(shifts[good].mean(0))

    def _explains(self, moved: F32, ink: F32, rows: NDArray) -> bool:
        """Whether the thing explains most of every sizeable piece it touches."""
        distance, _ = cKDTree(moved).query(ink, distance_upper_bound=2 * self.tolerance)
        hit = rows[np.isfinite(distance)]
        if not len(hit):
            return False
        touched = np.unique(self.piece[hit])
        mine = np.bincount(self.piece[hit], minlength=len(self.size))[touched]
        least = TAKEN_BY_LINE if thin(moved, self.tolerance) else TAKEN
        return float(mine.sum()) >= least * float(self.size[touched].sum())

    def take(self, went: Went) -> None:
        """Use up the surplus ink at the new place, and crumbs beside it."""
        distance, _ = cKDTree(went.points).query(self.surplus, distance_upper_bound=2.5 * self.tolerance)
        hit = np.isfinite(distance)
        mine = np.bincount(self.piece[hit], minlength=len(self.size))
        self.taken |= hit | (mine >= TAKEN * self.size)[self.piece]
        self._left = None


def _in_order(places: list[tuple[float, NDArray]], apart: float) -> list[tuple[float, NDArray]]:
    """Different places (worth, displacement), the nearest of the good ones first; at one place the best fit only."""
    kept: list[tuple[float, NDArray]] = []
    for worth, at in sorted(places, key=lambda place: -place[0]):
        if all(np.hypot(*(at - other)) > apart for _, other in kept):
            kept.append((worth, at))
    good = [place for place in kept if place[0] >= kept[0][0] - AS_GOOD]
    return sorted(good, key=lambda place: float(np.hypot(*place[1]))) + kept[len(good) :]


def thin(points: F32, tolerance: float) -> bool:
    """Whether points (k, 2) lie on one straight line, or so near that they look like it."""
    across = np.linalg.svd(points - points.mean(0), compute_uv=False)[-1] / np.sqrt(max(len(points), 1))
    return bool(across <= tolerance)


def _peaks(pattern: F32, ink: F32, reach: float) -> list[np.ndarray]:
    """The displacements with most votes."""
    side = int(2 * reach / BIN) + 3
    at = np.rint((ink[None] - pattern[:, None] + reach) / BIN).astype(np.int64).reshape(-1, 2) + 1
    at = at[((at >= 0) & (at < side)).all(1)]
    votes = np.bincount(at[:, 1] * side + at[:, 0], minlength=side * side).reshape(side, side).astype(np.float32)
    votes = uniform_filter(votes, 3)
    found = []
    for _ in range(PEAKS):
        row, column = np.unravel_index(int(votes.argmax()), votes.shape)
        if votes[row, column] <= 0:
            break
        found.append(np.array([column - 1, row - 1], np.float64) * BIN - reach)
        votes[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3] = 0
    return found
