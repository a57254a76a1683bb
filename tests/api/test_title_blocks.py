"""The sheet table over HTTP: many cells at once, all or nothing, by version, every change in the log."""

from __future__ import annotations

from typing import Any

import pytest

from api.database import reading, writing
from pipeline.records.tables import Event, File, Job, Notice, Sheet
from pipeline.work.title_blocks import write_sheets
from tests.api.conftest import Client, World, handed_in, read_everything, upload

READ = {
    "number": {"value": "建施-O3", "confidence": 0.55, "origin": "text"},
    "title": {"value": "二层平面图", "confidence": 0.97, "origin": "attribute"},
    "scale": {"value": "1:100", "confidence": 0.7, "origin": "file"},
}


@pytest.fixture
def three(clients: dict[str, Client], world: World) -> list[dict[str, Any]]:
    """Three framed sheets of a draft with an unsure number and scale."""
    for at in range(3):
        assert upload(clients["institute"], world.submission, f"drawing {at}".encode(), f"{at}.dxf").status_code == 204
    read_everything(world.submission)
    with writing() as db:
        for row in db.query(Sheet).filter_by(submission_id=world.submission):
            row.framed, row.fields, row.number, row.title, row.scale = True, dict(READ), "建施-O3", "二层平面图", 100
    return sheets(clients, world)


def sheets(clients: dict[str, Client], world: World) -> list[dict[str, Any]]:
    return list(clients["institute"].get(f"/api/submissions/{world.submission}/sheets").json())


def patch(client: Client, world: World, *changes: dict[str, Any]) -> Any:
    return client.patch(f"/api/submissions/{world.submission}/sheets", json={"changes": list(changes)})


def change(sheet: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"sheet_id": sheet["id"], "row_version": sheet["row_version"], **more}


def said(tag: str = "results:sheet:edited") -> list[Event]:
    with reading() as db:
        return list(db.query(Event).filter_by(tag=tag).order_by(Event.sequence))


def test_unsure_and_missing_fields_are_named(three):
    assert three[0]["to_confirm"] == ["number", "scale"]
    with writing() as db:
        db.get(Sheet, three[0]["id"]).fields = {}
    with reading() as db:
        from api.results.title_blocks import to_confirm

        assert to_confirm(db.get(Sheet, three[0]["id"])) == ["number", "title"]


