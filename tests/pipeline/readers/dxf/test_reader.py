"""What the DXF reader makes of drawings written here."""

import io
import math
from pathlib import Path

import ezdxf
import numpy as np
import pytest

from pipeline.drawing.conclude import conclude
from pipeline.drawing.kinds import EntityKind, SpaceKind, State
from pipeline.drawing.model import Drawing
from pipeline.readers.registry import read_path
from pipeline.sheets import find_sheets


def document(version: str = "R2010", unit: int = 4):
    doc = ezdxf.new(version, setup=True)
    doc.header["$INSUNITS"] = unit
    return doc


def reading(path: Path) -> Drawing:
    drawing = read_path(path, path.name)
    find_sheets(drawing)
    conclude(drawing)
    return drawing


def saved(doc, tmp_path: Path, name: str = "a.dxf") -> Drawing:
    path = tmp_path / name
    doc.saveas(path)
    return reading(path)


def codes(drawing: Drawing) -> set[str]:
    return {d.code for d in drawing.defects}


def points(drawing: Drawing, row: int, space: int = 0) -> np.ndarray:
    table = drawing.spaces[space].entities
    part = table.part_first[row]
    return table.xy[table.point_first[part] : table.point_first[part + 1]]


def test_a_whole_file_is_complete_and_keeps_handles(tmp_path):
    doc = document()
    line = doc.modelspace().add_line((0, 0), (1000, 500), dxfattribs={"layer": "WALL", "color": 1})
    drawing = saved(doc, tmp_path)
    space = drawing.spaces[0]
    assert drawing.state == State.COMPLETE
    assert space.sources[space.entities.source[0]] == line.dxf.handle
    assert space.entities.color[0] == 0xFF0000FF
    assert drawing.layers[space.entities.layer[0]].meaning == "wall"
    assert points(drawing, 0).tolist() == [[0, 0], [1000, 500]]


@pytest.mark.parametrize("share", [0.35, 0.6, 0.9, 0.99])
def test_a_cut_file_is_never_complete(tmp_path, share):
    doc = document()
    for i in range(300):
        doc.modelspace().add_line((i, 0), (i, 100))
    path = tmp_path / "whole.dxf"
    doc.saveas(path)
    data = path.read_bytes()
    cut = tmp_path / "cut.dxf"
    cut.write_bytes(data[: int(len(data) * share)])
    drawing = reading(cut)
    assert drawing.state in (State.PARTIAL, State.REJECTED)
    assert "truncated" in codes(drawing)


def test_what_stands_before_a_cut_is_still_shown(tmp_path):
    doc = document("R12")
    for i in range(300):
        doc.modelspace().add_line((i, 0), (i, 100))
    path = tmp_path / "whole.dxf"
    doc.saveas(path)
    lines = path.read_text().splitlines()
    cut = tmp_path / "cut.dxf"
    cut.write_text("\n".join(lines[: len(lines) - 900]))
    drawing = reading(cut)
    assert drawing.state == State.PARTIAL
    assert 200 < len(drawing.spaces[0].entities) < 300


def test_inches_become_millimetres(tmp_path):
    doc = document(unit=1)
    doc.modelspace().add_line((0, 0), (10, 0))
    drawing = saved(doc, tmp_path)
    assert points(drawing, 0)[1, 0] == pytest.approx(254.0)
    assert drawing.spaces[0].unit_mm == 25.4


def test_metres_that_make_letters_absurd_are_millimetres(tmp_path):
    doc = document(unit=6)
    doc.modelspace().add_text("一层平面图", height=500)
    drawing = saved(doc, tmp_path)
    assert drawing.spaces[0].unit_mm == 1.0
    assert "unit_corrected" in codes(drawing)


def test_nested_references_settle_layer_colour_and_place(tmp_path):
    doc = document()
    doc.layers.add("红", color=1)
    inner = doc.blocks.new("INNER")
    inner.add_line((0, 0), (1, 0), dxfattribs={"layer": "0", "color": 256})
    inner.add_line((0, 0), (0, 1), dxfattribs={"layer": "0", "color": 0})
    outer = doc.blocks.new("OUTER")
    outer.add_blockref("INNER", (10, 0), dxfattribs={"layer": "0", "xscale": 2, "yscale": 2, "color": 3})
    doc.modelspace().add_blockref("OUTER", (100, 100), dxfattribs={"layer": "红", "rotation": 90})
    drawing = saved(doc, tmp_path)
    space = drawing.spaces[0]
    assert [drawing.layers[i].name for i in space.entities.layer] == ["红", "红"]
    assert space.entities.color.tolist() == [0xFF0000FF, 0x00FF00FF]
    assert np.allclose(points(drawing, 0), [[100, 110], [100, 112]])
    assert space.inserts.name == ["OUTER", "INNER"]
    assert space.inserts.parent.tolist() == [-1, 0]
    assert space.entities.insert.tolist() == [1, 1]
    a, b, c, d, tx, ty = space.inserts.transform[1]
    assert np.allclose([a * 1 + tx, c * 1 + ty], [100, 112])


