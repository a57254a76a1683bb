"""From an add-on's columns to the reference of one sheet: the runs near it, rasterised like our own."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from pipeline.drawing.model import Sheet
from pipeline.drawing.sheet_space import apply, invert
from pipeline.drawing.strokes import ranges
from pipeline.drawing.tables import F64
from pipeline.measuring.ours import BLACK, MeterCanvas, rastered
from pipeline.measuring.raster import MARGIN_PX, Grid, Picture
from pipeline.measuring.reference import Labels, Reference
from pipeline.measuring.strokes import RING, Columns

LETTER_INK = 8.0  # contour pixels of a letter for one of its cap height (7.2 to 11.4 on pages of the sample drawings)


def inked(columns: Columns, sheet: Sheet, grid: Grid, reasons: Mapping[str, str]) -> Reference:
    """Return the reference of a sheet; `reasons` (entity type -> defect code) name parts of the loss."""
    rows = _near(columns, sheet, grid)
    return Reference(
        lines=_picture(columns, rows, sheet, grid),
        texts=None,
        labels=_labels(columns, sheet, grid),
        plain=True,
        parts={code: _part(columns, rows, sheet, grid, code, reasons) for code in dict.fromkeys(reasons.values())},
    )


def _part(
    columns: Columns, rows: np.ndarray, sheet: Sheet, grid: Grid, code: str, reasons: Mapping[str, str]
) -> Callable[[], Picture | None]:
    def shown() -> Picture | None:
        wanted = np.array([reasons.get(kind) == code for kind in columns.kinds], bool)
        kept = rows[wanted[columns.kind[rows]]] if len(wanted) else rows[:0]
        return _picture(columns, kept, sheet, grid) if len(kept) else None

    return shown


def _near(columns: Columns, sheet: Sheet, grid: Grid) -> np.ndarray:
    """Return the runs whose box touches the sheet and its margin."""
    margin = MARGIN_PX / grid.px_per_mm * sheet.scale
    x0, y0, x1, y1 = sheet.box
    box = columns.box
    hit = (box[:, 0] <= x1 + margin) & (box[:, 2] >= x0 - margin)
    return np.flatnonzero(hit & (box[:, 1] <= y1 + margin) & (box[:, 3] >= y0 - margin))


def _picture(columns: Columns, rows: np.ndarray, sheet: Sheet, grid: Grid) -> Picture:
    canvas = MeterCanvas(grid, plain=True)
    inverse = invert(sheet.to_space)
    look = columns.look[rows]
    area = columns.area[rows]
    ring = (look & 3) == RING
    change = (look[1:] != look[:-1]) | (ring[1:] & (area[1:] != area[:-1]))
    cuts = np.concatenate([[0], np.flatnonzero(change) + 1, [len(rows)]])
    for one, two in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
        if one == two:
            continue
        runs = rows[one:two]
        size = columns.size[runs]
        xy: F64 = apply(inverse, columns.xy[ranges(columns.first[runs], size)]) / grid.paper_scale
        first = np.concatenate([[0], np.cumsum(size)])
        color = int(look[one]) >> 2
        if ring[one]:
            canvas.brush(color)
            canvas.fill(xy, first, "")
        else:
            canvas.pen(BLACK, 0.0, 0)
            canvas.stroke(xy, first, np.zeros(len(runs), bool), [])
    return rastered(canvas, grid)


def _labels(columns: Columns, sheet: Sheet, grid: Grid) -> Labels:
    corners = apply(invert(sheet.to_space), columns.boxes.reshape(-1, 2))
    pixels = apply(grid.to_pixels(), corners).reshape(-1, 4, 2)
    tall = np.hypot(*(pixels[:, 3] - pixels[:, 0]).T)
    wide = np.hypot(*(pixels[:, 1] - pixels[:, 0]).T)
    letters = np.array([len(word) for word in columns.words], np.float64)
    return Labels(pixels, np.minimum(LETTER_INK * tall * letters, tall * wide), columns.words)
