"""Which IFC element of the old model is which of the new one, without trusting GlobalIds.

GlobalIds are used only where enough of them survived, and only where place, shape, class or name agree. The others
are matched in stages: same place and shape, the whole by its parts, same name at the same place, same shape elsewhere
(moved), same name with another shape. A move is told only where the thing is nearer to its old place than any other
of its kind; otherwise it is told as removed and added, which may be one thing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable

import numpy as np

from pipeline.comparing.element_evidence import Evidence, Pairs, codes_of, name_of
from pipeline.comparing.elements import SAME_PLACE_MM, ElementMatch, Elements
from pipeline.comparing.shapes import same_shape, turned_shape
from pipeline.drawing.tables import F64

FAR_MOVE_MM = 8000.0
STEADY_GUIDS = 0.7  # share from which a new GlobalId means a new thing, unless it lies in place
TRUSTED_GUIDS = 0.3  # share of common GlobalIds from which they are believed
LEAST_IN_PLACE = 0.2  # below this share in place a common shift of the whole model is looked for
LEAST_OVERLAP = 0.3  # of the boxes (shared / united) of one thing with another shape
IN_PLACE = ("properties", "place", "place and name", "guid")


class Matcher(Evidence):
    """Stage by stage assignment of the rows that are still free."""

    def take(self, i: int, j: int, how: str) -> None:
        """Fix a pair."""
        self.result.pairs[i] = j
        self.result.how[i] = how
        self.free[0][i] = False
        self.free[1][j] = False

    def accept(self, pairs: Pairs, how: str, rank: np.ndarray | None = None) -> bool:
        """Fix pairs whose rows are both free, the best rank (else the nearest) first; whether any was."""
        order = np.lexsort((pairs[1], pairs[0], pairs[2], pairs[2] if rank is None else rank))
        before = len(self.result.pairs)
        for i, j in zip(pairs[0][order].tolist(), pairs[1][order].tolist(), strict=True):
            if self.free[0][i] and self.free[1][j]:
                self.take(i, j, how)
        return len(self.result.pairs) > before

    # --- GlobalIds ---

    def read_guids(self) -> Pairs:
        """Pairs of equal GlobalIds with the distance of their places; the share that stands on one thing is noted."""
        counts = Counter(self.new.guid)
        where = {guid: j for j, guid in enumerate(self.new.guid) if guid and counts[guid] == 1}
        own = Counter(self.old.guid)
        common = [(i, where[guid]) for i, guid in enumerate(self.old.guid) if guid in where and own[guid] == 1]
        rows = np.array(common, np.int64).reshape(-1, 2)
        i, j, away = rows[:, 0], rows[:, 1], self.apart(rows[:, 0], rows[:, 1])
        near = ~(np.minimum(away, self.apart(i, j, "origin")) > SAME_PLACE_MM)
        one = (self.named[0][i] == self.named[1][j]) | near | same_shape(self.old.shape[i], self.new.shape[j])
        kept = int((one & (self.kind[0][i] == self.kind[1][j])).sum())
        least = min(len(self.old), len(self.new))
        self.result.guid_share = kept / least if least else 0.0
        return i, j, away

    def steady(self) -> bool:
        """Whether a new GlobalId means a new thing."""
        return self.result.guid_share >= STEADY_GUIDS

    def by_guid(self, common: Pairs, in_place: bool) -> None:
        """Equal GlobalIds, when enough are common: first those that lie where they did, later those that went."""
        if self.result.guid_share <= TRUSTED_GUIDS:
            return
        i, j, away = common
        alike = same_shape(self.old.shape[i], self.new.shape[j])
        kind = self.kind[0][i] == self.kind[1][j]
        near = ~np.isfinite(away) | (away <= SAME_PLACE_MM)
        if in_place:
            good = alike & near & kind
        else:
            named = self.named[0][i] == self.named[1][j]
            origin = self.apart(i, j, "origin") <= SAME_PLACE_MM
            good = (kind | (alike & self.shaped[0][i])) & (alike | named | near | origin)
            good |= kind & (self.steady() | (self.named_only[0][i] == self.named_only[1][j]))
        self.accept((i[good], j[good], away[good]), "guid")

    def note_reused(self, common: Pairs) -> None:
        """Remember GlobalIds that stand on another thing in the new model."""
        if self.result.guid_share > TRUSTED_GUIDS:
            for i, j in zip(common[0].tolist(), common[1].tolist(), strict=True):
                if self.result.pairs.get(i) != j:
                    self.result.reused[i] = j

    # --- place ---

    def in_place(self, how: str, key: tuple[np.ndarray, np.ndarray], keep: np.ndarray | None = None) -> None:
        """Shaped rows with equal keys, places and shapes; where several lie in one place, properties decide.

        Args:
            how: name of the stage.
            key: codes of old and new rows that must be equal.
            keep: (old,) rows that may be matched now.
        """
        old = np.flatnonzero(self.free[0] & self.shaped[0] & (True if keep is None else keep))
        new = np.flatnonzero(self.free[1] & self.shaped[1])
        while len(old) and len(new):
            i, j, away = self.near(old, new, SAME_PLACE_MM)
            good = (key[0][i] == key[1][j]) & same_shape(self.old.shape[i], self.new.shape[j])
            i, j, away = i[good], j[good], away[good]
            crowded = (np.bincount(i, minlength=len(self.old))[i] > 1) | (
                np.bincount(j, minlength=len(self.new))[j] > 1
            )
            rank = np.zeros(len(i))
            for k in np.flatnonzero(crowded).tolist():
                rank[k] = -self.agreement(int(i[k]), int(j[k]))
            if not self.accept((i, j, away), how, rank):
                return
            old, new = old[self.free[0][old]], new[self.free[1][new]]

    def by_parts(self) -> None:
        """Wholes without a shape (assemblies, curtain walls, storeys) by the matched parts they are made of."""
        while self._parts_round():
            pass  # the whole of wholes

    def _parts_round(self) -> bool:
        before = len(self.result.pairs)
        votes: Counter[tuple[int, int]] = Counter()
        above_old, above_new = self.old.drawing.elements.container, self.new.drawing.elements.container
        for i, j in self.result.pairs.items():
            a, b = int(above_old[i]), int(above_new[j])
            if a >= 0 and b >= 0 and self.free[0][a] and self.free[1][b] and self.kind[0][a] == self.kind[1][b]:
                votes[a, b] += 1
        total = Counter(a for a, _ in votes.elements())
        for (a, b), count in sorted(votes.items(), key=lambda item: (-item[1], item[0])):
            if 2 * count > total[a] and self.free[0][a] and self.free[1][b] and not self.shaped[0][a]:
                self.take(a, b, "parts")
        return len(self.result.pairs) > before

    def described(self, floats: bool) -> tuple[np.ndarray, np.ndarray]:
        """Codes of all that is said of the rows without a shape that are still free, -1 for the others.

        Args:
            floats: whether numbers that may hang on the units of the file count.
        """

        def said(elements: Elements, row: int) -> Hashable:
            side = 0 if elements is self.old else 1
            if not self.free[side][row] or self.shaped[side][row]:
                return None
            table = elements.drawing.elements
            sets = {**table.properties[row], **table.quantities[row]}
            numbers = [
                (name, key, f"{value:.4g}")
                for name, one in sets.items()
                for key, value in one.items()
                if isinstance(value, int) or (floats and isinstance(value, float))
            ]
            return (int(self.named[side][row]), self.words(side, row), frozenset(numbers))

        return codes_of(said, self.old, self.new)

    # --- elsewhere ---

    def stage(
        self,
        how: str,
        key: tuple[np.ndarray, np.ndarray],
        reach: float,
        good: Callable[[np.ndarray, np.ndarray, F64], np.ndarray],
    ) -> None:
        """Match free rows with equal keys whose places are at most `reach` apart, the nearest first.

        Args:
            how: name of the stage.
            key: codes of old and new rows that must be equal; -1 is none.
            reach: farthest distance of the places, mm.
            good: (old rows, new rows, distances) -> which pairs may be one thing.
        """
        while True:
            i, j, away = self._grouped(key, reach)
            keep = good(i, j, away) if len(i) else np.zeros(0, bool)
            if not self.accept((i[keep], j[keep], away[keep]), how):
                return

    def alike(self, i: np.ndarray, j: np.ndarray, away: F64) -> np.ndarray:
        """Whether the shapes are equal."""
        return same_shape(self.old.shape[i], self.new.shape[j])

    def went(self, i: np.ndarray, j: np.ndarray, away: F64) -> np.ndarray:
        """Whether things of equal shape can be one that moved: no other of their kind that stayed is nearer."""
        keep = self.alike(i, j, away) & np.isfinite(away)
        for k in np.flatnonzero(keep).tolist():
            a, b = int(i[k]), int(j[k])
            lone = self.nearest_twin(a, b, float(away[k]))
            if lone is not None:  # it has twins
                keep[k] = lone and self.agreement(a, b) > -0.5
                if not keep[k]:
                    self.result.perhaps.setdefault(a, b)
                else:
                    self.result.unsure.add(a)
        return keep

    def at_origin(self, i: np.ndarray, j: np.ndarray, away: F64) -> np.ndarray:
        """Whether things of one name stand on one placement: the only ones of that name, or their boxes overlap."""
        stands = self.apart(i, j, "origin") <= SAME_PLACE_MM
        shapeless = ~self.shaped[0][i] | ~self.shaped[1][j]
        return np.asarray(stands & (shapeless | self.only(i, j) | (self.overlap(i, j) >= LEAST_OVERLAP)))

    def nearby(self, i: np.ndarray, j: np.ndarray, away: F64) -> np.ndarray:
        """Whether things of one name but another shape can be one: the only ones of that name, or overlapping."""
        return np.asarray(self.only(i, j) | (self.overlap(i, j) >= LEAST_OVERLAP))

    def overlaps(self, i: np.ndarray, j: np.ndarray, away: F64) -> np.ndarray:
        """Whether two boxes have much in common; things without a shape stand in one place."""
        neither = ~self.shaped[0][i] & ~self.shaped[1][j]
        return np.where(neither, away <= SAME_PLACE_MM, self.overlap(i, j) >= LEAST_OVERLAP)

    def turned(self, i: np.ndarray, j: np.ndarray, away: F64) -> np.ndarray:
        """Whether things can be one that was turned where it stands."""
        stands = (self.apart(i, j, "origin") <= SAME_PLACE_MM) | (self.overlap(i, j) > 0.0)
        other = ~self.alike(i, j, away)
        return np.asarray(other & turned_shape(self.old.shape[i], self.new.shape[j]) & stands)

    def _grouped(self, key: tuple[np.ndarray, np.ndarray], reach: float) -> Pairs:
        """Pairs of free rows with equal keys at most `reach` apart; those without a place in order."""
        found: list[Pairs] = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
        olds, news = (_groups(np.flatnonzero(self.free[s] & (key[s] >= 0)), key[s]) for s in (0, 1))
        for value, rows in olds.items():
            others = news.get(value)
            if others is None:
                continue
            placed_old, placed_new = (
                np.isfinite(e.centre[r]).all(1) for e, r in ((self.old, rows), (self.new, others))
            )
            if placed_old.any() and placed_new.any():
                found.append(self.near(rows[placed_old], others[placed_new], reach))
            one, two = rows[~placed_old], others[~placed_new]
            if len(one) and len(two):
                count = min(len(one), len(two))
                one, two = self._said(0, one)[:count], self._said(1, two)[:count]
                found.append((one, two, np.zeros(count)))
        i, j, away = (np.concatenate(column) for column in zip(*found, strict=True))
        return i, j, away

    def _said(self, side: int, rows: np.ndarray) -> np.ndarray:
        """Rows in the order of their properties, which is the same in both models whatever their units."""
        elements = (self.old, self.new)[side]
        sets = elements.drawing.elements.properties
        return np.array(sorted(rows.tolist(), key=lambda r: (sorted(map(str, self.words(side, r))), str(sets[r]))))


def _groups(rows: np.ndarray, codes: np.ndarray) -> dict[int, np.ndarray]:
    """Rows by their code."""
    if not len(rows):
        return {}
    order = np.argsort(codes[rows], kind="stable")
    values, first = np.unique(codes[rows][order], return_index=True)
    return dict(zip(values.tolist(), np.split(rows[order], first[1:]), strict=True))


def match_elements(old: Elements, new: Elements) -> ElementMatch:
    """Match the elements of two models.

    Returns:
        ElementMatch; when hardly anything lies in place, the whole model is tried with a common shift.
    """
    matched = _run(old, new, np.zeros(3))
    in_place = sum(1 for how in matched.how.values() if how in IN_PLACE)
    if in_place < LEAST_IN_PLACE * max(1, min(len(old), len(new))):
        shift = _common_shift(old, new)
        if shift is not None:
            shifted = _run(old, new, shift)
            better = sum(1 for how in shifted.how.values() if how.startswith("place")) > in_place
            if len(shifted.pairs) > len(matched.pairs) or better:
                return shifted
    return matched


def _run(old: Elements, new: Elements, shift: F64) -> ElementMatch:
    """All stages once."""
    m = Matcher(old, new, shift)
    common = m.read_guids()
    m.by_guid(common, in_place=True)
    believed = np.ones(len(old), bool)
    if m.steady():  # who kept GlobalId and name is looked for by them, wherever it went
        same = m.named[0][common[0]] == m.named[1][common[1]]
        believed[common[0][same]] = False
    m.in_place("place and name", m.named, believed)
    m.by_guid(common, in_place=False)
    m.in_place("place", m.kind)
    m.stage("place and name", m.named, SAME_PLACE_MM, lambda i, j, d: ~m.shaped[0][i] & m.only(i, j, d))
    m.by_parts()
    for floats in (True, False):
        m.stage("properties", m.described(floats), SAME_PLACE_MM, m.alike)
    m.stage("place and name", m.named, SAME_PLACE_MM, lambda i, j, d: ~m.shaped[0][i] & ~m.shaped[1][j])
    m.stage("name at the same place", m.named_only, np.inf, m.at_origin)
    m.stage("tag", m.tagged, np.inf, lambda i, j, d: m.alike(i, j, d) & m.only(i, j, d))
    if not m.steady():  # else what moved was matched by its GlobalId
        m.stage("name and shape, moved", m.named, FAR_MOVE_MM, m.went)
        m.stage("shape and type, moved", m.typed, FAR_MOVE_MM / 2, m.went)
    m.stage("turned", m.named, FAR_MOVE_MM, m.turned)
    m.stage("name nearby", m.named_only, FAR_MOVE_MM, m.nearby)
    m.in_place("place, another class", (np.zeros(len(old), np.int64), np.zeros(len(new), np.int64)))
    m.stage("tag, another shape", m.tagged, np.inf, m.only)
    m.stage("class and place", m.typed, FAR_MOVE_MM / 4, m.overlaps)
    m.note_reused(common)
    result = m.result
    result.removed = [int(i) for i in np.flatnonzero(m.free[0])]
    result.added = [int(j) for j in np.flatnonzero(m.free[1])]
    gone, come = set(result.removed), set(result.added)
    result.perhaps = {i: j for i, j in result.perhaps.items() if i in gone and j in come}
    result.unsure &= {i for i, how in result.how.items() if how.endswith("moved")}
    return result


def _common_shift(old: Elements, new: Elements) -> F64 | None:
    """The displacement (3,) most unique (class, name, tag) pairs share, or None."""
    codes = codes_of(name_of, old, new)
    rows = []
    for side, elements in ((0, old), (1, new)):
        own = np.flatnonzero((codes[side] >= 0) & np.isfinite(elements.centre).all(1))
        values, first, count = np.unique(codes[side][own], return_index=True, return_counts=True)
        rows.append(dict(zip(values[count == 1].tolist(), own[first[count == 1]].tolist(), strict=True)))
    keys = sorted(set(rows[0]) & set(rows[1]))
    if len(keys) < 3:
        return None
    delta = new.centre[[rows[1][key] for key in keys]] - old.centre[[rows[0][key] for key in keys]]
    cell = np.round(delta / 10.0).astype(np.int64)
    _, inverse, count = np.unique(cell, axis=0, return_inverse=True, return_counts=True)
    best = int(count.argmax())
    if count[best] < max(3, 0.3 * len(keys)):
        return None
    return np.asarray(np.median(delta[inverse.ravel() == best], axis=0))
