"""Candidate transforms between two sheets from the shape of the linework, and the rivals of a transform."""

from __future__ import annotations

import numpy as np

from pipeline.comparing.segments import chain, lengths, map_segments, midpoints
from pipeline.drawing.strokes import ranges
from pipeline.drawing.tables import F64

LENGTH_BINS, ANGLE_BINS = 2048, 360
LENGTH_STEP = 0.01  # of the natural logarithm of the length
MOST_VOTERS = 2500
MOST_PARTNERS = 200
PEAKS = 10
RIVAL_SHIFTS = 3  # for each turn of a rival
RIVAL_CELL = 4e-3  # of the extent


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
    voters = _Voters(old[:MOST_VOTERS]), _Voters(new[:MOST_VOTERS])
    found: list[F64] = []
    for row, column in _peaks(correlation, PEAKS):
        shift = row if row < LENGTH_BINS else row - 2 * LENGTH_BINS
        ratio, angle = float(np.exp(shift * LENGTH_STEP)), column * np.pi / ANGLE_BINS
        for turn in (angle, angle + np.pi):
            candidate = _vote(*voters, ratio, turn)
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


class _Voters:
    """The longest lines of a side: what they vote with, computed once."""

    def __init__(self, seg: F64) -> None:
        self.seg = seg
        size = lengths(seg)
        self.log = np.log(size)
        self.angle = np.arctan2(seg[:, 3] - seg[:, 1], seg[:, 2] - seg[:, 0])
        self.middle = midpoints(seg)
        self.weight = np.sqrt(size)
        self.order = np.argsort(self.log, kind="stable")
        self.sorted = self.log[self.order]


def _vote(old: _Voters, new: _Voters, ratio: float, turn: float) -> F64 | None:
    """Sharpen ratio and angle on equal pairs, then vote for the shift."""
    pairs = _equal_pairs(old, new, ratio, turn, 0.025, 0.02)
    if pairs is None:
        return None
    i, j = pairs
    ratio = float(np.exp(_mode(new.log[j] - old.log[i], np.log(ratio), 0.002)))
    turn = _mode(_half_turn(new.angle[j] - old.angle[i] - turn), 0.0, 0.001) + turn
    pairs = _equal_pairs(old, new, ratio, turn, 0.004, 0.006)
    if pairs is None:
        return None
    i, j = pairs
    cosine, sine = ratio * np.cos(turn), ratio * np.sin(turn)
    linear = np.array([[cosine, -sine], [sine, cosine]])
    shift = new.middle[j] - old.middle[i] @ linear.T
    return np.column_stack([linear, _dense_cells(shift, new.weight[j], _cell(new.seg), 1)[0]])


def _half_turn(angle: F64) -> F64:
    """Angles mod π, in -π/2 … π/2."""
    return angle - np.pi * np.round(angle / np.pi)


def rival_candidates(old: F64, new: F64, transform: F64, most: float, turns: int = 8) -> list[F64]:
    """Other places where the old lines may lie as well: turned by quarters, mirrored, shifted by a bay.

    Args:
        old: (n, 4) merged segments.
        new: (m, 4) merged segments.
        transform: (2, 3) the place that was found.
        most: distance of a clearly different place, new working mm.
        turns: 1 for shifts only, 4 with quarter turns, 8 with mirrored ones.

    Returns:
        Transforms (2, 3), unrefined, at most RIVAL_SHIFTS for each of eight turns.
    """
    placed = _longest(map_segments(transform, old), MOST_VOTERS)
    partners = _Voters(_longest(new, MOST_VOTERS))
    centre = placed.reshape(-1, 2).mean(0)
    along = _main_direction(placed)
    found: list[F64] = []
    for turn in range(turns):
        linear = _quarter(turn, along)
        turned = np.column_stack([linear, centre - linear @ centre])
        lines = _Voters(map_segments(turned, placed))
        pairs = _equal_pairs(lines, partners, 1.0, 0.0, 0.002, 0.003)
        if pairs is None:
            continue
        i, j = pairs
        shift = partners.middle[j] - lines.middle[i]
        if turn == 0:
            away = np.abs(shift).max(1) > most
            shift, j = shift[away], j[away]
        if not len(shift):
            continue
        for step in _dense_cells(shift, partners.weight[j], _cell(partners.seg), RIVAL_SHIFTS):
            found.append(chain(turned + np.column_stack([np.zeros((2, 2)), step]), transform))
    return found


