"""Names that clients send are data: made harmless for storing and showing, never used as a path."""

from __future__ import annotations

import unicodedata

_BIDI = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)}


def safe_name(name: str) -> str:
    """Return the last part of a name: NFC, without controls, surrogates and direction marks, at most 255 characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return (_clean(last).strip() or "unnamed")[-255:]


def safe_folder(path: str) -> str:
    """Return the folders of a client's path as data: "/" separated, without roots, drives, "." and ".."."""
    parts = [_clean(part).strip() for part in path.replace("\\", "/").split("/")]
    kept = [part for part in parts if part not in ("", ".", "..") and not (len(part) == 2 and part[1] == ":")]
    return "/".join(kept)[:1000]


def _clean(text: str) -> str:
    whole = unicodedata.normalize("NFC", text.encode("utf-8", "ignore").decode("utf-8"))
    return "".join(char for char in whole if char not in _BIDI and unicodedata.category(char) not in ("Cc", "Cs"))
