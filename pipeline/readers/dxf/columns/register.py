"""Header, tables, layouts and viewports of a scanned file, in the shape of the library's document.

Read from the bytes without the library; its document is there only for entities that it has to draw, and holds nothing
but these. A file whose tables are unusual in any way is `Unlike`: the library then gets all of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO

from pipeline.readers.dxf.columns.entries import Entry, Tag, Unlike, made, records, whole
from pipeline.readers.dxf.columns.keeping import OBJECTS
from pipeline.readers.dxf.columns.kinds import KIND
from pipeline.readers.dxf.columns.scanned import Scan
from pipeline.readers.dxf.columns.stand_ins import Fields, Point
from pipeline.readers.dxf.columns.tags import read_spans

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.readers.dxf.columns.references import Graph

_R12 = "AC1009"
_ENTRIES = frozenset({"LAYER", "LTYPE", "STYLE", "DIMSTYLE"})
_TABLES = _ENTRIES | {"APPID", "BLOCK_RECORD", "UCS", "VIEW", "VPORT"}
_DICTIONARIES = frozenset({"DICTIONARY", "ACDBDICTIONARYWDFLT"})
_MODEL, _PAPER = "*Model_Space", "*Paper_Space"


class Table:
    """The entries of a table, found by name whatever its case."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._entries: dict[str, Entry] = {}

    def new(self, name: str) -> None:
        """Add an entry that the file lacks."""
        self.add(made(self.kind, name=name))

    def add(self, entry: Entry) -> None:
        """Add an entry; a second one of a name takes the place of the first."""
        name = entry.dxf.get("name", "Standard" if entry.kind == "STYLE" else None)
        if name is None:
            raise Unlike("an entry without a name")
        entry.dxf.update({"name": name})
        if name or entry.kind != "STYLE" or not entry.dxf.get("flags", 0) & 1:  # a file of shapes is no style
            self._entries[name.lower()] = entry

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._entries

    def get(self, name: str) -> Entry:
        """Return an entry; KeyError where there is none."""
        return self._entries[name.lower()]


class View:
    """A viewport of a layout."""

    def __init__(self, entry: Entry, doc: Register) -> None:
        if not entry.old and (len(entry.classes) < 3 or entry.classes[2][0].value != "AcDbViewport"):
            raise Unlike("a viewport that is none")
        self.doc = doc
        fields, self.frozen_layers = entry.dxf.all(), []
        if entry.old:
            view, frozen = _old_view(entry)
            fields |= view
            self.frozen_layers = [name for name in frozen if name in doc.layers]
        else:
            names = doc.layer_names
            self.frozen_layers = [
                names[tag.value] for tag in entry.tags if tag.code == 331 and tag.value in names
            ]  # unknown ones are left out, as the library does
        self.dxf = Fields(
            {"center": Point(0.0, 0.0, 0.0), "width": 1.0, "height": 1.0, **fields, "handle": entry.handle}
        )

    @property
    def is_top_view(self) -> bool:
        """Whether it shows the model from above."""
        x, y, z = self.dxf.get("view_direction_vector", Point(0.0, 0.0, 1.0))
        length = math.sqrt(x * x + y * y + z * z)
        if length == 0:
            return True
        return abs(x / length) <= 1e-12 and abs(y / length) <= 1e-12 and abs(z / length - 1.0) <= 1e-9

    def get_transformation_matrix(self) -> list[float]:
        """Return the 16 numbers (row vectors) from model space to paper: moved, scaled, turned, moved."""
        dxf = self.dxf
        height = dxf.get("view_height", 1.0)
        scale = 0.0 if abs(height) < 1e-12 else dxf.height / height
        base = dxf.get("view_target_point", Point(0.0, 0.0, 0.0))
        middle = dxf.get("view_center_point", Point(0.0, 0.0, 0.0))
        angle = math.radians(dxf.get("view_twist_angle", 0.0))
        x, y, z = -base.x * scale, -base.y * scale, -base.z * scale
        cos, sin = (math.cos(angle), math.sin(angle)) if angle else (1.0, 0.0)
        turned_x, turned_y = x * cos + y * -sin, x * sin + y * cos
        turned_x += dxf.center.x - middle.x * scale
        turned_y += dxf.center.y - middle.y * scale
        along, aside = scale * cos, scale * sin
        return [along, aside, 0, 0, -aside, along, 0, 0, 0, 0, scale, 0, turned_x, turned_y, z, 1.0]


class Layout:
    """Model space or a sheet; its viewports are handed out when it is known where they stand."""

    def __init__(self, name: str, block_record_name: str, entry: Entry, doc: Register) -> None:
        self.name, self.block_record_name, self.dxf_layout = name, block_record_name, entry
        self.views: list[View] = []
        self._doc = doc

    def viewports(self) -> list[View]:
        """Return the viewports in the order of the file."""
        return self.views

    def __iter__(self) -> Iterator[Any]:
        return iter(self._doc.blocks.get(self.block_record_name) or ())


