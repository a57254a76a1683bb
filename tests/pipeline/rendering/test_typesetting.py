"""Laws of letters."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.drawing.stroke_fonts import is_stroke_font
from pipeline.rendering.content import Texts
from pipeline.rendering.glyphs import glyph_source, ring_area
from pipeline.rendering.typesetting import set_lines, set_texts


def texts(*strings: str, width: float = 30.0, height: float = 3.0) -> Texts:
    n = len(strings)
    return Texts(
        entity=np.arange(n, dtype=np.int32),
        string=list(strings),
        origin=np.zeros((n, 2)),
        height=np.full(n, height),
        width=np.full(n, width),
        along=np.tile([1.0, 0.0], (n, 1)),
        font=np.zeros(n, np.int32),
    )


@pytest.mark.parametrize("char", list("HgB8%建筑図①°㎡"))
def test_triangles_cover_exactly_the_outline(char):
    glyph = glyph_source().glyph(ord(char))
    corners = glyph.triangles.reshape(-1, 3, 2)
    one, two = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    covered = np.abs(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]).sum() / 2
    assert covered == pytest.approx(-sum(ring_area(ring) for ring in glyph.contours), rel=1e-6)


def test_a_capital_is_one_high_and_stands_on_the_base_line():
    outline = np.concatenate(glyph_source().glyph(ord("H")).contours)
    assert outline[:, 1].min() == 0 and outline[:, 1].max() == 1


@pytest.mark.parametrize("string", ["M0921", "首层平面图", "混合 Mixed 1:100"])
def test_a_run_is_exactly_as_long_as_it_was_measured(string):
    found = set_texts(texts(string, width=42.0))
    last = glyph_source().glyph(ord(string[-1]))
    assert found.origin[-1, 0] + last.advance * found.along[-1, 0] == pytest.approx(42.0)


def test_the_longest_line_sets_the_stretch_and_lines_stand_five_thirds_apart():
    found = set_texts(texts("长长长长\n短", width=40.0))
    assert found.origin[4].tolist() == pytest.approx([0.0, -5.0])
    assert found.along[4, 0] == pytest.approx(found.along[0, 0])


def test_both_ways_of_setting_agree():
    sample = texts("一层 Plan\nB-2", "x", width=17.0)
    characters = set_texts(sample)
    lines = list(set_lines(sample))
    assert [line[1] for line in lines] == ["一层 Plan", "B-2", "x"]
    starts = characters.origin[[0, 6, 9]]
    assert np.allclose(starts, [line[2] for line in lines])
    assert np.allclose(characters.along[[0, 6, 9]], [line[3] for line in lines])


def test_unknown_width_means_natural_width():
    found = set_texts(texts("HH", width=0.0))
    assert found.along[0, 0] == pytest.approx(3.0)


def test_characters_the_font_lacks_are_counted_and_drawn_as_boxes():
    found = set_texts(texts("A\U0001f600"))
    assert found.missing == 1 and len(found) == 2


def test_blank_and_empty_texts_draw_nothing():
    assert len(set_texts(texts("", "  ", "\n"))) == 0
    assert list(set_lines(texts("", "  ", "\n"))) == []


@pytest.mark.parametrize("char", list("建国图墙火"))
def test_a_chinese_character_in_strokes_is_as_high_as_a_capital(char):
    one = texts(char + "A", height=5.0)
    one.strokes = np.array([True])
    found = set_texts(one)
    ring = np.concatenate(glyph_source().glyph(ord(char)).contours)
    drawn = found.origin[0, 1] + ring[:, 1] * found.height[0]
    assert drawn.min() == pytest.approx(0.0, abs=0.2) and drawn.max() == pytest.approx(5.0, abs=0.2)
    assert found.height[1] == 5.0 and found.origin[1, 1] == 0.0
    one.strokes = np.array([False])
    assert set_texts(one).along == pytest.approx(found.along) and set_texts(one).height.tolist() == [5.0, 5.0]


def test_lines_and_characters_stand_alike_in_strokes():
    one = texts("一层 Plan 平面\n图1", width=40.0)
    one.strokes, one.along = np.array([True]), np.array([[0.6, 0.8]])
    places = {(0, "一层 "): 0, (0, "Plan "): 2, (0, "平面"): 6, (0, "图"): 8, (0, "1"): 9}
    found = set_texts(one)
    runs = list(set_lines(one))
    assert [(row, run) for row, run, *_ in runs] == list(places)
    for (_, _, origin, along, up), place in zip(runs, places.values(), strict=True):
        assert origin == pytest.approx(found.origin[place]) and along == pytest.approx(found.along[place])
        assert np.hypot(*up) == pytest.approx(found.height[place])


def test_only_shx_fonts_are_strokes():
    stroke = ["txt", "gbenor.shx+gbcbig.shx", "tssdeng+hztxt", "SIMPLEX.SHX"]
    assert all(map(is_stroke_font, stroke)) and not any(map(is_stroke_font, ["simsun.ttc", "宋体", "Arial"]))
