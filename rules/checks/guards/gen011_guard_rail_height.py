"""GEN-011: guard rails at drops are high enough."""

from __future__ import annotations

from rules.engine.context import Terms
from rules.engine.facts import SheetFacts
from rules.engine.outcome import Outcome, violation
from rules.engine.rule import SheetRule


class GEN011(SheetRule):
    """A guard rail where people could fall has at least the demanded height.

    Basis: GB 55031-2022 6.6.1, 1.10 m; from a secondary source. Housing and nurseries ask more.
    Why: a rail below the centre of gravity does not hold anyone.
    Measured: heights that notes state for 临空 rails (栏杆高度1.05m, 栏杆高1050mm).
    Undecided: rails only drawn, without a height in words.
    """

    code, zh, en, severity = "GEN-011", "临空栏杆高度", "Guard rail height", "强条"
    stages = ("construction", "as_built")
    formats = ("dxf", "pdf")
    absent = ("说明中没有临空栏杆高度。", "No guard rail height is stated.")

    def look(self, sheet: SheetFacts, terms: Terms) -> tuple[int, list[Outcome]]:
        """Look at every stated rail height."""
        limit = terms.number("min_height_m")
        stated = [s for s in sheet.statements if s.topic == "guard"]
        found = [
            violation(
                s.place,
                sheet.subject("guard", sheet.cell(s.place.box[0], s.place.box[1]) if s.place.box else ""),
                f"{sheet.name}：临空栏杆高度 {s.value_m:.2f} m，小于 {limit:.2f} m。",
                f"{sheet.name}: guard rail height {s.value_m:.2f} m, less than {limit:.2f} m.",
                measured=s.value_m,
                demanded=f">= {limit:.2f}",
                unit="m",
                certainty=0.9,
                evidence={"sentence": s.sentence[:200]},
            )  # fmt: skip
            for s in stated
            if s.value_m < limit - 1e-6
        ]
        return len(stated), found
