"""How likely a decoded text is what somebody wrote on a drawing: 1 certain, 0 or less garbled.

Every character outside ASCII has a weight by how common it is on drawings; the figure is their mean. The common
Chinese characters are those of GB 2312 level 1 (3,755) and Big5 level 1 (5,401), both ordered by use.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np

COMMON, HANGUL, SYMBOL, ISOLATED_LETTER, FOREIGN, RARE, CROWDED_LETTER = 1.0, 0.9, 0.8, 0.8, 0.4, 0.1, 0.15
GARBLED = -1.0
# one character of another script inside a Latin word; between capitals it may be a mark (C型H)
_OTHER = "[\u0370-\u052f\u3040-\u9fff\uac00-\ud7a3]"
_ALONE = re.compile(f"(?<=[a-z]){_OTHER}(?=[a-z])")
_ALONE_CAPITAL = re.compile(f"(?<=[A-Z]){_OTHER}(?=[A-Z])")


def _plane(leads: range, trails: range, encoding: str) -> str:
    pairs = b"".join(bytes((lead, trail)) for lead in leads for trail in trails)
    return pairs.decode(encoding, "ignore")


@lru_cache(maxsize=1)
def _weights() -> np.ndarray:
    """Return the weight of each character of the basic plane, (65536,) float32."""
    weight = np.zeros(0x10000, np.float32)
    weight[0x80:0xA0] = GARBLED
    weight[0xA0:0x250] = CROWDED_LETTER  # letters with accents; see `plausibility` for those standing alone
    weight[0x370:0x530] = FOREIGN  # Greek, Cyrillic
    weight[0x2000:0x2C00] = SYMBOL  # dashes, Roman numerals, arrows, mathematical and drawn signs
    weight[0x3000:0x3040] = SYMBOL
    weight[0x3040:0x3100] = FOREIGN  # kana
    weight[0x3200:0x3400] = SYMBOL  # squared units
    weight[0x3400:0xA000] = RARE
    weight[0xAC00:0xD7A4] = HANGUL
    weight[0xD800:0xF900] = GARBLED  # surrogates, private use
    weight[0xF900:0xFB00] = RARE
    weight[0xFB00:0xFF00] = GARBLED
    weight[0xFF00:0xFF60] = SYMBOL  # full-width forms
    weight[0xFF60:0xFFE0] = RARE  # half-width kana
    weight[0xFFF0:] = GARBLED
    trail, big5_trail = range(0xA1, 0xFF), (range(0x40, 0x7F), range(0xA1, 0xFF))
    common = _plane(range(0xB0, 0xD8), trail, "gb2312")
    common += "".join(_plane(range(0xA4, 0xC7), trails, "cp950") for trails in big5_trail)
    codes = np.array([ord(c) for c in common if "\u4e00" <= c <= "\u9fff"])
    weight[codes] = COMMON
    for char in "°±²³·×÷Ø§µ":
        weight[ord(char)] = SYMBOL
    return weight


def plausibility(text: str) -> float:
    """Return how likely a text is, by its characters outside ASCII; 1 for pure ASCII."""
    code = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    high = code >= 0x80
    if not high.any():
        return 1.0
    basic = np.minimum(code, 0xFFFF)
    weight = np.where(code > 0xFFFF, RARE, _weights()[basic])
    latin = (code >= 0xC0) & (code < 0x250)
    crowded = np.zeros(len(code), bool)
    crowded[1:] |= high[:-1]
    crowded[:-1] |= high[1:]
    weight = np.where(latin & ~crowded, ISOLATED_LETTER, weight)
    strange = 1.5 * len(_ALONE.findall(text)) + 0.85 * len(_ALONE_CAPITAL.findall(text))
    return float((weight[high].sum() - strange) / high.sum())
