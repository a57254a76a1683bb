"""Which sheet is which, by a person's word: obeyed by the comparison, and only what it touches is compared again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

import api.tables  # noqa: F401  every table, so that the records can be made
from api.access import Actor
from api.errors import Stale
from api.results import pairs
from api.results.schemas import PairDecision, SheetChange, TitleBlock
from api.results.title_blocks import edit
from api.work import ring_started
from pipeline import flow
from pipeline.errors import Refused
from pipeline.records import jobs
from pipeline.records.base import transaction
from pipeline.records.tables import Comparison, Difference, Event, File, Job, Sheet, SheetPair, Submission
from pipeline.work import compare
from pipeline.work.perform import Task
from tests.pipeline.work.conftest import Installation
from tests.pipeline.work.test_journey import _dxf

REVIEWER = replace(Actor.nobody(), id="7" * 32, name="张三")
WIDTHS = {"a.dxf": 6000.0, "b.dxf": 8000.0, "c.dxf": 9000.0}


@pytest.fixture
def compared(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Two versions of three files, compared; `calls` counts pairs of drawings that were really compared."""
    calls: list[str] = []
    run = compare.run

    def counted(station: str, *rest: Any) -> Any:
        if station == compare.COMPARING:
            calls.append(str(rest[1]["pairs"]))
        return run(station, *rest)

    monkeypatch.setattr(compare, "run", counted)
    old = installation.submission()
    for name, width in WIDTHS.items():
        installation.hand_in(old, name, _dxf(width))
    installation.work_off()
    new = installation.submission(previous=old, version=2)
    for name, width in WIDTHS.items():
        installation.hand_in(new, name, _dxf(width + 250))
    installation.work_off()
    (row,) = installation.rows(Comparison)
    assert row.state == "ready" and len(calls) == 3
    return {"id": row.id, "calls": calls}


def shown(comparison_id: str) -> list[dict[str, Any]]:
    with transaction() as session:
        return pairs.with_status(session, [session.get_one(Comparison, comparison_id)])[comparison_id]


def decide(comparison_id: str, project: str, **word: Any) -> None:
    with transaction() as session:
        row = session.get_one(Comparison, comparison_id)
        pairs.decide(session, REVIEWER, row, project, frozenset({"institute"}), PairDecision(**word))
    ring_started(session)


def test_proposals_are_stored_and_a_confirmed_one_is_not_compared_again(installation, compared) -> None:
    first = shown(compared["id"])
    assert len(first) == 3 and {p["status"] for p in first} == {"proposed"} and all(p["id"] for p in first)
    decide(compared["id"], installation.project, pair_id=first[0]["id"], decision="confirm")
    installation.work_off()
    again = {p["id"]: p for p in shown(compared["id"])}
    assert again[first[0]["id"]]["status"] == "confirmed" and not again[first[0]["id"]]["needs_confirmation"]
    assert len(compared["calls"]) == 3
    (event,) = installation.rows(Event, Event.tag == "results:pair:decided")
    assert event.details["decision"] == "confirm" and event.actor == REVIEWER.id


def test_another_partner_is_compared_and_the_rest_is_left_alone(installation, compared) -> None:
    first, second, third = shown(compared["id"])
    kept = {d.id for d in installation.rows(Difference) if d.new_sheet_id == third["new_sheet"]}
    assert kept
    decide(
        compared["id"], installation.project, pair_id=first["id"], decision="pair",
        old_sheet_id=first["old_sheet"], new_sheet_id=second["new_sheet"],
    )  # fmt: skip
    assert installation.rows(Comparison)[0].state == "waiting"
    installation.work_off()
    now = {(p["old_sheet"], p["new_sheet"]): p for p in shown(compared["id"])}
    right = now[first["old_sheet"], second["new_sheet"]]
    assert right["status"] == "confirmed" and right["decided"] and right["comparable"] is not None
    assert (second["old_sheet"], first["new_sheet"]) in now  # what was left over belongs together
    assert (third["old_sheet"], third["new_sheet"]) in now
    assert len(compared["calls"]) == 5, "two new pairs, the third is not compared again"
    assert kept <= {d.id for d in installation.rows(Difference)}
    assert {r.status for r in installation.rows(SheetPair) if r.id == first["id"]} == {"rejected"}


