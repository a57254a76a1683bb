"""pdfium, the independent renderer: a page, or some kinds of its objects, as grey pixels on a given grid."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as raw

from pipeline.measuring.raster import Grid, Picture
from pipeline.rendering.content import Affine

TEXT, PATH, IMAGE, SHADING, FORM = (
    raw.FPDF_PAGEOBJ_TEXT,
    raw.FPDF_PAGEOBJ_PATH,
    raw.FPDF_PAGEOBJ_IMAGE,
    raw.FPDF_PAGEOBJ_SHADING,
    raw.FPDF_PAGEOBJ_FORM,
)
FORMS_DEPTH = 12
OBJECTS_LIMIT = 3_000_000


def renderer() -> str:
    """Return name and version of the renderer."""
    return f"pdfium {pypdfium2.version.PDFIUM_INFO.build}"


def opened(source: Path | bytes, password: str = "") -> Any:
    """Open a PDF. Raises `pypdfium2.PdfiumError` when pdfium cannot."""
    return pypdfium2.PdfDocument(source, password=password or None)


class PageObjects:
    """The objects of one page by kind; kinds can be left out of a picture, in form objects too."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._by_kind: dict[int, list[Any]] = {}
        self._left = OBJECTS_LIMIT
        self._collect(page, raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject, 0)

    def _collect(self, parent: Any, count: Any, get: Any, depth: int) -> None:
        for number in range(min(count(parent), self._left)):
            found = get(parent, number)
            if not found:
                continue
            self._left -= 1
            kind = raw.FPDFPageObj_GetType(found)
            if kind != FORM:
                self._by_kind.setdefault(kind, []).append(found)
            elif depth < FORMS_DEPTH:
                self._collect(found, raw.FPDFFormObj_CountObjects, raw.FPDFFormObj_GetObject, depth + 1)

    def has(self, *kinds: int) -> bool:
        """Say whether the page has objects of one of these kinds."""
        return any(self._by_kind.get(kind) for kind in kinds)

    def show(self, *kinds: int) -> None:
        """Leave all objects but those of the named kinds out of the next picture."""
        for kind, found in self._by_kind.items():
            wanted = kind in kinds
            for one in found:
                raw.FPDFPageObj_SetIsActive(one, wanted)


def picture(page: Any, points_to_pixels: Affine, grid: Grid) -> Picture:
    """Return the page (without annotations and form fields) in grey, (height, width) uint8, on white.

    `points_to_pixels` maps points of the page (its crop box's lower left is the origin, y up, unrotated) to pixels.
    """
    height = page.get_height()
    a, b, c, d, tx, ty = points_to_pixels
    matrix = raw.FS_MATRIX(a, c, -b, -d, tx + b * height, ty + d * height)  # pdfium's own device has y down
    bitmap = pypdfium2.PdfBitmap.new_native(grid.width, grid.height, raw.FPDFBitmap_Gray)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, grid.width, grid.height)
    clip = raw.FS_RECTF(0.0, 0.0, float(grid.width), float(grid.height))
    raw.FPDF_RenderPageBitmapWithMatrix(bitmap, page, ctypes.byref(matrix), ctypes.byref(clip), 0)
    pixels = bitmap.to_numpy()
    out = np.array(pixels.reshape(grid.height, -1)[:, : grid.width])
    bitmap.close()
    return out
