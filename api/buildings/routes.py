"""Routes of projects, buildings and members."""

from __future__ import annotations

from fastapi import APIRouter

from api.buildings import service
from api.buildings.schemas import BuildingOut, MemberIn, NewBuilding, NewProject, ProjectOut
from api.guard import Granted, deed

router = APIRouter(prefix="/api/projects", tags=["buildings"])


@router.get("", **deed("project.list"))
def projects(grant: Granted) -> list[ProjectOut]:
    """The projects I may see."""
    return service.list_projects(grant.db, grant.actor)


@router.post("", status_code=201, **deed("project.create"))
def create_project(body: NewProject, grant: Granted) -> ProjectOut:
    """Make a project."""
    row = service.create_project(grant.db, grant.actor.id, body)
    return service.describe(grant.db, grant.actor, [row])[0]


@router.get("/{id}", **deed("project.read"))
def project(id: str, grant: Granted) -> ProjectOut:
    """One project with buildings, submissions and members."""
    return service.describe(grant.db, grant.actor, [grant.row])[0]


@router.post("/{id}/buildings", status_code=201, **deed("building.create"))
def create_building(id: str, body: NewBuilding, grant: Granted) -> BuildingOut:
    """Make a building of a project."""
    return BuildingOut.model_validate(service.create_building(grant.db, grant.actor.id, id, body))


@router.put("/{id}/members/{person_id}", status_code=204, **deed("member.edit"))
def set_member(id: str, person_id: str, body: MemberIn, grant: Granted) -> None:
    """Let somebody take part in a role."""
    service.set_member(grant.db, grant.actor.id, id, person_id, body.role)


@router.delete("/{id}/members/{person_id}", status_code=204, **deed("member.edit"))
def remove_member(id: str, person_id: str, grant: Granted) -> None:
    """End somebody's part in the project."""
    service.remove_member(grant.db, grant.actor.id, id, person_id)
