"""What a reading is told of its format beside the file, whoever asks for it: a worker or the command line."""

from __future__ import annotations

from typing import Any

from pipeline.work.trust import trust_roots

CAREFUL = frozenset({"ifc"})  # formats that can be read again without what is known to cost much, after a death


def told_of(format_: str) -> dict[str, Any]:
    """Return the arguments of the station `read` that depend on the format alone."""
    told: dict[str, Any] = {"can_be_careful": format_ in CAREFUL}
    if format_ == "pdf":
        told["trust_roots"] = trust_roots()
    return told
