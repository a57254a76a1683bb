"""What is odd in the bytes of an ASCII DXF though every library opens it without a word (RELIABILITY 2.3)."""

from __future__ import annotations

import numpy as np

from pipeline.drawing.defects import Defect, defect

NAME_LIMIT = 255  # letters of a name (DXF reference, symbol tables); longer ones are shortened
_NAME_CODES = (b"2", b"3", b"6", b"7", b"8")
_PIECE = 16 << 20
_HEAD = 1 << 16


def oddities(data: bytes) -> list[Defect]:
    """Return the defects of line ends, NUL bytes and names that are too long."""
    found = []
    head = data[:_HEAD]
    if b"\r" in head and b"\n" not in head:
        found.append(defect("dxf_line_ends", found="CR"))
    zeros = data.count(b"\x00", 0, len(data.rstrip(b"\x00\x1a\r\n ")))
    if zeros:
        found.append(defect("text_undecodable", count=zeros))
    names = long_names(data)
    if names:
        found.append(defect("name_shortened", count=names, limit=NAME_LIMIT))
    return found


def long_names(data: bytes) -> int:
    """Return how many values of name codes are longer than a name may be (in bytes: four a letter at most)."""
    count = 0
    for begin, end in _long_lines(data, 4 * NAME_LIMIT + 2):
        before = data[max(0, begin - 20) : begin].rstrip(b"\r\n")
        count += before.rsplit(b"\n", 1)[-1].strip() in _NAME_CODES and end > begin
    return count


def _long_lines(data: bytes, limit: int) -> list[tuple[int, int]]:
    """Return begin and end of the lines longer than `limit`, looking at a piece of the file at a time."""
    found: list[tuple[int, int]] = []
    array = np.frombuffer(data, np.uint8)
    last = -1
    for at in range(0, len(array), _PIECE):
        ends = np.concatenate([[last], at + np.flatnonzero(array[at : at + _PIECE] == 10)])
        found += [(int(ends[i]) + 1, int(ends[i + 1])) for i in np.flatnonzero(np.diff(ends) > limit).tolist()]
        last = int(ends[-1])
    if len(array) - last > limit:
        found.append((last + 1, len(array)))
    return found
