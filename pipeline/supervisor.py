"""One parent for everything: starts the API and a worker, starts again what dies, stops all of it cleanly."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

STOP_SECONDS = 15.0
_HEALTHY_SECONDS = 20.0  # alive this long: the next death starts counting from one


@dataclass(slots=True)
class _Part:
    """One child process that must run."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    not_before: float = 0.0


@dataclass(slots=True)
class Supervisor:
    """Keeps parts alive until `stop` is set."""

    parts: list[_Part]
    stop: threading.Event = field(default_factory=threading.Event)
    say: Callable[[str], None] = print

    def run(self) -> int:
        """Start, watch, start again with growing pauses; return 0 after a clean stop, 4 when a part cannot live."""
        try:
            while not self.stop.is_set():
                for part in self.parts:
                    if not self._tend(part):
                        return 4
                self.stop.wait(0.2)
            return 0
        finally:
            self._stop_all()

    def _tend(self, part: _Part) -> bool:
        now = time.monotonic()
        if part.process is not None:
            code = part.process.poll()
            if code is None:
                return True
            part.deaths = 1 if now - part.started > _HEALTHY_SECONDS else part.deaths + 1
            part.process = None
            part.not_before = now + min(0.2 * 2**part.deaths, 10.0)
            if self.stop.is_set():
                return True
            self.say(
                f"{part.name} ended ({_ended(code)}); started again · {part.name} 已退出（{_ended(code)}），正在重启"
            )
            if part.deaths >= 8:
                self.say(f"{part.name} does not stay alive; giving up · {part.name} 反复退出，停止服务")
                return False
        if now >= part.not_before:
            part.process = subprocess.Popen(part.command, env=_environment(), start_new_session=True)
            part.started = now
        return True

    def _stop_all(self) -> None:
        alive = [part.process for part in self.parts if part.process and part.process.poll() is None]
        for process in alive:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        for process in alive:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, end - time.monotonic()))
            if process.poll() is None:
                process.kill()
                process.wait()


def serve(
    host: str,
    port: int,
    *,
    api: bool = True,
    worker: bool = True,
    on_ready: Callable[[str], None] | None = None,
    say: Callable[[str], None] = print,
) -> int:
    """Run API and worker under one parent until Ctrl-C or SIGTERM; return the exit code (2: the port is busy).

    `on_ready` is called once with the address when the page answers.
    """
    if api and not port_is_free(host, port):
        say(f"端口 {port} 已被占用，请用 --port 换一个。 · Port {port} is in use; choose another with --port.")
        return 2
    parts = []
    if api:
        command = [sys.executable, "-m", "uvicorn", "api.main:app", "--host", host, "--port", str(port)]
        parts.append(_Part("api", [*command, "--log-level", "warning", "--timeout-graceful-shutdown", "3"]))
    if worker:
        parts.append(_Part("worker", [sys.executable, "-m", "pipeline.worker"]))
    supervisor = Supervisor(parts, say=say)
    with _signals(supervisor.stop):
        if api and on_ready is not None:
            address = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"
            threading.Thread(target=_announce, args=(address, on_ready, supervisor.stop), daemon=True).start()
        return supervisor.run()


def port_is_free(host: str, port: int) -> bool:
    """Say whether a server may listen here."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


@contextlib.contextmanager
def _signals(stop: threading.Event) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM set `stop` while the block runs."""
    kept = {}
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            kept[number] = signal.signal(number, lambda *_: stop.set())
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


def _announce(address: str, on_ready: Callable[[str], None], stop: threading.Event) -> None:
    while not stop.wait(0.1):
        try:
            with urllib.request.urlopen(f"{address}/api/version", timeout=2):
                break
        except urllib.error.HTTPError:
            break
        except OSError:
            continue
    if not stop.is_set():
        on_ready(address)


def _environment() -> dict[str, str]:
    """Return the environment of the parts: the supervisor's process id lets them end with it."""
    return {**os.environ, "TUSHEN_SUPERVISOR": str(os.getpid()), "PYTHONUNBUFFERED": "1"}


def _ended(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit {code}"
