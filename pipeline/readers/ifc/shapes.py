"""Triangles of the products: the geometry kernel, its fallback, its budget and what it could not make."""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass, field
from typing import Any, Final

import ifcopenshell
import ifcopenshell.geom
import ifcopenshell.util.shape
import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.tables import ElementTable, MeshTable

KERNEL: Final = "hybrid-cgal-simple-opencascade"  # measured 2 to 4.5 times less CPU than opencascade (DESIGN 5)
FALLBACK: Final = "opencascade"
MAX_VERTICES = 16_000_000  # 200 MB of float32
_COLORS = {
    "IfcSpace": 0x9FC5E833,
    "IfcOpeningElement": 0xE0606033,
    "IfcWindow": 0x9BC4DB80,
    "IfcPlate": 0x9BC4DB80,
    "IfcCurtainWall": 0x9BC4DB80,
    "IfcDoor": 0xA47C52FF,
    "IfcColumn": 0x9A9A9AFF,
    "IfcBeam": 0xA8A8A8FF,
    "IfcSlab": 0xC2BFB8FF,
    "IfcRoof": 0xA5604AFF,
    "IfcStair": 0xB4A58CFF,
    "IfcStairFlight": 0xB4A58CFF,
    "IfcRailing": 0x707880FF,
    "IfcSite": 0x8FB573FF,
    "IfcFurniture": 0xC9A36AFF,
    "IfcFurnishingElement": 0xC9A36AFF,
}
_DEFAULT_COLOR = 0xD9D5CCFF


@dataclass(slots=True)
class Budget:
    """CPU seconds and vertices one file's geometry may cost (RELIABILITY 2.4)."""

    cpu_s: float
    vertices: int = MAX_VERTICES

    def end(self) -> float:
        """Return the process time at which the budget is used up."""
        return time.process_time() + self.cpu_s


def budget_for(size_bytes: int) -> Budget:
    """Return what the geometry of a file may cost: most of what the process may still use, else by its size.

    The sandbox sets RLIMIT_CPU; the plans and the snapshot need the rest of it.
    """
    soft, _ = resource.getrlimit(resource.RLIMIT_CPU)
    if soft == resource.RLIM_INFINITY:
        return Budget(cpu_s=min(60 + 0.6 * size_bytes / 1e6, 500))
    return Budget(cpu_s=max(2.0, (soft - time.process_time()) * 0.8))


@dataclass(slots=True)
class Shapes:
    """Triangles in millimetres (float64, world of the file) and what is missing."""

    vertices: list[NDArray[np.float64]] = field(default_factory=list)
    faces: list[NDArray[np.int64]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)  # element row of each block
    colors: list[NDArray[np.uint32]] = field(default_factory=list)  # per face
    missing: list[int] = field(default_factory=list)  # element rows with a body and no triangle
    consumed: list[int] = field(default_factory=list)  # rows whose openings leave nothing of the body
    nonfinite: int = 0
    by_fallback: int = 0
    out_of_budget: bool = False


def make_shapes(
    model: ifcopenshell.file, products: list[Any], table: ElementTable, poisoned: set[int], budget: Budget
) -> Shapes:
    """Tessellate every product that carries a body.

    Args:
        model: the opened model.
        products: products in the order of `table`.
        table: the element table; `box` is filled in (mm).
        poisoned: instance numbers whose geometry is known to kill or stall the kernel; never attempted.
        budget: what it may cost; beyond it the rest is listed as missing.

    Returns:
        The shapes; `missing` holds every expected row without triangles.
    """
    shapes = Shapes()
    wanted = {
        product.id(): row
        for row, product in enumerate(products)
        if table.shape_expected[row] and product.id() not in poisoned
    }
    end = budget.end()
    made = _iterate(model, {number: products[row] for number, row in wanted.items()}, wanted, shapes, budget, end)
    for number, row in wanted.items():
        if number in made:
            continue
        if time.process_time() > end:
            shapes.out_of_budget = True
            break
        if _one(products[row], row, shapes):
            shapes.by_fallback += 1
        elif getattr(products[row], "HasOpenings", None) and _one(products[row], row, Shapes(), uncut=True):
            shapes.consumed.append(row)
    for block, row in zip(shapes.vertices, shapes.rows, strict=True):
        low, high = block.min(axis=0), block.max(axis=0)
        old = table.box[row]
        table.box[row] = np.r_[np.fmin(low, old[:3]), np.fmax(high, old[3:])]
    have = set(shapes.rows) | set(shapes.consumed)
    shapes.missing = [row for row in range(len(products)) if table.shape_expected[row] and row not in have]
    return shapes


def _settings() -> Any:
    settings = ifcopenshell.geom.settings()
    settings.set("weld-vertices", True)
    settings.set("no-normals", True)
    settings.set("generate-uvs", False)
    return settings


