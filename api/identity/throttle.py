"""Counting failed log-ins per account and per net."""

from __future__ import annotations

import hashlib
import ipaddress
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from api.errors import Throttled
from api.identity.tables import LoginFailure
from pipeline.records.base import now

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 10
PER_NET = 100


def account_key(login: str) -> str:
    """Return the key of a login as typed; it may be unknown, and is not kept in the clear."""
    return hashlib.sha256(login.strip().lower().encode("utf-8", "replace")).hexdigest()


def net_of(address: str) -> str:
    """Return the net of an address: /24 of IPv4, /64 of IPv6, else the text itself."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    width = 24 if parsed.version == 4 else 64
    return str(ipaddress.ip_network(f"{address}/{width}", strict=False))


def check(db: Session, login: str, address: str) -> None:
    """Raise Throttled when there were too many failures lately."""
    since = now() - WINDOW
    for column, key, limit in (
        (LoginFailure.account, account_key(login), PER_ACCOUNT),
        (LoginFailure.net, net_of(address), PER_NET),
    ):
        count, first = db.execute(
            select(func.count(), func.min(LoginFailure.at)).where(column == key, LoginFailure.at > since)
        ).one()
        if count >= limit:
            raise Throttled(max(1, int((first + WINDOW - now()).total_seconds())))


def note_failure(db: Session, login: str, address: str) -> None:
    """Count a failure and forget the old ones."""
    db.execute(delete(LoginFailure).where(LoginFailure.at < now() - WINDOW))
    db.add(LoginFailure(account=account_key(login), net=net_of(address)))


def forget(db: Session, login: str) -> None:
    """A right password clears the account's counter (not the net's)."""
    db.execute(delete(LoginFailure).where(LoginFailure.account == account_key(login)))
