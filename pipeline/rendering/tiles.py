"""Tiles and thumbnails: the first pixels of every sheet and the only look of a scan.

Level 0 shows the whole sheet in one tile of 512 px; each level doubles the resolution; y counts from
the top. PDF pages are rendered from the original, everything else from our own painter.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from pipeline.drawing.kinds import Format
from pipeline.drawing.model import Drawing, Sheet
from pipeline.drawing.sheet_space import Affine, apply, invert
from pipeline.rendering.content import LONGEST_PAGE_MM, LONGEST_PAPER_MM, nominal_scale
from pipeline.rendering.raster import encode, painted_page, rendered

TILE_PX = 512
SCAN_PX_PER_MM = 4.0
VECTOR_PX_PER_MM = 2.0
MOST_LEVELS = 5
MOST_LEVEL_PIXELS = 64_000_000
REALITY_AS_PAPER_MM = 1189.0  # a sheet in millimetres of reality is shown as if it were A0
THUMBNAIL_PX = 400
MM_PER_POINT = 25.4 / 72
WEBP = {"quality": 80, "method": 1}


def tile_levels(sheet: Sheet, scanned: bool = False) -> int:
    """Return how many levels a sheet has: enough for 2 px/mm of paper, 4 px/mm for scans."""
    long = max(*sheet.size_mm, 1e-6)
    if long > LONGEST_PAGE_MM or (long > LONGEST_PAPER_MM and not sheet.framed):
        long = REALITY_AS_PAPER_MM
    wanted = SCAN_PX_PER_MM if scanned else VECTOR_PX_PER_MM
    levels = 1 + max(0, math.ceil(math.log2(wanted * long / TILE_PX)))
    return min(levels, MOST_LEVELS)


def make_tiles(drawing: Drawing, sheet: Sheet, original: Path | None, password: str = "") -> dict[str, bytes]:
    """Return WebP tiles by "level/x/y"; blank tiles are left out.

    `original` is the uploaded file; it is used for PDF only and only rendered. `password` opens an encrypted one.
    """
    tiles: dict[str, bytes] = {}
    if min(sheet.size_mm) <= 0:
        return tiles
    levels = tile_levels(sheet, drawing.spaces[sheet.space].scanned)
    with _page(drawing, sheet, original, password) as (page_list, to_points):
        for level in range(levels):
            picture = _level(page_list, to_points, sheet, TILE_PX * 2**level / max(sheet.size_mm))
            if picture is None:
                break
            for (x, y), tile in _cut(picture):
                tiles[f"{level}/{x}/{y}"] = encode(tile, "WEBP", **WEBP)
    return tiles


def make_thumbnail(drawing: Drawing, sheet: Sheet, original: Path | None, password: str = "") -> bytes:
    """Return a WebP picture 400 px wide (less for sheets more than four times as tall as wide)."""
    width, height = sheet.size_mm
    if min(width, height) <= 0:
        return encode(Image.new("RGB", (THUMBNAIL_PX, THUMBNAIL_PX), "white"), "WEBP", **WEBP)
    scale = min(THUMBNAIL_PX / width, 4 * THUMBNAIL_PX / height)
    with _page(drawing, sheet, original, password) as (page_list, to_points):
        picture = _level(page_list, to_points, sheet, scale)
    return encode(picture or Image.new("RGB", (THUMBNAIL_PX, THUMBNAIL_PX), "white"), "WEBP", **WEBP)


@contextmanager
def _page(drawing: Drawing, sheet: Sheet, original: Path | None, password: str = "") -> Iterator[tuple[Any, Affine]]:
    """Yield (display list, affine from sheet millimetres to points of the page, y down)."""
    opened = _original_page(drawing, sheet, original, password)
    if opened is not None:
        document, page = opened
        unit = drawing.spaces[sheet.space].unit_mm
        to_points = _to_page(sheet.to_space, page.rect.height * unit, unit)
    else:
        document = painted_page(drawing, sheet)
        page = document[0]
        scale = nominal_scale(sheet, drawing.spaces[sheet.space])
        to_points = _to_page((1 / scale, 0.0, 0.0, 1 / scale, 0.0, 0.0), sheet.size_mm[1] / scale)
    try:
        yield page.get_displaylist(), to_points
    finally:
        document.close()


def _original_page(drawing: Drawing, sheet: Sheet, original: Path | None, password: str) -> tuple[Any, Any] | None:
    """Return (document, page) of the PDF the sheet comes from, turned to its unrotated state."""
    if original is None or drawing.format != Format.PDF:
        return None
    import pymupdf

    try:
        document = pymupdf.open(original, filetype="pdf")
        if document.needs_pass and not (password and document.authenticate(password)):
            document.close()
            return None
        page = document[drawing.page_of(sheet)]
        page.set_rotation(0)
        return document, page
    except (RuntimeError, ValueError, IndexError):
        return None


def _to_page(to_space: Affine, height_mm: float, unit_mm: float = MM_PER_POINT) -> Affine:
    """Compose sheet mm -> space mm -> points of the page (y down, `unit_mm` each)."""
    a, b, c, d, tx, ty = (value / unit_mm for value in to_space)
    return (a, b, -c, -d, tx, height_mm / unit_mm - ty)


def _level(page_list: Any, to_points: Affine, sheet: Sheet, scale: float) -> Image.Image | None:
    """Render the sheet at `scale` px per sheet mm; None where it would be too many pixels."""
    import pymupdf

    width, height = sheet.size_mm
    size = (max(1, math.ceil(width * scale)), max(1, math.ceil(height * scale)))
    if size[0] * size[1] > MOST_LEVEL_PIXELS:
        return None
    a, b, c, d, tx, ty = invert(to_points)  # points -> sheet mm
    matrix = pymupdf.Matrix(a * scale, -c * scale, b * scale, -d * scale, tx * scale, (height - ty) * scale)
    corners = apply(to_points, np.array([[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]]))
    clip = pymupdf.Rect(*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist())
    part, (left, top) = rendered(page_list, matrix, clip)
    picture = Image.new("RGB", size, "white")
    picture.paste(part, (left, top))
    return picture


def _cut(picture: Image.Image) -> Iterator[tuple[tuple[int, int], Image.Image]]:
    """Yield ((x, y), tile) of every tile that is not blank; tiles at the edge are filled up with white."""
    pixels = np.asarray(picture)
    for y in range(math.ceil(picture.height / TILE_PX)):
        for x in range(math.ceil(picture.width / TILE_PX)):
            part = pixels[y * TILE_PX : (y + 1) * TILE_PX, x * TILE_PX : (x + 1) * TILE_PX]
            if (part == 255).all():
                continue
            tile = Image.new("RGB", (TILE_PX, TILE_PX), "white")
            tile.paste(Image.fromarray(part), (0, 0))
            yield (x, y), tile
