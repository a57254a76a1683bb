"""The sketch of a sheet: a few numbers by which two sheets are seen to show much the same, without their drawings.

Strokes are taken as displacements (dx, dy) on a grid of 0.2 mm of paper, so that a shifted drawing keeps its sketch;
texts as their strings without white space. Of the hashes of the distinct ones the smallest are kept (bottom-k sketch,
Broder 1997): the share that two sketches have in common estimates the share that the sheets have in common.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.kinds import EntityKind
from pipeline.drawing.model import Sheet, Space
from pipeline.drawing.sheet_space import on_sheet, to_sheet
from pipeline.drawing.strokes import pieces_of

KEPT = 64  # hashes kept of each kind
GRID_MM = 0.2
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))


@dataclass(slots=True)
class Sketch:
    """The smallest hashes (32 bits, ascending) of the distinct strokes and texts, and how many distinct there are."""

    ink: list[int] = field(default_factory=list)
    inks: int = 0
    text: list[int] = field(default_factory=list)
    texts: int = 0


def sketch_of(space: Space, sheet: Sheet) -> Sketch:
    """Return the sketch of a sheet."""
    ink, inks = _smallest(_strokes(space, sheet))
    text, texts = _smallest(_texts(space, sheet))
    return Sketch(ink, inks, text, texts)


def _smallest(hashes: NDArray[np.uint32]) -> tuple[list[int], int]:
    distinct = np.unique(hashes)
    return distinct[:KEPT].tolist(), len(distinct)


def _strokes(space: Space, sheet: Sheet) -> NDArray[np.uint32]:
    """Return the hash of every displacement of the sheet's strokes, a point and its opposite alike."""
    table = space.entities
    if not len(sheet.entities) or not len(table.xy):
        return np.zeros(0, np.uint32)
    rows = sheet.entities[table.kind[sheet.entities] != EntityKind.TEXT]
    p, q = pieces_of(table, rows)
    if not len(p):
        return np.zeros(0, np.uint32)
    step = to_sheet(table.xy[q] - table.xy[p], (*sheet.to_space[:4], 0.0, 0.0))
    u, v = np.round(step[:, 0] / GRID_MM), np.round(step[:, 1] / GRID_MM)
    turned = (u < 0) | ((u == 0) & (v < 0))
    u, v = np.where(turned, -u, u), np.where(turned, -v, v)
    wide = (u != 0) | (v != 0)
    return _mixed(u[wide].astype(np.int64), v[wide].astype(np.int64))


def _mixed(u: NDArray[np.int64], v: NDArray[np.int64]) -> NDArray[np.uint32]:
    with np.errstate(over="ignore"):
        key = u.astype(np.uint64) * _MIX[0] + v.astype(np.uint64) * _MIX[1]
        key ^= key >> np.uint64(29)
        key *= _MIX[1]
        return (key >> np.uint64(32)).astype(np.uint32)


def _texts(space: Space, sheet: Sheet) -> NDArray[np.uint32]:
    texts = space.texts
    if not len(texts) or not len(sheet.entities):
        return np.zeros(0, np.uint32)
    rows = np.flatnonzero(on_sheet(space, sheet)[texts.entity]).tolist()
    strings = {re.sub(r"\s+", "", texts.string[i]) for i in rows}
    return np.array(
        [zlib.crc32(string.encode("utf-8", "replace")) for string in sorted(strings) if string], dtype=np.uint32
    )


def shared(one: list[int], two: list[int], common: frozenset[int] = frozenset()) -> float | None:
    """Return the estimated share (0..1) of what two sheets have together that both have; None where one is empty.

    Args:
        one: hashes of one sketch, ascending.
        two: hashes of the other.
        common: hashes that say nothing, because most sheets of the set have them (frame, title block).
    """
    a, b = set(one) - common, set(two) - common
    if not a or not b:
        return None
    limit = min(max(one) if len(one) >= KEPT else 2**32, max(two) if len(two) >= KEPT else 2**32)
    union = {h for h in a | b if h <= limit}  # above the limit one of the sketches is blind
    return len(union & a & b) / len(union) if union else None


def held(small: list[int], large: list[int], common: frozenset[int] = frozenset()) -> float | None:
    """Return the estimated share (0..1) of one sheet that the other holds; None where it cannot be said."""
    a, b = set(small) - common, set(large) - common
    limit = max(large) if len(large) >= KEPT else 2**32
    seen = {h for h in a if h <= limit}
    return len(seen & b) / len(seen) if len(seen) >= 4 and b else None
