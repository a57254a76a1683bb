"""Makes text from foreign files safe to store and to show: the border every reader's strings cross."""

from __future__ import annotations

import re

# NUL and other control characters (tab and line feed stay), bidirectional marks, byte order mark
_DROP = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
REPLACEMENT = "\ufffd"


def safe_text(text: str, limit: int = 1_000_000) -> tuple[str, bool]:
    """Return the text without dangerous characters and whether anything in it could not be decoded.

    Lone surrogates become U+FFFD; carriage returns become line feeds; at most `limit` characters are kept.
    """
    if len(text) > limit:
        text = text[:limit]
    if text.isascii() and text.isprintable():
        return text, False
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    broken = _SURROGATE.search(text) is not None or REPLACEMENT in text
    if broken:
        text = _SURROGATE.sub(REPLACEMENT, text)
    return _DROP.sub("", text), broken
