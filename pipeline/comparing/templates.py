"""Fragments of one symbol put together by an equal symbol of the other side.

A block that was added and exploded leaves pieces too far apart to be grouped by nearness; but the other
drawing usually holds the same block elsewhere, and its outline says which pieces belong together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.comparing.boxes import extents
from pipeline.comparing.matching import Side
from pipeline.comparing.objects import Group, make_group
from pipeline.comparing.segments import SegmentIndex, directions, lengths, midpoints, sample
from pipeline.drawing.tables import F64

LEAST_SEGMENTS = 3
MOST_TEMPLATES = 60  # tried for one group
COVERED = 0.9
EXPLAINED = 0.5


@dataclass(slots=True)
class _Templates:
    seg: F64  # (n, 4) segments of the things of the other side
    obj: np.ndarray  # (n,)
    size: F64  # (n,) ascending lengths
    order: np.ndarray
    side: Side  # the other side


def join_by_template(
    side: Side, other: Side, groups: list[Group], tolerance: float, largest: float
) -> tuple[list[Group], dict[int, int]]:
    """Join groups that are pieces of one symbol known from the other side.

    Args:
        side: side the groups belong to.
        other: where symbols are looked for.
        groups: groups of free pieces.
        tolerance: mm.
        largest: extent of the largest symbol, mm.

    Returns:
        (groups, position of a joined group -> object of the other side it was recognised by).
    """
    if len(groups) < 2 or len(groups) > 400:
        return groups, {}
    templates = _templates(other, largest)
    if not len(templates.seg):
        return groups, {}
    share = side.free_share()
    left = {int(piece): k for k, group in enumerate(groups) for piece in group.pieces}
    result: list[Group] = []
    known: dict[int, int] = {}
    for group in groups:
        pieces = np.array([p for p in group.pieces if int(p) in left], np.int64)
        if len(pieces) != len(group.pieces):
            if len(pieces):
                result.append(make_group(side, pieces, share))
                for p in pieces:
                    left.pop(int(p))
            continue
        best = _recognise(side, group, templates, np.array(sorted(left), np.int64), tolerance)
        joined = group
        if best is not None:
            merged = np.union1d(best[1], group.pieces)
            joined = make_group(side, merged, share)
            known[len(result)] = best[0]
        for p in joined.pieces:
            left.pop(int(p), None)
        result.append(joined)
    return result, known


def _templates(other: Side, largest: float) -> _Templates:
    """Segments of the symbols of the other side: several segments, not larger than `largest`."""
    if not len(other.seg):
        return _Templates(np.zeros((0, 4)), np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64), other)
    count = np.bincount(other.obj, minlength=other.objects)
    low, high = extents(other.obj, other.objects, other.seg[:, :2], other.seg[:, 2:])
    extent = np.hypot(*np.where(np.isfinite(low), high - low, np.inf).T)
    chosen = (count >= LEAST_SEGMENTS) & (extent <= largest)
    rows = np.flatnonzero(chosen[other.obj])
    size = lengths(other.seg[rows])
    order = np.argsort(size, kind="stable")
    return _Templates(other.seg[rows], other.obj[rows], size[order], order, other)


def _recognise(
    side: Side, group: Group, templates: _Templates, left: np.ndarray, tolerance: float
) -> tuple[int, np.ndarray] | None:
    """(object, pieces of this side) of the symbol that explains most around a group."""
    voters = group.seg[np.argsort(-lengths(group.seg), kind="stable")[:2]]
    tried: set[tuple[int, ...]] = set()
    best: tuple[float, int, np.ndarray] | None = None
    for voter in voters:
        size = float(lengths(voter[None])[0])
        low, high = np.searchsorted(templates.size, [size - 2 * tolerance, size + 2 * tolerance])
        rows = templates.order[low:high]
        a, b = directions(voter[None])[0], directions(templates.seg[rows])
        rows = rows[np.abs(a[0] * b[:, 1] - a[1] * b[:, 0]) < 0.02][: 4 * MOST_TEMPLATES]
        for row in rows:
            obj = int(templates.obj[row])
            symbol = templates.side.seg[templates.side.rows_of(np.array([obj]))]
            shift = midpoints(voter[None])[0] - midpoints(templates.seg[row : row + 1])[0]
            form = tuple(np.round((symbol[:8] + np.tile(shift, 2)).ravel() / (4 * tolerance)).astype(int).tolist())
            if form in tried:
                continue
            tried.add(form)
            if len(tried) > MOST_TEMPLATES:
                break
            found = _explain(side, symbol + np.tile(shift, 2), left, tolerance)
            if found is not None and (best is None or found[0] > best[0] * 1.001):
                best = (found[0], obj, found[1])
    if best is None or len(best[2]) <= len(group.pieces):
        return None
    return best[1], best[2]


def _explain(side: Side, placed: F64, left: np.ndarray, tolerance: float) -> tuple[float, np.ndarray] | None:
    """Free length and pieces that lie on a placed symbol, when it is really there."""
    total = float(lengths(placed).sum())
    reach = 2 * tolerance
    low, high = placed.reshape(-1, 2).min(0) - reach, placed.reshape(-1, 2).max(0) + reach
    middle = midpoints(side.free[left])
    rows = left[(middle >= low).all(1) & (middle <= high).all(1)]
    free = float(lengths(side.free[rows]).sum())
    if free < EXPLAINED * total:
        return None
    if side.index.covered_share(placed, reach, max(4 * tolerance, total / 2000)) < COVERED:
        return None
    points, owner = sample(side.free[rows], max(4 * tolerance, 1e-9), most=60)
    hits = SegmentIndex(placed, 20 * tolerance).query(points, directions(side.free[rows])[owner], reach)
    share = np.bincount(owner, hits.distance <= reach, minlength=len(rows)) / np.bincount(owner, minlength=len(rows))
    rows = rows[share >= 0.8]
    explained = float(lengths(side.free[rows]).sum())
    return (explained, rows) if explained >= EXPLAINED * total else None
