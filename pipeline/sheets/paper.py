"""Paper sizes and scales of GB/T 50001-2017 (DOMAIN C.2, C.4), ARCH and ANSI sizes, and how a rectangle fits them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

TOLERANCE = 0.01  # of each side

_BASE: dict[str, tuple[float, tuple[float, ...]]] = {
    "A0": (841, (1189, 1486, 1783, 2080, 2378, 1261)),
    "A1": (594, (841, 1051, 1261, 1471, 1682, 1892, 2102)),
    "A2": (420, (594, 743, 891, 1041, 1189, 1338, 1486, 1635, 1783, 1932, 2080)),
    "A3": (297, (420, 630, 841, 1051, 1261, 1471, 1682, 1892)),
    "A4": (210, (297,)),
}
_AMERICAN: dict[str, tuple[float, float]] = {
    "ARCH B": (304.8, 457.2), "ARCH C": (457.2, 609.6), "ARCH D": (609.6, 914.4), "ARCH E": (914.4, 1219.2),
    "ARCH E1": (762.0, 1066.8), "ANSI A": (215.9, 279.4), "ANSI B": (279.4, 431.8), "ANSI C": (431.8, 558.8),
    "ANSI D": (558.8, 863.6), "ANSI E": (863.6, 1117.6),
}  # fmt: skip
BINDING_MM = 25.0
MARGIN_MM = {"A0": 10.0, "A1": 10.0, "A2": 10.0, "A3": 5.0, "A4": 5.0}
PREFERRED = (1, 2, 5, 10, 20, 30, 50, 100, 150, 200, 500, 1000, 2000)
ALLOWED = (3, 4, 6, 15, 25, 40, 60, 80, 250, 300, 400, 600, 5000, 10000, 20000, 50000)
SCALES: tuple[float, ...] = tuple(float(s) for s in sorted((*PREFERRED, *ALLOWED)))
IMPERIAL = (12.0, 16.0, 24.0, 32.0, 48.0, 64.0, 96.0, 120.0, 192.0, 240.0, 360.0, 384.0, 480.0, 720.0, 1200.0)


@dataclass(slots=True, frozen=True)
class Fit:
    """A rectangle as paper: size name, scale, whether it is the inner frame line, how far off (0..1 of a side)."""

    size: str
    scale: float
    inner: bool
    error: float


def sizes() -> list[tuple[str, float, float]]:
    """Return (name, short side, long side) of every size, lengthened and American ones included, mm."""
    metric = [(name, float(short), float(long)) for name, (short, longs) in _BASE.items() for long in longs]
    return metric + [(name, short, long) for name, (short, long) in _AMERICAN.items()]


def size_of(width_mm: float, height_mm: float) -> str:
    """Return the name of the size a whole sheet has (lengthened: that of its short side), "" where it is none."""
    short, long = sorted((width_mm, height_mm))
    for name, a, b in sizes():
        if abs(short / a - 1) <= TOLERANCE and abs(long / b - 1) <= TOLERANCE:
            return name
    return ""


def _table() -> tuple[list[tuple[str, bool]], NDArray[np.float64]]:
    names: list[tuple[str, bool]] = []
    rows: list[tuple[float, float]] = []
    for name, short, long in sizes():
        shapes = [(short, long, False)]
        if name in MARGIN_MM:
            margin = MARGIN_MM[name]
            # binding edge on a short side (landscape), or on a long side (portrait)
            shapes.append((short - 2 * margin, long - margin - BINDING_MM, True))
            shapes.append((short - margin - BINDING_MM, long - 2 * margin, True))
        for a, b, inner in shapes:
            names.append((name, inner))
            rows.append((a, b))
    return names, np.array(rows)


_NAMES, _SHAPES = _table()


def fits(width: float, height: float, scales: tuple[float, ...] = SCALES) -> list[Fit]:
    """Return every way a width x height (space mm) rectangle is a sheet or its inner frame, best first."""
    short, long = sorted((width, height))
    steps = np.asarray(scales)
    error = np.maximum(
        np.abs(short / steps[None, :] / _SHAPES[:, :1] - 1), np.abs(long / steps[None, :] / _SHAPES[:, 1:] - 1)
    )
    found = [
        Fit(_NAMES[row][0], float(steps[column]), _NAMES[row][1], float(error[row, column]))
        for row, column in np.argwhere(error <= TOLERANCE)
    ]
    return sorted(found, key=lambda f: (f.scale not in PREFERRED, round(f.error, 3), f.inner, -f.scale))


@lru_cache(maxsize=8)
def _steps(scales: tuple[float, ...]) -> NDArray[np.float64]:
    return np.log(np.asarray(scales))


def fitting(
    one: NDArray[np.float64], two: NDArray[np.float64], scales: tuple[float, ...] = SCALES
) -> NDArray[np.bool_]:
    """Return (k,) whether rectangles with these sides (space mm) fit any paper size at one of `scales`."""
    short, long = np.log(np.minimum(one, two)), np.log(np.maximum(one, two))
    ratio = long - short
    found = np.zeros(len(short), bool)
    steps = _steps(scales)
    for a, b in np.log(_SHAPES):
        rows = np.flatnonzero(~found & (np.abs(ratio - (b - a)) <= 2 * TOLERANCE))
        if not len(rows):
            continue
        scale = (short[rows] - a + long[rows] - b) / 2
        place = np.clip(np.searchsorted(steps, scale), 1, max(len(steps) - 1, 1)) if len(steps) > 1 else 0
        near = np.minimum(
            np.abs(scale - steps[place]), np.abs(scale - steps[place - 1] if len(steps) > 1 else scale - steps[0])
        )
        found[rows[near <= 1.5 * TOLERANCE]] = True
    return found


def like_paper(width: float, height: float) -> tuple[str, float] | None:
    """Return size and free scale of a rectangle that has the proportions of a paper size to 0.3 %, else None."""
    short, long = sorted((width, height))
    for name, a, b in sizes():
        if abs(long / short / (b / a) - 1) <= 0.003:
            return name, short / a
    return None
