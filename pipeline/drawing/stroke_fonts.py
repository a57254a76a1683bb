"""Which fonts are strokes (SHX): a capital and a Chinese character of a big font are both one text height high."""

from __future__ import annotations


def is_stroke_font(font: str) -> bool:
    """Return whether a font is drawn in strokes: an SHX file, one with a big font (`file+bigfile`), or txt.

    Args:
        font: a name as in `Drawing.fonts` of a DXF: file, file+bigfile or family.
    """
    name = font.lower()
    if name.endswith((".ttf", ".ttc", ".otf")):
        return False
    return not name or "+" in name or name.endswith(".shx") or name == "txt"
