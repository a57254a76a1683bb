"""External references: read from the other files of the same submission, by name only, never from a path."""

from __future__ import annotations

import ntpath
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import ezdxf
import numpy as np

from pipeline.readers.dxf import encodings, prescan
from pipeline.readers.dxf.chunk import Chunk, InsertRow

if TYPE_CHECKING:
    from pipeline.readers.dxf.expand import Expander


def sibling(reference: str, siblings: Mapping[str, Path]) -> Path | None:
    """Return the file of the submission that a reference names: same base name, any folder, .dxf for .dwg."""
    wanted = ntpath.splitext(ntpath.basename(reference.replace("/", "\\")))[0].lower()
    for name, path in siblings.items():
        base, suffix = ntpath.splitext(ntpath.basename(name.replace("/", "\\")))
        if base.lower() == wanted and suffix.lower() == ".dxf":
            return path
    return None


def attached(owner: Expander, path: Path, prefix: str) -> Chunk:
    """Return model space of an attached drawing as a chunk of `owner`: layers `prefix|name`, sources `prefix|handle`.

    References inside the attached drawing are counted as missing. Raises what the library raises.
    """
    data = path.read_bytes()
    if len(data) > owner.limits.bytes_full:
        raise ValueError("attached drawing is too large")
    scan = prescan.scan(data)
    if not scan.trailer:
        raise ValueError("attached drawing is cut off")
    claim = encodings.declared(scan.version, scan.codepage)
    used = claim if scan.binary else encodings.sniff(data, claim)
    doc = ezdxf.readfile(path, encoding=None if used == claim else used)
    inner = type(owner)(doc, owner.ledger, None, owner.limits)
    chunk = inner.layout(doc.modelspace())
    rows = np.array(owner.looks.adopt(inner.looks, prefix), np.int32)
    first = len(owner.sources)
    owner.sources.extend(f"{prefix}|{source}" if source else "" for source in inner.sources)
    chunk.layer, chunk.source = rows[chunk.layer], (chunk.source + first).astype(np.int32)
    fonts = np.array([owner.fonts.row(name) for name in inner.fonts.names] or [0], np.int32)
    chunk.text_font = fonts[chunk.text_font]
    chunk.inserts = [
        InsertRow(i.name, int(rows[i.layer]), i.source + first, i.parent, i.matrix, i.attributes) for i in chunk.inserts
    ]
    for dim in chunk.dimensions:
        dim.layer, dim.source = int(rows[dim.layer]), dim.source + first
    return chunk
