"""A canvas that writes a PDF page: our own content stream with whole numbers, real text, one embedded font.

The stream is made by one formatting call per stroke, not by a Python object per segment.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pipeline.drawing.model import Drawing, Sheet
from pipeline.drawing.tables import F64
from pipeline.rendering.canvas import TextLine, path_text
from pipeline.rendering.fonts import font_bytes
from pipeline.rendering.glyphs import glyph_source
from pipeline.rendering.overlay import Mark
from pipeline.rendering.painter import paint_sheet

STEPS_PER_MM = 1000  # path coordinates are whole micrometres of paper
POINTS_PER_MM = 72 / 25.4
HAIRLINE_MM = 0.13
FARTHEST_MM = 1_000_000.0
POINTS_PER_STROKE = 400  # short strokes are skipped quickly when only a tile is wanted
DASHES = {0: "[] 0 d", 1: "[3000 1500] 0 d", 2: "[6000 1200 600 1200] 0 d", 3: "[300 1200] 0 d"}
TEMPLATES = ("%d %d m\n", "%d %d l\n", "%d %d l h\n", "%d %d m h\n")


class PdfCanvas:
    """Writes one page; `document()` gives it open (for pictures), `finish()` as bytes."""

    def __init__(self, note: str = "") -> None:
        self._note = note  # what the page was made of
        self._out: list[str] = []
        self._pen: tuple[int, float, int] | None = None
        self._brush: int | None = None
        self._alphas: set[int] = set()
        self._size = (0.0, 0.0)
        self._title = ""

    def begin(self, width_mm: float, height_mm: float, title: str) -> None:
        """Start the page."""
        self._size, self._title = (width_mm, height_mm), title
        unit = POINTS_PER_MM / STEPS_PER_MM
        self._out.append(f"q {unit:.10f} 0 0 {unit:.10f} 0 0 cm 1 J 1 j\n")

    def clip(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Clip to a box."""
        x, y, width, height = (round(value * STEPS_PER_MM) for value in (x0, y0, x1 - x0, y1 - y0))
        self._out.append(f"{x} {y} {width} {height} re W n\n")

    def open_group(self, name: str) -> None:
        """Groups carry no look in PDF: only marked content, so that they can be found."""
        self._out.append("/Group BMC\n")

    def close_group(self) -> None:
        """End marked content."""
        self._out.append("EMC\n")

    def pen(self, color: int, width_mm: float, dash: int) -> None:
        """Choose the pen."""
        if (color, width_mm, dash) != self._pen:
            self._pen = (color, width_mm, dash)
            width = round((width_mm or HAIRLINE_MM) * STEPS_PER_MM)
            self._out.append(f"{_rgb(color)} RG {width} w {DASHES.get(dash, DASHES[1])}\n")

    def brush(self, color: int) -> None:
        """Choose the fill."""
        if color != self._brush:
            self._brush = color
            alpha = color & 0xFF
            self._alphas.add(alpha)
            self._out.append(f"{_rgb(color)} rg /A{alpha} gs\n")

    def stroke(self, xy: F64, first: np.ndarray, closed: np.ndarray, owner: list[str]) -> None:
        """Draw polylines in strokes of a few hundred points."""
        whole = _whole(xy)
        cuts = np.searchsorted(first, np.arange(0, len(xy), POINTS_PER_STROKE))
        cuts = np.unique(np.concatenate([cuts, [len(first) - 1]]))
        for one, two in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
            low, high = first[one], first[two]
            self._out.append(path_text(whole[low:high], first[one : two + 1] - low, closed[one:two], TEMPLATES))
            self._out.append("S\n")

    def fill(self, xy: F64, first: np.ndarray, owner: str) -> None:
        """Fill rings, even-odd."""
        self._out.append(path_text(_whole(xy), first, np.ones(len(first) - 1, bool), TEMPLATES))
        self._out.append("f*\n")

    def text(self, line: TextLine) -> None:
        """Write real text: glyph numbers of the embedded font."""
        source = glyph_source()
        em = source.units_per_em / source.cap_units * STEPS_PER_MM
        gids = "".join(f"{source.glyph(ord(char)).gid:04x}" for char in line.string)
        a, b = line.along[0] * em, line.along[1] * em
        c, d = line.up[0] * em, line.up[1] * em
        x, y = line.origin[0] * STEPS_PER_MM, line.origin[1] * STEPS_PER_MM
        self.brush(line.color)
        self._out.append(f"BT /F0 1 Tf {a:.2f} {b:.2f} {c:.2f} {d:.2f} {x:.0f} {y:.0f} Tm <{gids}> Tj ET\n")
        if "0000" in gids:
            self._boxes(line)

    def _boxes(self, line: TextLine) -> None:
        """Draw the box that stands for a character the font does not have."""
        pen, axes = 0.0, np.array([line.along, line.up])
        for char in line.string:
            glyph = glyph_source().glyph(ord(char))
            if glyph.missing:
                rings = (np.concatenate(glyph.contours) + [pen, 0.0]) @ axes + np.array(line.origin)
                self.fill(rings, np.cumsum([0] + [len(ring) for ring in glyph.contours]), "")
            pen += glyph.advance

    def document(self) -> Any:
        """Return the page as an open one-page `pymupdf.Document`."""
        import pymupdf

        document = pymupdf.open()
        width, height = (max(side * POINTS_PER_MM, 1.0) for side in self._size)
        page = document.new_page(width=width, height=height)
        page.insert_font(fontname="F0", fontbuffer=font_bytes())
        states = "".join(f"/A{alpha}<</ca {alpha / 255:.4f}>>" for alpha in sorted(self._alphas))
        sort, value = document.xref_get_key(page.xref, "Resources")
        owner, key = (int(value.split()[0]), "ExtGState") if sort == "xref" else (page.xref, "Resources/ExtGState")
        document.xref_set_key(owner, key, f"<<{states}>>")
        stream = document.get_new_xref()
        document.update_object(stream, "<<>>")
        document.update_stream(stream, "".join([*self._out, "Q\n"]).encode("ascii"), new=True)
        page.set_contents(stream)
        return document

    def finish(self) -> bytes:
        """Return the PDF, font reduced to the glyphs in use."""
        document = self.document()
        about = {"title": self._title, "subject": self._note, "producer": "Tushen", "creator": "Tushen"}
        document.set_metadata(about)
        document.subset_fonts()
        data = document.tobytes(garbage=3, deflate=True)
        document.close()
        return bytes(data)


def _rgb(color: int) -> str:
    return " ".join(f"{((color >> shift) & 0xFF) / 255:.3g}" for shift in (24, 16, 8))


def _whole(xy: F64) -> np.ndarray:
    return np.rint(np.clip(np.nan_to_num(xy), -FARTHEST_MM, FARTHEST_MM) * STEPS_PER_MM).astype(np.int64)


def sheet_pdf(drawing: Drawing, sheet: Sheet, overlay: list[Mark] | None = None, note: str = "") -> bytes:
    """Return one sheet as a PDF of its paper size, texts selectable; `note` is its subject."""
    return paint_sheet(drawing, sheet, PdfCanvas(note), overlay)
