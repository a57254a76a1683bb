"""Indicators of two versions side by side, over stages and formats: storeys, levels, doors, windows, stairs, rooms.

What a side does not carry is None ("not known"), never zero: a plan says nothing of the number of storeys, a drawing
without door blocks and door numbers nothing of doors.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.comparing.content import squash
from pipeline.comparing.naming import DOORS, LABEL
from pipeline.comparing.titles import storeys
from pipeline.drawing.kinds import Format
from pipeline.drawing.model import Drawing, Sheet

NAMES = {
    "storeys": ("楼层数", "storeys"),
    "top_level": ("最高点标高", "highest level"),
    "level": ("楼层标高", "level of the storey"),
    "doors": ("门数", "doors"),
    "windows": ("窗数", "windows"),
    "stairs": ("楼梯数", "stairs"),
    "rooms": ("房间数", "rooms"),
    "room_area": ("房间面积", "room area"),
    "rooms_area": ("房间面积合计", "area of all rooms"),
}
UNITS = {"top_level": "m", "level": "m", "room_area": "m2", "rooms_area": "m2"}
CLASSES = {
    "doors": ("IfcDoor", "IfcDoorStandardCase"),
    "windows": ("IfcWindow", "IfcWindowStandardCase"),
    "stairs": ("IfcStair",),
}
SPREAD = ("IfcSite", "IfcGeographicElement", "IfcCivilElement", "IfcSpace")  # no part of the building's height
AREA = re.compile(r"(\d+(?:\.\d+)?)\s*(?:m²|㎡|m2|平方米|平米)", re.IGNORECASE)
LEVEL = re.compile(r"^[±+\-]?\d{1,3}\.\d{3}$")
WORDS = re.compile(r"[^\W\d_]{2}")
STOPS = re.compile(r"[。，；,;]")
UPRIGHT = re.compile(r"立面|剖面|elevation|section", re.IGNORECASE)
NEAR = 3.0  # heights of a text between a room's name and its area below it


@dataclass(slots=True, frozen=True)
class Known:
    """A value with where it is from and how sure it is (0..1)."""

    value: float
    source: str  # model labels blocks titles levels
    certainty: float


Values = dict[tuple[str, str], Known]  # (indicator, room) -> value


def indicators(old: Drawing, new: Drawing, pairs: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return the table: first of the whole drawings, then of each pair of sheets.

    Args:
        old: old drawing.
        new: new drawing.
        pairs: ids of the sheets that belong together.

    Returns:
        Rows {indicator, zh, en, unit, room, sheet_old, sheet_new, old, new, delta, source_old, source_new, certainty};
        `old`, `new` and `delta` are None where not known. Rows no side knows are left out.
    """
    rows = _rows(of_drawing(old), of_drawing(new), "", "")
    olds, news = {s.id: s for s in old.sheets}, {s.id: s for s in new.sheets}
    for one, two in pairs:
        if one in olds and two in news:
            rows += _rows(of_sheet(old, olds[one]), of_sheet(new, news[two]), one, two)
    return rows


def _rows(old: Values, new: Values, sheet_old: str, sheet_new: str) -> list[dict[str, Any]]:
    rows = []
    order = list(NAMES)
    for key in sorted(old.keys() | new.keys(), key=lambda key: (order.index(key[0]), key[1])):
        name, room = key
        one, two = old.get(key), new.get(key)
        delta = round(two.value - one.value, 3) + 0.0 if one is not None and two is not None else None
        sure = [known.certainty for known in (one, two) if known is not None]
        rows.append(
            {
                "indicator": name,
                "zh": NAMES[name][0],
                "en": NAMES[name][1],
                "unit": UNITS.get(name, ""),
                "room": room,
                "sheet_old": sheet_old,
                "sheet_new": sheet_new,
                "old": None if one is None else round(one.value, 3),
                "new": None if two is None else round(two.value, 3),
                "delta": delta,
                "source_old": "" if one is None else one.source,
                "source_new": "" if two is None else two.source,
                "certainty": min(sure),
            }
        )
    return rows


def of_drawing(drawing: Drawing) -> Values:
    """Indicators of a whole drawing: number of storeys and highest level."""
    found: Values = {}
    if drawing.format == Format.IFC:
        levels = drawing.meta.get("storeys") or []
        if levels:
            found["storeys", ""] = Known(float(len(levels)), "model", 0.95)
        part = np.array([kind not in SPREAD for kind in drawing.elements.ifc_class], bool)
        tops = drawing.elements.box[part, 5] if len(part) else np.zeros(0)
        if np.isfinite(tops).any():
            found["top_level", ""] = Known(float(np.nanmax(tops)) / 1000.0, "model", 0.9)
        return found
    named: set[int] = set().union(*(storeys(sheet.title) for sheet in drawing.sheets if sheet.title))
    if len(named) > 1:  # one plan says nothing of how many there are
        found["storeys", ""] = Known(float(len(named)), "titles", 0.6)
    marks = [
        float(text.replace("±", ""))
        for sheet in drawing.sheets
        if UPRIGHT.search(sheet.title)
        for text in _texts(drawing, sheet)[0]
        if LEVEL.match(text)
    ]
    if len(marks) > 2:
        found["top_level", ""] = Known(max(marks), "levels", 0.6)
    return found


