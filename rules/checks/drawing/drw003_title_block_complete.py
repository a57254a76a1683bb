"""DRW-003: the title block is filled in."""

from __future__ import annotations

import re

from rules.engine.context import Terms
from rules.engine.facts import SheetFacts
from rules.engine.outcome import Outcome, undecided, violation
from rules.engine.rule import SheetRule

_NAMES = {
    "number": "图号", "title": "图名", "scale": "比例", "date": "日期", "project": "工程名称", "designer": "设计单位",
    "discipline": "专业", "version": "版次", "signed_design": "设计", "signed_checked": "审核",
}  # fmt: skip


_YEAR = re.compile(r"(19|20)\d{2}|\d{2}[.\-/]\d{1,2}")


class DRW003(SheetRule):
    """Every required field of the title block has a value.

    Basis: GB/T 50001-2017 3.2, fields of the pack.
    Why: a sheet without number, date or scale cannot be cited, dated or measured.
    Measured: fields read from block attributes, cells and texts of the sheet; white space is no value,
        and a date needs a year.
    Undecided: sheets on which no title block was recognised at all; scanned pages.
    """

    code, zh, en, severity = "DRW-003", "标题栏内容完整", "Title block complete", "制图"
    formats = ("dxf", "pdf")
    absent = ("没有带图框的图纸。", "No framed sheet in the set.")

    def look(self, sheet: SheetFacts, terms: Terms) -> tuple[int, list[Outcome]]:
        """Look for every required field."""
        if not sheet.framed:
            return 0, []
        wanted = [str(name) for name in terms.limits["required"]]
        empty = [name for name in wanted if not _filled(name, sheet.fields.get(name, ""))]
        if len(empty) > len(wanted) / 2:
            missing = undecided(
                sheet.place, sheet.subject("title_block"), "未识别出标题栏", "no title block was recognised"
            )
            return 1, [missing]
        found = [
            violation(
                sheet.place,
                sheet.subject("field", name),
                f"{sheet.name}：标题栏“{_NAMES.get(name, name)}”未填写或无效。",
                f"{sheet.name}: field {name} of the title block is empty or no such value.",
                demanded="已填写",
                certainty=0.8,
                evidence={"field": _NAMES.get(name, name)},
            )  # fmt: skip
            for name in empty
        ]
        return 1, found


def _filled(name: str, value: str) -> bool:
    return bool(_YEAR.search(value)) if name == "date" else bool(value.strip())
