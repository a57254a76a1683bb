"""MLINE: parallel lines, caps, mitres and filling from its tags and its style, as the library draws them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.readers.dxf.columns.boundaries import opened, polyline_loops
from pipeline.readers.dxf.columns.entries import Tag, Unlike, values, whole
from pipeline.readers.dxf.columns.pictures import FILL
from pipeline.readers.dxf.columns.stand_ins import Point, StandIn
from pipeline.readers.dxf.columns.tagged import Composite, Tagged, looks, point_at, straight

if TYPE_CHECKING:
    from pipeline.readers.dxf.columns.objects import Objects

F64 = NDArray[np.float64]
_FIELDS = {2: ("style_name", str), 340: ("style_handle", str), 71: ("flags", whole), 210: ("extrusion", Point)}
_CLOSED = 2
# flags of a style (DXF reference, MLINESTYLE)
_FILLED, _MITRED = 1, 2
_START, _END = (16, 32, 64), (256, 512, 1024)  # square, inner arcs, round


class Element(NamedTuple):
    """One of the parallel lines."""

    offset: float
    color: int
    linetype: str


@dataclass(slots=True)
class MultilineStyle:
    """What the lines of an MLINE look like."""

    flags: int
    fill_color: int
    elements: list[Element] = field(default_factory=list)

    @property
    def order(self) -> list[int]:
        """The elements from the lowest offset to the highest; of two of one offset the first counts twice."""
        offsets = [element.offset for element in self.elements]
        return [offsets.index(value) for value in sorted(offsets)]


def style_of(tags: list[Tag]) -> MultilineStyle:
    """Return a style by the tags of its MLINESTYLE's own subclass."""
    mark = next((at for at, tag in enumerate(tags) if tag.code == 71), len(tags))
    head = values(tags[:mark], {70: ("flags", whole), 62: ("fill_color", whole)})
    found = MultilineStyle(head.get("flags", 0), head.get("fill_color", 256))
    for tag in tags[mark + 1 :]:
        if tag.code == 49:
            found.elements.append(Element(float(tag.value), 0, "BYLAYER"))
        elif tag.code in (62, 6):
            if not found.elements:
                raise Unlike("a multiline style without offsets")
            name = "color" if tag.code == 62 else "linetype"
            value: Any = whole(tag.value) if tag.code == 62 else tag.value
            found.elements[-1] = found.elements[-1]._replace(**{name: value})
    return found


def multiline(found: Tagged, objects: Objects) -> StandIn:
    """Return a multiline. Raises `Unlike` where the library has to draw it: turned out of the plan, no style."""
    tags = found.own(2, "AcDbMline")
    fields = values(tags, _FIELDS)
    if fields.get("extrusion", (0.0, 0.0, 1.0)) != (0.0, 0.0, 1.0):
        raise Unlike("a multiline out of the plan")
    style = objects.multiline_style(fields.get("style_handle", ""), fields.get("style_name", "Standard"))
    look = found.graphic()
    vertices = _vertices(tags)
    if len(vertices) < 2 or not style.elements:
        return Composite("MLINE", look, [])
    mitres = _mitres(vertices, len(style.elements))
    return Composite("MLINE", look, _Drawn(style, mitres, bool(fields.get("flags", 1) & _CLOSED), look).parts())


class _Vertex(NamedTuple):
    place: Point
    mitre: Point
    parameters: list[list[float]]


def _vertices(tags: list[Tag]) -> list[_Vertex]:
    found: list[_Vertex] = []
    missing = 0
    for at, tag in enumerate(tags):
        if tag.code == 11:
            found.append(_Vertex(point_at(tags, at), Point(0.0, 1.0, 0.0), []))
        elif not found:
            continue
        elif tag.code == 13:
            found[-1] = found[-1]._replace(mitre=point_at(tags, at))
        elif tag.code == 74:
            if missing:
                raise Unlike("a line lacks parameters")
            missing = whole(tag.value)
            found[-1].parameters.append([])
        elif tag.code == 41:
            if not missing:
                raise Unlike("a line has too many parameters")
            found[-1].parameters[-1].append(float(tag.value))
            missing -= 1
    return found


