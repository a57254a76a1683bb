"""Title blocks of scans, read by an optional engine (extra `ocr`: RapidOCR, its models come inside the wheel).

Only the strips in which title blocks stand are looked at, in tiles of bounded size. What is read so is a proposal: the
confidence stays below `CONFIRM` unless the page label or the name of the file says the same.
"""

from __future__ import annotations

import importlib.util
import time
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.certainty import CONFIRM
from pipeline.drawing.kinds import Format, SpaceKind
from pipeline.drawing.model import Drawing, Field, Sheet
from pipeline.sheets.agreeing import agree
from pipeline.sheets.labels import field_of, inline
from pipeline.sheets.titles import apply_fields, read_fields
from pipeline.sheets.words import Word

PACKAGE = "rapidocr-onnxruntime"
DPI = 200.0
TILE_PX, OVERLAP_PX = 1500, 150
MOST_TILES = 10  # of one sheet
MOST_SHEETS = 40  # of one file
BUDGET_CPU_SECONDS = 20.0  # of one file; sheets beyond it stay unread
FEW_WORDS = 5  # a sheet with more words than this in the file is not a picture
STRIP_MM, FLOOR_MM = 190.0, 75.0  # how far from the right and the lower edge title blocks reach
OCR = "ocr"


@dataclass(slots=True, frozen=True)
class Seen:
    """A line of text the engine saw, in sheet millimetres."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float


def available() -> bool:
    """Return whether the engine is installed (nothing is loaded)."""
    return importlib.util.find_spec("rapidocr_onnxruntime") is not None


def name_of_engine() -> str:
    """Return name and version of the engine, "" where it is not installed."""
    return f"{PACKAGE} {metadata.version(PACKAGE)}" if available() else ""


@lru_cache(maxsize=1)
def engine() -> Any:
    """Return the engine; loaded once, with one thread, so that a process may fork with it in memory."""
    from rapidocr_onnxruntime import RapidOCR

    return RapidOCR(intra_op_num_threads=1, inter_op_num_threads=1)


def add_ocr_fields(drawing: Drawing, original: Path, password: str = "") -> int:
    """Read the title blocks of sheets that are pictures; return how many sheets were looked at.

    Args:
        drawing: a PDF read, with its sheets found.
        original: the file.
        password: opens an encrypted file.
    """
    wanted = [s for s in drawing.sheets if _is_picture(drawing, s)][:MOST_SHEETS]
    if drawing.format != Format.PDF or not wanted or not available():
        return 0
    import pymupdf

    document = pymupdf.open(original, filetype="pdf")
    done = 0
    try:
        if document.needs_pass and not document.authenticate(password):
            return 0
        started = time.process_time()
        for sheet in wanted:
            if time.process_time() - started > BUDGET_CPU_SECONDS:
                break
            done += 1
            _fill(drawing, sheet, _seen(document[drawing.page_of(sheet)], sheet.size_mm))
    finally:
        document.close()
    agree(drawing)
    drawing.meta["ocr"] = {"engine": name_of_engine(), "sheets": done, "left": len(wanted) - done}
    return done


def _is_picture(drawing: Drawing, sheet: Sheet) -> bool:
    space = drawing.spaces[sheet.space]
    if space.kind != SpaceKind.PAGE or min(sheet.size_mm) <= 0 or "number" in sheet.fields:
        return False
    return space.scanned or len(space.texts) <= FEW_WORDS


def _fill(drawing: Drawing, sheet: Sheet, seen: list[Seen]) -> None:
    """Put what was seen into the fields that are empty."""
    words = []
    for row, one in enumerate(seen):
        label = field_of(one.text)
        height = 0.75 * (one.y1 - one.y0)  # the box of a line is taller than its letters
        words.append(
            Word(one.text, one.x0, one.y0, one.x1, one.y1, height, row, label, None if label else inline(one.text))
        )
    sure = {one.text: one.confidence for one in seen}
    for name, field in read_fields(drawing.spaces[sheet.space], sheet, words).items():
        if name in sheet.fields and sheet.fields[name].confidence >= field.confidence:
            continue
        quality = min((c for text, c in sure.items() if field.value in text or text in field.value), default=0.6)
        confidence = min(field.confidence * quality, CONFIRM - 0.02)
        sheet.fields[name] = Field(field.value, round(confidence, 2), OCR)
    apply_fields(sheet)


def _seen(page: Any, size_mm: tuple[float, float]) -> list[Seen]:
    """Return the lines of text in the strips of a page where title blocks stand."""
    import pymupdf

    width, height = size_mm
    strips = [
        (max(0.0, width - STRIP_MM), 0.0, width, height),
        (0.0, 0.0, max(0.0, width - STRIP_MM), min(height, FLOOR_MM)),
    ]
    point = 72 / 25.4
    found: list[Seen] = []
    tiles = 0
    for strip in strips:
        for box in _tiles(strip):
            if tiles == MOST_TILES:
                return _once(found)
            tiles += 1
            clip = pymupdf.Rect(
                box[0] * point, (height - box[3]) * point, box[2] * point, (height - box[1]) * point
            )  # fmt: skip
            picture = page.get_pixmap(matrix=pymupdf.Matrix(DPI / 72, DPI / 72), clip=clip, alpha=False, annots=False)
            pixels = np.frombuffer(picture.samples, np.uint8).reshape(picture.height, picture.width, picture.n)
            found += _lines(pixels, box)
    return _once(found)


def _tiles(strip: tuple[float, float, float, float]) -> list[tuple[float, float, float, float]]:
    """Return the tiles of a strip, the lower right ones first (there the title block stands)."""
    side, step = TILE_PX / DPI * 25.4, (TILE_PX - OVERLAP_PX) / DPI * 25.4
    x0, y0, x1, y1 = strip
    if x1 - x0 < 10 or y1 - y0 < 10:
        return []
    rows = max(1, int(np.ceil((y1 - y0 - side) / step)) + 1)
    columns = max(1, int(np.ceil((x1 - x0 - side) / step)) + 1)
    return [
        (max(x0, x1 - i * step - side), y0 + j * step, x1 - i * step, min(y1, y0 + j * step + side))
        for j in range(rows)
        for i in range(columns)
    ]


def _lines(pixels: NDArray[np.uint8], box: tuple[float, float, float, float]) -> list[Seen]:
    """Return what the engine reads in one tile."""
    result, _ = engine()(np.ascontiguousarray(pixels[:, :, :3][:, :, ::-1]))
    mm = 25.4 / DPI
    found = []
    for corners, text, confidence in result or []:
        xs, ys = [p[0] for p in corners], [p[1] for p in corners]
        x0, x1 = box[0] + min(xs) * mm, box[0] + max(xs) * mm
        y0, y1 = box[3] - max(ys) * mm, box[3] - min(ys) * mm
        found.append(Seen(str(text), x0, y0, x1, y1, float(confidence)))
    return found


def _once(found: list[Seen]) -> list[Seen]:
    """Return the lines without those that the overlap of tiles shows twice; the longer one stays."""
    kept: list[Seen] = []
    for one in sorted(found, key=lambda s: -(s.x1 - s.x0)):
        x, y = (one.x0 + one.x1) / 2, (one.y0 + one.y1) / 2
        if not any(k.x0 <= x <= k.x1 and k.y0 <= y <= k.y1 for k in kept):
            kept.append(one)
    return kept
