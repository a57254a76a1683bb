"""Paths of a page as entities: fills and strokes apart, circles recognised, in paper millimetres, y up."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.builder import concatenate
from pipeline.drawing.kinds import EntityKind
from pipeline.drawing.strokes import ranges
from pipeline.drawing.tables import EntityTable
from pipeline.readers.pdf.clipping import (
    PAD,
    Clips,
    boxes,
    crosses,
    cut_fills,
    filled_outlines,
    joined,
    replaced,
    take,
)
from pipeline.readers.pdf.edges import BROAD, Edged, fills_within, strokes_within
from pipeline.readers.pdf.lettering import CAP, Runs
from pipeline.readers.pdf.paths import Flags, Looks, Shapes, keep_points
from pipeline.readers.pdf.pens import MITRE_LIMIT, Pens

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
MANY, RINGS = 5_000, 1_000  # fills, and rings of one, up to which it is looked whether rings lie over one another
OUTLINES = 3_000  # strokes of a page drawn as areas; the rest stay lines
HAIR = 0.02  # points, 7 micrometres: a fill that is no wider is a line
LONG_MITRE = 2.0  # widths a mitre may reach beyond a round join before the stroke is drawn as an area
ROUND = 0.015  # a closed curve within this share of its radius is a circle


@dataclass(slots=True)
class Made:
    """Entities and the place of each in the page's painting order."""

    table: EntityTable
    seqno: I64


@dataclass(slots=True)
class Frame:
    """How a page's points become millimetres: x·mm, (height − y)·mm."""

    mm: float
    height: float

    def place(self, xy: F64) -> F64:
        """Return page points (k, 2), y down, as millimetres, y up."""
        placed = xy * self.mm
        placed[:, 1] = self.height * self.mm - placed[:, 1]
        return placed


def stroke_tables(
    made: Shapes, how: Looks, clips: Clips, layer: I64, source: I64, frame: Frame, pens: Pens | None = None
) -> list[Made]:
    """Return the entities of strokes; `clips` are those of each, `layer` and `source` (n,) its rows.

    The second table holds the strokes that are drawn as areas (`pipeline.readers.pdf.polygons`); `pens` where they are
    known better than by `how`.
    """
    width = how.width if how.width is not None else np.zeros(len(layer))
    dashed = how.dashed if how.dashed is not None else np.zeros(len(layer), np.uint8)
    edged = strokes_within(made, width, clips)
    solid = _drawn_as_areas(made, how, edged.along, pens) & (dashed == 0)
    areas = []
    if solid.any():
        from pipeline.readers.pdf.polygons import Polygons, inked, outlines_of  # slow to load, seldom needed

        drawn = np.flatnonzero(solid)
        shown = outlines_of(Polygons(clips, drawn).within(drawn, inked(take(made, drawn), _pens(how, drawn, pens))))
        rows, shown = _kept(shown)
        rows = drawn[rows]
        kind = np.full(len(rows), EntityKind.FILL, np.uint8)
        table = _table(shown, kind, layer[rows], how.color[rows], source[rows], frame.place(shown.xy))
        areas.append(Made(table, how.seqno[rows]))
        edged.made = keep_points(edged.made, ~np.repeat(solid, edged.made.points_each()))
    rows, made = _kept(edged.made)
    thick = edged.width[rows]
    if edged.sides is not None and len(edged.side_of):
        rows, made, thick = _with_sides(rows, made, thick, edged, edged.sides, ~solid)
    circle, arcs = _circles(made)
    kind = _line_kinds(made)
    kind[circle] = EntityKind.CIRCLE
    arcs[:, 1:3] = frame.place(arcs[:, 1:3])
    arcs[:, 3] *= frame.mm
    table = _table(made, kind, layer[rows], how.color[rows], source[rows], frame.place(made.xy))
    table.arcs = arcs
    table.width_mm = (thick * frame.mm).astype(np.float32)
    table.dashed = dashed[rows].astype(np.uint8)
    return [Made(table, how.seqno[rows]), *areas]


