"""SET-011: the parts of a dimension chain add up to its total."""

from __future__ import annotations

from rules.engine.context import Terms
from rules.engine.facts import DimensionFact, SheetFacts
from rules.engine.outcome import Outcome, violation
from rules.engine.rule import SheetRule

_JOIN_MM = 0.8  # two dimensions touch
_ENDS_MM = 1.5  # chain and total begin and end together
_ROW_MM = 0.4  # dimension lines of one row
_ROWS_APART_MM = 30.0


class SET011(SheetRule):
    """The shown numbers of a chain sum to the number shown by the dimension that spans the whole chain.

    Basis: GB/T 50001 and practice; consistency of the sheet.
    Why: when the parts do not make the total, the building site must guess which number is wrong.
    Measured: unbroken rows of dimensions on one line, and a single dimension on a neighbouring line with the same
        ends; numbers as shown, whatever they really measure.
    Undecided: rows with a gap or a text that is no number are left out.
    """

    code, zh, en, severity = "SET-011", "分尺寸之和等于总尺寸", "Dimension chains close", "制图"
    formats = ("dxf", "pdf")
    absent = ("没有可核对的尺寸链。", "No dimension chain with a total.")

    def look(self, sheet: SheetFacts, terms: Terms) -> tuple[int, list[Outcome]]:
        """Compare every unbroken row with the totals beside it."""
        looked: int = 0
        found: list[Outcome] = []
        drawn = [d for d in sheet.dimensions if d.base is not None and d.value is not None]
        for flat in (True, False):
            some = [d for d in drawn if d.horizontal == flat]
            rows = _runs(some, flat)
            for row in rows:
                total = _total(row, some, flat)
                if total is None:
                    continue
                looked += 1
                parts = sum(d.value or 0 for d in row)
                if abs(parts - (total.value or 0)) > terms.number("tolerance_mm"):
                    found.append(self._fault(sheet, row, total, parts))
        return looked, found

    def _fault(self, sheet: SheetFacts, row: list[DimensionFact], total: DimensionFact, parts: float) -> Outcome:
        sums = " + ".join(d.shown for d in row)
        start = "h" if row[0].horizontal else "v"
        return violation(
            total.place, sheet.subject("chain", start, sheet.cell(*total.p)),
            f"{sheet.name}：分尺寸之和 {parts:.0f} ≠ 总尺寸 {total.value:.0f}。",
            f"{sheet.name}: the parts sum to {parts:.0f}, the total says {total.value:.0f}.", measured=parts,
            demanded=f"= {total.value:.0f}", unit="mm", certainty=0.9, evidence={"chain": sums, "total": total.shown},
        )  # fmt: skip


def _ends(d: DimensionFact, flat: bool) -> tuple[float, float]:
    a, b = (d.p[0], d.q[0]) if flat else (d.p[1], d.q[1])
    return min(a, b), max(a, b)


def _runs(dimensions: list[DimensionFact], flat: bool) -> list[list[DimensionFact]]:
    """Return rows of two or more dimensions that touch one another, as long as they go."""
    ordered = sorted(dimensions, key=lambda d: (round((d.base or 0) / _ROW_MM), _ends(d, flat)[0]))
    runs: list[list[DimensionFact]] = []
    for d in ordered:
        last = runs[-1][-1] if runs else None
        same = last is not None and abs((last.base or 0) - (d.base or 0)) < _ROW_MM
        if last is not None and same and abs(_ends(last, flat)[1] - _ends(d, flat)[0]) < _JOIN_MM:
            runs[-1].append(d)
        else:
            runs.append([d])
    return [run for run in runs if len(run) > 1]


def _total(row: list[DimensionFact], dimensions: list[DimensionFact], flat: bool) -> DimensionFact | None:
    low, high = _ends(row[0], flat)[0], _ends(row[-1], flat)[1]
    for d in dimensions:
        a, b = _ends(d, flat)
        apart = abs((d.base or 0) - (row[0].base or 0))
        if abs(a - low) < _ENDS_MM and abs(b - high) < _ENDS_MM and _ROW_MM < apart < _ROWS_APART_MM:
            return d
    return None
