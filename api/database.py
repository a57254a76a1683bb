"""Transactions at the edge: one request is one transaction, jobs are rung after the commit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

import api.tables  # noqa: F401  every table must be known before the first query
from api.work import ring_started
from pipeline.errors import Conflict, Transient
from pipeline.records.base import engine


@contextmanager
def reading() -> Iterator[Session]:
    """A session that only reads; on SQLite it does not wait for writers."""
    with engine().connect() as connection:
        connection.info["reading"] = True
        try:
            with Session(bind=connection, expire_on_commit=False) as session:
                yield session
        finally:
            connection.rollback()
            connection.info.pop("reading", None)


@contextmanager
def writing() -> Iterator[Session]:
    """A session that is committed at the end; then the jobs started in it are rung.

    Raises `Conflict` when somebody else wrote the same row meanwhile, `Transient` when the database does not answer.
    """
    with Session(engine(), expire_on_commit=False) as session:
        try:
            yield session
            session.commit()
        except (StaleDataError, IntegrityError) as error:
            session.rollback()
            raise Conflict(
                "其他人刚刚修改了这条记录，请刷新后重试。",
                "Somebody else changed this meanwhile. Reload and try again.",
            ) from error
        except OperationalError as error:
            session.rollback()
            raise Transient(
                "数据库暂时没有响应，请稍后重试。", "The database does not answer. Try again shortly."
            ) from error
        except BaseException:
            session.rollback()
            raise
    ring_started(session)
