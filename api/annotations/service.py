"""Marks: private while drafts, published together, answered in threads, changed only in the version one has seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from api.access import Actor, find
from api.annotations.schemas import AnnotationOut, Author, EditAnnotation, NewAnnotation, ReplyOut
from api.annotations.tables import Annotation, Reply
from api.buildings.tables import Member
from api.errors import PreconditionRequired, Stale
from api.identity.tables import Person
from api.permissions import DECIDING
from api.submissions import workflow
from pipeline.errors import Conflict, Forbidden, NotFound
from pipeline.records.base import now
from pipeline.records.log import append_event
from pipeline.records.notices import notify
from pipeline.records.tables import Sheet, Submission


def describe(db: Session, rows: Sequence[Annotation]) -> list[AnnotationOut]:
    """Return marks with their authors and replies."""
    replies: dict[str, list[Reply]] = defaultdict(list)
    for reply in db.scalars(
        select(Reply).where(Reply.annotation_id.in_([row.id for row in rows])).order_by(Reply.at, Reply.id)
    ):
        replies[reply.annotation_id].append(reply)
    people = {row.author_id for row in rows} | {reply.author_id for some in replies.values() for reply in some}
    names = dict(db.execute(select(Person.id, Person.name).where(Person.id.in_(people))).tuples().all())
    plain = [name for name in AnnotationOut.model_fields if name not in ("author", "replies")]
    return [
        AnnotationOut(
            **{name: getattr(row, name) for name in plain},
            author=Author(id=row.author_id, name=names.get(row.author_id, ""), role=row.author_role),
            replies=[
                ReplyOut(
                    id=reply.id,
                    author=Author(id=reply.author_id, name=names.get(reply.author_id, "")),
                    text=reply.text,
                    at=reply.at,
                )
                for reply in replies[row.id]
            ],
        )
        for row in rows
    ]


def on_sheet(db: Session, actor: Actor, sheet_id: str) -> list[AnnotationOut]:
    """Return the published marks of a sheet and the actor's own drafts."""
    seen = or_(Annotation.state == "published", Annotation.author_id == actor.id)
    query = select(Annotation).where(Annotation.sheet_id == sheet_id, seen)
    return describe(db, db.scalars(query.order_by(Annotation.created_at, Annotation.id)).all())


def create(
    db: Session, actor: Actor, sheet: Sheet, project_id: str, roles: frozenset[str], new: NewAnnotation
) -> Annotation:
    """Make a draft mark. Raises Conflict on a submission that was not handed in, NotFound for a foreign reference."""
    submission = db.get_one(Submission, sheet.submission_id)
    if submission.state in (workflow.DRAFT, workflow.WITHDRAWN):
        raise Conflict("该提交尚未提交审查，不能批注。", "This submission is not handed in.", state=submission.state)
    if sheet.state == "gone":
        raise Conflict(
            "最新读图中已没有这张图，不能再批注。", "The latest reading does not know this sheet; no mark can be made."
        )
    for kind, id_ in (("finding", new.finding_id), ("difference", new.difference_id)):
        if id_ is not None and find(db, actor, kind, id_)[1] != project_id:
            raise NotFound()
    row = Annotation(
        submission_id=sheet.submission_id,
        sheet_id=sheet.id,
        author_id=actor.id,
        author_role=min(roles & DECIDING),
        **new.model_dump(),
    )
    db.add(row)
    db.flush()
    append_event(db, actor.id, "annotations:annotation:drafted", row.id, None, {})  # no project: drafts are private
    return row


def _own_draft(db: Session, actor: Actor, row: Annotation, if_match: str | None) -> None:
    """Demand: mine, still a draft, and the version I saw. Raises Forbidden, Conflict, PreconditionRequired, Stale."""
    if row.author_id != actor.id:
        raise Forbidden("只能修改自己的批注。", "Only its author may change it.")
    if if_match is None:
        raise PreconditionRequired("缺少 If-Match。", "If-Match is demanded.")
    present = describe(db, [row])[0].model_dump(mode="json")
    if if_match.strip().strip('W/"') != str(row.version):
        raise Stale(
            "批注已被修改，请查看最新内容。", "It was changed meanwhile; look at it as it is now.", present=present
        )
    if row.state != "draft":
        raise Conflict("已发布的批注不能再修改。", "A published mark cannot be changed.", present=present)


