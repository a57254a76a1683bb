"""The pens of a page that no dictionary of PyMuPDF's tells: squeezed or skewed by a matrix, with a mitre limit.

Asked of few pages: those whose content sets a mitre limit or a matrix that does not keep circles round.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pymupdf import mupdf

from pipeline.readers.pdf.playback import shown

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
MITRE_LIMIT = 10.0  # of every page until it says otherwise
MATRICES = 50_000  # of one content stream that are looked at
FOLLOWING = 500  # operators after one of them
UNEVEN = 1.02  # a matrix that scales so much more one way than the other
_BLANK = b" \t\r\n\f\x00"
_OPERATOR = re.compile(rb"(?<=\s)(?:q|Q|S|s|B\*?|b\*?|Do)(?=\s|\Z)")


@dataclass(slots=True)
class Pens:
    """The pens of strokes, one row each."""

    width: F64  # (n,) points of pen space
    cap: I64  # (n,) 0 butt, 1 round, 2 square
    join: I64  # (n,) 0 mitre, 1 round, 2 bevel
    mitre: F64  # (n,) limit: length of a mitre over the width
    matrix: F64  # (n, 4) a b c d from pen space to the page

    def of(self, rows: I64) -> Pens:
        """Return the pens of some strokes."""
        return Pens(self.width[rows], self.cap[rows], self.join[rows], self.mitre[rows], self.matrix[rows])

    def uneven(self) -> F64:
        """Return by how many points each pen is wider one way than the other, (n,)."""
        sizes = np.linalg.svd(self.matrix.reshape(-1, 2, 2), compute_uv=False)
        return np.asarray(self.width * (sizes[:, 0] - sizes[:, 1]), np.float64)


def odd(content: bytes, forms: bool = False) -> bool:
    """Return whether a content stream strokes with a great mitre limit or under a matrix that makes pens uneven.

    `forms`: what it draws with Do may be more than pictures.
    """
    if any(_numbers(content, at, 1)[0] > MITRE_LIMIT for at in _places(content, b"M")):
        return True
    even: set[bytes] = set()
    for count, at in enumerate(_places(content, b"cm")):
        words = content[max(0, at - 40) : at]
        if words in even:
            continue
        if count >= MATRICES or (_uneven(_numbers(content, at, 6)[:4]) and _strokes(content, at + 2, forms)):
            return True
        even.add(words)
    return False


def _places(content: bytes, word: bytes) -> Iterator[int]:
    """Yield where an operator stands in a content stream (and the same word in a text)."""
    at = content.find(word)
    while at >= 0:
        if content[at - 1 : at] in _BLANK and content[at + len(word) : at + len(word) + 1] in _BLANK:
            yield at
        at = content.find(word, at + len(word))


def _strokes(content: bytes, at: int, forms: bool) -> bool:
    """Return whether something is stroked from `at` on until the graphics state of there ends."""
    depth = 0
    for count, found in enumerate(_OPERATOR.finditer(content, at)):
        word = found[0]
        depth += {b"q": 1, b"Q": -1}.get(word, 0)
        if depth < 0:
            return False
        if count >= FOLLOWING or word not in (b"q", b"Q", b"Do") or (word == b"Do" and forms):
            return True
    return False


def _numbers(content: bytes, end: int, count: int) -> list[float]:
    """Return the last `count` words before `end` as numbers."""
    words = content[max(0, end - 24 * count) : end].split()[-count:]
    return [_number(word) for word in words] or [float("nan")]


def _number(word: bytes) -> float:
    try:
        return float(word)
    except ValueError:
        return float("nan")


def _uneven(matrix: list[float]) -> bool:
    if len(matrix) != 4 or not np.isfinite(matrix).all():
        return False
    a, b, c, d = matrix
    first, second, across = a * a + b * b, c * c + d * d, abs(a * c + b * d)
    mean, apart = (first + second) / 2, np.hypot((first - second) / 2, across)
    return bool(mean + apart > UNEVEN**2 * max(mean - apart, 0.0))


def pens(page: Any, width: F64) -> Pens | None:
    """Return the pens of a page's strokes, whose widths on the page are `width`; None if they are not those told."""
    device = _Strokes()
    mupdf.fz_run_page(shown(page), device, mupdf.FzMatrix(), mupdf.FzCookie())
    mupdf.fz_close_device(device)
    if len(device.found) != len(width) or not len(width):
        return None
    told = np.asarray(device.found, np.float64)
    matrix = told[:, 4:]
    scale = np.sqrt(np.abs(matrix[:, 0] * matrix[:, 3] - matrix[:, 1] * matrix[:, 2]))
    if not np.allclose(scale * told[:, 0], width, rtol=1e-3, atol=1e-3):
        return None
    return Pens(told[:, 0], told[:, 1].astype(np.int64), told[:, 2].astype(np.int64), told[:, 3], matrix)


class _Strokes(mupdf.FzDevice2):
    """Writes down the pen of every stroke."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[float, ...]] = []
        self.use_virtual_stroke_path()

    def stroke_path(self, ctx: Any, path: Any, stroke: Any, ctm: Any, *_: Any) -> None:
        """Take one stroke; MuPDF calls it by its name."""
        self.found.append(
            (stroke.linewidth, stroke.start_cap, stroke.linejoin, stroke.miterlimit, ctm.a, ctm.b, ctm.c, ctm.d)
        )
