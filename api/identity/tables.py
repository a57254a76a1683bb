"""Organisations, people and their sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.records.base import Base, UtcTime, new_id, now
from pipeline.records.tables import ID


class Organisation(Base):
    """An organisation 单位: design institute, review office, department."""

    __tablename__ = "organisation"
    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)


class Person(Base):
    """Somebody who can log in."""

    __tablename__ = "person"
    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    roles: Mapped[list[Any]] = mapped_column(JSON, default=list)
    language: Mapped[str] = mapped_column(String(8), default="zh")
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)


class LoginSession(Base):
    """A session; `id` is the SHA-256 of the token in the cookie, the token itself is kept nowhere."""

    __tablename__ = "login_session"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    seen_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)


class LoginFailure(Base):
    """A failed log-in, counted per account name and per net for a quarter of an hour."""

    __tablename__ = "login_failure"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    account: Mapped[str] = mapped_column(String(64))  # SHA-256 of the login as typed, known or not
    net: Mapped[str] = mapped_column(String(64))  # /24 of IPv4, /64 of IPv6
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    __table_args__ = (Index("ix_login_failure_account", "account", "at"), Index("ix_login_failure_net", "net", "at"))
