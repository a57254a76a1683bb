"""Our side of the meter: a sheet of the model painted by our painter, as pixels of the shared grid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from pipeline.drawing.model import Drawing, Sheet
from pipeline.drawing.sheet_space import apply
from pipeline.drawing.tables import F64
from pipeline.measuring.pdfium import opened, picture
from pipeline.measuring.raster import Grid, Mask, Picture
from pipeline.measuring.reference import Reference
from pipeline.rendering.canvas import TextLine
from pipeline.rendering.content import Content, sheet_content
from pipeline.rendering.painter import paint_content
from pipeline.rendering.pdf import STEPS_PER_MM, PdfCanvas

BLACK = 0x000000FF
PALE = 96  # of 255: the grey a black fill has where all lines are black
TEXT_REACH = 0.4  # of the cap height: how far letters of another font may stand out of our box


class MeterCanvas(PdfCanvas):
    """The PDF canvas in pixels of a grid: no texts, no clip, dashed lines drawn through (or left out)."""

    def __init__(self, grid: Grid, *, dashed: bool = True, plain: bool = False, opaque: bool = False) -> None:
        super().__init__()
        self._grid, self._dashed, self._plain, self._mute = grid, dashed, plain, False
        self._veil = 0xFF if opaque else 0
        scale = grid.px_per_mm * grid.paper_scale / STEPS_PER_MM
        margin = (grid.to_pixels()[4], grid.height - grid.to_pixels()[5])
        self._out.append(f"q {scale:.10f} 0 0 {scale:.10f} {margin[0]:.3f} {margin[1]:.3f} cm 1 J 1 j\n")

    def pen(self, color: int, width_mm: float, dash: int) -> None:
        """Choose a pen that never lifts: where another program starts a dash is its own affair."""
        self._mute = bool(dash) and not self._dashed
        super().pen(BLACK if self._plain else color | self._veil, 0.0 if self._plain else width_mm, 0)

    def brush(self, color: int) -> None:
        """Choose the fill: a pale one where all lines are black, so that they can be seen on it."""
        if self._plain:
            red, green, blue = (PALE + ((color >> shift & 0xFF) * (255 - PALE)) // 255 for shift in (24, 16, 8))
            color = red << 24 | green << 16 | blue << 8 | color & 0xFF
        super().brush(color | self._veil)

    def stroke(self, xy: F64, first: np.ndarray, closed: np.ndarray, owner: list[str]) -> None:
        """Draw polylines, unless they are dashed and those were not wanted."""
        if not self._mute:
            super().stroke(xy, first, closed, owner)

    def text(self, line: TextLine) -> None:
        """Texts are compared by their boxes."""

    def finish(self) -> bytes:
        """Return a PDF of one page without fonts; one point of it is one pixel."""
        looks = "".join(f"/A{alpha}<</ca {alpha / 255:.4f}>>" for alpha in sorted(self._alphas))
        looks = f"/ExtGState<<{looks}>>"
        stream = "".join([*self._out, "Q\n"]).encode("ascii")
        size = f"{self._grid.width} {self._grid.height}"
        bodies = (
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {size}]/Contents 4 0 R/Resources<<{looks}>>>>".encode(),
            b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        )
        out, places = [b"%PDF-1.4\n"], []
        for number, body in enumerate(bodies, 1):
            places.append(sum(map(len, out)))
            out.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        table = b"".join(b"%010d 00000 n \n" % place for place in places)
        start = sum(map(len, out))
        out.append(b"xref\n0 5\n0000000000 65535 f \n" + table)
        out.append(b"trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start)
        return b"".join(out)


@dataclass(slots=True)
class Ours:
    """What our model shows on one sheet."""

    drawn: Picture  # everything but texts and pictures, dashed lines drawn through
    sure: Picture  # the same without dashed lines
    texts: Mask  # boxes of the texts whose words we hold, grown by what another font needs
    wordless: Mask  # boxes of texts we could not decode
    words: list[str]  # (t,) letters of every text, without blanks
    spans: F64  # (t, 4) x0 y0 x1 y1 of its box, pixels
    opaque: Callable[[], Picture]  # `drawn` with nothing shining through


def paint(drawing: Drawing, sheet: Sheet, grid: Grid, reference: Reference) -> Ours:
    """Paint a sheet of the model for the meter, in the manner of the reference."""
    content = sheet_content(drawing, sheet)
    drawn = _picture(content, MeterCanvas(grid, plain=reference.plain), grid)
    broken = bool(content.dashed.any()) and not reference.plain
    sure = _picture(content, MeterCanvas(grid, dashed=False), grid) if broken else drawn
    return Ours(
        drawn,
        sure,
        *_text_boxes(content, grid),
        opaque=lambda: _picture(content, MeterCanvas(grid, plain=reference.plain, opaque=True), grid),
    )


def _picture(content: Content, canvas: MeterCanvas, grid: Grid) -> Picture:
    paint_content(content, canvas)
    return rastered(canvas, grid)


def rastered(canvas: MeterCanvas, grid: Grid) -> Picture:
    """Return what was painted on a canvas in grey, (height, width) uint8."""
    document = opened(canvas.finish())
    try:
        return picture(document[0], (1.0, 0.0, 0.0, -1.0, 0.0, float(grid.height)), grid)
    finally:
        document.close()


def _text_boxes(content: Content, grid: Grid) -> tuple[Mask, Mask, list[str], F64]:
    """Return boxes of texts with words and of those without, and of each text its letters and the span of its box."""
    words, spans = [], []
    known, unknown = (Image.new("1", (grid.width, grid.height)) for _ in range(2))
    brushes = ImageDraw.Draw(known), ImageDraw.Draw(unknown)
    pixels = apply(grid.to_pixels(), content.xy)
    part_of = np.searchsorted(content.part_entity, content.texts.entity)
    for row, part in enumerate(part_of.tolist()):
        corners = pixels[content.point_first[part] : content.point_first[part + 1]]
        if len(corners) != 4 or not np.isfinite(corners).all():
            continue
        reach = TEXT_REACH * float(content.texts.height[row]) * grid.px_per_mm + 1.5
        box = np.clip(_grown(corners, reach), -grid.width - grid.height, 2 * (grid.width + grid.height))
        brushes["\ufffd" in content.texts.string[row]].polygon(box.ravel().tolist(), fill=1)
        words.append("".join(content.texts.string[row].split()))
        spans.append((*corners.min(axis=0), *corners.max(axis=0)))
    return np.asarray(known), np.asarray(unknown), words, np.array(spans).reshape(-1, 4)


def _grown(corners: F64, reach: float) -> F64:
    """Return a rectangle (4, 2) pushed outwards by `reach` on all sides."""
    along, up = corners[1] - corners[0], corners[3] - corners[0]
    long, tall = np.hypot(*along), np.hypot(*up)
    ex = along / long if long > 0 else np.array([1.0, 0.0])
    ey = up / tall if tall > 0 else np.array([-ex[1], ex[0]])
    return corners + reach * np.array([-ex - ey, ex - ey, ex + ey, -ex + ey])
