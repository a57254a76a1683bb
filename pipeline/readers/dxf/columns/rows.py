"""Rows of entities as columns, one store for many blocks: joined, put in order and gathered without a loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.strokes import ranges
from pipeline.readers.dxf.chunk import REACH, empty
from pipeline.readers.dxf.columns.freed import apart
from pipeline.readers.dxf.columns.points import Points

F64 = NDArray[np.float64]
I32 = NDArray[np.int32]


def no_points(count: int, plan: bool = False) -> F64:
    """Return (count, 3) points at 0 whose x, y and z lie one behind the other: heights that stay 0 take no memory.

    `plan`: (count, 2), without heights, x and y side by side.
    """
    return apart((count, 2)) if plan else apart((3, count)).T


def put_points(out: F64, rows: NDArray | slice, points: Sequence[F64]) -> None:
    """Write x, y, z columns into some rows of `no_points`; in plan, a height without measure makes x no number."""
    for axis, column in enumerate(points):
        if axis < 2:
            out[rows, axis] = column
        elif column.any():
            plan = out.shape[1] == 2
            high = np.flatnonzero(~(np.abs(column) < REACH) if plan else column)
            index = high + (rows.start or 0) if isinstance(rows, slice) else rows[high]
            if plan:
                out[index, 0] = np.nan
            else:
                out[index, axis] = column[high]


@dataclass(slots=True)
class Rows:
    """Drawn rows before their looks are known: `entity` is a row of the scan's entities.

    Geometry is two-level as in `Chunk`: a row has `parts` parts, a part `sizes` points of `xyz` (file units).
    """

    entity: I32 = field(default_factory=lambda: empty(np.int32))
    kind: NDArray[np.uint8] = field(default_factory=lambda: empty(np.uint8))
    parts: I32 = field(default_factory=lambda: empty(np.int32))
    sizes: I32 = field(default_factory=lambda: empty(np.int32))
    closed: NDArray[np.uint8] = field(default_factory=lambda: empty(np.uint8))
    xyz: F64 = field(default_factory=lambda: empty(np.float64, 3))
    arcs: F64 = field(default_factory=lambda: empty(np.float64, 7))  # row, cx, cy, cz, r, start, end

    def __len__(self) -> int:
        return len(self.entity)


def joined_points(tables: list[F64]) -> F64:
    """Return points one behind the other as `no_points` lays them out; the list is emptied on the way."""
    out = no_points(sum(len(t) for t in tables))
    stop = len(out)
    while tables:
        points = tables.pop()
        put_points(out, slice(stop - len(points), stop), list(points.T))
        stop -= len(points)
    return out


def joined(tables: Sequence[Rows], clear: bool = False) -> Rows:
    """Return the rows of all tables in order; the rows that arcs belong to are moved along.

    `clear` empties the tables on the way, so that no column is there twice for long.
    """
    tables = [t for t in tables if len(t)]
    if len(tables) == 1:
        return tables[0]
    if not tables:
        return Rows()
    out = Rows()
    counts, sizes = [len(t.arcs) for t in tables], [len(t) for t in tables[:-1]]
    for item in fields(Rows):
        columns = [getattr(t, item.name) for t in tables]
        if clear:
            for table in tables:
                setattr(table, item.name, None)
        setattr(out, item.name, np.concatenate(columns))
    out.arcs[:, 0] += np.repeat(np.cumsum([0, *sizes]), counts)
    return out


@dataclass(slots=True)
class Gathered:
    """Points that pieces take from a table elsewhere, each a run, moved by its matrix where there are matrices."""

    table: F64 | Points  # (n, 3)
    first: NDArray  # (pieces,) row of the table
    matrix: F64 | None = None  # (pieces, 4, 4) row vectors

    def columns(self, rows: NDArray) -> list[F64]:
        """Return x, y, z of some rows of the table."""
        if isinstance(self.table, Points):
            return self.table.taken(rows)
        return [self.table[:, axis][rows] for axis in range(3)]


def one_part(entity: NDArray, kind: NDArray | int, sizes: NDArray, closed: NDArray | int, xyz: F64) -> Rows:
    """Return rows of one part each."""
    count = len(entity)
    return Rows(
        entity=np.asarray(entity, np.int32),
        kind=np.broadcast_to(np.asarray(kind, np.uint8), count),
        parts=np.ones(count, np.int32),
        sizes=np.asarray(sizes, np.int32),
        closed=np.broadcast_to(np.asarray(closed, np.uint8), count),
        xyz=xyz,
    )


def in_order(table: Rows) -> Rows:
    """Return the rows sorted by their entity; rows of one entity keep their order."""
    if len(table) < 2 or (np.diff(table.entity) >= 0).all():
        return table
    order = np.argsort(table.entity, kind="stable")
    part_first = np.cumsum(table.parts) - table.parts
    point_first = np.cumsum(table.sizes) - table.sizes
    parts = table.parts[order]
    part_rows = ranges(part_first[order], parts)
    sizes = table.sizes[part_rows]
    points = ranges(point_first[part_rows], sizes)
    arcs = table.arcs
    if len(arcs):
        place = np.empty(len(order))
        place[order] = np.arange(len(order))
        arcs = arcs.copy()
        arcs[:, 0] = place[arcs[:, 0].astype(np.int64)]
        arcs = arcs[np.argsort(arcs[:, 0], kind="stable")]
    return Rows(table.entity[order], table.kind[order], parts, sizes, table.closed[part_rows], table.xyz[points], arcs)
