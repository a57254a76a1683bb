"""The picture that an object carries along for programs that do not know it (multileaders): commands to shapes.

A picture is a run of commands, each its length, its number and its values (Open Design Specification for DWG, "Proxy
entity graphics"; numbers as in `ezdxf.proxygraphic`). Pictures with commands that are rare are left to the library.
"""

from __future__ import annotations

import math
import re
import struct
from codecs import utf_16_le_decode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.readers.dxf.columns.records import Attributes
from pipeline.readers.dxf.columns.stand_ins import Point, StandIn
from pipeline.readers.dxf.columns.wide import close

F64 = NDArray[np.float64]
LINE, FILL = "PICTURED LINE", "PICTURED FILL"  # kinds of parts that only pictures have
_CIRCLE, _ARC, _POLYLINE, _POLYGON, _TEXT, _TEXT2 = 2, 4, 6, 7, 10, 11
_COLOR, _LAYER, _LINETYPE, _FILL, _TRUE_COLOR, _WEIGHT = 14, 16, 18, 20, 22, 23
_POLYLINE_WITH_NORMAL, _UNICODE_TEXT, _UNICODE_TEXT2 = 32, 36, 38
_LEFT_OUT = frozenset((3, 5, 8, 9, 12, 13, 29, 30, 31, 33, 44))  # drawn by the library
_BY_LAYER, _BY_BLOCK, _NO_WEIGHT, _MOST_WEIGHT = 256, 0, -3, 211
_LAYER_COLOR, _BLOCK_COLOR, _RGB, _ACI, _BACKGROUND = 0xC0, 0xC1, 0xC2, 0xC3, 0xC8
_SAME = 1e-9
_BROKEN = re.compile("[\ud800-\udfff]")
_HEAD = struct.Struct("<2L")
_ATTRIBUTES = frozenset((_COLOR, _LAYER, _LINETYPE, _FILL, _TRUE_COLOR, _WEIGHT))


class Rare(Exception):
    """The picture has something that the library has to draw."""


@dataclass(slots=True)
class Part:
    """One shape; layers and line type are rows of the drawing's tables, -1 none."""

    kind: str
    points: F64  # (k, 3)
    closed: bool = False
    layers: tuple[int, ...] = ()  # the last that exists counts
    linetype: int = -1
    fields: dict[str, Any] = field(default_factory=dict)
    font: str | None = None


def pictures(values: Attributes, records: NDArray) -> tuple[dict[int, list[Part]], list[int]]:
    """Return the pictures of some records that all carry one, and the records without one or with a rare one."""
    found: dict[int, list[Part]] = {}
    rare: list[int] = []
    tags = values.records.tags
    for record in records.tolist():
        low, high = int(values.records.start[record]), int(values.records.stop[record])
        marks = ((tags.codes[low:high] == 100) & values.counted[low:high]).nonzero()[0]
        if len(marks) < 2:
            rare.append(record)
            continue
        first, last = low + int(marks[0]), low + int(marks[1])
        rows = first + (tags.codes[first:last] == 310).nonzero()[0]
        try:
            data = bytes.fromhex(b"".join(tags.raw(rows)).decode("ascii"))
            if not data:
                raise Rare
            found[record] = _Decoder(data, tags.decode).parts()
        except (Rare, ValueError, struct.error, IndexError, UnicodeDecodeError):
            rare.append(record)
    return found, rare


