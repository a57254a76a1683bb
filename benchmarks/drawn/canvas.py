"""Writing a drawn plan as DXF: layers, styles and blocks of one office, verbs with a place and a turn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import ezdxf
from ezdxf.document import Drawing
from ezdxf.enums import TextEntityAlignment
from ezdxf.layouts import BaseLayout, BlockLayout

from benchmarks.drawn.building import Point, placed
from benchmarks.drawn.symbols import Hand
from benchmarks.drawn.words import LAYERS, LIBRARY, STYLES
from sample_drawings.draw_dxf import ALIGN
from sample_drawings.paper import Block, Item

COLOURS = {"wall": 7, "axis": 1, "bubble": 3, "dim": 3, "window": 4, "door": 4, "stair": 2, "furniture": 8, "room": 6}


@dataclass
class Office:
    """The habits of the office that draws."""

    style: str  # tarch, words, en, de
    language: str
    unit: float  # drawing units a millimetre
    scale: float
    walls: str  # lines, polylines, pieces
    hand: Hand
    exploded_dims: bool
    unit_windows: bool  # one window block of unit length, scaled
    nested: bool
    tags_in_blocks: bool
    version: str
    block_layer: bool  # blocks are drawn on the layer of their kind, else on layer 0
    closed_columns: bool

    def layer(self, what: str) -> str:
        """The layer of this office for what is drawn."""
        return LAYERS[what][STYLES.index(self.style)]


def document(office: Office) -> Drawing:
    """An empty document with the layers, text and dimension styles of an office."""
    ezdxf.options.write_fixed_meta_data_for_testing = True
    doc = ezdxf.new(office.version, setup=["linetypes"])
    if office.version == "R2004":
        doc.encoding = "gbk"
        doc.header["$DWGCODEPAGE"] = "ANSI_936"
    doc.header["$INSUNITS"] = 4 if office.unit == 1 else 6
    doc.header["$LTSCALE"] = office.scale * office.unit
    for what in LAYERS:
        name = office.layer(what)
        if name not in doc.layers:
            doc.layers.add(name, color=COLOURS.get(what, 7), linetype="CENTER" if what == "axis" else "CONTINUOUS")
    style = doc.styles.add(
        "HZ" if office.language == "zh" else "ARIAL", font="simfang.ttf" if office.language == "zh" else "arial.ttf"
    )
    style.dxf.width = 0.7 if office.language == "zh" else 0.9
    dim = doc.dimstyles.add("ARCH")
    k = office.scale * office.unit
    values = {"dimtxt": 2.8 * k, "dimasz": 1.2 * k, "dimtsz": 1.0 * k, "dimexe": 2.0 * k, "dimexo": 2.5 * k}
    values |= {"dimgap": 0.8 * k, "dimtad": 1, "dimscale": 1.0, "dimdec": 0, "dimtih": 0, "dimtoh": 0}
    values |= {"dimtxsty": style.dxf.name, "dimzin": 8, "dimlfac": 1 / office.unit}
    for key, value in values.items():
        dim.set_dxf_attrib(key, value)
    return doc


@dataclass
class Canvas:
    """Verbs that draw in the millimetres of a wing, turned and moved into the sheet."""

    doc: Drawing
    space: BaseLayout
    office: Office
    origin: Point = (0.0, 0.0)
    turn: float = 0.0
    made: set[str] = field(default_factory=set)

    def at(self, origin: Point, turn: float) -> Canvas:
        """The same canvas for coordinates that stand at a place of these and are turned."""
        x, y = self.turned(origin)
        return Canvas(self.doc, self.space, self.office, (x, y), self.turn + turn, self.made)

    def turned(self, p: Point) -> Point:
        """Map a place into the sheet, in millimetres of reality."""
        return placed(p, self.origin, self.turn)

    def p(self, p: Point) -> Point:
        """Map a place into drawing units."""
        x, y = self.turned(p)
        return round(x * self.office.unit, 7), round(y * self.office.unit, 7)

    def line(self, what: str, *points: Point, closed: bool = False) -> None:
        """A line, or a polyline of more points."""
        attribs = {"layer": self.office.layer(what)}
        mapped = [self.p(q) for q in points]
        if len(mapped) == 2:
            self.space.add_line(*mapped, dxfattribs=attribs)
        else:
            self.space.add_lwpolyline(mapped, close=closed, dxfattribs=attribs)

    def rect(self, what: str, x0: float, y0: float, x1: float, y1: float) -> None:
        """A rectangle as a closed polyline."""
        self.line(what, (x0, y0), (x1, y0), (x1, y1), (x0, y1), closed=True)

    def arc(self, what: str, centre: Point, radius: float, start: float = 0, end: float = 360) -> None:
        """An arc from one angle to another, or a circle."""
        attribs = {"layer": self.office.layer(what)}
        if end - start >= 360:
            self.space.add_circle(self.p(centre), radius * self.office.unit, dxfattribs=attribs)
        else:
            self.space.add_arc(
                self.p(centre), radius * self.office.unit, start + self.turn, end + self.turn, dxfattribs=attribs
            )

    def text(self, what: str, s: str, place: Point, height: float, align: str = "l", turn: float = 0) -> None:
        """A text of a height in millimetres on paper; it never stands on its head."""
        office = self.office
        angle = (turn + self.turn) % 360
        if 95 < angle < 275:
            angle = (angle + 180) % 360
            align = {"l": "r", "r": "l", "lm": "rm", "rm": "lm"}.get(align, align)
        style = "HZ" if office.language == "zh" else "ARIAL"
        entity = self.space.add_text(
            s,
            height=height * office.scale * office.unit,
            rotation=angle,
            dxfattribs={"layer": office.layer(what), "style": style, "width": 0.7 if office.language == "zh" else 0.9},
        )
        entity.set_placement(self.p(place), align=ALIGN[align])

    def fill(self, what: str, ring: Sequence[Point], pattern: str = "") -> None:
        """A solid or a pattern in a ring."""
        hatch = self.space.add_hatch(color=256, dxfattribs={"layer": self.office.layer(what)})
        if pattern:
            hatch.set_pattern_fill(pattern, scale=self.office.scale * self.office.unit)
        hatch.paths.add_polyline_path([self.p(q) for q in ring], is_closed=True)

    def insert(
        self,
        what: str,
        block: str,
        place: Point,
        angle: float = 0,
        scale: tuple[float, float] = (1.0, 1.0),
        values: dict[str, str] | None = None,
    ) -> None:
        """A block; `values` are its attributes."""
        ref = self.space.add_blockref(
            block,
            self.p(place),
            dxfattribs={
                "layer": self.office.layer(what),
                "rotation": angle + self.turn,
                "xscale": scale[0],
                "yscale": scale[1],
            },
        )
        if values:
            ref.add_auto_attribs(values)

    def paper(self, what: str, block: str, place: Point, values: dict[str, str] | None = None) -> None:
        """A block in millimetres on paper, upright on the sheet."""
        k = self.office.scale * self.office.unit
        self.insert(what, block, place, -self.turn, (k, k), values)

    def dim(self, p: Point, q: Point, base: float, upright: bool = False) -> None:
        """A dimension between two points; its line lies at y = base, or at x = base when upright."""
        if self.office.exploded_dims:
            self._plain_dim(p, q, base, upright)
            return
        foot = (base, p[1]) if upright else (p[0], base)
        dim = self.space.add_linear_dim(
            base=self.p(foot),
            p1=self.p(p),
            p2=self.p(q),
            angle=(90 if upright else 0) + self.turn,
            dimstyle="ARCH",
            dxfattribs={"layer": self.office.layer("dim")},
        )
        dim.render()

    def _plain_dim(self, p: Point, q: Point, base: float, upright: bool) -> None:
        k = self.office.scale
        a, b = ((base, p[1]), (base, q[1])) if upright else ((p[0], base), (q[0], base))
        self.line("dim", a, b)
        for foot, head in ((p, a), (q, b)):
            d = head[0] - foot[0] if upright else head[1] - foot[1]
            s = math.copysign(1, d)
            start = (foot[0] + s * 2.5 * k, foot[1]) if upright else (foot[0], foot[1] + s * 2.5 * k)
            end = (head[0] + s * 2 * k, head[1]) if upright else (head[0], head[1] + s * 2 * k)
            self.line("dim", start, end)
            self.line("dim", (head[0] - k, head[1] - k), (head[0] + k, head[1] + k))
        size = abs(q[1] - p[1]) if upright else abs(q[0] - p[0])
        m = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
        place = (m[0] - 1.0 * k, m[1]) if upright else (m[0], m[1] + 1.0 * k)
        self.text("dim", f"{size:.0f}", place, 2.8, "c", 90 if upright else 0)

    def define(self, block: Block, on_paper: bool = False) -> str:
        """Define a block once, its items in real or in paper millimetres."""
        if block.name in self.made:
            return block.name
        self.made.add(block.name)
        k = 1.0 if on_paper else self.office.unit
        body = self.doc.blocks.new(block.name)
        for item in block.items:
            self._item(body, item, k)
        for tag, (x, y, h) in block.attributes.items():
            layer = block.items[0].layer if block.items else "PUB_TITLE"
            attdef = body.add_attdef(tag, (x * k, y * k), "", height=h * k, dxfattribs=self._attribs(layer))
            if block.name == "_AXISO":
                attdef.set_placement((x, 0), align=TextEntityAlignment.MIDDLE_CENTER)
        return block.name

    def _attribs(self, layer: str) -> dict[str, str]:
        return {"layer": self.office.layer(LIBRARY[layer]) if self.office.block_layer else "0"}

    def _item(self, body: BlockLayout, item: Item, k: float) -> None:
        """Write an item of a block, `k` drawing units a millimetre."""
        v, attribs = item.values, self._attribs(item.layer)
        if item.kind == "line":
            points = [(x * k, y * k) for x, y in v["points"]]
            if len(points) == 2:
                body.add_line(*points, dxfattribs=attribs)
            else:
                body.add_lwpolyline(points, close=v["closed"], dxfattribs=attribs)
            return
        if item.kind == "fill":
            hatch = body.add_hatch(color=256, dxfattribs=attribs)
            hatch.paths.add_polyline_path([(x * k, y * k) for x, y in v["ring"]], is_closed=True)
            return
        place = (v["x"] * k, v["y"] * k)
        if item.kind == "arc" and v["a1"] - v["a0"] >= 360:
            body.add_circle(place, v["r"] * k, dxfattribs=attribs)
        elif item.kind == "arc":
            body.add_arc(place, v["r"] * k, v["a0"], v["a1"], dxfattribs=attribs)
        elif item.kind == "text":
            text = body.add_text(v["s"], height=v["h"] * k, dxfattribs=attribs)
            text.set_placement(place, align=ALIGN[v["align"]])
        elif item.kind == "insert":
            inner = body.add_blockref(v["block"], place, dxfattribs={**attribs, "rotation": v["rot"]})
            if not self.office.nested:
                inner.explode()
