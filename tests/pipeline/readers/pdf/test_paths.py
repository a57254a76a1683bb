"""Geometry of PDF paths: curves, closing, clips, fill rules, painting order."""

import math

import numpy as np
import pymupdf
import pytest

from pipeline.drawing.kinds import EntityKind
from pipeline.readers.pdf.paths import CHORD_ERROR
from pipeline.readers.registry import read_path
from tests.pipeline.readers.pdf.pages import MM, drawn, parts


def test_every_operator_keeps_its_points_and_its_closing(tmp_path):
    space = drawn(tmp_path, "10 10 m 20 10 l 20 20 l S 30 30 m 40 30 l 40 40 l h S 50 50 20 10 re S 60 60 m 70 70 l S")
    table = space.entities
    assert table.kind.tolist() == [EntityKind.POLYLINE] * 3 + [EntityKind.LINE]
    assert table.part_closed.tolist() == [0, 1, 1, 0]
    assert np.allclose(parts(space, 0)[0], [(10, 10), (20, 10), (20, 20)], atol=1e-3)
    assert np.allclose(parts(space, 1)[0], [(30, 30), (40, 30), (40, 40)], atol=1e-3)
    assert sorted(map(tuple, parts(space, 2)[0].round(2).tolist())) == [(50, 50), (50, 60), (70, 50), (70, 60)]


def test_a_path_of_two_lines_apart_is_one_entity_of_two_parts(tmp_path):
    space = drawn(tmp_path, "10 10 m 20 10 l 30 30 m 40 30 l S")
    assert space.entities.kind.tolist() == [EntityKind.PATH]
    assert [len(p) for p in parts(space, 0)] == [2, 2]


@pytest.mark.parametrize("radius", [2, 20, 90])
def test_curves_are_as_fine_as_their_size_asks(tmp_path, radius):
    k = 0.5522847498 * radius
    space = drawn(
        tmp_path, f"{100 + radius} 100 m {100 + radius} {100 + k} {100 + k} {100 + radius} 100 {100 + radius} c S"
    )
    points = parts(space, 0)[0]
    mid = (points[1:] + points[:-1]) / 2
    sagitta = np.abs(np.hypot(*(mid - 100).T) - radius).max()
    assert sagitta < 1.5 * CHORD_ERROR + 3e-4 * radius  # four Beziers of a circle are themselves 2.7e-4 off


def test_a_fill_under_a_stroke_comes_first_and_the_order_of_painting_stays(tmp_path):
    space = drawn(tmp_path, "0 0 1 rg 10 10 20 20 re B 1 0 0 RG 0 0 m 5 5 l S 0 1 0 rg 50 50 20 20 re f")
    assert space.entities.kind.tolist() == [
        EntityKind.FILL,
        EntityKind.POLYLINE,
        EntityKind.LINE,
        EntityKind.FILL,
    ]
    assert [f"{c:08x}" for c in space.entities.color.tolist()] == ["0000ffff", "000000ff", "ff0000ff", "00ff00ff"]


def test_non_zero_rings_that_turn_alike_have_no_holes_and_even_odd_ones_do(tmp_path):
    outer = "10 10 m 90 10 l 90 90 l 10 90 l h "
    alike, against = "30 30 m 60 30 l 60 60 l 30 60 l h ", "30 30 m 30 60 l 60 60 l 60 30 l h "
    solid = drawn(tmp_path, outer + alike + "f").entities
    assert solid.part_count.tolist() == [1, 1]
    assert drawn(tmp_path, outer + against + "f").entities.part_count.tolist() == [2]
    assert drawn(tmp_path, outer + alike + "f*").entities.part_count.tolist() == [2]


def test_what_lies_outside_its_clip_is_no_ink_and_what_crosses_it_ends_there(tmp_path):
    space = drawn(
        tmp_path,
        "q 0 0 100 100 re W n 50 50 m 150 50 l S 120 120 m 150 150 l S 80 80 40 40 re f Q 120 120 m 130 130 l S",
    )
    kinds = space.entities.kind.tolist()
    assert kinds == [EntityKind.LINE, EntityKind.FILL, EntityKind.LINE]
    assert np.allclose(parts(space, 0)[0], [(50, 50), (100, 50)], atol=0.6)  # half the pen is seen beyond the edge
    assert np.allclose(parts(space, 1)[0].max(axis=0), (100, 100), atol=0.1)
    assert np.allclose(parts(space, 2)[0], [(120, 120), (130, 130)], atol=1e-3)


