"""GEN-010: public corridors are wide enough at their narrowest place."""

from __future__ import annotations

from shapely.geometry import Polygon

from rules.engine.context import Terms
from rules.engine.facts import RoomFact, SheetFacts
from rules.engine.outcome import Outcome, undecided, violation
from rules.engine.rule import SheetRule

_WORDS = ("走道", "走廊", "过道", "连廊")
_LOST_MM2 = 100_000.0  # corners smaller than this are no narrow place


class GEN010(SheetRule):
    """A public corridor keeps the demanded clear width along its whole length.

    Basis: GB 55031-2022 5.3.12, 1.30 m; the clause number is not confirmed.
    Why: corridors carry everyone on the storey at once.
    Measured: the outline of the room named 走道 (room outline of a drawing, body of an IfcSpace) is shrunk and grown
        by half the limit; what does not come back is too narrow, and its width is found by bisection. Columns that
        stand in the corridor outside its outline are not seen.
    Undecided: when the sheet's scale is not known.
    """

    code, zh, en, severity = "GEN-010", "公共走廊净宽", "Public corridor width", "强条"
    absent = ("图纸中没有带边界的走道。", "No corridor with an outline in the set.")

    def look(self, sheet: SheetFacts, terms: Terms) -> tuple[int, list[Outcome]]:
        """Look at every corridor of a plan."""
        limit = terms.number("min_width_mm")
        corridors = [r for r in sheet.rooms if any(word in r.name for word in _WORDS)]
        found: list[Outcome] = []
        for room in corridors:
            if room.outline is None:
                found.append(undecided(room.place, sheet.subject("corridor"), "比例不明", "the scale is not known"))
            elif _lost(room.outline, limit - 1):
                found.append(self._fault(sheet, room, room.outline, limit))
        return len(corridors), found

    def _fault(self, sheet: SheetFacts, room: RoomFact, outline: Polygon, limit: float) -> Outcome:
        low, high = 100.0, limit
        while high - low > 2:
            middle = (low + high) / 2
            low, high = (low, middle) if _lost(outline, middle) else (middle, high)
        width = round(high / 10) * 10
        x0, y0, x1, y1 = _narrow(outline, limit - 1)
        scale = sheet.real_scale
        place = type(room.place)(
            room.place.file_id, room.place.sheet_key, room.place.sheet_number,
            (x0 / scale, y0 / scale, x1 / scale, y1 / scale), room.place.source_ids,
        )  # fmt: skip
        return violation(
            place,
            sheet.subject("corridor", sheet.cell((x0 + x1) / 2 / scale, (y0 + y1) / 2 / scale)),
            f"{sheet.name}：{room.name}最窄处净宽 {width / 1000:.2f} m，小于 {limit / 1000:.2f} m。",
            f"{sheet.name}: the corridor narrows to {width / 1000:.2f} m, less than {limit / 1000:.2f} m.",
            measured=width / 1000, demanded=f">= {limit / 1000:.2f}", unit="m", certainty=room.certainty * 0.9,
            evidence={"room": room.name, "outline_area_m2": round(outline.area / 1e6, 2)},
        )  # fmt: skip


def _rest(outline: Polygon, width: float):  # type: ignore[no-untyped-def]
    opened = outline.buffer(-width / 2, join_style="mitre").buffer(width / 2, join_style="mitre")
    return outline.difference(opened.buffer(1.0, join_style="mitre"))


def _lost(outline: Polygon, width: float) -> bool:
    return float(_rest(outline, width).area) > _LOST_MM2


def _narrow(outline: Polygon, width: float) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = _rest(outline, width).bounds
    return x0, y0, x1, y1