def _with_sides(
    rows: I64, made: Shapes, width: F64, edged: Edged, sides: Shapes, still: Flags
) -> tuple[I64, Shapes, F64]:
    """Return strokes, each followed by those of its lines that are strokes of their own; of those `still` strokes."""
    kept = np.flatnonzero(still[edged.side_of])
    both = joined(made, take(sides, kept))
    rows = np.concatenate([rows, edged.side_of[kept]])
    order = np.argsort(rows, kind="stable")
    return rows[order], take(both, order), np.concatenate([width, edged.side_width[kept]])[order]


def _drawn_as_areas(made: Shapes, how: Looks, along: Flags, pens: Pens | None) -> Flags:
    """Return which strokes a line with a width does not describe, no more than OUTLINES."""
    found = along.copy()
    if pens is not None and how.width is not None:
        from pipeline.readers.pdf.polygons import long_mitres

        broad = np.flatnonzero(how.width >= BROAD)
        some = pens.of(broad)
        found[broad] |= (some.uneven() > BROAD / 2) | long_mitres(take(made, broad), some, LONG_MITRE)
    rows = np.flatnonzero(found)
    if len(rows):
        from pipeline.readers.pdf.polygons import drawable

        found[rows] = False
        rows = rows[:OUTLINES]
        found[rows] = drawable(made, rows, how.width[rows] if how.width is not None else np.zeros(len(rows)))
    return found


def _pens(how: Looks, rows: I64, pens: Pens | None) -> Pens:
    """Return the pens of some strokes, round ones where no others are known."""
    if pens is not None:
        return pens.of(rows)
    width = np.zeros(len(rows)) if how.width is None else how.width[rows]
    cap, join = (np.zeros(len(rows), np.int64) if one is None else one[rows] for one in (how.cap, how.join))
    return Pens(width, cap, join, np.full(len(rows), MITRE_LIMIT), np.tile((1.0, 0.0, 0.0, 1.0), (len(rows), 1)))


def fill_table(made: Shapes, how: Looks, clips: Clips, layer: I64, source: I64, frame: Frame) -> Made:
    """Return the entities of fills; the arguments are those of `stroke_tables`."""
    clip = clips.box
    made, rows = filled_outlines(made, clips)
    even_odd = how.even_odd if how.even_odd is not None else np.zeros(len(layer), bool)
    if len(rows) and clips.even_odd is not None:
        even_odd[rows] = clips.even_odd[clips.outline[rows]]
    over = crosses(boxes(made), clip, np.full(len(layer), PAD))
    if over.any():
        made = replaced(made, over, cut_fills(take(made, np.flatnonzero(over)), clip[over]))
    made = fills_within(made, even_odd, clips, rows)
    thin = made.point_count < 3
    if thin.any():
        made = keep_points(made, ~np.repeat(thin, made.point_count))
    made.part_closed = np.ones(len(made.point_count), bool)
    rows, made = _kept(made)
    made, times = _apart(made, even_odd[rows])
    rows = np.repeat(rows, times)
    kind = np.full(len(rows), EntityKind.FILL, np.uint8)
    return Made(_table(made, kind, layer[rows], how.color[rows], source[rows], frame.place(made.xy)), how.seqno[rows])


def without_area(made: Shapes) -> Flags:
    """Return which paths have a length but no area: filled, they are hairlines (ISO 32000-1, 10.6.5), (n,)."""
    reach = boxes(made)
    size = np.nan_to_num((reach[:, 2:] - reach[:, :2]).max(axis=1, initial=0.0))
    area = np.bincount(made.parts_of(), weights=np.abs(_areas(made)), minlength=len(made.part_count))
    return np.asarray((size > HAIR) & (area <= HAIR * size))


