"""Puts blocks or a layout together in drawing order: figures, texts, placed references, rare entities, dimensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.kinds import EntityKind
from pipeline.drawing.strokes import ranges
from pipeline.readers.dxf import mtext
from pipeline.readers.dxf.chunk import Chunk, ChunkBuilder, Look
from pipeline.readers.dxf.columns import letters, measures, paragraphs_at_once
from pipeline.readers.dxf.columns.alike import without_gaps
from pipeline.readers.dxf.columns.appearance import Appearance, look_of
from pipeline.readers.dxf.columns.arranging import Pieces, arranged, counted
from pipeline.readers.dxf.columns.curves import axes
from pipeline.readers.dxf.columns.kinds import KIND, NAMES, PICTURED, UNDRAWN, table_of
from pipeline.readers.dxf.columns.references import Graph, owners_of_attributes
from pipeline.readers.dxf.columns.rows import Gathered
from pipeline.readers.dxf.columns.scanned import Scan
from pipeline.readers.dxf.columns.singly import absolute, owned, singly
from pipeline.readers.dxf.columns.stand_ins import StandIn, lettered, put_in_columns
from pipeline.readers.dxf.columns.store import Columns, References, Store, from_chunks, objects, placed
from pipeline.readers.dxf.dimensions import DETAIL, LINEAR, ROUND, formatted
from pipeline.readers.dxf.expand import POINT_LIMIT
from pipeline.readers.dxf.text import shown_name

if TYPE_CHECKING:
    from pipeline.readers.dxf.columns.expansion import ColumnExpander

_INSERT, _DIMENSION, _ATTDEF = KIND["INSERT"], KIND["DIMENSION"], KIND["ATTDEF"]
_TEXT, _MTEXT = KIND["TEXT"], KIND["MTEXT"]
_LETTERED = ("TEXT", "MTEXT")
_PICTURED, _UNDRAWN = table_of(PICTURED), table_of(UNDRAWN)
_UNCOUNTED = (*_LETTERED, "VIEWPORT")  # counted elsewhere, or no picture of its own
# what comes first where one entity gives several pieces
_ATTRIBUTES, _OWN, _PLACED, _LAST = 0, 0, 1, 2


class Assembly:
    """Works for a `ColumnExpander`; keeps the scan's entities by what they need."""

    def __init__(
        self,
        owner: ColumnExpander,
        found: Scan,
        graph: Graph,
        store: Store,
        rare: dict[int, list[tuple[int, Chunk]]],
    ) -> None:
        self._owner, self._found, self._graph, self._store, self._rare = owner, found, graph, store, rare
        self._appearance = Appearance(found, owner.looks)
        found.entities.forget_looks()
        self._variables = measures.Variables(owner.doc, found)
        drawn = found.rows
        self._firsts = [(np.cumsum(counts) - counts).astype(np.int32) for counts in (drawn.parts, drawn.sizes)]
        self._arcs = np.bincount(drawn.arcs[:, 0].astype(np.int64), minlength=len(drawn)).astype(np.int32)
        parents = owners_of_attributes(found)
        self._attribs: dict[int, list[int]] = {}  # entity row of a reference -> its rows of the ATTRIB details
        details = found.details["ATTRIB"]
        attribs = np.flatnonzero(found.entities.kind == KIND["ATTRIB"])
        parent_of = dict(zip(attribs.tolist(), parents.tolist(), strict=True))
        for row, entity in enumerate(details.rows.tolist()):
            self._attribs.setdefault(parent_of[entity], []).append(row)

    def _rows_of(self, name: str, entities: NDArray | int) -> NDArray:
        """Return the rows of the details of a kind that some entities of it have."""
        return np.searchsorted(self._found.details[name].rows, entities)

    def put_together(self, containers: NDArray, in_block: bool) -> tuple[Columns, dict[str, NDArray]]:
        """Return blocks or a layout one after the other, and the counts of each; what they refer to is in the store."""
        found = self._found.entities
        entities, target = self._graph.entities_of(containers)
        native = ~self._graph.rare[entities]
        self._owner.ledger.invisible += int((native & found.invisible[entities]).sum())
        native &= ~found.invisible[entities]
        entities, target = entities[native], target[native]
        kind = found.kind[entities]
        self._count(kind, in_block)
        self._appearance.of(entities[_UNDRAWN[kind]], in_block)  # their layers are there all the same
        items: list[Pieces] = []
        follow = 0
        if (self._graph.block_of[entities] >= 0).any():
            refs = self._within_limits(self._references(entities, target, kind, in_block), target, containers)
            inserts = refs.only(refs.is_insert)
            items += self._own(inserts)
            picture, follow = self._pictures(refs, inserts, len(inserts))
            items.append(picture)
        if any(self._rare.get(container) for container in containers.tolist()):
            items.append(self._from_library(containers, follow))
        if len(entities):
            items.append(self._figures(entities, target, in_block))
        single = np.flatnonzero(kind == _MTEXT)
        if (kind == _TEXT).any():
            texts, hanging = self._texts(entities, target, kind, in_block)
            items.append(texts)
            single = np.concatenate([hanging, single])
        if (kind == _MTEXT).any():
            texts, single = self._paragraphs(entities, target, single, kind, in_block)
            items.append(texts)
        if len(single):
            items.append(self._letters(entities, target, single, kind, in_block))
        if _PICTURED[kind].any():
            items.append(self._pictured(entities, target, kind, in_block))
        if (kind == _DIMENSION).any():
            items.append(self._dimensions(entities, target, kind, in_block))
        return arranged(items, len(containers), plan=not in_block)

    def _count(self, kind: NDArray, in_block: bool) -> None:
        for row, many in enumerate(np.bincount(kind).tolist()):
            if many and _UNDRAWN[row]:
                self._owner.ledger.skip(NAMES[row], "unsupported_entity", many)
            elif many and NAMES[row] not in _UNCOUNTED and (row != _ATTDEF or in_block):
                self._owner.ledger.read[NAMES[row]] += many

    # -- figures and texts -------------------------------------------------------------------------------------------

    def _figures(self, entities: NDArray, target: NDArray, in_block: bool) -> Pieces:
        rows = self._found.rows
        low, high = (np.searchsorted(rows.entity, entities, side) for side in ("left", "right"))
        many = high - low
        row = ranges(low, many)
        whole = len(row) == len(rows) and (np.diff(row) == 1).all()
        part_first, point_first = self._firsts
        part = ranges(part_first[row], rows.parts[row]) if not whole else slice(None)
        entity = rows.entity[row]
        out = Columns(kind=rows.kind[row], parts=rows.parts[row], source=entity.astype(np.int32))
        out.sizes, out.closed = rows.sizes[part], rows.closed[part]
        self._dress(out, entity, in_block)
        arcs = self._arcs[row]
        arc = ranges(np.searchsorted(rows.arcs[:, 0], row[arcs > 0]), arcs[arcs > 0])
        out.arc_row, out.arc = np.repeat(np.arange(len(row)), arcs), rows.arcs[arc, 1:]
        parts = rows.parts[row]
        per_row = np.add.reduceat(out.sizes, np.cumsum(parts) - parts) if len(row) else parts
        counts = counted(len(row), row=1, part=parts, point=per_row, arc=arcs)
        points = Gathered(self._found.points, point_first[part_first[row]])
        return Pieces(out, np.repeat(target, many), entity, _turn(len(row)), counts, points)

    def _dress(self, out: Columns, entity: NDArray, in_block: bool) -> None:
        out.layer, out.color, out.width, out.dashed = self._appearance.columns(entity, in_block)
        out.insert = np.full(len(entity), -1, np.int32)

    def _texts(self, entities: NDArray, target: NDArray, kind: NDArray, in_block: bool) -> tuple[Pieces, NDArray]:
        """Return the rows of TEXT, and which texts have to be drawn one by one (places in `entities`)."""
        at = np.flatnonzero(kind == _TEXT)
        details, fonts = self._found.details["TEXT"], self._owner.fonts
        rows = self._rows_of("TEXT", entities[at])
        said = letters.strings(details, rows, fonts)
        keep = np.flatnonzero(said.simple & ~said.blank)
        if said.simple.any():
            self._owner.ledger.read["TEXT"] += int(said.simple.sum())
        self._owner.ledger.undecodable += said.broken  # of simple ones; the others count themselves
        chosen = keep.tolist()
        text = [said.text[i] for i in chosen]
        frames, font = letters.frames(details, rows[keep], text, [said.style[i] for i in chosen], fonts)
        count, entity = len(keep), entities[at[keep]]
        out = Columns(
            kind=np.full(count, EntityKind.TEXT, np.uint8),
            source=entity.astype(np.int32),
            parts=np.ones(count, np.int32),
            sizes=np.full(count, 4, np.int32),
            closed=np.ones(count, np.uint8),
            xyz=letters.boxes(frames),
            text_row=np.arange(count),
            text_font=font,
            text_align=np.zeros(count, np.uint8),
            text_place=frames,
            string=objects(text),
        )
        self._dress(out, entity, in_block)
        counts = counted(count, row=1, part=1, point=4, text=1)
        return Pieces(out, target[at[keep]], entity, _turn(count), counts), at[~said.simple]

    def _paragraphs(
        self, entities: NDArray, target: NDArray, single: NDArray, kind: NDArray, in_block: bool
    ) -> tuple[Pieces, NDArray]:
        """Return the rows of plain MTEXT among `single` (places in `entities`), and which have to be drawn singly."""
        details, fonts = self._found.details["MTEXT"], self._owner.fonts
        mine = np.flatnonzero(kind[single] == _MTEXT)
        at = single[mine]
        rows = self._rows_of("MTEXT", entities[at])
        plain = paragraphs_at_once.plain(details, rows, fonts, self._found.text_columns)
        found = paragraphs_at_once.set_all(details, rows[plain], fonts, self._owner.ledger)
        place = at[plain][found.place]
        entity, count = entities[place], len(place)
        out = found.columns(details, rows[plain][found.place])
        out.source = entity.astype(np.int32)
        self._dress(out, entity, in_block)
        out.color = found.colors(out.color)
        left = np.delete(single, mine[plain])
        return Pieces(out, target[place], entity, _turn(count), counted(count, row=1, part=1, point=4, text=1)), left

    def _letters(self, entities: NDArray, target: NDArray, rows: NDArray, kind: NDArray, in_block: bool) -> Pieces:
        """Draw texts (places in `entities`) one by one into one chunk."""
        out = ChunkBuilder()

        def draw(row: int, entity: int, look: Look) -> None:
            name = NAMES[kind[row]]
            made = lettered(name, self._found.details[name], int(self._rows_of(name, entity)), "")
            made.look, made.source = look, entity
            put_in_columns(made, self._found.text_columns.get(entity))
            self._owner.letter(made, out, in_block)

        return singly(self._appearance.of(entities[rows], in_block), entities, target, rows, out, draw)

    def _pictured(self, entities: NDArray, target: NDArray, kind: NDArray, in_block: bool) -> Pieces:
        """Draw objects by the pictures they carry into one chunk."""
        out = ChunkBuilder()

        def draw(_: int, entity: int, look: Look) -> None:
            self._owner.picture(self._found.pictures[entity], (look, entity), out, in_block)

        rows = np.flatnonzero(_PICTURED[kind])
        return singly(self._appearance.of(entities[rows], in_block), entities, target, rows, out, draw)

    # -- references --------------------------------------------------------------------------------------------------

    def _references(self, entities: NDArray, target: NDArray, kind: NDArray, in_block: bool) -> References:
        rows = np.flatnonzero(self._graph.block_of[entities] >= 0)
        entity, kind = entities[rows], kind[rows]
        matrix = np.broadcast_to(np.eye(4), (len(rows), 4, 4)).copy()
        inserts, dims = np.flatnonzero(kind == _INSERT), np.flatnonzero(kind == _DIMENSION)
        block = self._graph.block_of[entity]
        base = self._found.block_base[block[inserts]]
        matrix[inserts] = self._matrices(self._rows_of("INSERT", entity[inserts]), base)
        details = self._found.details["DIMENSION"]
        if len(dims):
            matrix[dims, 3, :3] = measures.points(details, 12, self._rows_of("DIMENSION", entity[dims]))
        look = self._appearance.of(entity, in_block)
        floor = self._appearance.floors(look[:, 0])
        return References(target[rows], entity, block, matrix, look, floor, entity, kind == _INSERT)

    def _matrices(self, rows: NDArray, base: NDArray) -> NDArray[np.float64]:
        """Return (k, 4, 4) from block to owner coordinates (row vectors): base point, scale, rotation, extrusion."""
        values = self._found.details["INSERT"].values
        _, turned = axes(np.column_stack([values[c][rows] for c in (210, 220, 230)]))
        scale = np.column_stack([np.where(np.isnan(values[c][rows]), 1.0, values[c][rows]) for c in (41, 42, 43)])
        angle = np.radians(without_gaps(values[50][rows]))
        cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
        out = np.zeros((len(rows), 4, 4))
        out[:, 0, :3] = (turned[:, 0] * cos + turned[:, 1] * sin) * scale[:, :1]
        out[:, 1, :3] = (turned[:, 1] * cos - turned[:, 0] * sin) * scale[:, 1:2]
        out[:, 2, :3] = turned[:, 2] * scale[:, 2:]
        at = without_gaps(np.column_stack([values[c][rows] for c in (10, 20, 30)]))
        out[:, 3, :3] = np.einsum("ki,kij->kj", at, turned) - np.einsum("ki,kij->kj", base, out[:, :3, :3])
        out[:, 3, 3] = 1.0
        return out

    def _within_limits(self, refs: References, target: NDArray, containers: NDArray) -> References:
        """Leave out references that would make a block or layout larger than the limits allow."""
        limits, ledger, count = self._owner.limits, self._owner.ledger, self._store.count
        rows, inserts = count["row"][refs.block], count["insert"][refs.block] + 1
        points = count["point"][refs.block]
        many = len(containers)
        own = np.bincount(target, minlength=many)
        total = own + np.bincount(refs.target, weights=rows, minlength=many)
        nested = np.bincount(refs.target, weights=inserts, minlength=many)
        if (total <= limits.entities).all() and (nested <= limits.inserts).all() and points.sum() <= POINT_LIMIT:
            return refs
        keep = np.ones(len(refs), bool)
        used, put, drawn = own.tolist(), [0] * many, 0
        for at, to in enumerate(refs.target.tolist()):
            if used[to] + rows[at] > limits.entities or drawn + points[at] > POINT_LIMIT:
                ledger.limit("entities", limits.entities)
                keep[at] = False
            elif put[to] + inserts[at] > limits.inserts:
                ledger.limit("INSERT", limits.inserts)
                keep[at] = False
            else:
                used[to] += int(rows[at])
                put[to] += int(inserts[at])
                drawn += int(points[at])
        return refs.only(keep)

    def _own(self, refs: References) -> tuple[Pieces, Pieces]:
        """Return the references themselves and the rows of their attributes."""
        names = self._found.details["INSERT"].texts.get(2, [])
        shown_names: dict[str | None, str] = {}
        attributes: list[dict[str, str]] = []
        out, sizes = ChunkBuilder(), np.zeros(len(refs), np.int64)
        labels: list[str] = []
        looks = refs.look.tolist()
        rows = self._rows_of("INSERT", refs.entity).tolist()
        for at, (entity, row) in enumerate(zip(refs.entity.tolist(), rows, strict=True)):
            name = names[row]
            if name not in shown_names:
                shown_names[name] = shown_name(name or "")
            labels.append(shown_names[name])
            if entity not in self._attribs:
                values = self._owner.constants(name or "")
            else:
                before = len(out)
                values = self._attributes(entity, name or "", look_of(looks[at]), out)
                sizes[at] = len(out) - before
            attributes.append(values)
        count = len(refs)
        own = Columns(
            insert_name=objects(labels),
            insert_layer=refs.look[:, 0].astype(np.int32),
            insert_source=refs.source.astype(np.int32),
            insert_parent=np.full(count, -1, np.int64),
            insert_matrix=refs.matrix,
            attributes=objects(attributes),
        )
        place = np.flatnonzero(sizes)
        columns, counts = owned(out, sizes[place])
        columns.insert = np.repeat(place, counts["row"]).astype(np.int32)
        turn = _turn(len(place), _ATTRIBUTES)
        return (
            Pieces(own, refs.target, refs.entity, _turn(count, _OWN), counted(count, insert=1)),
            Pieces(columns, refs.target[place], refs.entity[place], turn, counts),
        )

    def _attributes(self, entity: int, name: str, look: Look, out: ChunkBuilder) -> dict[str, str]:
        details = self._found.details["ATTRIB"]
        made = StandIn("INSERT", {"name": name})
        for row in self._attribs[entity]:
            at = int(details.rows[row])
            attrib = lettered("ATTRIB", details, row, "")
            attrib.dxf.update(self._appearance.fields(at))
            attrib.source = at
            made.attribs.append(attrib)
        return self._owner.attributes_of(made, look, entity, out)

    def _pictures(self, refs: References, inserts: References, follow: int) -> tuple[Pieces, int]:
        """Place what is referred to; returns the pieces and the number of references so far."""
        columns, counts = placed(self._store, refs)
        own = np.full(len(refs), -1, np.int64)
        own[refs.is_insert] = np.arange(len(inserts))
        first = follow + np.cumsum(counts["insert"]) - counts["insert"]
        of_row, of_insert = (np.repeat(np.arange(len(refs)), counts[group]) for group in ("row", "insert"))
        columns.insert = np.where(columns.insert >= 0, columns.insert + first[of_row], own[of_row]).astype(np.int32)
        parent = columns.insert_parent
        columns.insert_parent = np.where(parent >= 0, parent + first[of_insert], own[of_insert])
        absolute(columns, counts)
        turn, points = _turn(len(refs), _PLACED), self._store.points(refs)
        pieces = Pieces(columns, refs.target, refs.entity, turn, counts, points)
        return pieces, follow + int(counts["insert"].sum())

    # -- from the library, and dimensions ----------------------------------------------------------------------------

    def _from_library(self, containers: NDArray, follow: int) -> Pieces:
        items = [
            (at, row, chunk)
            for at, container in enumerate(containers.tolist())
            for row, chunk in self._rare.pop(container, ())
        ]
        columns, counts = from_chunks([chunk for _, _, chunk in items])
        first = follow + np.cumsum(counts["insert"]) - counts["insert"]
        for name, group in (("insert", "row"), ("insert_parent", "insert")):
            pointer = getattr(columns, name)
            owner = np.repeat(np.arange(len(items)), counts[group])
            setattr(columns, name, np.where(pointer >= 0, pointer + first[owner], -1))
        absolute(columns, counts)
        target, entity = (np.array([item[i] for item in items], np.int32) for i in (0, 1))
        return Pieces(columns, target, entity, _turn(len(items), _PLACED), counts)

    def _dimensions(self, entities: NDArray, target: NDArray, kind: NDArray, in_block: bool) -> Pieces:
        """Return the rows of linear, diameter and radius dimensions; angles and ordinates have none."""
        at = np.flatnonzero(kind == _DIMENSION)
        entity = entities[at]
        details = self._found.details["DIMENSION"]
        rows = self._rows_of("DIMENSION", entity)
        kinds = measures.kinds(details, rows)
        texts = details.texts
        overrides: list[str] = []
        for row in rows.tolist():
            override, broken = mtext.plain(texts[1][row]) if texts[1][row] else ("", False)
            self._owner.ledger.undecodable += int(broken)
            overrides.append("" if override == "<>" else override)
        keep = np.flatnonzero(np.isin(kinds, (*LINEAR, *ROUND)))
        at, entity, rows = at[keep], entity[keep], rows[keep]
        overrides = [overrides[i] for i in keep.tolist()]
        both, measured = measures.measured(details, rows)
        shown_texts: list[str] = []
        for i, (row, number) in enumerate(zip(rows.tolist(), entity.tolist(), strict=True)):
            factor = abs(self._variables.get(number, texts[3][row], measures.LINEAR_FACTOR, "dimlfac", 1.0)) or 1.0
            strings = self._store.strings(int(self._graph.block_of[number]))
            text = next((s for s in strings if s.strip()), "")
            if not text:
                decimals = int(self._variables.get(number, texts[3][row], measures.DECIMALS, "dimdec", 0))
                text = formatted(float(measured[i]), factor, decimals, overrides[i])
            shown_texts.append(text)
            measured[i] *= factor if DETAIL[0] <= factor < DETAIL[1] else 1.0
        count = len(rows)
        columns = Columns(
            measured=measured,
            shown=objects(shown_texts),
            override=objects(overrides),
            dimension_points=both,
            dimension_source=entity.astype(np.int32),
            dimension_layer=self._appearance.of(entity, in_block)[:, 0].astype(np.int32),
        )
        return Pieces(columns, target[at], entity, _turn(count, _LAST), counted(count, dimension=1))


def _turn(count: int, place: int = _OWN) -> NDArray[np.int8]:
    return np.full(count, place, np.int8)
