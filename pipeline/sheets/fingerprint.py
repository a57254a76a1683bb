"""The content hash of a sheet: the same for the same drawing whatever the order, the handles or the last digits.

Every stroke is taken as its segments on a grid of 0.05 mm of paper, every text as its string and place; curves by their
chords. Two sheets with equal hashes show the same; handles, layers' order, polyline splitting do not count.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.kinds import EntityKind
from pipeline.drawing.model import Sheet, Space
from pipeline.drawing.sheet_space import on_sheet, to_sheet
from pipeline.drawing.strokes import pieces_of

GRID_MM = 0.05
TEXT_GRID_MM = 0.5


def segments_of(space: Space, sheet: Sheet) -> NDArray[np.int64]:
    """Return (k, 4) the strokes of a sheet as segments on the grid, end points ordered."""
    table = space.entities
    rows = sheet.entities[table.kind[sheet.entities] != EntityKind.TEXT]
    if not len(rows):
        return np.zeros((0, 4), np.int64)
    p, q = pieces_of(table, rows)
    a, b = (np.round(to_sheet(table.xy[ends], sheet.to_space) / GRID_MM).astype(np.int64) for ends in (p, q))
    joined = np.hstack([a, b])
    swap = (joined[:, 0] > joined[:, 2]) | ((joined[:, 0] == joined[:, 2]) & (joined[:, 1] > joined[:, 3]))
    joined[swap] = joined[swap][:, [2, 3, 0, 1]]
    return joined


def content_hash(space: Space, sheet: Sheet, file_sha256: str = "") -> str:
    """Return the SHA-256 of what a sheet shows (hex).

    A page that is only a picture shows what no line or text says: its hash stands on the file's own, `file_sha256`.
    """
    digest = hashlib.sha256(b"tushen.content/1\n")
    if space.scanned:
        digest.update(f"{file_sha256} {sheet.id}\n".encode("ascii", "replace"))
    segments = segments_of(space, sheet)
    if len(segments):
        segments = segments[np.lexsort(segments.T[::-1])]
        digest.update(np.ascontiguousarray(segments, dtype="<i8").tobytes())
    texts = space.texts
    if len(texts):
        rows = np.flatnonzero(on_sheet(space, sheet)[texts.entity])
        places = np.round(to_sheet(texts.origin[rows], sheet.to_space) / TEXT_GRID_MM).astype(np.int64).tolist()
        lines = [f"{x},{y},{texts.string[i]}" for i, (x, y) in zip(rows.tolist(), places, strict=True)]
        digest.update("\n".join(sorted(lines)).encode("utf-8", "replace"))
    return digest.hexdigest()
