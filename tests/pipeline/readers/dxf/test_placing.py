"""Where texts stand, how wide they are, and that mirrored ones stay readable."""

import numpy as np
import pytest

from pipeline.readers.dxf.faces import face_of
from pipeline.readers.dxf.placing import Columns, One, framed, frames, told_widths, upright


def one(**values) -> Columns:
    given = {
        "at": [0, 0, 0],
        "second": None,
        "halign": 0,
        "valign": 0,
        "rotation": 0.0,
        "height": 10.0,
        "width": 40.0,
        "oblique": 0.0,
        "generation": 0,
        **values,
    }
    second = given["second"]
    return Columns(
        np.array([given["at"]], float),
        np.array([second if second is not None else given["at"]], float),
        np.array([second is not None]),
        *(np.array([given[k]]) for k in ("halign", "valign")),
        *(np.array([given[k]], float) for k in ("rotation", "height", "width", "oblique")),
        np.array([given["generation"]]),
    )


@pytest.mark.parametrize(
    ("font", "string", "measured"),
    [  # lengths that AutoCAD left in centred texts, in cap heights
        ("ARIAL.TTF", "REVISION", 6.68),
        ("ARIAL.TTF", "NO NAME", 6.52),
        ("arial.ttf", "City, State", 6.44),
        ("simplex.shx", "TAMPA, FLORIDA 33626", 17.95),
        ("simplex.shx", "FAX: (813) 925-1331", 16.38),
        ("simplex.shx", "Middle", 4.29),
        ("txt", "DP", 1.67),
        ("txt", "2", 0.67),
    ],
)
def test_widths_are_those_of_cad(font, string, measured):
    assert face_of(font).width(string) == pytest.approx(measured, rel=0.055)


def test_many_widths_at_once_are_those_one_by_one():
    face = face_of("txt+hztxt.shx")
    strings = ["一层平面图", "", "A-1", "±0.000"]
    assert face.widths(strings).tolist() == pytest.approx([face.width(s) for s in strings])


def test_the_true_width_is_read_from_the_two_points_of_a_centred_text():
    assert told_widths(one(at=[-25, 0, 0], second=[0, 0, 0], halign=1))[0] == 50
    assert told_widths(one(at=[-48, 0, 0], second=[0, 0, 0], halign=2))[0] == 48
    assert told_widths(one(at=[-25, -5, 0], second=[0, 0, 0], halign=4))[0] == 50
    assert told_widths(one(at=[0, -25, 0], second=[0, 0, 0], halign=1, rotation=np.pi / 2))[0] == 50


@pytest.mark.parametrize(
    "values",
    [
        {"at": [0, 0, 0], "second": [0, 0, 0], "halign": 1},  # written by a program that does not know its font
        {"at": [500, 0, 0], "second": [0, 0, 0], "halign": 1},
        {"at": [-25, 30, 0], "second": [0, 0, 0], "halign": 1},
        {"at": [-25, 0, 0], "second": None},
    ],
)
def test_an_absurd_insertion_point_tells_no_width(values):
    assert np.isnan(told_widths(one(**values))[0])


def test_anchors_aligned_and_fit_texts():
    assert frames(one(second=[100, 50, 0], halign=2, valign=3))[0].tolist() == [[60, 40, 0], [40, 0, 0], [0, 10, 0]]
    assert np.allclose(frames(one(second=[80, 0, 0], halign=5))[0], [[0, 0, 0], [80, 0, 0], [0, 10, 0]])
    assert np.allclose(frames(one(second=[0, 80, 0], halign=3))[0], [[0, 0, 0], [0, 80, 0], [-20, 0, 0]])


def test_oblique_letters_lean_and_keep_their_height():
    frame = frames(one(oblique=np.radians(15)))[0]
    assert frame[2].tolist() == pytest.approx([10 * np.tan(np.radians(15)), 10, 0])


def test_backward_and_upside_down_texts_fill_their_box_and_can_be_read():
    backward = frames(one(generation=2))[0]
    assert np.allclose(backward, [[0, 0, 0], [-40, 0, 0], [0, 10, 0]])
    both = np.array([backward, frames(one(generation=4))[0], frames(one(generation=6))[0]])
    origin, along, up = upright(both[:, 0, :2], both[:, 1, :2], both[:, 2, :2], np.array([1, 1, 1]))
    assert np.allclose(origin, [[-40, 0], [0, -10], [0, 0]])
    assert np.allclose(along, [[40, 0], [40, 0], [-40, 0]])
    assert np.allclose(up, [[0, 10], [0, 10], [0, -10]])  # turned by half: no mirror


def test_the_first_line_of_a_text_hung_upside_down_is_the_upper_one():
    origin, _, up = upright(np.zeros((1, 2)), np.array([[40.0, 0]]), np.array([[0, -10.0]]), np.array([2]))
    assert np.allclose(origin, [[0, 10 * 5 / 3 - 10]])
    assert np.allclose(up, [[0, 10]])


@pytest.mark.parametrize("halign", range(-1, 7))
@pytest.mark.parametrize("valign", range(4))
@pytest.mark.parametrize("generation", [0, 2, 4, 6])
@pytest.mark.parametrize("second", [None, (30.0, 4.0, 2.0), (12.0, 7.0, 2.0), (1.0, 2.0, 3.0)])
def test_one_text_stands_where_a_column_of_texts_has_it(halign, valign, generation, second):
    for width, rotation in ((40.0, 0.3), (0.0, 0.3), (40.0, -2.0)):
        values = {"at": (1.0, 2.0, 3.0), "second": second, "halign": halign, "valign": valign, "rotation": rotation,
                  "height": 5.0, "width": width, "oblique": 0.2, "generation": generation}  # fmt: skip
        np.testing.assert_allclose(framed(One(**values)), frames(one(**values))[0], atol=1e-12)
