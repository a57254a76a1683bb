"""Clip paths of a PDF page: what lies outside the clip in force is no ink, what crosses its box ends there.

The box of a clip is that of its own path within the box of the clip around it; clips in force that are no rectangles
count together (`pipeline.readers.pdf.polygons`), beyond NESTED of a page the innermost alone. A rectangle painted over
all of such a clip is the clip's own outline.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.strokes import ranges
from pipeline.readers.pdf.paths import Flags, Shapes, finite, keep_points, shapes

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Common = Callable[[Shapes, Flags, Shapes, Flags], Shapes]  # what lies in both of two paths
LEVELS = 64  # nesting that is followed
NESTED = 2_000  # clips within clips of a page, neither a rectangle, whose common area is made
RINGS = 5_000  # fills cut one by one; the rest of a page is left whole
OUTLINE_POINTS = 2_000_000  # of all clips of a page that stand in for fills
_FLAT = 1e-4  # points: a side of a rectangle is upright
PAD = 0.05  # points: what runs along the edge of its clip is seen


def take(made: Shapes, rows: I64) -> Shapes:
    """Return the shapes of some paths, in the order of `rows` (a path may come twice)."""
    part_first = np.cumsum(made.part_count) - made.part_count
    parts = ranges(part_first[rows], made.part_count[rows])
    point_first = np.cumsum(made.point_count) - made.point_count
    points = ranges(point_first[parts], made.point_count[parts])
    return Shapes(
        made.part_count[rows], made.part_closed[parts], made.point_count[parts], made.xy[points], made.curved[rows]
    )


def boxes(made: Shapes) -> F64:
    """Return x0 y0 x1 y1 of every path, (n, 4); NaN where a path has no points."""
    found = np.full((len(made.part_count), 4), np.nan)
    if len(made.xy) == 0:
        return found
    points = made.points_each()
    some = points > 0
    first = (np.cumsum(points) - points)[some]
    found[some, :2] = np.minimum.reduceat(made.xy, first, axis=0)
    found[some, 2:] = np.maximum.reduceat(made.xy, first, axis=0)
    return found


@dataclass(slots=True)
class Clips:
    """What clips each path of a page."""

    box: F64  # (n, 4)
    outline: I64  # (n,) row in `outlines` of the innermost clip that is no rectangle (within those around it), -1 none
    outlines: Shapes | None = None
    even_odd: Flags | None = None  # (rows of `outlines`,)

    def of(self, rows: slice | I64) -> Clips:
        """Return the clips of some paths."""
        return Clips(self.box[rows], self.outline[rows], self.outlines, self.even_odd)


def clips(pushes: Sequence[tuple[int, bool, int, tuple, bool]], levels: I64, area: F64, common: Common) -> Clips:
    """Return what clips each path of a page, at the widest the box `area`.

    `pushes` are the clips and groups of `Painted`, `levels` those of the paths, both in painting order. A path of
    level L lies within the last clip or group before it whose level is L - 1. `common` is that of `polygons`.
    """
    nothing = np.full(len(levels), -1)
    if not pushes:
        return Clips(np.broadcast_to(area, (len(levels), 4)), nothing)
    before, clip, level, even_odd = (np.asarray([push[at] for push in pushes]) for at in (0, 1, 2, 4))
    outlines = finite(shapes([push[3] for push in pushes]))[0]
    own, place = boxes(outlines), np.arange(len(pushes))
    turned = clip & ~is_rectangle(outlines) & (outlines.part_count > 0)
    reach, inside = np.tile(area, (len(pushes), 1)), np.full(len(pushes), -1)
    found, outline = np.tile(area, (len(levels), 1)), nothing
    last = np.searchsorted(before, np.arange(len(levels)), side="right") - 1  # push that each path comes after
    even_odd, left = even_odd.astype(bool), NESTED
    inner = np.full(len(pushes), -1)  # last push of the level before, at or before each push
    for depth in range(min(int(level.max()), LEVELS) + 1):
        here = np.flatnonzero(level == depth)
        outer = _inside(reach, inner[here], area)
        reach[here] = np.where(clip[here, None], within(own[here], outer), outer)
        around = np.where(inner[here] >= 0, inside[inner[here]], -1)
        inside[here] = np.where(turned[here], here, around)
        nested = np.flatnonzero(turned[here] & (around >= 0))[:left]
        if len(nested):
            outlines, left = _common(outlines, even_odd, here[nested], around[nested], common), left - len(nested)
        inner = np.maximum.accumulate(np.where(level == depth, place, -1))
        paths = np.flatnonzero((levels == depth + 1) & (last >= 0))
        at = inner[last[paths]]
        found[paths] = _inside(reach, at, area)
        outline[paths] = np.where(at >= 0, inside[at], -1)
    return Clips(found, outline, outlines, even_odd)


def _common(outlines: Shapes, even_odd: Flags, rows: I64, around: I64, common: Common) -> Shapes:
    """Return the outlines with those of `rows` cut at those of `around`; they are even-odd then."""
    changed = np.zeros(len(even_odd), bool)
    changed[rows] = True
    cut = common(take(outlines, rows), even_odd[rows], take(outlines, around), even_odd[around])
    even_odd[rows] = True
    return replaced(outlines, changed, cut)


def is_rectangle(made: Shapes) -> Flags:
    """Return which paths are one upright rectangle, (n,)."""
    found = made.part_count == 1
    rows = np.flatnonzero(found)
    part = (np.cumsum(made.part_count) - made.part_count)[rows]
    found[rows] = made.point_count[part] == 4
    rows = np.flatnonzero(found)
    part = (np.cumsum(made.part_count) - made.part_count)[rows]
    corners = made.xy[(np.cumsum(made.point_count) - made.point_count)[part][:, None] + np.arange(4)]
    step = np.abs(np.diff(corners, axis=1, append=corners[:, :1]))
    found[rows] = (step.min(axis=2) <= _FLAT).all(axis=1)
    return found


def filled_outlines(made: Shapes, clip: Clips) -> tuple[Shapes, I64]:
    """Return fills in which a rectangle that covers all of its clip is the clip's own outline, and the rows changed.

    Many programs paint an area so: the area as clip, then a rectangle over it.
    """
    none = np.zeros(0, np.int64)
    if clip.outlines is None or not (clip.outline >= 0).any():
        return made, none
    reach = boxes(made)
    covers = (reach[:, :2] <= clip.box[:, :2] + PAD).all(axis=1) & (reach[:, 2:] >= clip.box[:, 2:] - PAD).all(axis=1)
    changed = (clip.outline >= 0) & covers & is_rectangle(made)
    rows = np.flatnonzero(changed)
    if not len(rows) or clip.outlines.points_each()[clip.outline[rows]].sum() > OUTLINE_POINTS:
        return made, none
    return replaced(made, changed, take(clip.outlines, clip.outline[rows])), rows


def replaced(made: Shapes, over: Flags, cut: Shapes) -> Shapes:
    """Return the shapes with those of the flagged paths put in place of what they were."""
    others = np.flatnonzero(~over)
    both = joined(take(made, others), cut)
    return take(both, np.argsort(np.concatenate([others, np.flatnonzero(over)]), kind="stable"))


def joined(*made: Shapes) -> Shapes:
    """Return the paths of some shapes one after another."""
    return Shapes(*(np.concatenate([getattr(one, name) for one in made]) for name in Shapes.__dataclass_fields__))


def _inside(reach: F64, push: I64, area: F64) -> F64:
    """Return the boxes of pushes, `area` where there is none (-1)."""
    return np.where(push[:, None] >= 0, reach[push], area)


def within(box: F64, outer: F64) -> F64:
    """Return the common part of boxes; those of no points clip nothing of their own."""
    low = np.fmax(box[..., :2], outer[..., :2])
    high = np.fmin(box[..., 2:], outer[..., 2:])
    return np.concatenate([low, np.maximum(low, high)], axis=-1)


def outside(box: F64, clip: F64, pad: F64) -> Flags:
    """Return which boxes (n, 4) lie wholly outside their clips, more than `pad` (n,) points away from them."""
    return (
        (box[:, 2] < clip[:, 0] - pad)
        | (box[:, 3] < clip[:, 1] - pad)
        | (box[:, 0] > clip[:, 2] + pad)
        | (box[:, 1] > clip[:, 3] + pad)
    )


def crosses(box: F64, clip: F64, pad: F64) -> Flags:
    """Return which boxes (n, 4) reach more than `pad` (n,) points beyond their clips."""
    return (
        (box[:, 0] < clip[:, 0] - pad)
        | (box[:, 1] < clip[:, 1] - pad)
        | (box[:, 2] > clip[:, 2] + pad)
        | (box[:, 3] > clip[:, 3] + pad)
    )


def segments(made: Shapes) -> tuple[I64, I64, I64]:
    """Return the rows of both ends of every segment, and its part; a dot is a segment from itself to itself."""
    stop = np.cumsum(made.point_count)
    part = np.repeat(np.arange(len(stop)), made.point_count)
    following = np.arange(len(made.xy)) + 1
    following[stop - 1] = stop - made.point_count
    real = np.ones(len(made.xy), bool)
    real[stop - 1] = made.part_closed | (made.point_count == 1)
    return np.flatnonzero(real), following[real], part[real]


def cut_lines(made: Shapes, clip: F64) -> Shapes:
    """Return strokes cut at their clips (n, 4): Liang-Barsky for all segments at once."""
    begin, end, part = segments(made)
    a, b = made.xy[begin], made.xy[end]
    owner = made.parts_of()[part]
    low, high = span(a, b, clip[owner])
    kept = low <= high
    whole = kept & (low == 0) & (high == 1)
    closed = np.logical_and.reduceat(whole, np.flatnonzero(np.diff(part, prepend=-1))) & made.part_closed
    a, b, low, high = a[kept], b[kept], low[kept], high[kept]
    part, owner = part[kept], owner[kept]
    begins = np.ones(len(a), bool)
    begins[1:] = (part[1:] != part[:-1]) | (high[:-1] < 1) | (low[1:] > 0)
    delta = b - a
    head = np.where(low[begins, None] > 0, a[begins] + low[begins, None] * delta[begins], a[begins])
    tail = np.where(high[:, None] < 1, a + high[:, None] * delta, b)
    return chained(head, tail, begins, closed[part[begins]], np.bincount(owner[begins], minlength=len(clip)))


def chained(head: F64, tail: F64, begins: Flags, closed: Flags, part_count: I64) -> Shapes:
    """Return the parts that segments make one after another.

    Args:
        head: (p, 2) where the first segment of every part begins.
        tail: (k, 2) where the segments end.
        begins: (k,) which segments are the first of a part.
        closed: (p,) which parts end where they began.
        part_count: (n,) parts of every path.
    """
    run = np.cumsum(begins) - 1
    at = np.arange(len(tail)) + run + 1
    xy = np.empty((len(tail) + len(head), 2))
    xy[at] = tail
    xy[at[begins] - 1] = head
    size = np.bincount(run, minlength=len(head)) + 1
    made = Shapes(part_count, closed, size, xy, np.zeros(len(part_count), bool))
    keep = np.ones(len(xy), bool)
    keep[(np.cumsum(size) - 1)[closed]] = False  # a closed part says so and does not repeat its first point
    return keep_points(made, keep)


def span(a: F64, b: F64, clip: F64) -> tuple[F64, F64]:
    """Return the parameters at which segments a-b enter and leave their clips; enter > leave where they miss."""
    low, high = np.zeros(len(a)), np.ones(len(a))
    with np.errstate(divide="ignore", invalid="ignore"):
        for axis in (0, 1):
            delta = b[:, axis] - a[:, axis]
            one, two = (clip[:, axis] - a[:, axis]) / delta, (clip[:, axis + 2] - a[:, axis]) / delta
            level = delta == 0
            inside = (a[:, axis] >= clip[:, axis]) & (a[:, axis] <= clip[:, axis + 2])
            enter = np.where(level, np.where(inside, 0.0, 2.0), np.minimum(one, two))
            leave = np.where(level, np.where(inside, 1.0, -1.0), np.maximum(one, two))
            low, high = np.fmax(low, enter), np.fmin(high, leave)
    return low, high


def cut_fills(made: Shapes, clip: F64) -> Shapes:
    """Return fills cut at their clips (n, 4): rectangles clamped, other rings cut side by side."""
    count = made.point_count
    first = np.cumsum(count) - count
    owner = made.parts_of()
    box = clip[owner]
    each = made.by_part()
    rects = np.flatnonzero(is_rectangle(each))
    xy = made.xy.copy()
    at = first[rects][:, None] + np.arange(4)
    xy[at] = np.clip(xy[at], box[rects][:, None, :2], box[rects][:, None, 2:])
    rest = np.ones(len(count), bool)
    rest[rects] = False
    reach = boxes(each)
    gone = outside(reach, box, np.full(len(count), PAD))
    turn = np.flatnonzero(rest & ~gone & crosses(reach, box, np.full(len(count), PAD)))
    rings = {int(r): _ring_within(made.xy[first[r] : first[r] + count[r]], box[r]) for r in turn[:RINGS].tolist()}
    pieces, sizes, flags = [], [], []
    for row, (start, many) in enumerate(zip(first.tolist(), count.tolist(), strict=True)):
        ring = rings.get(row)
        piece = xy[start : start + many] if ring is None else ring
        if gone[row] or not len(piece):
            sizes.append(0)
            continue
        pieces.append(piece)
        sizes.append(len(piece))
        flags.append(bool(made.part_closed[row]))
    left = np.asarray(sizes, np.int64)
    return Shapes(
        part_count=np.bincount(owner[left > 0], minlength=len(made.part_count)),
        part_closed=np.asarray(flags, bool),
        point_count=left[left > 0],
        xy=np.concatenate(pieces) if pieces else np.zeros((0, 2)),
        curved=made.curved & False,
    )


def _ring_within(ring: F64, box: F64) -> F64:
    """Return a ring (k, 2) cut to a box by Sutherland and Hodgman's rule, (j, 2), empty if it lies outside."""
    for axis, bound, side in ((0, box[0], 1), (0, box[2], -1), (1, box[1], 1), (1, box[3], -1)):
        if len(ring) == 0:
            return ring
        ahead = np.roll(ring, -1, axis=0)
        here, there = side * (ring[:, axis] - bound), side * (ahead[:, axis] - bound)
        crossing = (here >= 0) != (there >= 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            met = ring + (ahead - ring) * (here / (here - there))[:, None]
        both = np.stack([ring, met], axis=1)
        ring = both.reshape(-1, 2)[np.column_stack([here >= 0, crossing]).reshape(-1)]
    return ring
