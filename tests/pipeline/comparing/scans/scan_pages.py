"""Scans made in the test: strokes plotted, rasterised, made dirty and wrapped into a PDF that the reader reads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pymupdf

from pipeline.comparing.scans.pixels import Pictures
from pipeline.drawing.model import Drawing
from pipeline.readers.registry import read_path
from pipeline.sheets.find import find_sheets
from tests.pipeline.comparing.drawings import Label, Stroke

POINT = 72 / 25.4
A3 = (420.0, 297.0)


def scan_of(
    folder: Path,
    strokes: list[Stroke],
    labels: list[Label],
    *,
    scale: float = 100.0,
    skew: float = 0.4,
    at: tuple[float, float] = (95.0, 70.0),
    dpi: int = 200,
    noise: float = 6.0,
    ink: int = 0,
    pen_mm: float = 0.3,
    pens: dict[int, float] | None = None,
    size: tuple[float, float] = A3,
    name: str = "scan.pdf",
) -> tuple[Drawing, dict[str, Pictures]]:
    """A scan of a plot: strokes in mm of reality, 1:scale, turned by `skew` degrees, its origin `at` mm of paper.

    `pens`: layer row -> pen in mm of paper, `pen_mm` for the others.
    """
    plot = pymupdf.open()
    page = plot.new_page(width=size[0] * POINT, height=size[1] * POINT)
    c, s = np.cos(np.radians(skew)) / scale, np.sin(np.radians(skew)) / scale
    turn, grey = np.array([[c, s], [-s, c]]), (ink / 255,) * 3

    def place(points: object) -> list[pymupdf.Point]:
        return [pymupdf.Point(x * POINT, (size[1] - y) * POINT) for x, y in np.array(points, float) @ turn + at]

    for points, layer, _ in strokes:
        page.draw_polyline(place(points), color=grey, width=(pens or {}).get(layer, pen_mm) * POINT)
    for text, x, y, height in labels:
        font = "china-s" if any(ord(letter) > 255 for letter in text) else "tiro"
        foot, size_pt = place([(x, y)])[0], height / scale * POINT / 0.72
        turned = (foot, pymupdf.Matrix(1, 0, 0, 1, 0, 0).prerotate(skew))
        page.insert_text(foot, text, fontsize=size_pt, fontname=font, color=grey, morph=turned)
    pixmap = page.get_pixmap(dpi=dpi, colorspace=pymupdf.csGRAY, alpha=False)
    pixels = np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.stride)[:, : pixmap.width]
    dirty = np.clip(pixels + np.random.default_rng(3).normal(0, noise, pixels.shape), 0, 255).astype(np.uint8)
    picture = pymupdf.Pixmap(pymupdf.csGRAY, pixmap.width, pixmap.height, dirty.tobytes(), False)
    out = pymupdf.open()
    sheet = out.new_page(width=size[0] * POINT, height=size[1] * POINT)
    sheet.insert_image(sheet.rect, stream=picture.tobytes("jpeg", jpg_quality=80))
    path = folder / name
    out.save(path)
    drawing = read_path(path, name)
    find_sheets(drawing)
    return drawing, {drawing.sha256: Pictures(drawing, path)}
