"""SET-005: the drawing list names the size and the version a sheet has."""

from __future__ import annotations

from collections.abc import Iterable

from rules.engine.context import Terms
from rules.engine.facts import SetFacts
from rules.engine.lists import HeldList, list_by_list
from rules.engine.outcome import Outcome, passed, undecided, violation
from rules.engine.reading.words import plain
from rules.engine.rule import Rule

_KINDS = {
    "size": ("图幅", "图纸实为", "size", "the sheet is"),
    "version": ("版次", "图签为", "version", "the sheet says"),
}


class SET005(Rule):
    """Size and version in the drawing list are those of the sheet.

    Basis: practice; consistency of the set. No clause of a standard is claimed.
    Why: a list that names another version usually means that one of the two was not revised, or that an old sheet lies
        in the set.
    Measured: list row and sheet with the same number, of the formats SET-001 takes together; the size of the frame
        against A0 to A4 (lengthened sheets by their short side), the version of the title block without 第 版 次 V REV.
    Undecided: when a row of the list was not read. What only one side names is left out, as are sizes that are not
        metric, sheets without a frame, and pages whose dimensions show that they were plotted at another size.
    """

    code, zh, en, severity = "SET-005", "图幅、版次与目录一致", "Sizes and versions agree", "制图"
    formats = ("dxf", "pdf")
    whole_set = True
    absent = ("没有图纸目录，或目录未列图幅、版次。", "No drawing list, or none that names sizes or versions.")

    def check(self, facts: SetFacts, terms: Terms) -> Iterable[Outcome]:
        """Compare sizes and versions, list by list."""
        return list_by_list(facts, self.formats, self._compare)

    def _compare(self, held: HeldList) -> Iterable[Outcome]:
        compared = held.compared(*_KINDS)
        faults = [d for d in held.result.differ if d.kind in _KINDS]
        for fault in faults:
            number, (zh, is_zh, en, is_en) = plain(fault.number), _KINDS[fault.kind]
            yield violation(
                held.row(fault.number).place, f"{held.form}|{fault.kind}|{number}",
                f"{number}：目录{zh}“{fault.listed}”，{is_zh}“{fault.found}”。",
                f"{number}: the list says {en} {fault.listed}, {is_en} {fault.found}.", demanded="一致", certainty=0.75,
                evidence={
                    "what": fault.kind, "listed": fault.listed, "found": fault.found,
                    "sheet": held.sheet(fault.sheet).place.sheet_key,
                },
            )  # fmt: skip
        if faults:
            return
        if held.list_unread:
            yield undecided(held.list_unread[0], f"{held.form}|sizes", *held.why_not())
        elif compared:
            for form, place in held.places.items():
                yield passed(place, compared, subject=f"{form}|sizes")
