"""Lines and curves of the entities of one piece as rows, a whole kind at a time (file units)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.kinds import EntityKind
from pipeline.drawing.strokes import ranges
from pipeline.readers.dxf import meshes
from pipeline.readers.dxf.columns import curves
from pipeline.readers.dxf.columns.alike import without_gaps
from pipeline.readers.dxf.columns.kinds import KIND, UNDRAWN, table_of
from pipeline.readers.dxf.columns.records import Attributes
from pipeline.readers.dxf.columns.rows import Rows, joined, one_part
from pipeline.readers.dxf.columns.wide import Ribbons, faces
from pipeline.readers.dxf.shapes import chords

F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]
_REQUIRED: dict[str, tuple[int, ...]] = {
    "LINE": (10, 20, 11, 21),
    "POINT": (10, 20),
    "CIRCLE": (10, 20, 40),
    "ARC": (10, 20, 40, 50, 51),
    "ELLIPSE": (10, 20, 11, 21, 40, 41, 42),
    "SOLID": (10, 20, 11, 21, 12, 22, 13, 23),
    "TRACE": (10, 20, 11, 21, 12, 22, 13, 23),
    "3DFACE": (10, 20, 11, 21, 12, 22, 13, 23),
    "LWPOLYLINE": (10, 20),
    "TEXT": (10, 20, 40),
    "MTEXT": (10, 20),
    "ATTRIB": (10, 20),
    "INSERT": (10, 20),
    "DIMENSION": (10, 20),
}
_FRAME = 16  # background flag of an MTEXT
_UNDRAWN = table_of(UNDRAWN)
_VERTEX, _POLYLINE, _LWPOLYLINE, _MTEXT = (KIND[n] for n in ("VERTEX", "POLYLINE", "LWPOLYLINE", "MTEXT"))


def incomplete(found: Attributes) -> Mask:
    """Return which records of the kinds read here lack something or have something rare; these are drawn one by one."""
    kind = found.records.kind
    rare = _UNDRAWN[kind] & (found.has(92) | found.has(160) | found.has(310))  # with a picture
    present: dict[int, Mask] = {}
    for name, codes in _REQUIRED.items():
        of_kind = kind == KIND[name]
        if of_kind.any():
            for code in codes:
                if code not in present:
                    present[code] = ~np.isnan(found.column(code))
                rare |= of_kind & ~present[code]
    height = found.column(38, 0.0)
    rare |= (height != 0) & (kind != _LWPOLYLINE)
    extrusion = np.column_stack([found.column(code, 0.0) for code in (210, 220, 230)])
    rare |= found.has(210) & ~(np.linalg.norm(extrusion, axis=1) > 1e-12)
    rare |= (kind == _MTEXT) & ((found.column(90, 0.0).astype(np.int64) & _FRAME) != 0)
    rare |= (kind == _LWPOLYLINE) & _odd_lwpolyline(found)
    _mark_polylines(found, rare)
    return rare


def _odd_lwpolyline(found: Attributes) -> Mask:
    odd = np.zeros(len(found.records), bool)
    for code in (40, 41, 43):
        rows, values = found.numbers(code)
        odd[rows[~(values >= 0)]] = True
    x, _ = found.numbers(10)
    y, _ = found.numbers(20)
    if len(x) != len(y) or (x != y).any():
        odd[:] = True  # points without y: let the library look at all of them
    return odd


def _mark_polylines(found: Attributes, rare: Mask) -> None:
    """Mark polylines that are meshes or have a width below 0, and all whose vertices are rare."""
    kind = found.records.kind
    lines, vertices, owner = _vertices_of(kind)
    if not len(lines):
        return
    flags = found.column(70, 0.0).astype(np.int64)
    backwards = (found.column(40, 0.0) < 0) | (found.column(41, 0.0) < 0)
    rare |= (kind == _POLYLINE) & (((flags & (16 | 64)) != 0) | backwards)
    in_space = (flags[owner] & 8) != 0
    odd = rare[vertices] | np.isnan(found.column(10)[vertices]) | np.isnan(found.column(20)[vertices])
    odd |= ~in_space & backwards[vertices]
    rare[owner[odd]] = True


def figures(found: Attributes, usable: Mask) -> list[Rows]:
    """Return the rows of all plain figures among the records where `usable`; `entity` is the record's row."""
    kind = found.records.kind
    out: list[Rows] = []
    for name, make in _MAKERS.items():
        rows = np.flatnonzero(usable & (kind == KIND[name]))
        if len(rows):
            out.append(make(found, rows))
    out.append(_wide(found, np.flatnonzero(usable & (kind == _LWPOLYLINE))))
    out.append(_wide_old(found, np.flatnonzero(usable & (kind == _POLYLINE))))
    return out


