"""Tells a PDF by its first bytes; loads no library."""

from __future__ import annotations


def sniff(head: bytes, name: str) -> float | None:
    """A PDF begins with %PDF- at byte 0 (a byte order mark or blank lines before it are tolerated)."""
    if head.startswith(b"%PDF-"):
        return 1.0
    return 0.6 if head.lstrip(b"\xef\xbb\xbf\r\n \t\x00").startswith(b"%PDF-") else None
