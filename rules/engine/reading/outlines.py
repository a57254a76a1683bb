"""Rooms of a drawn sheet: closed outlines on room layers with the labels inside; and what lies outside frames."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from shapely.geometry import Point, Polygon
from shapely.strtree import STRtree

from pipeline.drawing.kinds import EntityKind, SpaceKind
from pipeline.drawing.model import Drawing
from pipeline.drawing.sheet_space import on_sheet
from rules.engine.facts import FileFacts, Place, RoomFact, SheetFacts, TextFact
from rules.engine.reading import words

if TYPE_CHECKING:
    from rules.engine.reading.drawn import OnSheet

_NAME = re.compile(r"^(?P<name>[\u4e00-\u9fff（）()、]{1,12}?)\s*(?P<number>[A-Z]{0,3}-?\d{1,5}[A-Z]?)?$")
_NUMBER = re.compile(r"^[A-Z]{0,3}-?\d{1,5}[A-Z]?$")
_NEAR_MM = 20.0  # things this far outside the paper still belong to a sheet


def read_rooms(on: OnSheet, made: SheetFacts) -> None:
    """Fill `made.rooms` from closed outlines on layers that mean rooms; needs the real scale to be settled."""
    outlines = _outlines(on)
    if not outlines:
        return
    inside: list[list[TextFact]] = [[] for _ in outlines]
    tree = STRtree([polygon for polygon, _ in outlines])
    for text in made.texts:
        if text.meaning not in ("room", "text"):
            continue
        point = Point(text.x, text.y)
        hits = [int(i) for i in tree.query(point) if outlines[int(i)][0].contains(point)]
        if hits:
            inside[min(hits, key=lambda i: outlines[i][0].area)].append(text)
    for (polygon, ids), texts in zip(outlines, inside, strict=True):
        room = _room(polygon, ids, texts, made)
        if room is not None:
            made.rooms.append(room)


def _outlines(on: OnSheet) -> list[tuple[Polygon, tuple[str, ...]]]:
    table = on.space.entities
    wanted = np.array([layer.meaning == "room" for layer in on.drawing.layers] or [False])
    rows = np.flatnonzero(
        on.mask & wanted[np.clip(table.layer, 0, len(wanted) - 1)] & (table.kind != int(EntityKind.TEXT))
    )
    result = []
    for row in rows:
        for part in range(int(table.part_first[row]), int(table.part_first[row] + table.part_count[row])):
            first, last = int(table.point_first[part]), int(table.point_first[part + 1])
            points = on.to_sheet(table.xy[first:last])
            closed = bool(table.part_closed[part]) or (
                len(points) > 3 and np.allclose(points[0], points[-1], atol=0.05)
            )
            if not closed or len(points) < 3:
                continue
            polygon = Polygon(points)
            if polygon.is_valid and polygon.area > 1:
                result.append((polygon, on.source(int(row))))
    return result


def _room(polygon: Polygon, ids: tuple[str, ...], texts: list[TextFact], made: SheetFacts) -> RoomFact | None:
    name, number, stated = "", "", None
    for text in texts:
        string = words.plain(text.string)
        area = words.AREA.search(text.string)
        if area:
            stated = float(area[1])
        elif _NUMBER.match(string):
            number = number or string
        elif not name and words.opening_kind(string) is None and string[:1] not in ("上", "下"):
            match = _NAME.match(string)
            if match:
                name, number = match["name"], match["number"] or number
    scale = made.real_scale
    x0, y0, x1, y1 = (round(float(v), 2) for v in polygon.bounds)
    real = Polygon(np.asarray(polygon.exterior.coords) * scale)
    place = Place(made.place.file_id, made.place.sheet_key, made.place.sheet_number, (x0, y0, x1, y1), ids)
    measured = real.area / 1e6 if made.scale_known else None
    return RoomFact(name, number, stated, measured, real if made.scale_known else None, None, 0.8, place)


def outside_frames(facts: FileFacts, drawing: Drawing) -> list[Place]:
    """Return places (on no sheet) of drawn entities of framed model spaces that lie outside every frame."""
    result: list[Place] = []
    for index, space in enumerate(drawing.spaces):
        framed = [s for s in drawing.sheets if s.space == index and s.framed]
        if space.kind != SpaceKind.MODEL or not framed or not len(space.entities):
            continue
        table = space.entities
        covered = np.zeros(len(table), dtype=bool)
        first = table.point_first[table.part_first]
        start = table.xy[np.clip(first, 0, max(0, len(table.xy) - 1))]
        for sheet in framed:
            covered |= on_sheet(space, sheet)
            x0, y0, x1, y1 = sheet.box
            margin = _NEAR_MM * sheet.scale
            covered |= (
                (start[:, 0] >= x0 - margin) & (start[:, 0] <= x1 + margin)
                & (start[:, 1] >= y0 - margin) & (start[:, 1] <= y1 + margin)
            )  # fmt: skip
        hidden = np.array([not one.visible or one.meaning == "construction" for one in drawing.layers] or [False])
        loose = np.flatnonzero(~covered & ~hidden[np.clip(table.layer, 0, len(hidden) - 1)])
        ids = [space.sources[int(table.source[r])] for r in loose if table.source[r] >= 0]
        if len(loose):
            result.append(Place(facts.file_id, "", "", None, tuple(dict.fromkeys(ids))[:50]))
    return result
