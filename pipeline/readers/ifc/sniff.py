"""Tells an IFC model by its first bytes; loads no library."""

from __future__ import annotations

_STEP = b"ISO-10303-21"


def begins_step(head: bytes) -> bool:
    """Return whether the first bytes of a file are those of a STEP file, behind a byte order mark or blanks."""
    return head[:256].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_STEP)


def sniff(head: bytes, name: str) -> float | None:
    """Return how surely (0..1) the bytes are an IFC model, None if they are not."""
    if begins_step(head):
        return 0.9 if b"FILE_SCHEMA" not in head or b"IFC" in head.upper() else 0.3
    if head[:4] == b"PK\x03\x04":
        return 0.9 if name.lower().endswith((".ifczip", ".ifc")) else None
    if name.lower().endswith((".ifc", ".ifczip")) and not head.startswith((b"%PDF", b"<")):
        return 0.2
    return None
