"""What shows through viewports and clips: rectangles, rings, inverted ones, their layers and their scale."""

from dataclasses import replace

import ezdxf
import numpy as np
import pytest
from ezdxf.xclip import XClip

from pipeline.drawing.kinds import EntityKind, SpaceKind
from pipeline.readers.dxf.chunk import ChunkBuilder, Look
from pipeline.readers.dxf.clipping import Window, clip, clip_line, clip_ring, rectangle
from pipeline.readers.registry import read_path

LOOK = Look(0, 255, 0.25, 0)
TRIANGLE = Window(np.array([[0.0, 0], [10, 0], [0, 10]]))


def chunk_of(*entities):
    out = ChunkBuilder()
    for kind, points, closed in entities:
        out.add(kind, [np.array([(x, y, 0.0) for x, y in points])], closed, LOOK, 0)
    return out.build()


def document():
    doc = ezdxf.new("R2010", setup=True, units=4)
    layout = doc.layout("Layout1")
    layout.page_setup(size=(420, 297), margins=(0, 0, 0, 0), units="mm")
    return doc, layout


def read(doc, tmp_path):
    doc.saveas(tmp_path / "a.dxf")
    return read_path(tmp_path / "a.dxf", "a.dxf")


def sheet(drawing):
    return next(s for s in drawing.spaces if s.kind == SpaceKind.LAYOUT)


def segments(space):
    return [
        sorted(map(tuple, np.round(space.entities.xy[i : i + 2], 3).tolist()))
        for i in range(0, len(space.entities.xy), 2)
    ]


def codes(drawing):
    return {d.code for d in drawing.defects}


@pytest.mark.parametrize(("inverted", "lengths"), [(False, [8.0]), (True, [2.0, 10.0])])
def test_a_line_across_a_ring_is_cut_where_it_crosses(inverted, lengths):
    whole = chunk_of((EntityKind.LINE, [(-2, 2), (18, 2)], False))
    found = clip(whole, Window(TRIANGLE.ring, inverted))
    pieces = np.abs(np.diff(found.xyz[:, 0]))[::2]
    assert sorted(pieces.tolist()) == pytest.approx(lengths)


