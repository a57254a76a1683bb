"""`tushen read`: files through the locked child into one JSON document or a few lines each."""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from api.cli_ink import add_ink, describe_ink, measured
from api.cli_output import Exit, Speaker

_LOG = logging.getLogger(__name__)
SCHEMA = "tushen.reading/1"
STATION = "pipeline.stations:read"
_FORMATS = {".dxf": "dxf", ".ifc": "ifc", ".ifczip": "ifc", ".pdf": "pdf"}


@dataclass(slots=True)
class Reading:
    """One file as the child read it: its summary, and the snapshot of the drawing where there is one."""

    path: Path
    name: str
    summary: dict[str, Any]
    snapshot: bytes | None = None
    our_failure: str = ""  # not the file's fault
    cost: dict[str, float] = field(default_factory=dict)
    drawing: Any = None  # out of the snapshot, once it was asked for (`load_drawing`)

    @property
    def state(self) -> str:
        """complete, damaged, partial or rejected."""
        return str(self.summary["state"])


def gather(words: list[str]) -> list[Path]:
    """Return the files named on the command line; a folder stands for the files in it, hidden ones left out."""
    found: list[Path] = []
    for word in words:
        path = Path(word)
        if path.is_dir():
            inside = (one for one in sorted(path.rglob("*")) if one.is_file())
            found += [one for one in inside if not any(part.startswith(".") for part in one.relative_to(path).parts)]
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def read_files(paths: list[Path], speaker: Speaker) -> list[Reading]:
    """Read every file in the locked child; the files of one call are one another's siblings."""
    readings = []
    for at, path in enumerate(paths, 1):
        if len(paths) > 1:
            speaker.complain(f"读取 {at}/{len(paths)} {path.name}", f"reading {at}/{len(paths)} {path.name}")
        readings.append(_read_one(path, [one for one in paths if one != path and one.is_file()]))
    return readings


def _read_one(path: Path, others: list[Path]) -> Reading:
    if not path.is_file():
        return Reading(path, path.name, _refused("", "other", "file_not_found", name=str(path)))
    from pipeline.errors import Transient
    from pipeline.isolation.limits import limits_for
    from pipeline.isolation.sandbox import run
    from pipeline.work.told import told_of

    kind = _FORMATS.get(path.suffix.lower(), "other")
    siblings = others if kind == "dxf" else []  # only DXF refers to other files
    args: dict[str, Any] = {"name": path.name, "siblings": [one.name for one in siblings]}
    args |= told_of(kind)
    limits = limits_for(STATION, kind, path.stat().st_size)
    for attempt in (1, 2):
        try:
            outcome = run(STATION, [path, *siblings], args, limits)
            break
        except Transient as error:
            if attempt == 2:
                return Reading(path, path.name, _refused("", kind, "reader_crashed", how=str(error)), None, str(error))
    cost = {"cpu_seconds": round(outcome.cpu_seconds, 3), "peak_rss_mb": round(outcome.peak_rss_bytes / 1e6, 1)}
    if outcome.failure is not None:
        summary = _refused(_sha256(path), kind, defect=outcome.failure.defect())
        ours = outcome.failure.why if outcome.failure.kind == "killed" else ""
        return Reading(path, path.name, summary, None, ours, cost)
    summary = json.loads(outcome.outputs["summary"])
    fault = summary["meta"].pop("fault", None)
    if fault:
        from pipeline.drawing.faults import log_fault

        log_fault(_LOG, f"reading {path.name}", fault["reference"], fault["traceback"])
    return Reading(path, path.name, summary, outcome.outputs.get("snapshot"), "", cost)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _refused(sha256: str, kind: str, code: str = "", defect: Any = None, **details: Any) -> dict[str, Any]:
    """Return the summary of a file that gave no drawing."""
    from dataclasses import asdict

    from pipeline.drawing import defects as catalogue
    from pipeline.drawing.completeness import Completeness
    from pipeline.drawing.model import Coverage

    found = defect if defect is not None else catalogue.defect(code, **details)
    return {
        "format": kind,
        "sha256": sha256,
        "state": "rejected",
        "reader_version": "",
        "defects": [catalogue.as_json(found)],
        "coverage": asdict(Coverage(share=0.0)),
        "completeness": asdict(Completeness()),
        "meta": {},
        "sheets": [],
        "model": False,
    }


def as_document(readings: list[Reading]) -> dict[str, Any]:
    """Return the document of `read --json` (docs/formats/reading.md)."""
    return {"schema": SCHEMA, "files": [_file(one) for one in readings]}


def _file(reading: Reading) -> dict[str, Any]:
    summary = reading.summary
    return {
        "file": str(reading.path),
        "sha256": summary["sha256"],
        "format": summary["format"],
        "state": summary["state"],
        "reader_version": summary["reader_version"],
        "completeness": summary["completeness"],
        "coverage": summary["coverage"],
        "defects": [_defect(one) for one in summary["defects"]],
        "sheets": [_sheet(one) for one in summary["sheets"]],
        "drawing": {"meta": summary["meta"], "model": summary["model"]},
        "annotations": summary.get("annotations", []),
        "signatures": summary.get("signatures", []),
        "counts": {
            "sheets": len(summary["sheets"]),
            "entities": sum(one["entities"] for one in summary["sheets"]),
            "defects": len(summary["defects"]),
            "annotations": len(summary.get("annotations", [])),
            "signatures": len(summary.get("signatures", [])),
        },
        "cost": reading.cost,
    }


