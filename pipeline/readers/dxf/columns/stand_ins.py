"""Entities of the scan in the shape that the handlers for the library's entities expect, made where one is needed."""

from __future__ import annotations

from typing import Any

from ezdxf.math import OCS, Vec3
from ezdxf.tools.text import escape_dxf_line_endings

from pipeline.readers.dxf.chunk import Look
from pipeline.readers.dxf.columns.scanned import Details

_POINTS = {10: "insert", 11: "align_point", 210: "extrusion"}


class Fields:
    """Attributes of an entity by name, as `entity.dxf` has them."""

    __slots__ = ("_values",)

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    def get(self, name: str, default: Any = None) -> Any:
        """Return a value, `default` where the file has none."""
        return self._values.get(name, default)

    def hasattr(self, name: str) -> bool:
        """Return whether the file has a value."""
        return name in self._values

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

    __slots__ = ("dxf", "kind", "look", "source", "text", "is_invisible", "attribs")
    is_const = has_columns = has_embedded_mtext_entity = False

    def __init__(self, kind: str, values: dict[str, Any], look: Look | None = None, source: int = -1) -> None:
        self.kind, self.dxf, self.look, self.source = kind, Fields(values), look, source
        self.text = ""
        self.is_invisible = False
        self.attribs: list[StandIn] = []

    def dxftype(self) -> str:
        """Return the name of the entity."""
        return self.kind

    def ocs(self) -> OCS:
        """Return the object coordinate system; an MTEXT has world coordinates, as in the library."""
        return OCS() if self.kind == "MTEXT" else OCS(self.dxf.extrusion)


_TEXT = {40: "height", 41: "width", 50: "rotation", 51: "oblique", 71: "text_generation_flag", 72: "halign"}
_NAMES = {
    "TEXT": {**_TEXT, 73: "valign"},
    "ATTRIB": {**_TEXT, 74: "valign", 70: "flags"},
    "MTEXT": {40: "char_height", 41: "width", 42: "rect_width", 43: "rect_height", 44: "line_spacing_factor",
              50: "rotation", 71: "attachment_point", 72: "flow_direction"},
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
            values[name] = Vec3(x, y, z if z == z else 0.0)
    for code, name in _STRINGS.items():
        if code in found.texts:
            text = found.texts[code][row]
            if text is not None:
                values[name] = text
    made = StandIn(kind, values)
    if kind == "MTEXT":
        if "align_point" in values:
            values["text_direction"] = values.pop("align_point")
        content = (found.texts[3][row] or "") + (values.get("text") or "")
        made.text = escape_dxf_line_endings(content)
    elif kind == "ATTRIB":
        made.is_invisible = bool(int(values.get("flags", 0)) & 1)
    return made
