"""HATCH and MPOLYGON of the library: solid ones as filled rings, pattern ones as boundary loops and pattern lines.

The geometry is that of `columns.boundaries` and `columns.patterns`, which read the bytes of most hatches.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.kinds import EntityKind
from pipeline.readers.dxf.chunk import Look
from pipeline.readers.dxf.columns import boundaries, patterns
from pipeline.readers.dxf.columns.boundaries import ARC, ELLIPSE, LINE, SPLINE, Edges
from pipeline.readers.dxf.columns.splines import Spline, usable
from pipeline.readers.dxf.looks import aci_color, true_color
from pipeline.readers.dxf.shapes import Pen, world

F64 = NDArray[np.float64]
_SMALLEST = 1e-12  # radius or axis of an edge


def rings(entity: Any) -> list[F64]:
    """Return the boundary as loops (k, 2) in object coordinates, curves as chords, islands as the style says."""
    paths = list(entity.paths)
    flags = np.array([int(path.path_type_flags) for path in paths], np.int64)
    rank, drawn = boundaries.shown(
        flags, np.full(len(paths), int(entity.dxf.hatch_style)), np.zeros(len(paths), np.int64)
    )
    found: list[F64] = []
    for row in np.argsort(rank, kind="stable").tolist():
        if drawn[row]:
            sizes, xy = boundaries.opened(*_loops(paths[row]))
            found += [loop for loop in np.split(xy, np.cumsum(sizes)[:-1]) if len(loop) > 1]
    return found


def _loops(path: Any) -> tuple[NDArray, F64]:
    """Return point counts and points of the loops of one boundary path."""
    if path.type == 1:
        vertices = np.array(path.vertices, np.float64).reshape(-1, 3)
        closed = np.array([bool(path.is_closed)])
        return boundaries.polyline_loops(vertices[:, :2], vertices[:, 2], np.array([len(vertices)]), closed)
    edges = [made for made in map(_edge, path.edges) if made is not None]
    if not edges:
        return np.zeros(0, np.int64), np.zeros((0, 2))
    kind, start, end, radius, begin, stop, forward, spline = zip(*edges, strict=True)
    columns = Edges(
        np.array(kind), np.array(start), np.array(end), np.array(radius), np.array(begin), np.array(stop),
        np.array(forward), {row: item for row, item in enumerate(spline) if item is not None},
    )  # fmt: skip
    _, sizes, xy = boundaries.edge_loops(columns, np.array([len(edges)]))
    return sizes, xy


def _edge(edge: Any) -> tuple[Any, ...] | None:
    """Return the values of an edge as `Edges` has them, None where it has no extent."""
    zero = (0.0, 0.0)
    if edge.type == LINE:
        return LINE, tuple(edge.start)[:2], tuple(edge.end)[:2], 0.0, 0.0, 0.0, True, None
    if edge.type == SPLINE:
        made = _spline(edge)
        return None if made is None else (SPLINE, zero, zero, 0.0, 0.0, 0.0, True, made)
    turned = edge.type == ELLIPSE
    size = edge.major_axis.magnitude if turned else abs(edge.radius)
    begin, stop = float(edge.start_angle), float(edge.end_angle)
    if size <= _SMALLEST or abs(stop - begin) < 1e-7:
        return None
    if not edge.ccw:  # the library keeps them counter-clockwise, the file mirrored
        begin, stop = 360.0 - stop, 360.0 - begin
    end, radius = (tuple(edge.major_axis)[:2], edge.ratio) if turned else (zero, edge.radius)
    return (ELLIPSE if turned else ARC), tuple(edge.center)[:2], end, float(radius), begin, stop, bool(edge.ccw), None


def _spline(edge: Any) -> Spline | None:
    """Return the curve of a spline edge; one that is given by fit points or not clamped as the library makes it."""
    weights = np.array(edge.weights, np.float64) if len(edge.weights) else None
    control = np.array([(p[0], p[1], 0.0) for p in edge.control_points], np.float64).reshape(-1, 3)
    knots = np.array(edge.knot_values, np.float64)
    if len(control) and len(knots):
        made = Spline(int(edge.degree), knots - knots[0], control, weights)
        if usable(made):
            return made
    if not len(control) and not len(edge.fit_points):
        return None
    points = np.array([(p.x, p.y, 0.0) for p in _by_library(edge)], np.float64)
    knots = np.concatenate([[0.0], np.arange(len(points)), [len(points) - 1.0]])
    return Spline(1, knots, points)  # straight from point to point


def _by_library(edge: Any) -> list[Any]:
    from ezdxf.math import BSpline, fit_points_to_cad_cv

    if len(edge.control_points):
        weights = edge.weights if edge.weights else None
        tool = BSpline(edge.control_points, edge.degree + 1, edge.knot_values, weights)
    else:
        tangents = (edge.start_tangent, edge.end_tangent) if edge.start_tangent and edge.end_tangent else None
        tool = fit_points_to_cad_cv(edge.fit_points, tangents=tangents)
    size = np.ptp(np.array([tuple(p) for p in tool.control_points]), axis=0).max()
    return list(tool.flattening(max(size * 1e-3, 1e-9), segments=4))


def hatch(entity: Any, pen: Pen, line_limit: int) -> bool:
    """Append a hatch; returns False when its pattern has more lines than `line_limit` and was left out."""
    loops = rings(entity)
    height = float(entity.dxf.elevation.z)
    parts = [world(entity, np.column_stack([loop, np.full(len(loop), height)])) for loop in loops]
    gradient = entity.gradient if entity.gradient is not None and entity.gradient.kind else None  # 0: none is used
    filled = bool(entity.dxf.solid_fill) or gradient is not None
    fill = Pen(pen.out, _filling(entity, gradient, pen.look), pen.source) if filled else pen
    fill.parts(parts, EntityKind.FILL if filled else EntityKind.HATCH, True)
    if entity.dxftype() == "MPOLYGON":  # its edge is drawn too
        pen.parts(parts, EntityKind.PATH, True)
    if filled:
        return True
    if entity.pattern is None or not loops:
        return True
    lines, over = _pattern(entity, loops, line_limit)
    if len(lines):  # mapped at once: the object coordinates of a mirrored hatch run the other way
        points = np.column_stack([lines.reshape(-1, 2), np.full(2 * len(lines), height)])
        pen.parts(list(world(entity, points).reshape(-1, 2, 3)), EntityKind.PATH, False)
    return not over


def _filling(entity: Any, gradient: Any | None, look: Look) -> Look:
    """Return the look of a fill: the first colour of a gradient, the fill colour (63) of an MPOLYGON, else its own."""
    if gradient is not None and not entity.dxf.hasattr("true_color"):
        r, g, b = gradient.color1
        return replace(look, color=true_color((r << 16) | (g << 8) | b))
    own = int(entity.dxf.get("fill_color", 0)) if entity.dxftype() == "MPOLYGON" and gradient is None else 0
    return replace(look, color=aci_color(own)) if 0 < own < 256 else look


def _pattern(entity: Any, loops: list[F64], line_limit: int) -> tuple[F64, bool]:
    """Return the dashes of a pattern (d, 2, 2) in object coordinates, and whether there are too many."""
    lines = entity.pattern.lines
    families = patterns.Families(
        np.zeros(len(lines), np.int64),
        np.radians([float(line.angle) for line in lines]),
        np.array([tuple(line.base_point)[:2] for line in lines]).reshape(-1, 2),
        np.array([tuple(line.offset)[:2] for line in lines]).reshape(-1, 2),
        np.array([len(line.dash_length_items) for line in lines], np.int64),
        np.array([item for line in lines for item in line.dash_length_items], np.float64),
    )
    sizes = np.array([len(loop) for loop in loops])
    edges = patterns.Loops(np.zeros(len(loops), np.int64), sizes, np.concatenate(loops))
    _, found, over = patterns.dashes(edges, families, 1, line_limit)
    return found, bool(over[0])
