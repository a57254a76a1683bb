"""Expanded blocks as columns in one store, and placing any number of them with one product over all points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.strokes import ranges
from pipeline.readers.dxf.chunk import BYBLOCK, FLOATS, Chunk, DimensionRow, InsertRow, empty
from pipeline.readers.dxf.columns.rows import Gathered, joined_points

F64 = NDArray[np.float64]
GROUPS = ("row", "part", "point", "arc", "text", "insert", "dimension")


def objects(items: Sequence[object]) -> NDArray:
    """Return a list as a column of Python objects."""
    out = np.empty(len(items), object)
    out[:] = items
    return out


def _column(group: str, dtype: type, *shape: int) -> NDArray:
    return field(default_factory=lambda: empty(dtype, *shape), metadata={"group": group})


@dataclass(slots=True)
class Columns:
    """The columns of `Chunk` with references and dimensions as columns too.

    Rows of `arc` and `text` point at rows (`arc_row`, `text_row`), rows and references at references (`insert`,
    `insert_parent`), counted from the first of the same block.
    """

    kind: NDArray = _column("row", np.uint8)
    layer: NDArray = _column("row", np.int32)
    color: NDArray = _column("row", np.int64)
    width: NDArray = _column("row", np.float32)
    dashed: NDArray = _column("row", np.int16)
    source: NDArray = _column("row", np.int32)
    insert: NDArray = _column("row", np.int32)
    parts: NDArray = _column("row", np.int32)
    sizes: NDArray = _column("part", np.int32)
    closed: NDArray = _column("part", np.uint8)
    xyz: F64 = _column("point", np.float64, 3)
    arc_row: NDArray = _column("arc", np.int64)
    arc: F64 = _column("arc", np.float64, 6)  # cx, cy, cz, r, start, end
    text_row: NDArray = _column("text", np.int64)
    text_font: NDArray = _column("text", np.int32)
    text_align: NDArray = _column("text", np.uint8)
    text_place: F64 = _column("text", np.float64, 3, 3)
    string: NDArray = _column("text", object)
    insert_name: NDArray = _column("insert", object)
    insert_layer: NDArray = _column("insert", np.int32)
    insert_source: NDArray = _column("insert", np.int32)
    insert_parent: NDArray = _column("insert", np.int64)
    insert_matrix: F64 = _column("insert", np.float64, 4, 4)
    attributes: NDArray = _column("insert", object)
    measured: F64 = _column("dimension", np.float64)
    shown: NDArray = _column("dimension", object)
    override: NDArray = _column("dimension", object)
    dimension_points: F64 = _column("dimension", np.float64, 2, 3)
    dimension_source: NDArray = _column("dimension", np.int32)
    dimension_layer: NDArray = _column("dimension", np.int32)

    def __len__(self) -> int:
        return len(self.kind)

    def count(self, group: str) -> int:
        """Return how many items of a group ("row", "part", "point", "arc", "text", "insert", "dimension") there are."""
        return len(getattr(self, _FIRST[group]))


GROUP: dict[str, list[str]] = {name: [] for name in GROUPS}
for _item in fields(Columns):
    GROUP[_item.metadata["group"]].append(_item.name)
_FIRST = {group: names[0] for group, names in GROUP.items()}
_SHARED = (*GROUP["row"], *GROUP["part"], *GROUP["point"])  # columns that a chunk has as well


def concatenated(tables: Sequence[Columns]) -> Columns:
    """Return the columns one after the other; rows and references that are pointed at are not moved."""
    tables = list(tables)
    if len(tables) == 1:
        return tables[0]
    columns = {item.name: [getattr(t, item.name) for t in tables] for item in fields(Columns)}
    return Columns(**{
        name: joined_points(parts) if name == "xyz" else np.concatenate(parts) for name, parts in columns.items()
    })  # fmt: skip


def from_chunks(chunks: Sequence[Chunk]) -> tuple[Columns, dict[str, NDArray]]:
    """Return the columns of chunks and the count of each group per chunk; pointers stay within their chunk."""
    out = Columns()
    if chunks:
        for name in _SHARED:
            setattr(out, name, np.concatenate([getattr(c, name) for c in chunks]))
        arcs = np.concatenate([c.arcs for c in chunks])
        out.arc_row, out.arc = arcs[:, 0].astype(np.int64), arcs[:, 1:]
        out.text_row = np.concatenate([c.text_row for c in chunks]).astype(np.int64)
        out.text_font = np.concatenate([c.text_font for c in chunks])
        out.text_align = np.concatenate([c.text_align for c in chunks])
        out.text_place = np.concatenate([c.text_place for c in chunks])
        out.string = objects([s for c in chunks for s in c.strings])
    inserts = [i for c in chunks for i in c.inserts]
    dims = [d for c in chunks for d in c.dimensions]
    _put_inserts(out, inserts)
    _put_dimensions(out, dims)
    counts = {
        "row": [len(c) for c in chunks],
        "part": [len(c.sizes) for c in chunks],
        "point": [len(c.xyz) for c in chunks],
        "arc": [len(c.arcs) for c in chunks],
        "text": [len(c.text_row) for c in chunks],
        "insert": [len(c.inserts) for c in chunks],
        "dimension": [len(c.dimensions) for c in chunks],
    }
    return out, {group: np.array(numbers, np.int64) for group, numbers in counts.items()}


def _put_inserts(out: Columns, inserts: list[InsertRow]) -> None:
    out.insert_name = objects([i.name for i in inserts])
    out.insert_layer = np.array([i.layer for i in inserts], np.int32)
    out.insert_source = np.array([i.source for i in inserts], np.int32)
    out.insert_parent = np.array([i.parent for i in inserts], np.int64)
    out.insert_matrix = np.array([i.matrix for i in inserts], np.float64).reshape(-1, 4, 4)
    out.attributes = objects([i.attributes for i in inserts])


def _put_dimensions(out: Columns, dims: list[DimensionRow]) -> None:
    out.measured = np.array([d.measured for d in dims], np.float64)
    out.shown, out.override = objects([d.shown for d in dims]), objects([d.override for d in dims])
    out.dimension_points = np.array([d.points for d in dims], np.float64).reshape(-1, 2, 3)
    out.dimension_source = np.array([d.source for d in dims], np.int32)
    out.dimension_layer = np.array([d.layer for d in dims], np.int32)


def to_chunk(found: Columns) -> Chunk:
    """Return the columns of one block as a chunk."""
    return Chunk(
        **{name: getattr(found, name) for name in _SHARED},
        arcs=np.column_stack([found.arc_row.astype(np.float64), found.arc]).reshape(-1, 7),
        text_row=found.text_row.astype(np.int32),
        text_font=found.text_font,
        text_align=found.text_align,
        text_place=found.text_place,
        strings=found.string.tolist(),
        inserts=[
            InsertRow(*row)
            for row in zip(
                found.insert_name.tolist(),
                found.insert_layer.tolist(),
                found.insert_source.tolist(),
                found.insert_parent.tolist(),
                found.insert_matrix,
                found.attributes.tolist(),
                strict=True,
            )
        ],
        dimensions=[
            DimensionRow(*row)
            for row in zip(
                found.measured.tolist(),
                found.shown.tolist(),
                found.override.tolist(),
                found.dimension_points,
                found.dimension_source.tolist(),
                found.dimension_layer.tolist(),
                strict=True,
            )
        ],
    )


def taken(found: Columns, group: str, rows: NDArray, out: Columns) -> None:
    """Copy the items `rows` of one group into `out`."""
    for name in GROUP[group]:
        setattr(out, name, getattr(found, name)[rows])


class Store:
    """Columns of many blocks, each a run of every group."""

    def __init__(self, blocks: int) -> None:
        self.columns = Columns()
        self.first = {group: np.zeros(blocks, np.int64) for group in GROUPS}
        self.count = {group: np.zeros(blocks, np.int64) for group in GROUPS}

    def add(self, blocks: NDArray, found: Columns, counts: dict[str, NDArray]) -> None:
        """Append the columns of some blocks, one after the other."""
        for group in GROUPS:
            self.first[group][blocks] = self.columns.count(group) + np.cumsum(counts[group]) - counts[group]
            self.count[group][blocks] = counts[group]
        self.columns = concatenated([self.columns, found])

    def rows(self, group: str, blocks: NDArray) -> NDArray:
        """Return the items of a group of some blocks, in the blocks' order."""
        return ranges(self.first[group][blocks], self.count[group][blocks])

    def taken(self, blocks: NDArray, points: bool = True) -> Columns:
        """Return a copy of the columns of some blocks, perhaps without points; a block may be there many times."""
        out = Columns()
        for group in GROUPS:
            if points or group != "point":
                taken(self.columns, group, self.rows(group, blocks), out)
        return out

    def points(self, refs: References) -> Gathered:
        """Return where the points of placed blocks are."""
        return Gathered(self.columns.xyz, self.first["point"][refs.block], refs.matrix)

    def strings(self, block: int) -> list[str]:
        """Return the texts of a block."""
        first = self.first["text"][block]
        return self.columns.string[first : first + self.count["text"][block]].tolist()


