"""Expands layouts and blocks to columns: every block once, every reference as one matrix product.

One entity that cannot be read never blanks a sheet: it is counted (`entity_failed`) and the rest goes on.
"""

from __future__ import annotations

import ntpath
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.safe_text import safe_text
from pipeline.readers.base import LIMITS, ReadLimits
from pipeline.readers.dxf import hatches, lettering, mtext, proxies, xclips, xrefs
from pipeline.readers.dxf.chunk import (
    FLOATS,
    Chunk,
    ChunkBuilder,
    InsertRow,
    Look,
    grid,
    join,
    place,
    settle_layer_looks,
    shifted,
)
from pipeline.readers.dxf.clipping import clip_block
from pipeline.readers.dxf.dimensions import add_dimension, redrawn
from pipeline.readers.dxf.endless import Endless
from pipeline.readers.dxf.ledger import SILENT, Ledger
from pipeline.readers.dxf.lettering import Fonts
from pipeline.readers.dxf.looks import Looks, settled
from pipeline.readers.dxf.shapes import SHAPES, Pen, picture
from pipeline.readers.dxf.sources import Sources
from pipeline.readers.dxf.text import plain, shown_name
from pipeline.readers.dxf.tolerances import tolerance

POINT_LIMIT = 30_000_000
_VIRTUAL = frozenset({"LEADER", "MULTILEADER", "MLEADER", "MLINE", "ACAD_PROXY_ENTITY"})
_INFINITE = frozenset({"XLINE", "RAY"})
_UNDERLAYS = frozenset({"PDFUNDERLAY", "DWFUNDERLAY", "DGNUNDERLAY", "UNDERLAY"})


