"""Promises kept at the door: answers name version and content, nobody sees what is not theirs, originals never run."""

from __future__ import annotations

import pytest

from api.database import reading, writing
from api.guard import actor_of
from api.ledger import stream
from pipeline.records.tables import Comparison, File, Finding, Submission
from tests.api.conftest import TUS, draft, handed_in, start_upload, upload
from tests.api.test_annotations import draw


def heard(client, after: int) -> list[str]:
    with reading() as db:
        rows, _ = stream.news(db, actor_of(db, client.http.cookies["tushen_session"]), after)
        return [f"{row.kind} {row.subject} {row.details}" for row in rows]


@pytest.fixture
def sheet(clients, world) -> str:
    return handed_in(clients, world)


@pytest.fixture
def start(world) -> int:
    with reading() as db:
        return stream.last_sequence(db)


def test_findings_coverage_files_and_sheets_name_version_and_content(clients, world, sheet):
    with writing() as db:
        (file,) = db.query(File).filter_by(submission_id=world.submission)
        sha256 = file.sha256
        for number, file_id in enumerate((file.id, None)):
            db.add(
                Finding(
                    submission_id=world.submission,
                    file_id=file_id,
                    rule_code="FIR-001",
                    rule_version="1",
                    outcome="undecided",
                    subject_key=str(number),
                    message_zh="甲",
                    message_en="a",
                )  # fmt: skip
            )
    client, path = clients["institute"], f"/api/submissions/{world.submission}"
    told = client.get(f"{path}/findings").json()
    assert [(f["version"], f["sha256"], f["rule_version"]) for f in told] == [(1, sha256, "1"), (1, None, "1")]
    coverage = client.get(f"{path}/coverage").json()
    assert (coverage["version"], coverage["stage"]) == (1, "construction")
    assert [(f["sha256"], f["reader_version"]) for f in coverage["files"]] == [(sha256, "test")]
    assert [(f["sha256"], f["reader_version"]) for f in client.get(f"{path}/files").json()] == [(sha256, "test")]
    assert [(s["version"], s["sha256"]) for s in client.get(f"{path}/sheets").json()] == [(1, sha256)]


def test_a_comparison_names_both_versions_and_their_contents(clients, world, sheet):
    clients["reviewer"].post(f"/api/submissions/{world.submission}/deeds/return", json={"comment": "改"})
    second = draft(clients, world.project, world.building)
    upload(clients["institute"], second, b"second " + second.encode())
    answer = clients["institute"].post("/api/comparisons", json={"old_id": world.submission, "new_id": second})
    with reading() as db:
        hashes = {
            id_: [f.sha256 for f in db.query(File).filter_by(submission_id=id_)] for id_ in (world.submission, second)
        }
    for told in (
        answer.json(),
        clients["reviewer"].get(f"/api/comparisons/{answer.json()['id']}").json(),
        clients["reviewer"].get(f"/api/submissions/{second}/comparisons").json()[0],
    ):
        assert told["old"] == {"version": 1, "stage": "construction", "sha256": hashes[world.submission]}
        assert told["new"] == {"version": 2, "stage": "construction", "sha256": hashes[second]}


@pytest.mark.parametrize("who", ["institute_b", "reviewer_b"])
def test_a_foreign_institute_sees_hears_and_counts_nothing_of_an_upload(clients, world, start, who):
    begun = start_upload(clients["institute"], world.submission, b"half of it").headers["location"]
    upload(clients["institute"], world.submission, b"drawing " + world.submission.encode())
    with reading() as db:
        (file,) = db.query(File).filter_by(submission_id=world.submission)
        file_id, sha256 = file.id, file.sha256
    stranger, path = clients[who], f"/api/submissions/{world.submission}"
    assert heard(clients["institute"], start) and heard(stranger, start) == []
    for address in (path, f"{path}/files", f"{path}/coverage", f"{path}/findings", f"/api/files/{file_id}/original",
                    f"/api/projects/{world.project}", f"/api/projects/{world.project}/ledger"):  # fmt: skip
        answer = stranger.get(address)
        assert answer.status_code == 404 and sha256 not in answer.text
    absent = stranger.head("/api/uploads/" + "0" * 32, headers=TUS)
    assert stranger.head(begun, headers=TUS).status_code == absent.status_code in (403, 404)
    for address in ("/api/projects", "/api/queue"):
        answer = stranger.get(address)
        assert answer.status_code == 200
        assert world.submission not in answer.text and world.project not in answer.text


def test_a_draft_mark_is_neither_heard_nor_counted_by_others(clients, world, sheet):
    with reading() as db:
        after = stream.last_sequence(db)
    mark = draw(clients, sheet)
    clients["reviewer"].patch(f"/api/annotations/{mark['id']}", json={"text": "窄"}, headers={"If-Match": "1"})
    clients["reviewer"].delete(f"/api/annotations/{mark['id']}")
    draw(clients, sheet)
    for who in ("institute", "department", "city_office", "administrator"):
        assert heard(clients[who], after) == []
        told = clients[who].get(f"/api/submissions/{world.submission}").json()
        assert told["counts"]["open_annotations"] == 0
        assert clients[who].get(f"/api/submissions/{world.submission}/sheets").json()[0]["counts"]["annotations"] == 0


@pytest.mark.parametrize("name", ["page.html", "picture.svg", "plan.pdf", "app.js"])
def test_an_original_of_any_name_is_only_ever_an_attachment(clients, world, name):
    upload(clients["institute"], world.submission, b"<script>alert(1)</script>" + name.encode(), name)
    (file,) = [
        f for f in clients["institute"].get(f"/api/submissions/{world.submission}/files").json() if f["name"] == name
    ]
    for headers in ({}, {"Accept": "text/html"}, {"Range": "bytes=0-3"}):
        answer = clients["institute"].get(f"/api/files/{file['id']}/original", headers=headers)
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_rejected_file_is_told_in_the_coverage_and_in_the_reasons(clients, world, sheet):
    from pipeline.drawing.defects import as_json, defect
    from pipeline.work.settle import verdict

    with writing() as db:
        bad = File(submission_id=world.submission, name="坏.dxf", size_bytes=1, sha256="e" * 64, state="rejected")
        bad.defects = [as_json(defect("empty_file"))]
        db.add(bad)
        db.flush()
        reached, reasons = verdict(db.query(File).filter_by(submission_id=world.submission).all(), 1)
        row = db.get(Submission, world.submission)
        row.reading, row.reasons = reached, reasons
    told = clients["institute"].get(f"/api/submissions/{world.submission}").json()
    assert told["reading"] == "partly_ready" and [(r["file"], r["code"]) for r in told["reasons"]] == [
        ("坏.dxf", "empty_file")
    ]
    files = clients["institute"].get(f"/api/submissions/{world.submission}/coverage").json()["files"]
    assert {f["name"]: (f["state"], [d["code"] for d in f["defects"]]) for f in files}["坏.dxf"] == (
        "rejected",
        ["empty_file"],
    )
    with reading() as db:
        assert db.query(Comparison).filter_by(new_id=world.submission).count() == 0
