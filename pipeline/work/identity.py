"""Which old sheet is which new one, as rows: the machine's proposals, and what people said, which is obeyed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pipeline.records.tables import Comparison, SheetPair

PROPOSED, CONFIRMED, REJECTED = "proposed", "confirmed", "rejected"


def decided(session: Session, comparison_id: str) -> list[dict[str, Any]]:
    """Return what people said so far, oldest first, as the pairing takes it: [{old, new, same}]."""
    query = select(SheetPair).where(SheetPair.comparison_id == comparison_id, SheetPair.status != PROPOSED)
    return [
        {"old": row.old_sheet_id, "new": row.new_sheet_id, "same": row.status == CONFIRMED}
        for row in session.scalars(query.order_by(SheetPair.decided_at, SheetPair.id))
    ]


def aligned(session: Session, comparison_id: str) -> dict[tuple[str, str], list[Any]]:
    """Return the points people gave: (old sheet, new sheet) -> [[[x, y], [x, y]], …] in sheet millimetres."""
    query = select(SheetPair).where(SheetPair.comparison_id == comparison_id, SheetPair.points.is_not(None))
    return {
        (row.old_sheet_id, row.new_sheet_id): row.points
        for row in session.scalars(query)
        if row.old_sheet_id and row.new_sheet_id and row.points
    }


def write_pairs(session: Session, comparison_id: str, pairs: list[dict[str, Any]]) -> None:
    """Replace the machine's proposals; what people said stays. A proposal that is made again keeps its id."""
    mine = SheetPair.comparison_id == comparison_id
    there = {(row.old_sheet_id, row.new_sheet_id): row for row in session.scalars(select(SheetPair).where(mine))}
    wanted = {(pair["old"], pair["new"]): pair for pair in pairs}
    for sides, pair in wanted.items():
        row = there.get(sides)
        if row is None:
            row = SheetPair(comparison_id=comparison_id, old_sheet_id=sides[0], new_sheet_id=sides[1], status=PROPOSED)
            session.add(row)
        if row.status == PROPOSED:
            row.confidence, row.needs_confirmation = float(pair["confidence"]), bool(pair["needs_confirmation"])
    gone = [row.id for sides, row in there.items() if sides not in wanted and row.status == PROPOSED]
    session.execute(delete(SheetPair).where(SheetPair.id.in_(gone)).execution_options(synchronize_session=False))
    session.flush()


def entry_of(comparison: Comparison, pair: SheetPair) -> dict[str, Any] | None:
    """Return the entry of `Comparison.pairs` about a pair that was compared, None when there is none."""
    sides = pair.old_sheet_id, pair.new_sheet_id
    found = [one for one in comparison.pairs if (one["old_sheet"], one["new_sheet"]) == sides]
    return found[0] if found and found[0].get("stands_on") else None
