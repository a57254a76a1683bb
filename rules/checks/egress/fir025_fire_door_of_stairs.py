"""FIR-025: doors of enclosed stairs are fire doors of the demanded grade."""

from __future__ import annotations

from shapely.geometry import Polygon, box

from rules.engine.context import Terms
from rules.engine.facts import OpeningFact, RoomFact, SheetFacts
from rules.engine.outcome import Outcome, undecided, violation
from rules.engine.rule import SheetRule

_ORDER = {"": 0, "丙": 1, "乙": 2, "甲": 3}
_TAG_REACH_MM = 600.0  # a tag this near to the stair's outline belongs to a door of it
_WALL_MM = 320.0  # a door body this near to the stair's space stands in its wall


class FIR025(SheetRule):
    """Every door of an enclosed stairwell is a fire door of at least grade 乙.

    Basis: GB 55037-2022 6.4; the clause number is not confirmed.
    Why: the stair is the way out only while smoke stays out of it.
    Measured: doors whose tag lies in or at the outline of a room named 楼梯间, or whose body stands in the wall of such
        a space in a model; the grade is the letter in the tag (FM乙1221) or Pset_DoorCommon.FireRating.
    Undecided: a stairwell at which no door can be found.
    """

    code, zh, en, severity = "FIR-025", "楼梯间防火门等级", "Fire door grade of stairs", "强条"
    stages = ("construction", "as_built")
    absent = ("图纸中没有带边界的楼梯间。", "No stairwell with an outline in the set.")

    def look(self, sheet: SheetFacts, terms: Terms) -> tuple[int, list[Outcome]]:
        """Look at the doors of every stairwell of a plan."""
        wanted = str(terms.limits["min_grade"])
        stairs = [r for r in sheet.rooms if "楼梯" in r.name and r.outline is not None]
        found: list[Outcome] = []
        looked = 0
        for stair in stairs:
            doors = _doors_of(sheet, stair)
            looked += len(doors)
            if not doors:
                found.append(
                    undecided(stair.place, sheet.subject("stair", stair.number), f"{stair.number}楼梯间未找到门编号",
                              f"no door tag found at stair {stair.number}")
                )  # fmt: skip
            found += [self._fault(sheet, stair, d, wanted) for d in doors if _ORDER[d.grade] < _ORDER[wanted]]
        return looked, found

    def _fault(self, sheet: SheetFacts, stair: RoomFact, door: OpeningFact, wanted: str) -> Outcome:
        return violation(
            door.place,
            sheet.subject("stair_door", stair.number, door.tag),
            f"{sheet.name}：{stair.number} 楼梯间的门 {door.tag} "
            f"{'为' + door.grade + '级' if door.grade else '不是防火门'}，应不低于{wanted}级。",
            f"{sheet.name}: door {door.tag} of stair {stair.number} is "
            f"{'grade ' + door.grade if door.grade else 'no fire door'}; grade {wanted} is demanded.",
            demanded=f">= {wanted}级", certainty=door.certainty,
            evidence={"stair": stair.number, "tag": door.tag, "grade": door.grade},
        )  # fmt: skip


def _doors_of(sheet: SheetFacts, stair: RoomFact) -> list[OpeningFact]:
    outline = stair.outline or Polygon()
    scale = sheet.real_scale
    doors = [o for o in sheet.openings if o.kind == "door"]
    if sheet.kind == "storey":
        return [d for d in doors if d.box and outline.distance(box(*d.box)) <= _WALL_MM]
    return [d for d in doors if d.box and outline.distance(box(*(v * scale for v in d.box))) <= _TAG_REACH_MM]
