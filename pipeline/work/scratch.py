"""A folder of its own for every attempt at a job; what a killed worker left is cleared at the next start."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.records.tables import File
from pipeline.settings import settings
from pipeline.storage import keys, store

SUFFIXES = {"dxf": ".dxf", "ifc": ".ifc", "pdf": ".pdf"}


def _root() -> Path:
    return settings().data_dir.resolve() / "scratch"


@contextmanager
def scratch() -> Iterator[Path]:
    """Yield an empty folder that is gone afterwards."""
    folder = _root() / f"{os.getpid()}-{uuid.uuid4().hex}"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear_left_over() -> int:
    """Remove folders of processes that are no more; return how many."""
    gone = 0
    for folder in _root().glob("*-*") if _root().is_dir() else ():
        pid = folder.name.partition("-")[0]
        if pid.isdigit() and not _alive(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone


def bring(key: str, target: Path) -> Path:
    """Put an object of the store at `target` to be read: a link where the store is a folder, a copy elsewhere.

    Raises NotFound and Transient.
    """
    there = store().local_path(key)
    if there is not None:
        with suppress(OSError):
            os.link(there, target)
            return target
    store().fetch(key, target)
    return target


def bring_snapshots(folder: Path, **files: File) -> list[Path]:
    """Put the snapshots of files that were read into `folder` under the names given; return them in that order."""
    return [bring(_snapshot_of(file), folder / name) for name, file in files.items()]


def _snapshot_of(file: File) -> str:
    return keys.derived(file.sha256, file.reader_version, "snapshot")


def bring_reading(file: File, folder: Path) -> list[Path]:
    """Put the snapshot and the original of a file that was read into `folder`; return both.

    Raises NotFound and Transient.
    """
    snapshot = bring(_snapshot_of(file), folder / "snapshot")
    return [snapshot, bring(keys.original(file.sha256), folder / f"original{SUFFIXES.get(file.format, '')}")]


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
