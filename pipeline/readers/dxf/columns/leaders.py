"""LEADER: its line, hook line and arrow from its tags and its dimension style, as the library draws them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.readers.dxf.columns.entries import Tag, Unlike, values, whole
from pipeline.readers.dxf.columns.pictures import FILL, LINE
from pipeline.readers.dxf.columns.stand_ins import Point, StandIn
from pipeline.readers.dxf.columns.tagged import Composite, Tagged, direction, looks, points, straight

if TYPE_CHECKING:
    from pipeline.readers.dxf.columns.register import Register

PLACED = "PLACED BLOCK"  # kind of a part: a block without a reference of its own
_FIELDS = {
    3: ("dimstyle", str), 71: ("has_arrowhead", whole), 72: ("path_type", whole), 73: ("annotation_type", whole),
    74: ("hookline_direction", whole), 75: ("has_hookline", whole), 41: ("text_width", float),
    77: ("block_color", whole), 211: ("horizontal_direction", Point),
}  # fmt: skip
_OVERRIDES = {
    40: "dimscale", 41: "dimasz", 77: "dimtad", 147: "dimgap", 176: "dimclrd", 341: "dimldrblk_handle",
    345: "dimltype_handle", 371: "dimlwd",
}  # fmt: skip
# arrows of AutoCAD by name; those missing here are drawn by the library
_STANDARD = frozenset(
    {
        "DOT", "DOTSMALL", "DOTBLANK", "ORIGIN", "ORIGIN2", "OPEN", "OPEN90", "OPEN30", "CLOSED", "SMALL", "NONE",
        "OBLIQUE", "BOXFILLED", "BOXBLANK", "CLOSEDBLANK", "DATUMFILLED", "DATUMBLANK", "INTEGRAL", "ARCHTICK",
    }
)  # fmt: skip
_OPEN = {"OPEN": 18.924644, "OPEN30": 30.0, "OPEN90": 90.0}  # degrees between the strokes
_FILLED_DEGREES = 18.924644
_BY_BLOCK = 0


class Placed(StandIn):
    """A block drawn as a part of an entity."""

    __slots__ = ("name", "matrix")

    def __init__(self, name: str, matrix: np.ndarray) -> None:
        """Take the block's name and the matrix (4, 4) of row vectors from its coordinates, base point at the origin."""
        super().__init__(PLACED, {})
        self.name, self.matrix = name, matrix


def leader(found: Tagged, doc: Register, blocks: dict[str, Point]) -> StandIn:
    """Return a leader; `blocks` are the base points of the blocks by lower-case name.

    Raises:
        Unlike: it is one that the library has to draw: a spline, or with a rare arrow.
    """
    tags = found.own(2, "AcDbLeader")
    fields, vertices = values(tags, _FIELDS), points(tags, 10)
    look = found.graphic()
    if fields.get("path_type", 0) or len(vertices) < 2:
        raise Unlike("a curved leader")
    variables = _variables(found, fields.get("dimstyle", "Standard"), doc)
    scale = float(variables.get("dimscale", 1.0)) or 1.0
    metric = whole(str(doc.header.get("$MEASUREMENT", "0") or "0")) != 0
    if fields.get("annotation_type", 3) == 0 and fields.get("has_hookline", 1):
        vertices += _hook(fields, variables, scale, vertices[-1], metric)
    dress = looks(look)
    dress["color"] = whole(str(variables.get("dimclrd", look.get("color", 256))))
    if dress["color"] == _BY_BLOCK:
        dress["color"] = fields.get("block_color", 7)
    dress["linetype"] = variables.get("dimltype", look.get("linetype", "BYLAYER"))
    dress["lineweight"] = whole(str(variables.get("dimlwd", look.get("lineweight", -1))))
    parts = [straight(a, b, dress) for a, b in zip(vertices[:-1], vertices[1:], strict=True)]
    if fields.get("has_arrowhead", 1):
        size = float(variables.get("dimasz", 2.5 if metric else 0.1875)) * scale
        parts += _arrow(variables.get("dimldrblk", ""), vertices, size, dress, blocks)
    return Composite("LEADER", look, parts)


