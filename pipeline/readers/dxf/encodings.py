"""Which encoding the texts of a DXF really have: the header is a claim, the bytes are the fact.

Seen in Chinese practice: GBK bytes under $DWGCODEPAGE ANSI_1252, UTF-8 under ANSI_936, Big5 under ANSI_936, GBK in
AC1021+ files that must be UTF-8, and files whose texts were pasted together in two encodings (DOMAIN C.8).
How likely a decoding is, is judged by `plausibility`; a single text that the file's encoding does not fit is decoded
by itself (`decode`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from pipeline.readers.dxf.plausibility import drawn, plausibility

SAMPLE = 3_000  # texts that are judged at most
SURE = 5  # so many characters that are valid UTF-8 are it: of GBK pairs every seventh is by chance
MARGIN = 0.15  # by how much another encoding must be likelier than the claimed one
CLEAR = 3  # by so many characters of words on drawings one Chinese code page is surer than the other
TWINS = {"gbk": "cp950", "cp950": "gbk"}
_NAMES = {
    "gb2312": "gbk",
    "gbk": "gbk",
    "cp936": "gbk",
    "dos936": "gbk",
    "big5": "cp950",
    "dos950": "cp950",
    "ksc5601": "cp949",
    "johab": "johab",
    "ansi_1361": "johab",
    "dos932": "cp932",
    "ascii": "cp1252",
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "ansi_65001": "utf-8",
    "mac-roman": "mac-roman",
}
# Windows code pages that a header may name, by the end of the name
_WINDOWS = {
    "874": "cp874",
    "932": "cp932",
    "936": "gbk",
    "949": "cp949",
    "950": "cp950",
    **{str(number): f"cp{number}" for number in range(1250, 1259)},
}
_ISO_DOS = re.compile(r"(iso8859)_?(\d{1,2})|dos(\d{3})")
_RIVALS = ("utf-8", "gbk", "cp950")
_LINE = re.compile(rb"[\r\n\x00]")
_SIGNS = re.compile("[\x20-\x7e±×°²ΦφØ]+")  # read as GBK these signs are single rare characters among digits
_BEYOND = re.compile("[^\x00-\x7f]")


def declared(version: str, codepage: str) -> str:
    """Return the encoding the header claims: UTF-8 since AC1021, else the code page (1252 if none)."""
    if version >= "AC1021" and version.startswith("AC"):
        return "utf-8"
    name = codepage.strip().lower()
    if name in _NAMES:
        return _NAMES[name]
    old = _ISO_DOS.fullmatch(name)
    if old:
        return f"{old[1]}_{old[2]}" if old[1] else f"cp{old[3]}"
    return next((encoding for ending, encoding in _WINDOWS.items() if name.endswith(ending)), "cp1252")


def sniff(data: bytes, claim: str) -> str:
    """Return the encoding to read an ASCII DXF with; `claim` unless the bytes say otherwise."""
    return claim if data.isascii() else judge(high_lines(data), claim)


def judge(texts: Sequence[bytes], claim: str) -> str:
    """Return the encoding that the texts (values with bytes above 127) fit best.

    `claim` stands unless another one is likelier by `MARGIN`. UTF-8, GBK and Big5 are tried besides the claim.
    """
    if not texts:
        return claim
    joined = b"\n".join(texts)
    valid = _strict(joined, "utf-8") is not None
    if valid and (claim == "utf-8" or _sequences(joined) >= SURE):
        return "utf-8"
    best, best_score = claim, _score(texts, claim) + MARGIN
    for rival in _RIVALS:
        if rival != claim:
            score = _score(texts, rival) + (MARGIN if rival == "utf-8" and valid else 0.0)
            if score > best_score:
                best, best_score = rival, score
    return _by_words(joined, best) if best == claim and claim in TWINS else best


def _by_words(joined: bytes, claim: str) -> str:
    """Decide between the two Chinese code pages by the words of drawings, where these speak clearly against a claim."""
    own, other = _strict(joined, claim), _strict(joined, TWINS[claim])
    if own is None or other is None or not reads_as_well(own, other):
        return claim
    return TWINS[claim] if speaks_clearly(own, other) else claim


def reads_as_well(own: str, other: str) -> bool:
    """Return whether another decoding is not clearly less likely than the own one."""
    return plausibility(other) >= plausibility(own) - MARGIN


def speaks_clearly(own: str, other: str) -> bool:
    """Return whether the words of drawings speak clearly for another decoding than the own one."""
    return drawn(other) >= max(drawn(own) + CLEAR, len(_BEYOND.findall(other)) / 2)


def _sequences(raw: bytes) -> int:
    """Return how many characters of valid UTF-8 have more than one byte."""
    return sum(byte >= 0xC0 for byte in raw)


def _score(texts: Iterable[bytes], encoding: str) -> float:
    return plausibility("\n".join(text.decode(encoding, "replace") for text in texts))


def high_lines(data: bytes, most: int = SAMPLE) -> list[bytes]:
    """Return the lines that hold bytes above 127, at most `most` of them, taken evenly over the file."""
    at = np.flatnonzero(np.frombuffer(data, np.uint8) & 0x80)
    if len(at) > 40 * most:
        at = at[np.linspace(0, len(at) - 1, most).astype(np.int64)]
    found: list[bytes] = []
    end = -1
    for place in at.tolist():
        if place < end:
            continue
        start = max(data.rfind(b"\n", 0, place), data.rfind(b"\r", max(0, place - 4096), place), -1) + 1
        stop = _LINE.search(data, place)
        end = stop.start() if stop else len(data)
        found.append(data[start:end])
    return found if len(found) <= most else found[:: len(found) // most + 1]


def decode(raw: bytes, encoding: str) -> tuple[str, bool]:
    """Return one value as text and whether some of its bytes could not be decoded.

    A value that the encoding of the file does not fit is decoded by the encoding that it does fit (files pasted
    together from two sources); valid UTF-8 wins where it makes likelier text.
    """
    if raw.isascii():
        return raw.decode("ascii"), False
    own = _strict(raw, encoding)
    if encoding == "utf-8" and own is not None:
        return own, False
    as_utf8 = _strict(raw, "utf-8")
    if own is not None and as_utf8 is None:
        return own, False
    if as_utf8 is not None and _sequences(raw) >= SURE:
        return as_utf8, False
    if own is not None and as_utf8 is not None:
        signs = encoding in ("gbk", "cp950") and _SIGNS.fullmatch(as_utf8)
        return (as_utf8 if signs or plausibility(as_utf8) > plausibility(own) + MARGIN else own), False
    if as_utf8 is not None:
        return as_utf8, False
    return _foreign(raw, encoding)


def _foreign(raw: bytes, encoding: str) -> tuple[str, bool]:
    """Decode a value that is neither valid in the encoding of its file nor UTF-8."""
    wider = {"gbk": "gb18030", "cp950": "big5hkscs"}.get(encoding, "")
    whole = _strict(raw, wider) if wider else None
    if whole is not None:
        return whole, False
    for rival in ("gb18030", "cp950"):
        text = _strict(raw, rival)
        if text is not None and plausibility(text) > 0.5:
            return text, False
    return raw.decode(encoding, "replace"), True


def _strict(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def decoded(data: bytes, encoding: str) -> tuple[str, int, int]:
    """Return a whole ASCII DXF as text, how many lines were of another encoding, and how many undecodable.

    The fast way is one decoding of all bytes; line by line only where that fails.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    text = _strict(data, encoding)
    if text is not None and encoding in ("utf-8", "ascii"):
        return text, 0, 0
    if text is not None and not any(_strict(line, "utf-8") for line in high_lines(data)):
        return text, 0, 0
    lines, other, broken = [], 0, 0
    for line in data.split(b"\n"):
        string, bad = decode(line, encoding)
        other += not bad and not line.isascii() and _strict(line, encoding) != string
        broken += bad
        lines.append(string)
    return "\n".join(lines), other, broken


def as_ascii(data: bytes, encoding: str) -> bytes:
    r"""Return the file with every character outside ASCII as a \U+XXXX escape, for readers that trust the header."""
    return _BEYOND.sub(_escape, decoded(data, encoding)[0]).encode("ascii")


def _escape(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"\\U+{units[i] << 8 | units[i + 1]:04X}" for i in range(0, len(units), 2))
