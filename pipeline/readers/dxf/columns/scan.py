"""One pass over the bytes of a DXF: entities, drawn rows, references, texts and dimensions as columns.

What is rare keeps only its place in the file; `rare.document` gives those bytes to the library.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.strokes import ranges
from pipeline.readers.base import LIMITS
from pipeline.readers.dxf.columns.alike import alike, without_gaps
from pipeline.readers.dxf.columns.figures import figures, incomplete
from pipeline.readers.dxf.columns.hatching import Hatched, hatched
from pipeline.readers.dxf.columns.keeping import Keeper
from pipeline.readers.dxf.columns.kinds import KIND, NAMES, PICTURED, table_of
from pipeline.readers.dxf.columns.pictures import Part, pictures
from pipeline.readers.dxf.columns.points import Points
from pipeline.readers.dxf.columns.records import (
    ENTITIES,
    NOWHERE,
    Attributes,
    Records,
    Where,
    entity_rows,
    is_native,
    pieces,
    records,
)
from pipeline.readers.dxf.columns.rows import Rows, in_order, joined
from pipeline.readers.dxf.columns.scanned import ENTITY_COLUMNS, FIELDS, Details, Entities, Scan
from pipeline.readers.dxf.columns.tags import Irregular
from pipeline.readers.dxf.columns.texts_in_columns import TextColumns, embedded, told_apart
from pipeline.readers.dxf.columns.waves import curved
from pipeline.readers.dxf.columns.words import numbered

F64 = NDArray[np.float64]
_ATTRIB, _INSERT, _VERTEX, _SEQEND = (KIND[n] for n in ("ATTRIB", "INSERT", "VERTEX", "SEQEND"))
_HATCH, _SPLINE = KIND["HATCH"], KIND["SPLINE"]
_PICTURED = table_of(PICTURED)
_HEX = np.zeros(256, bool)
_HEX[list(b"0123456789abcdefABCDEF")] = True
_LONGEST_HANDLE = 64
_DICTIONARY = b"{ACAD_XD"
_NAMES = (2, 7)


class _Collector:
    def __init__(self, hatch_lines: int) -> None:
        self.hatch_lines = hatch_lines
        self.where = Where()
        self.columns: dict[str, list[NDArray]] = {name: [] for name in ENTITY_COLUMNS}
        self.handles: list[NDArray[np.bytes_]] = []
        self.words: dict[str, int] = {}
        self.names: dict[str, str] = {}  # of blocks, styles and the like
        self.rows: list[Rows] = []
        self.points = Points()
        self.details = {name: Details() for name in FIELDS}
        self.styles: dict[int, dict[int, float]] = {}
        self.base: list[tuple[float, float, float]] = []
        self.flags: list[int] = []
        self.keeper = Keeper()
        self.types: Counter[str] = Counter()
        self.odd_names: dict[int, str] = {}
        self.count = 0
        self.edges: set[str] = set()
        self.pictures: dict[int, list[Part]] = {}
        self.linked: set[bytes] = set()  # handles of MTEXTs that are columns of others
        self.text_columns: dict[int, TextColumns] = {}
        self.dictionaries: dict[int, str] = {}

    def word_rows(self, found: Records, values: Attributes, rows: NDArray) -> NDArray[np.int32]:
        """Return for each record the word in one of its tags; `rows` are those tags."""
        out = np.full(len(found), -1, np.int32)
        words = self.words
        texts, number = numbered(found.tags, rows)
        out[values.owner[rows]] = np.array([words.setdefault(text, len(words)) for text in texts], np.int32)[number]
        return out

    def piece(self, found: Records) -> None:
        is_entity = entity_rows(found)
        native = is_entity & is_native(found.kind)
        self._blocks(found, self.keeper.piece(found, is_entity, self.where.blocks))
        if not is_entity.any():
            return
        values = Attributes(found, is_entity, native)
        main = is_entity & (found.kind != _VERTEX) & (found.kind != _SEQEND)
        rare = ~native | incomplete(values)
        self.edges.update(_edges(found, values))
        text_columns, odd = embedded(values)
        rare[odd] = True
        set_apart, odd = told_apart(values, self.linked)
        rare[odd] = True
        text_columns |= set_apart
        _check_references(found, values)
        _spread_to_references(found, values, rare, main)
        visible = native & (values.column(60, 0.0) == 0)
        hatches = hatched(values, np.flatnonzero(visible & ~rare & (found.kind == _HATCH)), self.hatch_lines)
        waves, unusual = curved(values, np.flatnonzero(visible & ~rare & (found.kind == _SPLINE)))
        drawn_by, without = pictures(values, np.flatnonzero(visible & ~rare & _PICTURED[found.kind]))
        rare[hatches.rare] = rare[unusual] = rare[without] = True
        rows = np.flatnonzero(main)
        place = np.full(len(found), -1, np.int32)
        place[rows] = np.arange(self.count, self.count + len(rows))
        self._columns(found, values, rows, rare, hatches, place)
        self.text_columns.update((int(place[record]), c) for record, c in text_columns.items())
        self.pictures.update((int(place[record]), parts) for record, parts in drawn_by.items())
        drawn = in_order(joined([*figures(values, visible & ~rare), hatches.rows, waves]))
        drawn.entity = place[drawn.entity]
        self.points.add(drawn.xyz)
        drawn.xyz = drawn.xyz[:0].copy()
        self.rows.append(drawn)
        for name in FIELDS:
            self._details(name, values, np.flatnonzero(native & ~rare & (found.kind == KIND[name])), place)
        self._dimension_styles(found, values, native & ~rare & (found.kind == KIND["DIMENSION"]), place)
        self.count += len(rows)

    def _columns(
        self, found: Records, values: Attributes, rows: NDArray, rare: NDArray, hatches: Hatched, place: NDArray
    ) -> None:
        count, tags = len(found), found.tags
        self.handles.append(_handles(found, values)[rows])
        following = np.append(rows[1:], count)
        stops = np.where(following < count, found.start[np.minimum(following, count - 1)], found.stop[-1])
        # what follows the last entity of a block or section does not belong to it
        last = np.searchsorted(np.flatnonzero(found.container == NOWHERE), rows)
        nowhere = np.append(np.flatnonzero(found.container == NOWHERE), count)
        bound = nowhere[last]
        bounds = np.where(bound < count, found.start[np.minimum(bound, count - 1)], found.stop[-1])
        stops = np.minimum(stops, bounds)
        color = values.column(420)
        color[hatches.tinted] = hatches.tint
        columns = {
            "kind": found.kind[rows],
            "container": found.container[rows],
            "rare": rare[rows],
            "invisible": values.column(60, 0.0)[rows] != 0,
            "paper": without_gaps(values.column(67), -1).astype(np.int8)[rows],
            "owner": self.word_rows(found, values, _owners(found, values))[rows],
            "layer": self.word_rows(found, values, values.tags(8))[rows],
            "linetype": self.word_rows(found, values, values.tags(6))[rows],
            "aci": np.clip(without_gaps(values.column(62), -1), -1, 257).astype(np.int16)[rows],
            "true_color": np.where(np.isnan(color), -1, without_gaps(color) % (1 << 24)).astype(np.int32)[rows],
            "weight": np.clip(without_gaps(values.column(370), -1), -3, 300).astype(np.int16)[rows],
            "offset": tags.offsets(found.start[rows]),
            "end": tags.offsets(stops),
        }
        for name, column in columns.items():
            self.columns[name].append(column)
        self._extended(found, place)
        kinds = found.kind[rows]
        for kind, many in enumerate(np.bincount(kinds).tolist()):
            if many and kind and kind != _ATTRIB:
                self.types[NAMES[kind]] += many
        for at in np.flatnonzero(kinds == 0).tolist():
            name = found.names[rows[at]]
            self.types[name] += 1
            self.odd_names[self.count + at] = name

    def _extended(self, found: Records, place: NDArray) -> None:
        """Keep the handles of the extension dictionaries of references."""
        tags = found.tags
        rows = np.flatnonzero(tags.codes == 102)
        for letter_at, letter in enumerate(_DICTIONARY):
            rows = rows[tags.data[np.minimum(tags.first[rows] + letter_at, len(tags.data) - 1)] == letter]
        owner = np.searchsorted(found.start, rows, "right") - 1
        mine = (found.kind[owner] == _INSERT) & (place[owner] >= 0)
        texts = tags.texts(rows[mine] + 1)
        self.dictionaries.update(zip(place[owner[mine]].tolist(), texts, strict=True))

    def _details(self, name: str, values: Attributes, rows: NDArray, place: NDArray) -> None:
        if not len(rows):
            return
        numbers, texts = FIELDS[name]
        details = self.details[name]
        among = np.zeros(len(values.records), bool)
        among[rows] = True
        details.entity.append(place[rows])
        for code in numbers:
            details.numbers.setdefault(code, []).append(
                values.of(code, rows) if values.some(code) else alike(np.nan, len(rows))
            )
        for code in texts:
            where, found = values.texts(code, among)
            known = self.names if code in _NAMES else {}
            kept = details.texts.setdefault(code, [])
            if len(where) == len(rows) and (where == rows).all():  # one in each record
                kept.extend([known.setdefault(text, text) for text in found])
                continue
            by_record: dict[int, str] = {}
            for row, text in zip(where.tolist(), found, strict=True):
                text = known.setdefault(text, text)  # one copy of what stands there many times
                by_record[row] = by_record.get(row, "") + text if code == 3 and name == "MTEXT" else text
            kept.extend([by_record.get(row) for row in rows.tolist()])

    def _dimension_styles(self, found: Records, values: Attributes, wanted: NDArray, place: NDArray) -> None:
        """Read dimension variables that a dimension carries itself (XDATA ACAD, DSTYLE: pairs of 1070 and a value)."""
        tags = found.tags
        rows = np.flatnonzero((tags.codes == 1000) & wanted[values.owner])
        if not len(rows):
            return
        pairs: list[int] = []  # rows of the names of variables
        targets: list[dict[int, float]] = []
        for row, text in zip(rows.tolist(), tags.texts(rows), strict=True):
            if text.upper() != "DSTYLE":
                continue
            variables: dict[int, float] = {}
            self.styles[int(place[values.owner[row]])] = variables
            at = row + 2  # behind 1002 {
            while at + 1 < len(tags) and tags.codes[at] == 1070:
                pairs.append(at)
                targets.append(variables)
                at += 2
        names = np.array(pairs, np.int64)
        kinds = tags.codes[names + 1].tolist()
        for name, value, kind, variables in zip(tags.raw(names), tags.raw(names + 1), kinds, targets, strict=True):
            if kind in (1040, 1070):
                variables[int(name)] = float(value)

    def _blocks(self, found: Records, rows: list[int]) -> None:
        """Read base points and flags of BLOCK records."""
        if not rows:
            return
        tags = found.tags
        sizes = found.stop[rows] - found.start[rows]
        within = ranges(found.start[rows], sizes)
        owner = np.repeat(np.arange(len(rows)), sizes)
        columns = np.zeros((4, len(rows)))
        for code, column in zip((10, 20, 30, 70), columns, strict=True):
            mine = tags.codes[within] == code
            column[owner[mine]] = tags.numbers(within[mine])
        self.base += list(zip(*columns[:3].tolist(), strict=True))
        self.flags += columns[3].astype(np.int64).tolist()

    def scan(self) -> Scan:
        entities = Entities(**{
            name: np.concatenate(self.columns.pop(name) or [np.zeros(0, np.int64)]) for name in ENTITY_COLUMNS
        })  # fmt: skip
        for name, details in self.details.items():
            details.close(name)
        handles = np.concatenate(self.handles or [np.zeros(0, "S1")])
        if self.linked:
            entities.rare |= (entities.kind == KIND["MTEXT"]) & np.isin(handles, sorted(self.linked))
        return Scan(
            entities,
            handles,
            list(self.words),
            joined(self.rows, clear=True),
            self.points,
            self.details,
            self.styles,
            self.where.blocks,
            np.array(self.base, np.float64).reshape(-1, 3),
            np.array(self.flags, np.int64),
            self.where.sections,
            self.keeper.all(),
            self.types,
            self.odd_names,
            self.edges - {"0"},
            self.pictures,
            self.text_columns,
            self.dictionaries,
        )


def _owners(found: Records, values: Attributes) -> NDArray:
    """Return the tags with the handles of the owners: 330 before the first subclass mark."""
    rows = values.tags(330)
    marks = values.tags(100)
    first_mark = np.full(len(found), np.iinfo(np.int32).max, np.int64)
    first_mark[values.owner[marks[::-1]]] = marks[::-1]
    return rows[rows < first_mark[values.owner[rows]]]


def _edges(found: Records, values: Attributes) -> list[str]:
    rows = np.flatnonzero((found.tags.codes == 340) & (found.kind == KIND["VIEWPORT"])[values.owner])
    return found.tags.texts(rows)


def _handles(found: Records, values: Attributes) -> NDArray[np.bytes_]:
    """Return (r,) the handle of each record, empty where there is none.

    They have to be hexadecimal: the library refuses others, and its patient door then says what was wrong.
    """
    tags, at = found.tags, values.tags(5)
    first, size = tags.first[at], tags.last[at] - tags.first[at]
    wide = int(size.max(initial=1))
    if wide > _LONGEST_HANDLE:
        raise Irregular("a handle is too long")
    place = np.arange(wide, dtype=np.int32)
    within = place < size[:, None]
    letters = np.where(within, tags.data[np.minimum(first[:, None] + place, len(tags.data) - 1)], 0).astype(np.uint8)
    if not (_HEX[letters] | ~within).all() or not ((letters != ord("0")) & within).any(axis=1).all():
        raise Irregular("a handle is no hexadecimal number")
    out = np.zeros((len(found), wide), np.uint8)
    out[values.owner[at]] = letters
    return out.view(f"S{wide}")[:, 0]


def _check_references(found: Records, values: Attributes) -> None:
    """Demand that attributes follow exactly those references that say so (66), as the library does."""
    kind = found.kind
    refs = np.flatnonzero((kind == _INSERT) & (found.container != NOWHERE))
    if not len(refs):
        return
    follow = values.column(66, 0.0)[refs] != 0
    after = np.append(kind, 0)[refs + 1]
    if (follow & (after != _ATTRIB) & (after != _SEQEND)).any() or (~follow & (after == _ATTRIB)).any():
        raise Irregular("attributes that a reference does not announce")


def _spread_to_references(found: Records, values: Attributes, rare: NDArray, main: NDArray) -> None:
    """A reference with a rare attribute is rare, and so are its other attributes."""
    kind = found.kind
    refs = np.flatnonzero((kind == _INSERT) & main)
    attribs = np.flatnonzero((kind == _ATTRIB) & main)
    grid = (np.abs(without_gaps(values.column(70), 1)) > 1) | (np.abs(without_gaps(values.column(71), 1)) > 1)
    rare[refs[grid[refs]]] = True
    names = values.has(2)
    rare[refs[~names[refs]]] = True
    if len(attribs):
        owner = refs[np.searchsorted(refs, attribs) - 1]
        rare[owner[rare[attribs]]] = True
        rare[attribs] = rare[owner]
    definitions = np.flatnonzero(kind == KIND["ATTDEF"])
    constant = (without_gaps(values.column(70)[definitions]).astype(np.int64) & 2) != 0
    rare[definitions[constant | (found.container[definitions] == ENTITIES)]] = True
    dimensions = np.flatnonzero(kind == KIND["DIMENSION"])
    rare[dimensions[~names[dimensions]]] = True


def scan(stream: BinaryIO, decode: Callable[[bytes], str], hatch_lines: int = LIMITS.hatch_lines) -> Scan:
    """Return everything a DXF file holds; hatches with more than `hatch_lines` are left to the library.

    Raises `Irregular` when the bytes are not as plain as they must be.
    """
    collector = _Collector(hatch_lines)
    for tags in pieces(stream, decode):
        collector.piece(records(tags, collector.where))
    return collector.scan()
