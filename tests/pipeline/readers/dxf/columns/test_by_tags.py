"""Rare entities read by their tags, without the library: the same as by its doors."""

import ezdxf
import numpy as np
import pytest
from ezdxf.xclip import XClip

from pipeline.drawing.kinds import EntityKind
from pipeline.readers.dxf.columns import rare
from pipeline.readers.dxf.reader import DxfReader
from tests.pipeline.readers.dxf import drawn
from tests.pipeline.readers.dxf.columns.equality import by_both, by_library, differences, edited

KINDS = ("leader", "mline", "endless", "body", "picture", "more", "meshes", "polyline", "attdef")


@pytest.fixture
def alone(monkeypatch):
    """The library is not to be asked for anything by the quick door."""

    def refused(*_):
        raise AssertionError("the library was asked")

    monkeypatch.setattr(rare, "alone", refused)
    monkeypatch.setattr(rare, "document", refused)


def _made(tmp_path, doc):
    path = tmp_path / "made.dxf"
    doc.saveas(path)
    return by_both(path)


@pytest.mark.parametrize("kind", KINDS)
def test_random_ones_of_each_kind_are_the_same_by_both_doors(tmp_path, kind):
    for seed, version in enumerate(drawn.VERSIONS):
        path = tmp_path / "drawn.dxf"
        drawn.document(np.random.default_rng(seed), version, [kind, "line"]).saveas(path)
        quick = DxfReader().read(path, path.name)
        found = [text for text in differences(by_library(path), quick, 1e-7) if not text.startswith("Layout")]
        assert (quick.meta["door"], found) == ("quick", []), seed
        assert "entity_failed" not in {d.code for d in quick.defects}


@pytest.mark.parametrize("version", ["R2000", "R2010", "R2018"])
def test_none_of_them_needs_the_library(tmp_path, alone, version):
    doc = ezdxf.new(version, units=4, setup=True)
    model = doc.modelspace()
    block = doc.blocks.new("B", base_point=(1, 2))
    block.add_line((0, 0), (9, 0))
    block.add_attdef("CONST", (0, 0), "constant", dxfattribs={"flags": 2})
    model.add_leader([(0, 0), (5, 5), (9, 5)], dimstyle="EZDXF")
    model.add_mline([(0, 0), (9, 0), (9, 9)])
    model.add_xline((0, 0), (1, 1))
    model.add_wipeout([(0, 0), (9, 9)])
    model.add_image(doc.add_image_def("a.png", (10, 10)), (0, 0), (5, 5))
    model.add_polymesh((3, 3))
    model.add_blockref("B", (0, 0), {"row_count": 2, "column_count": 2, "row_spacing": 9, "column_spacing": 9})
    XClip(model.add_blockref("B", (50, 0), {"rotation": 30})).set_block_clipping_path([(0, 0), (5, 5)])
    model.add_blockref("NOT THERE", (0, 0))
    drawing = _made(tmp_path, doc)
    assert len(drawing.spaces[0].inserts.name) == 5
    assert drawing.spaces[0].inserts.attributes[0] == {"CONST": "constant"}


def test_an_inverted_clip_is_the_same_by_both_doors(tmp_path, alone):
    doc = ezdxf.new("R2010", units=4)
    doc.blocks.new("B").add_line((0, 0), (100, 0))
    clip = XClip(doc.modelspace().add_blockref("B", (0, 0)))
    clip.set_block_clipping_path([(20, -5), (60, 5)])
    clip.invert_clipping_path([(-90, -90), (190, 90)], ignore_acad_compatibility=True)
    table = _made(tmp_path, doc).spaces[0].entities
    assert sorted(table.xy[:, 0].tolist()) == [0, 20, 60, 100]


