"""The small system calls around a locked child: prctl, unshare, capset, limits, and what may be read."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import site
import sys
import sysconfig
import time
from pathlib import Path

from pipeline.isolation import limits as table

LINUX = sys.platform.startswith("linux")
NOBODY = 65534
_PDEATHSIG, _SET_DUMPABLE, _NO_NEW_PRIVS = 1, 4, 38
_NEWNET, _NEWIPC, _NEWUSER = 0x40000000, 0x08000000, 0x10000000
_CAPABILITY_VERSION_3 = 0x20080522


def _prctl(option: int, value: int) -> bool:
    return ctypes.CDLL(None, use_errno=True).prctl(option, ctypes.c_ulong(value), 0, 0, 0) == 0


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when its parent dies; end at once if it is dead already."""
    if not LINUX:
        return
    _prctl(_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:
        os._exit(0)


def die_with_supervisor() -> None:
    """End when the supervisor that started this process is killed (it says who it is in TUSHEN_SUPERVISOR)."""
    parent = os.environ.get("TUSHEN_SUPERVISOR", "")
    if LINUX and parent.isdigit() and os.getppid() == int(parent):
        die_with_parent(int(parent))


def no_new_privileges() -> bool:
    """Give up gaining rights through any program, for ever."""
    return _prctl(_NO_NEW_PRIVS, 1)


def not_dumpable() -> bool:
    """Keep others of the same user out of this process's memory."""
    return _prctl(_SET_DUMPABLE, 0)


def leave_network() -> bool:
    """Move to a network and IPC namespace of our own, through a user namespace where that is needed."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEWNET | _NEWIPC) == 0:
        return True
    return os.getuid() != 0 and libc.unshare(_NEWUSER | _NEWNET | _NEWIPC) == 0


def drop_capabilities() -> bool:
    """Give up every capability, so that root is only an owner of files."""

    class Header(ctypes.Structure):
        _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]

    header = Header(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    return ctypes.CDLL(None, use_errno=True).capset(ctypes.byref(header), nothing) == 0


def become_nobody(files: list[Path]) -> str:
    """Leave root where the interpreter and the files stay readable; return what happened, in words."""
    if os.getuid() != 0:
        return "already an ordinary user"
    blocked = unreadable_for_others([Path(sys.executable).resolve(), Path(sys.prefix), Path(__file__), *files])
    if blocked is not None:
        return f"stays root without capabilities: {blocked.name} is not readable for nobody"
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    return "nobody"


def unreadable_for_others(paths: list[Path]) -> Path | None:
    """Return the first path, or folder above one, that other users cannot reach."""
    for path in paths:
        absolute = path.absolute()
        for step in [absolute, *absolute.parents]:
            with contextlib.suppress(OSError):
                wanted = 0o5 if step.is_dir() and step == absolute else 0o1 if step.is_dir() else 0o4
                if step.stat().st_mode & wanted != wanted:
                    return step
    return None


def set_limits(cpu_seconds: float, address_bytes: int) -> bool:
    """Set the resource limits of this process; `address_bytes` is on top of what it has mapped now."""
    try:
        import resource
    except ImportError:
        return False
    cpu = max(1, int(cpu_seconds))
    chosen = [
        (resource.RLIMIT_CPU, cpu, cpu + 2),
        (resource.RLIMIT_AS, _mapped_bytes() + address_bytes, None),
        (resource.RLIMIT_FSIZE, 0, None),
        (resource.RLIMIT_NOFILE, table.OPEN_FILES, None),
        (resource.RLIMIT_CORE, 0, None),
        (resource.RLIMIT_STACK, table.STACK_BYTES, None),
    ]
    whole = True
    for kind, soft, hard in chosen:
        ceiling = resource.getrlimit(kind)[1]
        top = soft if hard is None else hard
        if ceiling != resource.RLIM_INFINITY:
            soft, top = min(soft, ceiling), min(top, ceiling)
        try:
            resource.setrlimit(kind, (soft, top))
        except (OSError, ValueError):  # macOS refuses RLIMIT_AS
            whole = False
    return whole


def readable_paths(files: list[Path]) -> list[Path]:
    """Return what a locked child may read: interpreter, libraries, our code, fonts, and these files."""
    ours = Path(__file__).resolve().parents[1]
    places = {Path(p) for p in (*sysconfig.get_paths().values(), *site.getsitepackages()) if p}
    places = {p for p in places if p.name in ("site-packages", "dist-packages") or p.name.startswith("python3")}
    places |= {ours, ours.parent / "rules", Path(sys.base_prefix) / "lib"}
    places |= {Path(p) for p in ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")}
    places |= {Path(p) for p in ("/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/zoneinfo", "/etc/fonts")}
    places |= {Path(p) for p in ("/etc/ld.so.cache", "/etc/localtime", "/dev/urandom", "/sys/devices/system/cpu")}
    return [*sorted(places), *files]


def usage() -> dict[str, float]:
    """Return what this process used: CPU seconds and peak resident memory in KiB."""
    try:
        import resource
    except ImportError:
        return {"cpu_seconds": time.process_time(), "rss_kib": 0}
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {"cpu_seconds": used.ru_utime + used.ru_stime, "rss_kib": used.ru_maxrss}


def process_rss_bytes(pid: int) -> int:
    """Return the resident memory of a process, 0 when it cannot be told."""
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as stream:
            return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def _mapped_bytes() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as stream:
            return int(stream.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 1 << 30
