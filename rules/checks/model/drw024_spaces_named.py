"""DRW-024: every space of a model has a name."""

from __future__ import annotations

from collections.abc import Iterable

from rules.engine.context import Terms
from rules.engine.facts import SetFacts
from rules.engine.outcome import Outcome, passed, violation
from rules.engine.rule import Rule


class DRW024(Rule):
    """Every IfcSpace carries a name or number.

    Basis: delivery rule for models (ISO 16739 data); no clause of a standard is claimed.
    Why: rules for stairs, corridors and wet rooms find their rooms by name; a nameless room is checked by none.
    Measured: LongName and Name of every IfcSpace on a storey.
    Undecided: models without any space are not judged here.
    """

    code, zh, en, severity = "DRW-024", "模型空间已命名", "Spaces of the model are named", "一般"
    formats = ("ifc",)
    absent = ("模型中没有空间（IfcSpace）。", "No spaces in any model.")

    def check(self, facts: SetFacts, terms: Terms) -> Iterable[Outcome]:
        """Look at the spaces of every model."""
        for file in facts.files:
            if not file.spaces:
                continue
            for place in file.unnamed_spaces:
                box = place.box or (0, 0, 0, 0)
                where = f"{round((box[0] + box[2]) / 1000)},{round((box[1] + box[3]) / 1000)}"
                yield violation(
                    place, f"ifc|{place.sheet_number}|unnamed|{where}",
                    f"{place.sheet_number}：有一个空间没有名称和编号。",
                    f"{place.sheet_number}: a space has neither name nor number.", demanded="已命名",
                    evidence={"guid": place.source_ids[:1]},
                )  # fmt: skip
            if not file.unnamed_spaces:
                yield passed(file.place, file.spaces, subject=f"ifc|{file.name}")
