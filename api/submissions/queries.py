"""Reading submissions and files with everything that is counted about them, in a fixed number of queries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.access import Actor, roles_in, visible_projects
from api.annotations.tables import Annotation
from api.permissions import allowed
from api.submissions import reading, workflow
from api.submissions.schemas import Counts, FileOut, Progress, SubmissionOut
from pipeline.records.tables import (
    Building,
    Comparison,
    Difference,
    Event,
    File,
    Finding,
    Job,
    Project,
    Sheet,
    Submission,
)

UNREAD = ("waiting", "reading")
_SHOWN = {"violation": "violations", "undecided": "undecided", "advice": "advice"}
_MAY = {
    "annotate": "annotation.create",
    "decide_findings": "finding.decide",
    "decide_differences": "difference.decide",
}


def describe(db: Session, actor: Actor, rows: Sequence[Submission]) -> list[SubmissionOut]:
    """Return submissions as somebody sees them. Ten queries, however many rows."""
    ids = [row.id for row in rows]
    if not ids:
        return []
    projects = _named(db, Project, {row.project_id for row in rows})
    buildings = _named(db, Building, {row.building_id for row in rows if row.building_id})
    roles = {id_: roles_in(db, actor, id_) for id_ in projects}
    states, counts = _file_states(db, ids), _counts(db, ids)
    progress, newer, comments = _progress(db, ids), _followed(db, rows), _comments(db, projects, ids)
    answer = []
    for row in rows:
        mine = roles[row.project_id]
        ready = row.state != workflow.DRAFT or not unready(states[row.id], counts[row.id].sheets)
        deeds = [deed for deed in workflow.deeds(row.state, mine, row.stage) if deed != "submit" or ready]
        answer.append(
            SubmissionOut(
                **{name: getattr(row, name) for name in _PLAIN},
                project_name=projects[row.project_id],
                building_name=buildings.get(row.building_id or "", ""),
                comment=comments.get(row.id, ""),
                deeds=deeds,
                may=may(row, mine, last=row.id not in newer),
                counts=counts[row.id],
                progress=progress[row.id],
                files_by_state=dict(states[row.id]),
            )
        )
    return answer


_PLAIN = (
    "id", "project_id", "building_id", "stage", "version", "title", "state", "reading", "reasons", "previous_id",
    "created_at", "submitted_at", "decided_at",
)  # fmt: skip


def may(row: Submission, roles: frozenset[str], *, last: bool) -> list[str]:
    """Return what the roles may do on a submission besides the deeds of the workflow."""
    found = [name for name, deed in _MAY.items() if allowed(deed, roles) and row.state != workflow.DRAFT]
    if row.state == workflow.DRAFT and "institute" in roles:
        found += ["upload"]
    if workflow.may_correct(row.state, roles):
        found += ["edit_sheets"]
    if workflow.may_pair(row.state, roles):
        found += ["decide_pairs"]
    if last and row.state not in workflow.OPEN and "institute" in roles:
        found += ["next_version"]
    return found


def unready(states: Counter[str], sheets: int) -> tuple[str, str] | None:
    """Return why a draft cannot be submitted yet (Chinese, English), None when it can."""
    if not states:
        return "还没有上传任何文件。", "No file has been uploaded yet."
    reading = sum(states[state] for state in UNREAD)
    if reading:
        return f"还有 {reading} 个文件正在读取。", f"{reading} files are still being read."
    if not sheets:
        return "没有任何一张图纸可以读取。", "Not one sheet could be read."
    return None


def file_states(db: Session, submission_id: str) -> tuple[Counter[str], int]:
    """Return how many files of a submission are in each state, and how many sheets it has."""
    return _file_states(db, [submission_id])[submission_id], _counts(db, [submission_id])[submission_id].sheets


def _named(db: Session, table: Any, ids: set[str]) -> dict[str, str]:
    return {row.id: row.name for row in db.execute(select(table.id, table.name).where(table.id.in_(ids)))}


def _file_states(db: Session, ids: list[str]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    query = select(File.submission_id, File.state, func.count()).where(File.submission_id.in_(ids))
    for id_, state, count in db.execute(query.group_by(File.submission_id, File.state)):
        found[id_][state] = count
    return found


def _counts(db: Session, ids: list[str]) -> dict[str, Counts]:
    found: dict[str, Counts] = {id_: Counts() for id_ in ids}

    def fill(name: str, column: Any, query: Any) -> None:
        for id_, count in db.execute(query.where(column.in_(ids)).group_by(column)):
            setattr(found[id_], name, count)

    fill("files", File.submission_id, select(File.submission_id, func.count()))
    fill("sheets", Sheet.submission_id, select(Sheet.submission_id, func.count()).where(Sheet.state != "gone"))
    fill(
        "differences",
        Comparison.new_id,
        select(Comparison.new_id, func.count(Difference.id)).join(
            Difference, Difference.comparison_id == Comparison.id
        ),
    )
    fill(
        "open_annotations",
        Annotation.submission_id,
        select(Annotation.submission_id, func.count()).where(
            Annotation.state == "published", Annotation.status != "closed"
        ),
    )
    query = (
        select(Finding.submission_id, Finding.outcome, func.count())
        .where(Finding.submission_id.in_(ids), Finding.outcome.in_(list(_SHOWN)), Finding.status != "rejected")
        .group_by(Finding.submission_id, Finding.outcome)
    )
    for id_, outcome, count in db.execute(query):
        setattr(found[id_], _SHOWN[outcome], count)
    return found


def _progress(db: Session, ids: list[str]) -> dict[str, Progress]:
    found: dict[str, Progress] = {id_: Progress() for id_ in ids}
    query = select(Job.submission_id, Job.state, func.count(), func.max(Job.doing)).where(Job.submission_id.in_(ids))
    for id_, state, count, doing in db.execute(query.group_by(Job.submission_id, Job.state)):
        entry = found[str(id_)]
        entry.total += count
        if state in ("done", "failed"):
            entry.done += count
        elif doing:
            entry.doing = doing
    return found


def _followed(db: Session, rows: Sequence[Submission]) -> set[str]:
    """Return the ids among `rows` that have a newer version (same project, building and stage)."""
    projects = {row.project_id for row in rows}
    newest: dict[tuple[str, str | None, str], int] = {}
    query = select(Submission.project_id, Submission.building_id, Submission.stage, func.max(Submission.version))
    query = query.where(Submission.project_id.in_(projects))
    for project, building, stage, version in db.execute(
        query.group_by(Submission.project_id, Submission.building_id, Submission.stage)
    ):
        newest[(project, building, stage)] = version
    return {row.id for row in rows if row.version < newest[(row.project_id, row.building_id, row.stage)]}


def _comments(db: Session, projects: Iterable[str], ids: list[str]) -> dict[str, str]:
    """Return what was said with the last decision on each submission."""
    tags = ("submissions:submission:return", "submissions:submission:approve")
    query = select(Event.subject, Event.details).where(
        Event.project_id.in_(list(projects)), Event.subject.in_(ids), Event.tag.in_(tags)
    )
    return {subject: str(details.get("comment", "")) for subject, details in db.execute(query.order_by(Event.sequence))}


def queue(db: Session, actor: Actor) -> list[SubmissionOut]:
    """Return the submissions that wait for somebody, oldest first."""
    query = select(Submission).join(Project, Project.id == Submission.project_id).where(visible_projects(actor))
    states = (workflow.DRAFT, workflow.SUBMITTED, workflow.IN_REVIEW, workflow.RETURNED)
    rows = db.scalars(query.where(Submission.state.in_(states)).order_by(Submission.created_at)).all()
    newer = _followed(db, rows)
    waiting = [
        row
        for row in rows
        if workflow.waits_for(row.state, roles_in(db, actor, row.project_id), row.stage, last=row.id not in newer)
    ]
    return describe(db, actor, waiting)


def files(db: Session, rows: Sequence[File]) -> list[FileOut]:
    """Return files with their sheets counted, what was read of them and the progress of their jobs."""
    ids = [row.id for row in rows]
    sheets = {
        id_: count
        for id_, count in db.execute(
            select(Sheet.file_id, func.count())
            .where(Sheet.file_id.in_(ids), Sheet.state != "gone")
            .group_by(Sheet.file_id)
        )
    }
    jobs: dict[str, list[Job]] = defaultdict(list)
    for job in db.scalars(select(Job).where(Job.subject.in_(ids)).order_by(Job.queued_at)):
        jobs[job.subject].append(job)
    told = reading.of_files(db, rows)
    return [_file(row, sheets.get(row.id, 0), jobs[row.id], told[row.id]) for row in rows]


def _file(row: File, sheets: int, jobs: list[Job], told: dict[str, Any]) -> FileOut:
    parts = [1.0 if job.state in ("done", "failed") else job.progress for job in jobs]
    doing = next((job.doing for job in jobs if job.state == "running" and job.doing), "")
    if not parts:
        progress = 0.0 if row.state in UNREAD else 1.0
    else:
        progress = sum(parts) / len(parts)
    plain = {
        name: getattr(row, name)
        for name in FileOut.model_fields
        if name not in ("model", "sheets", "progress", "doing", *told)
    }
    return FileOut(**plain, **told, model=bool(row.model_key), sheets=sheets, progress=round(progress, 3), doing=doing)
