"""Texts that are Chinese under GBK and under Big5, where neither the claim of the header nor the words decide."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipeline.drawing.defects import Defect, defect
from pipeline.drawing.model import Drawing
from pipeline.readers.dxf.encodings import SAMPLE, TWINS, declared, reads_as_well, speaks_clearly
from pipeline.readers.dxf.plausibility import drawn, familiar, plausibility, worded

SHOWN = 5  # texts named in the defect
_NAMES = {"gbk": "GBK", "cp950": "Big5"}


def doubtful(drawing: Drawing, path: Path) -> list[Defect]:
    """Return the defect of a drawing whose Chinese texts may be of the other Chinese code page.

    Args:
        drawing: what was read, with the version and the code page of its header in `meta`.
        path: its file.
    """
    header = declared(str(drawing.meta.get("dxf_version", "")), str(drawing.meta.get("codepage", "")))
    claim = str(drawing.meta.get("encoding", header))
    if claim not in TWINS or any(d.code == "encoding_corrected" for d in drawing.defects):
        return []
    texts = {line for space in drawing.spaces for text in space.texts.string for line in text.split("\n")}
    texts |= {layer.name for layer in drawing.layers}
    found = uncertain(texts, claim)
    if not found:
        return []
    data = path.read_bytes()
    found = [pair for pair in found if pair[0].encode(claim) in data]  # texts that are escapes are sure
    if not found:
        return []
    shown = "、".join(f"“{own}”/“{other}”" for own, other in found[:SHOWN])
    used, other = _NAMES[claim], _NAMES[TWINS[claim]]
    return [defect("encoding_uncertain", count=len(found), used=used, other=other, texts=shown)]


def uncertain(texts: Iterable[str], encoding: str) -> list[tuple[str, str]]:
    """Return (as read, as the other code page has it) of the texts that may be of the other Chinese code page.

    All of a file's texts are where the other page fits them as well and the words of drawings do not speak for the
    claim; a single one is where those words speak clearly for the other page. GBK is what most files are: where as
    many words of drawings appear under both, it is doubted only if Big5 reads no worse and nothing under GBK is a
    familiar word or name.

    Args:
        texts: texts read as `encoding`.
        encoding: "gbk" or "cp950"; of any other nothing is uncertain.
    """
    if encoding not in TWINS:
        return []
    pairs = []
    whole = True
    for text in sorted(texts)[: 10 * SAMPLE]:
        if text.isascii():
            continue
        try:
            other = text.encode(encoding).decode(TWINS[encoding])
        except UnicodeError:  # an escaped character, or one only this page has
            whole = False
            continue
        pairs.append((text, other))
    if whole and pairs and _undecided(pairs, encoding):
        return pairs
    return [pair for pair in pairs if _rather_the_other(*pair)]


def _undecided(pairs: list[tuple[str, str]], encoding: str) -> bool:
    own, other = ("\n".join(column) for column in zip(*pairs, strict=True))
    one, two = drawn(own), drawn(other)
    if one > two:
        return False
    if one == two and encoding == "gbk":
        return plausibility(other) >= plausibility(own) and not any(familiar(text) for text, _ in pairs)
    return reads_as_well(own, other)


def _rather_the_other(own: str, other: str) -> bool:
    if drawn(own) or not reads_as_well(own, other):
        return False
    return worded(other) or speaks_clearly(own, other)
