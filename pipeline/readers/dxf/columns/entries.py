"""Records of tables and objects, and viewports, as the library has them: their fields by name."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from pipeline.readers.dxf.columns.stand_ins import Fields, Point

if TYPE_CHECKING:
    from collections.abc import Callable

_COMMENT = 999
_FIRST_EXTENDED = 1000


class Unlike(Exception):
    """A record is not as these usually are: the library has to look at the file's tables."""


class Tag(NamedTuple):
    """A group code and its value as text."""

    code: int
    value: str


_tag = cast("Callable[[tuple[int, str]], Tag]", partial(tuple.__new__, Tag))  # a third of the time of `Tag`


def records(text: str) -> list[list[Tag]]:
    """Return the tags of each record of a stretch of DXF."""
    lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    codes, values = list(map(int, lines[0::2])), lines[1::2]
    if len(codes) != len(values):
        raise ValueError("a group code without a value")
    tags = list(map(_tag, zip(codes, values, strict=True)))
    if _COMMENT in codes:
        tags = [tag for tag in tags if tag.code != _COMMENT]
        codes = [tag.code for tag in tags]
    begins = [at for at, code in enumerate(codes) if code == 0]
    for at in begins:
        tags[at] = Tag(0, tags[at].value.strip())
    return [tags[begin:end] for begin, end in zip(begins, [*begins[1:], len(tags)], strict=True)]


def whole(text: str) -> int:
    """Return a whole number; some programs write it with a point."""
    try:
        return int(text)
    except ValueError:
        return int(float(text))


# fields by kind: group code -> name, and what it is
_KINDS: dict[str, dict[int, tuple[str, Any]]] = {
    "LAYER": {
        2: ("name", str), 70: ("flags", whole), 62: ("color", whole), 420: ("true_color", whole),
        6: ("linetype", str), 290: ("plot", whole), 370: ("lineweight", whole),
    },
    "LTYPE": {2: ("name", str)},
    "STYLE": {
        2: ("name", str), 70: ("flags", whole), 41: ("width", float), 3: ("font", str), 4: ("bigfont", str),
    },
    "DIMSTYLE": {
        2: ("name", str), 40: ("dimscale", float), 41: ("dimasz", float), 77: ("dimtad", whole),
        140: ("dimtxt", float), 144: ("dimlfac", float), 147: ("dimgap", float), 176: ("dimclrd", whole),
        271: ("dimdec", whole), 341: ("dimldrblk_handle", str), 345: ("dimltype_handle", str),
        371: ("dimlwd", whole),
    },
    "VIEWPORT": {
        10: ("center", Point), 40: ("width", float), 41: ("height", float), 68: ("status", whole), 69: ("id", whole),
        12: ("view_center_point", Point), 16: ("view_direction_vector", Point), 17: ("view_target_point", Point),
        45: ("view_height", float), 51: ("view_twist_angle", float), 90: ("flags", whole),
        340: ("clipping_boundary_handle", str),
    },
}  # fmt: skip
_PLOT = {
    44: ("paper_width", float), 45: ("paper_height", float), 72: ("plot_paper_units", whole),
    73: ("plot_rotation", whole), 75: ("standard_scale_type", whole), 142: ("scale_numerator", float),
    143: ("scale_denominator", float),
}  # fmt: skip
_LAYOUT = {1: ("name", str), 330: ("block_record_handle", str)}


class Entry:
    """A record; `old` says that its file has no subclasses (R12 and before)."""

    has_extension_dict = False  # looks of a layer in one viewport: such files go to the library

    def __init__(self, tags: list[Tag], old: bool) -> None:
        self.kind = tags[0].value
        self.classes, self.extended = classes(tags)
        self.old = old or len(self.classes) == 1
        fields = _KINDS.get(self.kind, {})
        if self.kind in ("LTYPE", "DIMSTYLE", "VIEWPORT"):
            self.tags = self.subclass(2)
        else:
            self.tags = [tag for part in self.classes for tag in part]
        self.dxf = Fields(values(self.tags, fields))
        if self.kind == "LAYOUT":
            if len(self.classes) < 3:
                raise Unlike("a layout without its parts")
            self.dxf.update({**values(self.subclass(1), _PLOT), **values(self.subclass(2), _LAYOUT)})

    def subclass(self, number: int) -> list[Tag]:
        """Return the tags of a subclass by its number; in old files there is but one."""
        if self.old:
            return self.classes[0]
        return self.classes[number] if number < len(self.classes) else []

    @property
    def handle(self) -> str:
        """The handle, "" where there is none."""
        return next((tag.value for tag in self.classes[0] if tag.code == 5), "")

    @property
    def pattern_tags(self) -> Entry:
        """What holds the pattern of a line type."""
        return self

    def get_dxf_attrib(self, name: str, default: Any = None) -> Any:
        """Return a field, `default` where the file has none."""
        return self.dxf.get(name, default)

    def is_off(self) -> bool:
        """Whether a layer is turned off."""
        return bool(self.dxf.get("color", 7) < 0)

    def is_frozen(self) -> bool:
        """Whether a layer is frozen."""
        return bool(self.dxf.get("flags", 0) & 1)

    def get_extended_font_data(self) -> tuple[str]:
        """Return the font family of a text style, "" where none is named."""
        for part in self.extended:
            if part[0].value == "ACAD" and len(part) > 2 and part[1].code == _FIRST_EXTENDED:
                return (part[1].value,)
        return ("",)


def made(kind: str, **fields: Any) -> Entry:
    """Return a record that the file lacks."""
    entry = Entry.__new__(Entry)  # what `Entry` makes of a record without fields
    entry.kind, entry.old, entry.tags = kind, True, [Tag(0, kind)]
    entry.classes, entry.extended = [entry.tags], []
    entry.dxf = Fields(fields)
    return entry


def values(tags: list[Tag], fields: dict[int, tuple[str, Any]]) -> dict[str, Any]:
    """Return the fields of some tags by name; of two of one code the later counts."""
    found: dict[str, Any] = {}
    for at, tag in enumerate(tags):
        if tag.code not in fields:
            continue
        name, kind = fields[tag.code]
        if kind is Point:
            found[name] = point_at(tags, at)
        else:
            found[name] = kind(tag.value)
    return found


def point_at(tags: list[Tag], at: int) -> Point:
    """Return the point that begins at a tag; raises `Unlike` where it has no y."""
    code = tags[at].code
    if at + 1 >= len(tags) or tags[at + 1].code != code + 10:
        raise Unlike("a point without y")
    high = at + 2 < len(tags) and tags[at + 2].code == code + 20
    return Point(float(tags[at].value), float(tags[at + 1].value), float(tags[at + 2].value) if high else 0.0)


def classes(tags: list[Tag]) -> tuple[list[list[Tag]], list[list[Tag]]]:
    """Return the subclasses and the extended data of a record, groups of applications left out."""
    classes: list[list[Tag]] = [[]]
    extended: list[list[Tag]] = []
    inside = False
    for tag in tags:
        if extended or tag.code == _FIRST_EXTENDED + 1:
            if tag.code == _FIRST_EXTENDED + 1:
                extended.append([])
            extended[-1].append(tag)
        elif tag.code == 102:
            if len(classes) > 1:
                raise Unlike("a group of an application where none belongs")
            inside = tag.value.startswith("{")
        elif tag.code == 101:
            raise Unlike("an embedded object")
        elif tag.code == 100:
            classes.append([tag])
        elif not inside:
            classes[-1].append(tag)
    return classes, extended
