"""A whole embedded installation in a folder: records, store, broker; jobs are performed in this process."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pymupdf
import pytest
from sqlalchemy import select

import api.tables  # noqa: F401  every table, so that the records can be made
from api.annotations.tables import Annotation
from api.identity.tables import Organisation, Person
from pipeline import flow, settings, storage
from pipeline.celery_app import app
from pipeline.isolation.sandbox import sandbox
from pipeline.records import tables
from pipeline.records.base import Base, engine, engine_for, transaction
from pipeline.records.log import protect_events
from pipeline.storage import keys, store

TASKS = {station.kind: station.task for station in flow.STATIONS.values()}


def plan_pdf() -> bytes:
    """A PDF of one page with a frame and a word."""
    with pymupdf.open() as document:
        page = document.new_page(width=842, height=595)
        page.draw_rect((50, 50, 700, 500))
        page.insert_text((100, 100), "plan")
        return document.tobytes()


def marked(sheet: tables.Sheet, **more: object) -> None:
    """A published pin of a reviewer on a sheet."""
    with transaction() as session:
        organisation = Organisation(name="审图机构")
        session.add(organisation)
        session.flush()
        author = Person(login="r", name="王五", organisation_id=organisation.id, password_hash="x")
        session.add(author)
        session.flush()
        mark = {"kind": "pin", "geometry": {"type": "Point", "coordinates": [10.0, 10.0]}, "text": "此处不对", **more}
        row = Annotation(submission_id=sheet.submission_id, sheet_id=sheet.id, author_id=author.id, **mark)
        row.author_role, row.state = "reviewer", "published"
        session.add(row)


@dataclass
class Installation:
    """Hands files in and works off the queue."""

    project: str

    def submission(self, previous: str | None = None, version: int = 1) -> str:
        with transaction() as session:
            row = tables.Submission(
                project_id=self.project,
                stage="construction",
                version=version,
                created_by="0" * 32,
                previous_id=previous,
            )
            session.add(row)
            session.flush()
            return row.id

    def hand_in(self, submission: str, name: str, body: bytes) -> str:
        digest = hashlib.sha256(body).hexdigest()
        store().put(keys.original(digest), body)
        with transaction() as session:
            twin = session.scalar(
                select(tables.File.id).where(tables.File.submission_id == submission, tables.File.sha256 == digest)
            )
            row = tables.File(
                submission_id=submission, name=name, size_bytes=len(body), sha256=digest, duplicate_of=twin
            )
            session.add(row)
            session.flush()
            flow.start(session, "receive", row.id, submission)
            return row.id

    def work_off(self, most: int = 200) -> int:
        """Perform queued jobs until none is left; return how many."""
        app.loader.import_default_modules()
        for done in range(most):
            with transaction() as session:
                job = session.scalar(
                    select(tables.Job).where(tables.Job.state == "queued").order_by(tables.Job.queued_at)
                )
                if job is None:
                    return done
                name, id_ = TASKS[job.kind], job.id
            app.tasks[name](id_)
        raise AssertionError("the queue does not end")

    def rows(self, table: type, *conditions: object) -> list:
        with transaction() as session:
            return list(session.scalars(select(table).where(*conditions)))


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    monkeypatch.setenv("TUSHEN_DATA_DIR", str(tmp_path))
    for name in ("TUSHEN_DATABASE_URL", "TUSHEN_BROKER_URL", "TUSHEN_STORE"):
        monkeypatch.delenv(name, raising=False)
    for cache in (settings.settings, storage.store, engine_for):
        cache.cache_clear()
    monkeypatch.setattr(flow, "ring", lambda bell: None)
    with engine().begin() as connection:
        Base.metadata.create_all(connection)
        protect_events(connection)
    with transaction() as session:
        project = tables.Project(name="test")
        session.add(project)
        session.flush()
        id_ = project.id
    yield Installation(id_)
    engine().dispose()
    for cache in (settings.settings, storage.store, engine_for):
        cache.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def _close_sandbox() -> Iterator[None]:
    yield
    if sandbox.cache_info().currsize:
        sandbox().close()
        sandbox.cache_clear()