def _pairs(found: Attributes, rows: NDArray) -> Rows:
    points = np.stack([found.points(10, rows), found.points(11, rows)], axis=1).reshape(-1, 3)
    return one_part(rows, EntityKind.LINE, np.full(len(rows), 2), 0, points)


def _dots(found: Attributes, rows: NDArray) -> Rows:
    return one_part(rows, EntityKind.POINT, np.ones(len(rows), np.int32), 0, found.points(10, rows))


def _circles(found: Attributes, rows: NDArray) -> Rows:
    count = len(rows)
    return _round(found, rows, EntityKind.CIRCLE, np.zeros(count), np.full(count, 2 * math.pi))


def _arcs(found: Attributes, rows: NDArray) -> Rows:
    start, end = (np.radians(found.column(code)[rows]) for code in (50, 51))
    sweep = (end - start) % (2 * math.pi)
    return _round(found, rows, EntityKind.ARC, start, start + np.where(sweep <= curves.NO_TURN, 2 * math.pi, sweep))


def _round(found: Attributes, rows: NDArray, kind: EntityKind, start: F64, end: F64) -> Rows:
    is_open = np.full(len(rows), kind == EntityKind.ARC)
    center, radius = found.points(10, rows), np.abs(found.column(40)[rows])
    count = chords(end - start)
    owner, angle = curves.steps(start, end, count, is_open)
    turns, turned = curves.axes(found.points(210, rows, np.nan))
    points = curves.to_world(curves.around(center, radius, owner, angle), owner, turns, turned)
    out = one_part(rows, kind, count + is_open, ~is_open, points)
    mirrored = turns & (np.abs(turned[:, 2, 2]) > 1 - 1e-9)
    if mirrored.any():  # extrusion -z: mirrored about y
        center[mirrored] = np.einsum("ki,kij->kj", center[mirrored], turned[mirrored])
        start, end = np.where(mirrored, math.pi - end, start), np.where(mirrored, math.pi - start, end)
    kept = np.flatnonzero(mirrored | ~turns)
    out.arcs = np.column_stack([kept, center[kept], radius[kept], start[kept], end[kept]]).astype(np.float64)
    return out


def _ellipses(found: Attributes, rows: NDArray) -> Rows:
    major = found.points(11, rows)
    extrusion = found.points(210, rows, np.nan)
    extrusion[np.isnan(extrusion[:, 0])] = (0.0, 0.0, 1.0)
    minor = np.cross(without_gaps(extrusion), major)
    length = np.linalg.norm(minor, axis=1)
    wanted = np.linalg.norm(major, axis=1) * found.column(40)[rows]
    minor *= np.divide(wanted, length, out=np.zeros(len(rows)), where=length > 0)[:, None]
    start, end = found.column(41)[rows], found.column(42)[rows]
    sizes, points, closed = curves.ellipse_points(found.points(10, rows), major, minor, start, end)
    return one_part(rows, EntityKind.ELLIPSE, sizes, closed, points)


def _corners(found: Attributes, rows: NDArray, order: tuple[int, ...]) -> tuple[NDArray, F64]:
    """Return sizes and points of faces; the fourth corner is left out where it equals the third."""
    corners = np.stack([found.points(code, rows) for code in (10, 11, 12, 13)], axis=1)
    three = (corners[:, 3] == corners[:, 2]).all(axis=1)
    four = corners[:, order]
    four[three, 2] = corners[three, 2]
    keep = np.ones((len(rows), 4), bool)
    keep[three, 3] = False
    return 4 - three.astype(np.int64), four[keep]


def _solids(found: Attributes, rows: NDArray) -> Rows:
    sizes, points = _corners(found, rows, (0, 1, 3, 2))  # corners 3 and 4 are crossed
    turns, turned = curves.axes(found.points(210, rows, np.nan))
    points = curves.to_world(points, np.repeat(np.arange(len(rows)), sizes), turns, turned)
    return one_part(rows, EntityKind.FILL, sizes, 1, points)


