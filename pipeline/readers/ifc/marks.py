"""What stands where in the bytes of a STEP file: strings, '#' and the number behind it, parentheses, keywords.

The bytes are gone through once, in strips that stay in the cache; of each only positions and numbers are kept. Marks
that stand close together (quotes, parentheses) become one bit a byte and are worked on 64 at once. Numbers are worked
on in memory used again and again: new memory costs more than the work.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]
U8 = NDArray[np.uint8]
Flags = NDArray[np.bool_]
ID_DIGITS = 12  # more digits than this never fit in 31 bits
_STRIP = 1 << 19  # a multiple of 64
_BLOCK = 1 << 14  # numbers worked on at once
_AHEAD = 256  # bytes behind a strip that its last number and keyword may reach into
_BLANKS = 64  # blanks that may stand around '='
_WORD_BLANKS = 4  # blanks that may stand between a word and its parenthesis
KEYWORD_BYTES = 40  # the longest name of an IFC class has 38 letters
_PAIRS = (  # eight digits become four pairs, two fours, one number: factor of the front part, bits to move, what stays
    (np.uint64(10 << 8 | 1), np.uint64(8), np.uint64(0x00FF00FF00FF00FF)),
    (np.uint64(100 << 16 | 1), np.uint64(16), np.uint64(0x0000FFFF0000FFFF)),
    (np.uint64(10000 << 32 | 1), np.uint64(32), np.uint64(0xFFFFFFFF)),
)
_BLANK = np.zeros(256, bool)
_BLANK[[32, 9, 10, 13]] = True
_LAST_BLANK = 32
_SHIFTS = tuple(np.uint64(1 << power) for power in range(6))
_1, _29, _63, _64 = (np.uint64(bits) for bits in (1, 29, 63, 64))
_BRACKETS, _ONES, _MIX = np.uint64(0x2828282828282828), np.uint64(0x0101010101010101), np.uint64(0x9E3779B97F4A7C15)
_ZEROS, _OVER_NINE, _HIGH = np.uint64(0x3030303030303030), np.uint64(0x7676767676767676), np.uint64(0x8080808080808080)
_QUOTE, _HASH, _OPEN, _CLOSE, _EQUALS = b"'#()="
_IFC = b"IFC"


@dataclass(slots=True)
class Marks:
    """What the bytes hold; positions count from the begin of the file."""

    inside: U64  # a bit for each byte (lowest first): within a string, the quote that opens it counted
    ids: I32  # (n,) number of each row
    start: I32  # (n,) position of each row's '#'
    keyword: I32  # (n,) position of each row's keyword
    code: U64  # (n,) hash of the keyword up to its '(' (40 letters at most)
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


@dataclass(slots=True)
class _Found:
    """What stands behind the '#' of the strips, strip after strip."""

    count: int = 0
    bad: int = 0
    scratch: U64 = field(default_factory=lambda: np.empty((4, _BLOCK), np.uint64))
    row: list[I64] = field(default_factory=lambda: [np.zeros(0, np.int64)])  # which '#' begin a row
    ids: list[I32] = field(default_factory=lambda: [np.zeros(0, np.int32)])
    start: list[I32] = field(default_factory=lambda: [np.zeros(0, np.int32)])
    keyword: list[I32] = field(default_factory=lambda: [np.zeros(0, np.int32)])
    refs: list[I32] = field(default_factory=lambda: [np.zeros(0, np.int32)])

    def take_in(self, wide: U8, behind: I64, begin: int) -> None:
        """Take in the numbers behind each '#' of a strip that lies at `begin`; `behind` are positions in `wide`."""
        ends = [np.zeros(0, np.int64)]
        for block in range(0, len(behind), _BLOCK):
            at = behind[block : block + _BLOCK]
            value, ahead, is_row, bad = _numbers(wide, at, self.scratch)
            rows = np.flatnonzero(is_row)
            self.row.append(rows + self.count)
            self.ids.append(value.take(rows))
            self.refs.append(value.take(np.flatnonzero(~is_row)))
            first = at.take(rows)
            ends.append(first + ahead.take(rows))
            first += begin - 1
            self.start.append(first.astype(np.int32))
            self.count += len(at)
            self.bad += bad
        equals = np.concatenate(ends)
        equals += 1
        equals = skip_blanks(wide, equals)
        equals += begin
        self.keyword.append(equals.astype(np.int32))


def find_marks(data: bytes, comments: list[tuple[int, int]]) -> Marks:
    """Return the marks of a file; `comments` are taken for blanks."""
    state, inside, found = _State(), [np.zeros(0, np.uint64)], _Found()
    flags = np.empty(_STRIP, bool)
    for begin, size, wide in _strips(data, comments):
        block, flags = wide[:size], flags[:size]
        within = _within(bits(np.equal(block, _QUOTE, out=flags)), state)
        inside.append(within)
        _parentheses(block, flags, ~within, state)
        at = np.flatnonzero(np.equal(block, _HASH, out=flags))
        if (bits(flags) & within).any():
            at = at[~taken(within, at)]
        at += 1
        found.take_in(wide, at, begin)
    row, refs = np.concatenate(found.row), np.concatenate(found.refs)
    refs = refs[int(row[0]) if len(row) else len(refs) :]  # none of those in front of the first row
    count = np.diff(row, append=found.count) - 1
    if len(refs) and refs.min() <= 0:
        owner = np.repeat(np.arange(len(row)), count)[refs > 0]
        refs, count = refs[refs > 0], np.bincount(owner, minlength=len(row))
    ids, start, keyword = np.concatenate(found.ids), np.concatenate(found.start), np.concatenate(found.keyword)
    return Marks(
        inside=np.concatenate(inside),
        ids=ids,
        start=start,
        keyword=keyword,
        code=_hashes(data, keyword, found.scratch),
        refs=refs,
        count=count,
        bad_ids=found.bad,
        depth=state.highest - state.lowest,
        keywords=state.keywords,
        unterminated=state.inside,
    )


def _without(block: U8, begin: int, comments: list[tuple[int, int]]) -> U8:
    """Return bytes that stand at `begin` of the file with blanks for comments."""
    if not comments or comments[-1][1] <= begin:
        return block
    block = block.copy()
    for first, end in comments:
        block[max(first - begin, 0) : max(end - begin, 0)] = 32
    return block


def _strips(data: bytes, comments: list[tuple[int, int]]) -> Iterator[tuple[int, int, U8]]:
    """Yield of each strip where it begins, its size (whole 64 bytes) and its bytes with 256 more; blanks follow."""
    for begin in range(0, len(data), _STRIP):
        size = min(_STRIP, (len(data) - begin + 63) & -64)
        if begin + size + _AHEAD <= len(data):
            wide = np.frombuffer(data, np.uint8, size + _AHEAD, begin)
        else:
            wide = np.frombuffer(data[begin:].ljust(size + _AHEAD)[: size + _AHEAD], np.uint8)
        yield begin, size, _without(wide, begin, comments)


def eights(data: bytes | U8) -> U64:
    """Return whole eight bytes as one number each, the first byte lowest; up to seven at the end are left out."""
    return np.frombuffer(data, "<u8", len(data) // 8)


def eight_at(words: U64, at: I64, scratch: U64) -> U64:
    """Return the eight bytes from each position as one number.

    Args:
        words: the bytes (see `eights`), at least eight more than stand at the last position.
        at: positions (k,).
        scratch: memory (4, at least k) to work in; the second row becomes the answer.
    """
    spot, low, high, over = scratch[:, : len(at)]
    np.bitwise_and(at, 7, out=over.view(np.int64))
    over <<= np.uint64(3)
    index = np.right_shift(at, 3, out=spot.view(np.int64))
    words.take(index, out=low, mode="clip")
    low >>= over
    index += 1
    words.take(index, out=high, mode="clip")
    high <<= np.subtract(_64, over, out=over)  # a shift by 64 gives 0
    low |= high
    return low


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


def _numbers(block: U8, begin: I64, scratch: U64) -> tuple[I32, U8, Flags, int]:
    """Read the number behind each '#' and whether it begins a row.

    Up to seven digits are read from one 64-bit word; longer numbers, which are rare, digit by digit.

    Args:
        block: bytes.
        begin: positions behind each '#' (k,) in it.
        scratch: memory to work in (4, at least k).

    Returns:
        The numbers (k,; 0: none that is valid), the distances from `begin` to what follows number and blanks (k,),
        whether that is '=' (k,), and how many numbers are invalid.
    """
    word = eight_at(eights(block), begin, scratch)
    other, _, below, digit = scratch[:, : len(begin)]
    np.bitwise_xor(word, _ZEROS, out=other)
    np.add(other, _OVER_NINE, out=digit)
    digit |= other
    digit &= _HIGH  # the high bit of every byte that is no digit (and of some behind it)
    np.invert(digit, out=below)
    digit -= _1
    digit &= below  # ones in front of the first of them
    bits_read = np.bitwise_count(digit)
    bits_read &= np.uint8(0x78)  # eight for each digit; 64: eight or more
    shift = digit
    shift[:] = bits_read
    word >>= shift
    other <<= np.subtract(_64, shift, out=shift)  # the digits to the high end; a shift by 64 gives 0
    for factor, moved, mask in _PAIRS:
        other *= factor
        other >>= moved
        other &= mask
    value = other.astype(np.int32)
    behind = word.astype(np.uint8)
    digits = bits_read >> 3
    if digits.max() == 8:
        long = np.flatnonzero(digits == 8)
        value[long], digits[long] = _long_numbers(block, begin[long])
        behind[long] = block[begin[long] + digits[long]]
    bad, valid = 0, value.min() > 0
    if not valid:
        # a lone '#' at the end of a cut file is no number of its own
        bad = int(((value <= 0) & ~((digits == 0) & _BLANK[behind])).sum())
    if behind.min() <= _LAST_BLANK:
        blank = np.flatnonzero(behind <= _LAST_BLANK)
        after = skip_blanks(block, begin[blank] + digits[blank])
        digits[blank], behind[blank] = after - begin[blank], block[after]
    is_row: Flags = behind == _EQUALS
    if not valid:
        is_row &= value > 0
    return value, digits, is_row, bad


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
    """Return positions (moved in place) over up to 64 blanks, as in `#12 = IFCWALL`."""
    last = len(block) - 1
    for _ in range(_BLANKS):
        now = block.take(at)
        if not len(now) or now.min() > _LAST_BLANK:
            break
        blank = _BLANK[now] & (at < last)
        if not blank.any():
            break
        at += blank
    return at


def _hashes(data: bytes, begin: I32, scratch: U64) -> U64:
    """Return a hash of the letters from each position (k,) up to the next '(' (40 letters at most)."""
    code = np.empty(len(begin), np.uint64)
    sure = int(np.searchsorted(begin, np.int32(len(data) - _AHEAD)))
    block = np.frombuffer(data, np.uint8)
    for at in range(0, sure, _BLOCK):
        part = slice(at, min(at + _BLOCK, sure))
        _hash(block, begin[part].astype(np.int64), code[part], scratch)
    if sure < len(begin):
        first = int(begin[sure])
        rest = np.frombuffer(data[first:].ljust(len(data) - first + _AHEAD), np.uint8)
        _hash(rest, begin[sure:].astype(np.int64) - first, code[sure:], scratch)
    return code


def _hash(block: U8, at: I64, code: U64, scratch: U64) -> None:
    """Fill in the hash of the letters from each position (k,); more bytes follow the last one."""
    words, rows = eights(block), None
    known = block.take(at) == _IFC[0]  # nearly all begin with IFC: that is three letters less to go through
    for ahead in (1, 2):
        known &= block.take(at + ahead) == _IFC[ahead]
    before = known * _MIX
    at += known * np.int64(3)
    for _ in range(KEYWORD_BYTES // 8):
        word = eight_at(words, at, scratch)
        word ^= _BRACKETS  # now '(' is 0 and a letter is not
        other = np.subtract(word, _ONES, out=scratch[0, : len(at)])
        other &= _HIGH  # the high bit of every byte that is '(' (or no letter; and of some behind it)
        going = np.flatnonzero(other == 0)
        other ^= np.subtract(other, _1, out=scratch[2, : len(at)])  # ones up to the first such byte; all where none is
        word &= other
        word ^= before
        word *= _MIX
        word ^= np.right_shift(word, _29, out=other)
        code[slice(None) if rows is None else rows] = word
        if not len(going):
            break
        rows = going if rows is None else rows.take(going)
        at, before = at.take(going), word.take(going)
        at += 8
