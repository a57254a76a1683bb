"""The meter itself: ink of the reference that our model draws too, ink it lacks, ink it invents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.drawing.tables import F64
from pipeline.measuring.ours import Ours
from pipeline.measuring.raster import CONTRAST, FAINT, MARGIN_PX, Grid, Mask, Picture, contours, near
from pipeline.measuring.reference import Labels, Reference

LEAST_INK_PX = 100  # less contour than this is no drawing to judge


@dataclass(slots=True)
class Reading:
    """Contour pixels of one sheet; masks cover the sheet without its margin."""

    ink: float  # contour pixels of the reference: lines and letters
    lost_lines: Mask
    lost_texts: Mask
    lost_labels: float  # contour pixels of texts known by their boxes
    wordless: float  # lost letters under a text we could not decode
    invented: Mask  # ours alone; not part of the loss
    lines: Mask  # the reference's lines, for pictures and causes

    @property
    def lost(self) -> float:
        """Contour pixels of the reference that our model does not explain."""
        return np.count_nonzero(self.lost_lines) + np.count_nonzero(self.lost_texts) + self.lost_labels

    @property
    def share(self) -> float:
        """Understood part of the ink, 0..1."""
        return float(1.0 - self.lost / self.ink)


def compare(reference: Reference, ours: Ours, grid: Grid) -> Reading | None:
    """Compare two renderings of one sheet; None where the reference has next to no ink."""
    lines, texts = _ink(reference.lines, grid), _ink(reference.texts, grid)
    on_sheet, covered, blind, weight = _labels(reference.labels, ours, grid)
    ink = np.count_nonzero(grid.inner(lines)) + np.count_nonzero(grid.inner(texts)) + float(weight[on_sheet].sum())
    if ink < LEAST_INK_PX:
        return None
    found = near(contours(ours.drawn, FAINT))
    if ours.sure is not ours.drawn:
        found |= near(ours.sure != ours.drawn)  # where a line of ours is dashed, each dash of theirs is understood
    lost_texts = texts & ~ours.texts
    return Reading(
        ink=float(ink),
        lost_lines=grid.inner(lines & ~found),
        lost_texts=grid.inner(lost_texts),
        lost_labels=float(weight[on_sheet & ~covered].sum()),
        wordless=np.count_nonzero(grid.inner(lost_texts & ours.wordless))
        + float(weight[on_sheet & ~covered & blind].sum()),
        # letters too: a font may be drawn by paths (Type 3)
        invented=grid.inner(
            contours(ours.sure) & ~near(_ink(reference.lines, grid, FAINT) | _ink(reference.texts, grid, FAINT))
        ),
        lines=grid.inner(lines),
    )


def _labels(labels: Labels | None, ours: Ours, grid: Grid) -> tuple[Mask, Mask, Mask, F64]:
    """Return per label: middle on the sheet, covered by our texts, by texts we could not decode; and its ink.

    Covered is a label of which half of 9 x 3 places inside its box lie in boxes of ours: fonts differ in width.
    """
    if labels is None or not len(labels.ink):
        none = np.zeros(0, bool)
        return none, none, none, np.zeros(0)
    origin, along, up = labels.corners[:, 0], labels.corners[:, 1], labels.corners[:, 3]
    u, v = (grid_.ravel()[:, None] for grid_ in np.meshgrid(np.linspace(0.1, 0.9, 9), np.array([0.2, 0.5, 0.8])))
    places = origin[:, None] + u * (along - origin)[:, None] + v * (up - origin)[:, None]
    x, y = np.floor(places[..., 0]).astype(np.int64), np.floor(places[..., 1]).astype(np.int64)
    inside = (x >= 0) & (x < grid.width) & (y >= 0) & (y < grid.height)
    x, y = np.clip(x, 0, grid.width - 1), np.clip(y, 0, grid.height - 1)
    middle = labels.corners.mean(axis=1)
    low, high = MARGIN_PX, np.array([grid.width, grid.height]) - MARGIN_PX
    on_sheet = ((middle >= low) & (middle < high)).all(axis=1)
    seen = np.maximum(inside.sum(axis=1), 1)
    covered = (ours.texts[y, x] & inside).sum(axis=1) * 2 >= seen
    blind = (ours.wordless[y, x] & inside).sum(axis=1) * 2 >= seen
    for row in np.flatnonzero(on_sheet & ~covered & ~blind).tolist():
        covered[row] = _is_line_of_a_text(labels.words[row], middle[row], ours)
    return on_sheet, covered, blind, labels.ink


def _is_line_of_a_text(words: str, middle: F64, ours: Ours) -> bool:
    """Say whether a label is one line of a longer text of ours nearby: where lines break depends on the font.

    Near is within the longer side of the text's own box.
    """
    low, high = ours.spans[:, :2], ours.spans[:, 2:]
    reach = (high - low).max(axis=1, keepdims=True)
    around = ((low - reach <= middle) & (middle <= high + reach)).all(axis=1)
    nearby = (ours.words[row] for row in np.flatnonzero(around).tolist())
    return any(words in text and words != text for text in nearby)


def _ink(picture: Picture | None, grid: Grid, contrast: int = CONTRAST) -> Mask:
    return np.zeros((grid.height, grid.width), bool) if picture is None else contours(picture, contrast)
