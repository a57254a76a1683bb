"""Texts laid out character by character, for packs and pictures alike.

A run is stretched so that its longest line is exactly as long as the reader measured it; lines of one
text stand 5/3 of the cap height apart (the DXF default for MTEXT).
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
NEW_LINE = 10


@dataclass(slots=True)
class Characters:
    """Character instances with an outline, in text order."""

    code: I32  # (I,) Unicode code point
    text: I32  # (I,) row in Texts
    origin: F64  # (I, 2) sheet millimetres
    along: F64  # (I, 2) x axis of one cap height of glyph: stretch * cap height * direction
    height: F64  # (I,) cap height, mm
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
    seen = outlined & (height > 0) & np.isfinite(origin).all(axis=1)
    return Characters(
        code=code[seen].astype(np.int32),
        text=text[seen].astype(np.int32),
        origin=origin[seen],
        along=(unit * (stretch[text] * height)[:, None])[seen],
        height=height[seen],
        missing=int(np.array([g.missing for g in glyphs])[place].sum()),
    )


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
    """Yield (row in texts, line, origin, along, up) of every line with something in it.

    `along` and `up` are the axes of one cap height; lengths are sheet millimetres divided by `scale`.
    """
    source = glyph_source()
    columns = (texts.string, texts.origin.tolist(), texts.height.tolist(), texts.width.tolist(), texts.along.tolist())
    shares = _shares(texts).tolist()
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
                origin = ((x + uy * drop + ux * ahead) / scale, (y - ux * drop + uy * ahead) / scale)
                yield row, line, origin, (ux * stretch * tall, uy * stretch * tall), (-uy * tall, ux * tall)
