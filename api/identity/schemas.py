"""Shapes of requests and answers about people."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(min_length=1, max_length=80)]
RoleName = Literal["institute", "reviewer", "department", "acceptance", "city_office", "administrator"]


class LogIn(BaseModel):
    """Login and password."""

    login: Annotated[str, Field(max_length=200)]
    password: Annotated[str, Field(max_length=1000)]


class EditSession(BaseModel):
    """What I may change about myself: the language, the password."""

    language: Literal["zh", "en"] | None = None
    password: Annotated[str, Field(max_length=200)] | None = None
    new_password: Annotated[str, Field(max_length=200)] | None = None


class OrganisationOut(BaseModel):
    """An organisation."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    name: str


class NewOrganisation(BaseModel):
    """A new organisation."""

    name: Annotated[str, Field(min_length=1, max_length=200)]


class Me(BaseModel):
    """Who I am."""

    id: str
    login: str
    name: str
    organisation: OrganisationOut
    roles: list[str]
    csrf_token: str
    language: str


class NewPerson(BaseModel):
    """A new person; without a password a random one is made and told once."""

    login: Annotated[str, Field(min_length=2, max_length=80, pattern=r"^[\w.@+-]+$")]
    name: Name
    organisation_id: str
    roles: list[RoleName]
    active: bool = True
    password: Annotated[str, Field(max_length=200)] | None = None


class EditPerson(BaseModel):
    """What may change about a person."""

    name: Name | None = None
    organisation_id: str | None = None
    roles: list[RoleName] | None = None
    active: bool | None = None
    password: Annotated[str, Field(max_length=200)] | None = None


class PersonOut(BaseModel):
    """A person as the administration sees them."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    login: str
    name: str
    organisation_id: str
    roles: list[str]
    active: bool
    password: str | None = None  # only in the answer that made it
