"""A plan on its sheet: frame and title block, figure title, north arrow, notes, schedule of doors and windows."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

from shapely.ops import unary_union

from benchmarks.drawn import plan, symbols
from benchmarks.drawn.building import Building, Storey
from benchmarks.drawn.canvas import Canvas, Office, document
from benchmarks.drawn.symbols import Hand
from benchmarks.drawn.words import storey_title
from sample_drawings import symbols as sample

SIZES = (("A2", 594.0, 420.0), ("A1", 841.0, 594.0), ("A0", 1189.0, 841.0))
CHOICES = [("A2", 100), ("A1", 100), ("A2", 150), ("A0", 100), ("A1", 150), ("A0", 150), ("A1", 200), ("A0", 200)]
NOTES = {
    "zh": (
        "说明：",
        "1. 图中未注明的墙体厚度均为200，轴线居中或与柱边齐平。",
        "2. 未注明的门垛宽均为100，门窗编号及数量详见门窗表。",
        "3. 卫生间、开水间比同层楼地面低20，坡向地漏，坡度1%。",
        "4. 楼梯、电梯及卫生间做法详见大样图。",
        "5. 本层建筑面积{area:.2f}平方米，为一个防火分区。",
    ),
    "en": (
        "NOTES",
        "1. DO NOT SCALE FROM THIS DRAWING. ALL DIMENSIONS IN MILLIMETRES.",
        "2. ALL DIMENSIONS TO BE CHECKED ON SITE BY THE CONTRACTOR.",
        "3. FOR DOOR AND WINDOW TYPES REFER TO SCHEDULE.",
        "4. GROSS FLOOR AREA {area:.1f} SQ.M.",
    ),
    "de": (
        "Hinweise",
        "1. Alle Maße sind am Bau zu prüfen.",
        "2. Brüstungshöhe 0,90 m, wenn nicht anders angegeben.",
        "3. Türen und Fenster siehe Liste.",
        "4. Geschossfläche {area:.1f} m²",
    ),
}
CELLS = {
    "en": ("REVISION", "SHEET", "SCALE", "DATE", "DRAWN BY", "TITLE", "PROJECT", "CLIENT"),
    "de": ("Index", "Blatt", "Maßstab", "Datum", "Gezeichnet", "Plan", "Projekt", "Bauherr"),
}


def office(b: Building, rng: random.Random) -> Office:
    """The habits of the office of a building."""
    style = rng.choice(("tarch", "tarch", "words")) if b.language == "zh" else b.language
    in_blocks = rng.random() < 0.2
    return Office(
        style,
        b.language,
        unit=0.001 if rng.random() < 0.2 else 1.0,
        scale=100.0,
        walls=rng.choice(("lines", "lines", "polylines", "polylines", "pieces", "pieces")),  # six: seeds draw by them
        hand=Hand(rng.random() < 0.5, rng.choice((3, 4, 4) if b.language == "zh" else (3, 3, 5))),
        exploded_dims=rng.random() < 0.3,
        unit_windows=rng.random() < 0.5 and not in_blocks,
        nested=rng.random() < 0.6,
        tags_in_blocks=in_blocks,
        version=rng.choice(
            ("R2000" if b.language == "en" else "R2010", "R2010", "R2013", "R2004" if b.language == "zh" else "R2010")
        ),
        block_layer=rng.random() < 0.6,
        closed_columns=rng.random() < 0.7,
    )


def write(b: Building, path: Path) -> None:
    """Draw one storey of a building on a sheet and save it as DXF."""
    rng = random.Random(f"drawn sheet {b.seed}")
    o = office(b, rng)
    s = rng.choice(b.storeys)
    framed = rng.random() < 0.85
    furnished, numbers = rng.random() < 0.75, rng.random() < 0.4
    x0, y0, x1, y1 = _extent(s)
    size = ("", 0.0, 0.0)
    for name, scale in CHOICES:
        size, o.scale = next(z for z in SIZES if z[0] == name), float(scale)
        wide, high = (x1 - x0) / scale + 110, (y1 - y0) / scale + 112 + (16 if b.kind == "slab" else 0)
        if wide <= size[1] - 115 and high <= size[2] - 60:
            break
    doc = document(o)
    c = Canvas(doc, doc.modelspace(), o)
    for block in symbols.library():
        c.define(block, block.name.startswith("_"))
    k = o.scale
    room = size[1] - 115 - (x1 - x0) / k
    notes = room >= 235 and framed
    left = 25 + (room - (125 if notes else 0)) / 2
    low = 45 + (size[2] - 60 - (y1 - y0) / k) / 2
    inside = c.at((left * k - x0, low * k - y0), 0.0)
    plan.draw(inside, b, s, furnished, numbers)
    middle = (left + (x1 - x0) / k / 2) * k
    _title(c, b, s, middle, (low - 62 - (16 if b.kind == "slab" else 0)) * k)
    if framed:
        _frame(c, b, s, size, rng)
        _north(c, b, (size[1] - 110) * k, (size[2] - 40) * k)
    if notes:
        _notes(c, b, s, (size[1] - 215) * k, (size[2] - 75) * k)
    doc.saveas(path)


def _extent(s: Storey) -> tuple[float, float, float, float]:
    shapes = [w.footprint for w in s.wings] + [bow.outline() for bow in s.bows]
    x0, y0, x1, y1 = unary_union(shapes).bounds
    return x0, y0, x1, y1


def _title(c: Canvas, b: Building, s: Storey, x: float, y: float) -> None:
    k = c.office.scale
    title = storey_title(s.index, b.language)
    wide = len(title) * (7.2 if b.language == "zh" else 5.0) * k
    c.text("symbol", title, (x, y), 7.0, "c")
    c.line("symbol", (x - wide / 2, y - 3 * k), (x + wide / 2, y - 3 * k))
    c.line("symbol", (x - wide / 2, y - 4.2 * k), (x + wide / 2, y - 4.2 * k))
    c.text("symbol", f"1:{k:.0f}", (x + wide / 2 + 5 * k, y), 5.0)


def _frame(c: Canvas, b: Building, s: Storey, size: tuple[str, float, float], rng: random.Random) -> None:
    name, wide, high = size
    title, scale, day = storey_title(s.index, b.language), f"1:{c.office.scale:.0f}", f"2026-{rng.randint(1, 12):02d}"
    if b.language == "zh":
        block = sample.frame(wide, high, f"TK_{name}")
        values = {"工程名称": b.name, "图名": title, "图号": f"建施-{s.index + 2:02d}", "比例": scale, "日期": day}
        values |= {"专业": "建筑", "设计阶段": "施工图", "版次": "A", "设计单位": "江城建筑设计院有限公司"}
        values |= {k: v for k, v in sample.PEOPLE.items() if k in block.attributes}
    else:
        labels = CELLS[b.language]
        cells = [(word, word, 14.0 if n > 4 else 10.0) for n, word in enumerate(labels)]
        block = symbols.frame(wide, high, f"FRAME_{name}", cells)
        said = ("A", f"A-1{s.index:02d}", scale, day, "mk", title, b.name, "City Estates")
        values = dict(zip(labels, said, strict=True))
    c.define(block, True)
    c.paper("title", block.name, (0.0, 0.0), values)


def _north(c: Canvas, b: Building, x: float, y: float) -> None:
    block = sample.north()
    if b.language != "zh":
        block.items = [i for i in block.items if i.kind != "text"]
        block.text("DIM_SYMB", "N", 0, 14, 5, "c")
    c.define(block, True)
    c.paper("symbol", block.name, (x, y))


def _notes(c: Canvas, b: Building, s: Storey, x: float, y: float) -> None:
    k = c.office.scale
    area = unary_union([w.footprint for w in s.wings]).area / 1e6
    for n, line in enumerate(NOTES[b.language]):
        c.text("text", line.format(area=area), (x, y - n * 7 * k), 4.0 if n == 0 else 2.8)
    openings = [o for w in s.wings for o in w.openings if o.tag]
    first = {o.tag: o for o in reversed(openings)}
    heads = {"zh": ("编号", "洞口尺寸", "数量"), "en": ("MARK", "SIZE", "QTY"), "de": ("Nr.", "Maß", "Anzahl")}
    rows = [heads[b.language]]
    for tag, count in sorted(Counter(o.tag for o in openings).items()):
        rows.append((tag, f"{first[tag].width:.0f}x{first[tag].height:.0f}", str(count)))
    top, widths = y - 55 * k, (30, 40, 20)
    for n in range(len(rows) + 1):
        c.line("table", (x, top - 7 * n * k), (x + 90 * k, top - 7 * n * k))
    for n in range(4):
        c.line("table", (x + sum(widths[:n]) * k, top), (x + sum(widths[:n]) * k, top - 7 * len(rows) * k))
    for r, row in enumerate(rows):
        for n, cell in enumerate(row):
            c.text("table", cell, (x + (sum(widths[:n]) + widths[n] / 2) * k, top - (7 * r + 3.5) * k), 2.8, "cm")
