"""What speaks for two rows of two models being one element: names, words, places, overlap, twins."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import numpy as np
from scipy.spatial import cKDTree

from pipeline.comparing.elements import ElementMatch, Elements
from pipeline.comparing.shapes import same_shape
from pipeline.drawing.tables import F64

MOST_CANDIDATES = 24
Pairs = tuple[np.ndarray, np.ndarray, F64]  # old rows, new rows, distance


class Evidence:
    """Two models, which of their rows are still free, and what their rows have in common."""

    def __init__(self, old: Elements, new: Elements, shift: F64) -> None:
        """Start with everything free; `shift` (3,) is added to old places."""
        self.old, self.new, self.shift = old, new, shift
        self.result = ElementMatch(shift=shift)
        self.free = (np.ones(len(old), bool), np.ones(len(new), bool))
        self.shaped = (old.shaped(), new.shaped())
        self.kind = codes_of(lambda e, r: e.kind[r], old, new)
        self.named = codes_of(lambda e, r: (e.kind[r], e.name[r].strip(), e.tag[r].strip()), old, new)
        self.typed = codes_of(lambda e, r: (e.kind[r], e.type_name[r]), old, new)
        self.tagged = codes_of(lambda e, r: (e.kind[r], e.tag[r]) if e.tag[r].strip() else None, old, new)
        self.named_only = codes_of(name_of, old, new)
        self._words: tuple[dict[int, frozenset[Hashable]], dict[int, frozenset[Hashable]]] = ({}, {})

    def apart(self, i: np.ndarray, j: np.ndarray, place: str = "centre") -> F64:
        """Distances of the places (`centre` of the box or `origin` of the placement) of pairs, mm."""
        a, b = getattr(self.old, place)[i], getattr(self.new, place)[j]
        return np.asarray(np.linalg.norm(b - a - self.shift, axis=1))

    def near(self, old: np.ndarray, new: np.ndarray, reach: float) -> Pairs:
        """Pairs of rows at most `reach` apart (the nearest 24 of each old row)."""
        a, b = self.old.centre[old] + self.shift, self.new.centre[new]
        most = min(MOST_CANDIDATES, len(new))
        away, at = cKDTree(b).query(a, k=most, distance_upper_bound=reach * (1 + 1e-9) + 1e-9)
        away, at = away.reshape(len(old), -1), at.reshape(len(old), -1)
        row, column = np.nonzero(at < len(new))
        return old[row], new[at[row, column]], away[row, column]

    def words(self, side: int, row: int) -> frozenset[Hashable]:
        """Every text in the property sets, type and materials of a row (numbers change with the units)."""
        known = self._words[side]
        if row not in known:
            table = (self.old, self.new)[side].drawing.elements
            said: set[Hashable] = {
                (name, key, value)
                for name, one in table.properties[row].items()
                for key, value in one.items()
                if isinstance(value, str)
            }
            said.update(("material", one) for one in table.materials[row])
            known[row] = frozenset(said | ({("type", table.type_name[row])} if table.type_name[row] else set()))
        return known[row]

    def agreement(self, i: int, j: int) -> float:
        """How well two rows agree in what is said of them: 1 all, -1 nothing in common; names count double."""
        one, two = self.words(0, i), self.words(1, j)
        most = max(len(one), len(two))
        said = 2.0 * len(one & two) / most - 1.0 if most else 0.0
        named = 1.0 if self.named[0][i] == self.named[1][j] else -1.0
        a = int(self.old.drawing.elements.container[i])
        b = int(self.new.drawing.elements.container[j])
        hung = 0.2 if a >= 0 and self.result.pairs.get(a, -2) == b else 0.0
        return said + 2.0 * named - 2.0 + hung

    def nearest_twin(self, i: int, j: int, away: float) -> bool | None:
        """Whether no twin that stayed is nearer to either place than `away`; None when there is no twin."""
        lone: bool | None = None
        for side, elements, row, place in (
            (0, self.old, i, self.new.centre[j] - self.shift),
            (1, self.new, j, self.old.centre[i] + self.shift),
        ):
            kept = (self.kind[side] == self.kind[side][row]) & ~self.free[side]
            rows = np.flatnonzero(kept)
            rows = rows[
                same_shape(elements.shape[rows], np.broadcast_to(elements.shape[row], elements.shape[rows].shape))
            ]
            if len(rows):
                nearest = float(np.linalg.norm(elements.centre[rows] - place, axis=1).min())
                lone = (lone is not False) and nearest >= away
        return lone

    def only(self, i: np.ndarray, j: np.ndarray, away: F64 | None = None) -> np.ndarray:
        """Whether both rows are the only ones of a name (and tag) in their models."""
        one, two = self.named_only[0][i], self.named_only[1][j]
        size = int(max(self.named_only[0].max(initial=-1), self.named_only[1].max(initial=-1))) + 2
        counts = [np.bincount(column[column >= 0], minlength=size) for column in self.named_only]
        return np.asarray((one == two) & (one >= 0) & (counts[0][one] == 1) & (counts[1][two] == 1))

    def overlap(self, i: np.ndarray, j: np.ndarray) -> F64:
        """Volume the boxes share over the volume they fill together (thin sides counted as 100 mm)."""
        a, b = self.old.box[i] + np.tile(self.shift, 2), self.new.box[j]
        low, high = np.maximum(a[:, :3], b[:, :3]), np.minimum(a[:, 3:], b[:, 3:])
        shared = np.where((high >= low).all(1), np.maximum(high - low, 100.0).prod(1), 0.0)
        both = sum(np.maximum(box[:, 3:] - box[:, :3], 100.0).prod(1) for box in (a, b))
        return np.asarray(np.nan_to_num(shared / np.maximum(both - shared, 1.0)))


def name_of(elements: Elements, row: int) -> Hashable:
    """Return class, name and tag of a row, None when it has neither name nor tag."""
    name, tag = elements.name[row].strip(), elements.tag[row].strip()
    return (elements.kind[row], name, tag) if name or tag else None


def codes_of(key: Callable[[Elements, int], Hashable], old: Elements, new: Elements) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of equal keys over both models, -1 for None."""
    known: dict[Hashable, int] = {None: -1}
    sides = []
    for elements in (old, new):
        column = [known.setdefault(key(elements, row), len(known) - 1) for row in range(len(elements))]
        sides.append(np.array(column, np.int64))
    return sides[0], sides[1]
