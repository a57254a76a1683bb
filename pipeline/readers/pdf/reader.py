"""The PDF reader: each page becomes a space in paper millimetres, lower left origin, y up, page unrotated."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pymupdf
from numpy.typing import NDArray

from pipeline.drawing.builder import SpaceBuilder, Style
from pipeline.drawing.defects import defect
from pipeline.drawing.kinds import EntityKind, Format, SpaceKind
from pipeline.drawing.layer_meanings import layer_meaning
from pipeline.drawing.model import Drawing, Layer
from pipeline.drawing.safe_text import safe_text
from pipeline.readers.base import LIMITS, ReadLimits
from pipeline.readers.pdf import soundness
from pipeline.readers.pdf.complaints import complaints
from pipeline.readers.pdf.lettering import Run, add_run, runs, sizes_of
from pipeline.readers.pdf.paths import Clips, add_path, rgba

VERSION = "pdf-2"
POINT_MM = 25.4 / 72.0
SCAN_SHARE = 0.5  # pictures cover at least this much of a scanned page
SCAN_PATHS = 50  # and it has at most so many paths
SCAN_TEXTS = 20  # and visible texts (recognised text beneath a scan is invisible)

F64 = NDArray[np.float64]


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
        pymupdf.TOOLS.mupdf_display_errors(False)
        pymupdf.TOOLS.mupdf_display_warnings(False)
        pymupdf.TOOLS.reset_mupdf_warnings()
        try:
            doc = pymupdf.open(path, filetype="pdf")
        except Exception as error:  # no page can be had
            if self._is_locked(path):
                drawing.defects.append(defect("pdf_encrypted"))
            else:
                drawing.defects.append(defect("unreadable", why=_without_path(error, path)))
            self._trailer(path, drawing)
            return drawing
        with doc:
            if doc.needs_pass and not (password and doc.authenticate(password)):
                drawing.defects.append(defect("pdf_encrypted"))
                return drawing
            self._trailer(path, drawing)
            self._document(doc, drawing)
            try:
                _Pages(doc, drawing, self.limits).read()
            except RuntimeError as error:  # the page tree itself is broken: MuPDF cannot even count
                drawing.defects.append(defect("unreadable", why=_without_path(error, path)))
            self._complaints(doc, drawing)
        return drawing

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


def _label(page: Any) -> str:
    """Return the page's label, "" if it has none or the label tree is broken."""
    try:
        return safe_text(page.get_label() or "", 40)[0]
    except Exception:  # a broken label tree costs the labels, not the pages
        return ""


