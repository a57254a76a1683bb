"""Marks: private until published, published together, changed only in the version one has seen."""

from __future__ import annotations

import pytest

from api.database import reading
from pipeline.records.tables import Notice
from tests.api.conftest import draft, handed_in, make_world

MARK = {
    "kind": "cloud",
    "text": "门太窄",
    "nature": "mandatory",
    "anchors": [{"source_id": "2F1", "fingerprint": "ab"}],
    "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [9, 0], [9, 9], [0, 0]]]},
}


@pytest.fixture
def sheet(clients, world) -> str:
    return handed_in(clients, world)


def marks(clients, who: str, sheet: str) -> list[dict]:
    return clients[who].get(f"/api/sheets/{sheet}/annotations").json()


def draw(clients, sheet: str, who: str = "reviewer", **more) -> dict:
    answer = clients[who].post(f"/api/sheets/{sheet}/annotations", json=MARK | more)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_draft_is_its_authors_alone_everywhere(clients, world, sheet):
    mark = draw(clients, sheet)
    assert [m["id"] for m in marks(clients, "reviewer", sheet)] == [mark["id"]]
    for who in ("institute", "department", "acceptance", "city_office", "administrator"):
        assert marks(clients, who, sheet) == []
        assert clients[who].get(f"/api/sheets/{sheet}").json()["counts"]["annotations"] == 0
        assert mark["id"] not in clients[who].get(f"/api/projects/{world.project}/ledger").text
        answer = clients[who].post(f"/api/annotations/{mark['id']}/replies", json={"text": "x"})
        assert answer.status_code == 404
    assert clients["department"].delete(f"/api/annotations/{mark['id']}").status_code == 404
    with reading() as db:
        assert not [n for n in db.query(Notice) if n.subject == mark["id"]]


def test_publishing_publishes_mine_together_with_one_notice(clients, world, sheet):
    mine = {draw(clients, sheet)["id"], draw(clients, sheet, kind="arrow")["id"]}
    theirs = draw(clients, sheet, who="department")["id"]
    published = clients["reviewer"].post(f"/api/submissions/{world.submission}/annotations/publish").json()
    assert {m["id"] for m in published} == mine and all(m["published_at"] for m in published)
    assert {m["id"] for m in marks(clients, "institute", sheet)} == mine
    assert theirs in {m["id"] for m in marks(clients, "department", sheet)}
    assert clients["institute"].get(f"/api/submissions/{world.submission}").json()["counts"]["open_annotations"] == 2
    with reading() as db:
        assert db.query(Notice).filter_by(kind="annotation.published", subject=world.submission).count() == 1
    assert clients["reviewer"].post(f"/api/submissions/{world.submission}/annotations/publish").json() == []


