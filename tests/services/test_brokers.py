"""Bells over the real brokers: what is rung is heard, exactly as with the folder."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from pipeline import celery_app
from pipeline.settings import Settings
from tests.services.conftest import demanded

pytestmark = pytest.mark.services


@pytest.mark.parametrize("name", ["TUSHEN_TEST_RABBITMQ_URL", "TUSHEN_TEST_REDIS_URL"])
@pytest.mark.parametrize("queue", celery_app.QUEUES)
def test_what_is_rung_is_heard(name: str, queue: str, tmp_path: Path) -> None:
    app = celery_app.make_app(Settings(data_dir=tmp_path, broker_url=demanded(name)))
    words = [secrets.token_hex(8) for _ in range(5)]
    wanted = next(q for q in app.conf.task_queues if q.name == queue)
    with app.connection_for_write() as connection:
        declared = wanted(connection.default_channel)
        declared.declare()
        declared.purge()
    for word in words:
        app.send_task("pipeline.read", args=[word], queue=queue)
    heard = []
    with app.connection_for_read() as connection:
        inbox = connection.SimpleQueue(wanted)
        for _ in words:
            message = inbox.get(timeout=10)
            heard.append(message.payload[0][0])
            message.ack()
        inbox.close()
    assert heard == words
