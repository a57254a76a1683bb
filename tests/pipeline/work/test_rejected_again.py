"""A file that was read once and is rejected when it is read again: what people said on its sheets stays."""

from __future__ import annotations

import pytest

from api.annotations.tables import Annotation
from pipeline import flow
from pipeline.isolation.limits import Limits
from pipeline.isolation.outcome import Failure, Outcome
from pipeline.records.base import transaction
from pipeline.records.tables import File, Sheet, Submission
from pipeline.work import read as reading
from pipeline.work.title_blocks import set_field
from tests.pipeline.work.conftest import Installation, marked, plan_pdf
from tests.pipeline.work.test_journey import _dxf


def crash(*_args: object, **_more: object) -> Outcome:
    return Outcome({}, Failure("crash", "SIGSEGV", Limits(1, 1, 1, 1)), 0.1, 1, "")


def read_again(installation: Installation, file_id: str, engine: str) -> None:
    with transaction() as session:
        flow.start(session, "read", file_id, session.get_one(File, file_id).submission_id, engine=engine)
    installation.work_off()


def the_sheet(installation: Installation) -> Sheet:
    (sheet,) = installation.rows(Sheet)
    return sheet


@pytest.fixture
def plan(installation: Installation) -> File:
    installation.hand_in(installation.submission(), "plan.dxf", _dxf())
    installation.work_off()
    (file,) = installation.rows(File)
    return file


def test_a_corrected_sheet_outlives_a_crash_and_comes_back(
    installation: Installation, plan: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = the_sheet(installation)
    with transaction() as session:
        said = {"value": "建施-07", "confidence": 1.0, "origin": "person"}
        set_field(session.get_one(Sheet, before.id), "number", said)
        session.get_one(File, plan.id).accepted_by = "7" * 32
    with monkeypatch.context() as patch:
        patch.setattr(reading, "run", crash)
        read_again(installation, plan.id, "again")
    gone = the_sheet(installation)
    assert (gone.id, gone.state, gone.number, gone.pack_key) == (before.id, "gone", "建施-07", "")
    (file,) = installation.rows(File)
    assert (file.state, file.accepted_by, file.defects[0]["code"]) == ("rejected", None, "reader_crashed")
    assert {s.reading for s in installation.rows(Submission)} == {"refused"}
    read_again(installation, plan.id, "once more")
    back = the_sheet(installation)
    assert (back.id, back.state, back.number) == (before.id, before.state, "建施-07")


def test_a_sheet_with_a_mark_outlives_a_crash(
    installation: Installation, plan: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = the_sheet(installation)
    marked(before)
    monkeypatch.setattr(reading, "run", crash)
    read_again(installation, plan.id, "again")
    gone = the_sheet(installation)
    assert (gone.id, gone.state) == (before.id, "gone")
    (mark,) = installation.rows(Annotation)
    assert mark.sheet_id == gone.id


def test_a_sheet_nobody_spoke_on_goes_with_its_reading(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_id = installation.hand_in(installation.submission(), "plan.pdf", plan_pdf())
    installation.work_off()
    monkeypatch.setattr(reading, "run", crash)
    read_again(installation, file_id, "again")
    read_again(installation, file_id, "and again")
    assert {s.state for s in installation.rows(Sheet)} <= {"gone"}
