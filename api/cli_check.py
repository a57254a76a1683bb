"""`tushen check`: files are read in the locked child, rules run over all of them as one set."""

from __future__ import annotations

import argparse
import json
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from api.cli_output import Exit, Speaker
from api.cli_reading import Reading, exit_for, gather, read_files
from pipeline.errors import Refused, TushenError

STATION = "rules.stations:check"
IDS_STATION = "rules.ids:check"


def command_check(args: argparse.Namespace, speaker: Speaker) -> int:
    """Run `tushen check`."""
    if args.format == "bcf" and not args.output:
        raise Refused("bcf 需要 -o 指定输出文件。", "bcf needs -o for its output file.")
    paths = gather(args.files)
    if not paths:
        raise Refused("没有找到文件。", "No files were found.")
    readings = read_files(paths, speaker)
    document = check_readings(readings, args.stage, args.pack or ["national"], _day(args.on))
    _write(args, speaker, document)
    return exit_of(document, readings)


def _day(words: str) -> date:
    """Return the day whose rules are in force: as asked, else today. Raises Refused."""
    try:
        return date.fromisoformat(words) if words else date.today()
    except ValueError as error:
        raise Refused(f"日期应写作 2026-11-23：{words}", f"A day is written 2026-11-23, not {words}") from error


def exit_of(document: dict[str, Any], readings: list[Reading]) -> Exit:
    """Return 1 for anything a person must act on, else the exit code of the reading; undecided is not clean."""
    outcomes = {one["outcome"] for one in document["findings"]}
    reading = exit_for(readings)
    if reading in (Exit.OUR_FAILURE, Exit.BAD_INPUT):
        return reading
    if outcomes & {"violation", "advice"}:
        return Exit.FINDINGS
    if reading != Exit.CLEAN:
        return reading
    return Exit.FINDINGS if "undecided" in outcomes else Exit.CLEAN


def check_readings(readings: list[Reading], stage: str, packs: list[str], day: date) -> dict[str, Any]:
    """Return the document `tushen.findings/1` for a set of readings and one or more packs, by the rules of a day."""
    findings: list[dict[str, Any]] = []
    reports: list[dict[str, Any]] = []
    for pack in packs:
        part = _check_ids(readings, pack) if pack.lower().endswith(".ids") else _check_pack(readings, stage, pack, day)
        findings += part["findings"]
        if "reports" in part:
            reports.append({"ids": pack, "reports": part["reports"]})
    files = [
        {
            "id": str(one.path),
            "file": str(one.path),
            "sha256": one.summary["sha256"],
            "state": one.state,
            "reader_version": one.summary["reader_version"],
        }
        for one in readings
    ]
    for entry, one in zip(files, readings, strict=True):
        entry["defects"] = [found["code"] for found in one.summary["defects"]]
    from rules.outputs import json as findings_json

    whole: dict[str, Any] = findings_json.document(findings, stage=stage, day=day.isoformat(), packs=packs, files=files)
    if reports:
        whole["ids_reports"] = reports
    return whole


def _check_pack(readings: list[Reading], stage: str, pack: str, day: date) -> dict[str, Any]:
    from rules.engine.context import PackError, load_pack

    try:
        load_pack(pack, day)
    except PackError as error:
        raise Refused(f"规则包不可用：{error}", f"The pack cannot be used: {error}") from error
    readable = [one for one in readings if one.snapshot is not None]
    if not readable:
        return {"findings": []}
    unread = [
        {"id": str(one.path), "name": one.name, "format": one.summary["format"]}
        for one in readings
        if one.snapshot is None
    ]
    args = {"stage": stage, "pack": pack, "day": day.isoformat(), "unread": unread}
    args["files"] = [{"id": str(one.path), "name": one.name} for one in readable]
    if pack.endswith((".yaml", ".yml")):
        return _check_here(readable, args)
    return _check_in_child(readable, args)


def _check_here(readings: list[Reading], args: dict[str, Any]) -> dict[str, Any]:
    """Run a pack file; the child may not read it, and a snapshot executes nothing."""
    from pipeline.drawing.snapshot import load
    from rules import VERSION
    from rules.runner import check

    drawings = [(str(one.path), one.name, load(one.snapshot or b"")) for one in readings]
    unread = [(one["id"], one["name"], one["format"]) for one in args["unread"]]
    day = date.fromisoformat(args["day"])
    findings = check(drawings, args["stage"], args["pack"], unread=unread, on=day)
    return {"engine": VERSION, "findings": [found.as_dict() for found in findings]}


