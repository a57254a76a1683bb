"""The reference of a PDF sheet: the page as pdfium draws it, texts apart from lines, pictures left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.drawing.model import Drawing, Sheet
from pipeline.measuring import pdfium
from pipeline.measuring.raster import Grid, Picture
from pipeline.measuring.reference import Reference
from pipeline.rendering.content import Affine, invert


class Pages:
    """The pages of one PDF; a page is parsed once for all the sheets on it."""

    def __init__(self, path: Path, drawing: Drawing, password: str = "") -> None:
        """Open the file. Raises `pypdfium2.PdfiumError` when pdfium cannot."""
        self.by = pdfium.renderer()
        self._document, self._drawing = pdfium.opened(path, password), drawing
        self._kept: tuple[int, Any, pdfium.PageObjects] | None = None

    def _page(self, number: int) -> tuple[Any, pdfium.PageObjects]:
        if self._kept is None or self._kept[0] != number:
            page = self._document[number]
            page.set_rotation(0)
            self._kept = (number, page, pdfium.PageObjects(page))
        return self._kept[1], self._kept[2]

    def of(self, sheet: Sheet, grid: Grid) -> Reference:
        """Return what pdfium shows on a sheet. Raises PdfiumError or IndexError when it cannot show the page."""
        space = self._drawing.spaces[sheet.space]
        head = space.name.split(" ", 1)[0]
        page, objects = self._page(int(head) - 1 if head.isdigit() else sheet.space)
        width, height = space.size_mm or sheet.size_mm
        points = page.get_size()
        to_pixels = _after(_after(grid.to_pixels(), invert(sheet.to_space)),
                           (width / points[0], 0.0, 0.0, height / points[1], 0.0, 0.0))  # fmt: skip

        def shown(*kinds: int) -> Picture | None:
            if not objects.has(*kinds):
                return None
            objects.show(*kinds)
            return pdfium.picture(page, to_pixels, grid)

        return Reference(
            lines=shown(pdfium.PATH, pdfium.SHADING),
            texts=shown(pdfium.TEXT),
            pictures=lambda: shown(pdfium.IMAGE),
            parts={"shading": lambda: shown(pdfium.SHADING)},
        )


def _after(second: Affine, first: Affine) -> Affine:
    """Return the transform that applies `first`, then `second`."""
    a, b, c, d, tx, ty = second
    e, f, g, h, ux, uy = first
    return (a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h,
            a * ux + b * uy + tx, c * ux + d * uy + ty)  # fmt: skip
