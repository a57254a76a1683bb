"""The same main job on PostgreSQL, RabbitMQ or Redis, and MinIO: by settings alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.installation import PASSWORD, running
from tests.journeys.three_stages import three_stages

pytestmark = [pytest.mark.services, pytest.mark.timeout(900)]


def test_three_stages_on_the_real_servers(broker: str, servers: dict[str, str], tmp_path: Path) -> None:
    environment = {"TUSHEN_ADMIN_PASSWORD": PASSWORD, **servers, "TUSHEN_BROKER_URL": broker}
    with running(tmp_path, environment) as installation:
        three_stages(installation)
    assert not list((tmp_path / "data").glob("*.sqlite3")), "the embedded database must not be used"
