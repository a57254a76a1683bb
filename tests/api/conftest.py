"""One installation for the tests of the API: SQLite in a temporary folder, or TUSHEN_TEST_DATABASE_URL."""

from __future__ import annotations

import base64
import gzip
import hashlib
import os
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.permissions import ROLES
from pipeline import celery_app
from pipeline.records.base import engine, engine_for, new_id
from pipeline.settings import settings
from pipeline.storage import keys, store
from tests.conftest import own_database

PASSWORD = "a long enough password"
TUS = {"Tus-Resumable": "1.0.0"}


def _forget_settings() -> None:
    for cached in (settings, store):
        cached.cache_clear()
    if settings().database.startswith("sqlite"):
        engine_for.cache_clear()
    celery_app.app.conf.update(**celery_app.broker_settings(settings()))


@pytest.fixture(scope="package")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A migrated, empty installation; the settings of the process point at it."""
    from api.migrate import upgrade

    folder = tmp_path_factory.mktemp("api")
    server = os.environ.get("TUSHEN_TEST_DATABASE_URL", "")
    with pytest.MonkeyPatch.context() as patch, own_database(server) if server else nullcontext("") as address:
        patch.setenv("TUSHEN_DATA_DIR", str(folder))
        patch.setenv("TUSHEN_DATABASE_URL", address)
        patch.setenv("TUSHEN_STORE", "local")
        patch.setenv("TUSHEN_BROKER_URL", "")
        patch.setenv("TUSHEN_VIEWER_DIR", str(folder / "viewer"))
        _forget_settings()
        upgrade()
        yield folder
        engine().dispose()
    _forget_settings()


@dataclass
class Client:
    """Somebody's browser."""

    http: TestClient
    me: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, verb: str) -> Any:
        return getattr(self.http, verb)

    @property
    def csrf(self) -> dict[str, str]:
        return {"X-CSRF-Token": self.me.get("csrf_token", "")}


def log_in(login: str, password: str = PASSWORD) -> Client:
    from api.main import app

    http = TestClient(app, base_url="http://testserver")
    answer = http.post("/api/session", json={"login": login, "password": password})
    assert answer.status_code == 200, answer.text
    client = Client(http, answer.json())
    http.headers["X-CSRF-Token"] = client.me["csrf_token"]
    return client


@pytest.fixture(scope="package")
def people(installation: Path) -> dict[str, str]:
    """One person per role, and a second institute and a second reviewer that are members of nothing."""
    from api.database import writing
    from api.identity import service
    from api.identity.schemas import NewPerson

    ids = {}
    with writing() as db:
        for name in (*ROLES, "institute_b", "reviewer_b"):
            organisation = service.create_organisation(db, "", f"单位 {name}")
            role = name.removesuffix("_b")
            new = NewPerson(login=name, name=name, organisation_id=organisation.id, roles=[role], password=PASSWORD)
            ids[name] = service.create_person(db, "", new).id
    return ids


@pytest.fixture(scope="package")
def clients(people: dict[str, str]) -> dict[str, Client]:
    """Everybody, signed in; "anonymous" is not."""
    from api.main import app

    anonymous = Client(TestClient(app, base_url="http://testserver"))
    return {"anonymous": anonymous} | {name: log_in(name) for name in people}


@dataclass
class World:
    """A project of institute A with a draft, and what the machines would have made of it."""

    project: str
    building: str
    submission: str
    ids: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def world(clients: dict[str, Client], people: dict[str, str]) -> World:
    """A new project with members and a draft, without files."""
    return make_world(clients, people)


def make_world(clients: dict[str, Client], people: dict[str, str]) -> World:
    office = clients["city_office"]
    project = office.post("/api/projects", json={"name": "项目 A", "code": new_id()}).json()["id"]
    building = office.post(f"/api/projects/{project}/buildings", json={"name": "1# 楼"}).json()["id"]
    for role in ("institute", "reviewer", "department", "acceptance"):
        answer = office.put(f"/api/projects/{project}/members/{people[role]}", json={"role": role})
        assert answer.status_code == 204, answer.text
    return World(project, building, draft(clients, project, building))


def draft(clients: dict[str, Client], project: str, building: str | None, stage: str = "construction") -> str:
    answer = clients["institute"].post(
        f"/api/projects/{project}/submissions", json={"stage": stage, "building_id": building}
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def start_upload(
    client: Client,
    submission: str,
    data: bytes,
    name: str = "一层平面图.dxf",
    *,
    sha256: str | None = None,
    **more: str,
) -> Any:
    """Create a tus upload; the answer of the server."""
    metadata = {
        "submission_id": submission,
        "filename": name,
        "filetype": "application/octet-stream",
        "path": "",
        "sha256": sha256 or hashlib.sha256(data).hexdigest(),
    } | more
    encoded = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in metadata.items())
    headers = TUS | client.csrf | {"Upload-Length": str(len(data)), "Upload-Metadata": encoded}
    return client.post("/api/uploads", headers=headers)


def send(client: Client, location: str, data: bytes, offset: int = 0) -> Any:
    """Send a piece of an upload."""
    headers = TUS | client.csrf | {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
    return client.patch(location, content=data, headers=headers)


def upload(client: Client, submission: str, data: bytes, name: str = "一层平面图.dxf", **more: Any) -> Any:
    """Upload a whole file; the answer to its last piece."""
    answer = start_upload(client, submission, data, name, **more)
    return send(client, answer.headers["location"], data) if answer.status_code == 201 else answer


def read_everything(submission: str) -> None:
    """Do what the worker does to every file of a submission: it was read, it has one sheet with a pack."""
    from api.database import writing
    from pipeline.records.tables import File, Sheet

    with writing() as db:
        for file in db.query(File).filter_by(submission_id=submission, state="waiting"):
            file.state, file.format, file.reader_version = "complete", "dxf", "test"
            key = keys.derived(file.sha256, "test", "pack/0:0")
            store().put(key, gzip.compress(b"TSPK" + file.id.encode(), mtime=0))
            store().put(keys.derived(file.sha256, "test", "tiles/0:0/0/0/0.webp"), b"RIFF....WEBP")
            db.add(
                Sheet(
                    file_id=file.id,
                    submission_id=submission,
                    key="0:0",
                    ordinal=0,
                    kind="model",
                    number="建施-03",
                    title="二层平面图",
                    width_mm=841,
                    height_mm=594,
                    to_space=[1, 0, 0, 1, 0, 0],
                    pack_key=key,
                    tiles_prefix=keys.derived(file.sha256, "test", "tiles/0:0"),
                    tile_levels=1,
                    texts="办公室 M0921\n走道 100%",
                )
            )


def handed_in(clients: dict[str, Client], world: World, state: str = "in_review") -> str:
    """Bring the world's draft to a state through the real deeds; return the sheet's id."""
    answer = upload(clients["institute"], world.submission, b"drawing " + world.submission.encode())
    assert answer.status_code == 204, answer.text
    read_everything(world.submission)
    for who, deed, reached in (("institute", "submit", "submitted"), ("reviewer", "accept", "in_review")):
        answer = clients[who].post(f"/api/submissions/{world.submission}/deeds/{deed}", json={})
        assert answer.status_code == 200 and answer.json()["state"] == reached, answer.text
        if reached == state:
            break
    return str(clients["reviewer"].get(f"/api/submissions/{world.submission}/sheets").json()[0]["id"])
