"""What the fast reader leaves out, as a small DXF for the library: what the rare entities need, and themselves."""

from __future__ import annotations

from typing import Any, BinaryIO

import numpy as np
from ezdxf.document import Drawing
from numpy.typing import NDArray

from pipeline.readers.dxf import repairs
from pipeline.readers.dxf.columns.compiled import compiled
from pipeline.readers.dxf.columns.keeping import OBJECTS
from pipeline.readers.dxf.columns.kinds import KIND
from pipeline.readers.dxf.columns.records import ENTITIES
from pipeline.readers.dxf.columns.scanned import Kept, Scan
from pipeline.readers.dxf.columns.tags import read_spans

repairs.install()
_SECTIONS = frozenset({"HEADER", "TABLES", "BLOCKS", "ENTITIES", "OBJECTS"})
_PICTURED = frozenset({"ARC_DIMENSION", "LARGE_RADIAL_DIMENSION"})  # their pictures are looked up in the blocks


def document(stream: BinaryIO, found: Scan, given: NDArray[np.bool_], encoding: str) -> Any:
    """Return the library's document of everything but the entities that are read here.

    `given` marks the entities (rows of the scan) that the library gets. Raises what the library raises.
    """
    chosen = np.flatnonzero(given)
    with_rare, names = _containers(found, chosen)
    pictures = bool((found.entities.kind[chosen] == KIND["DIMENSION"]).any())
    pictures |= not _PICTURED.isdisjoint(found.odd_names.values())
    classes = "ACAD_PROXY_ENTITY" in found.odd_names.values()
    kept = found.kept
    with_records = kept.overrides or "SPATIAL_FILTER" in kept.name  # looks in viewports, inverted clips
    rows = [
        row
        for row, section in enumerate(kept.section)
        if _wanted(kept, row, with_rare, names, pictures)
        or (classes and section == "CLASSES")
        or (with_records and kept.name[row] == "XRECORD")
    ]
    data = read_spans(stream, kept.spans(rows) + _entities(found, chosen))
    loaded = _loaded(data.decode(encoding, "surrogateescape"), encoding)
    if "HEADER" not in found.sections:
        loaded.header["$INSUNITS"] = 0  # the library takes metres where nothing is declared
    return loaded


def alone(stream: BinaryIO, found: Scan, given: NDArray[np.bool_], encoding: str, version: str) -> Any:
    """Return the library's document of entities that need nothing but their blocks. Raises what the library raises."""
    chosen = np.flatnonzero(given)
    with_rare, names = _containers(found, chosen)
    kept = found.kept
    of_blocks = [row for row, block in enumerate(kept.block) if block in with_rare or kept.label[row].lower() in names]
    in_layout = found.entities.container[chosen] == ENTITIES
    records = "".join(
        f"0\nBLOCK_RECORD\n5\n{handle}\n330\n0\n100\nAcDbSymbolTableRecord\n100\nAcDbBlockTableRecord\n2\n{name}\n"
        for key, (name, handle) in kept.block_records.items()
        if handle and (key in names or key in _LAYOUTS)
    )
    text = "".join(
        [
            f"0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\n{version or 'AC1009'}\n9\n$HANDSEED\n5\nFFFFFF000000\n0\nENDSEC\n",
            f"0\nSECTION\n2\nTABLES\n0\nTABLE\n2\nBLOCK_RECORD\n70\n0\n{records}0\nENDTAB\n0\nENDSEC\n",
            "0\nSECTION\n2\nBLOCKS\n",
            _text(stream, kept.spans(of_blocks) + _entities(found, chosen[~in_layout]), encoding),
            "0\nENDSEC\n0\nSECTION\n2\nENTITIES\n",
            _text(stream, _entities(found, chosen[in_layout]), encoding),
            "0\nENDSEC\n0\nEOF\n",
        ]
    )
    return _loaded(text, encoding)


_LAYOUTS = ("*model_space", "*paper_space")


def _text(stream: BinaryIO, spans: list[tuple[int, int]], encoding: str) -> str:
    return read_spans(stream, spans).decode(encoding, "surrogateescape").replace("\r\n", "\n")


def _loaded(text: str, encoding: str) -> Any:
    document = Drawing.from_tags(compiled(text))
    if encoding != "utf-8":  # texts in the pictures of proxies are bytes of the same code page
        document.encoding = encoding
    return document


def _containers(found: Scan, chosen: NDArray) -> tuple[set[int], set[str]]:
    """Return the numbers and lower-case names of the blocks that some entities are in."""
    blocks = set(found.entities.container[chosen].tolist()) - {ENTITIES}
    return blocks, {found.block_names[block].lower() for block in blocks}


def _entities(found: Scan, rows: NDArray) -> list[tuple[int, int]]:
    return list(zip(found.entities.offset[rows].tolist(), found.entities.end[rows].tolist(), strict=True))


def _wanted(kept: Kept, row: int, with_rare: set[int], names: set[str], pictures: bool) -> bool:
    section, name = kept.section[row], kept.name[row]
    if section == "OBJECTS":
        return name in OBJECTS
    if name == "EOF":
        return True
    if kept.block[row] >= 0 or name == "BLOCK_RECORD":
        key = kept.label[row].lower()
        return pictures or kept.block[row] in with_rare or key in names or not key.startswith("*d")
    return section in _SECTIONS
