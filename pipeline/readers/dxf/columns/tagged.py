"""An entity that is rare, taken from its tags: subclasses, fields by name, what is embedded in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.readers.dxf.columns.entries import Tag, Unlike, classes, point_at, values, whole
from pipeline.readers.dxf.columns.stand_ins import Point, StandIn

_GRAPHIC = {
    8: ("layer", str), 6: ("linetype", str), 62: ("color", whole), 420: ("true_color", whole),
    370: ("lineweight", whole), 60: ("invisible", whole),
}  # fmt: skip
_BASE = frozenset((0, 5, 330))
_FIRST_EXTENDED = 1001
GRAPHIC_PROPERTIES = ("layer", "color", "linetype", "lineweight", "true_color")


class Tagged:
    """The tags of one record; `old` says that its file has no subclasses (R12 and before)."""

    __slots__ = ("kind", "classes", "extended", "embedded", "old", "dictionary")

    def __init__(self, tags: list[Tag]) -> None:
        """Take the tags of a record; raises `Unlike` where they are not as they usually are."""
        self.kind = tags[0].value
        self.embedded: list[Tag] = []
        mark = next((at for at, tag in enumerate(tags) if tag.code == 101), -1)
        if mark >= 0:
            stop = next((at for at in range(mark, len(tags)) if tags[at].code >= _FIRST_EXTENDED), len(tags))
            self.embedded = tags[mark + 1 : stop]
            tags = tags[:mark] + tags[stop:]
            if any(tag.code == 101 for tag in [*self.embedded, *tags]):
                raise Unlike("two embedded objects")
        self.dictionary = _dictionary(tags)
        self.classes, self.extended = classes(tags)
        self.old = len(self.classes) == 1
        regular = len(self.classes) > 2 and self.classes[1][0].value == "AcDbEntity"
        if not self.old and not (regular and _BASE.issuperset(tag.code for tag in self.classes[0])):
            raise Unlike("subclasses that are not the usual ones")

    def own(self, number: int, *names: str) -> list[Tag]:
        """Return the tags of a subclass by its number and its name, one of some; in old files there is but one."""
        if self.old:
            return self.classes[0]
        if number >= len(self.classes) or self.classes[number][0].value not in names:
            raise Unlike(f"no {names[0]}")
        return self.classes[number]

    def graphic(self) -> dict[str, Any]:
        """Return layer, colour and the like by name."""
        return values(self.classes[0] if self.old else self.classes[1], _GRAPHIC)


def _dictionary(tags: list[Tag]) -> str:
    """Return the handle of the extension dictionary, "" where there is none."""
    for at, tag in enumerate(tags):
        if tag.code == 102 and tag.value == "{ACAD_XDICTIONARY":
            return tags[at + 1].value if at + 1 < len(tags) and tags[at + 1].code == 360 else ""
        if tag.code == 100:
            return ""
    return ""


def points(tags: list[Tag], code: int) -> list[Point]:
    """Return all points of a code; raises `Unlike` where one has no y."""
    return [point_at(tags, at) for at, tag in enumerate(tags) if tag.code == code]


def direction(found: Point) -> Point:
    """Return a direction; raises `Unlike` for one without length, which the library replaces."""
    if found == (0.0, 0.0, 0.0):
        raise Unlike("a direction without length")
    return found


def looks(fields: dict[str, Any]) -> dict[str, Any]:
    """Return what the parts of an entity take over from it."""
    return {name: fields[name] for name in GRAPHIC_PROPERTIES if name in fields}


class Composite(StandIn):
    """An entity that is drawn by its parts."""

    __slots__ = ("parts",)

    def __init__(self, kind: str, values: dict[str, Any], parts: list[StandIn]) -> None:
        super().__init__(kind, values)
        self.parts = parts

    def virtual_entities(self) -> Iterator[StandIn]:
        """Return the parts."""
        return iter(self.parts)


def straight(start: Point, end: Point, look: dict[str, Any]) -> StandIn:
    """Return a line that is part of an entity."""
    return StandIn("LINE", {**look, "start": start, "end": end})
