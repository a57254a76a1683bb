"""Celery's filesystem transport with two faults mended: a message appears whole, and is taken by one rename.

kombu's own opens the file under its final name and writes then, so a consumer may take an empty message; and it
moves what it takes to the system's temporary folder, which may be another disk.
"""

from __future__ import annotations

import contextlib
import os
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES
from kombu.transport import filesystem as original
from kombu.utils.json import dumps, loads

SCHEME = "tushen-folder"


class Channel(original.Channel):
    """Messages as files `<moment>_<id>.<queue>.msg` of one folder."""

    def _put(self, queue: str, payload: Any, **_: Any) -> None:  # type: ignore[override]
        folder = Path(self.data_folder_out)
        name = f"{time.time_ns():020d}_{uuid.uuid4().hex}.{queue}.msg"
        part = folder / f".{name}.part"
        part.write_text(dumps(payload), encoding="utf-8")
        os.replace(part, folder / name)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        folder, taken = Path(self.data_folder_in), Path(self.processed_folder)
        for name in sorted(os.listdir(folder)):
            if name.startswith(".") or name.partition(".")[2] != f"{queue}.msg":
                continue
            mine = taken / name
            try:
                os.rename(folder / name, mine)
                body = mine.read_text(encoding="utf-8")
            except OSError:
                continue  # another worker was quicker
            with contextlib.suppress(OSError):
                mine.unlink()
            return loads(body)
        raise Empty


class Transport(original.Transport):
    """The transport of the embedded set-up."""

    Channel = Channel
    global_state = original.virtual.BrokerState()


def register() -> str:
    """Make the scheme known to kombu and return it."""
    TRANSPORT_ALIASES[SCHEME] = "pipeline.folder_transport:Transport"
    return SCHEME
