"""What a value of a title block looks like: joined, tidied, and whether it can be one of its field."""

from __future__ import annotations

import re

from pipeline.sheets.numbers import can_be_number, looks_like_number, scale_of, squash, tidy_number

_CJK = r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"
DATE = re.compile(r"^\d{2,4}\s*[-./年]\s*\d{1,2}(\s*[-./月]\s*\d{1,2}\s*日?)?月?$|^\d{1,2}/\d{1,2}/\d{2,4}$|^\d{6,8}$")
DATE_WORD = re.compile(r"\b(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]*\.?\b.*\d", re.IGNORECASE)
TITLE_WORD = re.compile(
    r"图|表|目录|说明|大样|详|示意|做法|索引|节点|轴测|效果|总平|封面"
    r"|PLAN|ELEVATION|SECTION|DETAIL|SCHEDULE|NOTE|LEGEND|LAYOUT|DIAGRAM|COVER|INDEX|LIST|SPECIFICATION|VIEW"
    r"|PERSPECTIVE|RENDERING|DEMOLITION|GRADING|LANDSCAPE|SURVEY|TITLE SHEET|RISER|ISOMETRIC",
    re.IGNORECASE,
)
UNSCALED = ("见图", "如图", "图示", "示意", "无", "NTS", "N.T.S.", "ASNOTED", "VARIES")
FIRM_WORD = re.compile(r"公司|研究院|设计院|事务所|有限|\b(INC|LLC|LTD|ARCHITECTS?)\b", re.IGNORECASE)

SHEET_COUNT = re.compile(r"^(SHEET\s*)?\d+\s*(OF|/)\s*\d+$|^第?\d+张共?\d+张$", re.IGNORECASE)


def joined(pieces: list[str]) -> str:
    """Join lines or pieces: Chinese without a blank between, other words with one."""
    text = ""
    for piece in pieces:
        piece = " ".join(piece.split())
        if not piece:
            continue
        tight = bool(text) and re.match(_CJK, text[-1]) and re.match(_CJK, piece[0])
        text = f"{text}{piece}" if not text or tight else f"{text} {piece}"
    return text


def tidied(name: str, value: str) -> str:
    """Return a value in the form it is kept in."""
    value = " ".join(value.split())
    return tidy_number(value) if name == "number" else value


def plausible(name: str, value: str) -> bool:
    """Return whether a text can be the value of a field."""
    bare = squash(value)
    if name == "number":
        return can_be_number(value) and not DATE.match(value)
    if name == "scale":
        imperial = re.search(r"\d\s*\"?\s*=\s*\d", value) is not None
        return scale_of(value) is not None or imperial or bare.upper() in UNSCALED
    if name == "date":
        return bool(DATE.match(value) or DATE_WORD.search(value) or re.match(r"^\d{4}[.年-]\d{1,2}", value))
    if name == "version":
        return len(bare) <= 12 and scale_of(value) is None
    if name == "title":
        return len(bare) > 1 and not (looks_like_number(value) or DATE.match(value) or bare == f"1:{scale_of(value)}")
    return True
