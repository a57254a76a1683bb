"""Columns of a block or layout in its own coordinates (xyz, file units), made once and placed many times.

A block is expanded once into a `Chunk`; every reference to it is one matrix product over the columns.
What a block leaves open is held in sentinels and settled when the block is placed:
`FLOATS` (layer "0": take the insert's layer), `BYBLOCK` and `OF_LAYER` (BYLAYER on a floating layer).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.kinds import EntityKind
from pipeline.readers.dxf.columns.freed import apart

FLOATS = -2  # layer
BYBLOCK = -1  # colour, width, dash
OF_LAYER = -2  # colour, width, dash
REACH = 1e15  # coordinates beyond it are no places

F64 = NDArray[np.float64]


@dataclass(slots=True)
class Look:
    """Layer, colour, width, dash of one entity; each may be a sentinel."""

    layer: int
    color: int
    width_mm: float
    dashed: int


@dataclass(slots=True)
class InsertRow:
    """A block reference inside a chunk; `matrix` is 4x4, row vectors, block to chunk coordinates."""

    name: str
    layer: int
    source: int
    parent: int
    matrix: F64
    attributes: dict[str, str]


@dataclass(slots=True)
class DimensionRow:
    """A linear dimension; `measured` in file units of the chunk, `points` (2, 3)."""

    measured: float
    shown: str
    override: str
    points: F64
    source: int
    layer: int


@lru_cache(maxsize=64)
def empty(dtype: type, *shape: int) -> NDArray:
    """Return a column without rows; always the same one, there is nothing in it to change."""
    return np.zeros((0, *shape), dtype)


@dataclass(slots=True)
class Chunk:
    """Rows of entities with xyz points; the same two-level layout as `EntityTable`, but with counts."""

    kind: NDArray = field(default_factory=lambda: empty(np.uint8))
    layer: NDArray = field(default_factory=lambda: empty(np.int32))
    color: NDArray = field(default_factory=lambda: empty(np.int64))
    width: NDArray = field(default_factory=lambda: empty(np.float32))
    dashed: NDArray = field(default_factory=lambda: empty(np.int16))
    source: NDArray = field(default_factory=lambda: empty(np.int32))
    insert: NDArray = field(default_factory=lambda: empty(np.int32))
    parts: NDArray = field(default_factory=lambda: empty(np.int32))
    sizes: NDArray = field(default_factory=lambda: empty(np.int32))
    closed: NDArray = field(default_factory=lambda: empty(np.uint8))
    xyz: F64 = field(default_factory=lambda: empty(np.float64, 3))  # a layout's may be (m, 2), without heights
    arcs: F64 = field(default_factory=lambda: empty(np.float64, 7))  # row, cx, cy, cz, r, start, end
    text_row: NDArray = field(default_factory=lambda: empty(np.int32))
    text_font: NDArray = field(default_factory=lambda: empty(np.int32))
    text_align: NDArray = field(default_factory=lambda: empty(np.uint8))  # of the lines: 0 left, 1 centred, 2 right
    text_place: F64 = field(default_factory=lambda: empty(np.float64, 3, 3))  # origin, along, up vectors
    strings: list[str] = field(default_factory=list)
    inserts: list[InsertRow] = field(default_factory=list)
    dimensions: list[DimensionRow] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.kind)


_ROWS = ("kind", "layer", "color", "width", "dashed", "source", "parts")


def join(chunks: list[Chunk], spend: bool = False) -> Chunk:
    """Return one chunk with the rows of all in order; `insert` and `arcs`, texts are moved along.

    `spend` lets go of the points of each as soon as they are copied.
    """
    chunks = [c for c in chunks if len(c) or c.inserts or c.dimensions]
    if not chunks:
        return Chunk()
    if len(chunks) == 1:
        return chunks[0]
    out = Chunk()
    for name in (*_ROWS, "sizes", "closed", "text_font", "text_align", "text_place"):
        setattr(out, name, np.concatenate([getattr(c, name) for c in chunks]))
    out.xyz = _joined_points(chunks, spend)
    rows = inserts = 0
    insert_columns, arc_columns, text_columns = [], [], []
    for chunk in chunks:
        insert_columns.append(np.where(chunk.insert >= 0, chunk.insert + inserts, chunk.insert))
        text_columns.append(chunk.text_row + rows)
        if len(chunk.arcs):
            moved = chunk.arcs.copy()
            moved[:, 0] += rows
            arc_columns.append(moved)
        for item in chunk.inserts:
            parent = item.parent + inserts if item.parent >= 0 else -1
            out.inserts.append(InsertRow(item.name, item.layer, item.source, parent, item.matrix, item.attributes))
        out.strings.extend(chunk.strings)
        out.dimensions.extend(chunk.dimensions)
        rows += len(chunk)
        inserts += len(chunk.inserts)
    out.insert = np.concatenate(insert_columns).astype(np.int32)
    out.text_row = np.concatenate(text_columns).astype(np.int32)
    if arc_columns:
        out.arcs = np.concatenate(arc_columns)
    return out


def _joined_points(chunks: list[Chunk], spend: bool) -> F64:
    axes = min(c.xyz.shape[1] for c in chunks)
    out = apart((sum(len(c.xyz) for c in chunks), axes))
    first = 0
    for chunk in chunks:
        last = first + len(chunk.xyz)
        out[first:last] = chunk.xyz[:, :axes]
        if spend:
            chunk.xyz = empty(np.float64, axes)
        first = last
    return out


def place(block: Chunk, matrix: F64, look: Look, own: InsertRow | None, floor: Look | None = None) -> Chunk:
    """Return a copy of a block's chunk under one reference.

    BYBLOCK takes the look of the reference, BYLAYER on the floating layer "0" `floor`, the look of the
    reference's layer.
    `matrix` is 4x4 for row vectors (x' = x @ M). `own` becomes insert row 0 of the copy and the parent of the
    block's own references; None places the rows without an insert (dimension and table blocks).
    """
    shift = 0 if own is None else 1
    of_layer = look if floor is None else floor
    out = Chunk(
        kind=block.kind,
        source=block.source,
        parts=block.parts,
        sizes=block.sizes,
        closed=block.closed,
        text_row=block.text_row,
        text_font=block.text_font,
        text_align=block.text_align,
        strings=block.strings,
        layer=np.where(block.layer == FLOATS, look.layer, block.layer).astype(np.int32),
        color=_settle(block.color, look.color, of_layer.color),
        width=_settle(block.width, look.width_mm, of_layer.width_mm),
        dashed=_settle(block.dashed, look.dashed, of_layer.dashed),
        xyz=_under(block.xyz, matrix),
        arcs=turn_arcs(block.arcs, matrix),
    )
    if shift:
        out.insert = np.where(block.insert >= 0, block.insert + 1, 0).astype(np.int32)
    else:
        out.insert = block.insert
    if len(block.text_row):
        moved = block.text_place @ matrix[:3, :3]
        moved[:, 0] += matrix[3, :3]
        out.text_place = moved
    if own is not None:
        out.inserts.append(own)
    for item in block.inserts:
        parent = item.parent + shift if item.parent >= 0 else shift - 1
        layer = look.layer if item.layer == FLOATS else item.layer
        out.inserts.append(InsertRow(item.name, layer, item.source, parent, item.matrix @ matrix, item.attributes))
    if block.dimensions:
        scale = math.hypot(matrix[0, 0], matrix[0, 1])
        ends = np.array([dim.points for dim in block.dimensions]) @ matrix[:3, :3] + matrix[3, :3]
        for dim, points in zip(block.dimensions, ends, strict=True):
            layer = look.layer if dim.layer == FLOATS else dim.layer
            row = DimensionRow(dim.measured * scale, dim.shown, dim.override, points, dim.source, layer)
            out.dimensions.append(row)
    return out


def shifted(chunk: Chunk, offset: F64) -> Chunk:
    """Return rows without arcs and references moved by `offset` (3,), as rows of insert 0."""
    out = replace(chunk, xyz=chunk.xyz + offset, insert=np.zeros(len(chunk), np.int32))
    out.text_place = chunk.text_place.copy()
    out.text_place[:, 0] += offset
    return out


def grid(entity: Any, matrix: F64, rows: int, columns: int) -> Iterator[F64]:
    """Yield the offsets of the cells of an MINSERT; spacing is not scaled but turns with the insert."""
    if rows * columns == 1:
        yield np.zeros(3)
        return
    sx, sy = float(entity.dxf.xscale) or 1.0, float(entity.dxf.yscale) or 1.0
    along, up = matrix[0, :3] / sx, matrix[1, :3] / sy
    for row in range(rows):
        for column in range(columns):
            yield along * column * float(entity.dxf.column_spacing) + up * row * float(entity.dxf.row_spacing)


def _under(xyz: F64, matrix: F64) -> F64:
    """Return points (m, 3) under a 4x4 matrix; points without heights (m, 2) stay without."""
    if xyz.shape[1] == 3:
        return xyz @ matrix[:3, :3] + matrix[3, :3]
    out = np.empty_like(xyz)
    for axis in range(2):
        column = xyz[:, 0] * matrix[0, axis]
        column += xyz[:, 1] * matrix[1, axis]
        column += matrix[3, axis]
        out[:, axis] = column
    return out


def _settle(column: NDArray, by_block: float, of_layer: float) -> NDArray:
    if not (column < 0).any():
        return column
    return np.where(column == BYBLOCK, by_block, np.where(column < 0, of_layer, column)).astype(column.dtype)


def settle_layer_looks(chunk: Chunk, look: Look) -> None:
    """Fill what still floats with the look of layer "0" (entities of a layout)."""
    if (chunk.layer == FLOATS).any():
        chunk.layer = np.where(chunk.layer == FLOATS, look.layer, chunk.layer).astype(np.int32)
    chunk.color = _settle(chunk.color, look.color, look.color)
    chunk.width = _settle(chunk.width, look.width_mm, look.width_mm)
    chunk.dashed = _settle(chunk.dashed, look.dashed, look.dashed)


def turn_arcs(arcs: F64, matrix: F64) -> F64:
    """Return arc rows (row, cx, cy, cz, r, start, end) under a 4x4 matrix; none if it is no similarity in plan."""
    if not len(arcs):
        return arcs
    a, b, c, d = matrix[0, 0], matrix[0, 1], matrix[1, 0], matrix[1, 1]
    lengths = math.hypot(a, b), math.hypot(c, d)
    size = max(lengths)
    if size == 0 or abs(lengths[0] - lengths[1]) > 1e-6 * size or abs(a * c + b * d) > 1e-6 * size * size:
        return arcs[:0]
    turn = math.atan2(b, a)
    out = arcs.copy()
    out[:, 1:4] = arcs[:, 1:4] @ matrix[:3, :3] + matrix[3, :3]
    out[:, 4] = arcs[:, 4] * size
    if a * d - b * c > 0:
        out[:, 5:7] = arcs[:, 5:7] + turn
    else:
        out[:, 5], out[:, 6] = turn - arcs[:, 6], turn - arcs[:, 5]
    return out


class ChunkBuilder:
    """Appends entities one by one; `build` joins them with placed blocks in drawing order."""

    def __init__(self) -> None:
        self._chunks: list[Chunk] = []
        self._fresh()
        self._count = 0
        self.inserts = 0  # insert rows put so far

    def _fresh(self) -> None:
        self._kind: list[int] = []
        self._look: list[tuple[int, int, float, int, int]] = []
        self._parts: list[int] = []
        self._sizes: list[int] = []
        self._closed: list[int] = []
        self._points: list[F64] = []
        self._arcs: list[tuple[float, ...]] = []
        self._texts: list[tuple[int, int, int, F64]] = []
        self._strings: list[str] = []
        self._dimensions: list[DimensionRow] = []

    def __len__(self) -> int:
        return self._count

    def add(self, kind: EntityKind, parts: list[F64], closed: bool, look: Look, source: int) -> int:
        """Append one entity of (k, 3) parts in chunk coordinates; returns its row since the last `put`."""
        self._kind.append(int(kind))
        self._look.append((look.layer, look.color, look.width_mm, look.dashed, source))
        self._parts.append(len(parts))
        self._sizes.extend([len(p) for p in parts])
        self._closed.extend([int(closed)] * len(parts))
        self._points.extend(parts)
        self._count += 1
        return len(self._kind) - 1

    def add_arc(self, row: int, center: F64, radius: float, start: float, end: float) -> None:
        """Keep the parameters of entity `row` (plan view, radians counter-clockwise)."""
        self._arcs.append((row, *center, radius, start, end))

    def add_text(self, row: int, string: str, frame: F64, font: int, align: int = 0) -> None:
        """Keep the text of entity `row`; `frame` (3, 3) holds origin, vector along the line, vector up (cap height)."""
        self._texts.append((row, font, align, frame))
        self._strings.append(string)

    def add_dimension(self, row: DimensionRow) -> None:
        """Append a linear dimension."""
        self._dimensions.append(row)

    def put(self, chunk: Chunk) -> None:
        """Append a placed block."""
        self._flush()
        self._chunks.append(chunk)
        self._count += len(chunk)
        self.inserts += len(chunk.inserts)

    def _flush(self) -> None:
        if not self._kind and not self._dimensions:
            return
        look = np.asarray(self._look, np.float64).reshape(-1, 5)
        chunk = Chunk(
            kind=np.asarray(self._kind, np.uint8),
            layer=look[:, 0].astype(np.int32),
            color=look[:, 1].astype(np.int64),
            width=look[:, 2].astype(np.float32),
            dashed=look[:, 3].astype(np.int16),
            source=look[:, 4].astype(np.int32),
            insert=np.full(len(self._kind), -1, np.int32),
            parts=np.asarray(self._parts, np.int32),
            sizes=np.asarray(self._sizes, np.int32),
            closed=np.asarray(self._closed, np.uint8),
            xyz=np.concatenate(self._points) if self._points else empty(np.float64, 3),
            arcs=np.asarray(self._arcs, np.float64).reshape(-1, 7),
            text_row=np.asarray([t[0] for t in self._texts], np.int32),
            text_font=np.asarray([t[1] for t in self._texts], np.int32),
            text_align=np.asarray([t[2] for t in self._texts], np.uint8),
            text_place=np.asarray([t[3] for t in self._texts], np.float64).reshape(-1, 3, 3),
            strings=self._strings,
            dimensions=self._dimensions,
        )
        self._chunks.append(chunk)
        self._fresh()

    def build(self) -> Chunk:
        """Return everything appended, in order."""
        self._flush()
        return join(self._chunks)