def test_clips_within_clips_and_after_them(tmp_path):
    space = drawn(
        tmp_path,
        "q 0 0 100 100 re W n q 0 0 50 50 re W n 10 10 m 90 10 l S Q 10 20 m 190 20 l S Q 10 30 m 190 30 l S",
    )
    ends = [float(parts(space, row)[0][:, 0].max()) for row in range(3)]
    assert np.allclose(ends, [50, 100, 190], atol=0.6)


def test_a_closed_line_is_cut_into_what_is_seen_of_it(tmp_path):
    space = drawn(tmp_path, "q 50 0 100 200 re W n 20 20 m 180 20 l 180 180 l 20 180 l h S Q")
    seen = parts(space, 0)
    assert len(seen) == 2
    assert np.allclose(sorted(float(p[0, 1]) for p in seen), [20, 180], atol=1e-3)
    assert all(np.allclose(sorted(p[:, 0]), [50, 150], atol=0.6) for p in seen)


def test_a_triangle_is_cut_to_its_clip(tmp_path):
    space = drawn(tmp_path, "q 0 0 50 200 re W n 0 0 m 100 0 l 0 100 l f Q")
    ring = parts(space, 0)[0]
    x, y = ring.T
    area = abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
    assert area == pytest.approx(5000 - 1250, rel=1e-3)


def test_content_beyond_the_crop_box_is_not_on_the_sheet(tmp_path):
    doc = pymupdf.open()
    page = doc.new_page(width=200, height=200)
    page.draw_line((10, 10), (20, 20))
    page.draw_line((110, 110), (190, 110))
    page.insert_text((10, 30), "outside")
    page.insert_text((110, 150), "inside")
    page.set_cropbox((100, 100, 150, 200))
    path = tmp_path / "cropped.pdf"
    doc.save(path)
    space = read_path(path, path.name).spaces[0]
    assert space.size_mm == pytest.approx((50 * MM, 100 * MM), abs=1e-3)
    assert space.texts.string == ["inside"]
    line = parts(space, 0)[0]
    assert np.allclose(line, [(10, 90), (50, 90)], atol=0.6)


def test_circles_keep_their_centre_and_radius_and_ellipses_do_not_pass_for_one(tmp_path):
    doc = pymupdf.open()
    page = doc.new_page(width=200, height=200)
    page.draw_circle((100, 100), 40)
    page.draw_oval((10, 10, 60, 30))
    path = tmp_path / "circles.pdf"
    doc.save(path)
    table = read_path(path, path.name).spaces[0].entities
    assert table.kind.tolist() == [EntityKind.CIRCLE, EntityKind.POLYLINE]
    assert np.allclose(table.arcs, [[0, 100 * MM, 100 * MM, 40 * MM, 0, 2 * math.pi]], atol=0.02)


def test_opacity_width_and_dashes(tmp_path):
    doc = pymupdf.open()
    page = doc.new_page(width=200, height=200)
    page.draw_line((0, 5), (50, 5), width=2, stroke_opacity=0.5)
    page.draw_line((0, 9), (50, 9), dashes="[8 2 1 2] 0")
    page.draw_line((0, 19), (50, 19), dashes="[0.5 3] 0")
    path = tmp_path / "looks.pdf"
    doc.save(path)
    table = read_path(path, path.name).spaces[0].entities
    assert table.color[0] & 0xFF == pytest.approx(128, abs=1)
    assert table.width_mm[0] == pytest.approx(2 * MM, rel=1e-3)
    assert table.dashed.tolist() == [0, 2, 3]


def test_a_soft_mask_around_a_picture_does_not_hide_the_lines_after_it(tmp_path):
    doc = pymupdf.open()
    page = doc.new_page(width=200, height=200)
    page.draw_rect((10, 10, 40, 40))
    picture = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 8, 8), True)
    picture.clear_with(90)
    page.insert_image((50, 50, 90, 90), pixmap=picture)
    page.draw_line((120, 120), (180, 180))
    path = tmp_path / "masked.pdf"
    doc.save(path)
    space = read_path(path, path.name).spaces[0]
    assert sorted(space.entities.kind.tolist()) == sorted([EntityKind.POLYLINE, EntityKind.IMAGE, EntityKind.LINE])


