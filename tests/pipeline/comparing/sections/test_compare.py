"""Laws of comparing a storey of a model with a drawing."""

import math

import numpy as np
import pytest

from pipeline.comparing.engine import compare_drawings, compare_sheets
from pipeline.drawing.kinds import Format, SpaceKind
from tests.pipeline.comparing.drawings import drawing, exploded
from tests.pipeline.comparing.sections.house import BODIES, LABELS, cut_plan, model, outline

TURNED = (0.0, -0.001, 0.001, 0.0, 55.0, -70.0)
ROW = {name: row for row, (_, name, _) in enumerate(BODIES)}


def compare(house, new):
    result = compare_sheets(house, house.sheets[0], new, new.sheets[0])
    assert result.comparable, result.reason_en
    return result


def told(result):
    return [(d.kind, d.what_en) for d in result.differences]


def without(*names):
    return tuple(body for body in BODIES if body[1] not in names)


@pytest.mark.parametrize("matrix", [(1, 0, 0, 1, 0, 0), (0, -1, 1, 0, 50000, 900), (0.001, 0, 0, 0.001, 3, 7)])
def test_a_plan_of_the_model_has_no_differences(matrix):
    unit = 1000.0 if matrix[0] == 0.001 else 1.0
    strokes = exploded(cut_plan(), np.random.default_rng(3))
    new = drawing(strokes, LABELS, matrix=matrix, unit_mm=unit)
    assert told(compare(model(), new)) == []


def test_a_plot_of_the_model_has_no_differences():
    plotted = drawing(
        cut_plan(), LABELS, matrix=(0.01, 0, 0, 0.01, 20, 30), kind=SpaceKind.PAGE, fmt=Format.PDF, scale=100.0
    )
    assert told(compare(model(), plotted)) == []


def test_things_seen_below_and_ends_of_walls_may_be_drawn_or_not():
    table = outline(BODIES[ROW["table"]])
    assert told(compare(model(), drawing([*cut_plan(), table], LABELS))) == []
    joined = [s for s in cut_plan() if s[0] != outline(BODIES[ROW["west"]])[0]]
    joined += [([(0, 300), (0, 7700)], 1, -1), ([(300, 300), (300, 7700)], 1, -1)]  # without the ends at the joints
    assert told(compare(model(), drawing(joined, LABELS))) == []


@pytest.mark.parametrize(("name", "said"), [("M0921", "door M0921"), ("C1515", "window C1515"), ("C2", "column C2")])
def test_an_element_missing_in_the_drawing_is_named(name, said):
    result = compare(model(), drawing(cut_plan(without(name)), LABELS))
    assert told(result) == [("removed", said)]
    assert result.differences[0].guid_old == f"guid-{ROW[name] + 1}"


def test_an_element_missing_in_the_model_is_an_addition_of_the_drawing():
    result = compare(model(without("C2")), drawing(cut_plan(), LABELS))
    assert [d.kind for d in result.differences] == ["added"]
    assert result.differences[0].bbox == pytest.approx((8600, 6000, 9000, 6400), abs=5)


def test_a_moved_column_is_one_move_with_its_displacement():
    strokes = [*cut_plan(without("C2")), outline(BODIES[ROW["C2"]], dx=-700)]
    result = compare(model(), drawing(strokes, LABELS))
    assert told(result) == [("moved", "column C2")]
    assert math.hypot(*result.differences[0].delta) == pytest.approx(700, abs=2)


def test_the_pair_told_the_other_way_round_is_the_inverse():
    house, new = model(), drawing(cut_plan(without("C2")), LABELS)
    there = compare_sheets(house, house.sheets[0], new, new.sheets[0])
    back = compare_sheets(new, new.sheets[0], house, house.sheets[0])
    assert [d.kind for d in there.differences] == ["removed"]
    assert [(d.kind, d.guid_new) for d in back.differences] == [("added", there.differences[0].guid_old)]


def test_dimensions_beside_the_plan_are_named_as_not_compared():
    chain = [([(x, -4000.0), (x + 2000, -4000.0)], 0, -1) for x in range(0, 12000, 2000)]
    result = compare(model(), drawing([*cut_plan(), *chain], LABELS))
    assert told(result) == []
    assert any("outside the storey" in note["en"] for note in result.notes)


def test_many_joints_inside_the_walls_are_a_kind_of_content():
    joints = [([(1000.0 + 900 * k, 0.0), (1000.0 + 900 * k, 300.0)], 1, -1) for k in range(8)]
    result = compare(model(), drawing([*cut_plan(), *joints], LABELS))
    assert told(result) == []
    assert any("joints" in note["en"] and "(8)" in note["en"] for note in result.notes)


def test_a_layer_the_model_has_nothing_of_is_named_and_counted():
    plants = [outline(("", "", (600 + 500 * k, 1000, 0, 800 + 500 * k, 1200, 0)), layer=3) for k in range(7)]
    result = compare(model(), drawing([*cut_plan(), *plants], LABELS))
    assert told(result) == []
    assert any("TEXT" in note["en"] and "(7)" in note["en"] for note in result.notes)


