"""The doorbell: Celery carries job ids from whoever asks to a worker, over the broker the settings name.

Nothing is lost with a broker: the jobs table is the queue, a sweeper rings again (RELIABILITY 3 gives the
measurements behind every line here).
"""

from __future__ import annotations

from typing import Any

from celery import Celery
from kombu import Exchange, Queue

from pipeline import folder_transport
from pipeline.settings import Settings, settings

QUEUES = ("light", "heavy")
TASK_MODULES = ("pipeline.tasks", "rules.tasks")
_DEAD = "dead"

SETTINGS: dict[str, Any] = {
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_acks_on_failure_or_timeout": True,
    "worker_prefetch_multiplier": 1,
    "worker_max_tasks_per_child": 200,
    "worker_max_memory_per_child": 800_000,  # kB; the parent of the zygote stays small
    "task_time_limit": 1800,
    "task_soft_time_limit": 1740,  # above the sandbox's own wall limit
    "worker_cancel_long_running_tasks_on_connection_loss": True,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "broker_connection_timeout": 4,
    "worker_soft_shutdown_timeout": 30,
    "task_ignore_result": True,  # state lives in the database
    "task_publish_retry": True,
    "task_publish_retry_policy": {"max_retries": 1, "interval_start": 0.1},
    "task_serializer": "json",
    "accept_content": ["json"],  # never pickle
    "worker_detect_quorum_queues": True,
    "task_default_queue": "light",
    "task_create_missing_queues": False,
    "worker_hijack_root_logger": False,
    "worker_send_task_events": False,
    "enable_utc": True,
}


def make_app(chosen: Settings) -> Celery:
    """Return a Celery application for these settings; touches neither disk nor network."""
    app = Celery("tushen", set_as_current=False)
    app.conf.update(SETTINGS)
    app.conf.update(include=list(TASK_MODULES), **broker_settings(chosen))
    return app


def broker_settings(chosen: Settings) -> dict[str, Any]:
    """Return broker address, transport options and queues for the broker the settings name."""
    address = chosen.broker
    queues = [Queue(name, Exchange(name, "direct"), routing_key=name) for name in QUEUES]
    if address.startswith("filesystem"):
        folder = broker_folder(chosen)
        options: dict[str, Any] = {
            "data_folder_in": str(folder / "queue"),
            "data_folder_out": str(folder / "queue"),
            "processed_folder": str(folder / "processed"),
            "control_folder": str(folder / "control"),
            "polling_interval": 0.1,
        }
        return {
            "broker_url": f"{folder_transport.register()}://localhost",
            "broker_transport_options": options,
            "task_queues": queues,
        }
    if address.startswith(("redis", "rediss")):
        options = {  # visibility above the time limit; the sweeper, not the broker, gives fast recovery
            "visibility_timeout": 3600,
            "unacked_restore_interval": 10,
            "unacked_restore_throttle": 1,
            "socket_keepalive": True,
            "socket_connect_timeout": 4,
        }
        return {"broker_url": address, "broker_transport_options": options, "task_queues": queues}
    arguments = {"x-queue-type": "quorum", "x-delivery-limit": 5, "x-dead-letter-exchange": _DEAD}
    queues = [Queue(name, Exchange(name, "direct"), routing_key=name, queue_arguments=arguments) for name in QUEUES]
    options = {"confirm_publish": True}
    return {"broker_url": address, "broker_transport_options": options, "task_queues": queues}


def broker_folder(chosen: Settings) -> Any:
    """Return the folder of the embedded broker."""
    return chosen.data_dir.resolve() / "broker"


def prepare_broker(chosen: Settings) -> None:
    """Make the folders of the embedded broker; they must exist before the first message."""
    if chosen.broker.startswith("filesystem"):
        for name in ("queue", "processed", "control"):
            (broker_folder(chosen) / name).mkdir(parents=True, exist_ok=True)


app = make_app(settings())
