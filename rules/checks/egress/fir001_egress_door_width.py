"""FIR-001: doors on escape routes are wide enough."""

from __future__ import annotations

from rules.engine.context import Terms
from rules.engine.facts import SheetFacts
from rules.engine.outcome import Outcome, advice, violation
from rules.engine.rule import SheetRule


class FIR001(SheetRule):
    """A door people leave by has at least the demanded clear width.

    Basis: GB 55037-2022 7.1.4(1), 0.80 m; number and clause from a secondary source.
    Why: a narrow door is where an evacuation jams.
    Measured: nominal width from the tag (M0721 is 700 wide), the door schedule of a model (OverallWidth) or its tag;
        the clear width is the nominal width less a deduction for frame and leaf. Nominal below the limit is a fault,
        clear below the limit only advice.
    Undecided: never guessed; lift doors, shutters and doors without a readable tag are left out.
    """

    code, zh, en, severity = "FIR-001", "疏散出口门净宽", "Egress door clear width", "强条"
    stages = ("construction", "as_built")
    absent = ("平面图中没有可识别编号的门。", "No door with a readable tag on any plan.")

    def look(self, sheet: SheetFacts, terms: Terms) -> tuple[int, list[Outcome]]:
        """Look at every door of a plan."""
        limit, less = terms.number("min_width_mm"), terms.number("deduction_mm")
        doors = [o for o in sheet.openings if o.kind == "door" and o.width_mm > 0]
        found = []
        for door in doors:
            clear = door.width_mm - (less if door.width_mm < 1200 else 2 * less)
            if clear >= limit:
                continue
            worse = door.width_mm < limit
            word = "洞口宽" if worse else "估算净宽"
            value = door.width_mm if worse else clear
            make = violation if worse else advice
            found.append(
                make(
                    door.place,
                    sheet.subject("door", door.tag, sheet.cell(door.x, door.y)),
                    f"{sheet.name}：门 {door.tag} {word} {value / 1000:.2f} m，小于 {limit / 1000:.2f} m。",
                    f"{sheet.name}: door {door.tag} is {value / 1000:.2f} m wide, less than {limit / 1000:.2f} m.",
                    measured=value / 1000,
                    demanded=f">= {limit / 1000:.2f}",
                    unit="m",
                    certainty=door.certainty,
                    evidence={"tag": door.tag, "nominal_mm": door.width_mm, "deduction_mm": less},
                )  # fmt: skip
            )
        return len(doors), found
