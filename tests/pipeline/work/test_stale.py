"""A reading kept in the form of an older version is read again, and nothing is misread meanwhile."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import update

from pipeline.drawing import snapshot
from pipeline.records.base import transaction
from pipeline.records.tables import File, Finding, Job
from pipeline.storage import keys, store
from pipeline.work import stale
from tests.pipeline.work.conftest import Installation

SAMPLES = Path(__file__).parents[3] / "sample_drawings"


def grown_old(installation: Installation, file_id: str) -> File:
    """Leave a file as a version before this one left it: other bytes in the store, no mark."""
    (file,) = installation.rows(File, File.id == file_id)
    key = keys.derived(file.sha256, file.reader_version, "snapshot")
    body = store().open(key).read()
    with transaction() as session:
        row = session.get_one(File, file_id)
        row.reader_version = "old-1"
        row.meta = {name: value for name, value in row.meta.items() if name != "snapshot"}
    store().put(keys.derived(file.sha256, "old-1", "snapshot"), b"TSNAP001" + body[8:])
    return file


def test_after_an_upgrade_the_files_are_read_again_once(installation: Installation) -> None:
    submission = installation.submission()
    (path,) = (SAMPLES / "scheme").glob("01_*.dxf")
    file_id = installation.hand_in(submission, "plan.dxf", path.read_bytes())
    installation.work_off()
    with transaction() as session:
        assert stale.ask_again(session) == []  # fresh
    before = {(f.rule_code, f.subject_key): f.outcome for f in installation.rows(Finding)}
    was = grown_old(installation, file_id)
    with transaction() as session:
        assert len(stale.ask_again(session)) == 1
    installation.work_off()
    (file,) = installation.rows(File)
    assert file.reader_version == was.reader_version and file.meta["snapshot"] == stale.FORM
    assert snapshot.load(store().open(keys.derived(file.sha256, file.reader_version, "snapshot")).read()).sheets
    assert {(f.rule_code, f.subject_key): f.outcome for f in installation.rows(Finding)} == before
    reads = len(installation.rows(Job, Job.kind == "read"))
    assert reads == 2
    with transaction() as session:
        assert stale.ask_again(session) == []
    installation.work_off()
    assert len(installation.rows(Job, Job.kind == "read")) == reads


def test_a_rejected_file_has_nothing_to_grow_old(installation: Installation) -> None:
    submission = installation.submission()
    installation.hand_in(submission, "note.dxf", b"no drawing")
    installation.work_off()
    with transaction() as session:
        session.execute(update(File).values(meta={}))
        assert stale.ask_again(session) == []
