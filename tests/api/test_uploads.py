"""Uploads: resumed exactly, compared with the browser's hash, owned by their creator, kept once."""

from __future__ import annotations

import hashlib

import pytest

from api.database import reading
from api.submissions import uploads
from api.submissions.names import safe_folder, safe_name
from pipeline.errors import Transient
from pipeline.records.tables import File, Job, Notice
from pipeline.settings import settings
from pipeline.storage import keys, store
from tests.api.conftest import TUS, handed_in, read_everything, send, start_upload, upload


def files_of(clients, submission: str) -> list[dict]:
    return clients["institute"].get(f"/api/submissions/{submission}/files").json()


def original_of(data: bytes) -> int | None:
    return store().stat(keys.original(hashlib.sha256(data).hexdigest()))


def offset(client, location: str) -> int:
    return int(client.head(location, headers=TUS).headers["upload-offset"])


def half_sent() -> set[str]:
    """Uploads that wait for more (of other tests too)."""
    return {path.name for path in uploads.staging().glob("*") if path.is_file() and not path.suffix}


def test_a_file_arrives_whole_and_waits_to_be_read(clients, world):
    data, before = b"0\nSECTION\n" * 1000, half_sent()
    assert upload(clients["institute"], world.submission, data, "建施-03 二层平面图.dxf").status_code == 204
    [file] = files_of(clients, world.submission)
    assert (file["name"], file["size_bytes"], file["state"]) == ("建施-03 二层平面图.dxf", len(data), "waiting")
    assert file["sha256"] == hashlib.sha256(data).hexdigest() and original_of(data) == len(data)
    with reading() as db:
        [job] = db.query(Job).filter_by(subject=file["id"])
        assert (job.kind, job.state, job.submission_id) == ("receive", "queued", world.submission)
        assert db.query(Notice).filter_by(subject=file["id"], kind="file.arrived").count() == 1
    assert half_sent() == before


def test_an_upload_goes_on_where_it_stopped_even_after_the_server_died(clients, world):
    institute, data = clients["institute"], bytes(range(256)) * 64
    location = start_upload(institute, world.submission, data).headers["location"]
    assert send(institute, location, data[:5000]).headers["upload-offset"] == "5000"
    # killed in the middle of a piece: bytes are on the disk that no sidecar knows of
    with (uploads.staging() / location.rsplit("/", 1)[-1]).open("ab") as stream:
        stream.write(data[5000:7000])
    assert offset(institute, location) == 7000
    assert send(institute, location, data[7000:], 7000).status_code == 204
    assert original_of(data) == len(data)


def test_a_wrong_offset_is_refused_and_changes_nothing(clients, world):
    institute, data = clients["institute"], b"abcdef" * 100
    location = start_upload(institute, world.submission, data).headers["location"]
    send(institute, location, data[:100])
    assert send(institute, location, data[50:], 50).status_code == 409
    assert offset(institute, location) == 100
    assert send(institute, location, data[100:], 100).status_code == 204


def test_what_is_not_what_the_browser_read_is_refused_and_nothing_is_kept(clients, world):
    institute, data = clients["institute"], b"a drawing with one flipped bit " + world.project.encode()
    location = start_upload(institute, world.submission, data, sha256="0" * 64).headers["location"]
    answer = send(institute, location, data)
    assert answer.status_code == 422 and answer.json()["error"] == "hash_mismatch"
    assert answer.json()["details"]["arrived"] == hashlib.sha256(data).hexdigest()
    assert files_of(clients, world.submission) == [] and original_of(data) is None
    assert institute.head(location, headers=TUS).status_code == 404
    assert not [p for p in uploads.staging().glob(location.rsplit("/", 1)[-1] + "*")]


def test_the_same_bytes_under_another_name_are_a_duplicate_of_the_first(clients, world):
    institute, data = clients["institute"], b"same bytes " + world.project.encode()
    for name, folder in (("a.dxf", "建筑"), ("b.dxf", "建筑"), ("a.dxf", "建筑/副本")):
        assert upload(institute, world.submission, data, name, path=folder).status_code == 204
    found = {(f["path"], f["name"]): f for f in files_of(clients, world.submission)}
    first = found["建筑", "a.dxf"]
    assert first["duplicate_of"] is None
    assert found["建筑", "b.dxf"]["duplicate_of"] == found["建筑/副本", "a.dxf"]["duplicate_of"] == first["id"]


def test_the_same_file_at_the_same_place_is_one_row_and_one_job(clients, world):
    data = b"once " + world.project.encode()
    for _ in range(2):
        assert upload(clients["institute"], world.submission, data, "a.dxf").status_code == 204
    [file] = files_of(clients, world.submission)
    with reading() as db:
        assert db.query(Job).filter_by(subject=file["id"]).count() == 1


def test_asking_again_after_the_last_answer_was_lost_says_that_all_is_there(clients, world):
    institute, data = clients["institute"], b"finished " + world.project.encode()
    location = start_upload(institute, world.submission, data).headers["location"]
    send(institute, location, data)
    assert offset(institute, location) == len(data)
    assert send(institute, location, b"", len(data)).status_code == 204
    assert len(files_of(clients, world.submission)) == 1


def test_bytes_that_were_whole_when_the_server_died_become_a_file_at_the_next_start(clients, world):
    institute, data = clients["institute"], b"left over " + world.project.encode()
    location = start_upload(institute, world.submission, data).headers["location"]
    (uploads.staging() / location.rsplit("/", 1)[-1]).write_bytes(data)
    assert uploads.finish_left_over() == 1
    assert [f["size_bytes"] for f in files_of(clients, world.submission)] == [len(data)]
    assert uploads.finish_left_over() == 0