def test_a_change_needs_the_version_one_has_seen(clients, sheet):
    mark = draw(clients, sheet)
    path, reviewer = f"/api/annotations/{mark['id']}", clients["reviewer"]
    assert reviewer.patch(path, json={"text": "new"}).status_code == 428
    first = reviewer.patch(path, json={"text": "one"}, headers={"If-Match": "1"})
    assert first.status_code == 200 and first.json()["version"] == 2
    stale = reviewer.patch(path, json={"text": "two"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 409 and stale.json()["error"] == "stale"
    assert stale.json()["details"]["present"]["text"] == "one"
    assert reviewer.patch(path, json={"text": "two"}, headers={"If-Match": '"2"'}).json()["text"] == "two"


def test_what_is_published_stays_as_it_is(clients, world, sheet):
    mark = draw(clients, sheet)
    clients["reviewer"].post(f"/api/submissions/{world.submission}/annotations/publish")
    path = f"/api/annotations/{mark['id']}"
    present = marks(clients, "reviewer", sheet)[0]
    headers = {"If-Match": str(present["version"])}
    assert clients["reviewer"].patch(path, json={"text": "x"}, headers=headers).status_code == 409
    assert clients["reviewer"].delete(path).status_code == 409
    assert clients["department"].patch(path, json={"text": "x"}, headers=headers).status_code == 403
    assert marks(clients, "institute", sheet)[0]["text"] == MARK["text"]


def test_a_draft_can_be_thrown_away(clients, sheet):
    mark = draw(clients, sheet)
    assert clients["reviewer"].delete(f"/api/annotations/{mark['id']}").status_code == 204
    assert marks(clients, "reviewer", sheet) == []


def test_the_institutes_answer_makes_it_answered_and_only_the_author_closes_it(clients, world, sheet):
    mark = draw(clients, sheet)
    clients["reviewer"].post(f"/api/submissions/{world.submission}/annotations/publish")
    path = f"/api/annotations/{mark['id']}"
    answered = clients["institute"].post(f"{path}/replies", json={"text": "已改"}).json()
    assert answered["status"] == "answered"
    assert [(r["text"], r["author"]["name"]) for r in answered["replies"]] == [("已改", "institute")]
    assert clients["institute"].patch(f"{path}/status", json={"status": "closed"}).status_code == 403
    assert clients["department"].patch(f"{path}/status", json={"status": "closed"}).status_code == 403
    assert clients["reviewer"].patch(f"{path}/status", json={"status": "closed"}).json()["status"] == "closed"
    assert clients["institute"].get(f"/api/submissions/{world.submission}").json()["counts"]["open_annotations"] == 0


def test_a_draft_submission_is_not_marked(clients, people):
    from tests.api.conftest import read_everything, upload

    world = make_world(clients, people)
    upload(clients["institute"], world.submission, b"drawing " + world.project.encode())
    read_everything(world.submission)
    sheet = clients["reviewer"].get(f"/api/submissions/{world.submission}/sheets").json()[0]["id"]
    assert clients["reviewer"].post(f"/api/sheets/{sheet}/annotations", json=MARK).status_code == 409


@pytest.mark.parametrize(
    "coordinates",
    [[], [[]], ["a"], [[1e999, 0]], [[None, 1]], [[True, 1]], [[[0, 0]] * 6000]],
    ids=lambda v: repr(v)[:20],
)
def test_a_geometry_is_finite_numbers_and_not_too_many(clients, sheet, coordinates):
    import json

    body = json.dumps(MARK | {"geometry": {"type": "LineString", "coordinates": coordinates}})
    answer = clients["reviewer"].post(
        f"/api/sheets/{sheet}/annotations", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422 and answer.json()["error"] == "invalid"


def test_a_mark_cannot_point_into_a_foreign_project(clients, people, sheet):
    from api.database import writing
    from pipeline.records.tables import Finding

    other = make_world(clients, people)
    with writing() as db:
        finding = Finding(
            submission_id=other.submission, rule_code="X", rule_version="1", outcome="advice", subject_key="1",
            message_zh="", message_en="",
        )  # fmt: skip
        db.add(finding)
        db.flush()
        id_ = finding.id
    assert draft(clients, other.project, None, "scheme")
    answer = clients["reviewer"].post(f"/api/sheets/{sheet}/annotations", json=MARK | {"finding_id": id_})
    assert answer.status_code == 404


def test_a_sheet_that_is_no_longer_read_stays_findable_for_those_who_see_its_marks(clients, world, sheet):
    from api.database import writing
    from pipeline.records.tables import File, Sheet
    from pipeline.work.title_blocks import write_sheets

    mark = draw(clients, sheet)
    assert clients["institute"].get(f"/api/submissions/{world.submission}/files").json()[0]["litter"] is False
    with writing() as db:
        write_sheets(db, db.get(File, db.get(Sheet, sheet).file_id), [])
    path = f"/api/submissions/{world.submission}/sheets?gone=true"
    assert [(s["id"], s["state"]) for s in clients["reviewer"].get(path).json()] == [(sheet, "gone")]
    assert clients["institute"].get(path).json() == []  # a draft is its author's alone
    assert clients["reviewer"].post(f"/api/submissions/{world.submission}/annotations/publish").status_code == 200
    assert [s["id"] for s in clients["institute"].get(path).json()] == [sheet]
    assert [m["id"] for m in marks(clients, "institute", sheet)] == [mark["id"]]
    assert clients["reviewer"].post(f"/api/sheets/{sheet}/annotations", json=MARK).status_code == 409
