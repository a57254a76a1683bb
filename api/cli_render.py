"""`tushen render`: one sheet as PNG, SVG or PDF, or the model as GLB."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from api.cli_output import Exit, Speaker
from api.cli_reading import Reading, exit_for, read_files

KINDS = ("png", "svg", "pdf", "glb")


def choose_sheet(drawing: Any, wanted: str) -> Any:
    """Return the sheet with an id, number or title; the first one when nothing is wanted.

    Raises Refused when there is none, naming those there are.
    """
    from pipeline.errors import Refused

    if not wanted and drawing.sheets:
        return drawing.sheets[0]
    for name in ("id", "number", "title"):
        found = [one for one in drawing.sheets if getattr(one, name) == wanted]
        if found:
            return found[0]
    names = ", ".join(f"{one.id} {one.number} {one.title}".strip() for one in drawing.sheets[:30]) or "-"
    raise Refused(f"没有图幅“{wanted}”；现有：{names}", f"There is no sheet {wanted!r}; there are: {names}")


def load_drawing(reading: Reading) -> Any:
    """Return the drawing of a reading. Raises Refused with the first defect when there is none."""
    from pipeline.drawing import snapshot
    from pipeline.errors import Refused

    if reading.snapshot is None:
        first = (reading.summary["defects"] or [{"zh": "", "en": ""}])[0]
        raise Refused(f"{reading.name}：{first['zh']}", f"{reading.name}: {first['en']}")
    if reading.drawing is None:
        reading.drawing = snapshot.load(reading.snapshot)
    return reading.drawing


def command_render(args: argparse.Namespace, speaker: Speaker) -> int:
    """Run `tushen render`."""
    out = Path(args.output)
    kind = out.suffix.lower().removeprefix(".")
    if kind not in KINDS:
        speaker.complain(f"输出须为 {'、'.join(KINDS)}。", f"The output must end in one of {', '.join(KINDS)}.")
        return Exit.BAD_INPUT
    if not 10 <= args.dpi <= 1200:
        speaker.complain("分辨率须在 10 至 1200 之间。", "The resolution must be between 10 and 1200.")
        return Exit.BAD_INPUT
    readings = read_files([Path(args.file)], speaker)
    drawing = load_drawing(readings[0])
    if kind == "glb":
        from pipeline.rendering.model import make_glb

        body = make_glb(drawing)
        if body is None:
            speaker.complain("文件中没有三维模型。", "There is no model in the file.")
            return Exit.BAD_INPUT
        told = f"{len(body)} bytes"
    else:
        from pipeline.rendering.render import render_sheet

        sheet = choose_sheet(drawing, args.sheet)
        body = render_sheet(drawing, sheet, kind, args.dpi)
        told = f"{sheet.id} {sheet.number} {sheet.title}".strip()
    out.write_bytes(body)
    speaker.say(f"已写出 {out}（{told}）", f"wrote {out} ({told})")
    for found in readings[0].summary["defects"]:
        speaker.complain(found["zh"], found["en"])
    return exit_for(readings)
