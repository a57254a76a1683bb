"""Finds the framed sheets of a space: rectangles of a paper size times a scale, with proof that they are frames.

A rectangle alone proves nothing (a room of 4200 x 2970 is A3 at 1:10). Proof is a title block's labels inside,
a frame block or layer, or the pair of paper edge and frame line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.kinds import EntityKind, SpaceKind
from pipeline.drawing.model import Drawing, Space
from pipeline.sheets.labels import WEAK, field_of, inline
from pipeline.sheets.paper import SCALES, Fit, fits
from pipeline.sheets.places import Box, area, contains

F64 = NDArray[np.float64]
FRAME_NAME = re.compile(r"图框|TITLE|BORDER|FRAME|(^|[-_$|])TK|(^|[-_$|])A[0-4]([-_+ ]|$)", re.IGNORECASE)
_STROKES = (EntityKind.LINE, EntityKind.POLYLINE, EntityKind.PATH, EntityKind.FILL)
LONGEST_LINES = 500  # horizontals and verticals considered for frames drawn as four lines
MIN_SIDE_MM = 170.0


@dataclass(slots=True)
class Frame:
    """A rectangle that is a sheet."""

    box: Box
    fits: list[Fit]
    labels: int = 0  # title-block labels inside
    strong: int = 0  # labels that hardly occur elsewhere
    named: bool = False  # frame block or frame layer
    inner: Box | None = None  # the frame line inside the paper edge
    turns: list[float] = field(default_factory=list)  # rotations of the labels inside

    @property
    def proven(self) -> bool:
        """Whether it is a frame beyond its size."""
        return self.named or self.strong > 0 or self.labels >= 3 or self.inner is not None


def rectangles(space: Space) -> tuple[F64, NDArray[np.int32]]:
    """Return axis-parallel rectangles (k, 4) of a space and the entity row of each (-1: four separate lines)."""
    table = space.entities
    if not len(table):
        return np.zeros((0, 4)), np.zeros(0, np.int32)
    sizes = np.diff(table.point_first)
    owner = np.repeat(np.arange(len(table)), table.part_count)[: len(sizes)]
    stroke = np.isin(table.kind[owner], _STROKES)
    boxes: list[F64] = []
    rows: list[NDArray] = []
    for count in (4, 5):
        parts = np.flatnonzero((sizes == count) & stroke)
        if not len(parts):
            continue
        points = table.xy[table.point_first[parts][:, None] + np.arange(count)]
        low, high = points.min(axis=1), points.max(axis=1)
        near = 1e-3 * (high - low).max(axis=1)[:, None, None] + 1e-9
        edge = (np.abs(points - low[:, None]) <= near) | (np.abs(points - high[:, None]) <= near)
        joined = table.part_closed[parts] == 1
        if count == 5:
            joined = np.abs(points[:, 0] - points[:, 4]).max(axis=1) <= near[:, 0, 0]
        good = edge.all(axis=(1, 2)) & joined & (high > low).all(axis=1)
        turn = np.abs(np.diff(points, axis=1))  # every step along one axis only
        good &= (turn.min(axis=2) <= near[:, 0]).all(axis=1)
        boxes.append(np.hstack([low, high])[good])
        rows.append(owner[parts[good]])
    loose = _four_lines(space, sizes, owner, stroke)
    boxes.append(loose)
    rows.append(np.full(len(loose), -1))
    return np.vstack(boxes), np.concatenate(rows).astype(np.int32)


def _four_lines(space: Space, sizes: NDArray, owner: NDArray, stroke: NDArray) -> F64:
    """Return rectangles made of four separate lines among the longest ones."""
    table = space.entities
    parts = np.flatnonzero((sizes == 2) & stroke & (table.kind[owner] != EntityKind.FILL))
    if len(parts) < 4:
        return np.zeros((0, 4))
    first = table.point_first[parts]
    p, q = table.xy[first], table.xy[first + 1]
    delta = np.abs(q - p)
    length = delta.max(axis=1)
    flat = (delta[:, 1] <= 1e-4 * length) & (length >= MIN_SIDE_MM)
    steep = (delta[:, 0] <= 1e-4 * length) & (length >= MIN_SIDE_MM)
    h = _longest(p[flat], q[flat], 0)
    v = _longest(p[steep], q[steep], 1)
    found: list[Box] = []
    for i in range(len(h)):
        x0, x1, y = h[i]
        tol = 2e-3 * (x1 - x0)
        twins = np.flatnonzero((np.abs(h[:, 0] - x0) < tol) & (np.abs(h[:, 1] - x1) < tol) & (h[:, 2] > y + tol))
        for j in twins.tolist():
            top = h[j, 2]
            spans = (np.abs(v[:, 0] - y) < tol) & (np.abs(v[:, 1] - top) < tol)
            if (spans & (np.abs(v[:, 2] - x0) < tol)).any() and (spans & (np.abs(v[:, 2] - x1) < tol)).any():
                found.append((float(x0), float(y), float(x1), float(top)))
    return np.array(found).reshape(-1, 4)


def _longest(p: F64, q: F64, axis: int) -> F64:
    """Return (k, 3) low, high, other coordinate of the longest lines along an axis."""
    low, high = np.minimum(p, q)[:, axis], np.maximum(p, q)[:, axis]
    rows = np.column_stack([low, high, (p + q)[:, 1 - axis] / 2])
    return rows[np.argsort(low - high, kind="stable")[:LONGEST_LINES]]


def find_frames(drawing: Drawing, space: Space) -> list[Frame]:
    """Return the frames of a space, in reading order (rows from the top, each from the left)."""
    scales = (1.0,) if space.kind == SpaceKind.PAGE else SCALES
    boxes, rows = rectangles(space)
    big = (boxes[:, 2:] - boxes[:, :2]).min(axis=1) >= MIN_SIDE_MM if len(boxes) else np.zeros(0, bool)
    found: dict[tuple[int, ...], Frame] = {}
    for box, row in zip(boxes[big], rows[big], strict=True):
        key = tuple(np.round(box, 0).astype(np.int64).tolist())
        named = row >= 0 and _is_named(drawing, space, int(row))
        if key in found:
            found[key].named |= named
            continue
        choices = fits(float(box[2] - box[0]), float(box[3] - box[1]), scales)
        if choices:
            x0, y0, x1, y1 = (float(v) for v in box)
            found[key] = Frame((x0, y0, x1, y1), choices, named=named)
    frames = list(found.values())
    _count_labels(space, frames)
    return _reading_order(_select(frames))


def _is_named(drawing: Drawing, space: Space, row: int) -> bool:
    layer = int(space.entities.layer[row])
    if 0 <= layer < len(drawing.layers) and drawing.layers[layer].meaning == "frame":
        return True
    insert = int(space.entities.insert[row])
    while 0 <= insert < len(space.inserts):
        if FRAME_NAME.search(space.inserts.name[insert]):
            return True
        insert = int(space.inserts.parent[insert])
    return False


def _count_labels(space: Space, frames: list[Frame]) -> None:
    if not frames or not len(space.texts):
        return
    for i, string in enumerate(space.texts.string):
        if len(string) > 60:
            continue
        name = field_of(string)
        if name is None:
            both = inline(string)
            name = both[0] if both else None
        if name is None:
            continue
        x, y = space.texts.origin[i]
        for frame in frames:
            if frame.box[0] <= x <= frame.box[2] and frame.box[1] <= y <= frame.box[3]:
                frame.labels += 1
                frame.strong += name not in WEAK
                frame.turns.append(float(space.texts.rotation[i]))


def _select(frames: list[Frame]) -> list[Frame]:
    """Keep the outermost proven frames; one that merely encloses several proven frames is no sheet."""
    frames = sorted(frames, key=lambda f: -area(f.box))
    for frame in frames:
        for other in frames:
            if other is not frame and contains(frame.box, other.box) and _is_pair(frame, other):
                frame.inner = other.box
                break
    chosen: list[Frame] = []
    for frame in frames:
        if not frame.proven or any(
            contains(kept.box, frame.box, 1e-3 * (kept.box[2] - kept.box[0])) for kept in chosen
        ):
            continue
        inside = [
            f
            for f in frames
            if f is not frame
            and f.strong > 1
            and f.proven
            and contains(frame.box, f.box)
            and area(f.box) < 0.6 * area(frame.box)
        ]
        if _disjoint(inside) >= 2 and sum(f.strong for f in _apart(inside)) >= 0.8 * frame.strong:
            continue
        chosen.append(frame)
    return chosen


def _apart(frames: list[Frame]) -> list[Frame]:
    kept: list[Frame] = []
    for frame in frames:
        if not any(_overlap(frame.box, k.box) for k in kept):
            kept.append(frame)
    return kept


def _disjoint(frames: list[Frame]) -> int:
    return len(_apart(frames))


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _is_pair(outer: Frame, inner: Frame) -> bool:
    """Whether `inner` is the frame line of `outer`: margins of 5-10 mm and a binding edge of 25 mm on some scale."""
    gaps = sorted(
        (
            inner.box[0] - outer.box[0],
            inner.box[1] - outer.box[1],
            outer.box[2] - inner.box[2],
            outer.box[3] - inner.box[3],
        )
    )
    for fit in outer.fits:
        if fit.inner:
            continue
        small, large = gaps[0] / fit.scale, gaps[3] / fit.scale
        if 3.5 <= small <= 12.0 and gaps[2] / fit.scale <= 12.5 and 20.0 <= large <= 30.0:
            return True
    return False


def _reading_order(frames: list[Frame]) -> list[Frame]:
    """Sort by rows from the top (frames whose middles differ by less than half a height share one), then left."""
    left = sorted(frames, key=lambda f: -(f.box[1] + f.box[3]))
    ordered: list[Frame] = []
    while left:
        head = left[0]
        middle, half = (head.box[1] + head.box[3]) / 2, (head.box[3] - head.box[1]) / 2
        row = [f for f in left if abs((f.box[1] + f.box[3]) / 2 - middle) < half]
        ordered.extend(sorted(row, key=lambda f: f.box[0]))
        left = [f for f in left if f not in row]
    return ordered
