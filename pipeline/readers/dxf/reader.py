"""The DXF reader: bytes first, then the library strict, then patient; layouts and model space to spaces."""

from __future__ import annotations

import gc
import logging
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.drawing.defects import defect
from pipeline.drawing.kinds import Format, SpaceKind
from pipeline.drawing.model import Drawing, Space
from pipeline.drawing.safe_text import safe_text
from pipeline.readers.base import LIMITS, ReadLimits, reason
from pipeline.readers.dxf import prescan
from pipeline.readers.dxf.absorbed import absorbed
from pipeline.readers.dxf.chunk import Chunk
from pipeline.readers.dxf.columns import door
from pipeline.readers.dxf.columns.tags import Irregular
from pipeline.readers.dxf.doubts import doubtful
from pipeline.readers.dxf.endless import with_endless
from pipeline.readers.dxf.expand import Expander
from pipeline.readers.dxf.ledger import Ledger
from pipeline.readers.dxf.oddities import oddities
from pipeline.readers.dxf.spaces import drop_nonfinite, hide_frozen, to_space
from pipeline.readers.dxf.units import layout_paper, model_unit
from pipeline.readers.dxf.viewports import compose, sort_viewports, through

VERSION = "dxf-5"
_RENAMED = {"MLEADER": "MULTILEADER"}
_log = logging.getLogger(__name__)


def _grown_old() -> None:
    """Count what was made so far as old: else the next few objects have all of it looked through for circles."""
    if not gc.get_freeze_count():  # what a zygote froze stays so
        gc.freeze()
        gc.unfreeze()


