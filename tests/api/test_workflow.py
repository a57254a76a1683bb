"""The workflow: draft → submitted → in review → returned or approved; frozen, versioned, and every deed in the log."""

from __future__ import annotations

import pytest

from api.database import reading, writing
from api.submissions import workflow
from pipeline.records.log import verify_chain
from pipeline.records.tables import Event, File, Job, Sheet, Submission
from tests.api.conftest import draft, handed_in, read_everything, upload


def deed(clients, who: str, submission: str, name: str, comment: str = ""):
    return clients[who].post(f"/api/submissions/{submission}/deeds/{name}", json={"comment": comment})


def shown(clients, submission: str, who: str = "institute") -> dict:
    return clients[who].get(f"/api/submissions/{submission}").json()


def test_the_table_leads_every_draft_to_an_end_and_out_of_no_end():
    for state in (workflow.RETURNED, workflow.APPROVED, workflow.WITHDRAWN):
        assert not [step for step in workflow.TABLE if step.state == state]
    for stage in workflow.STAGES:
        everybody = frozenset(step.role for step in workflow.TABLE)
        state, seen = workflow.DRAFT, []
        for name in ("submit", "accept", "approve"):
            state = workflow.next_state(state, name, everybody, stage)
            seen.append(state)
        assert seen == ["submitted", "in_review", "approved"]


@pytest.mark.parametrize("step", workflow.TABLE, ids=lambda step: f"{step.state}-{step.deed}-{step.role}")
def test_a_deed_is_open_to_its_role_alone_and_in_its_state_alone(step):
    stage = sorted(step.stages)[0]
    assert workflow.next_state(step.state, step.deed, frozenset({step.role}), stage) == step.then
    others = frozenset({"city_office", "administrator"})
    assert workflow.next_state(step.state, step.deed, others, stage) is None


def test_acceptance_decides_as_built_and_nothing_else():
    team = frozenset({"acceptance"})
    assert workflow.deeds(workflow.IN_REVIEW, team, workflow.AS_BUILT) == ["return", "approve"]
    assert workflow.deeds(workflow.IN_REVIEW, team, workflow.CONSTRUCTION) == []
    assert workflow.deeds(workflow.IN_REVIEW, frozenset({"reviewer"}), workflow.AS_BUILT) == []


def test_a_draft_is_handed_in_only_when_everything_is_read_and_something_readable(clients, world):
    assert deed(clients, "institute", world.submission, "submit").status_code == 409
    upload(clients["institute"], world.submission, b"drawing " + world.project.encode())
    refused = deed(clients, "institute", world.submission, "submit")
    assert refused.status_code == 409 and "读取" in refused.json()["zh"]
    assert "submit" not in shown(clients, world.submission)["deeds"]
    with writing() as db:
        db.query(File).filter_by(submission_id=world.submission).one().state = "rejected"
    assert deed(clients, "institute", world.submission, "submit").status_code == 409
    with writing() as db:
        db.query(File).filter_by(submission_id=world.submission).one().state = "waiting"
    read_everything(world.submission)
    assert shown(clients, world.submission)["deeds"] == ["submit", "withdraw"]
    assert deed(clients, "institute", world.submission, "submit").json()["state"] == "submitted"


def test_the_whole_way_and_the_next_version(clients, world):
    handed_in(clients, world)
    assert deed(clients, "reviewer", world.submission, "return").status_code == 422
    answer = deed(clients, "reviewer", world.submission, "return", "请修改疏散门。")
    assert answer.json()["state"] == "returned"
    seen = shown(clients, world.submission)
    assert seen["comment"] == "请修改疏散门。" and "next_version" in seen["may"] and seen["decided_at"]
    assert world.submission in {row["id"] for row in clients["institute"].get("/api/queue").json()}
    second = draft(clients, world.project, world.building)
    after = shown(clients, second)
    assert (after["version"], after["previous_id"], after["state"]) == (2, world.submission, "draft")
    assert "next_version" not in shown(clients, world.submission)["may"]
    assert world.submission not in {row["id"] for row in clients["institute"].get("/api/queue").json()}


def test_no_second_version_while_the_first_is_open(clients, world):
    answer = clients["institute"].post(
        f"/api/projects/{world.project}/submissions",
        json={"stage": "construction", "building_id": world.building},
    )
    assert answer.status_code == 409
    assert draft(clients, world.project, world.building, "scheme")


def test_a_withdrawn_version_is_no_predecessor(clients, world):
    assert deed(clients, "institute", world.submission, "withdraw").json()["state"] == "withdrawn"
    second = shown(clients, draft(clients, world.project, world.building))
    assert (second["version"], second["previous_id"]) == (2, None)


