"""Titles and numbers of sheets as words: folded, with the storeys and the kind of view they name."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

DIGITS = {c: str(i) for i, c in enumerate("零一二三四五六七八九")}
STOREY = re.compile(r"(?:地下|负|B|-)?\s*(\d+)\s*(?:层|楼|F)(?!高)", re.IGNORECASE)
STOREY_RANGE = re.compile(r"(\d+)\s*[-~～至、,]\s*(\d+)\s*(?:层|楼|F)", re.IGNORECASE)
KINDS = ("平面", "立面", "剖面", "详图", "大样", "目录", "总平面", "屋顶", "屋面", "说明", "系统", "楼梯")
PART = re.compile(r"[(（]?[一二三四五六七八九十\d]{1,2}[)）]?$")


@lru_cache(maxsize=200_000)
def title_likeness(one: str, two: str) -> float:
    """0..1: equal titles 1; another storey or another kind of view 0; else shared pairs of characters (Dice)."""
    a, b = fold(one), fold(two)
    if a == b:
        return 1.0
    if storeys(one) != storeys(two):
        return 0.0
    if {k for k in KINDS if k in a} != {k for k in KINDS if k in b}:
        return 0.0
    pairs_a, pairs_b = {a[i : i + 2] for i in range(len(a) - 1)}, {b[i : i + 2] for i in range(len(b) - 1)}
    if not pairs_a or not pairs_b:
        return 0.0
    return 2 * len(pairs_a & pairs_b) / (len(pairs_a) + len(pairs_b))


@lru_cache(maxsize=20_000)
def storeys(title: str) -> frozenset[int]:
    """Storeys a title names: 二层平面图 {2}, 3~5层 {3, 4, 5}, 地下一层 {-1}, 首层 {1}."""
    text = _arabic(unicodedata.normalize("NFKC", title)).replace("首层", "1层").replace("底层", "1层")
    found: set[int] = set()
    for hit in STOREY_RANGE.finditer(text):
        low, high = int(hit.group(1)), int(hit.group(2))
        if low <= high < low + 200:
            found.update(range(low, high + 1))
    for hit in STOREY.finditer(text):
        below = hit.group(0)[:1] in "地负Bb" or (hit.group(0)[0] == "-" and not found)
        value = int(hit.group(1))
        if value not in found:
            found.add(-value if below else value)
    return frozenset(found)


def _arabic(text: str) -> str:
    """Chinese numerals up to 99 as digits."""

    def number(hit: re.Match[str]) -> str:
        word = hit.group(0)
        if "十" in word:
            tens, _, ones = word.partition("十")
            return str(int(DIGITS.get(tens, "1")) * 10 + int(DIGITS.get(ones, "0")))
        return "".join(DIGITS[c] for c in word)

    return re.sub(
        r"[零一二三四五六七八九]?十[一二三四五六七八九]?|[零一二三四五六七八九]+(?=层|楼|~|-|至|、)", number, text
    )


@lru_cache(maxsize=50_000)
def fold(text: str) -> str:
    """Sheet numbers and titles folded: width, case, blanks, dashes, trailing 图."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = re.sub(r"[\s_\-—–·.。:：()（）\[\]【】/]+", "", plain)
    return _arabic(plain).replace("首层", "1层").replace("底层", "1层").removesuffix("图")


@lru_cache(maxsize=50_000)
def fold_number(number: str) -> str:
    """Sheet numbers folded: 建施—03, 建施 3 and 建施-3 are one; A-1-01 and A-101 are two."""
    plain = re.sub(r"[\s　]+", "", unicodedata.normalize("NFKC", number).casefold())
    plain = re.sub(r"[_\-—–·:：/]+", "-", plain)
    plain = re.sub(r"(?<!\d)-|-(?!\d)", "", plain)
    return re.sub(r"(?<![\d.])0+(?=\d)", "", plain)


def without_part(title: str) -> str:
    """Return a folded title without the number of its part: 楼梯详图（一） and 楼梯详图(2) are both 楼梯详."""
    return fold(PART.sub("", unicodedata.normalize("NFKC", title).strip()))


def but_for_stage(one: str, two: str) -> bool:
    """Return whether two numbers differ only in the letter of the stage: 建施-03 and 建竣-03 or 竣施-03."""
    if not one or not two:
        return False
    (a, rest_a), (b, rest_b) = (_stage_free(number) for number in (one, two))
    return rest_a == rest_b and (not a or not b or a == b)


def _stage_free(number: str) -> tuple[str, str]:
    match = re.match(r"([^\d]*)(.*)", fold_number(number))
    assert match is not None
    return re.sub(r"方案|竣工图?|[施初方竣变修]", "", match.group(1)), match.group(2)
