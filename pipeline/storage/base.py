"""The object store as the rest of Tushen sees it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol, runtime_checkable


@runtime_checkable
class ObjectStore(Protocol):
    """Five verbs. Keys are made by `pipeline.storage.keys` only.

    Every method raises `pipeline.errors.Transient` when the store does not answer and
    `pipeline.errors.NotFound` when the key does not exist.
    """

    def put(self, key: str, source: Path | bytes, *, content_type: str = "application/octet-stream") -> None:
        """Store under `key`. An original that exists already is left as it is (never overwritten)."""

    def open(self, key: str, *, start: int = 0, length: int | None = None) -> BinaryIO:
        """Return a readable stream of the object, or of a range of it."""

    def fetch(self, key: str, target: Path) -> None:
        """Copy the object to a local file (written under another name, then renamed)."""

    def stat(self, key: str) -> int | None:
        """Return the size in bytes, None when the key does not exist."""

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys that start with `prefix`."""

    def local_path(self, key: str) -> Path | None:
        """Return the object as a file that may be read in place, None where the store has no such file."""
