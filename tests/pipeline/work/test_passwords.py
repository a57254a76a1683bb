"""An encrypted PDF: refused, opened with a person's password, which is kept sealed and said nowhere."""

from __future__ import annotations

from dataclasses import replace

import pymupdf
import pytest

import api.tables  # noqa: F401  every table, so that the records can be made
from api.access import Actor
from api.submissions import queries
from api.submissions.service import delete_file, give_password
from api.work import ring_started
from pipeline.errors import Conflict
from pipeline.records.base import engine, transaction
from pipeline.records.sealing import seal, unseal
from pipeline.records.tables import Event, File, Job, Notice, Sheet, Submission
from pipeline.settings import settings
from pipeline.storage import store
from tests.pipeline.work.conftest import Installation

INSTITUTE = replace(Actor.nobody(), id="6" * 32, name="李四")
RIGHT = "图审-open-Sesame-1"


def locked_pdf() -> bytes:
    with pymupdf.open() as document:
        page = document.new_page(width=842, height=595)
        page.draw_rect((50, 50, 700, 500), color=(0, 0, 0), fill=(0.2, 0.2, 0.2))
        page.insert_text((100, 100), "plan")
        return document.tobytes(encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw=RIGHT, owner_pw="owner")


def give(installation: Installation, file_id: str, password: str, roles: str = "institute") -> None:
    with transaction() as session:
        row = session.get_one(File, file_id)
        give_password(session, INSTITUTE, row, installation.project, frozenset({roles}), password)
    ring_started(session)
    installation.work_off()


def shown(file_id: str) -> dict:
    with transaction() as session:
        return queries.files(session, [session.get_one(File, file_id)])[0].model_dump(mode="json")


def test_refused_wrong_right_and_said_nowhere(installation: Installation) -> None:
    submission, body = installation.submission(), locked_pdf()
    file_id = installation.hand_in(submission, "locked.pdf", body)
    twin = installation.hand_in(submission, "copy.pdf", body)
    installation.work_off()
    assert (shown(file_id)["state"], shown(file_id)["password"]) == ("rejected", "needed")
    give(installation, file_id, "wrong one")
    assert (shown(file_id)["state"], shown(file_id)["password"]) == ("rejected", "wrong")
    assert installation.rows(File, File.id == file_id)[0].password_sealed == ""
    give(installation, twin, RIGHT)  # given beside the copy, it opens the content
    assert (shown(file_id)["state"], shown(file_id)["password"]) == ("complete", "given")
    assert shown(twin)["state"] == "complete"
    (sheet,) = installation.rows(Sheet)
    with store().open(f"{sheet.tiles_prefix}/thumbnail.webp") as stream:
        assert len(stream.read()) > 200, "the picture is drawn with the password too"
    (row,) = installation.rows(Submission)
    assert row.reading == "ready"
    events = installation.rows(Event, Event.tag == "submissions:file:password_given")
    assert [e.actor for e in events] == [INSTITUTE.id] * 2
    with pytest.raises(Conflict):
        give(installation, file_id, RIGHT)
    said = [str(e.details) for e in installation.rows(Event)] + [str(n.details) for n in installation.rows(Notice)]
    said += [f"{j.doing}{j.last_error}{j.engine_version}" for j in installation.rows(Job)] + [str(shown(file_id))]
    assert not [text for text in said if RIGHT in text or "wrong one" in text]
    with engine().connect() as connection:
        raw = connection.exec_driver_sql("SELECT password_sealed FROM file").scalars().all()
    assert sum(bool(value) for value in raw) == 1 and RIGHT not in "".join(raw)
    with transaction() as session:
        for id_ in (twin, file_id):
            delete_file(session, INSTITUTE, session.get_one(File, id_), installation.project)
    assert installation.rows(File) == []


def test_a_frozen_submission_takes_no_password(installation: Installation) -> None:
    submission = installation.submission()
    file_id = installation.hand_in(submission, "locked.pdf", locked_pdf())
    installation.work_off()
    with transaction() as session:
        session.get_one(Submission, submission).state = "in_review"
    with pytest.raises(Conflict):
        give(installation, file_id, RIGHT)
    give(installation, file_id, RIGHT, "reviewer")
    assert shown(file_id)["password"] == "given"


def test_what_is_sealed_opens_only_with_its_content_and_its_secret(installation, monkeypatch) -> None:
    sealed = seal(RIGHT, "a" * 64)
    assert unseal(sealed, "a" * 64) == RIGHT and seal(RIGHT, "a" * 64) != sealed
    assert unseal(sealed, "b" * 64) == "" and unseal("bad", "a" * 64) == "" and unseal("", "a" * 64) == ""
    key = settings().data_dir / "secret.key"
    assert len(key.read_bytes()) == 32 and key.stat().st_mode & 0o077 == 0
    monkeypatch.setenv("TUSHEN_SECRET_KEY", "another secret")
    settings.cache_clear()
    assert unseal(sealed, "a" * 64) == ""
    assert unseal(seal(RIGHT, "a" * 64), "a" * 64) == RIGHT
    settings.cache_clear()
