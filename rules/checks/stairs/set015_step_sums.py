"""SET-015: the sums written at flights are right, and flights add up to their storey."""

from __future__ import annotations

from collections import defaultdict

from rules.engine.context import Terms
from rules.engine.facts import FlightFact, SheetFacts
from rules.engine.outcome import Outcome, violation
from rules.engine.rule import SheetRule


class SET015(SheetRule):
    """What is written at a flight multiplies out.

    Basis: consistency of the set; no clause of a standard is claimed.
    Why: 150×13=1900 means that one of three numbers was not revised with the others.
    Measured: the product in texts 150×13=1950 and 280×12=3360, to the millimetre.
    Undecided: storeys of a model are not summed: a stair may end at a landing between storeys.
    """

    code, zh, en, severity = "SET-015", "楼梯尺寸算式", "Stair step sums", "一般"
    stages = ("construction", "as_built")
    formats = ("dxf", "pdf")
    absent = ("没有踏步算式的标注。", "No step sums are written.")

    def look(self, sheet: SheetFacts, terms: Terms) -> tuple[int, list[Outcome]]:
        """Multiply out every step text."""
        groups: dict[str, list[FlightFact]] = defaultdict(list)
        for flight in sheet.flights:
            if flight.total_mm is not None:
                groups[flight.text].append(flight)
        found = []
        for text, flights in groups.items():
            first, rest = text.replace("x", "×").replace("X", "×").replace("*", "×").split("×")
            product = int(first) * int(rest.split("=")[0])
            if abs(product - (flights[0].total_mm or 0)) > terms.number("tolerance_mm"):
                found.append(
                    violation(
                        flights[0].place,
                        sheet.subject("sum", text),
                        f"{sheet.name}：{text}，应为 {product}。",
                        f"{sheet.name}: {text} should be {product}.",
                        measured=flights[0].total_mm,
                        demanded=f"= {product}",
                        unit="mm",
                        evidence={"count": len(flights)},
                    )  # fmt: skip
                )
        return sum(len(f) for f in groups.values()), found
