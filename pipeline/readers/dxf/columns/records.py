"""Records of a DXF (entity, table entry, object) in one piece of tags: kind, section, block, attributes by code."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.strokes import ranges
from pipeline.readers.dxf.columns.kinds import (
    FIRST_NATIVE,
    KIND,
    LAST_STRUCTURE,
    NUMERIC,
    OTHER,
    SUBORDINATE,
)
from pipeline.readers.dxf.columns.tags import F64, I32, PIECE_BYTES, Irregular, Tags, tokenise
from pipeline.readers.dxf.columns.words import numbered

_COMMENT = 999
_PIECES, _SMALL_PIECE_BYTES = 16, 1 << 19
_ONE_PIECE_BYTES = 1 << 20  # a file of so many bytes is one piece
_SPARE_BYTES = 1 << 16  # a piece ends at the last entity that is whole
NOWHERE, ENTITIES = -1, -2  # containers that are no block
_SUBORDINATE = tuple(KIND[name] for name in SUBORDINATE)
_VERTEX, _SEQEND, _ATTRIB = _SUBORDINATE
_POLYLINE, _INSERT, _MTEXT = KIND["POLYLINE"], KIND["INSERT"], KIND["MTEXT"]


def pieces(stream: BinaryIO, decode: Callable[[bytes], str], piece_bytes: int = 0) -> Iterator[Tags]:
    """Yield the tags of a file piece by piece; each piece ends between two entities, the last with EOF.

    What is made of a piece takes about ten times its size for a while, so pieces of small files are smaller.

    Raises:
        Irregular: no EOF, something behind it, or what `tokenise` finds.
    """
    total = os.fstat(stream.fileno()).st_size
    position = 3 if stream.read(3) == b"\xef\xbb\xbf" else 0
    piece_bytes = piece_bytes or _even(total)
    size = piece_bytes
    while True:
        stream.seek(position)
        raw = np.fromfile(stream, np.uint8, size)
        at_end = position + len(raw) >= total
        if at_end and len(raw) and raw[-1] != 10:
            raw = np.append(raw, np.uint8(10))
        tags = tokenise(raw, position, decode)
        starts = np.flatnonzero(tags.codes == 0)
        cut = _end_of_file(tags, starts) if at_end else _cut(tags, starts)
        if cut == 0:
            if size > total:
                raise Irregular("no records")
            size *= 2
            continue
        position = int(tags.offsets(cut))
        if cut < len(tags):
            tags.data = tags.data[: tags.lines[cut]]
        tags.codes, tags.lines, tags.first, tags.last = (
            column[:cut] for column in (tags.codes, tags.lines, tags.first, tags.last)
        )
        if (tags.data == 0).any():
            raise Irregular("zero bytes")
        yield tags
        if at_end:
            return
        size = piece_bytes


def _end_of_file(tags: Tags, starts: NDArray) -> int:
    """Return the number of tags up to EOF, which must be the last of the file."""
    if not len(starts) or tags.texts(starts[-1:])[0].strip().upper() != "EOF":
        raise Irregular("no EOF at the end")
    end = int(starts[-1]) + 1
    if bytes(tags.data[tags.last[end - 1] :]).strip(b" \t\r\n\x1a\x00"):
        raise Irregular("something behind EOF")
    tags.data = tags.data[: tags.last[end - 1] + 1]
    return end


def _cut(tags: Tags, starts: NDArray) -> int:
    """Return the last tag that begins an entity of its own, 0 if there is none but the first."""
    for start in starts[:0:-1].tolist():
        if tags.texts(np.array([start]))[0] not in SUBORDINATE:
            return int(start)
    return 0


def _even(total: int) -> int:
    """Return how large the pieces of a file are (bytes): even ones, a small rest costs as much as a whole piece."""
    if total <= _ONE_PIECE_BYTES:
        return total + _SPARE_BYTES
    size = min(max(total // _PIECES, _SMALL_PIECE_BYTES), PIECE_BYTES)
    return total // max(1, round(total / size)) + _SPARE_BYTES


@dataclass(slots=True)
class Where:
    """What was open when a piece ended: section, block and table; names of all blocks so far, in order."""

    section: str = ""
    block: int = NOWHERE
    table: str = ""
    blocks: list[str] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Records:
    """The records of a piece; `container` is a block's number, `ENTITIES` or `NOWHERE`."""

    tags: Tags
    start: I32  # (r,) tag that begins the record
    stop: I32  # (r,) tag behind its last
    kind: NDArray[np.int16]  # (r,) see kinds
    names: list[str]
    container: I32
    section: list[tuple[int, str]]  # record at which a section begins, its name ("" outside)

    def __len__(self) -> int:
        return len(self.start)