def test_an_upload_waits_when_the_store_is_silent(clients, world, monkeypatch):
    institute, data = clients["institute"], b"store is down " + world.project.encode()
    location = start_upload(institute, world.submission, data).headers["location"]

    def silent(*_args, **_more):
        raise Transient("存储没有响应。", "The store does not answer.")

    with monkeypatch.context() as patch:
        patch.setattr(type(store()), "put", silent)
        assert send(institute, location, data).status_code == 503
        assert files_of(clients, world.submission) == []
    assert offset(institute, location) == len(data)  # asking completes it
    assert len(files_of(clients, world.submission)) == 1


def test_nobody_else_can_ask_for_continue_or_end_an_upload(clients, world, people):
    data = b"mine"
    office = clients["city_office"]
    office.put(f"/api/projects/{world.project}/members/{people['institute_b']}", json={"role": "institute"})
    location = start_upload(clients["institute"], world.submission, data).headers["location"]
    b = clients["institute_b"]  # a member even, and still not the creator
    for answer in (
        b.head(location, headers=TUS),
        send(b, location, data),
        b.delete(location, headers=TUS),
        clients["anonymous"].head(location, headers=TUS),
    ):
        assert answer.status_code in (401, 404)
    assert offset(clients["institute"], location) == 0
    assert clients["institute"].delete(location, headers=TUS).status_code == 204
    assert clients["institute"].head(location, headers=TUS).status_code == 404


def test_another_institute_that_sends_known_bytes_learns_nothing_from_it(clients, world, people):
    data = b"secret drawing " + world.project.encode()
    upload(clients["institute"], world.submission, data)
    own = clients["city_office"].post("/api/projects", json={"name": "项目 B"}).json()["id"]
    clients["city_office"].put(f"/api/projects/{own}/members/{people['institute_b']}", json={"role": "institute"})
    b = clients["institute_b"]
    mine = b.post(f"/api/projects/{own}/submissions", json={"stage": "scheme"}).json()["id"]
    started = start_upload(b, mine, data)
    assert started.status_code == 201 and offset(b, started.headers["location"]) == 0
    assert send(b, started.headers["location"], data).status_code == 204
    [file] = b.get(f"/api/submissions/{mine}/files").json()
    assert file["duplicate_of"] is None


def test_too_large_unhashed_and_concatenated_uploads_are_refused(clients, world, monkeypatch):
    institute = clients["institute"]
    monkeypatch.setattr(settings(), "upload_limit_bytes", 10)
    assert start_upload(institute, world.submission, b"x" * 11).json()["error"] == "too_large"
    assert start_upload(institute, world.submission, b"x", sha256="no hash").json()["error"] == "bad_upload"
    headers = TUS | {"Upload-Concat": "final;/api/uploads/" + "0" * 32}
    assert institute.post("/api/uploads", headers=headers).status_code == 422


@pytest.mark.parametrize("override", ["PATCH", "DELETE", "POST"])
def test_a_get_cannot_be_dressed_up_as_another_verb(clients, world, override):
    location = start_upload(clients["institute"], world.submission, b"abc").headers["location"]
    client = clients["institute"]
    answer = client.get(location, headers=TUS | {"X-HTTP-Method-Override": override, "X-CSRF-Token": ""})
    assert answer.status_code in (403, 404, 405)
    assert offset(client, location) == 0


def test_an_empty_file_is_a_file_too(clients, world):
    answer = start_upload(clients["institute"], world.submission, b"", "空.dxf")
    assert answer.status_code == 201
    assert [f["size_bytes"] for f in files_of(clients, world.submission)] == [0]


def test_nothing_can_be_added_or_taken_off_once_handed_in(clients, world):
    handed_in(clients, world, "submitted")
    answer = upload(clients["institute"], world.submission, b"too late")
    assert answer.status_code == 409
    [file] = files_of(clients, world.submission)
    assert clients["institute"].delete(f"/api/files/{file['id']}").status_code == 409


def test_an_upload_that_ends_after_handing_in_keeps_nothing(clients, world):
    institute, data = clients["institute"], b"slow one " + world.project.encode()
    location = start_upload(institute, world.submission, data).headers["location"]
    handed_in(clients, world, "submitted")
    assert send(institute, location, data).status_code == 409
    assert len(files_of(clients, world.submission)) == 1 and original_of(data) is None


def test_a_file_taken_off_a_draft_leaves_its_duplicate_and_its_original(clients, world):
    institute, data = clients["institute"], b"twice " + world.project.encode()
    upload(institute, world.submission, data, "a.dxf")
    upload(institute, world.submission, data, "b.dxf")
    read_everything(world.submission)
    first = next(f for f in files_of(clients, world.submission) if f["duplicate_of"] is None)
    assert institute.delete(f"/api/files/{first['id']}").status_code == 204
    [left] = files_of(clients, world.submission)
    assert left["duplicate_of"] is None and original_of(data) == len(data)
    with reading() as db:
        assert db.get(File, first["id"]) is None


def test_names_are_data():
    assert safe_name("..\\..\\etc/passwd") == "passwd"
    assert safe_name("a\x00b\u202edxf.exe") == "abdxf.exe"
    assert safe_name("\ud800.dxf") == ".dxf"
    assert safe_name("///") == "unnamed"
    assert len(safe_name("图" * 400 + ".dxf")) == 255
    assert safe_folder("C:\\建筑\\..\\平面/./x") == "建筑/平面/x"
