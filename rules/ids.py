"""IDS 1.0 files (buildingSMART Information Delivery Specification) run over one model, in the locked child.

ifctester needs the model itself, not our drawing of it, so this station opens the file again, through the same
pre-scan as the reader. Names in an IDS are demands of whoever hands the IDS in: a failure is a violation of it.
"""

from __future__ import annotations

import json
import mimetypes
from pathlib import Path
from typing import Any

from rules import VERSION

mimetypes.init()  # the schema's loader asks for the system's tables, and the locked child may not read them
NAMED = 200  # failing elements named one by one for each requirement; the rest is counted
_NOTHING: dict[str, Any] = {
    "clause": "",
    "clause_status": "verified",
    "severity": "一般",
    "measured": None,
    "demanded": "",
}


def check(files: list[Path], args: dict[str, Any]) -> dict[str, bytes]:
    """Run an IDS over a model.

    Args:
        files: the model (.ifc or .ifczip), the .ids file.
        args: `id` of the model's file in the findings, `name` of the IDS, `state` of the model's reading.

    Returns:
        {"findings.json": {"engine", "findings"}, "report.json": the report of ifctester}.

    Raises:
        ValueError: the model or the IDS cannot be opened (the child reports it as the file's defect).
    """
    from ifctester import ids, reporter
    from ifctester.ids import IdsXmlValidationError

    from pipeline.readers.ifc.opening import open_model

    opened = open_model(files[0], files[0].read_bytes())
    if opened.model is None:
        raise ValueError(opened.defects[-1].en if opened.defects else "the model cannot be opened")
    try:
        specifications = ids.open(str(files[1]), validate=True)
    except IdsXmlValidationError as error:
        raise ValueError(f"not a valid IDS file: {error.xml_error.reason}") from error
    specifications.validate(opened.model, should_filter_version=False)  # as the official test cases expect
    findings: list[dict[str, Any]] = []
    for number, one in enumerate(specifications.specifications, 1):
        findings += _findings(number, one, args)
    told = reporter.Json(specifications)
    told.report()
    body = {"engine": VERSION, "findings": findings}
    return {
        "findings.json": json.dumps(body, ensure_ascii=False).encode("utf-8"),
        "report.json": told.to_string().encode("utf-8"),
    }


def _findings(number: int, one: Any, args: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the findings of one specification."""
    code = f"IDS-{number:03d}"
    about = {"rule": one.name, "ids": args["name"], "applicable": len(one.applicable_entities)}

    def finding(outcome: str, subject: str, zh: str, en: str, guids: list[str]) -> dict[str, Any]:
        return {
            "file_id": args["id"], "sheet_key": "", "rule_code": code, "rule_version": "ids/1.0", "outcome": outcome,
            "subject_key": subject[:190], "message_zh": zh, "message_en": en, "unit": "", "box": None,
            "source_ids": guids, "evidence": about, "certainty": 1.0, **_NOTHING,
        }  # fmt: skip

    name = one.name
    if one.status is None:
        return [finding("not_applicable", "set", f"“{name}”不适用于此模式。", f"{name!r} is not for this schema.", [])]
    if one.status:
        if not one.applicable_entities:
            return [
                finding("not_applicable", "set", f"“{name}”没有适用的构件。", f"{name!r} applies to nothing here.", [])
            ]
        if args.get("state") != "complete":
            zh, en = (
                f"“{name}”未发现问题，但文件未完整读取。",
                f"{name!r}: nothing found, but the file was not read completely.",
            )
            return [finding("undecided", "all", zh, en, [])]
        count = len(one.applicable_entities)
        return [
            finding(
                "passed", "all", f"“{name}”：{count} 个构件均满足。", f"{name!r}: all {count} elements keep it.", []
            )
        ]
    failed = [
        finding("violation", f"{at}|{_key(failure['element'])}", *_words(name, failure), _guids(failure["element"]))
        for at, facet in enumerate(one.requirements, 1)
        for failure in facet.failures[:NAMED]
    ]
    more = sum(max(0, len(facet.failures) - NAMED) for facet in one.requirements)
    if more:
        failed.append(
            finding("violation", "more", f"“{name}”：另有 {more} 处不满足。", f"{name!r}: {more} more failures.", [])
        )
    if not failed and one.applicable_entities:
        guids = [guid for element in one.applicable_entities[:NAMED] for guid in _guids(element)]
        count = len(one.applicable_entities)
        zh, en = (
            f"“{name}”不允许出现，但有 {count} 个构件。",
            f"{name!r} is prohibited, but {count} elements are there.",
        )
        failed.append(finding("violation", "prohibited", zh, en, guids))
    if not failed:
        failed.append(
            finding(
                "violation", "required", f"“{name}”要求的构件不存在。", f"{name!r}: what it demands is not there.", []
            )
        )
    return failed


def _words(name: str, failure: Any) -> tuple[str, str]:
    element = failure["element"]
    what = f"{element.is_a()} {getattr(element, 'Name', None) or ''}".strip()
    return f"“{name}”：{what} 不满足（{failure['reason']}）。", f"{name!r}: {what} fails ({failure['reason']})."


def _guids(element: Any) -> list[str]:
    guid = getattr(element, "GlobalId", None)
    return [str(guid)] if guid else []


def _key(element: Any) -> str:
    return (_guids(element) or [f"#{element.id()}"])[0]
