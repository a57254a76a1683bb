"""Laws of comparing drawn sheets."""

import math

import numpy as np
import pytest

from pipeline.comparing.changes import invert
from pipeline.comparing.engine import compare_drawings, compare_sheets
from pipeline.drawing.kinds import Format, SpaceKind
from tests.pipeline.comparing.drawings import door, drawing, exploded, plan, shifted

TURNED = (0.001 * math.cos(0.3), -0.001 * math.sin(0.3), 0.001 * math.sin(0.3), 0.001 * math.cos(0.3), 55.0, -70.0)


def compare(old, new, **more):
    return compare_sheets(old, old.sheets[0], new, new.sheets[0], **more)


def test_equal_sheets_are_skipped_and_said_to_be_equal():
    result = compare(drawing(*plan()), drawing(*plan()))
    assert result.identical and result.differences == [] and "相同" in result.notes[0]["zh"]


@pytest.mark.parametrize("matrix", [(1, 0, 0, 1, 0, 0), (1, 0, 0, 1, 4e8, -3e8), (0, -1, 1, 0, 500, 900), TURNED])
def test_exploding_splitting_reversing_shuffling_and_jitter_are_no_differences(matrix):
    strokes, labels = plan()
    old = drawing(strokes, labels)
    new = drawing(exploded(strokes, np.random.default_rng(5)), labels, matrix=matrix)
    result = compare(old, new)
    assert result.comparable and result.differences == []


@pytest.mark.parametrize("matrix", [(1, 0, 0, 1, 0, 0), (0, -1, 1, 0, 500, 900)])
def test_a_moved_door_is_one_move_with_its_displacement(matrix):
    strokes, labels = plan()
    result = compare(drawing(strokes, labels), drawing(shifted(strokes, 1, 300, 0), labels, matrix=matrix))
    assert [d.kind for d in result.differences] == ["moved"]
    assert math.hypot(*result.differences[0].delta) == pytest.approx(300, abs=1)
    assert result.differences[0].what.startswith("门")


def test_a_move_that_overlaps_its_old_place_stays_one_move():
    strokes, labels = plan()
    result = compare(drawing(strokes, labels), drawing(shifted(strokes, 3, 0, 50), labels))
    assert [d.kind for d in result.differences] == ["moved"]
    assert result.differences[0].delta == pytest.approx((0, 50), abs=2)


def test_an_added_wall_and_a_removed_door_are_told_with_their_places():
    strokes, labels = plan()
    changed = [s for s in strokes if s[2] != 2] + [([(2000, 1000), (2000, 2600)], 1, -1)]
    result = compare(drawing(strokes, labels), drawing(changed, labels))
    told = {d.kind: d for d in result.differences}
    assert set(told) == {"added", "removed"} and len(result.differences) == 2
    assert told["added"].bbox == pytest.approx((2000, 1000, 2000, 2600), abs=2) and "墙" in told["added"].what
    assert told["removed"].bbox == pytest.approx((15200, 6300, 16000, 7100), abs=60)


def test_a_door_turned_in_place_is_modified_and_says_the_angle():
    strokes, labels = plan()
    leaf = [s for s in strokes if s[2] == 1]
    xs = np.vstack([np.array(p) for p, _, _ in leaf])
    cx, cy = (xs.min(0) + xs.max(0)) / 2
    turned = [([(cx - (y - cy), cy + (x - cx)) for x, y in p], k, i) for p, k, i in leaf]
    result = compare(drawing(strokes, labels), drawing([s for s in strokes if s[2] != 1] + turned, labels))
    assert [(d.kind, d.attribute) for d in result.differences] == [("modified", "rotation")]
    assert result.differences[0].new.startswith("90°")


def test_a_changed_text_is_modified_with_both_strings():
    strokes, labels = plan()
    changed = [("3900", *rest) if s == "3600" else (s, *rest) for s, *rest in labels]
    result = compare(drawing(strokes, labels), drawing(strokes, changed))
    assert [(d.kind, d.cls, d.old, d.new) for d in result.differences] == [("modified", "text", "3600", "3900")]


def test_a_changed_layer_is_an_attribute_and_cosmetic():
    strokes, labels = plan()
    changed = [(p, 0 if p[0] == (4200, 0) else k, i) for p, k, i in strokes]
    result = compare(drawing(strokes, labels), drawing(changed, labels))
    assert [(d.cls, d.old, d.new, d.material) for d in result.differences] == [("attribute", "WALL", "0", False)]


def test_a_lengthened_line_is_modified_with_both_lengths():
    strokes, labels = plan()
    changed = [([(9100, 9300), (16700, 9300)], k, i) if p[0] == (9100, 9300) else (p, k, i) for p, k, i in strokes]
    (difference,) = compare(drawing(strokes, labels), drawing(changed, labels)).differences
    assert (difference.kind, difference.attribute, difference.old, difference.new) == (
        "modified",
        "length",
        "6400",
        "7600",
    )


