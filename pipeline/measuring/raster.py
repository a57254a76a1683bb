"""Pixels of one sheet: the grid both renderings share, and what of a picture counts as ink.

Ink is contour: the pixels at which the picture changes from one neighbour to the next. A line of any width, the
edge of a fill and a hole in it count by their length; the inside of a large fill counts nothing, so a title
block's black field cannot outweigh the walls. Both pictures come from the same rasteriser (pdfium), so thin lines
are widened and smoothed alike on both sides.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.model import Sheet, Space
from pipeline.drawing.sheet_space import Affine
from pipeline.rendering.content import nominal_scale

MOST_PIXELS = 6_000_000
MOST_SIDE_PX = 16_000
FINEST_PX_PER_MM = 5.0  # of paper
MARGIN_PX = 4  # around the sheet, so that a line on its edge has both its sides
CONTRAST = 20  # of 255; a change of grey below it is no ink (soft shadings, paper tints)
FAINT = 8  # what answers for ink may be fainter: smoothing puts an edge's grey now here, now there

Mask = NDArray[np.bool_]
Picture = NDArray[np.uint8]


@dataclass(slots=True, frozen=True)
class Grid:
    """Pixels over one sheet: y down, a margin on all sides."""

    width: int
    height: int
    px_per_mm: float  # pixels for one millimetre of the sheet (of reality for unframed model spaces)
    paper_scale: float  # sheet millimetres for one millimetre of paper

    def to_pixels(self) -> Affine:
        """Return (a, b, c, d, tx, ty) from sheet millimetres (y up) to pixels (y down)."""
        return (self.px_per_mm, 0.0, 0.0, -self.px_per_mm, float(MARGIN_PX), float(self.height - MARGIN_PX))

    def inner(self, mask: Mask) -> Mask:
        """Return the part of a mask that lies on the sheet itself."""
        return mask[MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX]


def grid_of(sheet: Sheet, space: Space) -> Grid | None:
    """Return the grid of a sheet, 5 px per millimetre of paper or what six million pixels allow; None if it is flat."""
    width, height = sheet.size_mm
    if not (math.isfinite(width) and math.isfinite(height)) or min(width, height) <= 0:
        return None
    paper_scale = nominal_scale(sheet, space)
    scale = min(
        FINEST_PX_PER_MM / paper_scale,
        math.sqrt(MOST_PIXELS / width / height),
        MOST_SIDE_PX / max(width, height),
    )
    size = (math.ceil(width * scale) + 2 * MARGIN_PX, math.ceil(height * scale) + 2 * MARGIN_PX)
    return Grid(size[0], size[1], scale, paper_scale)


def contours(picture: Picture, contrast: int = CONTRAST) -> Mask:
    """Return where a grey picture (h, w) changes to the right or downwards by at least `contrast`."""
    out = np.zeros(picture.shape, bool)
    for one, two, at in (
        (picture[:, :-1], picture[:, 1:], out[:, :-1]),
        (picture[:-1], picture[1:], out[:-1]),
    ):
        step = np.maximum(one, two)
        step -= np.minimum(one, two)
        at |= step >= contrast
    return out


def near(mask: Mask) -> Mask:
    """Return the mask widened by 1.4 pixels: its pixels and their eight neighbours."""
    wide = mask.copy()
    wide[:, 1:] |= mask[:, :-1]
    wide[:, :-1] |= mask[:, 1:]
    out = wide.copy()
    out[1:] |= wide[:-1]
    out[:-1] |= wide[1:]
    return out
