"""A set goes through every station: read, drawn, settled, checked, compared; bad files never stop it."""

from __future__ import annotations

import io
import zipfile

import ezdxf
import pytest
from sqlalchemy import update

from pipeline import flow
from pipeline.isolation.limits import Limits
from pipeline.isolation.outcome import Failure, Outcome
from pipeline.records import jobs
from pipeline.records.base import transaction
from pipeline.records.log import verify_chain
from pipeline.records.tables import Comparison, Difference, Event, File, Finding, Job, Notice, Sheet, Submission
from pipeline.storage import keys, store
from pipeline.work import read as reading
from tests.pipeline.work.conftest import Installation, plan_pdf


def _dxf(width: float = 6000.0) -> bytes:
    document = ezdxf.new("R2010", units=4)
    space = document.modelspace()
    for n in range(12):
        space.add_line((n * 500, 0), (n * 500, 4000), dxfattribs={"layer": "WALL"})
    space.add_lwpolyline([(0, 0), (width, 0), (width, 4000), (0, 4000)], close=True)
    space.add_text("一层平面图", height=300).set_placement((500, -600))
    stream = io.StringIO()
    document.write(stream)
    return stream.getvalue().encode("utf-8")


def test_a_good_set_becomes_ready_with_everything_in_the_store(installation: Installation) -> None:
    submission = installation.submission()
    installation.hand_in(submission, "plan.dxf", _dxf())
    installation.hand_in(submission, "plan.pdf", plan_pdf())
    installation.work_off()
    assert {j.state for j in installation.rows(Job)} == {"done"}
    assert sorted(j.kind for j in installation.rows(Job)) == [
        "check",
        "measure",
        "measure",
        "read",
        "read",
        "receive",
        "receive",
        "render",
        "render",
        "settle",
    ]
    files = installation.rows(File)
    assert {f.state for f in files} == {"complete"}
    for file in files:
        assert store().stat(keys.derived(file.sha256, file.reader_version, "snapshot"))
    sheets = installation.rows(Sheet)
    assert len(sheets) >= 2
    for sheet in sheets:
        assert store().stat(sheet.pack_key)
        assert store().stat(f"{sheet.tiles_prefix}/0/0/0.webp")
        assert store().stat(f"{sheet.tiles_prefix}/thumbnail.webp")
    assert any("一层平面图" in s.texts for s in sheets)
    (row,) = installation.rows(Submission)
    assert row.reading == "ready" and row.row_version == 1
    assert installation.rows(Finding), "rules said nothing at all"
    with transaction() as session:
        assert verify_chain(session)[0]
    assert [e.tag for e in installation.rows(Event)] == ["machine:submission:settled"]
    for job in installation.rows(Job):
        told = [n for n in installation.rows(Notice, Notice.kind == "job.done") if n.details["job"] == job.id]
        assert len(told) == 1


def test_asking_and_working_twice_changes_nothing(installation: Installation) -> None:
    submission = installation.submission()
    file = installation.hand_in(submission, "plan.dxf", _dxf())
    installation.work_off()
    before = {s.id for s in installation.rows(Sheet)}
    findings = {f.id for f in installation.rows(Finding)}
    with transaction() as session:
        bell = flow.start(session, "receive", file, submission)
    assert not bell.due
    with transaction() as session:
        session.execute(update(Job).values(state="queued", lease_until=0.0))
    installation.work_off()
    assert {s.id for s in installation.rows(Sheet)} == before
    assert {f.id for f in installation.rows(Finding)} == findings
    assert len(installation.rows(File)) == 1
    assert installation.rows(Submission)[0].reading == "ready"


def test_bad_files_end_in_their_own_state_and_the_set_goes_on(installation: Installation) -> None:
    submission = installation.submission()
    installation.hand_in(submission, "good.dxf", _dxf())
    installation.hand_in(submission, "empty.dxf", b"")
    installation.hand_in(submission, "notes.docx", b"just words")
    installation.hand_in(submission, "cut.pdf", plan_pdf()[:300])
    installation.hand_in(submission, "Thumbs.db", b"\x00\x01junk")
    installation.work_off()
    states = {f.name: f.state for f in installation.rows(File)}
    assert states["good.dxf"] == "complete"
    assert {states[n] for n in ("empty.dxf", "notes.docx", "cut.pdf", "Thumbs.db")} == {"rejected"}
    for file in installation.rows(File, File.state == "rejected"):
        assert file.defects and file.defects[0]["zh"] and file.defects[0]["en"]
    (row,) = installation.rows(Submission)
    assert row.reading == "partly_ready"
    assert {r["file"] for r in row.reasons} == {"empty.dxf", "notes.docx", "cut.pdf"}


