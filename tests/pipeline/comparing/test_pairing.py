"""Laws of pairing sheets over submissions."""

import json
import random
from pathlib import Path

import pytest

from pipeline.comparing.engine import compare_drawings
from pipeline.comparing.identity import RELATIONS, Decision
from pipeline.comparing.pairing import SheetDescription, pair_sheets
from pipeline.comparing.titles import fold_number, storeys, title_likeness
from pipeline.drawing.certainty import CONFIRM
from tests.pipeline.comparing.drawings import drawing, plan


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


def sketch(*words, ink=()):
    return {"ink": sorted(ink), "inks": len(ink), "text": sorted(words), "texts": len(words)}


def one(old, new, decided=()):
    """The identities by (old, new)."""
    return {(p.old, p.new): p for p in pair_sheets(old, new, decided)}


def test_number_and_title_make_a_sure_identity_with_reasons():
    found = one([sheet("a", "建施-03", "一层平面图")], [sheet("x", "建施03", "一层平面图")])["a", "x"]
    assert found.relation == "same" and found.confidence >= CONFIRM and not found.needs_confirmation
    assert {r.code for r in found.reasons if r.speaks_for} >= {"number", "title"}
    assert all(r.zh and r.en for r in found.reasons)


def test_sheet_numbers_are_one_number_whatever_the_dashes_and_zeros():
    assert fold_number("建施—03") == fold_number("建施 3") == fold_number("建施-03")
    assert fold_number("A-101") != fold_number("A-1-01") and fold_number("建施-10") != fold_number("建施-1")


def test_the_same_content_under_another_number_is_renumbered():
    content = sketch(*range(40), ink=range(1000, 1060))
    old = [sheet("a", "建施-03", "一层平面图", sketch=content)]
    new = [
        sheet("x", "建施-05", "一层平面图", sketch=content),
        sheet("y", "建施-03", "三层平面图", sketch=sketch(900, 901)),
    ]
    found = one(old, new)["a", "x"]
    assert found.relation == "renumbered" and not found.needs_confirmation
    bare = [SheetDescription(**{**{k: getattr(s, k) for k in s.__slots__}, "sketch": {}}) for s in (old[0], new[0])]
    unsure = one(bare[:1], bare[1:])["a", "x"]
    assert unsure.relation == "renumbered" and unsure.needs_confirmation  # by its title alone


def test_another_stage_is_no_other_number():
    found = one([sheet("a", "建施-03", "一层平面图")], [sheet("x", "建竣-03", "一层平面图")])["a", "x"]
    assert found.relation == "same" and not found.needs_confirmation
    found = one([sheet("a", "建施-03", "一层平面图")], [sheet("x", "结施-03", "一层平面图")])["a", "x"]
    assert found.relation == "renumbered" and found.needs_confirmation


def test_one_number_for_another_drawing_is_only_a_proposal():
    old = [sheet("a", "建施-12", "楼梯详图", sketch=sketch(*range(30)))]
    new = [sheet("x", "建施-12", "墙身大样图", sketch=sketch(*range(100, 130)))]
    found = one(old, new)["a", "x"]
    assert found.relation == "retitled" and found.needs_confirmation
    new = [sheet("x", "建施-12", "楼梯间放大图", sketch=sketch(*range(28)))]
    found = one(old, new)["a", "x"]
    assert found.relation == "retitled" and not found.needs_confirmation


def test_sheets_that_took_each_others_numbers_are_swapped():
    one_content, two_content = sketch(*range(40)), sketch(*range(100, 140))
    old = [
        sheet("a", "建施-07", "南立面图", sketch=one_content),
        sheet("b", "建施-08", "北立面图", sketch=two_content),
    ]
    new = [
        sheet("x", "建施-07", "北立面图", sketch=two_content),
        sheet("y", "建施-08", "南立面图", sketch=one_content),
    ]
    found = one(old, new)
    assert found["a", "y"].relation == found["b", "x"].relation == "swapped"


def test_a_split_sheet_is_named_and_to_be_confirmed():
    old = [sheet("a", "建施-12", "楼梯详图", sketch=sketch(*range(40)))]
    new = [
        sheet("x", "建施-12", "楼梯详图（一）", sketch=sketch(*range(22))),
        sheet("y", "建施-13", "楼梯详图（二）", sketch=sketch(*range(20, 40))),
    ]
    found = one(old, new)
    assert found["a", "x"].relation == found[None, "y"].relation == "split"
    assert found["a", "x"].needs_confirmation and found[None, "y"].needs_confirmation
    assert [c.sheet for c in found[None, "y"].candidates][:1] == ["a"]
    merged = one(new, old)
    assert {p.relation for p in merged.values()} == {"merged"} and all(p.needs_confirmation for p in merged.values())


def test_two_buildings_with_equal_numbers_and_titles_do_not_mix():
    old = [sheet("a", "建施-03", "一层平面图", building="1#楼"), sheet("b", "建施-03", "一层平面图", building="2#楼")]
    new = [sheet("x", "建施-03", "一层平面图", building="2#楼"), sheet("y", "建施-03", "一层平面图", building="1#楼")]
    found = one(old, new)
    assert set(found) == {("a", "y"), ("b", "x")} and not any(p.needs_confirmation for p in found.values())
    for s in (*old, *new):
        object.__setattr__(s, "building", "")
    assert all(p.needs_confirmation for p in one(old, new).values())  # one is as likely as the other


def test_what_a_person_decided_is_obeyed():
    old = [sheet("a", "建施-03", "一层平面图"), sheet("b", "建施-04", "二层平面图")]
    new = [sheet("x", "建施-03", "一层平面图"), sheet("y", "建施-04", "二层平面图")]
    found = one(old, new, [Decision("a", "y")])
    assert found["a", "y"].decided and found["a", "y"].confidence == 1.0 and not found["a", "y"].needs_confirmation
    found = one(old, new, [Decision("a", "x", same=False)])
    assert ("a", "x") not in found
    found = one(old, new, [Decision("a", None), Decision(None, "x")])
    assert found["a", None].decided and found[None, "x"].decided


def test_the_json_form_holds_what_its_page_names():
    (found,) = pair_sheets([sheet("a", "建施-03", "一层平面图")], [sheet("x", "建施-03", "一层平面图")])
    told = found.to_json()
    page = (Path(__file__).parents[3] / "docs" / "formats" / "identity.md").read_text("utf-8")
    assert all(f"`{name}`" in page for name in told) and all(f"`{name}`" in page for name in RELATIONS)
    assert json.loads(json.dumps(told))["relation"] in RELATIONS


def test_many_sheets_pair():
    rng = random.Random(5)
    sets = [
        [
            sheet(
                f"{side}{k}",
                f"建施-{k:03d}",
                f"{k}层平面图",
                sketch=sketch(*rng.sample(range(10**6), 64), ink=rng.sample(range(10**6), 64)),
            )
            for k in range(120)
        ]
        for side in "ax"
    ]
    found = pair_sheets(*sets)
    assert all(p.old and p.new and p.old[1:] == p.new[1:] for p in found)


def test_the_only_sheets_of_two_drawings_are_compared_but_not_called_one():
    strokes, _ = plan()
    before = drawing(strokes, [], number="A-102", title="一层平面图")
    after = drawing(strokes[:3], [], number="B-7", title="二层平面图")
    for one, two in ((before, after), (after, before)):
        result = compare_drawings(one, two)
        (sheet,) = result.sheets
        assert sheet.relation == "unsure" and "only ones of their files" in sheet.paired["en"]
        assert not result.unpaired and sheet.comparable
