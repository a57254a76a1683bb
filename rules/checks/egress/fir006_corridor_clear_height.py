"""FIR-006: escape routes are high enough."""

from __future__ import annotations

from rules.engine.context import Terms
from rules.engine.facts import Place, SheetFacts
from rules.engine.outcome import Outcome, violation
from rules.engine.rule import SheetRule

_WORDS = ("走道", "走廊", "过道", "连廊")


class FIR006(SheetRule):
    """The clear height of corridors on escape routes is at least what the clause demands.

    Basis: GB 55037-2022 7.1.5, 2.10 m; from a secondary source.
    Why: smoke fills a low corridor first, and people must stand upright to run.
    Measured: heights that notes state for corridors (走道…净高2.40m); in a model FinishCeilingHeight or Height of
        spaces named 走道, else the height of the body.
    Undecided: ducts and beams below the stated ceiling are not known from these facts.
    """

    code, zh, en, severity = "FIR-006", "疏散通道净高", "Egress route clear height", "强条"
    stages = ("construction", "as_built")
    absent = ("没有找到走道净高。", "No corridor clear height is stated.")

    def look(self, sheet: SheetFacts, terms: Terms) -> tuple[int, list[Outcome]]:
        """Look at statements and corridor spaces."""
        limit = terms.number("min_height_m")
        stated: list[tuple[float, str, str, Place]] = [
            (s.value_m, s.sentence[:80], f"note|{_storey(s.sentence)}", s.place)
            for s in sheet.statements
            if s.topic == "corridor_height"
        ]
        stated += [
            (r.clear_height_mm / 1000, r.name, "space", r.place)
            for r in sheet.rooms
            if r.clear_height_mm is not None and any(word in r.name for word in _WORDS)
        ]
        found = [
            violation(
                place,
                sheet.subject("corridor_height", key),
                f"{sheet.name}：走道净高 {value:.2f} m，小于 {limit:.2f} m（{words}）。",
                f"{sheet.name}: corridor clear height {value:.2f} m, less than {limit:.2f} m.",
                measured=value,
                demanded=f">= {limit:.2f}",
                unit="m",
                certainty=0.9,
                evidence={"source": words},
            )  # fmt: skip
            for value, words, key, place in stated
            if value < limit - 1e-6
        ]
        return len(stated), found


def _storey(sentence: str) -> str:
    at = sentence.find("层")
    return sentence[max(0, at - 1) : at + 1] if at > 0 else ""
