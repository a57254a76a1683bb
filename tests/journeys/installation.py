"""A whole Tushen of its own for a journey: API, worker, sweeper and store under one supervisor."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "journey-Passw0rd-图审"


def free_port() -> int:
    """Return a port of the loopback address that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Installation:
    """A running system and where it listens."""

    def __init__(self, folder: Path, environment: dict[str, str], *, sample: bool = False) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "system.log"
        self.environment = {
            **os.environ,
            "TUSHEN_DATA_DIR": str(folder / "data"),
            "TUSHEN_SAMPLE_PASSWORD": PASSWORD,
            "TUSHEN_VIEWER_DIR": str(ROOT / "viewer" / "dist"),
            "PYTHONUNBUFFERED": "1",
            **environment,
        }
        self.arguments = ["--port", str(self.port), "--no-open", *([] if sample else ["--no-sample"])]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, seconds: float = 90) -> None:
        """Start and wait until the page answers."""
        command = [sys.executable, "-m", "api.cli", "demo", *self.arguments]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"the system stopped while starting:\n{self.tail()}")
            try:
                if httpx.get(f"{self.url}/api/health", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.2)
        raise AssertionError(f"the system did not answer in {seconds} s:\n{self.tail()}")

    def stop(self) -> int:
        """Stop as Ctrl-C does and return the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                raise AssertionError(f"the system did not stop cleanly:\n{self.tail()}") from None
        return self.process.returncode

    def tail(self, size: int = 6000) -> str:
        """Return the end of the log."""
        return self.log.read_bytes()[-size:].decode("utf-8", "replace") if self.log.exists() else ""


@contextmanager
def running(folder: Path, environment: dict[str, str] | None = None, *, sample: bool = False) -> Iterator[Installation]:
    """Run an installation for the length of a `with` block."""
    installation = Installation(folder, environment or {}, sample=sample)
    installation.start()
    try:
        yield installation
    finally:
        installation.stop()
