"""A difference is a value: told from new to old it is what comparing the other way round says."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.comparing.changes import Difference, difference_from_json, invert
from pipeline.comparing.comparison import comparison_from_json
from pipeline.comparing.engine import compare_drawings, compare_sheets, forward
from pipeline.comparing.inversion import inverted_details, inverted_sentence
from pipeline.drawing.kinds import Format, SpaceKind
from tests.pipeline.comparing.drawings import drawing, plan
from tests.pipeline.comparing.edits import edited, edits
from tests.pipeline.comparing.test_elements import ROWS, model, replace_row

PLOT = {"matrix": (0.01, 0, 0, 0.01, 20, 30), "kind": SpaceKind.PAGE, "fmt": Format.PDF, "scale": 100.0}
TURNED_PLOT = {**PLOT, "matrix": (0, 0.01, -0.01, 0, 400, 30)}
SIDES = ({}, {"matrix": (1, 0, 0, 1, 4e5, -3e5)}, {"matrix": (0, 1, -1, 0, 0, 0)}, PLOT, TURNED_PLOT)


def timeless(comparison):
    """The whole document without what the clock wrote."""
    told = comparison.to_json()
    whole = {**told, "sheets": [one.to_json() for one in comparison.sheets]}
    return json.loads(json.dumps(whole), object_hook=lambda d: {k: v for k, v in d.items() if k != "seconds"})


@settings(max_examples=25, deadline=None)
@given(edits(), st.sampled_from(SIDES), st.sampled_from(SIDES))
def test_inverting_a_comparison_of_drawings_equals_comparing_the_other_way_round(wanted, one, two):
    old, new = drawing(*plan(), **one), drawing(*edited(wanted), **two)
    there, back = compare_drawings(old, new), compare_drawings(new, old)
    assert timeless(there.invert()) == timeless(back) and timeless(back.invert()) == timeless(there)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(0, 5), unique=True, max_size=3),
    st.sampled_from(["moved", "renamed", "gone", "property", "class", "taller"]),
    st.sampled_from([(0, 0, 0), (50_000, -20_000, 300)]),
)
def test_inverting_a_comparison_of_models_equals_comparing_the_other_way_round(rows, how, shift):
    said = {
        "moved": {"x": 1300}, "renamed": {"name": "Z"}, "property": {"properties": {"P": {"Fire": "2h"}}},
        "class": {"kind": "IfcSlab"}, "taller": {"dz": 3333},
    }  # fmt: skip
    changed = [replace_row(row, **said.get(how, {})) if k in rows else row for k, row in enumerate(ROWS)]
    if how == "gone":
        changed = [row for k, row in enumerate(ROWS) if k not in rows]
    old, new = model(ROWS), model(changed, prefix="h", shift=shift)
    there, back = compare_drawings(old, new), compare_drawings(new, old)
    assert timeless(there.invert()) == timeless(back) and timeless(back.invert()) == timeless(there)


def test_one_side_of_two_is_computed_first_whichever_way_it_is_asked_for():
    old, new = drawing(*plan()), drawing(*plan(), **PLOT)
    assert forward(old, new) and not forward(new, old)
    one = compare_sheets(old, old.sheets[0], new, new.sheets[0])
    two = compare_sheets(new, new.sheets[0], old, old.sheets[0])
    assert one.old == two.new and one.transforms_back is None and two.transforms_back is not None


def test_points_of_a_person_hold_in_both_directions():
    square = [([(0, 0), (8000, 0), (8000, 8000), (0, 8000), (0, 0)], 1, -1)]
    square += [([(0, y), (8000, y)], 1, -1) for y in (2000, 6000)]
    square += [([(x, 0), (x, 8000)], 1, -1) for x in (2000, 6000)]
    old, new = drawing(square, []), drawing(square, [], matrix=(0.1, 0, 0, 0.1, 77, 33))
    there, back = [[[0, 0], [0, 0]], [[8000, 0], [800, 0]]], [[[0, 0], [0, 0]], [[800, 0], [8000, 0]]]
    for a, b, points in ((old, new, there), (new, old, back)):
        found = compare_sheets(a, a.sheets[0], b, b.sheets[0], points=points)
        assert found.comparable and found.method == "points" and found.differences == []


def test_nothing_is_lost_by_writing_a_comparison_down_and_reading_it_back():
    new = drawing([stroke for stroke in plan()[0] if stroke[2] != 1], plan()[1][1:], **TURNED_PLOT)
    for found in (compare_drawings(drawing(*plan()), new), compare_drawings(new, drawing(*plan()))):
        told = json.loads(json.dumps(found.to_json()))
        assert told["changes"] and comparison_from_json(told).to_json() == told
        again = comparison_from_json(told).invert().to_json()
        assert [c["id"] for c in again["changes"]] == [c["id"] for c in found.invert().to_json()["changes"]]
        assert comparison_from_json(again).invert().to_json()["changes"] == told["changes"]


def test_every_kind_of_change_is_undone_by_its_inverse():
    move = Difference(
        "moved", "geometry", "门 M1", "door M1", "门 M2", "door M2", bbox=(1, 1, 2, 2), bbox_from=(0, 0, 1, 1),
        bbox_to=(11, 11, 12, 12), bbox_in_old=(10, 10, 11, 11), delta=(300.0, 0.0), delta_in_old=(0.0, 300.0),
        layer="DOOR", layer_old="A-DOOR", details={"delta_z_mm": 5.0, "aspects": [{"old": 1, "new": 2}], "side": "old"},
    )  # fmt: skip
    back = move.invert()
    assert (back.kind, back.what, back.layer, back.delta) == ("moved", "门 M2", "A-DOOR", (0.0, -300.0))
    assert (back.bbox, back.bbox_from) == ((10, 10, 11, 11), (11, 11, 12, 12))
    assert back.details == {"delta_z_mm": -5.0, "aspects": [{"new": 1, "old": 2}], "side": "new"}
    assert back.invert() == move
    assert difference_from_json({**move.to_json(), "id": ""}) == move
    turn = {"rotated_degrees": 90.0, "mirrored": False}
    turned = Difference("modified", "geometry", old="0°", new="90°", attribute="rotation", details=turn)
    assert (turned.invert().old, turned.invert().new) == ("0°", "270°") and turned.invert().invert() == turned
    (gone,) = invert([Difference("added", "geometry", "墙", "wall", new="x")])
    assert (gone.kind, gone.old, gone.new) == ("removed", "x", "")


@pytest.mark.parametrize(
    ("zh", "en", "back_zh", "back_en"),
    [
        ("“新图书馆”：旧版中没有图号、图名或内容相符的图纸。", "“The new library”: no sheet of the old version.",
         "“新图书馆”：新版中没有图号、图名或内容相符的图纸。", "“The new library”: no sheet of the new version."),
        ("旧图 3 个，新图 1 个。", "3 old, 1 new.", "新图 3 个，旧图 1 个。", "3 new, 1 old."),
        ("更新中", "renewed", "更新中", "renewed"),
    ],
)  # fmt: skip
def test_sentences_name_the_other_side(zh, en, back_zh, back_en):
    turned = inverted_sentence({"zh": zh, "en": en})
    assert turned == {"zh": back_zh, "en": back_en} and inverted_sentence(turned) == {"zh": zh, "en": en}


def test_a_sentence_that_is_not_true_the_other_way_round_brings_its_opposite():
    moved = {"zh": "A → B", "en": "A → B", "back_zh": "B → A", "back_en": "B → A"}
    assert inverted_sentence(moved)["zh"] == "B → A" and inverted_sentence(inverted_sentence(moved)) == moved


def test_details_of_either_side_change_places():
    told = {"area_old": 12.4, "area_new": 11.8, "rotated_degrees": 30.0, "mirrored": True, "delta": [1, None], "n": 3}
    back = inverted_details(told)
    assert (back["area_old"], back["area_new"], back["delta"], back["n"]) == (11.8, 12.4, [-1, None], 3)
    assert back["rotated_degrees"] == 30.0 and inverted_details(back) == told
