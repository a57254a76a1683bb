"""Equal things that came or went beside one another, told as one: a row of chairs, boards, joints."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.spatial import cKDTree

from pipeline.comparing.boxes import components, extent
from pipeline.comparing.linework import Change, Measures
from pipeline.comparing.naming import main_layer
from pipeline.comparing.segments import box_of

LEAST_MEMBERS = 5
PITCH = 1.5  # of the usual distance to the next one
NEAR = 2.0  # times the size of a member is near in any case: rows of bricks lie nearer to one another than bricks
FARTHEST = 20.0  # times the size of a member: further apart is another array


def join_equal(changes: list[Change], measures: Measures) -> list[Change]:
    """Join equal things that were added or removed in an array; all others stay as they are.

    Equal are changes of one kind and layer whose boxes are as wide and as high and hold as many objects. The boxes of
    the members are kept.

    Args:
        changes: in new working mm.
        measures: distances.
    """
    rows = [k for k, c in enumerate(changes) if c.kind in ("added", "removed") and c.cls == "geometry"]
    if len(rows) < LEAST_MEMBERS:
        return changes
    boxes = np.array([changes[k].box for k in rows])
    wide = _classes(boxes[:, 2] - boxes[:, 0], 2 * measures.tolerance)
    high = _classes(boxes[:, 3] - boxes[:, 1], 2 * measures.tolerance)
    alike: dict[tuple[object, ...], list[int]] = {}
    for at, k in enumerate(rows):
        alike.setdefault((int(wide[at]), int(high[at]), *_traits(changes[k])), []).append(k)
    gone: set[int] = set()
    joined: list[Change] = []
    for equal in alike.values():
        for part in _arrays([changes[k] for k in equal]):
            members = [equal[at] for at in part]
            gone.update(members)
            joined.append(_joined([changes[k] for k in members]))
    return [change for k, change in enumerate(changes) if k not in gone] + joined


def _classes(values: np.ndarray, reach: float) -> np.ndarray:
    """Number of the class of each value: no two of a class lie further apart than `reach`."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    number = np.empty(len(values), np.int64)
    at = count = 0
    while at < len(ordered):
        end = int(np.searchsorted(ordered, ordered[at] + reach, side="right"))
        number[order[at:end]] = count
        at, count = end, count + 1
    return number


def _traits(change: Change) -> tuple[object, ...]:
    """What equal things share beside their size."""
    layers, objects = (
        (change.new_layers, change.new_objects) if change.kind == "added" else (change.old_layers, change.old_objects)
    )
    return change.kind, main_layer(layers), len(objects), change.attribute, bool(change.details), tuple(change.texts)


def _arrays(equal: list[Change]) -> list[np.ndarray]:
    """Rows of the things that stand about as near to one another as most of them do."""
    if len(equal) < LEAST_MEMBERS:
        return []
    centres = np.array([[(c.box[0] + c.box[2]) / 2, (c.box[1] + c.box[3]) / 2] for c in equal])
    tree = cKDTree(centres)
    pitch = float(np.median(tree.query(centres, k=2)[0][:, 1]))
    size = extent(equal[0].box)
    near = min(max(PITCH * pitch, NEAR * size), FARTHEST * size)
    links = tree.query_pairs(near, output_type="ndarray")
    return [part for part in components(len(equal), links) if len(part) >= LEAST_MEMBERS]


def _joined(members: list[Change]) -> Change:
    return replace(
        members[0],
        box=box_of(np.array([one.box for one in members])),
        old_objects=np.unique(np.concatenate([one.old_objects for one in members])).astype(np.int32),
        new_objects=np.unique(np.concatenate([one.new_objects for one in members])).astype(np.int32),
        old_layers=np.concatenate([one.old_layers for one in members]),
        new_layers=np.concatenate([one.new_layers for one in members]),
        certainty=min(one.certainty for one in members),
        members=sorted(one.box for one in members),
    )