def _mitres(vertices: list[_Vertex], elements: int) -> F64:
    """Return (v, e, 3) where each line passes each vertex; (0, e, 3) where they do not fit the style."""
    if any(len(vertex.parameters) != elements for vertex in vertices):
        return np.zeros((0, elements, 3))
    offsets = np.array([[line[0] if line else 0.0 for line in vertex.parameters] for vertex in vertices])
    places = np.array([vertex.place for vertex in vertices], np.float64)
    mitres = np.array([vertex.mitre for vertex in vertices], np.float64)
    return places[:, None] + mitres[:, None] * offsets[:, :, None]


class _Drawn:
    def __init__(self, style: MultilineStyle, mitres: F64, closed: bool, look: dict[str, Any]) -> None:
        self.style, self.closed = style, closed
        self.mitres = np.concatenate([mitres, mitres[:1]]) if closed else mitres
        self.look = {name: value for name, value in looks(look).items() if name != "true_color"}
        self.order = style.order
        self.bottom, self.top = self.order[0], self.order[-1]

    def parts(self) -> list[StandIn]:
        """Return the parts in drawing order: filling, cap, lines, mitres, cap."""
        if not len(self.mitres):
            return []
        flags = self.style.flags
        out = [self._filling()] if flags & _FILLED else []
        if not self.closed:
            out += self._cap(0, _START, up=True)
        for low, high in zip(self.mitres[:-1], self.mitres[1:], strict=True):
            for element, begin, end in zip(self.style.elements, low, high, strict=True):
                out.append(self._line(begin, end, element))
        if flags & _MITRED:
            inner = self.mitres[:-1] if self.closed else self.mitres[1:-1]
            for row in inner:
                out += self._mitre(row)
        if not self.closed:
            out += self._cap(-1, _END, up=False)
        return out

    def _line(self, begin: F64, end: F64, element: Element) -> StandIn:
        look = {**self.look, "color": element.color, "linetype": element.linetype}
        return straight(Point(*begin.tolist()), Point(*end.tolist()), look)

    def _mitre(self, row: F64) -> list[StandIn]:
        middle = row[self.bottom] + (row[self.top] - row[self.bottom]) * 0.5
        return [self._line(row[at], middle, self.style.elements[at]) for at in (self.top, self.bottom)]

    def _cap(self, vertex: int, kinds: tuple[int, int, int], *, up: bool) -> list[StandIn]:
        square, inner, outer = (bool(self.style.flags & bit) for bit in kinds)
        row = self.mitres[vertex]
        out = self._mitre(row) if square else []
        if outer:
            out += self._arcs(row, *((self.top, self.bottom) if up else (self.bottom, self.top)))
        if inner and len(self.style.elements) > 3:
            ends = (self.order[-2], self.order[1])
            out += self._arcs(row, *(ends if up else ends[::-1]))
        return out

    def _arcs(self, row: F64, start: int, end: int) -> list[StandIn]:
        """Return half a circle from one line to another, in two quarters where these have different colours."""
        center = row[start] + (row[end] - row[start]) * 0.5
        away = row[start] - center
        angle = math.degrees(math.atan2(away[1], away[0]))
        radius = float(np.linalg.norm(row[end] - row[start])) / 2
        colors = [self.style.elements[at].color for at in (start, end)]
        one = colors[0] == colors[1]
        stretches = [(angle, angle + 180)] if one else [(angle, angle + 90), (angle + 90, angle + 180)]
        fields = {**self.look, "center": Point(*center.tolist()), "radius": radius}
        return [
            StandIn("ARC", {**fields, "color": color, "start_angle": begin, "end_angle": stop})
            for color, (begin, stop) in zip(colors, stretches, strict=False)
        ]

    def _filling(self) -> StandIn:
        bottom, top = self.mitres[:, self.bottom], self.mitres[:, self.top]
        ring = np.concatenate([bottom, top[::-1]])
        bulges = np.zeros(len(ring))
        if not self.closed:
            bulges[len(bottom) - 1] = 1.0 if self.style.flags & _END[2] else 0.0
            bulges[-1] = 1.0 if self.style.flags & _START[2] else 0.0
        _, flat = opened(*polyline_loops(ring[:, :2], bulges, np.array([len(ring)]), np.ones(1, bool)))
        made = StandIn(FILL, {**self.look, "color": self.style.fill_color})
        made.points, made.closed = np.column_stack([flat, np.full(len(flat), bottom[0, 2])]), True
        return made
