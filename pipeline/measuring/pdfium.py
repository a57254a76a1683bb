"""pdfium, the independent renderer: a page, or some kinds of its objects, as grey pixels on a given grid."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as raw

from pipeline.drawing.sheet_space import Affine
from pipeline.drawing.tables import F64
from pipeline.measuring.raster import Grid, Picture

TEXT, PATH, IMAGE, SHADING, FORM = (
    raw.FPDF_PAGEOBJ_TEXT,
    raw.FPDF_PAGEOBJ_PATH,
    raw.FPDF_PAGEOBJ_IMAGE,
    raw.FPDF_PAGEOBJ_SHADING,
    raw.FPDF_PAGEOBJ_FORM,
)
FORMS_DEPTH = 12
OBJECTS_LIMIT = 3_000_000
LETTERS_LIMIT = 100_000
UNCLIPPED = 20.0  # times about the middle of the clip
CLIP_POINTS = 10_000


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
        self._forms: list[Any] = []
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
                self._forms.append(found)
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

    def round_ends(self) -> None:
        """Give every path round joins and ends (for good: take a page of its own)."""
        for one in self._by_kind.get(PATH, ()):
            raw.FPDFPageObj_SetLineJoin(one, raw.FPDF_LINEJOIN_ROUND)
            raw.FPDFPageObj_SetLineCap(one, raw.FPDF_LINECAP_ROUND)

    def paint_over(self) -> None:
        """Let strokes and whatever has a blend mode, forms too, simply cover what lies beneath (for good)."""
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        for one in self._by_kind.get(PATH, ()):
            if raw.FPDFPageObj_GetStrokeColor(one, red, green, blue, alpha) and alpha.value < 255:
                raw.FPDFPageObj_SetStrokeColor(one, red, green, blue, 255)
        for one in (*self._forms, *(one for kind in (PATH, SHADING) for one in self._by_kind.get(kind, ()))):
            raw.FPDFPageObj_SetBlendMode(one, b"Normal")

    def unclip(self) -> None:
        """Blow up the clips of all objects until they hold nothing back (for good); those of letters stay."""
        for found in (*self._by_kind.values(), self._forms):
            for one in found:
                middle = _middle_of_clip(raw.FPDFPageObj_GetClipPath(one))
                if middle is not None:
                    shift = ((1.0 - UNCLIPPED) * middle[0], (1.0 - UNCLIPPED) * middle[1])
                    raw.FPDFPageObj_TransformClipPath(one, UNCLIPPED, 0.0, 0.0, UNCLIPPED, *shift)

    def show_clipping_texts(self) -> bool:
        """Draw the texts that clip whole (for good), leave all else out of the next picture; False for none."""
        self.show()
        shown = False
        for one in self._by_kind.get(TEXT, ()):
            mode = raw.FPDFTextObj_GetTextRenderMode(one)
            if mode >= raw.FPDF_TEXTRENDERMODE_FILL_CLIP:
                shown |= bool(raw.FPDFTextObj_SetTextRenderMode(one, raw.FPDF_TEXTRENDERMODE_FILL_STROKE))
                raw.FPDFPageObj_SetStrokeWidth(one, 0.0)
                raw.FPDFPageObj_SetFillColor(one, 0, 0, 0, 255)
                raw.FPDFPageObj_SetStrokeColor(one, 0, 0, 0, 255)
                raw.FPDFPageObj_SetIsActive(one, True)
        return shown


def _middle_of_clip(clip: Any) -> tuple[float, float] | None:
    """Return a point in the middle of the box that all outlines of a clip share; None without any."""
    low, high = [-np.inf, -np.inf], [np.inf, np.inf]
    x, y = ctypes.c_float(), ctypes.c_float()
    for row in range(max(0, raw.FPDFClipPath_CountPaths(clip)) if clip else 0):
        points = []
        for number in range(min(raw.FPDFClipPath_CountPathSegments(clip, row), CLIP_POINTS)):
            if raw.FPDFPathSegment_GetPoint(raw.FPDFClipPath_GetPathSegment(clip, row, number), x, y):
                points.append((x.value, y.value))
        for axis in (0, 1) if points else ():
            low[axis] = max(low[axis], min(point[axis] for point in points))
            high[axis] = min(high[axis], max(point[axis] for point in points))
    middle = (0.5 * (low[0] + high[0]), 0.5 * (low[1] + high[1]))
    return middle if np.isfinite(middle).all() else None


def flattened(path: Path, password: str, number: int) -> Any:
    """Return a page of a file opened anew with its annotations and form fields drawn into it; None for none."""
    document = opened(path, password)
    page = document[number]
    if (
        raw.FPDFPage_GetAnnotCount(page) <= 0
        or raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) != raw.FLATTEN_SUCCESS
    ):
        return None
    page.close()
    return document[number]


def letters(page: Any) -> tuple[str, F64, F64]:
    """Return the letters of a page, where each stands, (n, 2), and its box x0 y0 x1 y1, (n, 4), in points, y up."""
    texts = page.get_textpage()
    word: list[str] = []
    places: list[tuple[float, float]] = []
    boxes: list[tuple[float, float, float, float]] = []
    x, y = ctypes.c_double(), ctypes.c_double()
    for number in range(min(texts.count_chars(), LETTERS_LIMIT)):
        code = raw.FPDFText_GetUnicode(texts, number)
        if not raw.FPDFText_GetCharOrigin(texts, number, x, y) or chr(code).isspace():
            continue
        word.append(chr(code))
        places.append((x.value, y.value))
        boxes.append(texts.get_charbox(number))
    texts.close()
    return "".join(word), np.array(places).reshape(-1, 2), np.array(boxes).reshape(-1, 4)


def picture(page: Any, points_to_pixels: Affine, grid: Grid) -> Picture:
    """Return the page in grey, (height, width) uint8, on white, without annotations, form fields and all beyond it.

    `points_to_pixels` maps points of the page (its crop box's lower left is the origin, y up, unrotated) to pixels.
    """
    height = page.get_height()
    a, b, c, d, tx, ty = points_to_pixels
    matrix = raw.FS_MATRIX(a, c, -b, -d, tx + b * height, ty + d * height)  # pdfium's own device has y down
    bitmap = pypdfium2.PdfBitmap.new_native(grid.width, grid.height, raw.FPDFBitmap_Gray)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, grid.width, grid.height)
    corners = [(0.0, 0.0), (page.get_width(), height)]
    xs, ys = zip(*((a * x + b * y + tx, c * x + d * y + ty) for x, y in corners), strict=True)
    clip = raw.FS_RECTF(max(0.0, min(xs)), max(0.0, min(ys)), min(grid.width, max(xs)), min(grid.height, max(ys)))
    raw.FPDF_RenderPageBitmapWithMatrix(bitmap, page, ctypes.byref(matrix), ctypes.byref(clip), 0)
    pixels = bitmap.to_numpy()
    out = np.array(pixels.reshape(grid.height, -1)[:, : grid.width])
    bitmap.close()
    return out
