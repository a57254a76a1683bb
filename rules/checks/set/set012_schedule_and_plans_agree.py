"""SET-012: the door and window schedule counts what the plans show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rules.engine.context import Terms
from rules.engine.facts import RowFact, SetFacts, SheetFacts
from rules.engine.outcome import Outcome, passed, undecided, violation
from rules.engine.reading.words import SIZE, opening_kind, plain, storeys_of
from rules.engine.rule import Rule

_TOTAL = ("合计", "总数", "樘数", "数量")


class SET012(Rule):
    """Tags, sizes and totals of the schedule agree with the tags on the plans.

    Basis: depth of design documents (编制深度规定); consistency of the set.
    Why: doors are ordered from the schedule and built from the plan.
    Measured: tags on plan sheets, a plan for several storeys (二～五层) counted for each; total column of the schedule;
        width and height in the schedule against the digits of the tag; format by format.
    Undecided: when a plan does not say for how many storeys it stands, or a file was not read completely.
    """

    code, zh, en, severity = "SET-012", "门窗表与平面一致", "Schedule against plans", "一般"
    stages = ("construction", "as_built")
    formats = ("dxf", "pdf")
    whole_set = True
    absent = ("没有门窗表。", "No door and window schedule in the set.")

    def check(self, facts: SetFacts, terms: Terms) -> Iterable[Outcome]:
        """Compare schedule and plans, format by format."""
        for form in self.formats:
            listed: dict[str, tuple[SheetFacts, RowFact]] = {}
            for sheet in facts.sheets(form):
                for row in sheet.rows:
                    tag = plain(row.cells.get("设计编号") or row.cells.get("门窗编号") or "")
                    if tag and _total(row) is not None:
                        listed[tag] = (sheet, row)
            plans = [s for s in facts.sheets(form) if s.is_plan and s.openings]
            if listed and plans:
                yield from self._compare(facts, form, listed, plans)

    def _compare(
        self, facts: SetFacts, form: str, listed: dict[str, tuple[SheetFacts, RowFact]], plans: list[SheetFacts]
    ) -> Iterable[Outcome]:
        home = next(iter(listed.values()))[0]
        unclear = [s.name for s in plans if storeys_of(s.title) is None]
        if unclear or not facts.whole(form):
            yield undecided(
                home.place, f"{form}|schedule", f"平面图所代表的楼层不明或文件未完整读取：{'、'.join(unclear)}",
                f"plans without clear storeys or files not read completely: {', '.join(unclear)}",
            )  # fmt: skip
            return
        drawn: Counter[str] = Counter()
        first: dict[str, SheetFacts] = {}
        for sheet in plans:
            times = len(storeys_of(sheet.title) or [1])
            for opening in sheet.openings:
                drawn[opening.tag] += times
                first.setdefault(opening.tag, sheet)
        faults = 0
        for tag in sorted(set(listed) | set(drawn)):
            for outcome in self._tag(form, tag, listed.get(tag), drawn[tag], first.get(tag)):
                faults += 1
                yield outcome
        if not faults:
            yield passed(home.place, len(listed), subject=f"{form}|schedule")

    def _tag(
        self, form: str, tag: str, entry: tuple[SheetFacts, RowFact] | None, drawn: int, sheet: SheetFacts | None
    ) -> Iterable[Outcome]:
        if entry is None and sheet is not None:
            yield violation(
                sheet.place, f"{form}|{tag}", f"门窗 {tag} 在平面图中出现 {drawn} 次，门窗表未列。",
                f"{tag} stands {drawn} times on plans but is not in the schedule.", measured=float(drawn),
                demanded="列入门窗表", certainty=0.85, evidence={"tag": tag, "drawn": drawn},
            )  # fmt: skip
        if entry is None:
            return
        row = entry[1]
        total = _total(row) or 0
        if total != drawn:
            yield violation(
                row.place, f"{form}|{tag}", f"{tag}：门窗表合计 {total}，平面图为 {drawn}。",
                f"{tag}: the schedule says {total}, the plans have {drawn}.", measured=float(total),
                demanded=f"= {drawn}", certainty=0.85, evidence={"tag": tag, "listed": total, "drawn": drawn},
            )  # fmt: skip
        size, known = SIZE.search(" ".join(row.cells.values())), opening_kind(tag)
        if size and known and (abs(float(size[1]) - known[1]) > 50 or abs(float(size[2]) - known[2]) > 50):
            yield violation(
                row.place, f"{form}|{tag}|size", f"{tag}：门窗表洞口 {size[0]} 与编号不符。",
                f"{tag}: the schedule's opening {size[0]} does not fit the tag.",
                demanded=f"{known[1]:.0f}×{known[2]:.0f}",
                certainty=0.7, evidence={"tag": tag, "size": size[0]},
            )  # fmt: skip


def _total(row: RowFact) -> int | None:
    text = next((row.cells[word] for word in _TOTAL if word in row.cells), "")
    return int(text) if text.isdigit() else None
