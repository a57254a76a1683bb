"""What is to be drawn: sheets with their frames, title blocks and places, gathered into files."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

SIZES: dict[str, tuple[float, float]] = {
    "A0": (1189, 841),
    "A1": (841, 594),
    "A2": (594, 420),
    "A3": (420, 297),
    "A4": (297, 210),
    "A4v": (210, 297),
    "A3v": (297, 420),
    "A2v": (420, 594),
    "A1v": (594, 841),
    "A0+1/4": (1486, 841),
    "A0+1/2": (1783, 841),
    "A0+1": (2378, 841),
    "A1+1/4": (1051, 594),
    "A1+1/2": (1261, 594),
    "A1+3/4": (1471, 594),
    "A1+1": (1682, 594),
    "A1+5/4": (1892, 594),
    "A2+1/4": (743, 420),
    "A2+1/2": (891, 420),
    "A2+3/4": (1041, 420),
    "A2+1": (1189, 420),
    "A2+2": (1783, 420),
    "A3+1/2": (630, 297),
    "A3+1": (841, 297),
    "A3+3/2": (1051, 297),
    "A3+2": (1261, 297),
    "ARCH D": (914.4, 609.6),
    "ARCH E1": (1066.8, 762.0),
    "ANSI D": (863.6, 558.8),
}
KEYS = ("number", "title", "scale", "discipline", "version", "date", "building")
ASKED = ("number", "title", "scale")  # what is counted


@dataclass
class Style:
    """How a frame and its title block are drawn."""

    strip: str = "right"  # right bottom corner countersign
    wording: str = "zh"  # zh spaced chars colon en both stacked
    value_at: str = "beside"  # beside above inline
    border: str = "pair"  # pair inner outer double
    build: str = "polyline"  # lines polyline block nested xref exploded shared (outer lines run over the neighbours)
    ends: str = "meet"  # meet gap over mixed: how lines of frames drawn as lines end at the corners
    values: str = "text"  # text attrib mtext
    block_name: str = "TK"
    layer: str = "PUB_TITLE"


@dataclass
class SheetSpec:
    """One sheet and its place; `fields` is what a person would read off it, "" where nothing is stated."""

    size: str
    fields: dict[str, str]
    k: float = 100.0  # millimetres of the space for one millimetre of paper
    style: Style = field(default_factory=Style)
    content: str = "plan"
    decoys: tuple[str, ...] = ()
    written: dict[str, str] = field(default_factory=dict)  # field -> what stands in its cell instead
    figure: str | None = None  # title under the drawing; None: that of the sheet
    at: tuple[float, float] = (0.0, 0.0)
    turn: float = 0.0  # degrees, counter-clockwise, about the lower left corner
    listing: list[tuple[str, str, str]] = field(default_factory=list)  # rows of a drawing list

    @property
    def paper(self) -> tuple[float, float]:
        """Width and height on paper, mm."""
        return SIZES[self.size]

    def place(self, u: float, v: float) -> tuple[float, float]:
        """Return the place in the space of a place on the sheet."""
        c, s = math.cos(math.radians(self.turn)), math.sin(math.radians(self.turn))
        return self.at[0] + self.k * (c * u - s * v), self.at[1] + self.k * (s * u + c * v)

    def border_box(self) -> tuple[float, float, float, float]:
        """Return the outermost line of the frame in sheet mm."""
        w, h = self.paper
        return (
            (25.0, margin(self.size), w - margin(self.size), h - margin(self.size))
            if self.style.border == "inner"
            else (0.0, 0.0, w, h)
        )

    def corners(self) -> list[list[float]]:
        """Return the corners of the outermost frame line in space coordinates, from the lower left of the sheet."""
        return self.ring(self.border_box())

    def ring(self, box: tuple[float, float, float, float]) -> list[list[float]]:
        """Return the corners in space coordinates of a box on the sheet."""
        x0, y0, x1, y1 = box
        return [[round(c, 6) for c in self.place(*p)] for p in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]


def long_lines(sheets: list[SheetSpec]) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Return the outer lines of sheets of one turn in space coordinates, what lies on one line as one line."""
    turn = math.radians(sheets[0].turn)
    c, s = math.cos(turn), math.sin(turn)
    sides: dict[tuple[bool, float], list[tuple[float, float]]] = {}
    for sheet in sheets:
        ring = [(c * x + s * y, c * y - s * x) for x, y in sheet.ring((0.0, 0.0, *sheet.paper))]
        for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True):
            level = abs(y1 - y0) < abs(x1 - x0)
            at, low, high = (y0, *sorted((x0, x1))) if level else (x0, *sorted((y0, y1)))
            sides.setdefault((level, round(at, 2)), []).append((low, high))
    lines = []
    for (level, at), spans in sides.items():
        for low, high in _joined(spans):
            ends = ((low, at), (high, at)) if level else ((at, low), (at, high))
            lines.append(tuple((c * u - s * v, s * u + c * v) for u, v in ends))
    return lines  # type: ignore[return-value]


def _joined(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return spans with those that touch as one."""
    found: list[tuple[float, float]] = []
    for low, high in sorted(spans):
        if found and low <= found[-1][1] + 0.1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return found


def margin(size: str) -> float:
    """Return the margin of a size, mm."""
    return 5.0 if size.startswith(("A3", "A4")) else 10.0


@dataclass
class Case:
    """One file of one variation."""

    name: str
    variation: str
    sheets: list[SheetSpec]
    format: str = "dxf"
    mode: str = "model"  # model layout pages two_on_a_page rotated
    unit: int = 4  # $INSUNITS
    decoys: tuple[str, ...] = ()  # outside the sheets
    gap: float = 40.0  # between sheets, mm on paper
    decoy_k: float = 100.0  # millimetres of the space for one of paper, of decoys outside the sheets

    def space_of(self, index: int) -> int:
        """Return the space (model space first, then layouts; or page) of a sheet."""
        pages = {"layout": index + 1, "pages": index, "rotated": index, "two_on_a_page": index // 2}
        return pages.get(self.mode, 0)

    def corners(self, sheet: SheetSpec) -> list[list[float]]:
        """Return the corners of a sheet in its space: of its frame, or of its page where that is the sheet."""
        x0, y0, x1, y1 = sheet.border_box()
        if self.mode == "layout":
            return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
        return sheet.ring((0.0, 0.0, *sheet.paper)) if self.mode in ("pages", "rotated") else sheet.corners()

    def truth(self) -> dict:
        """Return what a reader must find, as JSON."""
        return {
            "file": self.name,
            "variation": self.variation,
            "sheets": [
                {
                    "corners": self.corners(sheet),
                    "size": sheet.size,
                    "scale": sheet.k,
                    "turn": sheet.turn,
                    "space": self.space_of(index),
                    "fields": sheet.fields,
                }
                for index, sheet in enumerate(self.sheets)
            ],
        }
