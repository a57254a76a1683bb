"""Laws of registration."""

import math

import numpy as np
import pytest

from pipeline.comparing.content import content_of, squash, stated_scale
from pipeline.comparing.registration import register, similarity_of_points
from pipeline.comparing.segments import map_points, merge_collinear, scale_of
from tests.pipeline.comparing.drawings import drawing, plan


def contents(matrix, keep=1.0, labels=True):
    strokes, texts = plan()
    new = strokes[: max(3, int(len(strokes) * keep))]
    pair = (drawing(strokes, texts if labels else []), drawing(new, texts if labels else [], matrix=matrix))
    return [content_of(d, d.sheets[0]) for d in pair]


@pytest.mark.parametrize("scale", [1.0, 0.001, 1 / 25.4, 0.01, 0.0123])
@pytest.mark.parametrize("degrees", [0, 90, 180, 17.3])
def test_no_unit_and_no_scale_is_trusted(scale, degrees):
    angle = math.radians(degrees)
    c, s = scale * math.cos(angle), scale * math.sin(angle)
    old, new = contents((c, -s, s, c, 1234.5, -77.0))
    found = register(old, new)
    corners = np.array([[old.box[0], old.box[1]], [old.box[2], old.box[3]]])
    truth = corners @ np.array([[c, -s], [s, c]]).T + [1234.5, -77.0]
    assert found.comparable
    assert np.abs(map_points(found.transform, corners) - truth).max() < 1e-5 * new.diagonal


def test_a_mirrored_sheet_is_registered_and_said_to_be_mirrored():
    old, new = contents((-1, 0, 0, 1, 9000, 0))
    found = register(old, new)
    assert found.comparable and found.mirrored
    assert np.linalg.det(found.transform[:, :2]) < 0


def test_a_sheet_with_a_third_missing_is_still_registered():
    old, new = contents((0, -1, 1, 0, 100, 200), keep=0.7)
    found = register(old, new)
    assert found.comparable and scale_of(found.transform) == pytest.approx(1, abs=1e-6)


def test_the_scale_never_collapses_to_a_point():
    old, new = contents((1, 0, 0, 1, 0, 0), keep=0.3)
    assert scale_of(register(old, new).transform) > 0.5


def test_two_given_points_are_the_registration():
    found = similarity_of_points([[[0, 0], [10, 10]], [[100, 0], [10, 60]]])
    assert map_points(found, np.array([[100.0, 0.0]]))[0] == pytest.approx([10, 60])
    with pytest.raises(ValueError):
        similarity_of_points([[[0, 0], [1, 1]], [[0, 0], [2, 2]]])


def test_collinear_pieces_are_merged_and_parallel_ones_are_not():
    seg = np.array([[0, 0, 10, 0], [20, 0, 10, 0], [0, 5, 10, 5], [40, 0, 50, 0]], float)
    merged = merge_collinear(seg, 0.1)
    assert sorted(np.round(np.hypot(merged[:, 2] - merged[:, 0], merged[:, 3] - merged[:, 1]), 6)) == [10, 10, 20]


def test_texts_are_equal_whatever_their_blanks_width_and_case():
    assert squash("Ｍ 0921\n a") == squash("m0921A")


def test_a_stated_scale_is_read_only_when_it_is_the_only_one():
    assert stated_scale(["比例 1:100", "1:50"]) == 100 and stated_scale(["SCALE 1：25"]) == 25
    assert stated_scale(["1:100", "1:50"]) is None and stated_scale(["12:30", "1.1:200"]) is None
