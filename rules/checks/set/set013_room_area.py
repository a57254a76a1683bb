"""SET-013: the area in a room's label is the area of the room."""

from __future__ import annotations

from rules.engine.context import Terms
from rules.engine.facts import SheetFacts
from rules.engine.outcome import Outcome, violation
from rules.engine.rule import SheetRule


class SET013(SheetRule):
    """A room's stated area agrees with its outline.

    Basis: practice (GB/T 50353, 房产测量 for other conventions); consistency of the sheet.
    Why: indices, fire compartments and numbers of people are summed from these labels.
    Measured: area text inside the closed outline on a room layer; in a model NetFloorArea against the floor of the
        IfcSpace body. A difference above both tolerances is a fault.
    Undecided: rooms without a closed outline or without an area text are left out; finishes are not deducted.
    """

    code, zh, en, severity = "SET-013", "房间面积标注正确", "Room area against outline", "一般"
    absent = ("没有同时具有边界和面积标注的房间。", "No room with both an outline and an area.")

    def look(self, sheet: SheetFacts, terms: Terms) -> tuple[int, list[Outcome]]:
        """Compare stated and measured area of every room."""
        rooms = [r for r in sheet.rooms if r.stated_m2 is not None and r.measured_m2]
        found = []
        for room in rooms:
            stated, measured = room.stated_m2 or 0.0, room.measured_m2 or 0.0
            error = abs(stated - measured)
            if error <= max(terms.number("tolerance_m2"), terms.number("tolerance_share") * measured):
                continue
            name = " ".join(part for part in (room.name, room.number) if part) or "?"
            found.append(
                violation(
                    room.place,
                    sheet.subject("area", name),
                    f"{sheet.name}：{name} 标注面积 {stated:.2f} m²，按边界计算为 {measured:.2f} m²。",
                    f"{sheet.name}: {name} states {stated:.2f} m², its outline has {measured:.2f} m².",
                    measured=stated,
                    demanded=f"= {measured:.2f}",
                    unit="m2",
                    certainty=room.certainty,
                    evidence={
                        "stated_m2": stated,
                        "measured_m2": round(measured, 2),
                        "convention": "net, between walls",
                    },
                )  # fmt: skip
            )
        return len(rooms), found
