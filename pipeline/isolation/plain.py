"""Where there is no fork and no Landlock (macOS, Windows): a fresh process per call, limited as far as it goes.

Much slower (libraries load again for every file) and much weaker; worker and doctor say so.
"""

from __future__ import annotations

import json
import queue
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.errors import Transient
from pipeline.isolation.child import level_of
from pipeline.isolation.frames import BrokenProtocol, Collector, OutputTooLarge
from pipeline.isolation.limits import Limits
from pipeline.isolation.outcome import Ending, Outcome, classify


class PlainSandbox:
    """Same interface as `sandbox.Sandbox`, without a zygote."""

    zygote_pid = None

    def __init__(self) -> None:
        self._hello: dict[str, Any] | None = None

    @property
    def hello(self) -> dict[str, Any]:
        """Versions of the rooms and what could not be loaded, asked of a process of its own."""
        if self._hello is None:
            code = "import json; from pipeline.isolation.zygote import preload; print(json.dumps(preload()))"
            asked = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=_root())
            self._hello = json.loads(asked.stdout.splitlines()[-1])
        return self._hello

    def wait_ready(self, _seconds: float = 0.0) -> dict[str, Any]:
        """Return what a child says of itself."""
        return self.hello

    def close(self) -> None:
        """Nothing is kept."""

    def run(
        self,
        station: str,
        files: list[Path],
        args: dict[str, Any],
        limits: Limits,
        on_progress: Callable[[float, str], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Outcome:
        """Run a station in a process of its own; see `sandbox.Sandbox.run`."""
        request = {"station": station, "files": [str(f.resolve()) for f in files], "args": args}
        body = json.dumps(request | {"limits": asdict(limits)}).encode()
        collector = Collector(limits.output_bytes, on_progress)
        process = subprocess.Popen(
            [sys.executable, "-m", "pipeline.isolation.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_root(),
        )
        try:
            our_kill = _attend(process, body, collector, limits, cancelled)
        finally:
            process.kill()
            status = process.wait()
        if our_kill == "cancelled":
            raise Transient("读取进程被中断，将重试。", "The reading process was interrupted; it will be tried again.")
        if collector.done:
            status = 0
        cpu, rss = float(collector.usage.get("cpu_seconds", 0.0)), int(collector.usage.get("rss_kib", 0)) * 1024
        failure = classify(Ending(status, cpu, rss, our_kill), limits, collector.error, collector.done)
        outputs = collector.outputs if failure is None else {}
        return Outcome(outputs, failure, cpu, rss, level_of(collector.lock), collector.lock)


def _attend(
    process: subprocess.Popen[bytes],
    body: bytes,
    collector: Collector,
    limits: Limits,
    cancelled: Callable[[], bool],
) -> str:
    """Feed the collector until the process ends; return why it has to be killed, "" when it ended itself."""
    assert process.stdin is not None
    arrived: queue.Queue[bytes] = queue.Queue(maxsize=64)
    threading.Thread(target=_pump, args=(process.stdout, arrived), daemon=True).start()
    try:
        process.stdin.write(struct.pack(">I", len(body)) + body)
        process.stdin.close()
    except OSError:
        return ""
    deadline = time.monotonic() + limits.wall_seconds
    while time.monotonic() < deadline:
        if cancelled():
            return "cancelled"
        try:
            data = arrived.get(timeout=0.05)
        except queue.Empty:
            continue
        if not data:
            process.wait()
            return ""
        try:
            collector.feed(data)
        except OutputTooLarge:
            return "too_large"
        except BrokenProtocol:
            return ""
    return "wall"


def _pump(stream: Any, arrived: queue.Queue[bytes]) -> None:
    while True:
        data = stream.read1(1 << 20)
        arrived.put(data)
        if not data:
            return


def _root() -> Path:
    return Path(__file__).resolve().parents[2]