class DxfReader:
    """Reads DXF; see `pipeline.readers.base.Reader`."""

    name = "dxf"
    version = VERSION

    def __init__(self, limits: ReadLimits = LIMITS) -> None:
        self.limits = limits

    def read(self, path: Path, name: str, siblings: Mapping[str, Path] | None = None, *, password: str = "") -> Drawing:
        """Return the drawing; whatever is wrong with the file is a defect in it."""
        drawing = self._read(path, siblings)
        drawing.defects.extend(doubtful(drawing, path))
        return drawing

    def _read(self, path: Path, siblings: Mapping[str, Path] | None) -> Drawing:
        drawing = Drawing(Format.DXF, "", VERSION)
        size = path.stat().st_size
        if size > self.limits.bytes_full:
            drawing.defects.append(defect("too_large", limit=f"{self.limits.bytes_full >> 20} MiB"))
            return drawing
        quick = self._quickly(path, siblings)
        if isinstance(quick, Drawing):
            return quick
        drawing.meta["door"] = f"library: {quick}"
        data = path.read_bytes()
        scan = prescan.scan(data)
        self._bytes_defects(scan, drawing)
        if not scan.binary:
            drawing.defects.extend(oddities(data))
        if not self._nesting_is_sane(scan, drawing):
            return drawing
        doc = self._open(path, data, scan, drawing)
        if doc is None:
            return drawing
        if not scan.has_header:
            doc.header["$INSUNITS"] = 0  # the library takes metres where nothing is declared
        self._rows(doc, scan, drawing, Counter())
        ledger = Ledger()
        ledger.undecodable_lines = drawing.completeness.text_undecodable
        self._spaces(doc, drawing, Expander(doc, ledger, siblings, self.limits))
        return drawing

    def _quickly(self, path: Path, siblings: Mapping[str, Path] | None) -> Drawing | str:
        """Return the drawing as columns from the bytes, or why the file has to go through the library."""
        drawing = Drawing(Format.DXF, "", VERSION)
        collecting = gc.isenabled()
        gc.disable()  # columns and tables have no circles: looking for some costs as much as a small drawing
        try:
            found = door.opened(path, siblings, self.limits)
            self._bytes_defects(found.counts, drawing)
            drawing.defects.extend(found.defects)
            self._rows(found.doc, found.counts, drawing, found.parsed)
            self._spaces(found.doc, drawing, found.expander)
        except Irregular as why:
            return str(why)
        except MemoryError:
            raise
        except Exception as error:  # whatever went wrong here, the library's doors are still there
            _log.warning("quick door: %s", reason(error, path), exc_info=True)
            return reason(error, path)
        finally:
            if collecting:
                _grown_old()
                gc.enable()
        drawing.meta["door"] = "quick"
        return drawing

    def _bytes_defects(self, scan: prescan.Prescan, drawing: Drawing) -> None:
        record = drawing.completeness
        record.trailer = scan.trailer and (scan.binary or scan.sections == scan.sections_closed)
        record.rows_raw = None if scan.binary else scan.rows
        if not record.trailer:
            drawing.defects.append(defect("truncated", mark="0/EOF" if not scan.trailer else "ENDSEC"))
        if not scan.has_entities:
            drawing.defects.append(defect("dxf_no_entities"))
        if scan.trailing_bytes:
            drawing.defects.append(defect("trailing_bytes", count=scan.trailing_bytes))
        if scan.bad_codes or scan.odd:
            drawing.defects.append(defect("dxf_codes", count=scan.bad_codes + scan.odd))
        if not scan.binary and scan.version.upper() not in prescan.VERSIONS:
            drawing.defects.append(defect("dxf_version", found=safe_text(scan.version, 16)[0] or "-"))
        drawing.meta.update({"dxf_version": scan.version, "codepage": scan.codepage, "binary": scan.binary})

    def _nesting_is_sane(self, scan: prescan.Prescan, drawing: Drawing) -> bool:
        cycle, deepest = prescan.block_graph(scan)
        if cycle is not None:
            shown = safe_text(cycle.decode("utf-8", "replace"), 80)[0]
            drawing.defects.append(defect("block_cycle", name=shown))
        if deepest > prescan.DEPTH_LIMIT:
            drawing.defects.append(defect("limit_reached", what="INSERT depth", limit=self.limits.insert_depth))
            return False
        return True

    def _open(self, path: Path, data: bytes, scan: prescan.Prescan, drawing: Drawing) -> Any | None:
        from pipeline.readers.dxf import documents  # loads the library

        file = documents.looked_at(path, data, scan)
        drawing.defects.extend(file.defects)
        drawing.completeness.text_undecodable = file.undecodable
        if scan.binary:
            drawing.meta["encoding"] = file.used
        try:
            return documents.open_strict(file)
        except Exception as error:  # strict reading failed: whatever the reason, try the patient door
            why = reason(error, path)
        try:
            doc, faults = documents.open_patient(file, why, bool(drawing.completeness.trailer))
        except Exception as error:  # no door left
            drawing.defects.append(defect("unreadable", why=reason(error, path)))
            return None
        drawing.completeness.recovered = True
        drawing.defects.append(defect("dxf_recovered", why=why))
        if faults:
            drawing.completeness.log_lines = faults
            drawing.defects.append(defect("dxf_audit", count=faults))
        return doc

    def _rows(self, doc: Any, scan: prescan.Prescan, drawing: Drawing, parsed: Counter[str]) -> None:
        """Compare what the bytes hold with what was parsed: `parsed`, and what the library has."""
        if scan.binary:
            return
        for block in doc.blocks:
            for entity in block:
                parsed[entity.dxftype()] += 1
                parsed.update(absorbed(entity))
        missing = 0
        for kind, count in scan.types.items():
            missing += max(0, count - parsed[_RENAMED.get(kind, kind)])
        drawing.completeness.rows_parsed = scan.rows - missing
        if missing:
            drawing.defects.append(defect("rows_missing", raw=scan.rows, parsed=scan.rows - missing))

    def _spaces(self, doc: Any, drawing: Drawing, expander: Expander) -> None:
        ledger = expander.ledger
        model = self._expanded(doc.modelspace(), expander)
        unit, notes = model_unit(doc, model)
        drawing.defects.extend(notes)
        drawing.meta["unit_mm"] = unit
        papers = [(layout, self._expanded(layout, expander)) for layout in doc.layouts if layout.name != "Model"]
        expander.release()
        while papers:
            layout, paper = papers.pop(0)
            space_or_none = self._layout(layout, paper, model, unit, expander)
            if space_or_none is not None:
                drawing.spaces.append(space_or_none)
        if len(model) or model.inserts:  # last, because it uses the chunk up
            drawing.spaces.insert(0, to_space(model, expander.sources, "Model", SpaceKind.MODEL, unit))
        drawing.layers = expander.looks.layers
        drawing.fonts = [safe_text(name, 255)[0] for name in expander.fonts.names]
        for row, count in sorted(expander.fonts.uses.items(), key=lambda item: -item[1])[:20]:
            drawing.defects.append(defect("font_substituted", count=count, name=drawing.fonts[row]))
        known = {(d.code, str(d.details)) for d in drawing.defects}
        drawing.defects.extend(d for d in ledger.defects() if (d.code, str(d.details)) not in known)
        drawing.coverage = ledger.coverage()
        drawing.completeness.text_undecodable = max(ledger.undecodable, ledger.undecodable_lines)
        drawing.completeness.nonfinite = ledger.nonfinite
        drawing.meta["references"] = sorted(ledger.wanted - {""})[:200]
        drawing.meta["invisible_entities"] = ledger.invisible
        drawing.meta["viewports_off"] = ledger.viewports_off

    def _expanded(self, layout: Any, expander: Expander) -> Chunk:
        chunk = self._finite(with_endless(expander.layout(layout), expander.endless), expander.ledger)
        return hide_frozen(chunk, expander.looks.frozen)

    def _finite(self, chunk: Chunk, ledger: Ledger) -> Chunk:
        kept, lost = drop_nonfinite(chunk)
        ledger.nonfinite += lost
        return kept

    def _layout(
        self, layout: Any, paper: Chunk, model: Chunk, model_unit_mm: float, expander: Expander
    ) -> Space | None:
        ledger = expander.ledger
        size, unit = layout_paper(layout)
        views: list[Chunk] = []
        total = len(paper)
        sorted_out = sort_viewports(layout)
        ledger.count_viewports(sorted_out.turned_off, sorted_out.not_plan)
        for viewport in sorted_out.shown:
            try:
                view = self._finite(through(viewport, model, expander.looks, model_unit_mm / unit), ledger)
            except Exception as error:  # one bad viewport must not cost the layout
                ledger.fail("VIEWPORT", error)
                continue
            total += len(view)
            if total > self.limits.entities:
                ledger.limit("entities", self.limits.entities)
                break
            views.append(view)
        chunk = compose(paper, views)
        if not len(chunk):
            return None
        name = safe_text(str(layout.name), 255)[0]
        space = to_space(chunk, expander.sources, name, SpaceKind.LAYOUT, unit)
        space.size_mm = size
        if not np.isfinite(space.entities.xy).all():
            raise ValueError("layout scale is not finite")
        return space
