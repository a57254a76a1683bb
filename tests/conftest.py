"""Fixtures for all tests: the addresses of real servers, where there are any."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url


def demanded(name: str) -> str:
    """Return the address of a real server; without one the test is skipped, or fails where servers are a must."""
    value = os.environ.get(name, "")
    if not value:
        message = f"{name} is not set"
        if os.environ.get("TUSHEN_SERVICES_REQUIRED"):
            pytest.fail(message)
        pytest.skip(message)
    return value


@contextmanager
def own_database(address: str) -> Iterator[str]:
    """Make a PostgreSQL database, yield its address, drop it."""
    url = make_url(address)
    name = f"test_{secrets.token_hex(5)}"
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield url.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    server.dispose()


@pytest.fixture
def fresh_database() -> Iterator[str]:
    """A PostgreSQL database of its own; its address."""
    with own_database(demanded("TUSHEN_TEST_DATABASE_URL")) as address:
        yield address


@pytest.fixture(params=["TUSHEN_TEST_RABBITMQ_URL", "TUSHEN_TEST_REDIS_URL"], ids=["rabbitmq", "redis"])
def broker(request: pytest.FixtureRequest) -> str:
    """The address of a broker."""
    return demanded(request.param)


@pytest.fixture
def servers(fresh_database: str) -> dict[str, str]:
    """Settings of an installation on PostgreSQL, RabbitMQ and MinIO."""
    return {
        "TUSHEN_DATABASE_URL": fresh_database,
        "TUSHEN_BROKER_URL": demanded("TUSHEN_TEST_RABBITMQ_URL"),
        "TUSHEN_STORE": "s3",
        "TUSHEN_S3_ENDPOINT": demanded("TUSHEN_TEST_S3_ENDPOINT"),
        "TUSHEN_S3_ACCESS_KEY": demanded("TUSHEN_TEST_S3_ACCESS_KEY"),
        "TUSHEN_S3_SECRET_KEY": demanded("TUSHEN_TEST_S3_SECRET_KEY"),
        "TUSHEN_S3_BUCKET": f"journey-{secrets.token_hex(4)}",
    }
