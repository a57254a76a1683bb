"""The drawing list against the set: several lists, ranges, a list in one format and sheets in the other, gaps."""

from __future__ import annotations

from dataclasses import replace

import pymupdf
import pytest

from pipeline.drawing.conclude import conclude
from pipeline.readers.registry import read_path
from pipeline.sheets.find import find_sheets
from rules.catalogue import rule_of
from rules.engine.context import load_pack
from rules.engine.facts import Place, SetFacts
from rules.runner import check, run_facts
from sample_drawings.framed_sheets.cases import cases
from sample_drawings.framed_sheets.make import make_case
from tests.rules import builders as b

WORDS = ("说明", "一层平面图", "二层平面图", "屋顶平面图")
NUMBERS = ("建施-01", "建施-02", "建施-03", "建施-04")


def home(*rows, form="dxf", **more):
    """The sheet with the list, 建施-00, in a file of its own."""
    place = Place(f"list.{form}", "0:1")
    listed = [b.listed(number, title) for number, title in rows]
    sheet = b.sheet(place=place, format=form, number="建施-00", title="图纸目录", listed=listed, **more)
    return b.file(sheet, file_id=place.file_id, name=place.file_id, format=form)


def sheets(*numbers, form="dxf", **more):
    """Sheets with the titles of WORDS in one file."""
    made = [
        b.sheet(place=Place(f"set.{form}", f"0:{i}"), format=form, number=number, title=WORDS[i], **more)
        for i, number in enumerate(numbers)
    ]
    return b.file(*made, file_id=f"set.{form}", name=f"set.{form}", format=form, state=more.get("state", "complete"))


def ends(code, *files):
    """Return (outcome, file id) of the findings of a rule on a set, and what they say."""
    found = run_facts(SetFacts(list(files)), "construction", load_pack(), [rule_of(code)()])
    return [(f.outcome, f.file_id) for f in found], " ".join(f.message_en for f in found)


ROWS = [("建施-00", "图纸目录"), *zip(NUMBERS, WORDS, strict=True)]


def test_a_list_in_a_pdf_is_held_against_the_sheets_in_dxf():
    files = home(*ROWS, form="pdf"), sheets(*NUMBERS)
    for code in ("SET-001", "SET-003"):
        assert ends(code, *files)[0] == [("passed", "list.pdf"), ("passed", "set.dxf")]
    got, said = ends("SET-001", home(*ROWS, form="pdf"), sheets("建施-01", "建施-02", "建施-03", "建施-05"))
    assert got == [("violation", "f1"), ("violation", "set.dxf")] and "建施-04" in said and "建施-05" in said


def test_the_sheets_lent_must_be_read_whole_too():
    for state in ("damaged", "partial", "rejected"):
        got, said = ends("SET-001", home(*ROWS, form="pdf"), sheets(*NUMBERS, state=state))
        assert got == [("undecided", "list.pdf")] and "set.dxf" in said
        got, _ = ends("SET-001", home(*ROWS, form="pdf"), sheets(*NUMBERS[:3], state=state))
        assert got == [("undecided", "list.pdf")]


def test_two_whole_sets_are_each_held_against_their_own_list():
    dxf, pdf = sheets(*NUMBERS), sheets(*NUMBERS[:3], form="pdf")
    got, said = ends("SET-001", home(*ROWS), dxf, home(*ROWS, form="pdf"), pdf)
    assert [outcome for outcome, _ in got] == ["passed", "violation"] and "建施-04" in said


def test_a_sheet_the_list_misses_in_its_own_format_is_looked_for_in_the_other():
    extra = sheets("建施-04", form="pdf")
    extra.sheets[0].title = "屋顶平面图"
    assert {outcome for outcome, _ in ends("SET-001", home(*ROWS), sheets(*NUMBERS[:3]), extra)[0]} == {"passed"}


def test_two_list_sheets_are_one_list():
    first, second = home(*ROWS[:2]), home(*ROWS[2:])
    second.file_id = second.name = "more.dxf"
    second.sheets[0].place = Place("more.dxf", "0:1")
    second.sheets[0].number = "建施-00b"
    second.sheets[0].listed.append(b.listed("建施-00b", "图纸目录续"))
    second.sheets[0].title = "图纸目录续"
    assert ends("SET-001", first, second, sheets(*NUMBERS))[0] == [("passed", "list.dxf")]


def test_a_row_that_could_not_be_read_keeps_sheets_from_being_called_unlisted():
    unread = home(*ROWS[:4], list_unread=[Place("list.dxf", "0:1", box=(10, 20, 30, 24))])
    for numbers in (NUMBERS, NUMBERS[:3]):
        got, said = ends("SET-001", unread, sheets(*numbers))
        assert got == [("undecided", "list.dxf")] and "list not read completely" in said
    assert ends("SET-003", unread, sheets(*NUMBERS))[0] == [("undecided", "list.dxf")]
    # what was read and is not there is still missing, and a title that differs still differs
    got, said = ends("SET-001", unread, sheets("建施-01", "建施-02"))
    assert got == [("violation", "f1")] and "建施-03" in said


