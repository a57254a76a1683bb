"""What the machines made: served with the right headers, decided with reasons, searched, compared."""

from __future__ import annotations

import gzip
import json
import struct

import numpy as np
import pytest

from api.database import reading, writing
from api.results.serving import disposition
from pipeline.drawing import snapshot
from pipeline.drawing.kinds import Format
from pipeline.drawing.model import Drawing
from pipeline.drawing.tables import ElementTable
from pipeline.records.tables import Comparison, Difference, File, Finding, Job, Sheet
from pipeline.storage import keys, store
from tests.api.conftest import draft, handed_in, upload


@pytest.fixture
def sheet(clients, world) -> str:
    return handed_in(clients, world)


def pack(texts: list[str]) -> bytes:
    """A sheet pack with these texts, entity n at the box (n, n, n + 1, n + 1); see docs/formats/sheet_pack.md."""
    raw = [text.encode() for text in texts]
    columns = {
        "text_entity": np.arange(len(raw), dtype="<u4"),
        "text_first": np.cumsum([0, *map(len, raw)], dtype="<u4"),
        "text_utf8": np.frombuffer(b"".join(raw), "u1"),
        "entity_box": np.array([[n, n, n + 1, n + 1] for n in range(len(raw))], "<f4"),
    }
    body, sections = b"", {}
    for name, column in columns.items():
        body += b"\0" * (-len(body) % 8)
        sections[name] = [len(body), column.nbytes, column.dtype.str[1:], list(column.shape)]
        body += column.tobytes()
    header = json.dumps({"sections": sections}).encode()
    header += b" " * (-len(header) % 8)
    return b"TSPK" + struct.pack("<II", 1, len(header)) + header + body


def set_pack(sheet: str, blob: bytes) -> None:
    with writing() as db:
        row = db.get(Sheet, sheet)
        sha256 = db.get(File, row.file_id).sha256
        row.pack_key = keys.derived(sha256, "pack-test", "pack/0:0")
        store().put(row.pack_key, gzip.compress(blob, mtime=0))


def test_a_pack_goes_out_as_it_is_stored_and_is_asked_for_once(clients, sheet):
    client, path = clients["institute"], f"/api/sheets/{sheet}/pack"
    answer = client.get(path)
    assert answer.content[:4] == b"TSPK" and answer.headers["content-encoding"] == "gzip"
    again = client.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304 and again.content == b""
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers and plain.content == answer.content


def test_a_tile_outside_of_the_pyramid_does_not_exist_and_a_blank_one_is_empty(clients, sheet):
    client = clients["institute"]
    assert client.get(f"/api/sheets/{sheet}/tiles/0/0/0.webp").content[8:] == b"WEBP"
    for place in ("0/1/0", "0/0/1", "1/0/0", "-1/0/0", "99/0/0"):
        assert client.get(f"/api/sheets/{sheet}/tiles/{place}.webp").status_code == 404
    with writing() as db:
        db.get(Sheet, sheet).tile_levels = 2
    assert client.get(f"/api/sheets/{sheet}/tiles/1/1/1.webp").status_code == 204


def test_an_original_is_an_attachment_that_no_browser_runs(clients, world, sheet):
    file = clients["institute"].get(f"/api/submissions/{world.submission}/files").json()[0]
    answer = clients["institute"].get(f"/api/files/{file['id']}/original")
    assert answer.content == b"drawing " + world.submission.encode()
    assert answer.headers["x-content-sha256"] == file["sha256"]
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["content-type"] == "application/octet-stream"


@pytest.mark.parametrize("name", ['a"b\\c.dxf', "一层;平面.dxf", "\ud800.pdf", "a\r\nSet-Cookie: x.ifc", "%41.dxf"])
def test_a_name_cannot_leave_its_header(name):
    told = disposition(name)
    told.encode("latin-1")
    plain = told.split('filename="')[1].split('"')[0]
    assert not set(plain) & set('"\\\r\n%') and "\r" not in told and "\n" not in told
    assert told.count(";") == 2 + plain.count(";")


def test_a_text_is_found_with_its_place_whatever_its_case(clients, world, sheet):
    set_pack(sheet, pack(["办公室", "防火门 fm1521乙", "100%"]))
    with writing() as db:
        db.get(Sheet, sheet).texts = "办公室\n防火门 fm1521乙\n100%"
    path = f"/api/submissions/{world.submission}/search"
    [hit] = clients["institute"].get(path, params={"q": "FM1521"}).json()
    assert hit == {"sheet_id": sheet, "text": "防火门 fm1521乙", "box": [1, 1, 2, 2]}
    assert [h["text"] for h in clients["institute"].get(path, params={"q": "0%"}).json()] == ["100%"]
    assert clients["institute"].get(path, params={"q": "_"}).json() == []
    assert clients["institute"].get(path, params={"q": "  "}).json() == []


def test_an_element_tells_what_the_model_says(clients, world, sheet):
    elements = ElementTable(
        global_id=["storey", "door"], ifc_class=["IfcBuildingStorey", "IfcDoor"], name=["二层", "M0921"], tag=["", ""],
        type_name=["", ""], predefined_type=["", ""], storey=np.array([-1, 0], np.int32),
        properties=[{}, {"Pset_DoorCommon": {"FireRating": "乙级"}}], quantities=[{}, {}], attributes=[{}, {}],
        materials=[[], []],
    )  # fmt: skip
    file = clients["institute"].get(f"/api/submissions/{world.submission}/files").json()[0]
    drawing = Drawing(format=Format.IFC, sha256=file["sha256"], reader_version="ifc-test")
    drawing.elements = elements
    store().put(keys.derived(file["sha256"], "ifc-test", "snapshot"), snapshot.dump(drawing))
    with writing() as db:
        row = db.get(File, file["id"])
        row.format, row.reader_version = "ifc", "ifc-test"
    told = clients["institute"].get(f"/api/files/{file['id']}/elements/door").json()
    assert (told["ifc_class"], told["storey"]) == ("IfcDoor", "二层")
    assert told["properties"]["Pset_DoorCommon"]["FireRating"] == "乙级"
    assert clients["institute"].get(f"/api/files/{file['id']}/elements/nobody").status_code == 404


