"""Entities of the scan in the shape that the handlers for the library's entities expect, made where one is needed."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from pipeline.readers.dxf.chunk import Look
from pipeline.readers.dxf.columns.scanned import Details

_POINTS = {10: "insert", 11: "align_point", 210: "extrusion"}


class Point(NamedTuple):
    """A point or direction, as the library has them."""

    x: float
    y: float
    z: float

    @property
    def xyz(self) -> tuple[float, float, float]:
        """The three numbers."""
        return (self.x, self.y, self.z)


class Axes(NamedTuple):
    """The axes of object coordinates in world coordinates, as the library's OCS has them."""

    ux: Point
    uy: Point
    uz: Point


_WORLD = Axes(Point(1.0, 0.0, 0.0), Point(0.0, 1.0, 0.0), Point(0.0, 0.0, 1.0))


def axes_of(extrusion: Point) -> Axes:
    """Return the axes of an extrusion (arbitrary axis algorithm, DXF reference); ZeroDivisionError where it is none."""
    z = _unit(extrusion)
    if abs(z.x) <= 1e-12 and abs(z.y) <= 1e-12 and abs(z.z - 1.0) <= 1e-9:
        return _WORLD
    near = abs(z.x) < 1 / 64 and abs(z.y) < 1 / 64
    x = _unit(_cross(_WORLD.uy if near else _WORLD.uz, z))
    return Axes(x, _unit(_cross(z, x)), z)


def _unit(a: Point) -> Point:
    scale = 1.0 / math.sqrt(a.x * a.x + a.y * a.y + a.z * a.z)
    return Point(a.x * scale, a.y * scale, a.z * scale)


def _cross(a: Point, b: Point) -> Point:
    return Point(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)


class Fields:
    """Attributes of an entity by name, as `entity.dxf` has them."""

    __slots__ = ("_values", "get", "hasattr")

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values
        self.get = values.get  # a value, or what is named for where the file has none
        self.hasattr = values.__contains__  # whether the file has a value

    def all(self) -> dict[str, Any]:
        """Return all values by name."""
        return self._values

    def set(self, name: str, value: Any) -> None:
        """Put a value in the place of what the file has."""
        self._values[name] = value

    def update(self, values: dict[str, Any]) -> None:
        """Add values."""
        self._values.update(values)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None


class StandIn:
    """An entity of the scan: its fields, and its look and source where they are known already."""

    __slots__ = ("dxf", "kind", "look", "source", "text", "is_invisible", "attribs", "points", "closed", "columns")
    is_const = has_embedded_mtext_entity = False

    def __init__(self, kind: str, values: dict[str, Any], look: Look | None = None, source: int = -1) -> None:
        self.kind, self.dxf, self.look, self.source = kind, Fields(values), look, source
        self.text = ""
        self.is_invisible = False
        self.attribs: list[StandIn] = []
        self.points: Any = None  # of a part of a picture
        self.closed = False
        self.columns: Any = None  # of an MTEXT

    @property
    def block_name(self) -> str:
        """The block that has its content, "" where it has none or does not show."""
        return "" if self.dxf.get("invisible", 0) else str(self.dxf.get("geometry", ""))

    @property
    def has_columns(self) -> bool:
        """Whether an MTEXT says what columns it has."""
        return self.columns is not None

    def dxftype(self) -> str:
        """Return the name of the entity."""
        return self.kind

    def ocs(self) -> Axes:
        """Return the object coordinate system; an MTEXT has world coordinates, as in the library."""
        return _WORLD if self.kind == "MTEXT" else axes_of(self.dxf.extrusion)


_TEXT = {40: "height", 41: "width", 50: "rotation", 51: "oblique", 71: "text_generation_flag", 72: "halign"}
_NAMES = {
    "TEXT": {**_TEXT, 73: "valign"},
    "ATTRIB": {**_TEXT, 74: "valign", 70: "flags"},
    "MTEXT": {40: "char_height", 41: "width", 42: "rect_width", 43: "rect_height", 44: "line_spacing_factor",
              50: "rotation", 71: "attachment_point", 72: "flow_direction", 90: "bg_fill", 63: "bg_fill_color",
              421: "bg_fill_true_color", 45: "box_fill_scale"},
}  # fmt: skip
_STRINGS = {1: "text", 2: "tag", 7: "style"}


def lettered(kind: str, found: Details, row: int, handle: str) -> StandIn:
    """Return the stand-in of a TEXT, ATTRIB or MTEXT by its row of `found`."""
    values: dict[str, Any] = {"handle": handle}
    numbers = found.values
    for code, name in _NAMES[kind].items():
        value = numbers[code][row]
        if value == value:
            values[name] = float(value)
    for code, name in _POINTS.items():
        x, y, z = numbers[code][row], numbers[code + 10][row], numbers[code + 20][row]
        if x == x and y == y:
            values[name] = Point(float(x), float(y), float(z) if z == z else 0.0)
    for code, name in _STRINGS.items():
        if code in found.texts:
            text = found.texts[code][row]
            if text is not None:
                values[name] = text
    made = StandIn(kind, values)
    if kind == "MTEXT":
        if "align_point" in values:
            values["text_direction"] = values.pop("align_point")
        made.text = mtext_content(found, row)
    elif kind == "ATTRIB":
        made.is_invisible = bool(int(values.get("flags", 0)) & 1)
    return made


def mtext_content(found: Details, row: int) -> str:
    """Return the text of an MTEXT by its row of `found`."""
    content = (found.texts[3][row] or "") + (found.texts[1][row] or "")
    return content.replace("\r", "").replace("\n", "\\P")


def put_in_columns(text: StandIn, columns: Any) -> None:
    """Give an MTEXT its columns, and what it does not say itself from there."""
    if text.kind != "MTEXT" or columns is None:
        return
    text.columns = columns
    if columns.direction is not None and not text.dxf.hasattr("text_direction"):
        text.dxf.update({"text_direction": columns.direction})
    if columns.text_width is not None and not text.dxf.hasattr("width"):
        text.dxf.update({"width": columns.text_width})
