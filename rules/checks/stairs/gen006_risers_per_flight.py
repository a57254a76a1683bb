"""GEN-006: a flight has neither too few nor too many risers."""

from __future__ import annotations

from rules.engine.context import Terms
from rules.engine.facts import SheetFacts
from rules.engine.outcome import Outcome, violation
from rules.engine.rule import SheetRule


class GEN006(SheetRule):
    """Each flight of a public stair has 2 to 18 risers.

    Basis: GB 55031-2022 5.3.8; from a secondary source.
    Why: one step is overlooked, a long flight tires and lets people fall far.
    Measured: riser texts 150×13=1950 on drawings; NumberOfRisers of IfcStairFlight.
    Undecided: flights without a riser text are not counted from tread lines.
    """

    code, zh, en, severity = "GEN-006", "梯段踏步级数", "Risers per flight", "强条"
    stages = ("construction", "as_built")
    absent = ("没有梯段级数的标注。", "No flight states its risers.")

    def look(self, sheet: SheetFacts, terms: Terms) -> tuple[int, list[Outcome]]:
        """Look at every flight that states its risers."""
        low, high = int(terms.number("min_risers")), int(terms.number("max_risers"))
        flights = [f for f in sheet.flights if f.risers is not None]
        found = [
            violation(
                f.place,
                sheet.subject("flight", f.stair or f.text),
                f"{sheet.name}：梯段 {f.text} 共 {f.risers} 级，应为 {low}～{high} 级。",
                f"{sheet.name}: flight {f.text} has {f.risers} risers; {low} to {high} are allowed.",
                measured=float(f.risers or 0),
                demanded=f"{low}..{high}",
                unit="",
                certainty=f.certainty,
                evidence={"text": f.text},
            )  # fmt: skip
            for f in flights
            if not low <= (f.risers or 0) <= high
        ]
        return len(flights), found
