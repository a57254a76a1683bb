"""The zygote: one clean, single-threaded process that has every library loaded and forks a child per call.

Started by `pipeline.isolation.sandbox` as `python -m pipeline.isolation.zygote <descriptor>`. It speaks over
one socket of datagrams: `run` arrives with the child's own socket attached, `kill` ends a call;
`hello`, `started` and `ended` go back. It ends with its parent, and its children end with it.
"""

from __future__ import annotations

import codecs
import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
from typing import Any

from pipeline.isolation import child, kernel

# what readers load late; after the lock it may be too late (RELIABILITY 2.4, trap a)
_CODECS = ("cp1252", "gbk", "gb18030", "big5", "utf-16", "utf-32", "latin-1", "cp437", "shift_jis", "euc_kr", "idna")
_MODULES = ("pipeline.stations", "rules.stations", "rules.ids", "pipeline.isolation.escape")


def main(descriptor: int, parent: int) -> None:
    """Load everything, say hello, then serve until the parent is gone."""
    kernel.die_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is the supervisor's business
    control = socket.socket(fileno=descriptor)
    hello = preload()
    hello["pid"] = os.getpid()
    hello["threads"] = _threads()
    gc.collect()
    gc.freeze()
    control.send(json.dumps({"hello": hello}).encode())
    _Zygote(control).serve()


def preload() -> dict[str, Any]:
    """Import libraries and codecs once; return how long it took, what is missing, versions of the rooms."""
    begin = time.monotonic()
    missing: list[str] = []
    for name in _CODECS:
        codecs.lookup(name)
    for name in _MODULES:
        try:
            module = importlib.import_module(name)
            if hasattr(module, "preload"):
                missing += module.preload()
        except Exception as error:
            missing.append(f"{name}: {type(error).__name__}: {error}")
    versions: dict[str, str] = {}
    for name in _MODULES:
        module_versions = getattr(sys.modules.get(name), "versions", None)
        if module_versions:
            versions |= module_versions()
    return {"seconds": round(time.monotonic() - begin, 3), "missing": missing, "versions": versions}


class _Zygote:
    """Forks, reaps, kills; nothing else."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._children: dict[int, int] = {}  # pid -> call
        self._woken, waker = socket.socketpair()
        self._waker = waker
        self._woken.setblocking(False)
        waker.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)

    def serve(self) -> None:
        while True:
            ready, _, _ = select.select([self._control, self._woken], [], [], 5.0)
            if self._woken in ready:
                with contextlib.suppress(BlockingIOError):
                    self._woken.recv(4096)
            self._reap()
            if self._control in ready:
                data, descriptors, _, _ = socket.recv_fds(self._control, 4096, 1)
                if not data:
                    break
                self._obey(json.loads(data), descriptors)
        for pid in self._children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _obey(self, message: dict[str, Any], descriptors: list[int]) -> None:
        if "run" in message:
            self._fork(message["run"], descriptors[0])
            os.close(descriptors[0])
        elif "kill" in message:
            for pid, call in self._children.items():
                if call == message["kill"]:  # not reaped yet, so the number is still its own
                    os.kill(pid, signal.SIGKILL)

    def _fork(self, call: int, descriptor: int) -> None:
        zygote = os.getpid()
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                gc.enable()
                kernel.die_with_parent(zygote)
                out = child.reset_process(descriptor)
                code = child.serve(json.loads(child.read_request(out)), out, zygote)
            finally:
                os._exit(code)
        self._children[pid] = call
        self._tell({"started": call, "pid": pid})

    def _reap(self) -> None:
        while self._children:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            call = self._children.pop(pid, None)
            seconds = usage.ru_utime + usage.ru_stime
            code = os.waitstatus_to_exitcode(status)
            self._tell({"ended": call, "status": code, "cpu_seconds": seconds, "rss_kib": usage.ru_maxrss})

    def _tell(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):
            self._control.send(json.dumps(message).encode())


def _threads() -> int:
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 1


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
