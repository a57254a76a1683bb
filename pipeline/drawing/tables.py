"""Columnar tables of a drawing: one row per entity, text, insert, dimension or element, no objects."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
U32 = NDArray[np.uint32]
U8 = NDArray[np.uint8]


def empty(dtype: type, *shape: int) -> NDArray:
    """Return an empty column; `shape` are the trailing dimensions, the first is 0."""
    return np.zeros((0, *shape), dtype=dtype)


@dataclass(slots=True)
class EntityTable:
    """Entities of one space.

    Geometry is two-level: entity -> parts -> points. Entity `i` owns the parts
    `part_first[i] : part_first[i] + part_count[i]`; part `p` owns the points
    `point_first[p] : point_first[p + 1]` of `xy`. Curves are flattened to chords; circles and arcs
    keep their parameters in `arcs`. A TEXT entity has one closed part: the four corners of its box.
    """

    kind: U8 = field(default_factory=lambda: empty(np.uint8))  # (n,) EntityKind
    layer: I32 = field(default_factory=lambda: empty(np.int32))  # (n,) row in Drawing.layers
    color: U32 = field(default_factory=lambda: empty(np.uint32))  # (n,) 0xRRGGBBAA as shown on white paper
    width_mm: F32 = field(default_factory=lambda: empty(np.float32))  # (n,) pen width on paper, 0 = hairline
    dashed: U8 = field(default_factory=lambda: empty(np.uint8))  # (n,) 0 continuous, 1 dashed, 2 dash-dot, 3 dotted
    source: I32 = field(default_factory=lambda: empty(np.int32))  # (n,) row in Space.sources, -1 none
    insert: I32 = field(default_factory=lambda: empty(np.int32))  # (n,) innermost row in Space.inserts, -1 none
    element: I32 = field(default_factory=lambda: empty(np.int32))  # (n,) row in Drawing.elements, -1 none
    part_first: I32 = field(default_factory=lambda: empty(np.int32))  # (n,)
    part_count: I32 = field(default_factory=lambda: empty(np.int32))  # (n,)
    point_first: I32 = field(default_factory=lambda: np.zeros(1, np.int32))  # (p + 1,) offsets into xy
    part_closed: U8 = field(default_factory=lambda: empty(np.uint8))  # (p,) 1 = last point joins the first
    xy: F64 = field(default_factory=lambda: empty(np.float64, 2))  # (m, 2) space coordinates
    arcs: F64 = field(default_factory=lambda: empty(np.float64, 6))  # (a, 6) entity row, cx, cy, r, start, end

    def __len__(self) -> int:
        return len(self.kind)


@dataclass(slots=True)
class TextTable:
    """Texts of one space; `entity` is the TEXT row that owns the box."""

    entity: I32 = field(default_factory=lambda: empty(np.int32))  # (t,)
    string: list[str] = field(default_factory=list)  # (t,) decoded, line breaks as \n
    origin: F64 = field(default_factory=lambda: empty(np.float64, 2))  # (t, 2) left end of the (first) base line
    height: F64 = field(default_factory=lambda: empty(np.float64))  # (t,) cap height, space units (mm)
    rotation: F64 = field(default_factory=lambda: empty(np.float64))  # (t,) radians
    width: F64 = field(default_factory=lambda: empty(np.float64))  # (t,) length along the base line, mm
    font: I32 = field(default_factory=lambda: empty(np.int32))  # (t,) row in Drawing.fonts, -1 unknown
    align: U8 = field(default_factory=lambda: empty(np.uint8))  # (t,) lines 0 left, 1 centred, 2 right; () all left

    def __len__(self) -> int:
        return len(self.entity)


@dataclass(slots=True)
class InsertTable:
    """Block references (DXF INSERT; symbols learned elsewhere may use it too)."""

    name: list[str] = field(default_factory=list)  # (b,) block name
    layer: I32 = field(default_factory=lambda: empty(np.int32))
    source: I32 = field(default_factory=lambda: empty(np.int32))
    parent: I32 = field(default_factory=lambda: empty(np.int32))  # (b,) enclosing insert, -1 top
    transform: F64 = field(
        default_factory=lambda: empty(np.float64, 6)
    )  # (b, 6) a b c d tx ty: x' = a x + b y + tx, y' = c x + d y + ty
    attributes: list[dict[str, str]] = field(default_factory=list)  # (b,) tag -> value

    def __len__(self) -> int:
        return len(self.name)


@dataclass(slots=True)
class DimensionTable:
    """Linear dimensions with the measured value and the shown text kept apart."""

    measured_mm: F64 = field(default_factory=lambda: empty(np.float64))  # (d,) mm of reality
    shown: list[str] = field(default_factory=list)  # (d,) text as printed
    override: list[str] = field(default_factory=list)  # (d,) explicit text, "" if none
    points: F64 = field(default_factory=lambda: empty(np.float64, 2, 2))  # (d, 2, 2) the two measured points
    source: I32 = field(default_factory=lambda: empty(np.int32))
    layer: I32 = field(default_factory=lambda: empty(np.int32))

    def __len__(self) -> int:
        return len(self.shown)


@dataclass(slots=True)
class ElementTable:
    """Building elements of a model (IFC): one row a product, geometry in `Meshes`."""

    global_id: list[str] = field(default_factory=list)
    ifc_class: list[str] = field(default_factory=list)  # IfcWall, IfcDoor ...
    name: list[str] = field(default_factory=list)
    tag: list[str] = field(default_factory=list)
    type_name: list[str] = field(default_factory=list)
    predefined_type: list[str] = field(default_factory=list)
    storey: I32 = field(default_factory=lambda: empty(np.int32))  # (e,) row of the IfcBuildingStorey element, -1
    container: I32 = field(default_factory=lambda: empty(np.int32))  # (e,) spatial or aggregating parent row, -1
    placement: F64 = field(default_factory=lambda: empty(np.float64, 16))  # (e, 16) row-major 4x4, mm, NaN if none
    box: F64 = field(default_factory=lambda: empty(np.float64, 6))  # (e, 6) x0 y0 z0 x1 y1 z1 in mm, NaN if no shape
    properties: list[dict[str, dict[str, object]]] = field(default_factory=list)  # (e,) set -> name -> value
    quantities: list[dict[str, dict[str, object]]] = field(default_factory=list)
    attributes: list[dict[str, object]] = field(default_factory=list)  # OverallWidth, Elevation ... in file units
    materials: list[list[str]] = field(default_factory=list)
    groups: list[list[str]] = field(default_factory=list)  # (e,) names of IfcGroup, IfcSystem, IfcZone it belongs to
    shape_expected: U8 = field(default_factory=lambda: empty(np.uint8))  # (e,) 1 = has a body representation

    def __len__(self) -> int:
        return len(self.global_id)


@dataclass(slots=True)
class MeshTable:
    """Triangles of the elements in millimetres, relative to `origin`."""

    origin: F64 = field(default_factory=lambda: np.zeros(3))  # (3,) mm
    vertices: F32 = field(default_factory=lambda: empty(np.float32, 3))  # (v, 3)
    faces: I32 = field(default_factory=lambda: empty(np.int32, 3))  # (f, 3) rows in vertices
    face_element: I32 = field(default_factory=lambda: empty(np.int32))  # (f,) row in ElementTable
    face_color: U32 = field(default_factory=lambda: empty(np.uint32))  # (f,) 0xRRGGBBAA
