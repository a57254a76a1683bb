"""The table of stations: complete, registered, and rung without ever raising."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import celery_app, flow, tasks
from pipeline.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def test_every_task_name_of_the_flow_is_registered() -> None:
    celery_app.app.loader.import_default_modules()
    names = {station.task for station in flow.STATIONS.values()}
    assert names <= set(celery_app.app.tasks), names - set(celery_app.app.tasks)


def test_every_kind_says_what_its_final_failure_means() -> None:
    assert set(tasks.GIVE_UP) == set(flow.STATIONS)


def test_every_station_has_a_queue_that_workers_listen_to_and_weights_add_up() -> None:
    assert {s.queue for s in flow.STATIONS.values()} <= set(celery_app.QUEUES)
    assert sum(s.weight for s in flow.STATIONS.values()) == 100
    assert all(follow in flow.STATIONS for s in flow.STATIONS.values() for follow in s.follows)


def test_asking_for_work_loads_no_parser() -> None:
    code = (
        "import sys, pipeline.flow; print([m for m in ('ezdxf','ifcopenshell','pymupdf','scipy') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("address", "scheme"),
    [("", "tushen-folder://"), ("redis://h:1/0", "redis://"), ("amqp://u:p@h//", "amqp://")],
)
def test_the_broker_is_chosen_by_settings_alone(address: str, scheme: str, tmp_path: Path) -> None:
    found = celery_app.broker_settings(Settings(data_dir=tmp_path, broker_url=address))
    assert found["broker_url"].startswith(scheme)
    assert [q.name for q in found["task_queues"]] == list(celery_app.QUEUES)


def test_rabbitmq_queues_are_quorum_queues_with_a_delivery_limit(tmp_path: Path) -> None:
    for queue in celery_app.broker_settings(Settings(data_dir=tmp_path, broker_url="amqp://h"))["task_queues"]:
        assert queue.queue_arguments["x-queue-type"] == "quorum"
        assert queue.queue_arguments["x-delivery-limit"] == 5


def test_nothing_is_pickled_and_late_acknowledgement_is_on() -> None:
    assert celery_app.app.conf.accept_content == ["json"]
    assert celery_app.app.conf.task_acks_late and celery_app.app.conf.task_reject_on_worker_lost


def test_a_silent_broker_does_not_stop_the_one_who_rings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    silent = celery_app.make_app(Settings(data_dir=tmp_path, broker_url="redis://127.0.0.1:9/0"))
    silent.conf.task_publish_retry = False
    monkeypatch.setattr(celery_app, "app", silent)
    flow.ring(flow.Bell("0" * 32, "read", True))


def test_messages_of_the_folder_transport_arrive_whole_and_once(tmp_path: Path) -> None:
    chosen = Settings(data_dir=tmp_path)
    celery_app.prepare_broker(chosen)
    app = celery_app.make_app(chosen)
    for number in range(20):
        app.send_task("pipeline.read", args=[str(number)], queue="heavy")
    got = []
    with app.connection_for_read() as connection:
        queue = connection.SimpleQueue(next(q for q in app.conf.task_queues if q.name == "heavy"))
        for _ in range(20):
            message = queue.get(timeout=5)
            got.append(message.payload[0][0])
            message.ack()
        queue.close()
    assert got == [str(number) for number in range(20)]
    assert list((tmp_path / "broker" / "queue").iterdir()) == []
