"""A canvas that writes SVG: texts as glyph shapes (the same on every machine), ids of the sources kept."""

from __future__ import annotations

import html
import re

import numpy as np

from pipeline.drawing.model import Drawing, Sheet
from pipeline.drawing.tables import F64
from pipeline.rendering.canvas import TextLine, path_text
from pipeline.rendering.glyphs import glyph_source
from pipeline.rendering.overlay import Mark
from pipeline.rendering.painter import paint_sheet

STEPS_PER_MM = 100
HAIRLINE_MM = 0.13
FARTHEST_MM = 1_000_000.0
GLYPH_STEPS = 1000  # glyph outlines are written in thousandths of the cap height
DASHES = {1: "300 150", 2: "600 120 60 120", 3: "30 120"}
TEMPLATES = ("M%d %d", "L%d %d", "L%d %dZ", "M%d %dZ")


NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not allow at all."""


def escape(text: str) -> str:
    """Make a string safe inside an attribute or an element."""
    return html.escape(NOT_XML.sub("\ufffd", text), quote=True)


class SvgCanvas:
    """Writes one SVG; the view box is in hundredths of paper millimetres, y down."""

    def __init__(self, note: str = "") -> None:
        self._note = note  # what the picture was made of
        self._out: list[str] = []
        self._glyphs: dict[int, str] = {}
        self._size = (0.0, 0.0)
        self._title = ""
        self._look = ""
        self._fill = ""
        self._ids: set[str] = set()

    def begin(self, width_mm: float, height_mm: float, title: str) -> None:
        """Start the picture."""
        self._size, self._title = (width_mm, height_mm), title

    def clip(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Clipping is the view box's: the picture ends at the sheet."""

    def open_group(self, name: str) -> None:
        """Open a group with a name."""
        self._out.append(f'<g class="{escape(name)}">')

    def close_group(self) -> None:
        """Close it."""
        self._out.append("</g>")

    def pen(self, color: int, width_mm: float, dash: int) -> None:
        """Choose the pen."""
        width = round((width_mm or HAIRLINE_MM) * STEPS_PER_MM)
        dashes = f' stroke-dasharray="{DASHES[dash]}"' if dash in DASHES else ""
        self._look = f'stroke="#{(color >> 8) & 0xFFFFFF:06x}" stroke-width="{width}"{dashes}'

    def brush(self, color: int) -> None:
        """Choose the fill."""
        alpha = color & 0xFF
        opacity = f' fill-opacity="{alpha / 255:.3g}"' if alpha != 255 else ""
        self._fill = f'fill="#{(color >> 8) & 0xFFFFFF:06x}"{opacity}'

    def stroke(self, xy: F64, first: np.ndarray, closed: np.ndarray, owner: list[str]) -> None:
        """Draw polylines: one path for all, or one per run of the same owner."""
        whole = self._whole(xy)
        if not owner:
            self._out.append(f'<path {self._look} d="{path_text(whole, first, closed, TEMPLATES)}"/>')
            return
        self._out.append(f"<g {self._look}>")
        start = 0
        for end in range(1, len(owner) + 1):
            if end == len(owner) or owner[end] != owner[start]:
                low, high = first[start], first[end]
                path = path_text(whole[low:high], first[start : end + 1] - low, closed[start:end], TEMPLATES)
                self._out.append(f'<path{self._id(owner[start])} d="{path}"/>')
                start = end
        self._out.append("</g>")

    def fill(self, xy: F64, first: np.ndarray, owner: str) -> None:
        """Fill rings, even-odd."""
        path = path_text(self._whole(xy), first, np.ones(len(first) - 1, bool), TEMPLATES)
        self._out.append(f'<path{self._id(owner)} {self._fill} fill-rule="evenodd" stroke="none" d="{path}"/>')

    def text(self, line: TextLine) -> None:
        """Write a line as glyph shapes; its string stays readable as aria-label."""
        self.brush(line.color)
        a, b = (value * STEPS_PER_MM / GLYPH_STEPS for value in line.along)
        c, d = (value * STEPS_PER_MM / GLYPH_STEPS for value in line.up)
        x, y = line.origin[0] * STEPS_PER_MM, (self._size[1] - line.origin[1]) * STEPS_PER_MM
        uses, pen = [], 0.0
        for char in line.string:
            glyph = glyph_source().glyph(ord(char))
            if glyph.contours:
                self._glyph(glyph.gid, glyph.contours)
                uses.append(f'<use href="#g{glyph.gid}" x="{pen * GLYPH_STEPS:.0f}"/>')
            pen += glyph.advance
        matrix = f"{a:.5g} {-b:.5g} {c:.5g} {-d:.5g} {x:.0f} {y:.0f}"
        label = escape(line.string)
        self._out.append(
            f'<g class="text" aria-label="{label}" {self._fill} stroke="none" transform="matrix({matrix})">'
            + "".join(uses)
            + "</g>"
        )

    def _glyph(self, gid: int, contours: list[F64]) -> None:
        if gid not in self._glyphs:
            first = np.cumsum([0] + [len(ring) for ring in contours])
            whole = np.rint(np.concatenate(contours) * GLYPH_STEPS).astype(np.int64)
            path = path_text(whole, first, np.ones(len(contours), bool), TEMPLATES)
            self._glyphs[gid] = f'<path id="g{gid}" d="{path}"/>'

    def _id(self, owner: str) -> str:
        if not owner:
            return ""
        name = "e-" + "".join(char if char.isalnum() or char in "-_.$" else "_" for char in owner)
        if name in self._ids:
            return f' class="{escape(name)}"'
        self._ids.add(name)
        return f' id="{escape(name)}"'

    def _whole(self, xy: F64) -> np.ndarray:
        flipped = np.nan_to_num(xy) * (1.0, -1.0) + (0.0, self._size[1])
        return np.rint(np.clip(flipped, -FARTHEST_MM, FARTHEST_MM) * STEPS_PER_MM).astype(np.int64)

    def finish(self) -> bytes:
        """Return the SVG as UTF-8."""
        width, height = self._size
        box = f"0 0 {round(width * STEPS_PER_MM)} {round(height * STEPS_PER_MM)}"
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.6g}mm" height="{height:.6g}mm" viewBox="{box}">'
            f"<title>{escape(self._title)}</title>"
            f"<metadata>{escape(self._note)}</metadata>"
            f"<defs>{''.join(self._glyphs.values())}</defs>"
            '<rect width="100%" height="100%" fill="#ffffff"/>'
            '<g fill="none" stroke-linecap="round" stroke-linejoin="round">'
        )
        return "\n".join([head, *self._out, "</g></svg>"]).encode("utf-8", "replace")


def sheet_svg(drawing: Drawing, sheet: Sheet, overlay: list[Mark] | None = None, note: str = "") -> bytes:
    """Return one sheet as SVG with the source ids of its entities; `note` goes into its metadata."""
    return paint_sheet(drawing, sheet, SvgCanvas(note), overlay, ids=True)
