"""SET-003: list and title block call a sheet by the same name."""

from __future__ import annotations

from collections.abc import Iterable

from rules.engine.context import Terms
from rules.engine.facts import SetFacts
from rules.engine.outcome import Outcome, passed, violation
from rules.engine.reading.words import plain
from rules.engine.rule import Rule


class SET003(Rule):
    """The title in the drawing list is the title in the sheet's title block.

    Basis: practice; consistency of the set.
    Why: two names for one sheet usually mean that one of them was not revised.
    Measured: list row and sheet with the same number; strings are compared without white space and with full-width
        signs folded, 首层 counts as 一层. A number used twice is right when one of its sheets has the listed title.
    Undecided: rows without a title and sheets without one are left out.
    """

    code, zh, en, severity = "SET-003", "图名一致", "Titles agree", "制图"
    formats = ("dxf", "pdf")
    whole_set = True
    absent = ("没有图纸目录。", "No drawing list in the set.")

    def check(self, facts: SetFacts, terms: Terms) -> Iterable[Outcome]:
        """Compare titles number by number."""
        for form in self.formats:
            titles: dict[str, list[str]] = {}
            for sheet in facts.sheets(form):
                if sheet.number and sheet.title:
                    titles.setdefault(plain(sheet.number), []).append(_fold(sheet.title))
            compared, faults, home = 0, 0, None
            for sheet in facts.sheets(form):
                for row in sheet.rows:
                    number = plain(row.cells.get("图号", ""))
                    title = row.cells.get("图名") or row.cells.get("图纸名称") or ""
                    if not title or number not in titles:
                        continue
                    home, compared = sheet.place, compared + 1
                    if _fold(title) not in titles[number]:
                        faults += 1
                        yield violation(
                            row.place, f"{form}|{number}",
                            f"{number}：目录图名“{title}”与图签“{titles[number][0]}”不一致。",
                            f"{number}: the list says {title}, the title block {titles[number][0]}.", demanded="一致",
                            certainty=0.85, evidence={"listed": title, "found": titles[number]},
                        )  # fmt: skip
            if compared and not faults and home is not None:
                yield passed(home, compared, subject=f"{form}|titles")


def _fold(title: str) -> str:
    return plain(title).replace("首层", "一层")
