"""MTEXT as lines: broken at its width, as wide as the file says it is, each column a text of its own."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.safe_text import safe_text
from pipeline.readers.dxf import mtext
from pipeline.readers.dxf.faces import Face
from pipeline.readers.dxf.placing import CREDIBLE
from pipeline.readers.dxf.text import LINE_ADVANCE, breaks

F64 = NDArray[np.float64]
# how much wider or narrower than estimated letters may be, tried in this order until the lines are as many as told
_STRETCHES = (1.0, 0.95, 1.05, 0.9, 1.1, 0.85, 1.15, 0.8, 1.2, 0.75, 1.3, 0.7, 1.4)


@dataclass(slots=True)
class Box:
    """What the file says about the text; lengths in drawing units, 0 unknown."""

    height: float  # cap height (group 40)
    factor: float = 1.0  # width factor of the style
    limit: float = 0.0  # column width (group 41)
    spacing: float = 1.0  # line spacing factor (group 44)
    told_width: float = 0.0  # actual width of the letters (group 42)
    told_height: float = 0.0  # actual height of all lines (group 43)


@dataclass(slots=True)
class Paragraphs:
    """The lines of one text and how large they are drawn; lengths in drawing units."""

    lines: list[str] = field(default_factory=list)
    height: float = 1.0  # cap height of most letters
    width: float = 0.0  # of the longest line
    advance: float = LINE_ADVANCE  # base line to base line, in `height`
    color: int = -1  # see mtext.Run
    font: str = ""
    broken: bool = False

    @property
    def total(self) -> float:
        """Height from the foot of the last line to the head of the first."""
        return self.height * (1 + (len(self.lines) - 1) * self.advance)


def set_paragraphs(raw: str, box: Box, face: Face) -> Paragraphs:
    """Return an MTEXT string broken into lines as drawn.

    Letter widths are estimated from the face; where the file tells the height of all lines, letters are stretched so
    that there are as many lines, and where it tells the width of the letters, the longest line is that wide.
    """
    runs = mtext.runs(raw, box.height)
    lead = mtext.leading(runs)
    broken = False
    for run in runs:
        run.text, bad = safe_text(run.text)
        broken |= bad
    text = "".join(run.text for run in runs)
    height = box.height * lead.height
    out = Paragraphs(height=height, color=lead.color, font=lead.font, broken=broken)
    out.advance = LINE_ADVANCE * box.spacing
    if not text.strip():
        return out
    sizes = [box.height * run.height * (run.width or box.factor) * run.spacing for run in runs]
    each = np.repeat(sizes, [len(run.text) for run in runs]) if len(runs) > 1 else sizes[0]
    sums = [0.0, *(face.letters(text) * each).cumsum().tolist()]
    spans = _as_many_as_told(text, sums, box, height * out.advance, height)
    out.lines = [text[begin:end].rstrip() for begin, end in spans]
    ends = [begin + len(line) for (begin, _), line in zip(spans, out.lines, strict=True)]
    longest = max(sums[end] - sums[begin] for (begin, _), end in zip(spans, ends, strict=True))
    out.width = max(longest - face.bearing * height * (lead.width or box.factor), height * 0.2)
    if CREDIBLE[0] * out.width < box.told_width < CREDIBLE[1] * out.width:
        out.width = box.told_width
    return out


def _as_many_as_told(text: str, sums: list[float], box: Box, step: float, height: float) -> list[tuple[int, int]]:
    first = breaks(text, sums, box.limit)
    if box.told_height <= 0 or box.limit <= 0 or step <= 0:
        return first
    told = round((box.told_height - height) / step) + 1
    if told < 1 or told == len(first):
        return first
    for stretch in _STRETCHES:
        lines = breaks(text, [each * stretch for each in sums], box.limit)
        if len(lines) == told:
            return lines
    return first


def split_columns(lines: list[str], heights: list[float], step: float, count: int, taken: int = 0) -> list[list[str]]:
    """Return the lines of each column: as many as fit its height, the last one takes the rest.

    `heights` are those of the columns (the last counts for all further ones), `step` a line's advance, `taken` how many
    columns are filled already: the lines begin in the next one.
    """
    columns: list[list[str]] = []
    rest = list(lines)
    for number in range(taken, max(count, taken + 1)):
        tall = heights[min(number, len(heights) - 1)] if heights else 0.0
        fits = max(1, int(tall / step + 1.001)) if tall > 0 and step > 0 else len(rest)
        if number >= count - 1:
            fits = len(rest)
        columns.append(rest[:fits])
        rest = rest[fits:]
    return [column for column in columns if column]
