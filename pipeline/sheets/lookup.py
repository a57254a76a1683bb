"""Which words of a sheet stand in a cell, right of a label or below it: sorted columns instead of walks over all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.sheets.places import Box
from pipeline.sheets.words import Word

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
RIGHT_MM = 90.0  # how far right of its label a value may begin where no lines make cells
DROP_MM = 25.0  # how far below
ROUNDING = 1e-6  # mm, by which a preselection is wider than what it selects for


class Standing:
    """Words of a sheet as columns, in sheet millimetres; every answer keeps their order."""

    def __init__(self, words: Sequence[Word]):
        self.words = words
        table = np.array([(w.x0, w.y0, w.x1, w.y1, w.height) for w in words], dtype=np.float64).reshape(-1, 5)
        self.x0, self.y0, self.x1, self.y1, self.height = table.T.copy()
        self.middle_x, self.middle_y = (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2
        self.within_x = np.minimum(self.middle_x, self.x0 + 2 * self.height)  # a value may run out of its cell
        self._order = np.argsort(self.middle_y, kind="stable")
        self._sorted = self.middle_y[self._order]
        self.tallest = float((self.y1 - self.y0).max(initial=0.0))
        self._row = {id(word): i for i, word in enumerate(words)}

    def __len__(self) -> int:
        return len(self.words)

    def _level(self, low: float, high: float) -> I64:
        """Return the rows whose middles lie between two heights, in their order."""
        first, last = np.searchsorted(self._sorted, [low - ROUNDING, high + ROUNDING])
        return np.sort(self._order[first:last])

    def inside(self, cell: Box) -> list[Word]:
        """Return the words whose middle lies in a cell (a value may run over the right edge of its cell)."""
        rows = self._level(cell[1], cell[3])
        x, y = self.within_x[rows], self.middle_y[rows]
        there = (cell[0] <= x) & (x <= cell[2]) & (cell[1] <= y) & (y <= cell[3])
        return [self.words[i] for i in rows[there].tolist()]

    def nearest_right(self, label: Word) -> tuple[float, Word] | None:
        """Return how far right of a label the nearest word begins, and the first such; the label itself is none."""
        height = label.y1 - label.y0
        rows = self._others(self._around(label.middle[1], 0.9 * height), label)
        rows = rows[self._right(label, height, rows)]
        return self._first(self.x0[rows] - label.x1, rows)

    def nearest_below(self, label: Word, labels: Standing) -> tuple[float, Word] | None:
        """Return how far below a label the nearest word ends that has no label of its own left of it."""
        reach = DROP_MM + self.tallest / 2
        rows = self._others(self._level(label.y0 - reach, label.y0 + 0.3 * label.height), label)
        gap = label.y0 - self.y1[rows]
        under = (-0.3 * label.height <= gap) & (gap <= DROP_MM)
        under &= (self.x0[rows] < label.x1 + 15.0) & (self.x1[rows] > label.x0)
        free = [i for i in rows[under].tolist() if not labels.right_label(self.words[i], label)]
        rows = np.array(free, dtype=np.int64)
        return self._first(label.y0 - self.y1[rows], rows)

    def right_label(self, word: Word, but: Word) -> bool:
        """Return whether a word stands right of one of these labels (`but` is left out)."""
        heights = self.y1 - self.y0
        reach = max(0.9 * self.tallest, 0.75 * (word.y1 - word.y0))
        rows = self._others(self._level(word.middle[1] - reach, word.middle[1] + reach), but)
        gap, height = word.x0 - self.x1[rows], heights[rows]
        level = np.abs(word.middle[1] - self.middle_y[rows])
        return bool(_beside(gap, level, height, word.y1 - word.y0).any())

    def next_line(self, last: Word) -> Word | None:
        """Return the first word right below another in the same hand, None without one."""
        reach = 1.2 * last.height + self.tallest / 2
        rows = self._level(last.y0 - reach, last.y0)
        gap = last.y0 - self.y1[rows]
        same = (gap >= 0) & (gap <= 1.2 * last.height)
        same &= np.abs(self.height[rows] - last.height) < 0.05 * last.height
        left, middle = np.abs(self.x0[rows] - last.x0), np.abs(self.middle_x[rows] - last.middle[0])
        found = rows[same & ((left < last.height) | (middle < last.height))]
        return self.words[int(found[0])] if len(found) else None

    def _around(self, y: float, least: float) -> I64:
        reach = max(least, 0.75 * self.tallest)
        return self._level(y - reach, y + reach)

    def _right(self, label: Word, height: float, rows: I64) -> NDArray[np.bool_]:
        gap = self.x0[rows] - label.x1
        level = np.abs(self.middle_y[rows] - label.middle[1])
        return _beside(gap, level, height, self.y1[rows] - self.y0[rows])

    def _others(self, rows: I64, word: Word) -> I64:
        row = self._row.get(id(word))
        return rows if row is None else rows[rows != row]

    def _first(self, away: F64, rows: I64) -> tuple[float, Word] | None:
        if not len(rows):
            return None
        best = int(np.argmin(away))
        return float(away[best]), self.words[int(rows[best])]


def _beside(gap: F64, level: F64, height: F64 | float, own: F64 | float) -> NDArray[np.bool_]:
    """Return whether words stand right of labels: how far right and how far off their line, heights of both."""
    return (-0.5 * height <= gap) & (gap <= RIGHT_MM) & (level <= np.maximum(0.9 * height, 0.75 * own))


def linked(words: Sequence[Word], reach_mm: float) -> I64:
    """Return (n,) which group each word is of: words nearer than `reach_mm` in both directions are of one group."""
    group = np.full(len(words), -1, np.int64)
    places = np.array([w.middle for w in words], dtype=np.float64).reshape(-1, 2)
    left = np.arange(len(words))
    count = 0
    while len(left):
        front, left = [int(left[0])], left[1:]
        group[front] = count
        while front:
            near = (np.abs(places[left] - places[front.pop()]) < reach_mm).all(axis=1)
            found, left = left[near], left[~near]
            group[found] = count
            front.extend(found.tolist())
        count += 1
    return group
