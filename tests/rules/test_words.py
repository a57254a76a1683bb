"""What strings on drawings mean."""

from __future__ import annotations

import pytest

from rules.engine.reading import words


@pytest.mark.parametrize(
    ("tag", "meaning"),
    [
        ("M0921", ("door", 900, 2100, "")),
        ("FM乙1221", ("door", 1200, 2100, "乙")), ("FM1021甲", ("door", 1000, 2100, "甲")),
        ("C1518", ("window", 1500, 1800, "")), ("JLM3030", ("shutter", 3000, 3000, "")),
        ("DTM1121", ("lift_door", 1100, 2100, "")), ("C30", None), ("KZ0505", None), ("2025", None), ("M0021", None),
    ],
)  # fmt: skip
def test_an_opening_tag_carries_kind_size_and_grade(tag, meaning):
    assert words.opening_kind(tag) == meaning


@pytest.mark.parametrize(
    ("string", "value"),
    [("±0.000", 0.0), ("-0.300", -0.3), ("14.700", 14.7), ("%%p0.000", 0.0), ("3.9", None), ("1:100", None)],
)
def test_a_level_has_three_decimals(string, value):
    assert words.level_of(string) == value


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("平台、回廊等临空处栏杆高度1.05m，立杆净距不大于110。", [("guard", 1.05)]),
        ("临空栏杆高1050mm。", [("guard", 1.05)]),
        ("2. 窗台低于0.80m的临空窗设防护栏杆。", []),
        ("2. 楼梯扶手高度自踏步前缘线量起不小于0.90m。", []),
        (
            "五层走道吊顶下净高2.05m，其余各层走道吊顶下净高2.40m。",
            [("corridor_height", 2.05), ("corridor_height", 2.4)],
        ),
    ],
)
def test_notes_state_heights(sentence, found):
    assert words.statements(sentence) == found


@pytest.mark.parametrize(
    ("title", "storeys"),
    [
        ("三层平面图", [3]), ("首层平面图", [1]), ("二～五层平面图", [2, 3, 4, 5]), ("十二层平面图", [12]),
        ("标准层平面图", None), ("地下一层平面图", None), ("屋顶平面图", None),
    ],
)  # fmt: skip
def test_a_plan_title_names_its_storeys(title, storeys):
    assert words.storeys_of(title) == storeys


def test_plain_folds_width_and_white_space():
    assert words.plain("图 号：１") == "图号:1"