def _check_in_child(readings: list[Reading], args: dict[str, Any]) -> dict[str, Any]:
    from pipeline.isolation.limits import limits_for
    from pipeline.isolation.sandbox import run

    with tempfile.TemporaryDirectory(prefix="tushen-") as folder:
        Path(folder).chmod(0o755)  # the child may be nobody
        paths = []
        for number, one in enumerate(readings):
            path = Path(folder) / str(number)
            path.write_bytes(one.snapshot or b"")
            path.chmod(0o644)
            paths.append(path)
        size = sum(one.path.stat().st_size for one in readings)
        outcome = run(STATION, paths, args, limits_for(STATION, "ifc", size))
    if outcome.failure is not None:
        zh, en = outcome.failure.sentences()
        raise TushenError(f"规则检查未完成：{zh}", f"The check did not finish: {en}")
    body: dict[str, Any] = json.loads(outcome.outputs["findings.json"])
    return body


def _check_ids(readings: list[Reading], pack: str) -> dict[str, Any]:
    """Run an IDS file over every model of the set, each in a locked child."""
    from pipeline.isolation.limits import limits_for
    from pipeline.isolation.sandbox import run

    if not Path(pack).is_file():
        raise Refused(f"没有这个 IDS 文件：{pack}", f"There is no such IDS file: {pack}")
    models = [one for one in readings if one.summary["format"] == "ifc" and one.state != "rejected"]
    findings: list[dict[str, Any]] = []
    reports: dict[str, Any] = {}
    for one in models:
        args = {"id": str(one.path), "name": Path(pack).name, "state": one.state}
        limits = limits_for(IDS_STATION, "ifc", one.path.stat().st_size)
        outcome = run(IDS_STATION, [one.path, Path(pack)], args, limits)
        if outcome.failure is not None:
            zh, en = outcome.failure.sentences()
            raise Refused(f"{pack}：{zh}", f"{pack}: {en}")
        findings += json.loads(outcome.outputs["findings.json"])["findings"]
        reports[str(one.path)] = json.loads(outcome.outputs["report.json"])
    return {"findings": findings, "reports": reports}


def _write(args: argparse.Namespace, speaker: Speaker, document: dict[str, Any]) -> None:
    findings = document["findings"]
    names = {one["id"]: one["file"] for one in document["files"]}
    hashes = {one["id"]: one["sha256"] for one in document["files"] if one["sha256"]}
    if args.format == "text":
        describe(document, speaker)
    elif args.format == "json":
        _put(args, speaker, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    elif args.format == "sarif":
        from rules.outputs import sarif

        _put(args, speaker, sarif.write(findings, names, hashes))
    elif args.format == "ids-report":
        if "ids_reports" not in document:
            raise Refused("ids-report 需要 --pack 文件.ids。", "ids-report needs --pack FILE.ids.")
        reports = {name: document[name] for name in ("engine", "stage", "files")}
        reports |= {"schema": "tushen.ids_report/1", "reports": document["ids_reports"]}
        _put(args, speaker, json.dumps(reports, ensure_ascii=False, indent=1) + "\n")
    else:
        from rules.outputs import bcf

        moment = datetime.now(UTC).isoformat(timespec="seconds")
        Path(args.output).write_bytes(bcf.write(findings, moment, names, hashes=hashes))
        speaker.say(f"已写出 {args.output}", f"wrote {args.output}")


def _put(args: argparse.Namespace, speaker: Speaker, words: str) -> None:
    if args.output:
        Path(args.output).write_text(words, encoding="utf-8")
        speaker.complain(f"已写出 {args.output}", f"wrote {args.output}")
    else:
        speaker.raw(words)


def describe(document: dict[str, Any], speaker: Speaker) -> None:
    """Write the findings as lines for a person, what must be acted on first."""
    for one in document["files"]:
        if one["state"] != "complete":
            codes = ", ".join(one["defects"])
            speaker.say(f"! {one['file']} 未完整读取（{codes}）", f"! {one['file']} was not read completely ({codes})")
    from rules.outputs import text

    speaker.raw(text.write(document["findings"], speaker.language))
