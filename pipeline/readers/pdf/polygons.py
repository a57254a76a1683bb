"""Clips that are no rectangles, and strokes as the areas their pens leave: what needs real polygons (shapely, GEOS).

A stroke is drawn by a round pen along its line, which the model keeps as a line and a width. Where that shows
something else than the page - a broad pen along the edge of its clip, a pen squeezed or skewed by the matrix in force,
a mitre many pens long - the stroke becomes an area: its outline by ISO 32000-1, 8.4.3 (caps, joins, mitre limit),
within its clip.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.drawing.strokes import ranges
from pipeline.readers.pdf.clipping import PAD, Clips, boxes, take
from pipeline.readers.pdf.paths import Flags, Shapes

if TYPE_CHECKING:
    from pipeline.readers.pdf.pens import Pens

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Geometries = NDArray[np.object_]
MITRE, ROUND = 0, 1  # joins
_CAPS = ("flat", "round", "square", "square")
_QUARTER = 12  # chords of a quarter circle of a pen
TANGLED, TANGLES = 200, 5_000  # points of a ring that crosses itself, and of all of them, that are put in order
JOINED, CROSSING = 200, 8  # rings that lie over one another: of one winding, of both
DRAWN, WORK = 2_000, 1_000_000  # points of a stroke drawn as an area; of all clips, once for each path they cut
EFFORT = 300_000  # of drawing strokes as areas, a second at most


def areas(made: Shapes, even_odd: Flags) -> Geometries:
    """Return paths as polygons filled by their rule, (n,); empty without an area, None where that is dear to find."""
    found = np.full(len(made.part_count), shapely.Polygon(), object)
    good = np.flatnonzero(made.point_count >= 3)
    if not len(good):
        return found
    each = take(made.by_part(), good)
    borders = shapely.linearrings(each.xy, indices=np.repeat(np.arange(len(good)), each.point_count))
    rings = shapely.polygons(borders)
    tangled = ~shapely.is_valid(rings)
    loose = tangled & (each.point_count <= TANGLED) & (np.cumsum(each.point_count * tangled) <= TANGLES)
    rings[loose] = shapely.make_valid(rings[loose], method="structure")
    rings[tangled & ~loose] = None
    for row, first, last in _groups(made.parts_of()[good]):
        if last - first == 1:
            found[row] = rings[first]
        elif shapely.is_missing(rings[first:last]).any():
            found[row] = None
        elif even_odd[row] or len(np.unique(shapely.is_ccw(borders[first:last]))) == 2:
            found[row] = _odd_areas(rings[first:last], borders[first:last])
        else:
            found[row] = shapely.union_all(rings[first:last]) if last - first <= JOINED else None
    return found


def _odd_areas(rings: Geometries, borders: Geometries) -> shapely.Geometry | None:
    """Return what lies within an odd number of rings."""
    lines = shapely.multilinestrings(borders)
    if shapely.is_simple(lines):  # rings beside and within one another
        return shapely.build_area(lines)
    return shapely.symmetric_difference_all(rings) if len(rings) <= CROSSING else None


def _groups(owner: I64) -> list[tuple[int, int, int]]:
    """Return (owner, first, last + 1) of every run of equal numbers."""
    begins = np.flatnonzero(np.diff(owner, prepend=-1))
    ends = np.append(begins[1:], len(owner))
    return list(zip(owner[begins].tolist(), begins.tolist(), ends.tolist(), strict=True))


def outlines_of(found: Geometries) -> Shapes:
    """Return polygons as paths of closed parts, holes being parts too; fill them even-odd."""
    polygons, owner = shapely.get_parts(found, return_index=True)
    deeper = shapely.get_type_id(polygons) == shapely.GeometryType.GEOMETRYCOLLECTION
    if deeper.any():
        inner, place = shapely.get_parts(polygons, return_index=True)
        polygons, owner = inner, owner[place]
    solid = (shapely.get_type_id(polygons) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(polygons)
    polygons, owner = polygons[solid], owner[solid]
    rings, place = shapely.get_rings(polygons, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    last = np.diff(ring, append=-1) != 0  # a ring repeats its first point
    part_count = np.bincount(owner[place], minlength=len(found))
    return Shapes(
        part_count,
        np.ones(len(rings), bool),
        np.bincount(ring[~last], minlength=len(rings)),
        xy[~last],
        np.zeros(len(found), bool),
    )


def common(one: Shapes, odd: Flags, other: Shapes, other_odd: Flags) -> Shapes:
    """Return what lies in both of two paths, row by row; fill it even-odd."""
    return outlines_of(shapely.intersection(areas(one, odd), areas(other, other_odd)))


def lines_of(made: Shapes) -> Geometries:
    """Return paths as lines, one geometry each, (n,); a part of one point is a line without length."""
    stop = np.cumsum(made.point_count)
    closing = made.part_closed | (made.point_count == 1)
    count = made.point_count + closing
    rows = ranges(stop - made.point_count, count)
    rows[(np.cumsum(count) - 1)[closing]] = (stop - made.point_count)[closing]
    parts = shapely.linestrings(made.xy[rows], indices=np.repeat(np.arange(len(stop)), count))
    return np.asarray(shapely.multilinestrings(parts, indices=made.parts_of(), out=_empty_lines(len(made.part_count))))


def _empty_lines(count: int) -> Geometries:
    return np.full(count, shapely.MultiLineString(), object)


def paths_of(found: Geometries) -> Shapes:
    """Return lines as paths, (n,); a line that ends where it began is a closed part."""
    parts, owner = shapely.get_parts(shapely.line_merge(found), return_index=True)
    line = (shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING) & ~shapely.is_empty(parts)
    parts, owner = parts[line], owner[line]
    closed = np.asarray(shapely.is_ring(parts), bool)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    keep = ~((np.diff(part, append=-1) != 0) & closed[part]) if len(part) else np.zeros(0, bool)
    return Shapes(
        np.bincount(owner, minlength=len(found)),
        closed,
        np.bincount(part[keep], minlength=len(parts)),
        xy[keep],
        np.zeros(len(found), bool),
    )


def drawable(made: Shapes, rows: I64, width: F64) -> Flags:
    """Return which strokes, widths (rows,) in points, may be drawn as areas within EFFORT for all of them, (rows,).

    What it costs grows with the points, with how often a pen goes over the same place, and with the square of the
    points of a line that crosses itself.
    """
    some = take(made, rows)
    points = some.points_each().astype(np.float64)
    lines, reach = lines_of(some), boxes(some)
    side = np.nan_to_num(reach[:, 2:] - reach[:, :2]) + width[:, None]
    over = shapely.length(lines) * width / np.maximum(side.prod(axis=1), 1e-9)
    tangled = np.zeros(len(rows), bool)
    doubt = np.flatnonzero((points > 20) & (points <= DRAWN))
    tangled[doubt] = ~shapely.is_simple(lines[doubt])
    effort = points * (1.0 + over) + np.where(tangled, points**2, 0.0)
    within = (points <= DRAWN) & (effort <= EFFORT)
    return within & (np.cumsum(np.where(within, effort, 0.0)) <= EFFORT)


def _each(made: Shapes) -> Iterator[Shapes]:
    """Yield every path by itself, as views of the columns."""
    parts = np.append(0, np.cumsum(made.part_count))
    points = np.append(0, np.cumsum(made.point_count))[parts].tolist()
    part = parts.tolist()
    for row in range(len(made.part_count)):
        one, own = slice(row, row + 1), slice(part[row], part[row + 1])
        xy = made.xy[points[row] : points[row + 1]]
        yield Shapes(made.part_count[one], made.part_closed[own], made.point_count[own], xy, made.curved[one])


def long_mitres(made: Shapes, pens: Pens, longest: float) -> Flags:
    """Return which strokes have a mitre that reaches further than `longest` (of their width) beyond a round join."""
    found = np.zeros(len(made.part_count), bool)
    mitred = pens.join == MITRE
    for row, one in enumerate(_each(made)):
        if mitred[row]:
            reach = 0.5 * (_mitres(one, pens.mitre[row])[1] - 1.0)
            found[row] = bool((reach > longest).any())
    return found


def inked(made: Shapes, pens: Pens) -> Geometries:
    """Return the areas strokes leave, (n,), without dashes and clips."""
    found = np.full(len(made.part_count), shapely.Polygon(), object)
    for row, one in enumerate(_each(made)):
        matrix = pens.matrix[row].reshape(2, 2)  # a row vector of pen space times this is one of the page
        if not abs(np.linalg.det(matrix)) > 1e-12:
            continue
        one.xy = one.xy @ np.linalg.inv(matrix)
        area = _ink(one, pens.width[row] / 2, int(pens.cap[row]), int(pens.join[row]), float(pens.mitre[row]))
        found[row] = shapely.transform(area, lambda xy, by=matrix: xy @ by)
    return found


def _ink(one: Shapes, half: float, cap: int, join: int, limit: float) -> shapely.Geometry:
    """Return the area of one stroke drawn by a round pen."""
    line = lines_of(one)[0]
    style = "round" if join == ROUND else "bevel"
    area = shapely.buffer(line, half, quad_segs=_QUARTER, cap_style=_CAPS[min(cap, 3)], join_style=style)
    if join != MITRE:
        return area
    kites, ratio = _mitres(one, limit)
    kites = kites[ratio > 1.0]
    if not len(kites):
        return area
    corner, first, second = kites[:, 0], kites[:, 1], kites[:, 2]
    tip = (first + second) / (1.0 + (first * second).sum(axis=1))[:, None]
    corners = np.stack([corner, corner + half * first, corner + half * tip, corner + half * second], axis=1)
    return shapely.union_all([area, *shapely.make_valid(shapely.polygons(corners))])


def _mitres(one: Shapes, limit: float) -> tuple[F64, F64]:
    """Return the mitred corners of a path: point and both outward normals, (k, 3, 2), and mitre over width, (k,)."""
    found, ratios = [], []
    stop = np.cumsum(one.point_count)
    for part, last in enumerate(stop.tolist()):
        xy = one.xy[last - one.point_count[part] : last]
        if one.part_closed[part]:
            xy = np.concatenate([xy, xy[:2]])
        step = np.diff(xy, axis=0)
        length = np.hypot(*step.T)
        real = length > 0
        toward, at = step[real] / length[real, None], xy[1:][real]
        if len(toward) < 2:
            continue
        u, v, corner = toward[:-1], toward[1:], at[:-1]
        turn = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
        bent = np.clip((1.0 + (u * v).sum(axis=1)) / 2, 1e-12, 1.0)  # cos² of half the turn
        ratio = 1.0 / np.sqrt(bent)
        good = (ratio <= limit) & (np.abs(turn) > 1e-9)
        side = np.where(turn > 0, 1.0, -1.0)[:, None]
        normals = [side * np.column_stack([w[:, 1], -w[:, 0]]) for w in (u, v)]
        found.append(np.stack([corner, *normals], axis=1)[good])
        ratios.append(ratio[good])
    if not found:
        return np.zeros((0, 3, 2)), np.zeros(0)
    return np.concatenate(found), np.concatenate(ratios)


class Polygons:
    """The clips of some paths that are no rectangles; those too dear to apply are left to their boxes."""

    def __init__(self, clips: Clips, rows: I64) -> None:
        """Make the clips of `rows` ready; those of them that lie within one are `rows` afterwards."""
        self._box = clips.box
        self.rows = rows[clips.outline[rows] >= 0]
        self._found: Geometries = np.zeros(0, object)
        self._place = np.full(len(clips.outline), -1)
        if clips.outlines is None or not len(self.rows):
            return
        known, place = np.unique(clips.outline[self.rows], return_inverse=True)
        odd = clips.even_odd[known] if clips.even_odd is not None else np.zeros(len(known), bool)
        self._found = areas(take(clips.outlines, known), odd)
        points = shapely.get_num_coordinates(self._found)[place]
        kept = ~shapely.is_missing(self._found)[place] & (np.cumsum(points) <= WORK)
        self.rows = self.rows[kept]
        self._place[self.rows] = place[kept]

    def of(self, rows: I64) -> Geometries:
        """Return the clips of some of `self.rows`."""
        return np.asarray(self._found[self._place[rows]])

    def within(self, rows: I64, found: Geometries) -> Geometries:
        """Return geometries of some paths cut at all that clips them."""
        found = shapely.intersection(found, shapely.box(*self._box[rows].T))
        turned = self._place[rows] >= 0
        found[turned] = shapely.intersection(found[turned], self.of(rows[turned]))
        return np.asarray(found)

    def lines(self, made: Shapes, rows: I64, width: F64, broad: F64, along: float) -> tuple[Shapes, I64, Flags]:
        """Cut strokes (of `rows`) at these clips.

        Returns the shapes of those that are changed, which of `rows` those are, and which lie along an edge: their
        pen is at least `broad` points wide, and so near to the edge for more than `along` pens on either side.
        """
        lines, clip = lines_of(take(made, rows)), self.of(rows)
        shapely.prepare(clip)
        beside = np.zeros(len(rows), bool)
        wide = np.flatnonzero(width >= broad)
        if len(wide):
            pens, which = np.unique(
                np.column_stack([self._place[rows[wide]], width[wide]]), axis=0, return_inverse=True
            )
            edges = shapely.boundary(self._found[pens[:, 0].astype(np.int64)])
            edge = shapely.buffer(edges, pens[:, 1] / 2, quad_segs=2)[which.ravel()]
            beside[wide] = shapely.length(shapely.intersection(lines[wide], edge)) > 2 * along * width[wide]
        changed = np.flatnonzero(~shapely.contains_properly(clip, lines))
        reach = shapely.buffer(self._found, PAD, join_style="mitre")[self._place[rows[changed]]]
        cut = shapely.intersection(lines[changed], reach)
        return paths_of(cut), changed, beside

    def fills(self, made: Shapes, rows: I64, even_odd: Flags) -> tuple[Shapes, I64]:
        """Cut fills (of `rows`) at these clips; returns the shapes of those that are changed and which those are."""
        found, clip = areas(take(made, rows), even_odd[rows]), self.of(rows)
        shapely.prepare(clip)
        known = ~shapely.is_missing(found) & ~shapely.is_empty(found)
        changed = np.flatnonzero(known & ~shapely.contains_properly(clip, found))
        return outlines_of(shapely.intersection(found[changed], clip[changed])), changed
