"""A file has arrived: what is it, is it an archive, and what is to be done with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline import flow
from pipeline.drawing.defects import Defect, as_json, defect
from pipeline.drawing.safe_text import safe_text
from pipeline.records import jobs
from pipeline.records.base import new_id, transaction
from pipeline.records.notices import notify
from pipeline.records.tables import File
from pipeline.settings import settings
from pipeline.storage import keys, store
from pipeline.work.perform import Task, Write, engine_of, nothing, project_of
from pipeline.work.scratch import bring, scratch
from pipeline.work.unpack import Unpacked, unpack

_HEAD_BYTES = 4096
_ARCHIVE_MAGIC = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
)
_OFFICE = (".xlsx", ".docx", ".pptx", ".xlsm", ".dwfx", ".ifczip", ".bcf", ".bcfzip")
_JUNK = {"thumbs.db", "desktop.ini", ".ds_store"}


@dataclass(slots=True, frozen=True)
class _Taken:
    """A member of an archive that is in the store already."""

    folder: str
    name: str
    size_bytes: int
    sha256: str
    format: str


def receive(task: Task) -> Write:
    """Sniff the file of a job; unpack it when it is an archive; ask for the reading of what can be read."""
    with transaction() as session:
        file = session.get(File, task.claim.subject)
        if file is None:
            return nothing
        session.expunge(file)
    found = sniff(_head(file.sha256), file.name)
    if found == "zip":
        return _archive(task, file)
    if found in ("rar", "7z"):
        why = f"不支持 {found} 格式，请改用 zip / {found} is not read, use zip"
        return lambda session: _close(session, file.id, "archive", "rejected", [defect("archive_unsafe", why=why)])
    if file.size_bytes == 0:
        return lambda session: _close(session, file.id, "other", "rejected", [defect("empty_file")])
    if file.name.lower() in _JUNK:
        return lambda session: _close(session, file.id, "other", "rejected", [defect("junk_file", name=file.name)])
    return lambda session: _read_next(session, file.id, found)


def sniff(head: bytes, name: str) -> str:
    """Return dxf, ifc, pdf, zip, rar, 7z or other, by the first bytes; of names only .ifczip and office files count.

    A first word only: the reader of the format decides, in the locked child.
    """
    for magic, word in _ARCHIVE_MAGIC:
        if head.startswith(magic):
            suffix = PurePosixPath(name.lower()).suffix
            return word if suffix not in _OFFICE else "ifc" if suffix == ".ifczip" else "other"
    if head.startswith(b"%PDF-"):
        return "pdf"
    text = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if text.startswith(b"ISO-10303-21"):
        return "ifc"
    if head.startswith(b"AutoCAD Binary DXF"):
        return "dxf"
    words = text.replace(b"\x00", b"").split(None, 4)
    if b"SECTION" in words[:3] or words[:1] == [b"999"]:
        return "dxf"
    return "other"


def _head(sha256: str) -> bytes:
    with store().open(keys.original(sha256), length=_HEAD_BYTES) as stream:
        return stream.read()


def _read_next(session: Session, file_id: str, found: str) -> list[flow.Bell]:
    """Ask for the reading; what is no drawing is read too, so that it is refused with the right sentence."""
    file = session.get(File, file_id)
    if file is None:
        return []
    file.format = found
    original = session.get(File, file.duplicate_of) if file.duplicate_of else None
    if original is not None and original.sha256 == file.sha256:
        file.state, file.format = original.state, original.format
        return []  # the same bytes are read once; `settle` copies how they ended
    return [flow.start(session, "read", file.id, file.submission_id, engine=engine_of("readers", "sheets"))]


def _archive(task: Task, file: File) -> Write:
    with scratch() as folder:
        source = bring(keys.original(file.sha256), folder / "archive.zip")
        task.report(0.05, f"unpacking {file.name}")
        out = folder / "out"
        out.mkdir()
        unpacked = unpack(source, out, settings(), _halved(task, file.name))
        taken = []
        for done, member in enumerate(unpacked.members):
            task.report(0.5 + 0.5 * done / len(unpacked.members), f"storing {member.name}")
            store().put(keys.original(member.sha256), member.path)
            with member.path.open("rb") as stream:
                found = sniff(stream.read(_HEAD_BYTES), member.name)
            member.path.unlink()
            taken.append(_Taken(member.folder, member.name, member.size_bytes, member.sha256, found))
    return lambda session: _write_archive(session, file.id, unpacked, taken)


def _halved(task: Task, name: str) -> Callable[[float, str], None]:
    return lambda fraction, _: task.report(fraction / 2, f"unpacking {name}")


def _write_archive(session: Session, file_id: str, unpacked: Unpacked, taken: list[_Taken]) -> list[flow.Bell]:
    archive = session.get(File, file_id)
    if archive is None:
        return []
    bells = []
    rows = session.scalars(select(File).where(File.submission_id == archive.submission_id)).all()
    there = {(row.path, row.name, row.sha256) for row in rows}
    by_hash = {row.sha256: row.id for row in rows if row.duplicate_of is None}
    base = "/".join(part for part in (archive.path, PurePosixPath(archive.name).stem) if part)
    for member in taken:
        path = "/".join(part for part in (base, member.folder) if part)[:1000]
        if (path, member.name, member.sha256) in there:
            continue
        there.add((path, member.name, member.sha256))
        row = File(
            id=new_id(),
            submission_id=archive.submission_id,
            name=member.name,
            path=path,
            size_bytes=member.size_bytes,
            sha256=member.sha256,
            format=member.format,
            archive_id=archive.id,
            duplicate_of=by_hash.get(member.sha256),
        )
        by_hash.setdefault(member.sha256, row.id)
        session.add(row)
        session.flush()
        bells.append(flow.start(session, "receive", row.id, row.submission_id))
    failed = any(d.severity != "info" for d in unpacked.defects)
    state = "rejected" if not taken else "partial" if failed else "complete"
    defects = unpacked.defects or ([] if taken else [defect("no_content")])
    _close(session, file_id, "archive", state, defects)
    return bells


def _close(session: Session, file_id: str, file_format: str, state: str, defects: list[Defect]) -> list[flow.Bell]:
    """Write how a file ended that no reader sees."""
    file = session.get(File, file_id)
    if file is None:
        return []
    file.format, file.state = file_format, state
    file.defects = [as_json(d) for d in defects]
    details: dict[str, Any] = {"submission_id": file.submission_id, "state": state, "sheets": 0}
    notify(session, "file.read", file.id, project_id=project_of(session, file.submission_id), details=details)
    return []


def give_up(session: Session, claim: jobs.Claim, why: str) -> None:
    """The worker died again and again on this file: it is rejected, the set goes on."""
    _close(session, claim.subject, "other", "rejected", [defect("reader_crashed", how=safe_text(why, 200)[0])])
