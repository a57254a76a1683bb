"""Which storey a sheet shows: by name and content, by content alone, and what a person told apart stays apart."""

from __future__ import annotations

from pipeline.comparing.identity import SheetIdentity
from pipeline.comparing.sections.storeys import Fit, fits_of, paired_by_fit
from pipeline.drawing.kinds import Format
from tests.pipeline.comparing.drawings import drawing
from tests.pipeline.comparing.sections.house import BODIES, LABELS, cut_plan, model

UPPER = tuple((kind, name, (x0, y0, z0 + 3000, x1, y1, z1 + 3000)) for kind, name, (x0, y0, z0, x1, y1, z1) in BODIES)


def alone(olds: list[str], news: list[str]) -> list[SheetIdentity]:
    return [SheetIdentity(one, None) for one in olds] + [SheetIdentity(None, one) for one in news]


def sides(pairs: list[SheetIdentity]) -> list[tuple[str | None, str | None, str]]:
    return [(pair.old, pair.new, pair.relation) for pair in pairs if pair.old and pair.new]


def test_equal_storeys_are_told_apart_by_the_title_of_the_sheet() -> None:
    building, plan = model(BODIES, UPPER), drawing(cut_plan(), LABELS)
    ids = [sheet.id for sheet in building.sheets]
    own = plan.sheets[0].id
    plan.sheets[0].title = ""
    (unsure,) = [p for p in paired_by_fit(alone(ids, [own]), fits_of(building, ids, plan, [own])) if p.old and p.new]
    assert unsure.relation == "unsure"
    plan.sheets[0].title = "二层平面图"
    fits = fits_of(building, ids, plan, [own])
    (sure,) = [p for p in paired_by_fit(alone(ids, [own]), fits) if p.old and p.new]
    assert [fit.named for fit in fits] == [True] and (sure.old, sure.relation) == (ids[1], "same")
    plan.sheets[0].title = "南立面图"
    assert not fits_of(building, ids, plan, [own])
    assert plan.format == Format.DXF


def test_ids_of_both_drawings_may_be_equal() -> None:
    fits = [Fit("0:1", "1:1", 0.9, 10, "1F", True), Fit("1:1", "0:1", 0.9, 10, "2F", True)]
    found = paired_by_fit(alone(["0:1", "1:1", "2:1"], ["0:1", "1:1", "2:1"]), fits)
    assert sides(found) == [("0:1", "1:1", "same"), ("1:1", "0:1", "same")]
    assert [(p.old, p.new) for p in found[2:]] == [("2:1", None), (None, "2:1")]


def test_a_roof_is_sure_when_the_storeys_that_fit_as_well_have_their_sheets_by_name() -> None:
    fits = [Fit("a", "1", 0.8, 10, "1F", True), Fit("r", "9", 0.7, 5, "roof"), Fit("a", "9", 0.7, 5, "1F")]
    assert sides(paired_by_fit(alone(["a", "r"], ["1", "9"]), fits)) == [("a", "1", "same"), ("r", "9", "same")]
    assert sides(paired_by_fit(alone(["a", "r"], ["1", "9"]), fits[1:])) == [("a", "9", "unsure")]


def test_what_a_person_told_apart_or_decided_is_left() -> None:
    fits = [Fit("a", "1", 0.8, 10, "1F")]
    assert not sides(paired_by_fit(alone(["a"], ["1"]), fits, {("a", "1")}))
    decided = [SheetIdentity("a", None, decided=True), SheetIdentity(None, "1")]
    assert paired_by_fit(decided, fits) == decided
