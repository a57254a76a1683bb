"""Drawing <-> one compressed blob: a JSON skeleton and one block of little-endian columns.

Layout: 8 bytes magic `TSNAP002`, uint64 length of the first frame, then two Zstandard frames with checksums: the JSON
skeleton and the block. `drawing` in the skeleton mirrors the dataclasses and leaves out every field that is as the
dataclass makes it; the type of a field says how its value is written. A column stands as its number; `kinds` holds
[dtype, shape of a row, how] (`how` 1: differences of neighbours), `columns` the kind and `rows` the length of each.
They lie one after another in the block, each at a multiple of 8, so a loaded column is a view and costs no copy. A long
list of strings is the number of a column of bytes: UTF-8, NUL between the strings. All else is plain JSON, NaN and
infinities as Python writes them. Loading never executes anything and never unpacks more than a frame says beforehand
(at most `BLOCK_LIMIT` bytes), and the columns fill the block exactly.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import math
import struct
import threading
import typing
from collections.abc import Sequence
from enum import Enum
from typing import Any

import numpy as np
import pydantic_core
import zstandard

from pipeline.drawing.decoding import Columns, SnapshotError, decoder, usual_fields
from pipeline.drawing.model import SCHEMA, Drawing

MAGIC = b"TSNAP002"
LEVEL = 3
BLOCK_LIMIT = 4 << 30
HEADER_LIMIT = 1 << 30
_KINDS = "biufUS"  # columns of numbers or fixed strings; never of objects
_THREAD = threading.local()
_PIECE = 1 << 20  # compressed bytes unpacked at a time
_WIDE, _DEEP = 1 << 20, 4  # largest side and depth of a row
_LONG = 8  # lists of strings and columns of integers from this length on are packed more tightly
_HEAD = struct.Struct("<8sQ")
# what struct, zstandard, json, numpy and the dataclasses raise over bytes that were changed on the way
_DAMAGE = (
    struct.error, zstandard.ZstdError, ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError,
    RecursionError, MemoryError,
)  # fmt: skip


def dump(drawing: Drawing) -> bytes:
    """Return the snapshot of a drawing; deterministic for equal drawings."""
    block = _Block()
    body: Any = {"schema": SCHEMA, "drawing": _encode(drawing, block)}
    body |= {"kinds": [list(kind) for kind in block.kinds], "columns": block.columns, "rows": block.rows}
    try:
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=_plain)
    except TypeError:  # keys that are neither text nor numbers
        text = json.dumps(_with_text_keys(body), ensure_ascii=False, separators=(",", ":"), default=_plain)
    header = _packed([text.encode("utf-8", "replace")])
    return b"".join([_HEAD.pack(MAGIC, len(header)), header, _packed(block.pieces)])


def _packed(pieces: Sequence[bytes | memoryview]) -> bytes:
    """Return one frame of the pieces one after another; they are not joined before."""
    size = sum(len(piece) for piece in pieces)
    pack = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True, write_content_size=True).compressobj(size=size)
    return b"".join([*(pack.compress(piece) for piece in pieces), pack.flush()])


def load(blob: bytes) -> Drawing:
    """Return the drawing of a snapshot. Raises SnapshotError, and nothing else, when the blob is not one of ours.

    Columns are writable views of one block: a drawing's columns live as long as any one of them.
    """
    if blob[:8] != MAGIC:
        raise SnapshotError("not a drawing snapshot, or one of another version")
    try:
        (_, length) = _HEAD.unpack_from(blob)
        view = memoryview(blob)[_HEAD.size :]
        if length > len(view):
            raise SnapshotError("a snapshot that is cut off")
        header = _json(_unpacked(view[:length], HEADER_LIMIT))
        if header.get("schema") != SCHEMA:
            raise SnapshotError(f"schema {header.get('schema')} is not {SCHEMA}")
        columns = _columns(header, _unpacked(view[length:], BLOCK_LIMIT))
        drawing = _DRAWING(header["drawing"], columns)
    except SnapshotError:
        raise
    except _DAMAGE as error:
        raise SnapshotError(f"a damaged snapshot ({type(error).__name__})") from error
    return typing.cast(Drawing, drawing)


def _json(text: bytearray) -> Any:
    """Return what JSON says; where the fast parser refuses it (nested more than 200 deep), the standard one tries."""
    try:
        return pydantic_core.from_json(text)
    except ValueError:
        return json.loads(text)


def _unpacked(frame: memoryview, limit: int) -> bytearray:
    """Return the bytes of one frame, which must be whole, alone and as long as it says; unpacked piece by piece."""
    size = zstandard.frame_content_size(frame)
    if not 0 <= size <= limit:
        raise SnapshotError("a frame of a size that is not allowed")
    if len(frame) <= _PIECE:
        small = bytearray(_unpacker().decompress(frame, allow_extra_data=False))
        if len(small) != size:
            raise SnapshotError("a frame is not as long as it says")
        return small
    raw, at = bytearray(size), 0
    unpack = _unpacker().decompressobj()
    for begin in range(0, len(frame), _PIECE):
        part = unpack.decompress(frame[begin : begin + _PIECE])
        raw[at : at + len(part)] = part
        at += len(part)
        if at > size or unpack.eof:
            break
    if at != size or not unpack.eof or unpack.unused_data or begin + _PIECE < len(frame):
        raise SnapshotError("a frame is not as long as it says")
    return raw


def _unpacker() -> zstandard.ZstdDecompressor:
    """Return this thread's decompressor: making one costs as much as a small drawing."""
    made: zstandard.ZstdDecompressor | None = getattr(_THREAD, "unpacker", None)
    if made is None:
        made = _THREAD.unpacker = zstandard.ZstdDecompressor()
    return made