def _faces(found: Attributes, rows: NDArray) -> Rows:
    flags = found.column(70, 0.0)[rows].astype(np.int64) & 15
    whole, some = rows[flags == 0], rows[flags != 0]
    sizes, points = _corners(found, whole, (0, 1, 2, 3))
    out = one_part(whole, EntityKind.POLYLINE, sizes, 1, points)
    return joined([out, _edges(found, some, flags[flags != 0])]) if len(some) else out


def _edges(found: Attributes, rows: NDArray, flags: NDArray) -> Rows:
    """Return the visible edges of faces that hide some; faces that hide all have no row."""
    corners = np.stack([found.points(code, rows) for code in (10, 11, 12, 13)], axis=1)
    three = (corners[:, 3] == corners[:, 2]).all(axis=1)
    many, edges = meshes.visible_edges(corners, meshes.hidden_edges(flags, three))
    out = one_part(rows[many > 0], EntityKind.POLYLINE, np.zeros(0, np.int32), 0, edges.reshape(-1, 3))
    out.parts, out.sizes = many[many > 0].astype(np.int32), np.full(len(edges), 2, np.int32)
    out.closed = np.zeros(len(edges), np.uint8)
    return out


def _lwpolylines(found: Attributes, rows: NDArray) -> Rows:
    line = _lightweight(found, rows)
    return _flat(found, rows, line.xy, line.bulge, line.counts, line.closed, found.column(38, 0.0)[rows])


def _lightweight(found: Attributes, rows: NDArray, wide: bool = False) -> Ribbons:
    """Return the points of LWPOLYLINEs with their bulges, and where `wide` with their widths."""
    place = np.full(len(found.records), -1)
    place[rows] = np.arange(len(rows))
    tag_rows, x = found.number_rows(10)
    owner = place[found.owner[tag_rows]]
    mine = owner >= 0
    _, y = found.numbers(20)
    xy = np.column_stack([x[mine], y[mine]])
    owner, tag_rows = owner[mine], tag_rows[mine]

    def of_vertex(code: int) -> F64:
        out = np.zeros(len(owner))
        value_rows, values = found.number_rows(code)
        of_mine = place[found.owner[value_rows]] >= 0
        vertex = np.searchsorted(tag_rows, value_rows[of_mine]) - 1
        good = (vertex >= 0) & (owner[vertex] == place[found.owner[value_rows[of_mine]]])
        out[vertex[good]] = values[of_mine][good]
        return out

    widths = xy[:, :0]
    if wide:
        constant = found.column(43, 0.0)[rows][owner]
        widths = np.column_stack([of_vertex(40), of_vertex(41)])
        widths = np.where((constant > 0)[:, None], constant[:, None], widths)
    counts = np.bincount(owner, minlength=len(rows))
    closed = (found.column(70, 0.0)[rows].astype(np.int64) & 1) == 1
    return Ribbons(xy, widths, of_vertex(42), counts, closed)


def _wide(found: Attributes, rows: NDArray) -> Rows:
    """Return the fillings of LWPOLYLINEs that have a width, each one row of many faces."""
    wide = found.column(43, 0.0) > 0
    for code in (40, 41):
        owner, values = found.numbers(code)
        wide[owner[values != 0]] = True
    rows = rows[wide[rows]]
    if not len(rows):
        return Rows()
    return _filled(found, rows, _lightweight(found, rows, wide=True), found.column(38, 0.0)[rows])


