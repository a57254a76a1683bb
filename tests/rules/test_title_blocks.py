"""What people say of title blocks stands before what was read, for every rule, and is named as evidence."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.drawing.conclude import conclude
from pipeline.drawing.kinds import Format, SpaceKind
from pipeline.drawing.model import Drawing, Field, Sheet, Space
from pipeline.readers.registry import read_path
from pipeline.sheets.find import find_sheets
from rules.engine.facts import SheetFacts
from rules.engine.reading import derive
from rules.engine.reading.title_blocks import corrected
from rules.runner import check

SAMPLES = Path(__file__).parents[2] / "sample_drawings"
WHOLE = (0.0, 0.0, 841.0, 594.0)


def said(**values: str) -> dict[str, dict[str, dict[str, str]]]:
    return {"0:1": {name: {"value": value, "read": "?"} for name, value in values.items()}}


def drawing(kind: SpaceKind, scale: float, stated: str = "1:100") -> Drawing:
    fields = {"number": Field("建施-O3", 0.5, "text"), "scale": Field(stated, 0.7, "cell")}
    one = Sheet("0:1", 0, WHOLE, (841.0, 594.0), (1, 0, 0, 1, 0, 0), scale, True, "建施-O3", "平面图", "", fields)
    other = Sheet("0:2", 0, WHOLE, (841.0, 594.0), (1, 0, 0, 1, 0, 0), scale, True, "建施-04", "立面图")
    return Drawing(Format.DXF, "0" * 64, "x", spaces=[Space("", kind)], sheets=[one, other])


def test_what_a_person_says_replaces_what_was_read_on_that_sheet_alone():
    read = drawing(SpaceKind.MODEL, 100.0)
    made, other = corrected(read, said(number="建施-03", title="二层平面图", discipline="建筑", date="2026-05")).sheets
    assert (made.number, made.title, made.discipline) == ("建施-03", "二层平面图", "建筑")
    assert made.fields["number"] == Field("建施-03", 1.0, "person") and made.fields["date"].value == "2026-05"
    assert made.fields["scale"].origin == "cell" and other is read.sheets[1]
    assert read.sheets[0].number == "建施-O3" and read.sheets[0].fields["number"].origin == "text"


def test_nothing_said_is_the_drawing_itself():
    read = drawing(SpaceKind.MODEL, 100.0)
    assert corrected(read, {}) is read and corrected(read, {"9:9": {}}).sheets == read.sheets


@pytest.mark.parametrize("words", ["1/50", "1：50", "1 : 50"])
def test_a_corrected_scale_is_understood_as_the_sheet_table_understands_it(words):
    assert corrected(drawing(SpaceKind.PAGE, 100.0, stated="1/100"), said(scale=words)).sheets[0].scale == 50.0


@pytest.mark.parametrize(
    ("kind", "scale", "then"),
    [
        (SpaceKind.PAGE, 100.0, 50.0),  # paper is as it states
        (SpaceKind.LAYOUT, 1.0, 50.0),  # no scale was read
        (SpaceKind.PAGE, 0.5, 0.5),  # a sheet plotted at half its size is measured by its frame
        (SpaceKind.MODEL, 100.0, 100.0),  # and so is one in model space
    ],
)
def test_a_corrected_scale_measures_paper_and_never_the_model(kind, scale, then):
    made = corrected(drawing(kind, scale), said(scale="1:50")).sheets[0]
    assert (made.scale, made.fields["scale"].value) == (then, "1:50")


def test_a_value_emptied_by_a_person_is_empty():
    made = corrected(drawing(SpaceKind.PAGE, 100.0), said(number="", scale="")).sheets[0]
    assert (made.number, made.fields["number"].value, made.scale) == ("", "", 100.0)


def test_the_facts_keep_the_name_as_it_was_read_for_their_subjects():
    facts = derive("f", "a.dxf", drawing(SpaceKind.MODEL, 100.0), said(title="二层平面图"))
    first, second = facts.sheets
    assert (first.title, first.subject("x")) == ("二层平面图", "dxf|平面图|x")
    assert first.said["title"] == {"value": "二层平面图", "read": "?"} and second.said == {}


def storeys(title: str | None) -> list[SheetFacts]:
    (path,) = (SAMPLES / "scheme").glob("*.ifc")
    model = read_path(path, path.name)
    find_sheets(model)
    conclude(model)
    key = model.sheets[0].id
    words = {key: {"title": {"value": title, "read": ""}}} if title else {}
    return derive("f", path.name, model, words).sheets


def test_a_storey_that_a_person_names_is_called_so():
    before, after = storeys(None), storeys("地下室")
    assert after[0].title == "地下室" and after[0].subject() == before[0].subject()
    assert [s.title for s in after[1:]] == [s.title for s in before[1:]]


def test_a_finding_names_the_values_a_person_gave():
    read = [("f", "a.dxf", drawing(SpaceKind.MODEL, 100.0))]
    stated = [f for f in check(read, "construction") if f.rule_code == "DRW-003"]
    words = {"f": said(number="建施-03")}
    told = [f for f in check(read, "construction", title_blocks=words) if f.rule_code == "DRW-003"]
    assert not any("title_block" in f.evidence for f in stated)
    named = [f.evidence["title_block"] for f in told if f.sheet_key == "0:1"]
    assert named and all(
        one == [{"sheet": "建施-03 平面图", "field": "number", "origin": "person", "value": "建施-03", "read": "?"}]
        for one in named
    )
