"""Moved, turned and mirrored things: an old thing that lies elsewhere in the new drawing.

A hypothesis (old thing + displacement) must lie in the new drawing, and explain what is free there; so
moves are found even when half of the thing is hidden by other lines or overlaps its old place. Where several
equal things moved, the nearest pairs are told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree

from pipeline.comparing.boxes import extent
from pipeline.comparing.displacements import Targets, sharpened
from pipeline.comparing.matching import Side
from pipeline.comparing.objects import Group, group_pieces, make_group
from pipeline.comparing.segments import SegmentIndex, directions, lengths, map_segments, midpoints, sample
from pipeline.drawing.strokes import ranges
from pipeline.drawing.tables import F64

COVERED = 0.9
EXPLAINED = 0.45
EQUAL_LENGTH = 0.95  # things whose lengths differ by less are taken up together, the nearest pairs first
MOSTLY = 0.6  # of the free length of the objects it touches that a move must explain
NEARLY = 0.15  # what a plain move may explain less than a turned one
MOST_PARTS = 400  # objects of one group tried one by one
LEAST_TURNED = 3  # segments of a thing that can be seen to be turned
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

    def reversed(self) -> Move:
        """The same move told from the new side."""
        back = (-self.delta[0], -self.delta[1])
        degrees = self.degrees if self.mirrored else (360.0 - self.degrees) % 360.0
        pieces = (self.new_pieces, self.old_pieces, self.new_ink, self.old_ink)
        return Move(*pieces, back, degrees, self.mirrored, self.covered)

    @property
    def turned(self) -> bool:
        """Whether the thing was turned or mirrored, not only moved."""
        return self.degrees != 0 or self.mirrored


@dataclass(slots=True)
class _Candidate:
    group: Group
    delta: F64  # (2,)
    share: float  # of what should be free there on the new side that is
    move: Move
    placed: F64  # (n, 4) the group before the displacement, turned where it was


class MoveFinder:
    """Searches displacements of old groups among the free pieces of the new side."""

    def __init__(self, old: Side, new: Side, tolerance: float, reach: float) -> None:
        """Prepare; `reach` is the largest displacement looked for (mm), extended for large things."""
        self.old, self.new, self.tolerance, self.reach = old, new, tolerance, reach
        self.old_taken = np.zeros(len(old.free), bool)
        self.new_taken = np.zeros(len(new.free), bool)
        self.old_share, self.new_share = old.free_share(), new.free_share()
        self.free_length = lengths(new.free)
        self.free_middle = midpoints(new.free)
        self.free_tree = cKDTree(self.free_middle) if len(new.free) else None
        owner = new.free_object
        self.free_order = np.argsort(owner, kind="stable")
        self.free_first = np.searchsorted(owner[self.free_order], np.arange(new.objects + 1))
        touched = np.unique(owner)
        whole = new.seg[new.rows_of(touched[self.new_share[touched] >= 0.25])]
        self.targets = Targets(np.vstack([whole, new.seg[np.unique(new.free_parent)]]), tolerance)

    def find(self, groups: list[Group], others: list[Group]) -> list[Move]:
        """Moves of whole groups, then of single objects of groups that did not move as a whole."""
        moves = self._settle(groups, others)
        rest = [part for group in groups if not self.old_taken[group.pieces].any() for part in self._parts(group)]
        return moves + self._settle(rest, others)

    def find_back(self, gap: float) -> list[Move]:
        """Further moves found from the new side: things whole there, in fragments on the old one."""
        if self.old_taken.all() or self.new_taken.all():
            return []
        back = MoveFinder(self.new, self.old, self.tolerance, self.reach)
        back.old_taken[:], back.new_taken[:] = self.new_taken, self.old_taken
        ours = group_pieces(self.new, gap, np.flatnonzero(~self.new_taken))
        theirs = group_pieces(self.old, gap, np.flatnonzero(~self.old_taken))
        return [self.take(move.reversed()) for move in back.find(ours, theirs)]

    def take(self, move: Move) -> Move:
        """Claim the pieces of a move, so that nothing else is made of them."""
        self.old_taken[move.old_pieces] = True
        self.new_taken[move.new_pieces] = True
        return move

    def _settle(self, groups: list[Group], others: list[Group]) -> list[Move]:
        """Verified moves of groups: long things before short ones, among equal things the nearest pairs first."""
        size = {id(group): float(lengths(group.seg).sum()) for group in groups}
        ordered = sorted(groups, key=lambda g: (-size[id(g)], g.box))
        ranked: list[tuple[int, float, int, int, _Candidate]] = []
        rank, last = 0, np.inf
        for group in ordered:
            rank += size[id(group)] < EQUAL_LENGTH * last
            last = size[id(group)]
            moved = self._candidates(group, others)
            for one in [*moved, *[turn for turn in self._turned(group) if not self._plainer(moved, turn)]]:
                distance = round(float(np.hypot(*one.move.delta)) / (4 * self.tolerance))
                ranked.append((rank, -round(one.share * one.move.covered, 1), distance, len(ranked), one))
        moves = []
        for *_, one in sorted(ranked, key=lambda item: item[:4]):
            if self.old_taken[one.group.pieces].any():
                continue
            move: Move | None = one.move
            if self.new_taken[one.move.new_pieces].any():
                again = self._verify(one.group, one.placed + np.tile(one.delta, 2), one.delta)
                move = again.move if again else None
            if move is not None:
                move.degrees, move.mirrored = one.move.degrees, one.move.mirrored
                moves.append(self.take(move if move.turned else self._with_companions(move)))
        return moves

    def _plainer(self, moved: list[_Candidate], turn: _Candidate) -> bool:
        """Whether a plain move no further explains a thing about as well as turning it (it is symmetric)."""
        far = float(np.hypot(*turn.move.delta)) + max(4 * self.tolerance, extent(turn.group.box) / 4)
        value = turn.share * turn.move.covered - NEARLY
        return any(np.hypot(*one.move.delta) <= far and one.share * one.move.covered >= value for one in moved)

    def _parts(self, group: Group) -> list[Group]:
        """The objects of a group as groups of their own."""
        objects = self.old.free_object[group.pieces]
        distinct = np.unique(objects)
        if len(distinct) < 2 or len(distinct) > MOST_PARTS:
            return []
        return [make_group(self.old, group.pieces[objects == o], self.old_share) for o in distinct]

    def _candidates(self, group: Group, others: list[Group]) -> list[_Candidate]:
        """The verified displacements of a group."""
        limit = max(self.reach, 2.0 * extent(group.box))
        deltas = self.targets.votes(group.seg, limit)
        if len(others):
            low = np.array([other.box[:2] for other in others]) - np.array(group.box[:2])
            far = np.array([other.box[2:] for other in others]) - np.array(group.box[2:])
            deltas += list(low[(np.abs(low - far) <= 4 * self.tolerance).all(1)][:8])
        found: list[_Candidate] = []
        for delta in deltas:
            if not 3 * self.tolerance < np.hypot(*delta) <= limit:
                continue
            if any(np.hypot(*(delta - one.delta)) <= self.tolerance for one in found):
                continue
            verified = self._verify(group, group.seg + np.tile(delta, 2), delta)
            if verified is not None:
                found.append(verified)
        distinct: list[_Candidate] = []
        for one in sorted(found, key=lambda c: -c.move.covered * c.share):
            if all(np.hypot(*np.subtract(one.move.delta, d.move.delta)) > 4 * self.tolerance for d in distinct):
                distinct.append(one)
        return distinct

    def _verify(self, group: Group, placed: F64, delta: F64) -> _Candidate | None:
        """Check a placed copy of the group: it lies in the new drawing and explains what is free there."""
        reach = 2 * self.tolerance
        spacing = max(4 * self.tolerance, float(lengths(placed).sum()) / 3000)
        covered = self.new.index.covered_share(placed, reach, spacing)
        if covered < COVERED:
            return None
        pieces = self._explained(placed, reach)
        if not len(pieces):
            return None
        explained = float(self.free_length[pieces].sum())
        if explained < EXPLAINED * group.length:
            return None
        objects = np.unique(self.new.free_object[pieces])
        count = self.free_first[objects + 1] - self.free_first[objects]
        whole = self.free_order[ranges(self.free_first[objects], count)]
        if explained < MOSTLY * float(self.free_length[whole[~self.new_taken[whole]]].sum()):
            return None
        pieces = self._completed(pieces, whole[~self.new_taken[whole]])
        there = make_group(self.new, pieces, self.new_share)
        step = sharpened(placed, there.seg, 4 * self.tolerance)
        exact = delta + step
        there_now = placed + np.tile(step, 2)
        covered = self.new.index.covered_share(there_now, self.tolerance, spacing)
        hidden = self.old.index.covered_share(there_now, self.tolerance, spacing)  # lines lay there before
        move = Move(group.pieces, pieces, group.ink, there.ink, (float(exact[0]), float(exact[1])), covered=covered)
        share = min(1.0, explained / max(float(lengths(placed).sum()) * (1 - hidden), 1e-12))
        return _Candidate(group, delta, share, move, group.seg)

    def _with_companions(self, move: Move) -> Move:
        """The move with the other free old pieces that went along: of its old objects, or onto what it claimed."""
        free = self.old.free + np.tile(move.delta, 2)
        low = move.new_ink.reshape(-1, 2).min(0) - 2 * self.tolerance
        high = move.new_ink.reshape(-1, 2).max(0) + 2 * self.tolerance
        own = np.isin(self.old.free_object, np.unique(self.old.free_object[move.old_pieces]))
        inside = ((midpoints(free) >= low) & (midpoints(free) <= high)).all(1)
        mine = (own | inside) & ~self.old_taken
        mine[move.old_pieces] = False
        rows = np.flatnonzero(mine)
        if not len(rows):
            return move
        seg = free[rows]
        points, owner = sample(seg, max(4 * self.tolerance, 1e-9), most=60)
        unit, reach = directions(seg)[owner], 2 * self.tolerance
        there = self.new.index.query(points, unit, reach).distance <= reach
        claimed = SegmentIndex(self.new.free[move.new_pieces], 20 * self.tolerance)
        there &= own[rows][owner] | (claimed.query(points, unit, reach).distance <= reach)
        share = np.bincount(owner, there, minlength=len(rows)) / np.bincount(owner)
        rows = rows[share >= COVERED]
        if not len(rows):
            return move
        more = self._explained(seg[share >= COVERED], reach)
        more = more[~np.isin(more, move.new_pieces)]
        return replace(
            move,
            old_pieces=np.concatenate([move.old_pieces, rows]),
            new_pieces=np.concatenate([move.new_pieces, more]),
            old_ink=np.vstack([move.old_ink, self.old.free[rows]]),
            new_ink=np.vstack([move.new_ink, self.new.free[more]]),
        )

    def _completed(self, pieces: np.ndarray, rest: np.ndarray) -> np.ndarray:
        """The pieces with the other free pieces of their objects where most of an object is explained.

        One edge of an outline may have been hidden at the old place and be free at the new one.
        """
        owner = self.new.free_object
        objects, inverse = np.unique(owner[rest], return_inverse=True)
        total = np.bincount(inverse, self.free_length[rest])
        known = np.bincount(np.searchsorted(objects, owner[pieces]), self.free_length[pieces], minlength=len(objects))
        return np.asarray(np.union1d(pieces, rest[(known >= MOSTLY * total)[inverse]]))

    def _explained(self, placed: F64, reach: float) -> np.ndarray:
        """Free new pieces, not yet taken, that lie on the placed copy."""
        rows = self._around(placed, reach)
        if not len(rows):
            return rows
        index = SegmentIndex(placed, 20 * self.tolerance)
        points, owner = sample(self.new.free[rows], max(4 * self.tolerance, 1e-9), most=60)
        hits = index.query(points, directions(self.new.free[rows])[owner], reach)
        share = np.bincount(owner, hits.distance <= reach, minlength=len(rows)) / np.bincount(owner)
        return rows[share >= 0.8]

    def _around(self, seg: F64, grow: float) -> np.ndarray:
        """Free new pieces, not yet taken, with their middle in the box of some segments."""
        if self.free_tree is None:
            return np.zeros(0, np.int64)
        low, high = seg.reshape(-1, 2).min(0) - grow, seg.reshape(-1, 2).max(0) + grow
        around = self.free_tree.query_ball_point((low + high) / 2, float(np.hypot(*(high - low))) / 2)
        rows = np.array(sorted(around), np.int64)
        middle = self.free_middle[rows]
        return rows[~self.new_taken[rows] & (middle >= low).all(1) & (middle <= high).all(1)]

    def _turned(self, group: Group) -> list[_Candidate]:
        """The old group found turned or mirrored where it stands or right beside."""
        limit = extent(group.box) / 2
        if len(group.seg) < LEAST_TURNED or not len(self._around(group.seg, limit)):
            return []
        centre = np.average(midpoints(group.seg), axis=0, weights=np.maximum(lengths(group.seg), 1e-12))
        best: list[_Candidate] = []
        for degrees, mirror in TURNS:
            angle = np.radians(degrees)
            linear = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
            linear = linear @ np.diag([1.0, float(mirror)])
            placed = map_segments(np.column_stack([linear, centre - linear @ centre]), group.seg)
            for delta in [np.zeros(2), *self.targets.votes(placed, limit)]:
                found = self._verify(group, placed + np.tile(delta, 2), delta)
                if found is not None and (not best or round(found.share, 1) > round(best[0].share, 1)):
                    found.move.degrees, found.move.mirrored = float(degrees), mirror < 0
                    found.placed, best = placed, [found]
            if best and best[0].share >= COVERED:
                break
        return best


def with_whole_lines(move: Move, old: Side, new: Side, tolerance: float) -> Move:
    """The move with the whole of its lines with both ends gone along: what is shifted along itself is free at its ends.

    Args:
        move: a plain move.
        old: old side.
        new: new side.
        tolerance: mm.
    """
    there = new.rows_of(np.unique(new.free_object[move.new_pieces]))
    here = old.rows_of(np.unique(old.free_object[move.old_pieces]))
    if not len(there) or not len(here):
        return move
    placed = old.seg[here] + np.tile(move.delta, 2)
    tree = cKDTree(new.seg[there])
    partner = np.full(len(here), -1, np.int64)
    for order in ([0, 1, 2, 3], [2, 3, 0, 1]):
        distance, row = tree.query(placed[:, order], distance_upper_bound=3 * tolerance)
        partner = np.where((partner < 0) & np.isfinite(distance), row, partner)
    whole = np.flatnonzero(partner >= 0)
    if not len(whole):
        return move
    return replace(
        move,
        old_ink=np.vstack([move.old_ink, old.seg[here[whole]]]),
        new_ink=np.vstack([move.new_ink, new.seg[there[partner[whole]]]]),
    )
