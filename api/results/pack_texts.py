"""Where texts stand on a sheet, read from its pack (docs/formats/sheet_pack.md) without any drawing library."""

from __future__ import annotations

import gzip
import json
import struct
from functools import lru_cache

import numpy as np

from pipeline.errors import NotFound
from pipeline.storage import store

Texts = tuple[list[str], np.ndarray]


@lru_cache(maxsize=64)
def texts_of(pack_key: str) -> Texts:
    """Return the texts of a sheet and their boxes, float32 (t, 4), sheet millimetres. Empty when there is no pack."""
    nothing: Texts = ([], np.zeros((0, 4), "<f4"))
    if not pack_key:
        return nothing
    try:
        with store().open(pack_key) as stream:
            blob = stream.read()
    except NotFound:
        return nothing
    if blob[:2] == b"\x1f\x8b":
        blob = gzip.decompress(blob)
    if blob[:4] != b"TSPK":
        return nothing
    (length,) = struct.unpack_from("<I", blob, 8)
    sections = json.loads(blob[12 : 12 + length])["sections"]

    def column(name: str) -> np.ndarray:
        offset, size, dtype, shape = sections[name]
        start = 12 + length + offset
        return np.frombuffer(blob[start : start + size], np.dtype("<" + dtype)).reshape(shape)

    if not {"text_entity", "text_first", "text_utf8", "entity_box"} <= set(sections):
        return nothing
    first, raw = column("text_first"), column("text_utf8").tobytes()
    words = [raw[first[i] : first[i + 1]].decode("utf-8", "replace") for i in range(len(first) - 1)]
    return words, column("entity_box")[column("text_entity")]
