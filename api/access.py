"""Who may see what: by membership of the project an object lies in. The foreign and the missing look the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from api.annotations.tables import Annotation
from api.buildings.tables import Member
from api.permissions import OVERSEEING
from pipeline.errors import NotFound
from pipeline.records.tables import (
    Comparison,
    Difference,
    File,
    Finding,
    ImportedAnnotation,
    Project,
    Sheet,
    Submission,
)


@dataclass(slots=True, frozen=True)
class Actor:
    """Who acts: a person with an open session."""

    id: str
    login: str
    name: str
    organisation_id: str
    roles: frozenset[str]
    session_id: str
    csrf_token: str
    seen_at: datetime

    @classmethod
    def nobody(cls) -> Actor:
        """Return the actor of a route that needs no log-in."""
        return cls("", "", "", "", frozenset(), "", "", datetime.fromtimestamp(0, UTC))


def _by_submission(table: Any) -> Any:
    return select(table, Submission.project_id).join(Submission, Submission.id == table.submission_id)


FINDERS: dict[str, tuple[Any, Callable[[], Any]]] = {
    "project": (Project, lambda: select(Project, Project.id)),
    "submission": (Submission, lambda: select(Submission, Submission.project_id)),
    "file": (File, lambda: _by_submission(File)),
    "sheet": (Sheet, lambda: _by_submission(Sheet)),
    "finding": (Finding, lambda: _by_submission(Finding)),
    "annotation": (Annotation, lambda: _by_submission(Annotation)),
    "imported_annotation": (ImportedAnnotation, lambda: _by_submission(ImportedAnnotation)),
    "comparison": (
        Comparison,
        lambda: select(Comparison, Submission.project_id).join(Submission, Submission.id == Comparison.new_id),
    ),
    "difference": (
        Difference,
        lambda: (
            select(Difference, Submission.project_id)
            .join(Comparison, Comparison.id == Difference.comparison_id)
            .join(Submission, Submission.id == Comparison.new_id)
        ),
    ),
}


def roles_in(db: Session, actor: Actor, project_id: str) -> frozenset[str]:
    """Return the roles somebody has in a project: the one of the membership, and those that oversee all projects."""
    row = db.get(Member, (project_id, actor.id))
    own = {row.role} & actor.roles if row else set()
    return frozenset(own | (actor.roles & OVERSEEING))


def visible_projects(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on `Project.id` that leaves only what somebody may see."""
    if actor.roles & OVERSEEING:
        return true()
    memberships = select(Member.project_id).where(Member.person_id == actor.id, Member.role.in_(sorted(actor.roles)))
    return Project.id.in_(memberships)


def find(db: Session, actor: Actor, kind: str, id_: str) -> tuple[Any, str]:
    """Return an object and the project it lies in. Raises NotFound when it does not exist or is not theirs to see."""
    table, query = FINDERS[kind]
    row = db.execute(query().where(table.id == id_)).one_or_none()
    if row is None or not roles_in(db, actor, row[1]):
        raise NotFound()
    found = row[0]
    if isinstance(found, Annotation) and found.state == "draft" and found.author_id != actor.id:
        raise NotFound()
    return found, row[1]