class Blocks:
    """The blocks of the library's document, none where there is no such document."""

    def __init__(self) -> None:
        self.library: Any = None

    def get(self, name: str) -> Any:
        """Return a block by name, None where the library has none."""
        return None if self.library is None else self.library.blocks.get(name)

    def __iter__(self) -> Iterator[Any]:
        return iter(() if self.library is None else self.library.blocks)

    def __contains__(self, name: str) -> bool:
        return self.library is not None and name in self.library.blocks


class Register:
    """What `Expander` and the reader ask a document for."""

    def __init__(self, stream: BinaryIO, found: Scan, decode: Callable[[bytes], str]) -> None:
        """Read the tables; raises `Unlike` where they are unusual."""
        kept = found.kept
        if not kept.sound or kept.overrides:
            raise Unlike("values that are not what they must be, or layers with other looks in a viewport")
        self._stream, self._kept, self._decode = stream, kept, decode
        self.header = {name: whole(value) if name == "$INSUNITS" else value for name, value in kept.header.items()}
        if "HEADER" not in found.sections:
            self.header = {}  # nothing is declared, whatever the library takes there
        self._old = str(self.header.get("$ACADVER", _R12)) == _R12
        tables = self._tables()
        self.layers, self.linetypes = tables["LAYER"], tables["LTYPE"]
        self.styles, self.dimstyles = tables["STYLE"], tables["DIMSTYLE"]
        self.layer_names = {layer.handle: layer.dxf.name for layer in self.layers if layer.handle}
        self._required_entries()
        self.block_records = Table("BLOCK_RECORD")
        for name, handle in kept.block_records.values():
            self.block_records.add(made("BLOCK_RECORD", name=name, handle=handle))
        for name in (_MODEL, _PAPER):
            if name not in self.block_records:
                self.block_records.add(made("BLOCK_RECORD", name=name, handle=""))
        self.blocks = Blocks()
        self.layouts = self._layouts()
        self._views = self._read_views(found)

    @property
    def entitydb(self) -> Any:
        """The entities of the library by handle."""
        return {} if self.blocks.library is None else self.blocks.library.entitydb

    @cached_property
    def names(self) -> dict[str, str]:
        """The names of blocks and line types by handle."""
        found = {record.dxf.handle: record.dxf.name for record in self.block_records}
        return found | {linetype.handle: linetype.dxf.name for linetype in self.linetypes}

    def modelspace(self) -> Layout:
        """Return the layout of model space."""
        return next(layout for layout in self.layouts if layout.name == "Model")

    def hand_out(self, graph: Graph) -> None:
        """Give the layouts their viewports."""
        by_container = {graph.container_of_layout(layout): layout for layout in self.layouts}
        for row, view in self._views:
            layout = by_container.get(int(graph.container[row]))
            if layout is not None:
                layout.views.append(view)
        self._views = []

    # -- reading ------------------------------------------------------------------------------------------------------

    def _records(self, rows: list[int]) -> list[list[Tag]]:
        return records(self._decode(read_spans(self._stream, self._kept.spans(rows)))) if rows else []

    def _rows(self, section: str, names: Iterable[str]) -> list[int]:
        kept = self._kept
        return [row for row, name in enumerate(kept.name) if name in names and kept.section[row] == section]

    def _tables(self) -> dict[str, Table]:
        kept = self._kept
        tables = {name: Table(name) for name in _ENTRIES}
        rows = self._rows("TABLES", {"TABLE"} | _ENTRIES)
        read = dict(zip(rows, self._records(rows), strict=True))
        open_now, done = "", set()
        for row, (name, section) in enumerate(zip(kept.name, kept.section, strict=True)):
            if section != "TABLES" or name in ("SECTION", "ENDSEC"):
                continue
            if name == "TABLE":
                open_now = next((tag.value for tag in read[row] if tag.code == 2), "")
                if open_now in done or open_now not in _TABLES:
                    raise Unlike("a table twice, or one that nobody knows")
                done.add(open_now)
            elif name == "ENDTAB":
                open_now = ""
            elif name != open_now:
                raise Unlike("an entry in a table that is none of its own")
            elif name in _ENTRIES:
                tables[name].add(Entry(read[row], self._old))
        return tables

    def _required_entries(self) -> None:
        """Add what every drawing has; the layer of defining points is never plotted."""
        for name in ("ByBlock", "ByLayer", "Continuous"):
            if name not in self.linetypes:
                self.linetypes.new(name)
        if "Standard" not in self.styles:
            self.styles.new("Standard")
        if "0" not in self.layers:
            self.layers.new("0")
        if "Defpoints" not in self.layers:
            self.layers.new("Defpoints")
        self.layers.get("Defpoints").dxf.update({"plot": 0})

    def _layouts(self) -> list[Layout]:
        listed = self._listed_layouts()
        if not listed:  # files before R2000
            return [
                Layout(name, block, made("LAYOUT_OF_OLD"), self)
                for name, block in (("Model", _MODEL), ("Layout1", _PAPER))
            ]
        names = {handle: name for name, handle in self._kept.block_records.values()}
        found: dict[str, Layout] = {}
        for key, entry in listed.items():
            block = names.get(entry.dxf.get("block_record_handle", ""))
            name = entry.dxf.get("name", "")
            if block is None or not name or key.upper() in found or (key.upper() == "MODEL") != (name == "Model"):
                raise Unlike("a layout of no block, or a name twice")
            found[key.upper()] = Layout(name, block, entry, self)
        if "MODEL" not in found or len(found) < 2:
            raise Unlike("no model space among the layouts")
        return list(found.values())

    def _listed_layouts(self) -> dict[str, Entry]:
        """Return the layouts by their names in the dictionary of layouts, {} where there is no such dictionary."""
        kept = self._kept
        dictionaries = self._rows("OBJECTS", _DICTIONARIES)
        layouts = self._rows("OBJECTS", ("LAYOUT",))
        objects = (row for row, name in enumerate(kept.name) if kept.section[row] == "OBJECTS" and name in OBJECTS)
        first = next((row for row in objects if kept.name[row] != "SECTION"), -1)
        if first < 0 or kept.name[first] == "ENDSEC":
            return {}
        if kept.name[first] != "DICTIONARY":
            raise Unlike("the first object is no dictionary")
        handle = _listed(Entry(self._records([first])[0], self._old)).get("ACAD_LAYOUT")
        if handle is None:
            return {}
        names: dict[str, str] | None = None
        for row in dictionaries:
            text = self._decode(read_spans(self._stream, self._kept.spans([row])))
            if handle not in text:
                continue
            entry = Entry(records(text)[0], self._old)
            if entry.handle == handle:
                names = _listed(entry)
                break
        if names is None:
            raise Unlike("no dictionary of layouts")
        found = {entry.handle: entry for entry in (Entry(tags, self._old) for tags in self._records(layouts))}
        if not set(names.values()) <= set(found):
            raise Unlike("a layout that is not there")
        return {name: found[number] for name, number in names.items()}

    def _read_views(self, found: Scan) -> list[tuple[int, View]]:
        rows = (found.entities.kind == KIND["VIEWPORT"]).nonzero()[0]
        if not len(rows):
            return []
        spans = zip(found.entities.offset[rows].tolist(), found.entities.end[rows].tolist(), strict=True)
        entries = records(self._decode(read_spans(self._stream, spans)))
        if len(entries) != len(rows):
            raise Unlike("something belongs to a viewport")
        return [(row, View(Entry(tags, self._old), self)) for row, tags in zip(rows.tolist(), entries, strict=True)]


