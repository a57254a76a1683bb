"""The sample project goes on by itself, once, by real deeds, and leaves what visitors do alone."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from api import sample_life, seed
from api.annotations.tables import Annotation, Reply
from api.database import reading, writing
from pipeline.records.log import verify_chain
from pipeline.records.tables import Comparison, Event, File, Finding, Job, Sheet, Submission


@pytest.fixture
def sample(people: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A sample project of its own with small files, before anything of it is read; its project."""
    for version in ("scheme", "construction_v1", "construction_v2", "as_built"):
        folder = tmp_path / version
        folder.mkdir()
        (folder / "02_平面图.dxf").write_bytes(f"drawing {tmp_path} {version}".encode())
    monkeypatch.setattr(seed, "FOLDER", tmp_path)
    for module in (seed, sample_life):
        monkeypatch.setattr(module, "CODE", f"SAMPLE-{tmp_path.name}")
    return seed.seed().project_id


def machines(project: str, *, number: str = "建施-05") -> None:
    """Do what the worker would: every waiting file is read and has a sheet, jobs end, comparisons are made."""
    with writing() as db:
        for row in db.scalars(select(Submission).where(Submission.project_id == project)):
            for file in db.scalars(select(File).where(File.submission_id == row.id, File.state == "waiting")):
                file.state, file.format = "complete", "dxf"
                sheet = Sheet(
                    file_id=file.id, submission_id=row.id, key="0:1", ordinal=1, kind="model", number=number,
                    width_mm=841, height_mm=594, to_space=[1, 0, 0, 1, 0, 0],
                )  # fmt: skip
                db.add(sheet)
                db.flush()
                if row.stage == "construction":
                    db.add(_finding(row.id, sheet.id))
                row.reading = "ready"
            for job in db.scalars(select(Job).where(Job.submission_id == row.id)):
                job.state = "done"
            if row.previous_id and row.reading == "ready":
                pair = (Comparison.old_id == row.previous_id, Comparison.new_id == row.id)
                if db.scalar(select(Comparison.id).where(*pair)) is None:
                    db.add(Comparison(old_id=row.previous_id, new_id=row.id, state="ready", pairs=[]))


def _finding(submission_id: str, sheet_id: str) -> Finding:
    return Finding(
        submission_id=submission_id, sheet_id=sheet_id, rule_code="FIR-001", rule_version="1",
        subject_key="dxf|M0721|1", outcome="advice", message_zh="门", message_en="door",
    )  # fmt: skip


def told(project: str, seconds: float = 60.0) -> str:
    """Let the story run beside the machines until it ends; return why it ended."""
    stop, ends = threading.Event(), []
    life = threading.Thread(target=lambda: ends.append(sample_life.live(stop, 0.01)))
    life.start()
    try:
        for _ in range(int(seconds / 0.05)):
            life.join(0.05)
            if not life.is_alive():
                break
            machines(project)
    finally:
        stop.set()
        life.join(10)
    return str(ends[0])


def states(project: str) -> dict[tuple[str, int], str]:
    with reading() as db:
        rows = db.scalars(select(Submission).where(Submission.project_id == project))
        return {(row.stage, row.version): row.state for row in rows}


def events(project: str) -> Counter[str]:
    with reading() as db:
        return Counter(db.scalars(select(Event.tag).where(Event.project_id == project, Event.actor != "")))


WHOLE = {
    ("scheme", 1): "approved",
    ("construction", 1): "returned",
    ("construction", 2): "in_review",
    ("as_built", 1): "submitted",
}


def test_the_sample_project_lives_a_whole_life_by_real_deeds(sample: str) -> None:
    assert told(sample) == "told"
    assert states(sample) == WHOLE
    deeds = events(sample)
    assert deeds["submissions:submission:submit"] == 4
    assert deeds["submissions:submission:accept"] == 3
    assert deeds["submissions:submission:approve"] == deeds["submissions:submission:return"] == 1
    assert deeds["annotations:submission:published"] == deeds["annotations:annotation:replied"] == 1
    with reading() as db:
        rows = {(r.stage, r.version): r for r in db.scalars(select(Submission).filter_by(project_id=sample))}
        first, second = rows["construction", 1], rows["construction", 2]
        assert second.previous_id == first.id
        (mark,) = db.scalars(select(Annotation).where(Annotation.submission_id == first.id))
        assert (mark.state, mark.status, mark.nature) == ("published", "answered", "mandatory")
        assert db.get_one(Finding, mark.finding_id).rule_code == "FIR-001"
        assert db.scalar(select(Reply.text).where(Reply.annotation_id == mark.id))
        query = select(Event.details).where(Event.subject == first.id, Event.tag == "submissions:submission:return")
        assert db.scalars(query).one()["comment"]
        assert verify_chain(db)[0]


