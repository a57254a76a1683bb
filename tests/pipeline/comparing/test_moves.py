"""Moved, turned and nested things: what a person would tell where several readings are possible."""

import itertools
import math

import numpy as np
import pytest

from pipeline.comparing.boxes import components, meeting_pairs
from pipeline.comparing.displacements import sharpened
from pipeline.comparing.engine import compare_sheets
from tests.pipeline.comparing.drawings import drawing, plan

ROTATED = (math.cos(-0.55), -math.sin(-0.55), math.sin(-0.55), math.cos(-0.55), 4000.0, -900.0)


def window(x, y, insert):
    return [([(x, y), (x + 1500, y), (x + 1500, y + 200), (x, y + 200), (x, y)], 2, insert)] + [
        ([(x, y + 100), (x + 1500, y + 100)], 2, insert)
    ]


def basin(x, y, insert):
    """A symbol without symmetry."""
    return [
        ([(x, y), (x + 600, y), (x + 600, y + 400), (x + 250, y + 400), (x, y)], 2, insert),
        ([(x + 100, y + 50), (x + 500, y + 50)], 2, insert),
        ([(x + 450, y + 100), (x + 450, y + 350)], 2, insert),
    ]


def compare(old_extra, new_extra, matrix=(1, 0, 0, 1, 0, 0)):
    strokes, labels = plan()
    old, new = drawing(strokes + old_extra, labels), drawing(strokes + new_extra, labels, matrix=matrix)
    return compare_sheets(old, old.sheets[0], new, new.sheets[0]).differences


def test_of_equal_things_one_moved_and_one_removed_the_nearest_pair_is_the_move():
    found = compare(window(1000, 1500, 4) + window(6500, 3000, 5), window(6500, 3800, 5))
    told = {d.kind: d for d in found}
    assert set(told) == {"moved", "removed"} and len(found) == 2
    assert told["moved"].delta == pytest.approx((0, 800), abs=1)
    assert told["removed"].bbox == pytest.approx((1000, 1500, 2500, 1700), abs=3)


@pytest.mark.parametrize("matrix", [(1, 0, 0, 1, 0, 0), ROTATED])
def test_a_thing_turned_where_it_stands_is_told_so_on_a_turned_sheet_too(matrix):
    centre = np.array([1300, 2200])
    turned = [
        ([(centre[0] - (y - centre[1]), centre[1] + (x - centre[0])) for x, y in p], k, i)
        for p, k, i in basin(1000, 2000, 4)
    ]
    (difference,) = compare(basin(1000, 2000, 4), turned, matrix)
    assert (difference.kind, difference.attribute, difference.new) == ("modified", "rotation", "90°")


def test_turned_in_place_wins_over_a_copy_elsewhere_that_kept_the_direction():
    centre = np.array([1300, 2200])
    turned = [
        ([(centre[0] - (y - centre[1]), centre[1] + (x - centre[0])) for x, y in p], k, i)
        for p, k, i in basin(1000, 2000, 4)
    ]
    found = compare(basin(1000, 2000, 4), turned + basin(2600, 1700, 5))
    assert sorted((d.kind, d.attribute) for d in found) == [("added", ""), ("modified", "rotation")]


def test_a_frame_does_not_swallow_what_was_added_inside_it():
    frame = [([(-2000, -2000), (20000, -2000), (20000, 14000), (-2000, 14000), (-2000, -2000)], 0, -1)]
    found = compare([], [*frame, ([(500, 500), (500, 1700)], 0, -1)])
    assert [d.kind for d in found] == ["added", "added"]


def test_the_displacement_is_as_exact_as_the_ends_say():
    placed = np.array([[0, 0, 100, 0], [100, 0, 100, 50], [100, 50, 0, 0]], float)
    found = np.vstack([placed + np.tile([3.0, -2.0], 2), [[40, 40, 300, 40]]])
    assert sharpened(placed, found, 12.0) == pytest.approx([3, -2], abs=1e-6)
    assert sharpened(placed, np.zeros((0, 4)), 12.0) == pytest.approx([0, 0])


def test_boxes_that_touch_are_found_without_looking_at_all_pairs():
    rng = np.random.default_rng(2)
    low = rng.uniform(0, 100, (60, 2))
    boxes = np.hstack([low, low + rng.uniform(0, 12, (60, 2))])
    slow = {
        (i, j)
        for i in range(60)
        for j in range(i + 1, 60)
        if (boxes[i, :2] <= boxes[j, 2:] + 1).all() and (boxes[j, :2] <= boxes[i, 2:] + 1).all()
    }
    assert {tuple(pair) for pair in meeting_pairs(boxes, 1.0).tolist()} == slow
    parts = components(60, meeting_pairs(boxes, 1.0))
    assert sorted(int(k) for part in parts for k in part) == list(range(60))
    assert [int(part[0]) for part in parts] == sorted(int(part[0]) for part in parts)


def test_a_symmetric_thing_that_overlaps_its_old_place_was_moved_not_mirrored():
    (difference,) = compare(window(1000, 1500, 4), window(1300, 1500, 4))
    assert difference.kind == "moved" and difference.delta == pytest.approx((300, 0), abs=1)


def test_an_edge_that_was_hidden_at_the_old_place_belongs_to_the_move():
    square = [([(1000, 4000), (1400, 4000), (1400, 4400), (1000, 4400), (1000, 4000)], 2, -1)]
    on_line = [([(500, 4400), (1500, 4400)], 2, -1)]
    free = [([(2500, 4000), (2900, 4000), (2900, 4400), (2500, 4400), (2500, 4000)], 2, -1)]
    lines = [([a, b], 2, -1) for a, b in itertools.pairwise(square[0][0])]
    (difference,) = compare(on_line + lines, on_line + free)
    assert difference.kind == "moved" and difference.delta == pytest.approx((1500, 0), abs=1)


def test_a_long_frame_on_one_side_does_not_make_layers_incomparable():
    frame = [([(-40000, -30000), (60000, -30000), (60000, 40000), (-40000, 40000), (-40000, -30000)], 4, -1)]
    (added, layer) = sorted(
        compare(window(1000, 1500, 4), frame + [(p, 1, i) for p, _, i in window(1000, 1500, 4)]),
        key=lambda d: d.cls != "geometry",
    )
    assert (added.kind, layer.attribute, layer.old, layer.new) == ("added", "layer", "DOOR", "WALL")
