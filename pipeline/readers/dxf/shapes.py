"""Lines and curves of DXF entities as (k, 3) points in the coordinates of their layout or block (file units).

Curves become chords of at most 5 degrees, which leave them by no more than 1/4000 of their length; circles and arcs
in plan keep their parameters as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.drawing.kinds import EntityKind
from pipeline.readers.dxf import meshes
from pipeline.readers.dxf.chunk import ChunkBuilder, Look
from pipeline.readers.dxf.columns import splines, wide

if TYPE_CHECKING:
    from ezdxf.math import BSpline, Vec3

F64 = NDArray[np.float64]
CHORD = math.radians(5.0)
MIN_CHORDS = 8
FINENESS = 4000  # an arc's length for the farthest one of its chords may leave it
MOST_SHARP = 100.0  # longest axis by mean radius: beyond it an ellipse counts as flat
NO_TURN = 1e-9  # radians; what sweeps less is a full turn whose end was rounded beyond 2 pi


@dataclass(slots=True)
class Pen:
    """Where the shapes of one entity go: the rows, the look and the source they share."""

    out: ChunkBuilder
    look: Look
    source: int

    def stroke(self, points: ArrayLike, closed: bool = False, kind: EntityKind | None = None) -> int:
        """Append an open or closed line of (k, 3) points; returns its row."""
        array = np.asarray(points, np.float64).reshape(-1, 3)
        if not len(array):
            return -1
        if kind is None:
            kind = EntityKind.LINE if len(array) == 2 and not closed else EntityKind.POLYLINE
        return self.out.add(kind, [array], closed, self.look, self.source)

    def parts(self, parts: list[F64], kind: EntityKind, closed: bool) -> int:
        """Append one entity of several parts; empty parts are left out. Returns its row or -1."""
        kept = [p for p in parts if len(p)]
        return self.out.add(kind, kept, closed, self.look, self.source) if kept else -1


def axes(entity: Any) -> F64 | None:
    """Return the 3x3 rows (ux, uy, uz) of the entity's object coordinates, None when they are the world's."""
    extrusion = entity.dxf.get("extrusion", None)
    if extrusion is None or (extrusion[0] == 0 and extrusion[1] == 0 and extrusion[2] > 0):
        return None
    ocs = entity.ocs()
    return np.array([ocs.ux.xyz, ocs.uy.xyz, ocs.uz.xyz])


def world(entity: Any, points: ArrayLike) -> F64:
    """Return object coordinates (k, 3) as world coordinates."""
    array = np.asarray(points, np.float64).reshape(-1, 3)
    turn = axes(entity)
    return array if turn is None else array @ turn


def chords(sweep: ArrayLike) -> NDArray[np.int64]:
    """Return into how many chords arcs of some sweeps (radians) are cut.

    A chord of n leaves its arc by r s^2 / 8 n^2, which is s / 8 n^2 of the arc's length: a flat arc of a large radius
    takes far more chords than its angle alone asks for.
    """
    turn = np.abs(np.asarray(sweep, np.float64))
    return np.ceil(np.maximum(MIN_CHORDS, np.maximum(turn / CHORD, np.sqrt(turn * (FINENESS / 8))))).astype(np.int64)


def ellipse_chords(major: F64, minor: F64, start: F64, sweep: F64) -> NDArray[np.int64]:
    """Return into how many chords of even parameter ellipses are cut; axes (k, 3), start and sweep (k,) in radians.

    Here a chord leaves the curve by no more than major s^2 / 8 n^2, and the length is measured on 16 chords.
    """
    angle = start[:, None] + sweep[:, None] * np.linspace(0.0, 1.0, 17)
    coarse = np.cos(angle)[..., None] * major[:, None] + np.sin(angle)[..., None] * minor[:, None]
    length = np.linalg.norm(np.diff(coarse, axis=1), axis=2).sum(axis=1)
    axis = np.linalg.norm(major, axis=1)
    sharp = np.divide(axis * sweep, length, out=np.ones_like(length), where=length > 0)
    return np.maximum(chords(sweep), np.ceil(np.sqrt(np.clip(sharp, 1.0, MOST_SHARP) * sweep * (FINENESS / 8)))).astype(
        np.int64
    )


def arc_points(center: ArrayLike, radius: float, start: float, end: float) -> F64:
    """Return chord points (k, 3) of an arc from `start` to `end` (radians, counter-clockwise)."""
    count = int(chords(end - start))
    angle = np.linspace(start, end, count + 1)
    c = np.asarray(center, np.float64)
    return np.column_stack(
        [c[0] + radius * np.cos(angle), c[1] + radius * np.sin(angle), np.full(len(angle), c[2] if len(c) > 2 else 0.0)]
    )


def bulge_points(vertices: F64, closed: bool) -> F64:
    """Return chord points (k, 2) of a polyline of x, y, bulge rows (bulge = tan of a quarter of the arc's angle)."""
    if not vertices[:, 2].any():
        return vertices[:, :2]
    count = len(vertices)
    pieces: list[F64] = []
    for i in range(count if closed else count - 1):
        (x0, y0, bulge), (x1, y1, _) = vertices[i], vertices[(i + 1) % count]
        chord = math.hypot(x1 - x0, y1 - y0)
        if bulge == 0 or chord == 0 or not math.isfinite(bulge):
            pieces.append(vertices[i : i + 1, :2])
            continue
        sweep = 4 * math.atan(bulge)
        radius = chord / (2 * math.sin(abs(sweep) / 2))
        middle = math.atan2(y1 - y0, x1 - x0)
        begin = middle - sweep / 2 - math.copysign(math.pi / 2, bulge)
        center = (x0 - radius * math.cos(begin), y0 - radius * math.sin(begin))
        pieces.append(arc_points(center, radius, begin, begin + sweep)[:-1, :2])
    if not closed:
        pieces.append(vertices[-1:, :2])
    return np.concatenate(pieces)


def line(entity: Any, pen: Pen) -> None:
    """LINE."""
    pen.stroke([entity.dxf.start.xyz, entity.dxf.end.xyz])


def point(entity: Any, pen: Pen) -> None:
    """POINT."""
    pen.stroke([entity.dxf.location.xyz], kind=EntityKind.POINT)


def _round(entity: Any, pen: Pen, kind: EntityKind, start: float, end: float, closed: bool) -> None:
    center, radius = np.array(entity.dxf.center.xyz), abs(float(entity.dxf.radius))
    points = arc_points(center, radius, start, end)
    if closed:
        points = points[:-1]
    row = pen.stroke(world(entity, points), closed, kind)
    turn = axes(entity)
    if turn is None:
        pen.out.add_arc(row, center, radius, start, end)
    elif abs(turn[2, 2]) > 1 - 1e-9:  # extrusion -z: mirrored about y
        pen.out.add_arc(row, center @ turn, radius, math.pi - end, math.pi - start)


def circle(entity: Any, pen: Pen) -> None:
    """CIRCLE."""
    _round(entity, pen, EntityKind.CIRCLE, 0.0, 2 * math.pi, True)


def arc(entity: Any, pen: Pen) -> None:
    """ARC."""
    start = math.radians(float(entity.dxf.start_angle))
    sweep = (math.radians(float(entity.dxf.end_angle)) - start) % (2 * math.pi)
    _round(entity, pen, EntityKind.ARC, start, start + (sweep if sweep > NO_TURN else 2 * math.pi), False)


def ellipse(entity: Any, pen: Pen) -> None:
    """ELLIPSE: parameters are world coordinates already."""
    start, end = float(entity.dxf.start_param), float(entity.dxf.end_param)
    sweep = (end - start) % (2 * math.pi)
    sweep = sweep if sweep > NO_TURN else 2 * math.pi
    major, minor = np.array(entity.dxf.major_axis.xyz), np.array(entity.minor_axis.xyz)
    count = int(ellipse_chords(major[None], minor[None], np.array([start]), np.array([sweep]))[0])
    closed = sweep > 2 * math.pi - 1e-9
    params = start + np.linspace(0, sweep, count + 1)[: count if closed else count + 1]
    points = np.array(entity.dxf.center.xyz) + np.outer(np.cos(params), major) + np.outer(np.sin(params), minor)
    pen.stroke(points, closed, EntityKind.ELLIPSE)


def spline(entity: Any, pen: Pen) -> None:
    """SPLINE and HELIX."""
    if len(entity.control_points) == 0 and len(entity.fit_points) < 2:
        raise ValueError("spline without points")
    tool = entity.construction_tool()
    control = np.array([p.xyz for p in tool.control_points], np.float64)
    weights = np.array(tool.weights(), np.float64) if tool.is_rational else None
    curve = splines.Spline(tool.degree, np.array(tool.knots(), np.float64), control, weights)
    if splines.usable(curve):
        pen.stroke(splines.flattened([curve], splines.FINENESS)[1], kind=EntityKind.SPLINE)
        return
    points = _flattened(tool, max(np.ptp(control, axis=0).max() * splines.FINENESS, 1e-9))
    points = points[:: len(points) // splines.MOST_POINTS + 1] if len(points) > splines.MOST_POINTS else points
    pen.stroke([p.xyz for p in points], kind=EntityKind.SPLINE)


def _flattened(tool: BSpline, distance: float) -> list[Vec3]:
    """Return the points of `tool.flattening(distance, segments=4)`, without `isclose` of numpy on each.

    Only between the knots where the curve is defined: periodic splines have more of them at both ends.
    """
    from ezdxf.math import distance_point_line_3d

    at = tool.evaluator.point

    def divided(start: Vec3, end: Vec3, start_t: float, end_t: float) -> None:
        middle_t = (start_t + end_t) * 0.5
        middle = at(middle_t)
        try:
            off = distance_point_line_3d(middle, start, end)
        except ZeroDivisionError:  # one point
            off = 0.0
        if off < distance:
            points.append(end)
        else:
            divided(start, middle, start_t, middle_t)
            divided(middle, end, middle_t, end_t)

    knots = sorted(set(list(tool.knots())[tool.degree : tool.count + 1]))
    t = knots[0]
    last = at(t)
    points = [last]
    for stop in knots[1:]:
        step = (stop - t) / 4
        while t < stop:
            following = t + step
            if abs(following - stop) <= 1e-8 + 1e-5 * abs(stop):
                following = stop
            here = at(following)
            divided(last, here, t, following)
            t, last = following, here
    return points


def lwpolyline(entity: Any, pen: Pen) -> None:
    """LWPOLYLINE with bulges; a wide one is filled as well."""
    rows = np.asarray(entity.lwpoints.values, np.float64).reshape(-1, 5)
    if not len(rows):
        return
    flat = bulge_points(rows[:, [0, 1, 4]], bool(entity.closed))
    height = np.full((len(flat), 1), float(entity.dxf.elevation))
    pen.stroke(world(entity, np.hstack([flat, height])), bool(entity.closed), EntityKind.POLYLINE)
    if float(entity.dxf.const_width) > 0 or rows[:, 2:4].any():
        widths = rows[:, 2:4]
        if float(entity.dxf.const_width) > 0:
            widths = np.full_like(widths, float(entity.dxf.const_width))
        _wide(entity, pen, rows[:, [0, 1, 4]], widths, float(entity.dxf.elevation))


def _wide(entity: Any, pen: Pen, rows: F64, widths: F64, height: float) -> None:
    """Fill a wide polyline of x, y, bulge rows; `widths` (k, 2) at both ends of the segment that begins there."""
    closed = bool(entity.closed if entity.dxftype() == "LWPOLYLINE" else entity.is_closed)
    ribbon = wide.Ribbons(rows[:, :2], widths, rows[:, 2], np.array([len(rows)]), np.array([closed]))
    _, corners = wide.faces(ribbon)
    flat = np.dstack([corners, np.full(corners.shape[:2], height)])
    pen.parts([world(entity, face) for face in flat], EntityKind.FILL, True)


def polyline(entity: Any, pen: Pen) -> None:
    """POLYLINE: 2D with bulges, 3D, mesh and polyface."""
    if entity.is_2d_polyline:
        kept = [v for v in entity.vertices if not int(v.dxf.get("flags", 0)) & 16]  # no spline frame points
        if not kept:
            return
        rows = np.array([(v.dxf.location.x, v.dxf.location.y, float(v.dxf.get("bulge", 0))) for v in kept])
        flat = bulge_points(rows, bool(entity.is_closed))
        height = float(entity.dxf.get("elevation", (0, 0, 0))[2])
        points = np.hstack([flat, np.full((len(flat), 1), height)])
        pen.stroke(world(entity, points), bool(entity.is_closed), EntityKind.POLYLINE)
        default = [float(entity.dxf.get(f"default_{end}_width", 0)) for end in ("start", "end")]
        widths = np.array([
            [v.dxf.get("start_width", default[0]), v.dxf.get("end_width", default[1])] for v in kept
        ], np.float64)  # fmt: skip
        if any(default) or widths.any():
            _wide(entity, pen, rows, widths, height)
    elif entity.is_3d_polyline:
        kept = [v for v in entity.vertices if not int(v.dxf.get("flags", 0)) & meshes.FRAME]
        pen.stroke([v.dxf.location.xyz for v in kept], bool(entity.is_closed), EntityKind.POLYLINE)
    else:
        rings, edges = meshes.parts(entity)
        pen.parts(rings, EntityKind.PATH, True)
        pen.parts(edges, EntityKind.PATH, False)


def solid(entity: Any, pen: Pen) -> None:
    """SOLID and TRACE: filled, corners 3 and 4 are crossed."""
    corners = [p.xyz for p in entity.vertices()]
    pen.stroke(world(entity, corners), True, EntityKind.FILL)


def face3d(entity: Any, pen: Pen) -> None:
    """3DFACE: the outline in plan, without its hidden edges."""
    flags = int(entity.dxf.get("invisible_edges", 0)) & 15
    corners = np.array([entity.dxf.get(name, entity.dxf.vtx2).xyz for name in ("vtx0", "vtx1", "vtx2", "vtx3")])
    three = bool((corners[2] == corners[3]).all())
    if flags:
        hidden = meshes.hidden_edges(np.array([flags]), np.array([three]))
        pen.parts(list(meshes.visible_edges(corners[None], hidden)[1]), EntityKind.POLYLINE, False)
    else:
        pen.stroke(corners[:3] if three else corners, True, EntityKind.POLYLINE)


def mesh(entity: Any, pen: Pen) -> None:
    """MESH: the outlines of its faces in plan."""
    vertices = np.array([tuple(v) for v in entity.vertices], np.float64).reshape(-1, 3)
    pen.parts([vertices[list(face)] for face in entity.faces], EntityKind.PATH, True)


def picture(entity: Any, pen: Pen) -> None:
    """IMAGE and WIPEOUT: the outline (the clipping path where there is one)."""
    kind = EntityKind.WIPEOUT if entity.dxftype() == "WIPEOUT" else EntityKind.IMAGE
    points = [(p.x, p.y, 0.0) for p in entity.boundary_path_wcs()]
    if len(points) > 1 and points[0] == points[-1]:
        points.pop()
    pen.stroke(points, True, kind)


SHAPES: dict[str, Callable[[Any, Pen], None]] = {
    "LINE": line,
    "POINT": point,
    "CIRCLE": circle,
    "ARC": arc,
    "ELLIPSE": ellipse,
    "SPLINE": spline,
    "HELIX": spline,
    "LWPOLYLINE": lwpolyline,
    "POLYLINE": polyline,
    "SOLID": solid,
    "TRACE": solid,
    "3DFACE": face3d,
    "MESH": mesh,
    "WIPEOUT": picture,
}
