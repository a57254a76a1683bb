"""From chunks in file units to `Space` columns in millimetres, and what a viewport shows of model space."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.kinds import SpaceKind
from pipeline.drawing.model import Space
from pipeline.drawing.tables import DimensionTable, EntityTable, InsertTable, TextTable
from pipeline.readers.dxf.chunk import REACH, Chunk
from pipeline.readers.dxf.placing import upright
from pipeline.readers.dxf.sources import Sources

_ROW_COLUMNS = ("kind", "layer", "color", "width", "dashed", "source", "insert", "parts")


def segments(counts: NDArray, keep: NDArray) -> NDArray:
    """Return the mask of items whose owner is kept; owner i has `counts[i]` consecutive items."""
    return np.repeat(keep, counts)


def take(chunk: Chunk, keep: NDArray) -> Chunk:
    """Return the chunk with the entity rows where `keep`; inserts and dimensions stay as they are."""
    if keep.all():
        return chunk
    parts = segments(chunk.parts, keep)
    points = segments(chunk.sizes, parts)
    renumber = np.cumsum(keep) - 1
    out = Chunk(inserts=chunk.inserts, dimensions=chunk.dimensions)
    for name in _ROW_COLUMNS:
        setattr(out, name, getattr(chunk, name)[keep])
    out.sizes, out.closed, out.xyz = chunk.sizes[parts], chunk.closed[parts], chunk.xyz[points]
    if len(chunk.arcs):
        arcs = chunk.arcs[keep[chunk.arcs[:, 0].astype(np.int64)]].copy()
        arcs[:, 0] = renumber[arcs[:, 0].astype(np.int64)]
        out.arcs = arcs
    if len(chunk.text_row):
        texts = keep[chunk.text_row]
        out.text_row = renumber[chunk.text_row[texts]].astype(np.int32)
        for name in ("text_font", "text_align", "text_place"):
            setattr(out, name, getattr(chunk, name)[texts])
        out.strings = [s for s, flag in zip(chunk.strings, texts, strict=True) if flag]
    return out


def in_steps(chunk: Chunk, keep: NDArray, rows: int) -> Iterator[Chunk]:
    """Yield the entity rows where `keep`, of so many rows of the chunk at a time; inserts do not come along.

    What is made of a step is small, whatever the size of the chunk.
    """
    parts = np.concatenate([[0], np.cumsum(chunk.parts)])
    points = np.concatenate([[0], np.cumsum(chunk.sizes)])
    for begin in range(0, len(chunk), rows):
        end = min(begin + rows, len(chunk))
        if not keep[begin:end].any():
            continue
        part = slice(parts[begin], parts[end])
        step = Chunk(xyz=chunk.xyz[points[part.start] : points[part.stop]])
        step.sizes, step.closed = chunk.sizes[part], chunk.closed[part]
        for name in _ROW_COLUMNS:
            setattr(step, name, getattr(chunk, name)[begin:end])
        step.arcs = chunk.arcs[(chunk.arcs[:, 0] >= begin) & (chunk.arcs[:, 0] < end)]
        step.arcs[:, 0] -= begin
        texts = np.flatnonzero((chunk.text_row >= begin) & (chunk.text_row < end))
        step.text_row = chunk.text_row[texts] - np.int32(begin)
        for name in ("text_font", "text_align", "text_place"):
            setattr(step, name, getattr(chunk, name)[texts])
        step.strings = [chunk.strings[i] for i in texts.tolist()]
        yield take(step, keep[begin:end])


def covered(chunk: Chunk, layers: set[int]) -> NDArray[np.int32]:
    """Return for each entity the outermost layer of these that a reference it lies in stands on, -1 for none; (n,)."""
    out = np.full(len(chunk), -1, np.int32)
    if not layers or not chunk.inserts:
        return out
    by_insert = np.full(len(chunk.inserts), -1, np.int32)
    for row, item in enumerate(chunk.inserts):  # parents stand before their children
        above = int(by_insert[item.parent]) if 0 <= item.parent < row else -1
        by_insert[row] = above if above >= 0 else item.layer if item.layer in layers else -1
    inside = chunk.insert >= 0
    out[inside] = by_insert[chunk.insert[inside]]
    return out


def hide_frozen(chunk: Chunk, frozen: set[int]) -> Chunk:
    """Return the chunk with everything in a reference on a frozen layer put on that layer, so that it does not show.

    Freezing hides the whole block, whatever layers its entities have; turning a layer off does not.
    """
    layer = covered(chunk, frozen)
    if not (layer >= 0).any():
        return chunk
    return replace(chunk, layer=np.where(layer >= 0, layer, chunk.layer).astype(np.int32))


def entity_of_points(chunk: Chunk) -> NDArray:
    """Return the entity row of each point."""
    part_entity = np.repeat(np.arange(len(chunk)), chunk.parts)
    return np.repeat(part_entity, chunk.sizes)


def boxes(chunk: Chunk) -> NDArray[np.float64]:
    """Return (n, 4) x0 y0 x1 y1 of the entities in plan; every entity has at least one point."""
    if not len(chunk):
        return np.zeros((0, 4))
    per_entity = np.add.reduceat(chunk.sizes, np.cumsum(chunk.parts) - chunk.parts)
    first = np.cumsum(per_entity) - per_entity
    low = np.minimum.reduceat(chunk.xyz[:, :2], first)
    high = np.maximum.reduceat(chunk.xyz[:, :2], first)
    return np.hstack([low, high])


def drop_nonfinite(chunk: Chunk, reach: float = REACH) -> tuple[Chunk, int]:
    """Return the chunk without entities that have coordinates which are no finite numbers, and how many points."""
    if not len(chunk):
        return chunk, 0
    good = np.ones(len(chunk.xyz), bool)
    for column in chunk.xyz.T:
        good &= column < reach
        good &= column > -reach
    if good.all():
        return chunk, 0
    keep = np.ones(len(chunk), bool)
    keep[entity_of_points(chunk)[~good]] = False
    return take(chunk, keep), int((~good).sum())


def to_space(chunk: Chunk, sources: Sources, name: str, kind: SpaceKind, unit_mm: float) -> Space:
    """Return the space of a settled chunk: plan coordinates times `unit_mm`. The chunk is used up."""
    of_inserts = np.array([i.source for i in chunk.inserts], np.int32)
    of_dimensions = np.array([d.source for d in chunk.dimensions], np.int32)
    texts, rows = _source_rows([chunk.source, of_inserts, of_dimensions], sources)
    space = Space(name=name, kind=kind, unit_mm=unit_mm, sources=texts)
    space.entities = _entities(chunk, rows[chunk.source], unit_mm)
    space.texts = _texts(chunk, unit_mm)
    space.inserts = _inserts(chunk, rows[of_inserts], unit_mm)
    if chunk.dimensions:
        dims = chunk.dimensions
        space.dimensions = DimensionTable(
            measured_mm=np.array([d.measured * unit_mm for d in dims]),
            shown=[d.shown for d in dims],
            override=[d.override for d in dims],
            points=np.array([d.points[:, :2] * unit_mm for d in dims]),
            source=rows[of_dimensions],
            layer=np.array([max(d.layer, 0) for d in dims], np.int32),
        )
    return space


def _source_rows(numbers: list[NDArray], sources: Sources) -> tuple[list[str], NDArray[np.int32]]:
    """Return the names of some sources (numbers in `sources`, -1 none) and the row of its name for every number.

    The last entry, to which -1 points, is -1.
    """
    used = np.zeros(len(sources) + 1, bool)
    for column in numbers:
        used[column] = True
    known = np.flatnonzero(used[:-1])
    texts, place = _numbered(sources.texts(known))
    rows = np.full(len(used), -1, np.int32)
    rows[known] = place
    return texts, rows


def _numbered(texts: list[str]) -> tuple[list[str], NDArray[np.int32]]:
    """Return the different texts and the row of each, -1 for empty ones."""
    if len(set(texts)) == len(texts) and "" not in texts:
        return texts, np.arange(len(texts), dtype=np.int32)
    ids: dict[str, int] = {}
    rows = [ids.setdefault(text, len(ids)) if text else -1 for text in texts]
    return list(ids), np.array(rows, np.int32)


def _entities(chunk: Chunk, source: NDArray, unit_mm: float) -> EntityTable:
    point_first = np.zeros(len(chunk.sizes) + 1, np.int32)
    np.cumsum(chunk.sizes, out=point_first[1:])
    xy = chunk.xyz if chunk.xyz.shape[1] == 2 else np.ascontiguousarray(chunk.xyz[:, :2])
    chunk.xyz = xy[:0]
    if unit_mm != 1.0:
        xy *= unit_mm
    arcs = chunk.arcs[:, [0, 1, 2, 4, 5, 6]].copy()  # row by row
    arcs[:, 1:4] *= unit_mm
    return EntityTable(
        kind=chunk.kind,
        layer=chunk.layer,
        color=chunk.color.astype(np.uint32),
        width_mm=chunk.width,
        dashed=chunk.dashed.astype(np.uint8),
        source=source,
        insert=chunk.insert,
        element=np.full(len(chunk), -1, np.int32),
        part_first=np.cumsum(chunk.parts, dtype=np.int32) - chunk.parts,
        part_count=chunk.parts,
        point_first=point_first,
        part_closed=chunk.closed,
        xy=xy,
        arcs=arcs,
    )


def _texts(chunk: Chunk, unit_mm: float) -> TextTable:
    if not len(chunk.text_row):
        return TextTable()
    origin, along, up = (chunk.text_place[:, i, :2] * unit_mm for i in range(3))
    lines = np.array([string.count("\n") + 1 for string in chunk.strings])
    origin, along, up = upright(origin, along, up, lines)
    width = np.hypot(along[:, 0], along[:, 1])
    safe = np.where(width > 0, width, 1.0)
    height = np.abs(along[:, 0] * up[:, 1] - along[:, 1] * up[:, 0]) / safe
    return TextTable(
        entity=chunk.text_row,
        string=chunk.strings,
        origin=origin,
        height=np.where(width > 0, height, np.hypot(up[:, 0], up[:, 1])),
        rotation=np.arctan2(along[:, 1], along[:, 0]),
        width=width,
        font=chunk.text_font,
        align=chunk.text_align if chunk.text_align.any() else chunk.text_align[:0],
    )


def _inserts(chunk: Chunk, source: NDArray, unit_mm: float) -> InsertTable:
    if not chunk.inserts:
        return InsertTable()
    matrices = np.array([i.matrix for i in chunk.inserts])
    # row vectors to the column form of InsertTable; block units stay file units, so only the result is scaled
    transform = np.column_stack(
        [
            matrices[:, 0, 0],
            matrices[:, 1, 0],
            matrices[:, 0, 1],
            matrices[:, 1, 1],
            matrices[:, 3, 0],
            matrices[:, 3, 1],
        ]
    )
    return InsertTable(
        name=[i.name for i in chunk.inserts],
        layer=np.array([max(i.layer, 0) for i in chunk.inserts], np.int32),
        source=source,
        parent=np.array([i.parent for i in chunk.inserts], np.int32),
        transform=transform * unit_mm,
        attributes=[i.attributes for i in chunk.inserts],
    )
