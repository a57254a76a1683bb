"""Pages to a vector PDF: one page a sheet, layers as optional content, embedded subset of Droid Sans Fallback."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import pymupdf

from sample_drawings.paper import LAYERS, Drawn, Item, Page
from sample_drawings.symbols import library

POINT = 72 / 25.4
CAP = 0.714  # cap height of the font, em
NARROW = 0.7
Matrix = tuple[float, float, float, float, float, float]


def _then(m: Matrix, n: Matrix) -> Matrix:
    """First m, then n: (a, b, c, d, e, f) as in PDF, x' = a x + c y + e."""
    a, b, c, d, e, f = m
    g, h, i, j, k, l_ = n
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l_


def _n(x: float) -> str:
    text = f"{x:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


class Plotter:
    """Collects the content stream of one page."""

    def __init__(self, font: pymupdf.Font, ocg_names: dict[str, str]):
        self.font, self.ocg = font, ocg_names
        self.out: list[str] = []
        self.blocks = library()
        self.layer = ""

    def plot(self, page: Page) -> bytes:
        """Return the content stream of a page."""
        k = POINT / page.scale
        self.draw(page.items, (k, 0, 0, k, 0, 0), page.scale)
        return self.ended()

    def ended(self) -> bytes:
        """Leave the last layer; return the content stream."""
        self.leave()
        return "\n".join(self.out).encode("ascii")

    def draw(self, items: Iterable[Item], m: Matrix, mm: float) -> None:
        """Draw items; `mm` is how many local units one millimetre on paper has."""
        for item in items:
            self.enter(item.layer)
            getattr(self, item.kind)(item, m, mm)

    def enter(self, layer: str) -> None:
        """Go to a layer."""
        if layer == self.layer:
            return
        self.leave()
        rgb = LAYERS[layer][3]
        r, g, b = (int(rgb[i : i + 2], 16) / 255 for i in (0, 2, 4))
        color = f"{_n(r)} {_n(g)} {_n(b)}"
        self.out.append(f"/OC /{self.ocg[layer]} BDC q {color} RG {color} rg 1 J 1 j")
        self.layer = layer

    def leave(self) -> None:
        """Leave the layer."""
        if self.layer:
            self.out.append("Q EMC")
        self.layer = ""

    def point(self, m: Matrix, x: float, y: float) -> str:
        """Return a mapped point as PDF numbers."""
        return f"{_n(m[0] * x + m[2] * y + m[4])} {_n(m[1] * x + m[3] * y + m[5])}"

    def pen(self, item: Item, default: float | None = None) -> str:
        """Return the operators of a pen."""
        pen = item.values.get("pen") or default or LAYERS[item.layer][1]
        dash = ""
        if LAYERS[item.layer][2] == "CENTER":
            dash = "[18 4 2 4] 0 d "
        elif item.values.get("dash"):
            dash = "[8 4] 0 d "
        return f"{dash}{_n(pen * POINT)} w"

    def path(self, m: Matrix, points: list[tuple[float, float]]) -> str:
        """Return a path of straight lines."""
        return " ".join(f"{self.point(m, x, y)} {'l' if i else 'm'}" for i, (x, y) in enumerate(points))

    def stroke(self, pen: str, path: str, end: str = "S") -> None:
        """Stroke a path."""
        if "d " in pen:
            self.out.append(f"q {pen} {path} {end} Q")
        else:
            self.out.append(f"{pen} {path} {end}")

    def line(self, item: Item, m: Matrix, mm: float) -> None:
        """Draw a line or polyline."""
        self.stroke(self.pen(item), self.path(m, item.values["points"]), "s" if item.values["closed"] else "S")

    def arc(self, item: Item, m: Matrix, mm: float) -> None:
        """Draw an arc or circle."""
        v = item.values
        a0, a1 = math.radians(v["a0"]), math.radians(v["a1"])
        parts = max(1, math.ceil((a1 - a0) / (math.pi / 2) - 1e-9))
        step = (a1 - a0) / parts
        kappa = 4 / 3 * math.tan(step / 4)
        x, y, r = v["x"], v["y"], v["r"]
        path = [f"{self.point(m, x + r * math.cos(a0), y + r * math.sin(a0))} m"]
        for i in range(parts):
            s, e = a0 + i * step, a0 + (i + 1) * step
            c1 = self.point(m, x + r * (math.cos(s) - kappa * math.sin(s)), y + r * (math.sin(s) + kappa * math.cos(s)))
            c2 = self.point(m, x + r * (math.cos(e) + kappa * math.sin(e)), y + r * (math.sin(e) - kappa * math.cos(e)))
            path.append(f"{c1} {c2} {self.point(m, x + r * math.cos(e), y + r * math.sin(e))} c")
        self.stroke(self.pen(item), " ".join(path))

    def text(self, item: Item, m: Matrix, mm: float) -> None:
        """Set a text."""
        v = item.values
        self.write(v["s"], v["x"], v["y"], v["h"] * mm, v["align"], v["rot"], m)

    def write(self, s: str, x: float, y: float, h: float, align: str, rot: float, m: Matrix) -> None:
        """Write a text of cap height `h` (local units)."""
        if not s:
            return
        size = h / CAP
        width = self.font.text_length(s, 1.0) * size * NARROW
        u = {"l": 0.0, "c": -width / 2, "r": -width}[align[0]]
        w = -h / 2 if align.endswith("m") else 0.0
        c, sn = math.cos(math.radians(rot)), math.sin(math.radians(rot))
        place = (c, sn, -sn, c, x + u * c - w * sn, y + u * sn + w * c)
        a, b, cc, d, e, f = _then(place, m)
        if a * d - b * cc < 0:  # a mirrored block: CAD keeps attribute texts readable
            cc, d = -cc, -d
        glyphs = "".join(f"{self.font.has_glyph(ord(ch)):04x}" for ch in s)
        scale = math.hypot(a, b)
        tm = " ".join(_n(t / scale) for t in (a, b, cc, d)) + f" {_n(e)} {_n(f)}"
        self.out.append(f"BT /F0 {_n(size * scale)} Tf {_n(NARROW * 100)} Tz {tm} Tm <{glyphs}> Tj ET")

    def fill(self, item: Item, m: Matrix, mm: float) -> None:
        """Fill a ring."""
        self.out.append(f"{self.path(m, item.values['ring'])} h f")

    def hatch(self, item: Item, m: Matrix, mm: float) -> None:
        """Hatch a rectangle ring: ANSI31 diagonals or BRICK courses, clipped to the ring."""
        v = item.values
        xs, ys = [p[0] for p in v["ring"]], [p[1] for p in v["ring"]]
        x0, x1, y0, y1 = min(xs), max(xs), min(ys), max(ys)
        step = v["step"] * mm
        lines = []
        if v["pattern"] == "BRICK":
            for row in range(int((y1 - y0) / step) + 1):
                y = y0 + row * step
                lines.append(self.path(m, [(x0, y), (x1, y)]))
                x = x0 + (step if row % 2 else 0)
                while x < x1:
                    lines.append(self.path(m, [(x, y), (x, min(y + step, y1))]))
                    x += 2 * step
        else:
            t = x0 - (y1 - y0)
            while t < x1:
                lines.append(self.path(m, [(t, y0), (t + (y1 - y0), y1)]))
                t += step * math.sqrt(2)
        self.out.append(f"q {self.path(m, v['ring'])} h W n {_n(0.09 * POINT)} w {' '.join(lines)} S Q")

    def insert(self, item: Item, m: Matrix, mm: float) -> None:
        """Place a block."""
        v = item.values
        block = self.blocks[v["block"]]
        c, s = math.cos(math.radians(v["rot"])), math.sin(math.radians(v["rot"]))
        local = (v["sx"] * c, v["sx"] * s, -v["sy"] * s, v["sy"] * c, v["x"], v["y"])
        inner = _then(local, m)
        self.draw(block.items, inner, 1.0)
        for tag, (x, y, h) in block.attributes.items():
            value = v["attributes"].get(tag, "")
            centred = block.name == "_AXISO"
            layer = item.layer
            self.enter(layer)
            self.write(value, x, 0 if centred else y, h, "cm" if centred else "l", 0, inner)

    def dim(self, item: Item, m: Matrix, mm: float) -> None:
        """Draw a linear dimension."""
        v = item.values
        (px, py), (qx, qy), base = v["p"], v["q"], v["base"]
        gap, over, tick = 3 * mm, 2 * mm, 0.7 * mm
        pen = self.pen(item)
        if v["vertical"]:
            a, b = (base, min(py, qy)), (base, max(py, qy))
            ends = [((px, py), (base, py)), ((qx, qy), (base, qy))]
        else:
            a, b = (min(px, qx), base), (max(px, qx), base)
            ends = [((px, py), (px, base)), ((qx, qy), (qx, base))]
        for (x0, y0), (x1, y1) in ends:
            length = math.hypot(x1 - x0, y1 - y0)
            ux, uy = ((x1 - x0) / length, (y1 - y0) / length) if length else (0, 0)
            start = min(gap, length)
            self.stroke(pen, self.path(m, [(x0 + ux * start, y0 + uy * start), (x1 + ux * over, y1 + uy * over)]))
        self.stroke(pen, self.path(m, [a, b]))
        for x, y in (a, b):
            self.stroke(f"{_n(0.35 * POINT)} w", self.path(m, [(x - tick, y - tick), (x + tick, y + tick)]))
        shown = v["shown"] or f"{math.hypot(b[0] - a[0], b[1] - a[1]):.0f}"
        cx, cy = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
        off = 0.8 * mm
        if v["vertical"]:
            self.write(shown, cx - off, cy, 3.0 * mm, "c", 90, m)
        else:
            self.write(shown, cx, cy + off, 3.0 * mm, "c", 0, m)


