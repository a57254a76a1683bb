"""Texts as anchors: equal rare texts of both sides propose transforms and say which of several is meant."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from pipeline.comparing.content import TextColumns
from pipeline.comparing.segments import map_points, scale_of, similarity_between
from pipeline.drawing.tables import F64

MOST_ANCHORS = 80  # pairs of places that are tried with one another
MOST_OFTEN = 4  # old occurrences × new occurrences of a text that anchors
MOST_VOICES = 600  # texts that are asked whether they lie on an equal one
MOST_EQUAL = 8  # occurrences on the new side of a text that is asked
ANCHORS = 2  # transforms proposed
LEAST_ANCHORS = 3
DECISIVE = 3  # texts
NEAR = 0.01  # of the diagonal: a text lies on its anchor


class TextAnchors:
    """Equal texts of two sheets: axis bubbles, room names, numbers of doors, titles."""

    def __init__(self, old: TextColumns, new: TextColumns, diagonal: float) -> None:
        """Find the texts both sides have; `diagonal` is that of the new sheet, working mm."""
        self.old, self.new, self.diagonal = old, new, diagonal
        self.places: dict[str, list[int]] = defaultdict(list)
        for row, key in enumerate(new.key):
            self.places[key].append(row)
        self.often = Counter(key for key in old.key if key in self.places)
        rows = [row for row, key in enumerate(old.key) if key in self.often and len(self.places[key]) <= MOST_EQUAL]
        rows.sort(key=lambda row: (len(self.places[old.key[row]]) * self.often[old.key[row]], row))
        self.voices = np.array(rows[:MOST_VOICES], np.int64)
        partners = [self.places[old.key[row]] for row in self.voices]
        self.count = np.array([len(found) for found in partners], np.int64)
        self.partner = np.array([row for found in partners for row in found], np.int64)

    def agreeing(self, transform: F64) -> np.ndarray:
        """Which of `voices` come to lie on an equal text, bool."""
        if not len(self.voices):
            return np.zeros(0, bool)
        mapped = map_points(transform, self.old.centre[self.voices])
        reach = np.maximum(self.old.height[self.voices] * scale_of(transform) * 2, 2e-3 * self.diagonal)
        apart = np.linalg.norm(np.repeat(mapped, self.count, axis=0) - self.new.centre[self.partner], axis=1)
        least = np.minimum.reduceat(apart, np.cumsum(self.count) - self.count)
        return least <= reach

    def agreement(self, transform: F64) -> float:
        """Share 0..1 of the texts of both sides that come to lie on an equal one; 0 without such texts."""
        return float(self.agreeing(transform).mean()) if len(self.voices) else 0.0

    def decide(self, one: F64, other: F64) -> bool:
        """Whether the texts that tell two places apart speak for the one: three more, and three to one."""
        here, there = self.agreeing(one), self.agreeing(other)
        gain, loss = int((here & ~there).sum()), int((there & ~here).sum())
        return gain - loss >= DECISIVE and gain >= DECISIVE * loss

    def candidates(self, before: F64) -> list[F64]:
        """Similarities on which most places of rare equal texts agree.

        Args:
            before: mirror or identity (2, 3), applied to the old side first.

        Returns:
            At most ANCHORS clearly different transforms (2, 3), without `before`, best first.
        """
        rows = self._rare()
        if len(rows) < LEAST_ANCHORS:
            return []
        old, new = rows.T
        p = map_points(before, self.old.centre[old]) @ np.array([1, 1j])
        q = self.new.centre[new] @ np.array([1, 1j])
        i, j = np.triu_indices(len(rows), 1)
        far = (np.abs(q[i] - q[j]) > 0.1 * self.diagonal) & (np.abs(p[i] - p[j]) > 0)
        i, j = i[far], j[far]
        if not len(i):
            return []
        turn = (q[j] - q[i]) / (p[j] - p[i])
        shift = q[i] - turn * p[i]
        agree = np.abs(turn[:, None] * p + shift[:, None] - q) < NEAR * self.diagonal
        found: list[F64] = []
        for _ in range(ANCHORS):
            votes = agree.sum(1)
            best = int(votes.argmax())
            if votes[best] < LEAST_ANCHORS:
                break
            said = rows[agree[best]]
            found.append(
                similarity_between(map_points(before, self.old.centre[said[:, 0]]), self.new.centre[said[:, 1]])
            )
            mine = agree[best]
            agree[(agree & mine).sum(1) * 2 > agree.sum(1)] = False  # what says the same
        return found

    def _rare(self) -> np.ndarray:
        """(k, 2) rows (old, new) of equal texts that occur once or a few times, the rarest first."""
        by_key: dict[str, list[int]] = defaultdict(list)
        for row, key in enumerate(self.old.key):
            if key in self.often and self.often[key] * len(self.places[key]) <= MOST_OFTEN:
                by_key[key].append(row)
        order = sorted(by_key, key=lambda key: (len(by_key[key]) * len(self.places[key]), -len(key), key))
        pairs = [(i, j) for key in order for i in by_key[key] for j in self.places[key]]
        return np.array(pairs[:MOST_ANCHORS], np.int64).reshape(-1, 2)
