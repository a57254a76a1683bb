"""Real servers: addresses come from TUSHEN_TEST_* (`.ci/run` starts them and exports those).

Without an address a server that is installed here is started for the run; what is neither given nor installed is
skipped, or fails where TUSHEN_SERVICES_REQUIRED is set.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from pipeline.records import tables  # noqa: F401 - fills the metadata
from pipeline.records.base import Base, make_engine
from pipeline.records.log import protect_events
from pipeline.storage.s3 import S3Store


def demanded(name: str) -> str:
    """Return an address, or skip, or fail where servers are a must."""
    value = os.environ.get(name, "")
    if not value:
        message = f"{name} is not set"
        pytest.fail(message) if os.environ.get("TUSHEN_SERVICES_REQUIRED") else pytest.skip(message)
    return value


@pytest.fixture
def engine() -> Iterator[Engine]:
    """A fresh PostgreSQL database with the tables of facts."""
    url = make_url(demanded("TUSHEN_TEST_DATABASE_URL"))
    name = f"records_{secrets.token_hex(4)}"
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    made = make_engine(url.set(database=name).render_as_string(hide_password=False))
    with made.begin() as connection:
        Base.metadata.create_all(connection)
        protect_events(connection)
    yield made
    made.dispose()
    with server.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    server.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as session:
        yield session


def _minio() -> str | None:
    named = os.environ.get("TUSHEN_MINIO_BIN") or shutil.which("minio")
    beside = Path(os.environ.get("GOBIN", "/nonexistent")) / "minio"
    return named or (str(beside) if beside.is_file() else None)


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, str]]:
    """Endpoint and keys of an S3 server: the given one, else a MinIO of our own on a free port."""
    if os.environ.get("TUSHEN_TEST_S3_ENDPOINT") or _minio() is None:
        names = ("TUSHEN_TEST_S3_ENDPOINT", "TUSHEN_TEST_S3_ACCESS_KEY", "TUSHEN_TEST_S3_SECRET_KEY")
        endpoint, access, secret = (demanded(name) for name in names)
        yield endpoint, access, secret
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        endpoint = f"127.0.0.1:{probe.getsockname()[1]}"
    access, secret = secrets.token_hex(8), secrets.token_hex(16)
    environment = {**os.environ, "MINIO_ROOT_USER": access, "MINIO_ROOT_PASSWORD": secret}
    command = [str(_minio()), "server", str(tmp_path_factory.mktemp("minio")), "--address", endpoint, "--quiet"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    host, port = endpoint.split(":")
    for _ in range(150):
        with socket.socket() as probe:
            if probe.connect_ex((host, int(port))) == 0:
                break
        time.sleep(0.2)
    yield endpoint, access, secret
    process.terminate()
    process.wait(10)


@pytest.fixture
def store(s3: tuple[str, str, str]) -> S3Store:
    """An S3 store in a bucket of its own."""
    for attempt in range(50):
        try:
            return S3Store(*s3, bucket=f"test-{secrets.token_hex(6)}")
        except Exception:
            if attempt == 49:
                raise
            time.sleep(0.2)
    raise AssertionError
