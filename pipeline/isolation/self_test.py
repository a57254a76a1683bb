"""The start-up self-test: does a locked child really stay in?"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.isolation import child, kernel
from pipeline.isolation.limits import GIB, Limits

_LIMITS = Limits(cpu_seconds=10, wall_seconds=30, rss_bytes=1 * GIB, address_bytes=1 * GIB)


@dataclass(slots=True, frozen=True)
class Report:
    """What the self-test found."""

    level: str  # the locks that hold, in words
    missing: list[str]  # the locks this machine does not give
    escaped: list[str]  # deeds on the list that were allowed
    user: str
    enough: bool  # may a worker start
    zygote: dict[str, Any]

    def sentence(self) -> str:
        """Return the whole as one line for a log or a terminal."""
        missing = f"; missing: {', '.join(self.missing)}" if self.missing else ""
        escaped = f"; NOT REFUSED: {', '.join(self.escaped)}" if self.escaped else ""
        return f"isolation: {self.level} ({self.user}){missing}{escaped}"


def self_test(sandbox: Any) -> Report:
    """Run the list of escapes (RELIABILITY 2.4) in a locked child and say which locks hold."""
    hello = sandbox.wait_ready()
    with tempfile.TemporaryDirectory(prefix="tushen-self-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        own, foreign = folder / "own", folder / "foreign"
        own.write_bytes(b"mine")
        foreign.write_bytes(b"not yours")
        outcome = sandbox.run(
            "pipeline.isolation.escape:attempt", [own], {"foreign": str(foreign), "parent": os.getpid()}, _LIMITS
        )
    if outcome.failure is not None:
        return Report(outcome.level, ["everything"], [outcome.failure.why], "", False, hello)
    tried = json.loads(outcome.outputs["tried"])
    own_input = tried.pop("read its own input")
    escaped = [name for name, result in tried.items() if result == "allowed"]
    if own_input != "allowed":
        escaped.append("its own input cannot be read")
    enough = child.enough(outcome.lock) if kernel.LINUX else True
    user = str(outcome.lock.get("user", "the user of this process"))
    return Report(outcome.level, child.missing_of(outcome.lock), escaped, user, enough, hello)
