"""Findings as SARIF 2.1.0 (OASIS), for tools that gather the results of checkers."""

from __future__ import annotations

from typing import Any

_LEVEL = {"violation": "error", "advice": "warning"}
_KIND = {
    "violation": "fail",
    "advice": "fail",
    "undecided": "open",
    "passed": "pass",
    "not_applicable": "notApplicable",
}


def as_sarif(document: dict[str, Any], language: str) -> dict[str, Any]:
    """Return a SARIF log of a `tushen.findings/1` document.

    Level and kind follow SARIF 2.1.0, 3.27.9 and 3.27.10: only failures carry a level above "none".
    """
    codes = sorted({one["rule_code"] for one in document["findings"]})
    first = {code: next(one for one in document["findings"] if one["rule_code"] == code) for code in codes}
    rules = [{"id": code, "properties": {"clause": first[code]["clause"]}} for code in codes]
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "Tushen", "version": str(document["engine"]), "rules": rules}},
                "results": [_result(one, codes, language) for one in document["findings"]],
            }
        ],
    }


def _result(one: dict[str, Any], codes: list[str], language: str) -> dict[str, Any]:
    kind = _KIND[one["outcome"]]
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": one["file_id"] or "."}}}
    if one["sheet_key"] or one["source_ids"]:
        names = [one["sheet_key"], *one["source_ids"][:20]]
        location["logicalLocations"] = [{"name": name} for name in names if name]
    return {
        "ruleId": one["rule_code"],
        "ruleIndex": codes.index(one["rule_code"]),
        "kind": kind,
        "level": _LEVEL.get(one["outcome"], "none"),
        "message": {"text": one[f"message_{language}"]},
        "locations": [location],
        "partialFingerprints": {"subject/v1": f"{one['rule_code']}|{one['subject_key']}"},
        "properties": {name: one[name] for name in ("outcome", "measured", "demanded", "unit", "box", "certainty")},
    }