class _Decoder:
    def __init__(self, data: bytes, decode: Callable[[bytes], str]) -> None:
        self._data, self._decode = data, decode
        self._color: int = _BY_LAYER
        self._true_color: int | None = None
        self._layers: tuple[int, ...] = ()
        self._linetype = -1
        self._weight = _NO_WEIGHT
        self._filled = False

    def parts(self) -> list[Part]:
        """Return the shapes of the picture."""
        found: list[Part] = []
        data = self._data
        at, stop = 8, len(data)
        while at < stop:
            size, number = _HEAD.unpack_from(data, at)
            if size < 8 or at + size > stop or number in _LEFT_OUT:
                raise Rare
            if number in _ATTRIBUTES:
                self._attribute(number, struct.unpack_from("<L", data, at + 8)[0])
            elif number in _DRAWN:
                found.append(_DRAWN[number](self, number, data[at + 8 : at + size]))
                self._filled = False
            at += size
        return found

    def _attribute(self, number: int, value: int) -> None:
        if number == _COLOR:
            self._color, self._true_color = (value if value <= _BY_LAYER else _BY_LAYER), None
        elif number == _LAYER:
            self._layers += (value,)
        elif number == _LINETYPE:
            self._linetype = value
        elif number == _FILL:
            self._filled = bool(value)
        elif number == _WEIGHT:
            self._weight = max(value - (1 << 32), _NO_WEIGHT) if value > _MOST_WEIGHT else value
        else:
            how = value >> 24
            self._color, self._true_color = _BY_LAYER, None
            if how == _RGB:
                self._true_color = value & 0xFFFFFF
            elif how == _ACI:
                self._color = value & 0xFF
            elif how in (_BLOCK_COLOR, _BACKGROUND):
                self._color = _BY_BLOCK
            elif how != _LAYER_COLOR:
                raise Rare

    def _part(self, kind: str, points: F64, closed: bool = False) -> Part:
        fields: dict[str, Any] = {}
        if self._color != _BY_LAYER:
            fields["color"] = self._color
        if self._weight != _NO_WEIGHT:
            fields["lineweight"] = self._weight
        if self._true_color is not None:
            fields["true_color"] = self._true_color
        return Part(kind, points, closed, self._layers, self._linetype, fields)

    def _line(self, number: int, data: bytes) -> Part:
        count = struct.unpack_from("<L", data)[0]
        points = np.frombuffer(data, "<f8", 3 * count, 4).reshape(-1, 3)
        if not count or not np.isfinite(points).all():
            raise Rare
        polygon, height = number == _POLYGON, points[:, 2]
        flat = not height.any() or bool((np.abs(height - height[0]) <= _SAME * np.abs(height[0])).all())
        if polygon and self._filled:
            if not flat or count < 2:
                raise Rare
            return self._part(FILL, points[: count - int(count > 2 and (points[-1] == points[0]).all())], True)
        if count == 1 or (count == 2 and close(points[:1], points[1:])[0]):
            made = self._part("POINT", points)
            made.fields["location"] = Point(*points[0].tolist())
            return made
        if flat:
            points = points * (1.0, 1.0, 0.0)  # in plan, as the library makes it
        return self._part(LINE, points, polygon)

    def _round(self, number: int, data: bytes) -> Part:
        values = struct.unpack_from("<7d" if number == _CIRCLE else "<11d", data)
        center, radius, normal = values[:3], values[3], values[4:7]
        if not all(map(math.isfinite, values)) or math.dist(normal, (0, 0, 1)) > 1e-9:
            raise Rare
        made = self._part("CIRCLE" if number == _CIRCLE else "ARC", np.array([center]))
        made.fields |= {"center": Point(*center), "radius": radius}
        if number == _ARC:
            start = math.degrees(math.atan2(values[8], values[7]))
            made.fields |= {"start_angle": start, "end_angle": start + math.degrees(values[10])}
        return made

    def _letters(self, number: int, data: bytes) -> Part:
        values = struct.unpack_from("<9d", data)
        if not all(map(math.isfinite, values)):
            raise Rare
        strings = _Strings(data, 72, self._decode, number in (_UNICODE_TEXT, _UNICODE_TEXT2))
        made = self._part("TEXT", np.array([values[:3]]))
        if number in (_TEXT, _UNICODE_TEXT):
            height, width, oblique = struct.unpack_from("<3d", data, 72)
            strings.at = 96
            text = strings.following()
        else:
            text = strings.following()
            at = strings.at + 8  # length and a flag
            height, width, oblique = struct.unpack_from("<3d", data, at)
            backwards, upside_down = struct.unpack_from("<2L", data, at + 32)
            made.fields["text_generation_flag"] = 2 * backwards + 4 * upside_down
            strings.at = at + 32 + 20
            if number == _UNICODE_TEXT2:
                strings.at += 16  # bold, italic, character set, pitch
                strings.following()  # family
            made.font = strings.following()
        made.fields |= {
            "insert": Point(*values[:3]),
            "text": text,
            "height": height,
            "width": width,
            "rotation": math.degrees(math.atan2(values[7], values[6])),
            "oblique": math.degrees(oblique),
            "extrusion": Point(*values[3:6]),
        }
        return made


_DRAWN: dict[int, Callable[[_Decoder, int, bytes], Part]] = {
    **dict.fromkeys((_POLYLINE, _POLYGON, _POLYLINE_WITH_NORMAL), _Decoder._line),
    **dict.fromkeys((_TEXT, _TEXT2, _UNICODE_TEXT, _UNICODE_TEXT2), _Decoder._letters),
    **dict.fromkeys((_CIRCLE, _ARC), _Decoder._round),
}


class _Strings:
    """Strings that end with a zero and are filled up to four bytes."""

    def __init__(self, data: bytes, at: int, decode: Callable[[bytes], str], unicode: bool) -> None:
        self.data, self.at, self.decode, self.unicode = data, at, decode, unicode

    def following(self) -> str:
        """Return the next string.

        Raises:
            Rare: it does not end, or its bytes are not to be decoded.
        """
        step = 2 if self.unicode else 1
        end = self.data.find(bytes(step), self.at)
        while end >= 0 and (end - self.at) % step:
            end = self.data.find(bytes(step), end + 1)
        if end < 0:
            raise Rare
        raw = self.data[self.at : end]
        self.at += (end - self.at + step + 3) // 4 * 4
        text = utf_16_le_decode(raw, "strict", True)[0] if self.unicode else self.decode(raw)
        if not text.isascii() and not text.isprintable() and _BROKEN.search(text):
            raise Rare
        return text


def stand_in(part: Part, layers: list[str], linetypes: list[str], styles: dict[str, str]) -> StandIn:
    """Return a part as the handlers for entities expect it; `styles` are names of text styles by their font."""
    fields = dict(part.fields)
    layer = next((layers[row] for row in reversed(part.layers) if row < len(layers)), "0")
    if layer != "0":
        fields["layer"] = layer
    if part.linetype >= 0:
        place = part.linetype + 2  # BYLAYER and BYBLOCK are not counted
        fields["linetype"] = linetypes[place] if place < len(linetypes) else "BYBLOCK" if place == 32768 else "BYLAYER"
    if part.font is not None:
        fields["style"] = styles.get(part.font, part.font)
    made = StandIn(part.kind, fields)
    made.points, made.closed = part.points, part.closed
    return made
