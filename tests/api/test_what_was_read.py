"""What was read and what was not: shown with the file; imported annotations apart from our own; passwords never out."""

from __future__ import annotations

from typing import Any

import pytest

from api.database import reading, writing
from pipeline.drawing.defects import as_json, defect
from pipeline.records.tables import Event, File, ImportedAnnotation, Job, Sheet
from tests.api.conftest import Client, World, handed_in, read_everything, upload


def file_of(clients: dict[str, Client], world: World) -> dict[str, Any]:
    [found] = clients["institute"].get(f"/api/submissions/{world.submission}/files").json()
    return dict(found)


def change(world: World, **values: Any) -> None:
    with writing() as db:
        for name, value in values.items():
            setattr(db.query(File).filter_by(submission_id=world.submission).one(), name, value)


def test_references_signatures_and_acceptance_stand_with_the_file(clients, world):
    handed_in(clients, world)
    signature = {"field": "签名1", "signer": "王五", "integrity": "changed", "trust": "unknown"}
    change(
        world, state="damaged", signatures=[signature],
        meta={"references": ["axis.dwg", "site.dxf"], "attached": {"axis.dxf": "a" * 64}},
    )  # fmt: skip
    file = file_of(clients, world)
    assert file["references_missing"] == ["site.dxf"]
    assert file["signatures"] == [signature]
    assert file["acceptance"] is None
    address = f"/api/files/{file['id']}/acceptance"
    assert clients["reviewer"].post(address, json={"reason": ""}).status_code == 422
    accepted = clients["reviewer"].post(address, json={"reason": "缺失部分与本次审查无关"}).json()["acceptance"]
    assert (accepted["by"], accepted["reason"]) == ("reviewer", "缺失部分与本次审查无关")
    assert accepted["at"]
    assert file_of(clients, world)["acceptance"] == accepted
    change(world, accepted_by=None)  # another reading: what was accepted is something else
    assert file_of(clients, world)["acceptance"] is None


def test_a_password_is_asked_for_and_never_handed_out(clients, world):
    upload(clients["institute"], world.submission, b"locked " + world.submission.encode(), "a.pdf")
    change(world, state="rejected", defects=[as_json(defect("pdf_encrypted"))])
    file = file_of(clients, world)
    assert file["password"] == "needed"
    address = f"/api/files/{file['id']}/password"
    for bad in ("", "x" * 257):
        answer = clients["institute"].post(address, json={"password": bad})
        assert answer.status_code == 422 and (not bad or bad not in answer.text)
    answer = clients["institute"].post(address, json={"password": "secret-图审"})
    assert answer.status_code == 200 and answer.json()["state"] == "waiting"
    assert "secret-图审" not in answer.text and "password_sealed" not in answer.text
    with reading() as db:
        assert db.query(Job).filter_by(kind="read", subject=file["id"]).count() == 1
        [event] = db.query(Event).filter_by(tag="submissions:file:password_given", subject=file["id"])
        assert event.details["name"] == "a.pdf" and "secret" not in str(event.details)
    assert clients["institute"].post(address, json={"password": "again"}).status_code == 409


@pytest.fixture
def marked(clients: dict[str, Client], world: World) -> str:
    """A sheet under review with a cloud of Bluebeam and a reply to it; returns the sheet's id."""
    sheet = handed_in(clients, world)
    with writing() as db:
        row = db.get(Sheet, sheet)
        common = {"file_id": row.file_id, "sheet_id": sheet, "submission_id": row.submission_id}
        cloud = ImportedAnnotation(
            **common, key="1", ordinal=0, kind="rectangle", points=[[10, 20], [40, 50]], text="门太窄", author="王工",
            made_at="2026-05-01T08:00:00Z", color="#ff0000ff",
        )  # fmt: skip
        db.add(cloud)
        db.flush()
        db.add(ImportedAnnotation(**common, key="2", ordinal=1, kind="note", text="同意", reply_to=cloud.id))
    return sheet


def test_imported_annotations_are_shown_to_members_and_kept_apart(clients, world, marked):
    found = clients["institute"].get(f"/api/sheets/{marked}/imported_annotations").json()
    assert [(m["kind"], m["author"], m["text"]) for m in found] == [
        ("rectangle", "王工", "门太窄"),
        ("note", "", "同意"),
    ]
    assert found[1]["reply_to"] == found[0]["id"] and found[0]["taken_over"] is None
    assert clients["institute"].get(f"/api/sheets/{marked}/annotations").json() == []
    counts = clients["institute"].get(f"/api/sheets/{marked}").json()["counts"]
    assert (counts["annotations"], counts["imported"]) == (0, 2)
    assert file_of(clients, world)["imported_annotations"] == 2


def test_taking_over_makes_a_draft_of_mine_once(clients, marked):
    cloud, note = clients["reviewer"].get(f"/api/sheets/{marked}/imported_annotations").json()
    made = clients["reviewer"].post(f"/api/imported_annotations/{cloud['id']}/takeover")
    assert made.status_code == 201
    mark = made.json()
    assert (mark["kind"], mark["text"], mark["state"], mark["taken_from"]) == ("cloud", "门太窄", "draft", cloud["id"])
    assert mark["geometry"]["coordinates"] == [[[10, 20], [40, 20], [40, 50], [10, 50], [10, 20]]]
    again = clients["reviewer"].post(f"/api/imported_annotations/{cloud['id']}/takeover")
    assert again.status_code == 409 and again.json()["details"]["annotation_id"] == mark["id"]
    [mine, _] = clients["reviewer"].get(f"/api/sheets/{marked}/imported_annotations").json()
    [others, _] = clients["department"].get(f"/api/sheets/{marked}/imported_annotations").json()
    assert mine["taken_over"] == mark["id"] and others["taken_over"] is None  # a draft is private
    assert clients["reviewer"].post(f"/api/imported_annotations/{note['id']}/takeover").status_code == 422
    with reading() as db:
        [event] = db.query(Event).filter_by(tag="annotations:annotation:taken_over", subject=mark["id"])
        assert event.project_id is None and event.details["author"] == "王工"


def test_a_file_deleted_from_a_draft_takes_its_imported_annotations_along(clients, world):
    upload(clients["institute"], world.submission, b"pdf " + world.submission.encode(), "a.pdf")
    read_everything(world.submission)
    file = file_of(clients, world)
    with writing() as db:
        sheet = db.query(Sheet).filter_by(file_id=file["id"]).one()
        db.add(ImportedAnnotation(file_id=file["id"], sheet_id=sheet.id, submission_id=world.submission, key="1",
                                  ordinal=0, kind="note"))  # fmt: skip
    assert clients["institute"].delete(f"/api/files/{file['id']}").status_code == 204
    with reading() as db:
        assert db.query(ImportedAnnotation).filter_by(file_id=file["id"]).count() == 0
