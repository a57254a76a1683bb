"""Small drawings in each format, drawn here, and their pictures through the drawing model.

`python -m tests.pipeline.readers.pictures` (`make golden`) draws them anew into `golden/`: look at each one that git
calls changed before it is kept. Chinese texts have their own in `dxf/chinese.py`.
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import ezdxf
import numpy as np
from ezdxf.document import Drawing as Document
from ezdxf.layouts import BaseLayout
from PIL import Image

from benchmarks.crafted import pdf
from pipeline.drawing.conclude import conclude
from pipeline.drawing.model import Drawing
from pipeline.readers.registry import read_path
from pipeline.rendering.raster import page_picture, painted_page
from pipeline.sheets.find import find_sheets
from tests.pipeline.readers.ifc.models import GRID, ROOM, WALL, model

FOLDER = Path(__file__).parent / "golden"
SIDE_PX = 360  # longer side of a kept picture


def new_dxf() -> Document:
    """An empty drawing in millimetres."""
    doc = ezdxf.new("R2010", setup=True)
    doc.units = 4
    return doc


def curves(space: BaseLayout) -> None:
    """Each curve kind in a row of cells of 40 mm, with a frame round all."""
    space.add_lwpolyline([(0, 0), (200, 0), (200, 120), (0, 120)], close=True)
    space.add_circle((20, 100), 15)
    space.add_arc((60, 100), 15, 30, 270)
    space.add_ellipse((100, 100), (18, 6), 0.4)
    space.add_ellipse((140, 100), (0, 15), 0.5, 0, math.pi)
    space.add_spline([(162, 85), (170, 115), (182, 85), (196, 112)])
    space.add_lwpolyline([(5, 50), (20, 75), (35, 50)], close=True)
    space.add_lwpolyline([(45, 50, 0, 0, 1.0), (75, 50, 0, 0, -0.5), (60, 75)], format="xyseb")
    space.add_lwpolyline([(85, 52, 6, 1), (115, 52, 1, 6), (115, 75)], format="xyse")
    space.add_polyline2d([(125, 50), (155, 50), (140, 75)], close=True)
    space.add_solid([(165, 50), (195, 50), (165, 75), (195, 75)])
    space.add_line((5, 5), (35, 40), dxfattribs={"linetype": "DASHED"})
    space.add_point((60, 22))
    space.add_trace([(85, 10), (115, 10), (90, 40), (110, 40)])
    space.add_mline([(125, 10), (150, 10), (150, 35)])
    space.add_3dface([(165, 10, 0), (195, 10, 0), (195, 40, 0), (170, 35, 0)])


def hatches(space: BaseLayout) -> None:
    """Solid with a hole and an island, lines, a bulged edge, and a wipeout over lines."""
    ring = [(0, 0), (60, 0), (60, 60), (0, 60)]
    solid = space.add_hatch(color=1)
    solid.paths.add_polyline_path(ring, is_closed=True, flags=1)
    solid.paths.add_polyline_path([(10, 10), (50, 10), (50, 50), (10, 50)], is_closed=True, flags=16)
    solid.paths.add_polyline_path([(25, 25), (35, 25), (35, 35), (25, 35)], is_closed=True, flags=0)
    lines = space.add_hatch(color=3)
    lines.set_pattern_fill("ANSI31", scale=2)
    lines.paths.add_polyline_path([(x + 70, y) for x, y in ring], is_closed=True)
    edges = space.add_hatch(color=5)
    path = edges.paths.add_edge_path()
    path.add_arc((170, 30), 30, 0, 180)
    path.add_line((140, 30), (200, 30))
    for y in range(0, 30, 3):
        space.add_line((140, y), (200, y))
    space.add_wipeout([(155, 5), (185, 25)])


def blocks(doc: Document) -> None:
    """A flag nested in a post; inserted turned, scaled unevenly, mirrored, in a grid, with an attribute."""
    flag = doc.blocks.new("FLAG")
    flag.add_lwpolyline([(0, 0), (12, 4), (0, 8)], close=True)
    post = doc.blocks.new("POST", base_point=(0, 0))
    post.add_line((0, 0), (0, 30))
    post.add_blockref("FLAG", (0, 20), dxfattribs={"rotation": 15})
    post.add_attdef("NO", (3, 2), "?", dxfattribs={"height": 5})
    space = doc.modelspace()
    space.add_lwpolyline([(-20, -20), (180, -20), (180, 80), (-20, 80)], close=True)
    for number, (at, look) in enumerate(
        [
            ((0, 0), {}),
            ((40, 0), {"rotation": 45}),
            ((90, 0), {"xscale": 1.5, "yscale": 0.7}),
            ((140, 0), {"xscale": -1}),
        ]
    ):
        space.add_blockref("POST", at, dxfattribs=look).add_auto_attribs({"NO": f"P{number}"})
    grid = space.add_blockref("FLAG", (0, 45))
    grid.grid((2, 5), (14, 30))


def words(doc: Document) -> None:
    """Texts of all alignments, a paragraph, a dimension and a leader."""
    space = doc.modelspace()
    space.add_lwpolyline([(0, 0), (200, 0), (200, 100), (0, 100)], close=True)
    for row, align in enumerate(("LEFT", "MIDDLE_CENTER", "TOP_RIGHT")):
        at = (60, 85 - 15 * row)
        space.add_text(f"{align} %%c8", height=5).set_placement(at, align=ezdxf.enums.TextEntityAlignment[align])
        space.add_circle(at, 1)
    space.add_text("TURNED", height=6, rotation=60).set_placement((150, 45))
    space.add_mtext("two\\Plines of text", {"char_height": 4, "insert": (100, 90), "width": 60})
    space.add_linear_dim((10, 15), (10, 30), (110, 30), override={"dimtxt": 5, "dimasz": 4, "dimexe": 2}).render()
    space.add_leader([(130, 20), (150, 35), (170, 35)])


def layout(doc: Document) -> None:
    """Model space through two viewports on a layout: one at 1:2, one turned by 30 degrees at 1:1."""
    curves(doc.modelspace())
    paper = doc.layout("Layout1")
    paper.page_setup((210, 148), (0, 0, 0, 0))
    paper.add_lwpolyline([(5, 5), (205, 5), (205, 143), (5, 143)], close=True)
    paper.add_viewport((55, 74), (90, 120), (100, 60), 240)
    turned = paper.add_viewport((155, 74), (90, 120), (100, 60), 120)
    turned.dxf.view_twist_angle = 30


def _dxf(draw: Callable[[Document], None], *, fmt: str = "asc") -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        doc = new_dxf()
        draw(doc)
        path = folder / "a.dxf"
        doc.saveas(path, fmt=fmt)
        return path

    return make


PAGE = b"""q 0.5 w 20 20 260 160 re S Q
q 1 0 0 RG 3 w 40 40 m 100 40 100 100 40 100 c S Q
q 0 0.6 0 rg 120 40 m 180 40 l 150 100 l h 135 50 m 165 50 l 150 80 l h f* Q
q 0 0 1 rg 0 0 1 RG 2 w [6 3] 0 d 200 40 60 60 re B Q
q 150 120 80 30 re W n 0.5 g 140 110 100 50 re f Q
q 0.7 0.7 -0.7 0.7 80 120 cm 0 0 30 20 re S BT /F1 14 Tf 4 4 Td (Form) Tj ET Q
BT /F1 12 Tf 40 165 Td (Plan 1:100) Tj ET
/X Do"""


def _pdf(page: str) -> Callable[[Path], Path]:
    body = b"q 0 1 1 0 0 0 cm 0 0 m 30 10 l S Q"
    form = f"<</Type/XObject/Subtype/Form/BBox[0 0 40 40]/Matrix[1 0 0 1 240 130]/Length {len(body)}>>stream\n"

    def make(folder: Path) -> Path:
        path = folder / "a.pdf"
        more = (form.encode() + body + b"\nendstream",)
        path.write_bytes(pdf(page=page, content=PAGE, resources="/XObject<</X 5 0 R>>", more=more))
        return path

    return make


def _ifc(rows: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / "a.ifc"
        path.write_bytes(model(rows))
        return path

    return make


DRAWINGS: dict[str, Callable[[Path], Path]] = {
    "dxf_curves": _dxf(lambda doc: curves(doc.modelspace())),
    "dxf_curves_binary": _dxf(lambda doc: curves(doc.modelspace()), fmt="bin"),
    "dxf_hatches": _dxf(lambda doc: hatches(doc.modelspace())),
    "dxf_blocks": _dxf(blocks),
    "dxf_words": _dxf(words),
    "dxf_layout": _dxf(layout),
    "pdf_page": _pdf("/MediaBox[0 0 300 200]"),
    "pdf_turned_and_cropped": _pdf("/MediaBox[0 0 300 200]/CropBox[10 10 290 190]/Rotate 90"),
    "pdf_user_unit": _pdf("/MediaBox[0 0 300 200]/UserUnit 2"),
    "ifc_storey": _ifc(WALL + ROOM + GRID),
}


def read(path: Path) -> Drawing:
    """Read a file as the child does."""
    drawing = read_path(path, path.name)
    find_sheets(drawing)
    conclude(drawing)
    return drawing


def picture(drawing: Drawing) -> Image.Image:
    """Return the sheets of a drawing side by side, each in grey with its longer side at `SIDE_PX` pixels."""
    made = []
    for sheet in drawing.sheets:
        document = painted_page(drawing, sheet)
        dpi = 72.0 * SIDE_PX / max(document[0].rect.width, document[0].rect.height)
        made.append(page_picture(document, dpi).convert("L"))
    whole = Image.new("L", (sum(one.width for one in made), max(one.height for one in made)), 255)
    at = 0
    for one in made:
        whole.paste(one, (at, 0))
        at += one.width
    return whole


def difference(one: Image.Image, two: Image.Image) -> float:
    """Return how far two pictures differ (0..255): the worst cell of 6 x 6 pixels; 255 for other sizes."""
    if abs(one.width - two.width) > 2 or abs(one.height - two.height) > 2:
        return 255.0
    size = (max(1, two.width // 6), max(1, two.height // 6))
    a, b = (np.asarray(image.resize(size, Image.Resampling.BOX), np.float64) for image in (one, two))
    return float(np.abs(a - b).max())


def main() -> None:
    """Draw all pictures anew."""
    FOLDER.mkdir(exist_ok=True)
    chosen = sys.argv[1:] or list(DRAWINGS)
    for name in chosen:
        with tempfile.TemporaryDirectory() as folder:
            image = picture(read(DRAWINGS[name](Path(folder))))
        image.save(FOLDER / f"{name}.png", optimize=True)
        print(name, image.size)


if __name__ == "__main__":
    main()
