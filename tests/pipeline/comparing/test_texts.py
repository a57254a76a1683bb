"""Texts of two sheets: other fonts, other line breaks, lines as texts of their own."""

import numpy as np
import pytest

from pipeline.comparing.content import TextColumns, squash
from pipeline.comparing.drift import Drift
from pipeline.comparing.linework import Measures
from pipeline.comparing.textchanges import join_lines, text_changes
from pipeline.comparing.texts import compare_texts


def texts(*rows, letter=0.7, shift=0.0, layer=0, spacing=1.6):
    """Rows (string, left x, base line y, height); lines of a string go down from the base line."""
    count = len(rows)
    origin = np.array([(x, y) for _, x, y, _ in rows], float).reshape(-1, 2)
    height = np.array([h for *_, h in rows], float)
    lines = [string.split("\n") for string, *_ in rows]
    width = np.array([max(map(len, ls)) for ls in lines]) * letter * height
    origin[:, 0] += shift * width
    deep = np.array([len(ls) - 1 for ls in lines]) * spacing * height
    box = np.column_stack([origin[:, 0], origin[:, 1] - deep, origin[:, 0] + width, origin[:, 1] + height])
    return TextColumns(
        string=[string for string, *_ in rows],
        key=[squash(string) for string, *_ in rows],
        origin=origin,
        centre=(box[:, :2] + box[:, 2:]) / 2,
        end=origin + np.column_stack([width, np.zeros(count)]),
        box=box,
        height=height,
        rotation=np.zeros(count),
        layer=np.full(count, layer, np.int32),
        obj=np.arange(count, dtype=np.int32),
    )


ROOMS = [("Office", 0, 0, 200), ("Meeting room", 5000, 0, 200), ("Hall", 9000, 3000, 200), ("Store", 400, 7000, 200)]


def moved(rows, dx, dy):
    return [(s, x + dx, y + dy, h) if s == "Hall" else (s, x, y, h) for s, x, y, h in rows]


@pytest.mark.parametrize("shift", [0.0, 0.2])
def test_another_font_moves_nothing_and_a_moved_text_is_measured_by_the_point_that_stays(shift):
    old = texts(*ROOMS)
    assert compare_texts(old, texts(*ROOMS, letter=0.5), 1.0, 5000.0) == []
    (change,) = compare_texts(old, texts(*moved(ROOMS, 700, -1500), letter=0.5, shift=shift), 1.0, 5000.0)
    assert change.kind == "moved" and change.delta == pytest.approx((700, -1500), abs=1)


def test_texts_set_by_their_middle_are_measured_by_their_middle():
    old = texts(*ROOMS)
    new = texts(*moved(ROOMS, 700, -1500), letter=0.5, shift=0.2)  # (0.7 - 0.5) / 2 of the old letter, 0.2 of the new
    delta = Drift(old, new, [(0, 0), (1, 1), (3, 3)]).displacement(2, 2)
    assert delta == pytest.approx((700, -1500), abs=1)


def test_equal_words_in_other_lines_are_no_change():
    old = texts(*ROOMS, ("PROJECTION OF\nTHE ROOF", 2000, 5000, 200))
    new = texts(*ROOMS, ("PROJECTION OF THE ROOF", 1700, 4900, 200))
    assert compare_texts(old, new, 1.0, 5000.0) == []
    lines = texts(*ROOMS, ("PROJECTION OF", 2000, 5000, 200), ("THE ROOF", 2000, 4680, 200))
    assert compare_texts(old, lines, 1.0, 5000.0) == []


def test_a_paragraph_with_one_changed_line_is_one_change_with_both_strings():
    old = texts(*ROOMS, ("PROJECTION OF\nTHE ROOF", 2000, 5000, 200))
    new = texts(*ROOMS, ("PROJECTION OF", 2000, 5000, 200), ("THE DOME", 2000, 4680, 200))
    for one, two, strings in ((old, new, ("THE ROOF", "THE DOME")), (new, old, ("THE DOME", "THE ROOF"))):
        (change,) = compare_texts(one, two, 1.0, 5000.0)
        assert change.kind == "modified" and change.strings is not None
        assert change.strings[0].endswith(strings[0]) and change.strings[1].endswith(strings[1])


def test_lines_of_a_paragraph_that_went_together_are_told_once():
    measures = Measures(tolerance=1.0, gap=60.0, reach=3000.0, least=3.0, real=1.0, about=1.0)
    old = texts(*ROOMS, ("STAIR TO", 2000, 5000, 200), ("THE ROOF", 2000, 4680, 200), ("NOTE", 2000, 2000, 200))
    new = texts(*ROOMS)
    changes = join_lines(text_changes(old, new, measures), old, new, measures)
    assert sorted((c.kind, c.old) for c in changes) == [("removed", ""), ("removed", "STAIR TO\nTHE ROOF")]


def test_texts_with_other_digits_set_a_little_aside_are_one_modified_text():
    old, new = texts(*ROOMS, ("A-101", 2000, 5000, 200)), texts(*ROOMS, ("A-104", 2400, 5100, 200))
    (change,) = compare_texts(old, new, 1.0, 5000.0)
    assert (change.kind, change.old, change.new) == ("modified", 4, 4)


def test_codes_and_stacked_fractions_are_one_way_of_writing():
    assert squash("\\U+00D880 1#2 3^4") == squash("Ø80 1/2 3/4")


def test_a_font_of_another_width_that_keeps_no_end_moves_nothing():
    old, aside = texts(("Meeting room", 0, 0, 200)), ("Meeting room", 230, 0, 200)
    assert compare_texts(old, texts(aside, letter=0.4), 2.0, 5000.0) == []
    (one,) = compare_texts(old, texts(aside), 2.0, 5000.0)
    assert one.kind == "moved"
