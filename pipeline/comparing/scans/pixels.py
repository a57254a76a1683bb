"""The pixels of a scanned page, as grey values with their place in paper millimetres."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.model import Drawing, Sheet
from pipeline.drawing.tables import F64

MM_PER_POINT = 25.4 / 72
FINEST_DPI, COARSEST_DPI = 300.0, 100.0  # finer scans are looked at at 300; coarser than 100 are refused
MOST_PIXELS = 80_000_000  # A0 at 200 dpi is 62 million

Grey = NDArray[np.uint8]


@dataclass(slots=True)
class Picture:
    """Grey values of a whole page, unrotated, 0 black to 255 white.

    A point (x, y) of the space, mm of paper with y up, lies at column x·px_per_mm, row (height_mm − y)·px_per_mm,
    counted from the outer corner of the first pixel.
    """

    grey: Grey  # (h, w)
    px_per_mm: float
    height_mm: float
    dpi: float  # of the scan itself, not of `grey`

    def to_pixels(self) -> F64:
        """2×3: space mm -> (column, row) of pixel middles."""
        k = self.px_per_mm
        return np.array([[k, 0.0, -0.5], [0.0, -k, self.height_mm * k - 0.5]])


class Pictures:
    """The scanned pages of one PDF; opened when the first is asked for."""

    def __init__(self, drawing: Drawing, original: Path, password: str = "") -> None:
        """Keep what is needed to open `original`, the file that was read into `drawing`."""
        self._drawing, self._original, self._password = drawing, original, password

    def of(self, sheet: Sheet) -> Picture | None:
        """Return the page a sheet lies on; None where the file does not open or the page shows no picture.

        Raises:
            MemoryError: the page does not fit into memory.
        """
        import pymupdf

        document = pymupdf.open(self._original, filetype="pdf")
        try:
            if document.needs_pass and not document.authenticate(self._password):
                return None
            page = document[self._drawing.page_of(sheet)]
            page.set_rotation(0)  # in memory; the file stays as it is
            return _picture(page, pymupdf)
        except (RuntimeError, ValueError, IndexError):
            return None
        finally:
            document.close()


def _picture(page: Any, pymupdf: Any) -> Picture | None:
    dpi = _dpi(page)
    if dpi <= 0:
        return None
    inches = page.rect.width * page.rect.height / 72**2
    shown = min(dpi, FINEST_DPI, float(np.sqrt(MOST_PIXELS / inches)))
    matrix = pymupdf.Matrix(shown / 72, shown / 72)
    pixmap = page.get_pixmap(matrix=matrix, colorspace=pymupdf.csGRAY, alpha=False, annots=False)
    grey = np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.stride)[:, : pixmap.width]
    return Picture(grey, shown / 25.4, page.rect.height * MM_PER_POINT, dpi)


def _dpi(page: Any) -> float:
    """Resolution of the picture that covers most of the page, 0 without one."""
    best, dpi = 0.0, 0.0
    for one in page.get_image_info():
        a, b, c, d = one["transform"][:4]
        area = abs(a * d - b * c)
        if area > best:
            best, dpi = area, 72 * float(np.sqrt(one["width"] * one["height"] / area))
    return dpi
