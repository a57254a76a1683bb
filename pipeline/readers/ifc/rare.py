"""Where bytes stand that are rare in a STEP file: backslashes, the begin of comments."""

from __future__ import annotations

import numpy as np

from pipeline.readers.ifc.marks import I64

_RARE = 100  # so many of a byte are looked for one by one
_STRIP = 1 << 17  # bytes looked at together where there are more; a multiple of 8


def positions(data: bytes, byte: bytes) -> I64:
    """Return where a byte stands; fast where it is rare."""
    found: list[int] = []
    at = data.find(byte)
    while at >= 0 and len(found) < _RARE:
        found.append(at)
        at = data.find(byte, at + 1)
    parts = [np.array(found, np.int64)]
    flags = np.empty(_STRIP if at >= 0 else 0, bool)
    while 0 <= at < len(data):
        part = np.frombuffer(data, np.uint8, min(len(flags), len(data) - at), at)
        np.equal(part, byte[0], out=flags[: len(part)])
        flags[len(part) :] = False
        eight = np.flatnonzero(flags.view(np.uint64) != 0)  # most eights hold none
        spot = np.flatnonzero(flags.reshape(-1, 8)[eight])
        parts.append(eight[spot >> 3] * 8 + (spot & 7) + at)
        at += len(part)
    return np.concatenate(parts)


def pair_positions(data: bytes, pair: bytes) -> list[int]:
    """Return where two bytes that differ stand one behind the other."""
    found: list[int] = []
    at = data.find(pair[1])
    for _ in range(_RARE):  # the second one is looked for one by one as long as it is rare
        if at < 0:
            return found
        if at and data[at - 1] == pair[0]:
            found.append(at - 1)
        at = data.find(pair[1], at + 1)
    before, behind = np.empty(_STRIP, bool), np.empty(_STRIP, bool)
    for begin in range(max(at - 1, 0) if at >= 0 else len(data), len(data) - 1, _STRIP):
        part = np.frombuffer(data, np.uint8, min(_STRIP, len(data) - 1 - begin) + 1, begin)
        both = np.equal(part[:-1], pair[0], out=before[: len(part) - 1])
        both &= np.equal(part[1:], pair[1], out=behind[: len(part) - 1])
        if both.any():
            found += (np.flatnonzero(both) + begin).tolist()
    return found
