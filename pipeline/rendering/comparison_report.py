"""A comparison on paper: both versions in one picture with numbered clouds, and beside it what was compared and found.

One pane is one pair of sheets. SVG and PNG hold one pane; a PDF holds a page for each, and pages for what a list
has too many of.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL.PngImagePlugin import PngInfo
from pymupdf import Matrix, Rect

from pipeline.drawing.model import Drawing, Sheet
from pipeline.drawing.sheet_space import Affine, apply
from pipeline.drawing.tables import F64
from pipeline.errors import Refused
from pipeline.rendering import VERSION
from pipeline.rendering.canvas import Canvas, TextLine
from pipeline.rendering.comparison_picture import BOTH, IDENTITY, NEW_ONLY, OLD_ONLY, SheetInk, ink_of, paint_both
from pipeline.rendering.content import sheet_content
from pipeline.rendering.glyphs import glyph_source
from pipeline.rendering.overlay import Mark, draw_marks
from pipeline.rendering.pdf import POINTS_PER_MM, PdfCanvas
from pipeline.rendering.raster import OpenPageCanvas, encode, page_picture, rendered
from pipeline.rendering.svg import SvgCanvas

Box = tuple[float, float, float, float]
CHANGED, COSMETIC, BLACK, GREY = 0xB54708FF, 0x667085FF, 0x101828FF, 0x475467FF
COLORS = {"added": NEW_ONLY, "removed": OLD_ONLY, "modified": CHANGED, "moved": 0x6938EFFF}
MARGIN_MM = 6.0
LEAST_HEIGHT_MM = 180.0
MOST_GROWTH = 1.5  # of the new sheet, for what only the old one has beside it
COLUMN_CAPS = 44.0  # width of a column of the list in cap heights
LINE_CAPS = 1.9
MOST_COLUMNS = 3  # beside a picture; the rest goes on pages of its own
LIST_PAGE_MM = (420.0, 297.0)
LIST_CAP_MM = 2.2
MOST_SNAPSHOTS, SNAPSHOT_MM, SNAPSHOT_PIXELS = 200, 60.0, 640


@dataclass(slots=True, frozen=True)
class Entry:
    """One difference: its number and sentence, and where it is on the new and was on the old sheet (sheet mm)."""

    number: int
    kind: str  # added removed modified moved
    sentence: str
    box_new: Box | None = None
    box_old: Box | None = None
    unsure: bool = False
    cosmetic: bool = False

    def color(self) -> int:
        """Colour of its cloud and number."""
        return COSMETIC if self.cosmetic else COLORS.get(self.kind, CHANGED)


@dataclass(slots=True)
class Pane:
    """One pair of sheets: what is drawn, and the words beside it.

    `transform` maps old to new sheet millimetres; None: the sheets could not be laid on one another, so only
    the new one is drawn. `facts` name both versions with their hashes, tolerance, engine and transform.
    """

    title: str
    facts: list[str]
    new: tuple[Drawing, Sheet]
    old: tuple[Drawing, Sheet]
    transform: Affine | None
    entries: list[Entry] = field(default_factory=list)
    legend: tuple[str, str, str, str] = ("仅旧版", "仅新版", "两版相同", "虚线：不确定，待人工核对")
    more: str = "…另有 {count} 条见清单"


@dataclass(slots=True, frozen=True)
class _Line:
    """One line of the words: its colour, a number in a box before it, and whether it begins a new entry."""

    text: str
    color: int = BLACK
    label: str = ""
    fill: int = 0


def comparison_report(panes: list[Pane], kind: str, *, dpi: float = 150.0, note: str = "") -> bytes:
    """Return the comparison as `pdf` (a page for each pane), `svg` or `png` (the first pane).

    Raises Refused for another kind, or when there is no pane at all.
    """
    if not panes:
        raise Refused("没有可绘制的图幅对。", "There is no pair of sheets to draw.")
    note = "; ".join(part for part in (note, f"rendering {VERSION}") if part)
    if kind == "svg":
        canvas = SvgCanvas(note)
        _pane(canvas, panes[0], whole=True)
        return canvas.finish()
    if kind == "png":
        page = OpenPageCanvas()
        _pane(page, panes[0], whole=True)
        page.finish()
        about = PngInfo()
        about.add_itxt("Source", note)
        try:
            return encode(page_picture(page.page, dpi), "PNG", pnginfo=about)
        finally:
            page.page.close()
    if kind == "pdf":
        return _document(panes, note)
    raise Refused(f"不支持的图片格式：{kind}。", f"Not a picture format Tushen makes: {kind}.", kind=kind)


def snapshots(pane: Pane, most: int = MOST_SNAPSHOTS) -> dict[int, bytes]:
    """Return number of an entry -> PNG of its surroundings in the picture, for the first `most` placed entries."""
    canvas = OpenPageCanvas()
    placed: dict[int, Box] = {}
    _pane(canvas, pane, whole=True, placed=placed)
    canvas.finish()
    page = canvas.page[0]
    shown = page.get_displaylist()
    made = {}
    for number, (x0, y0, x1, y1) in list(placed.items())[:most]:
        half = max(x1 - x0, y1 - y0, SNAPSHOT_MM) * 0.75 * POINTS_PER_MM
        x, y = (x0 + x1) / 2 * POINTS_PER_MM, page.rect.height - (y0 + y1) / 2 * POINTS_PER_MM
        zoom = SNAPSHOT_PIXELS / (2 * half)
        clip = (x - half, y - half, x + half, y + half)
        made[number] = encode(rendered(shown, Matrix(zoom, zoom), Rect(clip) & page.rect)[0], "PNG")
    canvas.page.close()
    return made


def _document(panes: list[Pane], note: str) -> bytes:
    """All panes as one PDF."""
    pages: list[Any] = []
    for pane in panes:
        canvas = PdfCanvas()
        rest = _pane(canvas, pane, whole=False)
        pages.append(canvas.document())
        while rest:
            canvas = PdfCanvas()
            rest = _list_page(canvas, pane.title, rest)
            pages.append(canvas.document())
    first = pages[0]
    for other in pages[1:]:
        first.insert_pdf(other)
        other.close()
    first.set_metadata({"title": panes[0].title, "subject": note, "producer": "Tushen", "creator": "Tushen"})
    first.subset_fonts()
    data = bytes(first.tobytes(garbage=3, deflate=True))
    first.close()
    return data


def _pane(canvas: Canvas, pane: Pane, *, whole: bool, placed: dict[int, Box] | None = None) -> list[_Line]:
    """Paint one pane; return the lines that did not fit (with `whole` they are counted in the last line instead).

    `placed` is filled with where on the page each entry is.
    """
    content = sheet_content(*pane.new)
    scale = content.paper_scale
    after = ink_of(content, IDENTITY, scale)
    before = ink_of(sheet_content(*pane.old), pane.transform, scale) if pane.transform else after
    low, high = _area(before, after, content.size_mm[0] / scale, content.size_mm[1] / scale)
    shift = MARGIN_MM - low
    width, height = (high - low + 2 * MARGIN_MM).tolist()
    tall = max(height, LEAST_HEIGHT_MM)
    cap = min(max(tall / 150, 1.8), 4.0)
    rows = int((tall - 2 * MARGIN_MM) / (LINE_CAPS * cap))
    words = [*_heading(pane), *_list(pane.entries)]
    columns = min(MOST_COLUMNS, -(-len(words) // rows))
    rest = words[rows * columns :]
    if rest and whole:
        kept = words[: rows * columns - 1]
        shown = sum(bool(line.label) for line in kept) - len(pane.legend)
        words = [*kept, _Line(pane.more.format(count=len(pane.entries) - shown), GREY)]
        rest = []
    canvas.begin(width + columns * COLUMN_CAPS * cap, tall, pane.title)
    shift = shift + np.array([0.0, (tall - height) / 2])
    for ink in (before, after) if before is not after else (after,):
        _shifted(ink, shift)
    paint_both(canvas, before, after)
    _marks(canvas, pane, scale, shift, {} if placed is None else placed)
    _columns(canvas, words, (width, tall - MARGIN_MM), cap, rows)
    return rest


def _area(before: SheetInk, after: SheetInk, width: float, height: float) -> tuple[F64, F64]:
    """Lower left and upper right corner of what is drawn: the new sheet, grown to what only the old one has."""
    low, high = np.zeros(2), np.array([width, height])
    points = before.lines.reshape(-1, 2)
    points = points[np.isfinite(points).all(1)]
    if len(points):
        room = np.array([width, height]) * (MOST_GROWTH - 1)
        low = np.maximum(np.minimum(low, points.min(0)), -room)
        high = np.minimum(np.maximum(high, points.max(0)), high + room)
    inside = (before.lines.reshape(-1, 2, 2) <= high).all((1, 2)) & (before.lines.reshape(-1, 2, 2) >= low).all((1, 2))
    if before is not after:
        before.lines = before.lines[inside]
    return low, high


def _shifted(ink: SheetInk, by: F64) -> None:
    ink.lines = ink.lines + np.tile(by, 2)
    ink.areas = [(tuple(key), [ring + by for ring in rings]) for key, rings in ink.areas]
    for _, line in ink.texts:
        line.origin = (line.origin[0] + float(by[0]), line.origin[1] + float(by[1]))


def _marks(canvas: Canvas, pane: Pane, scale: float, shift: F64, placed: dict[int, Box]) -> None:
    """Clouds with numbers where things are; where moved things were, a dashed box and an arrow."""
    marks: list[Mark] = []
    for entry in pane.entries:
        was = _on_paper(entry.box_old, pane.transform, scale, shift)
        now = _on_paper(entry.box_new, IDENTITY, scale, shift)
        place = was if entry.kind == "removed" else now
        if place is None:
            continue
        placed[entry.number] = place
        label = f"{entry.number}?" if entry.unsure else str(entry.number)
        marks.append(Mark(place, entry.color(), label, cloud=not entry.cosmetic, dashed=entry.unsure))
        if entry.kind == "moved" and was is not None and now is not None:
            marks.append(Mark(was, entry.color(), cloud=False, dashed=True))
            _arrow(canvas, was, now, entry.color())
    draw_marks(canvas, marks)


def _on_paper(box: Box | None, transform: Affine | None, scale: float, shift: F64) -> Box | None:
    if box is None or transform is None:
        return None
    x0, y0, x1, y1 = box
    corners = apply(transform, np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])) / scale + shift
    low, high = corners.min(0), corners.max(0)
    return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def _arrow(canvas: Canvas, was: Box, now: Box, color: int) -> None:
    start, end = (np.array([(b[0] + b[2]) / 2, (b[1] + b[3]) / 2]) for b in (was, now))
    length = float(np.hypot(*(end - start)))
    if length < 0.5:
        return
    along = (end - start) / length
    head = min(2.5, length / 2)
    side = np.array([-along[1], along[0]]) * head * 0.35
    canvas.pen(color, 0.25, 0)
    canvas.stroke(np.array([start, end - along * head * 0.8]), np.array([0, 2]), np.zeros(1, bool), [])
    canvas.brush(color)
    canvas.fill(np.array([end, end - along * head + side, end - along * head - side]), np.array([0, 3]), "")


def _heading(pane: Pane) -> list[_Line]:
    lines = [_Line(text) for text in wrapped(pane.title, COLUMN_CAPS - 3)]
    for fact in pane.facts:
        lines += [_Line(text, GREY) for text in wrapped(fact, COLUMN_CAPS - 3)]
    swatches = (OLD_ONLY, NEW_ONLY, BOTH, 0)
    lines += [_Line(text, BLACK, " ", color) for text, color in zip(pane.legend, swatches, strict=True)]
    return [*lines, _Line("")]


def _list(entries: list[Entry]) -> list[_Line]:
    lines: list[_Line] = []
    for entry in entries:
        label = f"{entry.number}?" if entry.unsure else str(entry.number)
        for k, text in enumerate(wrapped(entry.sentence, COLUMN_CAPS - 7)):
            lines.append(_Line(text, GREY if entry.cosmetic else BLACK, label if k == 0 else "", entry.color()))
    return lines


def _list_page(canvas: Canvas, title: str, words: list[_Line]) -> list[_Line]:
    """Paint a page of the list; return what is left."""
    width, height = LIST_PAGE_MM
    canvas.begin(width, height, title)
    rows = int((height - 2 * MARGIN_MM) / (LINE_CAPS * LIST_CAP_MM)) - 2
    columns = int((width - 2 * MARGIN_MM) / (COLUMN_CAPS * LIST_CAP_MM))
    head = (MARGIN_MM, height - MARGIN_MM - LIST_CAP_MM)
    canvas.text(TextLine(title, head, (LIST_CAP_MM, 0.0), (0.0, LIST_CAP_MM), BLACK))
    shown = words[: rows * columns]
    _columns(canvas, shown, (MARGIN_MM, height - MARGIN_MM - 2 * LINE_CAPS * LIST_CAP_MM), LIST_CAP_MM, rows)
    return words[len(shown) :]


def _columns(canvas: Canvas, words: list[_Line], corner: tuple[float, float], cap: float, rows: int) -> None:
    """Write lines in columns from an upper left corner."""
    canvas.open_group("list")
    for k, line in enumerate(words):
        column, row = divmod(k, rows)
        x = corner[0] + column * COLUMN_CAPS * cap
        y = corner[1] - row * LINE_CAPS * cap - cap
        indent = 4.5 * cap if line.fill or line.label else 0.0
        if line.label and line.fill:
            box = np.array([[0.0, -0.35], [3.8, -0.35], [3.8, 1.35], [0.0, 1.35]]) * cap + np.array([x, y])
            canvas.brush(line.fill)
            canvas.fill(box, np.array([0, 4]), "")
            middle = x + (3.8 - _advance(line.label) * 0.8) / 2 * cap
            canvas.text(TextLine(line.label, (middle, y + 0.1 * cap), (0.8 * cap, 0.0), (0.0, 0.8 * cap), 0xFFFFFFFF))
        elif line.label:
            _dashes(canvas, x, y, cap)
        if line.text:
            canvas.text(TextLine(line.text, (x + indent, y), (cap, 0.0), (0.0, cap), line.color))
    canvas.close_group()


def _dashes(canvas: Canvas, x: float, y: float, cap: float) -> None:
    canvas.pen(CHANGED, 0.3, 1)
    ring = np.array([[0.0, -0.2], [3.8, -0.2], [3.8, 1.2], [0.0, 1.2]]) * cap + np.array([x, y])
    canvas.stroke(ring, np.array([0, 4]), np.ones(1, bool), [])


def _advance(text: str) -> float:
    source = glyph_source()
    return sum(source.glyph(ord(char)).advance for char in text)


def wrapped(text: str, caps: float) -> list[str]:
    """Break a text into lines of at most `caps` cap heights: at spaces, else between any two characters."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line, width = "", 0.0
        for char in paragraph:
            step = _advance(char)
            if width + step > caps and line:
                cut = line.rfind(" ") + 1
                head, tail = (line[:cut], line[cut:]) if cut > len(line) / 2 else (line, "")
                lines.append(head.rstrip())
                line = tail
                width = _advance(line)
            line, width = line + char, width + step
        lines.append(line)
    return lines
