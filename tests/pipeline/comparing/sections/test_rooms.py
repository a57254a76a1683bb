"""Names of rooms against the texts of a drawing."""

from pipeline.comparing.engine import compare_sheets
from tests.pipeline.comparing.drawings import drawing
from tests.pipeline.comparing.sections.house import LABELS, cut_plan, model


def texts(labels, lines=()):
    house, new = model(), drawing([*cut_plan(), *lines], labels)
    result = compare_sheets(house, house.sheets[0], new, new.sheets[0])
    assert result.comparable
    return [(d.kind, d.old, d.new) for d in result.differences], result.notes


def test_a_label_says_the_name_of_its_room_wherever_it_stands():
    aside = [("101", 700.0, 6000.0, 250.0), ("102", 5000.0, 700.0, 250.0)]
    dimension = [([(0.0, -4000.0), (12000.0, -4000.0)], 0, -1)]
    assert texts(aside, dimension)[0] == []


def test_another_number_in_a_room_is_a_changed_text():
    assert texts([("104", 2000.0, 3900.0, 250.0), LABELS[1]])[0] == [("modified", "101", "104")]


def test_the_number_before_an_equal_name_is_compared():
    house = model()
    for row, kind in enumerate(house.elements.ifc_class):
        if kind == "IfcSpace":
            house.elements.attributes[row]["LongName"] = "Office"
    new = drawing(cut_plan(), [("101 Office", 1200.0, 3900.0, 250.0), ("107 Office", 7000.0, 2600.0, 250.0)])
    result = compare_sheets(house, house.sheets[0], new, new.sheets[0])
    assert [(d.kind, d.old, d.new) for d in result.differences] == [("modified", "102 Office", "107 Office")]


def test_a_room_without_its_label_is_told_where_others_have_one():
    assert texts(LABELS[:1])[0] == [("removed", "102", "")]


def test_a_drawing_without_labels_is_not_short_of_them():
    found, notes = texts([])
    assert found == []
    assert any("without a label" in note["en"] for note in notes)


def test_many_notes_are_a_kind_of_content_few_are_additions():
    assert texts([*LABELS, ("NOTE 7", 9000.0, 4000.0, 250.0)])[0] == [("added", "", "NOTE 7")]
    many = [(f"+{k}.000", 800.0 + 900 * k, 1000.0, 200.0) for k in range(9)]
    found, notes = texts([*LABELS, *many])
    assert found == []
    assert any("texts of the drawing" in note["en"] and "(9)" in note["en"] for note in notes)
