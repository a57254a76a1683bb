"""Text of DXF files: special codes, escapes, and an estimate of how wide a string is drawn."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.drawing.safe_text import safe_text
from pipeline.readers.dxf.faces import face_of

LONGEST = 1_000_000  # characters of a text that are read, as everywhere (safe_text)
LINE_ADVANCE = 5.0 / 3.0  # base line to base line in cap heights (DXF reference, MTEXT line spacing factor 1)

# TSSD big-font rebar signs: steel grades HPB300, HRB335, HRB400, HRB500 ...; 140-145 switch sub/superscript
_TSSD = {130: "Φ", 131: "Φᴮ", 132: "Φᶜ", 133: "Φᴰ", 134: "Φᴱ", 135: "Φᶠ", 136: "Φᴿ", 150: "Ⅰ", 151: "Ⅱ", 152: "Ⅲ"}
_CODES = {"c": "Ø", "d": "°", "p": "±", "u": "", "o": "", "k": "", "%": "%"}
_PERCENT = re.compile(r"%%(\d{3}|[cdpuokCDPUOK%])")
_CARET = re.compile(r"\^(.)")
_UNICODE = re.compile(r"\\[Uu]\+(000[1-9A-Fa-f][0-9A-Fa-f]{4}|[0-9A-Fa-f]{4})")
_MULTIBYTE = re.compile(r"\\M\+([1-5])([0-9A-Fa-f]{4})")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_MIF = {"1": "cp932", "2": "cp950", "3": "cp949", "4": "johab", "5": "gbk"}
_WORD = re.compile(r"[!-~]+ ?|\s|.")
_STROKED = {127: "°", 128: "±", 129: "Ø"}  # places of these signs in the stroke fonts


def _special(match: re.Match[str]) -> str:
    code = match.group(1)
    if not code.isdigit():
        return _CODES[code.lower()]
    number = int(code)
    if number in _TSSD:
        return _TSSD[number]
    if number in _STROKED:
        return _STROKED[number]
    if 140 <= number <= 145:
        return ""
    return chr(number) if 32 <= number < 127 else bytes([number % 256]).decode("cp1252", "replace")


def _caret(match: re.Match[str]) -> str:
    return {"I": "\t", "J": "\n", "M": "", " ": "^"}.get(match.group(1), "")


def _unicode(match: re.Match[str]) -> str:
    return chr(int(match.group(1), 16))


def _multibyte(match: re.Match[str]) -> str:
    try:
        return bytes.fromhex(match.group(2)).decode(_MIF[match.group(1)])
    except UnicodeDecodeError:
        return "\ufffd"


def decode_escapes(text: str) -> str:
    r"""Return the text with \U+XXXX and \M+nXXXX escapes decoded.

    n is 1 Shift-JIS, 2 Big5, 3 Wansung, 4 Johab, 5 GBK (ODA, "Font Handling"). Characters beyond U+FFFF stand as two
    surrogates or as eight digits.
    """
    if "\\U+" in text or "\\u+" in text:
        text = _UNICODE.sub(_unicode, text)
    if not text.isascii() and _PAIR.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _MULTIBYTE.sub(_multibyte, text) if "\\M+" in text else text


def shown_name(raw: str, limit: int = 255) -> str:
    """Return the name of a layer, block, tag or file as shown: escapes decoded, safe, at most `limit` letters."""
    return safe_text(decode_escapes(raw), limit)[0]


def special_codes(text: str) -> str:
    """Return the text with the %% codes decoded: %%c %%d %%p, %%nnn, the rebar signs of the TSSD fonts."""
    return _PERCENT.sub(_special, text) if "%%" in text else text


def plain(text: str) -> tuple[str, bool]:
    """Return a TEXT or ATTRIB string as shown and whether something in it could not be decoded."""
    text = special_codes(decode_escapes(text[:LONGEST]))
    if "^" in text:
        text = _CARET.sub(_caret, text)
    return safe_text(text)


def text_width(text: str) -> float:
    """Return the length of one line in cap heights, by Arial's widths."""
    return face_of("arial.ttf").width(text)


def breaks(text: str, sums: Sequence[float], width: float) -> list[tuple[int, int]]:
    """Return begin and end of the lines of a text; `sums` (n + 1,) are the lengths before each character and of all.

    A line may be 2 % wider than `width`, words of Latin text stay whole; a line feed always ends one; `width` 0 breaks
    nowhere else.
    """
    lines: list[tuple[int, int]] = []
    begin = 0
    for paragraph in text.split("\n"):
        end = begin + len(paragraph)
        start = begin
        if width > 0 and sums[end] - sums[begin] > width * 1.02:
            for word in _WORD.finditer(text, begin, end):
                if word.start() > start and sums[word.end()] - sums[start] > width * 1.02:
                    lines.append((start, word.start()))
                    start = word.start()
        lines.append((start, end))
        begin = end + 1
    return lines
