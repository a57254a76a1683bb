"""SET-009: elevation marks stand where their values say."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from rules.engine.context import Terms
from rules.engine.facts import LevelFact, SheetFacts
from rules.engine.outcome import Outcome, violation
from rules.engine.rule import SheetRule

_COLUMN_MM = 35.0


class SET009(SheetRule):
    """In sections and elevations the distance between two marks is the difference of their values.

    Basis: consistency of the set (levels agree); no clause of a standard is claimed.
    Why: a level mistyped in the section is built.
    Measured: marks in one column on a 剖面 or 立面 sheet; height on paper times scale less the value gives one number
        for all of them, the median; a mark that differs from it by more than the tolerance is wrong.
    Undecided: columns of fewer than four marks, and sheets whose scale is not known, are left out.
    """

    code, zh, en, severity = "SET-009", "标高一致", "Levels agree", "一般"
    formats = ("dxf", "pdf")
    absent = ("没有可核对的剖面、立面标高。", "No column of elevation marks to compare.")

    def look(self, sheet: SheetFacts, terms: Terms) -> tuple[int, list[Outcome]]:
        """Compare marks and places column by column."""
        if not sheet.scale_known:
            return 0, []
        looked, found = 0, []
        for column in _columns(sheet.levels):
            base = np.array([m.y * sheet.real_scale - m.value_m * 1000 for m in column])
            off = base - np.median(base)
            looked += len(column)
            for mark, error in zip(column, off, strict=True):
                if abs(error) > terms.number("tolerance_mm"):
                    found.append(self._fault(sheet, mark, float(error)))
        return looked, found

    def _fault(self, sheet: SheetFacts, mark: LevelFact, error: float) -> Outcome:
        right = mark.value_m + error / 1000
        return violation(
            mark.place, sheet.subject("level", mark.string),
            f"{sheet.name}：标高 {mark.string} 与其位置不符，按图量得约 {right:.3f}。",
            f"{sheet.name}: level {mark.string} stands where about {right:.3f} should be.", measured=mark.value_m,
            demanded=f"= {right:.3f}", unit="m", certainty=0.85, evidence={"shown": mark.string, "error_mm": error},
        )  # fmt: skip


def _columns(levels: list[LevelFact]) -> list[list[LevelFact]]:
    groups: dict[int, list[LevelFact]] = defaultdict(list)
    for mark in sorted(levels, key=lambda m: m.x):
        key = next((k for k, g in groups.items() if abs(g[0].x - mark.x) < _COLUMN_MM), len(groups))
        groups[key].append(mark)
    return [g for g in groups.values() if len(g) >= 4]
