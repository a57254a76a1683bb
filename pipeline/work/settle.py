"""The last word on a submission's reading, and what follows from it: rules, comparison with the version before."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from pipeline import flow
from pipeline.drawing.defects import is_litter
from pipeline.records import jobs
from pipeline.records.log import append_event
from pipeline.records.notices import notify
from pipeline.records.tables import Comparison, Difference, Event, File, Finding, Sheet, Submission
from pipeline.work.perform import Task, Write, engine_of
from pipeline.work.references import read_again

_REASONS_LIMIT = 200
_GOOD = ("complete",)
_SETTLED = "machine:submission:settled"


def settle(task: Task) -> Write:
    """Say whether a submission is ready; ask for the check and the comparison of a set that changed."""
    engine_rules, engine_compare = engine_of("rules"), engine_of("comparing")
    engine_read = engine_of("readers", "sheets")

    def write(session: Session) -> list[flow.Bell]:
        again = _read_again(session, task.claim.subject, engine_read)
        return again or _write(session, task.claim.subject, engine_rules, engine_compare)

    return write


def _read_again(session: Session, submission_id: str, engine: str) -> list[flow.Bell]:
    """Ask again for drawings whose external references came, went or changed after they were read."""
    found = session.scalar(select(Submission.id).where(Submission.id == submission_id).with_for_update())
    if found is None or jobs.open_jobs(session, submission_id, flow.FILE_KINDS):
        return []
    return read_again(session, session.scalars(select(File).where(File.submission_id == submission_id)).all(), engine)


def _write(session: Session, submission_id: str, engine_rules: str, engine_compare: str) -> list[flow.Bell]:
    submission = session.scalar(select(Submission).where(Submission.id == submission_id).with_for_update())
    if submission is None or jobs.open_jobs(session, submission_id, flow.FILE_KINDS):
        return []  # not quiet any more: the last job of the set asks again
    files = list(session.scalars(select(File).where(File.submission_id == submission_id)))
    _copy_to_duplicates(session, files)
    sheets = session.scalar(
        select(func.count()).select_from(Sheet).where(Sheet.submission_id == submission_id, Sheet.state != "gone")
    )
    reading, reasons = verdict(files, sheets or 0)
    session.execute(
        update(Submission)
        .where(Submission.id == submission_id)
        .values(reading=reading, reasons=reasons)
        .execution_options(synchronize_session=False)
    )
    bells: list[flow.Bell] = []
    if sheets:
        bells.append(flow.start(session, "check", submission_id, submission_id, engine=engine_rules))
        bells += _compare(session, submission, engine_compare)
    else:
        _forget_results(session, submission_id)
    bells += _compare_later_ones(session, submission, engine_compare)
    details = {"reading": reading, "files": len(files), "sheets": sheets or 0, "reasons": len(reasons)}
    notify(session, "submission.settled", submission_id, project_id=submission.project_id, details=details)
    if details != _told_last(session, submission):
        append_event(session, "", _SETTLED, submission_id, submission.project_id, details)
    return bells


def _told_last(session: Session, submission: Submission) -> dict[str, Any] | None:
    """Return what the log says of the last time; the same is not said twice."""
    found = select(Event.details).where(Event.project_id == submission.project_id, Event.tag == _SETTLED)
    found = found.where(Event.subject == submission.id)
    return session.scalar(found.order_by(Event.sequence.desc()).limit(1))


def _forget_results(session: Session, submission_id: str) -> None:
    """Nothing is left to look at, so no job will put right what was found before: it goes."""
    session.execute(delete(Finding).where(Finding.submission_id == submission_id))
    mine = select(Comparison.id).where(Comparison.new_id == submission_id)
    session.execute(delete(Difference).where(Difference.comparison_id.in_(mine)))
    session.execute(update(Comparison).where(Comparison.new_id == submission_id).values(pairs=[], state="waiting"))


def verdict(files: list[File], sheets: int) -> tuple[str, list[dict[str, Any]]]:
    """Return (reading, reasons): ready, partly_ready, refused or waiting, and why, file by file."""
    if not files:
        return "waiting", []
    reasons = []
    for file in sorted(files, key=lambda f: (f.path, f.name, f.id)):
        if _needs_no_word(file):
            continue
        serious = [d for d in file.defects if d.get("severity") == "error"] or file.defects[:1]
        for found in serious[:3]:
            entry = {key: found.get(key, "") for key in ("code", "zh", "en", "remedy_zh", "remedy_en")}
            reasons.append({**entry, "file": file.name, "file_id": file.id, "state": file.state})
    if not sheets:
        return "refused", reasons[:_REASONS_LIMIT]
    whole = all(_needs_no_word(file) for file in files)
    return ("ready" if whole else "partly_ready"), reasons[:_REASONS_LIMIT]


def _needs_no_word(file: File) -> bool:
    """Say whether a file is whole, or a system's litter that nobody misses."""
    return file.state in _GOOD or is_litter(file.defects)


def _copy_to_duplicates(session: Session, files: list[File]) -> None:
    """The same bytes were read once; their twins in the set end the same way."""
    by_id = {file.id: file for file in files}
    for file in files:
        original = by_id.get(file.duplicate_of or "")
        if original is not None and file.state in ("waiting", "reading", original.state):
            file.state, file.format = original.state, original.format
            file.reader_version = original.reader_version
            file.coverage, file.completeness = original.coverage, original.completeness
            file.defects = list(original.defects)
    session.flush()


def _compare(session: Session, submission: Submission, engine: str) -> list[flow.Bell]:
    """Ask for the comparisons of a submission with earlier ones; the one with the version before is always made."""
    found = list(session.scalars(select(Comparison).where(Comparison.new_id == submission.id)))
    if submission.previous_id and submission.previous_id not in {one.old_id for one in found}:
        found.append(Comparison(old_id=submission.previous_id, new_id=submission.id))
        session.add(found[-1])
        session.flush()
    return _asked(session, found, engine)


def _compare_later_ones(session: Session, submission: Submission, engine: str) -> list[flow.Bell]:
    """Ask for the comparisons of later submissions with this one; those still being read ask themselves."""
    found = session.scalars(select(Comparison).where(Comparison.old_id == submission.id))
    quiet = [one for one in found if not jobs.open_jobs(session, one.new_id, flow.FILE_KINDS)]
    return _asked(session, quiet, engine)


def _asked(session: Session, comparisons: list[Comparison], engine: str) -> list[flow.Bell]:
    """A comparison that stands on the same files and title blocks as before is not made again."""
    bells = []
    for one in sorted(comparisons, key=lambda each: (each.created_at, each.id)):
        bells.append(flow.start(session, "compare", one.id, one.new_id, engine=engine))
        if bells[-1].due:
            one.state = "waiting"
    return bells


def give_up(session: Session, claim: jobs.Claim, why: str) -> None:
    """Our own failure: the set is shown as far as it is, and says so."""
    reason = {
        "code": "internal",
        "zh": f"系统内部错误，未能汇总读取结果（{why[:120]}）。",
        "en": f"An internal failure kept the result of reading from being summed up ({why[:120]}).",
        "remedy_zh": "请联系管理员。",
        "remedy_en": "Tell the administrator.",
        "file": "",
    }
    session.execute(
        update(Submission)
        .where(Submission.id == claim.subject)
        .values(reading="partly_ready", reasons=[reason])
        .execution_options(synchronize_session=False)
    )
