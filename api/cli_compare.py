"""`tushen compare`: an old and a new drawing, both read and compared in the locked child."""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from api.cli_bcf import Topic, write_bcf
from api.cli_output import Exit, Speaker
from api.cli_reading import Reading, exit_for, read_files
from api.cli_render import choose_sheet, load_drawing
from api.matching_points import suffice
from pipeline.drawing.model import Drawing
from pipeline.errors import Refused, TushenError

STATION = "pipeline.stations:compare"
RELATIONS = {
    "renumbered": ("图号已改", "renumbered"),
    "retitled": ("图名已改", "retitled"),
    "renamed": ("图号与图名已改", "renumbered and retitled"),
    "swapped": ("图号互换", "numbers swapped"),
    "split": ("一张图拆成数张", "split into several sheets"),
    "merged": ("数张图合成一张", "merged from several sheets"),
    "unsure": ("是否同一张图待确认", "not sure to be one sheet"),
}
OVERLAYS = ("pdf", "svg", "png")


def command_compare(args: argparse.Namespace, speaker: Speaker) -> int:
    """Run `tushen compare`."""
    if args.format in ("pdf", "png", "bcf") and not args.output:
        raise Refused(f"{args.format} 需要 -o 指定输出文件。", f"{args.format} needs -o for its output file.")
    overlay = Path(args.overlay) if args.overlay else None
    if overlay is not None and overlay.suffix[1:].lower() not in OVERLAYS:
        raise Refused("--overlay 的文件须为 pdf、svg 或 png。", "The file of --overlay must end in pdf, svg or png.")
    readings = read_files([Path(args.old), Path(args.new)], speaker)
    for one in readings:
        for found in one.summary["defects"]:
            speaker.complain(f"{one.name}：{found['zh']}", f"{one.name}: {found['en']}")
    document = compare_readings(readings[0], readings[1], args.sheet, args.points)
    _write(args, speaker, document, readings)
    if overlay is not None:
        overlay.write_bytes(picture(document, readings, overlay.suffix[1:].lower(), speaker.language))
        speaker.complain(f"已写出 {overlay}", f"wrote {overlay}")
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
    if not suffice(points):
        raise Refused(
            "请至少给出两对不同的对应点（--points 用两次）。",
            "Give two different pairs of points: --points twice.",
        )
    return points


def _write(args: argparse.Namespace, speaker: Speaker, document: dict[str, Any], readings: list[Reading]) -> None:
    if args.format == "json":
        speaker.document(document)
    elif args.format == "text":
        describe(document, speaker)
    elif args.format == "bcf":
        topics = topics_of(document, readings, speaker.language)
        Path(args.output).write_bytes(write_bcf(topics))
        speaker.say(f"已写出 {args.output}（{len(topics)} 条）", f"wrote {args.output} ({len(topics)} topics)")
    else:
        body = picture(document, readings, args.format, speaker.language)
        if args.output:
            Path(args.output).write_bytes(body)
            speaker.say(f"已写出 {args.output}", f"wrote {args.output}")
        else:
            speaker.raw(body.decode("utf-8"))


def topics_of(document: dict[str, Any], readings: list[Reading], language: str) -> list[Topic]:
    """Return a BCF topic for each difference: elements with a view from above, drawn things with a picture."""
    from pipeline.rendering.comparison_panes import panes_of
    from pipeline.rendering.comparison_report import snapshots

    old, new = (load_drawing(one) for one in readings)
    pictures: dict[int, bytes] = {}
    for pane in panes_of(document, old, new, language):
        pictures |= snapshots(pane)
    top = float(new.elements.box[:, 5].max(initial=0.0, where=~np.isnan(new.elements.box[:, 5]))) / 1000 + 10.0
    topics = []
    for number, one in enumerate(document["changes"], 1):
        guids = list(dict.fromkeys(guid for guid in (one.get("guid_new"), one.get("guid_old")) if guid))
        view = None
        if guids and one["bbox"]:
            x0, y0, x1, y1 = one["bbox"]
            view = ((x0 + x1) / 2, (y0 + y1) / 2, top, max(x1 - x0, y1 - y0, 1.0) * 3)
        about = f"{_about(one)}\n{source_of(document)}".strip()
        title = one["sentence"][language]
        topics.append(Topic(title, one["kind"], guids, one["id"], about, snapshot=pictures.get(number), view=view))
    return topics