def _iterate(
    model: ifcopenshell.file,
    products: dict[int, Any],
    wanted: dict[int, int],
    shapes: Shapes,
    budget: Budget,
    end: float,
) -> set[int]:
    """Run the fast kernel over all products; return the instance numbers that gave triangles."""
    made: set[int] = set()
    if not products:
        return made
    try:
        iterator = ifcopenshell.geom.iterator(
            _settings(), model, 1, include=list(products.values()), geometry_library=KERNEL
        )
        more = iterator.initialize()
    except (RuntimeError, ValueError, TypeError):
        return made
    vertices = 0
    while more:
        if time.process_time() > end or vertices > budget.vertices:
            shapes.out_of_budget = True
            break
        try:
            shape = iterator.get()
            row = wanted.get(shape.id)
            if row is not None and _take(shape, row, products[shape.id].is_a(), shapes):
                made.add(shape.id)
                vertices += len(shapes.vertices[-1])
            more = bool(iterator.next())
        except (RuntimeError, ValueError, TypeError):
            break  # the rest goes through the other kernel, one by one
    return made


def _one(product: Any, row: int, shapes: Shapes, *, uncut: bool = False) -> bool:
    """Try one product with the slower kernel; `uncut` leaves its openings closed."""
    try:
        settings = _settings()
        settings.set("disable-opening-subtractions", uncut)
        shape = ifcopenshell.geom.create_shape(settings, product, geometry_library=FALLBACK)
        return _take(shape, row, product.is_a(), shapes)
    except (RuntimeError, ValueError, TypeError, AttributeError):
        return False


def _take(shape: Any, row: int, kind: str, shapes: Shapes) -> bool:
    """Copy the triangles of one shape out of the library, in millimetres of the file's world."""
    geometry = shape.geometry
    vertices = np.array(ifcopenshell.util.shape.get_vertices(geometry), np.float64).reshape(-1, 3)
    faces = np.array(ifcopenshell.util.shape.get_faces(geometry), np.int64).reshape(-1, 3)
    if not len(faces) or not len(vertices):
        return False
    matrix = np.asarray(ifcopenshell.util.shape.get_shape_matrix(shape), np.float64)
    world = (vertices @ matrix[:3, :3].T + matrix[:3, 3]) * 1000.0
    finite: NDArray[np.bool_] = np.asarray((np.isfinite(world) & (np.abs(world) < 1e12)).all(axis=1))
    keep: NDArray[np.bool_] = np.asarray(finite[faces].all(axis=1))
    if not keep.all():
        shapes.nonfinite += int((~finite).sum())
        faces = faces[keep]
        world = np.where(finite[:, None], world, 0.0)
        if not len(faces):
            return False
        used, inverse = np.unique(faces, return_inverse=True)
        world, faces = world[used], inverse.reshape(-1, 3)
    shapes.vertices.append(world)
    shapes.faces.append(faces)
    shapes.rows.append(row)
    shapes.colors.append(_colors(geometry, kind, keep))
    return True


def _colors(geometry: Any, kind: str, keep: NDArray[np.bool_]) -> NDArray[np.uint32]:
    """Return 0xRRGGBBAA of each kept face: the surface style of the file, else a colour of the class."""
    default = np.uint32(_COLORS.get(kind, _DEFAULT_COLOR))
    palette = np.frombuffer(geometry.colors_buffer, np.float64).reshape(-1, 4)
    material = np.frombuffer(geometry.material_ids_buffer, np.int32)
    if not len(palette) or len(material) != len(keep):
        return np.full(int(keep.sum()), default, np.uint32)
    parts = (np.clip(np.nan_to_num(palette, nan=1.0), 0.0, 1.0) * 255 + 0.5).astype(np.uint32)
    coded = (parts[:, 0] << 24) | (parts[:, 1] << 16) | (parts[:, 2] << 8) | parts[:, 3]
    usable = (material >= 0) & (material < len(coded))
    return np.where(usable, coded[np.clip(material, 0, len(coded) - 1)], default)[keep].astype(np.uint32)


def mesh_table(shapes: Shapes) -> MeshTable:
    """Return all triangles as one float32 table relative to an origin (mm, whole metres)."""
    if not shapes.rows:
        return MeshTable()
    centers = np.array([(block.min(axis=0) + block.max(axis=0)) / 2 for block in shapes.vertices])
    origin = np.round(np.median(centers, axis=0) / 1000.0) * 1000.0
    sizes = np.array([len(block) for block in shapes.vertices])
    base = np.cumsum(sizes) - sizes
    counts = np.array([len(block) for block in shapes.faces])
    return MeshTable(
        origin=origin,
        vertices=np.concatenate([(block - origin).astype(np.float32) for block in shapes.vertices]),
        faces=np.concatenate([block + at for block, at in zip(shapes.faces, base, strict=True)]).astype(np.int32),
        face_element=np.repeat(np.array(shapes.rows, np.int32), counts),
        face_color=np.concatenate(shapes.colors),
    )
