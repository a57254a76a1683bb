"""The identity of a sheet over versions and stages: what the machine proposes and what a person decided.

docs/formats/identity.md describes the JSON form.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from pipeline.drawing.certainty import CONFIRM

RELATIONS = (
    "same", "renumbered", "retitled", "renamed", "swapped", "split", "merged", "unsure", "added", "removed",
)  # fmt: skip


@dataclass(slots=True, frozen=True)
class Reason:
    """One ground for or against an identity, in words."""

    code: str  # number title discipline building content texts size amount file only rival person …
    zh: str
    en: str
    speaks_for: bool = True


@dataclass(slots=True, frozen=True)
class Candidate:
    """Another sheet of the other version that may be the one."""

    sheet: str
    confidence: float


@dataclass(slots=True, frozen=True)
class Decision:
    """What a person said: `same` joins the two sheets, else they are never joined.

    With `old` or `new` None and `same` True: the sheet has no partner.
    """

    old: str | None
    new: str | None
    same: bool = True


@dataclass(slots=True)
class SheetIdentity:
    """Two sheets taken for versions of one; or one alone. Ids are those of the descriptions."""

    old: str | None
    new: str | None
    confidence: float = 0.0  # 0..1; for a sheet alone: that it has no partner
    by: list[str] = field(default_factory=list)  # codes of the reasons that speak for it
    identical: bool = False  # equal content
    cross_format: bool = False
    reason_zh: str = ""  # the reasons as one text
    reason_en: str = ""
    relation: str = "same"  # one of RELATIONS
    reasons: list[Reason] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)  # best first, without the partner itself
    decided: bool = False  # by a person

    @property
    def needs_confirmation(self) -> bool:
        """Whether it is only a proposal, which a person must confirm."""
        return not self.decided and self.confidence < CONFIRM

    def to_json(self) -> dict[str, Any]:
        """Return the form of docs/formats/identity.md."""
        return {**asdict(self), "needs_confirmation": self.needs_confirmation}
