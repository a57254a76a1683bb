"""The shared layer between what is drawn and how it is written: pages of primitives, blocks, layers.

Coordinates on a page are millimetres of reality with the origin at the lower left corner of the paper; text heights
and pen widths are millimetres on paper. `draw_dxf.py` and `draw_pdf.py` both consume pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Point = tuple[float, float]

# name -> (AutoCAD colour, pen width mm on paper, line type, RGB on white paper)
LAYERS: dict[str, tuple[int, float, str, str]] = {
    "DOTE": (1, 0.13, "CENTER", "c02020"),
    "AXIS": (3, 0.18, "CONTINUOUS", "107030"),
    "WALL": (7, 0.50, "CONTINUOUS", "000000"),
    "COLUMN": (7, 0.50, "CONTINUOUS", "000000"),
    "WINDOW": (4, 0.18, "CONTINUOUS", "006a80"),
    "WINDOW_TEXT": (4, 0.18, "CONTINUOUS", "006a80"),
    "STAIR": (2, 0.18, "CONTINUOUS", "7a5a00"),
    "HANDRAIL": (6, 0.18, "CONTINUOUS", "8a1f8a"),
    "EVTR": (4, 0.25, "CONTINUOUS", "006a80"),
    "LVTRY": (8, 0.13, "CONTINUOUS", "606060"),
    "PUB_DIM": (3, 0.13, "CONTINUOUS", "107030"),
    "PUB_TEXT": (7, 0.18, "CONTINUOUS", "000000"),
    "PUB_HATCH": (8, 0.09, "CONTINUOUS", "707070"),
    "PUB_TITLE": (7, 0.25, "CONTINUOUS", "000000"),
    "PUB_TAB": (7, 0.18, "CONTINUOUS", "000000"),
    "SPACE": (6, 0.13, "CONTINUOUS", "6a2a8a"),
    "DIM_ELEV": (3, 0.18, "CONTINUOUS", "107030"),
    "DIM_SYMB": (7, 0.35, "CONTINUOUS", "000000"),
    "DIM_LEAD": (3, 0.13, "CONTINUOUS", "107030"),
    "SURFACE": (7, 0.25, "CONTINUOUS", "202020"),
    "GROUND": (7, 0.70, "CONTINUOUS", "000000"),
    "ROOF": (7, 0.25, "CONTINUOUS", "202020"),
    "STAMP": (1, 0.35, "CONTINUOUS", "d01818"),
}


@dataclass
class Item:
    """One primitive; `kind` is line, arc, text, fill, hatch, insert or dim."""

    kind: str
    layer: str
    values: dict[str, Any]


@dataclass
class Drawn:
    """A bag of primitives with the verbs that fill it."""

    items: list[Item] = field(default_factory=list)

    def _add(self, kind: str, layer: str, **values: Any) -> None:
        self.items.append(Item(kind, layer, values))

    def line(self, layer: str, *points: Point, closed: bool = False, pen: float | None = None, dash: str = "") -> None:
        """Draw a line or polyline."""
        self._add("line", layer, points=list(points), closed=closed, pen=pen, dash=dash)

    def rect(self, layer: str, x0: float, y0: float, x1: float, y1: float, pen: float | None = None) -> None:
        """Draw a rectangle."""
        self.line(layer, (x0, y0), (x1, y0), (x1, y1), (x0, y1), closed=True, pen=pen)

    def arc(
        self, layer: str, x: float, y: float, r: float, a0: float = 0, a1: float = 360, pen: float | None = None
    ) -> None:
        """Draw an arc or circle."""
        self._add("arc", layer, x=x, y=y, r=r, a0=a0, a1=a1, pen=pen)

    def text(self, layer: str, s: str, x: float, y: float, h: float, align: str = "l", rot: float = 0) -> None:
        """Set a text; `align` is l, c or r along the base line, plus m to centre it vertically."""
        self._add("text", layer, s=s, x=x, y=y, h=h, align=align, rot=rot)

    def fill(self, layer: str, ring: Sequence[Point]) -> None:
        """Fill a ring."""
        self._add("fill", layer, ring=list(ring))

    def hatch(self, layer: str, ring: Sequence[Point], pattern: str = "ANSI31", step: float = 3.0) -> None:
        """Hatch a ring; `step` is the line distance in mm on paper."""
        self._add("hatch", layer, ring=list(ring), pattern=pattern, step=step)

    def insert(
        self,
        layer: str,
        block: str,
        x: float,
        y: float,
        rot: float = 0,
        sx: float = 1,
        sy: float = 1,
        attributes: dict[str, str] | None = None,
    ) -> None:
        """Place a block."""
        self._add("insert", layer, block=block, x=x, y=y, rot=rot, sx=sx, sy=sy, attributes=attributes or {})

    def dim(self, p: Point, q: Point, base: float, vertical: bool = False, shown: str = "") -> None:
        """Linear dimension from p to q; `base` is the y (or x when vertical) of the dimension line."""
        self._add("dim", "PUB_DIM", p=p, q=q, base=base, vertical=vertical, shown=shown)


@dataclass
class Block(Drawn):
    """A named symbol; `attributes` are its editable texts: tag -> (x, y, height)."""

    name: str = ""
    attributes: dict[str, tuple[float, float, float]] = field(default_factory=dict)


@dataclass
class Page(Drawn):
    """One sheet of the set."""

    number: str = ""
    title: str = ""
    size: tuple[float, float] = (841.0, 594.0)
    scale: float = 100.0
    fields: dict[str, str] = field(default_factory=dict)
    group: str = ""  # which DXF file it goes into

    def mm(self, x: float, y: float) -> Point:
        """Page position of a place given in millimetres on paper."""
        return x * self.scale, y * self.scale
