"""One door for the command line: a sheet as SVG, PDF or PNG."""

from __future__ import annotations

from pipeline.drawing.model import Drawing, Sheet
from pipeline.errors import Refused
from pipeline.rendering import VERSION
from pipeline.rendering.overlay import Mark
from pipeline.rendering.pdf import sheet_pdf
from pipeline.rendering.raster import sheet_png
from pipeline.rendering.svg import sheet_svg


def source_of(drawing: Drawing, sheet: Sheet) -> str:
    """Return content hash, sheet and versions of reader and rendering as one line."""
    return f"sha256:{drawing.sha256}; sheet {sheet.id}; reader {drawing.reader_version}; rendering {VERSION}"


def render_sheet(
    drawing: Drawing,
    sheet: Sheet,
    kind: str,
    dpi: float = 150.0,
    overlay: list[Mark] | None = None,
    *,
    note: str = "",
) -> bytes:
    """Return a sheet as `svg`, `pdf` or `png` with marks over it. Raises Refused for another kind.

    Each names what it was made of (`source_of`) in its metadata; `note` says what else went into it.
    """
    about = "; ".join(part for part in (source_of(drawing, sheet), note) if part)
    if kind == "svg":
        return sheet_svg(drawing, sheet, overlay, about)
    if kind == "pdf":
        return sheet_pdf(drawing, sheet, overlay, about)
    if kind == "png":
        return sheet_png(drawing, sheet, dpi, overlay, about)
    raise Refused(f"不支持的图片格式：{kind}。", f"Not a picture format Tushen makes: {kind}.", kind=kind)
