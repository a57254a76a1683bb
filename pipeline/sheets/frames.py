"""Finds the framed sheets of a space, in any direction: rectangles of a paper size with proof that they are frames.

A rectangle alone proves nothing (a room of 4200 x 2970 is A3 at 1:10). Proof is a title block's labels inside,
a frame block or layer, or the pair of paper edge and frame line.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.kinds import SpaceKind
from pipeline.drawing.model import Drawing, Space
from pipeline.sheets.choosing import choose, joined
from pipeline.sheets.frame import Frame
from pipeline.sheets.heads import heads_of
from pipeline.sheets.labels import field_of_tag
from pipeline.sheets.paper import IMPERIAL, SCALES, Fit, fits, fitting, like_paper
from pipeline.sheets.quads import Quads, quads_of
from pipeline.sheets.rails import spanned
from pipeline.sheets.words import Words, named

F64 = NDArray[np.float64]
FRAME_NAME = re.compile(r"图框|TITLE|BORDER|FRAME|(^|[-_$|])TK|(^|[-_$|])A[0-4]([-_+ ]|$)", re.IGNORECASE)
LEAST_MODEL_MM, LEAST_PAPER_MM = 170.0, 100.0
MOST = 4_000  # candidates looked at: those with labels or a frame's name first, then the largest
LEAST_LETTERS = 40.0  # the short side of a frame is at least this many label heights long
FREE = 3e-3  # how far off a rectangle counts that has the proportions of a paper on no usual scale
ALL_SCALES = tuple(sorted((*SCALES, *IMPERIAL)))
PAGE_SCALES = (0.25, 0.5, math.sqrt(0.5), 1.0, 2.0)


def find_frames(drawing: Drawing, space: Space, words: Words) -> list[Frame]:
    """Return the frames of a space, in reading order (rows from the top, each from the left)."""
    page = space.kind == SpaceKind.PAGE
    least = LEAST_PAPER_MM if page else LEAST_MODEL_MM
    labels = np.array([i for i, (name, both) in enumerate(zip(words.label, words.both, strict=True)) if name or both])
    letter = float(np.percentile(words.height[labels], 5)) if len(labels) else 0.0
    line = max(least, LEAST_LETTERS * letter)
    scales = PAGE_SCALES if page else ALL_SCALES
    heads = heads_of(words, labels)
    quads = quads_of(space, least, line, scales)
    frames = _candidates(drawing, space, quads, words, labels, page) if len(quads) else []
    crossing = [
        Frame(corner, a, b, fits(float(np.hypot(*a)), float(np.hypot(*b)), scales), cost=cost, crossings=crossings)
        for corner, a, b, cost, crossings in _spanned(space, words, labels[~heads], line, scales)
    ]
    for some in (frames, crossing):
        _name_labels(some, words, labels, heads)
    frames = [f for f in frames if f.fits or (f.strong >= 3 and "number" in f.names)]
    return _reading_order(choose(joined(frames, crossing)))


def _spanned(
    space: Space, words: Words, labels: NDArray, line: float, scales: tuple[float, ...]
) -> Iterator[tuple[F64, F64, F64, float, int]]:
    """Yield corner, sides, cost and crossings of the rectangles of long lines around labels."""
    quads, about = spanned(space, words, labels, line, scales)
    for row in range(len(quads)):
        yield quads.corner[row], quads.a[row], quads.b[row], float(about[row, 0]), int(about[row, 1])


def _candidates(drawing: Drawing, space: Space, quads: Quads, words: Words, labels: NDArray, page: bool) -> list[Frame]:
    """Return the rectangles that may be frames, those of one place once, with their labels."""
    sides = quads.sides
    named_rows = _named_rows(drawing, space)
    named = np.zeros(len(quads), bool)
    owned = quads.row >= 0
    named[owned] = named_rows[quads.row[owned]]
    fitted = fitting(sides[:, 0], sides[:, 1], ALL_SCALES)
    count = _labels_inside(quads, words, labels)
    # a rectangle of any size counts where a whole title block lies in it
    kept = np.flatnonzero((fitted & (named | (count > 0))) | (count >= 4))
    bare = np.flatnonzero(fitted & ~named & (count == 0))
    bare = bare[np.argsort(-sides[bare].prod(axis=1), kind="stable")[:500]]  # pairs of lines without words
    rows = np.concatenate([kept, bare])
    likely = named[rows] | (count[rows] >= 3)
    rows = rows[np.lexsort((-sides[rows].prod(axis=1), ~likely))[:MOST]]
    found: dict[tuple[int, ...], Frame] = {}
    for row in rows.tolist():
        middle = quads.corner[row] + (quads.a[row] + quads.b[row]) / 2
        level = math.floor(math.log2(sides[row].min()))
        places = np.round(np.append(middle, np.sort(sides[row])) / 2.0 ** (level - 10))
        key = (level, *places.astype(np.int64).tolist())
        if key in found:
            found[key].named |= bool(named[row])
            continue
        choices = fits(float(sides[row, 0]), float(sides[row, 1]), ALL_SCALES) if fitted[row] else []
        if page or not choices:
            free = like_paper(float(sides[row, 0]), float(sides[row, 1]))
            choices = [Fit(free[0], 1.0 if page else free[1], False, FREE)] if free else choices
        found[key] = Frame(quads.corner[row], quads.a[row], quads.b[row], choices, named=bool(named[row]))
    return list(found.values())


def _named_rows(drawing: Drawing, space: Space) -> NDArray[np.bool_]:
    """Return (n,) whether an entity is on a frame layer, or in a block that is a frame by name or by attributes."""
    table = space.entities
    meaning = np.array([layer.meaning == "frame" for layer in drawing.layers] or [False])
    named = meaning[np.clip(table.layer, 0, len(meaning) - 1)] & (table.layer >= 0)
    if len(space.inserts):
        own = np.zeros(len(space.inserts) + 1, bool)
        for i, name in enumerate(space.inserts.name):  # parents come before their children
            tags = space.inserts.attributes[i] or {}
            known = sum(field_of_tag(tag) is not None for tag in tags)
            parent = int(space.inserts.parent[i])
            own[i] = bool(FRAME_NAME.search(name)) or known >= 2 or (0 <= parent < i and own[parent])
        named |= own[table.insert]
    return named


def _labels_inside(quads: Quads, words: Words, labels: NDArray) -> NDArray[np.int64]:
    """Return (k,) how many labels lie in each rectangle."""
    count = np.zeros(len(quads), np.int64)
    if not len(labels):
        return count
    points = words.origin[labels]
    maybe = _may_hold(quads, points)
    step = max(1, 2_000_000 // len(points))
    for first in range(0, len(maybe), step):
        rows = maybe[first : first + step]
        a, b = quads.a[rows], quads.b[rows]
        rel = points[None] - quads.corner[rows, None]
        u = (rel[:, :, 0] * a[:, :1] + rel[:, :, 1] * a[:, 1:]) / (a**2).sum(axis=1)[:, None]
        v = (rel[:, :, 0] * b[:, :1] + rel[:, :, 1] * b[:, 1:]) / (b**2).sum(axis=1)[:, None]
        count[rows] = ((u > 0) & (u < 1) & (v > 0) & (v < 1)).sum(axis=1)
    return count


def _may_hold(quads: Quads, points: F64, cells: int = 256) -> NDArray[np.int64]:
    """Return the rows of rectangles whose axis-parallel box holds a cell with a point (a summed table of cells)."""
    low, high = points.min(axis=0), points.max(axis=0)
    size = np.maximum(high - low, 1e-9) * (1 + 1e-9) / cells
    place = ((points - low) / size).astype(np.int64).clip(0, cells - 1)
    table = np.zeros((cells + 1, cells + 1), np.int64)
    np.add.at(table, (place[:, 0] + 1, place[:, 1] + 1), 1)
    table = table.cumsum(axis=0).cumsum(axis=1)
    reach = np.stack([np.zeros_like(quads.a), quads.a, quads.b, quads.a + quads.b])
    first = ((quads.corner + reach.min(axis=0) - low) / size).clip(0, cells).astype(np.int64)
    last = ((quads.corner + reach.max(axis=0) - low) / size + 1).clip(0, cells).astype(np.int64)
    (x0, y0), (x1, y1) = first.T, last.T
    return np.flatnonzero(table[x1, y1] - table[x0, y1] - table[x1, y0] + table[x0, y0] > 0)


def _name_labels(frames: list[Frame], words: Words, labels: NDArray, heads: NDArray[np.bool_]) -> None:
    """Tell every frame which labels lie in it, and how these stand."""
    if not len(labels):
        return
    points = words.origin[labels]
    for frame in frames:
        place = frame.local(points)
        inside = np.flatnonzero(((place > 0) & (place < 1)).all(axis=1))
        for i, head in zip(labels[inside].tolist(), heads[inside].tolist(), strict=True):
            name = named(words.label[i], words.both[i])
            frame.names[name] = frame.names.get(name, 0) + 1
            if not head:
                frame.own[name] = frame.own.get(name, 0) + 1
            frame.turns.append(float(words.rotation[i]))
            frame.letters.append(float(words.height[i]))


def _reading_order(frames: list[Frame]) -> list[Frame]:
    """Sort by rows from the top (frames whose middles differ by less than half a height share one), then left."""
    left = sorted(frames, key=lambda f: -(f.box[1] + f.box[3]))
    ordered: list[Frame] = []
    while left:
        head = left[0].box
        middle, half = (head[1] + head[3]) / 2, (head[3] - head[1]) / 2
        row = [f for f in left if abs((f.box[1] + f.box[3]) / 2 - middle) < half]
        ordered.extend(sorted(row, key=lambda f: f.box[0]))
        left = [f for f in left if f not in row]
    return ordered
