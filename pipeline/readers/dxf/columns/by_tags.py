"""Rare entities from their tags, in the shape that the handlers for the library's entities expect.

Most are few in a drawing, so they are read one by one; what they refer to is looked up in the register and in the
objects. The library is not loaded for them. Anything unusual about one is `Unlike`: the library then reads them all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from pipeline.readers.dxf.columns.entries import Tag, Unlike, point_at, records, values, whole
from pipeline.readers.dxf.columns.inserted import Block, attribute, reference
from pipeline.readers.dxf.columns.kinds import ALONE, NAMES, table_of
from pipeline.readers.dxf.columns.leaders import leader
from pipeline.readers.dxf.columns.multilines import multiline
from pipeline.readers.dxf.columns.objects import Objects
from pipeline.readers.dxf.columns.references import EXTERNAL, block_key, block_numbers
from pipeline.readers.dxf.columns.scanned import Scan
from pipeline.readers.dxf.columns.soundness import check_numbers
from pipeline.readers.dxf.columns.stand_ins import Point, StandIn
from pipeline.readers.dxf.columns.tagged import Tagged, direction, points
from pipeline.readers.dxf.columns.tags import read_spans
from pipeline.readers.dxf.dimensions import LINEAR

if TYPE_CHECKING:
    from pipeline.readers.dxf.columns.register import Register

_SUBORDINATE = ("VERTEX", "SEQEND")
_UNDERLAYS = ("PDFUNDERLAY", "DWFUNDERLAY", "DGNUNDERLAY")


class Mesh(StandIn):
    """A MESH: its vertices and its faces as rows of them."""

    __slots__ = ("vertices", "faces")
    vertices: list[Point]
    faces: list[list[int]]


class Picture(StandIn):
    """An IMAGE, WIPEOUT or underlay: its outline and what defines it."""

    __slots__ = ("outline", "image_def")
    outline: list[Point]
    image_def: StandIn | None

    def boundary_path_wcs(self) -> list[Point]:
        """Return its outline in world coordinates."""
        return self.outline

    def get_underlay_def(self) -> StandIn | None:
        """Return the definition of an underlay."""
        return self.image_def


class Cells(StandIn):
    """An ACAD_TABLE: the block that holds its picture, and where that stands."""

    __slots__ = ()

    def get_block_name(self) -> str:
        """Return the name of its block."""
        return str(self.dxf.get("geometry", ""))

    def get_insert_location(self) -> Point:
        """Return where its block stands."""
        return self.dxf.get("insert", Point(0.0, 0.0, 0.0))


class Measure(StandIn):
    """An ARC_DIMENSION or LARGE_RADIAL_DIMENSION that has a picture."""

    __slots__ = ()

    @property
    def dimtype(self) -> int:
        """What it measures (group 70 without its flags)."""
        return int(self.dxf.get("dimtype", 0)) & 15


class Polyline(StandIn):
    """A POLYLINE that is a mesh."""

    __slots__ = ("vertices", "is_poly_face_mesh")
    vertices: list[StandIn]
    is_poly_face_mesh: bool
    is_2d_polyline = is_3d_polyline = False


class ByTags:
    """Reads the rare entities of one file."""

    def __init__(
        self, stream: BinaryIO, found: Scan, decode: Callable[[bytes], str], doc: Register, objects: Objects
    ) -> None:
        """Take the file, its scan, its register and its objects."""
        self._stream, self._found, self._decode, self._doc = stream, found, decode, doc
        self._objects = objects
        self._paths: dict[int, str] = {}  # of blocks that stand for other drawings
        self._numbers = block_numbers(found)
        self._bases = {
            name.lower(): Point(*base)
            for name, base in zip(found.block_names, found.block_base.tolist(), strict=True)
        }  # fmt: skip

    def read(self, rows: NDArray) -> dict[int, StandIn]:
        """Return some entities (ascending rows of the scan, of kinds in `MAKERS`) by row, attributes with their owner.

        Those that are unusual are left out where the library can draw them from nothing but themselves.

        Raises:
            Unlike: one of the others has something unusual.
            ValueError: a number is none.
        """
        if not len(rows):
            return {}
        entities = self._found.entities
        spans = zip(entities.offset[rows].tolist(), entities.end[rows].tolist(), strict=True)
        groups: list[list[list[Tag]]] = []
        for tags in records(self._decode(read_spans(self._stream, spans))):
            check_numbers(tags)
            if tags[0].value in _SUBORDINATE:
                groups[-1].append(tags)
            else:
                groups.append([tags])
        out: dict[int, StandIn] = {}
        last: StandIn | None = None
        for row, group in zip(rows.tolist(), groups, strict=True):
            kind = group[0][0].value
            try:
                made = MAKERS[kind](self, group)
            except Unlike:
                if kind not in ALONE:
                    raise
                last = None
                continue
            made.source = row
            out[row] = made
            if made.kind == "ATTRIB":
                if last is None:
                    raise Unlike("an attribute without a reference")
                last.attribs.append(made)
            else:
                last = made if made.kind == "INSERT" else None
        return out

    # -- makers -------------------------------------------------------------------------------------------------------

    def _reference(self, group: list[list[Tag]]) -> StandIn:
        found = Tagged(group[0])
        name = next((tag.value for tag in found.own(2, "AcDbBlockReference", "AcDbMInsertBlock") if tag.code == 2), "")
        number = self._numbers.get(block_key(name))
        block = None
        if number is not None:
            flags = int(self._found.block_flags[number])
            path = self._path(number) if flags & EXTERNAL else ""
            block = Block(Point(*self._found.block_base[number].tolist()), flags, path)
        return reference(found, block, self._objects)

    def _path(self, number: int) -> str:
        """Return the path of the drawing that a block stands for."""
        if number not in self._paths:
            kept = self._found.kept
            row = next(at for at, block in enumerate(kept.block) if block == number and kept.name[at] == "BLOCK")
            tags = records(self._decode(read_spans(self._stream, kept.spans([row]))))[0]
            self._paths[number] = next((tag.value for tag in tags if tag.code == 1), "")
        return self._paths[number]

    def _attribute(self, group: list[list[Tag]]) -> StandIn:
        return attribute(Tagged(group[0]))

    def _leader(self, group: list[list[Tag]]) -> StandIn:
        return leader(Tagged(group[0]), self._doc, self._bases)

    def _multiline(self, group: list[list[Tag]]) -> StandIn:
        return multiline(Tagged(group[0]), self._objects)

    def _endless(self, group: list[list[Tag]]) -> StandIn:
        found = Tagged(group[0])
        kind = found.kind
        fields = values(
            found.own(2, "AcDbXline" if kind == "XLINE" else "AcDbRay"),
            {10: ("start", Point), 11: ("unit_vector", Point)},
        )
        fields.setdefault("start", Point(0.0, 0.0, 0.0))
        fields["unit_vector"] = direction(fields.get("unit_vector", Point(0.0, 0.0, 1.0)))
        return StandIn(kind, {**found.graphic(), **fields})

    def _tolerance(self, group: list[list[Tag]]) -> StandIn:
        found = Tagged(group[0])
        fields = values(
            found.own(2, "AcDbFcf"),
            {1: ("content", str), 3: ("dimstyle", str), 10: ("insert", Point), 11: ("x_axis_vector", Point),
             210: ("extrusion", Point)},
        )  # fmt: skip
        if "insert" not in fields or fields.get("dimstyle", "Standard") not in self._doc.dimstyles:
            raise Unlike("a tolerance without a place or a style")
        return StandIn("TOLERANCE", {**found.graphic(), **fields})

    def _table(self, group: list[list[Tag]]) -> StandIn:
        found = Tagged(group[0])
        fields = values(found.own(2, "AcDbBlockReference"), {2: ("geometry", str), 10: ("insert", Point)})
        return Cells("ACAD_TABLE", {**found.graphic(), **fields})

    def _measure(self, group: list[list[Tag]]) -> StandIn:
        found = Tagged(group[0])
        fields = values(
            found.own(2, "AcDbDimension"),
            {1: ("text", str), 2: ("geometry", str), 12: ("insert", Point), 70: ("dimtype", whole)},
        )
        made = Measure(found.kind, {**found.graphic(), **fields})
        if block_key(fields.get("geometry", "")) not in self._numbers or made.dimtype in LINEAR:
            raise Unlike("a dimension without a picture")
        return made

    def _undrawn(self, group: list[list[Tag]]) -> StandIn:
        found = Tagged(group[0])
        if any(tag.code in (92, 160, 310) for tag in found.classes[0 if found.old else 1]):
            raise Unlike("an object with a picture")
        return StandIn(found.kind, found.graphic())

    def _mesh(self, group: list[list[Tag]]) -> StandIn:
        found = Tagged(group[0])
        tags = found.own(2, "AcDbSubDMesh")
        counts = [next((at for at, tag in enumerate(tags) if tag.code == code), -1) for code in (92, 93, 94, 95)]
        if min(counts) < 0 or counts != sorted(counts):
            raise Unlike("a mesh without its counts")
        made = Mesh("MESH", found.graphic())
        made.vertices = points(tags[counts[0] : counts[1]], 10)
        numbers = [whole(tag.value) for tag in tags[counts[1] + 1 : counts[2]]]
        made.faces = []
        at = 0
        while at < len(numbers):
            made.faces.append(numbers[at + 1 : at + 1 + numbers[at]])
            at += 1 + numbers[at]
        if any(not face or min(face) < 0 for face in made.faces):
            raise Unlike("a face without corners")
        return made

    def _picture(self, group: list[list[Tag]]) -> StandIn:
        found = Tagged(group[0])
        tags = found.own(2, "AcDbWipeout" if found.kind == "WIPEOUT" else "AcDbRasterImage")
        fields = values(
            tags,
            {10: ("insert", Point), 11: ("u", Point), 12: ("v", Point), 13: ("size", Point), 340: ("definition", str)},
        )
        if not {"insert", "u", "v", "size"} <= set(fields):
            raise Unlike("a picture without a place")
        made = Picture(found.kind, found.graphic())
        made.image_def = self._objects.definition(fields.get("definition", "")) if found.kind == "IMAGE" else None
        ring = np.array([point_at(tags, at)[:2] for at, tag in enumerate(tags) if tag.code == 14]).reshape(-1, 2)
        if len(ring) < 2:
            ring = np.array([(-0.5, -0.5), (fields["size"].x - 0.5, fields["size"].y - 0.5)])
        if len(ring) == 2:
            (x0, y0), (x1, y1) = ring
            ring = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
        origin, u, v = (np.array(fields[name], np.float64) for name in ("insert", "u", "v"))
        corners = origin + 0.5 * u - 0.5 * v + ring[:, :1] * u + (fields["size"].y - ring[:, 1:]) * v
        made.outline = [Point(*corner) for corner in corners.tolist()]
        return made

    def _underlay(self, group: list[list[Tag]]) -> StandIn:
        found = Tagged(group[0])
        fields = values(found.own(2, "AcDbUnderlayReference"), {340: ("definition", str)})
        made = Picture(found.kind, found.graphic())
        made.outline, made.image_def = [], self._objects.definition(fields.get("definition", ""))
        return made

    def _polyline(self, group: list[list[Tag]]) -> StandIn:
        found = Tagged(group[0])
        fields = values(
            found.classes[0] if found.old else found.classes[2],
            {70: ("flags", whole), 71: ("m_count", whole), 72: ("n_count", whole), 73: ("m_smooth_density", whole),
             74: ("n_smooth_density", whole)},
        )  # fmt: skip
        flags = fields.get("flags", 0)
        if not flags & (16 | 64) or flags & 8 or "layer" in fields:
            raise Unlike("no mesh")
        made = Polyline("POLYLINE", {**found.graphic(), **fields})
        made.is_poly_face_mesh = bool(flags & 64)
        made.vertices = [_vertex(tags) for tags in group[1:] if tags[0].value == "VERTEX"]
        return made


def _vertex(tags: list[Tag]) -> StandIn:
    fields: dict[str, Any] = values(
        [tag for tag in tags if tag.code < 1000],
        {10: ("location", Point), 70: ("flags", whole), 71: ("vtx0", whole), 72: ("vtx1", whole), 73: ("vtx2", whole),
         74: ("vtx3", whole)},
    )  # fmt: skip
    fields.setdefault("location", Point(0.0, 0.0, 0.0))
    return StandIn("VERTEX", fields)


MAKERS: dict[str, Callable[[ByTags, list[list[Tag]]], StandIn]] = {
    "INSERT": ByTags._reference,
    "LEADER": ByTags._leader,
    "MLINE": ByTags._multiline,
    "TOLERANCE": ByTags._tolerance,
    "ACAD_TABLE": ByTags._table,
    "MESH": ByTags._mesh,
    **dict.fromkeys(("ARC_DIMENSION", "LARGE_RADIAL_DIMENSION"), ByTags._measure),
    "POLYLINE": ByTags._polyline,
    **dict.fromkeys(("ATTRIB", "ATTDEF"), ByTags._attribute),
    **dict.fromkeys(("XLINE", "RAY"), ByTags._endless),
    **dict.fromkeys(("IMAGE", "WIPEOUT"), ByTags._picture),
    **dict.fromkeys(_UNDERLAYS, ByTags._underlay),
    **dict.fromkeys(("LIGHT", "OLE2FRAME"), ByTags._undrawn),
}


def is_read(found: Scan, rare: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which of the rare entities are of kinds that are read by their tags."""
    out = rare & table_of(name for name in NAMES if name in MAKERS)[found.entities.kind]
    named = [row for row, name in found.odd_names.items() if name in MAKERS]
    out[named] = rare[named]
    return out
