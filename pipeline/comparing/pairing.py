"""Which old sheet belongs to which new one: by number, title, discipline and storey, then by content.

Works on light descriptions, so that the sheets of a whole submission (many files) are paired without
reading a drawing. Two sheets of one format are preferred; sheets of different formats are paired only
when neither has a partner of its own format.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linear_sum_assignment

from pipeline.drawing.model import Drawing

LEAST_SCORE = 0.45
SURE_SCORE = 0.6
DIGITS = {c: str(i) for i, c in enumerate("零一二三四五六七八九")}
STOREY = re.compile(r"(?:地下|负|B|-)?\s*(\d+)\s*(?:层|楼|F)(?!高)", re.IGNORECASE)
STOREY_RANGE = re.compile(r"(\d+)\s*[-~～至、,]\s*(\d+)\s*(?:层|楼|F)", re.IGNORECASE)
KINDS = ("平面", "立面", "剖面", "详图", "大样", "目录", "总平面", "屋顶", "屋面", "说明", "系统", "楼梯")
BY_CONTENT = ("storey", "model", "layout", "page")


@dataclass(slots=True, frozen=True)
class SheetDescription:
    """What is known of a sheet without its drawing."""

    id: str  # any identity of the caller
    number: str = ""
    title: str = ""
    discipline: str = ""
    kind: str = ""  # model layout page storey
    format: str = ""  # dxf ifc pdf
    content_hash: str = ""
    size_mm: tuple[float, float] = (0.0, 0.0)
    scale: float = 1.0
    entities: int = 0
    file_name: str = ""
    framed: bool = False
    ordinal: int = 0


@dataclass(slots=True)
class SheetPair:
    """Two sheets taken for versions of one; or one alone, with the reason."""

    old: str | None
    new: str | None
    confidence: float = 0.0
    by: list[str] = field(default_factory=list)  # number title discipline storey content size file
    identical: bool = False
    cross_format: bool = False
    reason_zh: str = ""
    reason_en: str = ""


def descriptions_of(drawing: Drawing) -> list[SheetDescription]:
    """Descriptions of all sheets of a drawing; ids are the sheet ids."""
    return [
        SheetDescription(
            sheet.id,
            sheet.number,
            sheet.title,
            sheet.discipline,
            str(drawing.spaces[sheet.space].kind),
            str(drawing.format),
            sheet.content_hash,
            (float(sheet.size_mm[0]), float(sheet.size_mm[1])),
            sheet.scale,
            len(sheet.entities),
            str(drawing.meta.get("name", "")),
            sheet.framed,
            ordinal,
        )
        for ordinal, sheet in enumerate(drawing.sheets)
    ]


def pair_sheets(old: list[SheetDescription], new: list[SheetDescription]) -> list[SheetPair]:
    """Pair the sheets of two submissions one to one.

    Returns:
        Pairs in the order of the new sheets, then new sheets alone, then old sheets alone, each with a reason.
    """
    used_old: dict[int, tuple[int, float, list[str]]] = {}
    for cross in (False, True):
        free_old = [i for i in range(len(old)) if i not in used_old]
        taken = {j for j, _, _ in used_old.values()}
        free_new = [j for j in range(len(new)) if j not in taken]
        used_old.update(_assign(old, new, free_old, free_new, cross))
    pairs = []
    for i, (j, score, by) in sorted(used_old.items(), key=lambda item: item[1][0]):
        one, two = old[i], new[j]
        identical = bool(one.content_hash) and one.content_hash == two.content_hash and one.format == two.format
        pairs.append(SheetPair(one.id, two.id, round(score, 3), by, identical, one.format != two.format))
    taken = {j for j, _, _ in used_old.values()}
    pairs += [_alone(None, two, old) for j, two in enumerate(new) if j not in taken]
    pairs += [_alone(one, None, new) for i, one in enumerate(old) if i not in used_old]
    return pairs


def _assign(
    old: list[SheetDescription], new: list[SheetDescription], rows: list[int], columns: list[int], cross: bool
) -> dict[int, tuple[int, float, list[str]]]:
    """Best one-to-one assignment of the free sheets of equal (or, when `cross`, of different) formats."""
    if not rows or not columns:
        return {}
    scores = np.zeros((len(rows), len(columns)))
    reasons: dict[tuple[int, int], list[str]] = {}
    lonely = len(rows) == 1 and len(columns) == 1
    for a, i in enumerate(rows):
        for b, j in enumerate(columns):
            if (old[i].format != new[j].format) == cross:
                scores[a, b], reasons[a, b] = likeness(old[i], new[j])
    if lonely and (0, 0) in reasons and scores[0, 0] < LEAST_SCORE and not _contradict(old[rows[0]], new[columns[0]]):
        scores[0, 0], reasons[0, 0] = LEAST_SCORE, ["only"]
    first, second = linear_sum_assignment(-np.where(scores >= LEAST_SCORE, scores, 0.0))
    return {
        rows[a]: (columns[b], float(scores[a, b]), reasons[a, b])
        for a, b in zip(first, second, strict=True)
        if scores[a, b] >= LEAST_SCORE
    }


def _contradict(one: SheetDescription, two: SheetDescription) -> bool:
    """Whether both sheets state who they are, and differently."""
    number = fold(one.number) and fold(two.number) and fold(one.number) != fold(two.number)
    title = fold(one.title) and fold(two.title) and fold(one.title) != fold(two.title)
    return bool(number and title)


def likeness(one: SheetDescription, two: SheetDescription) -> tuple[float, list[str]]:
    """How surely (0..1) two sheets are versions of one, and by what."""
    by: list[str] = []
    if one.content_hash and one.content_hash == two.content_hash and one.format == two.format:
        score = 0.9
        by.append("content")
    else:
        score = 0.0
    number_one, number_two = fold(one.number), fold(two.number)
    title_one, title_two = fold(one.title), fold(two.title)
    if number_one and number_two:
        if number_one == number_two:
            score += 0.55
            by.append("number")
        else:
            score -= 0.05 if title_one and title_one == title_two else 0.2
    if title_one and title_two:
        near = title_likeness(one.title, two.title)
        if near > 0.5:
            score += 0.5 * near
            by.append("title")
        elif not number_one or number_one != number_two:
            score -= 0.15
    if one.discipline and one.discipline == two.discipline:
        score += 0.05
    if not by:
        score += _by_form(one, two, by)
    if one.kind != two.kind and one.format == two.format:
        score -= 0.1
    if one.file_name and fold(one.file_name) == fold(two.file_name) and one.ordinal == two.ordinal:
        score += 0.05
        by.append("file")
    return max(0.0, min(1.0, score)), by


def _by_form(one: SheetDescription, two: SheetDescription, by: list[str]) -> float:
    """Score of sheets without number and title: same kind, size, scale, amount of content, file name."""
    if one.kind != two.kind or one.number or two.number:
        return 0.0
    score = 0.0
    size_one, size_two = np.sort(one.size_mm), np.sort(two.size_mm)
    if (size_one > 0).all() and (size_two > 0).all() and np.abs(np.log(size_one / size_two)).max() < 0.25:
        score += 0.25
        by.append("size")
    most = max(one.entities, two.entities)
    if most and min(one.entities, two.entities) >= 0.5 * most:
        score += 0.25
        by.append("amount")
    if one.ordinal == two.ordinal:
        score += 0.1
    return score


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


def fold(text: str) -> str:
    """Sheet numbers and titles folded: width, case, blanks, dashes, trailing 图."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = re.sub(r"[\s_\-—–·.。:：()（）\[\]【】/]+", "", plain)
    return _arabic(plain).removesuffix("图")


def _alone(one: SheetDescription | None, two: SheetDescription | None, others: list[SheetDescription]) -> SheetPair:
    """A sheet without a partner, and why."""
    sheet = two or one
    assert sheet is not None
    label = " ".join(part for part in (sheet.number, sheet.title) if part) or sheet.id
    side_zh, side_en = ("旧版", "old") if two is not None else ("新版", "new")
    if not others:
        zh, en = f"{side_zh}没有图纸。", f"The {side_en} version has no sheets."
    elif sheet.number and any(fold(o.number) == fold(sheet.number) for o in others):
        zh = f"“{label}”：{side_zh}中同图号的图纸已与另一张配对或内容为不同类型。"
        en = f"“{label}”: the sheet of the same number in the {side_en} version is paired with another one."
    else:
        zh = f"“{label}”：{side_zh}中没有图号、图名或内容相符的图纸。"
        en = f"“{label}”: no sheet of the {side_en} version has its number, title or content."
    return SheetPair(one.id if one else None, two.id if two else None, 0.0, [], False, False, zh, en)