def make_finding(world, sheet: str | None, **more) -> str:
    with writing() as db:
        row = Finding(
            submission_id=world.submission, sheet_id=sheet, rule_code="FIR-001", rule_version="1", outcome="violation",
            subject_key=more.pop("subject_key", "door 1"), message_zh="门太窄", message_en="too narrow", **more,
        )  # fmt: skip
        db.add(row)
        db.flush()
        return row.id


def test_a_finding_is_rejected_with_a_reason_and_no_longer_counted(clients, world, sheet):
    finding = make_finding(world, sheet, measured=0.8, box=[1, 2, 3, 4], carried_from="0" * 32)
    path = f"/api/findings/{finding}"
    [shown] = clients["institute"].get(f"/api/submissions/{world.submission}/findings?sheet_id={sheet}").json()
    assert (shown["box"], shown["measured"], shown["sheet_number"]) == ([1, 2, 3, 4], 0.8, "建施-03")
    assert shown["carried_from"] == "0" * 32
    assert clients["institute"].get(f"/api/submissions/{world.submission}").json()["counts"]["violations"] == 1
    assert clients["reviewer"].patch(path, json={"status": "rejected"}).status_code == 422
    assert clients["reviewer"].patch(path, json={"status": "rejected", "reason": "误报"}).json()["status"] == "rejected"
    assert clients["institute"].get(f"/api/submissions/{world.submission}").json()["counts"]["violations"] == 0
    assert clients["institute"].get(f"/api/sheets/{sheet}").json()["counts"]["violations"] == 0


def test_a_draft_is_not_judged_yet(clients, world):
    finding = make_finding(world, None)
    answer = clients["reviewer"].patch(f"/api/findings/{finding}", json={"status": "accepted", "reason": "early"})
    assert answer.status_code == 409


def test_a_decided_submission_keeps_its_findings_as_they_were(clients, world, sheet):
    finding = make_finding(world, sheet)
    clients["reviewer"].post(f"/api/submissions/{world.submission}/deeds/approve", json={})
    answer = clients["reviewer"].patch(f"/api/findings/{finding}", json={"status": "rejected", "reason": "late"})
    assert answer.status_code == 409


def test_coverage_says_what_was_read_and_which_rule_looked_where(clients, world, sheet):
    make_finding(world, sheet)
    make_finding(world, sheet, subject_key="door 2")
    told = clients["institute"].get(f"/api/submissions/{world.submission}/coverage").json()
    assert [f["state"] for f in told["files"]] == ["complete"]
    assert {"rule_code": "FIR-001", "sheet_id": sheet, "outcome": "violation", "count": 2} in told["cells"]
    assert next(r for r in told["rules"] if r["code"] == "FIR-001")["outcomes"] == {"violation": 2}


def test_a_comparison_is_asked_for_once_and_only_within_a_project(clients, world, sheet):
    scheme = draft(clients, world.project, world.building, "scheme")
    body = {"old_id": scheme, "new_id": world.submission}
    first, second = (clients["institute"].post("/api/comparisons", json=body).json() for _ in range(2))
    assert first["id"] == second["id"] and first["state"] == "waiting"
    with reading() as db:
        assert db.query(Job).filter_by(kind="compare", subject=first["id"]).count() == 1
    assert clients["institute"].post("/api/comparisons", json=body | {"old_id": world.submission}).status_code == 422
    listed = clients["acceptance"].get(f"/api/submissions/{world.submission}/comparisons").json()
    assert [c["id"] for c in listed] == [first["id"]]


def test_a_difference_is_decided_with_a_note_where_one_is_owed(clients, world, sheet):
    scheme = draft(clients, world.project, world.building, "scheme")
    with writing() as db:
        comparison = Comparison(old_id=scheme, new_id=world.submission, state="ready", pairs=[])
        db.add(comparison)
        db.flush()
        rows = [
            Difference(comparison_id=comparison.id, new_sheet_id=place, key=key, kind="moved", cls="geometry", what=key)
            for key, place in (("door M0921", sheet), ("wall", None))
        ]
        db.add_all(rows)
        db.flush()
        id_, door = comparison.id, rows[0].id
    listed = clients["acceptance"].get(f"/api/comparisons/{id_}/differences").json()
    assert {row["what"] for row in listed} == {"door M0921", "wall"}
    only = clients["acceptance"].get(f"/api/comparisons/{id_}/differences?sheet_id={sheet}").json()
    assert [row["what"] for row in only] == ["door M0921"]
    path = f"/api/differences/{door}"
    assert clients["acceptance"].patch(path, json={"decision": "rectify"}).status_code == 422
    told = clients["acceptance"].patch(path, json={"decision": "rectify", "note": "现场复核"}).json()
    assert (told["decision"], told["note"]) == ("rectify", "现场复核")


def test_a_file_that_was_not_read_has_neither_pack_nor_model(clients, world):
    upload(clients["institute"], world.submission, b"unread " + world.project.encode())
    file = clients["institute"].get(f"/api/submissions/{world.submission}/files").json()[0]["id"]
    assert clients["institute"].get(f"/api/files/{file}/model.glb").status_code == 204
