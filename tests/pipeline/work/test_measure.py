"""The loss meter as a station: every sheet gets its ink; a loss nobody can explain reaches file and reviewer."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import update

from pipeline.isolation import sandbox
from pipeline.isolation.outcome import Outcome
from pipeline.records.base import transaction
from pipeline.records.jobs import Claim
from pipeline.records.tables import File, Job, Sheet, Submission
from pipeline.work import measure as measuring
from tests.pipeline.work.conftest import Installation, plan_pdf


def test_every_sheet_gets_its_ink(installation: Installation) -> None:
    submission = installation.submission()
    installation.hand_in(submission, "plan.pdf", plan_pdf())
    installation.work_off()
    (sheet,) = installation.rows(Sheet)
    assert sheet.ink["share"] == 1.0 and sheet.ink["by"].startswith("pdfium") and sheet.ink["why"] == ""
    (file,) = installation.rows(File)
    assert file.state == "complete" and not file.defects


def test_an_unexplained_loss_makes_sheet_and_file_partial_and_a_second_reading_keeps_it(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = installation.submission()
    file_id = installation.hand_in(submission, "plan.pdf", plan_pdf())
    real = sandbox.run

    def lossy(*args: object, **named: object) -> Outcome:
        outcome = real(*args, **named)  # type: ignore[arg-type]
        inks = json.loads(outcome.outputs["ink"])
        for ink in inks.values():
            ink["share"], ink["causes"] = 0.9, {"unexplained": 0.1}
        outcome.outputs["ink"] = json.dumps(inks).encode()
        return outcome

    monkeypatch.setattr(measuring, "run", lossy)
    installation.work_off()
    for _ in range(2):
        (file,), (sheet,) = installation.rows(File), installation.rows(Sheet)
        assert file.state == sheet.state == "partial" and sheet.missing == ["ink_lost"]
        (found,) = file.defects
        assert found["code"] == "ink_lost" and "10.0" in found["en"] and found["loses_content"]
        assert installation.rows(Submission)[0].reading == "partly_ready"
        with transaction() as session:  # a person accepts it, and the same reading is made again
            session.execute(update(File).values(accepted_by="1" * 32))
            session.execute(update(Job).where(Job.kind == "read").values(state="queued", lease_until=0.0))
        installation.work_off()
        assert installation.rows(File)[0].accepted_by == "1" * 32
    monkeypatch.setattr(measuring, "run", real)
    with transaction() as session:
        session.execute(update(Job).where(Job.kind == "measure").values(state="queued", lease_until=0.0))
        session.execute(update(File).values(state="complete"))
    installation.work_off()
    (file,), (sheet,) = installation.rows(File), installation.rows(Sheet)
    assert not file.defects and sheet.ink["share"] == 1.0 and file.accepted_by is None
    assert file_id == file.id


def test_a_meter_that_dies_leaves_the_reading_and_says_so(installation: Installation) -> None:
    submission = installation.submission()
    installation.hand_in(submission, "plan.pdf", plan_pdf())
    installation.work_off()
    (file,) = installation.rows(File)
    claim = Claim("0" * 32, "measure", file.id, "1", submission, 3, 3)
    with transaction() as session:
        measuring.give_up(session, claim, "the worker died 3 times on it")
    (sheet,) = installation.rows(Sheet)
    assert sheet.ink["share"] is None and sheet.ink["why"].startswith("meter_failed: ")
    assert installation.rows(File)[0].state == "complete"
