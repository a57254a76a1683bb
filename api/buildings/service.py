"""Projects, buildings and members."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access import Actor, visible_projects
from api.buildings.schemas import BuildingOut, MemberOut, NewBuilding, NewProject, ProjectOut
from api.buildings.tables import Member
from api.identity.tables import Organisation, Person
from api.submissions import queries as submission_queries
from pipeline.errors import NotFound, Refused
from pipeline.records.log import append_event
from pipeline.records.notices import notify
from pipeline.records.tables import Building, Project, Submission


def list_projects(db: Session, actor: Actor) -> list[ProjectOut]:
    """Return the projects somebody may see, newest first."""
    rows = db.scalars(select(Project).where(visible_projects(actor)).order_by(Project.created_at.desc(), Project.id))
    return describe(db, actor, list(rows))


def describe(db: Session, actor: Actor, projects: Iterable[Project]) -> list[ProjectOut]:
    """Return projects with their buildings, submissions and members, in a fixed number of queries."""
    rows = list(projects)
    ids = [row.id for row in rows]
    buildings = db.scalars(select(Building).where(Building.project_id.in_(ids)).order_by(Building.created_at)).all()
    found = db.scalars(
        select(Submission).where(Submission.project_id.in_(ids)).order_by(Submission.created_at, Submission.version)
    ).all()
    submissions = submission_queries.describe(db, actor, found)
    members = db.execute(
        select(Member.project_id, Member.person_id, Person.name, Member.role, Organisation.name.label("organisation"))
        .join(Person, Person.id == Member.person_id)
        .join(Organisation, Organisation.id == Person.organisation_id)
        .where(Member.project_id.in_(ids))
        .order_by(Member.role, Person.name)
    ).all()
    return [
        ProjectOut(
            id=row.id,
            name=row.name,
            code=row.code,
            address=row.address,
            buildings=[BuildingOut.model_validate(b) for b in buildings if b.project_id == row.id],
            submissions=[s for s in submissions if s.project_id == row.id],
            members=[
                MemberOut(person_id=m.person_id, name=m.name, role=m.role, organisation=m.organisation)
                for m in members
                if m.project_id == row.id
            ],
        )
        for row in rows
    ]


def create_project(db: Session, actor_id: str, new: NewProject) -> Project:
    """Make a project."""
    row = Project(**new.model_dump())
    db.add(row)
    db.flush()
    append_event(db, actor_id, "buildings:project:created", row.id, row.id, {"name": row.name, "code": row.code})
    return row


def create_building(db: Session, actor_id: str, project_id: str, new: NewBuilding) -> Building:
    """Make a building of a project."""
    row = Building(project_id=project_id, **new.model_dump())
    db.add(row)
    db.flush()
    append_event(db, actor_id, "buildings:building:created", row.id, project_id, new.model_dump())
    return row


def set_member(db: Session, actor_id: str, project_id: str, person_id: str, role: str) -> None:
    """Let somebody take part in a role they have. Raises NotFound for an unknown person, Refused for a foreign role."""
    person = db.get(Person, person_id)
    if person is None:
        raise NotFound()
    if role not in person.roles:
        raise Refused("此人没有该角色。", "This person does not have this role.", roles=list(person.roles))
    row = db.get(Member, (project_id, person_id))
    if row is None:
        db.add(Member(project_id=project_id, person_id=person_id, role=role))
    else:
        row.role = role
    db.flush()
    notify(db, "member.changed", project_id, project_id=project_id, audience=person_id, details={"role": role})
    append_event(db, actor_id, "buildings:member:set", person_id, project_id, {"role": role})


def remove_member(db: Session, actor_id: str, project_id: str, person_id: str) -> None:
    """End somebody's part in a project. Raises NotFound."""
    row = db.get(Member, (project_id, person_id))
    if row is None:
        raise NotFound()
    db.delete(row)
    db.flush()
    append_event(db, actor_id, "buildings:member:removed", person_id, project_id, {"role": row.role})
