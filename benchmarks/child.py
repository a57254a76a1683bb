"""Runs a station in a locked child for a measurement, once more where the machine and not the file ended it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.errors import Transient
from pipeline.isolation.limits import limits_for
from pipeline.isolation.outcome import Outcome
from pipeline.isolation.sandbox import run


def in_child(station: str, files: list[Path], args: dict[str, Any], kind: str, size_bytes: int) -> Outcome:
    """Return how a station ended on a file of this format and size. Raises Transient when the sandbox died twice."""
    limits = limits_for(station, kind, size_bytes)
    try:
        return run(station, files, args, limits)
    except Transient:
        return run(station, files, args, limits)
