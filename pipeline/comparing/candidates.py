"""Candidate transforms between two sheets: from unique equal texts and from the shape of the linework."""

from __future__ import annotations

import numpy as np

from pipeline.comparing.content import TextColumns
from pipeline.comparing.segments import directions, lengths, map_points, midpoints
from pipeline.drawing.strokes import ranges
from pipeline.drawing.tables import F64

LENGTH_BINS, ANGLE_BINS = 2048, 360
LENGTH_STEP = 0.01  # of the natural logarithm of the length
MOST_ANCHORS = 60
MOST_VOTERS = 2500
PEAKS = 10


def anchor_candidates(old: TextColumns, new: TextColumns, before: F64, diagonal: float) -> list[F64]:
    """Similarities on which most texts agree that occur exactly once on each side.

    Args:
        old: texts of the old sheet; `before` (2×3) is applied to them first.
        new: texts of the new sheet.
        before: mirror or identity.
        diagonal: of the new sheet, working mm.

    Returns:
        At most one (2, 3) transform (without `before`).
    """
    once_old, once_new = _unique(old.key), _unique(new.key)
    keys = sorted(set(once_old) & set(once_new), key=lambda key: (-len(key), key))[:MOST_ANCHORS]
    if len(keys) < 3:
        return []
    p = map_points(before, old.centre[[once_old[k] for k in keys]]) @ np.array([1, 1j])
    q = new.centre[[once_new[k] for k in keys]] @ np.array([1, 1j])
    i, j = np.triu_indices(len(keys), 1)
    far = (np.abs(q[i] - q[j]) > 0.1 * diagonal) & (np.abs(p[i] - p[j]) > 0)
    i, j = i[far], j[far]
    if not len(i):
        return []
    turn = (q[j] - q[i]) / (p[j] - p[i])
    shift = q[i] - turn * p[i]
    error = np.abs(turn[:, None] * p + shift[:, None] - q)
    agree = error < 0.01 * diagonal
    best = int(agree.sum(1).argmax())
    inliers = agree[best]
    if inliers.sum() < 3:
        return []
    x, y = p[inliers], q[inliers]
    centred = x - x.mean()
    a = (np.conj(centred) * (y - y.mean())).sum() / (np.abs(centred) ** 2).sum()
    b = y.mean() - a * x.mean()
    return [np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]])]


def _unique(keys: list[str]) -> dict[str, int]:
    """Texts that occur once -> row."""
    seen: dict[str, int] = {}
    for row, key in enumerate(keys):
        seen[key] = -1 if key in seen else row
    return {key: row for key, row in seen.items() if row >= 0 and len(key) > 1}


def shape_candidates(old: F64, new: F64) -> list[F64]:
    """Similarities from one correlation of (log length × direction) histograms and midpoint voting.

    Args:
        old: (n, 4) merged segments.
        new: (m, 4) merged segments.

    Returns:
        Up to PEAKS × 2 transforms (2, 3), unrefined.
    """
    if len(old) < 3 or len(new) < 3:
        return []
    old, new = _longest(old, 4 * MOST_VOTERS), _longest(new, 4 * MOST_VOTERS)
    base = float(np.log(min(lengths(old).min(), lengths(new).min())))
    spectrum = np.fft.rfft2(_histogram(new, base), s=(2 * LENGTH_BINS, ANGLE_BINS)) * np.conj(
        np.fft.rfft2(_histogram(old, base), s=(2 * LENGTH_BINS, ANGLE_BINS))
    )
    correlation = np.fft.irfft2(spectrum, s=(2 * LENGTH_BINS, ANGLE_BINS))
    found: list[F64] = []
    for row, column in _peaks(correlation, PEAKS):
        shift = row if row < LENGTH_BINS else row - 2 * LENGTH_BINS
        ratio, angle = float(np.exp(shift * LENGTH_STEP)), column * np.pi / ANGLE_BINS
        for turn in (angle, angle + np.pi):
            candidate = _vote(old, new, ratio, turn)
            if candidate is not None:
                found.append(candidate)
    return found


def _longest(seg: F64, most: int) -> F64:
    """The longest segments, in a stable order."""
    return seg[np.argsort(-lengths(seg), kind="stable")[:most]]


