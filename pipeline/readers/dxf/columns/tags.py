"""Group codes and values of an ASCII DXF as columns: where each value lies in the bytes, nothing parsed too early.

A file is read in pieces that end between two entities, so that what is held at once stays small. Everything that is
not as regular as files of CAD programs are raises `Irregular`; such a file goes through the library's patient doors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

I32 = NDArray[np.int32]
F64 = NDArray[np.float64]
PIECE_BYTES = 2 << 20
LONG_NAME = 4 * 255  # bytes, four a letter at most
_NAMES = (2, 3, 6, 7, 8)
_DIGITS = b"0123456789+-.eE \n"
_LAST = np.zeros(256, bool)  # bytes that a plain number ends with
_LAST[list(b"0123456789.")] = True
_DENSE = 3  # values that are more than one part in so many of a piece are picked by a mask over it
_PAD = 8  # blanks in front, so that the eight bytes before any line end can be read at once


class Irregular(Exception):
    """The bytes are not as regular as the fast reader needs; says nothing about what the library makes of them."""


@dataclass(slots=True)
class Tags:
    """The tags of one piece: code and value bounds, offsets into `data` (uint8 with `_PAD` bytes in front)."""

    data: NDArray[np.uint8]
    base: int  # offset in the file of data[_PAD]
    codes: I32  # (n,) group codes
    lines: I32  # (n,) first byte of the code's line
    first: I32  # (n,) first byte of the value
    last: I32  # (n,) end of the value, without the line's end
    decode: Callable[[bytes], str]

    def __len__(self) -> int:
        return len(self.codes)

    def offsets(self, rows: NDArray | int) -> NDArray[np.int64]:
        """Return where some tags begin in the file; the one behind the last is where the piece ends."""
        return np.append(self.lines, np.int32(len(self.data)))[rows].astype(np.int64) + (self.base - _PAD)

    def joined(self, rows: NDArray) -> bytes:
        """Return the values of some tags, each ended by a line feed."""
        first = self.first[rows]
        sizes = self.last[rows] - first + 1
        ends = sizes.cumsum()
        if not len(ends):
            return b""
        if ends[-1] * _DENSE > len(self.data) and (rows[1:] > rows[:-1]).all():
            out = self.data[_within(first, first + sizes, len(self.data))]
            out[ends - 1] = 10
            return out.tobytes()
        index = np.arange(ends[-1], dtype=np.int32)
        index += (first - (ends - sizes).astype(np.int32)).repeat(sizes)
        out = self.data[index]
        out[ends - 1] = 10
        return out.tobytes()

    def raw(self, rows: NDArray) -> list[bytes]:
        """Return the values of some tags as bytes."""
        return self.joined(rows).split(b"\n")[:-1]

    def texts(self, rows: NDArray) -> list[str]:
        """Return the values of some tags as text."""
        joined = self.joined(rows)
        found = self.decode(joined).split("\n")
        found.pop()
        if len(found) != len(rows):  # a broken multi-byte character swallowed a line feed
            return [self.decode(value) for value in joined.split(b"\n")[:-1]]
        return found

    def numbers(self, rows: NDArray) -> F64:
        """Return the values of some tags as float64; raises `Irregular` where one is no number."""
        joined = self.joined(rows)
        try:
            # every line has a number then, so as many numbers as lines are one on each
            if _LAST[self.data[self.last[rows] - 1]].all() and not joined.translate(None, _DIGITS):
                found = np.fromstring(joined, np.float64, sep="\n")  # blanks and line feeds are the same to it
                if len(found) == len(rows):
                    return found
            return np.array(list(map(float, joined.split(b"\n")[:-1])), np.float64)
        except ValueError as error:
            raise Irregular(f"no number: {error}"[:80]) from None


def _within(begin: I32, end: I32, size: int) -> NDArray[np.bool_]:
    """Return which of `size` bytes lie in some stretches, which follow one another without a common byte."""
    step = np.zeros(size + 1, np.int8)
    step[begin] = 1
    step[end] -= 1
    return np.cumsum(step[:-1], dtype=np.int8, out=step[:-1]).view(bool)


def tokenise(raw: NDArray[np.uint8], base: int, decode: Callable[[bytes], str]) -> Tags:
    """Return the tags of a piece (uint8) that begins with a group code; an odd last line is left out.

    Raises:
        Irregular: a group code that is no number from -10 to 1100, or line ends of old Macintosh files.
    """
    data = np.empty(len(raw) + _PAD, np.uint8)
    data[:_PAD], data[_PAD:] = 32, raw
    ends = np.flatnonzero(data == 10).astype(np.int32)
    ends = ends[: len(ends) & ~1]
    starts = np.empty(len(ends), np.int32)
    starts[1:] = ends[:-1] + 1
    starts[:1] = _PAD
    returns = data[ends - 1] == 13
    if int(np.count_nonzero(data == 13)) != int(np.count_nonzero(returns)):
        raise Irregular("carriage returns inside lines")
    last = ends - returns
    lines = starts[0::2]
    found = Tags(data, base, _codes(data, lines, last[0::2]), lines, starts[1::2], last[1::2], decode)
    long = np.flatnonzero(found.last - found.first > LONG_NAME)
    if np.isin(found.codes[long], _NAMES).any():
        raise Irregular("a name is too long")
    return found


def _codes(data: NDArray[np.uint8], first: I32, last: I32) -> I32:
    """Parse the lines of group codes: right-aligned digits with blanks before, read eight bytes at a time."""
    words = np.ndarray((len(data) - 7,), "<u8", data, 0, (1,))[last - 8]
    size = last - first
    codes = np.zeros(len(words), np.int32)
    odd = size > 8
    done = np.zeros(len(words), bool)
    for place in range(5):
        byte = ((words >> np.uint64(56 - 8 * place)) & np.uint64(255)).astype(np.int32)
        digit = byte - 48
        is_digit = (digit >= 0) & (digit <= 9)
        within = size > place
        done |= ~within | (byte == 32)
        codes += np.where(done, 0, digit * 10**place)
        odd |= within & ~is_digit & (byte != 32)
        odd |= done & within & is_digit  # a blank between digits
    odd |= (size < 1) | ((words >> np.uint64(56)) == 32)
    for row in np.flatnonzero(odd).tolist():
        try:
            codes[row] = int(bytes(data[first[row] : last[row]]))
        except (ValueError, OverflowError):
            raise Irregular("a group code is no number") from None
    if len(codes) and not (codes.min() >= -10 and codes.max() <= 1100):
        raise Irregular("a group code is out of range")
    return codes


def read_spans(stream: BinaryIO, spans: Iterable[tuple[int, int]]) -> bytes:
    """Return stretches of a file (begin, end) in the order they have there; those that touch are read at once."""
    parts: list[bytes] = []
    position, stop = -1, -1
    for begin, end in [*sorted(spans), (-2, -2)]:
        if begin == stop:
            stop = end
            continue
        if position >= 0:
            stream.seek(position)
            parts.append(stream.read(stop - position))
        position, stop = begin, end
    return b"".join(parts)
