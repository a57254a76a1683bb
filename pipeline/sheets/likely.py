"""What is likely where the title block says nothing: numbers, titles and scales where such things usually stand."""

from __future__ import annotations

import re

from pipeline.drawing.model import Field, Sheet
from pipeline.sheets.numbers import FIGURE, is_sure_number, scale_of, squash
from pipeline.sheets.values import TITLE_WORD, tidied
from pipeline.sheets.words import Word

TEXT = "text"
BARE = re.compile(r"^[A-Z]{1,3}-?\d{1,3}([.-]\d{1,3})?[A-Z]?$")  # A010, A-101, S2.1


def add_likely(fields: dict[str, Field], words: list[Word], sheet: Sheet, empty: set[str]) -> None:
    """Fill number, title and scale from what stands where such things usually stand.

    Number and title name the sheet, so they are looked for even where the title block left them empty.
    """
    width, height = sheet.size_mm
    if "number" not in fields or fields["number"].confidence < 0.5:
        sure = [w for w in words if is_sure_number(w.text)]
        if sure:
            corner = min(sure, key=lambda w: (width - w.middle[0]) ** 2 + w.middle[1] ** 2)
            only = len({squash(w.text) for w in sure}) == 1
            near = corner.middle[0] > 0.75 * width or corner.middle[1] < 0.2 * height
            guess = Field(tidied("number", corner.text), 0.6 if only and near else 0.45, TEXT)
            if "number" not in fields or guess.confidence > fields["number"].confidence:
                fields["number"] = guess
    _from_corner(fields, words, sheet)
    figures = [w for w in words if len(w.text) <= 40 and FIGURE.search(squash(w.text))]
    if "title" not in fields and figures:
        best = max(figures, key=lambda w: w.height)
        fields["title"] = Field(tidied("title", best.text), 0.5, TEXT)
    if "scale" not in fields and "scale" not in empty:
        found = figure_scale(figures, words)
        if found:
            fields["scale"] = Field(f"1:{found:g}", 0.6, TEXT)


def _from_corner(fields: dict[str, Field], words: list[Word], sheet: Sheet) -> None:
    """Propose number and title of sheets without labels: the largest words in the lower right corner."""
    if "number" in fields or "title" in fields:
        return
    width, height = sheet.size_mm
    bare = [w for w in words if w.label is None and w.both is None]
    corner = [w for w in bare if w.middle[0] > 0.6 * width and w.middle[1] < 0.25 * height and w.height > 2.5]
    numbers = [w for w in corner if BARE.match(tidied("number", w.text).upper()) and w.middle[0] > 0.8 * width]
    if not numbers:
        titles = [w for w in corner if TITLE_WORD.search(w.text) and len(w.text) < 40 and w.middle[1] < 0.15 * height]
        if len(titles) == 1:
            fields["title"] = Field(tidied("title", titles[0].text), 0.4, TEXT)
        return
    number = max(numbers, key=lambda w: w.height)
    if number.height < 1.2 * max((w.height for w in words if w not in numbers), default=0.0) and len(numbers) > 1:
        return
    fields["number"] = Field(tidied("number", number.text), 0.6, TEXT)
    titles = [w for w in corner if w not in numbers and TITLE_WORD.search(w.text) and len(w.text) < 60]
    if titles:
        best = max(titles, key=lambda w: (w.height, w.middle[1]))
        fields["title"] = Field(tidied("title", best.text), 0.5, TEXT)


def figure_scale(figures: list[Word], words: list[Word]) -> float | None:
    """Return the scale beside the largest figure title, None if none has one."""
    for word in sorted(figures, key=lambda w: -w.height):
        near = [
            w
            for w in words
            if scale_of(w.text) and abs(w.middle[1] - word.middle[1]) < 2 * word.height and -5 < w.x0 - word.x1 < 40
        ]
        found = scale_of(word.text) or (scale_of(near[0].text) if near else None)
        if found:
            return found
    return None