def _hook(fields: dict[str, Any], variables: dict[str, Any], scale: float, last: Point, metric: bool) -> list[Point]:
    """Return the end of the line that runs under the text."""
    width = fields.get("text_width", 1.0)
    if width <= 0 or not whole(str(variables.get("dimtad", 1))):
        return []
    along = direction(fields.get("horizontal_direction", Point(1.0, 0.0, 0.0)))
    reach = float(variables.get("dimgap", 0.625 if metric else 0.0625)) * scale + width
    reach = -reach if fields.get("hookline_direction", 1) == 1 else reach
    return [Point(last.x + along.x * reach, last.y + along.y * reach, last.z + along.z * reach)]


# -- dimension variables ----------------------------------------------------------------------------------------------


def _variables(found: Tagged, style: str, doc: Register) -> dict[str, Any]:
    """Return the dimension variables of the style and those of the leader's own, handles replaced by names."""
    if style not in doc.dimstyles:
        raise Unlike("a dimension style that is not there")
    of_style = dict(doc.dimstyles.get(style).dxf.all())
    handle = of_style.pop("dimldrblk_handle", "0")
    of_style["dimldrblk"] = doc.names.get(handle, "") if handle != "0" else ""
    handle = of_style.pop("dimltype_handle", "0")
    if handle in doc.names:
        of_style["dimltype"] = doc.names[handle]
    own = _overrides(found.extended)
    handle = own.pop("dimldrblk_handle", "")
    if handle == "0":
        own["dimldrblk"] = ""
    elif handle in doc.names:
        name = doc.names[handle]
        own["dimldrblk"] = name[1:] if name.startswith("_") and name[1:].upper() in _STANDARD else name
    handle = own.pop("dimltype_handle", "")
    if handle in doc.names:
        own["dimltype"] = doc.names[handle]
    return {**of_style, **own}


def _overrides(extended: list[list[Tag]]) -> dict[str, Any]:
    """Return the dimension variables that an entity carries itself (XDATA ACAD, DSTYLE: pairs of 1070 and a value)."""
    tags = next((part for part in extended if part[0].value == "ACAD"), [])
    begin = next((at for at, tag in enumerate(tags) if tag.code == 1000 and tag.value.upper() == "DSTYLE"), -1)
    if begin < 0:
        return {}
    end = next((at for at in range(begin + 2, len(tags)) if tags[at].code == 1002), len(tags))
    inside = tags[begin + 2 : end]
    pairs = zip(inside[0::2], inside[1::2], strict=False)
    named = ((_OVERRIDES.get(whole(code.value)), value.value) for code, value in pairs)
    return {name: value for name, value in named if name is not None}


# -- arrows -----------------------------------------------------------------------------------------------------------


def _arrow(
    name: str, vertices: list[Point], size: float, look: dict[str, Any], blocks: dict[str, Point]
) -> list[StandIn]:
    """Return the arrow at the first point, turned against the line."""
    tip, following = vertices[:2]
    angle = math.atan2(tip.y - following.y, tip.x - following.x)
    cos, sin = math.cos(angle), math.sin(angle)
    if name and name.lower() in blocks:
        matrix = np.eye(4)
        matrix[:3, :3] = np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]]) * size
        matrix[3, :3] = np.array(tip) - np.array(blocks[name.lower()]) @ matrix[:3, :3]
        return [Placed(name, matrix)]
    name = name.upper()

    def turned(*corners: tuple[float, float]) -> np.ndarray:
        return np.array([(tip.x + x * cos - y * sin, tip.y + x * sin + y * cos, 0.0) for x, y in corners])

    if name == "" or name in _OPEN:
        half = math.sin(math.radians(_OPEN.get(name, _FILLED_DEGREES) / 2)) * size
        corners = turned((-size, half), (0.0, 0.0), (-size, -half))
        if name == "":
            return [_part(FILL, corners, True, look)]
        return [_part(LINE, corners, False, look), _line(turned((0.0, 0.0), (-1.0, 0.0)), look)]
    if name == "NONE":
        return []
    if name == "OBLIQUE":
        return [_line(turned((-size / 2, -size / 2), (size / 2, size / 2)), look)]
    if name in _STANDARD:
        raise Unlike(f"an arrow {name}")
    return []  # a name that nobody knows: no arrow


def _part(kind: str, corners: np.ndarray, closed: bool, look: dict[str, Any]) -> StandIn:
    made = StandIn(kind, dict(look))
    made.points, made.closed = corners, closed
    return made


def _line(ends: np.ndarray, look: dict[str, Any]) -> StandIn:
    return straight(Point(*ends[0].tolist()), Point(*ends[1].tolist()), look)
