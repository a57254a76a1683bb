"""Views of a sheet: clusters of ink that were laid out by themselves, each with a scale and a place of its own.

A sheet of a plan and details at other scales, or a sheet on which a view was put elsewhere, cannot be laid on
another one as a whole. Where the registration of the sheet leaves a view uncovered, the views of both sides are
registered one by one. Sheets whose ink lies on one another, and sheets of one view, pay nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from scipy import ndimage

from pipeline.comparing.boxes import Box, boxes_meet, corners, extent, union
from pipeline.comparing.content import Content
from pipeline.comparing.fitting import MOST_INDEXED, longest
from pipeline.comparing.patterns import without
from pipeline.comparing.registration import Registration, register
from pipeline.comparing.segments import (
    SegmentIndex,
    box_of,
    directions,
    invert,
    lengths,
    map_points,
    map_segments,
    midpoints,
    sample,
)
from pipeline.comparing.spread import inside_frame
from pipeline.drawing.tables import F64

WHOLE = 0.9  # coverage from which a sheet is not looked at view by view
CELLS = 400  # of the diagonal, for the clusters
GAP_CELLS = 3  # blank cells between two views, at least
LEAST_LINES = 12
LEAST_EXTENT = 0.015  # of the diagonal: a detail drawn to size beside a building
MOST_VIEWS = 12  # a side, the largest by their ink
MOST_TRIES = 16  # pairs of views that are registered
ALIKE = 4.0  # the one view has at most this many times the lines of the other
UNCOVERED = 0.4  # of a view, below which it lies elsewhere
SURE_VIEW = 0.5  # coverage of a view on its partner
ENOUGH_INK = 0.4  # of the ink inside the frame must lie in registered views where the sheet itself is refused
LABEL_REACH = 0.05  # of the diagonal: a title stands this near to its view


@dataclass(slots=True)
class View:
    """A pair of views that was registered by itself."""

    old: Content
    new: Content
    registration: Registration


@dataclass(slots=True)
class Layout:
    """A sheet pair taken apart: what lies as the sheet does, and the views that do not."""

    registration: Registration  # of the sheet, or of its largest view
    rest: tuple[Content, Content] | None  # None where the sheet as a whole is not comparable
    views: list[View] = field(default_factory=list)
    alone: tuple[int, int] = (0, 0)  # views of the old and of the new side that were not recognised


def laid_out(one: Content, two: Content, registration: Registration) -> Layout | None:
    """Register views one by one where the sheet leaves some uncovered.

    Args:
        one: content of the old sheet.
        two: content of the new sheet.
        registration: of the sheets as a whole, comparable or not.

    Returns:
        Layout; None when the sheet is one view, or its views lie as the sheet does.
    """
    if registration.comparable and registration.confidence >= WHOLE:
        return None
    boxes = views_in(one), views_in(two)
    if max(len(found) for found in boxes) < 2:
        return None
    parts = [_taken_apart(content, found) for content, found in zip((one, two), boxes, strict=True)]
    if registration.comparable:
        free = (
            _uncovered(parts[0], two, registration.transform),
            _uncovered(parts[1], one, invert(registration.transform)),
        )
    else:
        free = (list(range(len(boxes[0]))), list(range(len(boxes[1]))))
    pairs = _paired(parts, free)
    if registration.comparable:
        pairs = {i: found for i, found in pairs.items() if _elsewhere(found[1], registration, parts[0][i], two)}
    if not pairs:
        return None
    views = [View(parts[0][i], parts[1][j], found) for i, (j, found) in pairs.items()]
    alone = len(free[0]) - len(pairs), len(free[1]) - len(pairs)
    taken = list(pairs), [j for j, _ in pairs.values()]
    if registration.comparable:
        rest = tuple(_without(c, found, own) for c, found, own in zip((one, two), boxes, taken, strict=True))
        return Layout(registration, (rest[0], rest[1]), views, alone)
    ink = [sum(float(lengths(p.seg).sum()) for p in side) for side in parts]
    mine = sum(float(lengths(v.old.seg).sum()) for v in views), sum(float(lengths(v.new.seg).sum()) for v in views)
    if max(mine[0] / max(ink[0], 1e-12), mine[1] / max(ink[1], 1e-12)) < ENOUGH_INK:
        return None
    views.sort(key=lambda view: -float(lengths(view.new.seg).sum()))
    return Layout(_of_views(views), None, views, alone)


def views_in(content: Content) -> list[Box]:
    """Boxes of the clusters of ink inside the frame of a sheet, working mm, from the left and from below."""
    if len(content.seg) < 2 * LEAST_LINES:
        return []
    x0, y0, x1, y1 = inside_frame(content)
    middle = midpoints(content.seg)
    border = 2e-3 * content.diagonal
    inside = np.asarray(((middle > [x0 + border, y0 + border]) & (middle < [x1 - border, y1 - border])).all(1))
    if (x0, y0, x1, y1) == box_of(longest(content.seg, MOST_INDEXED)):
        inside = np.ones(len(middle), bool)
    seg = content.seg[inside]
    if len(seg) < 2 * LEAST_LINES:
        return []
    cell = content.diagonal / CELLS
    low = seg.reshape(-1, 2).min(0) - 2 * cell
    points, row = sample(seg, cell / 2, most=4 * CELLS)
    place = ((points - low) / cell).astype(int)
    grid = np.zeros(place.max(0) + 3, bool)
    grid[tuple(place.T)] = True
    for label in content.texts.box:
        spot = np.clip(((label.reshape(2, 2) - low) / cell).astype(int), 0, np.array(grid.shape) - 1)
        grid[spot[0, 0] : spot[1, 0] + 1, spot[0, 1] : spot[1, 1] + 1] = True
    near = np.ones((GAP_CELLS, GAP_CELLS), bool)
    cluster, count = ndimage.label(ndimage.binary_dilation(grid, near), np.ones((3, 3), bool))
    owner = cluster[tuple(place.T)]
    boxes = [
        box_of(seg[np.unique(row[owner == label])]) for label in range(1, count + 1) if (owner == label).any()
    ]  # fmt: skip
    found: list[tuple[float, Box]] = []
    for box in _joined(boxes, GAP_CELLS * cell / 2):
        mine = seg[_within(midpoints(seg), box)]
        if len(mine) >= LEAST_LINES and extent(box) >= LEAST_EXTENT * content.diagonal:
            found.append((float(lengths(mine).sum()), box))
    return sorted(box for _, box in sorted(found, reverse=True)[:MOST_VIEWS])


def _joined(boxes: list[Box], grow: float) -> list[Box]:
    """Boxes that touch, made one."""
    boxes = list(boxes)
    changed = True
    while changed:
        changed = False
        rest: list[Box] = []
        for box in boxes:
            for k, other in enumerate(rest):
                if boxes_meet(box, other, grow):
                    rest[k] = union(box, other)
                    changed = True
                    break
            else:
                rest.append(box)
        boxes = rest
    return boxes


def _within(points: F64, box: Box) -> np.ndarray:
    return np.asarray(((points >= box[:2]) & (points <= box[2:])).all(1))


def _labels_of(content: Content, boxes: list[Box]) -> np.ndarray:
    """View of each text: the one it lies in or next to, -1 without one."""
    if not len(content.texts) or not boxes:
        return np.full(len(content.texts), -1)
    apart = np.array(
        [
            np.linalg.norm(np.maximum(np.maximum(np.array(b[:2]) - content.texts.centre,
                                                 content.texts.centre - b[2:]), 0), axis=1)
            for b in boxes
        ]
    )  # fmt: skip
    best = apart.argmin(0)
    return np.where(apart.min(0) <= LABEL_REACH * content.diagonal, best, -1)


def _taken_apart(content: Content, boxes: list[Box]) -> list[Content]:
    """The content of each view."""
    label, middle = _labels_of(content, boxes), midpoints(content.seg)
    return [_part(content, _within(middle, box), label == k, hidden=0) for k, box in enumerate(boxes)]


def _without(content: Content, boxes: list[Box], taken: list[int]) -> Content:
    """The content outside the views that were taken."""
    label, middle = _labels_of(content, boxes), midpoints(content.seg)
    inside = np.zeros(len(content.seg), bool)
    for k in taken:
        inside |= _within(middle, boxes[k])
    return _part(content, ~inside, ~np.isin(label, taken), hidden=content.hidden, box=content.box)


def _part(content: Content, lines: np.ndarray, texts: np.ndarray, hidden: int, box: Box | None = None) -> Content:
    chosen = content.texts.chosen(texts)
    kept = without(content, ~lines)
    return replace(kept, texts=chosen, box=box or (box_of(kept.seg) if len(kept.seg) else content.box), hidden=hidden)


def _uncovered(parts: list[Content], other: Content, transform: F64) -> list[int]:
    """Views that the transform of the sheet does not lay on the other side."""
    index = SegmentIndex(longest(other.seg, MOST_INDEXED), max(other.diagonal / 600, 1e-9))
    reach = max(other.tolerance_mm, 2e-4 * other.diagonal)
    found = []
    for k, part in enumerate(parts):
        seg = map_segments(transform, longest(part.seg, MOST_INDEXED // 4))
        points, row = sample(seg, max(float(lengths(seg).sum()) / 1000, 1e-12), most=40)
        if float((index.query(points, directions(seg)[row], reach).distance <= reach).mean()) < UNCOVERED:
            found.append(k)
    return found


def _paired(parts: list[list[Content]], free: tuple[list[int], list[int]]) -> dict[int, tuple[int, Registration]]:
    """Old view -> (new view, registration), the surest first, each view once; the most alike are tried."""
    tries = []
    for i in free[0]:
        for j in free[1]:
            one, two = parts[0][i], parts[1][j]
            ratio = len(one.seg) / max(len(two.seg), 1)
            common = len(set(one.texts.key) & set(two.texts.key))
            if 1 / ALIKE <= ratio <= ALIKE:
                tries.append((-common, abs(float(np.log(ratio))), i, j))
    found: list[tuple[float, int, int, Registration]] = []
    done: set[int] = set()
    for _, _, i, j in sorted(tries)[:MOST_TRIES]:
        if i in done:
            continue
        registration = register(parts[0][i], parts[1][j])
        if registration.comparable and registration.confidence >= SURE_VIEW:
            found.append((-registration.confidence, i, j, registration))
            if registration.confidence >= WHOLE:
                done.add(i)
    pairs: dict[int, tuple[int, Registration]] = {}
    used: set[int] = set()
    for _, i, j, registration in sorted(found, key=lambda one: one[:3]):
        if i not in pairs and j not in used:
            pairs[i] = (j, registration)
            used.add(j)
    return pairs


def _elsewhere(found: Registration, sheet: Registration, view: Content, two: Content) -> bool:
    """Whether a view lies clearly elsewhere than the sheet would have it."""
    outer = corners(view.box)
    apart = map_points(found.transform, outer) - map_points(sheet.transform, outer)
    return bool(np.abs(apart).max() > max(3 * two.tolerance_mm, 1e-3 * two.diagonal))


def _of_views(views: list[View]) -> Registration:
    """The registration of a sheet that is comparable only by its views: that of the largest, coverage over all."""
    weight = np.array([float(lengths(view.new.seg).sum()) for view in views])
    confidence = float(np.average([view.registration.confidence for view in views], weights=weight))
    first = views[0].registration
    result = replace(first, confidence=confidence, method="views")
    percent, count = round(100 * confidence), len(views)
    result.reason_zh = f"整张图无法一次对齐，{count} 个视图分别对齐：重合度 {percent}%。"
    result.reason_en = f"The sheet does not lie on the other as a whole; {count} views aligned one by one: "
    result.reason_en += f"coverage {percent} %."
    return result


def parts_of(layout: Layout) -> list[tuple[Content, Content, Registration]]:
    """What is compared by itself: the rest of the sheet as it lies, and each view.

    A view on paper beside a model is measured in millimetres of the model, whatever scale its sheet states.
    """
    parts = [] if layout.rest is None else [(*layout.rest, layout.registration)]
    for view in layout.views:
        plotted = view.new.paper and not view.old.paper
        parts.append((view.old, replace(view.new, scale_known=False) if plotted else view.new, view.registration))
    return parts
