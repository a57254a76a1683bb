"""Laws of clipping, rings and comparison by lines."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.drawing.sheet_space import apply, invert
from pipeline.rendering.comparison_picture import split_lines
from pipeline.rendering.glyphs import ring_area
from pipeline.rendering.overlay import cloud
from pipeline.rendering.pack_fills import clip_triangles, even_odd
from pipeline.rendering.pack_lines import clip_segments

BOX = (0.0, 0.0, 10.0, 10.0)
number = st.floats(-30, 30, allow_nan=False).map(lambda value: round(value, 3))


def soup_area(soup: np.ndarray) -> float:
    corners = soup.reshape(-1, 3, 2)
    one, two = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return float(np.abs(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]).sum() / 2)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(number, number, number, number), min_size=1, max_size=8))
def test_clipped_segments_are_what_shapely_says(rows):
    xy = np.array(rows, float)
    clipped, kept = clip_segments(xy, BOX)
    lengths = dict.fromkeys(range(len(xy)), 0.0)
    for line, row in zip(clipped, kept.tolist(), strict=True):
        lengths[row] = float(np.hypot(*(line[2:] - line[:2])))
        assert (line > -1e-9).all() and (line < 10 + 1e-9).all()
    for row, line in enumerate(xy):
        expected = shapely.LineString(line.reshape(2, 2)).intersection(shapely.box(*BOX)).length
        assert lengths[row] == pytest.approx(expected, abs=1e-6)


def test_numbers_that_are_not_finite_are_left_out():
    clipped, kept = clip_segments(np.array([[0, 0, np.nan, 1], [1, 1, 2, 2]], float), BOX)
    assert kept.tolist() == [1] and len(clipped) == 1


@settings(max_examples=100, deadline=None)
@given(st.tuples(number, number, number, number, number, number))
def test_clipped_triangles_keep_the_area_inside(corners):
    soup, _ = clip_triangles(np.array([corners]), BOX)
    triangle = shapely.Polygon(np.reshape(corners, (3, 2)))
    assert soup_area(soup) == pytest.approx(triangle.intersection(shapely.box(*BOX)).area, abs=1e-6)


def square(low: float, high: float) -> np.ndarray:
    return np.array([[low, low], [high, low], [high, high], [low, high]])


def test_rings_within_rings_alternate():
    soup = even_odd([square(4, 6), square(0, 10), square(2, 8), square(20, 21)])
    assert soup_area(soup) == pytest.approx(100 - 36 + 4 + 1)


def test_direction_of_rings_does_not_matter():
    assert soup_area(even_odd([square(0, 10)[::-1], square(2, 8)])) == pytest.approx(64)


def test_flat_rings_are_left_out():
    assert len(even_odd([np.array([[0, 0], [5, 0], [9, 0.0]])])) == 0


def test_a_transform_times_its_inverse_changes_nothing():
    matrix = (30.0, -40.0, 40.0, 30.0, 5e8, 4e6)
    points = np.array([[1.5, 2.5], [841.0, 594.0]])
    assert np.allclose(apply(invert(matrix), apply(matrix, points)), points, atol=1e-6)


def test_a_cloud_goes_round_its_box_and_bulges_outwards():
    ring = cloud((0.0, 0.0, 40.0, 20.0))
    assert abs(ring_area(ring)) > 800
    assert ring[:, 0].min() < 0 and ring[:, 1].max() > 20


def test_lines_are_common_in_either_direction_and_within_tolerance():
    rng = np.random.default_rng(3)
    old = rng.uniform(0, 800, (500, 4))
    new = old.copy()
    new[::2] = new[::2][:, [2, 3, 0, 1]]
    new += rng.uniform(-0.04, 0.04, new.shape)
    new[0] += 5
    gone, stays = split_lines(old, new)
    come, _ = split_lines(new, old)
    assert gone.tolist() == [0] and come.tolist() == [0] and len(stays) == 499


def test_nothing_is_common_with_nothing():
    lines = np.array([[0, 0, 1, 1.0]])
    assert split_lines(lines, np.zeros((0, 4)))[0].tolist() == [0]