def records(tags: Tags, where: Where) -> Records:
    """Return the records of a piece; `where` is carried on from the piece before and brought up to date.

    Raises:
        Irregular: sections, blocks or tables that do not open and close in turn, names with blanks around them.
    """
    start = np.flatnonzero(tags.codes == 0).astype(np.int32)
    if not len(start) or (tags.codes[: start[0]] != _COMMENT).any():
        raise Irregular("the file does not begin with a record")
    different, number = numbered(tags, start)
    kind = np.array([KIND.get(name, OTHER) for name in different], np.int16)[number]
    names = [different[i] for i in number.tolist()]
    stop = np.append(start[1:], np.int32(len(tags)))
    container = np.full(len(start), where.block if where.section == "BLOCKS" else NOWHERE, np.int32)
    if where.section == "ENTITIES":
        container[:] = ENTITIES
    out = Records(tags, start, stop, kind, names, container, [(0, where.section)])
    if any(n != n.strip() or not n for n in different):
        raise Irregular("record names with blanks")
    structure = np.flatnonzero((kind > OTHER) & (kind <= LAST_STRUCTURE))
    names_of = first_texts(out, structure, 2)
    for row in structure.tolist():
        _open_or_close(out, row, where, names_of)
    entity = kind > LAST_STRUCTURE
    entity |= kind == OTHER
    container[~entity] = NOWHERE
    _check_chains(kind, container)
    return out


def _open_or_close(out: Records, row: int, where: Where, names_of: dict[int, str]) -> None:
    name = out.names[row]
    inside = where.section
    if name == "SECTION":
        if inside:
            raise Irregular("section inside a section")
        where.section = _named(names_of, row)
        where.sections.append(where.section)
        out.section.append((row, where.section))
        out.container[row:] = ENTITIES if where.section == "ENTITIES" else NOWHERE
    elif name == "ENDSEC":
        if not inside or where.block != NOWHERE or where.table:
            raise Irregular("section closed while something is open")
        where.section = ""
        out.section.append((row + 1, ""))
        out.container[row:] = NOWHERE
    elif inside == "BLOCKS" and name in ("BLOCK", "ENDBLK"):
        _block(out, row, where, names_of)
    elif inside == "TABLES" and name in ("TABLE", "ENDTAB"):
        if (name == "TABLE") != (where.table == ""):
            raise Irregular("tables do not open and close in turn")
        where.table = _named(names_of, row) if name == "TABLE" else ""
    elif inside not in ("OBJECTS", "CLASSES") and (name != "EOF" or inside):
        raise Irregular(f"{name} where none belongs")


def _block(out: Records, row: int, where: Where, names_of: dict[int, str]) -> None:
    opens = out.names[row] == "BLOCK"
    if opens != (where.block == NOWHERE):
        raise Irregular("blocks do not open and close in turn")
    where.block = NOWHERE
    if opens:
        where.block = len(where.blocks)
        where.blocks.append(_named(names_of, row))
    out.container[row:] = where.block


def _named(names_of: dict[int, str], row: int) -> str:
    if row not in names_of:
        raise Irregular("a name is missing")
    return names_of[row]


