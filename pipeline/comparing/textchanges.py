"""Text changes as changes, and the texts that belong to a changed thing taken into it."""

from __future__ import annotations

import numpy as np

from pipeline.comparing.boxes import Box, components, extent, meeting_pairs, union
from pipeline.comparing.content import TextColumns
from pipeline.comparing.linework import Change, Measures
from pipeline.comparing.texts import compare_texts
from pipeline.drawing.tables import I32

LEAST_COLUMN = 4
LINE_SPACING = 2.2  # cap heights between neighbouring lines of one paragraph, at most
LARGEST_OWNER_MM = 5000.0  # things larger than this do not swallow what lies inside them


def text_reach(measures: Measures) -> float:
    """Farthest move of a text looked for, new working mm."""
    return min(5000.0 / measures.about, 2 * measures.reach)


def text_changes(old: TextColumns, new: TextColumns, measures: Measures) -> list[Change]:
    """Changes of texts in new working mm; `old` is already placed."""
    result = []
    for change in compare_texts(old, new, measures.tolerance, text_reach(measures)):
        old_box = _box(old, change.old) if change.old >= 0 else None
        new_box = _box(new, change.new) if change.new >= 0 else None
        if old_box is None and new_box is None:
            continue
        place: Box = new_box or old_box  # type: ignore[assignment]
        if change.kind == "modified" and old_box and new_box:
            old_box = place = {"new": old_box, "old": new_box}.get(change.within) or union(old_box, new_box)
        for i, j in change.together[1:]:
            old_box, place = union(old_box or place, _box(old, i)), union(place, _box(new, j))
        for box in [_box(old, i) for i in change.lines[0]] + [_box(new, j) for j in change.lines[1]]:
            old_box = place = union(place, box)
        result.append(
            Change(
                change.kind,
                "text",
                place,
                box_from=old_box if change.kind in ("moved", "modified") else None,
                delta=change.delta if change.kind == "moved" else None,
                old_text=change.old,
                new_text=change.new,
                old_objects=_object(old, change.old),
                new_objects=_object(new, change.new),
                old_layers=_layer(old, change.old),
                new_layers=_layer(new, change.new),
                old=change.strings[0] if change.strings else "",
                new=change.strings[1] if change.strings else "",
                certainty=0.95,
                details={"texts": len(change.together)} if change.together else {},
            )
        )
    return result


def uniform_columns(changes: list[Change], old: TextColumns, new: TextColumns) -> list[Change]:
    """Tell one change where a whole column of texts changed from one string to one other (a revision column)."""
    groups: dict[tuple[str, str, int], list[Change]] = {}
    for change in changes:
        if change.kind == "modified" and change.old_text >= 0 and change.new_text >= 0:
            column = round(float(new.centre[change.new_text][0] / max(new.height[change.new_text], 1e-9)))
            groups.setdefault((old.key[change.old_text], new.key[change.new_text], column), []).append(change)
    gone: set[int] = set()
    for members in groups.values():
        if len(members) < LEAST_COLUMN:
            continue
        first = members[0]
        for other in members[1:]:
            first.box = union(first.box, other.box)
            first.box_from = union(first.box_from or first.box, other.box_from or other.box)
            gone.add(id(other))
        first.details["places"] = len(members)
    return [change for change in changes if id(change) not in gone]


def join_lines(changes: list[Change], old: TextColumns, new: TextColumns, measures: Measures) -> list[Change]:
    """Tell one change where all lines of a paragraph came, went or moved together: PDF has each as its own text."""
    rows = [k for k, c in enumerate(changes) if c.kind != "modified" and not c.details.get("texts")]
    if len(rows) < 2:
        return changes
    boxes = np.array([changes[k].box for k in rows])
    gap = LINE_SPACING * max(float(_texts_of(changes[k], old, new)[0].height[_row(changes[k])]) for k in rows)
    pairs = meeting_pairs(boxes, gap)
    links = [
        (a, b) for a, b in pairs.tolist() if _one_paragraph(changes[rows[a]], changes[rows[b]], old, new, measures)
    ]
    gone: set[int] = set()
    for part in components(len(rows), links):
        if len(part) < 2:
            continue
        members = [changes[rows[k]] for k in part]
        texts, _ = _texts_of(members[0], old, new)
        turn = float(texts.rotation[_row(members[0])])
        across = np.array([-np.sin(turn), np.cos(turn)])
        members.sort(key=lambda c: -float(texts.centre[_row(c)] @ across))
        first = members[0]
        for other in members[1:]:
            gone.add(id(other))
            first.box = union(first.box, other.box)
            if first.box_from is not None:
                first.box_from = union(first.box_from, other.box_from or other.box)
        strings = [
            "\n".join(t.string[r] for t, r in rows_) if all(r >= 0 for _, r in rows_) else ""
            for rows_ in ([(old, c.old_text) for c in members], [(new, c.new_text) for c in members])
        ]
        first.old, first.new = strings
    return [change for change in changes if id(change) not in gone]