@dataclass(slots=True)
class References:
    """Blocks to be placed: one row each, in drawing order of the blocks and layouts they are placed in."""

    target: NDArray  # block or layout that gets it
    entity: NDArray  # row of the scan
    block: NDArray  # what is placed
    matrix: F64  # (r, 4, 4) row vectors
    look: F64  # (r, 4) layer, colour, width, dash of the reference
    floor: F64  # (r, 4) the same of its layer
    source: NDArray
    is_insert: NDArray  # False: the picture of a dimension, whose rows carry the dimension's source

    def __len__(self) -> int:
        return len(self.target)

    def only(self, keep: NDArray) -> References:
        """Return the references where `keep`."""
        return References(*(getattr(self, item.name)[keep] for item in fields(References)))


def placed(store: Store, refs: References) -> tuple[Columns, dict[str, NDArray]]:
    """Return all referenced blocks, each under its matrix and look, and the count of each group per reference.

    The points are left out, they are gathered when it is known where they belong (`Store.points`).
    The same rules as `chunk.place`: BYBLOCK takes the look of the reference, BYLAYER on the floating layer its layer's.
    """
    counts = {group: store.count[group][refs.block] for group in GROUPS}
    out = store.taken(refs.block, points=False)
    of_row = np.repeat(np.arange(len(refs)), counts["row"])
    for name, column in (("color", 1), ("width", 2), ("dashed", 3)):
        setattr(out, name, _settled(getattr(out, name), refs, of_row, column))
    out.layer = np.where(out.layer == FLOATS, refs.look[of_row, 0], out.layer).astype(np.int32)
    out.source = np.where(refs.is_insert[of_row], out.source, refs.source[of_row]).astype(np.int32)
    _turn_arcs(out, counts, refs.matrix)
    of_text = np.repeat(np.arange(len(refs)), counts["text"])
    if len(of_text):
        out.text_place = out.text_place @ refs.matrix[of_text, :3, :3]
        out.text_place[:, 0] += refs.matrix[of_text, 3, :3]
    of_insert = np.repeat(np.arange(len(refs)), counts["insert"])
    if len(of_insert):
        out.insert_layer = np.where(out.insert_layer == FLOATS, refs.look[of_insert, 0], out.insert_layer).astype(
            np.int32
        )
        out.insert_matrix = out.insert_matrix @ refs.matrix[of_insert]
    of_dim = np.repeat(np.arange(len(refs)), counts["dimension"])
    if len(of_dim):
        scale = np.hypot(refs.matrix[:, 0, 0], refs.matrix[:, 0, 1])
        out.measured = out.measured * scale[of_dim]
        out.dimension_points = out.dimension_points @ refs.matrix[of_dim, :3, :3] + refs.matrix[of_dim, None, 3, :3]
        out.dimension_layer = np.where(out.dimension_layer == FLOATS, refs.look[of_dim, 0], out.dimension_layer)
    return out, counts


