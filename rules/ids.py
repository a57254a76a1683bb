"""The station that runs an IDS 1.0 file (buildingSMART) over a model, in the locked child, through ifctester.

An IDS asks for data. A value that breaks a requirement is a violation of the IDS; a property or attribute that is not
there at all is missing data and stays undecided: nothing can be said about what was not delivered.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import ifctester.ids
import ifctester.reporter

from pipeline.readers.ifc.opening import open_model
from rules import VERSION
from rules.outputs.json import SCHEMA

_MISSING = ("does not exist", "does not contain the required property", "did not exist", "is empty")
_KEPT = 50
Failures = list[tuple[str, str, str]]  # GlobalId, class, reason


def check(files: list[Path], args: dict[str, Any]) -> dict[str, bytes]:
    """Check one model against one IDS file.

    Args:
        files: the model, the IDS file.
        args: `id` and `state` of the model as it was read, `name` of the IDS file.

    Returns:
        `findings.json` in the form of `rules.stations.check`, and `report.json` as ifctester writes it.

    Raises:
        ifctester.ids.IdsXmlValidationError: the IDS file is none.
        ValueError: the model cannot be opened; says why.
    """
    opened = open_model(files[0], files[0].read_bytes())  # as the reader: aliases of schemas, strings, archives
    if opened.model is None:
        raise ValueError("; ".join(one.en for one in opened.defects))
    model = opened.model
    specs = ifctester.ids.open(str(files[1]), validate=True)
    specs.validate(model, should_filter_version=True)
    findings = []
    for number, spec in enumerate(specs.specifications, 1):
        findings += _specification(spec, number, args)
    report = ifctester.reporter.Json(specs)
    report.report()
    body = {"schema": SCHEMA, "engine": VERSION, "findings": findings}
    return {
        "findings.json": json.dumps(body, ensure_ascii=False).encode("utf-8"),
        "report.json": json.dumps(report.results, ensure_ascii=False, default=str).encode("utf-8"),
    }


def _specification(spec: Any, number: int, args: dict[str, Any]) -> list[dict[str, Any]]:
    name = str(spec.name or spec.identifier or number)
    if not spec.is_ifc_version:
        zh, en = f"规范“{name}”不适用于此 IFC 版本。", f"Specification {name} does not concern this IFC version."
        return [_finding(args, number, "not_applicable", "version", zh, en, name)]
    if not spec.applicable_entities:
        if spec.minOccurs != 0:
            zh, en = f"“{name}”要求的构件在模型中不存在。", f"{name}: the model holds none of the required elements."
            return [_finding(args, number, "violation", "required", zh, en, name)]
        return [
            _finding(
                args, number, "not_applicable", "none", f"“{name}”：无适用构件。", f"{name}: nothing applies.", name
            )
        ]
    if spec.maxOccurs == 0:
        guids = [(_guid(e), e.is_a(), "prohibited") for e in spec.applicable_entities]
        zh, en = f"“{name}”：有 {len(guids)} 个不允许的构件。", f"{name}: {len(guids)} elements that must not be there."
        return [_finding(args, number, "violation", "prohibited", zh, en, name, guids)]
    found = []
    for row, facet in enumerate(spec.requirements, 1):
        failures = [(_guid(f["element"]), f["element"].is_a(), str(f["reason"])) for f in facet.failures]
        missing = [f for f in failures if any(word in f[2] for word in _MISSING)]
        wrong = [f for f in failures if f not in missing]
        demand = f"{name} / {facet.to_string('requirement')}"
        if wrong:
            zh, en = (
                f"“{demand}”：{len(wrong)} 个构件的值不符合要求。",
                f"{demand}: {len(wrong)} elements have a wrong value.",
            )
            found.append(_finding(args, number, "violation", f"{row}|value", zh, en, name, wrong))
        if missing:
            zh = f"“{demand}”：{len(missing)} 个构件缺少数据，无法判定。请设计单位补充。"
            en = f"{demand}: {len(missing)} elements lack the data; undecided. To be supplied by the design institute."
            found.append(_finding(args, number, "undecided", f"{row}|missing", zh, en, name, missing))
    return found or [_passed(spec, number, args, name)]


def _passed(spec: Any, number: int, args: dict[str, Any], name: str) -> dict[str, Any]:
    count = len(spec.applicable_entities)
    if str(args.get("state", "complete")) != "complete":
        zh, en = f"“{name}”：已读部分满足，但模型未完整读取。", f"{name}: in order as far as the model was read."
        return _finding(args, number, "undecided", "passed", zh, en, name)
    zh, en = f"“{name}”：{count} 个构件均满足。", f"{name}: all {count} elements in order."
    return _finding(args, number, "passed", "passed", zh, en, name)


def _guid(element: Any) -> str:
    return str(getattr(element, "GlobalId", None) or f"#{element.id()}")


def _finding(
    args: dict[str, Any],
    number: int,
    outcome: str,
    what: str,
    zh: str,
    en: str,
    name: str,
    failures: Failures | None = None,
) -> dict[str, Any]:
    failures = failures or []
    return {
        "file_id": str(args["id"]), "sheet_key": "", "rule_code": "IDS", "rule_version": "1.0", "outcome": outcome,
        "subject_key": f"ids|{args['name']}|{number}|{name}|{what}"[:190], "clause": f"{args['name']}：{name}"[:190],
        "clause_status": "verified", "severity": "一般", "message_zh": zh, "message_en": en,
        "measured": float(len(failures)) if failures else None, "demanded": "= 0" if failures else "", "unit": "",
        "box": None, "source_ids": [f[0] for f in failures[:_KEPT]],
        "evidence": {"elements": [list(f) for f in failures[:_KEPT]], "count": len(failures)}, "certainty": 1.0,
    }  # fmt: skip
