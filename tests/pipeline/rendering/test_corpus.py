"""Real drawings: every sheet of a few files gives a pack, tiles and an SVG that hold together."""

from __future__ import annotations

import os
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from pipeline.readers import registry
from pipeline.rendering.pack import make_pack, read_pack
from pipeline.rendering.svg import sheet_svg
from pipeline.rendering.tiles import make_tiles
from pipeline.sheets.find import find_sheets

CORPUS = Path(os.environ.get("TUSHEN_CORPUS", "../shared/corpus"))
FILES = (
    "dxf/skymakerolof+dxf/test/resources/Ceco.NET-Architecture-Tm-53.dxf",
    "dxf/mozman+ezdxf/examples_dxf/colors.dxf",
    "pdf/unboxed+bops/spec/fixtures/files/planx/Site plan.pdf",
)


@pytest.mark.corpus
@pytest.mark.parametrize("name", FILES)
def test_every_sheet_of_a_real_drawing_can_be_shown(name):
    path = CORPUS / name
    if not path.exists():
        pytest.skip("the corpus is not here")
    drawing = registry.read_path(path, path.name)
    find_sheets(drawing)
    assert drawing.sheets
    for sheet in drawing.sheets[:2]:
        pack = read_pack(make_pack(drawing, sheet))
        assert pack.header["lines"] > 0
        assert all(np.isfinite(array).all() for array in pack.sections.values() if array.dtype.kind == "f")
        width, height = pack.header["size_mm"]
        margin = 0.6 * pack.header["paper_scale"]
        x0, y0, x1, y1 = pack.header["extent_mm"]
        assert x0 >= -margin - width and x1 <= width + margin + width and y1 <= 2 * height + margin
        assert "0/0/0" in make_tiles(drawing, sheet, path)
        ET.fromstring(sheet_svg(drawing, sheet))
