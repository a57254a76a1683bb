"""A corrected title block: the rules are run again and judge what the person says, and the findings say so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from api.access import Actor
from api.annotations.tables import Annotation
from api.results.schemas import SheetChange
from api.results.title_blocks import edit
from pipeline import flow
from pipeline.records import jobs
from pipeline.records.base import transaction
from pipeline.records.tables import Finding, Job, Sheet, Submission
from pipeline.work.perform import Task
from rules import tasks
from tests.pipeline.work.conftest import Installation, marked

SAMPLES = Path(__file__).parents[3] / "sample_drawings"
PERSON = replace(Actor.nobody(), id="7" * 32, name="张三")
INSTITUTE = frozenset({"institute"})


def twice_the_same_number(installation: Installation) -> str:
    """A set of two files whose sheets have the same numbers; the second differs by a comment only."""
    submission = installation.submission()
    (path,) = (SAMPLES / "scheme").glob("03_*.dxf")
    body = path.read_bytes()
    installation.hand_in(submission, "a.dxf", body)
    installation.hand_in(submission, "b.dxf", b"999\nsecond\n" + body)
    installation.work_off()
    return submission


def say(submission: str, sheet: Sheet, **values: str | None) -> None:
    with transaction() as session:
        version = session.get_one(Sheet, sheet.id).row_version
        change = SheetChange(sheet_id=sheet.id, row_version=version, values=values)  # type: ignore[arg-type]
        edit(session, PERSON, session.get_one(Submission, submission), INSTITUTE, [change])


def unique(installation: Installation) -> dict[str, Finding]:
    return {f.subject_key: f for f in installation.rows(Finding, Finding.rule_code == "SET-002")}


def checks(installation: Installation) -> int:
    return len(installation.rows(Job, Job.kind == "check"))


def sheets_of(installation: Installation) -> list[Sheet]:
    return sorted(installation.rows(Sheet), key=lambda s: (s.file_id, s.key))


def test_a_wrong_number_fails_and_its_correction_passes_and_says_who_said_it(installation: Installation) -> None:
    submission = twice_the_same_number(installation)
    sheets = sheets_of(installation)
    second = [s for s in sheets if s.file_id == sheets[-1].file_id]
    assert unique(installation) and all(f.outcome in ("advice", "violation") for f in unique(installation).values())
    for at, sheet in enumerate(second):
        say(submission, sheet, number=f"方施-9{at}")
    before = checks(installation)
    installation.work_off()
    (found,) = unique(installation).values()
    assert (found.outcome, found.subject_key) == ("passed", "dxf|numbers")
    said = found.evidence["title_block"]
    assert [(one["field"], one["value"], one["read"], one["origin"]) for one in said] == [
        ("number", f"方施-9{at}", sheet.number, "person") for at, sheet in enumerate(second)
    ]
    assert checks(installation) == before + 1  # as many corrections as there were, settled and checked together
    with transaction() as session:  # asked again for the same title blocks
        flow.start(session, "settle", submission, submission)
    installation.work_off()
    assert checks(installation) == before + 1


def test_a_correction_that_is_taken_back_is_looked_at_again(installation: Installation) -> None:
    submission = twice_the_same_number(installation)
    before = {key: f.outcome for key, f in unique(installation).items()}
    sheet = sheets_of(installation)[-1]
    say(submission, sheet, number="方施-99")
    installation.work_off()
    assert {key: f.outcome for key, f in unique(installation).items()} != before
    say(submission, sheet, number=None)
    installation.work_off()
    assert {key: f.outcome for key, f in unique(installation).items()} == before
    assert not any("title_block" in f.evidence for f in unique(installation).values())


def test_what_was_decided_on_a_sheet_outlives_its_corrected_title(installation: Installation) -> None:
    submission = installation.submission()
    (path,) = (SAMPLES / "construction_v1").glob("02_*.dxf")
    installation.hand_in(submission, "plans.dxf", path.read_bytes())
    installation.work_off()
    with transaction() as session:
        rows = session.scalars(select(Finding).where(Finding.sheet_id.is_not(None))).all()
        mine = next(row for row in rows if session.get_one(Sheet, row.sheet_id).title in row.subject_key)
        mine.status, mine.reason = "rejected", "误报"
        id_, sheet = mine.id, session.get_one(Sheet, mine.sheet_id)
    say(submission, sheet, title=f"{sheet.title}（甲区）")
    installation.work_off()
    (kept,) = installation.rows(Finding, Finding.id == id_)
    assert (kept.status, kept.reason) == ("rejected", "误报")
    assert f"{sheet.title}（甲区）" in {one["value"] for one in kept.evidence["title_block"]}


def claimed(submission: str, engine: str) -> jobs.Claim:
    with transaction() as session:
        bell = flow.start(session, "check", submission, submission, engine=engine)
        claim = jobs.claim(session, bell.job_id, 60.0)
    assert claim is not None
    return claim


def test_a_check_that_a_correction_overtook_writes_nothing(installation: Installation) -> None:
    submission = twice_the_same_number(installation)
    before = {key: f.message_zh for key, f in unique(installation).items()}
    write = tasks.check_submission(Task(claimed(submission, "slow")))
    say(submission, sheets_of(installation)[-1], number="方施-99")
    installation.work_off()
    after = {key: f.message_zh for key, f in unique(installation).items()}
    assert after != before
    with transaction() as session:
        assert write(session) == []
    assert {key: f.message_zh for key, f in unique(installation).items()} == after


def test_of_two_checks_that_wait_the_later_one_does_the_work(installation: Installation) -> None:
    submission = twice_the_same_number(installation)
    first = claimed(submission, "first")
    with transaction() as session:
        later = flow.start(session, "check", submission, submission, engine="later")
        session.get_one(Job, later.job_id).queued_at += 1.0
    assert tasks.check_submission(Task(first)) is tasks.nothing
    with transaction() as session:
        claim = jobs.claim(session, later.job_id, 60.0)
    assert claim is not None and tasks.check_submission(Task(claim)) is not tasks.nothing


def test_a_mark_made_on_a_finding_stays_when_the_finding_goes(installation: Installation) -> None:
    submission = twice_the_same_number(installation)
    (finding, *_), sheets = unique(installation).values(), sheets_of(installation)
    marked(sheets[0], finding_id=finding.id)
    for at, sheet in enumerate(s for s in sheets if s.file_id == sheets[-1].file_id):
        say(submission, sheet, number=f"方施-9{at}")
    installation.work_off()
    assert finding.id not in {row.id for row in installation.rows(Finding)}
    (mark,) = installation.rows(Annotation)
    assert (mark.sheet_id, mark.finding_id) == (sheets[0].id, None)
