"""Rectangles spanned by long lines that run past their corners or end short of them, looked for around title blocks.

Sheets drawn edge to edge share one line with their neighbours, and lines drawn by hand miss each other by some
millimetres: such a frame has no corner of its own. Where a label 图号 or 图名 stands, four long lines around it that
reach each other, have the size of a paper and the label near their right or lower edge may be its frame.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.kinds import EntityKind
from pipeline.drawing.model import Space
from pipeline.drawing.strokes import pieces_of
from pipeline.sheets.frame import LETTER_MM
from pipeline.sheets.paper import PREFERRED, fits, fitting
from pipeline.sheets.quads import SQUARE, Quads
from pipeline.sheets.words import Words, named

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
_STROKES = (EntityKind.LINE, EntityKind.POLYLINE, EntityKind.PATH)
MISS_MM = 6.5  # on paper, by which a line may end before its corner
ERROR = 0.005  # share of a side by which such a frame may differ from its paper
EDGE_MM = 90.0  # a title block stands at most so far from the right or the lower edge
LETTERS_MM = (1.2, 9.0)  # heights of labels on paper
ONE_LINE_MM = 0.25  # pieces whose places differ by less lie on one line
MOST_SEEDS, MOST_RAILS, MOST_TURNS = 400, 20_000, 24
NEAR, FAR = 24, 100  # lines looked at right and below, left and above
BOXES, FITTING = 40_000, 300  # boxes looked at around one label, and how many of them are weighed
ALL_BOXES = 2_000_000  # around all labels: where very many long lines cross, they are no frames
EACH = 8  # rectangles kept of one label
FARTHER = 1.5  # cost above the best one's up to which they are kept


def spanned(
    space: Space, words: Words, labels: NDArray, line_mm: float, scales: tuple[float, ...]
) -> tuple[Quads, F64]:
    """Return the rectangles of long lines around the labels 图号 and 图名, the likeliest frames first, and about each.

    The second result is (k, 2): how little one looks like a frame, and at how many corners both its lines run on.

    Args:
        space: a space.
        words: its words.
        labels: (n,) rows of `words` that are labels.
        line_mm: how long a line must be, mm of the space.
        scales: plotted scales that are thinkable.
    """
    nothing = Quads(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0, np.int32))
    seeds = _seeds(words, labels)
    if not len(seeds):
        return nothing, np.zeros((0, 2))
    p, q = _long_pieces(space, line_mm)
    if len(p) < 4:
        return nothing, np.zeros((0, 2))
    centre = np.round(np.median(words.origin[seeds], axis=0))
    found: list[tuple[float, F64, float]] = []
    left = ALL_BOXES
    turns = np.round(words.rotation[seeds] / 4e-3).astype(np.int64)
    values, counts = np.unique(turns, return_counts=True)
    for turn in values[np.argsort(-counts, kind="stable")][:MOST_TURNS].tolist():
        own = seeds[turns == turn]
        angle = _angle(p, q, float(np.median(words.rotation[own])))
        if angle is None:
            continue
        level, upright = _rails(_turned(p - centre, -angle), _turned(q - centre, -angle))
        places = _turned(words.origin[own] - centre, -angle)
        for (x, y), height in zip(places.tolist(), words.height[own].tolist(), strict=True):
            if left <= 0:
                break
            boxes = _around(level, upright, x, y, MISS_MM * height / 2.0)  # of letters 2 mm high on paper
            left -= len(boxes)
            found += [(cost, box, angle) for cost, box in _weighed(boxes, (x, y, height), scales)]
    if not found:
        return nothing, np.zeros((0, 2))
    found.sort(key=lambda one: one[0])
    boxes, angles = np.array([box for _, box, _ in found]), np.array([angle for _, _, angle in found])
    along, up = np.column_stack([np.cos(angles), np.sin(angles)]), np.column_stack([-np.sin(angles), np.cos(angles)])
    corner = centre + boxes[:, :1] * along + boxes[:, 1:2] * up
    a, b = (boxes[:, 2:3] - boxes[:, :1]) * along, (boxes[:, 3:4] - boxes[:, 1:2]) * up
    return Quads(corner, a, b, np.full(len(boxes), -1, np.int32)), np.column_stack(
        [[cost for cost, _, _ in found], boxes[:, 5]]
    )


def _seeds(words: Words, labels: NDArray) -> I64:
    """Return the rows of the labels around which frames are looked for, those of numbers first."""
    ranked: list[tuple[bool, int]] = []
    for i in labels.tolist():
        name = named(words.label[i], words.both[i])
        if name in ("number", "title") and words.height[i] > 0:
            ranked.append((name != "number", i))
    return np.array([i for _, i in sorted(ranked)[:MOST_SEEDS]], dtype=np.int64)


def _long_pieces(space: Space, line_mm: float) -> tuple[F64, F64]:
    """Return the ends (k, 2) of the straight pieces that are long enough, of very many the longest."""
    table = space.entities
    rows = np.flatnonzero(np.isin(table.kind, _STROKES))
    if not len(rows) or not len(table.xy):
        return np.zeros((0, 2)), np.zeros((0, 2))
    first, last = pieces_of(table, rows)
    length = np.hypot(*(table.xy[last] - table.xy[first]).T)
    long = np.flatnonzero(np.isfinite(length) & (length >= line_mm))
    if len(long) > MOST_RAILS:
        long = long[np.argpartition(-length[long], MOST_RAILS)[:MOST_RAILS]]
    return table.xy[first[long]], table.xy[last[long]]


def _turned(points: F64, angle: float) -> F64:
    c, s = math.cos(angle), math.sin(angle)
    return np.column_stack([c * points[:, 0] - s * points[:, 1], s * points[:, 0] + c * points[:, 1]])


def _angle(p: F64, q: F64, turn: float) -> float | None:
    """Return the direction of the long lines next to that of a text (a quarter turn is none), None without such."""
    step = q - p
    quarter = math.pi / 2
    off = (np.arctan2(step[:, 1], step[:, 0]) - turn + quarter / 2) % quarter - quarter / 2
    near = np.abs(off) <= 0.01
    if near.sum() < 4:
        return None
    order = np.argsort(off[near], kind="stable")
    weight = np.cumsum(np.hypot(*step[near].T)[order])
    return turn + float(off[near][order][np.searchsorted(weight, weight[-1] / 2)])


def _rails(p: F64, q: F64) -> tuple[F64, F64]:
    """Return level lines (k, 3: y, x0, x1) and upright ones (m, 3: x, y0, y1), what lies on one line as one."""
    step = np.abs(q - p)
    level, upright = step[:, 1] <= SQUARE * step[:, 0], step[:, 0] <= SQUARE * step[:, 1]
    return _merged(p[level][:, ::-1], q[level][:, ::-1]), _merged(p[upright], q[upright])


def _merged(p: F64, q: F64) -> F64:
    """Join pieces (across, along) that lie on one line and touch."""
    if not len(p):
        return np.zeros((0, 3))
    at = (p[:, 0] + q[:, 0]) / 2
    low, high = np.minimum(p[:, 1], q[:, 1]), np.maximum(p[:, 1], q[:, 1])
    order = np.argsort(at, kind="stable")
    line = np.zeros(len(at), np.int64)
    line[order] = np.cumsum(np.diff(at[order], prepend=at[order[0]]) > ONE_LINE_MM)
    order = np.lexsort((low, line))
    at, low, high, line = at[order], low[order], high[order], line[order]
    span = float(high.max() - low.min()) + 10.0
    reach = np.maximum.accumulate(high - low.min() + line * span) - line * span + low.min()
    new = np.ones(len(at), bool)
    new[1:] = (line[1:] != line[:-1]) | (low[1:] > reach[:-1] + 4 * ONE_LINE_MM)
    first = np.flatnonzero(new)
    return np.column_stack([at[first], low[first], np.maximum.reduceat(high, first)])


def _around(level: F64, upright: F64, x: float, y: float, reach: float) -> F64:
    """Return (k, 6) boxes of lines around a place, nearest edges first.

    Four corners, by how much the lines miss each other, and at how many corners both run on.
    """
    beside = upright[(upright[:, 1] - reach <= y) & (upright[:, 2] + reach >= y)]
    over = level[(level[:, 1] - reach <= x) & (level[:, 2] + reach >= x)]
    right, left = _nearest(beside, x, NEAR), _nearest(beside, x, -FAR)
    top, bottom = _nearest(over, y, FAR), _nearest(over, y, -NEAR)
    if not (len(right) and len(left) and len(top) and len(bottom)):
        return np.zeros((0, 6))
    low_right, low_left = _short(right, bottom), _short(left, bottom)
    high_right, high_left = _short(right, top), _short(left, top)
    corners = np.argwhere(low_right <= reach)
    away = right[corners[:, 0], 0] - x + y - bottom[corners[:, 1], 0]
    over_low_right, over_low_left = _run_on(right, bottom, 2, 1, reach), _run_on(left, bottom, 1, 1, reach)
    over_high_right, over_high_left = _run_on(right, top, 2, 2, reach), _run_on(left, top, 1, 2, reach)
    boxes, count = [np.zeros((0, 6))], 0
    for r, b in corners[np.argsort(away, kind="stable")].tolist():
        if count > BOXES:
            break
        lefts, tops = np.flatnonzero(low_left[:, b] <= reach), np.flatnonzero(high_right[r] <= reach)
        most = np.maximum(high_left[np.ix_(lefts, tops)], high_right[r, tops])
        most = np.maximum(most, np.maximum(low_left[lefts, b], low_right[r, b])[:, None])
        i, j = np.nonzero(most <= reach)
        i, j, miss = lefts[i], tops[j], most[i, j]
        corner, end = np.full(len(i), bottom[b, 0]), np.full(len(i), right[r, 0])
        crossings = (
            over_low_left[i, b].astype(int) + over_high_left[i, j] + over_high_right[r, j] + over_low_right[r, b]
        )
        boxes.append(np.column_stack([left[i, 0], corner, end, top[j, 0], miss, crossings]))
        count += len(i)
    return np.concatenate(boxes)


def _weighed(box: F64, label: tuple[float, float, float], scales: tuple[float, ...]) -> list[tuple[float, F64]]:
    """Return (cost, box) of the paper-sized boxes around a label (x, y, height), cheapest first."""
    x, y, height = label
    fit = fitting(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1], scales)
    near = np.minimum(box[:, 2] - x, y - box[:, 1]) <= EDGE_MM * height / LETTERS_MM[0]
    found = []
    for row in np.flatnonzero(fit & near)[:FITTING].tolist():
        cost = _cost(box[row], float(box[row, 4]), x, y, height, scales)
        if cost is not None:
            found.append((cost, box[row]))
    found.sort(key=lambda one: one[0])
    return [one for one in found[:EACH] if one[0] <= found[0][0] + FARTHER]


def _nearest(lines: F64, place: float, count: int) -> F64:
    """Return the lines nearest above a place (below it where `count` is negative)."""
    chosen = lines[lines[:, 0] > place] if count > 0 else lines[lines[:, 0] < place]
    return chosen[np.argsort(np.abs(chosen[:, 0] - place), kind="stable")[: abs(count)]]


def _short(upright: F64, level: F64) -> F64:
    """Return (k, m) how far upright and level lines end before the corner they would make; 0 where they meet."""
    x, y = upright[:, 0][:, None], level[:, 0][None]
    one = np.maximum(level[:, 1][None] - x, x - level[:, 2][None])
    two = np.maximum(upright[:, 1][:, None] - y, y - upright[:, 2][:, None])
    return np.maximum(np.maximum(one, two), 0.0)


def _run_on(upright: F64, level: F64, side: int, end: int, reach: float) -> NDArray[np.bool_]:
    """Return (k, m) whether at a corner the level lines run on to `side` and the upright ones to `end` (1 low)."""
    beyond = (-1.0, 1.0)
    across = beyond[side - 1] * (level[:, side][None] - upright[:, 0][:, None]) > reach
    along = beyond[end - 1] * (upright[:, end][:, None] - level[:, 0][None]) > reach
    return across & along


def _cost(box: F64, miss: float, x: float, y: float, height: float, scales: tuple[float, ...]) -> float | None:
    """Return how little a box looks like the frame of the label in it, None where it cannot be."""
    best = None
    for fit in fits(float(box[2] - box[0]), float(box[3] - box[1]), scales):
        letter = height / fit.scale
        right, below = float(box[2] - x) / fit.scale, float(y - box[1]) / fit.scale
        if fit.error > ERROR or miss > MISS_MM * fit.scale or min(right, below) > EDGE_MM:
            continue
        if not LETTERS_MM[0] <= letter <= LETTERS_MM[1]:
            continue
        cost = right / 100 + below / 150 + 60 * fit.error + 0.3 * abs(math.log(letter / LETTER_MM))
        cost += (0.0 if fit.scale in PREFERRED else 0.3) + (0.1 if fit.inner else 0.0)
        best = cost if best is None else min(best, cost)
    return best
