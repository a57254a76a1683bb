"""One parent for everything: restarts what dies, stops cleanly, says when the port is taken."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

from pipeline.supervisor import Supervisor, _Part, port_is_free, serve


def _until(true: object, seconds: float = 15.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():  # type: ignore[operator]
            return True
        time.sleep(0.05)
    return False


def _sleeper() -> _Part:
    return _Part("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"])


def test_what_dies_is_started_again_and_stop_ends_it() -> None:
    part, said = _sleeper(), []
    supervisor = Supervisor([part], say=said.append)
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    assert _until(lambda: part.process is not None)
    first = part.process.pid  # type: ignore[union-attr]
    os.kill(first, signal.SIGKILL)
    assert _until(lambda: part.process is not None and part.process.pid != first)
    second = part.process.pid  # type: ignore[union-attr]
    supervisor.stop.set()
    thread.join(20)
    assert not thread.is_alive()
    assert not Path(f"/proc/{second}").exists()
    assert any("signal 9" in line for line in said)


def test_a_part_that_cannot_live_ends_the_whole_with_an_exit_code() -> None:
    part = _Part("broken", [sys.executable, "-c", "raise SystemExit(3)"], deaths=6)
    said: list[str] = []
    assert Supervisor([part], say=said.append).run() == 4
    assert "giving up" in said[-1]


def test_a_busy_port_is_one_clear_sentence() -> None:
    said: list[str] = []
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not port_is_free("127.0.0.1", port)
        assert serve("127.0.0.1", port, say=said.append) == 2
    assert len(said) == 1 and str(port) in said[0]
