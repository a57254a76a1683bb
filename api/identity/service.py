"""Logging in and out, making and changing people."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.access import Actor
from api.database import reading, writing
from api.errors import WrongLogin
from api.guard import token_digest
from api.identity import throttle
from api.identity.passwords import hash_password, random_password, verify_password
from api.identity.schemas import EditPerson, EditSession, Me, NewPerson, OrganisationOut, PersonOut
from api.identity.tables import LoginSession, Organisation, Person
from api.permissions import ADMINISTRATOR
from pipeline.errors import Conflict, NotFound, Refused
from pipeline.records.base import now
from pipeline.records.log import append_event
from pipeline.settings import settings


def me(db: Session, person: Person, csrf_token: str) -> Me:
    """Return the answer to `who am I`."""
    organisation = db.get_one(Organisation, person.organisation_id)
    return Me(
        id=person.id,
        login=person.login,
        name=person.name,
        organisation=OrganisationOut.model_validate(organisation),
        roles=list(person.roles),
        csrf_token=csrf_token,
        language=person.language,
    )


def log_in(login: str, password: str, address: str) -> tuple[str, Me]:
    """Return a session token and who it belongs to.

    The slow hash is computed outside of any transaction. Raises WrongLogin (the same for an unknown login, a wrong
    password and a person switched off) and Throttled.
    """
    with reading() as db:
        throttle.check(db, login, address)
        person = db.scalar(select(Person).where(Person.login == login.strip()))
    fits = verify_password(password, person.password_hash if person and person.active else None)
    if not fits or person is None:
        with writing() as db:
            throttle.note_failure(db, login, address)
            append_event(db, "", "identity:session:refused", throttle.account_key(login)[:16], None, {})
        raise WrongLogin()
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    with writing() as db:
        throttle.forget(db, login)
        db.execute(delete(LoginSession).where(LoginSession.expires_at < now()))
        expires = now() + timedelta(hours=settings().session_hours)
        db.add(LoginSession(id=token_digest(token), person_id=person.id, csrf_token=csrf, expires_at=expires))
        append_event(db, person.id, "identity:session:opened", person.id, None, {})
        return token, me(db, person, csrf)


def log_out(db: Session, actor: Actor) -> None:
    """End the session."""
    db.execute(delete(LoginSession).where(LoginSession.id == actor.session_id))
    append_event(db, actor.id, "identity:session:closed", actor.id, None, {})


def edit_me(db: Session, actor: Actor, change: EditSession) -> Me:
    """Change my language or password; a new password ends my other sessions."""
    person = db.get_one(Person, actor.id)
    if change.language:
        person.language = change.language
    if change.new_password is not None:
        if not verify_password(change.password or "", person.password_hash):
            raise Refused("原密码不正确。", "The present password is wrong.")
        person.password_hash = hash_password(change.new_password)
        db.execute(delete(LoginSession).where(LoginSession.person_id == actor.id, LoginSession.id != actor.session_id))
        append_event(db, actor.id, "identity:person:password", actor.id, None, {})
    return me(db, person, actor.csrf_token)


def create_organisation(db: Session, actor_id: str, name: str) -> Organisation:
    """Make an organisation. Raises Conflict when the name is taken."""
    if db.scalar(select(Organisation.id).where(Organisation.name == name)):
        raise Conflict("已有同名单位。", "An organisation of this name exists already.")
    row = Organisation(name=name)
    db.add(row)
    db.flush()
    append_event(db, actor_id, "identity:organisation:created", row.id, None, {"name": name})
    return row


def create_person(db: Session, actor_id: str, new: NewPerson) -> PersonOut:
    """Make a person; the answer carries the random password when none was given. Raises Conflict, NotFound."""
    if db.get(Organisation, new.organisation_id) is None:
        raise NotFound()
    if db.scalar(select(Person.id).where(Person.login == new.login)):
        raise Conflict("该账号已存在。", "This login exists already.")
    password = new.password or random_password()
    row = Person(
        login=new.login,
        name=new.name,
        organisation_id=new.organisation_id,
        roles=sorted(set(new.roles)),
        active=new.active,
        password_hash=hash_password(password),
    )
    db.add(row)
    db.flush()
    append_event(db, actor_id, "identity:person:created", row.id, None, {"login": row.login, "roles": row.roles})
    answer = PersonOut.model_validate(row)
    answer.password = None if new.password else password
    return answer


def edit_person(db: Session, actor_id: str, person_id: str, change: EditPerson) -> PersonOut:
    """Change a person; switching off or a new password ends their sessions.

    Raises NotFound, Conflict when no administrator would be left.
    """
    row = db.get(Person, person_id)
    if row is None or (change.organisation_id and db.get(Organisation, change.organisation_id) is None):
        raise NotFound()
    fields: dict[str, Any] = change.model_dump(exclude_none=True)
    password = fields.pop("password", None)
    for name, value in fields.items():
        setattr(row, name, sorted(set(value)) if name == "roles" else value)
    if password is not None:
        row.password_hash = hash_password(password)
    if password is not None or not row.active:
        db.execute(delete(LoginSession).where(LoginSession.person_id == row.id))
    if not any(ADMINISTRATOR in other.roles for other in db.scalars(select(Person).where(Person.active))):
        raise Conflict("至少要保留一名管理员。", "At least one administrator must remain.")
    noted = fields | ({"password": "changed"} if password is not None else {})
    append_event(db, actor_id, "identity:person:edited", row.id, None, noted)
    return PersonOut.model_validate(row)
