"""Telling things from new to old: sentences, details of a change, angles."""

from __future__ import annotations

import re
from typing import Any

OPPOSITE = {
    "added": "removed",
    "removed": "added",
    "split": "merged",
    "merged": "split",
    "old": "new",
    "new": "old",
}
_WORDS = {"旧": "新", "新": "旧", "old": "new", "new": "old", "Old": "New", "New": "Old"}
_SIDE = re.compile(r"旧(?=版|图|侧|模型)|新(?=版|图|侧|模型)|\b[Oo]ld\b|\b[Nn]ew\b")
_QUOTED = re.compile(r"(“[^”]*”)")


def inverted_sentence(sentence: dict[str, str]) -> dict[str, str]:
    """Return a sentence {zh, en} told from new to old.

    A sentence that is not true the other way round carries its opposite as `back_zh`, `back_en`; in all
    others only the words for the sides change places. What is quoted (“…”) stays.
    """
    if "back_zh" in sentence:
        swapped = {"zh": sentence["back_zh"], "en": sentence["back_en"]}
        return {**sentence, **swapped, "back_zh": sentence["zh"], "back_en": sentence["en"]}
    return {**sentence, "zh": _sides_swapped(sentence["zh"]), "en": _sides_swapped(sentence["en"])}


def _sides_swapped(text: str) -> str:
    parts = _QUOTED.split(text)
    parts[::2] = [_SIDE.sub(lambda hit: _WORDS[hit.group()], part) for part in parts[::2]]
    return "".join(parts)


def inverted_details(value: Any) -> Any:
    """Return the details of a change told from new to old.

    Keys `old` and `new` (also as endings: `area_old`, `area_new`) change places, `delta…` change their sign,
    `side` names the other one, `rotated_degrees` turns back; all else stays.
    """
    if isinstance(value, list | tuple):
        return [inverted_details(one) for one in value]
    if not isinstance(value, dict):
        return value
    mirrored = bool(value.get("mirrored"))
    return {_other_key(key): _inverted_value(key, one, mirrored) for key, one in value.items()}


def _inverted_value(key: str, value: Any, mirrored: bool) -> Any:
    if key.startswith("delta"):
        return _negated(value)
    if key == "side":
        return OPPOSITE.get(value, value)
    if key == "rotated_degrees":
        return turned_back(float(value), mirrored)
    return inverted_details(value)


def _other_key(key: str) -> str:
    for one, other in (("old", "new"), ("new", "old")):
        if key == one or key.endswith("_" + one):
            return key[: -len(one)] + other
    return key


def _negated(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_negated(one) for one in value]
    return value if value is None else 0.0 - value


def turned_back(degrees: float, mirrored: bool) -> float:
    """Return the turn that undoes one; a mirroring undoes itself."""
    return degrees if mirrored else round((360.0 - degrees) % 360.0, 6)


def rotation_words(degrees: float, mirrored: bool) -> str:
    """Return how a turn is written."""
    return f"{degrees:.0f}°" + (" 镜像" if mirrored else "")
