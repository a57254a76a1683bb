"""DRW-011: dimensions show what they measure."""

from __future__ import annotations

from rules.engine.context import Terms
from rules.engine.facts import SheetFacts
from rules.engine.outcome import Outcome, violation
from rules.engine.rule import SheetRule


class DRW011(SheetRule):
    """The number a dimension shows is the length between its points.

    Basis: practice (假尺寸); consistency of the sheet.
    Why: a typed-over dimension stays when the drawing moves.
    Measured: DIMENSION entities: shown number (also the total of 280×12=3360) against the measured value, to the
        pack's tolerance. Texts without a plain number (EQ, <>, %%c) are left out.
    Undecided: dimensions exploded into lines and texts, and plotted ones (PDF), cannot be told from true ones.
    """

    code, zh, en, severity = "DRW-011", "假尺寸", "Overridden dimensions", "一般"
    formats = ("dxf",)
    absent = ("没有尺寸标注对象。", "No dimension objects in the set.")

    def look(self, sheet: SheetFacts, terms: Terms) -> tuple[int, list[Outcome]]:
        """Compare shown and measured value."""
        known = [d for d in sheet.dimensions if d.measured_mm is not None and d.value is not None]
        found = [
            violation(
                d.place,
                sheet.subject("dimension", sheet.cell(*d.p), sheet.cell(*d.q)),
                f"{sheet.name}：尺寸标注 {d.shown}，实测 {d.measured_mm:.0f}。",
                f"{sheet.name}: a dimension shows {d.shown} but measures {d.measured_mm:.0f}.",
                measured=d.measured_mm,
                demanded=f"= {d.value:.0f}",
                unit="mm",
                certainty=0.95 if d.override else 0.8,
                evidence={"shown": d.shown, "measured_mm": d.measured_mm, "override": d.override},
            )  # fmt: skip
            for d in known
            if abs((d.value or 0) - (d.measured_mm or 0)) > terms.number("tolerance_mm")
        ]
        return len(known), found
