"""By which point a text stays where it is when its font changes, learned from the texts that did not move.

Another font changes the width of a text and where its letters stand on the base line. The equal texts at equal
places say which end keeps its place on this pair of sheets and how far the others drift for each letter; a moved
text is measured by the same point, less the same drift.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.spatial import cKDTree

from pipeline.comparing.content import TextColumns
from pipeline.drawing.tables import F64

LEAST_SIBLINGS = 3
FIXED = 0.02  # heights: a point that shifts less keeps its place
LIKE_HEIGHT = 0.2  # relative
EMPTY: F64 = np.zeros((0, 3, 2))


def anchors(texts: TextColumns) -> list[F64]:
    """Left end, middle and right end of every text, three (t, 2)."""
    return [texts.origin, texts.centre, texts.end]


def near_pairs(ones: Sequence[F64], others: Sequence[F64], most: int, reach: float) -> list[tuple[float, int, int]]:
    """(distance, row, other row) of things near one another by any of their points, the nearest of which counts.

    Args:
        ones: a point (n, 2) of every thing for each way to measure.
        others: the same points (m, 2), m > 0, of those they may be near.
        most: others looked at by each point.
        reach: distance below which they are near, same unit.
    """
    best: dict[tuple[int, int], float] = {}
    for a, b in zip(ones, others, strict=True):
        distance, rows = cKDTree(b).query(a, k=min(most, len(b)), distance_upper_bound=reach)
        distance, rows = distance.reshape(len(a), -1), rows.reshape(len(a), -1)
        for i, k in zip(*np.nonzero(np.isfinite(distance)), strict=True):
            pair = (int(i), int(rows[i, k]))
            best[pair] = min(best.get(pair, np.inf), float(distance[i, k]))
    return [(distance, i, j) for (i, j), distance in best.items()]


class Drift:
    """How texts that stayed differ in place between two sheets."""

    def __init__(self, old: TextColumns, new: TextColumns, pairs: list[tuple[int, int]]) -> None:
        """Learn from (old, new) rows of equal texts at equal places."""
        self.old, self.new = old, new
        rows = np.array(pairs, np.int64).reshape(-1, 2)
        self.rows = rows
        self.local = self._shifts(rows)
        self.size = self._size(rows)

    def displacement(self, i: int, j: int) -> tuple[float, float]:
        """Displacement (mm) of old text `i` that is now text `j`."""
        row = np.array([[i, j]])
        local, size = self._shifts(row)[0], float(self._size(row)[0])
        height = max(float(self.new.height[j]), 1e-9)
        learned = None
        for like in self._siblings(i, j):
            learned = self._fixed(like) or self._drifting(like, height)
            if learned is not None:
                break
        if learned is None:
            moved = np.median(local, axis=0)
        else:
            best, ratio, like = learned
            rise = float(np.median(self.local[like, best, 1] / self.new.height[self.rows[like, 1]]))
            moved = local[best] - np.array([ratio * size, rise * height])
        turn = float(self.new.rotation[j])
        x = moved[0] * np.cos(turn) - moved[1] * np.sin(turn)
        y = moved[0] * np.sin(turn) + moved[1] * np.cos(turn)
        return float(x), float(y)

    def _fixed(self, like: np.ndarray) -> tuple[int, float, np.ndarray] | None:
        """The point that keeps its place in at least half of some siblings, with no drift."""
        if not len(like):
            return None
        height = self.new.height[self.rows[like, 1]]
        still = (np.abs(self.local[like, :, 0]) <= FIXED * height[:, None]).mean(0)
        return (int(still.argmax()), 0.0, like) if still.max() >= 0.5 else None

    def _drifting(self, like: np.ndarray, height: float) -> tuple[int, float, np.ndarray] | None:
        """The point that drifts most evenly for each letter of some siblings, and how far."""
        if len(like) < LEAST_SIBLINGS:
            return None
        ratio = np.median(self.local[like, :, 0] / self.size[like, None], axis=0)
        rest = np.median(np.abs(self.local[like, :, 0] - ratio * self.size[like, None]), axis=0)
        best = int(np.lexsort((np.abs(ratio), np.round(rest / height, 3)))[0])
        return best, float(ratio[best]), like

    def _shifts(self, rows: np.ndarray) -> F64:
        """(k, 3, 2) shift of the three anchors, along and across the base line."""
        if not len(rows):
            return EMPTY
        pairs = zip(anchors(self.old), anchors(self.new), strict=True)
        shift = np.stack([b[rows[:, 1]] - a[rows[:, 0]] for a, b in pairs], 1)
        turn = self.new.rotation[rows[:, 1]][:, None]
        along = shift[..., 0] * np.cos(turn) + shift[..., 1] * np.sin(turn)
        return np.stack([along, shift[..., 1] * np.cos(turn) - shift[..., 0] * np.sin(turn)], 2)

    def _size(self, rows: np.ndarray) -> F64:
        """(k,) letters times height, mm."""
        letters = np.array([len(self.new.key[j]) for j in rows[:, 1]], np.float64)
        return np.maximum(letters, 1.0) * np.maximum(self.new.height[rows[:, 1]], 1e-9)

    def _siblings(self, i: int, j: int) -> list[np.ndarray]:
        """Rows of `self.rows` by how much they tell about a text: its layer and height, its height, all."""
        height = self.new.height[self.rows[:, 1]]
        like = np.abs(height - self.new.height[j]) <= LIKE_HEIGHT * self.new.height[j]
        layer = like & (self.old.layer[self.rows[:, 0]] == self.old.layer[i])
        return [np.flatnonzero(layer), np.flatnonzero(like), np.arange(len(self.rows))]