def test_a_building_of_another_project_is_not_found(clients, people, world):
    other = clients["city_office"].post("/api/projects", json={"name": "other"}).json()["id"]
    building = clients["city_office"].post(f"/api/projects/{other}/buildings", json={"name": "x"}).json()["id"]
    answer = clients["institute"].post(
        f"/api/projects/{world.project}/submissions", json={"stage": "scheme", "building_id": building}
    )
    assert answer.status_code == 404


def test_two_decisions_at_once_are_one(clients, world):
    handed_in(clients, world)
    assert deed(clients, "reviewer", world.submission, "approve").status_code == 200
    assert deed(clients, "department", world.submission, "return", "no").status_code == 409
    with writing() as db:  # and at the very same moment: the row's version decides
        row = db.get(Submission, world.submission)
        assert row.state == "approved"


def test_a_row_changed_by_somebody_else_meanwhile_is_a_conflict(clients, world):
    from pipeline.errors import Conflict

    with pytest.raises(Conflict), writing() as db:
        row = db.get(Submission, world.submission)
        row.title = "mine"
        db.connection().exec_driver_sql(f"UPDATE submission SET row_version = 99 WHERE id = '{world.submission}'")


def test_a_damaged_file_is_accepted_by_name_and_looked_at_again(clients, world):
    handed_in(clients, world, "submitted")
    file = clients["reviewer"].get(f"/api/submissions/{world.submission}/files").json()[0]["id"]
    path = f"/api/files/{file}/acceptance"
    assert clients["reviewer"].post(path, json={"reason": "ok"}).status_code == 409
    with writing() as db:
        db.get(File, file).state = "damaged"
        db.query(Job).filter_by(submission_id=world.submission).update({"state": "done"})
    assert clients["reviewer"].post(path, json={"reason": ""}).status_code == 422
    answer = clients["reviewer"].post(path, json={"reason": "缺的只是一个图块。"})
    assert answer.status_code == 200 and answer.json()["accepted_by"]
    with reading() as db:
        assert db.query(Job).filter_by(submission_id=world.submission, kind="settle", state="queued").count() == 1


def test_the_title_block_is_the_institutes_until_handed_in(clients, world):
    upload(clients["institute"], world.submission, b"drawing " + world.project.encode())
    read_everything(world.submission)
    sheet = clients["institute"].get(f"/api/submissions/{world.submission}/sheets").json()[0]["id"]
    edited = clients["institute"].patch(f"/api/sheets/{sheet}", json={"number": "建施-04"}).json()
    assert edited["number"] == "建施-04"
    assert edited["fields"]["number"] == {
        "value": "建施-04",
        "confidence": 1.0,
        "origin": "person",
        "read": None,
    }
    deed(clients, "institute", world.submission, "submit")
    assert clients["institute"].patch(f"/api/sheets/{sheet}", json={"number": "x"}).status_code == 409
    assert clients["reviewer"].patch(f"/api/sheets/{sheet}", json={"title": "三层平面图"}).status_code == 200
    with reading() as db:
        assert (db.get(Sheet, sheet).number, db.get(Sheet, sheet).title) == ("建施-04", "三层平面图")


def test_every_deed_is_in_the_log_and_the_chain_is_whole(clients, world):
    handed_in(clients, world)
    deed(clients, "reviewer", world.submission, "approve", "同意")
    rows = clients["institute"].get(f"/api/projects/{world.project}/ledger").json()
    tags = [row["tag"] for row in reversed(rows)]
    assert tags == [
        "buildings:project:created", "buildings:building:created", *["buildings:member:set"] * 4,
        "submissions:submission:created", "submissions:file:arrived", "submissions:submission:submit",
        "submissions:submission:accept", "submissions:submission:approve",
    ]  # fmt: skip
    approved = rows[0]
    assert approved["actor_name"] == "reviewer" and approved["details"]["comment"] == "同意"
    assert len(approved["details"]["sha256"]) == 1
    told = clients["city_office"].get("/api/ledger/verification").json()
    with reading() as db:
        assert told == {"intact": True, "checked": db.query(Event).count(), "broken_at": None}
        assert verify_chain(db)[0]


def test_a_refused_deed_leaves_no_trace(clients, world):
    before = len(clients["institute"].get(f"/api/projects/{world.project}/ledger").json())
    assert deed(clients, "institute", world.submission, "submit").status_code == 409
    assert deed(clients, "institute", world.submission, "approve").status_code == 403
    assert deed(clients, "institute", world.submission, "burn").status_code == 404
    assert len(clients["institute"].get(f"/api/projects/{world.project}/ledger").json()) == before
