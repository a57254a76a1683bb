"""Names of objects. Originals: by content hash alone. Derived: by content hash + tool version."""

from __future__ import annotations

import re

_HASH = re.compile(r"[0-9a-f]{64}")


def _checked(sha256: str) -> str:
    if not _HASH.fullmatch(sha256):
        raise ValueError("not a lower-case SHA-256")
    return sha256


def original(sha256: str) -> str:
    """Return the key of an uploaded file."""
    return f"originals/{_checked(sha256)[:2]}/{sha256[2:4]}/{sha256}"


def derived(sha256: str, version: str, name: str) -> str:
    """Return the key of something made from an original, e.g. `snapshot`, `pack/0:1`, `model.glb`."""
    return f"derived/{_checked(sha256)[:2]}/{sha256}/{version}/{name}"


_ORIGINAL = re.compile(r"originals/[0-9a-f]{2}/[0-9a-f]{2}/([0-9a-f]{64})")


def hash_of_original(key: str) -> str | None:
    """Return the SHA-256 an original's key promises, None for any other key."""
    match = _ORIGINAL.fullmatch(key)
    return match.group(1) if match else None
