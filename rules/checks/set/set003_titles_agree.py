"""SET-003: list and title block call a sheet by the same name."""

from __future__ import annotations

from collections.abc import Iterable

from rules.engine.context import Terms
from rules.engine.facts import SetFacts
from rules.engine.lists import HeldList, list_by_list
from rules.engine.outcome import Outcome, passed, undecided, violation
from rules.engine.reading.words import plain
from rules.engine.rule import Rule


class SET003(Rule):
    """The title in the drawing list is the title in the sheet's title block.

    Basis: practice; consistency of the set.
    Why: two names for one sheet usually mean that one of them was not revised.
    Measured: list row and sheet with the same number, of the formats SET-001 takes together; strings are compared
        without white space and with full-width signs folded, 首层 and 底层 count as 一层. A number used twice is right
        when one of its sheets has the listed title.
    Undecided: when a list was not read completely, or no listed title could be compared, or there is no list but
        a scan. Rows without a title and sheets without one are left out.
    """

    code, zh, en, severity = "SET-003", "图名一致", "Titles agree", "制图"
    version = "2"
    formats = ("dxf", "pdf")
    whole_set = True
    absent = ("没有图纸目录。", "No drawing list in the set.")

    def check(self, facts: SetFacts, terms: Terms) -> Iterable[Outcome]:
        """Compare titles, list by list."""
        return list_by_list(facts, self.formats, self._compare)

    def _compare(self, held: HeldList) -> Iterable[Outcome]:
        faults = [d for d in held.result.differ if d.kind == "title"]
        for fault in faults:
            sheet, number = held.sheet(fault.sheet), plain(fault.number)
            row = held.row(fault.number, fault.listed)
            yield violation(
                row.place, f"{held.form}|{number}",
                f"{number}：目录图名“{fault.listed}”与图签“{fault.found}”不一致。",
                f"{number}: the list says {fault.listed}, the title block {fault.found}.", demanded="一致",
                certainty=0.85,
                evidence={"listed": fault.listed, "found": fault.found, "sheet": sheet.place.sheet_key},
            )  # fmt: skip
        compared = held.compared("title")
        if faults:
            return
        zh, en = held.why_not()
        if held.list_unread:
            yield undecided(held.list_unread[0], f"{held.form}|titles", zh, en)
        elif compared:
            for form, place in held.places.items():
                yield passed(place, compared, subject=f"{form}|titles")
        else:
            yield undecided(
                held.home.place, f"{held.form}|titles", "目录中的图名没有一个能与图签对照",
                "no title of the list could be compared with a title block",
            )  # fmt: skip
