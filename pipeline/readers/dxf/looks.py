"""Layers, colours, pen widths and line types of a DXF: names and numbers to the columns' small integers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pipeline.drawing.layer_meanings import layer_meaning
from pipeline.drawing.model import Layer
from pipeline.readers.dxf.aci import COLORS
from pipeline.readers.dxf.chunk import BYBLOCK, FLOATS, OF_LAYER, Look
from pipeline.readers.dxf.text import shown_name

DEFAULT_WIDTH_MM = 0.25
BLACK = 0x000000FF


def aci_color(aci: int) -> int:
    """Return 0xRRGGBBAA of an AutoCAD colour index on white paper: 7 and 255 are black."""
    if aci in (0, 7, 255, 256) or not 0 < aci < 256:
        return BLACK
    return (COLORS[aci] << 8) | 0xFF


def true_color(value: int) -> int:
    """Return 0xRRGGBBAA of a true colour; pure white lines are meant for a black screen and print black."""
    rgb = value & 0xFFFFFF
    return BLACK if rgb == 0xFFFFFF else (rgb << 8) | 0xFF


def dash_class(elements: list[float]) -> int:
    """Return 0 continuous, 1 dashed, 2 dash-dot, 3 dotted for pattern lengths (> 0 pen down, < 0 up, 0 dot)."""
    if not any(e < 0 for e in elements):
        return 0
    drawn = [e for e in elements if e >= 0]
    if not drawn or not any(drawn):
        return 3
    longest = max(drawn)
    return 2 if any(e < 0.5 * longest for e in drawn) else 1


class Looks:
    """The layer table of a document and the look of each entity."""

    def __init__(self, doc: Any) -> None:
        self.layers: list[Layer] = []
        self._rows: dict[str, int] = {}
        self._layer_look: list[Look] = []
        self.frozen: set[int] = set()  # rows of the layers that hide the whole block of a reference on them
        self._dashes: dict[str, int] = {}
        self._linetypes = doc.linetypes
        for linetype in doc.linetypes:
            try:
                elements = [float(tag.value) for tag in linetype.pattern_tags.tags if tag.code == 49]
                self._dashes[linetype.dxf.name.lower()] = dash_class(elements)
            except Exception:  # a broken line type is drawn continuous
                continue
        for layer in doc.layers:
            self._add(layer.dxf.name, layer)

    def _add(self, name: str, layer: Any | None) -> int:
        row = len(self.layers)
        shown = shown_name(str(name).strip())
        look = Look(row, BLACK, DEFAULT_WIDTH_MM, 0)
        visible = plotted = True
        if layer is not None:
            color = layer.dxf.get("color", 7)
            look.color = aci_color(abs(int(color)))
            if layer.dxf.hasattr("true_color"):
                look.color = true_color(int(layer.dxf.true_color))
            look.width_mm = pen_width(int(layer.dxf.get("lineweight", -3)))
            look.dashed = self._dashes.get(str(layer.dxf.get("linetype", "")).lower(), 0)
            visible = not (layer.is_off() or layer.is_frozen())
            if layer.is_frozen():
                self.frozen.add(row)
            plotted = bool(layer.dxf.get("plot", 1))
        self.layers.append(Layer(shown, look.color, visible, plotted, layer_meaning(shown)))
        self._layer_look.append(look)
        self._rows[str(name).strip().lower()] = row
        return row

    def layer_row(self, name: str) -> int:
        """Return the row of a layer by name; layers that the table lacks are made."""
        row = self._rows.get(name.strip().lower())  # blanks around a name do not belong to it
        return self._add(name, None) if row is None else row

    def obey(self, host: Looks, prefix: str) -> None:
        """Take the look and state of layers from the drawing this one is attached to, where that has them.

        They stand there as `prefix|name` (VISRETAIN); call before any entity is read.
        """
        begin = f"{prefix}|".lower()
        for name, at in host._rows.items():
            if name.startswith(begin):
                row = self.layer_row(host.layers[at].name[len(begin) :])
                own, theirs, look = self.layers[row], host.layers[at], host._layer_look[at]
                self.layers[row] = replace(own, color=theirs.color, visible=theirs.visible, plotted=theirs.plotted)
                self._layer_look[row] = Look(row, look.color, look.width_mm, look.dashed)
                if at in host.frozen:
                    self.frozen.add(row)

    def adopt(self, other: Looks, prefix: str) -> list[int]:
        """Take over the layers of an attached drawing under `prefix|name`; returns their rows here, by row there."""
        rows = []
        for layer, look in zip(other.layers, other._layer_look, strict=True):
            name = f"{prefix}|{layer.name}"
            row = self._rows.get(name.lower())
            if row is None:
                row = self._add(name, None)
                self.layers[row] = replace(layer, name=name[:255])
                self._layer_look[row] = Look(row, look.color, look.width_mm, look.dashed)
                if look.layer in other.frozen:
                    self.frozen.add(row)
            rows.append(row)
        return rows

    def of_row(self, row: int) -> Look:
        """Return the look of a layer by its row; of a floating one, the sentinels."""
        return self._layer_look[row] if row >= 0 else Look(FLOATS, OF_LAYER, OF_LAYER, OF_LAYER)

    @property
    def zero(self) -> Look:
        """The look of layer "0"."""
        return self._layer_look[self.layer_row("0")]

    def of(self, entity: Any, in_block: bool) -> Look:
        """Return the look of an entity; inside a block layer "0" floats."""
        dxf = entity.dxf
        name = str(dxf.get("layer", "0")).strip()
        floats = in_block and name == "0"
        row = FLOATS if floats else self.layer_row(name)
        base = self.of_row(row)
        return Look(row, self._color(dxf, base.color), self._pen(dxf, base.width_mm), self._dash(dxf, base.dashed))

    def _color(self, dxf: Any, of_layer: int) -> int:
        if dxf.hasattr("true_color"):
            return true_color(int(dxf.true_color))
        aci = int(dxf.get("color", 256))
        if aci == 256:
            return of_layer
        return BYBLOCK if aci == 0 else aci_color(aci)

    def _pen(self, dxf: Any, of_layer: float) -> float:
        weight = int(dxf.get("lineweight", -1))
        if weight == -1:
            return of_layer
        return float(BYBLOCK) if weight == -2 else pen_width(weight)

    def _dash(self, dxf: Any, of_layer: int) -> int:
        name = str(dxf.get("linetype", "BYLAYER")).lower()
        if name == "bylayer":
            return of_layer
        if name == "byblock":
            return BYBLOCK
        if name not in self._dashes:
            self._dashes[name] = 0
            if name not in self._linetypes:  # the library takes nothing apart whose line type is missing
                self._linetypes.new(str(dxf.linetype))
        return self._dashes[name]


def settled(look: Look, zero: Look) -> Look:
    """Return a look with its sentinels replaced by those of layer "0"."""
    return Look(
        look.layer if look.layer >= 0 else zero.layer,
        look.color if look.color >= 0 else zero.color,
        look.width_mm if look.width_mm >= 0 else zero.width_mm,
        look.dashed if look.dashed >= 0 else zero.dashed,
    )


def pen_width(weight: int) -> float:
    """Return millimetres of a DXF line weight (hundredths of a millimetre, -3 default)."""
    return DEFAULT_WIDTH_MM if weight < 0 else min(weight, 211) / 100.0
