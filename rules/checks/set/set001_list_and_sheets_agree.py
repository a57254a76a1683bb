"""SET-001: the drawing list and the sheets are the same set."""

from __future__ import annotations

from collections.abc import Iterable

from rules.engine.context import Terms
from rules.engine.facts import RowFact, SetFacts, SheetFacts
from rules.engine.outcome import Outcome, passed, undecided, violation
from rules.engine.reading.words import plain
from rules.engine.rule import Rule


class SET001(Rule):
    """Every sheet of the drawing list is in the set, and every sheet of the set is in the list.

    Basis: depth of design documents (编制深度规定), GB/T 50001; practice, sign-off not needed for a consistency rule.
    Why: a sheet that is not listed is not part of what was approved, a listed one that is missing was not looked at.
    Measured: rows of the table 图号 / 图名 on the list sheet against numbers and titles of the framed sheets, each
        format for itself (the DXF set against the DXF list, the PDF set against the PDF list).
    Undecided: when a file of the format was not read completely, or a sheet's number could not be read.
    """

    code, zh, en, severity = "SET-001", "目录与图纸一致", "Drawing list against sheets", "一般"
    formats = ("dxf", "pdf")
    whole_set = True
    absent = ("没有图纸目录。", "No drawing list in the set.")

    def check(self, facts: SetFacts, terms: Terms) -> Iterable[Outcome]:
        """Compare list and sheets, format by format."""
        for form in self.formats:
            sheets = [s for s in facts.sheets(form) if s.framed or s.number]
            rows = [(s, r) for s in sheets for r in s.rows if "图号" in r.cells]
            if rows:
                yield from self._compare(facts, form, sheets, rows)

    def _compare(
        self, facts: SetFacts, form: str, sheets: list[SheetFacts], rows: list[tuple[SheetFacts, RowFact]]
    ) -> Iterable[Outcome]:
        home = rows[0][0]
        unread = [s for s in sheets if not s.number]
        listed = {plain(r.cells["图号"]): r for _, r in rows}
        present = {plain(s.number) for s in sheets if s.number}
        missing = [n for n in listed if n not in present]
        extra = [s for s in sheets if s.number and plain(s.number) not in listed]
        doubtful = bool(missing) and (bool(unread) or not facts.whole(form))
        if doubtful:
            yield undecided(
                home.place, home.subject("list"), f"目录中 {len(missing)} 张图未找到，但有图纸未完整读取或图号未识别",
                f"{len(missing)} listed sheets not found, but not every sheet was read",
            )  # fmt: skip
            missing = []
        for number in missing:
            row = listed[number]
            title = row.cells.get("图名") or row.cells.get("图纸名称") or ""
            yield violation(
                row.place, home.subject("missing", number), f"目录列有“{number} {title}”，图纸中没有。",
                f"The list names {number} {title}, which is not in the set.", demanded="目录 = 图纸",
                certainty=0.9, evidence={"number": number, "title": title, "format": form},
            )  # fmt: skip
        for sheet in extra:
            yield violation(
                sheet.place, sheet.subject("extra"), f"图纸“{sheet.name}”未列入目录。",
                f"Sheet {sheet.name} is not in the drawing list.", demanded="目录 = 图纸", certainty=0.9,
                evidence={"number": sheet.number, "format": form},
            )  # fmt: skip
        if not missing and not extra and not unread and not doubtful:
            yield passed(home.place, len(listed), subject=f"{form}|list")