class _Block:
    """The columns as they are written, each at a multiple of 8."""

    def __init__(self) -> None:
        self.pieces: list[bytes | memoryview] = []  # contiguous columns are not copied
        self.kinds: dict[tuple[str, tuple[int, ...], int], int] = {}
        self.columns: list[int] = []
        self.rows: list[int] = []

    def add(self, column: np.ndarray) -> int:
        """Append a column; return its number."""
        if column.dtype.kind not in _KINDS or not column.ndim:
            raise TypeError(f"a column of {column.dtype} cannot be kept")
        flat = np.ascontiguousarray(column)
        differs = column.ndim == 1 and column.dtype.kind in "iu" and len(column) >= _LONG
        if differs:
            flat = np.diff(flat, prepend=flat.dtype.type(0))
        if flat.size:
            raw = flat.reshape(-1).view(np.uint8).data
            self.pieces += [raw, bytes(-len(raw) % 8)]
        kind = (column.dtype.str, column.shape[1:], int(differs))
        self.columns.append(self.kinds.setdefault(kind, len(self.kinds)))
        self.rows.append(len(column))
        return len(self.rows) - 1


def _encode(value: Any, block: _Block) -> Any:
    """Return a value of the drawing as JSON; columns and long lists of strings go into the block."""
    if isinstance(value, np.ndarray):
        return block.add(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        made = {name: (getattr(value, name), usual) for name, usual in usual_fields(type(value)).items()}
        return {name: _encode(item, block) for name, (item, usual) in made.items() if not _same(item, usual)}
    if isinstance(value, list) and value:
        if dataclasses.is_dataclass(value[0]):
            return [_encode(item, block) for item in value]
        if len(value) >= _LONG and all(type(item) is str for item in value):
            return _strings(value, block)
    if isinstance(value, dict) and value and dataclasses.is_dataclass(next(iter(value.values()))):
        return {str(key): _encode(item, block) for key, item in value.items()}
    return value


def _strings(value: list[str], block: _Block) -> int | list[str]:
    joined = "\x00".join(value)
    if joined.count("\x00") != len(value) - 1:  # a string that holds the mark itself
        return value
    return block.add(np.frombuffer(joined.encode("utf-8", "replace"), "S1"))


def _same(value: Any, usual: Any) -> bool:
    """Return whether a value is what the dataclass makes anyway; only what is surely the same is left out."""
    if type(value) is not type(usual):
        return False
    if isinstance(usual, np.ndarray):
        shape = value.shape == usual.shape and value.dtype == usual.dtype
        return shape and value.tobytes() == usual.tobytes()
    if isinstance(usual, float):
        return repr(value) == repr(usual)
    if isinstance(usual, list | dict):
        return not value and not usual
    if dataclasses.is_dataclass(usual):
        kind: Any = type(value)
        return all(_same(getattr(value, name), plain) for name, plain in usual_fields(kind).items())
    return bool(value == usual)


def _plain(value: Any) -> Any:
    """Return what json does not know as something it does."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    raise TypeError(f"a {type(value).__name__} cannot be kept")


def _with_text_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _with_text_keys(item) for key, item in value.items()}
    return [_with_text_keys(item) for item in value] if isinstance(value, list | tuple) else value


# -- loading: the columns first; the drawing is made by one decoder for each type, made once -------------------------


def _columns(header: dict[str, Any], block: bytearray) -> Columns:
    """Return the columns as writable views of the block, which they must fill exactly."""
    kinds = [(_dtype(name), _row(tuple(shape)), bool(differs)) for name, shape, differs in header["kinds"]]
    found, at = [], 0
    for number, rows in zip(header["columns"], header["rows"], strict=True):
        dtype, (shape, wide), differs = kinds[number]
        count = rows * wide
        if count <= 0:
            if rows < 0:
                raise SnapshotError("a column is not described rightly")
            found.append(np.zeros((rows, *shape), dtype))
            continue
        column = np.frombuffer(block, dtype, count, at)  # refuses what lies outside of the block
        at += -(-column.nbytes // 8) * 8
        if shape:
            column = column.reshape(rows, *shape)
        elif differs:
            np.cumsum(column, out=column, dtype=_integer(dtype))
        found.append(column)
    if at != len(block):
        raise SnapshotError("the columns do not fill the block")
    return found


@functools.lru_cache(64)
def _dtype(name: str) -> np.dtype:
    dtype = np.dtype(name)
    if dtype.kind not in _KINDS or not dtype.itemsize:
        raise SnapshotError("a column is not described rightly")
    return dtype


def _integer(dtype: np.dtype) -> np.dtype:
    if dtype.kind not in "iu":
        raise SnapshotError("differences of what is not an integer")
    return dtype


@functools.lru_cache(64)
def _row(shape: tuple[int, ...]) -> tuple[tuple[int, ...], int]:
    """Return the shape of a row and how many values it has."""
    if len(shape) > _DEEP or any(type(side) is not int or not 0 <= side <= _WIDE for side in shape):
        raise SnapshotError("a column is not described rightly")
    return shape, math.prod(shape)


_DRAWING = decoder(Drawing)  # made at import, so that a forked child has it
