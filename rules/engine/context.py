"""Terms under which a rule runs: thresholds, clause, its verification status, from a pack with dates in force."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

PACKS = Path(__file__).parent.parent / "packs"


class PackError(ValueError):
    """A pack that cannot be used; the message says why."""


@dataclass(slots=True, frozen=True)
class Terms:
    """What a pack says about one rule.

    `clause_status` is verified, secondary or unverified. Only a verified clause may end in a violation, and a
    强条 only when a person signed the rule off (`sign_off_by`); everything else is advice at most.
    """

    clause: str = ""
    clause_status: str = "unverified"
    sign_off_by: str = ""
    severity: str = ""
    limits: dict[str, Any] = field(default_factory=dict)

    @property
    def may_accuse(self) -> bool:
        """Whether a breach may be called a violation."""
        return self.clause_status == "verified" and (self.severity != "强条" or bool(self.sign_off_by))

    def number(self, name: str) -> float:
        """Return a limit as a number; KeyError when the pack does not give it."""
        return float(self.limits[name])


@dataclass(slots=True)
class Pack:
    """A named edition of terms: code -> terms."""

    name: str
    edition: str
    region: str
    rules: dict[str, Terms]


def load_pack(name_or_path: str = "national", on: date | None = None) -> Pack:
    """Load a pack by name or path; only rules in force on the day `on` (all when None) are kept.

    Raises PackError when the file is missing or malformed.
    """
    path = Path(name_or_path) if name_or_path.endswith((".yaml", ".yml")) else PACKS / f"{name_or_path}.yaml"
    if not path.is_file():
        raise PackError(f"no pack {name_or_path!r}")
    try:
        body = yaml.safe_load(path.read_text("utf-8"))
        rules = {code: _terms(entry) for code, entry in body["rules"].items() if _in_force(entry, on)}
        return Pack(str(body["name"]), str(body["edition"]), str(body.get("region", "")), rules)
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise PackError(f"pack {path.name}: {error}") from error


def _terms(entry: dict[str, Any]) -> Terms:
    status = entry["clause_status"]
    if status not in ("verified", "secondary", "unverified"):
        raise PackError(f"clause_status {status!r} is not known")
    return Terms(
        clause=str(entry["clause"]),
        clause_status=status,
        sign_off_by=str(entry.get("sign_off_by") or ""),
        severity=str(entry.get("severity", "")),
        limits=dict(entry.get("limits") or {}),
    )


def _in_force(entry: dict[str, Any], on: date | None) -> bool:
    if on is None:
        return True
    start, end = entry.get("from"), entry.get("until")
    return (start is None or start <= on) and (end is None or on <= end)