def test_many_cells_at_once_are_logged_with_old_and_new_value(clients, world, three):
    before = len(said())
    answer = patch(
        clients["institute"], world,
        *(change(s, values={"number": f"建施-{at:02}", "date": "2026-05", "scale": "1：50"})
          for at, s in enumerate(three)),
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    assert [s["number"] for s in answer.json()] == ["建施-00", "建施-01", "建施-02"]
    assert [s["scale"] for s in answer.json()] == [50, 50, 50]
    field = answer.json()[0]["fields"]["number"]
    assert (field["origin"], field["confidence"], field["read"]) == ("person", 1.0, READ["number"])
    assert answer.json()[0]["to_confirm"] == [] and answer.json()[0]["row_version"] == three[0]["row_version"] + 1
    events = said()[before:]
    assert [e.subject for e in events] == [s["id"] for s in three]
    assert events[0].details["number"] == {"from": "建施-O3", "to": "建施-00"}
    assert events[0].details["scale"] == {"from": "1:100", "to": "1:50"}
    with reading() as db:
        notices = db.query(Notice).filter_by(kind="sheet.edited", subject=three[0]["id"]).all()
        assert len(notices) == 1 and notices[0].details["count"] == 3


def test_one_stale_sheet_keeps_all_as_they_were_and_is_shown(clients, world, three):
    assert patch(clients["institute"], world, change(three[1], values={"title": "三层平面图"})).status_code == 200
    events = len(said())
    answer = patch(clients["institute"], world, *(change(s, values={"title": "x"}) for s in three))
    assert answer.status_code == 409 and answer.json()["error"] == "stale"
    (present,) = answer.json()["details"]["present"]
    assert present["id"] == three[1]["id"] and present["values"]["title"] == "三层平面图"
    assert sorted(s["title"] for s in sheets(clients, world)) == ["三层平面图", "二层平面图", "二层平面图"]
    assert len(said()) == events


def test_one_bad_scale_or_one_foreign_sheet_keeps_all_as_they_were(clients, world, three):
    good = change(three[0], values={"title": "x"})
    bad = patch(clients["institute"], world, good, change(three[1], values={"scale": "示意"}))
    assert bad.status_code == 422 and "示意" in bad.json()["zh"]
    assert patch(clients["institute"], world, good, {"sheet_id": "0" * 32, "row_version": 1}).status_code == 404
    assert patch(clients["institute"], world, change(three[0], values={"colour": "x"})).status_code == 422
    assert {s["title"] for s in sheets(clients, world)} == {"二层平面图"}


def test_confirming_keeps_the_value_and_makes_it_a_persons(clients, world, three):
    answer = patch(clients["institute"], world, change(three[0], confirm=["number", "scale"]))
    (sheet,) = answer.json()
    assert sheet["number"] == "建施-O3" and sheet["to_confirm"] == []
    assert said()[-1].details["confirmed"] == [
        {"field": "number", "value": "建施-O3"}, {"field": "scale", "value": "1:100"},
    ]  # fmt: skip
    again = patch(clients["institute"], world, change(sheet, confirm=["number"]))
    assert again.json()[0]["row_version"] == sheet["row_version"]  # nothing changed, nothing is said


def test_a_word_taken_back_brings_back_what_was_read(clients, world, three):
    (sheet,) = patch(clients["institute"], world, change(three[0], values={"number": "建施-03"})).json()
    (sheet,) = patch(clients["institute"], world, change(sheet, values={"number": None})).json()
    assert sheet["number"] == "建施-O3" and sheet["fields"]["number"] == READ["number"]
    assert said()[-1].details["number"]["taken_back"] is True


def test_a_persons_word_outlives_the_next_reading(clients, world, three):
    patch(clients["institute"], world, change(three[0], values={"number": "建施-03", "building": "1# 楼"}))
    with writing() as db:
        sheet = db.get(Sheet, three[0]["id"])
        facts = {
            name: getattr(sheet, name)
            for name in ("key", "ordinal", "kind", "width_mm", "height_mm", "to_space", "framed", "scanned", "entities",
                         "content_hash", "missing", "label", "sketch", "texts")
        }  # fmt: skip
        read = {**READ, "number": {"value": "建施-D3", "confidence": 0.4, "origin": "ocr"}}
        facts |= {"number": "建施-D3", "title": "二层平面", "discipline": "", "scale": 100, "fields": read}
        write_sheets(db, db.get(File, sheet.file_id), [{**facts, "state": "complete", "ink": None}])
    with reading() as db:
        sheet = db.get(Sheet, three[0]["id"])
        assert (sheet.number, sheet.title) == ("建施-03", "二层平面")
        assert sheet.fields["building"]["value"] == "1# 楼"
        assert sheet.fields["number"]["read"]["value"] == "建施-D3"
        assert sheet.row_version > three[0]["row_version"] + 1  # who looks at the old reading is told


def test_the_reviewer_may_during_the_review_and_the_institute_no_more(clients, people, world):
    sheet = handed_in(clients, world)
    row = clients["reviewer"].get(f"/api/sheets/{sheet}").json()
    assert patch(clients["institute"], world, change(row, values={"title": "x"})).status_code == 409
    assert patch(clients["reviewer"], world, change(row, values={"title": "屋顶平面图"})).status_code == 200
    assert patch(clients["department"], world, change(row, values={"title": "x"})).status_code == 403
    assert patch(clients["reviewer_b"], world, change(row, values={"title": "x"})).status_code == 404


def settling(world: World) -> int:
    with reading() as db:
        return db.query(Job).filter_by(kind="settle", subject=world.submission).count()


def test_a_correction_asks_for_the_rules_once_and_what_changes_nothing_does_not(clients, world, three):
    before = settling(world)
    patch(clients["institute"], world, change(three[0], values={"number": "建施-7"}))
    assert settling(world) == before  # a file is still on its way: the last of them asks
    with writing() as db:
        db.query(Job).filter_by(submission_id=world.submission).update({"state": "done"})
    three = sheets(clients, world)
    patch(clients["institute"], world, *(change(s, values={"number": f"建施-{at}"}) for at, s in enumerate(three)))
    assert settling(world) == before + 1
    now = sheets(clients, world)
    assert patch(clients["institute"], world, change(now[0], values={"number": now[0]["number"]})).status_code == 200
    assert settling(world) == before + 1
    patch(clients["institute"], world, change(now[0], values={"number": None}))
    assert settling(world) == before + 2


def test_a_corrected_sheet_that_is_no_longer_read_stays_findable(clients, world, three):
    patch(clients["institute"], world, change(three[0], values={"number": "建施-03"}))
    with writing() as db:
        for at in (0, 1):
            write_sheets(db, db.get(File, three[at]["file_id"]), [])
    assert [s["id"] for s in sheets(clients, world)] == [three[2]["id"]]
    remembered = clients["institute"].get(f"/api/submissions/{world.submission}/sheets?gone=true").json()
    assert [(s["id"], s["state"], s["to_confirm"]) for s in remembered[1:]] == [(three[0]["id"], "gone", [])]
    answer = patch(clients["institute"], world, change(remembered[1], values={"title": "x"}))
    assert answer.status_code == 404