def test_a_list_sheet_without_a_row_is_no_absent_list():
    empty = home(list_unread=[Place("list.dxf", "0:1")])
    for code in ("SET-001", "SET-003"):
        assert ends(code, empty, sheets(*NUMBERS))[0] == [("undecided", "list.dxf")]


def test_a_sheet_without_a_number_may_be_the_missing_one_but_the_list_itself_is_not():
    nameless = home(*ROWS[1:])
    nameless.sheets[0].number = ""
    assert ends("SET-001", nameless, sheets(*NUMBERS))[0] == [("passed", "list.dxf")]
    got, said = ends("SET-001", nameless, sheets(*NUMBERS[:3], ""))
    assert got == [("undecided", "list.dxf")] and "屋顶平面图" in said
    listed = replace(nameless, sheets=[replace(nameless.sheets[0], listed=[b.listed(*row) for row in ROWS])])
    assert ends("SET-001", listed, sheets(*NUMBERS))[0] == [("undecided", "list.dxf")]


def test_titles_that_cannot_be_compared_have_not_passed():
    assert ends("SET-003", home(("建施-01", ""), ("建施-02", "")), sheets(*NUMBERS))[0] == [("undecided", "list.dxf")]


def test_sizes_and_versions_are_compared_only_where_both_sides_are_sure():
    assert ends("SET-005", home(*ROWS), sheets(*NUMBERS))[0] == [("passed", "list.dxf")]
    for more in ({"framed": False}, {"size_mm": (914.4, 609.6)}):  # no frame, no metric size: nothing to compare
        assert ends("SET-005", home(*ROWS, **more), sheets(*NUMBERS, **more))[0] == [("not_applicable", "")]
    reduced = {"kind": "page", "size_mm": (420.0, 297.0), "fields": {"scale": "1:100"}, "real_scale": 200.0}
    assert ends("SET-005", home(*ROWS), sheets(*NUMBERS, **reduced))[0] == [("passed", "list.dxf")]
    got, said = ends("SET-005", home(*ROWS), sheets(*NUMBERS, **{**reduced, "real_scale": 100.0}))
    assert [outcome for outcome, _ in got] == ["advice"] * 4 and "the list says size A1, the sheet is A3" in said


def test_sizes_of_a_list_that_was_not_read_whole_are_undecided():
    for rows in ([], ROWS):
        unread = home(*rows, list_unread=[Place("list.dxf", "0:1")])
        assert ends("SET-005", unread, sheets(*NUMBERS))[0] == [("undecided", "list.dxf")]


def test_a_person_s_version_is_the_one_that_is_compared():
    later = sheets(*NUMBERS, fields={"version": "B"}, said={"version": {"value": "B", "read": "8"}})
    found = run_facts(SetFacts([home(*ROWS), later]), "construction", load_pack(), [rule_of("SET-005")()])
    assert {f.outcome for f in found} == {"advice"} and found[0].evidence["title_block"][0]["value"] == "B"


def drawn(path):
    drawing = read_path(path, path.name)
    find_sheets(drawing)
    conclude(drawing)
    return path.name, path.name, drawing


@pytest.fixture
def framed(tmp_path):
    """A drawn DXF file of eight framed sheets, and their numbers and titles; its own list is taken off."""
    case = {case.name: case for case in cases(1)}["set_with_list"]
    case = replace(case, sheets=case.sheets[1:])
    return make_case(case, tmp_path).path, [(s.fields["number"], s.fields["title"]) for s in case.sheets]


@pytest.mark.parametrize("gone", [0, 1])
def test_a_drawn_list_in_a_pdf_against_drawn_sheets_in_dxf(framed, gone, tmp_path):
    path, known = framed
    listed = [*known, *[("建施-77", "墙身大样")] * gone]
    point = 72 / 25.4
    with pymupdf.open() as doc:
        page = doc.new_page(width=210 * point, height=297 * point)
        lines = [
            ("", "图纸目录", ""),
            ("序号", "图号", "图纸名称"),
            *((str(i), *row) for i, row in enumerate(listed, 1)),
        ]
        for at, line in enumerate(lines):
            for word, x in zip(line, (20, 40, 90), strict=True):
                page.insert_text((x * point, (30 + 8 * at) * point), word, fontname="china-s", fontsize=9)
        doc.save(tmp_path / "list.pdf")
    found = check(
        [drawn(path), drawn(tmp_path / "list.pdf")], "construction",
        chosen=[rule_of("SET-001")(), rule_of("SET-003")()],
    )  # fmt: skip
    outcomes = [(f.rule_code, f.outcome) for f in found]
    if not gone:
        assert outcomes == [(code, "passed") for code in ("SET-001", "SET-001", "SET-003", "SET-003")]
    else:
        (missing,) = (f for f in found if f.outcome == "violation")
        assert missing.evidence["number"] == "建施-77" and missing.file_id == "list.pdf" and missing.box
        x0, y0, x1, y1 = missing.box
        assert 35 < x0 < 45 and x1 - x0 < 90 and y1 - y0 < 8 and missing.source_ids