@pytest.mark.parametrize(("inverted", "area"), [(False, 50.0), (True, 350.0)])
def test_an_area_is_cut_as_an_area(inverted, area):
    whole = chunk_of((EntityKind.FILL, [(-5, -5), (15, -5), (15, 15), (-5, 15)], True))
    found = clip(whole, Window(TRIANGLE.ring, inverted))
    total = 0.0
    first = 0
    for size in found.sizes.tolist():
        x, y = found.xyz[first : first + size, 0], found.xyz[first : first + size, 1]
        total += (np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
        first += size
    assert abs(total) == pytest.approx(area)
    assert found.closed.all()


def test_what_lies_wholly_in_or_out_is_not_touched():
    inside, outside = [(1, 1), (2, 2)], [(20, 20), (30, 30)]
    whole = chunk_of((EntityKind.LINE, inside, False), (EntityKind.LINE, outside, False))
    assert clip(whole, TRIANGLE).xyz[:, :2].tolist() == [[1, 1], [2, 2]]
    assert clip(whole, Window(TRIANGLE.ring, True)).xyz[:, :2].tolist() == [[20, 20], [30, 30]]


BOX = rectangle(-1, -1, 5, 5)


@pytest.mark.parametrize("window", [TRIANGLE, Window(TRIANGLE.ring, True), BOX])
def test_points_without_heights_are_cut_like_points_with_them(window):
    crossing, square = [(-4, 3), (4, 3), (25, 4)], [(-5, -5), (15, -5), (15, 15), (-5, 15)]
    inside, outside = [(1, 1), (2, 2)], [(20, 20), (30, 30)]
    high = chunk_of(
        (EntityKind.POLYLINE, inside, False),
        (EntityKind.POLYLINE, crossing, False),
        (EntityKind.POLYLINE, outside, False),
        (EntityKind.FILL, square, True),
        (EntityKind.POLYLINE, inside, True),
    )
    flat = replace(high, xyz=np.ascontiguousarray(high.xyz[:, :2]))
    expected, found = clip(high, window), clip(flat, window)
    assert found.xyz.tolist() == expected.xyz[:, :2].tolist()
    for name in ("kind", "parts", "sizes", "closed"):
        assert getattr(found, name).tolist() == getattr(expected, name).tolist()
    assert len(found.sizes) == found.parts.sum() and len(found.xyz) == found.sizes.sum()


def test_a_ring_with_a_bay_shows_nothing_in_the_bay():
    bay = Window(np.array([[0.0, 0], [30, 0], [30, 10], [20, 10], [20, 5], [10, 5], [10, 10], [0, 10]]))
    found = clip(chunk_of((EntityKind.LINE, [(-5, 8), (40, 8)], False)), bay)
    assert sorted(found.xyz[:, 0].tolist()) == pytest.approx([0, 10, 20, 30])


def test_rectangles_cut_polylines_into_as_few_pieces_as_can_be():
    box = (0.0, 0.0, 10.0, 10.0)
    line = np.array([(-5, 5, 0), (5, 5, 0), (5, 8, 0), (15, 8, 0), (15, 2, 0), (5, 2, 0)], float)
    pieces = clip_line(line, box)
    assert [len(p) for p in pieces] == [4, 2]
    ring = clip_ring(np.array([(-5, -5, 0), (5, -5, 0), (5, 5, 0), (-5, 5, 0)], float), box)
    assert sorted(map(tuple, ring[:, :2].tolist())) == [(0, 0), (0, 5), (5, 0), (5, 5)]
    assert rectangle(*box).is_box and not TRIANGLE.is_box


def test_a_viewport_turned_by_ninety_degrees_shows_model_space_turned(tmp_path):
    doc, layout = document()
    doc.modelspace().add_line((1000, 1000), (2000, 1000))
    layout.add_viewport(
        center=(100, 100),
        size=(100, 100),
        view_center_point=(0, 0),
        view_height=10_000,
        dxfattribs={"view_twist_angle": 90, "view_target_point": (1000, 1000, 0)},
    )
    assert segments(sheet(read(doc, tmp_path))) == [[(100, 100), (100, 110)]]


def test_a_viewport_is_cut_at_its_clip_entity(tmp_path):
    doc, layout = document()
    doc.modelspace().add_line((-10_000, 0), (10_000, 0))
    ring = layout.add_circle((100, 100), 20)
    view = layout.add_viewport(center=(100, 100), size=(100, 100), view_center_point=(0, 0), view_height=10_000)
    view.dxf.flags = view.dxf.get("flags", 0) | 0x10000
    view.dxf.clipping_boundary_handle = ring.dxf.handle
    space = sheet(read(doc, tmp_path))
    line = space.entities.xy[:2, 0]
    assert sorted(line.tolist()) == pytest.approx([80, 120], abs=0.05)


def test_a_polyline_with_arcs_may_be_the_clip_entity(tmp_path):
    doc, layout = document()
    doc.modelspace().add_line((-10_000, 0), (10_000, 0))
    ring = layout.add_lwpolyline([(90, 90), (110, 90, 0, 0, 1), (110, 110), (90, 110)], format="xyseb", close=True)
    view = layout.add_viewport(center=(100, 100), size=(100, 100), view_center_point=(0, 0), view_height=10_000)
    view.dxf.flags = view.dxf.get("flags", 0) | 0x10000
    view.dxf.clipping_boundary_handle = ring.dxf.handle
    assert sorted(sheet(read(doc, tmp_path)).entities.xy[:2, 0].tolist()) == pytest.approx([90, 120], abs=0.05)


def test_two_viewports_with_their_own_scales_and_layer_states(tmp_path):
    doc, layout = document()
    doc.layers.add("A", color=1)
    doc.layers.add("B")
    model = doc.modelspace()
    model.add_line((0, 0), (1000, 0), dxfattribs={"layer": "A"})
    model.add_line((0, 500), (1000, 500), dxfattribs={"layer": "B"})
    first = layout.add_viewport(center=(50, 50), size=(80, 80), view_center_point=(500, 0), view_height=8000)
    second = layout.add_viewport(center=(150, 50), size=(80, 80), view_center_point=(500, 0), view_height=4000)
    first.freeze("B")
    doc.layers.get("A").get_vp_overrides()
    special = doc.layers.get("A").get_vp_overrides()
    special.set_color(second.dxf.handle, 3)
    special.commit()
    space = sheet(read(doc, tmp_path))
    assert segments(space) == [[(45, 50), (55, 50)], [(140, 50), (160, 50)], [(140, 60), (160, 60)]]
    assert space.entities.color.tolist()[:2] == [0xFF0000FF, 0x00FF00FF]


def test_viewports_that_are_off_lose_nothing_and_views_from_the_side_are_said(tmp_path):
    doc, layout = document()
    doc.modelspace().add_line((0, 0), (1000, 0))
    layout.add_line((0, 0), (1, 1))
    layout.add_viewport(center=(50, 50), size=(80, 80), view_center_point=(0, 0), view_height=8000, status=0)
    side = layout.add_viewport(center=(150, 50), size=(80, 80), view_center_point=(0, 0), view_height=8000)
    side.dxf.view_direction_vector = (1, -1, 1)
    drawing = read(doc, tmp_path)
    assert drawing.meta["viewports_off"] == 1
    assert ("viewport_not_plan", 1) in {(d.code, d.count) for d in drawing.defects}
    assert drawing.coverage.skipped == {"VIEWPORT": 1}
    assert len(sheet(drawing).entities) == 1


def test_a_block_on_a_frozen_layer_is_hidden_whole_and_on_a_layer_turned_off_is_not(tmp_path):
    doc, layout = document()
    doc.layers.add("FROZEN").freeze()
    doc.layers.add("OFF").off()
    doc.layers.add("VIEW")
    doc.blocks.new("B").add_line((0, 0), (1000, 0), dxfattribs={"layer": "WALL"})
    outer = doc.blocks.new("C")
    outer.add_blockref("B", (0, 0), dxfattribs={"layer": "WALL"})
    for y, layer in enumerate(("FROZEN", "OFF", "VIEW")):
        doc.modelspace().add_blockref("C", (0, y * 1000), dxfattribs={"layer": layer})
    view = layout.add_viewport(center=(50, 50), size=(80, 80), view_center_point=(0, 0), view_height=8000)
    view.freeze("VIEW")
    drawing = read(doc, tmp_path)
    layers = [drawing.layers[i] for i in drawing.spaces[0].entities.layer]
    assert [layer.name for layer in layers] == ["FROZEN", "WALL", "WALL"]
    assert [layer.visible for layer in layers] == [False, True, True]
    assert segments(sheet(drawing)) == [[(50, 60), (60, 60)]]


@pytest.fixture
def clipped():
    doc = ezdxf.new("R2010", units=4)
    inner = doc.blocks.new("INNER")
    inner.add_line((0, 0), (0, 10))
    block = doc.blocks.new("B")
    block.add_line((-10, 5), (30, 5))
    block.add_blockref("INNER", (25, 0))
    block.add_text("外", height=1, dxfattribs={"insert": (25, 20)})
    insert = doc.modelspace().add_blockref("B", (100, 0), dxfattribs={"xscale": 2, "yscale": 2})
    return doc, insert


def test_a_clipped_reference_shows_its_part_only(clipped, tmp_path):
    doc, insert = clipped
    XClip(insert).set_block_clipping_path([(0, 0), (20, 10)])
    space = read(doc, tmp_path).spaces[0]
    assert segments(space) == [[(100, 10), (140, 10)]]
    assert space.inserts.name == ["B"]


def test_a_clip_that_is_turned_off_hides_nothing(clipped, tmp_path):
    doc, insert = clipped
    XClip(insert).set_block_clipping_path([(0, 0), (20, 10)])
    XClip(insert).disable_clipping()
    assert len(read(doc, tmp_path).spaces[0].entities) == 3


def test_a_clip_in_world_coordinates_of_a_turned_reference(clipped, tmp_path):
    doc, insert = clipped
    insert.dxf.rotation = 90
    XClip(insert).set_wcs_clipping_path([(80, 0), (95, 30)])
    assert segments(read(doc, tmp_path).spaces[0]) == [[(90, 0), (90, 30)]]


def test_an_inverted_clip_shows_what_lies_outside(clipped, tmp_path):
    doc, insert = clipped
    clip_path = XClip(insert)
    clip_path.set_block_clipping_path([(0, 0), (20, 10)])
    clip_path.invert_clipping_path([(-50, -50), (60, 60)], ignore_acad_compatibility=True)
    space = read(doc, tmp_path).spaces[0]
    assert segments(space)[:2] == [[(80, 10), (100, 10)], [(140, 10), (160, 10)]]
    assert len(space.texts) == 1 and space.inserts.name == ["B", "INNER"]
