"""Main directions of lines and of ink, modulo a right angle."""

from __future__ import annotations

import numpy as np

from pipeline.comparing.segments import lengths
from pipeline.drawing.tables import F64

QUARTER = np.pi / 2
STAGES = ((QUARTER / 2, np.radians(0.5), 1.0), (np.radians(0.6), np.radians(0.05), 0.3),
          (np.radians(0.06), np.radians(0.01), 0.15))  # fmt: skip
"""(reach, step) of the angle in radians, width of the bins in mm: a line of 800 mm stays within its bin."""
MOST_POINTS = 60_000


def turn_of_lines(seg: F64) -> float:
    """Main direction of segments (n, 4), weighted by length: radians in [-π/4, π/4)."""
    size = lengths(seg)
    angle = np.mod(np.arctan2(seg[:, 3] - seg[:, 1], seg[:, 2] - seg[:, 0]), QUARTER)
    bins = np.rint(angle / QUARTER * 360).astype(np.int64) % 360
    weight = np.bincount(bins, size, minlength=360)
    peak = int((weight + np.roll(weight, 1) + np.roll(weight, -1)).argmax())
    off = np.mod(angle - peak / 360 * QUARTER + QUARTER / 2, QUARTER) - QUARTER / 2
    near = np.abs(off) <= 2 * QUARTER / 360
    turn = peak / 360 * QUARTER + float((off[near] * size[near]).sum() / max(size[near].sum(), 1e-12))
    return float(np.mod(turn + QUARTER / 2, QUARTER) - QUARTER / 2)


def turn_of_ink(points: F64) -> float:
    """Main direction of ink points (n, 2), mm: the turn whose projections onto both axes are the most peaked.

    Radians in [-π/4, π/4).
    """
    step = max(1, len(points) // MOST_POINTS)
    points = points[::step] - points.mean(0)
    best = 0.0
    for reach, pace, width in STAGES:
        tried = best + np.arange(-reach, reach + pace / 2, pace)
        best = float(tried[int(np.argmax([_peaked(points, turn, width) for turn in tried]))])
    return float(np.mod(best + QUARTER / 2, QUARTER) - QUARTER / 2)


def _peaked(points: F64, turn: float, width: float) -> float:
    c, s = np.cos(turn) / width, np.sin(turn) / width
    total = 0.0
    for x in (points[:, 0] * c + points[:, 1] * s, points[:, 1] * c - points[:, 0] * s):
        rows = np.rint(x - x.min()).astype(np.int64)
        total += float((np.bincount(rows).astype(np.float64) ** 2).sum())
    return total
