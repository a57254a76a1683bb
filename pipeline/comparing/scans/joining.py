"""Surplus ink that runs on under lines of the drawing: one stroke, cut by what it crosses. All in pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipeline.comparing.boxes import components
from pipeline.comparing.scans.differing import Surplus
from pipeline.comparing.scans.fitting import Bed
from pipeline.comparing.scans.ink import looked_up
from pipeline.drawing.tables import F64

FARTHEST_MM, PATCH_MM, LEAST_MM = 15.0, 3.0, 0.8  # a gap; the end of a stroke that tells its direction; its least
STRAIGHT_PX = 2.0  # deviation of the pixels of a stroke, in half pens
SAME_WAY, SAME_LINE = 0.996, 1.5  # cosine of two ends (5°); pixels the one is off the other's line, and half a pen
FILLED = 0.95  # of the gap must be ink
MOST_THINGS = 80


def continued(things: list[Surplus], bed: Bed, pen_px: float) -> list[Surplus]:
    """Join things of which one goes on straight where the other ends, with ink all the way between."""
    if not 1 < len(things) <= MOST_THINGS:
        return things
    far = FARTHEST_MM * bed.px_per_mm
    trees = [cKDTree(one.pixels) for one in things]
    low, high = (np.array([edge(one.pixels, 0) for one in things]) for edge in (np.min, np.max))
    links = []
    for i in range(len(things)):
        apart = np.maximum(np.maximum(low[i] - high, low - high[i]), 0).max(1)
        for j in np.flatnonzero(apart <= far):
            if j < i and _goes_on(things[i].pixels, things[j].pixels, trees[i], trees[j], bed, pen_px):
                links.append((i, int(j)))
    return [Surplus(np.vstack([things[k].pixels for k in part])) for part in components(len(things), links)]


def _goes_on(one: NDArray, two: NDArray, first: cKDTree, second: cKDTree, bed: Bed, pen_px: float) -> bool:
    distance, row = second.query(one)
    nearest = int(distance.argmin())
    if distance[nearest] > FARTHEST_MM * bed.px_per_mm:
        return False
    ends = []
    for tree, pixels, at in ((first, one, one[nearest]), (second, two, two[row[nearest]])):
        end = _end(pixels[tree.query_ball_point(at, PATCH_MM * bed.px_per_mm)], bed, pen_px)
        if end is None:
            return False
        ends.append(end)
    (here, along), (there, other) = ends
    way = there - here
    off = abs(float(way[0] * along[1] - way[1] * along[0]))
    if abs(float(along @ other)) < SAME_WAY or off > SAME_LINE + 0.5 * pen_px:
        return False
    steps = np.linspace(0, 1, int(np.hypot(*way)) + 2)[:, None]
    between = here + way * steps
    return float(looked_up(bed.wide(1), between[:, 0], between[:, 1]).mean()) >= FILLED


def _end(pixels: NDArray, bed: Bed, pen_px: float) -> tuple[F64, F64] | None:
    """Middle and direction of the end of a stroke; None where it is no straight one."""
    middle = pixels.mean(0).astype(np.float64)
    _, sizes, ways = np.linalg.svd(pixels - middle, full_matrices=False)
    spread = sizes / np.sqrt(max(len(pixels), 1))
    if spread[0] * np.sqrt(12) < LEAST_MM * bed.px_per_mm or spread[-1] > 0.5 * STRAIGHT_PX * pen_px:
        return None
    return middle, np.asarray(ways[0], np.float64)
