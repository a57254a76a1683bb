"""Whether a match lies all over the plan, or only on the frame and title block two sheets of one office share."""

from __future__ import annotations

import numpy as np

from pipeline.comparing.content import Content
from pipeline.comparing.fitting import MOST_INDEXED, Fitter, longest
from pipeline.comparing.segments import box_of, lengths
from pipeline.drawing.tables import F64

CELLS = 8  # a side
BORDER_LENGTH = 0.6  # of the width or height: a line that may be part of a frame
BORDER_REACH = 0.12  # of the width or height, from the edge inwards
LEAST_COVERED = 0.25  # of the ink of a cell
LEAST_ASKED = 3  # sample points of a cell that is asked
LEAST_CELLS = 4  # of a plan beside the title block


def matched_spread(old: Content, new: Content, fitter: Fitter, transform: F64) -> float:
    """Share 0..1 of the cells of a plan (inside the frame) whose ink lies on the other side, of the better side.

    Args:
        old: content of the old sheet.
        new: content of the new sheet.
        fitter: of the two.
        transform: (2, 3) old working mm -> new working mm.
    """
    there, back = fitter.covered(transform)
    return max(
        _share(old, fitter.old_points[0], there),
        _share(new, fitter.new_points[0], back),
    )


def inside_frame(content: Content) -> tuple[float, float, float, float]:
    """Box inside the lines that run along all four edges of a sheet; the box of its ink without such lines."""
    seg = longest(content.seg, MOST_INDEXED)
    x0, y0, x1, y1 = box_of(seg)
    width, height = x1 - x0, y1 - y0
    size = lengths(seg)
    flat = (np.abs(seg[:, 3] - seg[:, 1]) < 1e-3 * height) & (size > BORDER_LENGTH * width)
    steep = (np.abs(seg[:, 2] - seg[:, 0]) < 1e-3 * width) & (size > BORDER_LENGTH * height)
    y, x = seg[flat, 1], seg[steep, 0]
    low, high = y[y < y0 + BORDER_REACH * height], y[y > y1 - BORDER_REACH * height]
    left, right = x[x < x0 + BORDER_REACH * width], x[x > x1 - BORDER_REACH * width]
    if not all(len(one) for one in (low, high, left, right)):
        return (x0, y0, x1, y1)
    return (float(left.max()), float(low.max()), float(right.min()), float(high.min()))


def _share(content: Content, points: F64, covered: np.ndarray) -> float:
    x0, y0, x1, y1 = inside_frame(content)
    width, height = max(x1 - x0, 1e-12), max(y1 - y0, 1e-12)
    place = (points - [x0, y0]) / [width, height]
    framed = (x0, y0, x1, y1) != box_of(longest(content.seg, MOST_INDEXED))
    inside = ((place > 1e-3) & (place < 1 - 1e-3)).all(1) | (not framed)
    cell = np.clip((place[inside] * CELLS).astype(int), 0, CELLS - 1)
    asked, found = np.zeros((CELLS, CELLS)), np.zeros((CELLS, CELLS))
    np.add.at(asked, tuple(cell.T), 1)
    np.add.at(found, tuple(cell.T), covered[inside])
    if framed:  # the title block stands at the foot or along the right side
        plan = asked[: -CELLS // 4, CELLS // 4 :]
        if (plan >= LEAST_ASKED).sum() >= LEAST_CELLS:
            asked, found = plan, found[: -CELLS // 4, CELLS // 4 :]
    used = asked >= LEAST_ASKED
    return float((found[used] >= LEAST_COVERED * asked[used]).mean()) if used.any() else 0.0
