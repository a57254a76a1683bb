"""How wide the letters of a font are, in cap heights, where the font itself is not to be had.

Widths of the TrueType families are those of Adobe's font metrics for Helvetica and Times (Arial and Times New Roman
are made to the same widths); those of the stroke fonts are Hershey's Roman Simplex, which simplex.shx and romans.shx
follow. Checked against the widths AutoCAD left in centred texts: Arial to 0.2 %, simplex and txt to 5 %.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

# fmt: off
_HELVETICA = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
)
_TIMES = (
    250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500, 500, 500, 500, 500,
    500, 500, 500, 278, 278, 564, 564, 564, 444, 921, 722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722, 611, 889,
    722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722, 722, 611, 333, 278, 333, 469, 500, 333, 444, 500, 444, 500,
    444, 333, 500, 500, 278, 278, 500, 278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480,
    200, 480, 541,
)
_HERSHEY = (
    16, 10, 16, 21, 20, 24, 26, 10, 14, 14, 16, 26, 10, 26, 10, 22, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 10, 10, 24,
    26, 24, 18, 27, 18, 21, 21, 21, 19, 18, 21, 22, 8, 16, 21, 17, 24, 22, 22, 21, 22, 21, 20, 16, 22, 18, 24, 20, 18,
    20, 14, 14, 14, 16, 18, 10, 19, 19, 18, 19, 18, 12, 19, 19, 8, 10, 17, 8, 30, 19, 19, 19, 19, 13, 17, 12, 19, 16,
    22, 17, 16, 17, 14, 8, 14, 24,
)
# fmt: on
_SONG = re.compile(
    r"sim(sun|hei|fang|kai|li|you)|song|fang|kai|hei|yahei|msyh|dengxian|deng|ming|宋|仿|楷|黑|幼圆|隶|等线"
)
_SIMPLEX = re.compile(r"simplex|roman[a-z]?|gothic|script|italic|complex|isocp|tssdeng|hztxt|eng")
_NARROW = re.compile(r"gbenor|gbeitc|isoct")


@dataclass(frozen=True)
class Face:
    """Widths of a font; `advance` (65536,) in cap heights, `bearing` what the last letter does not fill of its own."""

    advance: F64
    bearing: float
    drawn: bool  # strokes (SHX), not outlines

    def letters(self, text: str) -> F64:
        """Return the advance of each character, (k,) cap heights."""
        code = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        return self.advance[np.minimum(code, 0xFFFF)]

    def width(self, text: str) -> float:
        """Return the length of one line, cap heights."""
        return max(float(self.letters(text).sum()) - self.bearing, 0.0) if text else 0.0

    def widths(self, texts: Sequence[str]) -> F64:
        """Return the lengths of many lines at once, (n,) cap heights."""
        if not len(texts):
            return np.zeros(0)
        counts = np.array([len(t) for t in texts], np.int64)
        total = np.concatenate([[0.0], np.cumsum(self.letters("".join(texts)))])
        ends = np.cumsum(counts)
        return np.where(counts > 0, np.maximum(total[ends] - total[ends - counts] - self.bearing, 0.0), 0.0)


@lru_cache(maxsize=1)
def _wide() -> NDArray[np.bool_]:
    """Return which characters take the place of a Chinese one, (65536,)."""
    return np.array([c >= 0x250 and unicodedata.east_asian_width(chr(c)) in "WFA" for c in range(0x10000)])


@lru_cache(maxsize=32)
def _made(latin: str, chinese: float) -> Face:
    table, unit = {
        "helvetica": (_HELVETICA, 716),
        "times": (_TIMES, 662),
        "hershey": (_HERSHEY, 21),
        "narrow": (_HERSHEY, 28),
        "half": ((500,) * 95, 770),
        "txt": ((6,) * 95, 6),
    }[latin]
    drawn = latin in ("hershey", "narrow", "txt")
    advance = np.full(0x10000, 16.5 / 21 if drawn else 0.8)
    advance[32:127] = np.array(table, np.float64) / unit
    if latin == "txt":
        for char in "()[]°":
            advance[ord(char)] = 0.7
    advance[:32] = 0.0
    advance[ord("°")] = advance[ord("(")]
    for char in "±Øφ×":
        advance[ord(char)] = advance[ord("O")]
    advance[_wide()] = chinese
    return Face(advance, {"hershey": 6 / 21, "narrow": 6 / 28, "txt": 2 / 6}.get(latin, 0.0), drawn)


@lru_cache(maxsize=256)
def face_of(font: str) -> Face:
    """Return the widths that fit a font best: a file name, `file+bigfont` or a family name.

    A Chinese character is 1.05 cap heights wide in a big font, 1.3 in a TrueType font.
    """
    name = font.lower()
    outlines = name.endswith((".ttf", ".ttc", ".otf")) or (
        "+" not in name and not name.endswith(".shx") and name != "txt"
    )
    if outlines and name:
        latin = "half" if _SONG.search(name) else "times" if "times" in name else "helvetica"
        return _made(latin, 1.3)
    base = name.split("+")[0].removesuffix(".shx")
    latin = "narrow" if _NARROW.search(base) else "hershey" if _SIMPLEX.search(base) else "txt"
    return _made(latin, 1.05)
