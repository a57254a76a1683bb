"""What every reader offers, and the limits all of them keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.drawing.model import Drawing
from pipeline.drawing.safe_text import safe_text


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Upper bounds of one reading; reaching one is a defect of the file (`limit_reached`), never a crash."""

    bytes_full: int = 200 << 20  # DXF larger than this is refused for a full parse
    entities: int = 1_000_000  # expanded entities of a file
    insert_depth: int = 32
    inserts: int = 200_000  # block references after expansion
    insert_grid: int = 100_000  # cells of one MINSERT
    hatch_lines: int = 100_000  # pattern lines of one hatch
    pages: int = 2_000
    page_paths: int = 400_000  # drawing items of one PDF page
    stream_bytes: int = 256 << 20  # inflated content of one PDF page
    # PDF: no further page is begun after so long; what was read stands, and a little of the child's own limit
    # (pipeline.isolation.limits) is left for finding the sheets and packing them
    cpu_seconds: float = 22.0
    cpu_seconds_a_mb: float = 0.7


LIMITS = ReadLimits()


@dataclass(slots=True)
class Care:
    """What this process is told beside the file it reads: set by the station for the one file it reads."""

    after_death: bool = False  # an earlier reading of the file killed its process
    trust_roots: tuple[bytes, ...] | None = None  # certificates (DER) signatures may lead to; None: no list configured


CARE = Care()


def without_paths(text: str, *paths: Path) -> str:
    """Return a library's words without the places of our files on this machine (absolute paths)."""
    for path in paths:
        if path.is_absolute():
            text = text.replace(str(path), path.suffix or "file")
    return text


def reason(error: BaseException, path: Path) -> str:
    """Return an error of opening `path` as a short text that is safe to show."""
    return f"{type(error).__name__}: {safe_text(without_paths(str(error), path), 120)[0]}"


class Reader(Protocol):
    """A reader of one format."""

    name: str
    version: str

    def read(self, path: Path, name: str, siblings: Mapping[str, Path] | None = None, *, password: str = "") -> Drawing:
        """Read a file. `siblings` are the other files of the submission by name, for external references.

        `password` is what a person gave to open it; readers of formats without encryption ignore it.
        """
        ...
