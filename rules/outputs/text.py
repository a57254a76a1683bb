"""Findings as lines for people."""

from __future__ import annotations

from rules.outputs import OPEN, WORDS, Findings, clause_of, counts


def write(findings: Findings, language: str = "zh", everything: bool = False) -> str:
    """Return the findings as text, worst first; passed and not applicable only in the last line unless asked for."""
    index = 0 if language == "zh" else 1
    key = "message_zh" if language == "zh" else "message_en"
    lines = []
    for outcome in WORDS:
        for f in findings:
            if f["outcome"] != outcome or (outcome not in OPEN and not everything):
                continue
            basis = f"  [{clause_of(f)}]" if f.get("clause") else ""
            lines.append(f"{WORDS[outcome][index]}  {f['rule_code']}  {f[key]}{basis}")
    total = counts(findings)
    lines.append(" · ".join(f"{WORDS[o][index]} {n}" for o, n in total.items()))
    return "\n".join(lines) + "\n"
