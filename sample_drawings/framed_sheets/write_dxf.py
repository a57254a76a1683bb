"""Cases to DXF: frames as lines, polylines, blocks, nested blocks or references; in model space or layouts."""

from __future__ import annotations

from pathlib import Path

from ezdxf.document import Drawing
from ezdxf.enums import TextEntityAlignment
from ezdxf.layouts import BaseLayout

from sample_drawings.draw_dxf import ALIGN, WIDTH, new_document
from sample_drawings.framed_sheets.content import bare_plan, content_of
from sample_drawings.framed_sheets.spec import Case, SheetSpec, long_lines
from sample_drawings.framed_sheets.title_block import WORDS, Block, Label, Value, block_of, sides
from sample_drawings.paper import Drawn, Item


class Placed:
    """Writes things given in sheet millimetres into a layout at the place of a sheet."""

    def __init__(self, layout: BaseLayout, sheet: SheetSpec, unit: float = 1.0, plain: bool = False):
        self.layout, self.sheet, self.unit, self.plain = layout, sheet, unit, plain

    def p(self, u: float, v: float) -> tuple[float, float]:
        """Return the place in file units."""
        x, y = (u, v) if self.plain else self.sheet.place(u, v)
        return round(x / self.unit, 6), round(y / self.unit, 6)

    @property
    def k(self) -> float:
        """File units for one millimetre on paper."""
        return (1.0 if self.plain else self.sheet.k) / self.unit

    @property
    def turn(self) -> float:
        """Turn of the sheet, degrees."""
        return 0.0 if self.plain else self.sheet.turn

    def lines(self, block: Block, layer: str, rings_as_lines: bool) -> None:
        """Write the lines of a frame."""
        attribs = {"layer": layer}
        for ring in block.rings:
            if rings_as_lines:
                for a, b in sides(ring, self.sheet.style.ends, str(self.sheet.fields.get("number"))):
                    self.layout.add_line(self.p(*a), self.p(*b), dxfattribs=attribs)
            else:
                self.layout.add_lwpolyline([self.p(*q) for q in ring], close=True, dxfattribs=attribs)
        for line in block.lines:
            self.layout.add_line(self.p(*line[0]), self.p(*line[1]), dxfattribs=attribs)

    def label(self, label: Label, layer: str) -> None:
        """Write a fixed text."""
        self.text(label.text, label.x, label.y, label.height, "l", 0.0, layer)

    def text(self, s: str, x: float, y: float, height: float, align: str, turn: float, layer: str) -> None:
        """Write a TEXT."""
        entity = self.layout.add_text(
            s,
            height=height * self.k,
            rotation=turn + self.turn,
            dxfattribs={"layer": layer, "style": "HZ", "width": WIDTH},
        )
        entity.set_placement(self.p(x, y), align=ALIGN[align])

    def value(self, value: Value, layer: str, mtext: bool) -> None:
        """Write a value; too long ones in two lines."""
        if mtext:
            self.layout.add_mtext(
                value.text,
                dxfattribs={
                    "layer": layer,
                    "style": "HZ",
                    "char_height": value.height * self.k,
                    "width": value.room * self.k,
                    "rotation": self.turn,
                    "insert": self.p(value.x, value.y + value.height),
                    "attachment_point": 1,
                },
            )
            return
        for text, up in folded(value):
            self.text(text, value.x, value.y + up, value.height, "l", 0.0, layer)

    def drawn(self, drawn: Drawn) -> None:
        """Write content."""
        for item in drawn.items:
            self._item(item)

    def _item(self, item: Item) -> None:
        v, attribs = item.values, {"layer": item.layer}
        if item.kind == "line":
            points = [self.p(*q) for q in v["points"]]
            if len(points) == 2:
                self.layout.add_line(points[0], points[1], dxfattribs=attribs)
            else:
                self.layout.add_lwpolyline(points, close=v["closed"], dxfattribs=attribs)
        elif item.kind == "arc":
            if v["a1"] - v["a0"] >= 360:
                self.layout.add_circle(self.p(v["x"], v["y"]), v["r"] * self.k, dxfattribs=attribs)
            else:
                self.layout.add_arc(
                    self.p(v["x"], v["y"]),
                    v["r"] * self.k,
                    v["a0"] + self.turn,
                    v["a1"] + self.turn,
                    dxfattribs=attribs,
                )
        else:
            self.text(v["s"], v["x"], v["y"], v["h"], v["align"], v["rot"], item.layer)


def folded(value: Value) -> list[tuple[str, float]]:
    """Return the lines of a value with how far above its base line each stands."""
    wide = value.height * WIDTH * sum(0.6 if char.isascii() else 1.25 for char in value.text)
    if wide <= value.room or value.key != "title":
        return [(value.text, 0.0)]
    middle = len(value.text) // 2
    blank = value.text.rfind(" ", 0, middle + 3)
    middle = blank + 1 if blank > 0 else middle
    step = value.height * 0.85
    return [(value.text[:middle].strip(), step), (value.text[middle:].strip(), -step)]


