"""A reading process starts without the libraries; they are loaded when something rare is there."""

import subprocess
import sys

import ezdxf

_LIBRARIES = "sorted({'ezdxf', 'shapely', 'scipy', 'numpy.ma'} & set(sys.modules))"
_ALONE = f"import sys, pipeline.readers.dxf.reader; print({_LIBRARIES})"
_READ = f"""
import sys
from pathlib import Path
from pipeline.readers.dxf.reader import DxfReader
drawing = DxfReader().read(Path(sys.argv[1]), "a.dxf")
assert drawing.meta["door"] == "quick", drawing.meta
assert all(len(space.entities) for space in drawing.spaces)
print(len(drawing.spaces), *{_LIBRARIES})
"""


def _printed(*arguments: str) -> str:
    done = subprocess.run([sys.executable, "-c", *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _plain(path):
    doc = ezdxf.new("R2010")
    block = doc.blocks.new("DOOR")
    block.add_arc((0, 0), 900, 0, 90)
    model = doc.modelspace()
    model.add_blockref("DOOR", (5, 5)).add_attrib("NO", "M1", (5, 5))
    model.add_text("平面图", height=350)
    model.add_circle((0, 0), 5)
    model.add_open_spline([(0, 0), (1, 2), (3, 1), (4, 4)])
    model.add_lwpolyline([(0, 0), (9, 0), (9, 9)], dxfattribs={"const_width": 1})
    model.add_hatch(color=2).paths.add_polyline_path([(0, 0), (9, 0), (9, 9)])
    pattern = model.add_hatch()
    pattern.set_pattern_fill("ANSI31", scale=0.5)
    pattern.paths.add_polyline_path([(0, 0), (9, 0), (9, 9)])
    model.add_mtext("{\\fSimSun;two\\Plines}", {"char_height": 2, "width": 30})
    doc.layout("Layout1").add_viewport((100, 100), (150, 100), (1000, 0), 5000)
    return doc


def test_the_reader_alone_loads_no_library():
    assert _printed(_ALONE) == "[]"


def test_a_drawing_of_plain_entities_loads_no_library(tmp_path):
    path = tmp_path / "plain.dxf"
    _plain(path).saveas(path)
    assert _printed(_READ, str(path)) == "2"


def test_most_of_what_is_rare_loads_no_library(tmp_path):
    path = tmp_path / "rare.dxf"
    doc = _plain(path)
    model = doc.modelspace()
    model.add_mline([(0, 0), (9, 0)])
    model.add_leader([(0, 0), (5, 5)])
    model.add_lwpolyline([(0, 0, 1, 1, 0), (9, 0, 1, 2, 1), (9, 9, 0, 0, 0)])
    model.add_image(doc.add_image_def("a.png", (10, 10)), (0, 0), (5, 5))
    doc.saveas(path)
    assert _printed(_READ, str(path)) == "2"


def test_what_is_rare_loads_the_library(tmp_path):
    path = tmp_path / "rare.dxf"
    doc = _plain(path)
    doc.modelspace().add_spline([(0, 0), (9, 0), (9, 9)])  # by points it goes through
    doc.saveas(path)
    assert _printed(_READ, str(path)) == "2 ezdxf"
