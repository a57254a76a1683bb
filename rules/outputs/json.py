"""Findings as one JSON document, `tushen.findings/1`."""

from __future__ import annotations

import json
from typing import Any

from rules import VERSION
from rules.outputs import Findings, counts

SCHEMA = "tushen.findings/1"


def document(findings: Findings, **about: Any) -> dict[str, Any]:
    """Return the document; `about` goes beside the findings (stage, pack, files …)."""
    return {"schema": SCHEMA, "engine": VERSION, **about, "counts": counts(findings), "findings": findings}


def write(findings: Findings, **about: Any) -> str:
    """Return the document as text."""
    return json.dumps(document(findings, **about), ensure_ascii=False, indent=1) + "\n"
