"""GEN-008: treads are deep enough and risers low enough."""

from __future__ import annotations

from rules.engine.context import Terms
from rules.engine.facts import FlightFact, SheetFacts
from rules.engine.outcome import Outcome, violation
from rules.engine.rule import SheetRule


class GEN008(SheetRule):
    """Treads and risers keep the limits for the building's use.

    Basis: GB 50352-2019 table 6.8.10 (other public buildings 0.26 / 0.175); the table number is not confirmed.
    Why: steep or shallow steps make people fall.
    Measured: riser texts 150×13=1950, tread texts 280×12=3360; RiserHeight and TreadLength of IfcStairFlight.
    Undecided: the use of the building is not read from the set; the pack's limits are those of other public buildings.
    """

    code, zh, en, severity = "GEN-008", "踏步宽高限值", "Tread and riser limits", "一般"
    stages = ("construction", "as_built")
    absent = ("没有踏步尺寸的标注。", "No step sizes are stated.")

    def look(self, sheet: SheetFacts, terms: Terms) -> tuple[int, list[Outcome]]:
        """Look at every stated step size."""
        max_riser, min_tread = terms.number("max_riser_mm"), terms.number("min_tread_mm")
        flights = [f for f in sheet.flights if f.riser_mm or f.tread_mm]
        found = []
        for f in flights:
            if f.riser_mm and f.riser_mm > max_riser + 0.5:
                found.append(_fault(sheet, f, "踏步高", "riser", f.riser_mm, f"<= {max_riser:.0f}"))
            if f.tread_mm and f.tread_mm < min_tread - 0.5:
                found.append(_fault(sheet, f, "踏步宽", "tread", f.tread_mm, f">= {min_tread:.0f}"))
        return len(flights), found


def _fault(sheet: SheetFacts, f: FlightFact, zh: str, en: str, value: float, demanded: str) -> Outcome:
    return violation(
        f.place, sheet.subject(en, f.stair or f.text),
        f"{sheet.name}：{f.text} {zh} {value:.0f} mm，应 {demanded} mm。",
        f"{sheet.name}: {f.text}: {en} {value:.0f} mm, {demanded} mm demanded.",
        measured=value, demanded=demanded, unit="mm", certainty=f.certainty, evidence={"text": f.text},
    )  # fmt: skip
