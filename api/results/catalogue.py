"""The catalogue of rules as the browser shows it; loaded when first asked for."""

from __future__ import annotations

from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1)
def rules() -> list[dict[str, Any]]:
    """Return every rule with its clause, the clause's status and the thresholds of the national pack."""
    from rules.catalogue import RULES
    from rules.engine.context import load_pack

    terms = load_pack("national").rules
    return [
        {
            "code": rule.code,
            "version": rule.version,
            "title_zh": rule.zh,
            "title_en": rule.en,
            "severity": rule.severity,
            "stages": list(rule.stages),
            "formats": list(rule.formats),
            "clause": terms[rule.code].clause,
            "clause_status": terms[rule.code].clause_status,
            "limits": dict(terms[rule.code].limits),
        }
        for rule in RULES
    ]


def rule_titles() -> dict[str, tuple[str, str]]:
    """Return the titles of all rules by their code (Chinese, English)."""
    return {rule["code"]: (rule["title_zh"], rule["title_en"]) for rule in rules()}