def first_texts(out: Records, rows: NDArray, code: int) -> dict[int, str]:
    """Return the first text of a code in each of some records that has one."""
    tags = np.flatnonzero(out.tags.codes == code)
    place = np.searchsorted(tags, out.start[rows])
    some = place < len(tags)
    rows, first = rows[some], tags[place[some]]
    mine = first < out.stop[rows]
    return dict(zip(rows[mine].tolist(), out.tags.texts(first[mine]), strict=True))


def _check_chains(kind: NDArray, container: NDArray) -> None:
    """Demand that vertices follow polylines, attributes follow references, and SEQEND ends both."""
    inside = container != NOWHERE
    before = np.zeros(len(kind), np.int16)
    before[1:] = np.where(inside[1:], kind[:-1], 0)
    vertex, end, attrib = (inside & (kind == k) for k in _SUBORDINATE)
    after_vertex = (before == _POLYLINE) | (before == _VERTEX)
    after_attrib = (before == _INSERT) | (before == _ATTRIB)
    bad = vertex & ~after_vertex
    bad |= attrib & ~after_attrib
    bad |= end & ~(after_vertex | after_attrib)
    bad |= ~(vertex | end) & after_vertex
    bad |= ~(attrib | end) & (before == _ATTRIB)
    if bad.any():
        raise Irregular("vertices or attributes out of place")


class Attributes:
    """Values of the entities of a piece by group code; later values of the same code win, as in the library."""

    def __init__(self, found: Records, wanted: NDArray[np.bool_], native: NDArray[np.bool_]) -> None:
        """Take the records where `wanted`; numbers (but 67) are parsed of the `native` ones only."""
        tags = found.tags
        self.records = found
        sizes = found.stop - found.start
        sizes[0] += found.start[0]  # comments before the first record
        self.owner = np.repeat(np.arange(len(found), dtype=np.int32), sizes)  # record of each tag
        counted = wanted[self.owner] & (tags.codes < 1000)
        self.in_group = app_groups(found, counted)
        counted &= ~self.in_group
        _leave_out_of_attributes(found, counted)
        _leave_out_of_texts(found, self.owner, counted)
        self.counted = counted
        rows = np.flatnonzero(
            counted & ((NUMERIC[np.maximum(tags.codes, 0)] & native[self.owner]) | (tags.codes == 67))
        )
        order = np.argsort(tags.codes[rows], kind="stable")
        self._rows = rows[order]
        self._bounds = np.searchsorted(tags.codes[self._rows], np.arange(len(NUMERIC) + 1)).tolist()
        self._numbers = tags.numbers(rows)[order]

    def has(self, code: int) -> NDArray[np.bool_]:
        """Return which records have a tag of a code."""
        out = np.zeros(len(self.records), bool)
        out[self.owner[self.tags(code)]] = True
        return out

    def tags(self, code: int) -> NDArray:
        """Return the tag rows of a code, in file order."""
        return (self.counted & (self.records.tags.codes == code)).nonzero()[0]

    def some(self, code: int) -> bool:
        """Tell whether any tag of a numeric code was parsed."""
        low, high = self._bounds[code : code + 2]
        return bool(low < high)

    def numbers(self, code: int) -> tuple[I32, F64]:
        """Return the records and values of all tags of a numeric code, in file order."""
        low, high = self._bounds[code : code + 2]
        return self.owner[self._rows[low:high]], self._numbers[low:high]

    def number_rows(self, code: int) -> tuple[NDArray, F64]:
        """Return the tag rows and values of all tags of a numeric code, in file order."""
        low, high = self._bounds[code : code + 2]
        return self._rows[low:high], self._numbers[low:high]

    def by_tag(self) -> F64:
        """Return (n,) the value of every tag of the piece, NaN where it is no number that was parsed."""
        out = np.full(len(self.records.tags), np.nan)
        out[self._rows] = self._numbers
        return out

    def column(self, code: int, default: float = np.nan) -> F64:
        """Return (r,) the value of a code for every record."""
        out = np.empty(len(self.records))
        out.fill(default)
        low, high = self._bounds[code : code + 2]
        if low < high:
            out[self.owner[self._rows[low:high]]] = self._numbers[low:high]
        return out

    def of(self, code: int, rows: NDArray, default: float = np.nan) -> F64:
        """Return (k,) the value of a code for some records."""
        low, high = self._bounds[code : code + 2]
        return np.full(len(rows), default) if low == high else self.column(code, default)[rows]

    def points(self, code: int, rows: NDArray, default: float = 0.0) -> F64:
        """Return (k, 3) points of some records: codes c, c + 10, c + 20, missing ones `default`."""
        return np.column_stack([self.of(c, rows, default) for c in (code, code + 10, code + 20)])

    def texts(self, code: int, among: NDArray[np.bool_]) -> tuple[I32, list[str]]:
        """Return the records and strings of all tags of a code in the records `among`, in file order."""
        rows = self.tags(code)
        rows = rows[among[self.owner[rows]]]
        return self.owner[rows], self.records.tags.texts(rows)


