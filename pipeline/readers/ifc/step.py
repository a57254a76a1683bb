"""The rows and references of a STEP file (ISO 10303-21) found in its raw bytes, with numpy, in linear time.

Nothing here builds an object per row: what stands between quotes is blanked, then every `#123` is read as a number,
eight digits at once, and told apart into the start of a row (`#123=`) and a reference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.readers.ifc.sniff import begins_step

I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]
U8 = NDArray[np.uint8]
TRAILER = b"END-ISO-10303-21;"
REFERENCE = re.compile(rb"#(\d+)")
ID_DIGITS = 12  # more digits than this never fit in 31 bits
_SHALLOW = 32  # a whole file that nests less deep needs no look at its rows
_WORD_BLANKS = 4  # blanks that may stand between a word and its parenthesis
_STRIP = 1 << 15  # words looked through for quotes at once
_BLOCK = 8192  # numbers worked on at once: their arrays stay in the cache
_STRETCH = 1 << 19  # a string longer than two of these covers one of them whole, counted from the begin of the file
_KEYWORD_BYTES = 40  # the longest name of an IFC class has 38 letters
_PADDING = b" " * 64
_SCHEMA = re.compile(rb"FILE_SCHEMA\s*\(\s*\(\s*'([^']*)'", re.IGNORECASE)
_PAIRS = (
    (np.uint64(10), np.uint64(8), np.uint64(0x00FF00FF00FF00FF)),
    (np.uint64(100), np.uint64(16), np.uint64(0x0000FFFF0000FFFF)),
    (np.uint64(10000), np.uint64(32), np.uint64(0xFFFFFFFF)),
)
_BLANK = np.zeros(256, bool)
_BLANK[[32, 9, 10, 13]] = True
_LETTER = np.zeros(256, bool)
_LETTER[list(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")] = True
_BRACKETS, _ONES, _MIX = np.uint64(0x2828282828282828), np.uint64(0x0101010101010101), np.uint64(0x9E3779B97F4A7C15)
_ZEROS, _OVER_NINE, _HIGH = np.uint64(0x3030303030303030), np.uint64(0x7676767676767676), np.uint64(0x8080808080808080)


@dataclass(slots=True)
class StepText:
    """What the bytes of a STEP file say, before any library reads them.

    `outside` are the bytes with zeros for what stands in strings, and blanks at the end. Rows are in file order;
    `edge_from[k]`, `edge_to[k]` are row numbers of reference k (dangling references left out), `edge_from` ascending.
    """

    data: bytes  # without comments
    outside: bytearray
    declared: str  # name of the schema
    header: bool
    trailer: bool
    trailing_bytes: int
    ids: I64  # (n,) instance number of each row
    start: I64  # (n,) position of each row's '#' in `outside`
    kind: I64  # (n,) row of `kinds`
    kinds: list[bytes]  # upper-case keywords, b"" of a complex instance; a keyword may occur twice
    edge_from: I64 = field(default_factory=lambda: np.zeros(0, np.int64))
    edge_to: I64 = field(default_factory=lambda: np.zeros(0, np.int64))
    twice: I64 = field(default_factory=lambda: np.zeros(0, np.int64))  # instance numbers that a later row takes again
    dangling: int = 0  # references to rows that do not exist
    dangling_from: I64 = field(default_factory=lambda: np.zeros(0, np.int64))  # rows that hold them
    bad_ids: int = 0  # '#' without digits, 0, or 2^31 and more
    max_depth: int = 0  # of parentheses within one row (at least: an upper bound where it is small)
    longest_string: int = 0  # an upper bound where it is short
    keywords: int = 0  # words in front of a parenthesis: rows, typed values, the three entities of the header
    unterminated: bool = False  # a string or comment never ends

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def pieces(self) -> list[bytes]:
        """The bytes cut at every quote: even ones lie outside strings, odd ones are (halves of) strings."""
        return self.data.split(b"'")

    def edges_of(self, rows: I64) -> tuple[I64, I64]:
        """Return where the references of rows (k,) begin and end (k,) in the edges."""
        return np.searchsorted(self.edge_from, rows), np.searchsorted(self.edge_from, rows, side="right")

    def type_of(self, row: int) -> bytes:
        """Return the upper-case keyword of a row."""
        return self.kinds[int(self.kind[row])]

    def rows_of(self, *names: bytes) -> NDArray[np.bool_]:
        """Return which rows (n,) are of one of these keywords."""
        return self.rows_where([kind in names for kind in self.kinds])

    def rows_where(self, chosen: list[bool]) -> NDArray[np.bool_]:
        """Return which rows (n,) are of the chosen `kinds`."""
        return np.array(chosen or [False], bool)[self.kind]


def scan(data: bytes) -> StepText:
    """Return the rows and references of a STEP file. Never raises on bad content."""
    data, open_comment = _plain(data)
    outside, open_string = _outside(data)
    array = np.frombuffer(outside, np.uint8)[: len(data)]
    words = np.ndarray(len(outside) - 8, "<u8", outside, strides=(1,))  # the eight bytes from every position
    hashes, depth, words_before = _marks(array)
    value, after, bad = _numbers(array, words, hashes)
    row = (array[np.minimum(after, len(array) - 1)] == 61) if len(array) else np.zeros(0, bool)
    valid = value > 0
    is_row, is_ref = row & valid, ~row & valid
    kind, kinds = _keywords(outside, words, after[is_row])
    header_end = data.find(b"ENDSEC")
    found = _SCHEMA.search(data[: header_end if header_end > 0 else 65536])
    declared = found[1].decode("latin-1").strip() if found else ""
    end = outside.rfind(TRAILER)
    text = StepText(
        data=data,
        outside=outside,
        declared=declared,
        header=begins_step(data),
        trailer=end >= 0,
        trailing_bytes=len(outside[end + len(TRAILER) :].strip(b" \t\r\n\x00\x1a")) if end >= 0 else 0,
        ids=value[is_row],
        start=hashes[is_row],
        kind=kind,
        kinds=kinds,
        bad_ids=bad,
        longest_string=_longest_string(data),
        unterminated=open_comment or open_string,
    )
    source = np.cumsum(is_row) - 1
    _connect(text, value[is_ref], source[is_ref])
    text.max_depth = depth if depth <= _SHALLOW else _depth(array, text.start)
    text.keywords = words_before
    return text


def _plain(data: bytes) -> tuple[bytes, bool]:
    r"""Return the bytes with comments and quotes that end no string (`\S\'`) blanked; whether a comment never ends."""
    array = np.frombuffer(data, np.uint8)
    if b"\\" in data:
        quoted = np.flatnonzero(array[:-1] == 92)
        quoted = quoted[(array[quoted + 1] == 39) & (array[quoted - 1] == 83)]
        if len(quoted):
            data = data.replace(b"\\S\\'", b"\\S\\ ")
    if b"*" not in data:
        return data, False
    stars = np.flatnonzero(array == 42)
    begins = (stars[array[stars - 1] == 47] - 1).tolist()
    return _without_comments(data, begins) if begins else (data, False)


def _outside(data: bytes) -> tuple[bytearray, bool]:
    """Return the bytes with zeros in strings and blanks behind, and whether a string never ends.

    Eight bytes at once: multiplied by 0x0101010101010101, each byte of a word holds the quotes up to it.
    """
    tail = len(data) % 8
    out = bytearray(len(data) - tail) + data[len(data) - tail :] + _PADDING[tail:]
    words = np.frombuffer(out, np.uint64)
    source = np.frombuffer(data, np.uint64, len(data) // 8)
    words[: len(source)] = source
    inside = np.uint64(0)
    for at in range(0, len(words), _STRIP):
        word = words[at : at + _STRIP]
        quotes = (word.view(np.uint8) == 39).view(np.uint64)
        quotes *= _ONES
        parity = np.bitwise_xor.accumulate(quotes >> np.uint64(56)) & np.uint64(1)
        quotes[1:] += (parity[:-1] ^ inside) * _ONES
        quotes[0] += inside * _ONES
        quotes &= _ONES
        quotes ^= _ONES  # 1 outside
        quotes *= np.uint64(255)
        word &= quotes
        inside ^= parity[-1]
    return out, bool(inside)


def _marks(array: U8) -> tuple[I64, int, int]:
    """Return the positions of '#', a bound of the depth of parentheses, the words in front of a parenthesis."""
    hashes, words, level, lowest, highest = [np.zeros(0, np.int64)], 0, 0, 0, 0
    for at in range(0, len(array), 8 * _STRIP):
        strip = array[at : at + 8 * _STRIP]
        hashes.append(np.flatnonzero(strip == 35) + at)
        marks = np.flatnonzero((strip | 1) == 41)
        if not len(marks):
            continue
        opening = strip[marks] == 40
        levels = np.cumsum(2 * opening.view(np.int8) - 1, dtype=np.int32)
        lowest, highest = min(lowest, level + int(levels.min())), max(highest, level + int(levels.max()))
        level += int(levels[-1])
        before = marks[opening] + (at - 1)
        for _ in range(_WORD_BLANKS):
            letter = array[before]
            words += int(np.count_nonzero(_LETTER[letter]))
            before = before[_BLANK[letter]] - 1
            if not len(before):
                break
    return np.concatenate(hashes), highest - lowest, words


def _longest_string(data: bytes) -> int:
    """Return the length of the longest string, or the bound that follows where quotes stand close together."""
    if all(data.find(b"'", at, at + _STRETCH) >= 0 for at in range(0, len(data) - _STRETCH + 1, _STRETCH)):
        return 2 * _STRETCH
    return max(map(len, data.split(b"'")[1::2]), default=0)


def _without_comments(data: bytes, begins: list[int]) -> tuple[bytes, bool]:
    """Blank comments; `begins` are the positions of all `/*`, those in strings too."""
    out = bytearray(data)
    quotes, at = 0, 0
    for begin in begins:
        if begin < at:  # inside the comment before
            continue
        quotes += data.count(b"'", at, begin)
        at = begin
        if quotes % 2:
            continue
        stop = data.find(b"*/", begin + 2)
        if stop < 0:
            out[begin:] = b" " * (len(data) - begin)
            return bytes(out), True
        at = stop + 2
        out[begin:at] = b" " * (at - begin)
    return bytes(out), False


def _numbers(array: U8, words: U64, hashes: I64) -> tuple[I64, I64, int]:
    """Return the number behind each '#' (0: none that is valid), the position behind it, how many are invalid.

    Up to seven digits are read from one 64-bit word; longer numbers, which are rare, digit by digit.
    """
    if not len(hashes):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), 0
    value, digits = np.empty(len(hashes), np.int64), np.empty(len(hashes), np.int64)
    for at in range(0, len(hashes), _BLOCK):
        value[at : at + _BLOCK], digits[at : at + _BLOCK] = _short_numbers(words[hashes[at : at + _BLOCK] + 1])
    long = np.flatnonzero(digits < 0)
    if len(long):
        _long_numbers(array, hashes, long, value, digits)
    after = hashes + 1 + digits
    _skip_blanks(array, after)
    invalid = (value <= 0) | (value >= 2**31)
    if not invalid.any():
        return value, after, 0
    # a lone '#' at the end of a cut file is no number of its own
    cut_off = (digits == 0) & _BLANK[array[np.minimum(hashes + 1, len(array) - 1)]]
    value[invalid] = 0
    return value, after, int((invalid & ~cut_off).sum())


def _short_numbers(word: U64) -> tuple[I64, I64]:
    """Return the number each eight bytes (changed in place) begin with and its digits; -1 digits: eight or more."""
    word ^= _ZEROS
    other = word + _OVER_NINE
    other |= word
    other &= _HIGH  # the high bit of every byte that is no digit (and of some behind it)
    other &= ~other + np.uint64(1)  # of the first one only
    digits = ((other.astype(np.float64).view(np.int64) >> 52) - 1023) >> 3
    digits[other == 0] = -1
    shift = (64 - 8 * digits).view(np.uint64)
    word <<= shift  # the digits to the high end; a shift by 64 or more gives 0
    for factor, bits, mask in _PAIRS:
        word = (word * factor + (word >> bits)) & mask
    return word.view(np.int64), digits


def _long_numbers(array: U8, hashes: I64, long: I64, value: I64, digits: I64) -> None:
    """Read the numbers of eight digits and more (rows `long` of `hashes`) in place."""
    padded = np.concatenate([array, np.full(ID_DIGITS + 2, 32, np.uint8)])
    alive = np.ones(len(long), bool)
    total, count = np.zeros(len(long), np.int64), np.zeros(len(long), np.int64)
    for step in range(1, ID_DIGITS + 1):
        digit = padded[hashes[long] + step].astype(np.int64) - 48
        alive &= (digit >= 0) & (digit <= 9)
        total = np.where(alive, total * 10 + digit, total)
        count += alive
    value[long], digits[long] = total, count


def _skip_blanks(array: U8, after: I64) -> None:
    """Move positions (in place) over up to 64 blanks, as in `#12 = IFCWALL`."""
    last = len(array) - 1
    behind = np.flatnonzero(_BLANK[array[np.minimum(after, last)]])
    for _ in range(64):
        if not len(behind):
            return
        after[behind] += 1
        behind = behind[after[behind] <= last]
        behind = behind[_BLANK[array[after[behind]]]]


def _keywords(outside: bytearray, words: U64, equals: I64) -> tuple[I64, list[bytes]]:
    """Return the kind of each row and the keywords of the kinds; `equals` are positions of '='."""
    if not len(equals):
        return np.zeros(0, np.int64), []
    begin = equals + 1
    array = np.frombuffer(outside, np.uint8)
    _skip_blanks(array, begin)
    code = np.empty(len(begin), np.uint64)
    for at in range(0, len(begin), _BLOCK):
        code[at : at + _BLOCK] = _hashes(words, begin[at : at + _BLOCK])
    spot = (code >> np.uint64(46)).view(np.int64)
    row_at = np.zeros(1 << 18, np.int32)
    row_at[spot] = np.arange(len(spot), dtype=np.int32)
    one = row_at[spot]  # a row with the same hash, the same one for all of them
    if np.array_equal(code[one], code):
        chosen = np.zeros(len(spot), bool)
        chosen[one] = True
        sample = np.flatnonzero(chosen)
        kind = (np.cumsum(chosen) - 1)[one]
    else:
        _, sample, kind = np.unique(code, return_index=True, return_inverse=True)
    letters = [bytes(outside[at : at + _KEYWORD_BYTES]) for at in begin[sample].tolist()]
    return kind, [name.partition(b"(")[0].strip().upper() for name in letters]


def _hashes(words: U64, begin: I64) -> U64:
    """Return a hash of the letters from each position up to the next '(' (40 letters at most)."""
    code = np.empty(len(begin), np.uint64)
    rows, before = np.arange(len(begin)), np.zeros(1, np.uint64)
    at, last = begin, len(words) - 1
    for _ in range(_KEYWORD_BYTES // 8):
        word = words[np.minimum(at, last)]
        word ^= _BRACKETS  # now '(' is 0 and a letter is not
        other = word - _ONES
        other &= ~word
        other &= _HIGH  # the high bit of every byte that is '(' (and of some behind it)
        other &= ~other + np.uint64(1)  # of the first one only; 0 where there is none
        word &= (other >> np.uint64(7)) - np.uint64(1)
        word ^= before
        word *= _MIX
        word ^= word >> np.uint64(29)
        code[rows] = word
        going = np.flatnonzero(other == 0)
        if not len(going):
            break
        rows, at, before = rows[going], at[going] + 8, word[going]
    return code


def _connect(text: StepText, refs: I64, source: I64) -> None:
    """Fill the edges: which row refers to which. Of several rows with one number the last wins, as in the library."""
    if not len(text):
        return
    inside = source >= 0
    if not inside.all():
        refs, source = refs[inside], source[inside]
    size = len(text)
    highest = int(text.ids.max())
    if highest <= 16 * size + 1_000_000:
        row_of = np.full(highest + 1, -1, np.int64)
        row_of[text.ids] = np.arange(size)
        text.twice = text.ids[row_of[text.ids] != np.arange(size)]
        target = row_of[np.minimum(refs, highest)]
        target[refs > highest] = -1
    else:
        order = np.argsort(text.ids, kind="stable")
        ordered = text.ids[order]
        text.twice = ordered[:-1][ordered[1:] == ordered[:-1]]
        spot = np.maximum(np.searchsorted(ordered, refs, side="right") - 1, 0)
        target = np.where(ordered[spot] == refs, order[spot], -1)
    lost = target < 0
    if lost.any():
        text.dangling, text.dangling_from = int(lost.sum()), np.unique(source[lost])
        source, target = source[~lost], target[~lost]
    text.edge_from, text.edge_to = source, target


def _depth(array: U8, start: I64) -> int:
    """Return the deepest nesting of parentheses within one row."""
    marks = np.flatnonzero((array | 1) == 41)
    level = np.cumsum(2 * (array[marks] == 40).view(np.int8) - 1, dtype=np.int32)
    row = np.searchsorted(start, marks, side="right")
    first = np.flatnonzero(np.r_[True, row[1:] != row[:-1]])
    base = np.r_[0, level[first[1:] - 1]] if len(first) > 1 else np.zeros(1, np.int64)
    return int((np.maximum.reduceat(level, first) - base).max())