def text_table(letters: Runs, layer: I64, source: int, frame: Frame) -> Made:
    """Return the TEXT entities of texts, whose part are the corners of their boxes; `source` is the first's row."""
    start, end = frame.place(letters.start), frame.place(letters.end)
    along = np.column_stack([np.cos(letters.angle), np.sin(letters.angle)])
    up = np.column_stack([-along[:, 1], along[:, 0]])
    height = (letters.tall * CAP * frame.mm)[:, None]
    width = np.hypot(*(end - start).T)[:, None]
    low, high = start - 0.25 * height * up, start + height * up
    corners = np.stack([low, low + width * along, high + width * along, high], axis=1)
    count = len(letters.text)
    one, closed = np.ones(count, np.int64), np.ones(count, bool)
    made = Shapes(one, closed, np.full(count, 4), corners.reshape(-1, 2), ~closed)
    kind = np.full(count, EntityKind.TEXT, np.uint8)
    return Made(_table(made, kind, layer, letters.color, source + np.arange(count), made.xy), letters.seqno)


def _kept(made: Shapes) -> tuple[I64, Shapes]:
    """Return the rows of the paths that have parts, and their shapes."""
    some = made.part_count > 0
    if some.all():
        return np.arange(len(some)), made
    made = Shapes(made.part_count[some], made.part_closed, made.point_count, made.xy, made.curved[some])
    return np.flatnonzero(some), made


def _table(
    made: Shapes, kind: NDArray[np.uint8], layer: I64, color: NDArray[np.uint32], source: I64, xy_mm: F64
) -> EntityTable:
    """Return the entities of paths placed at `xy_mm`, without width, dashes and arcs."""
    count = len(kind)
    return EntityTable(
        kind=kind,
        layer=layer.astype(np.int32),
        color=color,
        width_mm=np.zeros(count, np.float32),
        dashed=np.zeros(count, np.uint8),
        source=source.astype(np.int32),
        insert=np.full(count, -1, np.int32),
        element=np.full(count, -1, np.int32),
        part_first=(np.cumsum(made.part_count) - made.part_count).astype(np.int32),
        part_count=made.part_count.astype(np.int32),
        point_first=np.concatenate([[0], np.cumsum(made.point_count)]).astype(np.int32),
        part_closed=made.part_closed.astype(np.uint8),
        xy=xy_mm,
    )


def _apart(made: Shapes, even_odd: Flags) -> tuple[Shapes, I64]:
    """Give the rings of a non-zero fill an entity each where they lie over one another and all turn the same way.

    Such rings have no holes, while `EntityKind.FILL` is even-odd; rings of both ways stay one entity, whose inner
    rings are holes. Returns the shapes and how many entities each became.
    """
    times = np.ones(len(even_odd), np.int64)
    rows = np.flatnonzero((made.part_count > 1) & ~even_odd)
    if not len(rows):
        return made, times
    turn = np.sign(_areas(made))
    part_first = np.cumsum(made.part_count) - made.part_count
    parts = ranges(part_first[rows], made.part_count[rows])
    starts = np.cumsum(made.part_count[rows]) - made.part_count[rows]
    low, high = np.minimum.reduceat(turn[parts], starts), np.maximum.reduceat(turn[parts], starts)
    alike = _over_one_another(made, rows[(low >= 0) | (high <= 0)], part_first)
    times[alike] = made.part_count[alike]
    count = np.where(np.repeat(times > 1, times), 1, np.repeat(made.part_count, times))
    return Shapes(count, made.part_closed, made.point_count, made.xy, np.repeat(made.curved, times)), times


def _over_one_another(made: Shapes, rows: I64, part_first: I64) -> I64:
    """Return those of the rows that have rings whose boxes meet; where that is much to ask, all."""
    if not len(rows) or len(rows) > MANY or int(made.part_count[rows].max()) > RINGS:
        return rows
    reach = boxes(made.by_part())
    meets = []
    for first, count in zip(part_first[rows].tolist(), made.part_count[rows].tolist(), strict=True):
        x0, y0, x1, y1 = reach[first : first + count].T
        met = (x0[:, None] < x1) & (x1[:, None] > x0) & (y0[:, None] < y1) & (y1[:, None] > y0)
        meets.append(int(np.count_nonzero(met)) > count)
    return rows[np.asarray(meets, bool)]


