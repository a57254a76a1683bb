"""Changes that a person would tell as one: fragments of one stair, wall ends trimmed by a changed opening."""

from __future__ import annotations

import numpy as np

from pipeline.comparing.boxes import components, extent, meeting_pairs, union, within
from pipeline.comparing.content import Content
from pipeline.comparing.linework import Change, Measures
from pipeline.comparing.naming import layer_meaning, main_layer

SMALL_END_MM = 800.0  # wall ends shorter than this beside an opening follow from it
LARGEST_MERGE_MM = 12000.0
LARGEST_OWNER_MM = 6000.0
LARGEST_OWNER_SHARE = 0.25  # of the diagonal of the sheet: a frame surrounds everything and owns nothing
OPENINGS = ("door", "window")


def tidied(changes: list[Change], measures: Measures, one: Content, two: Content) -> list[Change]:
    """Changes of geometry as a person would tell them: fragments joined or taken in, consequences marked.

    Args:
        changes: in new working mm.
        measures: distances.
        one: content of the old sheet.
        two: content of the new sheet.
    """
    changes = merge_fragments(changes, measures, [_meaning(change, one, two) for change in changes])
    changes = absorb_contained(changes, measures, [_layer_name(change, one, two) for change in changes])
    mark_consequences(changes, measures, [_meaning(change, one, two) for change in changes])
    return changes


def layer_of(change: Change, one: Content, two: Content) -> tuple[int, Content]:
    """Most frequent layer row of a change (-1 without one) and the side it belongs to."""
    layers, content = (change.new_layers, two) if len(change.new_layers) else (change.old_layers, one)
    return main_layer(layers), content


def _layer_name(change: Change, one: Content, two: Content) -> str:
    row, content = layer_of(change, one, two)
    return content.layers[row] if 0 <= row < len(content.layers) else ""


def _meaning(change: Change, one: Content, two: Content) -> str:
    row, content = layer_of(change, one, two)
    return layer_meaning(content, row)


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
        for a, b in _touching([changes[k] for k in rows], measures.gap)
        if meanings[rows[a]] == meanings[rows[b]] and not _agree(changes[rows[a]], changes[rows[b]], measures)
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
    rows = [k for k, c in enumerate(changes) if c.kind in ("added", "removed") and c.cls == "geometry"]
    largest = min(LARGEST_OWNER_MM / measures.about, LARGEST_OWNER_SHARE * measures.diagonal)
    pairs = meeting_pairs(np.array([changes[k].box for k in rows]).reshape(-1, 4), measures.gap)
    inner: dict[int, list[int]] = {}
    for a, b in pairs:
        outer, part = sorted((rows[a], rows[b]), key=lambda k: (-extent(changes[k].box), k))
        alike = changes[part].kind == changes[outer].kind and layers[part] == layers[outer]
        small, large = changes[part].box, changes[outer].box
        if alike and extent(large) <= largest and within(small, large, measures.gap):
            inner.setdefault(outer, []).append(part)
    gone: set[int] = set()
    for outer in sorted(inner, key=lambda k: (-extent(changes[k].box), k)):
        thing = changes[outer]
        for part in () if outer in gone else inner[outer]:
            if part not in gone:
                gone.add(part)
                thing.box = union(thing.box, changes[part].box)
                thing.old_objects = np.union1d(thing.old_objects, changes[part].old_objects).astype(np.int32)
                thing.new_objects = np.union1d(thing.new_objects, changes[part].new_objects).astype(np.int32)
    return [change for k, change in enumerate(changes) if k not in gone]


def _touching(changes: list[Change], gap: float) -> list[tuple[int, int]]:
    """Rows a > b of changes any places of which touch: where a thing is now, or where it was."""
    places = [change.box for change in changes] + [change.box_from or change.box for change in changes]
    pairs = meeting_pairs(np.array(places).reshape(-1, 4), gap) % max(len(changes), 1)
    return sorted({(max(a, b), min(a, b)) for a, b in pairs.tolist() if a != b})


def _agree(a: Change, b: Change, measures: Measures) -> bool:
    """Whether two changes can stand side by side: both only added, both only removed, or one displacement."""
    if "rotation" in (a.attribute, b.attribute):
        return True  # a thing that was recognised turned is no fragment
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
        box_from=union(box, box_from),
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
    openings = [
        c.box for c, meaning in zip(changes, meanings, strict=True) if meaning in OPENINGS and c.cls == "geometry"
    ]
    ends = [
        change
        for change, meaning in zip(changes, meanings, strict=True)
        if meaning == "wall" and extent(change.box) * measures.about <= SMALL_END_MM
    ]
    if not openings or not ends:
        return
    for a, b in meeting_pairs(np.array([*openings, *[change.box for change in ends]]), 2 * measures.gap):
        if a < len(openings) <= b:
            ends[b - len(openings)].details["consequence"] = True
