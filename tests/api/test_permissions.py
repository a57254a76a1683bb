"""The tenant matrix: every route × everybody × the objects of institute A, from one table written by hand.

The table says what the design demands, not what the code does; a route that is missing here fails the test.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from api.database import writing
from api.main import app
from api.permissions import DEEDS, ROLES
from pipeline.records.base import new_id
from pipeline.records.tables import Comparison, Difference, File, Finding, ImportedAnnotation, Job, Sheet
from tests.api.conftest import TUS, Client, World, draft, handed_in, make_world, start_upload

MEMBERS = frozenset(ROLES)
OFFICE = frozenset({"city_office", "administrator"})
ADMIN = frozenset({"administrator"})
INSTITUTE = frozenset({"institute"})
JUDGES = frozenset({"reviewer", "department", "acceptance"})
ANYONE = None
ACTORS = ("anonymous", "institute_b", "reviewer_b", *ROLES)


class Line(NamedTuple):
    """Who may, and what an allowed caller gets."""

    roles: frozenset[str] | None
    ok: int
    foreign: int | None = 404  # None: about no object of A, so role alone decides
    body: Any = None
    headers: dict[str, str] | None = None
    but: dict[str, int] = {}  # a role that is allowed but, in this state, gets another answer


MARK = {"kind": "pin", "geometry": {"type": "Point", "coordinates": [1, 2]}, "text": "x"}
TABLE: dict[tuple[str, str], Line] = {
    ("post", "/api/session"): Line(ANYONE, 401, None, {"login": "nobody", "password": "x"}),
    ("get", "/api/session"): Line(MEMBERS, 200, None),
    ("patch", "/api/session"): Line(MEMBERS, 200, None, {"language": "zh"}),
    ("delete", "/api/session"): Line(MEMBERS, 204, None),
    ("get", "/api/people"): Line(OFFICE, 200, None),
    ("post", "/api/people"): Line(ADMIN, 404, None, {"login": "xx", "name": "x", "organisation_id": "0", "roles": []}),
    ("patch", "/api/people/{id}"): Line(ADMIN, 404, None, {}),
    ("get", "/api/organisations"): Line(MEMBERS, 200, None),
    ("post", "/api/organisations"): Line(ADMIN, 409, None, {"name": "单位 reviewer"}),
    ("get", "/api/projects"): Line(MEMBERS, 200, None),
    ("post", "/api/projects"): Line(OFFICE, 201, None, {"name": "another"}),
    ("get", "/api/projects/{project}"): Line(MEMBERS, 200),
    ("post", "/api/projects/{project}/buildings"): Line(OFFICE, 201, body={"name": "x"}),
    ("put", "/api/projects/{project}/members/{person_id}"): Line(OFFICE, 404, body={"role": "reviewer"}),
    ("delete", "/api/projects/{project}/members/{person_id}"): Line(OFFICE, 404),
    ("post", "/api/projects/{project}/submissions"): Line(
        INSTITUTE, 404, body={"stage": "construction", "building_id": "0" * 32}
    ),
    ("get", "/api/projects/{project}/ledger"): Line(MEMBERS, 200),
    ("get", "/api/ledger/verification"): Line(OFFICE, 200, None),
    ("get", "/api/queue"): Line(MEMBERS, 200, None),
    ("get", "/api/events"): Line(MEMBERS, 200, None),
    ("get", "/api/rules"): Line(MEMBERS, 200, None),
    ("get", "/api/submissions/{submission}"): Line(MEMBERS, 200),
    ("post", "/api/submissions/{submission}/deeds/{deed}"): Line(
        frozenset({"reviewer", "department"}), 422, body={"comment": ""}
    ),
    ("get", "/api/submissions/{submission}/files"): Line(MEMBERS, 200),
    ("get", "/api/submissions/{submission}/sheets"): Line(MEMBERS, 200),
    ("get", "/api/submissions/{submission}/findings"): Line(MEMBERS, 200),
    ("get", "/api/submissions/{submission}/coverage"): Line(MEMBERS, 200),
    ("get", "/api/submissions/{submission}/search"): Line(MEMBERS, 200),
    ("get", "/api/submissions/{submission}/comparisons"): Line(MEMBERS, 200),
    ("post", "/api/submissions/{submission}/annotations/publish"): Line(JUDGES, 200),
    ("get", "/api/files/{file}"): Line(MEMBERS, 200),
    ("delete", "/api/files/{file}"): Line(INSTITUTE, 409),
    ("post", "/api/files/{file}/acceptance"): Line(frozenset({"reviewer"}), 409, body={"reason": "x"}),
    ("post", "/api/files/{file}/password"): Line(frozenset({"institute", "reviewer"}), 409, body={"password": "x"}),
    ("get", "/api/files/{file}/original"): Line(MEMBERS, 200),
    ("get", "/api/files/{file}/model.glb"): Line(MEMBERS, 204),
    ("get", "/api/files/{file}/elements/{global_id}"): Line(MEMBERS, 404),
    ("get", "/api/sheets/{sheet}"): Line(MEMBERS, 200),
    ("patch", "/api/sheets/{sheet}"): Line(frozenset({"institute", "reviewer"}), 200, body={}, but={"institute": 409}),
    ("patch", "/api/submissions/{submission}/sheets"): Line(
        frozenset({"institute", "reviewer"}),
        404,
        body={"changes": [{"sheet_id": "0" * 32, "row_version": 1}]},
        but={"institute": 409},
    ),
    ("get", "/api/sheets/{sheet}/pack"): Line(MEMBERS, 200),
    ("get", "/api/sheets/{sheet}/tiles/{z}/{x}/{y}.webp"): Line(MEMBERS, 200),
    ("get", "/api/sheets/{sheet}/thumbnail.webp"): Line(MEMBERS, 204),
    ("get", "/api/sheets/{sheet}/annotations"): Line(MEMBERS, 200),
    ("post", "/api/sheets/{sheet}/annotations"): Line(JUDGES, 201, body=MARK),
    ("get", "/api/sheets/{sheet}/imported_annotations"): Line(MEMBERS, 200),
    ("post", "/api/imported_annotations/{imported_annotation}/takeover"): Line(JUDGES, 201),
    ("patch", "/api/findings/{finding}"): Line(
        frozenset({"reviewer", "department"}), 200, body={"status": "accepted", "reason": "x"}
    ),
    ("post", "/api/comparisons"): Line(MEMBERS, 201),
    ("get", "/api/comparisons/{comparison}"): Line(MEMBERS, 200),
    ("get", "/api/comparisons/{comparison}/pairs"): Line(MEMBERS, 200),
    ("post", "/api/comparisons/{comparison}/pairs"): Line(
        JUDGES | INSTITUTE, 409, body={"pair_id": "0" * 32, "decision": "confirm"}
    ),
    ("post", "/api/comparisons/{comparison}/overlay"): Line(MEMBERS, 404),  # of no pair
    ("get", "/api/comparisons/{comparison}/overlay"): Line(MEMBERS, 404),
    ("get", "/api/comparisons/{comparison}/differences"): Line(MEMBERS, 200),
    ("patch", "/api/differences/{difference}"): Line(JUDGES, 200, body={"decision": "seen"}),
    ("patch", "/api/annotations/{annotation}"): Line(frozenset({"reviewer"}), 409, body={}, headers={"If-Match": "2"}),
    ("delete", "/api/annotations/{annotation}"): Line(frozenset({"reviewer"}), 409),
    ("post", "/api/annotations/{annotation}/replies"): Line(MEMBERS, 201, body={"text": "x"}),
    ("patch", "/api/annotations/{annotation}/status"): Line(
        frozenset({"institute", "reviewer"}), 200, body={"status": "answered"}
    ),
    ("post", "/api/uploads"): Line(INSTITUTE, 409),
    ("post", "/api/uploads/"): Line(INSTITUTE, 409),
    ("options", "/api/uploads/"): Line(INSTITUTE, 204, None, headers=TUS),
    ("head", "/api/uploads/{upload}"): Line(INSTITUTE, 200, headers=TUS),
    ("patch", "/api/uploads/{upload}"): Line(INSTITUTE, 409),
    ("delete", "/api/uploads/{upload}"): Line(INSTITUTE, 204, headers=TUS),
    ("get", "/api/health"): Line(ANYONE, 200, None),
    ("get", "/api/version"): Line(ANYONE, 200, None),
}
ELSEWHERE = {("get", "/api/events"), ("delete", "/api/session")}  # an allowed caller: test_events, test_sessions
KINDS = (
    "project", "submission", "file", "sheet", "finding", "comparison", "difference", "annotation",
    "imported_annotation",
)  # fmt: skip


def routes() -> list[tuple[str, str]]:
    """Every route of the server, the path parameter named by the kind of object."""
    found = []
    for path, verbs in app.openapi()["paths"].items():
        for kind in KINDS:
            path = path.replace(f"/api/{kind}s/{{id}}", f"/api/{kind}s/{{{kind}}}")
        path = path.replace("{uuid}", "{upload}")
        found += [(verb, path) for verb in verbs]
    return sorted(found)


@pytest.fixture(scope="module")
def objects(clients: dict[str, Client], people: dict[str, str]) -> dict[str, str]:
    """One object of every kind in institute A's project; the submission is in review."""
    world: World = make_world(clients, people)
    sheet = handed_in(clients, world)
    scheme = draft(clients, world.project, world.building, "scheme")
    with writing() as db:
        file = db.query(File).filter_by(submission_id=world.submission).one()
        finding = Finding(
            submission_id=world.submission, sheet_id=sheet, rule_code="FIR-001", rule_version="1", outcome="violation",
            subject_key="door 1", message_zh="门太窄", message_en="door too narrow",
        )  # fmt: skip
        comparison = Comparison(old_id=scheme, new_id=world.submission, state="ready", pairs=[])
        foreign = ImportedAnnotation(
            file_id=file.id, sheet_id=sheet, submission_id=world.submission, key="1", ordinal=1, kind="note",
            points=[[1, 2]], text="门宽？", author="Bluebeam",
        )  # fmt: skip
        db.add_all([finding, comparison, foreign])
        db.flush()
        difference = Difference(
            comparison_id=comparison.id, new_sheet_id=sheet, key="1", kind="moved", cls="geometry", what="door M0921"
        )
        db.add(difference)
        db.flush()
        made = {"file": file.id, "finding": finding.id, "comparison": comparison.id, "difference": difference.id}
        made["imported_annotation"] = foreign.id
    reviewer = clients["reviewer"]
    mark = reviewer.post(f"/api/sheets/{sheet}/annotations", json=MARK).json()["id"]
    reviewer.post(f"/api/submissions/{world.submission}/annotations/publish")
    location = start_upload(clients["institute"], scheme, b"half").headers["location"]
    return made | {
        "project": world.project,
        "submission": world.submission,
        "scheme": scheme,
        "sheet": sheet,
        "annotation": mark,
        "upload": location.rsplit("/", 1)[-1],
    }


