"""Rectangles of a space in any direction: closed polylines of four corners, and four separate lines that meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.kinds import EntityKind
from pipeline.drawing.model import Space
from pipeline.sheets.paper import fitting

F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
_STROKES = (EntityKind.LINE, EntityKind.POLYLINE, EntityKind.PATH, EntityKind.FILL)
SQUARE = 2e-3  # sine of the angle by which a corner may miss 90 degrees; share of a side by which sides may differ
MEET_MM = 1.0  # ends of lines nearer than this meet (0.25 where the space is paper)
MOST_LINES = 100_000
CROWD = 48  # more ends than this in one place are no corner of a frame


@dataclass(slots=True)
class Quads:
    """Rectangles as columns: a corner, the vector along each side from it (b is a turned left), and the entity."""

    corner: F64  # (k, 2) mm of the space
    a: F64  # (k, 2)
    b: F64  # (k, 2)
    row: I32  # (k,) entity row, -1 for four separate lines

    def __len__(self) -> int:
        return len(self.row)

    def take(self, rows: NDArray) -> Quads:
        """Return some of them."""
        return Quads(self.corner[rows], self.a[rows], self.b[rows], self.row[rows])

    @property
    def sides(self) -> F64:
        """(k, 2) lengths of a and b, mm."""
        return np.column_stack([np.hypot(*self.a.T), np.hypot(*self.b.T)])


def quads_of(space: Space, least_mm: float, line_mm: float, scales: tuple[float, ...]) -> Quads:
    """Return the rectangles of a space whose shorter side is at least `least_mm` long.

    Rectangles of four separate lines are returned only where they fit a paper size at one of `scales` and these lines
    are at least `line_mm` long; of very many lines only the longest are looked at.
    """
    table = space.entities
    if not len(table) or not len(table.xy):
        return _quads([], [])
    sizes = np.diff(table.point_first)
    owner = np.repeat(np.arange(len(table)), table.part_count)[: len(sizes)]
    stroke = np.isin(table.kind, _STROKES)[owner]
    points: list[F64] = []
    rows: list[NDArray] = []
    for count in (4, 5):
        parts = np.flatnonzero((sizes == count) & stroke)
        found = table.xy[table.point_first[parts][:, None] + np.arange(count)]
        if count == 4:
            joined = table.part_closed[parts] == 1
        else:
            reach = np.abs(found - found[:, :1]).max(axis=(1, 2), initial=0.0)
            joined = np.abs(found[:, 0] - found[:, 4]).max(axis=1, initial=0.0) <= SQUARE * reach
        points.append(found[joined][:, :4])
        rows.append(owner[parts[joined]])
    whole = _quads(points, rows)
    whole = whole.take(_is_square(whole) & (whole.sides.min(axis=1, initial=np.inf) >= least_mm))
    loose = _of_lines(space, sizes, owner, stroke, line_mm, scales)
    return _together([whole, loose])


def _quads(points: list[F64], rows: list[NDArray]) -> Quads:
    """Return quads from corner rings (k, 4, 2); `_is_square` must still be asked."""
    if not points:
        return Quads(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0, np.int32))
    ring = np.concatenate(points)
    a, b = ring[:, 1] - ring[:, 0], ring[:, 3] - ring[:, 0]
    right = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0] < 0
    a[right], b[right] = b[right], a[right].copy()
    quads = Quads(ring[:, 0].copy(), a, b, np.concatenate(rows).astype(np.int32))
    # the fourth corner must be where the two sides send it
    span = np.abs(a) + np.abs(b)
    off = np.abs(ring[:, 0] + a + b - ring[:, 2]).max(axis=1, initial=0.0)
    return quads.take(off <= SQUARE * span.max(axis=1, initial=0.0))


def _together(several: list[Quads]) -> Quads:
    return Quads(*(np.concatenate([getattr(quads, k) for quads in several]) for k in ("corner", "a", "b", "row")))


def _is_square(quads: Quads) -> NDArray[np.bool_]:
    sides = quads.sides
    dot = np.abs((quads.a * quads.b).sum(axis=1))
    size = sides.prod(axis=1)
    return (size > 0) & (dot <= SQUARE * size)


def _of_lines(
    space: Space, sizes: NDArray, owner: NDArray, stroke: NDArray, least_mm: float, scales: tuple[float, ...]
) -> Quads:
    """Return rectangles made of four separate lines whose ends meet."""
    table = space.entities
    parts = np.flatnonzero((sizes == 2) & stroke & (table.kind[owner] != EntityKind.FILL))
    first = table.point_first[parts]
    p, q = table.xy[first], table.xy[first + 1]
    length = np.hypot(*(q - p).T)
    long = length >= least_mm
    p, q, length = p[long], q[long], length[long]
    if len(p) > MOST_LINES:
        longest = np.argpartition(-length, MOST_LINES)[:MOST_LINES]
        p, q, length = p[longest], q[longest], length[longest]
    if len(p) < 4:
        return _quads([], [])
    meet = MEET_MM if least_mm >= 150 else 0.25
    corners = [_corners(p, q, length, meet, shift, scales) for shift in (0.0, 0.5)]
    found = _together(corners)
    if not len(found):
        return found
    # a rectangle is seen from its corners: at least three of them (or two opposite ones) must be there
    middle = found.corner + (found.a + found.b) / 2
    low = np.minimum(np.abs(found.a), np.abs(found.b)).sum(axis=1)
    key = np.column_stack([np.round(middle / (4 * meet)), np.round((found.sides.sum(axis=1) + low) / (8 * meet))])
    _, first_of, group = np.unique(key, axis=0, return_index=True, return_inverse=True)
    turned = np.round(found.corner / (2 * meet)).astype(np.int64)
    seen = np.unique(np.column_stack([group.ravel(), turned]), axis=0)
    count = np.bincount(seen[:, 0], minlength=len(first_of))
    return found.take(first_of[count >= 3])


def _corners(p: F64, q: F64, length: F64, meet: float, shift: float, scales: tuple[float, ...]) -> Quads:
    """Return the quads that two lines meeting at right angles span, where these fit a paper size."""
    ends = np.concatenate([p, q])
    other = np.concatenate([q, p])
    size = np.concatenate([length, length])
    cell = np.floor(ends / meet + shift).astype(np.int64)
    key = cell[:, 0] * np.int64(1_000_003) + cell[:, 1]
    order = np.argsort(key, kind="stable")
    start = np.flatnonzero(np.diff(key[order], prepend=key[order[0]] - 1))
    count = np.diff(np.append(start, len(order)))
    place = np.arange(len(order)) - np.repeat(start, count)
    crowd = np.repeat(count, count)
    left, right = [], []
    for step in range(1, min(CROWD, int(count.max()))):
        rows = np.flatnonzero((place + step < crowd) & (crowd <= CROWD))
        if not len(rows):
            break
        left.append(order[rows])
        right.append(order[rows + step])
    if not left:
        return _quads([], [])
    i, j = np.concatenate(left), np.concatenate(right)
    u, v = other[i] - ends[i], other[j] - ends[j]
    cross = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    dot = np.abs((u * v).sum(axis=1))
    right_angle = dot <= SQUARE * size[i] * size[j]
    i, j, u, v, cross = (column[right_angle] for column in (i, j, u, v, cross))
    fits = fitting(size[i], size[j], scales)
    i, j, u, v, cross = (column[fits] for column in (i, j, u, v, cross))
    turn = cross < 0
    a, b = np.where(turn[:, None], v, u), np.where(turn[:, None], u, v)
    return Quads(ends[i].copy(), a, b, np.full(len(i), -1, np.int32))
