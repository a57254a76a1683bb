"""MTEXTs with columns, fills behind them and objects that are only counted are read as the library reads them."""

import subprocess
import sys

import ezdxf
import pytest

from pipeline.readers.dxf.reader import DxfReader
from tests.pipeline.readers.dxf.columns.equality import by_library, differences, edited

_WORDS = "一层平面图 设计说明 " * 30
_LOADED = """
import sys
from pathlib import Path
from pipeline.readers.dxf.reader import DxfReader
drawing = DxfReader().read(Path(sys.argv[1]), "a.dxf")
print(drawing.meta["door"], "ezdxf" in sys.modules)
"""


def drawn(version: str):
    doc = ezdxf.new(version)
    model = doc.modelspace()
    model.add_mtext("before", {"char_height": 2})
    model.add_mtext_static_columns([_WORDS, "two", "three"], width=40, gutter_width=5, height=60)
    model.add_mtext_dynamic_manual_height_columns(_WORDS, 40, 5, heights=[20, 30, 0], dxfattribs={"rotation": 30})
    model.add_mtext_dynamic_auto_height_columns(_WORDS * 3, 40, 5, 50, 3, {"insert": (9, 9)})
    for color in (3, (10, 20, 30), "canvas"):
        filled = model.add_mtext("filled", {"char_height": 2, "insert": (50, 50)})
        filled.set_bg_color(color, scale=1.3)
    model.add_mtext("after", {"char_height": 2})
    return doc


def _both(path):
    quick = DxfReader().read(path, path.name)
    assert differences(by_library(path), quick) == []
    return quick


@pytest.mark.parametrize("version", ["R2000", "R2007", "R2018"])
def test_columns_and_fills(tmp_path, version):
    path = tmp_path / "columns.dxf"
    drawn(version).saveas(path)
    quick = _both(path)
    assert (quick.meta["door"] == "quick") == (version == "R2018")  # the library joins columns that stand apart
    assert len(quick.spaces[0].texts.string) >= 8


def test_since_r2018_no_library_is_needed(tmp_path):
    path = tmp_path / "columns.dxf"
    drawn("R2018").saveas(path)
    assert path.read_text("utf-8").count("Embedded Object") == 3
    done = subprocess.run([sys.executable, "-c", _LOADED, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["quick", "False"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Embedded Object\n 70\n1\n", "Embedded Object\n 70\n1\n 71\n7\n"),  # a kind of columns that nobody knows
        ("Embedded Object\n", "Another Object\n"),
        (" 44\n40.0\n", " 72\n0\n 44\n40.0\n"),
        (" 40\n40.0\n", ""),
    ],
)
def test_unusual_columns(tmp_path, old, new):
    path = tmp_path / "columns.dxf"
    drawn("R2018").saveas(path)
    edited(path, old, new, times=-1)
    _both(path)


def test_what_is_only_counted_loads_no_library(tmp_path):
    path = tmp_path / "solids.dxf"
    doc = ezdxf.new("R2000")
    block = doc.blocks.new("B")
    for layout in (doc.modelspace(), block):
        layout.add_3dsolid({"layer": "KERNEL"}).sat = ["400 0 1 0"]
        layout.add_region().sat = ["400 0 1 0"]
        layout.add_3dsolid({"invisible": 1}).sat = ["400 0 1 0"]
        layout.add_line((0, 0), (1, 1))
    doc.modelspace().add_blockref("B", (0, 0))
    doc.saveas(path)
    quick = _both(path)
    assert quick.coverage.skipped == {"3DSOLID": 2, "REGION": 2}
    assert "KERNEL" in {layer.name for layer in quick.layers}
    done = subprocess.run([sys.executable, "-c", _LOADED, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["quick", "False"]