def ask(client: Client, verb: str, path: str, line: Line, ids: dict[str, str]) -> Any:
    """Send the request of a line about the objects `ids`."""
    values = {"person_id": "0" * 32, "deed": "return", "global_id": "x", "z": "0", "x": "0", "y": "0", "id": "0" * 32}
    address = path
    for name, value in (values | ids).items():
        address = address.replace(f"{{{name}}}", value)
    if path.startswith("/api/uploads") and verb == "post":
        answer = start_upload(client, ids["submission"], b"x")
        return answer if path == "/api/uploads" else client.post(address, headers=dict(answer.request.headers))
    if path.startswith("/api/uploads") and verb == "patch":
        headers = TUS | {"Upload-Offset": "3", "Content-Type": "application/offset+octet-stream"}
        return client.patch(address, content=b"x", headers=headers)
    body = (
        {"old_id": ids["scheme"], "new_id": ids["submission"]}
        if path == "/api/comparisons" and verb == "post"
        else line.body
    )
    return client.request(verb, address, json=body, headers=line.headers)


def expected(actor: str, line: Line) -> int:
    """What the table demands for somebody."""
    role = actor.removesuffix("_b")
    if line.roles is ANYONE:
        return line.ok
    if actor == "anonymous":
        return 401
    if line.foreign is not None and actor.endswith("_b"):
        return line.foreign
    return line.but.get(role, line.ok) if role in line.roles else 403


