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
DRAWN_SHARE = 0.8  # of a centre line or a band that must lie on the other sheet to be drawn there
SIDES = {True: ("旧图", "old"), False: ("新图", "new")}  # by whether it is the old one
NOTE_ZH = "{side}的填充图案线（{lines} 条）在另一张图上未绘出，未作比对；填充边界已比对。"
NOTE_EN = (
    "Hatch pattern lines of the {side} sheet ({lines}) are not drawn on the other one and were not compared; "
    "the outlines of the hatches were."
)
WIDTH_ZH = "{side}的 {lines} 条有宽度的多段线在另一张图上只有中心线（如多段线已分解），宽度未作比对。"
WIDTH_EN = (
    "Of {lines} wide polylines of the {side} sheet the other one has the centre lines only (as after exploding); "
    "their width was not compared."
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
        wide=content.wide[keep],
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


def without_twin_of_wide(
    one: Content, two: Content, transform: F64, tolerance: float
) -> tuple[Content, Content, int, int]:
    """Keep of wide polylines what the other sheet shows of them: the band, the centre line or both.

    A drawing holds both. A plot strokes the centre line with a broad pen or fills the band; a drawing whose wide
    polylines were exploded has the centre lines only. Where the other side keeps wide polylines itself, each band
    that it has only the centre line of is left out; what is nowhere on the other side stays whole.

    Args:
        one: old content.
        two: new content.
        transform: 2×3, old to new working mm.
        tolerance: new working mm.

    Returns:
        (old content, new content, bands left out of the old because the other drawing has no width there, of the new).
    """
    old_seg = map_segments(transform, one.seg)
    gone_old, thin_old = _other_half(old_seg, one, two.seg, two, tolerance)
    gone_new, thin_new = _other_half(two.seg, two, old_seg, one, tolerance)
    one = without(one, gone_old) if gone_old.any() else one
    return one, without(two, gone_new) if gone_new.any() else two, thin_old, thin_new


def _other_half(seg: F64, content: Content, other_seg: F64, other: Content, tolerance: float) -> tuple[np.ndarray, int]:
    """(n,) bool: halves of wide polylines of which the other side shows the other half; how many lost their width."""
    if not content.band.any():
        return np.zeros(len(seg), bool), 0
    index = SegmentIndex(other_seg, max(20 * tolerance, 1e-9))
    if not other.knows_patterns:
        halves = (content.band == SPINE, content.band == BAND)
        of_line, of_band = (index.covered_share(seg[half], tolerance, 8 * tolerance) for half in halves)
        return np.asarray(content.band == (BAND if of_line >= of_band else SPINE)), 0
    wide = SegmentIndex(other_seg[other.band == SPINE], max(20 * tolerance, 1e-9))
    spine, broad = (_shown(i, seg, content, SPINE, tolerance) for i in (index, wide))
    band = _shown(index, seg, content, BAND, tolerance)
    thin = (spine >= DRAWN_SHARE) & (broad < DRAWN_SHARE)
    gone = (content.band == BAND) & thin[np.maximum(content.wide, 0)]
    return gone, int((thin & (band < DRAWN_SHARE)).sum())


def _shown(index: SegmentIndex, seg: F64, content: Content, part: int, tolerance: float) -> F64:
    """(k,) share of the centre line or the band of each wide polyline that lies on indexed segments."""
    rows = np.flatnonzero(content.band == part)
    count = int(content.wide.max()) + 1
    covered, whole = index.covered_lengths(seg[rows], content.wide[rows], count, tolerance, 8 * tolerance)
    return covered / np.maximum(whole, 1e-12)


def note_of_side(zh: str, en: str, of_old: bool, **values: int) -> dict[str, str]:
    """A note in both languages that names one side and the values in it."""
    side_zh, side_en = SIDES[of_old]
    return {"zh": zh.format(side=side_zh, **values), "en": en.format(side=side_en, **values)}


def note(lines: int, of_old: bool) -> dict[str, str]:
    """What is told where pattern lines of a side were left out."""
    return note_of_side(NOTE_ZH, NOTE_EN, of_old, lines=lines)


def width_note(polylines: int, of_old: bool) -> dict[str, str]:
    """What is told where wide polylines of a side have no width on the other."""
    return note_of_side(WIDTH_ZH, WIDTH_EN, of_old, lines=polylines)
