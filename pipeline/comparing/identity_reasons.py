"""Why two sheets are taken for versions of one, and why a sheet is alone, in words."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.comparing.identity import Reason
from pipeline.comparing.likeness import Evidence, SheetDescription
from pipeline.comparing.titles import fold_number

FORM = {
    "size": ("图幅相近。", "The sizes are alike."),
    "amount": ("图元数量相近。", "They hold a like amount."),
    "file": ("同名文件中的同一序位。", "They have the same place in files of one name."),
    "only": ("双方各只剩这一张。", "It is the only one left on either side."),
}


def explained(one: SheetDescription, two: SheetDescription, found: Evidence, rival: bool) -> list[Reason]:
    """Return the reasons for and against a pair, the strongest first."""
    reasons = [*_content(found), *_names(one, two, found)]
    for code, zh, en in (("discipline", "专业", "disciplines"), ("building", "单体", "buildings")):
        same = getattr(found, code)
        if same is False:
            a, b = getattr(one, code), getattr(two, code)
            reasons.append(Reason(code, f"{zh}不同：{a} / {b}。", f"The {en} differ: {a}, {b}.", False))
        elif same:
            reasons.append(Reason(code, f"{zh}相同。", f"The {en} agree."))
    reasons += [Reason(code, *FORM[code]) for code in found.form]
    if rival:
        reasons.append(
            Reason("rival", "另有一张图同样相像。", "Another sheet is as much like it.", False),
        )
    return reasons


def _content(found: Evidence) -> list[Reason]:
    if found.identical:
        return [Reason("content", "内容完全相同。", "The content is equal.")]
    if found.content is None:
        return []
    share = round(100 * found.content)
    zh, en = f"约 {share}% 的线条与文字相同。", f"About {share} % of strokes and texts agree."
    return [Reason("content", zh, en, found.content >= 0.5)]


def _names(one: SheetDescription, two: SheetDescription, found: Evidence) -> list[Reason]:
    reasons = []
    if found.number and fold_number(one.number) != fold_number(two.number):
        zh, en = (
            f"图号仅阶段不同：{one.number} / {two.number}。",
            f"The numbers differ in the stage only: {two.number}.",
        )
        reasons.append(Reason("number", zh, en))
    elif found.number:
        reasons.append(Reason("number", f"图号相同（{two.number}）。", f"The number is the same ({two.number})."))
    elif found.number is False:
        zh, en = f"图号不同：{one.number} / {two.number}。", f"The numbers differ: {one.number}, {two.number}."
        reasons.append(Reason("number", zh, en, False))
    if found.title == 1.0:
        reasons.append(Reason("title", f"图名相同（{two.title}）。", f"The title is the same ({two.title})."))
    elif found.title is not None and found.title > 0.5:
        zh, en = f"图名相近：{one.title} / {two.title}。", f"The titles are alike: {one.title}, {two.title}."
        reasons.append(Reason("title", zh, en))
    elif found.title is not None:
        zh, en = f"图名不同：{one.title} / {two.title}。", f"The titles differ: {one.title}, {two.title}."
        reasons.append(Reason("title", zh, en, False))
    return reasons


def decided_words() -> list[Reason]:
    """Return the reason of what a person decided."""
    return [Reason("person", "由人员确认。", "Confirmed by a person.")]


def alone(sheet: SheetDescription, others: Sequence[SheetDescription], *, new: bool) -> list[Reason]:
    """Return why a sheet has no partner; `new`: it is one of the new version."""
    label = " ".join(part for part in (sheet.number, sheet.title) if part) or sheet.id
    side_zh, side_en = ("旧版", "old") if new else ("新版", "new")
    if not others:
        return [Reason("alone", f"{side_zh}没有图纸。", f"The {side_en} version has no sheets.", False)]
    if sheet.number and any(fold_number(o.number) == fold_number(sheet.number) for o in others):
        return [
            Reason(
                "alone",
                f"“{label}”：{side_zh}中同图号的图纸已与另一张配对或内容为不同类型。",
                f"“{label}”: the sheet of the same number in the {side_en} version is paired with another one.",
                False,
            )
        ]
    return [
        Reason(
            "alone",
            f"“{label}”：{side_zh}中没有图号、图名或内容相符的图纸。",
            f"“{label}”: no sheet of the {side_en} version has its number, title or content.",
            False,
        )
    ]
