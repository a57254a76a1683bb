"""The five outcomes of a rule and the constructors rules use to make them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from rules.engine.facts import Place


class Result(StrEnum):
    """How a rule ended for one subject."""

    PASSED = "passed"
    VIOLATION = "violation"
    ADVICE = "advice"
    UNDECIDED = "undecided"
    NOT_APPLICABLE = "not_applicable"


@dataclass(slots=True)
class Outcome:
    """One outcome. `subject` names what it is about and is stable over versions; numbers carry `unit`."""

    result: Result
    subject: str
    zh: str
    en: str
    place: Place
    measured: float | None = None
    demanded: str = ""
    unit: str = ""
    certainty: float = 1.0
    evidence: dict[str, Any] = field(default_factory=dict)


def violation(place: Place, subject: str, zh: str, en: str, **more: Any) -> Outcome:
    """Something breaks the rule; the engine lowers it to advice where the clause is not signed off."""
    return Outcome(Result.VIOLATION, subject, zh, en, place, **more)


def advice(place: Place, subject: str, zh: str, en: str, **more: Any) -> Outcome:
    """Something a person should look at though it breaks nothing for certain."""
    return Outcome(Result.ADVICE, subject, zh, en, place, **more)


def passed(place: Place, checked: int, zh: str = "", en: str = "", subject: str = "all", **evidence: Any) -> Outcome:
    """Everything looked at on this sheet or file keeps the rule; `checked` says how many things that were."""
    return Outcome(
        Result.PASSED,
        subject,
        zh or f"已检查 {checked} 处，均满足。",
        en or f"{checked} checked, all in order.",
        place,
        evidence={"checked": checked, **evidence},
    )


def undecided(place: Place, subject: str, missing_zh: str, missing_en: str, who: str = "reviewer") -> Outcome:
    """The rule cannot decide: what is missing and who must look (`reviewer` or `designer`)."""
    whom = {"reviewer": ("审查人员", "a reviewer"), "designer": ("设计单位", "the design institute")}[who]
    return Outcome(
        Result.UNDECIDED,
        subject,
        f"无法判定：{missing_zh}。请{whom[0]}人工核对。",
        f"Cannot decide: {missing_en}. To be checked by {whom[1]}.",
        place,
        evidence={"missing": missing_en, "who": who},
    )