def _settled(column: NDArray, refs: References, of_row: NDArray, look: int) -> NDArray:
    rows = np.flatnonzero(column < 0)
    if not len(rows):
        return column
    by_block = column[rows] == BYBLOCK
    column[rows] = np.where(by_block, refs.look[of_row[rows], look], refs.floor[of_row[rows], look])
    return column


def _turn_arcs(out: Columns, counts: dict[str, NDArray], matrix: F64) -> None:
    """Move arcs along; those under a matrix that is no similarity in plan are left out (see `chunk.turn_arcs`)."""
    if not len(out.arc):
        return
    a, b, c, d = matrix[:, 0, 0], matrix[:, 0, 1], matrix[:, 1, 0], matrix[:, 1, 1]
    along, up = np.hypot(a, b), np.hypot(c, d)
    size = np.maximum(along, up)
    good = (size > 0) & (np.abs(along - up) <= 1e-6 * size) & (np.abs(a * c + b * d) <= 1e-6 * size * size)
    owner = np.repeat(np.arange(len(matrix)), counts["arc"])
    keep = good[owner]
    owner, arc, out.arc_row = owner[keep], out.arc[keep], out.arc_row[keep]
    m = matrix[owner]
    turn, forward = np.arctan2(b, a)[owner], (a * d - b * c > 0)[owner]
    moved = np.empty_like(arc)
    moved[:, :3] = np.einsum("ki,kij->kj", arc[:, :3], m[:, :3, :3]) + m[:, 3, :3]
    moved[:, 3] = arc[:, 3] * size[owner]
    moved[:, 4] = np.where(forward, arc[:, 4] + turn, turn - arc[:, 5])
    moved[:, 5] = np.where(forward, arc[:, 5] + turn, turn - arc[:, 4])
    out.arc = moved
    counts["arc"] = np.bincount(owner, minlength=len(matrix))