def test_new_dropped_not_the_same_and_taken_back(installation, compared) -> None:
    first = shown(compared["id"])[0]
    decide(compared["id"], installation.project, pair_id=first["id"], decision="alone", new_sheet_id=first["new_sheet"])
    installation.work_off()
    now = {(p["old_sheet"], p["new_sheet"]): p for p in shown(compared["id"])}
    alone = now[None, first["new_sheet"]]
    assert alone["status"] == "confirmed" and alone["decided"]
    assert (first["old_sheet"], None) in now and first["old_sheet"]
    assert not [d for d in installation.rows(Difference) if d.new_sheet_id == first["new_sheet"]]
    with pytest.raises(Stale):
        decide(compared["id"], installation.project, pair_id=alone["id"], decision="reset")  # seen as proposed
    decide(compared["id"], installation.project, pair_id=alone["id"], seen="confirmed", decision="reset")
    with transaction() as session:
        rejected = session.query(SheetPair).filter_by(status="rejected").one()
        assert (rejected.old_sheet_id, rejected.new_sheet_id) == (first["old_sheet"], first["new_sheet"])
    decide(compared["id"], installation.project, pair_id=rejected.id, seen="rejected", decision="reset")
    installation.work_off()
    back = {(p["old_sheet"], p["new_sheet"]): p for p in shown(compared["id"])}
    assert back[first["old_sheet"], first["new_sheet"]]["status"] == "proposed"
    assert [d for d in installation.rows(Difference) if d.new_sheet_id == first["new_sheet"]]


def test_points_lay_a_pair_on_one_another_until_they_are_taken_back(installation, compared) -> None:
    first, *others = shown(compared["id"])
    points = [[[0, 0], [100, 200]], [[3000, 0], [3100, 200]]]
    for wrong in (points[:1], [points[0], points[0]], [points[0], [[3000, 0], [100, 200]]]):
        with pytest.raises(Refused):
            decide(compared["id"], installation.project, pair_id=first["id"], decision="align", points=wrong)
    decide(compared["id"], installation.project, pair_id=first["id"], decision="align", points=points)
    installation.work_off()
    now = {p["id"]: p for p in shown(compared["id"])}
    pair = now[first["id"]]
    assert pair["points"] == points and pair["status"] == "confirmed" and pair["decided_by"] is None
    assert pair["transform"][0][2] == pytest.approx(100, abs=1) and pair["transform"][1][2] == pytest.approx(200, abs=1)
    assert "人工" in pair["reason"]["zh"] and len(compared["calls"]) == 4, "the other pairs are not compared again"
    (event,) = installation.rows(Event, Event.tag == "results:pair:decided")
    assert event.details["points"] == points
    decide(compared["id"], installation.project, pair_id=first["id"], seen="confirmed", decision="align")
    installation.work_off()
    pair = {p["id"]: p for p in shown(compared["id"])}[first["id"]]
    assert pair["points"] is None and pair["status"] == "confirmed" and pair["transform"] == first["transform"]
    assert all(now[other["id"]]["transform"] == other["transform"] for other in others)


def correct(installation: Installation, file_name: str, submission: str, number: str) -> str:
    (file,) = installation.rows(File, File.name == file_name, File.submission_id == submission)
    with transaction() as session:
        (sheet,) = session.scalars(select(Sheet).where(Sheet.file_id == file.id))
        words = SheetChange(sheet_id=sheet.id, row_version=sheet.row_version, values=TitleBlock(number=number))
        edit(session, REVIEWER, session.get_one(Submission, submission), frozenset({"institute"}), [words])
        return sheet.id


def comparing(installation: Installation) -> int:
    return len(installation.rows(Job, Job.kind == "compare"))


def test_a_corrected_number_is_paired_again_and_only_once(installation, compared) -> None:
    (row,) = installation.rows(Comparison)
    asked, calls = comparing(installation), len(compared["calls"])
    old = correct(installation, "a.dxf", row.old_id, "建施-07")
    installation.work_off()
    new = correct(installation, "b.dxf", row.new_id, "建施-07")
    installation.work_off()
    assert comparing(installation) == asked + 2  # a side is a side: the old one too
    pair = next(p for p in shown(compared["id"]) if p["old_sheet"] == old)
    assert pair["new_sheet"] == new, "one number, one sheet"
    assert len(compared["calls"]) > calls
    made = len(compared["calls"])
    with transaction() as session:
        flow.start(session, "settle", row.new_id, row.new_id, engine="asked again")
    installation.work_off()
    assert (comparing(installation), len(compared["calls"])) == (asked + 2, made)


def test_a_correction_that_moves_no_pair_compares_no_drawing_again(installation, compared) -> None:
    (row,) = installation.rows(Comparison)
    calls = len(compared["calls"])
    correct(installation, "a.dxf", row.new_id, "建施-01")
    installation.work_off()
    assert len(compared["calls"]) == calls and installation.rows(Comparison)[0].state == "ready"


def test_a_comparison_that_a_correction_overtook_writes_nothing(installation, compared) -> None:
    (row,) = installation.rows(Comparison)
    with transaction() as session:
        bell = flow.start(session, "compare", row.id, row.new_id, engine="slow")
        claim = jobs.claim(session, bell.job_id, 60.0)
    write = compare.compare(Task(claim))
    for name, submission in (("a.dxf", row.old_id), ("b.dxf", row.new_id)):
        correct(installation, name, submission, "建施-07")
    installation.work_off()
    after = shown(compared["id"])
    with transaction() as session:
        assert write(session) == []
    assert shown(compared["id"]) == after
