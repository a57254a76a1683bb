"""Promises kept by the machines: twice is once, what is taken away leaves nothing, what was read once is not lost."""

from __future__ import annotations

import io
import zipfile

import pytest
from sqlalchemy import func, select, update

import api.tables  # noqa: F401  every table, so that the records can be made
from api.access import Actor
from api.submissions.service import delete_file
from pipeline.records.base import Base, transaction
from pipeline.records.tables import Comparison, Difference, File, Finding, Job, Notice, Sheet, Submission
from tests.pipeline.work.conftest import Installation, plan_pdf
from tests.pipeline.work.test_journey import _dxf


def take_away(installation: Installation, file_id: str) -> None:
    with transaction() as session:
        delete_file(session, Actor.nobody(), session.get_one(File, file_id), installation.project)
    installation.work_off()


def counted() -> dict[str, int]:
    """Rows of every table but the outbox."""
    with transaction() as session:
        tables = [table for table in Base.metadata.sorted_tables if table.name != Notice.__tablename__]
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, body in members.items():
            archive.writestr(name.replace("_", "."), body)
    return buffer.getvalue()


def test_every_job_a_second_time_changes_no_count_in_any_table(installation: Installation) -> None:
    first = installation.submission()
    installation.hand_in(first, "set.zip", zipped(plan_dxf=_dxf(), plan_pdf=plan_pdf(), junk_txt=b"words"))
    installation.work_off()
    second = installation.submission(previous=first, version=2)
    installation.hand_in(second, "plan.dxf", _dxf(width=6600.0))
    installation.work_off()
    before = counted()
    assert before["difference"] and before["finding"] and before["sheet"] == 3
    ids = {row.id for table in (File, Sheet, Finding, Difference) for row in installation.rows(table)}
    with transaction() as session:
        session.execute(update(Job).values(state="queued", lease_until=0.0, attempt=0))
    installation.work_off()
    assert counted() == before
    assert {row.id for table in (File, Sheet, Finding, Difference) for row in installation.rows(table)} == ids


def test_the_last_file_taken_away_leaves_no_finding_and_no_difference(installation: Installation) -> None:
    first = installation.submission()
    installation.hand_in(first, "plan.dxf", _dxf())
    installation.work_off()
    second = installation.submission(previous=first, version=2)
    file_id = installation.hand_in(second, "plan.dxf", _dxf(width=6600.0))
    installation.work_off()
    assert installation.rows(Finding, Finding.submission_id == second) and installation.rows(Difference)
    take_away(installation, file_id)
    assert installation.rows(Finding, Finding.submission_id == second) == []
    assert installation.rows(Difference) == [] and installation.rows(Comparison)[0].pairs == []
    assert installation.rows(Finding, Finding.submission_id == first)
    assert {s.id: s.reading for s in installation.rows(Submission)}[second] == "waiting"


@pytest.mark.parametrize("inside", [False, True])
def test_the_twin_of_a_file_taken_away_is_read_and_has_its_sheets(installation: Installation, inside: bool) -> None:
    submission, body = installation.submission(), _dxf()
    name, first = ("set.zip", zipped(plan_dxf=body)) if inside else ("plan.dxf", body)
    gone = installation.hand_in(submission, name, first)
    installation.work_off()
    twin = installation.hand_in(submission, "copy.dxf", body)
    installation.work_off()
    (row,) = installation.rows(File, File.id == twin)
    assert row.duplicate_of and not installation.rows(Sheet, Sheet.file_id == twin)
    take_away(installation, gone)
    (row,) = installation.rows(File)
    assert (row.id, row.duplicate_of, row.state) == (twin, None, "complete")
    assert installation.rows(Sheet, Sheet.file_id == twin) and installation.rows(Finding)
    assert installation.rows(Submission)[0].reading == "ready"
