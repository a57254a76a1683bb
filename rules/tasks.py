"""The rules' task: checks a submission in a locked child and writes its findings; the only door to the records."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pipeline import flow
from pipeline.celery_app import app
from pipeline.drawing.defects import is_litter
from pipeline.drawing.model import PERSON
from pipeline.errors import Transient
from pipeline.isolation.limits import limits_for
from pipeline.isolation.sandbox import run
from pipeline.records.acceptances import acceptances
from pipeline.records.base import now, transaction
from pipeline.records.jobs import Claim
from pipeline.records.notices import notify
from pipeline.records.tables import File, Finding, Job, Sheet, Submission
from pipeline.storage import keys
from pipeline.work.perform import Task, Write, leave, nothing, perform
from pipeline.work.read import cleaned
from pipeline.work.scratch import bring, scratch
from rules import VERSION

STATION = "rules.stations:check"
_MACHINE = (
    "file_id", "sheet_id", "rule_version", "outcome", "clause", "clause_status", "message_zh", "message_en", "measured",
    "demanded", "unit", "box", "source_ids", "evidence", "certainty",
)  # fmt: skip
_CHINA = timezone(timedelta(hours=8))
_LENGTHS = {"rule_version": 20, "clause": 200, "demanded": 60, "unit": 12}


@app.task(name="rules.check")
def check(job_id: str) -> None:
    """Check a submission."""
    perform(job_id, check_submission, leave)


def check_submission(task: Task) -> Write:
    """Run the rules over everything that was read of a submission; return what to write."""
    with transaction() as session:
        submission = session.get(Submission, task.claim.subject)
        files = list(
            session.scalars(
                select(File)
                .where(File.submission_id == task.claim.subject, File.duplicate_of.is_(None))
                .where(File.reader_version != "", File.state.in_(("complete", "damaged", "partial")))
                .order_by(File.path, File.name, File.id)
            )
        )
        rejected = [
            {"id": row.id, "name": row.name, "format": row.format}
            for row in session.execute(
                select(File.id, File.name, File.format, File.defects).where(
                    File.submission_id == task.claim.subject, File.duplicate_of.is_(None), File.state == "rejected"
                )
            )
            if not is_litter(row.defects)
        ]
        accepted = _accepted(session, task.claim.subject)
        states, said = _states(session, files), _said(session, files)
        overtaken = _overtaken(session, task.claim)
        session.expunge_all()
    if submission is None or not files or overtaken:
        return nothing
    task.report(0.02, "checking rules")
    with scratch() as folder:
        paths = [
            bring(keys.derived(file.sha256, file.reader_version, "snapshot"), folder / str(number))
            for number, file in enumerate(files)
        ]
        named = [{"id": file.id, "name": file.name} for file in files]
        args = {"stage": submission.stage, "files": named, "unread": rejected, "accepted": accepted}
        args |= {"states": states, "title_blocks": said}
        args["day"] = _day(submission.submitted_at or now())
        heaviest = max(files, key=lambda file: limits_for(STATION, file.format, file.size_bytes).rss_bytes)
        limits = limits_for(STATION, heaviest.format, sum(file.size_bytes for file in files))
        outcome = run(STATION, paths, args, limits, task.report, task.is_lost)
    if outcome.failure is not None:
        if outcome.failure.kind == "killed":
            raise Transient("检查进程被系统终止。", "The checking process was killed by the system.")
        found = [_not_checked(*outcome.failure.sentences())]
    else:
        found = cleaned(json.loads(outcome.outputs["findings.json"])["findings"])
    return lambda session: _write(session, submission, found) if _said(session, files) == said else []


def _day(moment: datetime) -> str:
    """Return the day (in China, where the rules are in force) of a moment as ISO text."""
    return moment.astimezone(_CHINA).date().isoformat()


def _accepted(session: Session, submission_id: str) -> dict[str, str]:
    """Return file id -> name of the person who accepted the damaged file; only what stands in the log counts.

    The deed may have been done on a duplicate: the same bytes are read once, under the first file's id.
    """
    damaged = session.scalars(select(File).where(File.submission_id == submission_id, File.state == "damaged")).all()
    found = acceptances(session, damaged)
    return {file.duplicate_of or file.id: found[file.id]["by"] for file in damaged if file.id in found}


def _states(session: Session, files: list[File]) -> dict[str, Any]:
    """Return file id -> its state and those of its sheets in the record: what was measured later counts too."""
    found: dict[str, Any] = {file.id: {"state": file.state, "sheets": {}} for file in files}
    rows = select(Sheet.file_id, Sheet.key, Sheet.state).where(Sheet.file_id.in_(list(found)), Sheet.state != "gone")
    for row in session.execute(rows):
        found[row.file_id]["sheets"][row.key] = row.state
    return found


def _said(session: Session, files: list[File]) -> dict[str, Any]:
    """Return file id -> sheet key -> field -> {"value", "read"}: what people say of title blocks, and what was read."""
    found: dict[str, Any] = {}
    rows = select(Sheet.file_id, Sheet.key, Sheet.fields).where(Sheet.file_id.in_([file.id for file in files]))
    for row in session.execute(rows.where(Sheet.state != "gone")):
        said = {
            name: {"value": str(one["value"]), "read": str((one.get("read") or {}).get("value", ""))}
            for name, one in (row.fields or {}).items()
            if one.get("origin") == PERSON
        }
        if said:
            found.setdefault(row.file_id, {})[row.key] = said
    return found


def _overtaken(session: Session, claim: Claim) -> bool:
    """Whether a later check of the submission waits untouched: it looks at all there is, one for many corrections."""
    mine = select(Job.queued_at).where(Job.id == claim.id).scalar_subquery()
    later = select(Job.id).where(Job.kind == claim.kind, Job.subject == claim.subject, Job.queued_at > mine)
    return session.scalar(later.where(Job.state == "queued", Job.attempt == 0).limit(1)) is not None


def _not_checked(zh: str, en: str) -> dict[str, Any]:
    """Say as a finding that nothing was decided: silence would read as passed."""
    return {
        "rule_code": "RULES",
        "subject_key": "set",
        "rule_version": VERSION,
        "outcome": "undecided",
        "clause_status": "verified",
        "message_zh": f"规则检查未能完成（{zh[:200]}），所有规则均未判定，请审查人员人工核对。",
        "message_en": f"The rules could not be run ({en[:200]}); nothing was decided. To be checked by a reviewer.",
        "certainty": 0.0,
        "evidence": {"rule_failed": en},
    }


def _write(session: Session, submission: Submission, found: list[dict[str, Any]]) -> list[flow.Bell]:
    """Bring the findings in line with the outcome; what people decided stays with what is found again."""
    mine = select(Finding).where(Finding.submission_id == submission.id)
    there = {(row.rule_code, row.subject_key): row for row in session.scalars(mine)}
    before: dict[tuple[str, str], Finding] = {}
    if submission.previous_id:
        earlier = select(Finding).where(Finding.submission_id == submission.previous_id)
        before = {(row.rule_code, row.subject_key): row for row in session.scalars(earlier)}
    sheets = session.execute(select(Sheet.file_id, Sheet.key, Sheet.id).where(Sheet.submission_id == submission.id))
    sheet_ids = {(file_id, key): id_ for file_id, key, id_ in sheets}
    files = set(session.scalars(select(File.id).where(File.submission_id == submission.id)))
    for entry in found:
        key = (entry["rule_code"][:20], entry["subject_key"][:200])
        row = there.pop(key, None)
        if row is None:
            row = Finding(submission_id=submission.id, rule_code=key[0], subject_key=key[1])
            session.add(row)
            _carry(row, before.get(key), entry)
        entry["sheet_id"] = sheet_ids.get((str(entry.get("file_id")), str(entry.get("sheet_key"))))
        entry["file_id"] = entry.get("file_id") if entry.get("file_id") in files else None
        for name in _MACHINE:
            if name in entry:
                value = entry[name]
                setattr(row, name, value[: _LENGTHS[name]] if name in _LENGTHS else value)
    gone = [row.id for row in there.values()]
    session.execute(delete(Finding).where(Finding.id.in_(gone)).execution_options(synchronize_session=False))
    details = {"findings": len(found), "violations": sum(entry["outcome"] == "violation" for entry in found)}
    notify(session, "submission.checked", submission.id, project_id=submission.project_id, details=details)
    return []


def _carry(row: Finding, earlier: Finding | None, entry: dict[str, Any]) -> None:
    """Link the same finding of the version before; a rejected false alarm stays rejected while it is the same."""
    if earlier is None:
        return
    row.carried_from = earlier.id
    if earlier.status == "rejected" and earlier.message_zh == entry["message_zh"]:
        row.status, row.reason = "rejected", earlier.reason
