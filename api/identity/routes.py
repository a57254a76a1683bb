"""Routes of sessions, people and organisations."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from sqlalchemy import select

from api.errors import BadCsrf
from api.guard import Granted, cookie_name, deed, same_origin
from api.identity import service
from api.identity.schemas import (
    EditPerson,
    EditSession,
    LogIn,
    Me,
    NewOrganisation,
    NewPerson,
    OrganisationOut,
    PersonOut,
)
from api.identity.tables import Organisation, Person
from pipeline.settings import settings

router = APIRouter(prefix="/api", tags=["identity"])


@router.post("/session", **deed("session.create"))
def log_in(body: LogIn, request: Request, response: Response) -> Me:
    """Log in; the session's token goes into an HttpOnly cookie."""
    if not same_origin(request):
        raise BadCsrf()
    address = request.client.host if request.client else ""
    token, answer = service.log_in(body.login, body.password, address)
    response.set_cookie(
        cookie_name(), token, httponly=True, samesite="lax", secure=settings().secure_cookies, path="/",
        max_age=settings().session_hours * 3600,
    )  # fmt: skip
    return answer


@router.get("/session", **deed("session.read"))
def who_am_i(grant: Granted) -> Me:
    """Who am I."""
    return service.me(grant.db, grant.db.get_one(Person, grant.actor.id), grant.actor.csrf_token)


@router.patch("/session", **deed("session.edit"))
def edit_me(body: EditSession, grant: Granted) -> Me:
    """Change my language or password."""
    return service.edit_me(grant.db, grant.actor, body)


@router.delete("/session", status_code=204, **deed("session.delete"))
def log_out(grant: Granted, response: Response) -> None:
    """Log out."""
    service.log_out(grant.db, grant.actor)
    response.delete_cookie(cookie_name(), path="/", secure=settings().secure_cookies, httponly=True, samesite="lax")


@router.get("/people", **deed("person.list"))
def people(grant: Granted) -> list[PersonOut]:
    """All people."""
    return [PersonOut.model_validate(row) for row in grant.db.scalars(select(Person).order_by(Person.login))]


@router.post("/people", status_code=201, **deed("person.edit"))
def create_person(body: NewPerson, grant: Granted) -> PersonOut:
    """Make a person."""
    return service.create_person(grant.db, grant.actor.id, body)


@router.patch("/people/{id}", **deed("person.edit"))
def edit_person(id: str, body: EditPerson, grant: Granted) -> PersonOut:
    """Change a person."""
    return service.edit_person(grant.db, grant.actor.id, id, body)


@router.get("/organisations", **deed("organisation.list"))
def organisations(grant: Granted) -> list[OrganisationOut]:
    """All organisations."""
    rows = grant.db.scalars(select(Organisation).order_by(Organisation.name))
    return [OrganisationOut.model_validate(row) for row in rows]


@router.post("/organisations", status_code=201, **deed("organisation.create"))
def create_organisation(body: NewOrganisation, grant: Granted) -> OrganisationOut:
    """Make an organisation."""
    return OrganisationOut.model_validate(service.create_organisation(grant.db, grant.actor.id, body.name))
