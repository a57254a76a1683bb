"""Mark-ups of other programs: read as annotations in millimetres of the page, no part of what it draws."""

import numpy as np
import pymupdf
import pytest

from pipeline.drawing.model import Drawing
from pipeline.readers.pdf import marks
from pipeline.readers.registry import read_path

MM = 25.4 / 72


def saved(doc, tmp_path) -> Drawing:
    path = tmp_path / "marked.pdf"
    doc.save(path)
    return read_path(path, path.name)


def page_of(rotation: int = 0):
    doc = pymupdf.open()
    page = doc.new_page(width=400, height=200)
    page.draw_line((0, 0), (40, 0))
    page.set_rotation(rotation)
    return doc, page


def raw(doc, page, *objects: str) -> list[int]:
    """Append annotation objects as their source text; returns their numbers."""
    numbers = []
    for text in objects:
        xref = doc.get_new_xref()
        numbers.append(xref)
        doc.update_object(xref, text)
    doc.xref_set_key(page.xref, "Annots", "[" + " ".join(f"{n} 0 R" for n in numbers) + "]")
    return numbers


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_mark_lies_where_it_was_put_however_the_page_is_turned(tmp_path, rotation):
    doc, page = page_of(rotation)
    raw(doc, page, "<</Type/Annot/Subtype/Line/Rect[0 0 100 50]/L[10 20 100 50]/C[0 0 1]/T(Li)/Contents(too narrow)>>")
    drawing = saved(doc, tmp_path)
    (mark,) = drawing.annotations
    assert (mark.kind, mark.author, mark.text, mark.color) == ("line", "Li", "too narrow", 0x0000FFFF)
    assert np.allclose(mark.points, [(10 * MM, 20 * MM), (100 * MM, 50 * MM)])
    assert len(drawing.spaces[0].entities) == 1  # the line of the page, not that of the mark


def test_crop_boxes_and_user_units_count_for_marks_too(tmp_path):
    doc, page = page_of()
    page.set_cropbox((100, 50, 300, 150))
    doc.xref_set_key(page.xref, "UserUnit", "2")
    raw(doc, page, "<</Type/Annot/Subtype/Square/Rect[110 60 120 70]>>")
    drawing = saved(doc, tmp_path)
    low, high = np.min(drawing.annotations[0].points, axis=0), np.max(drawing.annotations[0].points, axis=0)
    assert np.allclose([low, high], [(20 * MM, 20 * MM), (40 * MM, 40 * MM)], atol=1e-3)


def test_every_kind_has_its_word_and_its_outline(tmp_path):
    doc, page = page_of()
    square = "/Rect[10 10 30 20]"
    raw(
        doc,
        page,
        f"<</Subtype/Polygon{square}/Vertices[10 10 30 10 30 20]/BE<</S/C/I 2>>>>",
        f"<</Subtype/Polygon{square}/Vertices[10 10 30 10 30 20]>>",
        f"<</Subtype/PolyLine{square}/Vertices[10 10 30 10 30 20 5 5]>>",
        f"<</Subtype/Square{square}/BE<</S/C>>>>",
        f"<</Subtype/Circle{square}>>",
        f"<</Subtype/Ink{square}/InkList[[1 1 2 2][3 3 4 4 5 5]]/Contents(once)>>",
        f"<</Subtype/FreeText{square}/DA(1 0 0 rg /Helv 12 Tf)/IT/FreeTextCallout/CL[50 50 40 40 30 20]"
        "/RC(<p>rich &amp; <b>bold</b></p>)>>",
        f"<</Subtype/Highlight{square}/QuadPoints[10 20 30 20 10 10 30 10]>>",
        f"<</Subtype/Stamp{square}>>",
        f"<</Subtype/Caret{square}>>",
        f"<</Subtype/Popup{square}>>",
        f"<</Subtype/Link{square}>>",
    )
    found = saved(doc, tmp_path).annotations
    kinds = [mark.kind for mark in found]
    assert kinds == (
        ["cloud", "polygon", "polyline", "cloud", "ellipse", "ink", "ink", "text", "polyline"]
        + ["highlight", "stamp", "other"]
    )
    assert [len(mark.points) for mark in found] == [3, 3, 4, 4, 4, 2, 3, 4, 3, 4, 4, 4]
    texts = [mark.text for mark in found]
    assert texts[5:9] == ["once", "", "rich & bold", ""]


def test_replies_name_what_they_answer_and_review_states_are_no_marks(tmp_path):
    doc, page = page_of()
    first, *_ = raw(
        doc,
        page,
        "<</Subtype/Square/Rect[1 1 2 2]/NM(wall-7)/CreationDate(D:20240229101500+08'00')/Subj(Cloud+)>>",
        "<</Subtype/Text/Rect[1 1 2 2]>>",
        "<</Subtype/Text/Rect[1 1 2 2]>>",
        "<</Subtype/Square/Rect[1 1 2 2]/F 2>>",
    )
    doc.xref_set_key(first + 1, "IRT", f"{first} 0 R")
    doc.xref_set_key(first + 1, "Contents", "(agreed)")
    doc.xref_set_key(first + 2, "IRT", f"{first} 0 R")
    doc.xref_set_key(first + 2, "State", "(Accepted)")
    doc.xref_set_key(first + 2, "StateModel", "(Review)")
    drawing = saved(doc, tmp_path)
    mark, reply = drawing.annotations
    assert (mark.source, mark.created, mark.subject) == ("wall-7", "2024-02-29T10:15:00+08:00", "Cloud+")
    assert (mark.status, reply.reply_to, reply.text) == ("Accepted", "wall-7", "agreed")
    assert drawing.meta["annotations_hidden"] == 1


def test_form_fields_stay_part_of_the_page(tmp_path):
    doc, page = page_of()
    widget = pymupdf.Widget()
    widget.rect, widget.field_type, widget.field_name = pymupdf.Rect(50, 50, 150, 70), pymupdf.PDF_WIDGET_TYPE_TEXT, "n"
    widget.field_value = "A-101"
    page.add_widget(widget)
    page.add_freetext_annot((200, 50, 300, 80), "a remark")
    drawing = saved(doc, tmp_path)
    assert "A-101" in drawing.spaces[0].texts.string
    assert "a remark" not in drawing.spaces[0].texts.string
    assert [mark.text for mark in drawing.annotations] == ["a remark"]


def test_twenty_thousand_marks_end_in_a_named_limit(tmp_path):
    doc, page = page_of()
    one = doc.get_new_xref()
    doc.update_object(one, "<</Subtype/Text/Rect[1 1 2 2]/Contents(x)>>")
    doc.xref_set_key(one, "Popup", f"{one} 0 R")
    doc.xref_set_key(page.xref, "Annots", "[" + f"{one} 0 R " * 20_000 + "]")
    drawing = saved(doc, tmp_path)
    assert len(drawing.annotations) == marks.LIMIT
    assert "limit_reached" in {d.code for d in drawing.defects}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("D:20240229101500+08'00'", "2024-02-29T10:15:00+08:00"),
        ("D:20240229101500Z", "2024-02-29T10:15:00Z"),
        ("D:2024", "2024-01-01"),
        ("D:20241399", ""),
        ("yesterday", ""),
    ],
)
def test_dates(text, said):
    assert marks.iso_date(text) == said
