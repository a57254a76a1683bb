r"""Mends strings of a STEP file that ISO 10303-21 does not allow: raw bytes, broken or halved escapes.

ifcopenshell drops raw GBK without a word, refuses a whole file for one backslash that begins no directive (a path
such as `C:\temp`), and drops characters written as surrogate pairs (Java exporters write UTF-16 in `\X2\`). Which
encoding raw bytes have is judged over all of them together, as for DXF.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from pipeline.readers.dxf.encodings import SAMPLE, decode, judge
from pipeline.readers.dxf.plausibility import plausibility
from pipeline.readers.ifc.step import StepText

DOUBTFUL = 0.3  # raw strings that read less likely than this are shown, and reported as perhaps lost
_RAW = re.compile("[^\x00-\x7f]+")
_HEX = rb"[0-9A-Fa-f]"
_DIRECTIVE = re.compile(
    rb"\\X2\\(?P<two>(?:" + _HEX + rb"{4})+)(?P<end>\\X0\\)?"
    rb"|\\X4\\(?:" + _HEX + rb"{8})+\\X0\\|\\X\\" + _HEX + rb"{2}|\\S\\.|\\P[A-I]\\|\\\\|(?P<lone>\\)",
    re.DOTALL,
)
_PAIR = re.compile(rb"\\X2\\(?:" + _HEX + rb"{4})*?[Dd][89ABab]")
_SURROGATE, _HIGH_HALF, _DIGIT = (
    np.isin(np.arange(256), list(one)) for one in (b"Dd", b"89ABab", b"0123456789ABCDEFabcdef")
)
_NAMES = {"utf-8": "UTF-8", "gbk": "GB18030", "gb18030": "GB18030", "cp950": "Big5", "cp1252": "Windows-1252"}


@dataclass(slots=True)
class Mended:
    """Bytes that the library reads right, and what had to be done for it."""

    data: bytes = b""
    encodings: Counter[str] = field(default_factory=Counter)  # encoding -> raw strings understood by it
    lost: int = 0  # raw strings that no encoding fits, or whose reading is unlikely
    undecodable: int = 0  # of these: strings with bytes that could not be decoded
    escapes: int = 0  # strings with broken escapes


def has_pairs(text: StepText) -> bool:
    r"""Whether a `\X2\` escape holds surrogates, which the library drops."""
    array = np.frombuffer(text.data, np.uint8)
    at = text.backslashes
    at = at[at < len(array) - 8]
    for ahead, byte in enumerate(b"X2\\", start=1):
        at = at[array[at + ahead] == byte]
    at = at + 4
    while len(at):  # the first digits of one letter in each escape
        high, low = array[at], array[at + 1]
        if (_SURROGATE[high] & _HIGH_HALF[low]).any():
            return True
        at = at[_DIGIT[high]] + 4
        at = at[at < len(array) - 1]
    return False


def mend(text: StepText) -> Mended:
    """Return the file without comments, raw strings as escapes, escapes repaired; raw bytes elsewhere as "?"."""
    mended = Mended()
    pieces = text.pieces
    raw = [piece for piece in pieces[1::2] if not piece.isascii()]
    encoding = judge(raw[:: len(raw) // SAMPLE + 1], "cp1252") if raw else ""
    out: list[bytes] = []
    for number, piece in enumerate(pieces):
        if number % 2:
            if b"\\" in piece:
                piece = _repaired(piece, mended)
            if not piece.isascii():
                piece = _escape(_decoded(piece, encoding, mended))
        elif not piece.isascii():
            piece = re.sub(rb"[^\x00-\x7f]", b"?", piece)
        out.append(piece)
    mended.data = b"'".join(out)
    return mended


def _decoded(piece: bytes, encoding: str, mended: Mended) -> str:
    """Decode a string with the encoding of the file, or by itself where that one does not fit."""
    words, bad = decode(piece, encoding)
    if bad or plausibility(words) < DOUBTFUL:
        mended.lost += 1
        mended.undecodable += bad
        return words
    valid = encoding
    for candidate in (encoding, "utf-8", "gb18030", "cp950"):
        try:
            if piece.decode(candidate) == words:
                valid = candidate
                break
        except UnicodeDecodeError:
            continue
    mended.encodings[_NAMES.get(valid, valid)] += 1
    return words


def _repaired(piece: bytes, mended: Mended) -> bytes:
    """Double backslashes that begin no directive, end open ones, write surrogate pairs as one character."""
    fixed = _DIRECTIVE.sub(_directive, piece)
    mended.escapes += fixed != piece
    return fixed


def _directive(match: re.Match[bytes]) -> bytes:
    if match["lone"]:
        return b"\\\\"
    if match["two"] is None or (match["end"] and not _PAIR.match(match[0])):
        return match[0]
    words = bytes.fromhex(match["two"].decode("ascii")).decode("utf-16-be", "replace")
    return _written(words)


def _escape(words: str) -> bytes:
    """Write the letters outside ASCII as escapes."""
    return _RAW.sub(lambda match: _written(match[0]).decode("ascii"), words).encode("ascii")


def _written(words: str) -> bytes:
    r"""Write every letter in \X4\ (8 hex digits a letter), which covers the astral planes too."""
    return b"\\X4\\" + "".join(f"{ord(char):08X}" for char in words).encode("ascii") + b"\\X0\\"
