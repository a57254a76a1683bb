"""The different texts among many: each is decoded once, however often it stands in a piece."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.readers.dxf.columns.tags import Tags

_SLOTS = 16  # bits
_LONG = 64  # bytes; longer texts are told apart one by one
_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio, made odd (Knuth, The Art of Computer Programming 6.4)


def numbered(tags: Tags, rows: NDArray) -> tuple[list[str], NDArray[np.int32]]:
    """Return the different values of some tags in the order they first come, and (k,) which of them each tag has."""
    size = tags.last[rows] - tags.first[rows]
    if not len(rows) or int(size.max()) > _LONG:
        return _one_by_one(tags.texts(rows))
    parts, key = _parts(tags, rows, size)
    first = _first_of_each(key)
    if not all((part[first] == part).all() for part in (size, *parts)):  # two texts with one key
        return _one_by_one(tags.texts(rows))
    here = np.zeros(len(rows), bool)
    here[first] = True
    number = np.cumsum(here, dtype=np.int32) - 1
    return tags.texts(rows[here]), number[first]


def _parts(tags: Tags, rows: NDArray, size: NDArray) -> tuple[list[NDArray[np.uint64]], NDArray[np.uint64]]:
    """Return the values eight bytes at a time, from their ends, and a key made of them."""
    words = np.ndarray((len(tags.data) - 7,), "<u8", tags.data, 0, (1,))
    last = tags.last[rows]
    parts: list[NDArray[np.uint64]] = []
    key = size.astype(np.uint64) * _ODD
    for done in range(0, int(size.max()), 8):
        left = np.clip(size - done, 0, 8)
        some = slice(None) if done == 0 else np.flatnonzero(left)
        part = np.zeros(len(rows), np.uint64)
        shift = (64 - 8 * np.maximum(left[some], 1)).astype(np.uint64)
        part[some] = words[last[some] - 8 - done] >> shift
        part[left == 0] = 0
        parts.append(part)
        key = (key ^ part) * _ODD
        key ^= key >> np.uint64(32)
    return parts, key


def _first_of_each(key: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return for each row the first one with the same key: all rows look into one table, those that miss once more."""
    slot = ((key * _ODD) >> np.uint64(64 - _SLOTS)).astype(np.int64)
    table = np.empty(1 << _SLOTS, np.int64)
    out = np.empty(len(key), np.int64)
    rows = np.arange(len(key))
    while len(rows):
        table[slot[rows[::-1]]] = rows[::-1]  # the first one stays
        found = table[slot[rows]]
        same = key[found] == key[rows]
        out[rows[same]] = found[same]
        rows = rows[~same]
    return out


def _one_by_one(texts: list[str]) -> tuple[list[str], NDArray[np.int32]]:
    known: dict[str, int] = {}
    number = [known.setdefault(text, len(known)) for text in texts]
    return list(known), np.array(number, np.int32)
