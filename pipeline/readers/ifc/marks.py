"""What stands where in the bytes of a STEP file: strings, '#' and the number behind it, parentheses, keywords.

The bytes are gone through once, in strips that stay in the cache; of each only positions and numbers are kept. Marks
that stand close together (quotes, parentheses) become one bit a byte and are worked on 64 at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]
U8 = NDArray[np.uint8]
Flags = NDArray[np.bool_]
ID_DIGITS = 12  # more digits than this never fit in 31 bits
_STRIP = 1 << 19  # a multiple of 64
_BLOCK = 1 << 14  # numbers, keywords worked on at once
_AHEAD = 256  # bytes behind a strip that its last number and keyword may reach into
_BLANKS = 64  # blanks that may stand around '='
_RARE = 1000  # so many of a byte are looked for one by one
_WORD_BLANKS = 4  # blanks that may stand between a word and its parenthesis
KEYWORD_BYTES = 40  # the longest name of an IFC class has 38 letters
_PAIRS = (
    (np.uint64(10), np.uint64(8), np.uint64(0x00FF00FF00FF00FF)),
    (np.uint64(100), np.uint64(16), np.uint64(0x0000FFFF0000FFFF)),
    (np.uint64(10000), np.uint64(32), np.uint64(0xFFFFFFFF)),
)
_BLANK = np.zeros(256, bool)
_BLANK[[32, 9, 10, 13]] = True
_SHIFTS = tuple(np.uint64(1 << power) for power in range(6))
_1, _7, _29, _63 = (np.uint64(bits) for bits in (1, 7, 29, 63))
_BRACKETS, _ONES, _MIX = np.uint64(0x2828282828282828), np.uint64(0x0101010101010101), np.uint64(0x9E3779B97F4A7C15)
_ZEROS, _OVER_NINE, _HIGH = np.uint64(0x3030303030303030), np.uint64(0x7676767676767676), np.uint64(0x8080808080808080)
_QUOTE, _HASH, _OPEN, _CLOSE, _EQUALS = b"'#()="


@dataclass(slots=True)
class Marks:
    """What the bytes hold; positions count from the begin of the file."""

    inside: U64  # a bit for each byte (lowest first): within a string, the quote that opens it counted
    ids: I32  # (n,) number of each row
    start: I32  # (n,) position of each row's '#'
    keyword: I32  # (n,) position of each row's keyword
    refs: I32  # (k,) numbers referred to behind the first row
    count: I64  # (n,) how many of them stand in each row
    bad_ids: int = 0
    depth: int = 0  # bound of the depth of parentheses
    keywords: int = 0  # words in front of a parenthesis
    unterminated: bool = False  # a string never ends


@dataclass(slots=True)
class _State:
    """What a strip hands on to the next one."""

    inside: bool = False
    word: np.uint64 = np.uint64(0)  # bits of the last 64 bytes: belongs to a word
    blank: np.uint64 = np.uint64(0)
    level: int = 0
    lowest: int = 0
    highest: int = 0
    keywords: int = 0


def find_marks(data: bytes, comments: list[tuple[int, int]]) -> Marks:
    """Return the marks of a file; `comments` are taken for blanks."""
    state, inside, found = _State(), [np.zeros(0, np.uint64)], [np.zeros(0, np.int32)]
    flags = np.empty(_STRIP, bool)
    for begin, block in _strips(data, comments):
        flags = flags[: len(block)]
        within = _within(bits(np.equal(block, _QUOTE, out=flags)), state)
        inside.append(within)
        _parentheses(block, flags, ~within, state)
        at = np.flatnonzero(np.equal(block, _HASH, out=flags))
        if (bits(flags) & within).any():
            at = at[~taken(within, at)]
        found.append((at + begin).astype(np.int32))
    marks = _rows(data, np.concatenate(found), comments)
    marks.inside, marks.unterminated = np.concatenate(inside), state.inside
    marks.depth, marks.keywords = state.highest - state.lowest, state.keywords
    return marks


def _rows(data: bytes, hashes: I32, comments: list[tuple[int, int]]) -> Marks:
    """Tell rows (`#1=`) and references apart; `hashes` are the positions of all '#' outside strings."""
    value, is_row = np.empty(len(hashes), np.int32), np.empty(len(hashes), bool)
    ahead = np.empty(len(hashes), np.uint8)
    bad = 0
    sure = int(np.searchsorted(hashes, len(data) - _AHEAD))
    ends = [*range(_BLOCK, sure, _BLOCK), sure, len(hashes)]
    for at, end in zip([0, *ends], ends, strict=False):
        if at < end:
            part = slice(at, end)
            begin, block = _window(data, hashes[part], comments)
            bad += _numbers(block, hashes[part].astype(np.int64) - begin, value[part], is_row[part], ahead[part])
    row = np.flatnonzero(is_row)
    start = hashes[row]
    first = int(row[0]) if len(row) else len(hashes)
    refs = value[first:][~is_row[first:]]  # none of those in front of the first row
    count = np.diff(row, append=len(hashes)) - 1
    if len(refs) and refs.min() <= 0:
        owner = np.repeat(np.arange(len(row)), count)[refs > 0]
        refs, count = refs[refs > 0], np.bincount(owner, minlength=len(row))
    return Marks(np.zeros(0, np.uint64), value[row], start, start + ahead[row], refs, count, bad)


def _window(data: bytes, hashes: I32, comments: list[tuple[int, int]]) -> tuple[int, U8]:
    """Return the bytes around some '#' and what follows them, and where they begin; blanks follow the file."""
    begin, end = int(hashes[0]), int(hashes[-1]) + _AHEAD
    if end <= len(data):
        block = np.frombuffer(data, np.uint8, end - begin, begin)
    else:
        block = np.frombuffer(data[begin:].ljust(end - begin), np.uint8)
    return begin, _without(block, begin, comments)


def _without(block: U8, begin: int, comments: list[tuple[int, int]]) -> U8:
    """Return bytes that stand at `begin` of the file with blanks for comments."""
    if not comments or comments[-1][1] <= begin:
        return block
    block = block.copy()
    for first, end in comments:
        block[max(first - begin, 0) : max(end - begin, 0)] = 32
    return block


def _strips(data: bytes, comments: list[tuple[int, int]]) -> Iterator[tuple[int, U8]]:
    """Yield begin and bytes (whole 64 of them) of each strip; blanks follow the file."""
    whole = len(data) // 64 * 64
    for begin in range(0, whole, _STRIP):
        block = np.frombuffer(data, np.uint8, min(_STRIP, whole - begin), begin)
        yield begin, _without(block, begin, comments)
    if whole < len(data):
        yield whole, _without(np.frombuffer(data[whole:].ljust(64), np.uint8), whole, comments)


def positions(data: bytes, byte: bytes) -> I64:
    """Return where a byte stands; fast where it is rare."""
    found: list[int] = []
    at = data.find(byte)
    while at >= 0 and len(found) < _RARE:
        found.append(at)
        at = data.find(byte, at + 1)
    parts = [np.array(found, np.int64)]
    while 0 <= at < len(data):
        flags = np.frombuffer(data, np.uint8, min(_STRIP // 4, len(data) - at), at) == byte[0]
        parts.append(np.flatnonzero(flags) + at)
        at += len(flags)
    return np.concatenate(parts)


def eights(data: bytes | U8) -> U64:
    """Return the eight bytes from every position as one number each, the first one lowest."""
    if len(data) < 8:
        return np.zeros(0, np.uint64)
    return np.ndarray(len(data) - 7, "<u8", data, strides=(1,))


def bits(flags: Flags) -> U64:
    """Return flags (whole 64 of them) as bits, the first one lowest."""
    return np.packbits(flags, bitorder="little").view("<u8")


def taken(chosen: U64, at: I64) -> Flags:
    """Return whether the bit stands at each position."""
    found: Flags = (chosen.view(np.uint8)[at >> 3] >> (at & 7).astype(np.uint8)) & 1 == 1
    return found


def _before(chosen: U64, distance: int, carry: np.uint64) -> U64:
    """Return the bits moved on by some bytes: whether it stands so far in front of each."""
    over = np.uint64(64 - distance)
    moved = chosen << np.uint64(distance)
    moved[1:] |= chosen[:-1] >> over
    moved[0] |= carry >> over
    return moved


def _within(quotes: U64, state: _State) -> U64:
    """Return which bytes stand in strings: the parity of the quotes up to each (changed in place)."""
    for shift in _SHIFTS:
        quotes ^= quotes << shift
    parity = np.bitwise_xor.accumulate(quotes >> _63)
    quotes[1:] ^= np.uint64(0) - parity[:-1]
    if state.inside:
        np.invert(quotes, out=quotes)
    state.inside ^= bool(parity[-1])
    return quotes


def _parentheses(block: U8, flags: Flags, outside: U64, state: _State) -> None:
    """Bound the depth of parentheses and count the words in front of one; `flags` is scratch memory."""
    opening = bits(np.equal(block, _OPEN, out=flags)) & outside
    opened = np.bitwise_count(opening).view(np.int8)
    closed = np.bitwise_count(bits(np.equal(block, _CLOSE, out=flags)) & outside).view(np.int8)
    level = np.cumsum(opened - closed, dtype=np.int32)
    state.highest = max(state.highest, state.level + int((level + closed).max()))
    state.lowest = min(state.lowest, state.level + int((level - opened).min()))
    state.level += int(level[-1])
    word = bits(np.greater_equal(block, 48, out=flags))
    blank = bits(np.less_equal(block, 32, out=flags))
    state.keywords += int(np.bitwise_count(opening & _before(word, 1, state.word)).sum(dtype=np.int64))
    for distance in range(1, _WORD_BLANKS + 1):  # with blanks between
        opening &= _before(blank, distance, state.blank)
        if not opening.any():
            break
        state.keywords += int(np.bitwise_count(opening & _before(word, distance + 1, state.word)).sum(dtype=np.int64))
    state.word, state.blank = word[-1], blank[-1]


def _numbers(block: U8, hashes: I64, value: I32, is_row: Flags, ahead: U8) -> int:
    """Read the number behind each '#' and whether it begins a row; return how many are invalid.

    Up to seven digits are read from one 64-bit word; longer numbers, which are rare, digit by digit.

    Args:
        block: bytes.
        hashes: positions of '#' in it.
        value: to be filled: the numbers (0: none that is valid).
        is_row: to be filled: whether '=' follows.
        ahead: to be filled: distance from '#' to what follows the '='.
    """
    words = eights(block)
    hashes += 1
    word = words[hashes]
    other = word ^ _ZEROS
    digit = other + _OVER_NINE
    digit |= other
    digit &= _HIGH  # the high bit of every byte that is no digit (and of some behind it)
    digit = (digit - _1) & ~digit  # ones in front of the first of them
    bits_read = np.bitwise_count(digit) & np.uint8(0x78)  # eight for each digit; 64: eight or more
    word >>= bits_read
    other <<= np.uint8(64) - bits_read  # the digits to the high end; a shift by 64 gives 0
    for factor, moved, mask in _PAIRS:
        low = other >> moved
        other *= factor
        other += low
        other &= mask
    value[:] = other
    behind = word.astype(np.uint8)
    digits = bits_read >> 3
    long = np.flatnonzero(digits == 8)
    if len(long):
        value[long], digits[long] = _long_numbers(block, hashes[long])
        behind[long] = block[hashes[long] + digits[long]]
    bad = 0
    if value.min() <= 0:
        # a lone '#' at the end of a cut file is no number of its own
        bad = int(((value <= 0) & ~((digits == 0) & _BLANK[behind])).sum())
    blank = np.flatnonzero(_BLANK[behind])
    if len(blank):
        after = skip_blanks(block, hashes[blank] + digits[blank])
        digits[blank], behind[blank] = after - hashes[blank], block[after]
    np.equal(behind, _EQUALS, out=is_row)
    is_row &= value > 0
    digits += 2
    ahead[:] = digits
    hashes += digits  # now behind the '='
    hashes -= 1
    blank = np.flatnonzero(_BLANK[block[hashes]] & is_row)
    if len(blank):
        ahead[blank] += (skip_blanks(block, hashes[blank]) - hashes[blank]).astype(np.uint8)
    return bad


def _long_numbers(block: U8, begin: I64) -> tuple[I64, I64]:
    """Return numbers of eight digits and more, which begin at `begin` (0 beyond 31 bits), and their digits."""
    alive = np.ones(len(begin), bool)
    total, count = np.zeros(len(begin), np.int64), np.zeros(len(begin), np.int64)
    for step in range(ID_DIGITS):
        digit = block[begin + step].astype(np.int64) - 48
        alive &= (digit >= 0) & (digit <= 9)
        total = np.where(alive, total * 10 + digit, total)
        count += alive
    total[total >= 2**31] = 0
    return total, count


def skip_blanks(block: U8, at: I64) -> I64:
    """Return positions moved over up to 64 blanks, as in `#12 = IFCWALL`."""
    last = len(block) - 1
    for _ in range(_BLANKS):
        blank = _BLANK[block[at]] & (at < last)
        if not blank.any():
            break
        at = at + blank
    return at


def keyword_hashes(data: bytes, begin: I32) -> U64:
    """Return a hash of the letters from each position up to the next '(' (40 letters at most)."""
    code = np.empty(len(begin), np.uint64)
    words = eights(data)
    sure = int(np.searchsorted(begin, len(data) - KEYWORD_BYTES - 8))
    for at in range(0, sure, _BLOCK):
        code[at : min(at + _BLOCK, sure)] = _hashes(words, begin[at : min(at + _BLOCK, sure)])
    if sure < len(begin):
        first = int(begin[sure])
        rest = data[first:].ljust(int(begin[-1]) - first + KEYWORD_BYTES + 8)
        code[sure:] = _hashes(eights(rest), begin[sure:] - first)
    return code


def _hashes(words: U64, begin: I32) -> U64:
    code = np.empty(len(begin), np.uint64)
    rows: I64 | slice = slice(None)
    at, before = begin.astype(np.int64), np.zeros(len(begin), np.uint64)
    for _ in range(KEYWORD_BYTES // 8):
        word = words[at]
        word ^= _BRACKETS  # now '(' is 0 and a letter is not
        other = word - _ONES
        other &= _HIGH  # the high bit of every byte that is '(' (or no letter; and of some behind it)
        going = np.flatnonzero(other == 0)
        other ^= other - _1  # ones up to the first such byte; all of them where there is none
        word &= other
        word ^= before
        word *= _MIX
        word ^= word >> _29
        code[rows] = word
        if not len(going):
            break
        rows = going if isinstance(rows, slice) else rows[going]
        at, before = at[going] + 8, word[going]
    return code
