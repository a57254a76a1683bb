"""DRW-007: every as-built sheet carries the as-built seal."""

from __future__ import annotations

from collections.abc import Iterable

from rules.engine.context import Terms
from rules.engine.facts import SetFacts, SheetFacts
from rules.engine.outcome import Outcome, passed, undecided, violation
from rules.engine.reading.words import plain
from rules.engine.rule import Rule

_NEEDED = ("竣工图", "施工单位", "监理单位")


class DRW007(Rule):
    """Where a set uses the seal 竣工图章, every sheet carries it.

    Basis: GB/T 50328 (seal 50 × 80 with nine fields on every sheet); from a secondary source.
    Why: the seal is the builder's and the supervisor's word that the sheet shows what was built.
    Measured: a block named 竣工图章, or the seal's own words 竣工图, 施工单位 and 监理单位 on the sheet.
    Undecided: sets on which no sheet has a seal but the stage says 竣工图 (drawn by the design firm, signed in the
        title block), and scanned sheets; a red seal in a picture is not read.
    """

    code, zh, en, severity = "DRW-007", "竣工图章", "As-built seal", "一般"
    stages = ("as_built",)
    formats = ("dxf", "pdf")
    whole_set = True
    absent = ("没有竣工图纸。", "No as-built sheets.")

    def check(self, facts: SetFacts, terms: Terms) -> Iterable[Outcome]:
        """Look for the seal on every sheet, format by format."""
        for form in self.formats:
            sheets = [s for s in facts.sheets(form) if s.framed]
            sealed = [s for s in sheets if _sealed(s)]
            bare = [s for s in sheets if s not in sealed]
            if sheets and not sealed:
                yield undecided(
                    sheets[0].place, f"{form}|seal", "全部图纸均未识别到竣工图章", "no seal was recognised on any sheet"
                )  # fmt: skip
                continue
            for sheet in bare:
                if sheet.scanned:
                    yield undecided(sheet.place, sheet.subject("seal"), "扫描图无法识别图章", "a scanned sheet")
                else:
                    yield violation(
                        sheet.place, sheet.subject("seal"), f"{sheet.name}：没有竣工图章。",
                        f"{sheet.name}: the as-built seal is missing.", demanded="竣工图章", certainty=0.85,
                        evidence={"sealed_sheets": len(sealed)},
                    )  # fmt: skip
            if sealed and not bare:
                yield passed(type(sealed[0].place)(sealed[0].place.file_id), len(sealed), subject=f"{form}|seal")


def _sealed(sheet: SheetFacts) -> bool:
    if any("竣工图章" in name for name in sheet.blocks):
        return True
    words = {plain(t.string) for t in sheet.texts}
    return all(word in words for word in _NEEDED)
