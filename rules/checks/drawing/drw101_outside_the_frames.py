"""DRW-101: nothing is left lying outside the frames."""

from __future__ import annotations

from collections.abc import Iterable

from rules.engine.context import Terms
from rules.engine.facts import SetFacts
from rules.engine.outcome import Outcome, passed, violation
from rules.engine.rule import Rule


class DRW101(Rule):
    """A model space with framed sheets holds nothing outside the frames.

    Basis: our own drafting rule; no clause of a standard is claimed.
    Why: left-over parts are neither plotted nor reviewed, yet they stay in the file that is archived.
    Measured: plotted entities of a model space with frames that begin more than 20 mm outside every sheet.
    Undecided: model spaces without any recognised frame.
    """

    code, zh, en, severity = "DRW-101", "图框外遗留图形", "Left over outside the frames", "制图"
    formats = ("dxf",)
    absent = ("没有带图框的模型空间。", "No model space with frames.")

    def check(self, facts: SetFacts, terms: Terms) -> Iterable[Outcome]:
        """Look at every DXF with framed sheets in model space."""
        for file in facts.files:
            framed = [s for s in file.sheets if s.framed and s.kind == "model"]
            if file.format != "dxf" or not framed:
                continue
            for place in file.outside:
                count = len(place.source_ids)
                yield violation(
                    place, f"dxf|{file.name}|outside", f"{file.name}：图框外有 {count} 个遗留图形。",
                    f"{file.name}: {count} entities lie outside every frame.", measured=float(count), demanded="= 0",
                    certainty=0.9, evidence={"entities": list(place.source_ids[:20])},
                )  # fmt: skip
            if not file.outside:
                yield passed(file.place, len(framed), subject=f"dxf|{file.name}")
