"""SET-002: no two sheets carry the same number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from rules.engine.context import Terms
from rules.engine.facts import SetFacts, SheetFacts
from rules.engine.outcome import Outcome, passed, violation
from rules.engine.reading.words import plain
from rules.engine.rule import Rule


class SET002(Rule):
    """A sheet number occurs once in the set of a format.

    Basis: practice of numbering; consistency of the set.
    Why: opinions, changes and seals name sheets by number; a number used twice names neither.
    Measured: numbers of the title blocks, white space and width folded, format by format.
    Undecided: sheets whose number could not be read are left out.
    """

    code, zh, en, severity = "SET-002", "图号唯一", "Sheet numbers unique", "制图"
    formats = ("dxf", "pdf")
    whole_set = True
    absent = ("没有可识别的图号。", "No sheet number could be read.")

    def check(self, facts: SetFacts, terms: Terms) -> Iterable[Outcome]:
        """Count the numbers of each format."""
        for form in self.formats:
            groups: dict[str, list[SheetFacts]] = defaultdict(list)
            for sheet in facts.sheets(form):
                if sheet.number:
                    groups[plain(sheet.number)].append(sheet)
            twice = {n: s for n, s in groups.items() if len(s) > 1}
            for number, sheets in twice.items():
                names = "、".join(s.title or s.place.sheet_key for s in sheets)
                yield violation(
                    sheets[-1].place, f"{form}|{number}", f"图号 {number} 重复使用：{names}。",
                    f"Sheet number {number} is used {len(sheets)} times: {names}.", measured=float(len(sheets)),
                    demanded="= 1", certainty=0.9,
                    evidence={"number": number, "sheets": [s.place.sheet_key for s in sheets]},
                )  # fmt: skip
            if groups and not twice:
                yield passed(sheets_place(groups), len(groups), subject=f"{form}|numbers")


def sheets_place(groups: dict[str, list[SheetFacts]]):  # type: ignore[no-untyped-def]
    """Return the place of the first sheet's file."""
    first = next(iter(groups.values()))[0].place
    return type(first)(first.file_id)
