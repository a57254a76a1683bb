"""Mends the bytes of a faulty ASCII DXF so that the library's patient door finds what is still there.

Only what makes the library give up is changed; the completeness record has already noted the fault.
"""

from __future__ import annotations


def _pairs(data: bytes) -> list[bytes]:
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    while lines and not lines[-1].strip(b" \t\x1a\x00"):
        lines.pop()
    return lines


def close_file(data: bytes) -> bytes:
    """Return a cut-off file ended properly: the last, broken record is dropped, ENDSEC and EOF are added.

    The cut may lie inside a block or a polyline; these are closed too.
    """
    lines = _pairs(data)
    if len(lines) % 2:
        lines.pop()
    starts = [i for i in range(0, len(lines), 2) if lines[i].strip() == b"0"]
    if not starts:
        return data
    lines = lines[: starts[-1]]
    kinds = [lines[i + 1].strip().upper() for i in starts[:-1]]
    tail: list[bytes] = []
    if kinds and kinds[-1] in (b"VERTEX", b"POLYLINE", b"ATTRIB"):
        tail += [b"0", b"SEQEND"]
    opened = _last(kinds, b"BLOCK")
    if opened > _last(kinds, b"ENDBLK") and opened > _last(kinds, b"SECTION"):
        tail += [b"0", b"ENDBLK"]
    if _last(kinds, b"TABLE") > max(_last(kinds, b"ENDTAB"), _last(kinds, b"SECTION")):
        tail += [b"0", b"ENDTAB"]
    if _last(kinds, b"SECTION") > _last(kinds, b"ENDSEC"):
        tail += [b"0", b"ENDSEC"]
    return b"\n".join([*lines, *tail, b"0", b"EOF", b""])


def _last(kinds: list[bytes], kind: bytes) -> int:
    return len(kinds) - 1 - kinds[::-1].index(kind) if kind in kinds else -1


def drop_bad_handles(data: bytes) -> bytes:
    """Return the file without handles that are 0 or no hexadecimal numbers; the library gives new ones."""
    lines = _pairs(data)
    kept: list[bytes] = []
    for i in range(0, len(lines) - 1, 2):
        if lines[i].strip() in (b"5", b"105") and not _is_handle(lines[i + 1].strip()):
            continue
        kept += lines[i : i + 2]
    return b"\n".join([*kept, b""])


def _is_handle(value: bytes) -> bool:
    try:
        return int(value, 16) > 0
    except ValueError:
        return False
