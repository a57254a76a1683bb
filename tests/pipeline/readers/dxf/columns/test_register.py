"""Tables, layouts and viewports read from the bytes are those of the library; unusual ones are left to it."""

import ezdxf
import numpy as np
import pytest

from pipeline.readers.dxf.columns.entries import Unlike
from pipeline.readers.dxf.columns.register import Register
from pipeline.readers.dxf.columns.scan import scan
from pipeline.readers.dxf.lettering import Fonts
from pipeline.readers.dxf.looks import Looks
from pipeline.readers.dxf.reader import DxfReader
from pipeline.readers.dxf.units import layout_paper, model_unit
from pipeline.readers.dxf.viewports import sort_viewports
from tests.pipeline.readers.dxf.columns.equality import edited

VERSIONS = ["R12", "R2000", "R2004", "R2007", "R2010", "R2018"]


def drawn(version: str):
    """A drawing with every table in use, two sheets and turned viewports."""
    doc = ezdxf.new("R2000" if version == "R12" else version, setup=True)
    doc.header["$INSUNITS"] = 5
    doc.layers.add("墙 WALL", color=1, linetype="DASHDOT", lineweight=70, true_color=0x112233, plot=False)
    doc.layers.add("OFF", color=3).off()
    doc.layers.add("COLD", color=4).freeze()
    doc.styles.add("HZ", font="gbenor.shx", dxfattribs={"bigfont": "gbcbig.shx", "width": 0.7})
    doc.styles.add("DOWN", font="txt.shx", dxfattribs={"flags": 4})
    family = doc.styles.add("FAMILY", font="")
    family.set_extended_font_data("SimSun", italic=False, bold=False)
    doc.dimstyles.add("DETAIL", dxfattribs={"dimlfac": 0.2, "dimdec": 1, "dimtxt": 3.5})
    doc.modelspace().add_line((0, 0), (9, 9), {"layer": "墙 WALL"})
    if version != "R12":
        sheet = doc.layouts.new("A1 平面图")
        sheet.page_setup(size=(841, 594), margins=(5, 5, 5, 5), units="mm", scale=(1, 50))
        for turned, frozen in ((0, []), (30, ["墙 WALL", "OFF"])):
            view = sheet.add_viewport((100, 80), (60, 40), view_center_point=(7, 8), view_height=400)
            view.dxf.view_twist_angle, view.dxf.view_target_point = turned, (1, 2, 3)
            view.frozen_layers = frozen
        sheet.add_viewport((50, 50), (10, 10), (0, 0), 10).dxf.view_direction_vector = (1, 1, 1)
    doc.dxfversion = version
    return doc


@pytest.fixture(params=VERSIONS)
def both(request, tmp_path):
    path = tmp_path / "tables.dxf"
    drawn(request.param).saveas(path)
    doc = ezdxf.readfile(path)
    return _register(path, doc.output_encoding), doc


def _register(path, encoding="utf-8"):
    with path.open("rb") as stream:
        found = scan(stream, lambda data: data.decode(encoding))
        register = Register(stream, found, lambda data: data.decode(encoding))
        numbers = {name.lower(): row for row, name in enumerate(found.block_names)}
        containers = found.entities.container.copy()
        containers[containers < 0] = numbers.get("*model_space", -9)

    class Places:
        container = containers

        @staticmethod
        def container_of_layout(layout):
            return numbers.get(layout.block_record_name.lower(), -1)

    register.hand_out(Places)
    return register


def test_layers_and_line_types(both):
    ours, theirs = (Looks(doc) for doc in both)
    assert ours.layers == theirs.layers
    assert ours.frozen == theirs.frozen
    assert [ours.of_row(row) for row in range(len(ours.layers))] == [theirs.of_row(r) for r in range(len(ours.layers))]
    assert ours._dashes == theirs._dashes


def test_text_styles(both):
    ours, theirs = (Fonts(doc) for doc in both)
    assert ours._styles == theirs._styles
    assert ours.style("hz").font == "gbenor.shx+gbcbig.shx"


def test_dimension_styles(both):
    ours, theirs = both
    for name in ("dimlfac", "dimdec", "dimtxt", "dimscale"):
        for style in ("Detail", "STANDARD", "EZDXF"):
            assert ours.dimstyles.get(style).get_dxf_attrib(name, -1) == theirs.dimstyles.get(style).get_dxf_attrib(
                name, -1
            )


def test_unit_and_layouts(both):
    ours, theirs = both
    from pipeline.readers.dxf.chunk import Chunk

    assert model_unit(ours, Chunk()) == model_unit(theirs, Chunk())
    assert [layout.name for layout in ours.layouts] == [layout.name for layout in theirs.layouts]
    assert [layout.block_record_name for layout in ours.layouts] == [k.block_record_name for k in theirs.layouts]
    assert [layout_paper(layout) for layout in ours.layouts] == [layout_paper(layout) for layout in theirs.layouts]


def test_viewports(both):
    ours, theirs = both
    for one, other in zip(ours.layouts, theirs.layouts, strict=True):
        if other.name == "Model":
            continue
        a, b = sort_viewports(one), sort_viewports(other)
        assert (a.turned_off, a.not_plan, len(a.shown)) == (b.turned_off, b.not_plan, len(b.shown))
        for view, known in zip(a.shown, b.shown, strict=True):
            matrix = list(known.get_transformation_matrix())
            assert np.allclose(view.get_transformation_matrix(), matrix, rtol=0, atol=1e-12)
            assert list(view.frozen_layers) == list(known.frozen_layers)
            assert view.dxf.handle == known.dxf.handle


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("AcDbLayerTableRecord\n  2\nOFF\n 70\n0\n", "AcDbLayerTableRecord\n  2\nOFF\n 70\nO\n"),
        ("  9\n$INSUNITS\n", "  9\nINSUNITS\n"),
        ("  0\nTABLE\n  2\nSTYLE\n", "  0\nTABLE\n  2\nSTULE\n"),
        ("\n142\n1.0\n", "\n142\n1.O\n"),
    ],
)
def test_what_is_damaged_is_left_to_the_library(tmp_path, old, new):
    path = tmp_path / "tables.dxf"
    drawn("R2010").saveas(path)
    edited(path, old, new)
    with pytest.raises(Unlike):
        _register(path)
    drawing = DxfReader().read(path, path.name)
    assert drawing.meta["door"].startswith("library")
    assert drawing.defects


def test_a_table_twice_is_left_to_the_library_though_it_opens(tmp_path):
    path = tmp_path / "tables.dxf"
    drawn("R2010").saveas(path)
    text = path.read_text("utf-8")
    begin = text.index("  0\nTABLE\n  2\nUCS\n")
    table = text[begin : text.index("  0\nTABLE\n", begin + 9)]
    path.write_text(text.replace(table, table + table.replace("  5\n", "  5\nF"), 1), "utf-8")
    with pytest.raises(Unlike):
        _register(path)
    assert DxfReader().read(path, path.name).meta["door"] == "quick"
