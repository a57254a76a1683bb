"""`tushen compare`: an old and a new drawing, both read and compared in the locked child."""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from api.cli_output import Exit, Speaker
from api.cli_reading import Reading, exit_for, read_files
from api.cli_render import choose_sheet, load_drawing
from pipeline.drawing.model import Drawing
from pipeline.errors import Refused, TushenError

STATION = "pipeline.stations:compare"
_COLORS = {"added": 0x1A7F37FF, "removed": 0xD92D20FF, "modified": 0xB54708FF, "moved": 0x175CD3FF}


def command_compare(args: argparse.Namespace, speaker: Speaker) -> int:
    """Run `tushen compare`."""
    if args.format in ("pdf", "bcf") and not args.output:
        raise Refused(f"{args.format} 需要 -o 指定输出文件。", f"{args.format} needs -o for its output file.")
    readings = read_files([Path(args.old), Path(args.new)], speaker)
    for one in readings:
        for found in one.summary["defects"]:
            speaker.complain(f"{one.name}：{found['zh']}", f"{one.name}: {found['en']}")
    document = compare_readings(readings[0], readings[1], args.sheet, args.points)
    _write(args, speaker, document, readings[1])
    if document.get("comparable") is False:
        return Exit.BAD_INPUT
    if document["changes"] or document.get("unpaired"):
        return Exit.FINDINGS
    return exit_for(readings)


def compare_readings(
    old: Reading, new: Reading, sheet: str, points: list[list[list[float]]] | None = None
) -> dict[str, Any]:
    """Return the document of docs/formats/comparison.md for two readings.

    `sheet` names the sheet by number or id in both drawings, or as OLD=NEW; "" compares all sheets. `points` are
    pairs of the same place [[x, y] old sheet mm, [x, y] new sheet mm]; they lay one sheet on one.
    Raises Refused when points do not suffice or their sheets are not named, or when a drawing or the sheet is
    missing, TushenError when the child failed.
    """
    from pipeline.isolation.limits import limits_for
    from pipeline.isolation.sandbox import run

    drawings = [load_drawing(old), load_drawing(new)]
    args: dict[str, Any] = {}
    if sheet:
        first, _, second = sheet.partition("=")
        args["pairs"] = [[choose_sheet(drawings[0], first).id, choose_sheet(drawings[1], second or first).id]]
    if points:
        args["pairs"] = args.get("pairs") or _only_pair(drawings)
        args["points"] = [_sufficient(points)]
    with tempfile.TemporaryDirectory(prefix="tushen-") as folder:
        paths = []
        for name, one in (("old", old), ("new", new)):
            path = Path(folder) / name
            path.write_bytes(one.snapshot or b"")
            path.chmod(0o644)
            paths.append(path)
        scans = [any(one["scanned"] for one in reading.summary["sheets"]) for reading in (old, new)]
        for name, one, scan in zip(("old", "new"), (old, new), scans, strict=True):
            if scan:  # compared by its pixels, which only the file itself has
                path = Path(folder) / f"{name}-original"
                shutil.copyfile(one.path, path)
                path.chmod(0o644)
                paths.append(path)
                args.setdefault("originals", []).append(name)
        Path(folder).chmod(0o755)  # the child may be nobody
        size = sum(one.path.stat().st_size for one in (old, new))
        pairs = max(len(one.sheets) for one in drawings) if any(scans) else 0
        outcome = run(STATION, paths, args, limits_for(STATION, str(drawings[1].format), size, pairs))
    if outcome.failure is not None:
        zh, en = outcome.failure.sentences()
        raise TushenError(f"比较未完成：{zh}", f"The comparison did not finish: {en}")
    document: dict[str, Any] = json.loads(outcome.outputs["comparison"])
    document["old"]["file"], document["new"]["file"] = str(old.path), str(new.path)
    return document


def _only_pair(drawings: list[Drawing]) -> list[list[str]]:
    if any(len(drawing.sheets) != 1 for drawing in drawings):
        raise Refused(
            "文件中有多张图，指定对应点时请用 --sheet 指明图纸。", "There are several sheets; name one with --sheet."
        )
    return [[drawing.sheets[0].id for drawing in drawings]]


