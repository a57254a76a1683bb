"""Rooms of a storey against the texts of a drawing: names and numbers are compared, the place of a label hardly.

A model has no labels, only rooms with names. So a drawing's text inside a room that says its name is equal
wherever it stands; only where a drawing sets all its labels in the middle of the rooms (it was written out of a
model), one that stands elsewhere was moved.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pipeline.comparing.boxes import Box, union
from pipeline.comparing.content import TextColumns, squash
from pipeline.comparing.illegible import Words, read_as
from pipeline.comparing.linework import Change, Measures
from pipeline.comparing.sections.comparable import OUTSIDE_MM, LeftOut
from pipeline.comparing.sections.laying import LaidStorey
from pipeline.comparing.sections.plan import odd
from pipeline.comparing.segments import map_box, map_points, map_segments
from pipeline.comparing.textchanges import text_reach
from pipeline.comparing.texts import DIGITS
from pipeline.drawing.tables import F64

FEW_TEXTS = 6  # texts of the drawing that the model has not; more are a kind of content of their own
MIDDLE = 0.75  # cap heights from the middle of a room, within which a label stands in the middle
LABELLED = 0.5  # share of the rooms with a label, before a room without one is missed
WRITTEN_OUT = 0.85  # share of the cut found, from which a drawing counts as written out of the model
FEW_ROOMS = 1  # of a storey; that it has no label is told then, unsure
SURE, UNSURE = 0.7, 0.5
LABEL_MM = 250.0  # height of a room's own label on the plan


@dataclass(slots=True)
class Room:
    """A room of the storey in new working millimetres."""

    row: int  # element
    words: str  # number and name
    keys: tuple[str, ...]  # squashed: whole, number, name
    box: Box
    middle: F64  # (2,)
    lines: F64  # (s, 4) outline
    text: int = -1  # row of the drawing's text that says so


def room_changes(
    laid: LaidStorey, measures: Measures, left: LeftOut, dimensions: set[str]
) -> tuple[list[Change], TextColumns]:
    """Changes of room names and other texts.

    Args:
        laid: the storey on the drawing.
        measures: distances.
        left: is filled with texts that were not compared.
        dimensions: squashed texts of the drawing's dimensions.

    Returns:
        (changes, names of the rooms as texts), in new working millimetres.
    """
    rooms = rooms_of(laid)
    drawn, unread = read_as(laid.drawn.texts, _words(rooms), text_reach(measures))
    plain = laid.found >= WRITTEN_OUT and not left.drawn_by_hand  # nothing in it that the model does not have
    used = _find_labels(rooms, drawn)
    labelled = sum(room.text >= 0 for room in rooms)
    free = _free_texts(drawn, used, laid, measures, left)
    measured = [j for j in free if drawn.key[j] in dimensions]
    left.add("尺寸数字", "texts of dimensions", len(measured))
    free = [j for j in free if drawn.key[j] not in dimensions]
    names = _columns(rooms, drawn, laid, measures)
    changes = _moved(rooms, names, drawn, plain)
    lost = [k for k, room in enumerate(rooms) if room.text < 0]
    changes += _renamed(rooms, lost, free, names, drawn, alike_only=True)
    changes += _strayed(rooms, lost, free, names, drawn)
    few = len(rooms) <= FEW_ROOMS  # what most rooms have cannot be told
    if not few and len(rooms) - len(lost) < max(1, LABELLED * len(rooms)):
        left.add("图纸未标注名称的房间", "rooms without a label in the drawing", len(lost))
        lost = []
    changes += _renamed(rooms, lost, free, names, drawn, alike_only=False)
    sure = UNSURE if few and len(lost) == len(rooms) else SURE
    changes += [replace(_change("removed", k, -1, names, drawn), certainty=sure) for k in lost]
    if len(free) <= max(FEW_TEXTS, labelled):
        changes += [_change("added", -1, j, names, drawn) for j in free]
    else:
        left.add("图纸上模型没有的文字", "texts of the drawing that the model does not have", len(free))
    left.add("文字中因字体缺字未显示的字符", "letters that the font of texts of the drawing lacks", unread)
    return changes, names


def _words(rooms: list[Room]) -> Words:
    """The names of rooms as words that texts with missing letters may be read as."""
    named = [(key, k) for k, room in enumerate(rooms) for key in room.keys]
    middles = np.array([rooms[k].middle for _, k in named], np.float64).reshape(-1, 2)
    return Words([key for key, _ in named], [middles] * 3, [k for _, k in named])


def rooms_of(laid: LaidStorey) -> list[Room]:
    """The rooms of the storey, in new working mm."""
    elements, to_new = laid.model.elements, laid.registration.transform
    found = []
    for row, lines in laid.plan.rooms:
        long_name = str(elements.attributes[row].get("LongName") or "")
        number = elements.name[row]
        words = " ".join(dict.fromkeys(word for word in (number, long_name) if word))
        if not words or not len(lines):
            continue
        lines = map_segments(to_new, lines)
        points = lines.reshape(-1, 2)
        low, high = points.min(0), points.max(0)
        keys = tuple(dict.fromkeys(squash(word) for word in (words, f"{long_name}{number}", long_name, number) if word))
        box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
        whole = elements.box[row, [0, 1, 3, 4]]
        middle = (
            map_points(to_new, ((whole[:2] + whole[2:]) / 2)[None])[0] if np.isfinite(whole).all() else (low + high) / 2
        )
        found.append(Room(row, words, keys, box, middle, lines))
    return found


def _find_labels(rooms: list[Room], drawn: TextColumns) -> set[int]:
    """Give every room the text inside it that says its name; returns all texts that say no more than the rooms do."""
    used: set[int] = set()
    if not len(drawn):
        return used
    for room in rooms:
        inside = np.flatnonzero(odd(drawn.centre, room.lines) | _near_middle(room, drawn))
        for key in room.keys:
            own = [int(j) for j in inside if int(j) not in used and key and drawn.key[j] == key]
            if not own and len(key) > 2:
                own = [int(j) for j in inside if int(j) not in used and _names(key, drawn.key[j], room)]
            if own and room.text < 0:
                room.text = min(own, key=lambda j: float(np.hypot(*(drawn.centre[j] - room.middle))))
                used.add(room.text)
            elif own:
                used.update(own[:1])
            if room.text >= 0 and drawn.key[room.text] == room.keys[0]:
                break
    return used


def _names(key: str, text: str, room: Room) -> bool:
    """Whether a text that holds a key of a room says nothing else than the room: "9 Wohnen" is not "5 Wohnen"."""
    rest = text.replace(key, "", 1)
    other = room.keys[0].replace(key, "", 1)
    return key in text and (rest == other or DIGITS.sub("#", rest) != DIGITS.sub("#", other))


def _near_middle(room: Room, drawn: TextColumns) -> np.ndarray:
    return np.hypot(*(drawn.centre - room.middle).T) <= MIDDLE * drawn.height


def _free_texts(drawn: TextColumns, used: set[int], laid: LaidStorey, measures: Measures, left: LeftOut) -> list[int]:
    """Texts of the drawing within the storey that say something else."""
    points = laid.plan.shown.seg.reshape(-1, 2)
    if not len(points) or not len(drawn):
        return []
    box: Box = (*points.min(0).tolist(), *points.max(0).tolist())
    box = map_box(laid.registration.transform, box)
    grow = OUTSIDE_MM / measures.about
    low, high = np.array(box[:2]) - grow, np.array(box[2:]) + grow
    inside = np.all((drawn.centre >= low) & (drawn.centre <= high), axis=1)
    known = {squash(word) for row in np.unique(laid.plan.element).tolist() for word in _own_words(laid, row)}
    rest = [j for j in range(len(drawn)) if j not in used]
    left.add("模型该层范围以外的文字", "texts outside the storey", sum(not inside[j] for j in rest))
    return [j for j in rest if inside[j] and drawn.key[j] not in known]


def _own_words(laid: LaidStorey, row: int) -> list[str]:
    """What a drawing may write beside an element: its name, tag, type."""
    table = laid.model.elements
    return [word for word in (table.name[row], table.tag[row], table.type_name[row]) if word]


def _columns(rooms: list[Room], drawn: TextColumns, laid: LaidStorey, measures: Measures) -> TextColumns:
    """The names of the rooms as texts in the middle of them, as high as the labels found and turned as the storey."""
    found = [float(drawn.height[room.text]) for room in rooms if room.text >= 0]
    height = float(np.median(found)) if found else LABEL_MM / measures.about
    count = len(rooms)
    linear = laid.registration.transform[:, :2]
    along = linear[:, 0] / max(float(np.hypot(*linear[:, 0])), 1e-12)
    if along[0] < -1e-9:  # texts stand upright
        along = -along
    middle = np.array([room.middle for room in rooms]).reshape(-1, 2)
    width = np.array([0.35 * height * max(len(room.words), 1) for room in rooms])
    side = width[:, None] * along
    half = np.abs(side) + height / 2 * np.abs(along[::-1])
    return TextColumns(
        string=[room.words for room in rooms],
        key=[squash(room.words) for room in rooms],
        origin=middle - side,
        centre=middle,
        end=middle + side,
        box=np.hstack([middle - half, middle + half]),
        height=np.full(count, height),
        rotation=np.zeros(count),
        layer=np.full(count, -1, np.int32),
        obj=np.full(count, -1, np.int32),
    )


def _moved(rooms: list[Room], names: TextColumns, drawn: TextColumns, plain: bool) -> list[Change]:
    """Labels that stand aside where most stand in the middle of their rooms."""
    placed = [(k, room) for k, room in enumerate(rooms) if room.text >= 0]
    away = [float(np.hypot(*(drawn.centre[room.text] - room.middle))) for _, room in placed]
    middle = [a <= MIDDLE * drawn.height[room.text] for a, (_, room) in zip(away, placed, strict=True)]
    told = plain and (len(placed) == 1 or (len(placed) == 2 and any(middle)))
    if sum(middle) < max(2, 0.5 * len(placed)) and not told:
        return []
    standing = [drawn.centre[room.text] - room.middle for good, (_, room) in zip(middle, placed, strict=True) if good]
    if standing:  # what fonts and base lines shift all labels by
        shift = np.median(standing, axis=0)
        for column in (names.centre, names.origin, names.end):
            column += shift
        names.box += np.tile(shift, 2)
    result = []
    for (k, room), good, distance in zip(placed, middle, away, strict=True):
        if not good and distance > 2 * drawn.height[room.text]:
            result.append(_change("moved", k, room.text, names, drawn))
    return result


def _renamed(
    rooms: list[Room], lost: list[int], free: list[int], names: TextColumns, drawn: TextColumns, alike_only: bool
) -> list[Change]:
    """Rooms that are called otherwise in the drawing: the text in them is like their name, or the only one."""
    result = []
    for k in list(lost):
        room = rooms[k]
        inside = [j for j in free if bool(odd(drawn.centre[j : j + 1], room.lines).all())]
        near = [j for j in free if np.hypot(*(drawn.centre[j] - room.middle)) <= 2 * MIDDLE * drawn.height[j]]
        alike = [j for j in inside if any(_alike(key, drawn.key[j]) for key in room.keys)]
        chosen = alike or ([] if alike_only else near)
        if chosen:
            j = min(chosen, key=lambda j: float(np.hypot(*(drawn.centre[j] - room.middle))))
            result.append(_change("modified", k, j, names, drawn))
            lost.remove(k)
            free.remove(j)
    return result


def _alike(one: str, two: str) -> bool:
    """Whether two texts differ in their digits only, or share most of their letters."""
    if DIGITS.sub("#", one) == DIGITS.sub("#", two) and "#" in DIGITS.sub("#", one):
        return True
    shared = sum((one.count(c) and two.count(c)) > 0 for c in set(one))
    return len(one) > 3 and abs(len(one) - len(two)) <= 2 and shared >= 0.7 * len(set(one) | set(two))


def _strayed(
    rooms: list[Room], lost: list[int], free: list[int], names: TextColumns, drawn: TextColumns
) -> list[Change]:
    """Labels that stand outside of their room."""
    result = []
    for k in list(lost):
        same = [j for j in free if drawn.key[j] == rooms[k].keys[0]]
        if same:
            j = min(same, key=lambda j: float(np.hypot(*(drawn.centre[j] - rooms[k].middle))))
            result.append(_change("moved", k, j, names, drawn))
            lost.remove(k)
            free.remove(j)
    return result


def _change(kind: str, room: int, text: int, names: TextColumns, drawn: TextColumns) -> Change:
    """A change of a room's name (row in `names`) against a text of the drawing."""
    old: Box | None = tuple(names.box[room].tolist()) if room >= 0 else None
    new: Box | None = tuple(drawn.box[text].tolist()) if text >= 0 else None
    place = new or old
    assert place is not None
    if kind == "modified" and old and new:
        place = union(old, new)
    delta = None
    if kind == "moved":
        shift = drawn.centre[text] - names.centre[room]
        delta = (float(shift[0]), float(shift[1]))
    return Change(
        kind,
        "text",
        place,
        box_from=old if kind in ("moved", "modified") else None,
        delta=delta,
        old_text=room,
        new_text=text,
        certainty={"modified": 0.85, "moved": 0.6}.get(kind, 0.7),
    )