class _Pages:
    """Reads the pages of one open document into a drawing."""

    def __init__(self, doc: Any, drawing: Drawing, limits: ReadLimits) -> None:
        self.doc, self.drawing, self.limits = doc, drawing, limits
        self._layers: dict[str, int] = {}
        self._fonts: dict[str, int] = {}
        self._layer("")
        self._groups()

    def _layer(self, name: str) -> int:
        row = self._layers.get(name)
        if row is None:
            row = self._layers[name] = len(self.drawing.layers)
            shown = safe_text(name, 255)[0]
            self.drawing.layers.append(Layer(shown, meaning=layer_meaning(shown) if shown else ""))
        return row

    def _groups(self) -> None:
        """Take over the optional-content groups; hidden ones are switched on so that their content is read."""
        groups = self.doc.get_ocgs() or {}
        for group in groups.values():
            row = self._layer(str(group.get("name", "")))
            self.drawing.layers[row].visible = bool(group.get("on", True))
        if any(not group.get("on", True) for group in groups.values()):
            pdf = pymupdf._as_pdf_document(self.doc)  # set_layer() leaves the /OFF list standing
            for number in range(pymupdf.mupdf.pdf_count_layers(pdf)):
                pymupdf.mupdf.pdf_enable_layer(pdf, number, 1)

    def read(self) -> None:
        """Read every page up to the limit; a page that fails is a defect and the next one goes on."""
        record, drawing = self.drawing.completeness, self.drawing
        count = self.doc.page_count
        record.pages_declared = max(count, soundness.declared_pages(self.doc) or 0)
        record.pages_read = 0
        drawing.meta["rotations"] = []
        if count > self.limits.pages:
            drawing.defects.append(defect("limit_reached", what="pages", limit=self.limits.pages))
        for number in range(min(count, self.limits.pages)):
            try:
                self._page(number)
                record.pages_read += 1
            except Exception as error:  # the guard of this reader: one bad page must not stop the others
                why = safe_text(f"{type(error).__name__}: {error}", 120)[0]
                drawing.defects.append(defect("page_failed", page=number + 1, why=why))
        if record.pages_declared > count:
            declared = record.pages_declared
            drawing.defects.append(defect("page_missing", declared=declared, read=record.pages_read))
        drawing.fonts = list(self._fonts)
        if record.text_undecodable:
            drawing.defects.append(defect("text_undecodable", count=record.text_undecodable))
        drawing.coverage.settle()

    def _page(self, number: int) -> None:
        page = self.doc.load_page(number)
        unit = soundness.user_unit(self.doc, page.xref)
        box = soundness.raw_box(self.doc, page.xref)
        if box is None and self.doc.is_repaired and not page.get_contents():
            raise ValueError("the page's object is lost")
        if not soundness.box_is_sound(box, unit):
            self.drawing.defects.append(defect("page_size_invalid", page=number + 1))
        if soundness.inflates_beyond(self.doc, page.get_contents(), self.limits.stream_bytes):
            raise ValueError(f"content beyond {self.limits.stream_bytes >> 20} MiB")
        rotation = int(page.rotation) % 360
        if rotation:
            page.set_rotation(0)
        width, height = float(page.rect.width), float(page.rect.height)
        # MuPDF's page space already holds UserUnit when the rectangle is larger than the crop box
        crop = page.cropbox
        mm = POINT_MM * (unit if abs(width - crop.width) < 0.01 * crop.width else 1.0)

        def place(points: F64) -> F64:
            return np.column_stack([points[:, 0] * mm, (height - points[:, 1]) * mm])

        label = _label(page)
        name = f"{number + 1} {label}".strip() if label != str(number + 1) else str(number + 1)
        out = SpaceBuilder(name, SpaceKind.PAGE, unit_mm=mm, size_mm=(width * mm, height * mm))
        share = self._pictures(page, out, place, width * height)
        paths, letters = self._content(page, out, place, mm, number)
        if share >= SCAN_SHARE and paths <= SCAN_PATHS and letters <= SCAN_TEXTS:
            out.scanned = True
            self.drawing.defects.append(defect("page_scanned", page=number + 1))
        self.drawing.completeness.nonfinite += out.nonfinite
        self.drawing.spaces.append(out.build())
        self.drawing.meta["rotations"].append(rotation)
        self._count("page", 1)

    def _count(self, kind: str, count: int) -> None:
        read = self.drawing.coverage.read
        if count:
            read[kind] = read.get(kind, 0) + count

    def _pictures(self, page: Any, out: SpaceBuilder, place: Any, area: float) -> float:
        """Append the outlines of the pictures; returns the share of the page the largest ones cover."""
        covered = 0.0
        pictures = page.get_image_info()
        for info in pictures:
            a, b, c, d, e, f = info["transform"]
            corners = np.array([(e, f), (a + e, b + f), (a + c + e, b + d + f), (c + e, d + f)])
            row = out.add_polyline(
                place(corners), closed=True, kind=EntityKind.IMAGE, style=Style(color=0x808080FF, source=-1)
            )
            if row >= 0:
                covered += abs(a * d - b * c)
        self._count("image", len(pictures))
        return min(1.0, covered / area) if area > 0 else 0.0

    def _content(self, page: Any, out: SpaceBuilder, place: Any, mm: float, number: int) -> tuple[int, int]:
        """Append paths and texts in painting order; returns the number of paths and of visible texts."""
        items = page.get_cdrawings(extended=True)
        letters = list(runs(page.get_texttrace(), sizes_of(page), rgba))
        letters.sort(key=lambda run: run.seqno)
        clips = Clips()
        paths = at = 0
        for item in items:
            kind = item.get("type")
            if kind == "clip":
                clips.push(item)
                continue
            if kind == "group" or not item.get("items") or clips.hides(item):
                continue
            seqno = int(item.get("seqno", 0))
            while at < len(letters) and letters[at].seqno < seqno:
                self._letter(letters[at], out, place, mm)
                at += 1
            paths += 1
            if paths > self.limits.page_paths:
                limit = f"{self.limits.page_paths}, page {number + 1}"
                self.drawing.defects.append(defect("limit_reached", what="paths", limit=limit))
                break
            add_path(out, item, seqno, self._layer(str(item.get("layer") or "")), place, mm)
        for run in letters[at:]:
            self._letter(run, out, place, mm)
        self._count("path", paths)
        self._count("text", len(letters))
        return paths, sum(1 for run in letters if run.color & 0xFF)

    def _letter(self, run: Run, out: SpaceBuilder, place: Any, mm: float) -> None:
        name = safe_text(run.font, 255)[0]
        font = self._fonts.setdefault(name, len(self._fonts))
        if add_run(out, run, place, mm, self._layer(run.layer), font):
            self.drawing.completeness.text_undecodable += 1
