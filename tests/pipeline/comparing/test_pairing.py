"""Laws of pairing sheets over submissions."""

import pytest

from pipeline.comparing.pairing import SheetDescription, pair_sheets, storeys, title_likeness


def sheet(key, number="", title="", fmt="dxf", kind="model", **more):
    return SheetDescription(key, number, title, format=fmt, kind=kind, **more)


def pairs_of(old, new):
    return {(p.old, p.new) for p in pair_sheets(old, new)}


def test_sheets_pair_by_number_and_title_in_any_order():
    old = [sheet("a", "建施-03", "一层平面图"), sheet("b", "建施-04", "二层平面图")]
    new = [sheet("y", "建施—04", "二层平面图"), sheet("x", "建施-03", "首层平面图")]
    assert pairs_of(old, new) == {("a", "x"), ("b", "y")}


def test_a_renumbered_sheet_pairs_by_its_title():
    old = [sheet("a", "建施-03", "一层平面图"), sheet("b", "建施-04", "二层平面图")]
    new = [sheet("x", "建施-04", "一层平面图"), sheet("y", "建施-05", "二层平面图")]
    assert pairs_of(old, new) == {("a", "x"), ("b", "y")}


def test_other_storeys_never_pair_by_title():
    assert title_likeness("三层平面图", "四层平面图") == 0 and title_likeness("首层平面图", "一层平面图") > 0.5
    assert storeys("三~五层平面图") == {3, 4, 5} and storeys("地下一层平面图") == {-1} and storeys("十二层") == {12}


def test_sheets_without_partner_are_named_with_a_reason():
    alone = [p for p in pair_sheets([sheet("a", "建施-14", "墙身大样图")], [sheet("x", "建施-03", "一层平面图")])]
    assert {(p.old, p.new) for p in alone} == {("a", None), (None, "x")}
    assert all(p.reason_zh and p.reason_en for p in alone)


def test_one_format_is_preferred_and_another_taken_only_without_partner():
    old = [sheet("d", "建施-03", "一层平面图"), sheet("p", "建施-03", "一层平面图", "pdf", "page")]
    new = [sheet("q", "建施-03", "一层平面图", "pdf", "page"), sheet("e", "建施-03", "一层平面图")]
    assert pairs_of(old, new) == {("d", "e"), ("p", "q")}
    (pair,) = [p for p in pair_sheets(old[:1], new[:1])]
    assert (pair.old, pair.new, pair.cross_format) == ("d", "q", True)


@pytest.mark.parametrize("hashes", [("h", "h"), ("h", "i")])
def test_equal_content_is_said(hashes):
    (pair,) = pair_sheets([sheet("a", "1", content_hash=hashes[0])], [sheet("x", "1", content_hash=hashes[1])])
    assert pair.identical == (hashes[0] == hashes[1])


def test_a_lone_nameless_sheet_pairs_with_the_other_lone_one():
    (pair,) = pair_sheets([sheet("a", size_mm=(420, 297))], [sheet("x", size_mm=(841, 594))])
    assert (pair.old, pair.new, pair.by) == ("a", "x", ["only"])


def test_pairing_is_one_to_one_for_sheets_of_equal_name():
    old = [sheet(f"a{k}", "", "详图") for k in range(3)]
    new = [sheet(f"x{k}", "", "详图") for k in range(2)]
    found = pair_sheets(old, new)
    assert sum(p.old is not None and p.new is not None for p in found) == 2
    assert sum(p.new is None for p in found) == 1
