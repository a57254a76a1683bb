"""Resumable uploads (tus 1.0): staging on disk, then into the store under their own hash.

tuspyserver keeps the protocol; this module keeps the promises around it: an upload belongs to its creator, its
offset is what lies on the disk (so a killed server resumes exactly), and it becomes a file only after the
SHA-256 of what arrived equals what the browser computed. What does not is deleted and leaves no row.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import json
import logging
import os
import re
import shutil
import time
from pathlib import Path
from typing import Any

from fastapi import HTTPException
from sqlalchemy import select
from sqlalchemy.orm import Session
from tuspyserver.storage.local import LocalFileStorage

from api.access import Actor, find, roles_in
from api.database import reading, writing
from api.errors import BadUpload, HashMismatch, TooLarge
from api.permissions import allowed
from api.submissions.names import safe_folder, safe_name
from api.submissions.service import draft_of
from api.work import start_job
from pipeline.errors import Forbidden, NotFound, Transient, TushenError
from pipeline.records.base import new_id, now
from pipeline.records.log import append_event
from pipeline.records.notices import notify
from pipeline.records.tables import File, Submission
from pipeline.settings import settings
from pipeline.storage import keys, store

_LOG = logging.getLogger(__name__)
_HASH = re.compile(r"[0-9a-f]{64}")
_UID = re.compile(r"[0-9a-f]{32}")
_CHUNK = 1 << 20
BESIDE = ("", ".info", ".owner", ".done")  # what lies in the staging folder for one upload
PREFIX = "/api/uploads"
DAYS_TO_KEEP = 5


def staging() -> Path:
    """Return the folder of unfinished uploads."""
    return settings().data_dir.resolve() / "uploads"


class Staging(LocalFileStorage):
    """Uploads as files: bytes go to the disk as they come, the offset is the size of the file."""

    def __init__(self) -> None:
        super().__init__("")

    @property
    def files_dir(self) -> str:
        """The folder of the settings as they are now, not as they were when the module was imported."""
        return str(staging())

    @files_dir.setter
    def files_dir(self, _value: str) -> None:
        """Leave it: the settings say where."""

    async def append(self, uid: str, chunk: bytes) -> None:
        """Append at once instead of collecting a whole request in memory. A full disk answers 507."""
        try:
            await asyncio.to_thread(_append, Path(self._path(uid)), chunk)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise HTTPException(status_code=507, detail="the disk is full") from error
            raise

    async def exists(self, uid: str) -> bool:
        """An upload that became a file still answers, so that a client whose last answer was lost can ask."""
        return _finished(uid) is not None or await super().exists(uid)

    async def size(self, uid: str) -> int:
        """Return what lies on the disk, or the whole size of what became a file."""
        finished = _finished(uid)
        return finished if finished is not None else await super().size(uid)

    async def delete(self, uid: str) -> None:
        """Forget an upload with everything beside it."""
        await super().delete(uid)
        await asyncio.to_thread(_forget, uid)

    async def flush(self, uid: str) -> None:
        """Make what was appended durable."""
        await asyncio.to_thread(_sync, Path(self._path(uid)))

    async def read_info(self, uid: str) -> dict[str, Any] | None:
        """Return the sidecar with the offset corrected to what lies on the disk."""
        info = await super().read_info(uid)
        if info is not None:
            info["offset"] = await self.size(uid)
            if not info["metadata"].get("filetype"):
                info["metadata"]["filetype"] = "application/octet-stream"  # tuspyserver demands one
        return info


def _done_mark(uid: str) -> Path:
    return staging() / f"{uid}.done"


def _finished(uid: str) -> int | None:
    """Return the size of an upload that has become a file, None while it has not."""
    try:
        return int(json.loads(_done_mark(uid).read_text("utf-8"))["size"])
    except (OSError, ValueError, KeyError):
        return None


def _append(path: Path, chunk: bytes) -> None:
    with path.open("ab") as stream:
        stream.write(chunk)


def _sync(path: Path) -> None:
    with path.open("ab") as stream:
        os.fsync(stream.fileno())


def sidecar(uid: str) -> dict[str, Any]:
    """Return the sidecar of an upload, its owner included. Raises NotFound."""
    if not _UID.fullmatch(uid):
        raise NotFound()
    try:
        info = dict(json.loads((staging() / f"{uid}.info").read_text("utf-8")))
        info["owner_id"] = (staging() / f"{uid}.owner").read_text("ascii")
    except (OSError, ValueError) as error:
        raise NotFound() from error
    return info


def reserve(actor_id: str) -> str:
    """Return the id of a new upload that belongs to this person."""
    uid = new_id()
    staging().mkdir(parents=True, exist_ok=True)
    (staging() / f"{uid}.owner").write_text(actor_id, "ascii")
    return uid


def owned(uid: str, actor: Actor) -> dict[str, Any]:
    """Return the sidecar of an upload that this person created. Raises NotFound for a foreign one."""
    info = sidecar(uid)
    if info["owner_id"] != actor.id:
        raise NotFound()
    return info


def announce(actor: Actor, metadata: dict[str, str], size: int | None) -> None:
    """Check a new upload before a byte is taken.

    Raises NotFound, Forbidden, Conflict (frozen), TooLarge, BadUpload.
    """
    with reading() as db:
        submission, project_id = find(db, actor, "submission", metadata.get("submission_id", ""))
        if not allowed("upload.send", roles_in(db, actor, project_id)):
            raise Forbidden("您没有执行此操作的权限。", "You are not allowed to do this.")
        draft_of(db, submission.id)
    if not metadata.get("filename") or not _HASH.fullmatch(metadata.get("sha256", "")):
        raise BadUpload("上传须带文件名和 SHA-256。", "An upload needs a filename and a SHA-256.")
    limit = settings().upload_limit_bytes
    if size is None or size < 0:
        raise BadUpload("上传须先声明长度。", "An upload must declare its length.")
    if size > limit:
        raise TooLarge(
            f"文件超过上限 {limit >> 20} MiB。", f"The file is larger than the limit of {limit >> 20} MiB.", limit=limit
        )


def is_whole(uid: str, info: dict[str, Any]) -> bool:
    """Say whether all bytes have arrived."""
    path = staging() / uid
    return (
        not _done_mark(uid).exists()
        and info.get("size") is not None
        and path.is_file()
        and path.stat().st_size == info["size"]
    )


def complete(uid: str) -> str:
    """Turn an upload that is whole into a file of its submission; return the file's id.

    Hashing and storing happen outside of the transaction. Raises HashMismatch (nothing is kept), Conflict
    when the submission was frozen meanwhile (nothing is kept), Transient when the store does not answer
    (the upload stays and can be completed later).
    """
    if _done_mark(uid).exists():
        return str(json.loads(_done_mark(uid).read_text("utf-8"))["file_id"])
    info = sidecar(uid)
    metadata, path = info["metadata"], staging() / uid
    try:
        digest, size = _digest(path)
        if digest != metadata["sha256"]:
            raise HashMismatch(
                "上传内容的 SHA-256 与浏览器计算的不一致，文件未保存，请重新上传。",
                "The SHA-256 of what arrived differs from the browser's. Nothing was kept; upload it again.",
                expected=metadata["sha256"],
                arrived=digest,
            )
        with reading() as db:
            _still_draft(db, metadata["submission_id"])
        store().put(keys.original(digest), path)
        with writing() as db:
            file_id = _record(db, info["owner_id"], metadata, digest, size)
    except Transient:
        raise
    except TushenError:
        _forget(uid)
        raise
    _done_mark(uid).write_text(json.dumps({"file_id": file_id, "size": size}), "utf-8")
    path.unlink(missing_ok=True)
    return file_id


def _still_draft(db: Session, submission_id: str) -> None:
    if db.get(Submission, submission_id) is None:
        raise NotFound()
    draft_of(db, submission_id)


def _digest(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while block := stream.read(_CHUNK):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size


def _forget(uid: str) -> None:
    for ending in BESIDE:
        (staging() / f"{uid}{ending}").unlink(missing_ok=True)


def _record(db: Session, owner_id: str, metadata: dict[str, str], digest: str, size: int) -> str:
    """Write the file's row, once for the same place and bytes, and start reading it."""
    return add_file(
        db,
        actor_id=owner_id,
        submission=draft_of(db, metadata["submission_id"]),
        name=safe_name(metadata["filename"]),
        folder=safe_folder(metadata.get("path", "")),
        sha256=digest,
        size_bytes=size,
    ).id


