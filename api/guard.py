"""The door of every route: who is it, did the request come from our page, may they see it, may they do it.

A route declares its deed with `**deed("submission.read")`; the dependency `authorise` reads it back from the
route and refuses in this order: 401 not signed in, 403 bad CSRF token, 404 not visible, 403 not allowed.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from api.access import Actor, find, roles_in
from api.database import reading, writing
from api.errors import BadCsrf
from api.identity.tables import LoginSession, Person
from api.permissions import DEEDS, allowed
from pipeline.errors import Forbidden, NotSignedIn
from pipeline.records.base import now
from pipeline.settings import settings

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
DEED_KEY = "x-tushen-deed"
SEEN_EVERY = timedelta(seconds=60)


def cookie_name() -> str:
    """Return the name of the session cookie."""
    return "__Host-tushen_session" if settings().secure_cookies else "tushen_session"


def token_digest(token: str) -> str:
    """Return what the database knows of a session token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def database(request: Request) -> Iterator[Session]:
    """The session of one request; it is committed before the answer leaves."""
    with reading() if request.method in ("GET", "HEAD", "OPTIONS") else writing() as session:
        yield session


Database = Annotated[Session, Depends(database, scope="function")]


@dataclass(slots=True)
class Grant:
    """What the guard found out: the session, the actor, the object of the deed and the actor's roles there."""

    db: Session
    actor: Actor
    deed: str
    row: Any = None
    project_id: str | None = None
    roles: frozenset[str] = field(default_factory=frozenset)


def same_origin(request: Request) -> bool:
    """Say whether a browser made this request from our own pages (a client that is no browser sends neither header)."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    if not origin:
        return True
    ours = {request.headers.get("host", ""), urlsplit(settings().public_url).netloc}
    return urlsplit(origin).netloc in ours


def actor_of(db: Session, token: str | None) -> Actor:
    """Return who a session token belongs to; raises NotSignedIn when there is none, it ended or the person left."""
    refusal = NotSignedIn("请先登录。", "Please log in.")
    if not token:
        raise refusal
    row = db.get(LoginSession, token_digest(token))
    person = db.get(Person, row.person_id) if row else None
    moment = now()
    idle = timedelta(minutes=settings().session_idle_minutes)
    if row is None or person is None or not person.active or row.expires_at <= moment or row.seen_at + idle <= moment:
        raise refusal
    return Actor(
        id=person.id,
        login=person.login,
        name=person.name,
        organisation_id=person.organisation_id,
        roles=frozenset(person.roles),
        session_id=row.id,
        csrf_token=row.csrf_token,
        seen_at=row.seen_at,
    )


def _note_seen(actor: Actor, db: Session | None) -> None:
    """Move the idle clock, at most once a minute; in a transaction of its own when `db` (one that writes) is None."""
    if actor.seen_at + SEEN_EVERY > now():
        return
    if db is not None:
        db.get_one(LoginSession, actor.session_id).seen_at = now()
        return
    with writing() as session:
        row = session.get(LoginSession, actor.session_id)
        if row is not None:
            row.seen_at = now()


def check_csrf(request: Request, actor: Actor) -> None:
    """Raise BadCsrf unless an unsafe request carries the session's token and comes from our origin."""
    if request.method not in UNSAFE:
        return
    token = request.headers.get("x-csrf-token", "")
    if not same_origin(request) or not hmac.compare_digest(token.encode(), actor.csrf_token.encode()):
        raise BadCsrf()


def authorise(request: Request, db: Database) -> Grant:
    """Open or refuse the route by its deed. See the module's docstring for the order of refusals."""
    name = str((request.scope["route"].openapi_extra or {})[DEED_KEY])
    kind, roles = DEEDS[name]
    if roles is None:
        return Grant(db, Actor.nobody(), name)
    actor = actor_of(db, request.cookies.get(cookie_name()))
    check_csrf(request, actor)
    _note_seen(actor, db if request.method in UNSAFE else None)
    grant = Grant(db, actor, name, roles=actor.roles)
    if kind:
        grant.row, grant.project_id = find(db, actor, kind, request.path_params["id"])
        grant.roles = roles_in(db, actor, grant.project_id)
    if not allowed(name, grant.roles):
        raise _forbidden()
    return grant


def enter(request: Request) -> Actor:
    """Do the same for routes that last long (uploads, streams), in a transaction that ends before they begin.

    Only for deeds that are about no object; the room looks at the object itself.
    """
    name = str((request.scope["route"].openapi_extra or {})[DEED_KEY])
    with reading() as db:
        actor = actor_of(db, request.cookies.get(cookie_name()))
    check_csrf(request, actor)
    _note_seen(actor, None)
    if not allowed(name, actor.roles):
        raise _forbidden()
    return actor


def _forbidden() -> Forbidden:
    return Forbidden("您没有执行此操作的权限。", "You are not allowed to do this.")


Granted = Annotated[Grant, Depends(authorise)]


def deed(name: str, *, lasting: bool = False) -> dict[str, Any]:
    """Return the keyword arguments that give a route its deed. KeyError for a deed that is not in the table."""
    DEEDS[name]
    return {"openapi_extra": {DEED_KEY: name}, "dependencies": [Depends(enter if lasting else authorise)]}
