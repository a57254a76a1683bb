"""Texts of a PDF page: the spans of the text trace joined to words and lines as they were written."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymupdf
from numpy.typing import NDArray

from pipeline.drawing.builder import SpaceBuilder, Style
from pipeline.drawing.safe_text import safe_text

F64 = NDArray[np.float64]
CAP = 0.716  # cap height of an em, Helvetica; CJK fonts are close
JOIN_EM = 0.2  # a gap up to this is none
SPACE_EM = 0.8  # a gap up to this is a space, a wider one starts another text


@dataclass(slots=True)
class Run:
    """Characters on one base line; positions in page points, y down."""

    text: str
    x: float
    y: float
    end_x: float
    end_y: float
    size: float  # em along the base line, points
    tall: float  # em across it; CAD narrows its letters, so it is often larger
    dx: float
    dy: float
    font: str
    color: int
    layer: str
    seqno: int


Sizes = Mapping[tuple[int, int], float]


def sizes_of(page: Any) -> dict[tuple[int, int], float]:
    """Return place of a character's origin -> its size as MuPDF's text page has it: √|det| of the text matrix.

    The text trace tells the length of the matrix's first row only; both together give the height.
    """
    found = {}
    flags = pymupdf.TEXT_PRESERVE_LIGATURES | pymupdf.TEXT_PRESERVE_WHITESPACE
    for block in page.get_text("rawdict", flags=flags)["blocks"]:
        for line in block.get("lines", ()):
            for span in line["spans"]:
                size = float(span["size"])
                for char in span["chars"]:
                    found[_spot(char["origin"])] = size
    return found


def _spot(origin: tuple[float, float]) -> tuple[int, int]:
    x, y = origin
    return (round(x * 50), round(y * 50)) if math.isfinite(x) and math.isfinite(y) else (0, 0)


def _tall(span: dict[str, Any], origin: tuple[float, float], sizes: Sizes) -> float:
    """Return the em across the base line: |det| / length of the first row; as wide as tall when it is not known."""
    size = float(span["size"])
    root = sizes.get(_spot(origin), size)
    return root * root / size if size > 0 and math.isfinite(root) else size


def runs(trace: list[dict[str, Any]], sizes: Sizes, rgba: Callable[[Any, float | None], int]) -> Iterator[Run]:
    """Yield the joined runs of `Page.get_texttrace()` in painting order; `sizes` as of `sizes_of`."""
    current: Run | None = None
    for span in trace:
        opacity = 0.0 if int(span.get("type", 0)) == 3 else span.get("opacity")
        dx, dy = span.get("dir", (1.0, 0.0))
        for code, _, origin, box in span["chars"]:
            char = chr(code) if 0 < code < 0x110000 else "\ufffd"
            advance = _advance(span, box, dx, dy)
            made = Run(
                char,
                origin[0],
                origin[1],
                origin[0] + dx * advance,
                origin[1] + dy * advance,
                float(span["size"]),
                _tall(span, origin, sizes),
                dx,
                dy,
                str(span.get("font", "")),
                rgba(span.get("color"), opacity),
                str(span.get("layer") or ""),
                int(span.get("seqno", 0)),
            )
            if current is not None and _joins(current, made):
                current.end_x, current.end_y = made.end_x, made.end_y
                current.text += made.text
                continue
            if current is not None:
                yield current
            current = made
    if current is not None:
        yield current


def _advance(span: dict[str, Any], box: tuple, dx: float, dy: float) -> float:
    """Length of a character along its base line, from its box (exact for the four right-angled directions)."""
    width, height = box[2] - box[0], box[3] - box[1]
    if dx == 0 and dy == 0:
        return 0.0
    if abs(dx) > 0.999 or abs(dy) > 0.999:
        return float(width if abs(dx) > abs(dy) else height)
    size = float(span["size"])
    # box of a turned rectangle (advance a, height of the trace's boxes = size): width = a|dx| + size|dy|
    guess = (width - size * abs(dy)) / abs(dx) if abs(dx) > abs(dy) else (height - size * abs(dx)) / abs(dy)
    return min(max(guess, 0.2 * size), 1.2 * size)


def _joins(run: Run, made: Run) -> bool:
    """Return whether a character goes on with the run; adds the space between them to the run's text."""
    same = run.font == made.font and abs(run.size - made.size) < 0.01 * run.size + 1e-6
    same = same and abs(run.tall - made.tall) < 0.01 * run.tall + 1e-6
    if not same or run.color != made.color or run.layer != made.layer:
        return False
    if abs(run.dx - made.dx) > 1e-3 or abs(run.dy - made.dy) > 1e-3:
        return False
    ox, oy = made.x - run.end_x, made.y - run.end_y
    gap = ox * run.dx + oy * run.dy
    off = abs(-ox * run.dy + oy * run.dx)
    if off > 0.2 * run.size or gap < -0.5 * run.size or gap > SPACE_EM * run.size:
        return False
    if gap > JOIN_EM * run.size and not run.text.endswith(" ") and made.text != " ":
        run.text += " "
    return True


def add_run(out: SpaceBuilder, run: Run, place: Callable[[F64], F64], mm: float, layer: int, font: int) -> bool:
    """Append a run as a text; returns whether something in it could not be decoded."""
    text, broken = safe_text(run.text)
    if not text.strip():
        return broken
    start, end = place(np.array([(run.x, run.y), (run.end_x, run.end_y)]))
    width = float(np.hypot(*(end - start)))
    rotation = math.atan2(-run.dy, run.dx)
    look = Style(layer=layer, color=run.color, source=out.source(f"t{run.seqno}"))
    out.add_text(text.rstrip(), start, run.tall * CAP * mm, rotation=rotation, width=width, font=font, style=look)
    return broken
