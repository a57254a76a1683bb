"""Bytes out of the store to a browser: packs, tiles, models, and originals that no browser ever runs."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from pipeline.errors import NotFound
from pipeline.records.tables import File, Sheet
from pipeline.storage import keys, store

_CHUNK = 1 << 20
_GZIP = b"\x1f\x8b"
_PRIVATE = "private, no-cache"  # kept by the browser, asked for again: rights may end


def derived(request: Request, key: str, media_type: str) -> Response:
    """Return a derived object with an ETag; 204 while there is none, 304 when the browser has it.

    An object that is stored gzip-compressed goes out as it is to whoever takes gzip. A derived key names
    content and tool version, so the key itself is the entity's name.
    """
    size = store().stat(key) if key else None
    if size is None:
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    tag = f'"{hashlib.sha256(key.encode()).hexdigest()[:32]}-{size}"'
    headers = {"ETag": tag, "Cache-Control": _PRIVATE, "Vary": "Accept-Encoding"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    with store().open(key) as stream:
        blob = stream.read()
    if blob[:2] == _GZIP:
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
        else:
            blob = gzip.decompress(blob)
    return Response(blob, media_type=media_type, headers=headers)


def tile_key(sheet: Sheet, z: int, x: int, y: int) -> str:
    """Return the key of a tile. Raises NotFound outside of the pyramid."""
    if not (0 <= z < max(1, sheet.tile_levels) and 0 <= x < 2**z and 0 <= y < 2**z):
        raise NotFound()
    return f"{sheet.tiles_prefix}/{z}/{x}/{y}.webp" if sheet.tiles_prefix else ""


def thumbnail_key(sheet: Sheet) -> str:
    """Return the key of a sheet's small picture; it lies beside the tiles."""
    return f"{sheet.tiles_prefix}/thumbnail.webp" if sheet.tiles_prefix else ""


def original(file: File) -> Response:
    """Return an uploaded file as an attachment, never to be run or shown from our origin."""
    key = keys.original(file.sha256)
    size = store().stat(key)
    if size is None:
        raise NotFound()
    headers = {
        "Content-Disposition": disposition(file.name),
        "Content-Length": str(size),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-SHA256": file.sha256,
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(_blocks(key), media_type="application/octet-stream", headers=headers)


def disposition(name: str) -> str:
    """Return Content-Disposition after RFC 6266 / 8187: an ASCII name for the old, the whole name encoded."""
    clean = name.encode("utf-8", "replace").decode("utf-8")
    plain = "".join(char if " " <= char <= "~" and char not in '"\\%' else "_" for char in clean)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(clean, safe='')}"


def _blocks(key: str) -> Iterator[bytes]:
    with store().open(key) as stream:
        while block := stream.read(_CHUNK):
            yield block