def _row(change: Change) -> int:
    return change.new_text if change.new_text >= 0 else change.old_text


def _texts_of(change: Change, old: TextColumns, new: TextColumns) -> tuple[TextColumns, int]:
    """The columns that hold the text of a change, and its row."""
    return (new, change.new_text) if change.new_text >= 0 else (old, change.old_text)


def _one_paragraph(a: Change, b: Change, old: TextColumns, new: TextColumns, measures: Measures) -> bool:
    """Whether two changed texts are neighbouring lines of one paragraph that went the same way."""
    if a.kind != b.kind:
        return False
    if a.delta and b.delta and np.hypot(a.delta[0] - b.delta[0], a.delta[1] - b.delta[1]) > 4 * measures.tolerance:
        return False
    texts, _ = _texts_of(a, old, new)
    i, j = _row(a), _row(b)
    height = float(max(texts.height[i], texts.height[j]))
    turn = float(texts.rotation[i])
    if abs(texts.height[i] - texts.height[j]) > 0.1 * height or abs(np.sin(texts.rotation[j] - turn)) > 0.02:
        return False
    along, across = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    spans = [sorted((float(texts.origin[k] @ along), float(texts.end[k] @ along))) for k in (i, j)]
    shared = min(spans[0][1], spans[1][1]) - max(spans[0][0], spans[1][0])
    apart = abs(float((texts.centre[i] - texts.centre[j]) @ across))
    return shared > 0 and 0.8 * height < apart <= LINE_SPACING * height


def _box(texts: TextColumns, row: int) -> Box:
    x0, y0, x1, y1 = (float(v) for v in texts.box[row])
    return (x0, y0, x1, y1)


def _object(texts: TextColumns, row: int) -> I32:
    return texts.obj[row : row + 1] if row >= 0 else np.zeros(0, np.int32)


def _layer(texts: TextColumns, row: int) -> I32:
    return texts.layer[row : row + 1] if row >= 0 else np.zeros(0, np.int32)


def absorb_texts(
    things: list[Change], texts: list[Change], old: TextColumns, new: TextColumns, measures: Measures
) -> list[Change]:
    """Take texts that only went along with a changed thing into it; returns the texts that stay."""
    stay = []
    owners = [t for t in things if t.cls == "geometry" and t.attribute != "length"]
    for text in texts:
        owner = next((t for t in owners if _belongs(t, text, old, new, measures)), None)
        if owner is None:
            stay.append(text)
            continue
        _take_in(owner, text, old, new)
    return stay


def _belongs(thing: Change, text: Change, old: TextColumns, new: TextColumns, measures: Measures) -> bool:
    """Whether the text change says no more than the change of the thing."""
    if text.kind == "modified" or text.details.get("texts"):
        return False
    same_old = len(text.old_objects) > 0 and text.old_objects[0] in thing.old_objects
    same_new = len(text.new_objects) > 0 and text.new_objects[0] in thing.new_objects
    small = extent(thing.box) * measures.about <= LARGEST_OWNER_MM and extent(thing.box) < 2 * measures.reach
    if text.kind == "moved" and thing.kind == "moved" and thing.delta is not None and text.delta is not None:
        height = float(max(old.height[text.old_text], new.height[text.new_text]))
        apart = float(np.hypot(thing.delta[0] - text.delta[0], thing.delta[1] - text.delta[1]))
        return apart <= max(0.9 * height, 4 * measures.tolerance) and (
            same_old or same_new or (small and _inside(text.box_from or text.box, thing.box_from or thing.box))
        )
    if thing.kind == "modified":
        return same_old or same_new or (text.kind == "moved" and small and _inside(text.box, thing.box))
    if thing.kind == text.kind:
        return same_old or same_new or (small and _inside(text.box, thing.box))
    return False


def _inside(inner: Box, outer: Box) -> bool:
    """Whether the middle of one box lies in another."""
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def _take_in(thing: Change, text: Change, old: TextColumns, new: TextColumns) -> None:
    """Let the thing cover the text as well."""
    thing.box = union(thing.box, text.box)
    if thing.box_from is not None and text.box_from is not None:
        thing.box_from = union(thing.box_from, text.box_from)
    string = new.string[text.new_text] if text.new_text >= 0 else old.string[text.old_text]
    thing.texts.append(string)