def _areas(shown: Shapes) -> F64:
    """Return the signed area of every part as a ring (shoelace formula), (p,)."""
    if not len(shown.point_count):
        return np.zeros(0)
    stop = np.cumsum(shown.point_count)
    first = stop - shown.point_count
    following = np.arange(len(shown.xy)) + 1
    following[stop - 1] = first
    x, y = shown.xy.T
    return np.add.reduceat(x * y[following] - x[following] * y, first) / 2


def _line_kinds(made: Shapes) -> NDArray[np.uint8]:
    first = np.cumsum(made.part_count) - made.part_count
    single = made.part_count == 1
    kind = np.where(single, EntityKind.POLYLINE, EntityKind.PATH)
    kind[single & (made.point_count[first] == 2) & ~made.part_closed[first]] = EntityKind.LINE
    return kind.astype(np.uint8)


def _circles(made: Shapes) -> tuple[I64, F64]:
    """Return the rows of circles and their arcs (row, x, y, radius, 0, 2π) in page points."""
    first = np.cumsum(made.part_count) - made.part_count
    rows = np.flatnonzero(made.curved & (made.part_count == 1))
    part = first[rows]
    fit = made.part_closed[part] & (made.point_count[part] >= 16)
    rows, part = rows[fit], part[fit]
    if not len(rows):
        return rows, np.zeros((0, 6))
    sizes = made.point_count[part]
    xy = made.xy[ranges((np.cumsum(made.point_count) - made.point_count)[part], sizes)]
    starts = np.cumsum(sizes) - sizes
    low, high = np.minimum.reduceat(xy, starts), np.maximum.reduceat(xy, starts)
    size = high - low
    center, radius = (low + high) / 2, size.mean(axis=1) / 2
    distance = np.hypot(*(xy - np.repeat(center, sizes, axis=0)).T)
    error = np.maximum.reduceat(np.abs(distance - np.repeat(radius, sizes)), starts)
    good = (size.min(axis=1) > 0) & (np.abs(size[:, 0] - size[:, 1]) <= 0.02 * size.max(axis=1))
    good &= error <= ROUND * radius + 1e-6
    arcs = np.zeros((int(good.sum()), 6))
    arcs[:, 0], arcs[:, 1:3], arcs[:, 3], arcs[:, 5] = rows[good], center[good], radius[good], 2 * math.pi
    return rows[good], arcs


def woven(made: list[Made]) -> tuple[EntityTable, I64]:
    """Return tables as one in painting order, and the row in it of every entity of the tables, one after another."""
    made = [one for one in made if len(one.table)]
    if not made:
        return EntityTable(), np.zeros(0, np.int64)
    order = np.argsort(np.concatenate([one.seqno for one in made]), kind="stable")
    row = np.empty(len(order), np.int64)
    row[order] = np.arange(len(order))
    if len(made) == 1:
        return made[0].table, row
    both = concatenate([one.table for one in made])
    begin, arcs = 0, []
    for one in made:
        moved = one.table.arcs.copy()
        moved[:, 0] += begin
        arcs.append(moved)
        begin += len(one.table)
    both.arcs = np.concatenate(arcs)
    return reordered(both, order, row), row


def reordered(table: EntityTable, order: I64, row: I64) -> EntityTable:
    """Return a table with its entities in another order, parts and points following them; `row` is its inverse."""
    count = table.part_count[order].astype(np.int64)
    parts = ranges(table.part_first[order].astype(np.int64), count)
    sizes = np.diff(table.point_first).astype(np.int64)
    points = ranges(table.point_first[:-1][parts].astype(np.int64), sizes[parts])
    arcs = table.arcs.copy()
    if len(arcs):
        arcs[:, 0] = row[arcs[:, 0].astype(np.int64)]
    names = ("kind", "layer", "color", "width_mm", "dashed", "source", "insert", "element")
    return EntityTable(
        **{name: getattr(table, name)[order] for name in names},
        part_first=(np.cumsum(count) - count).astype(np.int32),
        part_count=count.astype(np.int32),
        point_first=np.concatenate([[0], np.cumsum(sizes[parts])]).astype(np.int32),
        part_closed=table.part_closed[parts],
        xy=table.xy[points],
        arcs=arcs,
    )
