"""Tells a DXF by its first bytes; loads no library."""

from __future__ import annotations

from pipeline.readers.dxf.prescan import BINARY


def sniff(head: bytes, name: str) -> float | None:
    """Binary DXF by its 22-byte mark, ASCII DXF by a first pair of group code and value."""
    if head.startswith(BINARY):
        return 1.0
    lines = head.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    pairs = [(c.strip(), v.strip().upper()) for c, v in zip(lines[0:40:2], lines[1:40:2], strict=False)]
    for code, value in pairs:
        if code == b"999":
            continue
        return 0.95 if code == b"0" and value in (b"SECTION", b"EOF") else None
    return None
