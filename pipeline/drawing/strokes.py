"""The straight pieces of entities as pairs of points, without touching those of other entities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.tables import EntityTable

I64 = NDArray[np.int64]


def ranges(first: NDArray, count: NDArray) -> I64:
    """Return first[0], first[0]+1, … count[0] of them, then those of the next."""
    count = count.astype(np.int64, copy=False)
    ends = count.cumsum()
    total = int(ends[-1]) if len(ends) else 0
    out = (first - (ends - count)).repeat(count)
    out += np.arange(total, dtype=np.int64)
    return out


def pieces_of(table: EntityTable, rows: NDArray) -> tuple[I64, I64]:
    """Return (p, q) rows of `table.xy`: the ends of every straight piece of some entities.

    Parts that close are closed where they have more than two points; a part of one point is a piece of no length.

    Args:
        table: the entities of a space.
        rows: (k,) rows of the entities wanted.
    """
    parts = ranges(table.part_first[rows], table.part_count[rows])
    first, last = table.point_first[parts].astype(np.int64), table.point_first[parts + 1].astype(np.int64)
    start = ranges(first, (last - first - 1).clip(min=0))
    closing = (table.part_closed[parts] == 1) & (last - first > 2)
    single = last - first == 1
    return (
        np.concatenate([start, last[closing] - 1, first[single]]),
        np.concatenate([start + 1, first[closing], first[single]]),
    )