def test_a_block_that_contains_itself_ends_as_a_defect(tmp_path):
    doc = document()
    one, two = doc.blocks.new("ONE"), doc.blocks.new("TWO")
    one.add_blockref("TWO", (0, 0))
    one.add_line((0, 0), (1, 1))
    two.add_blockref("ONE", (0, 0))
    doc.modelspace().add_blockref("ONE", (0, 0))
    doc.modelspace().add_line((0, 0), (5, 5))
    drawing = saved(doc, tmp_path)
    assert drawing.state == State.PARTIAL
    assert "block_cycle" in codes(drawing)


def test_a_billion_references_reach_the_limit_and_the_rest_is_read(tmp_path):
    doc = document()
    doc.blocks.new("L0").add_line((0, 0), (1, 1))
    for level in range(1, 11):
        block = doc.blocks.new(f"L{level}")
        for i in range(10):
            block.add_blockref(f"L{level - 1}", (i, 0))
    doc.modelspace().add_blockref("L10", (0, 0))
    doc.modelspace().add_line((0, 0), (5, 5))
    drawing = saved(doc, tmp_path)
    assert "limit_reached" in codes(drawing)
    assert drawing.state == State.PARTIAL
    assert len(drawing.spaces[0].entities) >= 1


def test_attributes_are_kept_with_the_reference_and_drawn(tmp_path):
    doc = document()
    doc.blocks.new("DOOR").add_line((0, 0), (900, 0))
    ref = doc.modelspace().add_blockref("DOOR", (0, 0))
    ref.add_attrib("编号", "M0921", (100, 50)).dxf.height = 300
    drawing = saved(doc, tmp_path)
    space = drawing.spaces[0]
    assert space.inserts.attributes[0] == {"编号": "M0921"}
    assert space.texts.string == ["M0921"]
    assert space.entities.insert[space.texts.entity[0]] == 0


def test_a_fake_dimension_keeps_measured_and_shown_apart(tmp_path):
    doc = document()
    dim = doc.modelspace().add_linear_dim(base=(0, 500), p1=(0, 0), p2=(3600, 0), text="3900")
    dim.render()
    table = saved(doc, tmp_path).spaces[0].dimensions
    assert table.measured_mm[0] == pytest.approx(3600)
    assert (table.shown[0], table.override[0]) == ("3900", "3900")
    assert np.allclose(table.points[0], [[0, 0], [3600, 0]])


def test_circles_keep_their_parameters_even_mirrored(tmp_path):
    doc = document()
    doc.modelspace().add_circle((10, 20), 5)
    doc.modelspace().add_arc((10, 20), 5, 0, 90, dxfattribs={"extrusion": (0, 0, -1)})
    arcs = saved(doc, tmp_path).spaces[0].entities.arcs
    assert arcs[0, 1:4].tolist() == [10, 20, 5]
    assert arcs[1, 1:4].tolist() == [-10, 20, 5]
    assert np.allclose(arcs[1, 4:], [math.pi / 2, math.pi])


def test_a_solid_hatch_with_a_hole_is_one_fill_of_two_rings(tmp_path):
    doc = document()
    hatch = doc.modelspace().add_hatch(color=1)
    hatch.paths.add_polyline_path([(0, 0), (10, 0), (10, 10), (0, 10)], is_closed=True, flags=1)
    hatch.paths.add_polyline_path([(2, 2), (4, 2), (4, 4), (2, 4)], is_closed=True, flags=16)
    table = saved(doc, tmp_path).spaces[0].entities
    assert table.kind.tolist() == [EntityKind.FILL]
    assert table.part_count.tolist() == [2]


def test_the_pattern_of_a_mirrored_hatch_lies_inside_its_boundary(tmp_path):
    doc = document()
    hatch = doc.modelspace().add_hatch(color=1, dxfattribs={"extrusion": (0, 0, -1)})
    hatch.set_pattern_fill("ANSI31", scale=2)
    hatch.paths.add_polyline_path([(100, 0), (200, 0), (200, 50), (100, 50)], is_closed=True)
    drawing = saved(doc, tmp_path)
    table = drawing.spaces[0].entities
    assert table.kind.tolist() == [EntityKind.HATCH, EntityKind.PATH]
    lines = table.xy[table.point_first[table.part_first[1]] :]
    assert len(lines) == 2 * table.part_count[1] > 10
    assert (lines.min(axis=0) > (-200.01, -0.01)).all() and (lines.max(axis=0) < (-99.99, 50.01)).all()
    spans = lines[1::2] - lines[::2]
    assert (spans[:, 0] * spans[:, 1] < 0).all()  # 45 degrees, mirrored: falling


