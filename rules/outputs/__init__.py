"""How findings leave the house: text, JSON, SARIF, CSV and XLSX (safe from formulas), BCF. Findings are plain dicts."""

from __future__ import annotations

from typing import Any

Findings = list[dict[str, Any]]
OUTCOMES = ("violation", "advice", "undecided", "passed", "not_applicable")
WORDS: dict[str, tuple[str, str]] = {
    "violation": ("不满足", "violation"),
    "advice": ("提示", "advice"),
    "undecided": ("待人工判定", "undecided"),
    "passed": ("满足", "passed"),
    "not_applicable": ("不适用", "not applicable"),
}
OPEN = ("violation", "advice", "undecided")  # what somebody has to look at


def clause_of(finding: dict[str, Any]) -> str:
    """Return the clause as shown: with 条款待核 while nobody vouches for it."""
    clause = str(finding.get("clause") or "")
    return clause if not clause or finding.get("clause_status") == "verified" else f"{clause}（条款待核）"


def counts(findings: Findings) -> dict[str, int]:
    """Return how many findings each outcome has."""
    return {outcome: sum(f["outcome"] == outcome for f in findings) for outcome in OUTCOMES}
