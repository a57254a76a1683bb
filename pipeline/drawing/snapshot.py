"""Drawing <-> one compressed blob: a JSON skeleton plus raw little-endian columns.

Layout: 8 bytes magic `TSNAP001`, uint64 length of the zlib-compressed JSON header, header, then the
zlib-compressed columns one after another. The header mirrors the dataclasses; an array stands in it as
{"$a": [offset, stored length, dtype, shape]}, a number that JSON lacks as {"$f": "nan"}; a key of the drawing's
own that begins with "$" gets a second one. Loading never executes anything, and a column never becomes larger
than its shape says.
"""

from __future__ import annotations

import dataclasses
import json
import math
import struct
import types
import typing
import zlib
from enum import Enum
from typing import Any

import numpy as np

from pipeline.drawing.model import SCHEMA, Drawing

MAGIC = b"TSNAP001"
LEVEL = 1
_KINDS = "biufUS"  # columns of numbers or fixed strings; never of objects
_SCALARS: dict[Any, Any] = {str: str, int: int, float: (int, float), bool: bool}
# what struct, zlib, json, numpy and the dataclasses raise over bytes that were changed on the way
_DAMAGE = (
    struct.error, zlib.error, ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError,
    RecursionError, MemoryError,
)  # fmt: skip


class SnapshotError(ValueError):
    """The bytes are not a snapshot of this schema."""


def dump(drawing: Drawing) -> bytes:
    """Return the snapshot of a drawing; deterministic for equal drawings."""
    columns: list[bytes] = []
    size = 0

    def encode(value: Any) -> Any:
        nonlocal size
        if isinstance(value, np.ndarray):
            if value.dtype.kind not in _KINDS:
                raise TypeError(f"a column of {value.dtype} cannot be kept")
            raw = zlib.compress(np.ascontiguousarray(value).tobytes(), LEVEL)
            entry = {"$a": [size, len(raw), value.dtype.str, list(value.shape)]}
            columns.append(raw)
            size += len(raw)
            return entry
        if isinstance(value, Enum):
            return value.value
        if isinstance(value, np.generic):
            return encode(value.item())
        if isinstance(value, float) and not math.isfinite(value):
            return {"$f": repr(value)}
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {f.name: encode(getattr(value, f.name)) for f in dataclasses.fields(value)}
        if isinstance(value, dict):
            return {_marked(str(key)): encode(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [encode(item) for item in value]
        return value

    body = {"schema": SCHEMA, "drawing": encode(drawing)}
    header = zlib.compress(
        json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"), LEVEL
    )
    return b"".join([MAGIC, struct.pack("<Q", len(header)), header, *columns])


def load(blob: bytes) -> Drawing:
    """Return the drawing of a snapshot. Raises SnapshotError, and nothing else, when the blob is not one of ours."""
    if blob[:8] != MAGIC:
        raise SnapshotError("not a drawing snapshot")
    try:
        (length,) = struct.unpack_from("<Q", blob, 8)
        start = 16 + length
        header = json.loads(zlib.decompress(blob[16:start]))
        if header.get("schema") != SCHEMA:
            raise SnapshotError(f"schema {header.get('schema')} is not {SCHEMA}")
        drawing = _decode(Drawing, header["drawing"], blob, start)
    except SnapshotError:
        raise
    except _DAMAGE as error:
        raise SnapshotError(f"a damaged snapshot ({type(error).__name__})") from error
    return typing.cast(Drawing, drawing)


def _marked(key: str) -> str:
    """Return a key of the drawing's own so that it cannot be taken for one of our marks."""
    return f"${key}" if key.startswith("$") else key


def _unmarked(key: str) -> str:
    return key[1:] if key.startswith("$$") else key


def _array(entry: list[Any], blob: bytes, start: int) -> np.ndarray:
    offset, stored, name, shape = entry
    dtype = np.dtype(name)
    if dtype.kind not in _KINDS or offset < 0 or stored < 0 or any(side < 0 for side in shape):
        raise SnapshotError("a column is not described rightly")
    size = math.prod(shape) * dtype.itemsize
    packed = zlib.decompressobj()
    raw = packed.decompress(blob[start + offset : start + offset + stored], size + 1)
    if len(raw) != size or not packed.eof:
        raise SnapshotError("a column is not as long as its shape says")
    return np.frombuffer(raw, dtype=dtype).reshape(shape).copy()


def _plain(value: Any, blob: bytes, start: int) -> Any:
    if isinstance(value, dict):
        if "$a" in value:
            return _array(value["$a"], blob, start)
        if "$f" in value:
            return float(value["$f"])
        return {_unmarked(key): _plain(item, blob, start) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, blob, start) for item in value]
    return value


def _decode(kind: Any, value: Any, blob: bytes, start: int) -> Any:
    origin = typing.get_origin(kind)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _decode(hints[name], item, blob, start) for name, item in value.items()})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if origin is list and value is not None:
        (inner,) = typing.get_args(kind)
        return [_decode(inner, item, blob, start) for item in value]
    if origin is tuple and value is not None:
        return tuple(_plain(value, blob, start))
    if origin is dict and isinstance(value, dict):
        inner = typing.get_args(kind)[1]
        return {_unmarked(key): _decode(inner, item, blob, start) for key, item in value.items()}
    if origin in (typing.Union, types.UnionType) and value is not None:
        chosen = [a for a in typing.get_args(kind) if a is not type(None)]
        if len(chosen) == 1:
            return _decode(chosen[0], value, blob, start)
    found = _plain(value, blob, start)
    wanted = np.ndarray if origin is np.ndarray else _SCALARS.get(kind)
    if wanted is not None and not isinstance(found, wanted):
        raise SnapshotError(f"a value is {type(found).__name__}, not {kind}")
    return found


_CACHE: dict[type, dict[str, Any]] = {}


def _hints(kind: type) -> dict[str, Any]:
    if kind not in _CACHE:
        _CACHE[kind] = typing.get_type_hints(kind)
    return _CACHE[kind]
