"""Entities of the scan that are drawn one by one, as pieces to be put in order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pipeline.readers.dxf.chunk import ChunkBuilder, Look
from pipeline.readers.dxf.columns.appearance import look_of
from pipeline.readers.dxf.columns.arranging import Pieces, counted
from pipeline.readers.dxf.columns.store import Columns, from_chunks


def singly(
    looks: NDArray,
    entities: NDArray,
    target: NDArray,
    rows: NDArray,
    out: ChunkBuilder,
    draw: Callable[[int, int, Look], None],
) -> Pieces:
    """Return what `draw` appends to `out`, called with the place, the entity row and the look of each entity.

    `rows` are the places in `entities` and `target` (its block or layout), `looks` (k, 4) those of the entities there.
    """
    sizes = np.zeros(len(rows), np.int64)
    chosen = zip(rows.tolist(), entities[rows].tolist(), looks.tolist(), strict=True)
    for at, (row, entity, look) in enumerate(chosen):
        before = len(out)
        draw(row, entity, look_of(look))
        sizes[at] = len(out) - before
    columns, counts = owned(out, sizes)
    return Pieces(columns, target[rows], entities[rows], np.zeros(len(rows), np.int64), counts)


def owned(out: ChunkBuilder, sizes: NDArray) -> tuple[Columns, dict[str, NDArray]]:
    """Return what was drawn, and the counts of owners of `sizes` rows each; pointers count from the first of all."""
    columns, _ = from_chunks([out.build()])
    many = len(sizes)
    owner = np.repeat(np.arange(many), sizes)
    of_part = np.repeat(owner, columns.parts)
    return columns, counted(
        many,
        row=sizes,
        part=np.bincount(owner, weights=columns.parts, minlength=many),
        point=np.bincount(of_part, weights=columns.sizes, minlength=many),
        arc=np.bincount(owner[columns.arc_row], minlength=many),
        text=np.bincount(owner[columns.text_row], minlength=many),
    )


def absolute(columns: Columns, counts: dict[str, NDArray]) -> None:
    """Make rows that arcs and texts point at count from the first of all pieces."""
    first = np.cumsum(counts["row"]) - counts["row"]
    for name, group in (("arc_row", "arc"), ("text_row", "text")):
        owner = np.repeat(np.arange(len(first)), counts[group])
        setattr(columns, name, getattr(columns, name) + first[owner])