def test_a_plan_cut_above_the_window_sills_of_a_higher_floor_is_found():
    high = tuple(
        (kind, name, (x0, y0, z0 + 2500, x1, y1, z1 + 2500)) for kind, name, (x0, y0, z0, x1, y1, z1) in BODIES
    )
    plinth = ("IfcWall", "plinth", (-500.0, -500.0, 0.0, 12500.0, 8500.0, 2400.0))
    result = compare(model((*high, plinth)), drawing(cut_plan(), LABELS))
    assert told(result) == []
    assert any("is cut there" in note["en"] for note in result.notes)


def test_windows_drawn_by_a_symbol_are_compared_by_presence_and_place():
    windows = tuple(
        ("IfcWindow", f"W{k}", (700.0 + 2300 * k, 100.0, 900.0, 1900.0 + 2300 * k, 200.0, 2400.0)) for k in range(5)
    )
    walls = tuple(body for body in BODIES if body[1] not in ("C1515", "south"))
    symbols = [([(x0, y), (x1, y)], 2, -1) for _, _, (x0, _, _, x1, _, _) in windows for y in (0.0, 90.0, 210.0, 300.0)]
    house = model((*walls, *windows))
    result = compare(house, drawing([*cut_plan(walls), *symbols], LABELS))
    assert told(result) == []
    assert any("drawn by a symbol" in note["en"] for note in result.notes)
    fewer = [s for s in symbols if s[0][0][0] != windows[3][2][0]]
    assert told(compare(house, drawing([*cut_plan(walls), *fewer], LABELS))) == [("removed", "window W3")]


def test_a_sheet_without_number_is_paired_with_the_storey_it_shows():
    upper = tuple(
        (kind, name, (x0, y0, z0 + 3000, x1, y1, z1 + 3000))
        for kind, name, (x0, y0, z0, x1, y1, z1) in without("inner", "C1", "M0921", "C1515")
    )
    house = model(upper=(*upper, ("IfcWall", "other", (2000, 4000, 3000, 8000, 4200, 6000))))
    new = drawing(cut_plan(), LABELS, number="", title="")
    result = compare_drawings(house, new)
    assert [(s.old.sheet, s.new.sheet) for s in result.sheets] == [("0:1", "0:0")]
    assert result.differences == []


def test_windows_that_another_height_would_not_cut_are_unsure():
    high = tuple(
        ("IfcWindow", f"H{k}", (700.0 + 2300 * k, -200.0, 1000.0, 1900.0 + 2300 * k, -100.0, 2400.0)) for k in range(4)
    )
    house = model((*BODIES, *high))
    result = compare(house, drawing(cut_plan(), LABELS))
    assert told(result) == []
    assert any("unsure" in note["en"] and "(4)" in note["en"] for note in result.notes)


def test_of_four_windows_drawn_by_a_symbol_the_moved_and_the_missing_one_are_told():
    windows = tuple(
        ("IfcWindow", f"W{k}", (700.0 + 2700 * k, 100.0, 900.0, 1900.0 + 2700 * k, 200.0, 2400.0)) for k in range(4)
    )
    walls = tuple(body for body in BODIES if body[1] not in ("C1515", "south"))
    house = model((*walls, *windows))
    symbols = [
        ([(x0 + dx, -250), (x1 + dx, -250), (x1 + dx, 600), (x0 + dx, 600), (x0 + dx, -250)], 2, -1)
        for (_, _, (x0, _, _, x1, _, _)), dx in zip(windows[:3], (0.0, 0.0, 480.0), strict=True)
    ]
    result = compare(house, drawing([*cut_plan(walls), *symbols], LABELS))
    assert sorted(told(result)) == [("moved", "window W2"), ("removed", "window W3")]
    assert math.hypot(*next(d for d in result.differences if d.kind == "moved").delta) == pytest.approx(480, abs=2)


def test_a_wall_moved_along_a_wall_it_stands_on_is_one_move():
    strokes = [*cut_plan(without("inner")), outline(BODIES[ROW["inner"]], dx=450)]
    result = compare(model(), drawing(strokes, LABELS))
    assert told(result) == [("moved", "wall inner")]
    assert math.hypot(*result.differences[0].delta) == pytest.approx(450, abs=2)


def test_two_columns_side_by_side_one_moved_a_little_one_missing_stay_two_changes():
    beside = ("IfcColumn", "C3", (9020.0, 6000.0, 0.0, 9420.0, 6400.0, 3000.0))
    strokes = [*cut_plan(without("C2")), outline(BODIES[ROW["C2"]], dx=-180)]
    result = compare(model((*BODIES, beside)), drawing(strokes, LABELS))
    assert sorted(told(result)) == [("moved", "column C2"), ("removed", "column C3")]
