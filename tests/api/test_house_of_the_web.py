"""Headers, errors, health, metrics, the viewer's files, migrations and the seed."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from api.database import reading, writing
from api.errors import STATUS, body_of, status_of
from api.main import app
from api.tables import METADATA
from pipeline.errors import Conflict, Forbidden, NotFound, NotSignedIn, Refused, Transient, TushenError
from pipeline.records.base import engine
from pipeline.records.tables import Event, File, Submission
from pipeline.settings import settings


def test_every_answer_carries_the_security_headers(clients):
    for path in ("/", "/api/health", "/api/session", "/api/nothing", "/projects/x"):
        headers = clients["anonymous"].get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "script-src 'self';" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_every_error_has_a_status_and_the_same_four_fields():
    samples = [
        NotFound(),
        *(cls("中", "en") for cls in (Conflict, Refused, Forbidden, NotSignedIn, Transient, TushenError)),
    ]
    assert [status_of(error) for error in samples] == [404, 409, 422, 403, 401, 503, 500]
    assert all(set(body_of(error)) == {"error", "zh", "en", "details"} for error in samples)
    assert STATUS[-1][0] is TushenError


def test_an_unforeseen_error_tells_nothing_of_our_innards(clients, monkeypatch):
    from api.buildings import service

    def broken(*_args):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(service, "list_projects", broken)
    http = TestClient(app, raise_server_exceptions=False, cookies=clients["reviewer"].http.cookies)
    answer = http.get("/api/projects")
    assert answer.status_code == 500 and answer.json()["error"] == "internal"
    assert "secret" not in answer.text


def test_a_wrong_body_is_told_where_it_is_wrong(clients):
    answer = clients["city_office"].post("/api/projects", json={"name": ""})
    assert answer.status_code == 422 and answer.json()["error"] == "invalid"
    assert answer.json()["details"]["places"][0]["at"] == ["body", "name"]
    huge = clients["city_office"].post("/api/projects", content=b"{" + b" " * (3 << 20))
    assert huge.status_code in (413, 422)


def test_health_names_database_store_and_broker(clients):
    told = clients["anonymous"].get("/api/health").json()
    assert told["ok"] and set(told["checks"]) == {"database", "store", "broker"}


def test_metrics_are_for_this_machine_alone(clients):
    here = clients["anonymous"].get("/metrics")
    assert here.status_code == 200 and "tushen_http_requests_total" in here.text
    for client, headers in ((("203.0.113.5", 1), {}), (("127.0.0.1", 1), {"X-Forwarded-For": "203.0.113.5"})):
        answer = TestClient(app, client=client).get("/metrics", headers=headers)
        assert answer.status_code == 404


def test_the_viewer_is_served_and_nothing_beside_it(clients, installation):
    root = settings().viewer_dir
    assert clients["anonymous"].get("/").status_code == 503
    (root / "assets").mkdir(parents=True, exist_ok=True)
    (root / "index.html").write_text("<!doctype html>page", "utf-8")
    (root / "assets" / "app-1a2b.js").write_text("1", "utf-8")
    (installation / "secret.txt").write_text("secret", "utf-8")
    get = clients["anonymous"].get
    assert "immutable" in get("/assets/app-1a2b.js").headers["cache-control"]
    assert get("/projects/1/sheets/2").text == get("/").text == "<!doctype html>page"
    assert get("/").headers["cache-control"] == "no-cache"
    assert get("/assets/old-9.js").status_code == 404
    assert get("/api/unknown").json()["error"] == "not_found"
    for path in ("/../secret.txt", "/..%2fsecret.txt", "/assets/%2e%2e/%2e%2e/secret.txt", "//etc/passwd"):
        assert "secret" not in get(path).text and "root:" not in get(path).text


def test_the_migrations_make_the_tables_of_the_code(installation):
    inspector = inspect(engine())
    assert set(METADATA.tables) <= set(inspector.get_table_names())
    for name, table in METADATA.tables.items():
        assert {column["name"] for column in inspector.get_columns(name)} == set(table.columns.keys())


def test_alembic_sees_no_difference_between_tables_and_revisions(installation):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with engine().connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


@pytest.mark.parametrize("statement", ["UPDATE event SET actor = 'x'", "DELETE FROM event"])
def test_the_database_itself_refuses_to_change_the_log(clients, statement):
    with reading() as db:
        before = db.query(Event).count()
    assert before
    with pytest.raises((DBAPIError, TushenError)), writing() as db:
        db.execute(text(statement))
    with reading() as db:
        assert db.query(Event).count() == before


def test_the_seed_runs_through_the_uploads_door_and_a_second_time_does_nothing(people):
    from api.seed import STAGES, seed

    first = seed()
    assert first.files >= 6 and "admin" not in first.passwords  # there is an administrator already
    second = seed()
    assert (second.files, second.passwords, second.project_id) == (0, {}, first.project_id)
    with reading() as db:
        rows = db.query(Submission).filter_by(project_id=first.project_id).all()
        assert {row.stage for row in rows} == {stage for _, stage, _ in STAGES}
        assert db.query(File).filter(File.submission_id.in_([row.id for row in rows])).count() == first.files
