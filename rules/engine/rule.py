"""What a rule is: fixed attributes, five-part docstring, and `check` over the facts of a set."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import ClassVar

from rules.engine.context import Terms
from rules.engine.facts import SetFacts, SheetFacts
from rules.engine.outcome import Outcome, Result, passed, undecided

STAGES = ("scheme", "construction", "as_built")
PARTS = ("Basis:", "Why:", "Measured:", "Undecided:")


class Rule(ABC):
    """A demand on a set of drawings.

    Subclasses are pure: no input or output, no clock, no state. `check` yields outcomes; yielding nothing means
    that the set holds nothing the rule concerns, and becomes "not applicable" with `absent`.
    """

    code: ClassVar[str]
    version: ClassVar[str] = "1"
    zh: ClassVar[str]
    en: ClassVar[str]
    severity: ClassVar[str]  # 强条 一般 制图 规划
    stages: ClassVar[tuple[str, ...]] = STAGES
    formats: ClassVar[tuple[str, ...]] = ("dxf", "pdf", "ifc")
    whole_set: ClassVar[bool] = False  # looks at all files of a format together: one unread file, and none has passed
    absent: ClassVar[tuple[str, str]] = ("图纸中没有本规则所涉及的内容。", "The set holds nothing this rule concerns.")

    @abstractmethod
    def check(self, facts: SetFacts, terms: Terms) -> Iterable[Outcome]:
        """Yield the outcomes for a set; `terms` are the thresholds and the clause in force."""


class SheetRule(Rule):
    """A rule that looks at one sheet at a time; a file without a fault among things looked at has passed."""

    @abstractmethod
    def look(self, sheet: SheetFacts, terms: Terms) -> tuple[int, list[Outcome]]:
        """Return how many things were looked at on a sheet and what was found."""

    def check(self, facts: SetFacts, terms: Terms) -> Iterable[Outcome]:
        """Look at every sheet of every file."""
        for file in facts.files:
            if file.format not in self.formats:
                continue
            looked, faults = 0, 0
            for sheet in file.sheets:
                count, outcomes = self.look(sheet, terms)
                looked += count
                faults += sum(o.result != Result.PASSED for o in outcomes)
                yield from outcomes
            if looked and not faults:
                yield passed(file.place, looked, subject=f"{file.format}|{file.name}")
            elif not looked and file.sheets and not (file.complete and all(s.complete for s in file.sheets)):
                what = f"{file.name}未完整读取，其中未找到本规则所涉及的内容"
                subject = f"{file.format}|{file.name}"
                yield undecided(file.place, subject, what, f"{file.name} was not read completely")
