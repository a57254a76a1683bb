"""Texts of a PDF page: the characters of the text trace joined to words and lines as they were written.

All characters of a page are columns; what joins what is decided for all of them at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.safe_text import REPLACEMENT, safe_text
from pipeline.readers.pdf.paths import rgba

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
CAP = 0.716  # cap height of an em, Helvetica; CJK fonts are close
JOIN_EM = 0.2  # a gap up to this is none
SPACE_EM = 0.8  # a gap up to this is a space, a wider one starts another text
INVISIBLE = 3  # text rendering mode: neither filled nor stroked (recognised text beneath a scan)


@dataclass(slots=True)
class Runs:
    """Texts on one base line each; positions in page points, y down."""

    text: list[str]
    start: F64  # (k, 2)
    end: F64  # (k, 2)
    tall: F64  # (k,) em across the base line, points; CAD narrows its letters, so it is not the em along it
    angle: F64  # (k,) radians, counter-clockwise as seen
    font: list[str]
    color: NDArray[np.uint32]
    layer: list[str]
    seqno: I64
    invisible: NDArray[np.bool_]
    undecodable: int  # texts in which something could not be decoded

    def within(self, area: F64) -> Runs:
        """Return the texts that lie at least partly within a box (x0, y0, x1, y1) and have finite places."""
        low, high = np.minimum(self.start, self.end), np.maximum(self.start, self.end)
        reach = self.tall[:, None]
        good = np.isfinite(np.column_stack([self.start, self.end, self.tall])).all(axis=1)
        good &= ((high + reach >= area[:2]) & (low - reach <= area[2:])).all(axis=1)
        if good.all():
            return self
        rows = np.flatnonzero(good).tolist()
        return Runs(
            [self.text[r] for r in rows],
            self.start[rows],
            self.end[rows],
            self.tall[rows],
            self.angle[rows],
            [self.font[r] for r in rows],
            self.color[rows],
            [self.layer[r] for r in rows],
            self.seqno[rows],
            self.invisible[rows],
            self.undecodable,
        )


def runs(trace: Sequence[dict[str, Any]], matrices: Sequence[tuple[float, ...]] | None = None) -> Runs:
    """Return the joined texts of `Page.get_texttrace()` in painting order.

    `matrices` are the text matrices (a, b, c, d) of its spans in page space; the trace tells the length of the first
    row only, both rows give the height. Without them, or where they are not as many, letters are taken as unnarrowed.
    """
    spans = [span for span in trace if span["chars"]]
    if not spans:
        return _none()
    tall = _tall(trace, matrices)
    letters = _Letters(spans, tall)
    return letters.joined()


def _none(broken: int = 0) -> Runs:
    none, two = np.zeros(0), np.zeros((0, 2))
    flags = np.zeros(0, bool)
    return Runs([], two, two, none, none, [], none.astype(np.uint32), [], none.astype(np.int64), flags, broken)


def _tall(trace: Sequence[dict[str, Any]], matrices: Sequence[tuple[float, ...]] | None) -> F64:
    """Return the em across the base line of every span with characters: |det| / length of the matrix's first row."""
    some = np.fromiter([bool(span["chars"]) for span in trace], bool, len(trace))
    size = np.fromiter([float(span["size"]) for span in trace], np.float64, len(trace))
    if matrices is not None and len(matrices) == len(trace):
        a, b, c, d = np.asarray(matrices, np.float64).T
        with np.errstate(all="ignore"):
            tall = np.abs(a * d - b * c) / np.hypot(a, b)
        size = np.where(np.isfinite(tall) & (tall > 0), tall, size)
    return size[some]