def _histogram(seg: F64, base: float) -> F64:
    """Histogram (LENGTH_BINS, ANGLE_BINS) over log length and direction mod π, softened and flattened."""
    row = np.clip((np.log(lengths(seg)) - base) / LENGTH_STEP, 0, LENGTH_BINS - 2)
    angle = np.mod(np.arctan2(seg[:, 3] - seg[:, 1], seg[:, 2] - seg[:, 0]), np.pi) / np.pi * ANGLE_BINS
    low_row, low_angle = np.floor(row).astype(int), np.floor(angle).astype(int)
    part_row, part_angle = row - low_row, angle - low_angle
    weight = np.sqrt(lengths(seg))
    grid = np.zeros((LENGTH_BINS, ANGLE_BINS))
    for dr, wr in ((0, 1 - part_row), (1, part_row)):
        for da, wa in ((0, 1 - part_angle), (1, part_angle)):
            np.add.at(grid, (low_row + dr, (low_angle + da) % ANGLE_BINS), weight * wr * wa)
    return np.sqrt(grid)


def _peaks(grid: F64, count: int) -> list[tuple[int, int]]:
    """The highest cells, each clearing its neighbourhood."""
    grid = grid.copy()
    found = []
    for _ in range(count):
        row, column = np.unravel_index(int(grid.argmax()), grid.shape)
        found.append((int(row), int(column)))
        rows = np.arange(row - 3, row + 4) % grid.shape[0]
        columns = np.arange(column - 2, column + 3) % grid.shape[1]
        grid[np.ix_(rows, columns)] = -np.inf
    return found


def _vote(old: F64, new: F64, ratio: float, turn: float) -> F64 | None:
    """Sharpen ratio and angle on equal pairs, then vote for the shift."""
    old, new = old[:MOST_VOTERS], new[:MOST_VOTERS]
    pairs = _equal_pairs(old, new, ratio, turn, 0.025, 0.02)
    if pairs is None:
        return None
    i, j = pairs
    log_ratio = np.log(lengths(new)[j] / lengths(old)[i])
    ratio = float(np.exp(_mode(log_ratio, np.log(ratio), 0.002)))
    delta = _angle_between(old[i], new[j])
    turn = _mode(np.mod(delta - turn + np.pi / 2, np.pi) - np.pi / 2, 0.0, 0.001) + turn
    pairs = _equal_pairs(old, new, ratio, turn, 0.004, 0.006)
    if pairs is None:
        return None
    i, j = pairs
    cosine, sine = ratio * np.cos(turn), ratio * np.sin(turn)
    linear = np.array([[cosine, -sine], [sine, cosine]])
    shift = midpoints(new)[j] - midpoints(old)[i] @ linear.T
    span = new.reshape(-1, 2)
    cell = 4e-3 * float(np.hypot(*(span.max(0) - span.min(0))))
    best = _dense_cell(shift, np.sqrt(lengths(new)[j]), max(cell, 1e-9))
    return np.column_stack([linear, best])


def _equal_pairs(
    old: F64, new: F64, ratio: float, turn: float, length_reach: float, angle_reach: float
) -> tuple[np.ndarray, np.ndarray] | None:
    """Pairs whose lengths differ by `ratio` and directions by `turn`; at most 24 partners each."""
    log_old, log_new = np.log(lengths(old)) + np.log(ratio), np.log(lengths(new))
    order = np.argsort(log_new, kind="stable")
    low = np.searchsorted(log_new[order], log_old - length_reach)
    high = np.searchsorted(log_new[order], log_old + length_reach)
    count = np.minimum(high - low, 200)
    i = np.repeat(np.arange(len(old)), count)
    if not len(i):
        return None
    j = order[ranges(low, count)]
    apart = np.abs(np.mod(_angle_between(old[i], new[j]) - turn + np.pi / 2, np.pi) - np.pi / 2)
    keep = apart < angle_reach
    return (i[keep], j[keep]) if keep.any() else None


def _angle_between(old: F64, new: F64) -> F64:
    """Angle from each old to each new direction, radians, mod π meaningful."""
    a, b = directions(old), directions(new)
    return np.arctan2(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0], (a * b).sum(1))


def _mode(values: F64, near: float, width: float) -> float:
    """Mean of the values in the fullest window of `width`; `near` when there are none."""
    if not len(values):
        return near
    ordered = np.sort(values)
    count = np.searchsorted(ordered, ordered + width, side="right") - np.arange(len(ordered))
    start = int(count.argmax())
    return float(ordered[start : start + count[start]].mean())


def _dense_cell(shift: F64, weight: F64, cell: float) -> F64:
    """Weighted mean of the votes in the fullest cell (2 × 2 overlapping grids)."""
    best_weight, best = -1.0, shift[0]
    for offset in ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5)):
        key = np.floor(shift / cell + np.array(offset)).astype(np.int64)
        _, inverse = np.unique(key, axis=0, return_inverse=True)
        inverse = inverse.ravel()
        total = np.bincount(inverse, weight)
        top = int(total.argmax())
        if total[top] > best_weight:
            inside = inverse == top
            best_weight = float(total[top])
            best = np.average(shift[inside], axis=0, weights=weight[inside])
    return best
