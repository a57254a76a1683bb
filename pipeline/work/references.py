"""Which files of the same submission a drawing refers to, and whether it must be read again since they changed.

A reference is a name; it is looked up among the files of the submission, never followed. The reader lists the names
it wanted (`meta["references"]`); the reading notes the content that stood behind them (`meta["attached"]`).
"""

from __future__ import annotations

import hashlib
import ntpath
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline import flow
from pipeline.records import jobs
from pipeline.records.tables import File
from pipeline.work.stale import form_today, stale_files

_FORMATS = ("dxf", "other")  # attached drawings and pictures
_SIBLINGS_LIMIT = 64
_SIBLING_BYTES = 64 << 20

Named = tuple[str, str]  # name, sha256


def siblings_of(session: Session, file: File) -> list[Named]:
    """Return the files a drawing may refer to: one of each name, its own folder first, the wanted ones first."""
    if file.format != "dxf":
        return []
    rows = session.execute(
        select(File.name, File.sha256, File.path)
        .where(File.submission_id == file.submission_id, File.id != file.id, File.format.in_(_FORMATS))
        .where(File.size_bytes <= _SIBLING_BYTES, File.size_bytes > 0)
        .order_by(File.name, File.path, File.sha256)
    ).all()
    found: dict[str, Named] = {}
    for row in sorted(rows, key=lambda row: row.path != file.path):
        found.setdefault(row.name.lower(), (row.name, row.sha256))
    names = wanted(file.meta)
    ordered = sorted(found.values(), key=lambda one: (not any(_names(name, one[0]) for name in names), one[0]))
    return ordered[:_SIBLINGS_LIMIT]


def wanted(meta: dict[str, Any] | None) -> list[str]:
    """Return the names a drawing's reader asked for."""
    names = (meta or {}).get("references")
    return [str(name) for name in names] if isinstance(names, list) else []


def attached(names: Iterable[str], siblings: Iterable[Named]) -> dict[str, str]:
    """Return name -> sha256 of the siblings that the names mean; what is not there is left out."""
    names = list(names)
    return {name: sha256 for name, sha256 in siblings if any(_names(one, name) for one in names)}


def missing(meta: dict[str, Any] | None) -> list[str]:
    """Return the names a drawing asked for when it was read and that were not there."""
    found = (meta or {}).get("attached", {})
    return [name for name in wanted(meta) if not any(_names(name, one) for one in found)]


def marked(version: str, found: dict[str, str]) -> str:
    """Return the reader's version for a drawing that was read with other files: what came out depends on them."""
    return f"{version}+x{_hash(found)[:10]}" if found else version


def read_again(session: Session, files: Iterable[File], engine: str) -> list[flow.Bell]:
    """Ask for the reading of every drawing behind whose references there is something else now than when it was read.

    A file added, replaced or taken away later counts. So is every file whose reading is kept in a form of an older
    version, or whose signatures met another trust list (`stale`). The number of readings goes into the job's version,
    so that a set which returns to an earlier state is read again too.
    """
    bells = []
    files = list(files)
    stale = {id_ for submission in {file.submission_id for file in files} for id_ in stale_files(session, submission)}
    today = form_today() if stale else ""
    for file in files:
        if file.id in stale:
            was = " ".join(str((file.meta or {}).get(name, "")) for name in ("snapshot", "trust"))
            version = f"{engine}+{today}<{_hash({'was': was})[:8]}"  # once a change: two workers may be set up apart
            bells.append(flow.start(session, "read", file.id, file.submission_id, engine=version))
            continue
        names = wanted(file.meta)
        if not names or file.duplicate_of or file.state in ("waiting", "reading", "rejected"):
            continue
        found = attached(names, siblings_of(session, file))
        if found == file.meta.get("attached", {}):
            continue
        done = jobs.asked_before(session, "read", file.id)
        version = f"{engine}+x{_hash(found)[:16]}-{done}"
        bells.append(flow.start(session, "read", file.id, file.submission_id, engine=version))
    return bells


def _names(reference: str, name: str) -> bool:
    """Return whether a reference means a file: the same name, or a .dxf in place of the .dwg it was."""
    one, other = reference.lower(), name.lower()
    base, suffix = ntpath.splitext(other)
    return one == other or (suffix == ".dxf" and ntpath.splitext(one)[0] == base)


def _hash(found: dict[str, str]) -> str:
    return hashlib.sha256("\n".join(f"{name} {sha}" for name, sha in sorted(found.items())).encode()).hexdigest()
