"""The one font everything is drawn with: Droid Sans Fallback, which pymupdf carries (Latin and CJK).

No font file is looked up on the machine, so all machines draw the same.
"""

from __future__ import annotations

from functools import lru_cache

NAME = "Droid Sans Fallback"
FALLBACKS = {
    0x2300: 0x00D8,  # diameter sign -> capital O with stroke
    0x2205: 0x00D8,
    0x00A0: 0x0020,
    0x2009: 0x0020,
    0x2212: 0x002D,
    0x2011: 0x002D,
    0x2010: 0x002D,
    0x00B5: 0x03BC,
    0x2126: 0x03A9,
    # raised letters: the steel grades behind the rebar signs (Φᶜ12)
    0x1D2E: 0x0042,
    0x1D30: 0x0044,
    0x1D31: 0x0045,
    0x1D3F: 0x0052,
    0x1D9C: 0x0043,
    0x1DA0: 0x0046,
}
"""Characters the font lacks, drawn with a look-alike it has."""


@lru_cache(maxsize=1)
def font_bytes() -> bytes:
    """Return the TrueType file of the font (3.5 MB), from memory."""
    import pymupdf

    return bytes(pymupdf.Font("china-s").buffer)
