"""Compare the texts of two registered sheets: same, changed, moved, added, removed.

Strings are compared squashed (content.squash) and places by the nearest of three anchors (left end, middle,
right end), because another font changes the width of a text but keeps the anchor it was set by.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from scipy.spatial import cKDTree

from pipeline.comparing.content import TextColumns, squash
from pipeline.comparing.segments import map_box, map_points, scale_of
from pipeline.drawing.tables import F64

SAME_PLACE = 0.9  # cap heights
CHANGED_PLACE = 1.4
REWRITTEN_PLACE = 3.0
LEAST_BLOCK = 4  # equal texts with one displacement: table rows that went up or down
MOST_PAIRS = 200_000
DIGITS = re.compile(r"\d+")
NEIGHBOURS = 12


@dataclass(slots=True)
class TextChange:
    """One change of a text; rows are -1 where the side has none."""

    kind: str  # added removed modified moved
    old: int
    new: int
    delta: tuple[float, float] = (0.0, 0.0)  # new working mm
    distance: float = 0.0
    together: list[tuple[int, int]] = field(default_factory=list)  # (old, new) rows that moved as one block


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
    _match_blocks(old, new, free_old, free_new)
    _match_blocks(new, old, free_new, free_old)
    changes = _moved_blocks(old, new, free_old, free_new, tolerance, reach)
    for distance, i, j in near:
        if i in free_old and j in free_new and distance <= _allowed(old, new, i, j, CHANGED_PLACE):
            if not _alike(old, new, i, j):
                continue
            free_old.discard(i)
            free_new.discard(j)
            if old.key[i] != new.key[j]:
                changes.append(TextChange("modified", i, j, distance=distance))
            else:
                changes.append(TextChange("moved", i, j, _shift(old, new, i, j), distance))
    changes += _rewritten(old, new, free_old, free_new)
    changes += _far_moves(old, new, free_old, free_new, reach)
    changes += [TextChange("removed", i, -1) for i in sorted(free_old)]
    changes += [TextChange("added", -1, j) for j in sorted(free_new)]
    return changes


def _allowed(old: TextColumns, new: TextColumns, i: int, j: int, heights: float) -> float:
    """Largest distance at which two texts are at the same place."""
    return float(heights * max(old.height[i], new.height[j]))


def _alike(old: TextColumns, new: TextColumns, i: int, j: int) -> bool:
    """Similar height and direction."""
    ratio = old.height[i] / max(new.height[j], 1e-9)
    turn = np.abs(np.angle(np.exp(2j * (old.rotation[i] - new.rotation[j])))) / 2
    return bool(0.55 < ratio < 1.8 and turn < 0.2)


def _anchors(texts: TextColumns) -> list[F64]:
    return [texts.origin, texts.centre, texts.end]


def _near_pairs(old: TextColumns, new: TextColumns, tolerance: float) -> list[tuple[float, int, int]]:
    """(anchor distance, old row, new row) of texts near one another, nearest first."""
    if not len(old) or not len(new):
        return []
    reach = float(max(CHANGED_PLACE * max(old.height.max(), new.height.max()), 3 * tolerance))
    best: dict[tuple[int, int], float] = {}
    for a, b in zip(_anchors(old), _anchors(new), strict=True):
        tree = cKDTree(b)
        distance, rows = tree.query(a, k=min(NEIGHBOURS, len(b)), distance_upper_bound=reach)
        distance, rows = distance.reshape(len(a), -1), rows.reshape(len(a), -1)
        for i, k in zip(*np.nonzero(np.isfinite(distance)), strict=True):
            pair = (int(i), int(rows[i, k]))
            best[pair] = min(best.get(pair, np.inf), float(distance[i, k]))
    return sorted((distance, i, j) for (i, j), distance in best.items())


def _match_blocks(one: TextColumns, other: TextColumns, free_one: set[int], free_other: set[int]) -> None:
    """Take away a text that the other side has as several lines or words."""
    if not free_other:
        return
    rows = np.array(sorted(free_other))
    for i in sorted(free_one):
        grow = 1.5 * one.height[i]
        low, high = one.box[i, :2] - grow, one.box[i, 2:] + grow
        inside = [
            j for j in rows if j in free_other and (other.centre[j] >= low).all() and (other.centre[j] <= high).all()
        ]
        if len(inside) < 2 or len(inside) > 60:
            continue
        lines = Counter(key for key in (squash(line) for line in one.string[i].split("\n")) if key)
        parts = [j for j in inside if other.key[j] in lines]
        whole = Counter(other.key[j] for j in parts) == lines
        if not whole:
            parts = [j for j in inside if other.key[j] in one.key[i]]
            whole = sorted("".join(other.key[j] for j in parts)) == sorted(one.key[i])
        if whole:
            free_one.discard(i)
            free_other.difference_update(parts)


def _shift(old: TextColumns, new: TextColumns, i: int, j: int) -> tuple[float, float]:
    """Displacement of a text: that of the anchor which says the middle of the three lengths."""
    shifts = np.array([b[j] - a[i] for a, b in zip(_anchors(old), _anchors(new), strict=True)])
    middle = shifts[np.argsort(np.hypot(*shifts.T))[1]]
    return (float(middle[0]), float(middle[1]))


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
        if np.hypot(*(new.origin[j] - old.origin[i])) <= reach and _alike(old, new, i, j)
    ]


def _rewritten(old: TextColumns, new: TextColumns, free_old: set[int], free_new: set[int]) -> list[TextChange]:
    """Texts that differ in their digits only and were set a little aside."""
    pairs = []
    for i in sorted(free_old):
        skeleton = DIGITS.sub("#", old.key[i])
        for j in sorted(free_new):
            if DIGITS.sub("#", new.key[j]) == skeleton and "#" in skeleton and _alike(old, new, i, j):
                distance = float(np.hypot(*(new.centre[j] - old.centre[i])))
                if distance <= _allowed(old, new, i, j, REWRITTEN_PLACE):
                    pairs.append((distance, i, j))
    changes = []
    for distance, i, j in sorted(pairs):
        if i in free_old and j in free_new and old.key[i] != new.key[j]:
            free_old.discard(i)
            free_new.discard(j)
            changes.append(TextChange("modified", i, j, distance=distance))
    return changes


def _far_moves(
    old: TextColumns, new: TextColumns, free_old: set[int], free_new: set[int], reach: float
) -> list[TextChange]:
    """Equal texts further apart, nearest pairs first."""
    by_key: dict[str, list[int]] = {}
    for j in sorted(free_new):
        by_key.setdefault(new.key[j], []).append(j)
    pairs = []
    for i in sorted(free_old):
        for j in by_key.get(old.key[i], []):
            distance = float(np.hypot(*(new.centre[j] - old.centre[i])))
            if distance <= reach and _alike(old, new, i, j):
                pairs.append((distance, i, j))
    moves = []
    for distance, i, j in sorted(pairs):
        if i in free_old and j in free_new:
            free_old.discard(i)
            free_new.discard(j)
            moves.append(TextChange("moved", i, j, _shift(old, new, i, j), distance))
    return moves
