"""Paper sizes and scales of GB/T 50001-2017 (DOMAIN C.2, C.4) and how a rectangle fits them."""

from __future__ import annotations

from dataclasses import dataclass

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
BINDING_MM = 25.0
MARGIN_MM = {"A0": 10.0, "A1": 10.0, "A2": 10.0, "A3": 5.0, "A4": 5.0}
PREFERRED = (1, 2, 5, 10, 20, 30, 50, 100, 150, 200, 500, 1000, 2000)
ALLOWED = (3, 4, 6, 15, 25, 40, 60, 80, 250, 300, 400, 600, 5000, 10000, 20000, 50000)
SCALES: tuple[float, ...] = tuple(float(s) for s in sorted((*PREFERRED, *ALLOWED)))


@dataclass(slots=True, frozen=True)
class Fit:
    """A rectangle as paper: size name, scale, whether it is the inner frame line, how far off (0..1 of a side)."""

    size: str
    scale: float
    inner: bool
    error: float


def sizes() -> list[tuple[str, float, float]]:
    """Return (name, short side, long side) of every size, lengthened ones included, mm."""
    return [(name, short, long) for name, (short, longs) in _BASE.items() for long in longs]


def _table() -> tuple[list[tuple[str, bool]], NDArray[np.float64]]:
    names: list[tuple[str, bool]] = []
    rows: list[tuple[float, float]] = []
    for name, short, long in sizes():
        margin = MARGIN_MM[name]
        shapes = [(short, long, False)]
        # binding edge on a short side (landscape) or, on A4, on a long side (portrait)
        shapes.append((short - 2 * margin, long - margin - BINDING_MM, True))
        if name == "A4":
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
