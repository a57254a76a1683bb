"""Changes that a person would tell as one: fragments of one stair, wall ends trimmed by a changed opening."""

from __future__ import annotations

import numpy as np

from pipeline.comparing.linework import Change, Measures, boxes_meet, components, extent, union

SMALL_END_MM = 800.0  # wall ends shorter than this beside an opening follow from it
LARGEST_MERGE_MM = 12000.0
LARGEST_OWNER_MM = 6000.0
OPENINGS = ("door", "window")


def merge_fragments(changes: list[Change], measures: Measures, meanings: list[str]) -> list[Change]:
    """Join touching changes of one meaning whose displacements disagree: the thing was redrawn.

    Args:
        changes: geometry changes in new working mm.
        measures: distances.
        meanings: meaning of each change's layer, "" when unknown.
    """
    rows = [k for k, meaning in enumerate(meanings) if meaning and changes[k].cls == "geometry"]
    links = [
        (a, b)
        for a in range(len(rows))
        for b in range(a)
        if meanings[rows[a]] == meanings[rows[b]]
        and _touch(changes[rows[a]], changes[rows[b]], measures)
        and not _agree(changes[rows[a]], changes[rows[b]], measures)
    ]
    result: list[Change] = []
    gone: set[int] = set()
    for part in components(len(rows), links):
        members = [changes[rows[k]] for k in part]
        joined = _join(members)
        if len(part) > 1 and extent(joined.box) * measures.about <= LARGEST_MERGE_MM:
            gone.update(rows[k] for k in part)
            result.append(joined)
    return [change for k, change in enumerate(changes) if k not in gone] + result


def absorb_contained(changes: list[Change], measures: Measures, layers: list[str]) -> list[Change]:
    """Take fragments into a thing of the same kind and layer that surrounds them (parts of one exploded symbol)."""
    order = sorted(range(len(changes)), key=lambda k: -extent(changes[k].box))
    gone: set[int] = set()
    for rank, k in enumerate(order):
        thing = changes[k]
        if k in gone or thing.kind not in ("added", "removed") or extent(thing.box) * measures.about > LARGEST_OWNER_MM:
            continue
        for other in order[rank + 1 :]:
            part = changes[other]
            alike = part.kind == thing.kind and part.cls == thing.cls == "geometry" and layers[other] == layers[k]
            if other not in gone and alike and _within(part, thing, measures.gap):
                gone.add(other)
                thing.box = union(thing.box, part.box)
                thing.old_objects = np.union1d(thing.old_objects, part.old_objects).astype(np.int32)
                thing.new_objects = np.union1d(thing.new_objects, part.new_objects).astype(np.int32)
    return [change for k, change in enumerate(changes) if k not in gone]


def _within(inner: Change, outer: Change, grow: float) -> bool:
    """Whether one box lies in another grown a little."""
    a, b = inner.box, outer.box
    return a[0] >= b[0] - grow and a[1] >= b[1] - grow and a[2] <= b[2] + grow and a[3] <= b[3] + grow


def _touch(a: Change, b: Change, measures: Measures) -> bool:
    """Whether any place of one touches any place of the other."""
    grow = measures.gap
    return any(
        boxes_meet(one, two, grow) for one in (a.box, a.box_from or a.box) for two in (b.box, b.box_from or b.box)
    )


def _agree(a: Change, b: Change, measures: Measures) -> bool:
    """Whether two changes can stand side by side: both only added, both only removed, or one displacement."""
    if a.kind != b.kind:
        return False
    if a.kind != "moved" or a.delta is None or b.delta is None:
        return a.kind in ("added", "removed")
    return float(np.hypot(a.delta[0] - b.delta[0], a.delta[1] - b.delta[1])) <= 4 * measures.tolerance


def _join(members: list[Change]) -> Change:
    """One modification of everything the members touch."""
    box = members[0].box
    box_from = members[0].box_from or members[0].box
    for one in members[1:]:
        box = union(box, one.box)
        box_from = union(box_from, one.box_from or one.box)
    return Change(
        "modified",
        "geometry",
        union(box, box_from),
        box_from=box_from,
        old_objects=np.unique(np.concatenate([m.old_objects for m in members])).astype(np.int32),
        new_objects=np.unique(np.concatenate([m.new_objects for m in members])).astype(np.int32),
        old_layers=np.concatenate([m.old_layers for m in members]),
        new_layers=np.concatenate([m.new_layers for m in members]),
        texts=[text for m in members for text in m.texts],
        certainty=0.75,
        attribute="redrawn",
        details={"parts": len(members)},
    )


def mark_consequences(changes: list[Change], measures: Measures, meanings: list[str]) -> None:
    """Mark short wall pieces beside a changed door or window as following from it."""
    openings = [c for c, meaning in zip(changes, meanings, strict=True) if meaning in OPENINGS and c.cls == "geometry"]
    for change, meaning in zip(changes, meanings, strict=True):
        if meaning != "wall" or extent(change.box) * measures.about > SMALL_END_MM:
            continue
        if any(boxes_meet(change.box, opening.box, 2 * measures.gap) for opening in openings):
            change.details["consequence"] = True
