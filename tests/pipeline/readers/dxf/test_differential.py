"""Random drawings read by both doors are the same, in whatever legal bytes they are written; what was found so."""

import ezdxf
import numpy as np
import pytest
from ezdxf.entities import Gradient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.drawing.kinds import EntityKind
from pipeline.readers.dxf.reader import DxfReader
from tests.pipeline.readers.dxf import drawn, rewritten
from tests.pipeline.readers.dxf.columns.equality import by_both, by_library, differences

_TIMES = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def _told(found: list[str]) -> list[str]:
    """Return what counts: cut curves may have their ends a rounding apart, layers without a table their spelling."""
    cut = (".part_", "entities.xy", "entities.point_first")
    return [text for text in found if not (text.startswith("Layout") and any(c in text for c in cut))]


@_TIMES
@given(seed=st.integers(0, 10_000), version=st.sampled_from(drawn.VERSIONS))
def test_both_doors_read_the_same(tmp_path_factory, seed, version):
    path = tmp_path_factory.mktemp("drawn") / "drawn.dxf"
    drawn.document(np.random.default_rng(seed), version).saveas(path)
    quick = DxfReader().read(path, path.name)
    assert quick.meta["door"] == "quick"
    assert _told(differences(by_library(path), quick, 1e-7)) == []
    assert "entity_failed" not in {d.code for d in quick.defects}


@_TIMES
@given(seed=st.integers(0, 10_000), version=st.sampled_from(drawn.VERSIONS[3:]))
def test_other_bytes_of_the_same_meaning_read_the_same(tmp_path_factory, seed, version):
    rng = np.random.default_rng(seed)
    path = tmp_path_factory.mktemp("drawn") / "drawn.dxf"
    drawn.document(rng, version).saveas(path)
    usual = DxfReader().read(path, path.name)
    data, done = rewritten.rewritten(path.read_bytes(), rng)
    path.write_bytes(data)
    other = DxfReader().read(path, path.name)
    found = [text for text in _told(differences(usual, other, 1e-7)) if "inserts.name" not in text]
    assert other.meta["door"] == "quick", done
    assert found == [], done


def _new(*args, **more):
    return ezdxf.new(*args, units=4, **more)


def _model(tmp_path, doc):
    """Return model space as the quick door reads it; the library's doors must agree."""
    path = tmp_path / "made.dxf"
    doc.saveas(path)
    quick = by_both(path)
    assert "entity_failed" not in {d.code for d in quick.defects}
    return quick.spaces[0]


def test_an_attribute_of_2018_keeps_its_alignment(tmp_path):
    """Behind its text it has the groups 71 and 72 once more, with another meaning."""
    doc = _new("R2018")
    doc.blocks.new("B")
    insert = doc.modelspace().add_blockref("B", (0, 0))
    text = insert.add_attrib("TAG", "middle", (10, 10), {"height": 2})
    text.set_placement((10, 10), align=ezdxf.enums.TextEntityAlignment.MIDDLE_CENTER)
    texts = _model(tmp_path, doc).texts
    assert texts.origin[0] + np.array([texts.width[0] / 2, texts.height[0] / 2]) == pytest.approx((10.0, 10.0))


def test_hidden_edges_of_faces_are_not_drawn(tmp_path):
    doc = _new()
    model = doc.modelspace()
    corners = [(0, 0), (10, 0), (10, 5), (0, 5)]
    model.add_3dface(corners, {"invisible_edges": 5})
    model.add_3dface(corners, {"invisible_edges": 15})
    model.add_3dface(corners[:3], {"invisible_edges": 12})
    table = _model(tmp_path, doc).entities
    assert table.part_count.tolist() == [2, 2]
    assert table.xy[:4].tolist() == [[10, 0], [10, 5], [0, 5], [0, 0]]
    assert table.xy[4:].tolist() == [[0, 0], [10, 0], [10, 0], [10, 5]]


def test_a_triangle_of_a_polyface_does_not_reach_to_the_origin(tmp_path):
    """Its fourth corner is 0, which is none; and a negative corner begins a hidden edge."""
    doc = _new()
    face = doc.modelspace().add_polyface()
    face.append_faces([[(10, 10), (20, 10), (20, 20)], [(30, 10), (40, 10), (40, 20)]])
    first, second = (vertex for vertex in face.vertices if vertex.is_face_record)
    first.dxf.vtx3 = 0
    second.dxf.vtx1 = -second.dxf.vtx1
    table = _model(tmp_path, doc).entities
    assert table.xy.min() == 10.0
    assert table.part_count.tolist() == [1, 2]
    assert table.xy[3:].tolist() == [[30, 10], [40, 10], [40, 20], [30, 10]]


def test_a_closed_spline_stays_where_its_curve_is_defined(tmp_path):
    """A periodic spline has knots before and behind the curve itself."""
    doc = _new()
    doc.modelspace().add_spline().set_closed([(0, 0, 0), (10, 0, 0), (10, 10, 0), (0, 10, 0)])
    table = _model(tmp_path, doc).entities
    assert table.kind.tolist() == [EntityKind.SPLINE]
    assert table.xy.min() > 0.0
    assert table.xy.max() < 10.0
    assert table.xy[0] == pytest.approx(table.xy[-1])


