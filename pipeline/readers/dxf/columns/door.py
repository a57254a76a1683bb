"""The quick door: a plain ASCII DXF opened from its bytes, the library sees only what is rare in it."""

from __future__ import annotations

import codecs
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.defects import Defect, defect
from pipeline.readers.base import ReadLimits
from pipeline.readers.dxf import encodings, prescan
from pipeline.readers.dxf.columns.by_tags import ByTags, is_read
from pipeline.readers.dxf.columns.entries import Unlike
from pipeline.readers.dxf.columns.expansion import ColumnExpander
from pipeline.readers.dxf.columns.freed import give_back
from pipeline.readers.dxf.columns.kinds import ALONE, KIND, NAMES
from pipeline.readers.dxf.columns.objects import Objects
from pipeline.readers.dxf.columns.references import Graph, block_numbers, given_entities, rare_entities
from pipeline.readers.dxf.columns.register import Register
from pipeline.readers.dxf.columns.scan import scan
from pipeline.readers.dxf.columns.scanned import Scan
from pipeline.readers.dxf.columns.stand_ins import StandIn
from pipeline.readers.dxf.columns.tags import PIECE_BYTES, Irregular
from pipeline.readers.dxf.ledger import Ledger

_HEAD_BYTES = 1 << 16
_STRETCH_BYTES = 1 << 18
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Opened:
    """A drawing opened by the quick door."""

    counts: prescan.Prescan  # what the bytes say
    doc: Any  # the library's document of what is rare
    parsed: Counter[str]  # entities read without the library
    expander: ColumnExpander
    ledger: Ledger
    defects: list[Defect]


def opened(path: Path, siblings: Mapping[str, Path] | None, limits: ReadLimits) -> Opened:
    """Open a drawing.

    Raises:
        Irregular: the file is binary, damaged or unusual; the library's own doors are for it.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
        if head.startswith(prescan.BINARY):
            raise Irregular("binary")
        counts = prescan.heading(head)
        claim = encodings.declared(counts.version, counts.codepage)
        used = _encoding(stream, claim)
        stream.seek(0)
        found = scan(stream, _decoder(used), limits.hatch_lines)
        large = path.stat().st_size > PIECE_BYTES
        if large:
            give_back()
        if len(set(found.sections)) != len(found.sections) or "ENTITIES" not in found.sections:
            raise Irregular("sections are missing or there twice")
        numbers = block_numbers(found)
        objects = Objects(stream, found.kept, _decoder(used))
        rare = rare_entities(found, numbers, objects.clipped(found.dictionaries))
        drawn = rare & (found.entities.kind != KIND["VIEWPORT"])
        register, own, given = _register(stream, found, drawn, objects, used, counts.version)
        if register is None:
            own, given = {}, given_entities(found, rare)
        else:
            rare = drawn
        doc = register or _whole(stream, found, given, used)
    found.forget_bytes()
    if large:
        give_back()
    graph = Graph(found, doc, rare, given, numbers, limits.insert_depth, own)
    if register is not None:
        register.hand_out(graph)
    counts.trailer = counts.has_entities = True
    counts.sections = counts.sections_closed = len(found.sections)
    counts.rows, counts.types = sum(found.types.values()), found.types
    defects = []
    if used != claim:
        defects.append(defect("encoding_corrected", declared=counts.codepage or claim, used=used))
    ledger = Ledger()
    expander = ColumnExpander(doc, ledger, siblings, limits, found=found, graph=graph, own=own)
    return Opened(counts, doc, _parsed(found, given, own), expander, ledger, defects)


def _parsed(found: Scan, given: NDArray[np.bool_], own: dict[int, StandIn]) -> Counter[str]:
    """Return the entities by name that are read without the library."""
    here = ~given & (found.entities.kind != KIND["ATTRIB"])
    many = np.bincount(found.entities.kind[here]).tolist()
    parsed = Counter({NAMES[kind]: count for kind, count in enumerate(many) if count})
    parsed.update(found.odd_names[row] for row in own if row in found.odd_names)
    return parsed


def _register(
    stream: BinaryIO, found: Scan, rare: NDArray[np.bool_], objects: Objects, used: str, version: str
) -> tuple[Register | None, dict[int, StandIn], NDArray[np.bool_]]:
    """Return what is read without the library's tables, what of the rare entities is, and which the library gets.

    None instead of the first where the library has to look at tables and objects.
    """
    try:
        register = Register(stream, found, _decoder(used))
        own = ByTags(stream, found, _decoder(used), register, objects).read(np.flatnonzero(is_read(found, rare)))
        left = rare.copy()
        left[list(own)] = False
        given = given_entities(found, left)
        if found.names_of(given) <= ALONE:
            if given.any():
                from pipeline.readers.dxf.columns import rare as library  # loads the library

                register.blocks.library = library.alone(stream, found, given, used, version)
            return register, own, given
    except (Unlike, ValueError, LookupError) as why:
        _log.debug("to the library: %s", why)
    return None, {}, rare


def _whole(stream: BinaryIO, found: Scan, given: NDArray[np.bool_], used: str) -> Any:
    """Return the library's document of everything that is not read here."""
    from pipeline.readers.dxf.columns import rare  # loads the library

    try:
        return rare.document(stream, found, given, used)
    except Exception as error:  # the library says no: let it say so about the whole file
        raise Irregular(f"{type(error).__name__}: {error}"[:120]) from None


def _decoder(encoding: str) -> Callable[[bytes], str]:
    def decode(data: bytes) -> str:
        return data.decode("ascii") if data.isascii() else data.decode(encoding, "surrogateescape")

    return decode


def _is_utf8(stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    stream.seek(0)
    try:
        while stretch := stream.read(_STRETCH_BYTES):
            if not stretch.isascii() or decoder.getstate()[0]:
                decoder.decode(stretch)
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def _encoding(stream: BinaryIO, claim: str) -> str:
    """Return what the texts are encoded in; raises `Irregular` where no one encoding fits all of them."""
    if claim == "utf-8" and _is_utf8(stream):
        return claim
    lines: list[bytes] = []
    rest = b""
    stream.seek(0)
    while stretch := stream.read(_STRETCH_BYTES):
        stretch = rest + stretch
        end = stretch.rfind(b"\n") + 1
        rest, stretch = stretch[end:], stretch[:end]
        if not stretch.isascii():
            lines += encodings.high_lines(stretch, len(stretch))
    if not rest.isascii():
        lines += encodings.high_lines(rest, len(rest))
    if not lines or lines == [b"\xef\xbb\xbf  0"]:
        return claim
    every = max(1, len(lines) // encodings.SAMPLE)
    used = encodings.judge(lines[::every], claim)
    _, other, broken = encodings.decoded(b"\n".join(lines), used)
    if other or broken:
        raise Irregular("texts of more than one encoding")
    return used
