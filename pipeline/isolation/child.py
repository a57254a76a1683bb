"""The locked child: reads its request, locks itself in, runs one station, sends what it made, ends.

Runs in a process forked by the zygote (or, where there is no fork, in a plain one). Nothing here is
trusted by the other side.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import struct
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from pipeline.isolation import kernel, landlock, seccomp
from pipeline.isolation.frames import json_frame, output_header

STATIONS = {
    "pipeline.stations:read",
    "pipeline.stations:measure",
    "pipeline.stations:render",
    "pipeline.stations:pair",
    "pipeline.stations:lay",
    "pipeline.stations:compare",
    "pipeline.stations:overlay",
    "rules.stations:check",
    "rules.ids:check",
    "pipeline.isolation.escape:attempt",
}

_out = -1
_last_report = 0.0


def report(fraction: float, doing: str = "") -> None:
    """Tell the parent how far this call is (0..1) and what it does; stations call this freely."""
    global _last_report
    now = time.monotonic()
    if _out >= 0 and (now - _last_report > 0.3 or fraction >= 1.0):
        _last_report = now
        _write(_out, json_frame("P", {"fraction": float(fraction), "doing": str(doing)[:200]}))


def serve(request: dict[str, Any], out: int, parent: int) -> int:
    """Lock in and run; return the exit code. `out` is the file descriptor for frames."""
    global _out
    files = [Path(p) for p in request["files"]]
    name = request["station"]
    if name not in STATIONS:
        _write(out, json_frame("E", {"type": "ValueError", "message": f"not a station: {name}"}))
        return 0
    module, _, function = name.partition(":")
    try:
        work = getattr(importlib.import_module(module), function)
        _write(out, json_frame("L", lock_in(files, request["limits"], parent)))
        _out = out
        outputs = work(files, request["args"])
    except BaseException as error:
        _write(out, json_frame("E", _described(error)))
        return 0
    for key, body in outputs.items():
        _write(out, output_header(key, len(body)))
        _write(out, body)
    _write(out, json_frame("D", kernel.usage()))
    return 0


def lock_in(files: list[Path], limits: dict[str, Any], parent: int) -> dict[str, Any]:
    """Give up every right this call does not need; return which locks hold."""
    done: dict[str, Any] = {"limits": False, "no_new_privileges": False, "landlock": 0, "seccomp": False}
    if kernel.LINUX:
        with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as stream:
            stream.write("1000")
        done["network_namespace"] = kernel.leave_network()
        done["user"] = kernel.become_nobody(files)
        done["no_capabilities"] = kernel.drop_capabilities()
        done["no_new_privileges"] = kernel.no_new_privileges()
        with contextlib.suppress(OSError):
            done["landlock"] = landlock.restrict(kernel.readable_paths(files))
    done["limits"] = kernel.set_limits(limits["cpu_seconds"], limits["address_bytes"])
    if kernel.LINUX:
        kernel.die_with_parent(parent)  # again: changing the user clears it
        done["not_dumpable"] = kernel.not_dumpable()
        done["seccomp"] = seccomp.restrict()
    return done


def level_of(lock: dict[str, Any]) -> str:
    """Return the locks that hold as one line of words, `none` when there are none."""
    names = {
        "limits": "rlimits",
        "no_new_privileges": "no-new-privileges",
        "landlock": f"landlock {lock.get('landlock')}",
        "seccomp": "seccomp",
        "network_namespace": "own network namespace",
        "no_capabilities": "no capabilities",
    }
    return ", ".join(words for key, words in names.items() if lock.get(key)) or "none"


def missing_of(lock: dict[str, Any]) -> list[str]:
    """Return the locks this machine does not give, in words."""
    names = {
        "limits": "resource limits",
        "no_new_privileges": "no-new-privileges",
        "landlock": "Landlock",
        "seccomp": "seccomp",
        "network_namespace": "network namespace",
    }
    return [words for key, words in names.items() if not lock.get(key)]


def enough(lock: dict[str, Any]) -> bool:
    """Say whether a worker may start with these locks (RELIABILITY 2.4)."""
    return bool(lock.get("limits") and lock.get("no_new_privileges") and (lock.get("landlock") or lock.get("seccomp")))


def reset_process(keep: int) -> int:
    """Make a fresh fork clean: own session, default signals, no open files but `keep`; return its new number."""
    os.setsid()
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    os.dup2(keep, 3)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.closerange(4, 1024)
    return 3


def read_request(stream: int) -> bytes:
    """Read the request: uint32 length, then JSON."""
    (length,) = struct.unpack(">I", _read_exactly(stream, 4))
    return _read_exactly(stream, length)


def _read_exactly(stream: int, length: int) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        chunk = os.read(stream, min(length - len(parts), 1 << 20))
        if not chunk:
            raise EOFError
        parts += chunk
    return bytes(parts)


def _write(out: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(out, view[: 1 << 20]) :]


def _described(error: BaseException) -> dict[str, Any]:
    lines = traceback.format_exception(error, limit=-12)
    return {"type": type(error).__name__, "message": str(error)[:500], "traceback": "".join(lines)[-6000:]}


def plain_main() -> int:
    """Serve one request from standard input to standard output: for systems without fork."""
    import json

    out = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return serve(json.loads(read_request(0)), out, os.getppid())


if __name__ == "__main__":
    sys.exit(plain_main())
