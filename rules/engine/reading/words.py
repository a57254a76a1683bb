"""What strings on Chinese drawings mean: opening tags, levels, stair texts, heights, storeys, labels."""

from __future__ import annotations

import re
import unicodedata

from rules.engine.facts import StatementFact

# DOMAIN C.10; 4 digits are width and height in decimetres
OPENING = re.compile(
    r"^(?P<kind>[A-Z]{1,4})(?P<g1>[甲乙丙])?-?(?P<dim>\d{4})(?P<g2>[甲乙丙])?(?P<suffix>[a-zA-Z'′]{0,2})$"
)
LEVEL = re.compile(r"^(?:H|标高)?\s*(?P<sign>%%[pP]|±|[+\-−－])?\s*(?P<value>\d{1,3}\.\d{3})$")
AREA = re.compile(r"(\d{1,6}\.\d{1,2})\s*(?:m²|㎡|m2|M2|平方米)")
STEPS = re.compile(r"(\d{2,3})\s*[×xX*]\s*(\d{1,2})\s*=\s*(\d{3,5})")
PLAIN = re.compile(r"^\d{2,6}$")
SIZE = re.compile(r"(\d{3,5})\s*[×xX*]\s*(\d{3,5})")
_GUARD = re.compile(r"(?:栏杆|护栏|栏板)[^。；;，,]{0,10}?高度?(?:为|不小于|不低于|≥)?\s*(\d+(?:\.\d+)?)\s*(mm|m|米)?")
_CORRIDOR = re.compile(r"走[道廊][^。；;，,]{0,10}?净高(?:为|不小于|不低于|≥)?\s*(\d+(?:\.\d+)?)\s*(mm|m|米)?")
_DIGITS = "零一二三四五六七八九"
_DOOR_KINDS = {"M", "FM", "LM", "TLM", "GM", "SM", "HM", "MLC"}
_WINDOW_KINDS = {"C", "LC", "TC", "GC", "FC", "BY", "BYC"}
_SHUTTER_KINDS = {"JLM", "FJLM", "FJ", "JM"}


def plain(string: str) -> str:
    """Return a string for comparing: NFKC, no white space, full-width signs folded."""
    return "".join(unicodedata.normalize("NFKC", string).split())


def opening_kind(tag: str) -> tuple[str, float, float, str] | None:
    """Return (kind, width mm, height mm, grade) of an opening tag, None when it is none."""
    match = OPENING.match(tag.strip())
    if match is None:
        return None
    letters = match["kind"]
    kinds = {"door": _DOOR_KINDS, "window": _WINDOW_KINDS, "shutter": _SHUTTER_KINDS}
    kind = next((word for word, known in kinds.items() if letters in known), "")
    if letters.startswith(("DT", "DTM")):
        kind = "lift_door"
    if not kind:
        return None
    width, height = int(match["dim"][:2]) * 100.0, int(match["dim"][2:]) * 100.0
    if not (400 <= width <= 9900 and 300 <= height <= 9900):
        return None
    return kind, width, height, match["g1"] or match["g2"] or ""


def level_of(string: str) -> float | None:
    """Return the metres of an elevation text, None when it is none."""
    match = LEVEL.match(string.strip())
    if match is None:
        return None
    value = float(match["value"])
    return -value if match["sign"] in ("-", "−", "－") else value


def statements(string: str) -> list[tuple[str, float]]:
    """Return (topic, metres) of the heights a sentence states: guard rails at drops, corridor clear heights."""
    found: list[tuple[str, float]] = []
    if "临空" in string or "回廊" in string or "护栏" in string:
        found += [("guard", _metres(m)) for m in _GUARD.finditer(string) if "扶手" not in m[0]]
    found += [("corridor_height", _metres(m)) for m in _CORRIDOR.finditer(string)]
    return [(topic, value) for topic, value in found if 0.2 <= value <= 10]


def _metres(match: re.Match[str]) -> float:
    value = float(match[1])
    return value / 1000 if match[2] == "mm" or (match[2] is None and value > 20) else value


def numeral(word: str) -> int | None:
    """Return a Chinese or Arabic storey numeral up to 99."""
    if word.isdigit():
        return int(word)
    if word == "首":
        return 1
    if "十" in word:
        tens, _, ones = word.partition("十")
        return (_DIGITS.find(tens) if tens else 1) * 10 + (_DIGITS.find(ones) if ones else 0)
    at = _DIGITS.find(word) if len(word) == 1 else -1
    return at if at > 0 else None


def storeys_of(title: str) -> list[int] | None:
    """Return the storeys a plan's title covers: 三层平面图 -> [3], 二～五层 -> [2, 3, 4, 5]; None when unclear."""
    match = re.search(r"([一二三四五六七八九十首\d]+)(?:\s*[~～至\-—]\s*([一二三四五六七八九十\d]+))?\s*层", title)
    if match is None or "地下" in title[: match.start() + 1]:
        return None
    first = numeral(match[1])
    last = numeral(match[2]) if match[2] else first
    if first is None or last is None or last < first:
        return None
    return list(range(first, last + 1))


def statement_facts(string: str, place) -> list[StatementFact]:  # type: ignore[no-untyped-def]
    """Return the statements of a text as facts."""
    return [StatementFact(topic, value, string, place) for topic, value in statements(string)]