def test_a_missing_line_type_costs_nothing(tmp_path):
    doc = _new(setup=True)
    model = doc.modelspace()
    look = {"linetype": "NOWHERE"}
    model.add_polyface(look).append_faces([[(0, 0), (1, 0), (1, 1)]])
    model.add_mline([(0, 0), (9, 9)], dxfattribs=look)
    model.add_leader([(0, 0), (5, 5), (9, 5)], dxfattribs=look)
    assert len(_model(tmp_path, doc).entities) >= 4


def test_a_fill_that_crosses_itself_keeps_both_lobes_under_a_round_viewport(tmp_path):
    doc = _new()
    doc.modelspace().add_solid([(0, 0), (20, 0), (20, 20), (0, 20)])
    paper = doc.layout("Layout1")
    view = paper.add_viewport((0, 0), (20, 20), (10, 10), 20)
    view.dxf.clipping_boundary_handle = paper.add_circle((0, 0), 10.5).dxf.handle
    view.dxf.flags |= 0x10000
    path = tmp_path / "clipped.dxf"
    doc.saveas(path)
    space = DxfReader().read(path, path.name).spaces[1]
    fills = space.entities.kind == EntityKind.FILL
    assert space.entities.part_count[fills].tolist() == [2]


def _square(hatch, x=0.0, flags=1):
    hatch.paths.add_polyline_path([(x, 0), (x + 10, 0), (x + 10, 10), (x, 10)], flags=flags)


def test_a_hatch_without_an_outer_boundary_is_drawn_whatever_its_style_says(tmp_path):
    """Some programs mark no path as external and write any style."""
    doc = _new()
    for style in (0, 1, 2):
        hatch = doc.modelspace().add_hatch(1, {"hatch_style": style})
        _square(hatch, 20.0 * style, flags=0)
    hatch = doc.modelspace().add_hatch(1, {"hatch_style": 2})
    _square(hatch, flags=1)
    hatch.paths.add_polyline_path([(2, 2), (3, 2), (3, 3)], flags=0)
    table = _model(tmp_path, doc).entities
    assert table.part_count.tolist() == [1, 1, 1, 1]


def test_a_pattern_with_an_unused_gradient_stays_a_pattern(tmp_path):
    doc = _new("R2010")
    hatch = doc.modelspace().add_hatch(1)
    _square(hatch)
    hatch.set_pattern_fill("ANSI31")
    hatch.gradient = Gradient(kind=0, num=0, type=0)
    assert _model(tmp_path, doc).entities.kind.tolist() == [EntityKind.HATCH, EntityKind.PATH]


def test_an_mpolygon_has_an_edge_and_a_fill_of_its_own_colour(tmp_path):
    doc = _new("R2010")
    polygon = doc.modelspace().add_mpolygon(color=5, fill_color=1)
    _square(polygon)
    table = _model(tmp_path, doc).entities
    assert table.kind.tolist() == [EntityKind.FILL, EntityKind.PATH]
    assert [hex(c) for c in table.color.tolist()] == ["0xff0000ff", "0xffff"]


def test_an_arrayed_reference_writes_its_attributes_in_every_cell(tmp_path):
    doc = _new()
    doc.blocks.new("B").add_line((0, 0), (1, 0))
    more = {"column_count": 3, "column_spacing": 10, "row_count": 2, "row_spacing": 20}
    doc.modelspace().add_blockref("B", (0, 0), more).add_attrib("TAG", "cell", (1, 2))
    texts = _model(tmp_path, doc).texts
    assert texts.string == ["cell"] * 6
    assert sorted(texts.origin.tolist()) == [[x, y] for x in (1, 11, 21) for y in (2, 22)]


def test_a_block_that_has_a_record_but_no_definition_is_named(tmp_path):
    """The library makes such a block up, empty: its references would vanish without a word."""
    doc = _new()
    doc.blocks.new("GONE").add_line((0, 0), (1, 0))
    doc.blocks.new("EMPTY")
    doc.modelspace().add_blockref("GONE", (0, 0))
    doc.modelspace().add_blockref("EMPTY", (0, 0))
    path = tmp_path / "gone.dxf"
    doc.saveas(path)
    kept, gone = [], False
    for record in rewritten.records(rewritten.tags_of(path.read_bytes())):
        gone = (record[0] == (0, "BLOCK") and (2, "GONE") in record) or (gone and record[0][1] != "BLOCK")
        gone &= record[0][1] != "ENDSEC"
        kept += [] if gone else record
    path.write_text(rewritten.written(kept))
    for drawing in (DxfReader().read(path, path.name), by_library(path)):
        failed = [d for d in drawing.defects if d.code == "entity_failed"]
        assert [d.count for d in failed] == [1]
        assert drawing.coverage.skipped == {"INSERT": 1}


def test_blanks_around_the_name_of_a_layer_do_not_belong_to_it(tmp_path):
    doc = _new()
    doc.layers.add("HIDDEN", color=1).off()
    doc.modelspace().add_line((0, 0), (1, 0), {"layer": "HIDDEN"})
    doc.modelspace().add_line((0, 0), (2, 0))
    path = tmp_path / "blanks.dxf"
    doc.saveas(path)
    tags = rewritten.tags_of(path.read_bytes())
    path.write_text(rewritten.written([(code, f" {value} " if code == 8 else value) for code, value in tags]))
    for drawing in (DxfReader().read(path, path.name), by_library(path)):
        layers = [drawing.layers[row] for row in drawing.spaces[0].entities.layer.tolist()]
        assert [(layer.name, layer.visible) for layer in layers] == [("HIDDEN", False), ("0", True)]
