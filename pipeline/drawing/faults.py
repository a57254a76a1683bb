"""Faults of ours while reading: what the log keeps, and the number under which a user can name it."""

from __future__ import annotations

import hashlib
import logging
import traceback
from typing import Any

from pipeline.drawing.safe_text import safe_text

_LIMIT = 6000  # characters of a traceback


def reference_of(words: str) -> str:
    """Return eight hexadecimal digits that name a fault: the same traceback has the same number."""
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:8].upper()


def described(error: BaseException) -> dict[str, str]:
    """Return a fault as data: `reference` for the user, `traceback` for the log."""
    words = "".join(traceback.format_exception(error, limit=-12))[-_LIMIT:]
    return {"reference": reference_of(words), "traceback": words}


def log_fault(log: logging.Logger, what: str, reference: str, words: Any) -> None:
    """Write a fault into the log. `words` may come out of a child that read a foreign file: they are cleaned."""
    log.error("%s: fault %s\n%s", what, reference, safe_text(str(words), _LIMIT)[0])
