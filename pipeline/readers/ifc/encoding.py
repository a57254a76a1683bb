r"""Mends strings of a STEP file that hold raw bytes: ISO 10303-21 allows ASCII and \X2\ escapes only.

ifcopenshell drops raw GBK without a word. Bytes that are valid UTF-8 are taken as UTF-8 (a chance hit is
practically impossible); anything else that is valid GB18030 is shown as such and reported as doubtful.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.readers.ifc.step import StepText

_RAW = re.compile("[^\x00-\x7f]+")


@dataclass(slots=True)
class Mended:
    """Bytes that are ASCII in all strings, and how each string was understood."""

    data: bytes
    utf8: int = 0
    gb18030: int = 0
    lost: int = 0


def mend(text: StepText) -> Mended:
    r"""Return the file without comments, raw strings written as \X4\ escapes; other raw bytes become "?"."""
    mended = Mended(b"")
    out: list[bytes] = []
    for number, piece in enumerate(text.pieces):
        if piece.isascii():
            out.append(piece)
        elif number % 2:
            out.append(_escape(_decode(piece, mended)))
        else:
            out.append(_ascii(piece))
    mended.data = b"'".join(out)
    return mended


def _ascii(piece: bytes) -> bytes:
    return piece if piece.isascii() else piece.decode("ascii", "replace").replace("\ufffd", "?").encode("ascii")


def _decode(piece: bytes, mended: Mended) -> str:
    try:
        found = piece.decode("utf-8")
        mended.utf8 += 1
    except UnicodeDecodeError:
        try:
            found = piece.decode("gb18030")
            mended.gb18030 += 1
        except UnicodeDecodeError:
            found = piece.decode("ascii", "replace")
            mended.lost += 1
    return found


def _escape(words: str) -> bytes:
    r"""Write non-ASCII letters as \X4\ (8 hex digits a letter), which covers the astral planes too."""
    return _RAW.sub(lambda match: "\\X4\\" + "".join(f"{ord(char):08X}" for char in match[0]) + "\\X0\\", words).encode(
        "ascii"
    )
