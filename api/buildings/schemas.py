"""Shapes of requests and answers about projects and buildings."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.identity.schemas import RoleName
from api.submissions.schemas import SubmissionOut

Title = Annotated[str, Field(min_length=1, max_length=200)]


class NewProject(BaseModel):
    """A new project."""

    name: Title
    code: Annotated[str, Field(max_length=40)] = ""
    address: Annotated[str, Field(max_length=300)] = ""


class NewBuilding(BaseModel):
    """A new building of a project."""

    name: Title
    code: Annotated[str, Field(max_length=60)] = ""
    use: Annotated[str, Field(max_length=60)] = ""
    storeys: Annotated[int, Field(ge=0, le=300)] | None = None
    height_m: Annotated[float, Field(ge=0, le=2000, allow_inf_nan=False)] | None = None


class BuildingOut(NewBuilding):
    """A building."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    project_id: str


class MemberIn(BaseModel):
    """The role somebody gets in a project."""

    role: RoleName


class MemberOut(BaseModel):
    """Who takes part, and as what."""

    person_id: str
    name: str
    role: str
    organisation: str


class ProjectOut(BaseModel):
    """A project with what hangs below it."""

    id: str
    name: str
    code: str
    address: str
    buildings: list[BuildingOut]
    submissions: list[SubmissionOut]
    members: list[MemberOut]