def test_every_route_is_in_the_table_and_every_line_is_a_route():
    assert set(routes()) == set(TABLE)


def test_every_deed_of_the_permissions_is_used_by_a_route():
    used = {entry.get("x-tushen-deed") for verbs in app.openapi()["paths"].values() for entry in verbs.values()}
    assert used == set(DEEDS)


@pytest.mark.parametrize(("verb", "path"), list(TABLE), ids=lambda value: str(value))
def test_everybody_gets_what_the_table_says(clients, objects, verb, path):
    line = TABLE[verb, path]
    wrong = {}
    denied_first = sorted(ACTORS, key=lambda actor: expected(actor, line) == line.ok)
    for actor in denied_first:
        if expected(actor, line) == line.ok and (verb, path) in ELSEWHERE:
            continue
        answer = ask(clients[actor], verb, path, line, objects)
        demanded = expected(actor, line)
        if actor.endswith("_b") and path.startswith("/api/uploads") and actor == "reviewer_b":
            demanded = 403  # no institute: the role alone says no, whatever it is about
        if answer.status_code != demanded:
            wrong[actor] = (answer.status_code, demanded, answer.text[:200])
    assert not wrong


@pytest.mark.parametrize(
    ("verb", "path"), [key for key, line in sorted(TABLE.items()) if line.foreign == 404], ids=lambda value: str(value)
)
def test_what_is_foreign_answers_like_what_does_not_exist(clients, objects, verb, path):
    line = TABLE[verb, path]
    nowhere = {name: new_id() for name in objects}
    for actor in ("institute_b", "institute" if line.roles and "institute" in line.roles else "reviewer"):
        missing = ask(clients[actor], verb, path, line, nowhere)
        if actor == "institute_b":
            foreign = ask(clients[actor], verb, path, line, objects)
            assert (foreign.status_code, foreign.content) == (missing.status_code, missing.content)
            same = {name: value for name, value in foreign.headers.items() if name != "date"}
            assert same == {name: value for name, value in missing.headers.items() if name != "date"}
        elif not path.startswith("/api/uploads") or "institute" in actor:
            assert missing.status_code == 404, (actor, missing.text)


