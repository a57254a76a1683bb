"""A damaged file a named person accepted: the rules are run again and may pass on it, saying who answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sqlalchemy import update

import api.tables  # noqa: F401  every table, so that the records can be made
from api.access import Actor
from api.submissions.service import accept_file
from api.work import settle_again
from pipeline import flow
from pipeline.records.base import transaction
from pipeline.records.tables import Event, File, Finding, Job, Sheet
from tests.pipeline.work.conftest import Installation

SAMPLES = Path(__file__).parents[3] / "sample_drawings"
REVIEWER = replace(Actor.nobody(), id="7" * 32, name="张三")


def damaged_pdf() -> bytes:
    """A drawing set whose cross-reference table points nowhere: everything is there once it is repaired."""
    (path,) = (SAMPLES / "scheme").glob("*.pdf")
    head, _, _ = path.read_bytes().rpartition(b"startxref")
    return head + b"startxref\n7\n%%EOF\n"


def outcomes(installation: Installation) -> dict[tuple[str, str], str]:
    return {(f.rule_code, f.subject_key): f.outcome for f in installation.rows(Finding)}


def test_acceptance_by_name_lets_the_rules_pass_and_is_what_they_stand_on(installation: Installation) -> None:
    submission = installation.submission()
    file_id = installation.hand_in(submission, "plan.pdf", damaged_pdf())
    installation.work_off()
    (file,) = installation.rows(File)
    assert file.state == "damaged"
    assert "undecided" in (before := outcomes(installation)).values() and "passed" not in before.values()
    with transaction() as session:
        row = session.get_one(File, file_id)
        accept_file(session, REVIEWER, row, installation.project, "只是交叉引用表")
    installation.work_off()
    assert len(installation.rows(Job, Job.kind == "check")) == 2
    passed = installation.rows(Finding, Finding.outcome == "passed")
    assert passed and all(f.evidence["accepted"] == [{"file": "plan.pdf", "by": "张三"}] for f in passed)
    assert all("张三" in f.message_zh for f in passed)
    (event,) = installation.rows(Event, Event.tag == "submissions:file:accepted")
    assert event.details["by"] == "张三"


def test_an_acceptance_that_is_not_in_the_log_counts_for_nothing(installation: Installation) -> None:
    submission = installation.submission()
    file_id = installation.hand_in(submission, "plan.pdf", damaged_pdf())
    installation.work_off()
    with transaction() as session:
        session.execute(update(File).where(File.id == file_id).values(accepted_by=REVIEWER.id))
        settle_again(session, submission)
    installation.work_off()
    assert len(installation.rows(Job, Job.kind == "check")) == 2
    assert "passed" not in outcomes(installation).values()


def read_again(installation: Installation, file_id: str, submission: str, mark: str) -> None:
    with transaction() as session:
        flow.start(session, "read", file_id, submission, engine=f"again-{mark}")
    installation.work_off()


def test_an_acceptance_falls_away_when_the_reading_finds_something_else_and_stays_when_not(
    installation: Installation,
) -> None:
    submission = installation.submission()
    file_id = installation.hand_in(submission, "plan.pdf", damaged_pdf())
    installation.work_off()
    with transaction() as session:
        accept_file(session, REVIEWER, session.get_one(File, file_id), installation.project, "只是交叉引用表")
    installation.work_off()
    read_again(installation, file_id, submission, "same")
    assert installation.rows(File)[0].accepted_by == REVIEWER.id
    with transaction() as session:  # what the person had read said the same code, of another thing
        row = session.get_one(File, file_id)
        row.defects = [{**one, "en": f"{one['en']} once"} for one in row.defects]
    read_again(installation, file_id, submission, "other")
    (file,) = installation.rows(File)
    assert file.state == "damaged" and file.accepted_by is None
    assert "passed" not in outcomes(installation).values()


def test_no_rule_passes_on_a_sheet_whose_ink_was_lost_after_reading(installation: Installation) -> None:
    submission = installation.submission()
    (path,) = (SAMPLES / "scheme").glob("01_*.dxf")
    file_id = installation.hand_in(submission, "plan.dxf", path.read_bytes())
    installation.work_off()
    before = [f for f in installation.rows(Finding, Finding.outcome == "passed")]
    assert before
    with transaction() as session:  # as the loss meter leaves them (pipeline.work.weighing)
        session.execute(update(File).where(File.id == file_id).values(state="partial"))
        session.execute(update(Sheet).where(Sheet.file_id == file_id).values(state="partial"))
        settle_again(session, submission)
    installation.work_off()
    assert "passed" not in outcomes(installation).values()
    undecided = installation.rows(Finding, Finding.outcome == "undecided")
    assert any(f.evidence.get("missing") == "partial" for f in undecided)
