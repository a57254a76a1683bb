"""Elements of a storey that stand a little aside in the drawing, found outline by outline.

The model knows what belongs together. So the whole outline of an element of which lines are missing is looked for
near its place, before free lines are gathered by nearness: a window moved inside its wall, a wall moved over its old
place and two things that changed side by side stay what they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from pipeline.comparing.boxes import union
from pipeline.comparing.linework import Change, Measures
from pipeline.comparing.matching import Side
from pipeline.comparing.sections.laying import LaidStorey
from pipeline.comparing.segments import SegmentIndex, box_of, covered_shares, directions, lengths, sample
from pipeline.drawing.tables import F64

FARTHEST_MM = 1500.0  # further moves are looked for among all that is free
LEAST_MISSING = 0.25  # of an outline
WHOLE = 0.96  # of the outline must lie on the drawing where it was moved to
LEAST_NEW = 0.5  # of what is missing must be new there
MOST_ENDS = 400
MOST_TRIED = 8
LONGEST_MM = 20000.0
REACH = 1.5  # tolerances a line may lie off the outline


@dataclass(slots=True)
class _Move:
    """One outline and how far it was moved."""

    obj: int
    shift: F64  # (2,)

    @property
    def far(self) -> float:
        """Length of the move."""
        return float(np.hypot(*self.shift))


def moved_outlines(model: Side, drawn: Side, laid: LaidStorey, measures: Measures) -> list[Change]:
    """Moves of whole outlines; what they explain is taken from the free pieces of both sides.

    Args:
        model: the model's side, new working mm.
        drawn: the drawing's side.
        laid: the laid storey.
        measures: distances.
    """
    if not len(model.free) or not len(drawn.free):
        return []
    free = np.bincount(model.free_object, lengths(model.free), minlength=model.objects)
    share = free / np.maximum(model.object_length, 1e-9)
    fresh = SegmentIndex(drawn.free, 20 * measures.tolerance)
    found = []
    for obj in np.flatnonzero(share >= LEAST_MISSING).tolist():
        shift = _shift_of(model.seg[model.rows_of(np.array([obj]))], float(share[obj]), drawn, fresh, measures)
        if shift is not None:
            found.append(_Move(obj, shift))
    changes: list[tuple[int, _Move, Change]] = []
    for move in sorted(found, key=lambda one: (one.far, one.obj)):
        seg = model.seg[model.rows_of(np.array([move.obj]))]
        there = seg + np.tile(move.shift, 2)
        if not len(drawn.free) or not _lies(there, float(share[move.obj]), drawn, fresh, measures):
            continue  # something else was moved there
        on = covered_shares(drawn.free, there, measures.tolerance, REACH * measures.tolerance, most=60)
        used = (on >= 0.5) | _within(drawn.free, there, measures)
        change = Change(
            "moved",
            "geometry",
            box_of(there),
            box_from=box_of(seg),
            delta=(float(move.shift[0]), float(move.shift[1])),
            old_objects=np.array([move.obj], np.int32),
            new_objects=np.unique(drawn.free_object[used]).astype(np.int32),
            old_layers=laid.plan.cut.layer[model.rows_of(np.array([move.obj]))],
            new_layers=laid.drawn.layer[drawn.free_parent[used]],
        )
        drawn.free, drawn.free_parent = drawn.free[~used], drawn.free_parent[~used]
        fresh = SegmentIndex(drawn.free, 20 * measures.tolerance)
        kept = model.free_object != move.obj
        model.free, model.free_parent = model.free[kept], model.free_parent[kept]
        changes.append((int(laid.plan.element[move.obj]), move, change))
    return _joined(changes, measures)


def _joined(changes: list[tuple[int, _Move, Change]], measures: Measures) -> list[Change]:
    """One change for the outlines of one element that were moved alike."""
    result: list[tuple[int, _Move, Change]] = []
    for element, move, change in changes:
        for other, first, whole in result:
            if other == element and np.abs(first.shift - move.shift).max() <= 2 * measures.tolerance:
                whole.box = union(whole.box, change.box)
                if whole.box_from is not None and change.box_from is not None:
                    whole.box_from = union(whole.box_from, change.box_from)
                for name in ("old_objects", "new_objects", "old_layers", "new_layers"):
                    setattr(whole, name, np.concatenate([getattr(whole, name), getattr(change, name)]))
                break
        else:
            result.append((element, move, change))
    return [change for _, _, change in result]


def _shift_of(seg: F64, missing: float, drawn: Side, fresh: SegmentIndex, measures: Measures) -> F64 | None:
    """How far an outline was moved: the least shift by which it lies on the drawing, on lines that are new there."""
    low, high = seg.reshape(-1, 2).min(0), seg.reshape(-1, 2).max(0)
    far = FARTHEST_MM / measures.about
    if float(np.hypot(*(high - low))) > LONGEST_MM / measures.about:
        return None
    near = np.all((drawn.free.reshape(-1, 2, 2) >= low - far) & (drawn.free.reshape(-1, 2, 2) <= high + far), (1, 2))
    if not near.any():
        return None
    there = np.vstack([drawn.free[near], drawn.seg[np.unique(drawn.free_parent[near])]]).reshape(-1, 2)[:MOST_ENDS]
    here = np.unique(np.round(seg.reshape(-1, 2), 6), axis=0)[:MOST_ENDS]
    shifts = (there[None] - here[:, None]).reshape(-1, 2)
    away = np.hypot(*shifts.T)
    shifts = shifts[(away <= far) & (away >= measures.least)]
    if not len(shifts):
        return None
    cell = 2 * measures.tolerance
    _, row, count = np.unique(np.round(shifts / cell).astype(np.int64), axis=0, return_inverse=True, return_counts=True)
    row = row.ravel()
    good = []
    for top in np.argsort(-count, kind="stable")[:MOST_TRIED]:
        shift = np.median(shifts[row == top], axis=0)
        if _lies(seg + np.tile(shift, 2), missing, drawn, fresh, measures):
            good.append(shift)
    return min(good, key=lambda shift: float(np.hypot(*shift)), default=None)


def _lies(seg: F64, missing: float, drawn: Side, fresh: SegmentIndex, measures: Measures) -> bool:
    """Whether a moved outline lies on the drawing, and on enough lines that are new there (`fresh`)."""
    reach = REACH * measures.tolerance
    points, row = sample(seg, max(4 * measures.tolerance, 1e-9), most=60)
    weight = (lengths(seg) / np.bincount(row, minlength=len(seg)))[row]
    unit = directions(seg)[row]
    on = drawn.index.query(points, unit, reach).distance <= reach
    if weight[on].sum() < WHOLE * weight.sum():
        return False
    new = fresh.query(points, unit, reach).distance <= reach
    return bool(weight[new].sum() >= LEAST_NEW * missing * weight.sum())


def _within(free: F64, seg: F64, measures: Measures) -> np.ndarray:
    """Which free pieces lie inside an outline, (n,) bool: ends at joints, that the cut has no line for."""
    hull = shapely.buffer(shapely.convex_hull(shapely.multipoints(seg.reshape(-1, 2))), measures.gap / 2)
    shapely.prepare(hull)
    ends = free.reshape(-1, 2)
    return np.asarray(shapely.contains_xy(hull, ends[:, 0], ends[:, 1]).reshape(-1, 2).all(1))
