"""The PDF reader: each page becomes a space in paper millimetres, lower left origin, y up, page unrotated."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pymupdf

from pipeline.drawing.defects import Defect, bilingual, defect
from pipeline.drawing.kinds import Format
from pipeline.drawing.model import Drawing, Signature
from pipeline.readers.base import LIMITS, ReadLimits
from pipeline.readers.pdf import playback
from pipeline.readers.pdf.complaints import complaints
from pipeline.readers.pdf.opening import beside_the_pages, end_mark, opened, without_path
from pipeline.readers.pdf.pages import Pages
from pipeline.readers.pdf.signatures import signatures

VERSION = "pdf-6"


class PdfReader:
    """Reads PDF; see `pipeline.readers.base.Reader`."""

    name = "pdf"
    version = VERSION

    def __init__(self, limits: ReadLimits = LIMITS) -> None:
        self.limits = limits

    def read(self, path: Path, name: str, siblings: Mapping[str, Path] | None = None, *, password: str = "") -> Drawing:
        """Return the drawing; whatever is wrong with the file is a defect in it."""
        drawing = Drawing(Format.PDF, "", VERSION)
        playback.quiet()
        collecting = gc.isenabled()
        gc.disable()  # hundreds of thousands of dictionaries without a circle: looking for one costs as much as reading
        try:
            self._read(path, drawing, password)
        finally:
            if collecting:
                gc.enable()
        return drawing

    def _read(self, path: Path, drawing: Drawing, password: str) -> None:
        doc = opened(path, drawing, password)
        if doc is None:
            end_mark(path, drawing)
            return
        with doc:
            end_mark(path, drawing)
            beside_the_pages(doc, drawing)
            try:
                pages = Pages(doc, drawing, self.limits, path.stat().st_size)
                pages.read()
                self._signatures(path, doc, password, pages, drawing)
            except RuntimeError as error:  # the page tree itself is broken: MuPDF cannot even count
                drawing.defects.append(defect("unreadable", why=without_path(error, path)))
            self._complaints(doc, drawing)

    def _signatures(self, path: Path, doc: Any, password: str, pages: Pages, drawing: Drawing) -> None:
        drawing.signatures = signatures(path, doc, password, pages.places)
        for found in drawing.signatures:
            if found.integrity == "changed":
                drawing.defects.append(_changed(found))

    def _complaints(self, doc: Any, drawing: Drawing) -> None:
        if doc.is_repaired:
            drawing.completeness.repaired = True
            drawing.defects.append(defect("pdf_repaired"))
        lines = [line for line in pymupdf.TOOLS.mupdf_warnings().splitlines() if line.strip()]
        drawing.completeness.log_lines = len(lines)
        drawing.defects.extend(complaints(lines))


def _changed(found: Signature) -> Defect:
    """Say that a signature does not fit the file, in each language with the reason in it."""
    zh, en = ({"field": found.field, "why": why} for why in (found.why_zh, found.why_en))
    return bilingual("signature_changed", zh=zh, en=en)