def test_content_shown_only_while_another_layer_is_off_is_read_too(tmp_path):
    doc = pymupdf.open()
    page = doc.new_page(width=200, height=200)
    group = doc.add_ocg("BASE", on=True)
    either = doc.set_ocmd(ocgs=[group], policy="AllOff")
    page.insert_text((10, 100), "alternative", oc=either)
    path = tmp_path / "layers.pdf"
    doc.save(path)
    assert read_path(path, path.name).spaces[0].texts.string == ["alternative"]


def test_rings_side_by_side_stay_one_fill(tmp_path):
    space = drawn(tmp_path, "10 10 20 20 re 50 50 20 20 re f")
    assert space.entities.part_count.tolist() == [2]


def test_layers_within_layers_keep_their_names(tmp_path):
    doc = pymupdf.open()
    page = doc.new_page(width=200, height=200)
    page.draw_line((0, 0), (1, 1))
    outer, inner = doc.add_ocg("BASE"), doc.add_ocg("WALL")
    page.insert_text((10, 100), "x")
    fonts = doc.xref_get_key(page.xref, "Resources/Font")[1]
    properties = f"<</O {outer} 0 R/I {inner} 0 R>>"
    doc.xref_set_key(page.xref, "Resources", f"<</Properties {properties}/Font {fonts}>>")
    for xref in page.get_contents()[1:]:
        doc.update_stream(xref, b" ")
    content = (
        b"/OC /O BDC 0 0 m 9 9 l S /OC /I BDC 0 9 m 9 9 l S EMC 9 0 m 9 9 l S BT /helv 9 Tf (t) Tj ET EMC 1 1 m 2 2 l S"
    )
    doc.update_stream(page.get_contents()[0], content)
    path = tmp_path / "nested.pdf"
    doc.save(path)
    drawing = read_path(path, path.name)
    table = drawing.spaces[0].entities
    assert [drawing.layers[row].name for row in table.layer] == ["BASE", "WALL", "BASE", "BASE", ""]


def test_a_tiling_pattern_is_said_to_be_read_in_part(tmp_path):
    doc = pymupdf.open()
    page = doc.new_page(width=200, height=200)
    page.draw_line((0, 0), (1, 1))
    cell = doc.get_new_xref()
    kinds = "/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 10 10]/XStep 10/YStep 10/Resources<<>>"
    doc.update_object(cell, f"<</Type/Pattern{kinds}>>")
    doc.update_stream(cell, b"0 0 m 10 10 l S")
    doc.xref_set_key(page.xref, "Resources", f"<</Pattern<</P {cell} 0 R>>>>")
    doc.update_stream(page.get_contents()[0], b"/Pattern cs /P scn 20 20 100 100 re f 5 5 m 9 9 l S")
    path = tmp_path / "pattern.pdf"
    doc.save(path)
    drawing = read_path(path, path.name)
    assert drawing.coverage.skipped == {"pattern": 1}
    assert "page_patterns" in {d.code for d in drawing.defects}


def test_a_rectangle_painted_over_an_outline_that_clips_it_is_that_outline(tmp_path):
    space = drawn(tmp_path, "q 0 0 150 150 re W n q 20 20 m 80 20 l 50 80 l h W n 1 0 0 rg 0 0 200 200 re f Q Q")
    assert space.entities.kind.tolist() == [EntityKind.FILL]
    assert np.allclose(parts(space, 0)[0], [(20, 20), (80, 20), (50, 80)], atol=1e-3)


def test_an_even_odd_clip_gives_the_fill_its_holes(tmp_path):
    frame = "10 10 m 90 10 l 90 90 l 10 90 l h 30 30 m 60 30 l 60 60 l 30 60 l h"
    assert drawn(tmp_path, f"q {frame} W* n 0 0 200 200 re f Q").entities.part_count.tolist() == [2]
    assert drawn(tmp_path, f"q {frame} W n 0 0 200 200 re f Q").entities.part_count.tolist() == [1, 1]
