"""Moved, turned and mirrored things: an old thing that lies elsewhere in the new drawing.

A hypothesis (old thing + displacement) must lie in the new drawing, and explain what is free there; so
moves are found even when half of the thing is hidden by other lines or overlaps its old place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.comparing.matching import Side
from pipeline.comparing.objects import Group, make_group
from pipeline.comparing.segments import (
    SegmentIndex,
    directions,
    lengths,
    map_segments,
    merge_collinear,
    midpoints,
    sample,
)
from pipeline.drawing.strokes import ranges
from pipeline.drawing.tables import F64

COVERED = 0.9
EXPLAINED = 0.45
MOST_SEGMENTS = 150
TURNS = ((90, 1), (180, 1), (270, 1), (0, -1), (90, -1), (180, -1), (270, -1))  # degrees, mirror


@dataclass(slots=True)
class Move:
    """An old thing found again at another place or turned."""

    old_pieces: np.ndarray
    new_pieces: np.ndarray
    old_ink: F64
    new_ink: F64
    delta: tuple[float, float]  # new working mm
    degrees: float = 0.0
    mirrored: bool = False
    covered: float = 1.0


class MoveFinder:
    """Searches displacements of old groups among the free pieces of the new side."""

    def __init__(self, old: Side, new: Side, tolerance: float, reach: float) -> None:
        """Prepare; `reach` is the largest displacement looked for (mm), extended for large things."""
        self.old, self.new, self.tolerance, self.reach = old, new, tolerance, reach
        self.old_taken = np.zeros(len(old.free), bool)
        self.new_taken = np.zeros(len(new.free), bool)
        self.old_share, self.new_share = old.free_share(), new.free_share()
        self.free_index = SegmentIndex(new.free, 20 * tolerance)
        touched = np.unique(new.free_object)
        touched = touched[self.new_share[touched] >= 0.25]
        base = new.seg[np.isin(new.obj, touched)]
        parents = new.seg[np.unique(new.free_parent)] if len(new.free) else np.zeros((0, 4))
        self.targets = _voters(np.vstack([base, parents]), tolerance) if len(new.free) else np.zeros((0, 4))
        self.target_length = lengths(self.targets)
        self.order = np.argsort(self.target_length, kind="stable")

    def find(self, groups: list[Group], others: list[Group]) -> list[Move]:
        """Moves of whole groups, then of single objects of groups that did not move as a whole."""
        moves: list[Move] = []
        for group in groups:
            move = self._try(group, others)
            if move is None:
                for part in self._parts(group):
                    single = self._try(part, others)
                    if single is not None:
                        moves.append(self.take(single))
            else:
                moves.append(self.take(move))
        return moves

    def take(self, move: Move) -> Move:
        """Claim the pieces of a move, so that nothing else is made of them."""
        self.old_taken[move.old_pieces] = True
        self.new_taken[move.new_pieces] = True
        return move

    def _parts(self, group: Group) -> list[Group]:
        """The objects of a group as groups of their own, the longest first."""
        objects = self.old.free_object[group.pieces]
        distinct = np.unique(objects)
        if len(distinct) < 2 or len(distinct) > 400:
            return []
        parts = [make_group(self.old, group.pieces[objects == o], self.old_share) for o in distinct]
        return sorted(parts, key=lambda g: (-g.length, g.box))

    def _try(self, group: Group, others: list[Group]) -> Move | None:
        """The best verified displacement of a group, else None."""
        best: tuple[float, Move] | None = None
        size = np.array([group.box[2] - group.box[0], group.box[3] - group.box[1]])
        limit = max(self.reach, 2.0 * float(np.hypot(*size)))
        for delta in self._displacements(group, others, limit):
            found = self._verify(group, group.seg + np.tile(delta, 2), delta)
            if found is None:
                continue
            value = found[0] - 1e-4 * float(np.hypot(*delta)) / limit
            if best is None or value > best[0]:
                best = (value, found[1])
        return best[1] if best else None

    def _displacements(self, group: Group, others: list[Group], limit: float) -> list[F64]:
        """Candidate displacements: votes of equal segments, and boxes of equal size."""
        found: list[F64] = []
        voters = _voters(group.seg, self.tolerance)
        if len(voters) and len(self.targets):
            found += self._votes(voters, limit)
        low = np.array(group.box[:2])
        for other in others:
            same = np.abs(np.array(other.box[2:]) - other.box[:2] - (np.array(group.box[2:]) - low))
            if (same <= 4 * self.tolerance).all():
                found.append(np.array(other.box[:2]) - low)
        least = 3 * self.tolerance
        return [d for d in found if least < np.hypot(*d) <= limit][:12]

    def _votes(self, voters: F64, limit: float) -> list[F64]:
        """The most voted displacements between equal, parallel segments."""
        size = lengths(voters)
        reach = 3 * self.tolerance + 1e-3 * size
        ordered = self.target_length[self.order]
        low, high = np.searchsorted(ordered, size - reach), np.searchsorted(ordered, size + reach)
        count = np.minimum(high - low, 400)
        i = np.repeat(np.arange(len(voters)), count)
        if not len(i):
            return []
        j = self.order[ranges(low, count)]
        a, b = directions(voters)[i], directions(self.targets)[j]
        shift = midpoints(self.targets)[j] - midpoints(voters)[i]
        keep = (np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) < 0.02) & (np.hypot(*shift.T) <= limit)
        shift, weight = shift[keep], size[i[keep]]
        if not len(shift):
            return []
        cell = np.round(shift / (4 * self.tolerance)).astype(np.int64)
        _, inverse = np.unique(cell, axis=0, return_inverse=True)
        inverse = inverse.ravel()
        total = np.bincount(inverse, weight)
        far = np.bincount(inverse, np.hypot(*shift.T)) / np.bincount(inverse)
        top = np.lexsort((far, -np.round(total, 3)))[:8]
        return [np.average(shift[inverse == t], axis=0, weights=weight[inverse == t]) for t in top]

    def _verify(self, group: Group, placed: F64, delta: F64) -> tuple[float, Move] | None:
        """Check a placed copy of the group; returns (explained length, move) or None."""
        reach = 2 * self.tolerance
        spacing = max(4 * self.tolerance, float(lengths(placed).sum()) / 3000)
        covered = self.new.index.covered_share(placed, reach, spacing)
        if covered < COVERED:
            return None
        pieces = self._explained(placed, reach)
        if not len(pieces):
            return None
        explained = float(lengths(self.new.free[pieces]).sum())
        if explained < EXPLAINED * group.length:
            return None
        objects = np.unique(self.new.free_object[pieces])
        whole = np.isin(self.new.free_object, objects) & ~self.new_taken
        rest = float(lengths(self.new.free[whole]).sum())
        if explained < 0.6 * rest:
            return None
        new_ink = self._new_ink(pieces)
        move = Move(group.pieces, pieces, group.ink, new_ink, (float(delta[0]), float(delta[1])), covered=covered)
        return explained, move

    def _new_ink(self, pieces: np.ndarray) -> F64:
        """Whole new objects where they are mostly free, else the pieces."""
        return make_group(self.new, pieces, self.new_share).ink

    def _explained(self, placed: F64, reach: float) -> np.ndarray:
        """Free new pieces, not yet taken, that lie on the placed copy."""
        low, high = placed.reshape(-1, 2).min(0) - reach, placed.reshape(-1, 2).max(0) + reach
        middle = midpoints(self.new.free)
        rows = np.flatnonzero(~self.new_taken & (middle >= low).all(1) & (middle <= high).all(1))
        if not len(rows):
            return rows
        index = SegmentIndex(placed, 20 * self.tolerance)
        points, owner = sample(self.new.free[rows], max(4 * self.tolerance, 1e-9), most=60)
        hits = index.query(points, directions(self.new.free[rows])[owner], reach)
        share = np.bincount(owner, hits.distance <= reach, minlength=len(rows)) / np.bincount(owner)
        return rows[share >= 0.8]

    def turned(self, group: Group, centre: F64) -> Move | None:
        """The old group found turned or mirrored with its middle at `centre`, else None."""
        old_box = np.array(group.box)
        old_centre = (old_box[:2] + old_box[2:]) / 2
        for degrees, mirror in TURNS:
            angle = np.radians(degrees)
            linear = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
            linear = linear @ np.diag([1.0, float(mirror)])
            transform = np.column_stack([linear, centre - linear @ old_centre])
            found = self._verify(group, map_segments(transform, group.seg), centre - old_centre)
            if found is not None:
                found[1].degrees, found[1].mirrored = float(degrees), mirror < 0
                return found[1]
        return None


def _voters(seg: F64, tolerance: float) -> F64:
    """The longest segments, as drawn and with collinear pieces joined."""
    both = np.vstack([seg, merge_collinear(seg, tolerance)])
    size = lengths(both)
    both = both[size > 4 * tolerance]
    return both[np.argsort(-lengths(both), kind="stable")[: MOST_SEGMENTS * 20]] if len(both) else both
