"""Routes of submissions and their files."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import select

from api.guard import Granted
from api.guard import deed as by_deed
from api.submissions import queries, service
from api.submissions.schemas import Comment, FileOut, NewSubmission, Password, Reason, SubmissionOut
from pipeline.records.tables import File

router = APIRouter(prefix="/api", tags=["submissions"])


@router.post("/projects/{id}/submissions", status_code=201, **by_deed("submission.create"))
def create(id: str, body: NewSubmission, grant: Granted) -> SubmissionOut:
    """Make a draft; after a decision this is the next version."""
    row = service.create(grant.db, grant.actor, id, body)
    return queries.describe(grant.db, grant.actor, [row])[0]


@router.get("/submissions/{id}", **by_deed("submission.read"))
def show(id: str, grant: Granted) -> SubmissionOut:
    """A submission with counts, progress and what I may do now."""
    return queries.describe(grant.db, grant.actor, [grant.row])[0]


@router.get("/queue", **by_deed("queue.read"))
def queue(grant: Granted) -> list[SubmissionOut]:
    """Submissions that wait for me."""
    return queries.queue(grant.db, grant.actor)


@router.post("/submissions/{id}/deeds/{deed}", **by_deed("submission.advance"))
def advance(id: str, deed: str, body: Comment, grant: Granted) -> SubmissionOut:
    """Submit, withdraw, accept, return or approve."""
    service.advance(grant.db, grant.actor, grant.row, deed, grant.roles, body.comment)
    return queries.describe(grant.db, grant.actor, [grant.row])[0]


@router.get("/submissions/{id}/files", **by_deed("submission.read"))
def files(id: str, grant: Granted) -> list[FileOut]:
    """The files of a submission."""
    rows = grant.db.scalars(select(File).where(File.submission_id == id).order_by(File.path, File.name, File.id))
    return queries.files(grant.db, rows.all())


@router.get("/files/{id}", **by_deed("file.read"))
def file(id: str, grant: Granted) -> FileOut:
    """A file, what was read of it and what is wrong with it."""
    return queries.files(grant.db, [grant.row])[0]


@router.delete("/files/{id}", status_code=204, **by_deed("file.delete"))
def delete_file(id: str, grant: Granted) -> None:
    """Take a file off a draft."""
    service.delete_file(grant.db, grant.actor, grant.row, grant.project_id or "")


@router.post("/files/{id}/password", **by_deed("file.unlock"))
def give_password(id: str, body: Password, grant: Granted) -> FileOut:
    """Give the password of an encrypted file; it is read again."""
    password = body.password.get_secret_value()
    service.give_password(grant.db, grant.actor, grant.row, grant.project_id or "", grant.roles, password)
    return queries.files(grant.db, [grant.row])[0]


@router.post("/files/{id}/acceptance", **by_deed("file.accept"))
def accept_file(id: str, body: Reason, grant: Granted) -> FileOut:
    """Accept a damaged file by name."""
    service.accept_file(grant.db, grant.actor, grant.row, grant.project_id or "", body.reason)
    return queries.files(grant.db, [grant.row])[0]
