"""Strokes at the edges of their clips: a pen's ink ends where the clip does, not only its centre line.

What crosses an edge is cut there. What runs along one loses the part of its width that lies beyond: upright and level
lines become narrower ones in the middle of what is seen (a rectangle stroked and clipped by itself is half as wide; of
one with a side on the edge, that side is a line of its own). Others are told to be drawn as the area their pen leaves.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.readers.pdf.clipping import PAD, Clips, boxes, chained, crosses, cut_lines, replaced, segments, span, take
from pipeline.readers.pdf.paths import Flags, Shapes, keep_points

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
BROAD = 1.4  # points, half a millimetre: half of a narrower pen beyond an edge is not seen
BROAD_CURVE = 6.0  # points: a narrower circle stays a circle though its box cuts slices off its pen
CUTS = 20_000  # paths of a page cut at clips that are no rectangles
POINTS = 2_000_000  # of them
ALONG = 2.0  # pen widths: a stroke that runs on so far beside an edge lies along it
_FLAT = 1e-4  # points: a line is upright or level
_ALIKE = 0.05  # points: two pens are equally wide
_LESS = 0.35  # points: so much less of a pen is seen to be less
_GROW = np.array([-1.0, -1.0, 1.0, 1.0])


@dataclass(slots=True)
class Edged:
    """Strokes cut at the boxes of their clips."""

    made: Shapes
    width: F64  # (n,) points, of what is seen
    along: Flags  # (n,) broad, and along an edge in a way no narrower pen tells
    sides: Shapes | None = None  # single lines of strokes of which less is seen than of the rest
    side_of: I64 = field(default_factory=lambda: np.zeros(0, np.int64))  # (k,) the stroke of each
    side_width: F64 = field(default_factory=lambda: np.zeros(0))  # (k,) points


def strokes_within(made: Shapes, width: F64, clips: Clips) -> Edged:
    """Return strokes cut at their clips, widths (n,) in points."""
    edged = at_edges(made, width, clips)
    rows = np.flatnonzero((clips.outline >= 0) & (edged.made.part_count > 0))
    if not len(rows) or len(rows) > CUTS or edged.made.points_each()[rows].sum() > POINTS:
        return edged
    from pipeline.readers.pdf.polygons import Polygons  # shapely is slow to load, and most clips are rectangles

    polygons = Polygons(clips, rows)
    rows = polygons.rows
    broad = np.where(made.curved[rows], BROAD_CURVE, BROAD)
    cut, changed, along = polygons.lines(edged.made, rows, edged.width[rows], broad, ALONG)
    edged.along[rows] |= along
    over = np.zeros(len(width), bool)
    over[rows[changed]] = True
    edged.made = replaced(edged.made, over, cut)
    return edged


def fills_within(made: Shapes, even_odd: Flags, clips: Clips, done: I64) -> Shapes:
    """Return fills cut at those of their clips that are no rectangles, all but the rows `done`.

    Their rings are even-odd afterwards, and `even_odd` (n,) says so.
    """
    rows = np.setdiff1d(np.flatnonzero((clips.outline >= 0) & (made.part_count > 0)), done)
    if not len(rows) or len(rows) > CUTS or made.points_each()[rows].sum() > POINTS:
        return made
    from pipeline.readers.pdf.polygons import Polygons

    polygons = Polygons(clips, rows)
    rows = polygons.rows
    cut, changed = polygons.fills(made, rows, even_odd)
    over = np.zeros(len(even_odd), bool)
    over[rows[changed]] = True
    even_odd[over] = True
    return replaced(made, over, cut)


def at_edges(made: Shapes, width: F64, clips: Clips) -> Edged:
    """Return strokes cut at the boxes of their clips."""
    reach = boxes(made)
    edged = Edged(made, width, np.zeros(len(width), bool))
    over = crosses(reach + width[:, None] / 2 * _GROW, clips.box, np.full(len(width), PAD))
    # of a curve whose line stays inside, an edge grazes the pen only
    rows = np.flatnonzero(over & (~made.curved | crosses(reach, clips.box, np.full(len(width), PAD))))
    if not len(rows):
        return edged
    pen, clip = width[rows], clips.box[rows]
    some = cut_lines(take(made, rows), clip + np.maximum(pen[:, None] / 2, PAD) * _GROW)
    lines = _Lines(some, clip, pen)
    broad = np.where(made.curved[rows], BROAD_CURVE, BROAD) <= pen
    less = lines.less(broad)
    narrow, narrower = lines.alike(less)
    apart = less & ~narrow[lines.of] & (clips.outline[rows] < 0)[lines.of]
    rest = lines.without(apart)
    ran, projected = _projected(rest, clip)
    exact = cut_lines(rest, clip)
    crossing = (exact.part_count > 0) & (ran <= ALONG * pen)
    both = replaced(projected, crossing, take(exact, np.flatnonzero(crossing)))
    some.xy = lines.middles(some)
    both = replaced(both, narrow, take(some, np.flatnonzero(narrow)))
    changed = np.zeros(len(width), bool)
    changed[rows] = True
    edged.made = replaced(made, changed, _without_repeats(both))
    edged.along[rows] = broad & ~narrow & (ran > ALONG * pen)
    edged.width = width.copy()
    edged.width[rows] = np.where(narrow, narrower, pen)
    edged.sides, edged.side_of, edged.side_width = lines.sides(apart, rows)
    return edged


class _Lines:
    """The single lines of strokes and what is seen of the pen along each."""

    def __init__(self, made: Shapes, clip: F64, width: F64) -> None:
        self._made, self._width = made, width
        self._begins, self._ends, self._part = segments(made)
        self.of = made.parts_of()[self._part]  # (k,) path of every line
        owner = np.repeat(np.arange(len(width)), made.points_each())
        box, half = clip[owner], width[owner, None] / 2
        self._low, self._high = (np.clip(made.xy + side, box[:, :2], box[:, 2:]) for side in (-half, half))
        self._inside = np.clip(made.xy, box[:, :2], box[:, 2:])
        step = np.abs(made.xy[self._ends] - made.xy[self._begins])
        self._flat, self._upright = step.min(axis=1) <= _FLAT, step[:, 0] < step[:, 1]
        wide, tall = (self._high - self._low)[self._begins].T
        self._seen: F64 = np.where(self._upright, wide, tall)  # of upright and level lines

    def less(self, broad: Flags) -> Flags:
        """Return which lines, of broad pens, are upright or level and seen with less than their width, (k,)."""
        return self._flat & broad[self.of] & (self._width[self.of] - self._seen > _LESS)

    def alike(self, less: Flags) -> tuple[Flags, F64]:
        """Return the paths all of whose lines are seen with the same lesser width, and that width, (n,)."""
        count = len(self._width)
        most, least = np.zeros(count), np.full(count, np.inf)
        np.maximum.at(most, self.of, self._seen)
        np.minimum.at(least, self.of, self._seen)
        some = np.bincount(self.of, minlength=count) > 0
        none_other = np.bincount(self.of[~less], minlength=count) == 0
        return some & none_other & (most - least <= _ALIKE) & (most > 0), most

    def middles(self, made: Shapes) -> F64:
        """Return the points, moved to the middle of what is seen there of the pens of their lines."""
        runs = np.zeros(made.xy.shape, bool)  # whether a line through the point has its width along that axis
        for ends in (self._begins, self._ends):
            runs[ends[self._upright], 0] = runs[ends[~self._upright], 1] = True
        return np.where(runs, (self._low + self._high) / 2, self._inside)

    def without(self, apart: Flags) -> Shapes:
        """Return the paths without some of their lines."""
        made = self._made
        if not apart.any():
            return made
        whole = np.bincount(self._part[apart], minlength=len(made.point_count)) == 0
        kept = np.flatnonzero(~apart)
        part, of = self._part[kept], self.of[kept]
        begins = np.ones(len(kept), bool)
        begins[1:] = (part[1:] != part[:-1]) | (np.diff(kept) > 1)
        head, tail = made.xy[self._begins[kept][begins]], made.xy[self._ends[kept]]
        closed = (whole & made.part_closed)[part[begins]]
        return chained(head, tail, begins, closed, np.bincount(of[begins], minlength=len(made.part_count)))

    def sides(self, apart: Flags, rows: I64) -> tuple[Shapes, I64, F64]:
        """Return lines as strokes of their own, as narrow as they are seen, the row of each, and its width."""
        kept = np.flatnonzero(apart & (self._seen > _ALIKE))
        across = np.stack([self._upright[kept], ~self._upright[kept]], axis=1)
        middle = (self._low + self._high) / 2
        ends = [np.where(across, middle[at[kept]], self._inside[at[kept]]) for at in (self._begins, self._ends)]
        one = np.ones(len(kept), np.int64)
        made = Shapes(one, one == 0, one + one, np.stack(ends, axis=1).reshape(-1, 2), one == 0)
        return made, rows[self.of[kept]], self._seen[kept]


def _projected(made: Shapes, clip: F64) -> tuple[F64, Shapes]:
    """Return how far every path runs beyond its clip, seen along the edges, and its shape with that pushed onto them.

    A line is divided where it enters and leaves the clip, so that what lies within stays where it is.
    """
    begins, ends, part = segments(made)
    a, b = made.xy[begins], made.xy[ends]
    owner = made.parts_of()[part]
    enter, leave = span(a, b, clip[owner])
    meets = enter <= leave
    cuts = np.stack([meets & (enter > 0), meets & (leave < 1)], axis=1)
    at = np.stack([enter, leave], axis=1)
    with np.errstate(invalid="ignore"):
        met = a[:, None] + at[:, :, None] * (b - a)[:, None]
    count = np.ones(len(made.xy), np.int64)
    count[begins] += cuts.sum(axis=1)
    xy = np.empty((int(count.sum()), 2))
    place = np.cumsum(count) - count
    xy[place] = made.xy
    xy[(place[begins] + 1)[cuts[:, 0]]] = met[cuts[:, 0], 0]
    xy[(place[begins] + 1 + cuts[:, 0])[cuts[:, 1]]] = met[cuts[:, 1], 1]
    first = np.cumsum(made.point_count) - made.point_count
    sizes = np.add.reduceat(count, first) if len(first) else np.zeros(0, np.int64)
    divided = Shapes(made.part_count, made.part_closed, sizes, xy, made.curved)
    begins, ends, part = segments(divided)
    owner = divided.parts_of()[part]
    box = clip[owner]
    middle = (xy[begins] + xy[ends]) / 2
    beyond = ((middle < box[:, :2] - 1e-9) | (middle > box[:, 2:] + 1e-9)).any(axis=1)
    of = np.repeat(np.arange(len(clip)), divided.points_each())
    divided.xy = np.clip(xy, clip[of, :2], clip[of, 2:])
    step = np.hypot(*(divided.xy[ends] - divided.xy[begins]).T)
    return np.bincount(owner[beyond], step[beyond], minlength=len(clip)).astype(np.float64), divided


def _without_repeats(made: Shapes) -> Shapes:
    """Return shapes without points that repeat the one before them, and without parts that shrank to a point."""
    if not len(made.xy):
        return made
    first = np.cumsum(made.point_count) - made.point_count
    keep = np.ones(len(made.xy), bool)
    keep[1:] = np.abs(np.diff(made.xy, axis=0)).max(axis=1) > 1e-9
    keep[first] = True
    left = np.add.reduceat(keep, first)
    keep &= ~np.repeat((left == 1) & (made.point_count > 1), made.point_count)
    return keep_points(made, keep)
