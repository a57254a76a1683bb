"""Expands the blocks and layouts of a scan, many at a time: every depth of nesting is one gather and one product."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.drawing.kinds import EntityKind
from pipeline.drawing.safe_text import safe_text
from pipeline.readers.base import LIMITS, ReadLimits
from pipeline.readers.dxf.chunk import Chunk, ChunkBuilder, Look, place, settle_layer_looks
from pipeline.readers.dxf.columns.assembly import Assembly
from pipeline.readers.dxf.columns.freed import give_back
from pipeline.readers.dxf.columns.leaders import PLACED
from pipeline.readers.dxf.columns.pictures import FILL, LINE, Part, stand_in
from pipeline.readers.dxf.columns.references import Graph
from pipeline.readers.dxf.columns.scanned import Scan
from pipeline.readers.dxf.columns.stand_ins import StandIn
from pipeline.readers.dxf.columns.store import Store, to_chunk
from pipeline.readers.dxf.columns.tags import Irregular
from pipeline.readers.dxf.expand import Expander
from pipeline.readers.dxf.ledger import Ledger
from pipeline.readers.dxf.shapes import Pen
from pipeline.readers.dxf.sources import Sources
from pipeline.readers.dxf.text import plain, shown_name

_MANY_ENTITIES = 20_000
_LOOK_FIELDS = ("layer", "linetype", "color", "lineweight", "true_color")


class ColumnExpander(Expander):
    """The expander of a scanned file.

    `doc` is its register, or the library's document of what the scan left out; `own` are the rare entities that are
    read without the library, by entity row.
    """

    def __init__(
        self,
        doc: Any,
        ledger: Ledger,
        siblings: Mapping[str, Path] | None,
        limits: ReadLimits = LIMITS,
        *,
        found: Scan,
        graph: Graph,
        own: dict[int, StandIn],
    ) -> None:
        super().__init__(doc, ledger, siblings, limits)
        self.graph, self._own = graph, own
        self.sources = Sources(found.handles)
        self._store = Store(graph.containers)
        self._done = np.zeros(graph.containers, bool)
        self._rare: dict[int, list[tuple[int, Chunk]]] = {}  # block -> entity row and chunk of each rare entity
        self._entity: Any = None  # of the library, being read
        self._row = -1  # its entity row
        self._tables: Any = None  # names of layers and line types, of text styles by font: for pictures
        self._handlers |= {LINE: self._part, FILL: self._part}
        self._part_looks: dict[tuple[Any, ...], Look] = {}  # by fields, place and look of the owner
        self._begun = False
        self._busy: list[int] = []  # blocks whose rare entities are being read
        self._assembly = Assembly(self, found, graph, self._store, self._rare)

    def layout(self, layout: Iterable[Any]) -> Chunk:
        """Return the rows of a layout, everything settled (no sentinels left)."""
        container = self.graph.container_of_layout(layout)
        if not self._begun:  # what all layouts refer to, at once: many blocks cost little more than one
            self._begun = True
            self._ensure(self.graph.children([self.graph.container_of_layout(each) for each in self.doc.layouts]))
        self._read_rare(container, list(layout), in_block=False)
        self._ensure(self.graph.children([container]))
        if len(self.graph.entities_of(np.array([container]))[0]) > _MANY_ENTITIES:
            give_back()
        columns, _ = self._assembly.put_together(np.array([container]), in_block=False)
        chunk = to_chunk(columns)
        settle_layer_looks(chunk, self.looks.zero)
        return chunk

    def block(self, name: str) -> Chunk:
        """Return the rows of a block in its own coordinates; empty (and counted) for a cycle."""
        key = name.lower()
        if key in self._blocks:
            return self._blocks[key]
        container = self.graph.block(key)
        if container is None:
            return super().block(name)  # one that the library made itself, such as an arrow
        if not self._ensure([container]):
            self.ledger.cycles.add(safe_text(name, 80)[0])
            return Chunk()
        self._blocks[key] = to_chunk(self._store.taken(np.array([container])))
        return self._blocks[key]

    def release(self) -> None:
        """Let go of the scan and the expanded blocks: all layouts are there."""
        many = len(self.graph.found.entities) > _MANY_ENTITIES
        super().release()
        del self._assembly, self._store, self._rare, self.graph, self._own
        if many:
            give_back()

    def letter(self, entity: StandIn, out: ChunkBuilder, in_block: bool) -> None:
        """Draw a text of the scan."""
        self._guarded(entity, out, in_block, None)

    def picture(self, parts: list[Part], owner: tuple[Look, int], out: ChunkBuilder, in_block: bool) -> None:
        """Draw the picture that an object of the scan carries; `owner` is its look and its entity row."""
        if self._tables is None:
            styles = {str(s.dxf.get("font", "")): str(s.dxf.get("name", "")) for s in self.doc.styles}
            names = ([str(entry.dxf.get("name", "")) for entry in t] for t in (self.doc.layers, self.doc.linetypes))
            self._tables = (*names, styles)
        for part in parts:
            self._guarded(stand_in(part, *self._tables), out, in_block, owner)

    def _part(self, entity: StandIn, pen: Pen) -> None:
        pen.stroke(entity.points, entity.closed, EntityKind.FILL if entity.kind == FILL else EntityKind.POLYLINE)

    def attributes_of(self, entity: StandIn, look: Look, source: int, out: ChunkBuilder) -> dict[str, str]:
        """Append the attributes of a reference of the scan to `out`; returns their values by tag."""
        return self._written(entity, Pen(out, look, source), out)

    def _constants(self, name: str) -> dict[str, str]:
        """Return the constant attributes of a block: those of the library's and those read without it."""
        if name not in self._constant:
            number = self.graph.block(name.lower())
            rows = self.graph.rare_rows(number).tolist() if number is not None else []
            mine = [self._own[row] for row in rows if row in self._own and self._own[row].is_const]
            found = {shown_name(str(e.dxf.get("tag", ""))): plain(str(e.dxf.get("text", "")))[0] for e in mine}
            self._constant[name] = super()._constants(name) | found
        return self._constant[name]

    def _defined(self, name: str) -> Any | None:
        return name if name and self.graph.block(name.lower()) is not None else super()._defined(name)

    def _draw(self, kind: str, entity: Any, out: ChunkBuilder, in_block: bool, owner: tuple[Look, int] | None) -> None:
        if kind != PLACED or owner is None:
            super()._draw(kind, entity, out, in_block, owner)
            return
        chunk = self.block(entity.name)
        if self._fits(out, chunk, 1):
            placed = place(chunk, entity.matrix, owner[0], None, self._look(entity, in_block, owner))
            placed.source = np.full(len(placed), owner[1], np.int32)
            out.put(placed)

    def constants(self, name: str) -> dict[str, str]:
        """Return the constant attributes of a block."""
        return dict(self._constants(name))

    def _look(self, entity: Any, in_block: bool, owner: tuple[Look, int] | None) -> Look:
        if not isinstance(entity, StandIn):
            return super()._look(entity, in_block, owner)
        if owner is None:
            return super()._look(entity, in_block, owner) if entity.look is None else entity.look
        over = owner[0]
        key = (*map(entity.dxf.get, _LOOK_FIELDS), in_block, over.layer, over.color, over.width_mm, over.dashed)
        look = self._part_looks.get(key)
        if look is None:  # the parts of a picture look alike, and so do the attributes of a block
            look = self._part_looks[key] = super()._look(entity, in_block, owner)
        return look

    def _source(self, entity: Any) -> int:
        if isinstance(entity, StandIn) and entity.source >= 0:
            return entity.source
        if entity is self._entity:
            return self._row
        return super()._source(entity)

    def _ensure(self, blocks: list[int]) -> bool:
        """Expand blocks and everything they refer to; False if one of them is being read already (a cycle)."""
        if self._done[blocks].all():
            return True
        pending = [block for block in self.graph.closure(blocks) if not self._done[block]]
        if set(pending) & set(self._busy):
            return False
        for level in self.graph.levels(pending):
            for block in level.tolist():
                if self.graph.has_rare[block] and block not in self._rare and not self._done[block]:
                    layout = self.doc.blocks.get(self.graph.names[block])
                    self._read_rare(block, list(layout or ()), in_block=True)
            left = level[~self._done[level]]  # what the library holds may have needed some of them
            if len(left):
                self._store.add(left, *self._assembly.put_together(left, in_block=True))
                self._done[left] = True
        return True

    def _read_rare(self, container: int, entities: list[Any], in_block: bool) -> None:
        """Read the rare entities of a block one by one; `entities` are those that the library holds."""
        rows = self.graph.given_rows(container)
        if len(entities) != len(rows):
            raise Irregular("the library sees other entities")
        found = {**self._own, **dict(zip(rows.tolist(), entities, strict=True))}
        self._busy.append(container)
        chunks: list[tuple[int, Chunk]] = []
        for row in self.graph.rare_rows(container).tolist():
            entity = found[row]
            out = ChunkBuilder()
            self._entity, self._row = entity, row
            self._guarded(entity, out, in_block, None)
            chunk = out.build()
            if len(chunk) or chunk.inserts or chunk.dimensions:
                chunks.append((row, chunk))
        self._busy.pop()
        self._rare[container] = chunks
