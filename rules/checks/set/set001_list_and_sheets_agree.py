"""SET-001: the drawing list and the sheets are the same set."""

from __future__ import annotations

from collections.abc import Iterable

from rules.engine.context import Terms
from rules.engine.facts import SetFacts
from rules.engine.lists import HeldList, list_by_list
from rules.engine.outcome import Outcome, passed, undecided, violation
from rules.engine.reading.words import plain
from rules.engine.rule import Rule


class SET001(Rule):
    """Every sheet of the drawing list is in the set, and every sheet of the set is in the list.

    Basis: depth of design documents (编制深度规定), GB/T 50001; practice, sign-off not needed for a consistency rule.
    Why: a sheet that is not listed is not part of what was approved, a listed one that is missing was not looked at.
    Measured: rows of the tables 图号 / 图名 on the list sheets, ranges (建施-03~05) number by number, against the
        numbers of the sheets, each format for itself (the DXF set against the DXF list, the PDF set against the PDF
        list); a format without a list lends its sheets to the list of the other (a list in a PDF, sheets in DXF).
    Undecided: missing sheets when a file that may hold them or a sheet's number was not read; extra sheets when a row
        of the list was not read; everything when the list sheet has no row that can be read, or when there is no list
        but a scan.
    """

    code, zh, en, severity = "SET-001", "目录与图纸一致", "Drawing list against sheets", "一般"
    version = "2"
    formats = ("dxf", "pdf")
    whole_set = True
    absent = ("没有图纸目录。", "No drawing list in the set.")

    def check(self, facts: SetFacts, terms: Terms) -> Iterable[Outcome]:
        """Compare list and sheets, list by list."""
        return list_by_list(facts, self.formats, self._compare)

    def _compare(self, held: HeldList) -> Iterable[Outcome]:
        missing = [d for d in held.result.differ if d.kind == "missing"]
        extra = [d for d in held.result.differ if d.kind == "extra"]
        zh, en = held.why_not()
        if not held.rows:
            yield undecided(held.home.place, f"{held.form}|list", zh, en)
            return
        if missing and held.sheets_unread:
            yield undecided(
                held.home.place, held.home.subject("list"), f"目录中 {len(missing)} 张图未找到，但{zh}",
                f"{len(missing)} listed sheets not found, but {en}",
            )  # fmt: skip
        if extra and held.list_unread:
            yield undecided(
                held.list_unread[0], held.home.subject("extra"), f"{len(extra)} 张图纸未在目录中找到，但{zh}",
                f"{len(extra)} sheets not found in the list, but {en}",
            )  # fmt: skip
        yield from self._missing(held, [] if held.sheets_unread else [d.number for d in missing])
        yield from self._extra(held, [] if held.list_unread else [d.sheet for d in extra])
        if missing or extra:
            return
        if not held.whole:
            yield undecided(held.home.place, f"{held.form}|list", zh, en)
            return
        for form, place in held.places.items():
            yield passed(place, len(held.rows), subject=f"{form}|list")

    def _missing(self, held: HeldList, numbers: list[str]) -> Iterable[Outcome]:
        for number in numbers:
            row = held.row(number)
            yield violation(
                row.place, held.home.subject("missing", plain(number)),
                f"目录列有“{number} {row.title}”，图纸中没有。",
                f"The list names {number} {row.title}, which is not in the set.", demanded="目录 = 图纸",
                certainty=0.9, evidence={"number": number, "title": row.title, "format": held.form},
            )  # fmt: skip

    def _extra(self, held: HeldList, keys: list[str]) -> Iterable[Outcome]:
        for sheet in map(held.sheet, keys):
            yield violation(
                sheet.place, sheet.subject("extra"), f"图纸“{sheet.name}”未列入目录。",
                f"Sheet {sheet.name} is not in the drawing list.", demanded="目录 = 图纸", certainty=0.9,
                evidence={"number": sheet.number, "format": sheet.format},
            )  # fmt: skip