def _old_view(entry: Entry) -> tuple[dict[str, Any], list[str]]:
    """Return what a viewport of R12 shows and the layers frozen in it (extended data of ACAD, MVIEW).

    The list has a number, target and direction, then numbers by place, then the layers.
    """
    tags = next((part for part in entry.extended if part[0].value == "ACAD"), [])
    begin = next((at for at, tag in enumerate(tags) if tag == (1000, "MVIEW")), -1)
    if begin < 0:
        return {}, []
    places = [at for at in range(begin, len(tags)) if tags[at].code == 1010]
    numbers = [tag for tag in tags[begin:] if tag.code in (1040, 1070)]
    if len(places) != 2 or len(numbers) < 23:
        raise Unlike("a viewport of an old file without its view")
    target, along = (Point(*(float(tag.value) for tag in tags[at : at + 3])) for at in places)
    twist, height, x, y = (float(tag.value) for tag in numbers[1:5])
    view = {
        "view_target_point": target, "view_direction_vector": along, "view_twist_angle": twist, "view_height": height,
        "view_center_point": Point(x, y, 0.0), "flags": 0,
    }  # fmt: skip
    return view, [tag.value for tag in tags[begin:] if tag.code == 1003]


def _listed(dictionary: Entry) -> dict[str, str]:
    """Return handles by name of a dictionary."""
    found: dict[str, str] = {}
    key = handle = ""
    for tag in dictionary.subclass(1):
        if tag.code in (350, 360):
            handle = tag.value
        elif tag.code == 3:
            key = tag.value
        if key and handle:
            found[key] = handle
            key = handle = ""
    return found
