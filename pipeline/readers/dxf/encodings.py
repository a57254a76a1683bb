"""Which encoding the texts of a DXF really have: the header is a claim, the bytes are the fact.

Seen in Chinese practice: GBK bytes under $DWGCODEPAGE ANSI_1252, UTF-8 under ANSI_936, GBK in AC1021+
files that must be UTF-8 (DOMAIN C.8).
"""

from __future__ import annotations

import re

from ezdxf.tools.codepage import toencoding

_HIGH = re.compile(rb"[\x80-\xff]+")
# GB 2312 hanzi: lead B0-F7, trail A1-FE; punctuation rows A1-A9 go along
_GB_PAIR = re.compile(rb"[\xb0-\xf7][\xa1-\xfe]|[\xa1-\xa9][\xa1-\xfe]")


def declared(version: str, codepage: str) -> str:
    """Return the encoding the header claims: UTF-8 since AC1021, else the code page (1252 if none)."""
    if version >= "AC1021" and version.startswith("AC"):
        return "utf-8"
    try:
        return str(toencoding(codepage.upper())) if codepage else "cp1252"
    except Exception:  # an unknown name of a code page is no reason to stop
        return "cp1252"


def sniff(data: bytes, claim: str) -> str:
    """Return the encoding to read the file with; `claim` unless the bytes say otherwise.

    UTF-8 wins when every high byte run is valid UTF-8 (GBK text is practically never). Else GBK wins over a
    claim of UTF-8 or a Latin code page when at least 90 % of the high bytes form GB 2312 pairs.
    """
    runs = _HIGH.findall(data)
    if not runs:
        return claim
    joined = b"".join(runs)
    if claim in ("gbk", "cp936", "gb18030", "cp950", "big5") and _is_utf8(data):
        return "utf-8" if len(joined) >= 6 else claim
    if claim in ("gbk", "cp936"):
        return claim if _decodes(data, "gbk") or not _decodes(data, "gb18030") else "gb18030"
    if claim == "utf-8":
        return claim if _is_utf8(data) else ("gbk" if _gb_share(runs) >= 0.9 else claim)
    if claim.startswith("cp125") or claim in ("ascii", "latin-1"):
        if _is_utf8(data):
            return "utf-8"
        if _gb_share(runs) >= 0.9:
            return "gbk"
    return claim


def _is_utf8(data: bytes) -> bool:
    return _decodes(data, "utf-8")


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _gb_share(runs: list[bytes]) -> float:
    total = sum(map(len, runs))
    paired = sum(2 * len(_GB_PAIR.findall(run)) for run in runs if len(run) % 2 == 0)
    return paired / total if total else 0.0


def as_ascii(data: bytes, encoding: str) -> bytes:
    r"""Return the file with every character outside ASCII as a \U+XXXX escape, for readers that trust the header."""
    text = data.decode(encoding, "replace")
    return "".join(c if c < "\x80" else f"\\U+{ord(c):04X}" for c in text).encode("ascii") if text else b""
