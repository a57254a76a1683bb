"""Axis grids (IfcGrid) of a model as tagged lines in plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.tables import ElementTable
from pipeline.readers.ifc.attributes import text

ARC_CHORDS = 32


@dataclass(slots=True)
class Axis:
    """One grid axis: its tag 轴号, points (k, 2) in mm of the file's world, element row of the grid."""

    tag: str
    points: NDArray[np.float64]
    row: int


def read_axes(products: list[Any], table: ElementTable, unit_mm: float) -> tuple[list[Axis], int]:
    """Return the axes of all grids and how many could not be read."""
    axes: list[Axis] = []
    failed = 0
    for row, product in enumerate(products):
        if not product.is_a("IfcGrid"):
            continue
        matrix = table.placement[row].reshape(4, 4)
        if not np.isfinite(matrix).all():
            matrix = np.eye(4)
        for name in ("UAxes", "VAxes", "WAxes"):
            for axis in getattr(product, name, None) or ():
                points = _curve(getattr(axis, "AxisCurve", None))
                if points is None:
                    failed += 1
                    continue
                world = points * unit_mm @ matrix[:2, :2].T + matrix[:2, 3]
                axes.append(Axis(text(axis.AxisTag), world, row))
    return axes, failed


def _curve(curve: Any) -> NDArray[np.float64] | None:
    """Return the points (k, 2) of a polyline, indexed polyline, trimmed line or circle in file units."""
    try:
        points = _points(curve)
    except (AttributeError, TypeError, ValueError, RuntimeError, IndexError):
        return None
    if points is None or len(points) < 2 or not np.isfinite(points).all():
        return None
    return points


def _points(curve: Any) -> NDArray[np.float64] | None:
    if curve is None:
        return None
    if curve.is_a("IfcPolyline"):
        return np.array([point.Coordinates[:2] for point in curve.Points], np.float64)
    if curve.is_a("IfcIndexedPolyCurve"):
        return np.array([one[:2] for one in curve.Points.CoordList], np.float64)
    if curve.is_a("IfcTrimmedCurve"):
        return _trimmed(curve)
    if curve.is_a("IfcLine"):
        start = np.array(curve.Pnt.Coordinates[:2], np.float64)
        return np.array([start, start + _along(curve.Dir)])
    return None


def _along(vector: Any) -> NDArray[np.float64]:
    direction = np.array(vector.Orientation.DirectionRatios[:2], np.float64)
    return direction / np.hypot(*direction) * float(vector.Magnitude)


def _trimmed(curve: Any) -> NDArray[np.float64] | None:
    basis = curve.BasisCurve
    ends = [_trim(basis, trim) for trim in (curve.Trim1, curve.Trim2)]
    if any(end is None for end in ends):
        return None
    if basis.is_a("IfcLine"):
        return np.array([_on(basis, end) for end in ends])
    if basis.is_a("IfcCircle"):
        center = np.array(basis.Position.Location.Coordinates[:2], np.float64)
        first, last = (np.arctan2(*(_on(basis, end) - center)[::-1]) for end in ends)
        if not curve.SenseAgreement:
            first, last = last, first
        angle = np.linspace(first, last if last > first else last + 2 * np.pi, ARC_CHORDS)
        return center + float(basis.Radius) * np.column_stack([np.cos(angle), np.sin(angle)])
    return None


def _trim(basis: Any, trim: Any) -> Any:
    """Return a trimming point (2,) or a parameter; the point is preferred (parameters hang on angle units)."""
    value = None
    for one in trim:
        if one.is_a("IfcCartesianPoint"):
            return np.array(one.Coordinates[:2], np.float64)
        value = float(one.wrappedValue)
    return value if basis.is_a("IfcLine") else None


def _on(basis: Any, end: Any) -> NDArray[np.float64]:
    if isinstance(end, np.ndarray):
        return end
    return np.array(basis.Pnt.Coordinates[:2], np.float64) + _along(basis.Dir) * end