def test_a_set_without_any_sheet_is_refused(installation: Installation) -> None:
    submission = installation.submission()
    installation.hand_in(submission, "empty.dxf", b"")
    installation.work_off()
    assert installation.rows(Submission)[0].reading == "refused"


def test_a_zip_becomes_files_and_the_same_bytes_are_read_once(installation: Installation) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("建筑/一层.dxf", _dxf())
        archive.writestr("copy/一层.dxf", _dxf()[:-1] + b"\n")
        archive.writestr("备份/twin.pdf", plan_pdf())
        archive.writestr("twin.pdf", plan_pdf())
        archive.writestr("../out.dxf", b"x")
    submission = installation.submission()
    archive_id = installation.hand_in(submission, "整套.zip", buffer.getvalue())
    installation.work_off()
    members = installation.rows(File, File.archive_id == archive_id)
    assert {(m.path, m.name) for m in members} >= {("整套/建筑", "一层.dxf")}
    assert all(m.state == "complete" for m in members)
    assert {d["code"] for d in installation.rows(File, File.id == archive_id)[0].defects} == {"archive_member_failed"}
    twins = [m for m in members if m.name == "twin.pdf"]
    if len({t.sha256 for t in twins}) == 1:
        assert len(installation.rows(Job, Job.kind == "read")) == len(members) - 1


def test_the_next_version_is_compared_and_old_findings_are_linked(installation: Installation) -> None:
    first = installation.submission()
    installation.hand_in(first, "plan.dxf", _dxf())
    installation.work_off()
    second = installation.submission(previous=first, version=2)
    installation.hand_in(second, "plan.dxf", _dxf(width=6600.0))
    installation.work_off()
    (comparison,) = installation.rows(Comparison)
    assert comparison.state == "ready"
    (pair,) = comparison.pairs
    assert pair["old_sheet"] and pair["new_sheet"] and pair["comparable"]
    found = installation.rows(Difference)
    assert found and pair["count"] == len(found)
    old = {(f.rule_code, f.subject_key): f.id for f in installation.rows(Finding, Finding.submission_id == first)}
    for finding in installation.rows(Finding, Finding.submission_id == second):
        assert finding.carried_from == old.get((finding.rule_code, finding.subject_key))


def test_a_file_that_kills_its_reader_is_rejected_and_quarantined_after_two_strikes(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = []

    def crash(*_args: object, **_more: object) -> Outcome:
        runs.append(1)
        failure = Failure("crash", "SIGSEGV", Limits(1, 1, 1, 1))
        return Outcome({}, failure, 0.1, 1, "")

    monkeypatch.setattr(reading, "run", crash)
    for version in (1, 2, 3):
        submission = installation.submission(version=version)
        installation.hand_in(submission, "killer.ifc", b"ISO-10303-21;\nHEADER;")
        installation.work_off()
    assert len(runs) == 2
    files = installation.rows(File)
    assert {f.state for f in files} == {"rejected"}
    assert all(f.defects[0]["code"] == "reader_crashed" for f in files)
    assert {s.reading for s in installation.rows(Submission)} == {"refused"}


def test_a_child_killed_from_outside_is_tried_again_and_then_told(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_args: object, **_more: object) -> Outcome:
        return Outcome({}, Failure("killed", "SIGKILL", Limits(1, 1, 1, 1)), 0.1, 1, "")

    monkeypatch.setattr(reading, "run", killed)
    monkeypatch.setattr(jobs, "BACK_OFF_SECONDS", (0.0,))
    submission = installation.submission()
    installation.hand_in(submission, "plan.dxf", _dxf())
    installation.work_off()
    (job,) = installation.rows(Job, Job.kind == "read")
    assert (job.state, job.attempt) == ("failed", 3)
    (file,) = installation.rows(File)
    assert (file.state, file.defects[0]["code"]) == ("rejected", "reader_crashed")
    assert installation.rows(Submission)[0].reading == "refused"


def test_a_file_taken_away_while_it_is_read_leaves_nothing(installation: Installation) -> None:
    submission = installation.submission()
    file = installation.hand_in(submission, "plan.dxf", _dxf())
    with transaction() as session:
        session.delete(session.get(File, file))
    installation.work_off()
    assert installation.rows(Sheet) == []
    assert installation.rows(Submission)[0].reading == "waiting"
