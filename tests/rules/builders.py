"""Small facts for tests of rules: sheets, rooms, doors, flights, as plain values."""

from __future__ import annotations

from typing import Any

from shapely.geometry import box

from rules.engine.facts import (
    DimensionFact,
    FileFacts,
    FlightFact,
    LevelFact,
    ListFact,
    OpeningFact,
    Place,
    RoomFact,
    RowFact,
    SetFacts,
    SheetFacts,
    StatementFact,
    TextFact,
)  # fmt: skip

PLACE = Place("f1", "0:1", "建施-03", (0, 0, 10, 10), ("A1",))


def sheet(**more: Any) -> SheetFacts:
    """A framed, completely read plan at 1:100."""
    values: dict[str, Any] = {
        "place": PLACE, "format": "dxf", "kind": "model", "number": "建施-03", "title": "一层平面图",
        "discipline": "建筑", "state": "complete", "framed": True, "scanned": False, "size_mm": (841.0, 594.0),
        "scale": 100.0, "real_scale": 100.0, "scale_known": True,
    }  # fmt: skip
    return SheetFacts(**{**values, **more})


def file(*sheets: SheetFacts, **more: Any) -> FileFacts:
    values: dict[str, Any] = {"file_id": "f1", "name": "a.dxf", "format": "dxf", "state": "complete"}
    made = FileFacts(**{**values, **more})
    made.sheets = list(sheets)
    return made


def facts(*sheets: SheetFacts, **more: Any) -> SetFacts:
    """One file with these sheets."""
    return SetFacts([file(*sheets, **more)])


def door(tag: str, width: float, grade: str = "", x: float = 100, y: float = 100) -> OpeningFact:
    return OpeningFact(tag, "door", width, 2100, grade, x, y, 0.8, PLACE, (x - 2, y - 1, x + 2, y + 1))


def room(
    name: str, x0: float, y0: float, x1: float, y1: float, number: str = "", stated: float | None = None, **kw: Any
):
    """A rectangular room, corners in mm of reality."""
    outline = box(x0, y0, x1, y1)
    values = {"clear_height_mm": None, "certainty": 0.8, "place": PLACE, **kw}
    return RoomFact(name, number, stated, outline.area / 1e6, outline, **values)


def riser_text(text: str) -> FlightFact:
    first, rest = text.split("×")
    count, total = rest.split("=")
    low = int(first) < 220
    return FlightFact(
        "", int(count) if low else None, float(first) if low else None, None if low else float(first), float(total),
        text, 0.8, PLACE,
    )  # fmt: skip


def level(value: float, y: float, x: float = 400) -> LevelFact:
    return LevelFact(value, x, y, f"{value:.3f}", PLACE)


def guard(value: float) -> StatementFact:
    return StatementFact("guard", value, f"临空处栏杆高度{value}m", PLACE)


def row(**cells: str) -> RowFact:
    return RowFact(cells, PLACE)


def listed(number: str, title: str) -> ListFact:
    """A row of a drawing list."""
    return ListFact(number, title, "A1", "A", PLACE)


def text(string: str, height: float = 3.0) -> TextFact:
    return TextFact(string, height, 10, 10, False, "text", PLACE)


def dim(value: float, x0: float, x1: float, base: float, measured: float | None = None) -> DimensionFact:
    y = base if measured is None else 0.0
    return DimensionFact(
        f"{value:.0f}", value, measured, False, (x0, y), (x1, y), base if measured is None else None, PLACE
    )
