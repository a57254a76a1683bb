"""What a hostile file might try once it runs our process: the list a locked child must be refused.

`attempt` runs inside a locked child, as a station. The start-up self-test asks it for everything; the tests
also ask it to misbehave, to see that each way of dying is told apart.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def attempt(files: list[Path], args: dict[str, Any]) -> dict[str, bytes]:
    """Try everything on the list; return {"tried": JSON of name -> "refused" | "allowed"}.

    `files[0]` is the child's own input, which must be readable. args: `foreign` a file it must not read,
    `parent` a process it must not touch, `misbehave` a way to die instead.
    """
    if args.get("misbehave"):
        _MISDEEDS[args["misbehave"]]()
        return {}
    foreign, parent = str(args["foreign"]), int(args["parent"])
    deeds: dict[str, Callable[[], object]] = {
        "read /etc/passwd": lambda: _read("/etc/passwd"),
        "list /root": lambda: os.listdir("/root"),
        "list /home": lambda: os.listdir("/home"),
        "read another upload": lambda: _read(foreign),
        "read a device": lambda: _read("/dev/zero"),
        "write a file": lambda: Path("/tmp/tushen-escape").write_bytes(b"x"),
        "open a socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        "run a program": lambda: os.execv("/bin/true", ["true"]),
        "start a process": lambda: subprocess.run([sys.executable, "-c", ""], check=True, timeout=5),
        "fork": _fork,
        "kill the parent": lambda: os.kill(parent, 0),
        "read another environment": lambda: _read("/proc/1/environ"),
        "read the parent's memory": lambda: _read(f"/proc/{parent}/mem"),
        "trace the parent": lambda: _ptrace(parent),
    }
    tried = {name: _try(deed) for name, deed in deeds.items()}
    tried["read its own input"] = _try(lambda: _read(str(files[0]))) if files else "allowed"
    return {"tried": json.dumps(tried).encode("ascii")}


def _try(deed: Callable[[], object]) -> str:
    try:
        deed()
    except Exception:
        return "refused"
    return "allowed"


def _read(path: str) -> bytes:
    with open(path, "rb") as stream:
        return stream.read(1)


def _fork() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def _ptrace(pid: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(16, pid, 0, 0) != 0:
        raise PermissionError(ctypes.get_errno(), "ptrace")


def _spin() -> None:
    while True:
        pass


def _allocate() -> None:
    kept = []
    while True:
        kept.append(bytearray(b"x") * (1 << 24))


def _flood() -> None:
    from pipeline.isolation import child

    while True:
        child._write(child._out, child.output_header("flood", 1 << 20))
        child._write(child._out, bytes(1 << 20))


def _raise() -> None:
    raise LookupError("墙体")


_MISDEEDS: dict[str, Callable[[], object]] = {
    "segfault": lambda: ctypes.string_at(0),
    "abort": os.abort,
    "exit": lambda: os._exit(3),
    "spin": _spin,
    "sleep": lambda: time.sleep(3600),
    "allocate": _allocate,
    "flood": _flood,
    "raise": _raise,
    "killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
}
