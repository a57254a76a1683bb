"""Text of DXF files: special codes, escapes, and an estimate of how wide a string is drawn."""

from __future__ import annotations

import re
import unicodedata

from ezdxf.lldxf.encoding import decode_dxf_unicode, decode_mif_to_unicode, has_dxf_unicode, has_mif_encoding

from pipeline.drawing.safe_text import safe_text

LINE_ADVANCE = 5.0 / 3.0  # base line to base line in cap heights (DXF reference, MTEXT line spacing factor 1)

# TSSD big-font rebar signs: steel grades HPB300, HRB335, HRB400, HRB500 ...; 140-145 switch sub/superscript
_TSSD = {130: "Φ", 131: "Φᴮ", 132: "Φᶜ", 133: "Φᴰ", 134: "Φᴱ", 135: "Φᶠ", 136: "Φᴿ", 150: "Ⅰ", 151: "Ⅱ", 152: "Ⅲ"}
_CODES = {"c": "Ø", "d": "°", "p": "±", "u": "", "o": "", "k": "", "%": "%"}
_PERCENT = re.compile(r"%%(\d{3}|[cdpuokCDPUOK%])")
_CARET = re.compile(r"\^(.)")


def _special(match: re.Match[str]) -> str:
    code = match.group(1)
    if not code.isdigit():
        return _CODES[code.lower()]
    number = int(code)
    if number in _TSSD:
        return _TSSD[number]
    if 140 <= number <= 145:
        return ""
    return chr(number) if 32 <= number < 127 else bytes([number % 256]).decode("cp1252", "replace")


def _caret(match: re.Match[str]) -> str:
    return {"I": "\t", "J": "\n", "M": "", " ": "^"}.get(match.group(1), "")


def decode_escapes(text: str) -> str:
    r"""Return the text with \U+XXXX and \M+nXXXX escapes decoded."""
    if "\\" in text:
        if has_dxf_unicode(text):
            text = decode_dxf_unicode(text)
        if has_mif_encoding(text):
            text = decode_mif_to_unicode(text)
    return text


def plain(text: str) -> tuple[str, bool]:
    """Return a TEXT or ATTRIB string as shown and whether something in it could not be decoded."""
    text = decode_escapes(text)
    if "%%" in text:
        text = _PERCENT.sub(_special, text)
    if "^" in text:
        text = _CARET.sub(_caret, text)
    return safe_text(text)


def shown(text: str) -> tuple[str, bool]:
    """Return an already plain MTEXT string made safe, with the special codes decoded."""
    text = decode_escapes(text)
    if "%%" in text:
        text = _PERCENT.sub(_special, text)
    return safe_text(text)


_NARROW = frozenset("il.,:;'|!()[]{}jtfI`")
_WIDE = frozenset("MWmw@%")


def char_width(char: str, wide: float = 1.3) -> float:
    """Return the advance of a character in cap heights (estimate for the usual drawing fonts, ±15 %).

    `wide` is that of a Chinese character: 1.3 in TrueType fonts, about 1.05 in SHX big fonts.
    """
    if ord(char) < 0x250:
        if char == " ":
            return 0.45
        if char in _NARROW:
            return 0.4
        return 1.1 if char in _WIDE else 0.8
    return wide if unicodedata.east_asian_width(char) in "WFA" else 0.8


def text_width(text: str, wide: float = 1.3) -> float:
    """Return the estimated length of one line in cap heights."""
    return sum(char_width(char, wide) for char in text)


def wrap(text: str, width: float, wide: float = 1.3) -> list[str]:
    """Break paragraphs so that no line is wider than `width` cap heights; words of Latin text stay whole."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        if width <= 0 or text_width(paragraph, wide) <= width * 1.02:
            lines.append(paragraph)
            continue
        line, used = "", 0.0
        for word in re.findall(r"[!-~]+ ?|\s|.", paragraph):
            size = text_width(word, wide)
            if line and used + size > width * 1.02:
                lines.append(line.rstrip())
                line, used = "", 0.0
            line += word
            used += size
        lines.append(line)
    return lines
