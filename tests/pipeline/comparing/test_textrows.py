"""Rows of dimensions that one side has as one text, and texts that another font shifts along their base line."""

import pytest

from pipeline.comparing.linework import Measures
from pipeline.comparing.textchanges import text_changes
from pipeline.comparing.texts import compare_texts
from tests.pipeline.comparing.test_texts import ROOMS, texts

CHAIN = ("900", "600", "900", "1500")
MEASURES = Measures(tolerance=1, gap=60, reach=2000, least=10, real=1.0, about=1.0, diagonal=50_000)


def chain(*words):
    return [(word, 1000 + 1000 * k, 0, 200) for k, word in enumerate(words)]


def joined(*words):
    return [(" ".join(words), 1000, 0, 200)]


@pytest.mark.parametrize("sign", [1, -1])
def test_a_row_plotted_as_one_text_is_no_difference_though_a_matched_neighbour_stands_beside_it(sign):
    old, new = texts(*chain(*CHAIN), ("2400", 4900, 0, 200)), texts(*joined(*CHAIN), ("2400", 4900, 0, 200), letter=1.4)
    assert compare_texts(*(old, new)[::sign], 1.0, 5000.0) == []


def test_one_dimension_changed_within_such_a_row_is_told_alone_at_its_place():
    old, new = texts(*chain(*CHAIN)), texts(*joined("900", "630", "900", "1500"), letter=1.4)
    (change,) = text_changes(old, new, MEASURES)
    assert (change.kind, change.old, change.new) == ("modified", "600", "630")
    assert change.box == pytest.approx(tuple(old.box[1]))
    (back,) = text_changes(new, old, MEASURES)
    assert (back.kind, back.old, back.new) == ("modified", "630", "600")
    assert back.box == pytest.approx(tuple(old.box[1]))


def test_a_text_in_a_wider_font_may_lie_along_its_base_line_but_not_in_the_same_font():
    note = ("1. All dimensions are to be checked on site", 20_000, 0, 200)
    aside = (note[0], note[1] + 700, 0, 200)
    assert compare_texts(texts(*ROOMS, note), texts(*ROOMS, aside, letter=0.66), 1.0, 5000.0) == []
    (change,) = compare_texts(texts(*ROOMS, note), texts(*ROOMS, aside), 1.0, 5000.0)
    assert change.kind == "moved" and change.delta == pytest.approx((700, 0), abs=1)


def test_a_text_in_another_font_that_went_to_another_line_has_moved():
    note = ("1. All dimensions are to be checked on site", 20_000, 0, 200)
    below = (note[0], note[1] + 300, -600, 200)
    (change,) = compare_texts(texts(*ROOMS, note), texts(*ROOMS, below, letter=0.66), 1.0, 5000.0)
    assert change.kind == "moved"
