"""Pages to DXF: sheets side by side in model space, or one sheet in paper space with a viewport."""

from __future__ import annotations

from pathlib import Path

import ezdxf
from ezdxf.document import Drawing
from ezdxf.enums import TextEntityAlignment
from ezdxf.layouts import BaseLayout

from sample_drawings.paper import LAYERS, Block, Drawn, Item, Page
from sample_drawings.symbols import library

ALIGN = {
    "l": TextEntityAlignment.LEFT,
    "c": TextEntityAlignment.CENTER,
    "r": TextEntityAlignment.RIGHT,
    "lm": TextEntityAlignment.MIDDLE_LEFT,
    "cm": TextEntityAlignment.MIDDLE_CENTER,
    "rm": TextEntityAlignment.MIDDLE_RIGHT,
}
WIDTH = 0.7
GAP = 10000.0  # between sheets, mm of reality


def new_document(version: str = "R2010") -> Drawing:
    """An empty document with the layers, line types, text and dimension styles of the set."""
    ezdxf.options.write_fixed_meta_data_for_testing = True
    doc = ezdxf.new(version, setup=["linetypes"], units=4)
    doc.header["$LTSCALE"] = 100.0
    doc.header["$PSLTSCALE"] = 0
    for name, (color, pen, linetype, _) in LAYERS.items():
        doc.layers.add(
            name,
            color=color,
            linetype=linetype,
            lineweight=int(pen * 100) if int(pen * 100) in (9, 13, 18, 25, 35, 50, 70) else 25,
        )
    for name in ("ACDBPLACEHOLDER", "LAYOUT"):  # else their order depends on the hash seed of the process
        doc.classes.add_class(name)
    style = doc.styles.add("HZ", font="simfang.ttf")
    style.dxf.width = WIDTH
    for scale in (50, 100):
        dim = doc.dimstyles.add(f"TCH_ARCH_{scale}")
        values = {
            "dimtxt": 3.0,
            "dimasz": 1.2,
            "dimtsz": 1.0,
            "dimexe": 2.0,
            "dimexo": 3.0,
            "dimgap": 0.8,
            "dimtad": 1,
            "dimscale": float(scale),
            "dimdec": 0,
            "dimtih": 0,
            "dimtoh": 0,
            "dimtxsty": "HZ",
            "dimzin": 8,
            "dimdle": 1.0,
            "dimclrd": 3,
            "dimclre": 3,
            "dimclrt": 3,
        }
        for key, value in values.items():
            dim.set_dxf_attrib(key, value)
    return doc


def _attribs(layer: str, values: dict) -> dict:  # type: ignore[type-arg]
    attribs = {"layer": layer}
    pen = values.get("pen")
    if pen:
        weights = (5, 9, 13, 18, 25, 35, 50, 70, 100)
        attribs["lineweight"] = min(weights, key=lambda w: abs(w - pen * 100))
    if values.get("dash"):
        attribs["linetype"] = values["dash"]
    return attribs


class Writer:
    """Writes items of one page into a layout; (dx, dy) is the page's place, `k` mm of layout per mm of paper."""

    def __init__(
        self, doc: Drawing, layout: BaseLayout, dx: float = 0, dy: float = 0, k: float = 100.0, factor: float = 1.0
    ):
        self.doc, self.layout, self.dx, self.dy, self.k, self.factor = doc, layout, dx, dy, k, factor

    def p(self, q: tuple[float, float]) -> tuple[float, float]:
        """Map a page position."""
        return round(q[0] * self.factor + self.dx, 4), round(q[1] * self.factor + self.dy, 4)

    def write(self, drawn: Drawn) -> None:
        """Write every item."""
        for item in drawn.items:
            getattr(self, item.kind)(item)

    def line(self, item: Item) -> None:
        """Draw a line or polyline."""
        v = item.values
        points = [self.p(q) for q in v["points"]]
        if len(points) == 2:
            self.layout.add_line(points[0], points[1], dxfattribs=_attribs(item.layer, v))
        else:
            self.layout.add_lwpolyline(points, close=v["closed"], dxfattribs=_attribs(item.layer, v))

    def arc(self, item: Item) -> None:
        """Draw an arc or circle."""
        v = item.values
        center, r = self.p((v["x"], v["y"])), v["r"] * self.factor
        if (v["a1"] - v["a0"]) >= 360:
            self.layout.add_circle(center, r, dxfattribs=_attribs(item.layer, v))
        else:
            self.layout.add_arc(center, r, v["a0"], v["a1"], dxfattribs=_attribs(item.layer, v))

    def text(self, item: Item) -> None:
        """Set a text."""
        v = item.values
        entity = self.layout.add_text(
            v["s"],
            height=v["h"] * self.k,
            rotation=v["rot"],
            dxfattribs={"layer": item.layer, "style": "HZ", "width": WIDTH},
        )
        entity.set_placement(self.p((v["x"], v["y"])), align=ALIGN[v["align"]])

    def fill(self, item: Item) -> None:
        """Fill a ring."""
        hatch = self.layout.add_hatch(color=256, dxfattribs={"layer": item.layer})
        hatch.paths.add_polyline_path([self.p(q) for q in item.values["ring"]], is_closed=True)

    def hatch(self, item: Item) -> None:
        """Hatch a ring."""
        v = item.values
        hatch = self.layout.add_hatch(color=256, dxfattribs={"layer": item.layer})
        step = {"ANSI31": 3.175, "BRICK": 6.35}[v["pattern"]]
        hatch.set_pattern_fill(v["pattern"], scale=v["step"] * self.k / step)
        hatch.paths.add_polyline_path([self.p(q) for q in v["ring"]], is_closed=True)

    def insert(self, item: Item) -> None:
        """Place a block."""
        v = item.values
        ref = self.layout.add_blockref(
            v["block"],
            self.p((v["x"], v["y"])),
            dxfattribs={
                "layer": item.layer,
                "rotation": v["rot"],
                "xscale": v["sx"] * self.factor,
                "yscale": v["sy"] * self.factor,
            },
        )
        if v["attributes"]:
            ref.add_auto_attribs(v["attributes"])
            for attrib in ref.attribs:
                attrib.dxf.width = WIDTH
                if v["sy"] < 0:
                    attrib.dxf.height = abs(attrib.dxf.height)

    def dim(self, item: Item) -> None:
        """Draw a linear dimension."""
        v = item.values
        p, q = self.p(v["p"]), self.p(v["q"])
        base = (self.p((v["base"], 0))[0], p[1]) if v["vertical"] else (p[0], self.p((0, v["base"]))[1])
        dim = self.layout.add_linear_dim(
            base=base,
            p1=p,
            p2=q,
            angle=90 if v["vertical"] else 0,
            text=v["shown"] or "<>",
            dimstyle=f"TCH_ARCH_{int(self.k)}",
            dxfattribs={"layer": "PUB_DIM"},
        )
        dim.render()


