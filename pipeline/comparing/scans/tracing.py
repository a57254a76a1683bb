"""The strokes of a scan as lines: middles of the runs of ink across them, so that a scan can stand as the old side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.comparing.boxes import component_numbers, extents
from pipeline.comparing.content import Content
from pipeline.comparing.scans.differing import clusters
from pipeline.comparing.scans.fitting import Bed
from pipeline.comparing.scans.ink import Mask, looked_up
from pipeline.comparing.segments import invert, map_segments
from pipeline.drawing.tables import F64

BROADEST_MM = 1.2  # of a stroke; what is broader is a fill and not traced
LONG, SHORT = 64, 8  # pixels of a chord: where the stroke is straight, where it is not
STRAIGHT_PX = 1.0
SYMBOL_MM = 30.0  # connected ink no larger than this is one thing; of larger ink each stroke is
I64 = NDArray[np.int64]


def traced_content(content: Content, bed: Bed, to_px: F64) -> Content:
    """Content of a scanned sheet with the strokes of its ink as lines.

    Args:
        content: what the reader gave (the frame of the picture).
        bed: the ink.
        to_px: 2×3, working mm -> pixels.

    Returns:
        Content whose segments are chords of at most 64 pixels, one object a symbol or stroke, without layers.
    """
    across, one = _strokes(bed.mask, BROADEST_MM * bed.px_per_mm)
    upright, two = _strokes(bed.mask.T, BROADEST_MM * bed.px_per_mm, steep=True)
    seg = np.vstack([across, upright[:, [1, 0, 3, 2]]])
    stroke = np.concatenate([one, two + (int(one.max()) + 1 if len(one) else 0)])
    obj = _things(seg, stroke, SYMBOL_MM * bed.px_per_mm)
    count = int(obj.max()) + 1 if len(obj) else 0
    return replace(
        content,
        seg=map_segments(invert(to_px), seg),
        obj=obj.astype(np.int32),
        layer=np.full(len(seg), -1, np.int32),
        curved=np.zeros(len(seg), bool),
        object_insert=np.full(count, -1, np.int32),
        object_entity=np.zeros(count, np.int32),
        pattern=np.zeros(len(seg), bool),
        band=np.zeros(len(seg), np.uint8),
    )


def explained_by(old: Bed, new: Bed, new_to_old: F64, reach: int) -> Mask:
    """Ink (h, w) of the new scan that lies within `reach` pixels of ink of the old one.

    Args:
        old: ink of the old scan.
        new: ink of the new scan.
        new_to_old: 2×3, pixels -> pixels.
        reach: pixels.
    """
    rows, columns = np.nonzero(new.mask)
    (a, b, tx), (c, d, ty) = new_to_old.tolist()
    out = np.zeros(new.mask.shape, bool)
    out[rows, columns] = looked_up(old.wide(reach), a * columns + b * rows + tx, c * columns + d * rows + ty)
    return out


def _strokes(mask: Mask, broadest: float, *, steep: bool = False) -> tuple[F64, I64]:
    """Chords (n, 4) along the strokes that run more across than upright, and the stroke (n,) of each.

    `steep`: the mask is transposed; a stroke at 45° is traced once.
    """
    column, start, end = _runs(mask)
    middle = (start + end - 1) / 2
    row = middle.astype(np.int64)
    along = _length_along(mask, column, row)
    size = end - start
    chosen = (size <= broadest) & ((size < along) if steep else (size <= along))
    column, middle = column[chosen], middle[chosen]
    if len(column) < 2:
        return np.zeros((0, 4)), np.zeros(0, np.int64)
    tall = float(mask.shape[0]) + 4
    key = column * tall + middle  # ordered: runs come column by column
    after = np.searchsorted(key, key + tall)
    follows = np.full(len(key), -1)
    for candidate in (np.minimum(after, len(key) - 1), np.maximum(after - 1, 0)):
        near = np.abs(key[candidate] - key - tall) <= STRAIGHT_PX
        follows = np.where((follows < 0) & near, candidate, follows)
    has = np.flatnonzero(follows >= 0)
    _, first = np.unique(follows[has], return_index=True)  # where two strokes meet one goes on
    has = has[first]
    stroke = component_numbers(len(key), np.column_stack([has, follows[has]]))
    order = np.lexsort((column, stroke))
    return _chords(column[order].astype(np.float64), middle[order], stroke[order].astype(np.int64))


def _runs(mask: Mask) -> tuple[I64, I64, I64]:
    """Runs of ink down the columns: column, first row and row after the last, column by column."""
    edges = np.zeros((mask.shape[1], mask.shape[0] + 1), bool)
    edges[:, :-1] = mask.T
    edges[:, 1:] ^= mask.T
    column, row = np.nonzero(edges)
    return column[::2], row[::2], row[1::2]


def _length_along(mask: Mask, column: I64, row: I64) -> I64:
    """Length of the run of ink along the row in which each pixel lies."""
    row_of, start, end = _runs(mask.T)
    wide = mask.shape[1] + 2
    at = np.searchsorted(row_of * wide + start, row * wide + column, side="right") - 1
    at = np.maximum(at, 0)
    inside = (row_of[at] == row) & (column >= start[at]) & (column < end[at])
    return np.where(inside, end[at] - start[at], 0)


def _chords(x: F64, y: F64, stroke: I64) -> tuple[F64, I64]:
    """Chords of ordered points: long where the stroke is straight, short elsewhere."""
    first = np.flatnonzero(np.r_[True, stroke[1:] != stroke[:-1]])
    place = np.arange(len(x)) - np.repeat(first, np.diff(np.r_[first, len(x)]))
    last = np.r_[stroke[1:] != stroke[:-1], True]
    block = np.cumsum((place % LONG == 0) & ~(last & (place > 0))) - 1
    begin = np.flatnonzero(np.r_[True, block[1:] != block[:-1]])
    stop = np.minimum(np.r_[begin[1:], len(x)], len(x) - 1)
    stop = np.where(stroke[stop] == stroke[begin], stop, np.r_[begin[1:], len(x)] - 1)
    slope = (y[stop] - y[begin]) / np.maximum(x[stop] - x[begin], 1)
    off = np.abs(y - y[begin][block] - slope[block] * (x - x[begin][block]))
    bent = np.zeros(len(begin))
    np.maximum.at(bent, block, off)
    cut = ((place % LONG == 0) | ((place % SHORT == 0) & (bent[block] > STRAIGHT_PX))) | last
    rows = np.flatnonzero(cut)
    pairs = np.column_stack([rows[:-1], rows[1:]])
    pairs = pairs[stroke[pairs[:, 0]] == stroke[pairs[:, 1]]]
    seg = np.column_stack([x[pairs[:, 0]], y[pairs[:, 0]], x[pairs[:, 1]], y[pairs[:, 1]]])
    return seg, stroke[pairs[:, 0]]


def _things(seg: F64, stroke: I64, largest: float) -> I64:
    """Object (n,) of each chord: connected ink where it is small, else its stroke."""
    if not len(seg):
        return np.zeros(0, np.int64)
    steps = np.linspace(0, 1, LONG // SHORT * 2 + 1)
    points = (seg[:, None, :2] + (seg[:, None, 2:] - seg[:, None, :2]) * steps[:, None]).reshape(-1, 2)
    labels = clusters(points, float(SHORT) / 2)
    low, high = extents(labels, int(labels.max()) + 1, points)
    piece = labels[:: len(steps)]
    small = (high - low).max(1)[piece] <= largest
    key = np.where(small, piece, int(labels.max()) + 1 + stroke)
    return np.asarray(np.unique(key, return_inverse=True)[1], np.int64)
