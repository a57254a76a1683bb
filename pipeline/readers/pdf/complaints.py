"""Tells MuPDF's complaints apart: what loses content, what is faulty and read all the same, what is of no matter.

MuPDF draws on after almost every fault and only whispers of it; a page whose stream could not be unpacked is empty
and says nothing else.
"""

from __future__ import annotations

import re

from pipeline.drawing.defects import Defect, defect
from pipeline.drawing.safe_text import safe_text

# wording of MuPDF 1.28
_LOST = re.compile(
    r"page may not be correct|syntax error in content stream|unknown keyword|syntax error after inline image"
    r"|invalid key in dict|array not closed|zlib error|unknown filter name|premature end of data"
    r"|out of range code|read error|cannot load object|corrupt object stream|is not a stream"
    r"|cannot load content stream|stack overflow|too many nested|recursion|cycle"
)
_FAULTY = re.compile(r"Length incorrect|truncated image|cannot create appearance")
_HARMLESS = re.compile(r"ICC profile|cmsOpenProfile|lcms:|embedded font|FT_New_Memory_Face")


def complaints(lines: list[str]) -> list[Defect]:
    """Return the defects of a document's warnings in their order: at most one of each kind, the first in its words."""
    lines = [line for line in lines if not line.startswith("... repeated")]
    kinds: dict[str, list[str]] = {"lost": [], "faulty": [], "odd": []}
    for line, following in zip(lines, [*lines[1:], ""], strict=False):
        kinds[_kind(line, following)].append(line)
    lost, faulty, odd = kinds["lost"], kinds["faulty"], kinds["odd"]
    made = [
        defect("pdf_content_lost", count=len(lost), first=_first(lost)),
        defect("pdf_content_faulty", count=len(faulty), first=_first(faulty)),
        defect("pdf_warnings", count=len(odd), first=_first(odd)),
    ]
    return [found for found in made if found.count]


def _first(lines: list[str]) -> str:
    return safe_text(lines[0], 120)[0] if lines else ""


def _kind(line: str, following: str) -> str:
    """A broken colour profile or embedded font costs shades or letter shapes; the line before names the cause."""
    if _HARMLESS.search(line) or _HARMLESS.search(following):
        return "odd"
    return "lost" if _LOST.search(line) else "faulty" if _FAULTY.search(line) else "odd"
