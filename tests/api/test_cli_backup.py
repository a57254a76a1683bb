"""A backup holds everything, says when it was tampered with, and comes back whole."""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from api.cli import main
from api.cli_backup import verify_package, write_package
from api.migrate import upgrade
from pipeline.records.base import engine, transaction
from pipeline.records.log import append_event, verify_chain
from pipeline.records.tables import Event, File, Project, Sheet, Submission
from pipeline.settings import settings
from pipeline.storage import keys, store

BODY = b"0\nSECTION\n" * 1000
SHA = hashlib.sha256(BODY).hexdigest()


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    move_to(tmp_path / "one", monkeypatch)
    upgrade()
    with transaction() as session:
        session.add(Project(name="示例", code="P-1", address="长春"))
        for number in range(3):
            append_event(session, actor="system", tag=f"t{number}", subject="s", details={"n": number})
    store().put(keys.original(SHA), BODY)
    store().put(keys.derived(SHA, "v1", "pack/0:1"), b"pack")
    yield tmp_path
    settings.cache_clear()
    store.cache_clear()


def move_to(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TUSHEN_DATABASE_URL", "TUSHEN_STORE", "TUSHEN_BROKER_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TUSHEN_DATA_DIR", str(folder))
    settings.cache_clear()
    store.cache_clear()


def test_a_backup_comes_back_whole_in_an_empty_house(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = house / "all.tar"
    assert main(["backup", str(package)]) == 0
    move_to(house / "two", monkeypatch)
    assert main(["restore", str(package)]) == 0
    with transaction() as session:
        assert session.scalars(select(Project.name)).all() == ["示例"]
        assert session.scalars(select(Event.tag).order_by(Event.sequence)).all() == ["t0", "t1", "t2"]
        assert verify_chain(session) == (True, 3, None)
    with store().open(keys.original(SHA)) as stream:
        assert stream.read() == BODY
    assert store().stat(keys.derived(SHA, "v1", "pack/0:1")) == 4
    engine().dispose()


def test_a_house_with_rows_is_never_restored_over(house: Path, capfd: pytest.CaptureFixture[str]) -> None:
    package = house / "all.tar"
    write_package(package)
    assert main(["restore", str(package)]) == 2
    assert "not empty" in capfd.readouterr().err


def test_a_backup_does_not_overwrite_a_file(house: Path) -> None:
    package = house / "all.tar"
    package.write_bytes(b"mine")
    assert main(["backup", str(package)]) == 2
    assert package.read_bytes() == b"mine"


def rewritten(package: Path, change: dict[str, bytes | None]) -> Path:
    """Return a copy in which members have another body, or are gone (None)."""
    out = package.with_name("changed.tar")
    with tarfile.open(package) as source, tarfile.open(out, "w") as target:
        for entry in source:
            body = source.extractfile(entry).read()
            if entry.name in change:
                if change[entry.name] is None:
                    continue
                body = change[entry.name]
            entry.size = len(body)
            target.addfile(entry, io.BytesIO(body))
    return out


def test_every_kind_of_tampering_is_found(house: Path) -> None:
    package = house / "all.tar"
    manifest = write_package(package)
    assert verify_package(package).problems == []
    name = f"objects/{keys.original(SHA)}"
    assert name in manifest["members"]
    assert verify_package(rewritten(package, {name: BODY[:-1] + b"X"})).problems
    assert verify_package(rewritten(package, {name: None})).problems
    assert verify_package(rewritten(package, {"manifest.json": None})).problems
    assert main(["restore", str(rewritten(package, {name: None}))]) == 2


def test_a_forged_event_is_found_even_when_the_manifest_was_made_to_fit(house: Path) -> None:
    package = house / "all.tar"
    manifest = write_package(package)
    with tarfile.open(package) as source:
        body = source.extractfile("tables/event.jsonl").read().replace(b'"t1"', b'"tX"')
    manifest["members"]["tables/event.jsonl"] = {"size": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    forged = rewritten(package, {"tables/event.jsonl": body, "manifest.json": json.dumps(manifest).encode()})
    found = verify_package(forged)
    assert [en for _, en in found.problems] == ["The ledger breaks at event 2."]


def test_something_else_is_no_package(tmp_path: Path) -> None:
    other = tmp_path / "x.tar"
    other.write_bytes(b"not a tar at all" * 100)
    assert main(["verify", str(other)]) == 2


LATER = {
    "file": ("signatures", "password_sealed"),
    "sheet": ("sketch", "label", "row_version", "ink"),
    "comparison": ("decisions",),
    "annotation": ("taken_from",),
}  # columns that the first revision did not have


def first_revision(package: Path) -> Path:
    """Return the package as an installation of revision 0001 would have written it."""
    with tarfile.open(package) as source:
        manifest = json.loads(source.extractfile("manifest.json").read())
        change: dict[str, bytes | None] = {
            f"tables/{name}.jsonl": None for name in ("sheet_pair", "imported_annotation")
        }
        for name, columns in LATER.items():
            lines = source.extractfile(f"tables/{name}.jsonl").read().splitlines()
            rows = [{k: v for k, v in json.loads(line).items() if k not in columns} for line in lines]
            change[f"tables/{name}.jsonl"] = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    for name, body in change.items():
        if body is None:
            del manifest["members"][name], manifest["tables"][name.split("/")[1].removesuffix(".jsonl")]
        else:
            manifest["members"][name] = {"size": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    manifest["revision"] = "0001"
    return rewritten(package, {**change, "manifest.json": json.dumps(manifest).encode()})


def test_a_backup_of_an_older_version_comes_back_and_is_brought_up_to_date(house: Path, monkeypatch) -> None:
    with transaction() as session:
        project = session.scalar(select(Project.id))
        submission = Submission(project_id=project, stage="scheme", version=1, created_by="0" * 32)
        session.add(submission)
        session.flush()
        file = File(submission_id=submission.id, name="a.dxf", size_bytes=len(BODY), sha256=SHA)
        session.add(file)
        session.flush()
        session.add(
            Sheet(file_id=file.id, submission_id=submission.id, key="0:0", ordinal=1, kind="model", number="建施-01",
                  width_mm=420, height_mm=297, to_space=[1, 0, 0, 1, 0, 0])
        )  # fmt: skip
    package = house / "all.tar"
    write_package(package)
    old = first_revision(package)
    move_to(house / "two", monkeypatch)
    assert main(["restore", str(old)]) == 0
    with transaction() as session:
        (sheet,) = session.scalars(select(Sheet))
        assert (sheet.number, sheet.row_version, sheet.label, sheet.ink) == ("建施-01", 1, "", {})
        (found,) = session.scalars(select(File))
        assert (found.signatures, found.password_sealed) == ([], "")
        assert verify_chain(session) == (True, 3, None)
    engine().dispose()
