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
from pipeline.sheets.places import to_sheet

GRID_MM = 0.05
TEXT_GRID_MM = 0.5


def segments_of(space: Space, sheet: Sheet) -> NDArray[np.int64]:
    """Return (k, 4) the strokes of a sheet as segments on the grid, end points ordered."""
    table = space.entities
    rows = sheet.entities[table.kind[sheet.entities] != EntityKind.TEXT]
    if not len(rows):
        return np.zeros((0, 4), np.int64)
    chosen = np.zeros(len(table), bool)
    chosen[rows] = True
    owner = np.repeat(np.arange(len(table)), table.part_count)[: len(table.part_closed)]
    parts = np.flatnonzero(chosen[owner])
    grid = np.round(to_sheet(table.xy, sheet.to_space) / GRID_MM).astype(np.int64)
    first, last = table.point_first[parts], table.point_first[parts + 1]
    steps = (last - first - 1).clip(min=0)
    start = np.repeat(first, steps) + (np.arange(steps.sum()) - np.repeat(np.cumsum(steps) - steps, steps))
    pairs = [np.hstack([grid[start], grid[start + 1]])]
    closing = (table.part_closed[parts] == 1) & (last - first > 2)
    pairs.append(np.hstack([grid[last[closing] - 1], grid[first[closing]]]))
    single = last - first == 1
    pairs.append(np.hstack([grid[first[single]], grid[first[single]]]))
    joined = np.vstack(pairs)
    swap = (joined[:, 0] > joined[:, 2]) | ((joined[:, 0] == joined[:, 2]) & (joined[:, 1] > joined[:, 3]))
    joined[swap] = joined[swap][:, [2, 3, 0, 1]]
    return joined


def content_hash(space: Space, sheet: Sheet) -> str:
    """Return the SHA-256 of what a sheet shows (hex)."""
    digest = hashlib.sha256(b"tushen.content/1\n")
    segments = segments_of(space, sheet)
    if len(segments):
        segments = segments[np.lexsort(segments.T[::-1])]
        digest.update(np.ascontiguousarray(segments, dtype="<i8").tobytes())
    texts = space.texts
    if len(texts):
        on_sheet = np.zeros(len(space.entities), bool)
        on_sheet[sheet.entities] = True
        places = np.round(to_sheet(texts.origin, sheet.to_space) / TEXT_GRID_MM).astype(np.int64)
        lines = [
            f"{places[i, 0]},{places[i, 1]},{texts.string[i]}" for i in np.flatnonzero(on_sheet[texts.entity]).tolist()
        ]
        digest.update("\n".join(sorted(lines)).encode("utf-8", "replace"))
    return digest.hexdigest()
