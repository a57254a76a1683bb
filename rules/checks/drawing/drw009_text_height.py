"""DRW-009: texts are large enough to read on paper."""

from __future__ import annotations

from rules.engine.context import Terms
from rules.engine.facts import SheetFacts
from rules.engine.outcome import Outcome, violation
from rules.engine.rule import SheetRule


class DRW009(SheetRule):
    """No text is plotted smaller than the limit.

    Basis: GB/T 50001-2017 ch. 5 (Chinese 3.5 or TrueType 3, letters and digits 2.5); the pack's limit is the lowest.
    Why: what cannot be read on the plotted sheet was not told.
    Measured: cap height of each text on paper (height in the drawing by the sheet's scale), with the pack's tolerance;
        one finding a sheet, with the count and the smallest. In a PDF the cap height is taken from the em of the font.
    Undecided: texts inside pictures are not seen.
    """

    code, zh, en, severity = "DRW-009", "字高过小", "Text too small", "制图"
    stages = ("construction", "as_built")
    formats = ("dxf", "pdf")
    absent = ("没有文字。", "No texts in the set.")

    def look(self, sheet: SheetFacts, terms: Terms) -> tuple[int, list[Outcome]]:
        """Look at the height of every text."""
        limit = terms.number("min_height_mm")
        if not sheet.framed or not sheet.scale_known:
            return 0, []
        wrong = sheet.scale / sheet.real_scale if sheet.kind == "model" else 1.0
        small = [
            t for t in sheet.texts if t.string.strip() and t.height_mm * wrong < limit - terms.number("tolerance_mm")
        ]
        if not small:
            return len(sheet.texts), []
        worst = min(small, key=lambda t: t.height_mm)
        least = worst.height_mm * wrong
        outcome = violation(
            worst.place, sheet.subject("text_height"),
            f"{sheet.name}：{len(small)} 处文字字高小于 {limit:g} mm，最小 {least:.1f} mm（“{worst.string[:20]}”）。",
            f"{sheet.name}: {len(small)} texts are smaller than {limit:g} mm, the smallest {least:.1f} mm.",
            measured=round(least, 2), demanded=f">= {limit:g}", unit="mm",
            certainty=0.9 if sheet.format == "dxf" else 0.8,
            evidence={"count": len(small), "texts": [t.string[:40] for t in small[:10]]},
        )  # fmt: skip
        return len(sheet.texts), [outcome]
