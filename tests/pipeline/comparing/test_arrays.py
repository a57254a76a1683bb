"""Equal things gone or new beside one another are one difference; the members keep their places."""

from pipeline.comparing.changes import invert
from pipeline.comparing.engine import compare_sheets
from tests.pipeline.comparing.drawings import drawing, plan


def chair(x, y, size=400.0):
    return ([(x, y), (x + size, y), (x + size, y + size), (x, y + size), (x, y)], 0, -1)


def compare(old, new):
    return compare_sheets(old, old.sheets[0], new, new.sheets[0])


def test_a_row_of_equal_things_is_told_once_and_inverted():
    strokes, labels = plan()
    row = [chair(10200 + 700 * k, 10500) for k in range(7)]
    old, new = drawing(strokes + row, labels), drawing(strokes, labels)
    (one,) = compare(old, new).differences
    assert one.kind == "removed" and one.what.startswith("7 × ") and one.what_en.startswith("7 × ")
    assert len(one.details["members"]) == 7
    assert one.bbox[2] - one.bbox[0] == 6 * 700 + 400
    back = compare(new, old).differences
    assert [d.to_json() for d in invert([one])] == [d.to_json() for d in back]


def test_few_or_unlike_things_and_another_row_far_away_stay_apart():
    strokes, labels = plan()
    few = [chair(10200 + 700 * k, 10500) for k in range(4)]
    kinds = [d.what for d in compare(drawing(strokes + few, labels), drawing(strokes, labels)).differences]
    assert len(kinds) == 4 and not any("×" in what for what in kinds)
    unlike = [chair(10200 + 700 * k, 10500, 300.0 + 40 * k) for k in range(6)]
    assert len(compare(drawing(strokes + unlike, labels), drawing(strokes, labels)).differences) == 6
    rows = [chair(10200 + 700 * k, y) for k in range(6) for y in (10500, 600)]
    told = compare(drawing(strokes + rows, labels), drawing(strokes, labels)).differences
    assert [len(d.details["members"]) for d in told] == [6, 6]


def test_sizes_that_grow_little_by_little_are_not_equal():
    strokes, labels = plan()
    growing = [chair(10200 + 700 * k, 10500, 400.0 + 2.0 * k) for k in range(8)]
    assert len(compare(drawing(strokes + growing, labels), drawing(strokes, labels)).differences) == 8


def test_bricks_whose_courses_lie_nearer_than_their_neighbours_are_one_wall():
    strokes, labels = plan()
    bricks = [
        (
            [
                (9600 + 500 * k + 250 * (row % 2), 9700 + 120 * row),
                (9900 + 500 * k + 250 * (row % 2), 9700 + 120 * row),
            ],
            0,
            -1,
        )
        for row in range(4)
        for k in range(6)
    ]
    told = compare(drawing(strokes + bricks, labels), drawing(strokes, labels)).differences
    assert [len(d.details["members"]) for d in told] == [24]
