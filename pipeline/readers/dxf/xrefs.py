"""External references: read from the other files of the same submission, by name only, never from a path.

An attached drawing may attach others: they are looked for in the same submission. An overlay inside an attached
drawing is not shown (that is what an overlay is), a drawing that would attach itself is shown once and said.
"""

from __future__ import annotations

import ntpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.readers.dxf import prescan
from pipeline.readers.dxf.chunk import FLOATS, Chunk, InsertRow

if TYPE_CHECKING:
    from pipeline.readers.dxf.expand import Expander

OVERLAY = 8  # flag of an xref block: shown in the drawing it is attached to and no further up
DEPTH_LIMIT = 16


@dataclass(slots=True)
class Chain:
    """The attached drawings that are being read, outermost first; empty for the drawing itself."""

    paths: list[Path] = field(default_factory=list)


def key(name: str) -> str:
    """Return the name by which a reference and a file are matched: no folder, no suffix, lower case."""
    return ntpath.splitext(ntpath.basename(name.replace("/", "\\")))[0].strip().lower()


def sibling(reference: str, siblings: Mapping[str, Path]) -> Path | None:
    """Return the file of the submission that a reference names: same base name, any folder, .dxf for .dwg."""
    wanted = key(reference)
    for name, path in siblings.items():
        if key(name) == wanted and name.lower().endswith(".dxf"):
            return path
    return None


def hidden(flags: int, chain: Chain) -> bool:
    """Tell whether a reference with these block flags is not shown: an overlay inside an attached drawing."""
    return bool(flags & OVERLAY) and bool(chain.paths)


def circular(path: Path, chain: Chain) -> bool:
    """Tell whether a file is being read already, or the references are nested too deeply."""
    return path in chain.paths or len(chain.paths) >= DEPTH_LIMIT


def _document(owner: Expander, path: Path) -> Any:
    from pipeline.readers.dxf import documents  # loads the library

    data = path.read_bytes()
    if len(data) > owner.limits.bytes_full:
        raise ValueError("attached drawing is too large")
    scan = prescan.scan(data)
    if not scan.trailer:
        raise ValueError("attached drawing is cut off")
    if prescan.block_graph(scan)[1] > prescan.DEPTH_LIMIT:
        raise ValueError("blocks of the attached drawing are nested too deeply")
    file = documents.looked_at(path, data, scan)
    owner.ledger.undecodable_lines += file.undecodable
    return documents.open_strict(file)


def attached(owner: Expander, path: Path, prefix: str) -> Chunk:
    """Return model space of an attached drawing as a block of `owner`: layers `prefix|name`, sources `prefix|handle`.

    Layer "0" floats as in any block; layers that `owner` has under `prefix|name` keep the state they have there.
    Raises what the library raises.
    """
    document = _document(owner, path)
    chain = Chain(paths=[*owner.chain.paths, path])
    inner = owner.another(document, chain)
    inner.looks.obey(owner.looks, prefix)
    chunk = inner.block_of(document.modelspace())
    rows = np.array(owner.looks.adopt(inner.looks, prefix), np.int32)
    first = len(owner.sources)
    owner.sources.extend(f"{prefix}|{source}" if source else "" for source in inner.sources)
    chunk.layer = np.where(chunk.layer == FLOATS, FLOATS, rows[np.maximum(chunk.layer, 0)]).astype(np.int32)
    chunk.source = (chunk.source + first).astype(np.int32)
    fonts = np.array(owner.fonts.adopt(inner.fonts) or [0], np.int32)
    chunk.text_font = fonts[chunk.text_font]
    layer_of = {FLOATS: FLOATS, **dict(enumerate(rows.tolist()))}
    chunk.inserts = [
        InsertRow(i.name, layer_of[i.layer], i.source + first, i.parent, i.matrix, i.attributes) for i in chunk.inserts
    ]
    for dim in chunk.dimensions:
        dim.layer, dim.source = layer_of[dim.layer], dim.source + first
    return chunk
