"""Where a content stream may end, and where it was cut."""

from pathlib import Path

import pymupdf
import pytest

from pipeline.drawing.conclude import conclude
from pipeline.drawing.kinds import State
from pipeline.readers.pdf.ends import unfinished
from pipeline.readers.registry import read_path
from pipeline.sheets.find import find_sheets

IMAGE = b"q 8 0 0 8 0 0 cm BI /W 8 /H 1 /BPC 8 /CS /G ID (<[BT12\x00\xff EI"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"  \r\n",
        b"1 w 0 0 m 9 9 l S",
        b"0 0 m 9 9 l S % a word behind 1 2 (",
        b"BT /F1 12 Tf (A\\)-\\(01) Tj ET\n",
        b"BT (a(b)c) Tj <4142> Tj [(x) 3 <41>] TJ ET q",  # a graphics state left open is common and whole
        b"/Span <</ActualText (\xfe\xff)>> BDC 0 0 9 9 re f EMC 1 0 0 1 5 5 cm",
        IMAGE,
        IMAGE + b" Q 1 0 0 1 5 5 cm",
        b"/F1 9 Tf",
        b"0 0 9 9 re W n 2 w",
        b"BT ET\x00",
    ],
)
def test_whole_streams_leave_nothing_open(content: bytes) -> None:
    assert unfinished(content) == ""


@pytest.mark.parametrize(
    ("content", "within"),
    [
        (b"BT /F1 12 Tf (A-01", "string"),
        (b"BT /F1 12 Tf (A\\)", "string"),
        (b"BT /F1 12 Tf <41", "string"),
        (b"BT /F1 12 Tf [(A) 3", "array"),
        (b"/Span <</MCID 3", "array"),
        (b"0 0 m 9 9 l S 10 20.", "operands"),
        (b"0 0 m 9 9 l S /F1 12", "operands"),
        (b"0 0 m 9 9 l", "path"),
        (b"0 0 9 9 re W", "path"),
        (b"BT /F1 12 Tf", "text"),
        (b"BT (A) Tj", "text"),
        (IMAGE + b" Q 0 0 m 5", "operands"),
    ],
)
def test_a_cut_stream_says_within_what(content: bytes, within: str) -> None:
    assert unfinished(content) == within


def drawn(tmp_path: Path, content: bytes, form: bytes = b"0 0 m 9 9 l S"):
    doc = pymupdf.open()
    inner = doc.new_page(width=100, height=100)
    inner.draw_line((0, 0), (9, 9))
    doc.update_stream(inner.get_contents()[0], form)
    outer = pymupdf.open()
    page = outer.new_page(width=200, height=200)
    page.show_pdf_page(page.rect, doc, 0)
    name = page.get_xobjects()[0][1]
    outer.update_stream(page.get_contents()[0], content + b" /%s Do" % name.encode() if form else content)
    outer.new_page(width=200, height=200).draw_line((0, 0), (9, 9))
    path = tmp_path / "cut.pdf"
    outer.save(path)
    drawing = read_path(path, path.name)
    find_sheets(drawing)
    conclude(drawing)
    return drawing


def test_a_page_cut_short_is_partial_and_its_neighbour_whole(tmp_path: Path) -> None:
    drawing = drawn(tmp_path, b"0 0 m 90 90 l S BT", b"")
    told = [one for one in drawing.defects if one.code == "page_content_cut"]
    assert [one.details["page"] for one in told] == [1]
    assert "一段文字" in told[0].zh and "within a text" in told[0].en
    assert drawing.state == State.PARTIAL
    assert [sheet.state for sheet in drawing.sheets] == [State.PARTIAL, State.COMPLETE]


def test_a_form_cut_short_counts_for_the_page_that_draws_it(tmp_path: Path) -> None:
    whole = drawn(tmp_path, b"0 0 m 90 90 l S")
    assert whole.state == State.COMPLETE
    cut = drawn(tmp_path, b"0 0 m 90 90 l S", b"0 0 m 9 9 l S 3 7")
    assert [one.details["page"] for one in cut.defects if one.code == "page_content_cut"] == [1]
