"""Boxes of changed things: union, meeting, clusters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from pipeline.drawing.strokes import ranges
from pipeline.drawing.tables import F64

Box = tuple[float, float, float, float]


def union(a: Box, b: Box) -> Box:
    """Smallest box around two."""
    return (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))


def boxes_meet(a: Box, b: Box, grow: float = 0.0) -> bool:
    """Whether two boxes touch once grown."""
    return not (a[2] + grow < b[0] or b[2] + grow < a[0] or a[3] + grow < b[1] or b[3] + grow < a[1])


def extent(box: Box) -> float:
    """Diagonal of a box."""
    return float(np.hypot(box[2] - box[0], box[3] - box[1]))


def within(inner: Box, outer: Box, grow: float = 0.0) -> bool:
    """Whether a box lies in another one grown a little."""
    a, b = inner, outer
    return a[0] >= b[0] - grow and a[1] >= b[1] - grow and a[2] <= b[2] + grow and a[3] <= b[3] + grow


def corners(box: Box) -> F64:
    """(4, 2) corners of a box."""
    return np.array([[box[i], box[j]] for i in (0, 2) for j in (1, 3)])


def meeting_pairs(boxes: F64, grow: float) -> np.ndarray:
    """(k, 2) rows i < j of boxes (n, 4) that touch once grown; n log n and the pairs that share a column."""
    order = np.argsort(boxes[:, 0], kind="stable")
    sorted_boxes = boxes[order]
    last = np.searchsorted(sorted_boxes[:, 0], sorted_boxes[:, 2] + grow, side="right")
    first = np.arange(len(boxes)) + 1
    count = np.maximum(last - first, 0)
    i, j = np.repeat(np.arange(len(boxes)), count), ranges(first, count)
    low = np.maximum(sorted_boxes[i, 1], sorted_boxes[j, 1])
    high = np.minimum(sorted_boxes[i, 3], sorted_boxes[j, 3])
    meet = low <= high + grow
    return np.sort(np.stack([order[i[meet]], order[j[meet]]], 1), axis=1)


def component_numbers(count: int, links: list[tuple[int, int]] | np.ndarray) -> np.ndarray:
    """(count,) number of the connected component of each of 0..count-1."""
    pairs = np.asarray(links, np.int64).reshape(-1, 2)
    graph = coo_matrix((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1])


def components(count: int, links: list[tuple[int, int]] | np.ndarray) -> list[np.ndarray]:
    """Connected components of 0..count-1, ordered by their first member."""
    return sorted(split_by(component_numbers(count, links)), key=lambda part: int(part[0]))


def split_by(number: np.ndarray) -> list[np.ndarray]:
    """Rows of each number, in the order of the numbers; rows ascending."""
    order = np.argsort(number, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(number[order])) + 1) if len(number) else []


def extents(number: np.ndarray, count: int, *points: NDArray) -> tuple[F64, F64]:
    """Lower and upper corners (count, 2) of numbered points; inf and -inf where a number has none.

    Args:
        number: (p,) number of each point, 0..count-1.
        count: of numbers.
        points: (p, 2) each: one point of each row, or several (both ends of a segment, both corners of a box).
    """
    low, high = np.full((count, 2), np.inf), np.full((count, 2), -np.inf)
    if not len(number):
        return low, high
    rising = bool((number[1:] >= number[:-1]).all())
    order = slice(None) if rising else np.argsort(number, kind="stable")
    ordered = number[order]
    first = np.concatenate([[0], np.flatnonzero(np.diff(ordered)) + 1])
    for axis in (0, 1):
        columns = [corner[:, axis][order] for corner in points]
        low[ordered[first], axis] = np.minimum.reduceat(np.minimum.reduce(columns), first)
        high[ordered[first], axis] = np.maximum.reduceat(np.maximum.reduce(columns), first)
    return low, high
