"""Objects that entities refer to by handle: definitions of pictures, styles of multilines, clips of references."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from pipeline.readers.dxf.clipping import Window, rectangle
from pipeline.readers.dxf.columns.entries import Tag, Unlike, classes, records, values, whole
from pipeline.readers.dxf.columns.multilines import MultilineStyle, style_of
from pipeline.readers.dxf.columns.scanned import Kept
from pipeline.readers.dxf.columns.stand_ins import StandIn
from pipeline.readers.dxf.columns.tagged import points
from pipeline.readers.dxf.columns.tags import read_spans

F64 = NDArray[np.float64]
_DEFINITIONS = {
    "IMAGEDEF": "AcDbRasterImageDef", "PDFDEFINITION": "AcDbUnderlayDefinition",
    "DWFDEFINITION": "AcDbUnderlayDefinition", "DGNDEFINITION": "AcDbUnderlayDefinition",
}  # fmt: skip
_DICTIONARIES = ("DICTIONARY", "ACDBDICTIONARYWDFLT")
_FILTER, _SPATIAL = "ACAD_FILTER", "SPATIAL"
_ROUNDTRIP, _INVERTED = "ACAD_XREC_ROUNDTRIP", "ACAD_INVERTEDCLIP_ROUNDTRIP"


class Objects:
    """Reads each kind of object when one of it is asked for."""

    def __init__(self, stream: BinaryIO, kept: Kept, decode: Callable[[bytes], str]) -> None:
        """Take the file and where its records lie."""
        self._stream, self._kept, self._decode = stream, kept, decode

    def _read(self, kinds: Iterable[str]) -> dict[str, tuple[str, list[Tag]]]:
        """Return kind and tags of all objects of some kinds by handle."""
        kept, kinds = self._kept, frozenset(kinds)
        rows = [at for at, name in enumerate(kept.name) if name in kinds and kept.section[at] == "OBJECTS"]
        found: dict[str, tuple[str, list[Tag]]] = {}
        for tags in records(self._decode(read_spans(self._stream, kept.spans(rows)))) if rows else []:
            handle = next((tag.value for tag in tags if tag.code == 5), "")
            found[handle] = (tags[0].value, tags)
        return found

    @cached_property
    def _definitions(self) -> dict[str, StandIn]:
        found = {}
        for handle, (kind, tags) in self._read(_DEFINITIONS).items():
            own = _subclass(tags, _DEFINITIONS[kind])
            found[handle] = StandIn(kind, values(own, {1: ("filename", str)}))
        return found

    def definition(self, handle: str) -> StandIn:
        """Return the definition of a picture or underlay; raises `Unlike` where there is none."""
        if handle not in self._definitions:
            raise Unlike("a picture without definition")
        return self._definitions[handle]

    @cached_property
    def _multiline_styles(self) -> dict[str, tuple[str, MultilineStyle]]:
        found = {}
        for handle, (_, tags) in self._read(("MLINESTYLE",)).items():
            own = _subclass(tags, "AcDbMlineStyle")
            found[handle] = (values(own[:2], {2: ("name", str)}).get("name", "Standard"), style_of(own))
        return found

    def multiline_style(self, handle: str, name: str) -> MultilineStyle:
        """Return the style of a multiline by handle, else by name; raises `Unlike` where there is none."""
        styles = self._multiline_styles
        if handle in styles:
            return styles[handle][1]
        named = [style for other, style in styles.values() if other.lower() == name.lower()]
        if len(named) != 1:
            raise Unlike("a multiline without style")
        return named[0]

    # -- clips --------------------------------------------------------------------------------------------------------

    @cached_property
    def _dictionaries(self) -> dict[str, dict[str, str]]:
        return {handle: _entries(tags) for handle, (_, tags) in self._read(_DICTIONARIES).items()}

    @cached_property
    def _filters(self) -> dict[str, list[Tag]]:
        return {handle: tags for handle, (_, tags) in self._read(("SPATIAL_FILTER",)).items()}

    @cached_property
    def _records(self) -> dict[str, list[Tag]]:
        return {handle: tags for handle, (_, tags) in self._read(("XRECORD",)).items()}

    def clipped(self, dictionaries: dict[int, str]) -> set[int]:
        """Return which references are clipped; `dictionaries` are the handles of their extension dictionaries."""
        if "SPATIAL_FILTER" not in self._kept.name:
            return set()
        entries = self._dictionaries
        return {row for row, handle in dictionaries.items() if _FILTER in entries.get(handle, {})}

    def clip(self, dictionary: str) -> Clip | None:
        """Return the clip that the extension dictionary of a reference leads to, None where there is none."""
        inner = self._dictionaries.get(dictionary, {}).get(_FILTER, "")
        tags = self._filters.get(self._dictionaries.get(inner, {}).get(_SPATIAL, ""))
        if tags is None:
            return None
        own = _subclass(tags, "AcDbSpatialFilter")
        clip = Clip(np.array(points(own, 10), np.float64).reshape(-1, 3)[:, :2], _matrix(own))
        clip.enabled = bool(values(own, {71: ("on", whole)}).get("on", 1))
        for name in _extensions(tags):
            record = self._records.get(self._dictionaries.get(name, {}).get(_ROUNDTRIP, ""))
            if record is not None:
                clip.inverted, clip.hole = True, _section(record, _INVERTED)
        return clip


@dataclass(slots=True)
class Clip:
    """A clip as it stands in the file: its boundary and what takes that to the coordinates of the block."""

    boundary: F64  # (k, 2)
    matrix: F64  # (4, 4) row vectors
    enabled: bool = True
    inverted: bool = False
    hole: F64 = field(default_factory=lambda: np.zeros((0, 2)))

    def window(self) -> Window | None:
        """Return what shows of the block, None where all of it does; ValueError for a clip without an area."""
        if not self.enabled:
            return None
        ring = _moved(self.boundary, self.matrix)
        if len(ring) == 2:
            (x0, y0), (x1, y1) = ring.min(axis=0), ring.max(axis=0)
            ring = rectangle(float(x0), float(y0), float(x1), float(y1)).ring
        if self.inverted:
            hole = _moved(self.hole, self.matrix)
            ring = hole if _box_area(hole) < _box_area(ring) else ring
        if len(ring) > 1 and np.array_equal(ring[0], ring[-1]):
            ring = ring[:-1]
        if len(ring) < 3 or not np.isfinite(ring).all():
            raise ValueError("clip of a block reference has no area")
        return Window(ring, self.inverted)


def _moved(ring: F64, matrix: F64) -> F64:
    return ring @ matrix[:2, :2] + matrix[3, :2]


def _box_area(ring: F64) -> float:
    return float(np.prod(np.ptp(ring, axis=0))) if len(ring) else 0.0


def _matrix(tags: list[Tag]) -> F64:
    """Return the matrix that undoes the reference's own: the first of the last 24 numbers 40, by columns."""
    numbers = [float(tag.value) for tag in tags if tag.code == 40]
    out = np.eye(4)
    if len(numbers) >= 24:
        out[:, :3] = np.array(numbers[-24:-12]).reshape(3, 4).T
    return out


