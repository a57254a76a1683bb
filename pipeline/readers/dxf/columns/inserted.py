"""INSERT, ATTRIB and ATTDEF that are rare, from their tags: arrayed, clipped, attached, with texts of many lines."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.readers.dxf.clipping import Window
from pipeline.readers.dxf.columns.entries import Tag, Unlike, values, whole
from pipeline.readers.dxf.columns.objects import Clip, Objects
from pipeline.readers.dxf.columns.references import EXTERNAL
from pipeline.readers.dxf.columns.stand_ins import Fields, Point, StandIn, axes_of
from pipeline.readers.dxf.columns.tagged import Tagged, looks

_FIELDS = {
    2: ("name", str), 10: ("insert", Point), 41: ("xscale", float), 42: ("yscale", float), 43: ("zscale", float),
    50: ("rotation", float), 70: ("column_count", whole), 71: ("row_count", whole), 44: ("column_spacing", float),
    45: ("row_spacing", float), 210: ("extrusion", Point),
}  # fmt: skip
_DEFAULTS = {
    "xscale": 1.0, "yscale": 1.0, "zscale": 1.0, "rotation": 0.0, "column_count": 1, "row_count": 1,
    "column_spacing": 0.0, "row_spacing": 0.0,
}  # fmt: skip
_TEXT = {
    1: ("text", str), 7: ("style", str), 10: ("insert", Point), 11: ("align_point", Point), 40: ("height", float),
    41: ("width", float), 50: ("rotation", float), 51: ("oblique", float), 71: ("text_generation_flag", whole),
    72: ("halign", whole), 210: ("extrusion", Point),
}  # fmt: skip
_ATTRIBUTE = {2: ("tag", str), 70: ("flags", whole), 74: ("valign", whole)}
_EMBEDDED = {
    7: ("style", str), 10: ("insert", Point), 11: ("text_direction", Point), 40: ("char_height", float),
    41: ("width", float), 42: ("rect_width", float), 43: ("rect_height", float), 44: ("line_spacing_factor", float),
    45: ("box_fill_scale", float), 50: ("rotation", float), 63: ("bg_fill_color", whole),
    71: ("attachment_point", whole), 72: ("flow_direction", whole), 90: ("bg_fill", whole),
    210: ("extrusion", Point), 421: ("bg_fill_true_color", whole),
}  # fmt: skip
_SUBCLASSES = {"ATTRIB": "AcDbAttribute", "ATTDEF": "AcDbAttributeDefinition"}
_CONSTANT, _INVISIBLE = 2, 1
_FRAME = 16


@dataclass(slots=True)
class Block:
    """A block as the reader asks the library's for it: base point, flags, the drawing it stands for."""

    base: Point
    flags: int
    path: str

    @property
    def is_xref(self) -> bool:
        """Whether it stands for another drawing."""
        return bool(self.flags & EXTERNAL)

    @property
    def block_record(self) -> Block:
        """The block itself, it has no record of its own here."""
        return self

    @property
    def block(self) -> Block:
        """The block itself."""
        return self

    @property
    def dxf(self) -> Fields:
        """Its fields by name."""
        return Fields({"flags": self.flags, "xref_path": self.path})


class Reference(StandIn):
    """A reference to a block."""

    __slots__ = ("_block", "_clip")

    def __init__(self, fields: dict[str, Any], block: Block | None, clip: Clip | None) -> None:
        super().__init__("INSERT", {**_DEFAULTS, **fields})
        self._block, self._clip = block, clip

    def block(self) -> Block | None:
        """Return its block, None where the drawing has none."""
        return self._block

    @property
    def block_name(self) -> str:
        """The block that has its content; "" for another drawing and where it does not show."""
        known = self._block is not None and not self._block.is_xref and not self.dxf.get("invisible", 0)
        return str(self.dxf.name) if known else ""

    def window(self) -> Window | None:
        """Return what shows of its block, None where all of it does."""
        return None if self._clip is None else self._clip.window()

    def matrix44(self) -> NDArray[np.float64]:
        """Return the matrix (4, 4) of row vectors from the coordinates of the block."""
        dxf = self.dxf
        turned = np.array(axes_of(dxf.get("extrusion", Point(0.0, 0.0, 1.0))), np.float64)
        angle = math.radians(dxf.rotation)
        cos, sin = math.cos(angle), math.sin(angle)
        out = np.eye(4)
        out[0, :3] = (turned[0] * cos + turned[1] * sin) * dxf.xscale
        out[1, :3] = (turned[1] * cos - turned[0] * sin) * dxf.yscale
        out[2, :3] = turned[2] * dxf.zscale
        at = np.array(dxf.get("insert", Point(0.0, 0.0, 0.0)), np.float64) @ turned
        base = self._block.base if self._block is not None else Point(0.0, 0.0, 0.0)
        out[3, :3] = at - np.array(base) @ out[:3, :3]
        return out


class Attribute(StandIn):
    """An ATTRIB or ATTDEF, perhaps with a text of many lines."""

    __slots__ = ("paragraph", "is_const", "has_embedded_mtext_entity")

    def __init__(self, kind: str, fields: dict[str, Any], paragraph: StandIn | None) -> None:
        super().__init__(kind, fields)
        flags = fields.get("flags", 0)
        self.is_const, self.is_invisible = bool(flags & _CONSTANT), bool(flags & _INVISIBLE)
        self.paragraph, self.has_embedded_mtext_entity = paragraph, paragraph is not None

    def virtual_mtext_entity(self) -> StandIn:
        """Return its text of many lines."""
        if self.paragraph is None:
            raise TypeError("a text of one line")
        return self.paragraph


def reference(found: Tagged, block: Block | None, objects: Objects) -> Reference:
    """Return a reference."""
    tags = found.own(2, "AcDbBlockReference", "AcDbMInsertBlock")
    fields = values(tags, _FIELDS)
    if not fields.get("name"):
        raise Unlike("a reference without a name")
    clip = objects.clip(found.dictionary) if found.dictionary else None
    return Reference({**found.graphic(), **fields}, block, clip)


def attribute(found: Tagged) -> Attribute:
    """Return an ATTRIB or ATTDEF."""
    fields = {**found.graphic(), **values(found.own(2, "AcDbText"), _TEXT)}
    if found.old:
        fields |= values(found.classes[0], _ATTRIBUTE)
    else:
        fields |= values(found.own(3, _SUBCLASSES[found.kind]), _ATTRIBUTE)
    if "insert" not in fields:
        raise Unlike("an attribute without a place")
    return Attribute(found.kind, fields, _paragraph(found.embedded, fields) if found.embedded else None)


def _paragraph(tags: list[Tag], host: dict[str, Any]) -> StandIn:
    """Return the text of many lines that stands in an attribute."""
    fields = values(tags, _EMBEDDED)
    if int(fields.get("bg_fill", 0)) & _FRAME:
        raise Unlike("a text in a frame")
    made = StandIn("MTEXT", {**looks(host), **fields})
    content = "".join(tag.value for tag in tags if tag.code == 3)
    made.text = (content + next((tag.value for tag in tags if tag.code == 1), "")).replace("\n", "\\P")
    return made
