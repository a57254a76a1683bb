"""The same main job on PostgreSQL, RabbitMQ or Redis, and MinIO: by settings alone."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.journeys.installation import PASSWORD, running
from tests.journeys.three_stages import three_stages

pytestmark = [pytest.mark.services, pytest.mark.timeout(900)]


def demanded(name: str) -> str:
    """Return the address of a real server; without one the test is skipped, or fails where servers are a must."""
    value = os.environ.get(name, "")
    if not value:
        message = f"{name} is not set"
        if os.environ.get("TUSHEN_SERVICES_REQUIRED"):
            pytest.fail(message)
        pytest.skip(message)
    return value


@pytest.fixture
def database() -> Iterator[str]:
    """A fresh PostgreSQL database."""
    url = make_url(demanded("TUSHEN_TEST_DATABASE_URL"))
    name = f"journey_{secrets.token_hex(4)}"
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield url.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    server.dispose()


@pytest.mark.parametrize("broker", ["TUSHEN_TEST_RABBITMQ_URL", "TUSHEN_TEST_REDIS_URL"])
def test_three_stages_on_the_real_servers(broker: str, database: str, tmp_path: Path) -> None:
    environment = {
        "TUSHEN_ADMIN_PASSWORD": PASSWORD,
        "TUSHEN_DATABASE_URL": database,
        "TUSHEN_BROKER_URL": demanded(broker),
        "TUSHEN_STORE": "s3",
        "TUSHEN_S3_ENDPOINT": demanded("TUSHEN_TEST_S3_ENDPOINT"),
        "TUSHEN_S3_ACCESS_KEY": demanded("TUSHEN_TEST_S3_ACCESS_KEY"),
        "TUSHEN_S3_SECRET_KEY": demanded("TUSHEN_TEST_S3_SECRET_KEY"),
        "TUSHEN_S3_BUCKET": f"journey-{secrets.token_hex(4)}",
    }
    with running(tmp_path, environment) as installation:
        three_stages(installation)
    assert not list((tmp_path / "data").glob("*.sqlite3")), "the embedded database must not be used"
