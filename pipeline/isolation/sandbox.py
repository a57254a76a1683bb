"""The parent's side: keeps one zygote alive and runs stations in its children, from any thread."""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import os
import select
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.drawing.faults import log_fault
from pipeline.errors import Transient
from pipeline.isolation import kernel
from pipeline.isolation.child import level_of
from pipeline.isolation.frames import BrokenProtocol, Collector, OutputTooLarge
from pipeline.isolation.limits import Limits
from pipeline.isolation.outcome import STRIKING, Ending, Failure, Outcome, classify

_LOG = logging.getLogger(__name__)
_POLL_SECONDS = 0.05
_READY_SECONDS = 120.0


@dataclass(slots=True)
class _Call:
    pid: int = 0
    started: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    ending: dict[str, Any] | None = None  # None after `ended`: the zygote died


class Sandbox:
    """One zygote and the calls in flight. Thread-safe; the zygote is started again when it dies."""

    def __init__(self) -> None:
        self.hello: dict[str, Any] = {}
        self._calls: dict[int, _Call] = {}
        self._numbers = itertools.count(1)
        self._guard = threading.Lock()
        self._ready = threading.Event()
        self._closing = False
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        # The kernel's "die with your parent" follows the thread that started the process: one thread, kept.
        self._keeper = threading.Thread(target=self._keep, name="zygote keeper", daemon=True)
        self._keeper.start()

    @property
    def zygote_pid(self) -> int | None:
        """The process id of the zygote, None while there is none."""
        return self._process.pid if self._process else None

    def wait_ready(self, seconds: float = _READY_SECONDS) -> dict[str, Any]:
        """Wait until the zygote has loaded its libraries; return what it said of itself."""
        if not self._ready.wait(seconds):
            raise Transient("读取进程未能启动。", "The reading process did not start.")
        return self.hello

    def run(
        self,
        station: str,
        files: list[Path],
        args: dict[str, Any],
        limits: Limits,
        on_progress: Callable[[float, str], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Outcome:
        """Run a station on files in a locked child.

        A failure of the child is data (`Outcome.failure`). Raises Transient when the zygote died under the
        call or the call was cancelled: nothing is known about the file then.
        """
        self.wait_ready()
        request = {
            "station": station,
            "files": [str(f.resolve()) for f in files],
            "args": args,
            "limits": asdict(limits),
        }
        number, call = next(self._numbers), _Call()
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self._begin(number, call, theirs)
            collector = Collector(limits.output_bytes, on_progress)
            our_kill, failed = self._attend(number, call, ours, request, collector, limits, cancelled)
        return self._conclude(number, call, collector, limits, our_kill, failed)

    def close(self) -> None:
        """Stop the zygote and its children."""
        self._closing = True
        if self._process:
            self._process.kill()
        self._keeper.join(5)

    def _begin(self, number: int, call: _Call, theirs: socket.socket) -> None:
        with self._guard:
            if self._control is None:
                raise _lost()
            self._calls[number] = call
            try:
                socket.send_fds(self._control, [json.dumps({"run": number}).encode()], [theirs.fileno()])
            except OSError as error:
                self._calls.pop(number, None)
                raise _lost() from error

    def _attend(
        self,
        number: int,
        call: _Call,
        ours: socket.socket,
        request: dict[str, Any],
        collector: Collector,
        limits: Limits,
        cancelled: Callable[[], bool],
    ) -> tuple[str, str]:
        """Feed the collector until the child closes its end; return (why we killed it, broken protocol)."""
        body = json.dumps(request).encode()
        ours.settimeout(30)
        with contextlib.suppress(OSError):
            ours.sendall(struct.pack(">I", len(body)) + body)
        ours.setblocking(False)
        deadline = time.monotonic() + limits.wall_seconds
        while True:
            ready, _, _ = select.select([ours], [], [], _POLL_SECONDS)
            why = self._over(call, limits, deadline, cancelled)
            broken = ""
            if ready and not why:
                try:
                    data = ours.recv(1 << 20)
                    if not data:
                        return "", ""
                    collector.feed(data)
                except OutputTooLarge:
                    why = "too_large"
                except (BrokenProtocol, ConnectionError) as error:
                    broken = str(error) or type(error).__name__
            if why or broken:
                self._kill(number)
                return why, broken
            if call.ended.is_set() and not ready:
                return "", ""

    @staticmethod
    def _over(call: _Call, limits: Limits, deadline: float, cancelled: Callable[[], bool]) -> str:
        if time.monotonic() > deadline:
            return "wall"
        if call.pid and kernel.process_rss_bytes(call.pid) > limits.rss_bytes:
            return "memory"
        return "cancelled" if cancelled() else ""

    def _conclude(
        self, number: int, call: _Call, collector: Collector, limits: Limits, our_kill: str, broken: str
    ) -> Outcome:
        ended = call.ended.wait(30)
        with self._guard:
            self._calls.pop(number, None)
        if not ended or call.ending is None or our_kill == "cancelled":
            raise _lost(self._closing)
        cpu, rss = float(call.ending["cpu_seconds"]), int(call.ending["rss_kib"]) * 1024
        ending = Ending(int(call.ending["status"]), cpu, rss, our_kill)
        failure = classify(ending, limits, collector.error, collector.done)
        if broken and failure is not None and not our_kill:
            failure = Failure("crash", broken, limits)
        outputs = collector.outputs if failure is None else {}
        return Outcome(outputs, failure, cpu, rss, level_of(collector.lock), collector.lock)

    def _kill(self, number: int) -> None:
        with self._guard, contextlib.suppress(OSError):
            if self._control:
                self._control.send(json.dumps({"kill": number}).encode())

    def _keep(self) -> None:
        """Start the zygote, listen to it, start it again when it dies."""
        pause = 0.1
        while not self._closing:
            begin = time.monotonic()
            control = self._spawn()
            self._listen(control)
            self._forget(control)
            pause = 0.1 if time.monotonic() - begin > 10 else min(pause * 2, 5.0)
            if not self._closing:
                time.sleep(pause)

    def _spawn(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        root = Path(__file__).resolve().parents[2]
        single = {name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")}
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "pipeline.isolation.zygote", str(theirs.fileno()), str(os.getpid())],
                pass_fds=[theirs.fileno()],
                cwd=root,
                env=_clean_environment() | single,
                stdin=subprocess.DEVNULL,
            )
        return ours

    def _listen(self, control: socket.socket) -> None:
        while True:
            try:
                data = control.recv(1 << 16)
            except OSError:
                return
            if not data:
                return
            message = json.loads(data)
            if "hello" in message:
                self.hello = message["hello"]
                with self._guard:
                    self._control = control
                self._ready.set()
                continue
            call = self._calls.get(message.get("started", message.get("ended")))
            if call is None:
                continue
            if "started" in message:
                call.pid = message["pid"]
                call.started.set()
            else:
                call.ending = message
                call.ended.set()

    def _forget(self, control: socket.socket) -> None:
        """The zygote is dead: so are its children; every call in flight learns it."""
        self._ready.clear()
        with self._guard:
            self._control = None
            control.close()
            calls, self._calls = self._calls, {}
        for call in calls.values():
            call.ended.set()
        if self._process:
            self._process.wait()


def _lost(stopping: bool = False) -> Transient:
    zh, en = "读取进程被中断，将重试。", "The reading process was interrupted; it will be tried again."
    return Transient(zh, en, pause_seconds=0.5, stopping=stopping)


def _clean_environment() -> dict[str, str]:
    """Return our environment without what is nobody's business inside: settings hold secrets."""
    return {
        k: v for k, v in os.environ.items() if not k.startswith("TUSHEN_") and "SECRET" not in k and "TOKEN" not in k
    }


@lru_cache(maxsize=1)
def sandbox() -> Any:
    """Return the sandbox of this process: a zygote on Linux, plain child processes elsewhere."""
    if kernel.LINUX and os.environ.get("TUSHEN_ISOLATION") != "plain":
        return Sandbox()
    from pipeline.isolation.plain import PlainSandbox

    return PlainSandbox()


def run(
    station: str,
    files: list[Path],
    args: dict[str, Any],
    limits: Limits,
    on_progress: Callable[[float, str], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Run a station in a locked child of this process's sandbox (see `Sandbox.run`).

    Where `args["can_be_careful"]` says so and the child died, it is run once more with `careful`: what is known to
    cost much (solid operations of an IFC model) is left out then, and the rest of the file is saved.
    """
    outcome: Outcome = sandbox().run(station, files, args, limits, on_progress, cancelled)
    failure = outcome.failure
    if failure is not None and failure.kind in STRIKING and args.get("can_be_careful"):
        again = sandbox().run(station, files, {**args, "careful": True}, limits, on_progress, cancelled)
        if again.failure is None:
            return replace(again, cpu_seconds=outcome.cpu_seconds + again.cpu_seconds)
    if failure is not None and failure.kind == "error":
        words = failure.details.get("traceback") or failure.why
        log_fault(_LOG, f"station {station}", failure.reference, words)
    return outcome