class Pages:
    """A new PDF with the layers and the font of the set, to which pages are added."""

    def __init__(self) -> None:
        self.doc = pymupdf.open()
        self.font = pymupdf.Font("china-s")
        self.ocgs = {name: self.doc.add_ocg(name, on=True) for name in LAYERS}
        self.names = {name: f"MC{i}" for i, name in enumerate(LAYERS)}

    def add(self, width_mm: float, height_mm: float, draw: Callable[[Plotter], bytes]) -> pymupdf.Page:
        """Add a page; `draw` returns its content stream."""
        doc = self.doc
        page = doc.new_page(width=width_mm * POINT, height=height_mm * POINT)
        page.insert_font(fontname="F0", fontbuffer=self.font.buffer)
        properties = " ".join(f"/{self.names[name]} {xref} 0 R" for name, xref in self.ocgs.items())
        kind, value = doc.xref_get_key(page.xref, "Resources")
        owner, key = (int(value.split()[0]), "Properties") if kind == "xref" else (page.xref, "Resources/Properties")
        doc.xref_set_key(owner, key, f"<<{properties}>>")
        stream = draw(Plotter(self.font, self.names))
        contents = doc.get_new_xref()
        doc.update_object(contents, "<<>>")
        doc.update_stream(contents, stream)
        page.set_contents(contents)
        return page

    def save(self, path: Path) -> None:
        """Save and close; no file id."""
        self.doc.save(path, garbage=3, deflate=True, deflate_fonts=True, no_new_id=True)
        self.doc.close()


def write(pages: list[Page], path: Path, title: str) -> None:
    """Write the set; deterministic: fixed dates, no file id."""
    made = Pages()
    doc = made.doc
    for drawn in pages:
        made.add(*drawn.size, partial(Plotter.plot, page=drawn))
    doc.subset_fonts()
    stamp = "D:20250618080000+08'00'"
    doc.set_metadata(
        {
            "title": title,
            "creator": "sample_drawings",
            "producer": "sample_drawings",
            "creationDate": stamp,
            "modDate": stamp,
        }
    )
    doc.set_page_labels([{"startpage": 0, "prefix": "", "style": "D", "firstpagenum": 1}])
    made.save(path)


def items_of(drawn: Drawn) -> int:
    return len(drawn.items)
