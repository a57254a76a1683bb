"""Sheet numbers 图号, disciplines 专业 and scales 比例 as text (DOMAIN C.6, C.10)."""

from __future__ import annotations

import re

SHEET = re.compile(
    r"^(?P<disc>[\u4e00-\u9fff]{1,4}?)(?P<st>施|初|方|竣|变)?[-_ ]?(?P<sub>[A-Z]{1,3}[-_]?)?(?P<no>\d{1,3})"
    r"(?P<ext>[a-zA-Z]|[-.]\d{1,2})?$|^(?P<d2>[A-Z]{1,3})[-_]?(?P<n2>\d{1,3})(?P<e2>[a-zA-Z]|[-.]\d{1,2})?$"
)
# certain enough to be believed anywhere on a sheet
STRICT = re.compile(
    r"^(总|建|结|水|给排水|暖|通|电|弱电|智|消|人防|景|装|幕|基坑?|动|燃)(施|初|方|竣|变|修)?[-_—－]\d{1,3}([a-zA-Z]|[-.]\d{1,2})?$"
    r"|^(方案|竣工图?|竣施|方施)[-_—－]\d{1,3}$"
    r"|^[A-Z]{1,2}-\d{2,3}([a-zA-Z]|[-.]\d{1,2})?$"
)
OFFICE = re.compile(r"^(?=.{3,24}$)[A-Z0-9]{1,10}([-./][A-Z0-9]{1,10}){1,6}$")
SCALE = re.compile(r"1\s*[:：/]\s*(\d{1,5})(?![\d:：])")
FIGURE = re.compile(
    r"(?P<f>(?:地下|负)?[一二三四五六七八九十百\d～~至\-、,]+层|屋顶层?|屋面层?|机房层|夹层|避难层|标准层|首层|总)?"
    r"(?P<k>(?:防火分区(?:示意)?|轴立面|平面|立面|剖面|大样|详)图|大样)"
)
_DISCIPLINES: tuple[tuple[str, str], ...] = (
    ("总", "总图"),
    ("人防", "人防"),
    ("给排水", "给排水"),
    ("弱电", "智能化"),
    ("基坑", "基坑"),
    ("建", "建筑"),
    ("结", "结构"),
    ("水", "给排水"),
    ("暖", "暖通"),
    ("通", "暖通"),
    ("电", "电气"),
    ("智", "智能化"),
    ("消", "消防"),
    ("景", "景观"),
    ("装", "装饰"),
    ("幕", "幕墙"),
    ("基", "基坑"),
    ("动", "动力"),
    ("燃", "燃气"),
)
_LATIN = {
    "G": "总图",
    "A": "建筑",
    "S": "结构",
    "P": "给排水",
    "H": "暖通",
    "M": "暖通",
    "E": "电气",
    "L": "景观",
    "I": "装饰",
    "F": "消防",
}
_DASHES = str.maketrans({"—": "-", "－": "-", "–": "-", "_": "-", "：": ":", "　": " "})


def squash(text: str) -> str:
    """Return the text without any white space (title blocks spread their characters)."""
    return re.sub(r"\s+", "", text)


def tidy_number(text: str) -> str:
    """Return a sheet number in one form: no blanks, plain hyphens."""
    return squash(text).translate(_DASHES)


def looks_like_number(text: str) -> bool:
    """Return whether a text can be a sheet number (only to be asked of a value next to its label)."""
    tidy = tidy_number(text)
    return len(tidy) <= 24 and (SHEET.match(tidy) is not None or STRICT.match(tidy) is not None)


def can_be_number(text: str) -> bool:
    """Return whether a text in the very cell of the label may be a sheet number of any office: 2019.TSD.PD.102."""
    tidy = tidy_number(text).upper()
    if looks_like_number(text):
        return True
    return OFFICE.match(tidy) is not None and any(c.isdigit() for c in tidy) and not tidy.isdigit()


def is_sure_number(text: str) -> bool:
    """Return whether a text is a sheet number wherever it stands."""
    tidy = tidy_number(text)
    return len(tidy) <= 24 and STRICT.match(tidy) is not None


def discipline_of(number: str, words: str = "") -> str:
    """Return the discipline from a sheet number or the 专业 field, "" if unknown."""
    for text in (tidy_number(number), squash(words)):
        for prefix, name in _DISCIPLINES:
            if text.startswith(prefix):
                return name
    match = re.match(r"^([A-Z])[A-Z]?-?\d", tidy_number(number))
    return _LATIN.get(match.group(1), "") if match else ""


def scale_of(text: str) -> float | None:
    """Return the denominator of the first 1:n in a text, None if there is none."""
    match = SCALE.search(text)
    return float(match.group(1)) if match and int(match.group(1)) > 0 else None
