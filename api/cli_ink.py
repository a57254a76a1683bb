"""`tushen read --ink`: every sheet against an independent rendering of its file."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from api.cli_output import Speaker
    from api.cli_reading import Reading

STATION = "pipeline.stations:measure"


def add_ink(readings: list[Reading], speaker: Speaker) -> None:
    """Measure the files that gave a drawing; put the result into their summaries (in place)."""
    for at, one in enumerate(readings, 1):
        if one.snapshot is None:
            continue
        speaker.complain(f"测量 {at}/{len(readings)} {one.name}", f"measuring {at}/{len(readings)} {one.name}")
        inks = _measured(one)
        for sheet in one.summary["sheets"]:
            sheet["ink"] = inks.get(sheet["key"], {"share": None, "by": "", "why": "meter_failed", "causes": {}})
        _weigh(one.summary)


def measured(sheet: dict[str, Any]) -> bool:
    """Say whether a sheet went through the meter (a share, or a reason for none)."""
    ink = sheet.get("ink") or {}
    return ink.get("share") is not None or bool(ink.get("why"))


def describe_ink(ink: dict[str, Any], speaker: Speaker) -> None:
    """Write the ink of one sheet as a line for a person."""
    told = ", ".join(f"{name} {part:.2%}" for name, part in ink["causes"].items())
    tail = "  ".join(part for part in (ink["by"], told, ink["why"]) if part)
    if ink["share"] is None:
        speaker.say(f"    线条未量  {tail}", f"    ink not measured  {tail}")
    else:
        speaker.say(f"    读懂线条 {ink['share']:.2%}  {tail}", f"    {ink['share']:.2%} of the ink understood  {tail}")


def _measured(one: Reading) -> dict[str, dict[str, Any]]:
    from pipeline.errors import Transient
    from pipeline.isolation.limits import limits_for
    from pipeline.isolation.sandbox import run
    from pipeline.measuring.verdict import budget_for

    size = one.path.stat().st_size
    limits = limits_for(STATION, str(one.summary["format"]), size)
    args = {"budget_seconds": budget_for(size, limits.cpu_seconds)}
    with tempfile.TemporaryDirectory(prefix="tushen-") as folder:
        drawing = Path(folder) / "snapshot"
        drawing.write_bytes(one.snapshot or b"")
        try:
            outcome = run(STATION, [drawing, one.path], args, limits)
        except Transient:
            return {}
    one.cost["ink_cpu_seconds"] = round(outcome.cpu_seconds, 3)
    if outcome.failure is not None:
        return {}
    found: dict[str, dict[str, Any]] = json.loads(outcome.outputs["ink"])
    return found


def _weigh(summary: dict[str, Any]) -> None:
    """An unexplained loss makes sheet and file partial, as it does in the records."""
    from pipeline.drawing.defects import as_json
    from pipeline.drawing.kinds import Format
    from pipeline.measuring.verdict import weighed

    sheets = {sheet["key"]: sheet for sheet in summary["sheets"]}
    found, lowered = weighed(Format(summary["format"]), sheets)
    if found is not None:
        summary["defects"].append(as_json(found))
        summary["state"] = "partial"
    for key, values in lowered.items():
        sheets[key] |= {"state": str(values["state"]), "missing": values["missing"]}