def _sufficient(points: list[list[list[float]]]) -> list[list[list[float]]]:
    if any(len({tuple(pair[side]) for pair in points}) < max(2, len(points)) for side in (0, 1)):
        raise Refused(
            "请至少给出两对不同的对应点（--points 用两次）。",
            "Give two different pairs of points: --points twice.",
        )
    return points


def _write(args: argparse.Namespace, speaker: Speaker, document: dict[str, Any], new: Reading) -> None:
    if args.format == "json":
        speaker.document(document)
    elif args.format == "text":
        describe(document, speaker)
    elif args.format == "bcf":
        from api.cli_bcf import Topic, write_bcf

        topics = [
            Topic(one["sentence"][speaker.language], one["kind"], _guids(one), one["id"], source_of(document))
            for one in document["changes"]
        ]
        Path(args.output).write_bytes(write_bcf(topics))
        speaker.say(f"已写出 {args.output}（{len(topics)} 条）", f"wrote {args.output} ({len(topics)} topics)")
    else:
        body = picture(document, new, args.sheet, args.format)
        if args.output:
            Path(args.output).write_bytes(body)
            speaker.say(f"已写出 {args.output}", f"wrote {args.output}")
        else:
            speaker.raw(body.decode("utf-8"))


def _guids(change: dict[str, Any]) -> list[str]:
    return [guid for guid in (change.get("guid_new"), change.get("guid_old")) if guid]


def source_of(document: dict[str, Any]) -> str:
    """Return what a comparison stands on as one line: both content hashes and the engine."""
    old, new = document["old"]["sha256"], document["new"]["sha256"]
    return f"compared sha256:{old} with sha256:{new}; comparing {document['engine']}"


def picture(document: dict[str, Any], new: Reading, wanted: str, kind: str) -> bytes:
    """Return a sheet of the new drawing with its differences marked; the first one with any when none is named."""
    from pipeline.rendering.overlay import Mark
    from pipeline.rendering.render import render_sheet

    drawing = load_drawing(new)
    if wanted:
        sheet = choose_sheet(drawing, wanted.partition("=")[2] or wanted)
    else:
        touched = {one.get("sheet_new") for one in document["changes"]}
        sheet = next((one for one in drawing.sheets if one.id in touched), None) or choose_sheet(drawing, "")
    marks = [
        Mark(tuple(one["box_new"]), _COLORS.get(one["kind"], 0xD92D20FF), str(number))
        for number, one in enumerate(document["changes"], 1)
        if one.get("box_new") and one.get("sheet_new") in (sheet.id, None, "")
    ]
    return render_sheet(drawing, sheet, kind, overlay=marks, note=source_of(document))


def describe(document: dict[str, Any], speaker: Speaker) -> None:
    """Write a comparison as lines for a person."""
    for one in document.get("sheets", []):
        reason = one.get("reason") or {}
        if not one.get("comparable", True):
            speaker.say(
                f"图幅 {one['old']['sheet']} → {one['new']['sheet']} 无法比较：{reason.get('zh', '')}",
                f"sheet {one['old']['sheet']} → {one['new']['sheet']} cannot be compared: {reason.get('en', '')}",
            )
    for one in document.get("unpaired", []):
        label = f"{one['sheet']} {one['number']} {one['title']}".strip()
        speaker.say(f"{label}：{one.get('zh', '')}", f"{label}: {one.get('en', '')}")
    for number, one in enumerate(document["changes"], 1):
        cosmetic_zh, cosmetic_en = ("", "") if one["material"] else ("（非实质）", " (cosmetic)")
        words = one["sentence"]
        speaker.say(f"{number}. {words['zh']}{cosmetic_zh}", f"{number}. {words['en']}{cosmetic_en}")
    count = len(document["changes"])
    speaker.say(
        f"共 {count} 处差异，配准置信度 {document['confidence']:.2f}，{document['seconds']:.1f} 秒",
        f"{count} differences, confidence {document['confidence']:.2f}, {document['seconds']:.1f} s",
    )