def test_lists_hold_nothing_foreign(clients, objects):
    for path in ("/api/projects", "/api/queue"):
        assert objects["project"] in clients["institute"].get(path).text + clients["reviewer"].get(path).text
        for actor in ("institute_b", "reviewer_b"):
            assert objects["project"] not in clients[actor].get(path).text


def test_one_foreign_id_among_two_is_not_found(clients, people, objects):
    own = clients["city_office"].post("/api/projects", json={"name": "项目 B"}).json()["id"]
    office = clients["city_office"]
    office.put(f"/api/projects/{own}/members/{people['institute_b']}", json={"role": "institute"})
    mine = clients["institute_b"].post(f"/api/projects/{own}/submissions", json={"stage": "scheme"}).json()["id"]
    for old, new in ((objects["submission"], mine), (mine, objects["submission"])):
        answer = clients["institute_b"].post("/api/comparisons", json={"old_id": old, "new_id": new})
        assert answer.status_code == 404
    with writing() as db:
        assert not db.query(Comparison).filter_by(new_id=mine).count()
        assert not db.query(Job).filter_by(submission_id=mine).count()


def test_an_ended_membership_closes_everything_at_once(clients, people):
    world = make_world(clients, people)
    sheet = handed_in(clients, world)
    assert clients["acceptance"].get(f"/api/sheets/{sheet}/pack").status_code == 200
    clients["city_office"].delete(f"/api/projects/{world.project}/members/{people['acceptance']}")
    for path in (f"/api/sheets/{sheet}/pack", f"/api/projects/{world.project}", f"/api/submissions/{world.submission}"):
        assert clients["acceptance"].get(path).status_code == 404
    with writing() as db:
        etag = '"' + "0" * 32 + '"'
        assert db.get(Sheet, sheet) is not None
    assert clients["acceptance"].get(f"/api/sheets/{sheet}/pack", headers={"If-None-Match": etag}).status_code == 404
