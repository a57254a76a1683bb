"""Texts of a sheet pack: glyphs triangulated once, character instances, strings for the search."""

from __future__ import annotations

import numpy as np

from pipeline.rendering.content import Content
from pipeline.rendering.glyphs import glyph_source
from pipeline.rendering.masks import Masks, hidden_points
from pipeline.rendering.pack_lines import quantised, sheet_clip
from pipeline.rendering.typesetting import Characters, set_texts

MOST_GLYPHS = 65_535
GLYPH_STEPS = 512.0


def text_sections(content: Content, masks: Masks) -> tuple[dict[str, np.ndarray], int]:
    """Return the text sections of the pack and how many characters the font does not have."""
    found = set_texts(content.texts)
    rows = _on_sheet(content, found)
    middle = found.origin[rows] + found.along[rows] * 0.35
    rows = rows[~hidden_points(middle, content.texts.entity[found.text[rows]], masks)]
    sections = _instances(content, found, rows)
    sections.update(_strings(content))
    return sections, found.missing


def _on_sheet(content: Content, found: Characters) -> np.ndarray:
    """Return the rows of characters whose cell touches the sheet."""
    x0, y0, x1, y1 = sheet_clip(content)
    reach = np.maximum(np.hypot(found.along[:, 0], found.along[:, 1]), found.height) * 2
    x, y = found.origin[:, 0], found.origin[:, 1]
    return np.flatnonzero((x + reach >= x0) & (x - reach <= x1) & (y + reach >= y0) & (y - reach <= y1))


def _instances(content: Content, found: Characters, rows: np.ndarray) -> dict[str, np.ndarray]:
    source = glyph_source()
    codes, glyph = np.unique(found.code[rows], return_inverse=True)
    codes, kept = codes[:MOST_GLYPHS], glyph < MOST_GLYPHS
    rows, glyph = rows[kept], glyph[kept]
    soups = [source.glyph(code).triangles for code in codes.tolist()]
    order = np.argsort(glyph, kind="stable")
    rows, glyph = rows[order], glyph[order]
    entity = content.texts.entity[found.text[rows]]
    return {
        "glyph_xy": _coarse(np.concatenate(soups) if soups else np.zeros((0, 2))),
        "glyph_first": np.concatenate([[0], np.cumsum([len(soup) for soup in soups])]).astype(np.uint32),
        "char_glyph": glyph.astype(np.uint16),
        "char_place": np.concatenate([quantised(found.origin[rows]), found.along[rows].astype(np.float32)], axis=1),
        "char_height": found.height[rows].astype(np.float32),
        "char_entity": entity.astype(np.uint32),
        "char_color": content.color[entity].astype(np.uint32),
    }


def _coarse(soup: np.ndarray) -> np.ndarray:
    """Round outlines to 1/512 of the cap height: nobody sees it and they pack to half."""
    return (np.rint(soup * GLYPH_STEPS) / GLYPH_STEPS).astype(np.float32)


def _strings(content: Content) -> dict[str, np.ndarray]:
    first, data = packed_strings(content.texts.string)
    return {"text_entity": content.texts.entity.astype(np.uint32), "text_first": first, "text_utf8": data}


def packed_strings(strings: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return (offsets u4 (n + 1,), UTF-8 bytes u1) of strings."""
    encoded = [text.encode("utf-8", "replace") for text in strings]
    first = np.zeros(len(encoded) + 1, np.uint32)
    first[1:] = np.cumsum([len(item) for item in encoded]) if encoded else 0
    return first, np.frombuffer(b"".join(encoded), np.uint8)
