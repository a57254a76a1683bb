"""From a comparison document (docs/formats/comparison.md) to the panes of its report."""

from __future__ import annotations

from typing import Any

from pipeline.drawing.certainty import CONFIRM
from pipeline.drawing.model import Drawing, Sheet
from pipeline.drawing.sheet_space import Affine
from pipeline.rendering.comparison_report import Entry, Pane

WORDS = {
    "zh": {
        "title": "图纸比对", "old": "旧版", "new": "新版", "at": "图幅", "tolerance": "容差 {0} mm（实际尺寸）",
        "engine": "引擎 {0}", "fit": "配准 {0}，置信度 {1:.2f}", "map": "变换（旧图→新图，图面毫米）",
        "none": "无差异。", "not": "无法比对：", "cosmetic": "（非实质）", "unsure": "（不确定）",
        "follows": "（随之变化）", "alone": "无对应图纸：", "more": "…另有 {count} 条，见清单",
        "indicators": "指标（旧 → 新）：", "is": "：", "unknown": "（一侧未知）", "and": "；",
        "legend": ("仅旧版有", "仅新版有", "两版相同", "虚线云线与“?”：不确定，须人工核对"),
    },
    "en": {
        "title": "Comparison", "old": "Old", "new": "New", "at": "sheet", "tolerance": "tolerance {0} mm of reality",
        "engine": "engine {0}", "fit": "aligned by {0}, confidence {1:.2f}", "map": "Transform (old → new, sheet mm)",
        "none": "No difference.", "not": "Not comparable: ", "cosmetic": " (cosmetic)", "unsure": " (unsure)",
        "follows": " (follows)", "alone": "Without a partner: ", "more": "… and {count} more in the list",
        "indicators": "Indicators (old → new): ", "is": ": ", "unknown": " (one side not known)", "and": "; ",
        "legend": ("old version only", "new version only", "both versions", "dashed and “?”: unsure, to be checked"),
    },
}  # fmt: skip


def panes_of(document: dict[str, Any], old: Drawing, new: Drawing, language: str = "zh") -> list[Pane]:
    """Return a pane for every pair of sheets with differences or without an answer; the first pair when there is none.

    Args:
        document: a comparison document, `sheets` with `change_ids` or with their `changes`.
        old: the old drawing with its sheets.
        new: the new drawing.
        language: `zh` or `en`.

    Differences number from 1 through the whole document, as `tushen compare` lists them.
    """
    words: dict[str, Any] = WORDS[language]
    changes = {one["id"]: (k, one) for k, one in enumerate(document["changes"], 1)}
    olds, news = {s.id: s for s in old.sheets}, {s.id: s for s in new.sheets}
    panes: list[Pane] = []
    spare: list[Pane] = []
    homeless: list[tuple[int, dict[str, Any]]] = []
    for pair in document["sheets"]:
        ids = pair.get("change_ids") or [one["id"] for one in pair.get("changes", [])]
        own = [changes[id] for id in ids if id in changes]
        one, two = olds.get(pair["old"]["sheet"]), news.get(pair["new"]["sheet"])
        if one is None or two is None:
            homeless += own
            continue
        pane = _pane(document, pair, own, (old, one), (new, two), words, language)
        (panes if own or not pair["comparable"] else spare).append(pane)
    panes = panes or spare[:1]
    if panes:
        panes[0].facts += _indicators(document, ("", ""), language)
        panes[-1].entries += [_entry(number, change, "", "", words, language) for number, change in homeless]
        panes[0].facts += [words["alone"] + one[language] for one in document.get("unpaired", [])]
    return panes