def add_blocks(doc: Drawing) -> None:
    """Define every block of the library."""
    for block in library().values():
        definition = doc.blocks.new(block.name)
        local = 1.0
        Writer(doc, definition, k=local).write(block)
        for tag, (x, y, h) in block.attributes.items():
            _attdef(definition, block, tag, x, y, h)


def _attdef(definition: BaseLayout, block: Block, tag: str, x: float, y: float, h: float) -> None:
    layer = {"_AXISO": "AXIS", "_LEVEL": "DIM_ELEV", "_SECTION": "DIM_SYMB", "竣工图章": "STAMP"}.get(
        block.name, "PUB_TITLE"
    )
    attdef = definition.add_attdef(
        tag, (x, y), "", height=h, dxfattribs={"layer": layer, "style": "HZ", "width": WIDTH}
    )
    if block.name == "_AXISO":
        attdef.set_placement((x, 0), align=TextEntityAlignment.MIDDLE_CENTER)


def write_model(pages: list[Page], path: Path, version: str = "R2010", stray: bool = False) -> None:
    """Write pages side by side into the model space of one file, four to a row."""
    doc = new_document(version)
    if version == "R2004":
        doc.encoding = "gbk"
        doc.header["$DWGCODEPAGE"] = "ANSI_936"
    add_blocks(doc)
    model = doc.modelspace()
    x = y = 0.0
    for i, page in enumerate(pages):
        Writer(doc, model, x, y, page.scale).write(page)
        x += page.size[0] * page.scale + GAP
        if i % 4 == 3:
            x, y = 0.0, y - 594 * 100 - GAP
    if stray:
        model.add_line((-9000, -8000), (-5200, -6100), dxfattribs={"layer": "WALL"})
        model.add_line((-9000, -8000), (-9000, -5500), dxfattribs={"layer": "WALL"})
    doc.header["$EXTMIN"], doc.header["$EXTMAX"] = (0, y, 0), (4 * (84100 + GAP), 59400, 0)
    doc.set_modelspace_vport(height=130000, center=(180000, 0))
    doc.saveas(path)


def write_layout(page: Page, path: Path) -> None:
    """Write one page with its frame in a paper-space layout and its content in model space behind a viewport."""
    doc = new_document()
    add_blocks(doc)
    on_paper = Drawn(
        [i for i in page.items if i.kind == "insert" and i.values["block"] in ("TK_A1", "TK_A2", "竣工图章")]
    )
    content = Drawn([i for i in page.items if i not in on_paper.items])
    Writer(doc, doc.modelspace(), k=page.scale).write(content)
    doc.layouts.rename("Layout1", page.title)
    layout = doc.layouts.get(page.title)
    layout.page_setup(size=page.size, margins=(0, 0, 0, 0), units="mm")
    Writer(doc, layout, k=1.0, factor=1 / page.scale).write(on_paper)
    w, h = page.size[0] - 110, page.size[1] - 24
    center = (28 + w / 2, page.size[1] / 2)
    layout.add_viewport(
        center=center,
        size=(w, h),
        view_center_point=(center[0] * page.scale, center[1] * page.scale),
        view_height=h * page.scale,
        status=2,
        dxfattribs={"layer": "Defpoints"},
    )
    doc.saveas(path)
