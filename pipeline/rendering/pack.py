"""The sheet pack: one sheet as sorted little-endian columns that a browser draws without thinking.

Format: docs/formats/sheet_pack.md. `make_pack` writes it, `read_pack` reads it back (tests, tools).
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.drawing.model import Drawing, Sheet
from pipeline.rendering import fonts
from pipeline.rendering.content import Content, sheet_content
from pipeline.rendering.masks import cut_lines, find_masks
from pipeline.rendering.pack_fills import fill_sections, triangles
from pipeline.rendering.pack_lines import LEVELS_MM, Tiles, line_sections, segments, snap_points
from pipeline.rendering.pack_text import packed_strings, text_sections

MAGIC = b"TSPK"
FORMAT = 1
SCHEMA = "tushen.sheet_pack/1"
NO_SOURCE = 0xFFFFFFFF
MOST_LAYERS = 65_535


@dataclass(slots=True)
class Pack:
    """A pack read back: its header and its sections as arrays."""

    header: dict[str, Any]
    sections: dict[str, np.ndarray]


def make_pack(drawing: Drawing, sheet: Sheet) -> bytes:
    """Return the pack of one sheet. Raises ValueError when the sheet's transform has no inverse."""
    content = sheet_content(drawing, sheet)
    masks = find_masks(content)
    lines = cut_lines(segments(content), masks)
    sections, tiles, styles = line_sections(content, lines)
    sections.update(fill_sections(content, triangles(content)))
    texts, missing = text_sections(content, masks)
    sections.update(texts)
    sections.update(_entity_sections(drawing, sheet, content))
    sections["snap_xy"] = snap_points(content, lines)
    header = _header(drawing, sheet, content, sections, tiles)
    header["styles"] = styles
    header["characters_missing"] = missing
    return assemble(header, sections)


def _header(
    drawing: Drawing, sheet: Sheet, content: Content, sections: dict[str, np.ndarray], tiles: Tiles
) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "sha256": drawing.sha256,
        "sheet_key": sheet.id,
        "size_mm": list(content.size_mm),
        "extent_mm": _extent(content, sections),
        "scale": float(sheet.scale),
        "paper_scale": content.paper_scale,
        "to_space": [float(value) for value in sheet.to_space],
        "entities": len(content),
        "lines": len(sections["line_entity"]),
        "tiles": {"nx": tiles.nx, "ny": tiles.ny, "x0": 0.0, "y0": 0.0, "size_mm": tiles.size_mm},
        "levels_mm": [float(level * content.paper_scale) for level in LEVELS_MM],
        "layers": _layers(content),
        "fonts": _fonts(drawing, content),
    }


def _layers(content: Content) -> list[dict[str, Any]]:
    counts = np.bincount(content.layer, minlength=len(content.layers)).tolist()
    return [
        {
            "name": layer.name,
            "meaning": layer.meaning,
            "color": f"#{(layer.color >> 8) & 0xFFFFFF:06x}",
            "visible": bool(layer.visible),
            "plotted": bool(layer.plotted),
            "entities": count,
        }
        for layer, count in zip(content.layers, counts, strict=True)
    ][:MOST_LAYERS]


def _fonts(drawing: Drawing, content: Content) -> list[dict[str, Any]]:
    used = np.unique(content.texts.font).tolist()
    names = [drawing.fonts[row] for row in used if 0 <= row < len(drawing.fonts)]
    return [{"name": name, "substituted": name != fonts.NAME} for name in names]


def _extent(content: Content, sections: dict[str, np.ndarray]) -> list[float]:
    """Return the box of everything drawn; the sheet itself where nothing is."""
    corners = [
        sections["line_xy"].reshape(-1, 2),
        sections["tri_xy"].reshape(-1, 2),
        sections["char_place"][:, :2],
    ]
    points = np.concatenate(corners)
    if not len(points):
        return [0.0, 0.0, *content.size_mm]
    return [float(value) for value in (*points.min(axis=0), *points.max(axis=0))]


def _entity_sections(drawing: Drawing, sheet: Sheet, content: Content) -> dict[str, np.ndarray]:
    known = drawing.spaces[sheet.space].sources
    valid = (content.source >= 0) & (content.source < len(known))
    used, place = np.unique(content.source[valid], return_inverse=True)
    source = np.full(len(content), NO_SOURCE, np.uint32)
    source[valid] = place.astype(np.uint32)
    first, data = packed_strings([known[row] for row in used.tolist()])
    box = np.nan_to_num(content.box, nan=0.0, posinf=0.0, neginf=0.0)
    return {
        "entity_layer": np.minimum(content.layer, MOST_LAYERS - 1).astype(np.uint16),
        "entity_kind": content.kind.astype(np.uint8),
        "entity_box": box.astype(np.float32),
        "entity_source": source,
        "source_first": first,
        "source_text": data,
    }


def assemble(header: dict[str, Any], sections: dict[str, np.ndarray]) -> bytes:
    """Write header and sections; adds `sections` to the header."""
    directory: dict[str, list[Any]] = {}
    blocks: list[bytes] = []
    offset = 0
    for name, array in sections.items():
        data = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).tobytes()
        directory[name] = [offset, len(data), array.dtype.str.lstrip("<>|="), list(array.shape)]
        padding = -len(data) % 8
        blocks += [data, b"\0" * padding]
        offset += len(data) + padding
    text = json.dumps({**header, "sections": directory}, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    encoded = text.encode("utf-8", "replace")
    encoded += b" " * (-len(encoded) % 8)
    return b"".join([MAGIC, struct.pack("<II", FORMAT, len(encoded)), encoded, *blocks])


def read_pack(data: bytes) -> Pack:
    """Read a pack back. Raises ValueError when the bytes are not a pack of this version."""
    if data[:4] != MAGIC:
        raise ValueError("not a sheet pack")
    version, length = struct.unpack_from("<II", data, 4)
    if version != FORMAT:
        raise ValueError(f"sheet pack version {version} is not {FORMAT}")
    header = json.loads(data[12 : 12 + length])
    base = 12 + length
    sections = {}
    for name, (offset, size, dtype, shape) in header["sections"].items():
        raw = data[base + offset : base + offset + size]
        sections[name] = np.frombuffer(raw, np.dtype(dtype).newbyteorder("<")).reshape(shape)
    return Pack(header, sections)