def test_a_viewport_shows_model_space_scaled_turned_off_and_cut(tmp_path):
    doc = document()
    doc.layers.add("FROZEN")
    model = doc.modelspace()
    model.add_line((-100_000, 5000), (100_000, 5000))
    model.add_line((4000, 4000), (6000, 6000), dxfattribs={"layer": "FROZEN"})
    layout = doc.layout("Layout1")
    layout.page_setup(size=(420, 297), margins=(0, 0, 0, 0), units="mm")
    view = layout.add_viewport(center=(200, 150), size=(100, 100), view_center_point=(5000, 5000), view_height=10_000)
    view.freeze("FROZEN")
    drawing = saved(doc, tmp_path)
    row = next(i for i, s in enumerate(drawing.spaces) if s.kind == SpaceKind.LAYOUT)
    table = drawing.spaces[row].entities
    assert len(table) == 1
    assert np.allclose(points(drawing, 0, row), [[150, 150], [250, 150]])


def test_one_bad_entity_never_blanks_the_sheet(tmp_path, monkeypatch):
    from pipeline.readers.dxf import shapes

    def broken(entity, pen):
        raise ZeroDivisionError("bad")

    monkeypatch.setitem(shapes.SHAPES, "SPLINE", broken)
    doc = document()
    doc.modelspace().add_spline([(0, 0), (1, 1), (2, 0)])
    doc.modelspace().add_line((0, 0), (1, 1))
    drawing = saved(doc, tmp_path)
    assert len(drawing.spaces[0].entities) == 1
    assert "entity_failed" in codes(drawing)
    assert drawing.state == State.PARTIAL
    assert drawing.coverage.skipped == {"SPLINE": 1}


@pytest.mark.parametrize(("header", "encoding"), [("ANSI_1252", "gbk"), ("ANSI_936", "utf-8"), ("ANSI_936", "gbk")])
def test_texts_come_out_right_whatever_the_header_claims(tmp_path, header, encoding):
    doc = document("R2000")
    doc.modelspace().add_text("XXXX", height=300)
    stream = io.StringIO()
    doc.write(stream)
    text = stream.getvalue().replace("XXXX", "一层平面图（防火分区）").replace("ANSI_1252", header)
    path = tmp_path / "a.dxf"
    path.write_bytes(text.encode(encoding))
    drawing = reading(path)
    assert drawing.spaces[0].texts.string == ["一层平面图（防火分区）"]
    assert ("encoding_corrected" in codes(drawing)) == ((header, encoding) != ("ANSI_936", "gbk"))


def test_latin_text_is_not_taken_for_chinese(tmp_path):
    doc = document("R2000")
    doc.modelspace().add_text("Façade été à côté, Größe", height=300)
    drawing = saved(doc, tmp_path)
    assert drawing.spaces[0].texts.string == ["Façade été à côté, Größe"]


def test_layers_that_are_off_are_kept_and_marked(tmp_path):
    doc = document()
    doc.layers.add("HIDDEN").off()
    doc.modelspace().add_line((0, 0), (1, 1), dxfattribs={"layer": "HIDDEN"})
    drawing = saved(doc, tmp_path)
    assert len(drawing.spaces[0].entities) == 1
    assert not drawing.layers[drawing.spaces[0].entities.layer[0]].visible


def test_binary_files_read_like_ascii_ones(tmp_path):
    doc = document()
    doc.modelspace().add_line((0, 0), (1, 1))
    path = tmp_path / "b.dxf"
    doc.saveas(path, fmt="bin")
    drawing = reading(path)
    assert drawing.state == State.COMPLETE
    assert len(drawing.spaces[0].entities) == 1


def test_an_attached_drawing_is_read_from_the_same_submission_only(tmp_path):
    part = document()
    part.modelspace().add_line((0, 0), (100, 0), dxfattribs={"layer": "WALL"})
    part.saveas(tmp_path / "stored")
    doc = document()
    doc.add_xref_def("D:\\secret\\part.dwg", "part")
    doc.modelspace().add_blockref("part", (1000, 0))
    path = tmp_path / "host.dxf"
    doc.saveas(path)
    alone = read_path(path, "host.dxf")
    assert "xref_missing" in codes(alone)
    together = read_path(path, "host.dxf", {"set/Part.dxf": tmp_path / "stored"})
    assert "xref_missing" not in codes(together)
    space = together.spaces[0]
    assert points(together, 0).tolist() == [[1000, 0], [1100, 0]]
    layer = together.layers[space.entities.layer[0]]
    assert (layer.name, layer.meaning) == ("part|WALL", "wall")
