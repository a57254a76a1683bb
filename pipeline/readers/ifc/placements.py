"""Placements of products as 4x4 matrices: every row read once, matrices multiplied level by level."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.readers.ifc.attributes import attribute

F64 = NDArray[np.float64]
Frame = tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]  # location, axis, direction
MAX_CHAIN = 800  # placements relative to one another; the graph check refuses deeper ones before
_ERRORS = (AttributeError, TypeError, ValueError, RuntimeError, IndexError)
_Z, _X = (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)


class _Rows:
    """Placements in the order they were met: parent row (-1: none) and location, axis and direction of each."""

    def __init__(self) -> None:
        self.row_of: dict[int, int] = {}
        self.parent: list[int] = []
        self.frame: list[Frame | None] = []
        self._frames: dict[int, Frame | None] = {}

    def add(self, placement: Any) -> int:
        """Return the row of a placement, adding it and those it is relative to; -1 where it has no frame."""
        chain: list[Any] = []
        at = placement
        while at is not None and at.id() not in self.row_of and len(chain) <= MAX_CHAIN:
            chain.append(at)
            at = attribute(at, "PlacementRelTo")
        parent = -1 if at is None or at.id() not in self.row_of else self.row_of[at.id()]
        for one in reversed(chain):
            kind = one.is_a()
            axes = one.get_argument(1) if kind == "IfcLocalPlacement" else attribute(one, "CartesianPosition")
            self.row_of[one.id()] = len(self.parent)
            self.parent.append(parent)
            self.frame.append(self._frame(axes, needed=kind != "IfcLocalPlacement"))
            parent = len(self.parent) - 1
        return parent

    def _frame(self, axes: Any, *, needed: bool) -> Frame | None:
        if axes is None:
            return None if needed else ((0.0, 0.0, 0.0), _Z, _X)
        number = axes.id()
        if number not in self._frames:
            try:
                flat = axes.is_a() == "IfcAxis2Placement2D"
                location = axes.get_argument(0).get_argument(0)
                axis = None if flat else axes.get_argument(1)
                direction = axes.get_argument(1 if flat else 2)
                self._frames[number] = (_three(location, 0.0), _ratios(axis, _Z), _ratios(direction, _X))
            except _ERRORS:
                self._frames[number] = None
        return self._frames[number]


def _three(values: Any, default: float) -> tuple[float, ...]:
    numbers = tuple(float(value) for value in values[:3])
    return numbers + (default,) * (3 - len(numbers))


def _ratios(direction: Any, default: tuple[float, ...]) -> tuple[float, ...]:
    return default if direction is None else _three(direction.get_argument(0), 0.0)


def axis_placement(placement: Any) -> F64:
    """Return the (4, 4) matrix of an IfcAxis2Placement3D in file units."""
    location, axis, direction = (placement.get_argument(at) for at in range(3))
    frame = _three(location.get_argument(0), 0.0), _ratios(axis, _Z), _ratios(direction, _X)
    matrix: F64 = _matrices([frame], 1.0)[0]
    return matrix


def read_placements(products: list[Any], unit_mm: float) -> F64:
    """Return the (n, 16) row-major matrices in mm of the products' placements.

    NaN where there is none, where a row of it is broken, or where it follows a curve (IfcLinearPlacement without
    CartesianPosition).
    """
    rows = _Rows()
    own = np.full(len(products), -1, np.int64)
    for at, product in enumerate(products):
        try:
            own[at] = rows.add(attribute(product, "ObjectPlacement"))
        except _ERRORS:
            continue
    result = np.full((len(products), 16), np.nan)
    if rows.parent:
        world = _chained(np.array(rows.parent), _matrices(rows.frame, unit_mm)).reshape(-1, 16)
        result[own >= 0] = world[own[own >= 0]]
    return result


def _matrices(frames: list[Frame | None], unit_mm: float) -> F64:
    """Return the (n, 4, 4) matrices of axis placements; missing directions take the default of ISO 16739."""
    lost = ((np.nan,) * 3,) * 3
    columns = np.array([lost if frame is None else frame for frame in frames], np.float64)
    z, x = _unit(columns[:, 1], _Z), _unit(columns[:, 2], _X)
    x = x - z * np.einsum("ij,ij->i", x, z)[:, None]
    length = np.linalg.norm(x, axis=1)
    parallel = np.flatnonzero(length < 1e-9)
    if len(parallel):
        helper = np.where(np.abs(z[parallel, :1]) > 0.9, [[0.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]])
        x[parallel] = np.cross(helper, z[parallel])
        length[parallel] = np.linalg.norm(x[parallel], axis=1)
    x = x / length[:, None]
    matrix = np.zeros((len(frames), 4, 4))
    matrix[:, :3, 0], matrix[:, :3, 1], matrix[:, :3, 2] = x, np.cross(z, x), z
    matrix[:, :3, 3] = columns[:, 0] * unit_mm
    matrix[:, 3, 3] = 1.0
    return matrix


def _unit(vectors: F64, default: tuple[float, ...]) -> F64:
    length = np.linalg.norm(vectors, axis=1)
    zero = length <= 1e-12
    with np.errstate(divide="ignore", invalid="ignore"):
        unit = vectors / length[:, None]
    unit[zero] = default
    return unit


def _chained(parent: NDArray[np.int64], matrix: F64) -> F64:
    """Multiply every matrix by those above it; parents come before their children."""
    level = np.zeros(len(parent), np.int64)
    for row, above in enumerate(parent.tolist()):
        if above >= 0:
            level[row] = level[above] + 1
    world = matrix.copy()
    for depth in range(1, int(level.max()) + 1):
        rows = np.flatnonzero(level == depth)
        world[rows] = world[parent[rows]] @ matrix[rows]
    return world
