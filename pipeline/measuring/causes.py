"""Causes: what the ink lost on a sheet was, as far as pixels and the drawing's own defects tell."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.kinds import SpaceKind
from pipeline.drawing.model import Drawing, Sheet
from pipeline.measuring.meter import Reading
from pipeline.measuring.ours import Ours
from pipeline.measuring.raster import FAINT, Grid, Mask, contours, near
from pipeline.measuring.reference import Reference
from pipeline.measuring.verdict import TARGETS, settle_causes

LEAST_BESIDE = 0.001
WHITE = 255
LETTER_REACH = 0.4  # of the height of a text's box: how far from it its letters may stand
RUN_ON = 0.15  # of its length: how far a text set in another font may run on beyond its box
RUN_LETTERS = 4  # in a row that a letter which ran on must share with the text
CONTENT_LOST = "pdf_content_lost"
LIMIT_REACHED = "limit_reached"
_WHOLE = frozenset({"text_clip"})  # all of its picture counts, not its contours only: it holds what is inside
_WE_COVER = frozenset({"clip_edge", "text_clip", "form_fields"})


def causes_of(
    drawing: Drawing, sheet: Sheet, reading: Reading, reference: Reference, ours: Ours, grid: Grid, end: float
) -> dict[str, float]:
    """Return cause -> share of the ink lost (and, beside the loss, `invented` and `image`).

    No pixel is explained twice. Pictures made for the causes alone are made for sheets below the target, before
    `end` (of `time.process_time`).
    """
    lost = 1.0 - reading.share
    parts: dict[str, float] = {}
    if _nothing_read(drawing, sheet):
        parts[CONTENT_LOST] = lost  # before all others: what would cut or cover was not read either
    if reading.wordless:
        parts["text_undecodable"] = reading.wordless / reading.ink
    wanted = CONTENT_LOST not in parts and reading.share < TARGETS.get(drawing.format, 0.0)
    for cause, hit in (
        *_lines(reading, reference, ours, grid, end if wanted else 0.0),
        *_texts(reading, reference, ours, grid, end if wanted else 0.0),
    ):
        parts[cause] = parts.get(cause, 0.0) + np.count_nonzero(hit) / reading.ink
    if _stopped_short(drawing, sheet):
        parts.setdefault(LIMIT_REACHED, lost)
    causes = settle_causes(lost, parts)
    beside = {
        "invented": _invented(reading, reference, grid, end) / reading.ink,
        "image": _image_share(reading, reference, grid),
    }
    return causes | {name: round(float(part), 6) for name, part in beside.items() if part >= LEAST_BESIDE}


def _invented(reading: Reading, reference: Reference, grid: Grid, end: float) -> int:
    """Return how many pixels only we draw; form fields, which the reference leaves out, are not among them."""
    count = int(np.count_nonzero(reading.invented))
    if count < LEAST_BESIDE * reading.ink or time.process_time() > end:
        return count
    picture = reference.besides()
    if picture is None:
        return count
    return int(np.count_nonzero(reading.invented & ~grid.inner(near(contours(picture, FAINT)))))


def _lines(reading: Reading, reference: Reference, ours: Ours, grid: Grid, end: float) -> Iterator[tuple[str, Mask]]:
    """Yield cause and lost pixels of lines that are its doing.

    A cause that can be taken out of the page has caused what is then gone: a contour that stands in the picture of
    the page as it is and not in that of the page without it. Where something cuts or is left out of the reference,
    the page without it and we must have painted over the place.
    """
    left = reading.lost_lines
    covered = grid.inner(near(ours.drawn < WHITE))
    for cause, shown in reference.parts.items():
        picture = shown() if left.any() else None
        if picture is not None:
            hit = left & grid.inner(near(picture < WHITE if cause in _WHOLE else contours(picture)))
            if cause in _WE_COVER:
                hit &= covered
            yield cause, hit
            left = left & ~hit
    if left.any() and time.process_time() <= end:
        hit = left & grid.inner(near(contours(ours.opaque(), FAINT)))
        yield "blend", hit  # ours shines through where theirs covers
        left = left & ~hit
    for cause, changed in reference.without.items():
        if not left.any() or time.process_time() > end:
            return
        picture = changed()
        if picture is None:
            continue
        hit = left & ~grid.inner(near(contours(picture, FAINT)))
        if cause in _WE_COVER:
            hit &= covered & grid.inner(picture < WHITE)
        yield cause, hit
        left = left & ~hit


def _texts(reading: Reading, reference: Reference, ours: Ours, grid: Grid, end: float) -> Iterator[tuple[str, Mask]]:
    """Yield lost pixels of letters we hold whose text's box does not reach around their glyphs.

    They stand in it, or, where the reference set a wider font, behind it on the same line.
    """
    left = reading.lost_texts & ~grid.inner(ours.wordless)
    if reference.letters is None or not left.any() or time.process_time() > end:
        return
    found = reference.letters()
    stands = np.rint(found.place).astype(np.int64)
    own = _inside(stands, ours.texts)
    low, high = ours.spans[:, :2], ours.spans[:, 2:]
    reach = LETTER_REACH * (high - low)[:, 1:]
    along = RUN_ON * (high - low) * ((high - low) >= (high - low).max(axis=1, keepdims=True))
    hit = np.zeros((grid.height, grid.width), bool)
    for row, place in enumerate(found.place):
        if own[row]:
            near_by = ((low - reach <= place) & (place <= high + reach)).all(axis=1)
            held = any(_is_letter_of(ours.words[text], found.word, row) for text in np.flatnonzero(near_by).tolist())
        else:
            near_by = ((low - reach - along <= place) & (place <= high + reach + along)).all(axis=1)
            texts = [ours.words[text] for text in np.flatnonzero(near_by).tolist()]
            held = any(run in text for run in _runs(found.word, row) for text in texts)
        if held:
            x0, y0, x1, y1 = np.clip(found.box[row], 0, (grid.width, grid.height) * 2).tolist()
            hit[max(0, int(y0) - 2) : int(y1) + 3, max(0, int(x0) - 2) : int(x1) + 3] = True
    yield "letters_beyond_box", left & grid.inner(hit)


def _runs(word: str, row: int) -> list[str]:
    """Return the letters in a row that end and that begin with this one, RUN_LETTERS each."""
    runs = word[max(0, row - RUN_LETTERS + 1) : row + 1], word[row : row + RUN_LETTERS]
    return [run for run in runs if len(run) == RUN_LETTERS]


def _is_letter_of(text: str, word: str, row: int) -> bool:
    """Say whether a text has this letter together with the one before or after it (or is this letter)."""
    before, after = word[max(0, row - 1) : row + 1], word[row : row + 2]
    return text == word[row] or any(len(pair) == 2 and pair in text for pair in (before, after))


def _inside(places: NDArray[np.int64], mask: Mask) -> Mask:
    """Return which pixels (n, 2) x y lie on the mask."""
    x, y = places[:, 0], places[:, 1]
    on = (x >= 0) & (y >= 0) & (x < mask.shape[1]) & (y < mask.shape[0])
    return np.asarray(on & mask[np.where(on, y, 0), np.where(on, x, 0)], bool)


def _image_share(reading: Reading, reference: Reference, grid: Grid) -> float:
    """Return how much of all contours on the sheet lies inside pictures."""
    picture = reference.pictures()
    inside = 0 if picture is None else int(np.count_nonzero(grid.inner(contours(picture))))
    return inside / (inside + reading.ink)


def _stopped_short(drawing: Drawing, sheet: Sheet) -> bool:
    """Say whether a limit of reading left something of this sheet out; on pages the defect names the page."""
    told = [str(one.details.get("limit", "")) for one in drawing.defects if one.code == LIMIT_REACHED]
    if drawing.spaces[sheet.space].kind != SpaceKind.PAGE:
        return bool(told)
    return str(drawing.page_of(sheet) + 1) in (limit.rpartition("page ")[2] for limit in told)


def _nothing_read(drawing: Drawing, sheet: Sheet) -> bool:
    """Say whether of this page nothing at all was read, in a file that says content of it is broken."""
    told = any(one.code == CONTENT_LOST for one in drawing.defects)
    return told and not len(drawing.spaces[sheet.space].entities)