def write(case: Case, folder: Path, seed: int) -> list[Path]:
    """Write a case; return its files (references first)."""
    unit = {4: 1.0, 6: 1000.0, 0: 1.0}[case.unit]
    doc = new_document("R2010")
    doc.header["$INSUNITS"] = case.unit
    doc.layers.add("A-图框", color=7)
    made: list[Path] = []
    for index, sheet in enumerate(case.sheets):
        if case.mode == "layout":
            _layout(doc, sheet, index, seed)
            continue
        model = Placed(doc.modelspace(), sheet, unit)
        model.drawn(content_of(sheet, seed))
        made += _framed(doc, doc.modelspace(), sheet, unit, folder, f"{case.name}_{index}")
    shared = [sheet for sheet in case.sheets if sheet.style.build == "shared"]
    for a, b in long_lines(shared) if shared and case.mode == "model" else ():
        ends = [(x / unit, y / unit) for x, y in (a, b)]
        doc.modelspace().add_line(*ends, dxfattribs={"layer": shared[0].style.layer})
    if "plan" in case.decoys:
        Placed(doc.modelspace(), SheetSpec("A1", {}, case.decoy_k)).drawn(bare_plan(seed))
    if "outside" in case.decoys:
        for i in range(4):
            doc.modelspace().add_line((-90000 - 100 * i, -80000), (-52000, -61000 + 50 * i))
    path = folder / f"{case.name}.dxf"
    doc.saveas(path)
    return [*made, path]


def _framed(
    doc: Drawing, layout: BaseLayout, sheet: SheetSpec, unit: float, folder: Path, name: str, plain: bool = False
) -> list[Path]:
    """Write the frame of a sheet in the way its style says; return files that it refers to."""
    style, block = sheet.style, block_of(sheet)
    pen = Placed(layout, sheet, unit, plain)
    made: list[Path] = []
    if style.build in ("lines", "polyline", "exploded", "shared"):
        pen.lines(block, style.layer, style.build == "lines")
        for label in block.labels:
            pen.label(label, style.layer)
    elif style.build == "xref":
        made.append(_reference(doc, block, style.layer, folder, name))
        _insert(layout, name, pen, style.layer)
    else:
        _define(doc, name, style.block_name, block, style)
        _insert(layout, f"{style.block_name}_{name}", pen, style.layer, block if style.values == "attrib" else None)
    if style.values != "attrib" or style.build not in ("block", "nested"):
        for value in block.values:
            pen.value(value, style.layer, style.values == "mtext")
    return made


def _insert(layout: BaseLayout, name: str, pen: Placed, layer: str, block: Block | None = None) -> None:
    ref = layout.add_blockref(
        name,
        pen.p(0, 0),
        dxfattribs={"layer": layer, "xscale": pen.k, "yscale": pen.k, "zscale": pen.k, "rotation": pen.turn},
    )
    if block is None:
        return
    ref.add_auto_attribs({WORDS[v.key][0]: v.text for v in block.values})


def _define(doc: Drawing, name: str, prefix: str, block: Block, style: object) -> None:
    """Define the block of a frame; nested: its rings and its table are blocks of their own."""
    layer, build, values = (getattr(style, key) for key in ("layer", "build", "values"))
    spec = SheetSpec("A4", {})
    if build == "nested":
        border = doc.blocks.new(f"{prefix}_B_{name}")
        Placed(border, spec, plain=True).lines(Block(rings=block.rings), layer, rings_as_lines=True)
        inside = doc.blocks.new(f"{prefix}_T_{name}")
        pen = Placed(inside, spec, plain=True)
        pen.lines(Block(lines=block.lines), layer, rings_as_lines=True)
        for label in block.labels:
            pen.label(label, layer)
        whole = doc.blocks.new(f"{prefix}_{name}")
        for part in (border, inside):
            whole.add_blockref(part.name, (0, 0), dxfattribs={"layer": layer})
        definition = whole
    else:
        definition = doc.blocks.new(f"{prefix}_{name}")
        pen = Placed(definition, spec, plain=True)
        pen.lines(block, layer, rings_as_lines=False)
        for label in block.labels:
            pen.label(label, layer)
    if values == "attrib":
        for value in block.values:
            attribs = {"layer": layer, "style": "HZ", "width": WIDTH}
            definition.add_attdef(
                WORDS[value.key][0], (value.x, value.y), "", height=value.height, dxfattribs=attribs
            ).set_placement((value.x, value.y), align=TextEntityAlignment.LEFT)


def _reference(doc: Drawing, block: Block, layer: str, folder: Path, name: str) -> Path:
    """Write the frame as a file of its own and define the reference to it."""
    other = new_document("R2010")
    pen = Placed(other.modelspace(), SheetSpec("A4", {}), plain=True)
    pen.lines(block, layer, rings_as_lines=False)
    for label in block.labels:
        pen.label(label, layer)
    path = folder / f"{name}_图框.dxf"
    other.saveas(path)
    doc.add_xref_def(path.name, name)
    return path


def _layout(doc: Drawing, sheet: SheetSpec, index: int, seed: int) -> None:
    """Put the frame on a layout and the content into model space behind a viewport."""
    spot = SheetSpec(sheet.size, sheet.fields, sheet.k, sheet.style, sheet.content, at=(index * 300_000.0, 0.0))
    spot.figure = sheet.figure
    Placed(doc.modelspace(), spot).drawn(content_of(spot, seed))
    name = f"布局{index + 1}"
    if index == 0:
        doc.layouts.rename("Layout1", name)
        layout = doc.layouts.get(name)
    else:
        layout = doc.layouts.new(name)
    w, h = sheet.paper
    layout.page_setup(size=(w, h), margins=(0, 0, 0, 0), units="mm")
    flat = SheetSpec(sheet.size, sheet.fields, 1.0, sheet.style, written=sheet.written)
    _framed(doc, layout, flat, 1.0, Path(), f"L{index}", plain=True)
    layout.add_viewport(
        center=(w / 2, h / 2),
        size=(w - 2, h - 2),
        view_center_point=(spot.at[0] + w / 2 * sheet.k, spot.at[1] + h / 2 * sheet.k),
        view_height=(h - 2) * sheet.k,
        status=2,
        dxfattribs={"layer": "Defpoints"},
    )