def test_plots_of_other_scale_and_offset_agree_and_moves_are_in_millimetres_of_reality():
    strokes, labels = plan()
    old = drawing(strokes, labels, matrix=(0.01, 0, 0, 0.01, 20, 30), kind=SpaceKind.PAGE, fmt=Format.PDF, scale=100)
    same = drawing(strokes, labels, matrix=(0.02, 0, 0, 0.02, 5, 9), kind=SpaceKind.PAGE, fmt=Format.PDF, scale=50)
    assert compare(old, same).differences == []
    moved = shifted(strokes, 1, 400, 0)
    new = drawing(moved, labels, matrix=(0.02, 0, 0, 0.02, 5, 9), kind=SpaceKind.PAGE, fmt=Format.PDF, scale=50)
    (difference,) = compare(old, new).differences
    assert difference.kind == "moved" and difference.delta == pytest.approx((400, 0), abs=2)


def test_another_plan_is_not_comparable_and_asks_for_two_points():
    rng = np.random.default_rng(3)
    other = [([tuple(p) for p in rng.uniform(0, 9000, (2, 2))], 1, -1) for _ in range(60)]
    result = compare(drawing(*plan()), drawing(other, []))
    assert not result.comparable and result.differences == [] and result.transform is None
    assert "两个对应点" in result.reason_zh and "two matching points" in result.reason_en


def test_a_symmetric_plan_turned_is_not_guessed_but_two_points_settle_it():
    square = [([(0, 0), (8000, 0), (8000, 8000), (0, 8000), (0, 0)], 1, -1)]
    square += [([(0, y), (8000, y)], 1, -1) for y in (2000, 6000)] + [
        ([(x, 0), (x, 8000)], 1, -1) for x in (2000, 6000)
    ]
    old, new = drawing(square, []), drawing(square, [], matrix=(0.1, 0, 0, 0.1, 77, 33))
    assert not compare(old, new).comparable
    settled = compare(old, new, points=[[[0, 0], [0, 0]], [[8000, 0], [800, 0]]])
    assert settled.comparable and settled.method == "points" and settled.differences == []


def test_inverting_a_comparison_equals_comparing_the_other_way_round():
    strokes, labels = plan()
    one, two = drawing(strokes, labels), drawing(strokes + door(5200, 1500, 900, 9), labels)
    there, back = compare(one, two), compare(two, one)
    assert [d.kind for d in there.differences] == ["added"]
    assert [d.kind for d in there.invert().differences] == [d.kind for d in back.differences]
    assert invert(invert(there.differences))[0].key == there.differences[0].key


def test_keys_are_stable_and_unique():
    strokes, labels = plan()
    new = drawing(shifted(strokes, 1, 300, 0) + [([(500, 500), (500, 1700)], 1, -1)], labels[1:])
    first, second = (compare(drawing(strokes, labels), new).differences for _ in range(2))
    assert [d.key for d in first] == [d.key for d in second] and len({d.key for d in first}) == len(first) == 3


def test_boxes_are_in_sheet_millimetres_on_both_sheets():
    strokes, labels = plan()
    new = drawing(strokes + [([(2000, 1000), (2000, 2600)], 1, -1)], labels, matrix=(1, 0, 0, 1, 7e5, 9e5))
    (difference,) = compare(drawing(strokes, labels), new).differences
    assert difference.box_new == pytest.approx((2000, 1000, 2000, 2600), abs=3)
    assert difference.box_old == pytest.approx((2000, 1000, 2000, 2600), abs=3)
    assert difference.bbox[0] == pytest.approx(7e5 + 2000, abs=3)


def test_entities_on_layers_that_are_off_are_counted_not_compared():
    strokes, labels = plan()
    hidden = drawing(strokes + [([(500, 500), (900, 900)], 4, -1)], labels)
    hidden.layers.append(type(hidden.layers[0])("OFF", visible=False))
    result = compare(drawing(strokes, labels), hidden)
    assert result.differences == [] and any("关闭图层" in note["zh"] for note in result.notes)


def test_a_hundred_thousand_segments_stay_within_seconds():
    rng = np.random.default_rng(1)
    start = rng.uniform(0, 200_000, (100_000, 2))
    end = start + rng.uniform(-900, 900, (100_000, 2))
    strokes = [([tuple(a), tuple(b)], 1, -1) for a, b in zip(start, end, strict=True)]
    moved = shifted([(p, k, 7 if n == 40 else -1) for n, (p, k, _) in enumerate(strokes)], 7, 5000, 0)
    result = compare(drawing(strokes, []), drawing(moved, []))
    assert 1 <= len(result.differences) <= 2 and result.seconds < 30


def test_the_document_of_two_drawings_holds_what_the_contract_names():
    strokes, labels = plan()
    told = compare_drawings(drawing(strokes, labels), drawing(shifted(strokes, 1, 300, 0), labels)).to_json()
    assert told["schema"] == "tushen.comparison/1" and len(told["changes"]) == 1
    assert told["sheets"][0]["old"]["number"] == "建施-01" and told["unpaired"] == []
    assert np.array(told["transform"]).shape == (2, 3)
