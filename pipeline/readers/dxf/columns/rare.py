"""What the fast reader leaves out, as a small DXF for the library: header, tables, objects and the rare entities."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, BinaryIO

import numpy as np
from ezdxf.document import Drawing
from numpy.typing import NDArray

from pipeline.readers.dxf.columns.compiled import compiled
from pipeline.readers.dxf.columns.kinds import KIND
from pipeline.readers.dxf.columns.scanned import Kept, Scan

# objects that something is looked up in while drawing; materials, visual styles and the like are left out
_OBJECTS = frozenset(
    {
        "DICTIONARY", "ACDBDICTIONARYWDFLT", "LAYOUT", "IMAGEDEF", "MLINESTYLE", "MLEADERSTYLE", "PDFDEFINITION",
        "DWFDEFINITION", "DGNDEFINITION", "SPATIAL_FILTER", "TABLESTYLE", "WIPEOUTVARIABLES",
        "RASTERVARIABLES", "DICTIONARYVAR", "SECTION", "ENDSEC",
    }
)  # fmt: skip
_SECTIONS = frozenset({"HEADER", "TABLES", "BLOCKS", "ENTITIES", "OBJECTS"})
_PICTURED = frozenset({"ARC_DIMENSION", "LARGE_RADIAL_DIMENSION"})  # their pictures are looked up in the blocks
_OVERRIDES = b"ADSK_XREC_LAYER"  # dictionary entries of layer looks of one viewport


def document(stream: BinaryIO, found: Scan, given: NDArray[np.bool_], encoding: str) -> Any:
    """Return the library's document of everything but the entities that are read here.

    `given` marks the entities (rows of the scan) that the library gets. Raises what the library raises.
    """
    chosen = np.flatnonzero(given)
    with_rare = set(found.entities.container[chosen].tolist())
    names = {found.block_names[block].lower() for block in with_rare if block >= 0}
    entities = list(zip(found.entities.offset[chosen].tolist(), found.entities.end[chosen].tolist(), strict=True))
    pictures = bool((found.entities.kind[chosen] == KIND["DIMENSION"]).any())
    pictures |= not _PICTURED.isdisjoint(found.odd_names.values())
    classes = "ACAD_PROXY_ENTITY" in found.odd_names.values()
    spans = [
        (k.offset, k.end)
        for k in found.kept
        if _wanted(k, with_rare, names, pictures) or (classes and k.section == "CLASSES")
    ]
    data = _read(stream, spans + entities)
    if _OVERRIDES in data:
        spans += [(k.offset, k.end) for k in found.kept if k.name == "XRECORD"]
        data = _read(stream, spans + entities)
    document = Drawing.from_tags(compiled(data.decode(encoding, "surrogateescape")))
    if encoding != "utf-8":  # texts in the pictures of proxies are bytes of the same code page
        document.encoding = encoding
    return document


def _read(stream: BinaryIO, spans: Iterable[tuple[int, int]]) -> bytes:
    parts: list[bytes] = []
    position, stop = -1, -1
    for begin, end in [*sorted(spans), (-2, -2)]:
        if begin == stop:
            stop = end
            continue
        if position >= 0:
            stream.seek(position)
            parts.append(stream.read(stop - position))
        position, stop = begin, end
    return b"".join(parts)


def _wanted(item: Kept, with_rare: set[int], names: set[str], pictures: bool) -> bool:
    if item.section == "OBJECTS":
        return item.name in _OBJECTS
    if item.name == "EOF":
        return True
    if item.block >= 0 or item.name == "BLOCK_RECORD":
        key = item.label.lower()
        return pictures or item.block in with_rare or key in names or not key.startswith("*d")
    return item.section in _SECTIONS
