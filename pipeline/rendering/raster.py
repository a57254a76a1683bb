"""Pictures of pixels: PNG and WebP through the PDF canvas and pymupdf's display list."""

from __future__ import annotations

import io
import math
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from pipeline.drawing.model import Drawing, Sheet
from pipeline.rendering.overlay import Mark
from pipeline.rendering.painter import paint_sheet
from pipeline.rendering.pdf import PdfCanvas

MOST_PIXELS = 120_000_000
THINNEST_PIXELS = 0.7  # pens are never painted thinner, or overviews fade away


class OpenPageCanvas(PdfCanvas):
    """The PDF canvas whose page stays open: nothing is saved or reduced."""

    page: Any = None

    def finish(self) -> bytes:
        """Keep the document open in `page`."""
        self.page = self.document()
        return b""


def painted_page(drawing: Drawing, sheet: Sheet, overlay: list[Mark] | None = None) -> Any:
    """Return one sheet as an open one-page document in memory."""
    canvas = OpenPageCanvas()
    paint_sheet(drawing, sheet, canvas, overlay)
    return canvas.page


def rendered(page_list: Any, matrix: Any, clip: Any = None) -> tuple[Image.Image, tuple[int, int]]:
    """Rasterise a display list; `clip` is in points of the page before `matrix`.

    Returns the picture and where its upper left corner lies in the plane of `matrix`, in pixels.
    """
    import pymupdf

    pymupdf.TOOLS.set_graphics_min_line_width(THINNEST_PIXELS)
    try:
        pixmap = page_list.get_pixmap(matrix=matrix, clip=clip, alpha=0)
    finally:
        pymupdf.TOOLS.set_graphics_min_line_width(0.0)
    size = (pixmap.width, pixmap.height)
    picture = Image.frombuffer("RGB", size, pixmap.samples, "raw", "RGB", pixmap.stride, 1)
    return picture, (pixmap.x, pixmap.y)


def page_picture(document: Any, dpi: float) -> Image.Image:
    """Return the first page as a picture; the resolution is lowered where it would exceed 120 million pixels."""
    import pymupdf

    page = document[0]
    zoom = dpi / 72
    pixels = page.rect.width * page.rect.height * zoom * zoom
    if pixels > MOST_PIXELS:
        zoom *= math.sqrt(MOST_PIXELS / pixels)
    return rendered(page.get_displaylist(), pymupdf.Matrix(zoom, zoom))[0]


def sheet_png(
    drawing: Drawing, sheet: Sheet, dpi: float = 150.0, overlay: list[Mark] | None = None, note: str = ""
) -> bytes:
    """Return one sheet as PNG, white where nothing is drawn; `note` is its text chunk `Source`."""
    about = PngInfo()
    about.add_itxt("Source", note)
    document = painted_page(drawing, sheet, overlay)
    try:
        return encode(page_picture(document, dpi), "PNG", pnginfo=about)
    finally:
        document.close()


def encode(picture: Image.Image, form: str, **options: Any) -> bytes:
    """Encode a picture as PNG or WEBP."""
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()