class Expander:
    """Reads the entities of a document; chunks are in file units."""

    def __init__(
        self,
        doc: Any,
        ledger: Ledger,
        siblings: Mapping[str, Path] | None = None,
        limits: ReadLimits = LIMITS,
        chain: xrefs.Chain | None = None,
    ) -> None:
        self.doc, self.ledger, self.limits = doc, ledger, limits
        self.looks, self.fonts = Looks(doc), Fonts(doc)
        self.sources = Sources()
        self.endless: list[Endless] = []  # construction lines of the layout read last
        self.files = dict(siblings or {})
        self.chain = chain or xrefs.Chain()
        self._siblings = {ntpath.basename(name.replace("/", "\\")).lower() for name in self.files}
        self._blocks: dict[str, Chunk] = {}
        self._constant: dict[str, dict[str, str]] = {}
        self._stack: list[str] = []
        dimension, letter = self._dimension, self._letter
        self._handlers: dict[str, Callable[[Any, Pen], None]] = {
            "IMAGE": self._image,
            "INSERT": self._insert,
            "ACAD_TABLE": self._table,
            "TOLERANCE": self._tolerance,
            **dict.fromkeys(("TEXT", "ATTRIB", "MTEXT", "ATTDEF"), letter),
            **dict.fromkeys(("HATCH", "MPOLYGON"), self._hatch),
            **dict.fromkeys(("DIMENSION", "ARC_DIMENSION", "LARGE_RADIAL_DIMENSION"), dimension),
        }

    def another(self, doc: Any, chain: xrefs.Chain) -> Expander:
        """Return the expander of an attached drawing; it shares the ledger and the files of the submission."""
        return Expander(doc, self.ledger, self.files, self.limits, chain)

    def layout(self, layout: Iterable[Any]) -> Chunk:
        """Return the rows of a layout, everything settled (no sentinels left)."""
        chunk = self._collect(layout, in_block=False)
        settle_layer_looks(chunk, self.looks.zero)
        return chunk

    def block_of(self, entities: Iterable[Any]) -> Chunk:
        """Return entities as the rows of a block: layer "0" and BYBLOCK stay open."""
        return self._collect(entities, in_block=True)

    def block(self, name: str) -> Chunk:
        """Return the rows of a block in its own coordinates; empty (and counted) for a cycle or too deep nesting."""
        key = name.lower()
        if key in self._blocks:
            return self._blocks[key]
        if key in self._stack:
            self.ledger.cycles.add(safe_text(name, 80)[0])
            return Chunk()
        if len(self._stack) >= self.limits.insert_depth:
            self.ledger.limit("INSERT depth", self.limits.insert_depth)
            return Chunk()
        layout = self._defined(name)
        if layout is None:
            raise KeyError(f"block {name[:80]} is not defined")
        self._stack.append(key)
        try:
            chunk = self._collect(layout, in_block=True)
        finally:
            self._stack.pop()
        self._blocks[key] = chunk
        return chunk

    def _defined(self, name: str) -> Any | None:
        """Return a block of the document; None for one that has a record only (the library makes it up, empty)."""
        layout = self.doc.blocks.get(name) if name else None
        return layout if layout is not None and (len(layout) or layout.block.dxf.hasattr("flags")) else None

    def release(self) -> None:
        """Let go of the expanded blocks: all layouts are there."""
        self._blocks.clear()

    def _collect(self, entities: Iterable[Any], in_block: bool) -> Chunk:
        out = ChunkBuilder()
        for entity in entities:
            if len(out) >= self.limits.entities:
                self.ledger.limit("entities", self.limits.entities)
                break
            self._guarded(entity, out, in_block, None)
        return out.build()

    def _guarded(self, entity: Any, out: ChunkBuilder, in_block: bool, owner: tuple[Look, int] | None) -> None:
        kind = entity.dxftype()
        try:
            if proxies.is_foreign(entity):
                self._foreign(kind, entity, out, in_block)
                return
            if entity.dxf.get("invisible", 0):
                self.ledger.invisible += 1
                return
            self._draw(kind, entity, out, in_block, owner)
        except Exception as error:  # the guard of this reader: one bad entity must not stop the drawing
            self.ledger.fail(kind, error)

    def _source(self, entity: Any) -> int:
        return self.sources.append(safe_text(str(entity.dxf.get("handle", "") or ""), 64)[0])

    def _draw(self, kind: str, entity: Any, out: ChunkBuilder, in_block: bool, owner: tuple[Look, int] | None) -> None:
        if kind in SILENT and kind != "ATTDEF":
            return
        if kind == "ATTDEF" and not in_block:  # outside a block its tag is what CAD shows
            entity.dxf.set("text", entity.dxf.get("tag", ""))
            pen = Pen(out, self._look(entity, in_block, owner), self._source(entity))
            self.ledger.undecodable += lettering.text(entity, pen, self.fonts)
            self.ledger.read[kind] += 1
            return
        look = self._look(entity, in_block, owner)
        pen = Pen(out, look, owner[1] if owner else self._source(entity))
        handler = self._handlers.get(kind)
        if kind in SHAPES:
            SHAPES[kind](entity, pen)
        elif handler is not None:
            handler(entity, pen)
        elif kind in _INFINITE and not in_block:
            start, direction = np.array(entity.dxf.start.xyz), np.array(entity.dxf.unit_vector.xyz)
            self.endless.append(Endless(start, direction, kind == "XLINE", settled(look, self.looks.zero), pen.source))
        elif kind in _VIRTUAL:
            self._virtual(kind, entity, pen, in_block)
            return
        else:
            self._unknown(kind, entity, pen, in_block)
            return
        if owner is None:
            self.ledger.read[kind] += 1

    def _hatch(self, entity: Any, pen: Pen) -> None:
        if not hatches.hatch(entity, pen, self.limits.hatch_lines):
            self.ledger.limit("hatch lines", self.limits.hatch_lines)

    def _table(self, entity: Any, pen: Pen) -> None:
        at = np.eye(4)
        at[3, :3] = tuple(entity.get_insert_location())
        self._anonymous(entity.get_block_name(), pen, at)

    def _look(self, entity: Any, in_block: bool, owner: tuple[Look, int] | None) -> Look:
        look = self.looks.of(entity, in_block)
        if owner is None:
            return look
        over = owner[0]
        name = str(entity.dxf.get("layer", "0"))
        if look.layer == FLOATS or name == "0":
            look = Look(over.layer, look.color, look.width_mm, look.dashed)
        color = over.color if look.color < 0 or not entity.dxf.hasattr("color") else look.color
        width = over.width_mm if look.width_mm < 0 else look.width_mm
        return Look(look.layer, color, width, over.dashed if look.dashed < 0 else look.dashed)

    def _letter(self, entity: Any, pen: Pen) -> None:
        kind = entity.dxftype()
        if kind == "MTEXT":
            self.ledger.undecodable += lettering.mtext(entity, pen, self.fonts)
            return
        if kind == "ATTDEF" and not (entity.is_const and not entity.is_invisible):
            return
        if kind in ("ATTRIB", "ATTDEF") and entity.has_embedded_mtext_entity:
            self.ledger.undecodable += lettering.mtext(entity.virtual_mtext_entity(), pen, self.fonts)
            return
        self.ledger.undecodable += lettering.text(entity, pen, self.fonts)

    def _dimension(self, entity: Any, pen: Pen) -> None:
        name = str(entity.dxf.get("geometry", "") or "")
        strings: list[str] = []
        here = self._defined(name) is None
        if here:
            name = redrawn(entity)
        if name:
            at = np.eye(4)
            at[3, :3] = tuple(entity.dxf.get("insert", (0, 0, 0)))
            strings = self._anonymous(name, pen, at, here=here).strings
        self.ledger.undecodable += add_dimension(entity, pen, strings, drawn=bool(name), fonts=self.fonts)

    def _anonymous(self, name: str, pen: Pen, matrix: NDArray[np.float64], *, here: bool = False) -> Chunk:
        """Place the block that holds the picture of a dimension or table; its rows carry the owner's source.

        So do its references when the picture was drawn `here`: their handles are in no file.
        """
        chunk = self.block(name)
        if self._fits(pen.out, chunk, 1):
            placed = place(chunk, matrix, pen.look, None, self.looks.of_row(pen.look.layer))
            placed.source = np.full(len(placed), pen.source, np.int32)
            if here:
                placed.inserts = [replace(item, source=pen.source) for item in placed.inserts]
            pen.out.put(placed)
        return chunk

    def _virtual(self, kind: str, entity: Any, pen: Pen, in_block: bool) -> None:
        if kind == proxies.PROXY:
            self._picture(entity, pen, safe_text(str(entity.dxf.get("layer", "0")), 80)[0], in_block)
            return
        for part in list(entity.virtual_entities()):
            self._guarded(part, pen.out, in_block, (pen.look, pen.source))
        self.ledger.read[kind] += 1

    def _foreign(self, kind: str, entity: Any, out: ChunkBuilder, in_block: bool) -> None:
        """Draw or count an entity that the library knows by its tags only."""
        known = proxies.stand_in(entity)
        if known.dxf.get("invisible", 0):
            self.ledger.invisible += 1
            return
        layer = safe_text(str(known.dxf.get("layer", "0")), 80)[0]
        pen = Pen(out, self._look(known, in_block, None), self._source(entity))
        if kind == "OLE2FRAME":
            self.ledger.skip(kind, "ole_not_read")
        elif proxies.is_of_another_program(kind) or getattr(entity, "proxy_graphic", None):
            self._picture(entity, pen, layer, in_block)
        else:
            self.ledger.skip(safe_text(kind, 60)[0], "unsupported_entity")

    def _picture(self, entity: Any, pen: Pen, layer: str, in_block: bool) -> None:
        """Draw the picture an object of another program carries; count the object where it has none."""
        kind = proxies.kind_of(entity)
        parts = proxies.picture(entity)
        if not parts:
            self.ledger.proxy(kind, layer)
            return
        for part in parts:
            self._guarded(part, pen.out, in_block, (pen.look, pen.source))
        self.ledger.read[kind] += 1

    def _unknown(self, kind: str, entity: Any, pen: Pen, in_block: bool) -> None:
        if kind in _UNDERLAYS:
            self._underlay(kind, entity)
        elif getattr(entity, "proxy_graphic", None) or proxies.is_of_another_program(kind):
            self._picture(entity, pen, safe_text(str(entity.dxf.get("layer", "0")), 80)[0], in_block)
        elif kind == "OLE2FRAME":
            self.ledger.skip(kind, "ole_not_read")
        else:
            self.ledger.skip(safe_text(kind, 60)[0], "unsupported_entity")

    def _tolerance(self, entity: Any, pen: Pen) -> None:
        style = self.doc.dimstyles.get(str(entity.dxf.get("dimstyle", "Standard"))) if self.doc.dimstyles else None
        height = float(style.dxf.get("dimtxt", 2.5)) * (float(style.dxf.get("dimscale", 1.0)) or 1.0) if style else 2.5
        tolerance(entity, pen, self.fonts, height)

    def _underlay(self, kind: str, entity: Any) -> None:
        definition = entity.get_underlay_def() if hasattr(entity, "get_underlay_def") else None
        name = ntpath.basename(str(definition.dxf.get("filename", kind) if definition is not None else kind))
        shown = safe_text(name, 200)[0]
        self.ledger.wanted.add(shown)
        if name.lower() in self._siblings:
            self.ledger.outlined.add(shown)
            self.ledger.skip(kind, "image_not_read")
        else:
            self.ledger.xrefs.add(shown)
            self.ledger.skip(kind, "xref_missing")

    def _image(self, entity: Any, pen: Pen) -> None:
        picture(entity, pen)
        definition = entity.image_def
        name = ntpath.basename(str(definition.dxf.get("filename", ""))) if definition is not None else ""
        self.ledger.wanted.add(safe_text(name, 200)[0])
        missing = name.lower() not in self._siblings
        (self.ledger.images if missing else self.ledger.outlined).add(safe_text(name or "?", 200)[0])

    def _fits(self, out: ChunkBuilder, chunk: Chunk, cells: int) -> bool:
        if len(out) + len(chunk) * cells > self.limits.entities or len(chunk.xyz) * cells > POINT_LIMIT:
            self.ledger.limit("entities", self.limits.entities)
            return False
        if out.inserts + (len(chunk.inserts) + 1) * cells > self.limits.inserts:
            self.ledger.limit("INSERT", self.limits.inserts)
            return False
        return True

    def _insert(self, entity: Any, pen: Pen) -> None:
        name = str(entity.dxf.name)
        block = entity.block()
        if block is not None and block.block_record.is_xref and not self._xref(block, name):
            return
        texts = ChunkBuilder()
        attributes = self._written(entity, pen, texts)
        written, chunk = texts.build(), self._clipped(entity, self.block(name))
        matrix = np.array(list(entity.matrix44()), np.float64).reshape(4, 4)
        rows, columns = max(1, int(entity.dxf.row_count)), max(1, int(entity.dxf.column_count))
        if rows * columns > self.limits.insert_grid:
            self.ledger.limit("MINSERT", self.limits.insert_grid)
            rows = columns = 1
        if not self._fits(pen.out, chunk, rows * columns):
            return
        for offset in grid(entity, matrix, rows, columns):
            cell = matrix.copy()
            cell[3, :3] += offset
            own = InsertRow(shown_name(name), pen.look.layer, pen.source, -1, cell, attributes)
            placed = place(chunk, cell, pen.look, own, self.looks.of_row(pen.look.layer))
            pen.out.put(join([shifted(written, offset), placed]) if len(written) else placed)

    def _clipped(self, entity: Any, chunk: Chunk) -> Chunk:
        """Return what the reference shows of its block; all of it where its clip cannot be read."""
        try:
            window = xclips.window_of(entity)
            return chunk if window is None else clip_block(chunk, window)
        except Exception as error:  # a broken clip must not cost the block
            self.ledger.fail("SPATIAL_FILTER", error)
            return chunk

    def _written(self, entity: Any, pen: Pen, out: ChunkBuilder) -> dict[str, str]:
        """Append the attributes of a reference to `out`; returns their values by tag."""
        values = dict(self._constants(str(entity.dxf.get("name", "") or "")))
        for attrib in entity.attribs:
            try:
                tag = shown_name(str(attrib.dxf.get("tag", "")))
                if attrib.has_embedded_mtext_entity:
                    values[tag] = mtext.plain(str(attrib.virtual_mtext_entity().text))[0]
                else:
                    values[tag] = plain(str(attrib.dxf.get("text", "")))[0]
                if attrib.is_invisible:
                    continue
                owner = self._look(attrib, False, (pen.look, pen.source))
                self._letter(attrib, Pen(out, owner, self._source(attrib)))
            except Exception as error:  # one bad attribute must not cost the block
                self.ledger.fail("ATTRIB", error)
        return values

    def _constants(self, name: str) -> dict[str, str]:
        """Return the constant attributes of a block: they stand in its definition only."""
        if name not in self._constant:
            block = self.doc.blocks.get(name)
            found = [e for e in block if e.dxftype() == "ATTDEF" and e.is_const] if block is not None else []
            self._constant[name] = {
                shown_name(str(e.dxf.get("tag", ""))): plain(str(e.dxf.get("text", "")))[0] for e in found
            }
        return self._constant[name]

    def _xref(self, block: Any, name: str) -> bool:
        """Read an attached drawing of the same submission as the block's content; count it as missing otherwise."""
        if name.lower() in self._blocks:
            return True
        if xrefs.hidden(int(block.block.dxf.get("flags", 0)), self.chain):
            return False
        path = str(block.block.dxf.get("xref_path", "") or name)
        found = xrefs.sibling(path, self.files)
        shown = safe_text(ntpath.basename(path), 200)[0]
        self.ledger.wanted.add(shown)
        if found is not None and xrefs.circular(found, self.chain):
            self.ledger.xref_cycles.add(shown)
            return False
        if found is not None:
            try:
                self._blocks[name.lower()] = xrefs.attached(self, found, safe_text(name, 80)[0])
                self.ledger.read["XREF"] += 1
                return True
            except Exception as error:  # a bad attached drawing must not cost this one
                self.ledger.fail("XREF", error)
        self.ledger.xrefs.add(shown)
        self.ledger.skip("XREF", "xref_missing")
        return False