def test_a_reference_with_a_dictionary_but_no_clip_stays_in_columns(tmp_path, alone):
    doc = ezdxf.new("R2010", units=4)
    doc.blocks.new("B").add_line((0, 0), (10, 0))
    model = doc.modelspace()
    XClip(model.add_blockref("B", (0, 0))).set_block_clipping_path([(0, -5), (5, 5)])
    model.add_blockref("B", (0, 20)).new_extension_dict().add_xrecord("OTHER")
    table = _made(tmp_path, doc).spaces[0].entities
    assert table.xy.max(axis=0).tolist() == [10, 20]
    assert len(table) == 2


def test_an_attribute_of_many_lines(tmp_path, alone):
    doc = ezdxf.new("R2018", units=4)
    doc.blocks.new("B").add_point((0, 0))
    model = doc.modelspace()
    attribute = model.add_blockref("B", (0, 0)).add_attrib("TAG", "one", (5, 5))
    attribute.set_mtext(model.add_mtext("one\\Ptwo", {"insert": (5, 5), "char_height": 3}))
    space = _made(tmp_path, doc).spaces[0]
    assert space.inserts.attributes == [{"TAG": "one\ntwo"}]
    assert "one\ntwo" in space.texts.string


def test_a_tolerance_takes_its_height_from_its_style(tmp_path, alone):
    doc = ezdxf.new("R2010", units=4)
    doc.dimstyles.add("BIG", dxfattribs={"dimtxt": 10.0, "dimscale": 2.0})
    doc.modelspace().new_entity("TOLERANCE", {"dimstyle": "BIG", "insert": (0, 0), "content": "{\\Fgdt;j}%%v0.1"})
    assert _made(tmp_path, doc).spaces[0].texts.height.tolist() == [20.0, 20.0]


def test_a_table_has_the_layer_and_colour_it_is_given(tmp_path):
    """The library knows a table by its tags only, without layer and colour."""
    doc = ezdxf.new("R2010", units=4)
    doc.layers.add("TABLES", color=1)
    doc.blocks.new("*T1").add_line((0, 0), (10, 0), {"color": 0})
    doc.modelspace().add_point((0, 0))
    path = tmp_path / "table.dxf"
    doc.saveas(path)
    table = (
        "ACAD_TABLE\n  5\nFFF\n330\n1F\n100\nAcDbEntity\n  8\nTABLES\n 62\n     3\n100\nAcDbBlockReference\n  2\n*T1\n"
    )
    table += " 10\n5.0\n 20\n7.0\n 30\n0.0\n100\nAcDbTable\n280\n     0\n  0\n"
    edited(path, "POINT\n  5\n", table + "POINT\n  5\n")
    space = by_both(path).spaces[0]
    row = int(np.flatnonzero(space.entities.kind == EntityKind.LINE)[0])
    assert space.entities.color[row] == 0x00FF00FF
    assert space.entities.xy.max(axis=0).tolist() == [15, 7]


def test_a_mesh_without_its_counts_goes_to_the_library(tmp_path):
    doc = ezdxf.new("R2010", units=4)
    with doc.modelspace().add_mesh().edit_data() as data:
        data.vertices, data.faces = [(0, 0, 0), (9, 0, 0), (9, 9, 0)], [[0, 1, 2]]
    doc.modelspace().add_line((0, 0), (1, 1))
    path = tmp_path / "mesh.dxf"
    doc.saveas(path)
    edited(path, "\n 95\n0\n", "\n 96\n0\n")
    drawing = DxfReader().read(path, path.name)
    assert drawing.meta["door"] != "quick"


def test_a_broken_number_that_nobody_needs_is_told_all_the_same(tmp_path):
    doc = ezdxf.new("R2010", units=4)
    doc.modelspace().add_leader([(0, 0), (5, 5)], dxfattribs={"text_height": 7.25})
    doc.modelspace().add_line((0, 0), (1, 1))
    path = tmp_path / "broken.dxf"
    doc.saveas(path)
    edited(path, "\n7.25\n", "\n7.2S\n")
    drawing = DxfReader().read(path, path.name)
    assert drawing.meta["door"] != "quick"
    assert "dxf_recovered" in {d.code for d in drawing.defects}
