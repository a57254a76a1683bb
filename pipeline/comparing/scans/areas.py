"""Ink that lines explain beyond their own pen: broad lines, solid fills, the patterns of hatches. All in pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pipeline.comparing.scans.fitting import Bed
from pipeline.comparing.scans.ink import Mask, looked_up
from pipeline.comparing.segments import lengths, map_points
from pipeline.drawing.kinds import EntityKind
from pipeline.drawing.model import Drawing, Sheet
from pipeline.drawing.tables import F64

BROADEST_MM = 1.5  # half a pen, on paper
LOOKS, LEAST_LOOKS = 7, 3  # samples of a line that tell its pen
MOST_LINES, MOST_AREAS = 40_000, 5_000
LIGHT = 0.75  # fills lighter than this leave no ink
PATTERN = 0.02  # share of a hatch covered by surplus ink from which that is its pattern
SMALLEST_PX = 6.0  # of the box of an area


def add_broad_lines(own: Mask, seg: F64, bed: Bed, fringe: int, margin: int) -> Mask:
    """Return `own` (h, w) with the lines that the scan shows broader than the others.

    Args:
        own: pixels explained so far.
        seg: (n, 4) lines in pixels.
        bed: the ink.
        fringe: pixels beside a line that are explained already.
        margin: pixels to add beside a broad line.
    """
    size = lengths(seg)
    rows = np.flatnonzero(size >= 3 * fringe)
    rows = rows[np.argsort(-size[rows], kind="stable")[:MOST_LINES]]
    if not len(rows):
        return own
    half = _half_pens(seg[rows], bed)
    broad = np.flatnonzero(half > fringe - margin + 1)
    if not len(broad):
        return own
    picture = Image.fromarray(own)
    draw = ImageDraw.Draw(picture)
    for one in broad:
        draw.line([float(v) for v in seg[rows[one]]], fill=1, width=int(2 * (half[one] + margin) + 1))
    return np.array(picture)


def _half_pens(seg: F64, bed: Bed) -> F64:
    """Half the width of the ink around each line, the median of some looks; 0 where it is not on ink."""
    vector = (seg[:, 2:] - seg[:, :2]) / np.maximum(lengths(seg), 1e-9)[:, None]
    normal = np.column_stack([-vector[:, 1], vector[:, 0]])
    reach = int(BROADEST_MM * bed.px_per_mm)
    found = np.zeros((LOOKS, len(seg)))
    for look in range(LOOKS):
        share = (look + 0.5) / LOOKS
        points = seg[:, :2] + (seg[:, 2:] - seg[:, :2]) * share
        sides = []
        for sign in (1.0, -1.0):
            offset = np.arange(reach + 1) * sign
            where = points[:, None] + normal[:, None] * offset[:, None]
            ink = looked_up(bed.mask, where[..., 0], where[..., 1])
            run = np.where(ink.all(1), reach, ink.argmin(1))
            sides.append(run)
        found[look] = np.where((sides[0] > 0) & (sides[1] > 0), np.minimum(sides[0], sides[1]) + 0.5, 0.0)
    on_ink = (found > 0).sum(0) >= LEAST_LOOKS
    return np.asarray(np.where(on_ink, np.median(found, axis=0), 0.0))


def add_areas(own: Mask, ink: Mask, drawing: Drawing, sheet: Sheet, to_px: F64) -> Mask:
    """Return `own` (h, w) with dark solid fills, and with hatches whose pattern the scan shows.

    Args:
        own: pixels explained so far.
        ink: ink of the scan.
        drawing: the vector side.
        sheet: its sheet.
        to_px: 2×3, space mm of the sheet -> pixels.
    """
    space = drawing.spaces[sheet.space]
    table = space.entities
    rows = np.asarray(sheet.entities, np.int64)
    rows = rows[np.isin(table.kind[rows], (EntityKind.FILL, EntityKind.HATCH))]
    if drawing.layers:
        shown = np.array([layer.visible for layer in drawing.layers], bool)
        rows = rows[shown[np.clip(table.layer[rows], 0, len(shown) - 1)]]
    picture = Image.fromarray(own)
    draw = ImageDraw.Draw(picture)
    for row in rows[:MOST_AREAS]:
        solid = table.kind[row] == EntityKind.FILL
        if solid and _lightness(int(table.color[row])) > LIGHT:
            continue
        for part in range(table.part_first[row], table.part_first[row] + table.part_count[row]):
            ring = map_points(to_px, table.xy[table.point_first[part] : table.point_first[part + 1]])
            if len(ring) < 3 or np.ptp(ring, axis=0).min() < SMALLEST_PX:
                continue
            if solid or _patterned(ring, ink, own):
                draw.polygon([(float(x), float(y)) for x, y in ring], fill=1)
    return np.array(picture)


def _lightness(color: int) -> float:
    red, green, blue, alpha = (color >> 24) & 255, (color >> 16) & 255, (color >> 8) & 255, color & 255
    value = (0.3 * red + 0.59 * green + 0.11 * blue) / 255
    return 1.0 - (1.0 - value) * alpha / 255


def _patterned(ring: NDArray, ink: Mask, own: Mask) -> bool:
    """Whether surplus ink covers enough of an area to be its pattern."""
    h, w = ink.shape
    x0, y0 = np.clip(np.floor(ring.min(0)).astype(int), 0, (w, h))
    x1, y1 = np.clip(np.ceil(ring.max(0)).astype(int) + 1, 0, (w, h))
    if x1 - x0 < SMALLEST_PX or y1 - y0 < SMALLEST_PX:
        return False
    picture = Image.new("1", (int(x1 - x0), int(y1 - y0)))
    ImageDraw.Draw(picture).polygon([(float(x - x0), float(y - y0)) for x, y in ring], fill=1)
    inside = np.asarray(picture) & ~own[y0:y1, x0:x1]
    return bool((inside & ink[y0:y1, x0:x1]).sum() >= PATTERN * max(int(inside.sum()), 1))
