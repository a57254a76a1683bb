"""Where a vector drawing lies on a scan: plot scale, quarter turn, skew and shift, from nothing but ink."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import fft
from scipy.ndimage import maximum_filter, uniform_filter

from pipeline.comparing.boxes import corners
from pipeline.comparing.fitting import PLOT_SCALES
from pipeline.comparing.registration import LEAST_MARGIN, SURE_CONFIDENCE, Registration, similarity_of_points
from pipeline.comparing.registration_words import refuse
from pipeline.comparing.scans.fitting import Bed, Fit, Layer, spread
from pipeline.comparing.scans.turning import turn_of_ink, turn_of_lines
from pipeline.comparing.segments import box_of, chain, invert, lengths, map_points
from pipeline.drawing.tables import F64

CELLS = 400  # of the page's diagonal, for the first look
ANY_CELLS, ANY_STEP = 200, 1.015  # the same for scales that are not nominal, and the step between them
EXTENTS = (0.03, 2.0)  # diagonal of the drawing over that of the ink: a small part on a large sheet; cut off
ANY_EXTENTS = (0.5, 1.6)  # the same for scales that are not nominal
PEAKS = 2  # places looked at for a scale and a turn
KEPT = 10  # candidates that are fitted
SURE = 0.62  # coverage from which other than nominal scales are not tried
APART_MM = 5.0  # of paper: candidates further apart are different
TWO_POINTS_MM = 12.0  # of paper: how far people's points may be off
NOT_A_PLACE = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


@dataclass(slots=True)
class _Grid:
    """Spectrum of the occupied cells of the deskewed page."""

    cell_mm: float
    shape: tuple[int, int]
    spectrum: np.ndarray
    low: F64  # (2,) corner of the grid, turned mm
    count: float


def lay(
    seg: F64, scale_known: bool, bed: Bed, to_px: F64, points: list[list[list[float]]] | None
) -> tuple[Registration, Fit]:
    """Register linework on a scan.

    Args:
        seg: (n, 4) lines of the vector drawing, working mm.
        scale_known: whether working mm are mm of reality.
        bed: ink of the scan.
        to_px: 2×3, paper mm of the scan -> pixels.
        points: two or more pairs [[point on the drawing, point on the scan], …], working mm and paper mm, given by a
            person.

    Returns:
        (Registration from working mm to paper mm of the scan, the fit in pixels).
    """
    layer = Layer(seg, bed)
    px = bed.px_per_mm
    if points is not None:
        given = chain(to_px, similarity_of_points(points))
        fit = layer.judge(layer.refine(given, TWO_POINTS_MM))
        fit = max((fit, layer.judge(given)), key=lambda f: f.score)
        confidence = max(fit.score, SURE_CONFIDENCE)
        return Registration(chain(invert(to_px), fit.transform), confidence, 1.0, True, "points"), fit
    ink = map_points(invert(to_px), bed.ink)
    found = _fitted(seg, ink, _nominal(seg, ink, scale_known), CELLS, layer, to_px)
    if not found or found[0].score < SURE:
        found += _fitted(seg, ink, _any_scale(seg, ink), ANY_CELLS, layer, to_px)
        found.sort(key=lambda fit: -fit.score)
    if not found:
        return refuse(Registration(NOT_A_PLACE, 0.0, 0.0, False, "none"), "scan_weak"), Fit(to_px, 0.0, 0.0)
    best = found[0]
    outer = corners(box_of(seg))
    margin = best.score
    for other in found[1:]:
        if np.abs(map_points(other.transform, outer) - map_points(best.transform, outer)).max() > APART_MM * px:
            margin = best.score - other.score
            break
    comparable = best.score >= SURE_CONFIDENCE and margin >= LEAST_MARGIN
    result = Registration(chain(invert(to_px), best.transform), best.score, margin, comparable, "ink")
    why = "scan_weak" if best.score < SURE_CONFIDENCE else "scan_symmetric"
    return (result if comparable else refuse(result, why)), best


def _nominal(seg: F64, ink: F64, scale_known: bool) -> list[float]:
    """Nominal ratios paper mm : working mm at which the drawing may fit onto the page."""
    if scale_known:
        ratios = {1.0 / n for n in PLOT_SCALES}
    else:
        ratios = {a / b for a in PLOT_SCALES for b in PLOT_SCALES if max(a, b) <= 4 * min(a, b)}
    low, high = _extents(seg, ink, EXTENTS)
    return sorted(r for r in ratios if low <= r <= high)


def _any_scale(seg: F64, ink: F64) -> list[float]:
    low, high = _extents(seg, ink, ANY_EXTENTS)
    return [low * ANY_STEP**k for k in range(int(np.log(high / low) / np.log(ANY_STEP)) + 1)]


def _extents(seg: F64, ink: F64, share: tuple[float, float]) -> tuple[float, float]:
    points = seg.reshape(-1, 2)
    size = max(float(np.hypot(*np.ptp(points, axis=0))), 1e-9)
    page = float(np.hypot(*np.ptp(ink, axis=0)))
    return share[0] * page / size, share[1] * page / size


def _fitted(seg: F64, ink: F64, scales: list[float], cells: int, layer: Layer, to_px: F64) -> list[Fit]:
    """Candidates of all scales and quarter turns, the most promising fitted, best first."""
    skew, turn = turn_of_ink(ink), turn_of_lines(seg)
    diagonal = float(np.hypot(*np.ptp(ink, axis=0)))
    cell = diagonal / cells
    back = _rotation(-skew)
    grid = _grid(map_points(back, ink), cell)
    spots: list[tuple[float, F64]] = []
    length = float(lengths(seg).sum())
    for scale in scales:
        flat = chain(np.array([[scale, 0.0, 0.0], [0.0, scale, 0.0]]), _rotation(-turn))
        points = map_points(flat, spread(seg, max(2000, min(60_000, int(length * scale / cell * 2)))).points)
        for quarter in range(4):
            turned = chain(_rotation(quarter * np.pi / 2), flat)
            spots += [
                (worth, chain(invert(back), chain(np.array([[1.0, 0.0, dx], [0.0, 1.0, dy]]), turned)))
                for worth, dx, dy in _places(grid, map_points(_rotation(quarter * np.pi / 2), points))
            ]
    spots.sort(key=lambda spot: -spot[0])
    fits = [layer.judge(layer.refine(chain(to_px, place), 2.5 * cell)) for _, place in spots[:KEPT]]
    return sorted(fits, key=lambda fit: -fit.score)


def _rotation(angle: float) -> F64:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0.0], [s, c, 0.0]])


def _cells(points: F64, low: F64, cell: float, shape: tuple[int, int]) -> np.ndarray:
    at = np.floor((points - low) / cell).astype(np.int64)
    at = at[((at >= 0) & (at < shape[::-1])).all(1)]
    out = np.zeros(shape, np.float32)
    out[at[:, 1], at[:, 0]] = 1.0
    return out


def _grid(ink: F64, cell: float) -> _Grid:
    low = ink.min(0)
    shape = tuple(int(n) for n in np.ceil(np.ptp(ink, axis=0) / cell)[::-1] + 1)
    cells = _cells(ink, low, cell, (shape[0], shape[1]))
    padded = (fft.next_fast_len(2 * shape[0], real=True), fft.next_fast_len(2 * shape[1], real=True))
    near = (maximum_filter(cells, 3) + cells) / 2  # on the cell 1, beside it a half
    spectrum = fft.rfft2(near - uniform_filter(near, 31), padded)
    return _Grid(cell, padded, spectrum, low, float(cells.sum()))


def _places(grid: _Grid, points: F64) -> list[tuple[float, float, float]]:
    """Shifts (worth, dx, dy) at which points (n, 2) lie on the most occupied cells."""
    low = points.min(0)
    size = np.ceil(np.ptp(points, axis=0) / grid.cell_mm).astype(int)[::-1] + 1
    if size[0] > grid.shape[0] or size[1] > grid.shape[1]:
        return []
    cells = _cells(points, low, grid.cell_mm, (int(size[0]), int(size[1])))
    count = float(cells.sum())
    worth = fft.irfft2(grid.spectrum * np.conj(fft.rfft2(cells, grid.shape)), grid.shape)
    worth /= np.sqrt(max(count, 1.0) * max(grid.count, 1.0))
    found = []
    for _ in range(PEAKS):
        row, column = np.unravel_index(int(worth.argmax()), worth.shape)
        value = float(worth[row, column])
        dy = row if row < grid.shape[0] - size[0] else row - grid.shape[0]
        dx = column if column < grid.shape[1] - size[1] else column - grid.shape[1]
        found.append((value, *(np.array([dx, dy]) * grid.cell_mm + grid.low - low)))
        worth[
            np.arange(row - 3, row + 4)[:, None] % grid.shape[0], np.arange(column - 3, column + 4) % grid.shape[1]
        ] = -1
    return found
