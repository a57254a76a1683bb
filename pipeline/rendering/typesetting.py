"""Texts laid out character by character, for packs and pictures alike.

A run is stretched so that its longest line is exactly as long as the reader measured it; lines of one
text stand 5/3 of the cap height apart (the DXF default for MTEXT). A Chinese character of a stroke font (SHX with a
big font such as gbcbig) is as high as a capital and stands on the base line; those of our font are 1.26 times as high
and reach below it, so they are drawn lower.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipeline.drawing.tables import F64, I32
from pipeline.rendering.content import Texts
from pipeline.rendering.glyphs import GlyphSource, glyph_source

LINE_STEP = 5 / 3
CELL = (-0.126, 1.131)  # cap heights between which the Chinese characters of our font stand
FLAT = 1.0 / (CELL[1] - CELL[0])  # how much lower they are drawn where they are strokes
LIFT = -CELL[0] * FLAT  # by how many cap heights they are lifted then
_CHINESE = ((0x2E80, 0xA000), (0xAC00, 0xD7A4), (0xF900, 0xFB00), (0xFE30, 0xFE50), (0xFF01, 0xFF61))
NEW_LINE = 10


@dataclass(slots=True)
class Characters:
    """Character instances with an outline, in text order."""

    code: I32  # (I,) Unicode code point
    text: I32  # (I,) row in Texts
    origin: F64  # (I, 2) sheet millimetres
    along: F64  # (I, 2) x axis of one cap height of glyph: stretch * cap height * direction
    height: F64  # (I,) of one cap height of glyph, mm
    missing: int = 0  # characters the font does not have

    def __len__(self) -> int:
        return len(self.code)


def set_texts(texts: Texts, source: GlyphSource | None = None) -> Characters:
    """Place every character of every text; blanks and control characters have no instance."""
    source = source or glyph_source()
    lengths = np.array([len(text) for text in texts.string], np.int64)
    joined = "".join(texts.string).encode("utf-32-le", "replace")
    code = np.frombuffer(joined, np.uint32).astype(np.int64)
    if not len(code):
        none = np.zeros(0, np.int32)
        return Characters(none, none, np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0))
    text = np.repeat(np.arange(len(lengths)), lengths)
    known, place = np.unique(code, return_inverse=True)
    glyphs = [source.glyph(value) for value in known.tolist()]
    advance = np.array(
        [0.0 if value == NEW_LINE else g.advance for value, g in zip(known.tolist(), glyphs, strict=True)]
    )
    outlined = np.array([len(g.triangles) > 0 for g in glyphs])[place]
    wanted = texts.width / np.maximum(texts.height, 1e-12)
    pen, line, stretch = _lay_out(code, text, advance[place], wanted, _shares(texts))
    height = texts.height[text]
    unit = texts.along[text]
    up = np.stack([-unit[:, 1], unit[:, 0]], axis=1)
    across = (pen * stretch[text] * height)[:, None]
    origin = texts.origin[text] + unit * across - up * (line * LINE_STEP * height)[:, None]
    low = _flat(texts, code, text, np.array([g.missing for g in glyphs])[place])
    origin = origin + up * np.where(low, LIFT * height, 0.0)[:, None]
    tall = np.where(low, FLAT * height, height)
    seen = outlined & (height > 0) & np.isfinite(origin).all(axis=1)
    return Characters(
        code=code[seen].astype(np.int32),
        text=text[seen].astype(np.int32),
        origin=origin[seen],
        along=(unit * (stretch[text] * height)[:, None])[seen],
        height=tall[seen],
        missing=int(np.array([g.missing for g in glyphs])[place].sum()),
    )


def is_chinese(code: np.ndarray) -> np.ndarray:
    """Return which code points (n,) fill the cell of a Chinese character."""
    found = np.zeros(len(code), bool)
    for first, behind in _CHINESE:
        found |= (code >= first) & (code < behind)
    return found


def _flat(texts: Texts, code: np.ndarray, text: np.ndarray, missing: np.ndarray) -> np.ndarray:
    """Return which characters are Chinese ones of a stroke font, (n,)."""
    if len(texts.strokes) != len(texts.string):
        return np.zeros(len(code), bool)
    return texts.strokes[text] & is_chinese(code) & ~missing


def _runs(line: str, strokes: bool, source: GlyphSource) -> list[tuple[str, bool, float]]:
    """Return a line in runs: (string, whether it is drawn lower, cap heights before it)."""
    if not strokes:
        return [(line, False, 0.0)]
    low = is_chinese(np.array([ord(char) for char in line]))
    runs: list[tuple[str, bool, float]] = []
    pen = 0.0
    for char, flat in zip(line, low.tolist(), strict=True):
        glyph = source.glyph(ord(char))
        flat = flat and not glyph.missing
        if runs and (runs[-1][1] == flat or char == " "):
            runs[-1] = (runs[-1][0] + char, *runs[-1][1:])
        else:
            runs.append((char, flat, pen))
        pen += glyph.advance
    return runs


def _shares(texts: Texts) -> F64:
    """Return which share of the free length stands before a line that is shorter than the longest one, (t,)."""
    return texts.align / 2 if len(texts.align) == len(texts.string) else np.zeros(len(texts.string))


def _lay_out(code: np.ndarray, text: np.ndarray, advance: F64, wanted: F64, share: F64) -> tuple[F64, np.ndarray, F64]:
    """Return (pen position in cap heights, line number within the text) per character and the stretch per text.

    `share` (t,) of what a line is shorter than the longest one stands before it.
    """
    breaks = code == NEW_LINE
    new_text = np.concatenate([[True], text[1:] != text[:-1]])
    new_line = new_text | np.concatenate([[False], breaks[:-1]])
    line_id = np.cumsum(new_line) - 1
    starts = np.flatnonzero(new_line)
    before = np.cumsum(advance) - advance
    pen = before - before[starts][line_id]
    first_line = line_id[np.flatnonzero(new_text)]
    text_rank = np.cumsum(new_text) - 1
    line = line_id - first_line[text_rank]
    line_length = np.add.reduceat(advance, starts)
    longest = np.zeros(len(wanted))
    np.maximum.at(longest, text[starts], line_length)
    pen = pen + ((longest[text[starts]] - line_length) * share[text[starts]])[line_id]
    usable = (longest > 0) & np.isfinite(wanted) & (wanted > 0)
    stretch = np.where(usable, wanted / np.where(longest > 0, longest, 1.0), 1.0)
    return pen, line, stretch


Pair = tuple[float, float]


def set_lines(texts: Texts, scale: float = 1.0) -> Iterator[tuple[int, str, Pair, Pair, Pair]]:
    """Yield (row in texts, run, origin, along, up) of every line with something in it.

    A run is a whole line, or what of it is drawn alike: Chinese characters in strokes are drawn lower. `along` and
    `up` are the axes of one cap height; lengths are sheet millimetres divided by `scale`.
    """
    source = glyph_source()
    columns = (texts.string, texts.origin.tolist(), texts.height.tolist(), texts.width.tolist(), texts.along.tolist())
    shares = _shares(texts).tolist()
    strokes = texts.strokes.tolist() if len(texts.strokes) == len(texts.string) else [False] * len(texts.string)
    for row, (string, (x, y), height, wanted, (ux, uy)) in enumerate(zip(*columns, strict=True)):
        lines = string.split("\n")
        lengths = [sum(source.glyph(ord(char)).advance for char in line) for line in lines]
        longest = max(lengths)
        if not height > 0 or not math.isfinite(x + y + height):
            continue
        stretch = wanted / height / longest if longest > 0 and math.isfinite(wanted) and wanted > 0 else 1.0
        tall = height / scale
        for number, line in enumerate(lines):
            if line.strip():
                drop = number * LINE_STEP * height
                ahead = (longest - lengths[number]) * shares[row] * stretch * height
                for run, low, pen in _runs(line, strokes[row], source):
                    if not run.strip():
                        continue
                    right, rise = ahead + pen * stretch * height, (LIFT * height if low else 0.0) - drop
                    origin = ((x - uy * rise + ux * right) / scale, (y + ux * rise + uy * right) / scale)
                    up = FLAT * tall if low else tall
                    yield row, run, origin, (ux * stretch * tall, uy * stretch * tall), (-uy * up, ux * up)
