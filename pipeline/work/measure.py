"""Measuring one file in a locked child: what share of its ink our model holds, sheet by sheet."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline import flow
from pipeline.drawing.model import Ink
from pipeline.drawing.safe_text import safe_text
from pipeline.errors import Transient
from pipeline.isolation.limits import limits_for
from pipeline.isolation.sandbox import run
from pipeline.measuring.verdict import LOST, budget_for
from pipeline.records import jobs
from pipeline.records.base import transaction
from pipeline.records.notices import notify
from pipeline.records.tables import File, Sheet
from pipeline.work.perform import Task, Write, nothing, project_of
from pipeline.work.read import cleaned, password_of
from pipeline.work.scratch import bring_reading, scratch
from pipeline.work.weighing import weigh

STATION = "pipeline.stations:measure"


def measure(task: Task) -> Write:
    """Measure the file of a job; return what to write."""
    with transaction() as session:
        file = session.get(File, task.claim.subject)
        if file is None or not file.reader_version or file.state == "rejected":
            return nothing
        password = password_of(file)
        session.expunge(file)
    with scratch() as folder:
        files = bring_reading(file, folder)
        limits = limits_for(STATION, file.format, file.size_bytes)
        args = {"password": password, "budget_seconds": budget_for(file.size_bytes, limits.cpu_seconds)}
        outcome = run(STATION, files, args, limits, task.report, task.is_lost)
    if outcome.failure is not None:
        if outcome.failure.kind == "killed":
            raise Transient("测量进程被系统终止。", "The measuring process was killed by the system.")
        why = f"meter_failed: {safe_text(' / '.join(outcome.failure.sentences()), 160)[0]}"
        return lambda session: _write(session, file, None, why)
    inks = cleaned(json.loads(outcome.outputs["ink"]))
    return lambda session: _write(session, file, inks, "")


def give_up(session: Session, claim: jobs.Claim, why: str) -> None:
    """The worker died again and again: the file keeps its reading, its ink is not measured and says so."""
    file = session.get(File, claim.subject)
    if file is not None:
        _write(session, file, None, f"meter_failed: {safe_text(why, 160)[0]}")


def _write(session: Session, file: File, inks: dict[str, dict[str, Any]] | None, why: str) -> list[flow.Bell]:
    row = session.get(File, file.id)
    if row is None or row.reader_version != file.reader_version or row.state == "rejected":
        return []  # read again meanwhile; that reading has its own job to measure it
    before = _lost(row)
    for sheet in session.scalars(select(Sheet).where(Sheet.file_id == row.id, Sheet.state != "gone")):
        sheet.ink = asdict(Ink(why=why)) if inks is None else inks.get(sheet.key, {})
    weigh(session, row)
    if _lost(row) != before:
        row.accepted_by = None  # a person accepted what was wrong then; this is something else
    details = {"submission_id": row.submission_id, "state": row.state}
    notify(session, "file.measured", row.id, project_id=project_of(session, row.submission_id), details=details)
    return []


def _lost(file: File) -> list[dict[str, Any]]:
    """Return what the meter said of a file."""
    return [one for one in file.defects if one.get("code") == LOST]
