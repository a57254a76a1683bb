"""Findings as SARIF 2.1.0, for tools that show results beside files."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from rules import VERSION
from rules.catalogue import RULES
from rules.outputs import Findings, clause_of

_LEVELS = {"violation": "error", "advice": "warning", "undecided": "note", "passed": "none", "not_applicable": "none"}
_KINDS = {
    "violation": "fail",
    "advice": "review",
    "undecided": "open",
    "passed": "pass",
    "not_applicable": "notApplicable",
}


def write(findings: Findings, names: dict[str, str] | None = None, hashes: dict[str, str] | None = None) -> str:
    """Return a SARIF log. `names`: file id -> file name; `hashes`: file id -> SHA-256 of its content."""
    described = [
        {
            "id": rule.code,
            "shortDescription": {"text": f"{rule.zh} {rule.en}"},
            "fullDescription": {"text": (rule.__doc__ or "").strip().splitlines()[0]},
        }
        for rule in RULES
    ]
    driver = {
        "name": "Tushen",
        "version": VERSION,
        "informationUri": "https://github.com/tushen/tushen",
        "rules": described,
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "artifacts": [
            {"location": {"uri": quote((names or {}).get(id_, id_))}, "hashes": {"sha-256": sha256}}
            for id_, sha256 in (hashes or {}).items()
        ],
        "results": [_result(f, names or {}) for f in findings],
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=1) + "\n"


def _result(f: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    kind = _KINDS[f["outcome"]]
    result: dict[str, Any] = {
        "ruleId": f["rule_code"],
        "kind": kind,
        "level": _LEVELS[f["outcome"]] if kind == "fail" else "none",
        "message": {"text": f"{f['message_zh']} {f['message_en']}".strip()},
        "fingerprints": {"tushen/subject": f"{f['rule_code']}|{f['subject_key']}"},
        "properties": {
            "outcome": f["outcome"], "measured": f["measured"], "demanded": f["demanded"], "unit": f["unit"],
            "clause": clause_of(f), "box_mm": f["box"], "source_ids": f["source_ids"],
        },
    }  # fmt: skip
    if f.get("file_id"):
        name = names.get(f["file_id"], f["file_id"])
        place: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": quote(name)}}}
        if f.get("sheet_key"):
            place["logicalLocations"] = [{"name": f["sheet_key"], "kind": "sheet"}]
        result["locations"] = [place]
    return result
