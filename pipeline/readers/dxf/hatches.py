"""HATCH and MPOLYGON: solid ones as filled rings, pattern ones as boundary loops plus the pattern's lines."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from ezdxf.math import Vec2
from ezdxf.path import Path
from ezdxf.render.hatching import HatchBaseLine, HatchingError, hatch_boundary_paths, hatch_paths, pattern_baselines
from numpy.typing import NDArray

from pipeline.drawing.kinds import EntityKind
from pipeline.readers.dxf.looks import true_color
from pipeline.readers.dxf.shapes import Pen, world

F64 = NDArray[np.float64]
ASIDE = Vec2(4.7e-4, 6.1e-4)  # of the mean line spacing: pattern lines keep clear of the corners of the boundary


def rings(entity: Any, paths: list[Path]) -> list[F64]:
    """Return the boundary paths (object coordinates) as loops (k, 3) in world coordinates, curves flattened."""
    height = float(entity.dxf.elevation.z)
    found: list[F64] = []
    for path in paths:
        ends = path.control_vertices()
        if path.has_curves:
            size = max((max(abs(p.x) for p in ends) - min(p.x for p in ends), 1e-6))
            ends = list(path.flattening(max(size * 2e-3, 1e-6), 8))
        points = [(p.x, p.y, height) for p in ends]
        if len(points) > 1 and points[0] == points[-1]:
            points.pop()
        if len(points) > 1:
            found.append(world(entity, points))
    return found


def hatch(entity: Any, pen: Pen, line_limit: int) -> bool:
    """Append a hatch; returns False when its pattern has more lines than `line_limit` and was left out."""
    paths = hatch_boundary_paths(entity, filter_text_boxes=True)  # islands left out as the style says
    loops = rings(entity, paths)
    gradient = entity.gradient
    if entity.dxf.solid_fill or gradient is not None:
        if gradient is not None and not entity.dxf.hasattr("true_color") and gradient.color1 is not None:
            r, g, b = gradient.color1
            pen = Pen(pen.out, replace(pen.look, color=true_color((r << 16) | (g << 8) | b)), pen.source)
        pen.parts(loops, EntityKind.FILL, True)
        return True
    pen.parts(loops, EntityKind.HATCH, True)
    if entity.pattern is None or not loops or _estimate(entity, loops) > line_limit:
        return entity.pattern is None or not loops
    try:
        lines = list(itertools.islice(_pattern_lines(entity, paths), line_limit + 1))
    except HatchingError:
        return False
    if len(lines) > line_limit:
        return False
    if lines:  # mapped at once: the object coordinates of a mirrored hatch run the other way
        pen.parts(list(world(entity, np.array(lines)).reshape(-1, 2, 3)), EntityKind.PATH, False)
    return True


def _pattern_lines(entity: Any, paths: list[Path]) -> Iterator[tuple[float, ...]]:
    """Yield the dashes of a pattern as two points (x, y, z, x, y, z) in object coordinates.

    Not ezdxf's `hatch_entity`: for a turned extrusion that yields every dash twice, mapped and unmapped.
    """
    height = float(entity.dxf.elevation.z)
    for baseline in _baselines(entity):
        for line in hatch_paths(baseline, paths):
            for start, end in baseline.pattern_renderer(line.distance).render(line.start, line.end):
                yield start.x, start.y, height, end.x, end.y, height


def _baselines(entity: Any) -> Iterator[HatchBaseLine]:
    """Yield the base lines of a pattern, moved aside: a line through a corner counts the boundary twice or never.

    The library can do this too, but by a random step: the same file would not always give the same points.
    """
    found = list(pattern_baselines(entity))
    aside = ASIDE * (sum(line.offset.magnitude for line in found) / max(len(found), 1))
    for line in found:
        yield HatchBaseLine(line.origin + aside, line.direction, line.offset, line.line_pattern)


def _estimate(entity: Any, loops: list[F64]) -> float:
    """Return about how many dashes the pattern has inside the box of the loops."""
    points = np.concatenate(loops)[:, :2]
    width, height = np.ptp(points, axis=0)
    reach = math.hypot(width, height)
    total = 0.0
    for line in entity.pattern.lines:
        angle = math.radians(line.angle)
        spacing = abs(-line.offset.x * math.sin(angle) + line.offset.y * math.cos(angle))
        if spacing <= 0 or not math.isfinite(spacing):
            return math.inf
        period = sum(abs(d) for d in line.dash_length_items) if line.dash_length_items else 0.0
        dashes = max(1.0, reach / period * len(line.dash_length_items) / 2) if period > 0 else 1.0
        total += reach / spacing * dashes
    return total