def _subclass(tags: list[Tag], name: str) -> list[Tag]:
    found = next((part for part in classes(tags)[0] if part[0] == (100, name)), None)
    if found is None:
        raise Unlike(f"no {name}")
    return found


def _entries(tags: list[Tag]) -> dict[str, str]:
    found: dict[str, str] = {}
    key = ""
    for tag in tags:
        if tag.code == 3:
            key = tag.value
        elif tag.code in (350, 360) and key:
            found[key] = tag.value
            key = ""
    return found


def _extensions(tags: list[Tag]) -> list[str]:
    """Return the handle of the extension dictionary of an object, nothing where there is none."""
    mark = next((at for at, tag in enumerate(tags) if tag == (102, "{ACAD_XDICTIONARY")), None)
    return [] if mark is None or mark + 1 >= len(tags) else [tags[mark + 1].value]


def _section(tags: list[Tag], name: str) -> F64:
    """Return the points (k, 2) in a section of a record: behind 102 and its name, up to the next 102."""
    begin = next((at for at, tag in enumerate(tags) if tag == (102, name)), len(tags))
    end = next((at for at in range(begin + 1, len(tags)) if tags[at].code == 102), len(tags))
    return np.array(points(tags[begin + 1 : end], 10), np.float64).reshape(-1, 3)[:, :2]