def _defect(found: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": found["code"],
        "severity": found["severity"],
        "message": {"zh": found["zh"], "en": found["en"]},
        "remedy": {"zh": found["remedy_zh"], "en": found["remedy_en"]},
        "count": found["count"],
        "source_id": found["source_id"],
    }


def _sheet(sheet: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": sheet["key"],
        "number": sheet["number"],
        "label": sheet.get("label", ""),
        "title": sheet["title"],
        "discipline": sheet["discipline"],
        "kind": sheet["kind"],
        "scale": sheet["scale"],
        "size_mm": [sheet["width_mm"], sheet["height_mm"]],
        "framed": sheet["framed"],
        "scanned": sheet["scanned"],
        "entities": sheet["entities"],
        "state": sheet["state"],
        "missing": sheet["missing"],
        "confidence": {name: value["confidence"] for name, value in sheet["fields"].items()},
        **({"ink": sheet["ink"]} if measured(sheet) else {}),
    }


def exit_for(readings: list[Reading]) -> Exit:
    """Return the exit code of a reading: 4 our fault, 2 nothing could be read, 3 not everything, else 0."""
    states = {one.state for one in readings}
    if any(one.our_failure for one in readings):
        return Exit.OUR_FAILURE
    if states <= {"rejected"}:
        return Exit.BAD_INPUT
    return Exit.CLEAN if states == {"complete"} else Exit.PARTLY_READ


_STATE_ZH = {"complete": "完整", "damaged": "受损", "partial": "不完整", "rejected": "拒收"}


def describe(reading: Reading, speaker: Speaker) -> None:
    """Write a reading as lines for a person."""
    summary = reading.summary
    share = float(summary["coverage"].get("share", 0.0))
    head = f"{reading.path}  [{summary['format']}]"
    speaker.say(
        f"{head}  {_STATE_ZH[reading.state]}  图纸 {len(summary['sheets'])} 张  读取率 {share:.1%}",
        f"{head}  {reading.state}  {len(summary['sheets'])} sheets  {share:.1%} read",
    )
    for sheet in summary["sheets"]:
        size = f"{sheet['width_mm']:.0f}×{sheet['height_mm']:.0f} mm"
        scale = f"1:{sheet['scale']:g}"
        head = f"  {sheet['key']}  {sheet['number'] or '-'}  {sheet['title'] or '-'}  {scale}  {size}"
        speaker.say(f"{head}  图元 {sheet['entities']}", f"{head}  {sheet['entities']} entities")
        if sheet.get("label"):
            speaker.say(f"    页签 {sheet['label']}", f"    page label {sheet['label']}")
        if measured(sheet):
            describe_ink(sheet["ink"], speaker)
    _describe_foreign(summary, speaker)
    for found in summary["defects"]:
        speaker.say(
            f"  ! {found['code']}: {found['zh']}{found['remedy_zh']}",
            f"  ! {found['code']}: {found['en']} {found['remedy_en']}",
        )


_INTEGRITY_ZH = {"intact": "签名后未改动", "changed": "签名后已被改动", "unknown": "无法核验"}


def _describe_foreign(summary: dict[str, Any], speaker: Speaker) -> None:
    """Write what other programs left in the file: marks by author, and signatures."""
    marks = summary.get("annotations", [])
    if marks:
        authors = "、".join(sorted({str(one["author"]) for one in marks if one["author"]})[:5])
        speaker.say(f"  外来批注 {len(marks)} 条  {authors}", f"  {len(marks)} imported annotations  {authors}")
    for one in summary.get("signatures", []):
        who = f"{one['signer'] or one['field']}  {one['signed_at']}".rstrip()
        whole_zh, whole_en = ("覆盖全文件", "whole file") if one["covers_whole_file"] else ("未覆盖全文件", "a part")
        speaker.say(
            f"  电子签名 {who}  {_INTEGRITY_ZH[one['integrity']]}  {whole_zh}  {one.get('why_zh', '')}".rstrip(),
            f"  signature {who}  {one['integrity']}  {whole_en}  {one.get('why_en', '')}".rstrip(),
        )


def command_read(args: argparse.Namespace, speaker: Speaker) -> int:
    """Run `tushen read`."""
    paths = gather(args.files)
    if not paths:
        speaker.complain("没有找到文件。", "No files were found.")
        return Exit.BAD_INPUT
    readings = read_files(paths, speaker)
    if args.ink:
        add_ink(readings, speaker)
    if args.json:
        speaker.document(as_document(readings))
    else:
        for one in readings:
            describe(one, speaker)
    return exit_for(readings)
