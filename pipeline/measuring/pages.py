"""The reference of a PDF sheet: the page as pdfium draws it, texts apart from lines, pictures left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.drawing.model import Drawing, Sheet
from pipeline.drawing.sheet_space import Affine, apply, invert
from pipeline.measuring import pdfium
from pipeline.measuring.raster import Grid, Picture
from pipeline.measuring.reference import Letters, Reference


class Pages:
    """The pages of one PDF; a page is parsed once for all the sheets on it."""

    def __init__(self, path: Path, drawing: Drawing, password: str = "") -> None:
        """Open the file. Raises `pypdfium2.PdfiumError` when pdfium cannot."""
        self.by = pdfium.renderer()
        self._document, self._drawing = pdfium.opened(path, password), drawing
        self._path, self._password = path, password
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
        number = self._drawing.page_of(sheet)
        page, objects = self._page(number)
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
            parts={
                "shading": lambda: shown(pdfium.SHADING),
                "text_clip": lambda: self._clipping(number, to_pixels, grid),
            },
            without={
                "clip_edge": lambda: self._otherwise(number, to_pixels, grid, pdfium.PageObjects.unclip),
                "blend": lambda: self._otherwise(number, to_pixels, grid, pdfium.PageObjects.paint_over),
                "line_ends": lambda: self._otherwise(number, to_pixels, grid, pdfium.PageObjects.round_ends),
                "form_fields": lambda: self._with_fields(number, to_pixels, grid, pdfium.PageObjects.unclip),
            },
            besides=lambda: self._with_fields(number, to_pixels, grid, lambda _objects: None),
            letters=lambda: _letters(page, to_pixels),
        )

    def _otherwise(
        self, number: int, to_pixels: Affine, grid: Grid, change: Callable[[pdfium.PageObjects], None]
    ) -> Picture:
        """Return the lines of a page of which something was changed."""
        page = self._document[number]
        try:
            return _lines(page, to_pixels, grid, change)
        finally:
            page.close()

    def _with_fields(
        self, number: int, to_pixels: Affine, grid: Grid, change: Callable[[pdfium.PageObjects], None]
    ) -> Picture | None:
        """Return the lines of a page and of its form fields, changed (unclipped: their boxes cut); None without."""
        page = pdfium.flattened(self._path, self._password, number)
        return None if page is None else _lines(page, to_pixels, grid, change)

    def _clipping(self, number: int, to_pixels: Affine, grid: Grid) -> Picture | None:
        """Return the letters that clip what comes after them; None without any."""
        page = self._document[number]
        page.set_rotation(0)
        try:
            return pdfium.picture(page, to_pixels, grid) if pdfium.PageObjects(page).show_clipping_texts() else None
        finally:
            page.close()


def _lines(page: Any, to_pixels: Affine, grid: Grid, change: Callable[[pdfium.PageObjects], None]) -> Picture:
    page.set_rotation(0)
    objects = pdfium.PageObjects(page)
    change(objects)
    objects.show(pdfium.PATH, pdfium.SHADING)
    return pdfium.picture(page, to_pixels, grid)


def _letters(page: Any, to_pixels: Affine) -> Letters:
    word, place, box = pdfium.letters(page)
    corners = apply(to_pixels, box.reshape(-1, 2)).reshape(-1, 2, 2)
    return Letters(word, apply(to_pixels, place), np.hstack([corners.min(axis=1), corners.max(axis=1)]))


def _after(second: Affine, first: Affine) -> Affine:
    """Return the transform that applies `first`, then `second`."""
    a, b, c, d, tx, ty = second
    e, f, g, h, ux, uy = first
    return (a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h,
            a * ux + b * uy + tx, c * ux + d * uy + ty)  # fmt: skip