def _about(change: dict[str, Any]) -> str:
    """What a topic says beside its title: values, place in the new file, layer, certainty."""
    told = [f"{change['old']} → {change['new']}"] if change["old"] or change["new"] else []
    if change["bbox"]:
        told.append("bbox " + " ".join(f"{value:.6g}" for value in change["bbox"]))
    return "; ".join([*told, change["layer"], f"certainty {change['certainty']:.2f}"]).strip("; ")


def source_of(document: dict[str, Any]) -> str:
    """Return what a comparison stands on as one line: both content hashes and the engine."""
    old, new = document["old"]["sha256"], document["new"]["sha256"]
    return f"compared sha256:{old} with sha256:{new}; comparing {document['engine']}"


def picture(document: dict[str, Any], readings: list[Reading], kind: str, language: str) -> bytes:
    """Return both versions in one picture with numbered differences: `pdf` a page a pair of sheets, else the first."""
    from pipeline.rendering.comparison_panes import panes_of
    from pipeline.rendering.comparison_report import comparison_report

    old, new = (load_drawing(one) for one in readings)
    return comparison_report(panes_of(document, old, new, language), kind, note=source_of(document))


def _label(side: dict[str, Any]) -> str:
    return f"{side['sheet']} {side['number']} {side['title']}".strip()


def _describe_indicators(rows: list[dict[str, Any]], speaker: Speaker) -> None:
    """Write the indicators that differ or that one side does not carry."""
    from pipeline.rendering.comparison_panes import indicator

    for row in rows:
        if row["delta"] != 0:
            speaker.say(f"指标 {indicator(row, 'zh')}", f"indicator {indicator(row, 'en')}")


def describe(document: dict[str, Any], speaker: Speaker) -> None:
    """Write a comparison as lines for a person."""
    for one in document.get("sheets", []):
        reason = one.get("reason") or {}
        if not one.get("comparable", True):
            speaker.say(
                f"图幅 {one['old']['sheet']} → {one['new']['sheet']} 无法比较：{reason.get('zh', '')}",
                f"sheet {one['old']['sheet']} → {one['new']['sheet']} cannot be compared: {reason.get('en', '')}",
            )
        elif one.get("relation", "same") != "same":  # renumbered, retitled, split, merged …
            words, sides = one["paired"] or {"zh": "", "en": ""}, [_label(one[side]) for side in ("old", "new")]
            zh, en = RELATIONS.get(one["relation"], ("", one["relation"]))
            speaker.say(f"{' → '.join(sides)}：{zh}。{words['zh']}", f"{' → '.join(sides)}: {en}. {words['en']}")
    for one in document.get("unpaired", []):
        label = _label(one)
        speaker.say(f"{label}：{one.get('zh', '')}", f"{label}: {one.get('en', '')}")
    for number, one in enumerate(document["changes"], 1):
        cosmetic_zh, cosmetic_en = ("", "") if one["material"] else ("（非实质）", " (cosmetic)")
        words = one["sentence"]
        speaker.say(f"{number}. {words['zh']}{cosmetic_zh}", f"{number}. {words['en']}{cosmetic_en}")
    _describe_indicators(document.get("indicators", []), speaker)
    count = len(document["changes"])
    speaker.say(
        f"共 {count} 处差异，配准置信度 {document['confidence']:.2f}，{document['seconds']:.1f} 秒",
        f"{count} differences, confidence {document['confidence']:.2f}, {document['seconds']:.1f} s",
    )