class _Letters:
    """The characters of a page, one row each."""

    def __init__(self, spans: list[dict[str, Any]], tall: F64) -> None:
        self._spans = spans
        many = np.fromiter([len(span["chars"]) for span in spans], np.int64, len(spans))
        self._span = np.repeat(np.arange(len(spans)), many)
        chars = list(chain.from_iterable(map(itemgetter("chars"), spans)))
        total = len(chars)
        self._code = np.fromiter(map(itemgetter(0), chars), np.int64, total)
        at = np.fromiter(chain.from_iterable(map(itemgetter(2), chars)), np.float64, total * 2).reshape(-1, 2)
        box = np.fromiter(chain.from_iterable(map(itemgetter(3), chars)), np.float64, total * 4).reshape(-1, 4)
        glyphs = np.fromiter(map(itemgetter(1), chars), np.int64, total)
        keep = ~((self._code == -1) & (glyphs >= 0))  # a further glyph of the character before it
        self._code, self._span, self._at, box = self._code[keep], self._span[keep], at[keep], box[keep]
        size = np.fromiter([float(span["size"]) for span in spans], np.float64, len(spans))
        toward = np.asarray([span.get("dir", (1.0, 0.0)) for span in spans], np.float64).reshape(-1, 2)
        self._size, self._tall, self._toward = size[self._span], tall[self._span], toward[self._span]
        self._end = self._at + self._toward * _advances(self._size, box, self._toward)[:, None]
        self._look, self._looks = self._styles()

    def _styles(self) -> tuple[I64, list[tuple]]:
        """Return for every span the row of its (font, colour, layer, mode), and those."""
        rows: dict[tuple, int] = {}
        found = []
        for span in self._spans:
            mode = int(span.get("type", 0))
            opacity = 0.0 if mode == INVISIBLE else span.get("opacity")
            color = rgba(span.get("color"), opacity)
            look = (str(span.get("font", "")), color, str(span.get("layer") or ""), mode == INVISIBLE)
            found.append(rows.setdefault(look, len(rows)))
        return np.asarray(found, np.int64)[self._span], list(rows)

    def joined(self) -> Runs:
        """Return the texts."""
        if not len(self._code):
            return _none()
        begins, spaces = self._joints()
        letters = [chr(code) if 0 < code < 0x110000 else REPLACEMENT for code in self._code.tolist()]
        for place in np.flatnonzero(spaces).tolist():
            letters[place] = " " + letters[place]
        first = np.flatnonzero(begins)
        last = np.append(first[1:], len(letters)) - 1
        texts, kept, broken = [], [], 0
        for row, (one, two) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
            while one < two and letters[one] == " ":  # a text is as long as what is seen of it
                first[row] = one = one + 1
            while one < two and letters[two] == " ":
                last[row] = two = two - 1
            text, unread = safe_text("".join(letters[one : two + 1]))
            text = text.strip()
            broken += unread
            if text.strip():
                texts.append(text)
                kept.append(row)
        if not kept:
            return _none(broken)
        first, last = first[kept], last[kept]
        fonts, colors, layers, hidden = zip(*(self._looks[row] for row in self._look[first]), strict=True)
        seqno = np.fromiter([int(span.get("seqno", 0)) for span in self._spans], np.int64, len(self._spans))
        dx, dy = self._toward[first].T
        return Runs(
            texts,
            self._at[first],
            self._end[last],
            self._tall[first],
            np.arctan2(-dy, dx),
            list(fonts),
            np.asarray(colors, np.uint32),
            list(layers),
            seqno[self._span[first]],
            np.asarray(hidden, bool),
            broken,
        )

    def _joints(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return which characters begin a text, and before which a space was left out."""
        size, tall = self._size[:-1], self._tall[:-1]
        same = (self._look[1:] == self._look[:-1]) & (np.abs(self._size[1:] - size) < 0.01 * size + 1e-6)
        same &= np.abs(self._tall[1:] - tall) < 0.01 * tall + 1e-6
        same &= (np.abs(self._toward[1:] - self._toward[:-1]) <= 1e-3).all(axis=1)
        ox, oy = (self._at[1:] - self._end[:-1]).T
        dx, dy = self._toward[:-1].T
        gap, off = ox * dx + oy * dy, np.abs(oy * dx - ox * dy)
        joins = same & (off <= 0.2 * size) & (gap >= -0.5 * size) & (gap <= SPACE_EM * size)
        blank = self._code == 32
        spaces = joins & (gap > JOIN_EM * size) & ~blank[1:] & ~blank[:-1]
        return np.append(True, ~joins), np.append(False, spaces)


def _advances(size: F64, box: F64, toward: F64) -> F64:
    """Return each character's length along its base line, from its box (exact for the four right angles)."""
    width, height = box[:, 2] - box[:, 0], box[:, 3] - box[:, 1]
    dx, dy = np.abs(toward).T
    flat = dx > dy
    # box of a turned rectangle (advance a, height of the trace's boxes = size): width = a|dx| + size|dy|
    with np.errstate(divide="ignore", invalid="ignore"):
        guess = np.where(flat, (width - size * dy) / dx, (height - size * dx) / dy)
    turned = np.minimum(np.maximum(guess, 0.2 * size), 1.2 * size)
    straight = (dx > 0.999) | (dy > 0.999)
    found = np.where(straight, np.where(flat, width, height), turned)
    return np.where((dx == 0) & (dy == 0), 0.0, found)
