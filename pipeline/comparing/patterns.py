"""Pattern lines of hatches that the other sheet was plotted without.

Plots and exports often leave hatch patterns out, or draw them as they like. Where a format that knows hatches meets
one that does not and (nearly) none of the pattern lines are there, they are no changes of things: they are left out
on both ways, and the result says so. Where the plot has them, they are compared like all other lines.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.comparing.content import BAND, SPINE, Content
from pipeline.comparing.segments import SegmentIndex, map_segments
from pipeline.drawing.tables import F64

NOT_PLOTTED = 0.25  # share of the pattern lines that lie on the other sheet, below which it was plotted without
CROWDED = 0.3  # share of pattern lines from which a sheet is aligned by the others alone
LEAST_LEFT = 20  # lines that must be left to align by
SIDES = {True: ("旧图", "old"), False: ("新图", "new")}  # by whether it is the old one
NOTE_ZH = "{side}的填充图案线（{lines} 条）在另一张图上未绘出，未作比对；填充边界已比对。"
NOTE_EN = (
    "Hatch pattern lines of the {side} sheet ({lines}) are not drawn on the other one and were not compared; "
    "the outlines of the hatches were."
)


def without(content: Content, gone: np.ndarray) -> Content:
    """The content without some of its segments, (n,) bool."""
    keep = ~gone
    return replace(
        content,
        seg=content.seg[keep],
        obj=content.obj[keep],
        layer=content.layer[keep],
        curved=content.curved[keep],
        pattern=content.pattern[keep],
        band=content.band[keep],
    )


def to_align(content: Content) -> Content:
    """What a sheet is aligned by: its lines without hatch patterns, where patterns would crowd out the rest."""
    share = float(content.pattern.mean()) if len(content.pattern) else 0.0
    if share < CROWDED or int((~content.pattern).sum()) < LEAST_LEFT:
        return content
    return without(content, content.pattern)


def without_unplotted(
    one: Content, two: Content, transform: F64, tolerance: float
) -> tuple[Content, Content, int, int]:
    """Leave out the pattern lines of one side that the other was plotted without.

    Args:
        one: old content.
        two: new content.
        transform: 2×3, old to new working mm.
        tolerance: new working mm.

    Returns:
        (old content, new content, how many pattern lines were left out of the old, of the new).
    """
    old_seg = map_segments(transform, one.seg)
    gone_old = _unplotted(old_seg, one, two.seg, two, tolerance)
    gone_new = _unplotted(two.seg, two, old_seg, one, tolerance)
    counts = int(gone_old.sum()), int(gone_new.sum())
    return without(one, gone_old) if counts[0] else one, without(two, gone_new) if counts[1] else two, *counts


def _unplotted(seg: F64, content: Content, other_seg: F64, other: Content, tolerance: float) -> np.ndarray:
    """(n,) bool: the pattern lines of a side when the other knows no hatches and has almost none of the lines."""
    if not content.pattern.any() or other.knows_patterns:
        return np.zeros(len(seg), bool)
    index = SegmentIndex(other_seg, max(20 * tolerance, 1e-9))
    share = index.covered_share(seg[content.pattern], tolerance, 8 * tolerance)
    return content.pattern if share < NOT_PLOTTED else np.zeros(len(seg), bool)


def without_twin_of_wide(one: Content, two: Content, transform: F64, tolerance: float) -> tuple[Content, Content]:
    """Keep of wide polylines the band or the centre line, whichever the other sheet was plotted with.

    A drawing holds both; a plot strokes the centre line with a broad pen or fills the band.

    Args:
        one: old content.
        two: new content.
        transform: 2×3, old to new working mm.
        tolerance: new working mm.
    """
    old_seg = map_segments(transform, one.seg)
    gone_old = _other_half(old_seg, one, two.seg, two, tolerance)
    gone_new = _other_half(two.seg, two, old_seg, one, tolerance)
    return without(one, gone_old) if gone_old.any() else one, without(two, gone_new) if gone_new.any() else two


def _other_half(seg: F64, content: Content, other_seg: F64, other: Content, tolerance: float) -> np.ndarray:
    """(n,) bool: bands or centre lines of a side, when the other format knows no wide polylines."""
    if not content.band.any() or other.knows_patterns:
        return np.zeros(len(seg), bool)
    index = SegmentIndex(other_seg, max(20 * tolerance, 1e-9))
    spine, band = (index.covered_share(seg[content.band == part], tolerance, 8 * tolerance) for part in (SPINE, BAND))
    return np.asarray(content.band == (BAND if spine >= band else SPINE))


def note(lines: int, of_old: bool) -> dict[str, str]:
    """What is told where pattern lines of a side were left out."""
    zh, en = SIDES[of_old]
    return {"zh": NOTE_ZH.format(side=zh, lines=lines), "en": NOTE_EN.format(side=en, lines=lines)}
