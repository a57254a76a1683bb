"""The PDF reader: each page becomes a space in paper millimetres, lower left origin, y up, page unrotated."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pymupdf

from pipeline.drawing.defects import defect
from pipeline.drawing.kinds import Format
from pipeline.drawing.model import Drawing
from pipeline.drawing.safe_text import safe_text
from pipeline.readers.base import LIMITS, ReadLimits
from pipeline.readers.pdf import playback, soundness
from pipeline.readers.pdf.complaints import complaints
from pipeline.readers.pdf.pages import Pages
from pipeline.readers.pdf.signatures import signatures

VERSION = "pdf-3"


class PdfReader:
    """Reads PDF; see `pipeline.readers.base.Reader`."""

    name = "pdf"
    version = VERSION

    def __init__(self, limits: ReadLimits = LIMITS) -> None:
        self.limits = limits

    def sniff(self, head: bytes, tail: bytes, name: str) -> float | None:
        """A PDF begins with %PDF- at byte 0 (a byte order mark or blank lines before it are tolerated)."""
        if head.startswith(b"%PDF-"):
            return 1.0
        return 0.6 if head.lstrip(b"\xef\xbb\xbf\r\n \t\x00").startswith(b"%PDF-") else None

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
        try:
            doc = pymupdf.open(path, filetype="pdf")
        except Exception as error:  # no page can be had
            if self._is_locked(path):
                drawing.defects.append(defect("pdf_encrypted"))
            else:
                drawing.defects.append(defect("unreadable", why=_without_path(error, path)))
            self._trailer(path, drawing)
            return
        with doc:
            if doc.needs_pass and not (password and doc.authenticate(password)):
                drawing.defects.append(defect("pdf_encrypted"))
                return
            self._trailer(path, drawing)
            self._document(doc, drawing)
            try:
                pages = Pages(doc, drawing, self.limits)
                pages.read()
                self._signatures(path, doc, password, pages, drawing)
            except RuntimeError as error:  # the page tree itself is broken: MuPDF cannot even count
                drawing.defects.append(defect("unreadable", why=_without_path(error, path)))
            self._complaints(doc, drawing)

    def _is_locked(self, path: Path) -> bool:
        """Whether a file that does not open says it is encrypted (public-key security needs a certificate)."""
        with path.open("rb") as stream:
            head = stream.read(1 << 20)
            size = stream.seek(0, 2)
            stream.seek(max(0, size - (1 << 16)))
            return b"/Encrypt" in head or b"/Encrypt" in stream.read()

    def _trailer(self, path: Path, drawing: Drawing) -> None:
        with path.open("rb") as stream:
            size = stream.seek(0, 2)
            stream.seek(max(0, size - 1024))
            tail = stream.read(1024)
        drawing.completeness.trailer = b"%%EOF" in tail
        if not drawing.completeness.trailer:
            drawing.defects.append(defect("truncated", mark="%%EOF"))
            return
        after = tail[tail.rindex(b"%%EOF") + 5 :].strip(b"\r\n \t\x00")
        if after:
            drawing.defects.append(defect("trailing_bytes", count=len(after)))

    def _document(self, doc: Any, drawing: Drawing) -> None:
        meta = doc.metadata or {}
        for key in ("title", "author", "creator", "producer", "creationDate", "modDate"):
            value = safe_text(str(meta.get(key) or ""), 500)[0]
            if value:
                drawing.meta[key] = value
        what = soundness.active_content(doc)
        if what:
            drawing.defects.append(defect("active_content", what=", ".join(sorted(what))))
        names = doc.embfile_names() if doc.embfile_count() else []
        if names:
            drawing.meta["attachments"] = [safe_text(str(n), 255)[0] for n in names[:100]]

    def _signatures(self, path: Path, doc: Any, password: str, pages: Pages, drawing: Drawing) -> None:
        drawing.signatures = signatures(path, doc, password, pages.places)
        for found in drawing.signatures:
            if found.integrity == "changed":
                drawing.defects.append(defect("signature_changed", field=found.field, why=found.why))

    def _complaints(self, doc: Any, drawing: Drawing) -> None:
        if doc.is_repaired:
            drawing.completeness.repaired = True
            drawing.defects.append(defect("pdf_repaired"))
        lines = [line for line in pymupdf.TOOLS.mupdf_warnings().splitlines() if line.strip()]
        drawing.completeness.log_lines = len(lines)
        drawing.defects.extend(complaints(lines))


def _without_path(error: Exception, path: Path) -> str:
    """Return an error's sentence without the place of the file on this machine."""
    return safe_text(str(error).replace(str(path), path.suffix or "file"), 120)[0]
