"""Texts that the other sheet draws as strokes, as SHX fonts are plotted."""

from pipeline.comparing.engine import compare_sheets
from tests.pipeline.comparing.drawings import drawing, plan

LETTER = ((0, 0), (0, 1), (0.6, 1), (0.6, 0.5), (0, 0.5), (0.6, 0))  # an R


def letters(x, y, height, count):
    """A row of letters as strokes."""
    return [([(x + 0.9 * height * k + height * u, y + height * v) for u, v in LETTER], 0, -1) for k in range(count)]


def compare(one, two):
    return compare_sheets(one, one.sheets[0], two, two.sheets[0])


def stroked(left_out=0):
    strokes, labels = plan()
    return strokes + [s for text, x, y, height in labels[left_out:] for s in letters(x, y, height, max(3, len(text)))]


def test_texts_drawn_as_strokes_are_no_differences_but_said_to_be_uncompared():
    result = compare(drawing(*plan()), drawing(stroked(), []))
    assert result.differences == []
    assert "wording was not compared" in " ".join(note["en"] for note in result.notes)


def test_the_other_way_round_says_the_same_of_the_old_sheet():
    result = compare(drawing(stroked(), []), drawing(*plan()))
    assert result.differences == []
    assert any("texts of the old sheet are drawn as strokes" in note["en"] for note in result.notes)


def test_a_text_without_strokes_in_its_place_is_gone_but_not_surely():
    gone = compare(drawing(*plan()), drawing(stroked(left_out=1), [])).differences
    assert [(d.kind, d.cls, d.old) for d in gone] == [("removed", "text", "会议室")]
    assert gone[0].certainty < 0.8


def test_letters_where_the_other_sheet_has_no_text_are_asked_about():
    strange = letters(15500, 10500, 300, 5)
    (found,) = compare(drawing(*plan()), drawing(stroked() + strange, [])).differences
    assert (found.kind, found.what_en) == ("added", "letters drawn as strokes")
    assert found.certainty < 0.5


def test_a_real_change_beside_stroked_letters_is_still_found():
    wall = ([(4200, 9000), (6100, 9000)], 1, -1)
    (found,) = compare(drawing(*plan()), drawing([*stroked(), wall], [])).differences
    assert (found.kind, found.cls) == ("added", "geometry")


def test_dashes_and_things_drawn_on_both_sides_are_no_letters():
    dashes = [([(500 + 400 * k, 11000), (700 + 400 * k, 11000)], 1, -1) for k in range(8)]
    found = compare(drawing(*plan()), drawing([*stroked(), *dashes], [])).differences
    assert found
    assert all(d.kind == "added" and d.what_en != "letters drawn as strokes" for d in found)
    things = letters(15500, 10500, 300, 5)
    strokes, labels = plan()
    assert compare(drawing([*strokes, *things], labels), drawing([*stroked(), *things], [])).differences == []


def test_where_both_sheets_have_texts_nothing_is_taken_for_letters():
    strokes, labels = plan()
    result = compare(drawing(strokes, labels), drawing([*strokes, *letters(15500, 10500, 300, 5)], labels))
    assert result.differences
    assert all(d.kind == "added" and d.what_en != "letters drawn as strokes" for d in result.differences)
