"""DRW-020: the set says in which coordinate and height system it stands, and it is the region's."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rules.engine.context import Terms
from rules.engine.facts import FileFacts, SetFacts
from rules.engine.outcome import Outcome, passed, undecided, violation
from rules.engine.rule import Rule

_MERIDIAN = re.compile(r"中央(?:子午线|经线)\s*[:：为]?\s*(\d{2,3})")
_NOTES = ("设计说明", "总说明", "总平面")


class DRW020(Rule):
    """A model names the region's projected coordinate system; notes name CGCS2000 and the 1985 height datum.

    Basis: GB/T 50103-2010 for the statement; the codes of the region from the pack (EPSG:4551 for Jilin City).
    Why: with another central meridian the building stands in another county.
    Measured: the EPSG code of IfcProjectedCRS.Name against the pack's list; notes: 中央子午线 against its meridian.
    Undecided: a model without georeference or with a name nobody knows; notes that name no coordinate system.
    """

    code, zh, en, severity = "DRW-020", "坐标与高程系统", "Coordinate and height system", "一般"
    absent = ("没有模型，也没有设计说明。", "Neither a model nor design notes.")

    def check(self, facts: SetFacts, terms: Terms) -> Iterable[Outcome]:
        """Look at models and at notes."""
        for file in facts.files:
            if file.format == "ifc":
                yield self._model(file, [str(c) for c in terms.limits["epsg"]])
            elif file.format in ("dxf", "pdf"):
                yield from self._notes(file, terms.number("central_meridian"))

    def _model(self, file: FileFacts, allowed: list[str]) -> Outcome:
        name = str((file.georeference.get("projected_crs") or {}).get("Name") or "").strip()
        if not name:
            return undecided(
                file.place,
                "ifc|crs",
                "模型没有投影坐标系（IfcProjectedCRS）",
                "the model names no IfcProjectedCRS",
                "designer",
            )
        code = file.georeference.get("epsg")  # what the reader understood of the name: "CGCS2000 / 3-degree GK CM 126E"
        known = f"EPSG:{code}" if code else name.replace(" ", "").upper()
        if known in allowed:
            return passed(file.place, 1, subject="ifc|crs", crs=name)
        if not code and not known.startswith("EPSG:"):
            return undecided(
                file.place, "ifc|crs", f"坐标系名称“{name[:80]}”无法识别",
                f"the coordinate system “{name[:80]}” is not known", "designer",
            )  # fmt: skip
        shown = name if known in name.replace(" ", "").upper() else f"{name}（{known}）"
        return violation(
            file.place, "ifc|crs", f"{file.name}：投影坐标系为 {shown}，本地区应为 {' 或 '.join(allowed)}。",
            f"{file.name}: the model stands in {shown}; here it must be {' or '.join(allowed)}.",
            demanded=" / ".join(allowed), certainty=0.95, evidence={"found": name, "epsg": code},
        )  # fmt: skip

    def _notes(self, file: FileFacts, meridian: float) -> Iterable[Outcome]:
        for sheet in file.sheets:
            if not any(word in sheet.title for word in _NOTES):
                continue
            text = " ".join(t.string for t in sheet.texts)
            stated = _MERIDIAN.search(text)
            if stated and abs(float(stated[1]) - meridian) > 0.01:
                yield violation(
                    sheet.place, sheet.subject("meridian"),
                    f"{sheet.name}：中央子午线 {stated[1]}°，本地区应为 {meridian:g}°。",
                    f"{sheet.name}: central meridian {stated[1]}°, here it must be {meridian:g}°.",
                    measured=float(stated[1]), demanded=f"= {meridian:g}", unit="°", evidence={"text": stated[0]},
                )  # fmt: skip
            elif "CGCS2000" in text or "2000国家大地坐标系" in text:
                yield passed(sheet.place, 1, subject=sheet.subject("crs"))
            else:
                yield undecided(
                    sheet.place, sheet.subject("crs"), "说明未提及坐标系", "the notes name no coordinate system",
                    "designer",
                )  # fmt: skip
