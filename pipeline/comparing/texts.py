"""Compare the texts of two registered sheets: same, changed, moved, added, removed.

Strings are compared squashed (content.squash) and places by the nearest of three anchors (left end, middle,
right end), because another font changes the width of a text but keeps the anchor it was set by.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from pipeline.comparing.boxes import meeting_pairs
from pipeline.comparing.content import TextColumns
from pipeline.comparing.drift import Drift, anchors, near_pairs
from pipeline.comparing.illegible import lacks_letters
from pipeline.comparing.segments import map_box, map_points, scale_of
from pipeline.comparing.textrows import (
    ACROSS,
    TextChange,
    alike,
    alike_strings,
    changed_in_rows,
    match_blocks,
    partly_changed,
)
from pipeline.drawing.tables import F64

SAME_PLACE = 0.9  # cap heights
CHANGED_PLACE = 1.4
REWRITTEN_PLACE = 3.0
LOST_PLACE = 1 / 3  # of the width, for texts with letters their font lacks
OTHER_WIDTH = 0.005  # relative: texts of one wording that differ more in length are set in different fonts
OTHER_PLACE = (
    0.1  # of the width, for texts in another font: extents of letters are estimates where a font is not at hand
)
LEAST_BLOCK = 4  # equal texts with one displacement: table rows that went up or down
MOST_PAIRS = 200_000
DIGITS = re.compile(r"\d+")
NEIGHBOURS = 12
OVERLAP = 0.5  # of the smaller extent, in both directions: one text lies on the other
LINE_PITCH = 1.6  # cap heights from line to line


def place_texts(texts: TextColumns, transform: F64) -> TextColumns:
    """The texts of the old sheet, laid onto the new one."""
    turn = np.arctan2(transform[1, 0], transform[0, 0])
    boxes = np.array([map_box(transform, box) for box in texts.box]).reshape(-1, 4)
    return TextColumns(
        string=texts.string,
        key=texts.key,
        origin=map_points(transform, texts.origin),
        centre=map_points(transform, texts.centre),
        end=map_points(transform, texts.end),
        box=boxes,
        height=texts.height * scale_of(transform),
        rotation=texts.rotation + turn,
        layer=texts.layer,
        obj=texts.obj,
    )


def compare_texts(old: TextColumns, new: TextColumns, tolerance: float, reach: float) -> list[TextChange]:
    """Compare placed old texts with new ones.

    Args:
        old: from `place_texts`.
        new: texts of the new sheet.
        tolerance: mm.
        reach: farthest move looked for, mm.

    Returns:
        Changes in the order modified, moved, removed, added.
    """
    near = _near_pairs(old, new, tolerance)
    equal = [(d, i, j) for d, i, j in near if old.key[i] == new.key[j] and d <= _allowed(old, new, i, j, SAME_PLACE)]
    free_old = set(range(len(old))) - {i for _, i, _ in equal}
    free_new = set(range(len(new))) - {j for _, _, j in equal}
    drift = Drift(old, new, one_to_one(equal))
    match_blocks(old, new, free_old, free_new)
    match_blocks(new, old, free_new, free_old)
    lying = _lying_pairs(old, new, free_old, free_new)
    for i, j in lying:
        if i not in free_old or j not in free_new or old.key[i] != new.key[j]:
            continue
        if _broken_otherwise(old, new, i, j) or _set_otherwise(old, new, i, j):
            free_old.discard(i)
            free_new.discard(j)
    changes = _moved_blocks(old, new, free_old, free_new, tolerance, reach)
    changes += changed_in_rows(old, new, free_old, free_new)
    changes += [change.swapped() for change in changed_in_rows(new, old, free_new, free_old)]
    changes += partly_changed(old, new, free_old, free_new)
    changes += [change.swapped() for change in partly_changed(new, old, free_new, free_old)]
    for distance, i, j in near:
        if i in free_old and j in free_new and distance <= _allowed(old, new, i, j, CHANGED_PLACE):
            if not alike(old, new, i, j):
                continue
            free_old.discard(i)
            free_new.discard(j)
            if old.key[i] != new.key[j]:
                changes.append(TextChange("modified", i, j, distance=distance))
            else:
                changes.append(TextChange("moved", i, j, drift.displacement(i, j), distance))
    changes += _rewritten(old, new, free_old, free_new)
    for i, j in lying:
        differ = old.key[i] != new.key[j]
        if i in free_old and j in free_new and differ and alike_strings(old.key[i], new.key[j]):
            free_old.discard(i)
            free_new.discard(j)
            changes.append(TextChange("modified", i, j))
    changes += _far_moves(old, new, free_old, free_new, reach, drift)
    changes += [TextChange("removed", i, -1) for i in sorted(free_old)]
    changes += [TextChange("added", -1, j) for j in sorted(free_new)]
    return changes


def _allowed(old: TextColumns, new: TextColumns, i: int, j: int, heights: float) -> float:
    """Largest distance at which two texts are at the same place."""
    return float(heights * max(old.height[i], new.height[j]))


def one_to_one(pairs: Iterable[tuple[Any, ...]]) -> list[tuple[int, int]]:
    """(old, new) rows, the last two of each tuple, of pairs that come best first, each row once."""
    seen_old: set[int] = set()
    seen_new: set[int] = set()
    chosen = []
    for *_, i, j in pairs:
        if i not in seen_old and j not in seen_new:
            seen_old.add(i)
            seen_new.add(j)
            chosen.append((i, j))
    return chosen


def _lying_pairs(old: TextColumns, new: TextColumns, free_old: set[int], free_new: set[int]) -> list[tuple[int, int]]:
    """(old, new) free rows of one direction and height whose boxes lie on one another."""
    rows_old, rows_new = np.array(sorted(free_old), np.int64), np.array(sorted(free_new), np.int64)
    if not len(rows_old) or not len(rows_new):
        return []
    pairs = meeting_pairs(np.vstack([old.box[rows_old], new.box[rows_new]]), 0.0)
    pairs = pairs[(pairs[:, 0] < len(rows_old)) & (pairs[:, 1] >= len(rows_old))]
    found = [(int(rows_old[a]), int(rows_new[b - len(rows_old)])) for a, b in pairs]
    return [(i, j) for i, j in sorted(found) if alike(old, new, i, j) and _lies_on(old, new, i, j)]


def _lies_on(old: TextColumns, new: TextColumns, i: int, j: int) -> bool:
    """Whether two texts share most of the smaller one, along and across the base line."""
    turn = float(new.rotation[j])
    axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    apart = np.abs(axes @ (new.centre[j] - old.centre[i]))
    one, two = _size(old, i), _size(new, j)
    return bool(((one + two) / 2 - apart >= OVERLAP * np.minimum(one, two)).all())


def _size(texts: TextColumns, row: int) -> F64:
    """(2,) extent of a text along and across its base line, mm."""
    lines = texts.string[row].strip().count("\n")
    return np.array([np.hypot(*(texts.end[row] - texts.origin[row])), texts.height[row] * (1 + LINE_PITCH * lines)])


def _broken_otherwise(old: TextColumns, new: TextColumns, i: int, j: int) -> bool:
    """Whether equal texts are broken into another number of lines."""
    return old.string[i].strip().count("\n") != new.string[j].strip().count("\n")


def _set_otherwise(old: TextColumns, new: TextColumns, i: int, j: int) -> bool:
    """Whether two texts on one base line are shifted by no more than their widths differ: another font, no move."""
    turn = float(new.rotation[j])
    along, across = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    shifts = np.array([b[j] - a[i] for a, b in zip(anchors(old), anchors(new), strict=True)])
    if np.abs(shifts @ across).min() > _allowed(old, new, i, j, ACROSS):
        return False
    widths = _size(old, i)[0], _size(new, j)[0]
    allowed = abs(widths[1] - widths[0])
    if allowed > OTHER_WIDTH * max(widths):
        allowed = max(allowed, OTHER_PLACE * max(widths))
    if lacks_letters(old.string[i]) or lacks_letters(new.string[j]):  # set by the width of letters that are not there
        allowed = max(allowed, LOST_PLACE * max(widths))
    return bool(np.abs(shifts @ along).min() <= allowed)


def _near_pairs(old: TextColumns, new: TextColumns, tolerance: float) -> list[tuple[float, int, int]]:
    """(anchor distance, old row, new row) of texts near one another, nearest first."""
    if not len(old) or not len(new):
        return []
    reach = float(max(CHANGED_PLACE * max(old.height.max(), new.height.max()), 3 * tolerance))
    return sorted(near_pairs(anchors(old), anchors(new), NEIGHBOURS, reach))


def _moved_blocks(
    old: TextColumns, new: TextColumns, free_old: set[int], free_new: set[int], tolerance: float, reach: float
) -> list[TextChange]:
    """Blocks of equal texts that share one displacement, the largest first, each told as one move."""
    blocks: list[TextChange] = []
    while len(blocks) < 12:
        pairs = _equal_pairs(old, new, free_old, free_new, reach)
        if len(pairs) < LEAST_BLOCK or len(pairs) > MOST_PAIRS:
            break
        rows = np.array(pairs)
        delta = new.origin[rows[:, 1]] - old.origin[rows[:, 0]]
        near = max(0.25 * float(np.median(old.height[rows[:, 0]])), tolerance)
        neighbours = cKDTree(delta).query_ball_point(delta, near)
        best = max(range(len(rows)), key=lambda k: (len(neighbours[k]), -float(np.hypot(*delta[k]))))
        chosen: list[tuple[int, int]] = []
        used: tuple[set[int], set[int]] = (set(), set())
        for k in sorted(neighbours[best]):
            i, j = int(rows[k, 0]), int(rows[k, 1])
            if i not in used[0] and j not in used[1]:
                used[0].add(i)
                used[1].add(j)
                chosen.append((i, j))
        if len(chosen) < LEAST_BLOCK:
            break
        free_old.difference_update(used[0])
        free_new.difference_update(used[1])
        x, y = np.median(delta[neighbours[best]], axis=0)
        blocks.append(TextChange("moved", *chosen[0], (float(x), float(y)), float(np.hypot(x, y)), chosen))
    return blocks


def _equal_pairs(
    old: TextColumns, new: TextColumns, free_old: set[int], free_new: set[int], reach: float
) -> list[tuple[int, int]]:
    """(old, new) rows of equal free texts within reach."""
    by_key: dict[str, list[int]] = {}
    for j in sorted(free_new):
        by_key.setdefault(new.key[j], []).append(j)
    return [
        (i, j)
        for i in sorted(free_old)
        for j in by_key.get(old.key[i], [])
        if np.hypot(*(new.origin[j] - old.origin[i])) <= reach and alike(old, new, i, j)
    ]


def _rewritten(old: TextColumns, new: TextColumns, free_old: set[int], free_new: set[int]) -> list[TextChange]:
    """Texts that differ in their digits only and were set a little aside."""
    by_form: dict[str, list[int]] = {}
    for j in sorted(free_new):
        by_form.setdefault(DIGITS.sub("#", new.key[j]), []).append(j)
    pairs = []
    for i in sorted(free_old):
        form = DIGITS.sub("#", old.key[i])
        for j in by_form.get(form, ()) if "#" in form else ():
            distance = float(np.hypot(*(new.centre[j] - old.centre[i])))
            if distance <= _allowed(old, new, i, j, REWRITTEN_PLACE) and alike(old, new, i, j):
                pairs.append((distance, i, j))
    changes = []
    for distance, i, j in sorted(pairs):
        if i in free_old and j in free_new and old.key[i] != new.key[j]:
            free_old.discard(i)
            free_new.discard(j)
            changes.append(TextChange("modified", i, j, distance=distance))
    return changes


def _far_moves(
    old: TextColumns, new: TextColumns, free_old: set[int], free_new: set[int], reach: float, drift: Drift
) -> list[TextChange]:
    """Equal texts further apart, nearest pairs first."""
    by_key: dict[str, list[int]] = {}
    for j in sorted(free_new):
        by_key.setdefault(new.key[j], []).append(j)
    pairs = []
    for i in sorted(free_old):
        for j in by_key.get(old.key[i], []):
            distance = float(np.hypot(*(new.centre[j] - old.centre[i])))
            if distance <= reach and alike(old, new, i, j):
                pairs.append((distance, i, j))
    moves = []
    for distance, i, j in sorted(pairs):
        if i in free_old and j in free_new:
            free_old.discard(i)
            free_new.discard(j)
            moves.append(TextChange("moved", i, j, drift.displacement(i, j), distance))
    return moves