def app_groups(found: Records, counted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which tags lie inside application groups (102 `{NAME` to 102 `}`)."""
    tags = found.tags
    inside = np.zeros(len(tags), bool)
    rows = np.flatnonzero(counted & (tags.codes == 102))
    if not len(rows):
        return inside
    mark = tags.data[tags.first[rows]]
    opens, closes = mark == ord("{"), mark == ord("}")
    if not (opens | closes).all() or len(rows) % 2 or not opens[0::2].all() or not closes[1::2].all():
        raise Irregular("application groups do not open and close in turn")
    owner = np.searchsorted(found.start, rows, "right")
    if (owner[0::2] != owner[1::2]).any():
        raise Irregular("an application group leaves its record")
    step = np.zeros(len(tags) + 1, np.int8)
    step[rows[0::2]] += 1
    step[rows[1::2] + 1] -= 1
    np.cumsum(step[:-1], dtype=np.int8, out=step[:-1])
    return step[:-1].astype(bool)


def _leave_out_of_attributes(found: Records, counted: NDArray[np.bool_]) -> None:
    """Leave out the codes of an ATTRIB that mean something else behind its text (DXF reference, ATTRIB).

    AcDbAttribute has 71 and 72 once more, its type and a lock; an AcDbXrecord in it has a place and a scale of its own.
    """
    marks = np.flatnonzero(counted & (found.tags.codes == 100))
    owner = np.searchsorted(found.start, marks, "right") - 1
    mine = found.kind[owner] == _ATTRIB
    marks, stops = marks[mine], found.stop[owner[mine]]
    names = np.array(found.tags.raw(marks), "S20")
    for name, codes in ((b"AcDbAttribute", (71, 72)), (b"AcDbXrecord", None)):
        of_name = names == name
        rows = ranges(marks[of_name], (stops - marks)[of_name])
        counted[rows if codes is None else rows[np.isin(found.tags.codes[rows], codes)]] = False


def _leave_out_of_texts(found: Records, owner: NDArray, counted: NDArray[np.bool_]) -> None:
    """Leave out what stands behind the mark of the object embedded in an MTEXT (its columns)."""
    marks = np.flatnonzero(counted & (found.tags.codes == 101))
    marks = marks[found.kind[owner[marks]] == _MTEXT]
    if len(marks):
        counted[ranges(marks + 1, found.stop[owner[marks]] - marks - 1)] = False


def entity_rows(found: Records) -> NDArray[np.bool_]:
    """Return which records are entities of a block or layout, the subordinate ones included."""
    return found.container != NOWHERE


def is_native(kind: NDArray) -> NDArray[np.bool_]:
    """Return which kinds are read here, VERTEX and ATTRIB included."""
    return (kind >= FIRST_NATIVE) | (kind == _ATTRIB) | (kind == _VERTEX)