def _pane(
    document: dict[str, Any],
    pair: dict[str, Any],
    own: list[tuple[int, dict[str, Any]]],
    old: tuple[Drawing, Sheet],
    new: tuple[Drawing, Sheet],
    words: dict[str, Any],
    language: str,
) -> Pane:
    facts = [_side(document, pair, side, words) for side in ("old", "new")]
    facts.append(words["and"].join(_how(document, pair, words)))
    matrix = pair["transform_sheet"]
    if matrix is not None:
        rows = " ".join("[" + " ".join(f"{value:.6g}" for value in row) + "]" for row in matrix)
        facts.append(f"{words['map']}: {rows}")
    if pair.get("paired"):
        facts.append(pair["paired"][language])
    facts += [note[language] for note in pair["notes"]]
    if not pair["comparable"]:
        facts.append(words["not"] + (pair["reason"] or {}).get(language, ""))
    elif not own:
        facts.append(words["none"])
    facts += _indicators(document, (pair["old"]["sheet"], pair["new"]["sheet"]), language)
    sheet = new[1]
    title = f"{words['title']} {sheet.number} {sheet.title}".strip()
    entries = [_entry(number, one, old[1].id, sheet.id, words, language) for number, one in own]
    return Pane(title, facts, new, old, _affine(matrix), entries, words["legend"], words["more"])


def _indicators(document: dict[str, Any], sheets: tuple[str, str], language: str) -> list[str]:
    """The indicators of a pair of sheets as one fact; rooms only where they differ. ("", ""): of the drawings."""
    own = [row for row in document.get("indicators", []) if (row["sheet_old"], row["sheet_new"]) == sheets]
    told = [indicator(row, language) for row in own if not (row["room"] and row["delta"] == 0)]
    words: dict[str, Any] = WORDS[language]
    return [words["indicators"] + words["and"].join(told)] if told else []


def indicator(row: dict[str, Any], language: str) -> str:
    """One row of the table of indicators in words: doors: 12 → 13."""
    known = ["—" if row[side] is None else f"{row[side]:g}" for side in ("old", "new")]
    unit = f" {row['unit']}".replace("m2", "m²") if row["unit"] else ""
    words: dict[str, Any] = WORDS[language]
    name = f"{row[language]} {row['room']}".strip()
    return name + words["is"] + " → ".join(known) + unit + (words["unknown"] if row["delta"] is None else "")


def _side(document: dict[str, Any], pair: dict[str, Any], side: str, words: dict[str, Any]) -> str:
    told = pair[side]
    file = document[side].get("file") or told["file"]
    name = " ".join(part for part in (told["number"], told["title"]) if part) or told["sheet"]
    where = " · ".join(part for part in (file.rpartition("/")[2], f"{words['at']} {name}") if part)
    return f"{words[side]}: {where}\nsha256 {told['sha256']}"


def _how(document: dict[str, Any], pair: dict[str, Any], words: dict[str, Any]) -> list[str]:
    told = [words["engine"].format(document["engine"])]
    if pair["comparable"] and not pair["identical"]:
        told.insert(0, words["tolerance"].format(f"{pair['tolerance_mm']:.3g}"))
        told.append(words["fit"].format(pair["method"], pair["confidence"]))
    return told


def _entry(number: int, change: dict[str, Any], old: str, new: str, words: dict[str, Any], language: str) -> Entry:
    """One difference; its boxes only where they are on the two sheets shown."""
    sentence = change["sentence"][language]
    unsure = change["certainty"] < CONFIRM
    for said, word in (
        (change.get("consequence"), "follows"),
        (not change["material"], "cosmetic"),
        (unsure, "unsure"),
    ):
        if said and not (word == "cosmetic" and change.get("consequence")):
            sentence += words[word]
    here, there = change["sheet_new"] in (new, ""), change["sheet_old"] in (old, "")
    return Entry(
        number,
        change["kind"],
        sentence,
        tuple(change["box_new"]) if new and here and change["box_new"] else None,
        tuple(change["box_old"]) if old and there and change["box_old"] else None,
        unsure,
        not change["material"],
    )


def _affine(matrix: list[list[float]] | None) -> Affine | None:
    """A 2×3 matrix as the drawing model writes transforms."""
    if matrix is None:
        return None
    (a, b, tx), (c, d, ty) = matrix
    return (a, b, c, d, tx, ty)
