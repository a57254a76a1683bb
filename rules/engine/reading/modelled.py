"""Facts of a model (IFC): doors, windows, spaces and stair flights of each storey, georeference."""

from __future__ import annotations

from typing import Any

import numpy as np
from shapely.geometry import MultiPolygon, Polygon
from shapely.ops import unary_union

from pipeline.drawing.kinds import SpaceKind
from pipeline.drawing.model import PERSON, Drawing, Sheet
from rules.engine.facts import Box, FileFacts, FlightFact, OpeningFact, Place, RoomFact, SheetFacts
from rules.engine.reading import words

_HOURS = {1.5: "甲", 1.0: "乙", 0.5: "丙"}


def read_model(facts: FileFacts, drawing: Drawing) -> None:
    """Fill the facts of an IFC file; every storey is a sheet."""
    facts.georeference = dict(drawing.meta.get("georeference") or {})
    table = drawing.elements
    storeys = drawing.meta.get("storeys") or []
    row_of = {guid: row for row, guid in enumerate(table.global_id)}
    outlines = _space_outlines(drawing)
    unit = float(drawing.meta.get("unit_mm") or 1.0)
    for sheet in drawing.sheets:
        space = drawing.spaces[sheet.space]
        if space.kind != SpaceKind.STOREY:
            continue
        said = {name: one.value for name, one in sheet.fields.items() if one.origin == PERSON}
        number = said.get("number") or space.name
        place = Place(facts.file_id, sheet.id, number)
        made = SheetFacts(
            place,
            "ifc",
            "storey",
            number,
            said.get("title") or space.name,
            "",
            sheet.state.value,
            False,
            False,
            sheet.size_mm,
            1.0,
            1.0,
            True,
        )
        row = row_of.get(storeys[sheet.space]["guid"], -2) if sheet.space < len(storeys) else -2
        _read_storey(made, drawing, sheet, row, outlines, unit)
        facts.sheets.append(made)
    facts.spaces = sum(one == "IfcSpace" for one in table.ifc_class)
    facts.unnamed_spaces = [r.place for s in facts.sheets for r in s.rooms if not r.name and not r.number]


def _read_storey(
    made: SheetFacts, drawing: Drawing, sheet: Sheet, storey: int, outlines: dict[int, Polygon], unit: float
) -> None:
    table = drawing.elements
    tx, ty = sheet.to_space[4], sheet.to_space[5]
    for row in np.flatnonzero(np.asarray(table.storey) == storey).tolist():
        box = table.box[row]
        flat: Box | None = None
        if np.isfinite(box).all():
            flat = (float(box[0] - tx), float(box[1] - ty), float(box[3] - tx), float(box[4] - ty))
        place = Place(made.place.file_id, made.place.sheet_key, made.place.sheet_number, flat, (table.global_id[row],))
        kind = table.ifc_class[row]
        if kind.startswith(("IfcDoor", "IfcWindow")):
            made.openings.append(_opening(drawing, row, place, flat, unit))
        elif kind == "IfcSpace":
            made.rooms.append(_room(drawing, row, place, outlines.get(row), unit, (tx, ty)))
        elif kind == "IfcStairFlight":
            made.flights.append(_flight(drawing, row, place, unit))


def _opening(drawing: Drawing, row: int, place: Place, box: Box | None, unit: float) -> OpeningFact:
    table = drawing.elements
    values = table.attributes[row]
    tag = table.tag[row] or str(values.get("ObjectType") or "") or table.name[row]
    known = words.opening_kind(tag)
    kind = known[0] if known else ("door" if table.ifc_class[row].startswith("IfcDoor") else "window")
    width = _number(values.get("OverallWidth"), unit) or (known[1] if known else 0.0)
    height = _number(values.get("OverallHeight"), unit) or (known[2] if known else 0.0)
    pset = table.properties[row].get("Pset_DoorCommon", {})
    grade = (known[3] if known else "") or _grade(pset.get("FireRating"))
    x, y = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) if box else (0.0, 0.0)
    return OpeningFact(tag, kind, width, height, grade, x, y, 0.95, place, box)


def _grade(rating: Any) -> str:
    """Return the Chinese grade of a FireRating: its own letter, or hours (GB 12955: 甲 1.5, 乙 1.0, 丙 0.5)."""
    text = str(rating or "")
    for letter in "甲乙丙":
        if letter in text:
            return letter
    digits = "".join(c for c in text if c.isdigit() or c == ".")
    try:
        hours = float(digits)
    except ValueError:
        return ""
    return next((letter for limit, letter in _HOURS.items() if hours >= limit), "")


def _room(
    drawing: Drawing, row: int, place: Place, outline: Polygon | None, unit: float, origin: tuple[float, float]
) -> RoomFact:
    table = drawing.elements
    base = table.quantities[row].get("Qto_SpaceBaseQuantities", {})
    name = str(table.attributes[row].get("LongName") or "")
    stated = base.get("NetFloorArea") if base.get("NetFloorArea") is not None else base.get("GrossFloorArea")
    height = base.get("FinishCeilingHeight") if base.get("FinishCeilingHeight") is not None else base.get("Height")
    clear = _number(height, unit)
    box = table.box[row]
    if clear is None and np.isfinite(box).all():
        clear = float(box[5] - box[2])
    moved = None
    if outline is not None:
        moved = Polygon(np.asarray(outline.exterior.coords) - np.asarray(origin))
    return RoomFact(
        name, table.name[row], float(stated) if isinstance(stated, int | float) else None,
        outline.area / 1e6 if outline is not None else None, moved, clear, 0.95, place,
    )  # fmt: skip


def _flight(drawing: Drawing, row: int, place: Place, unit: float) -> FlightFact:
    table = drawing.elements
    values, pset = table.attributes[row], table.properties[row].get("Pset_StairFlightCommon", {})
    risers = values.get("NumberOfRisers") or pset.get("NumberOfRiser")
    riser = _number(values.get("RiserHeight") or pset.get("RiserHeight"), unit)
    tread = _number(values.get("TreadLength") or pset.get("TreadLength"), unit)
    count = int(risers) if isinstance(risers, int | float) else None
    text = f"{table.name[row]}: {count} × {riser or 0:.0f}"
    return FlightFact(table.name[row] or table.tag[row], count, riser, tread, None, text, 0.95, place)


def _number(value: Any, unit: float) -> float | None:
    return float(value) * unit if isinstance(value, int | float) and not isinstance(value, bool) else None


def _space_outlines(drawing: Drawing) -> dict[int, Polygon]:
    """Return element row -> floor outline (mm, model x y) of every IfcSpace, from its lowest horizontal faces."""
    mesh, table = drawing.meshes, drawing.elements
    spaces = [row for row, kind in enumerate(table.ifc_class) if kind == "IfcSpace"]
    result: dict[int, Polygon] = {}
    if not len(mesh.faces):
        return result
    order = np.argsort(mesh.face_element, kind="stable")
    ranked = mesh.face_element[order]
    for row in spaces:
        first, last = np.searchsorted(ranked, [row, row + 1])
        corners = mesh.vertices[mesh.faces[order[first:last]]].astype(np.float64) + mesh.origin
        if not len(corners):
            continue
        low = corners[:, :, 2].min()
        floor = corners[(np.abs(corners[:, :, 2] - low) < 1).all(axis=1)][:, :, :2]
        whole = unary_union([Polygon(t).buffer(0) for t in floor])
        if isinstance(whole, MultiPolygon):
            whole = max(whole.geoms, key=lambda g: g.area)
        if isinstance(whole, Polygon) and not whole.is_empty:
            result[row] = whole.simplify(0.5)
    return result
