"""Texts plotted in a font that lacks their letters."""

import re

import pytest

from pipeline.comparing.engine import compare_sheets
from tests.pipeline.comparing.drawings import drawing, plan


def compare(one, two):
    return compare_sheets(one, one.sheets[0], two, two.sheets[0])


def plotted(labels, sign="·"):
    return [(re.sub(r"[^\x00-\x7f]", sign, text), *rest) for text, *rest in labels]


@pytest.mark.parametrize("sign", ["·", "?", "\ufffd", "□"])
def test_letters_a_font_lacks_are_no_differences_but_said_to_be_uncompared(sign):
    strokes, labels = plan()
    result = compare(drawing(strokes, labels), drawing(strokes, plotted(labels, sign)))
    assert result.differences == []
    assert "font lacks a letter" in " ".join(note["en"] for note in result.notes)


def test_the_other_way_round_says_the_same_of_the_old_sheet():
    strokes, labels = plan()
    result = compare(drawing(strokes, plotted(labels)), drawing(strokes, labels))
    assert result.differences == []
    assert any("texts of the old sheet" in note["en"] for note in result.notes)


def test_the_letters_that_are_there_are_compared():
    strokes, labels = plan()
    old = [*labels, ("FM乙1221", 15500, 10500, 250)]
    new = plotted([*labels, ("FM乙1521", 15500, 10500, 250)])
    (found,) = compare(drawing(strokes, old), drawing(strokes, new)).differences
    assert (found.kind, found.old, found.new) == ("modified", "FM乙1221", "FM·1521")


def test_a_word_of_another_length_is_a_change():
    strokes, labels = plan()
    new = plotted([("办公室" + labels[0][0], *labels[0][1:]), *labels[1:]])
    (found,) = compare(drawing(strokes, labels), drawing(strokes, new)).differences
    assert found.kind == "modified"


def test_a_moved_text_with_missing_letters_is_a_move():
    strokes, labels = plan()
    text, x, y, height = labels[0]
    new = plotted([(text, x + 900, y, height), *labels[1:]])
    (found,) = compare(drawing(strokes, labels), drawing(strokes, new)).differences
    assert found.kind == "moved"
    assert found.delta[0] == pytest.approx(900, abs=30)


def test_legible_words_are_still_told_apart():
    strokes, labels = plan()
    old = [*labels, ("客厅", 15500, 10500, 300)]
    new = [*plotted(labels), ("餐厅", 15500, 10500, 300)]
    (found,) = compare(drawing(strokes, old), drawing(strokes, new)).differences
    assert (found.old, found.new) == ("客厅", "餐厅")
