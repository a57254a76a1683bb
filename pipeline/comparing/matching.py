"""What of one sheet is not on the other: hash, then tolerance match, then coverage of the leftovers.

Because the last test asks only whether ink lies on ink, lines that were split, merged, reversed, exploded
or reordered stay silent; so does jitter below the tolerance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.spatial import cKDTree

from pipeline.comparing.content import Content
from pipeline.comparing.segments import MOST_AT_ONCE, NEIGHBOURS, SegmentIndex, directions, lengths, sample
from pipeline.drawing.strokes import ranges
from pipeline.drawing.tables import F64, I32

SHARED_LAYERS_SHARE = (
    0.5  # of the length, or of the lines, must lie on layers of equal name before layers are compared at all
)
MANY_NEIGHBOURS = 96
CHORD_HEIGHT = 0.03  # of the chord's length, for arcs cut every 12 degrees or finer


@dataclass
class Side:
    """One side of a comparison, in new working millimetres."""

    seg: F64  # (n, 4)
    obj: I32  # (n,)
    layer: I32  # (n,) common layer number, -1 when layers are not comparable
    slack: F64  # (n,) mm added to the tolerance: how far a chord may lie off its curve
    index: SegmentIndex
    objects: int
    object_length: F64  # (objects,) mm
    free: F64  # (p, 4) pieces that the other side does not have
    free_parent: np.ndarray  # (p,) row in seg
    relayered: np.ndarray  # (r,) rows of seg that lie on the other side on another layer only
    relayered_to: np.ndarray  # (r,) row of a segment of the other side

    @property
    def free_object(self) -> np.ndarray:
        """Object of each free piece."""
        return self.obj[self.free_parent]

    def free_share(self) -> F64:
        """Share of each object's length that is free, (objects,)."""
        free = np.bincount(self.free_object, lengths(self.free), minlength=self.objects)
        return free / np.maximum(self.object_length, 1e-12)

    def rows_of(self, objects: np.ndarray) -> np.ndarray:
        """Rows of `seg` that belong to some objects, object by object."""
        order, first = self._by_object
        return order[ranges(first[objects], first[objects + 1] - first[objects])]

    @cached_property
    def _by_object(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows of `seg` ordered by object, and where each object begins."""
        order = np.argsort(self.obj, kind="stable")
        return order, np.searchsorted(self.obj[order], np.arange(self.objects + 1))


def match(old: Content, old_seg: F64, new: Content, tolerance: float) -> tuple[Side, Side]:
    """Compare the linework of two registered sheets.

    Args:
        old: old content (for layers and objects).
        old_seg: (n, 4) its segments, already in new working millimetres.
        new: new content.
        tolerance: new working mm.

    Returns:
        (old side, new side) with their free pieces.
    """
    old_layer, new_layer = _common_layers(old, lengths(old_seg), new)
    sides = []
    for content, seg, layer in ((old, old_seg, old_layer), (new, new.seg, new_layer)):
        objects = len(content.object_insert)
        total = np.bincount(content.obj, lengths(seg), minlength=objects).astype(np.float64)
        none = np.zeros(0, np.int64)
        finest = max(20 * tolerance, new.diagonal / 3000)
        sides.append(
            Side(
                seg,
                content.obj,
                layer,
                np.where(content.curved, np.minimum(CHORD_HEIGHT * lengths(seg), 2 * tolerance), 0.0),
                SegmentIndex(seg, finest),
                objects,
                total,
                np.zeros((0, 4)),
                none,
                none,
                none,
            )
        )
    first, second = sides
    codes_first, codes_second = (_codes(side, tolerance) for side in sides)
    _settle(first, second, _among(codes_first, codes_second), tolerance)
    _settle(second, first, _among(codes_second, codes_first), tolerance)
    return first, second


def both_layered(old: Content, new: Content) -> bool:
    """Whether both sides draw on layers with names (many plots have none)."""
    return all(any(content.layers[row] for row in np.unique(content.layer)) for content in (old, new))


def _common_layers(old: Content, old_length: F64, new: Content) -> tuple[I32, I32]:
    """Layer numbers by name, common to both sides; all -1 when the names have little in common."""
    names = sorted({name.casefold() for name in old.layers} | {name.casefold() for name in new.layers})
    number = {name: i for i, name in enumerate(names)}
    result, shares = [], []
    used = [{c.layers[i].casefold() for i in np.unique(c.layer) if 0 <= i < len(c.layers)} for c in (old, new)]
    shared = np.array([name in used[0] and name in used[1] for name in names], bool)
    for content, length in ((old, old_length), (new, lengths(new.seg))):
        table = np.array([number[name.casefold()] for name in content.layers] or [0], np.int32)
        layer = table[np.clip(content.layer, 0, len(table) - 1)] if len(content.layer) else content.layer
        result.append(layer.astype(np.int32))
        inside = shared[layer] if len(layer) and len(shared) else np.zeros(len(layer), bool)
        by_length = float(length[inside].sum()) / max(float(length.sum()), 1e-12)
        shares.append(max(by_length, float(inside.mean()) if len(inside) else 0.0))  # a frame is long, but few lines
    if min(shares) < SHARED_LAYERS_SHARE:
        return np.full(len(old.seg), -1, np.int32), np.full(len(new.seg), -1, np.int32)
    return result[0], result[1]


def _codes(side: Side, tolerance: float) -> np.ndarray:
    """(n,) uint64 hash of the rounded, direction-free end points and the layer."""
    cell = np.round(side.seg / tolerance).astype(np.int64)
    swap = (cell[:, 0] > cell[:, 2]) | ((cell[:, 0] == cell[:, 2]) & (cell[:, 1] > cell[:, 3]))
    cell[swap] = cell[swap][:, [2, 3, 0, 1]]
    code = side.layer.astype(np.uint64) + np.uint64(1)
    for column in cell.T:
        code = (code ^ column.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        code ^= code >> np.uint64(29)
    return code


def _among(codes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Which codes occur among others (twice as fast as numpy.isin on a million of them)."""
    if not len(others):
        return np.zeros(len(codes), bool)
    known = np.sort(others)
    return np.asarray(known[np.minimum(np.searchsorted(known, codes), len(known) - 1)] == codes)


def _settle(side: Side, other: Side, equal: np.ndarray, tolerance: float) -> None:
    """Fill the free pieces and the relayered segments of `side`."""
    rest = np.flatnonzero(~equal)
    relayered: list[np.ndarray] = []
    partner: list[np.ndarray] = []
    if len(rest) and len(other.seg):
        found, same, other_row = _ends_match(side, other, rest, tolerance)
        moved_layer = found & ~same
        relayered.append(rest[moved_layer])
        partner.append(other_row[moved_layer])
        rest = rest[~found]
    if len(rest):
        pieces, parents, other_layer, other_row = _uncovered(side, other, rest, tolerance)
        side.free, side.free_parent = pieces, parents
        relayered.append(other_layer)
        partner.append(other_row)
    if relayered:
        side.relayered, side.relayered_to = np.concatenate(relayered), np.concatenate(partner)


def _ends_match(
    side: Side, other: Side, rest: np.ndarray, tolerance: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of `rest` with a segment of equal ends on the other side: (found, on the same layer, its row)."""
    tree = cKDTree(other.seg, balanced_tree=False, compact_nodes=False)
    found, same = np.zeros(len(rest), bool), np.zeros(len(rest), bool)
    partner = np.full(len(rest), -1, np.int64)
    for order in ([0, 1, 2, 3], [2, 3, 0, 1]):
        _, rows = tree.query(side.seg[rest][:, order], k=4, distance_upper_bound=tolerance * 1.5)
        valid = rows < len(other.seg)
        rows = np.where(valid, rows, 0)
        alike = valid & (other.layer[rows] == side.layer[rest][:, None])
        hit = valid.any(1)
        partner = np.where(hit & (partner < 0), rows[:, 0], partner)
        found |= hit
        same |= alike.any(1)
    return found, same, partner


def _uncovered(
    side: Side, other: Side, rest: np.ndarray, tolerance: float
) -> tuple[F64, np.ndarray, np.ndarray, np.ndarray]:
    """Pieces of the segments `rest` that do not lie on the other side, and rows that lie on other layers only."""
    seg = side.seg[rest]
    points, row = sample(seg, max(4 * tolerance, 1e-9), most=1500)
    unit = directions(seg)[row]
    allowed = tolerance + side.slack[rest][row]
    layer = side.layer[rest][row]
    on = _lying_on(other.index, other.layer, points, unit, allowed, layer)
    unsure = np.flatnonzero(~on.same & on.crowded)  # look at more neighbours before saying no
    for index, rows in _closer_looks(other) if len(unsure) else ():
        more = _lying_on(
            index, other.layer[rows], points[unsure], unit[unsure], allowed[unsure], layer[unsure], MANY_NEIGHBOURS
        )
        on.covered[unsure] |= more.covered
        on.same[unsure] |= more.same
        on.nearest[unsure] = np.where(more.nearest >= 0, rows[more.nearest], on.nearest[unsure])
        unsure = unsure[more.crowded & ~on.covered[unsure]]
        if not len(unsure):
            break
    count = np.bincount(row, minlength=len(rest))
    full = np.bincount(row, on.covered, minlength=len(rest)) == count
    wrong = full & (np.bincount(row, on.same, minlength=len(rest)) < 0.5 * count)
    pieces, parents = uncovered_runs(seg, row, on.covered, count)
    middle = np.cumsum(count) - count + count // 2
    return pieces, rest[parents], rest[wrong], on.nearest[middle[wrong]]


@dataclass(slots=True)
class _LyingOn:
    """What sample points of one side lie on."""

    covered: np.ndarray  # (p,) bool: on a segment of the other side
    same: np.ndarray  # (p,) bool: on one of the same layer
    nearest: np.ndarray  # (p,) row of the nearest one, -1 without one
    crowded: np.ndarray  # (p,) bool: not everything around was looked at


def _lying_on(
    index: SegmentIndex,
    layers: np.ndarray,
    points: F64,
    unit: F64,
    allowed: F64,
    layer: np.ndarray,
    neighbours: int = NEIGHBOURS,
) -> _LyingOn:
    """Look at the points block by block: neighbours of all of them at once would be the most of the memory."""
    columns: list[tuple[np.ndarray, ...]] = []
    block = max(1, MOST_AT_ONCE // neighbours)
    for first in range(0, max(1, len(points)), block):
        k = slice(first, first + block)
        hits = index.query(points[k], unit[k], allowed[k], neighbours)
        covered = np.asarray(hits.near.any(1))
        same = covered.copy()
        if len(layers):
            same = np.asarray((hits.near & (layers[hits.rows] == layer[k, None])).any(1))
        columns.append((covered, same, hits.nearest, hits.crowded))
    return _LyingOn(*(np.concatenate(column) for column in zip(*columns, strict=True)))


def _closer_looks(other: Side) -> Iterator[tuple[SegmentIndex, np.ndarray]]:
    """Indexes to ask for many neighbours, with their rows: all, then the long ones that small chords crowd out."""
    yield other.index, np.arange(len(other.seg))
    long = np.flatnonzero(lengths(other.seg) >= other.index.spacing / 2)
    if 0 < len(long) < len(other.seg):
        yield SegmentIndex(other.seg[long], other.index.spacing), long


def uncovered_runs(seg: F64, row: np.ndarray, covered: np.ndarray, count: np.ndarray) -> tuple[F64, np.ndarray]:
    """Turn runs of uncovered samples into pieces.

    Args:
        seg: (n, 4) segments that were sampled.
        row: (p,) row of the segment of each sample, ascending.
        covered: (p,) bool.
        count: (n,) samples of each segment.

    Returns:
        ((q, 4) pieces, (q,) their rows in `seg`).
    """
    free = np.flatnonzero(~covered)
    if not len(free):
        return np.zeros((0, 4)), np.zeros(0, np.int64)
    breaks = np.flatnonzero((np.diff(free) != 1) | (np.diff(row[free]) != 0))
    first = free[np.concatenate([[0], breaks + 1])]
    last = free[np.concatenate([breaks, [len(free) - 1]])]
    parent = row[first]
    begin = (np.cumsum(count) - count)[parent]
    low = ((first - begin) / count[parent])[:, None]
    high = ((last - begin + 1) / count[parent])[:, None]
    vector = seg[parent, 2:] - seg[parent, :2]
    return np.hstack([seg[parent, :2] + vector * low, seg[parent, :2] + vector * high]), parent