def edit(db: Session, actor: Actor, row: Annotation, change: EditAnnotation, if_match: str | None) -> Annotation:
    """Change one's own draft, in the version one has seen."""
    _own_draft(db, actor, row, if_match)
    values = change.model_dump(exclude_none=True)
    mine = (Annotation.id == row.id, Annotation.version == row.version, Annotation.state == "draft")
    done = db.execute(
        update(Annotation)
        .where(*mine)
        .values(**values, version=row.version + 1)
        .execution_options(synchronize_session=False)
    )
    db.refresh(row)
    if not getattr(done, "rowcount", 0):
        present = describe(db, [row])[0].model_dump(mode="json")
        raise Stale(
            "批注已被修改，请查看最新内容。", "It was changed meanwhile; look at it as it is now.", present=present
        )
    return row


def delete(db: Session, actor: Actor, row: Annotation, if_match: str | None) -> None:
    """Throw one's own draft away; `If-Match` is looked at when it is sent."""
    _own_draft(db, actor, row, if_match if if_match is not None else str(row.version))
    db.delete(row)
    db.flush()
    append_event(db, actor.id, "annotations:annotation:discarded", row.id, None, {})


def publish(db: Session, actor: Actor, submission: Submission) -> list[AnnotationOut]:
    """Publish all my drafts of a submission in one transaction, with one event and one notice."""
    query = select(Annotation).where(
        Annotation.submission_id == submission.id, Annotation.author_id == actor.id, Annotation.state == "draft"
    )
    rows = db.scalars(query.order_by(Annotation.created_at).with_for_update()).all()
    for row in rows:
        row.state, row.published_at, row.version = "published", now(), row.version + 1
    db.flush()
    if rows:
        details = {
            "count": len(rows),
            "ids": [row.id for row in rows],
            "sheets": sorted({row.sheet_id for row in rows}),
        }
        notify(db, "annotation.published", submission.id, project_id=submission.project_id, details=details)
        append_event(
            db, actor.id, "annotations:submission:published", submission.id, submission.project_id,
            details | {"marks": [{"id": row.id, "nature": row.nature, "text": row.text} for row in rows]},
        )  # fmt: skip
    return describe(db, rows)


def _published(row: Annotation) -> None:
    if row.state != "published":
        raise Conflict("批注尚未发布。", "The mark is not published yet.")


def reply(db: Session, actor: Actor, row: Annotation, project_id: str, text: str) -> Annotation:
    """Answer a published mark; the institute's answer makes an open mark answered. Raises Conflict for a draft."""
    _published(row)
    answer = Reply(annotation_id=row.id, author_id=actor.id, text=text)
    db.add(answer)
    if row.status == "open" and _role(db, actor, project_id) == "institute":
        row.status, row.version = "answered", row.version + 1
    db.flush()
    details = {"sheet_id": row.sheet_id, "submission_id": row.submission_id}
    notify(db, "annotation.replied", row.id, project_id=project_id, details=details)
    append_event(db, actor.id, "annotations:annotation:replied", row.id, project_id, {"text": text})
    return row


def _role(db: Session, actor: Actor, project_id: str) -> str:
    member = db.get(Member, (project_id, actor.id))
    return member.role if member else ""


def set_status(db: Session, actor: Actor, row: Annotation, project_id: str, status: str) -> Annotation:
    """Set how far the talk is: the author anything, the institute only "answered". Raises Forbidden, Conflict."""
    _published(row)
    institute = _role(db, actor, project_id) == "institute"
    if row.author_id != actor.id and not (institute and status == "answered"):
        raise Forbidden("只有作者可以关闭批注。", "Only the author may do this.")
    before, row.status, row.version = row.status, status, row.version + 1
    db.flush()
    details = {"sheet_id": row.sheet_id, "submission_id": row.submission_id, "status": status}
    notify(db, "annotation.status", row.id, project_id=project_id, details=details)
    append_event(db, actor.id, "annotations:annotation:status", row.id, project_id, {"from": before, "to": status})
    return row
