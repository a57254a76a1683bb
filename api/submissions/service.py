"""Deeds on submissions and files; each writes its event in the same transaction."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.access import Actor
from api.submissions import queries, reading, workflow
from api.submissions.schemas import NewSubmission
from api.work import settle_again, start_job
from pipeline.errors import Conflict, Forbidden, NotFound, Refused
from pipeline.records import jobs
from pipeline.records.acceptances import ACCEPTED
from pipeline.records.base import now
from pipeline.records.log import append_event
from pipeline.records.notices import notify
from pipeline.records.sealing import seal
from pipeline.records.tables import Building, Difference, File, Finding, Project, Sheet, Submission


def create(db: Session, actor: Actor, project_id: str, new: NewSubmission) -> Submission:
    """Make a draft; version and predecessor follow from the last submission of the same building and stage.

    Raises NotFound for a building of another project, Conflict while an earlier version is still open.
    """
    if new.building_id is not None:
        building = db.get(Building, new.building_id)
        if building is None or building.project_id != project_id:
            raise NotFound()
    db.scalar(select(Project.id).where(Project.id == project_id).with_for_update())
    same = select(Submission).where(Submission.project_id == project_id, Submission.stage == new.stage)
    column = Submission.building_id
    same = same.where(column.is_(None) if new.building_id is None else column == new.building_id)
    earlier = db.scalars(same.order_by(Submission.version.desc())).all()
    if earlier and earlier[0].state in workflow.OPEN:
        raise Conflict(
            f"第 {earlier[0].version} 版尚未办结，不能新建版本。",
            f"Version {earlier[0].version} is not decided yet; a new version cannot begin.",
            submission_id=earlier[0].id,
        )
    previous = next((row.id for row in earlier if row.state in workflow.DECISIONS), None)
    row = Submission(
        project_id=project_id,
        building_id=new.building_id,
        stage=new.stage,
        title=new.title,
        version=earlier[0].version + 1 if earlier else 1,
        previous_id=previous,
        created_by=actor.id,
    )
    db.add(row)
    db.flush()
    details = {"stage": row.stage, "version": row.version, "building_id": row.building_id, "previous_id": previous}
    notify(db, "submission.created", row.id, project_id=project_id)
    append_event(db, actor.id, "submissions:submission:created", row.id, project_id, details)
    return row


def advance(db: Session, actor: Actor, row: Submission, deed: str, roles: frozenset[str], comment: str) -> None:
    """Do a deed of the workflow table.

    Raises NotFound for a deed that does not exist, Forbidden when the roles never may, Conflict when not now or not
    ready, Refused for a return without a comment.
    """
    if deed not in workflow.DEEDS:
        raise NotFound()
    if not workflow.role_may(deed, roles, row.stage):
        raise Forbidden("您没有执行此操作的权限。", "You are not allowed to do this.")
    then = workflow.next_state(row.state, deed, roles, row.stage)
    if then is None:
        name = workflow.NAMES_ZH[row.state]
        raise Conflict(
            f"提交处于“{name}”状态，不能执行此操作。", f"The submission is {row.state}; this cannot be done now.",
            state=row.state,
        )  # fmt: skip
    if deed == "submit":
        why = queries.unready(*queries.file_states(db, row.id))
        if why is not None:
            raise Conflict(why[0], why[1], state=row.state)
    if deed == "return" and not comment.strip():
        raise Refused("退回须说明理由。", "Returning demands a reason.")
    before, row.state = row.state, then
    if deed == "submit":
        row.submitted_at = now()
    if then in workflow.DECISIONS:
        row.decided_at = now()
    db.flush()
    details = {"from": before, "to": then, "comment": comment, "stage": row.stage, "version": row.version}
    if then in workflow.DECISIONS or deed == "submit":
        details["sha256"] = _hashes(db, row.id)
    notify(db, f"submission.{then}", row.id, project_id=row.project_id, details={"state": then, "deed": deed})
    append_event(db, actor.id, f"submissions:submission:{deed}", row.id, row.project_id, details)


def _hashes(db: Session, submission_id: str) -> list[str]:
    """Return the content hashes of all files: what exactly was handed in and decided on."""
    query = select(File.sha256).where(File.submission_id == submission_id).distinct()
    return sorted(db.scalars(query))


def draft_of(db: Session, submission_id: str) -> Submission:
    """Return a submission that must still be a draft, locked. Raises Conflict when it is frozen."""
    row = db.get_one(Submission, submission_id, with_for_update=True)
    if row.state != workflow.DRAFT:
        raise Conflict(
            "提交后内容已冻结，不能再修改。", "A submission is frozen once it is handed in.", state=row.state
        )
    return row


def delete_file(db: Session, actor: Actor, row: File, project_id: str) -> None:
    """Take a file, and what came out of it, off a draft. The original stays in the store. Raises Conflict."""
    submission = draft_of(db, row.submission_id)
    gone = [row.id, *db.scalars(select(File.id).where(File.archive_id == row.id))]
    sheets = select(Sheet.id).where(Sheet.file_id.in_(gone))
    other = Difference.new_sheet_id.in_(sheets) | Difference.old_sheet_id.in_(sheets)
    db.execute(delete(Difference).where(other).execution_options(synchronize_session=False))
    for table, condition in (
        (Finding, Finding.sheet_id.in_(sheets) | Finding.file_id.in_(gone)),
        (Sheet, Sheet.file_id.in_(gone)),
        (File, File.id.in_(gone)),
    ):
        db.execute(delete(table).where(condition).execution_options(synchronize_session=False))
    _promote_duplicates(db, gone)
    db.flush()
    settle_again(db, submission.id)
    notify(db, "file.deleted", row.id, project_id=project_id, details={"submission_id": submission.id})
    details = {"name": row.name, "sha256": row.sha256, "submission_id": submission.id}
    append_event(db, actor.id, "submissions:file:deleted", row.id, project_id, details)


def _promote_duplicates(db: Session, gone: list[str]) -> None:
    """Give the duplicates of deleted files a new first one, and have it read: only the first one has sheets."""
    heirs: dict[str, File] = {}
    for row in db.scalars(select(File).where(File.duplicate_of.in_(gone)).order_by(File.created_at, File.id)):
        heir = heirs.setdefault(str(row.duplicate_of), row)
        row.duplicate_of = None if heir is row else heir.id
    db.flush()
    for heir in heirs.values():
        if heir.reader_version or heir.state in ("waiting", "reading"):
            heir.state = "waiting"
            start_job(db, "read", heir.id, heir.submission_id)


def give_password(db: Session, actor: Actor, row: File, project_id: str, roles: frozenset[str], password: str) -> None:
    """Seal the password beside an encrypted file and have it read again. The log does not say the password.

    The institute may while the submission is a draft, the reviewer during the review. Raises Conflict when it is
    frozen or the file asks for no password.
    """
    submission = db.get_one(Submission, row.submission_id, with_for_update=True)
    if not workflow.may_correct(submission.state, roles):
        raise Conflict("提交后内容已冻结，不能再修改。", "It is frozen now.", state=submission.state)
    if reading.password_state(row) not in ("needed", "wrong"):
        raise Conflict("该文件不需要密码。", "This file asks for no password.", state=row.state)
    first = db.get(File, row.duplicate_of) if row.duplicate_of else None
    first = first or row
    first.password_sealed = seal(password, first.sha256)
    for twin in [first, *db.scalars(select(File).where(File.duplicate_of == first.id))]:
        twin.state = "waiting"
    done = jobs.asked_before(db, "read", first.id)
    db.flush()
    start_job(db, "read", first.id, first.submission_id, engine=f"password-{done}")
    notify(db, "file.unlocked", row.id, project_id=project_id, details={"submission_id": row.submission_id})
    details = {"name": row.name, "sha256": row.sha256, "submission_id": row.submission_id}
    append_event(db, actor.id, "submissions:file:password_given", row.id, project_id, details)


def accept_file(db: Session, actor: Actor, row: File, project_id: str, reason: str) -> None:
    """A reviewer answers by name for a damaged or partial file. Raises Conflict when there is nothing to accept."""
    if row.state not in ("damaged", "partial"):
        raise Conflict(
            "只有受损或不完整的文件需要接受。", "Only a damaged or partial file needs this.", state=row.state
        )
    row.accepted_by = actor.id
    db.flush()
    settle_again(db, row.submission_id)
    notify(db, "file.accepted", row.id, project_id=project_id, details={"submission_id": row.submission_id})
    details = {"by": actor.name, "reason": reason, "state": row.state, "sha256": row.sha256}
    details["reader_version"] = row.reader_version
    append_event(db, actor.id, ACCEPTED, row.id, project_id, details)
