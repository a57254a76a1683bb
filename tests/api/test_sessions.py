"""Sessions: one answer for every wrong log-in, throttling, expiry, CSRF."""

from __future__ import annotations

from datetime import timedelta

import pytest

from api.database import writing
from api.guard import token_digest
from api.identity import throttle
from api.identity.tables import LoginFailure, LoginSession, Person
from pipeline.records.base import now
from tests.api.conftest import PASSWORD, Client, log_in


def attempt(client: Client, login: str, password: str):
    return client.post("/api/session", json={"login": login, "password": password})


@pytest.fixture(autouse=True)
def no_failures(installation):
    yield
    with writing() as db:
        db.query(LoginFailure).delete()


def test_an_unknown_login_and_a_wrong_password_are_answered_alike(clients):
    unknown = attempt(clients["anonymous"], "nobody at all", PASSWORD)
    wrong = attempt(clients["anonymous"], "reviewer", "not the password")
    assert (unknown.status_code, unknown.json()) == (wrong.status_code, wrong.json())
    assert unknown.status_code == 401 and unknown.json()["error"] == "wrong_login"


def test_a_person_switched_off_is_answered_like_an_unknown_one_and_loses_the_session(clients, people):
    b = log_in("reviewer_b")
    assert b.get("/api/session").status_code == 200
    admin = clients["administrator"]
    admin.patch(f"/api/people/{people['reviewer_b']}", json={"active": False})
    try:
        assert b.get("/api/session").status_code == 401
        refused = attempt(clients["anonymous"], "reviewer_b", PASSWORD)
        assert refused.json() == attempt(clients["anonymous"], "nobody at all", PASSWORD).json()
    finally:
        admin.patch(f"/api/people/{people['reviewer_b']}", json={"active": True})
        clients["reviewer_b"] = log_in("reviewer_b")


def test_too_many_failures_close_an_account_known_or_not(clients):
    for login in ("department", "nobody at all"):
        for _ in range(throttle.PER_ACCOUNT):
            with writing() as db:
                throttle.note_failure(db, login, "10.0.0.9")
        refused = attempt(clients["anonymous"], login, PASSWORD)
        assert refused.status_code == 429 and int(refused.headers["retry-after"]) > 0
    assert attempt(clients["anonymous"], "reviewer", PASSWORD).status_code == 200


def test_failures_are_counted_per_net(installation):
    with writing() as db:
        for number in range(throttle.PER_NET):
            throttle.note_failure(db, f"somebody {number}", f"10.1.2.{number % 250}")
        throttle.check(db, "a new one", "10.1.3.1")
        with pytest.raises(throttle.Throttled):
            throttle.check(db, "a new one", "10.1.2.251")


def test_the_cookie_is_out_of_reach_of_scripts_and_its_token_is_kept_nowhere(clients):
    answer = attempt(clients["anonymous"], "reviewer", PASSWORD)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie
    token = answer.cookies["tushen_session"]
    with writing() as db:
        assert db.get(LoginSession, token) is None
        assert db.get(LoginSession, token_digest(token)) is not None
    clients["anonymous"].http.cookies.clear()


@pytest.mark.parametrize("field", ["seen_at", "expires_at"])
def test_a_session_ends_after_idling_and_in_any_case_after_its_hours(people, field):
    client = log_in("acceptance")
    assert client.get("/api/session").status_code == 200
    with writing() as db:
        row = db.get(LoginSession, token_digest(client.http.cookies["tushen_session"]))
        setattr(row, field, now() - timedelta(hours=13 if field == "seen_at" else 0, seconds=1))
    assert client.get("/api/session").status_code == 401


def test_reading_moves_the_idle_clock(people):
    client = log_in("acceptance")
    digest = token_digest(client.http.cookies["tushen_session"])
    with writing() as db:
        db.get(LoginSession, digest).seen_at = now() - timedelta(minutes=20)
    assert client.get("/api/projects").status_code == 200
    with writing() as db:
        assert db.get(LoginSession, digest).seen_at > now() - timedelta(minutes=1)


def test_an_unsafe_verb_needs_the_token_and_our_own_origin(clients):
    office = clients["city_office"]
    body = {"name": "x"}
    for headers in (
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "guess"},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
    ):
        answer = office.post("/api/projects", json=body, headers=headers)
        assert answer.status_code == 403 and answer.json()["error"] == "bad_csrf", headers
    assert office.post("/api/projects", json=body, headers={"Origin": "http://testserver"}).status_code == 201


def test_logging_in_from_a_foreign_page_is_refused(clients):
    answer = clients["anonymous"].post(
        "/api/session", json={"login": "reviewer", "password": PASSWORD}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403


def test_logging_out_ends_the_session_on_the_server(people):
    client = log_in("acceptance")
    token = client.http.cookies["tushen_session"]
    assert client.delete("/api/session").status_code == 204
    client.http.cookies.set("tushen_session", token)
    assert client.get("/api/session").status_code == 401


def test_a_new_password_ends_the_other_sessions(clients):
    organisation = clients["reviewer"].me["organisation"]["id"]
    new = {"login": "changing", "name": "x", "organisation_id": organisation, "roles": [], "password": PASSWORD}
    assert clients["administrator"].post("/api/people", json=new).status_code == 201
    first, second = log_in("changing"), log_in("changing")
    answer = first.patch("/api/session", json={"password": PASSWORD, "new_password": PASSWORD + "!"})
    assert answer.status_code == 200
    assert first.get("/api/session").status_code == 200 and second.get("/api/session").status_code == 401
    refused = first.patch("/api/session", json={"password": "wrong", "new_password": PASSWORD})
    assert refused.status_code == 422 and first.get("/api/session").status_code == 200
    assert attempt(clients["anonymous"], "changing", PASSWORD).status_code == 401


def test_passwords_never_lie_in_the_clear(people):
    with writing() as db:
        assert all(row.password_hash.startswith("$argon2id$") for row in db.query(Person))


def test_the_last_administrator_stays(clients, people):
    admin = clients["administrator"]
    for change in ({"active": False}, {"roles": ["reviewer"]}):
        answer = admin.patch(f"/api/people/{people['administrator']}", json=change)
        assert answer.status_code == 409
    assert admin.get("/api/people").status_code == 200
