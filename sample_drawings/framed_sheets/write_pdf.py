"""Cases to PDF: one frame a page, two frames a page, rotated pages."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path

from sample_drawings.draw_pdf import POINT, Pages, Plotter
from sample_drawings.framed_sheets.content import content_of
from sample_drawings.framed_sheets.spec import Case, SheetSpec, long_lines
from sample_drawings.framed_sheets.title_block import block_of, sides
from sample_drawings.framed_sheets.write_dxf import folded
from sample_drawings.paper import Drawn

Matrix = tuple[float, float, float, float, float, float]


def drawn_of(sheet: SheetSpec, seed: int) -> Drawn:
    """Return a whole sheet in millimetres on paper."""
    drawn = content_of(sheet, seed)
    block = block_of(sheet)
    for ring in block.rings:
        if sheet.style.ends == "meet":
            drawn.line("PUB_TITLE", *ring, closed=True, pen=0.5)
            continue
        for line in sides(ring, sheet.style.ends, str(sheet.fields.get("number"))):
            drawn.line("PUB_TITLE", *line, pen=0.5)
    for line in block.lines:
        drawn.line("PUB_TITLE", *line, pen=0.18)
    for label in block.labels:
        drawn.text("PUB_TITLE", label.text, label.x, label.y, label.height)
    for value in block.values:
        for text, up in folded(value):
            drawn.text("PUB_TITLE", text, value.x, value.y + up, value.height)
    return drawn


def matrix_of(sheet: SheetSpec) -> Matrix:
    """Return sheet mm -> points of the page."""
    c, s = math.cos(math.radians(sheet.turn)), math.sin(math.radians(sheet.turn))
    k = POINT * sheet.k
    return k * c, k * s, -k * s, k * c, sheet.at[0] * POINT, sheet.at[1] * POINT


def pages_of(case: Case) -> list[tuple[list[SheetSpec], float, float, int]]:
    """Return (sheets, width, height in mm, /Rotate) of every page."""
    if case.mode == "two_on_a_page":
        found = []
        for first in range(0, len(case.sheets), 2):
            pair = case.sheets[first : first + 2]
            width = max(s.at[0] + s.paper[0] for s in pair) + 8
            height = max(s.at[1] + s.paper[1] for s in pair) + 8
            found.append((pair, width, height, 0))
        return found
    found = []
    for index, sheet in enumerate(case.sheets):
        w, h = sheet.paper
        if case.mode == "rotated":
            turn = (90, 270)[index % 2]
            found.append(([sheet], h, w, turn))
        else:
            found.append(([sheet], w, h, 0))
    return found


def write(case: Case, folder: Path, seed: int) -> list[Path]:
    """Write a case; return its file."""
    made = Pages()
    for sheets, width, height, turn in pages_of(case):
        page = made.add(width, height, partial(_stream, sheets, seed))
        if turn:
            page.set_rotation(turn)
    made.doc.subset_fonts()
    path = folder / f"{case.name}.pdf"
    made.save(path)
    return [path]


def _stream(sheets: list[SheetSpec], seed: int, plotter: Plotter) -> bytes:
    """Return the content stream of a page."""
    for sheet in sheets:
        plotter.draw(drawn_of(sheet, seed).items, matrix_of(sheet), 1.0)
    shared = [sheet for sheet in sheets if sheet.style.build == "shared"]
    lines = Drawn()
    for line in long_lines(shared) if shared else ():
        lines.line("PUB_TITLE", *line, pen=0.5)
    plotter.draw(lines.items, (POINT, 0.0, 0.0, POINT, 0.0, 0.0), 1.0)
    return plotter.ended()