def _quarter(turn: int, along: float) -> F64:
    """Turn (2, 2) by 0..3 quarters; 4..7 mirror first, on the line in direction `along` (radians)."""
    cosine, sine = ((1, 0), (0, 1), (-1, 0), (0, -1))[turn % 4]
    linear = np.array([[cosine, -sine], [sine, cosine]], float)
    if turn < 4:
        return linear
    return linear @ np.array([[np.cos(2 * along), np.sin(2 * along)], [np.sin(2 * along), -np.cos(2 * along)]])


def _main_direction(seg: F64) -> float:
    """The direction of most of the ink, radians, up to quarters."""
    angle = np.arctan2(seg[:, 3] - seg[:, 1], seg[:, 2] - seg[:, 0])
    about = float(np.angle((lengths(seg) * np.exp(4j * angle)).sum()) / 4)
    rest = angle - about
    return about + _mode(rest - np.pi / 2 * np.round(rest / (np.pi / 2)), 0.0, 0.001)


def _cell(seg: F64) -> float:
    """Edge of the cells in which votes for a shift meet."""
    points = seg.reshape(-1, 2)
    return max(RIVAL_CELL * float(np.hypot(*(points.max(0) - points.min(0)))), 1e-9)


def _equal_pairs(
    old: _Voters, new: _Voters, ratio: float, turn: float, length_reach: float, angle_reach: float
) -> tuple[np.ndarray, np.ndarray] | None:
    """Pairs whose lengths differ by `ratio` and directions by `turn`; at most MOST_PARTNERS a line are asked."""
    wanted = old.log + np.log(ratio)
    low = np.searchsorted(new.sorted, wanted - length_reach)
    high = np.searchsorted(new.sorted, wanted + length_reach)
    count = np.minimum(high - low, MOST_PARTNERS)
    i = np.repeat(np.arange(len(wanted)), count)
    if not len(i):
        return None
    j = new.order[ranges(low, count)]
    keep = np.abs(_half_turn(new.angle[j] - old.angle[i] - turn)) < angle_reach
    return (i[keep], j[keep]) if keep.any() else None


def _mode(values: F64, near: float, width: float) -> float:
    """Mean of the values in the fullest window of `width`; `near` when there are none."""
    if not len(values):
        return near
    ordered = np.sort(values)
    count = np.searchsorted(ordered, ordered + width, side="right") - np.arange(len(ordered))
    start = int(count.argmax())
    return float(ordered[start : start + count[start]].mean())


def _dense_cells(shift: F64, weight: F64, cell: float, count: int) -> list[F64]:
    """Weighted means of the votes in the fullest cells (2 × 2 overlapping grids), a cell apart from each other."""
    peaks: list[tuple[float, F64]] = []
    for offset in ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5)):
        key = np.floor(shift / cell + np.array(offset)).astype(np.int64)
        key -= key.min(0)
        _, inverse = np.unique(key[:, 0] * (int(key[:, 1].max()) + 1) + key[:, 1], return_inverse=True)
        total = np.bincount(inverse, weight)
        for top in np.argsort(-total, kind="stable")[:count]:
            inside = inverse == top
            peaks.append((float(total[top]), np.average(shift[inside], axis=0, weights=weight[inside])))
    chosen: list[F64] = []
    for _, place in sorted(peaks, key=lambda peak: -peak[0]):
        if len(chosen) < count and all(np.abs(place - other).max() > 2 * cell for other in chosen):
            chosen.append(place)
    return chosen
