"""The object store on any S3 server, through the minio client."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import urllib3
from minio import Minio
from minio.error import InvalidResponseError, S3Error, ServerError

from pipeline.errors import NotFound, Refused, Transient
from pipeline.storage.keys import hash_of_original
from pipeline.storage.local import check_original

_CHUNK = 1 << 20
_MISSING = {"NoSuchKey", "NoSuchObject", "NoSuchBucket"}


class S3Store:
    """Objects in one bucket, which is made when it is not there."""

    def __init__(self, endpoint: str, access_key: str, secret_key: str, bucket: str, *, secure: bool = False) -> None:
        retries = urllib3.Retry(total=3, backoff_factor=0.3, status_forcelist=[500, 502, 503, 504])
        timeout = urllib3.Timeout(connect=5, read=60)
        self._client = Minio(
            endpoint,
            access_key=access_key,
            secret_key=secret_key,
            secure=secure,
            http_client=urllib3.PoolManager(timeout=timeout, retries=retries, maxsize=10),
        )
        self._bucket = bucket
        with _mapped():
            self._ensure_bucket()

    def put(self, key: str, source: Path | bytes, *, content_type: str = "application/octet-stream") -> None:
        """Store under `key`. An original that exists already is left as it is (never overwritten)."""
        size, digest = _measure(source)
        expected = hash_of_original(key)
        if expected:
            if digest != expected:
                raise Refused(
                    "内容与其 SHA-256 不符，未保存。", "The bytes do not match their SHA-256; not stored.", key=key
                )
            there = self.stat(key)
            if there == size:
                return
            if there is not None:
                raise Refused(
                    "已存原件大小不符，可能已损坏，请运行 tushen doctor。",
                    "The stored original has another size and may be damaged; run tushen doctor.",
                    stored=there,
                    arrived=size,
                )
        with _mapped():
            if isinstance(source, bytes):
                self._client.put_object(self._bucket, key, io.BytesIO(source), size, content_type=content_type)
            else:
                self._client.fput_object(self._bucket, key, str(source), content_type=content_type)
        stored = self.stat(key)
        if stored != size:
            raise Transient("存储只保存了部分内容。", "The store kept only a part of it.", stored=stored, sent=size)

    def open(self, key: str, *, start: int = 0, length: int | None = None) -> BinaryIO:
        """Return a readable stream of the object, or of `length` bytes of it from byte `start`."""
        if length == 0:
            return io.BytesIO(b"")
        with _mapped():
            try:
                response = self._client.get_object(self._bucket, key, offset=start, length=length or 0)
            except S3Error as error:
                if error.code == "InvalidRange":  # starts behind the end: nothing to read, as in a file
                    return io.BytesIO(b"")
                raise
        return io.BufferedReader(_Response(response), _CHUNK)

    def fetch(self, key: str, target: Path) -> None:
        """Copy the object to a local file; an original is compared with its hash on the way."""
        part = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
        digest = hashlib.sha256()
        size = 0
        try:
            with self.open(key) as stream, part.open("xb") as out:
                while chunk := stream.read(_CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    out.write(chunk)
            if size != self.stat(key):
                raise Transient("存储传输中断。", "The store broke off in the middle.", received=size)
            check_original(key, digest.hexdigest())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)

    def stat(self, key: str) -> int | None:
        """Return the size in bytes, None when the key does not exist."""
        with _mapped():
            try:
                return self._client.stat_object(self._bucket, key).size
            except S3Error as error:
                if error.code in _MISSING:
                    return None
                raise

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys that start with `prefix`, in order."""
        with _mapped():
            for found in self._client.list_objects(self._bucket, prefix=prefix, recursive=True):
                if found.object_name:
                    yield found.object_name

    def local_path(self, key: str) -> Path | None:
        """Return None: objects of a server have no path here."""
        return None

    def _ensure_bucket(self) -> None:
        if self._client.bucket_exists(self._bucket):
            return
        try:
            self._client.make_bucket(self._bucket)
        except S3Error as error:
            if error.code not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
                raise


class _Response(io.RawIOBase):
    """A response of the server as a raw stream; a broken connection is Transient, not a short read."""

    def __init__(self, response: Any) -> None:
        self._response = response

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with _mapped():
            data = self._response.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._response.close()
            self._response.release_conn()
        super().close()


def _measure(source: Path | bytes) -> tuple[int, str]:
    """Return size in bytes and SHA-256 of what is to be stored."""
    if isinstance(source, bytes):
        return len(source), hashlib.sha256(source).hexdigest()
    digest = hashlib.sha256()
    size = 0
    try:
        with source.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
    except FileNotFoundError as error:
        raise NotFound() from error
    return size, digest.hexdigest()


@contextmanager
def _mapped() -> Iterator[None]:
    """Turn the client's errors into ours."""
    try:
        yield
    except S3Error as error:
        if error.code in _MISSING:
            raise NotFound() from error
        raise Transient("存储拒绝了请求。", "The store refused the request.", why=str(error.code)) from error
    except (InvalidResponseError, ServerError, urllib3.exceptions.HTTPError, OSError) as error:
        raise Transient("存储不可用。", "The store does not answer.", why=type(error).__name__) from error
