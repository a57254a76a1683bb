"""Puts pieces of columns into drawing order; points go straight from where they are to where they belong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.strokes import ranges
from pipeline.readers.dxf.columns.alike import alike
from pipeline.readers.dxf.columns.freed import give_back
from pipeline.readers.dxf.columns.points import Points
from pipeline.readers.dxf.columns.rows import Gathered, no_points, put_points
from pipeline.readers.dxf.columns.store import GROUP, GROUPS, Columns

F64 = NDArray[np.float64]
_STEP_POINTS = 1 << 14  # moved at once
_MANY_POINTS = 1 << 17


@dataclass(slots=True)
class Pieces:
    """Columns cut into pieces that are to be put in order; pointers count from the first item of all `columns`."""

    columns: Columns
    target: NDArray  # block or layout of each piece, counted from 0
    entity: NDArray  # row of the scan it comes from
    turn: NDArray  # order among the pieces of one entity
    counts: dict[str, NDArray]
    points: Gathered | None = None  # instead of `columns.xyz`


def counted(pieces: int, **counts: NDArray | int) -> dict[str, NDArray]:
    """Return counts of every group for a number of pieces, 0 where not named."""
    none = alike(0, pieces, np.int32)
    out = dict.fromkeys(GROUPS, none)
    for group, count in counts.items():
        out[group] = alike(count, pieces, np.int32) if isinstance(count, int) else count.astype(np.int32, copy=False)
    return out


def arranged(items: list[Pieces], targets: int, plan: bool = False) -> tuple[Columns, dict[str, NDArray]]:
    """Return the pieces of all items sorted by target, entity and turn, and the counts of each target.

    Rows that arcs and texts point at count from the first row of their item before, from the first of their target
    afterwards; references that are pointed at count from the first of all items before. The items are used up.
    `plan`: the points are (m, 2), without heights.
    """
    items = [item for item in items if len(item.target)]
    if not items:
        return Columns(), {group: np.zeros(targets, np.int64) for group in GROUPS}
    large = sum(int(item.counts["point"].sum()) for item in items) > _MANY_POINTS
    if large:
        give_back()
    target, entity, turn = (np.concatenate([getattr(i, name) for i in items]) for name in ("target", "entity", "turn"))
    order = np.lexsort((turn, entity, target)).astype(np.int32)
    del entity, turn
    rows_before = np.cumsum([0, *(len(item.columns) for item in items)])
    for item, before in zip(items, rows_before.tolist(), strict=False):
        item.columns.arc_row = item.columns.arc_row + before
        item.columns.text_row = item.columns.text_row + before
    out = Columns()
    moved: dict[str, NDArray] = {}
    totals: dict[str, NDArray] = {}
    for group in GROUPS:
        count = np.concatenate([item.counts[group] for item in items])
        totals[group] = np.bincount(target, weights=count, minlength=targets).astype(np.int64)
        if group == "point":
            points = count
            continue
        rows = _put_in_order(items, group, count, order, out)
        if group in ("row", "insert"):
            moved[group] = np.empty(len(rows), np.int32)
            moved[group][rows] = np.arange(len(rows), dtype=np.int32)
    first = {group: np.cumsum(totals[group]) - totals[group] for group in ("row", "insert")}

    def pointed(pointer: NDArray, group: str, to: str) -> NDArray:
        found = pointer.astype(np.int64)
        rows = np.flatnonzero(found >= 0)
        found[rows] = moved[to][found[rows]] - np.repeat(first[to], totals[group])[rows]
        return found

    out.arc_row, out.text_row = pointed(out.arc_row, "arc", "row"), pointed(out.text_row, "text", "row")
    out.insert = pointed(out.insert, "row", "insert").astype(np.int32)
    out.insert_parent = pointed(out.insert_parent, "insert", "insert")
    moved.clear()
    if large:
        give_back()
    out.xyz = _points(items, points, order, plan)
    return out, totals


def _put_in_order(items: list[Pieces], group: str, count: NDArray, order: NDArray, out: Columns) -> NDArray:
    """Put the columns of a group into `out`; returns the rows that stand there, counted over all items."""
    if not count.any():  # what is there none of needs no columns put together
        return np.zeros(0, np.int64)
    rows = ranges((np.cumsum(count) - count)[order], count[order])
    for name in GROUP[group]:
        whole = np.concatenate([getattr(item.columns, name) for item in items])
        for item in items:
            setattr(item.columns, name, None)
        setattr(out, name, whole[rows])
    return rows


def _points(items: list[Pieces], count: NDArray, order: NDArray, plan: bool) -> F64:
    """Return the points of all pieces, each written straight to its place; `count` points a piece.

    Those of the scan come first: their memory is given back on the way, before that of the result is all in use.
    """
    begin = np.empty(len(order), np.int64)
    begin[order] = np.cumsum(count[order]) - count[order]
    out = no_points(int(count.sum()), plan)
    ends = np.cumsum([len(item.target) for item in items]).tolist()
    for item, end in sorted(zip(items, ends, strict=True), key=lambda pair: not _is_spent(pair[0])):
        sizes = item.counts["point"]
        source = item.points or Gathered(item.columns.xyz, np.cumsum(sizes) - sizes)
        _write(out, begin[end - len(sizes) : end], sizes, source)
        item.points, item.columns.xyz = None, out[:0]
    return out


def _is_spent(item: Pieces) -> bool:
    return item.points is not None and isinstance(item.points.table, Points)


def _write(out: F64, begin: NDArray, sizes: NDArray, source: Gathered) -> None:
    ends = np.cumsum(sizes)
    low = 0
    while low < len(sizes):
        reach = ends[low] - sizes[low] + _STEP_POINTS
        high = max(low + 1, int(np.searchsorted(ends, reach, "right")))
        size = sizes[low:high]
        rows = ranges(source.first[low:high], size)
        points = source.columns(rows)
        if source.matrix is not None:
            points = _moved(points, source.matrix[low:high], size)
        put_points(out, ranges(begin[low:high], size), points)
        low = high


def _moved(points: list[F64], matrix: F64, counts: NDArray) -> list[F64]:
    x, y, z = points
    moved = []
    for axis in range(3):
        a, b, c, d = (np.repeat(matrix[:, row, axis], counts) for row in range(4))
        moved.append(x * a + y * b + z * c + d)
    return moved
