"""Writing findings: idempotent, people's decisions stay, faults are carried over versions while they are the same."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from pipeline.records.base import Base
from pipeline.records.tables import File, Finding, Project, Sheet, Submission
from rules import tasks

ENTRY = {
    "file_id": "f", "sheet_key": "0:1", "rule_code": "FIR-025", "rule_version": "1", "outcome": "advice",
    "subject_key": "dxf|四层平面图|stair_door|LT-2|M1221", "clause": "GB 55037-2022 6.4", "clause_status": "unverified",
    "message_zh": "不是防火门", "message_en": "no fire door", "measured": None, "demanded": ">= 乙级", "unit": "",
    "box": [1.0, 2.0, 3.0, 4.0], "source_ids": ["A1"], "evidence": {"tag": "M1221"}, "certainty": 0.8,
}  # fmt: skip


@pytest.fixture
def session():
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Project(id="p", name="甲"))
        session.flush()
        for version, previous in ((1, None), (2, "s1")):
            session.add(
                Submission(
                    id=f"s{version}",
                    project_id="p",
                    stage="construction",
                    version=version,
                    previous_id=previous,
                    created_by="x",
                )  # fmt: skip
            )
            session.flush()
        for number in (1, 2):
            session.add(File(id=f"f{number}", submission_id=f"s{number}", name="a.dxf", size_bytes=1, sha256="0" * 64))
            session.flush()
            session.add(
                Sheet(
                    id=f"h{number}",
                    file_id=f"f{number}",
                    submission_id=f"s{number}",
                    key="0:1",
                    ordinal=1,
                    kind="model",
                    width_mm=841,
                    height_mm=594,
                    to_space=[1, 0, 0, 1, 0, 0],
                )  # fmt: skip
            )
        session.flush()
        yield session


def write(session: Session, version: int, **changes) -> list[Finding]:
    submission = session.get_one(Submission, f"s{version}")
    entry = {**deepcopy(ENTRY), "file_id": f"f{version}", **changes}
    tasks._write(session, submission, [entry] if changes.get("outcome") != "none" else [])
    session.flush()
    return list(session.scalars(select(Finding).where(Finding.submission_id == submission.id)))


def test_writing_twice_leaves_one_finding_on_its_sheet(session):
    write(session, 1)
    (row,) = write(session, 1)
    assert (row.sheet_id, row.file_id, row.box) == ("h1", "f1", [1.0, 2.0, 3.0, 4.0])


def test_a_decision_stays_when_the_set_is_checked_again(session):
    (row,) = write(session, 1)
    row.status, row.reason = "accepted", "改"
    (row,) = write(session, 1, certainty=0.9)
    assert (row.status, row.reason, row.certainty) == ("accepted", "改", 0.9)


def test_a_finding_that_is_no_longer_found_goes(session):
    write(session, 1)
    assert write(session, 1, outcome="none") == []


def test_the_same_fault_in_the_next_version_is_carried(session):
    (first,) = write(session, 1)
    (second,) = write(session, 2)
    assert second.carried_from == first.id and second.status == "open"


def test_a_rejected_false_alarm_stays_rejected_while_it_is_the_same(session):
    (first,) = write(session, 1)
    first.status, first.reason = "rejected", "误报"
    (second,) = write(session, 2)
    assert (second.status, second.reason) == ("rejected", "误报")


def test_a_rejected_alarm_opens_again_when_its_evidence_changes(session):
    (first,) = write(session, 1)
    first.status, first.reason = "rejected", "误报"
    (second,) = write(session, 2, message_zh="门 M1021 不是防火门")
    assert second.status == "open" and second.carried_from == first.id


def test_the_day_of_the_rules_is_the_day_in_china():
    assert tasks._day(datetime(2026, 11, 22, 17, 0, tzinfo=UTC)) == "2026-11-23"
    assert tasks._day(datetime(2026, 11, 22, 15, 0, tzinfo=UTC)) == "2026-11-22"
