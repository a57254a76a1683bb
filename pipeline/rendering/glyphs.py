"""Glyph outlines of the font, flattened and triangulated once per character and process.

All figures are in cap heights: a capital H is 1 high, the base line is y = 0. TrueType outlines are
filled by the non-zero rule: outer contours run clockwise, holes the other way round (OpenType
specification, chapter "glyf").
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import mapbox_earcut
import numpy as np
from fontTools.ttLib import TTFont

from pipeline.drawing.tables import F64
from pipeline.rendering.fonts import FALLBACKS, font_bytes

CURVE_STEPS = 4
BOX = [
    np.array([[0.1, 0.0], [0.1, 1.0], [0.6, 1.0], [0.6, 0.0]]),
    np.array([[0.18, 0.08], [0.52, 0.08], [0.52, 0.92], [0.18, 0.92]]),
]
"""What stands for a character the font does not have (its own .notdef is empty)."""


@dataclass(slots=True)
class Glyph:
    """One character: glyph number in the font, advance, contours and triangles in cap heights."""

    gid: int
    advance: float
    contours: list[F64]  # closed rings, (k, 2), first point not repeated
    triangles: F64  # (3 f, 2) triangle soup
    missing: bool = False  # the font has no such character


class GlyphSource:
    """Reads the font once and keeps every character asked for."""

    def __init__(self, data: bytes) -> None:
        font = TTFont(io.BytesIO(data), lazy=True)
        # our own glyph names are their numbers: reading the 34 000 names of the font would cost most of the time
        font.setGlyphOrder([f"g{gid}" for gid in range(font["maxp"].numGlyphs)])
        self._table: Any = font["glyf"]
        self._cmap = {code: int(name[1:]) for code, name in font.getBestCmap().items()}
        pairs = np.frombuffer(font.reader["hmtx"], ">u2")[: 2 * font["hhea"].numberOfHMetrics]
        self._advance = pairs[::2].astype(float)
        self.cap_units = float(self._table[f"g{self._cmap[ord('H')]}"].yMax)
        self.units_per_em = float(font["head"].unitsPerEm)
        self._kept: dict[int, Glyph] = {}

    def glyph(self, code: int) -> Glyph:
        """Return the glyph of a Unicode code point; control characters and blanks have no outline."""
        kept = self._kept.get(code)
        if kept is None:
            kept = self._kept[code] = self._read(code)
        return kept

    def _read(self, code: int) -> Glyph:
        gid = self._cmap.get(code) or self._cmap.get(FALLBACKS.get(code, -1))
        if gid is None and code > 32:
            return Glyph(0, 0.7, BOX, _triangulate(BOX), missing=True)
        gid = gid or self._cmap[32]
        advance = float(self._advance[min(gid, len(self._advance) - 1)]) / self.cap_units
        points, ends, flags = self._table[f"g{gid}"].getCoordinates(self._table)[:3]
        contours = (
            [] if not len(ends) else _contours(np.array(points, float), list(ends), np.frombuffer(flags, np.uint8))
        )
        rings = [ring / self.cap_units for ring in contours]
        return Glyph(gid, advance, rings, _triangulate(rings))


@lru_cache(maxsize=1)
def glyph_source() -> GlyphSource:
    """Return the glyphs of this process."""
    return GlyphSource(font_bytes())


def _contours(points: F64, ends: list[int], flags: np.ndarray) -> list[F64]:
    rings, start = [], 0
    for end in ends:
        if end - start >= 2:
            rings.append(_flatten(points[start : end + 1], (flags[start : end + 1] & 1).astype(bool)))
        start = end + 1
    return rings


def _flatten(points: F64, on_curve: np.ndarray) -> F64:
    """Flatten one TrueType contour; two control points in a row have an end point half-way between."""
    full: list[tuple[np.ndarray, bool]] = []
    for i in range(len(points)):
        full.append((points[i], bool(on_curve[i])))
        j = (i + 1) % len(points)
        if not on_curve[i] and not on_curve[j]:
            full.append(((points[i] + points[j]) / 2, True))
    first = next((k for k, (_, on) in enumerate(full) if on), 0)
    full = full[first:] + full[:first]
    ring: list[np.ndarray] = []
    for k, (point, on) in enumerate(full):
        if on:
            ring.append(point)
            continue
        before, after = full[k - 1][0], full[(k + 1) % len(full)][0]
        for step in range(1, CURVE_STEPS):
            t = step / CURVE_STEPS
            ring.append((1 - t) ** 2 * before + 2 * t * (1 - t) * point + t * t * after)
    return np.array(ring)


def ring_area(ring: F64) -> float:
    """Return the signed area of a ring (k, 2); positive runs counter-clockwise."""
    x, y = ring[:, 0], ring[:, 1]
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def inside(ring: F64, point: F64) -> bool:
    """Tell whether a point lies in a ring (even-odd, half-open edges)."""
    x, y = ring[:, 0], ring[:, 1]
    x2, y2 = np.roll(x, -1), np.roll(y, -1)
    crosses = (y > point[1]) != (y2 > point[1])
    if not crosses.any():
        return False
    at = x[crosses] + (point[1] - y[crosses]) * (x2[crosses] - x[crosses]) / (y2[crosses] - y[crosses])
    return bool(np.count_nonzero(at > point[0]) & 1)


def earcut(rings: list[F64]) -> F64:
    """Triangulate one outer ring with its holes; returns a triangle soup (3 f, 2)."""
    points = np.ascontiguousarray(np.concatenate(rings))
    ends = np.cumsum([len(ring) for ring in rings]).astype(np.uint32)
    return points[mapbox_earcut.triangulate_float64(points, ends)]


def _triangulate(rings: list[F64]) -> F64:
    areas = [ring_area(ring) for ring in rings]
    outers = [i for i, area in enumerate(areas) if area < 0]
    holes: dict[int, list[int]] = {i: [] for i in outers}
    for i, area in enumerate(areas):
        if area > 0:
            around = [o for o in outers if inside(rings[o], rings[i][0])]
            if around:
                holes[min(around, key=lambda o: abs(areas[o]))].append(i)
    soup = [earcut([rings[o], *(rings[h] for h in holes[o])]) for o in outers]
    return np.concatenate(soup) if soup else np.zeros((0, 2))