def _wide_old(found: Attributes, rows: NDArray) -> Rows:
    """Return the fillings of POLYLINEs in plan that have a width; a vertex without one has that of its polyline."""
    kind, flags = found.records.kind, found.column(70, 0.0).astype(np.int64)
    rows = rows[(flags[rows] & 8) == 0]
    widths = np.column_stack([found.column(code) for code in (40, 41)])
    _, vertices, owner = _vertices_of(kind)
    if not without_gaps(widths[np.concatenate([rows, vertices])]).any():
        return Rows()
    place = np.full(len(kind), -1)
    place[rows] = np.arange(len(rows))
    mine = (place[owner] >= 0) & ((flags[vertices] & meshes.FRAME) == 0)
    vertices, of_line = vertices[mine], place[owner[mine]]
    own, default = widths[vertices], without_gaps(widths[rows])
    told = np.bincount(of_line, weights=without_gaps(own).any(axis=1), minlength=len(rows)) > 0
    wide = told | default.any(axis=1)
    if not wide.any():
        return Rows()
    kept = wide[of_line]
    vertices, of_line, own = vertices[kept], of_line[kept], own[kept]
    ribbons = Ribbons(
        found.points(10, vertices)[:, :2],
        np.where(np.isnan(own), default[of_line], own),
        found.column(42, 0.0)[vertices],
        np.bincount(of_line, minlength=len(rows))[wide],
        (flags[rows[wide]] & 1) == 1,
    )
    return _filled(found, rows[wide], ribbons, found.column(30, 0.0)[rows[wide]])


def _vertices_of(kind: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    """Return the records of POLYLINEs, the VERTEX records, and of the polyline each of these belongs to."""
    lines, vertices = np.flatnonzero(kind == _POLYLINE), np.flatnonzero(kind == _VERTEX)
    return lines, vertices, lines[np.searchsorted(lines, vertices) - 1]


def _filled(found: Attributes, rows: NDArray, ribbons: Ribbons, height: F64) -> Rows:
    """Return the fillings of wide polylines, each one row of many faces, `height` above their plane."""
    parts, corners = faces(ribbons)
    rows, parts, height = rows[parts > 0], parts[parts > 0], height[parts > 0]
    of = np.repeat(np.repeat(np.arange(len(rows)), parts), 4)
    points = np.column_stack([corners.reshape(-1, 2), height[of]])
    turns, turned = curves.axes(found.points(210, rows, np.nan))
    return Rows(
        entity=rows.astype(np.int32),
        kind=np.full(len(rows), EntityKind.FILL, np.uint8),
        parts=parts.astype(np.int32),
        sizes=np.full(len(corners), 4, np.int32),
        closed=np.ones(len(corners), np.uint8),
        xyz=curves.to_world(points, of, turns, turned),
    )


def _flat(found: Attributes, rows: NDArray, xy: F64, bulge: F64, counts: NDArray, closed: Mask, height: F64) -> Rows:
    sizes, flat = curves.bulged(xy, bulge, counts, closed)
    owner = np.repeat(np.arange(len(rows)), sizes)
    points = np.column_stack([flat, height[owner]])
    turns, turned = curves.axes(found.points(210, rows, np.nan))
    points = curves.to_world(points, owner, turns, turned)
    return one_part(rows, EntityKind.POLYLINE, sizes, closed, points)


def _polylines(found: Attributes, rows: NDArray) -> Rows:
    """POLYLINE in plan and in space; those without vertices that count have no row."""
    kind = found.records.kind
    _, vertices, owner = _vertices_of(kind)
    flags = found.column(70, 0.0).astype(np.int64)
    place = np.full(len(kind), -1)
    place[rows] = np.arange(len(rows))
    mine = (place[owner] >= 0) & ((flags[vertices] & meshes.FRAME) == 0)
    vertices, of_line = vertices[mine], place[owner[mine]]
    counts = np.bincount(of_line, minlength=len(rows))
    some = counts > 0
    in_space = (flags[rows] & 8) != 0
    xyz = found.points(10, vertices)
    bulge = np.where(in_space[of_line], 0.0, found.column(42, 0.0)[vertices])
    rows, counts, in_space = rows[some], counts[some], in_space[some]
    closed = (flags[rows] & 1) == 1
    height = found.column(30, 0.0)[rows]
    out = _flat(found, rows, xyz[:, :2], bulge, counts, closed, height)
    if in_space.any():
        first = np.cumsum(counts) - counts
        target = np.cumsum(out.sizes) - out.sizes
        out.xyz[ranges(target[in_space], counts[in_space])] = xyz[ranges(first[in_space], counts[in_space])]
    return out


_MAKERS = {
    "LINE": _pairs,
    "POINT": _dots,
    "CIRCLE": _circles,
    "ARC": _arcs,
    "ELLIPSE": _ellipses,
    "SOLID": _solids,
    "TRACE": _solids,
    "3DFACE": _faces,
    "LWPOLYLINE": _lwpolylines,
    "POLYLINE": _polylines,
}