def test_told_again_nothing_happens(sample: str) -> None:
    told(sample)
    before = events(sample)
    assert told(sample) == "told"
    assert events(sample) == before and states(sample) == WHOLE
    assert seed.seed().files == 0 and events(sample) == before


def test_stopped_anywhere_it_goes_on_where_it_stopped(sample: str) -> None:
    done: list[str] = []
    for _ in range(200):
        machines(sample)
        try:
            done.append(sample_life.step())  # each step as in a process of its own
        except sample_life.Over as over:
            assert str(over) == "told"
            break
    assert states(sample) == WHOLE
    acts = [name for name in done if name and not name.startswith("upload")]
    assert acts == [act.name for act in sample_life.STORY]


def test_while_the_machines_work_the_people_wait(sample: str) -> None:
    assert sample_life.step() == ""
    assert set(states(sample).values()) == {"draft"}
    machines(sample)
    with writing() as db:
        scheme = db.scalars(select(Submission).filter_by(project_id=sample, stage="scheme")).one()
        jobs_there = db.scalars(select(Job).where(Job.submission_id == scheme.id)).all()
        jobs_there[0].state = "running"
    assert sample_life.step() == ""  # read, but still being checked or drawn
    stop = threading.Event()
    stop.set()
    assert sample_life.live(stop) == "stopped"


def test_where_a_visitor_took_another_way_the_story_ends(sample: str) -> None:
    machines(sample)
    assert sample_life.step() == "submit scheme 1" and sample_life.step() == "accept scheme 1"
    with writing() as db:
        scheme = db.scalars(select(Submission).filter_by(project_id=sample, stage="scheme")).one()
        scheme.state = "returned"
    assert told(sample) == "scheme 1 is returned"
    assert states(sample)["construction", 1] == "draft"


def test_the_draft_of_a_visitor_is_not_filled(sample: str) -> None:
    machines(sample)
    for _ in range(8):
        assert sample_life.step()
    with writing() as db:
        first = db.scalars(select(Submission).filter_by(project_id=sample, stage="construction")).one()
        assert first.state == "returned"
        db.add(
            Submission(
                project_id=sample, building_id=first.building_id, stage="construction", version=2, title="我的",
                previous_id=first.id, created_by=first.created_by,
            )
        )  # fmt: skip
    assert told(sample) == "construction 2 is a visitor's"
    with reading() as db:
        mine = db.scalars(select(Submission).filter_by(project_id=sample, title="我的")).one()
        assert db.scalars(select(File).where(File.submission_id == mine.id)).all() == []


def test_a_set_without_the_sheet_ends_the_story_with_a_reason(sample: str) -> None:
    machines(sample, number="结施-01")
    assert told(sample) == "no sheet 建施-05"


def test_a_failure_is_one_line_in_the_log_and_no_crash(
    sample: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> str:
        raise OSError("disk gone")

    monkeypatch.setattr(sample_life, "step", broken)
    assert sample_life.live(threading.Event()) == "failed"
    (record,) = [r for r in caplog.records if r.name == "api.sample_life"]
    assert "disk gone" in record.getMessage() and record.exc_info is None


def test_without_a_sample_project_there_is_no_story(installation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample_life, "CODE", "NONE")
    assert sample_life.live(threading.Event()) == "no sample project"


@pytest.mark.parametrize(
    ("environment", "administrator", "reviewer"),
    [
        ({"TUSHEN_ADMIN_PASSWORD": "of admin", "TUSHEN_SAMPLE_PASSWORD": "of all"}, "of admin", "of all"),
        ({"TUSHEN_SAMPLE_PASSWORD": "of all"}, "of all", "of all"),
        ({"TUSHEN_ADMIN_PASSWORD": "of admin"}, "of admin", None),
        ({}, None, None),
    ],
)
def test_the_administrators_own_password_wins(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], administrator: str | None, reviewer: str | None
) -> None:
    for name in ("TUSHEN_ADMIN_PASSWORD", "TUSHEN_SAMPLE_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    for role, expected in (("administrator", administrator), ("reviewer", reviewer)):
        given = seed.first_password(role)
        if expected is None:
            assert len(given) >= 12 and given != seed.first_password(role)  # random
        else:
            assert given == expected
