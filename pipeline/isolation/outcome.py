"""How a call ended, and what its end means for the file."""

from __future__ import annotations

import signal
from dataclasses import dataclass, field
from typing import Any

from pipeline.drawing.defects import Defect, defect
from pipeline.drawing.faults import reference_of
from pipeline.isolation.limits import Limits

STRIKING = ("crash", "cpu", "memory")  # kinds that count towards quarantine
_NEAR = 0.8  # an error with a peak above this part of the cap is a lack of memory in disguise


@dataclass(slots=True, frozen=True)
class Failure:
    """Why a call gave no result.

    `kind`: crash (a signal of its own), cpu, wall, memory, too_large (output), killed (from outside; trying
    again is right), error (an exception inside the station).
    """

    kind: str
    why: str
    limits: Limits
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        """The number under which an exception of ours is found in the log; the same fault has the same number."""
        return reference_of(str(self.details.get("traceback") or self.why))

    def sentences(self) -> tuple[str, str]:
        """Return (Chinese, English) for any station; an exception's own words are for the log, not for readers."""
        if self.kind == "error":
            return (
                f"程序出错，编号 {self.reference}，已记录",
                f"our program failed, reference {self.reference}, recorded",
            )
        if self.kind in ("cpu", "wall"):
            limit = self.limits.sentence(self.kind)
            return f"超过时限 {limit}", f"it took longer than {limit}"
        if self.kind in ("memory", "too_large"):
            limit = self.limits.sentence(self.kind)
            return f"超出上限 {limit}", f"it needs more than {limit}"
        return f"进程异常终止：{self.why}", f"the process died: {self.why}"

    def defect(self) -> Defect:
        """Return the defect of the file this failure is."""
        if self.kind in ("cpu", "wall"):
            return defect("time_exceeded", limit=self.limits.sentence(self.kind))
        if self.kind in ("memory", "too_large"):
            return defect("too_large", limit=self.limits.sentence(self.kind))
        if self.kind == "error":
            return defect("reader_failed", reference=self.reference)
        return defect("reader_crashed", how=self.why)


@dataclass(slots=True)
class Outcome:
    """What a call gave: named bytes, or a failure; what it cost, and how well it was locked in."""

    outputs: dict[str, bytes]
    failure: Failure | None
    cpu_seconds: float
    peak_rss_bytes: int
    level: str
    lock: dict[str, Any] = field(default_factory=dict)  # the child's own report of its locks


@dataclass(slots=True, frozen=True)
class Ending:
    """The raw end of a child: wait status, what it used, and why we killed it (if we did)."""

    status: int  # negative: killed by that signal; otherwise the exit code
    cpu_seconds: float
    peak_rss_bytes: int
    our_kill: str = ""  # wall, memory or too_large when we did it


def classify(ending: Ending, limits: Limits, error: dict[str, Any] | None, done: bool) -> Failure | None:
    """Return what went wrong, None when nothing did (RELIABILITY 2.4)."""
    if ending.our_kill:
        return Failure(ending.our_kill, f"over {limits.sentence(ending.our_kill)}", limits)
    if error is not None:
        kind = str(error.get("type", "Exception"))
        why = f"{kind}: {error.get('message', '')}"[:300]
        if kind == "MemoryError" or ending.peak_rss_bytes > _NEAR * limits.rss_bytes:
            return Failure("memory", f"over {limits.sentence('memory')}", limits, error)
        return Failure("error", why, limits, error)
    if ending.status < 0:
        return _by_signal(-ending.status, ending, limits)
    if not done:
        return Failure("crash", f"exit {ending.status}", limits)
    return None


def _by_signal(number: int, ending: Ending, limits: Limits) -> Failure:
    name = signal.Signals(number).name if number in {int(s) for s in signal.Signals} else str(number)
    if name == "SIGXCPU" or (name == "SIGKILL" and ending.cpu_seconds >= limits.cpu_seconds):
        return Failure("cpu", f"over {limits.sentence('cpu')}", limits)
    if ending.peak_rss_bytes > _NEAR * limits.rss_bytes:
        return Failure("memory", f"over {limits.sentence('memory')}", limits)
    return Failure("killed" if name in ("SIGKILL", "SIGTERM", "SIGINT", "SIGHUP") else "crash", name, limits)
