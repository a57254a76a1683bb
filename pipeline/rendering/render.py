"""One door for the command line: a sheet as SVG, PDF or PNG."""

from __future__ import annotations

from pipeline.drawing.model import Drawing, Sheet
from pipeline.errors import Refused
from pipeline.rendering.overlay import Mark
from pipeline.rendering.pdf import sheet_pdf
from pipeline.rendering.raster import sheet_png
from pipeline.rendering.svg import sheet_svg


def render_sheet(
    drawing: Drawing, sheet: Sheet, kind: str, dpi: float = 150.0, overlay: list[Mark] | None = None
) -> bytes:
    """Return a sheet as `svg`, `pdf` or `png` with marks over it. Raises Refused for another kind."""
    if kind == "svg":
        return sheet_svg(drawing, sheet, overlay)
    if kind == "pdf":
        return sheet_pdf(drawing, sheet, overlay)
    if kind == "png":
        return sheet_png(drawing, sheet, dpi, overlay)
    raise Refused(f"不支持的图片格式：{kind}。", f"Not a picture format Tushen makes: {kind}.", kind=kind)
