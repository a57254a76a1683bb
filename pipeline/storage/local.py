"""The object store in a folder: what a fresh installation uses.

A write goes to a staging name, is synced, renamed into place and its folder synced: after a power cut
an object is there whole or not at all. Originals are compared with the hash in their own key while they
are copied, and are never overwritten.
"""

from __future__ import annotations

import hashlib
import io
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, unquote

from pipeline.errors import NotFound, Refused, Transient
from pipeline.storage.keys import hash_of_original

_CHUNK = 1 << 20
_SAFE = " ()+,;=@!~$&'"


class LocalStore:
    """Objects as files below one folder; a key's segments are percent-encoded where a file system needs it."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        self._staging = self.root / ".staging"
        with _as_transient():
            self._staging.mkdir(parents=True, exist_ok=True)

    def put(self, key: str, source: Path | bytes, *, content_type: str = "application/octet-stream") -> None:
        """Store under `key`. An original that exists already is left as it is (never overwritten)."""
        target = self._path(key)
        expected = hash_of_original(key)
        with _as_transient(NotFound if isinstance(source, Path) else None):
            staged = self._staging / uuid.uuid4().hex
            try:
                size, digest = _copy(source, staged)
                if expected and digest != expected:
                    raise Refused(
                        "内容与其 SHA-256 不符，未保存。", "The bytes do not match their SHA-256; not stored.", key=key
                    )
                self._place(staged, target, size, keep=expected is not None)
            finally:
                staged.unlink(missing_ok=True)

    def open(self, key: str, *, start: int = 0, length: int | None = None) -> BinaryIO:
        """Return a readable stream of the object, or of `length` bytes of it from byte `start`."""
        with _as_transient(NotFound):
            stream = self._path(key).open("rb")
            stream.seek(start)
        return stream if length is None else io.BufferedReader(_Range(stream, length))

    def fetch(self, key: str, target: Path) -> None:
        """Copy the object to a local file; an original is compared with its hash on the way."""
        part = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
        with _as_transient(NotFound):
            try:
                _, digest = _copy(self._path(key), part)
                check_original(key, digest)
                part.replace(target)
            finally:
                part.unlink(missing_ok=True)

    def stat(self, key: str) -> int | None:
        """Return the size in bytes, None when the key does not exist."""
        with _as_transient():
            try:
                found = self._path(key).stat()
            except FileNotFoundError:
                return None
        return found.st_size if os.path.isfile(self._path(key)) else None

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys that start with `prefix`, in order."""
        folder = self.root / self._encoded(prefix.rpartition("/")[0]) if "/" in prefix else self.root
        found = []
        for parent, folders, names in os.walk(folder):
            folders[:] = [name for name in folders if name != ".staging"]
            for name in names:
                key = unquote(str((Path(parent) / name).relative_to(self.root).as_posix()))
                if key.startswith(prefix):
                    found.append(key)
        yield from sorted(found)

    def local_path(self, key: str) -> Path | None:
        """Return the file behind a key when it exists, so that a reader need not copy it."""
        path = self._path(key)
        return path if path.is_file() else None

    def _path(self, key: str) -> Path:
        return self.root / self._encoded(key)

    @staticmethod
    def _encoded(key: str) -> Path:
        segments = key.split("/")
        if not key or any(segment in ("", ".", "..", ".staging") for segment in segments):
            raise ValueError(f"not a key: {key!r}")
        return Path(*(quote(segment, safe=_SAFE) for segment in segments))

    def _place(self, staged: Path, target: Path, size: int, *, keep: bool) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        if keep:
            try:
                os.link(staged, target)  # atomic, and refuses when the original is there already
            except FileExistsError:
                there = target.stat().st_size
                if there != size:
                    raise Refused(
                        "已存原件大小不符，可能已损坏，请运行 tushen doctor。",
                        "The stored original has another size and may be damaged; run tushen doctor.",
                        stored=there,
                        arrived=size,
                    ) from None
                return
            os.chmod(target, 0o444)
        else:
            os.replace(staged, target)
        _sync_folder(target.parent)


class _Range(io.RawIOBase):
    """The next `length` bytes of a stream."""

    def __init__(self, stream: BinaryIO, length: int) -> None:
        self._stream = stream
        self._left = length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(min(len(buffer), self._left))
        self._left -= len(data)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


def check_original(key: str, digest: str) -> None:
    """Raise Refused when the bytes of an original do not have the hash its key says."""
    expected = hash_of_original(key)
    if expected and digest != expected:
        raise Refused(
            "原件已损坏：内容与 SHA-256 不符。", "The original is damaged: it no longer matches its SHA-256.", key=key
        )


def _copy(source: Path | bytes, target: Path) -> tuple[int, str]:
    """Copy and sync; return size in bytes and SHA-256."""
    digest = hashlib.sha256()
    size = 0
    with target.open("xb") as out, _stream_of(source) as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return size, digest.hexdigest()


def _stream_of(source: Path | bytes) -> BinaryIO:
    return source.open("rb") if isinstance(source, Path) else io.BytesIO(source)


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):  # a folder cannot be opened on Windows
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _as_transient(missing: type[NotFound] | None = None) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        if missing:
            raise missing() from error
        raise Transient("存储不可用。", "The store does not answer.", why=str(error)) from error
    except OSError as error:
        raise Transient("存储不可用。", "The store does not answer.", why=str(error)) from error
