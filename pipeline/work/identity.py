"""Which old sheet is which new one: what people said about it, and what the machine may still propose."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pipeline.records.tables import SheetPair

PROPOSED, CONFIRMED, REJECTED = "proposed", "confirmed", "rejected"
SURE = 0.75  # proposals below are shown to a person first, where the pairing itself does not say
_ALONE = {
    "new": ("经人工确认：新增图纸。", "A person said that this sheet is new."),
    "old": ("经人工确认：本版已取消。", "A person said that this sheet was dropped."),
}
_APART_ZH, _APART_EN = "经人工确认：不是同一张图纸。", "A person said that these are not the same sheet."


@dataclass(slots=True)
class Said:
    """What people said about the sheets of a comparison."""

    together: list[tuple[str | None, str | None]] = field(default_factory=list)  # confirmed: old, new; None: alone
    apart: set[tuple[str, str]] = field(default_factory=set)  # rejected

    def settled(self, old: set[str], new: set[str]) -> list[dict[str, Any]]:
        """Return confirmed pairs whose sheets are still there, in the form the pairing station answers."""
        found = []
        for one, two in self.together:
            if (one is None or one in old) and (two is None or two in new):
                zh, en = ("", "") if one and two else _ALONE["new" if two else "old"]
                found.append(_pair(one, two, 1.0, ["person"], zh, en))
        return found

    def respected(self, proposed: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the machine's pairs; one that a person rejected is taken apart again."""
        found: list[dict[str, Any]] = []
        for pair in proposed:
            if (pair["old"], pair["new"]) in self.apart:
                found += [
                    _pair(pair["old"], None, 0.0, [], _APART_ZH, _APART_EN),
                    _pair(None, pair["new"], 0.0, [], _APART_ZH, _APART_EN),
                ]
            else:
                found.append(pair)
        return found


def decided(session: Session, comparison_id: str) -> Said:
    """Return what people said so far."""
    said = Said()
    query = select(SheetPair).where(SheetPair.comparison_id == comparison_id, SheetPair.status != PROPOSED)
    for row in session.scalars(query.order_by(SheetPair.decided_at, SheetPair.id)):
        if row.status == CONFIRMED:
            said.together.append((row.old_sheet_id, row.new_sheet_id))
        elif row.old_sheet_id and row.new_sheet_id:
            said.apart.add((row.old_sheet_id, row.new_sheet_id))
    return said


def write_pairs(session: Session, comparison_id: str, pairs: list[dict[str, Any]]) -> None:
    """Replace the machine's proposals; what people said stays. A proposal that is still made keeps its id."""
    mine = SheetPair.comparison_id == comparison_id
    there = {(row.old_sheet_id, row.new_sheet_id): row for row in session.scalars(select(SheetPair).where(mine))}
    wanted = set()
    for pair in pairs:
        sides = (pair["old"], pair["new"])
        wanted.add(sides)
        row = there.get(sides)
        if row is not None and row.status != PROPOSED:
            continue
        if row is None:
            row = SheetPair(comparison_id=comparison_id, old_sheet_id=sides[0], new_sheet_id=sides[1])
            session.add(row)
        row.confidence, row.by = float(pair["confidence"]), list(pair["by"])
        row.reason_zh, row.reason_en = pair["reason_zh"], pair["reason_en"]
        row.needs_confirmation = bool(pair.get("needs_confirmation", all(sides) and pair["confidence"] < SURE))
    gone = [row.id for sides, row in there.items() if sides not in wanted and row.status == PROPOSED]
    session.execute(delete(SheetPair).where(SheetPair.id.in_(gone)).execution_options(synchronize_session=False))
    session.flush()


def _pair(old: str | None, new: str | None, confidence: float, by: list[str], zh: str, en: str) -> dict[str, Any]:
    return {
        "old": old, "new": new, "confidence": confidence, "by": by, "identical": False, "cross_format": False,
        "reason_zh": zh, "reason_en": en, "needs_confirmation": False,
    }  # fmt: skip