def add_file(
    db: Session, *, actor_id: str, submission: Submission, name: str, folder: str, sha256: str, size_bytes: int
) -> File:
    """Add a stored original to a draft and start its `receive` job; the same file twice is one row.

    `folder` is the place inside the upload; a path that repeats the name at its end is cut.
    """
    if folder == name or folder.endswith("/" + name):
        folder = folder[: -len(name)].rstrip("/")
    same = db.scalars(
        select(File).where(File.submission_id == submission.id, File.sha256 == sha256).order_by(File.created_at)
    ).all()
    for row in same:
        if (row.path, row.name) == (folder, name):
            return row
    row = File(submission_id=submission.id, name=name, path=folder, size_bytes=size_bytes, sha256=sha256)
    row.duplicate_of = next((other.id for other in same if other.duplicate_of is None), None)
    db.add(row)
    db.flush()
    start_job(db, "receive", row.id, submission.id)
    details = {"name": name, "path": folder, "sha256": sha256, "size_bytes": size_bytes}
    if row.duplicate_of:
        details["duplicate_of"] = row.duplicate_of
    notify(db, "file.arrived", row.id, project_id=submission.project_id, details={"submission_id": submission.id})
    append_event(db, actor_id, "submissions:file:arrived", row.id, submission.project_id, details)
    return row


def deliver(source: Path, *, actor_id: str, submission_id: str, folder: str = "") -> str:
    """Put a file of this machine through the same door as an upload whose last byte has just arrived.

    Returns the file's id; raises what `complete` raises.
    """
    uid = reserve(actor_id)
    digest, size = _digest(source)
    metadata = {"submission_id": submission_id, "filename": source.name, "path": folder, "sha256": digest}
    info = {"metadata": metadata, "size": size, "created_at": now().isoformat()}
    shutil.copyfile(source, staging() / uid)
    (staging() / f"{uid}.info").write_text(json.dumps(info), "utf-8")
    try:
        return complete(uid)
    finally:
        _forget(uid)


def finish_left_over() -> int:
    """Complete uploads whose last byte arrived just before the server died; forget the old; return how many were."""
    done = 0
    if not staging().is_dir():
        return 0
    for path in sorted(staging().glob("*.info")):
        try:
            if path.stat().st_mtime < time.time() - DAYS_TO_KEEP * 86400:
                _forget(path.stem)
            elif is_whole(path.stem, sidecar(path.stem)):
                complete(path.stem)
                done += 1
        except TushenError as error:
            _LOG.warning("an upload left over could not be completed: %s", error)
    return done
