"""The rows and references of a STEP file (ISO 10303-21) found in its raw bytes, with numpy, in linear time.

Nothing here builds an object per row: `marks` finds every `#123` outside strings and tells the start of a row
(`#123=`) from a reference; here they become the rows, their kinds and which of them refers to which.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.readers.ifc.marks import I32, I64, KEYWORD_BYTES, U8, U64, Marks, find_marks
from pipeline.readers.ifc.rare import pair_positions, positions
from pipeline.readers.ifc.sniff import begins_step

TRAILER = b"END-ISO-10303-21;"
REFERENCE = re.compile(rb"#(\d+)")
Range = tuple[int, int]
Rows = NDArray[np.integer]
SHALLOW = 64  # a whole file that nests no deeper needs no look at its rows
_STRETCH = 1 << 19  # a string longer than two of these covers one of them whole, counted from the begin of the file
_STRIP = 1 << 17
_FEW = 2000  # rows
_PADDING = b" " * 64
_SCHEMA = re.compile(rb"FILE_SCHEMA\s*\(\s*\(\s*'([^']*)'", re.IGNORECASE)


@dataclass(slots=True)
class StepText:
    """What the bytes of a STEP file say, before any library reads them.

    Rows are in file order; `edge_from[k]`, `edge_to[k]` are row numbers of reference k (dangling references left
    out), `edge_from` ascending. What is kept while the library reads is as small as it can be: new memory costs time.
    """

    data: bytes
    comments: list[Range]  # of `data`, ascending; comments behind the begin of the first row are already blank in it
    inside: U64  # a bit for each byte: within a string
    declared: str  # name of the schema
    header: bool
    ids: I32  # (n,) instance number of each row
    start: I32  # (n,) position of each row's '#'
    keyword: I32  # (n,) position of each row's keyword
    kind: Rows  # (n,) row of `kinds`
    kinds: list[bytes]  # upper-case keywords, b"" of a complex instance; a keyword may occur twice
    backslashes: I64  # positions of all of them
    trailer: bool = False
    trailing_bytes: int = 0
    first: I32 = field(default_factory=lambda: np.zeros(1, np.int32))  # (n + 1,) where each row's references begin
    edge_to: I32 = field(default_factory=lambda: np.zeros(0, np.int32))
    twice: I32 = field(default_factory=lambda: np.zeros(0, np.int32))  # instance numbers that a later row takes again
    dangling: int = 0  # references to rows that do not exist
    dangling_from: I64 = field(default_factory=lambda: np.zeros(0, np.int64))  # rows that hold them
    bad_ids: int = 0  # '#' without digits, 0, or 2^31 and more
    max_depth: int = 0  # of parentheses within one row (at least: an upper bound where it is small)
    longest_string: int = 0  # an upper bound where it is short
    keywords: int = 0  # words in front of a parenthesis (and some more): rows, typed values, the header's entities
    unterminated: bool = False  # a string or comment never ends
    _outside: bytearray | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def edge_from(self) -> I32:
        """The row (k,) each reference stands in."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.first))

    @property
    def outside(self) -> bytearray:
        """The bytes with zeros for what stands in strings, and blanks at the end."""
        if self._outside is None:
            out = bytearray(self.data + _PADDING)
            for at in range(0, len(self.data), _STRIP):
                end = min(at + _STRIP, len(self.data))
                out[at:end] = self.blanked(at, end)
            self._outside = out
        return self._outside

    def blanked(self, begin: int, end: int) -> bytes:
        """Return the bytes from begin to end with zeros for what stands in strings."""
        end = min(end, len(self.data))
        if end <= begin:
            return b""
        first = begin // 64
        within = self.inside[first : (end + 63) // 64].view(np.uint8)
        keep = 1 - np.unpackbits(within, bitorder="little")[begin - 64 * first : end - 64 * first]
        return _blank((np.frombuffer(self.data, np.uint8, end - begin, begin) * keep).tobytes(), begin, self.comments)

    @property
    def pieces(self) -> list[bytes]:
        """The bytes without comments cut at every quote: even ones lie outside strings, odd ones are parts of them."""
        return _blank(self.data, 0, self.comments).split(b"'")

    def edges_of(self, rows: Rows) -> tuple[Rows, Rows]:
        """Return where the references of rows (k,) begin and end (k,) in the edges."""
        return self.first[rows], self.first[rows + 1]

    def type_of(self, row: int) -> bytes:
        """Return the upper-case keyword of a row."""
        return self.kinds[int(self.kind[row])]

    def rows_of(self, *names: bytes) -> NDArray[np.bool_]:
        """Return which rows (n,) are of one of these keywords."""
        return np.array([kind in names for kind in self.kinds] or [False], bool)[self.kind]


def scan(data: bytes) -> StepText:
    """Return the rows and references of a STEP file. Never raises on bad content."""
    data, comments, slashes, open_comment = _comments(data)
    marks = find_marks(data, comments)
    kind, kinds = _kinds(data, marks)
    head = _blank(data[: max(comments[-1][1], 512)], 0, comments) if comments else data[:512]
    text = StepText(
        data=data,
        comments=comments,
        inside=marks.inside,
        declared=_declared(head, data),
        header=begins_step(head),
        ids=marks.ids,
        start=marks.start,
        keyword=marks.keyword,
        backslashes=slashes,
        kind=kind,
        kinds=kinds,
        bad_ids=marks.bad_ids,
        longest_string=_longest_string(data, marks.inside),
        keywords=marks.keywords,
        unterminated=open_comment or marks.unterminated,
    )
    _note_trailer(text)
    _connect(text, marks.refs, marks.count)
    text.max_depth = marks.depth
    if marks.depth > SHALLOW:
        text.max_depth = _depth(np.frombuffer(text.outside, np.uint8), text.start)
    return text


def _declared(head: bytes, data: bytes) -> str:
    """Return the name of the schema in the header; `head` is its begin without comments."""
    end = head.find(b"ENDSEC")
    if end < 0:
        end = data.find(b"ENDSEC", len(head))
        head += data[len(head) : end if end > 0 else 65536]
    found = _SCHEMA.search(head if end < 0 else head[:end])
    return found[1].decode("latin-1").strip() if found else ""


def _note_trailer(text: StepText) -> None:
    """Find the last END-ISO-10303-21 outside strings, and what follows it."""
    end = text.data.rfind(TRAILER)
    while end >= 0 and text.blanked(end, end + len(TRAILER)) != TRAILER:  # in a string or comment
        end = text.data.rfind(TRAILER, 0, end + len(TRAILER) - 1)
    text.trailer = end >= 0
    if text.trailer:
        behind = text.blanked(end + len(TRAILER), len(text.data))
        text.trailing_bytes = len(behind.strip(b" \t\r\n\x00\x1a"))


def _comments(data: bytes) -> tuple[bytes, list[Range], I64, bool]:
    r"""Return the bytes with quotes that end no string (`\S\'`) blanked, and where comments stand in the header.

    With them come the positions of all backslashes, and whether a comment never ends. Where comments stand further
    behind, all of them are blanked.
    """
    slashes = positions(data, b"\\")
    array = np.frombuffer(data, np.uint8)
    ends = slashes[array.take(slashes + 1, mode="clip") == 39]
    if (array.take(ends - 1, mode="clip") == 83).any():  # `\X0\'` is as frequent as this is rare
        data = data.replace(b"\\S\\'", b"\\S\\ ")
    comments, unended = _ranges(data, pair_positions(data, b"/*"))
    if comments and comments[-1][1] > data.find(b"=") >= 0:
        data, comments = _blank(data, 0, comments), []
    return data, comments, slashes, unended


def _ranges(data: bytes, begins: list[int]) -> tuple[list[Range], bool]:
    """Return where comments stand; `begins` are the positions of all `/*`, those in strings too."""
    found: list[Range] = []
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
            return [*found, (begin, len(data))], True
        at = stop + 2
        found.append((begin, at))
    return found, False


def _blank(data: bytes, begin: int, comments: list[Range]) -> bytes:
    """Return bytes that stand at `begin` of the file with blanks for comments."""
    if not comments or comments[-1][1] <= begin:
        return data
    out = bytearray(data)
    for first, end in comments:
        first, end = max(first - begin, 0), min(end - begin, len(data))
        if first < end:
            out[first:end] = b" " * (end - first)
    return bytes(out)


def _longest_string(data: bytes, inside: U64) -> int:
    """Return the length of the longest string, or the bound that follows where none is very long."""
    words = _STRETCH // 64
    full = inside == np.uint64(2**64 - 1)
    if not full[: len(full) // words * words].reshape(-1, words).all(axis=1).any():
        return 2 * _STRETCH
    return max(map(len, data.split(b"'")[1::2]), default=0)


def _kinds(data: bytes, marks: Marks) -> tuple[Rows, list[bytes]]:
    """Return the kind of each row and the keywords of the kinds."""
    code = marks.code
    if not len(code):
        return np.zeros(0, np.uint16), []
    kind: Rows
    for bits in (48, 32, 16) if len(code) > _FEW else ():  # the tables of few rows would cost more than they save
        spot = (code >> np.uint64(bits)).astype(np.uint16)
        row_at = np.full(1 << 16, -1, np.int32)
        row_at[spot] = np.arange(len(spot), dtype=np.int32)
        used = np.flatnonzero(row_at >= 0)
        sample = row_at[used]  # a row of each kind
        kind_at = np.zeros(1 << 16, np.uint16)
        kind_at[used] = np.arange(len(used), dtype=np.uint16)
        kind = kind_at.take(spot)
        if np.array_equal(code[sample].take(kind), code):
            break
    else:  # few rows, or some kinds share a hash
        _, firsts, shared = np.unique(code, return_index=True, return_inverse=True)
        sample, kind = firsts.astype(np.int32), shared
    letters = [data[at : at + KEYWORD_BYTES] for at in marks.keyword[sample].tolist()]
    return kind, [name.partition(b"(")[0].strip().upper() for name in letters]


def _connect(text: StepText, refs: I32, count: I64) -> None:
    """Fill the edges: which row refers to which. Of several rows with one number the last wins, as in the library.

    Args:
        text: what is filled in.
        refs: numbers referred to (k,), row after row.
        count: how many of them stand in each row (n,).
    """
    if not len(text):
        return
    size = len(text)
    highest = int(text.ids.max())
    if highest <= 16 * size + 1_000_000:
        rows = np.arange(size, dtype=np.int32)
        row_of = np.full(highest + 1, -1, np.int32)
        row_of[text.ids] = rows
        text.twice = text.ids[row_of.take(text.ids) != rows]
        beyond = len(refs) > 0 and refs.max() > highest
        target = row_of.take(np.minimum(refs, highest) if beyond else refs)
        if beyond:
            target[refs > highest] = -1
    else:
        order = np.argsort(text.ids, kind="stable")
        ordered = text.ids[order]
        text.twice = ordered[:-1][ordered[1:] == ordered[:-1]]
        spot = np.maximum(np.searchsorted(ordered, refs, side="right") - 1, 0)
        target = np.where(ordered[spot] == refs, order[spot], -1).astype(np.int32)
    if len(target) and target.min() < 0:
        lost = target < 0
        source = np.repeat(np.arange(size), count)
        text.dangling, text.dangling_from = int(lost.sum()), np.unique(source[lost])
        target = target[~lost]
        count = np.bincount(source[~lost], minlength=size)
    text.edge_to = target
    text.first = np.zeros(size + 1, np.int32)
    np.cumsum(count, out=text.first[1:])


def _depth(array: U8, start: I32) -> int:
    """Return the deepest nesting of parentheses within one row."""
    marks = np.flatnonzero((array | 1) == 41)
    level = np.cumsum(2 * (array[marks] == 40).view(np.int8) - 1, dtype=np.int32)
    row = np.searchsorted(start, marks, side="right")
    first = np.flatnonzero(np.r_[True, row[1:] != row[:-1]])
    base = np.r_[0, level[first[1:] - 1]] if len(first) > 1 else np.zeros(1, np.int64)
    return int((np.maximum.reduceat(level, first) - base).max())
