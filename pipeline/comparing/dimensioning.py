"""Dimensions are what they measure and what they say; how they are drawn follows the style of a program.

A file may hold dimensions without a picture, and every program draws these by its own styles: letters, arrows and the
place of the line differ although nothing was changed. Where most dimensions of two drawings measure the same points
and say the same but look different, they are compared by that, not by their ink. A plot without dimensions of a drawing
that has them says so once, not once for each line.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from scipy.spatial import cKDTree

from pipeline.comparing.boxes import union
from pipeline.comparing.content import Content, TextColumns
from pipeline.comparing.linework import Change
from pipeline.comparing.measured import Measured
from pipeline.comparing.patterns import note_of_side, without
from pipeline.comparing.segments import SegmentIndex, box_of, lengths, map_box, map_points, map_segments
from pipeline.comparing.texts import one_to_one, place_texts
from pipeline.drawing.tables import F64, I32

LEAST_DIMENSIONS = 4  # fewer are compared line by line
REDRAWN_SHARE = 0.3  # of the equal dimensions that look different: another style, not single dimensions moved
COVERED = 0.9  # of its ink: a dimension looks the same
PLOTTED_SHARE = 0.25  # of the dimensions that a plot shows, below which it was plotted without
LEAST_LINES = 4  # left to align by
EQUAL_ZH = "{count} 个尺寸测量的点和文字相同，只是绘制样式不同（箭头、字高、尺寸线位置），按测量点和文字比对。"
EQUAL_EN = (
    "{count} dimensions measure the same points and say the same but are drawn otherwise (arrows, letters, place of "
    "the line); dimensions were compared by their points and texts."
)
UNPLOTTED_ZH = "{side}的 {count} 个尺寸标注在另一张图上未绘出，未作比对。"
UNPLOTTED_EN = "The other sheet does not show the {count} dimensions of the {side} sheet; they were not compared."


@dataclass(slots=True)
class Dimensions:
    """What is left of two sheets to compare line by line, and what their dimensions say."""

    one: Content
    two: Content
    changes: list[Change] = field(default_factory=list)  # dimensions whose text changed
    notes: list[dict[str, str]] = field(default_factory=list)


def undimensioned(content: Content, other: Content) -> Content:
    """A sheet to align by without the ink and texts of dimensions; what they measure stands for it if both have any."""
    marked = content.object_dimension >= 0
    rest = _without_objects(content, marked)
    spans = content.measured.points.reshape(-1, 4) if len(other.measured) else np.zeros((0, 4))
    spans = spans[lengths(spans) > 0]
    if not marked.any() or len(rest.seg) + len(spans) < LEAST_LINES:
        return content
    obj = np.full(len(spans), len(content.object_insert) - 1, np.int32)
    seg = np.vstack([rest.seg, spans])
    return replace(
        rest,
        box=box_of(seg),
        seg=seg,
        obj=np.concatenate([rest.obj, obj]),
        layer=np.concatenate([rest.layer, np.zeros(len(spans), np.int32)]),
        curved=np.concatenate([rest.curved, np.zeros(len(spans), bool)]),
        pattern=np.concatenate([rest.pattern, np.zeros(len(spans), bool)]),
        band=np.concatenate([rest.band, np.zeros(len(spans), np.uint8)]),
        wide=np.concatenate([rest.wide, np.full(len(spans), -1, np.int32)]),
    )


def compare_dimensions(one: Content, two: Content, transform: F64, tolerance: float) -> Dimensions:
    """Take out of both sheets the dimensions that are to be compared by what they measure and say.

    Args:
        one: old content.
        two: new content.
        transform: 2×3, old to new working mm.
        tolerance: new working mm.
    """
    if len(one.measured) and len(two.measured):
        return _both(one, two, transform, tolerance)
    of_old = len(one.measured) > 0
    marked, plot = (one, two) if of_old else (two, one)
    if not len(marked.measured) or plot.knows_patterns:
        return Dimensions(one, two)
    old, new = (map_segments(transform, one.seg), place_texts(one.texts, transform)), (two.seg, two.texts)
    gone = _unplotted(marked, *(old + new if of_old else new + old), tolerance)
    count = int(gone.sum())
    if not count:
        return Dimensions(one, two)
    notes = [note_of_side(UNPLOTTED_ZH, UNPLOTTED_EN, of_old, count=count)]
    rest = _left_out(marked, gone)
    return Dimensions(rest, two, notes=notes) if of_old else Dimensions(one, rest, notes=notes)


def _both(one: Content, two: Content, transform: F64, tolerance: float) -> Dimensions:
    placed = map_points(transform, one.measured.points.reshape(-1, 2)).reshape(-1, 2, 2)
    pairs = _pairs(placed, two.measured.points, one.measured, two.measured, tolerance)
    same = np.array([_say_the_same(one.measured, i, two.measured, j) for i, j in pairs], bool)
    if same.sum() < LEAST_DIMENSIONS:
        return Dimensions(one, two)
    old_seg = map_segments(transform, one.seg)
    shares = (
        _shown(one, old_seg, SegmentIndex(two.seg, max(20 * tolerance, 1e-9)), tolerance)[pairs[:, 0]],
        _shown(two, two.seg, SegmentIndex(old_seg, max(20 * tolerance, 1e-9)), tolerance)[pairs[:, 1]],
    )
    otherwise = np.minimum(*shares) < COVERED
    if (otherwise & same).sum() < REDRAWN_SHARE * same.sum():
        return Dimensions(one, two)
    rows = [np.zeros(len(side.measured), bool) for side in (one, two)]
    for column, taken in enumerate(rows):
        taken[pairs[:, column]] = True
    changes = [
        change
        for (i, j), equal in zip(pairs.tolist(), same, strict=True)
        if not equal and (change := _text_change(one, two, transform, i, j)) is not None
    ]
    count = int((otherwise & same).sum())
    notes = [{"zh": EQUAL_ZH.format(count=count), "en": EQUAL_EN.format(count=count)}]
    return Dimensions(_left_out(one, rows[0]), _left_out(two, rows[1]), changes, notes)


def _pairs(placed: F64, points: F64, old: Measured, new: Measured, tolerance: float) -> I32:
    """(k, 2) rows of dimensions of both sides that measure the same points, equal texts first, each row once."""
    tree = cKDTree(points.reshape(-1, 4))
    found = []
    for order in ([0, 1], [1, 0]):
        distance, rows = tree.query(placed[:, order].reshape(-1, 4), k=min(8, len(points)))
        distance, rows = distance.reshape(len(placed), -1), rows.reshape(len(placed), -1)
        for i, k in np.argwhere(distance <= 3 * tolerance).tolist():
            j = int(rows[i, k])
            found.append((not _say_the_same(old, i, new, j), float(distance[i, k]), i, j))
    return np.array(one_to_one(sorted(found)), np.int32).reshape(-1, 2)


def _say_the_same(old: Measured, i: int, new: Measured, j: int) -> bool:
    """Whether two dimensions of the same points say the same: equal texts, or both just what they measure."""
    return old.key[i] == new.key[j] or bool(old.plain[i] and new.plain[j])


def _shown(content: Content, seg: F64, index: SegmentIndex, tolerance: float) -> F64:
    """(d,) share of the ink of each dimension of a side that lies on the other; 1 without ink."""
    number = content.object_dimension[content.obj]
    rows = np.flatnonzero(number >= 0)
    covered, whole = index.covered_lengths(seg[rows], number[rows], len(content.measured), 2 * tolerance, 8 * tolerance)
    return np.where(whole > 0, covered / np.maximum(whole, 1e-12), 1.0)


def _left_out(content: Content, gone: np.ndarray) -> Content:
    """The content without the ink and the texts of some of its dimensions, (d,) bool."""
    return _without_objects(content, (content.object_dimension >= 0) & gone[np.maximum(content.object_dimension, 0)])


def _without_objects(content: Content, gone: np.ndarray) -> Content:
    """The content without the ink and the texts of some of its objects, (k,) bool."""
    return replace(without(content, gone[content.obj]), texts=content.texts.chosen(~gone[content.texts.obj]))


def _text_change(one: Content, two: Content, transform: F64, i: int, j: int) -> Change | None:
    """The changed text of a dimension that both sheets have; the strings stand for themselves, no rows of texts."""
    old, new = (np.flatnonzero(c.object_dimension[c.texts.obj] == k) for c, k in ((one, i), (two, j)))
    if not len(old) or not len(new):
        return None
    was = map_box(transform, one.texts.box[old[0]])
    now = tuple(two.texts.box[new[0]].tolist())
    place = union(was, now)
    return Change(
        "modified",
        "text",
        place,
        box_from=place,
        old=one.texts.string[old[0]],
        new=two.texts.string[new[0]],
        old_layers=one.texts.layer[old[:1]],
        new_layers=two.texts.layer[new[:1]],
        certainty=0.95,
        details={"dimension": True},
    )


def _unplotted(
    content: Content, seg: F64, texts: TextColumns, other_seg: F64, other_texts: TextColumns, tolerance: float
) -> np.ndarray:
    """(d,) bool: the dimensions of a side that a plot does not show, where it shows hardly any."""
    count = len(content.measured)
    drawn = np.bincount(content.object_dimension[content.object_dimension >= 0], minlength=count) > 0
    index = SegmentIndex(other_seg, max(20 * tolerance, 1e-9))
    shown = _shown(content, seg, index, tolerance) >= COVERED
    number = content.object_dimension[texts.obj]
    rows = np.flatnonzero(number >= 0)
    if len(rows) and len(other_texts):
        near = cKDTree(other_texts.centre).query_ball_point(texts.centre[rows], 3 * texts.height[rows])
        for row, found in zip(rows, near, strict=True):
            shown[number[row]] |= any(other_texts.key[k] == texts.key[row] for k in found)
    if drawn.sum() < LEAST_DIMENSIONS or (shown & drawn).sum() >= PLOTTED_SHARE * drawn.sum():
        return np.zeros(count, bool)
    return drawn & ~shown