def of_sheet(drawing: Drawing, sheet: Sheet) -> Values:
    """Indicators of one sheet or storey: its level, doors, windows, stairs, rooms and their areas."""
    found = _of_storey(drawing, sheet) if drawing.format == Format.IFC else _of_plan(drawing, sheet)
    areas, source, certainty = _rooms(drawing, sheet)
    if areas:
        found["rooms", ""] = Known(float(sum(len(sizes) for sizes in areas.values())), source, certainty)
        found["rooms_area", ""] = Known(sum(sum(sizes) for sizes in areas.values()), source, certainty)
    for name, sizes in areas.items():
        found["room_area", name] = Known(sum(sizes), source, certainty)
    return found


def _of_storey(drawing: Drawing, sheet: Sheet) -> Values:
    """What the elements of a storey are, counted."""
    found: Values = {}
    levels = drawing.meta.get("storeys") or []
    table = drawing.elements
    if sheet.space >= len(levels):
        return found
    elevation = levels[sheet.space].get("elevation_mm")
    if elevation is not None:
        found["level", ""] = Known(float(elevation) / 1000.0, "model", 0.95)
    guid = str(levels[sheet.space]["guid"])
    rows = [
        row for row, one in enumerate(table.global_id) if one == guid and table.ifc_class[row] == "IfcBuildingStorey"
    ]
    own = np.flatnonzero(table.storey == rows[0]) if rows else np.zeros(0, np.int64)
    counts = Counter(table.ifc_class[row] for row in own.tolist())
    for name, classes in CLASSES.items():
        found[name, ""] = Known(float(sum(counts[kind] for kind in classes)), "model", 0.95)
    return found


def _of_plan(drawing: Drawing, sheet: Sheet) -> Values:
    """Doors and windows of a drawn sheet: blocks on their layers, else the numbers written beside them."""
    found: Values = {}
    space = drawing.spaces[sheet.space]
    own = np.asarray(sheet.entities, np.int64)
    own = own if len(own) else np.arange(len(space.entities))
    inserts = np.unique(space.entities.insert[own])
    tops: set[int] = set()
    for row in inserts[inserts >= 0].tolist():
        while space.inserts.parent[row] >= 0:
            row = int(space.inserts.parent[row])
        tops.add(row)
    meanings = Counter(drawing.layers[int(space.inserts.layer[row])].meaning for row in tops)
    labels = [text for text in _texts(drawing, sheet)[0] if LABEL.match(text)]
    written = Counter("doors" if label.upper().startswith(DOORS) else "windows" for label in labels)
    for name, meaning in (("doors", "door"), ("windows", "window")):
        if meanings[meaning]:
            found[name, ""] = Known(float(meanings[meaning]), "blocks", 0.75)
        elif written[name]:
            found[name, ""] = Known(float(written[name]), "labels", 0.6)
    return found


def _texts(drawing: Drawing, sheet: Sheet) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Lines of the texts of a sheet without blanks at the ends, their places (t, 2) and heights (t,)."""
    texts = drawing.spaces[sheet.space].texts
    own = np.isin(texts.entity, sheet.entities) if len(sheet.entities) else np.ones(len(texts), bool)
    lines, rows = [], []
    for row in np.flatnonzero(own).tolist():
        for line in texts.string[row].split("\n"):
            lines.append(line.strip())
            rows.append(row)
    return lines, texts.origin[rows], texts.height[rows]


def _rooms(drawing: Drawing, sheet: Sheet) -> tuple[dict[str, list[float]], str, float]:
    """Areas by the name of the room: an area in a room's label, or just below or beside its name."""
    lines, places, heights = _texts(drawing, sheet)
    source, certainty = ("model", 0.9) if drawing.format == Format.IFC else ("labels", 0.7)
    names = [k for k, line in enumerate(lines) if line and not AREA.search(line) and not LEVEL.match(line)]
    named = [k for k in names if WORDS.search(lines[k]) and not LABEL.match(lines[k])]
    found: dict[str, list[float]] = {}
    for k, line in enumerate(lines):
        hit = AREA.search(line)
        if hit is None or _amid_a_sentence(line[: hit.start()], line[hit.end() :]):
            continue
        own = squash(AREA.sub("", line)).strip("():：（）")
        if not own and k and k - 1 in named and (places[k - 1] == places[k]).all():
            own = squash(lines[k - 1])  # the line above in one text
        elif not own and named:
            apart = np.abs(places[named] - places[k]).max(1)
            nearest = int(apart.argmin())
            if apart[nearest] <= NEAR * heights[k]:
                own = squash(lines[named[nearest]])
        if own:
            found.setdefault(own, []).append(float(hit[1]))
    return found, source, certainty


def _amid_a_sentence(before: str, after: str) -> bool:
    """Whether an area stands amid the words of a note ("this storey is 593 m², one compartment") and names no room."""
    return bool(WORDS.search(before) and WORDS.search(after) and STOPS.search(before + after))
