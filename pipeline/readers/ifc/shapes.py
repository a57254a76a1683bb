"""Triangles of the products: the geometry kernel, its fallback, its budget and what it could not make."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import ifcopenshell
import ifcopenshell.geom
import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.tables import ElementTable, MeshTable
from pipeline.readers.base import CARE
from pipeline.readers.ifc.canonical import in_order
from pipeline.readers.ifc.elements import beside_bodies
from pipeline.readers.ifc.opening import Opened
from pipeline.readers.ifc.primitives import replace_round
from pipeline.readers.ifc.repeats import Dear, find_dear

KERNEL: Final = "hybrid-cgal-simple-opencascade"  # measured 2 to 4.5 times less CPU than opencascade (DESIGN 5)
FALLBACK: Final = "opencascade"
MAX_VERTICES = 16_000_000  # 200 MB of float32
MAX_COORDINATE_MM = 1e12
SORTED_VERTICES = 500_000  # of geometries sorted at once
BATCH = 24  # dear products given to the kernel at once
CALIBRATED_S = 1.0  # seconds of dear products after which the cost of the next ones is foretold
_COLORS = {
    "IfcSpace": 0x9FC5E833,
    "IfcVirtualElement": 0x9FC5E833,
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
    faces: list[NDArray[np.int32]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)  # element row of each block
    colors: list[NDArray[np.uint32]] = field(default_factory=list)  # per face
    missing: dict[int, str] = field(default_factory=dict)  # row with a body, no triangle -> poisoned | budget | kernel
    consumed: list[int] = field(default_factory=list)  # rows whose openings leave nothing of the body
    nonfinite: int = 0
    copied: int = 0  # shapes that are a copy of another product's in another place
    out_of_budget: bool = False


@dataclass(slots=True)
class _Local:
    """Triangles of one geometry before its placement: metres, faces, colours per face."""

    vertices: NDArray[np.float64]
    faces: NDArray[np.int32]
    palette: NDArray[np.float64]
    material: NDArray[np.int32]
    nonfinite: int = 0


class _Maker:
    """Runs the kernels over the products of one model."""

    def __init__(self, opened: Opened, products: list[Any], table: ElementTable, budget: Budget) -> None:
        self.model: Any = opened.model
        self.products, self.table = products, table
        self.budget, self.end = budget, budget.end()
        self.wanted = {
            product.id(): row
            for row, product in enumerate(products)
            if table.shape_expected[row] and product.id() not in opened.graph.poisoned
        }
        self.shapes = Shapes()
        self.done: set[int] = set()  # instance numbers that gave triangles
        self._known: dict[str, _Local | None] = {}  # the kernel's name of a geometry
        self._places: list[tuple[_Local, NDArray[np.float64], int]] = []
        self._vertices = 0
        self._settings = _settings()
        self._beside = {str(number) for number in beside_bodies(self.model)}

    def make(self, dear: Dear) -> None:
        """Make the cheap products, then the dear ones from the cheapest up, then once more what gave nothing."""
        self._iterate([one for one in self.wanted if one not in dear.cost], dear)
        if CARE.after_death and dear.cost:  # an earlier reading died: the dear ones are left out
            self.shapes.out_of_budget = True
            return
        copies = {number for others in dear.copies.values() for number in others}
        ranked = sorted((number for number in dear.cost if number not in copies), key=lambda one: dear.cost[one])
        spent, weight = 0.0, 0.0
        for at in range(0, len(ranked), BATCH):
            batch = ranked[at : at + BATCH]
            left = self.end - time.process_time()
            if spent > CALIBRATED_S:  # what cannot end in time is not begun: the kernels cannot be interrupted
                batch = [one for one in batch if dear.cost[one] * spent / weight < 2 * left]
            begin = time.process_time()
            self._iterate(batch, dear)
            spent += time.process_time() - begin
            weight += sum(dear.cost[one] for one in batch)
            if len(batch) < BATCH and at + BATCH < len(ranked):
                self.shapes.out_of_budget = True
                break
        self._again([number for number in self.wanted if number not in self.done])

    def _iterate(self, numbers: list[int], dear: Dear) -> None:
        for shape in self._run(numbers):
            number = shape.id
            row = self.wanted.get(number)
            if row is None or number in self.done or self._is_beside(shape):
                continue
            local = self._local(shape)
            if local is None:
                continue
            matrix = _matrix(shape)
            self._place(local, matrix, row)
            self.done.add(number)
            others = dear.copies.get(number, [])
            if others and self._agrees(matrix, row):
                for other in others:
                    self._place(local, _metres(self.table.placement[self.wanted[other]]), self.wanted[other])
                    self.done.add(other)
                    self.shapes.copied += 1

    def _run(self, numbers: list[int]) -> Iterator[Any]:
        """Yield the shapes of products from the fast kernel while the budget lasts."""
        if not numbers or self.shapes.out_of_budget:
            return
        include = [self.products[self.wanted[number]] for number in numbers]
        try:
            iterator = ifcopenshell.geom.iterator(
                self._settings, self.model, 1, include=include, geometry_library=KERNEL
            )
            more = iterator.initialize()
            while more:
                if time.process_time() > self.end or self._vertices > self.budget.vertices:
                    self.shapes.out_of_budget = True
                    return
                yield iterator.get()
                more = bool(iterator.next())
        except (RuntimeError, ValueError, TypeError):
            return  # the rest goes through the other kernel, one by one

    def _again(self, numbers: list[int]) -> None:
        """Try products that gave nothing alone: with the slower kernel, then with their openings closed."""
        for number in numbers:
            if self.shapes.out_of_budget or time.process_time() > self.end:
                self.shapes.out_of_budget = True
                return
            row = self.wanted[number]
            found = self._one(row)
            if found is not None:
                self._place(*found, row)
                self.done.add(number)
            elif getattr(self.products[row], "HasOpenings", None) and self._one(row, uncut=True) is not None:
                self.shapes.consumed.append(row)

    def _one(self, row: int, *, uncut: bool = False) -> tuple[_Local, NDArray[np.float64]] | None:
        try:
            settings = _settings()
            settings.set("disable-opening-subtractions", uncut)
            shape: Any = ifcopenshell.geom.create_shape(settings, self.products[row], geometry_library=FALLBACK)
            local = None if self._is_beside(shape) else _copy(shape.geometry)
            return None if local is None else (local, _matrix(shape))
        except (RuntimeError, ValueError, TypeError, AttributeError):
            return None

    def _is_beside(self, shape: Any) -> bool:
        """Whether a shape is made of a clearance, a box …; its name begins with the number of the representation."""
        return bool(self._beside) and str(shape.geometry.id).partition("-")[0] in self._beside

    def _local(self, shape: Any) -> _Local | None:
        """Return the triangles of a shape; the kernel hands the same geometry out for every place it stands in."""
        geometry = shape.geometry
        name = geometry.id
        if name not in self._known:
            self._known[name] = _copy(geometry)
        return self._known[name]

    def _agrees(self, matrix: NDArray[np.float64], row: int) -> bool:
        """Whether the kernel puts a product where its placement says; only then copies can be placed by theirs."""
        own = _metres(self.table.placement[row])
        away = float(np.abs(matrix[:3, 3] - own[:3, 3]).max())
        turned = float(np.abs(matrix[:3, :3] - own[:3, :3]).max())
        return away < 1e-6 + 1e-12 * float(np.abs(own[:3, 3]).max()) and turned < 1e-9

    def _place(self, local: _Local, matrix: NDArray[np.float64], row: int) -> None:
        self._places.append((local, matrix, row))
        self._vertices += len(local.vertices)

    def place(self) -> Shapes:
        """Put every geometry where it stands; return the shapes."""
        shapes = self.shapes
        _sort({id(local): local for local, _, _ in self._places}.values())
        for local, matrix, row in self._places:
            world = local.vertices @ (matrix[:3, :3].T * 1000.0)
            world += matrix[:3, 3] * 1000.0
            shapes.nonfinite += local.nonfinite
            shapes.vertices.append(world)
            shapes.faces.append(local.faces)
            shapes.rows.append(row)
            shapes.colors.append(_colors(local, self.table.ifc_class[row]))
        return shapes


def make_shapes(opened: Opened, products: list[Any], table: ElementTable, budget: Budget) -> Shapes:
    """Tessellate every product that carries a body.

    Args:
        opened: the model with its bytes as text; `graph.poisoned` are never shown to the kernels.
        products: products in the order of `table`.
        table: the element table; `box` is filled in (mm).
        budget: what it may cost; beyond it the rest is listed as missing.

    Returns:
        The shapes; `missing` holds every expected row without triangles with its reason.
    """
    replace_round(opened.model)
    maker = _Maker(opened, products, table, budget)
    dear = Dear() if opened.text is None else find_dear(opened.model, opened.text, maker.wanted, products, table)
    maker.make(dear)
    shapes = maker.place()
    _drop_wild(shapes)
    _fill_boxes(shapes, table)
    have = set(shapes.rows) | set(shapes.consumed)
    tried = set(maker.wanted.values())
    for row in np.flatnonzero(table.shape_expected).tolist():
        if row not in have:
            shapes.missing[row] = "poisoned" if row not in tried else "budget" if shapes.out_of_budget else "kernel"
    return shapes


def _settings() -> Any:
    settings = ifcopenshell.geom.settings()
    settings.set("weld-vertices", True)
    settings.set("no-normals", True)
    settings.set("generate-uvs", False)
    return settings


def _matrix(shape: Any) -> NDArray[np.float64]:
    return np.array(shape.transformation.matrix, np.float64).reshape(4, 4).T


def _metres(placement: NDArray[np.float64]) -> NDArray[np.float64]:
    matrix = placement.reshape(4, 4).copy()
    matrix[:3, 3] /= 1000.0
    return matrix


def _copy(geometry: Any) -> _Local | None:
    """Copy the triangles of a geometry out of the library; None where there are none."""
    faces = np.frombuffer(geometry.faces_buffer, np.int32).reshape(-1, 3)
    vertices = np.frombuffer(geometry.verts_buffer, np.float64).reshape(-1, 3)
    if not len(faces) or not len(vertices):
        return None
    palette = np.frombuffer(geometry.colors_buffer, np.float64).reshape(-1, 4)
    material = np.frombuffer(geometry.material_ids_buffer, np.int32)
    finite: NDArray[np.bool_] = np.asarray(np.isfinite(vertices).all(axis=1))
    if finite.all():
        return _Local(vertices.copy(), faces.copy(), palette.copy(), material.copy())
    keep: NDArray[np.bool_] = np.asarray(finite[faces].all(axis=1))
    if not keep.any():
        return None
    used, inverse = np.unique(faces[keep], return_inverse=True)
    material = material[keep] if len(material) == len(keep) else material
    return _Local(
        vertices[used], inverse.reshape(-1, 3).astype(np.int32), palette.copy(), material.copy(), int((~finite).sum())
    )


def _sort(geometries: Iterable[_Local]) -> None:
    """Bring the triangles of geometries into an order of their own, some geometries at once."""
    batch: list[_Local] = []
    size = 0
    for one in geometries:
        batch.append(one)
        size += len(one.vertices)
        if size >= SORTED_VERTICES:
            _sort_batch(batch)
            batch, size = [], 0
    _sort_batch(batch)


def _sort_batch(batch: list[_Local]) -> None:
    if not batch:
        return
    sizes = [len(local.vertices) for local in batch]
    base = np.cumsum(sizes) - sizes
    faces = np.concatenate([local.faces + at for local, at in zip(batch, base, strict=True)])
    uniform = [len(local.material) != len(local.faces) for local in batch]
    part = np.concatenate(
        [
            np.zeros(len(local.faces), np.int32) if one else local.material
            for local, one in zip(batch, uniform, strict=True)
        ]
    )
    owner = np.repeat(np.arange(len(batch), dtype=np.int32), sizes)
    vertices, faces, owner, came = in_order(np.concatenate([local.vertices for local in batch]), faces, owner, part)
    numbers = np.arange(len(batch) + 1)
    first = np.searchsorted(owner, numbers)
    begin = np.searchsorted(owner[faces[:, 0]], numbers)
    for at, local in enumerate(batch):
        local.vertices = vertices[first[at] : first[at + 1]]
        local.faces = (faces[begin[at] : begin[at + 1]] - first[at]).astype(np.int32)
        if not uniform[at]:
            local.material = part[came[begin[at] : begin[at + 1]]]


def _drop_wild(shapes: Shapes) -> None:
    """Take shapes away that a placement throws to no place at all (not finite, or beyond 1e12 mm)."""
    good = [bool(np.abs(block).max() < MAX_COORDINATE_MM) for block in shapes.vertices]
    if all(good):
        return
    shapes.nonfinite += sum(len(block) for block, kept in zip(shapes.vertices, good, strict=True) if not kept)
    for name in ("vertices", "faces", "rows", "colors"):
        column = getattr(shapes, name)
        setattr(shapes, name, [one for one, kept in zip(column, good, strict=True) if kept])


def _fill_boxes(shapes: Shapes, table: ElementTable) -> None:
    if not shapes.rows:
        return
    sizes = np.array([len(block) for block in shapes.vertices])
    first = np.cumsum(sizes) - sizes
    every = np.concatenate(shapes.vertices)
    table.box[shapes.rows, :3] = np.minimum.reduceat(every, first, axis=0)
    table.box[shapes.rows, 3:] = np.maximum.reduceat(every, first, axis=0)


def _colors(local: _Local, kind: str) -> NDArray[np.uint32]:
    """Return 0xRRGGBBAA of each face: the surface style of the file, else a colour of the class."""
    default = np.uint32(_COLORS.get(kind, _DEFAULT_COLOR))
    palette, material = local.palette, local.material
    if not len(palette) or len(material) != len(local.faces):
        return np.full(len(local.faces), default, np.uint32)
    parts = (np.clip(np.nan_to_num(palette, nan=1.0), 0.0, 1.0) * 255 + 0.5).astype(np.uint32)
    coded = np.append((parts[:, 0] << 24) | (parts[:, 1] << 16) | (parts[:, 2] << 8) | parts[:, 3], default)
    usable = (material >= 0) & (material < len(palette))
    colors: NDArray[np.uint32] = coded[np.where(usable, material, len(palette))].astype(np.uint32)
    return colors


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
