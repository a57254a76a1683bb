"""Pattern lines of hatches: all lines of all patterns against all edges of their boundaries at once.

A line is inside between its first and second crossing with the boundary, its third and fourth, and so on. An edge
counts for the lines from its lower end on, its upper end left out, so that a line through a corner counts it twice or
not at all and the crossings of a closed loop are always even. No loop over lines; the work goes in stretches of
hatches so that little is held at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.strokes import ranges

F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]
ASIDE = (4.7e-4, 6.1e-4)  # of the mean line spacing: pattern lines keep clear of the corners of the boundary
CLOSEST = 1e-4  # drawing units between two lines; what is denser is left out, as in the library
_SOLID = 1e-9  # period of a pattern without gaps
_SHORTEST = 1e-12  # of a dash
_STEP_PAIRS = 1 << 18  # lines of patterns times edges, looked at once


@dataclass(slots=True)
class Loops:
    """Closed boundaries in object coordinates; `hatch` is the row of the hatch, ascending."""

    hatch: NDArray  # (l,)
    sizes: NDArray  # (l,) points
    xy: F64  # (n, 2)


@dataclass(slots=True)
class Families:
    """Parallel lines of patterns, object coordinates; `hatch` is the row of the hatch, ascending."""

    hatch: NDArray  # (f,)
    angle: F64  # (f,) radians
    base: F64  # (f, 2)
    offset: F64  # (f, 2) from one line to the next
    counts: NDArray  # (f,) dash items
    items: F64  # dash lengths: above 0 a dash, below a gap, 0 a dot

    def direction(self) -> F64:
        """Return (f, 2) unit vectors along the lines."""
        return np.column_stack([np.cos(self.angle), np.sin(self.angle)])

    def spacing(self) -> F64:
        """Return (f,) the signed distance from one line to the next."""
        along = self.direction()
        return self.offset[:, 1] * along[:, 0] - self.offset[:, 0] * along[:, 1]

    def periods(self) -> F64:
        """Return (f,) the length after which the dashes repeat."""
        owner = np.repeat(np.arange(len(self.hatch)), self.counts)
        return np.bincount(owner, weights=np.abs(self.items), minlength=len(self.hatch)).astype(np.float64)


def dashes(loops: Loops, families: Families, hatches: int, limit: int) -> tuple[NDArray, F64, Mask]:
    """Return the hatch of each dash, the dashes (d, 2, 2) in object coordinates, and which hatches have too many.

    Dots are dashes of no length. Hatches with more than about `limit` lines or with lines too dense have none.
    """
    over = _estimates(loops, families, hatches) > limit
    edges = _Edges(loops, hatches)
    lines = np.bincount(families.hatch, minlength=hatches)
    pairs = np.cumsum(np.where(over, 0, lines * edges.count))
    owners, found = [np.zeros(0, np.int64)], [np.zeros((0, 2, 2))]
    low = 0
    while low < hatches:
        before = pairs[low - 1] if low else 0
        high = max(low + 1, int(np.searchsorted(pairs, before + _STEP_PAIRS, "right")))
        rows = np.flatnonzero((families.hatch >= low) & (families.hatch < high) & ~over[families.hatch])
        owner, drawn, many = _drawn(edges, families, rows, hatches, limit)
        over |= many
        owners.append(owner)
        found.append(drawn)
        low = high
    owner, drawn = np.concatenate(owners), np.concatenate(found)
    return owner, drawn, over


def _estimates(loops: Loops, families: Families, hatches: int) -> F64:
    """Return about how many dashes the patterns have inside the boxes of their boundaries."""
    low, high = np.full((hatches, 2), np.inf), np.full((hatches, 2), -np.inf)
    of_point = np.repeat(loops.hatch, loops.sizes)
    first = np.flatnonzero(np.diff(of_point, prepend=-1))  # point of each hatch: loops are sorted by hatch
    if len(first):
        low[of_point[first]] = np.minimum.reduceat(loops.xy, first)
        high[of_point[first]] = np.maximum.reduceat(loops.xy, first)
    reach = np.hypot(*np.where(high > low, high - low, 0.0).T)[families.hatch]
    spacing, period = np.abs(families.spacing()), families.periods()
    bad = ~(spacing >= CLOSEST) | ~np.isfinite(spacing)
    each = np.ones(len(families.hatch))
    some = period > 0
    each[some] = np.maximum(1.0, reach[some] / period[some] * families.counts[some] / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        total = np.where(bad, np.inf, reach / spacing * each)
    out: F64 = np.bincount(families.hatch, weights=total, minlength=hatches).astype(np.float64)
    out[np.bincount(loops.hatch, minlength=hatches) == 0] = 0.0
    return out


class _Edges:
    """The edges of the boundaries of every hatch."""

    def __init__(self, loops: Loops, hatches: int) -> None:
        self.xy = loops.xy
        ends = np.cumsum(loops.sizes)
        self.following = np.arange(len(loops.xy)) + 1
        self.following[ends - 1] = ends - loops.sizes
        self.count = np.bincount(loops.hatch, weights=loops.sizes, minlength=hatches).astype(np.int64)
        self.first = np.cumsum(self.count) - self.count


def _drawn(edges: _Edges, all_: Families, rows: NDArray, hatches: int, limit: int) -> tuple[NDArray, F64, Mask]:
    hatch, along, spacing = all_.hatch[rows], all_.direction()[rows], all_.spacing()[rows]
    lengths = np.bincount(all_.hatch, weights=np.hypot(*all_.offset.T), minlength=hatches)
    mean = lengths / np.maximum(np.bincount(all_.hatch, minlength=hatches), 1)
    base, offset = all_.base[rows] + mean[hatch, None] * ASIDE, all_.offset[rows]
    many = edges.count[hatch]
    family = np.repeat(np.arange(len(rows)), many)
    start = ranges(edges.first[hatch], many)
    to = edges.xy[start] - base[family]
    cos, sin = along[family].T
    number = (to[:, 1] * cos - to[:, 0] * sin) / spacing[family]  # of the line through a corner, from the base line
    place = to[:, 0] * cos + to[:, 1] * sin  # along it
    first = np.cumsum(many) - many
    following = edges.following[start] - edges.first[hatch][family] + first[family]
    a, b = number, number[following]
    low, high = np.ceil(np.minimum(a, b)), np.ceil(np.maximum(a, b))
    crossings = (high - low).astype(np.int64)
    over = np.bincount(hatch[family], weights=crossings, minlength=hatches) > 2 * limit
    crossings[over[hatch[family]]] = 0
    pair = np.repeat(np.arange(len(family)), crossings)
    line = ranges(low.astype(np.int64), crossings)
    share = (line - a[pair]) / (b - a)[pair]
    slide = np.einsum("ki,ki->k", offset, along)
    at = place[pair] + share * (place[following] - place)[pair] - line * slide[family[pair]]
    order = np.lexsort((at, line, family[pair]))
    at, line, of = at[order], line[order], family[pair][order]
    begin, end, line, of = at[0::2], at[1::2], line[0::2], of[0::2]
    kept = end - begin > _SHORTEST
    of, line, begin, end = _dashed(all_, rows, of[kept], line[kept], begin[kept], end[kept])
    origin = base[of] + offset[of] * line[:, None]
    drawn = np.stack([origin + along[of] * begin[:, None], origin + along[of] * end[:, None]], axis=1)
    owner = hatch[of]
    over |= np.bincount(owner, minlength=hatches) > limit
    keep = ~over[owner]
    return owner[keep], drawn[keep], over


def _dashed(
    all_: Families, rows: NDArray, of: NDArray, line: NDArray, begin: F64, end: F64
) -> tuple[NDArray, NDArray, F64, F64]:
    """Cut the stretches of lines that are inside into dashes: family (place in `rows`), line, begin and end of each."""
    counts, period = all_.counts[rows], all_.periods()[rows]
    dashed = period[of] > _SOLID
    if not dashed.any():
        return of, line, begin, end
    first = (np.cumsum(all_.counts) - all_.counts)[rows]
    lead = np.cumsum(np.abs(all_.items)) - np.abs(all_.items)  # length of the items before
    lead -= np.repeat(lead[np.minimum(np.cumsum(all_.counts) - all_.counts, len(lead) - 1)], all_.counts)
    whole = np.flatnonzero(~dashed)
    cut = np.flatnonzero(dashed)
    length = period[of[cut]]
    from_, to = np.floor(begin[cut] / length), np.floor(end[cut] / length)
    repeats = (to - from_).astype(np.int64) + 1
    stretch = np.repeat(np.arange(len(cut)), repeats)
    start = ranges(from_.astype(np.int64), repeats) * length[stretch]
    many = counts[of[cut]][stretch]
    item = ranges(first[of[cut]][stretch], many)
    stretch, start = np.repeat(stretch, many), np.repeat(start, many)
    left = start + lead[item]
    right = left + all_.items[item]
    low, high = np.maximum(left, begin[cut][stretch]), np.minimum(right, end[cut][stretch])
    keep = np.where(all_.items[item] > 0, high - low > _SHORTEST, (all_.items[item] == 0) & (low == high))
    keep = np.flatnonzero(keep)
    source = np.concatenate([whole, cut[stretch[keep]]])
    low, high = np.concatenate([begin[whole], low[keep]]), np.concatenate([end[whole], high[keep]])
    order = np.argsort(source, kind="stable")
    return of[source][order], line[source][order], low[order], high[order]
