"""What a measured share means: targets, causes, and when a loss nobody can explain becomes a defect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.drawing.defects import Defect, defect
from pipeline.drawing.kinds import Format, State
from pipeline.drawing.model import Ink

TARGETS = {Format.PDF: 0.995, Format.DXF: 0.99, Format.IFC: 0.99}
UNEXPLAINED = "unexplained"
LOST = "ink_lost"  # code of the defect
BUDGET_BASE_SECONDS, BUDGET_SECONDS_PER_MB = 15.0, 3.0  # drawings of practice need 1 to 2 s
BUDGET_OF_LIMIT = 0.6  # of the child's CPU: what is left loads the snapshot and ends the sheet at hand
BESIDE = frozenset({"invented", "image"})
"""Causes told beside the loss, not part of it: ink only we draw, ink inside pictures (shown, not understood)."""


def budget_for(size_bytes: int, cpu_limit_seconds: float) -> float:
    """Return the CPU seconds the meter may take for a file of `size_bytes` in a child with this limit."""
    wanted = BUDGET_BASE_SECONDS + BUDGET_SECONDS_PER_MB * size_bytes / 1e6
    return min(wanted, BUDGET_OF_LIMIT * cpu_limit_seconds)


def settle_causes(lost: float, parts: Mapping[str, float]) -> dict[str, float]:
    """Return cause -> share of the ink lost; what the named parts leave over is `unexplained`."""
    causes: dict[str, float] = {}
    left = lost
    for name, part in parts.items():
        taken = min(part, left)
        if taken > 0:
            causes[name] = causes.get(name, 0.0) + taken
            left -= taken
    if left > 1e-9:
        causes[UNEXPLAINED] = left
    return {name: round(float(part), 6) for name, part in causes.items() if round(float(part), 6) > 0}


def below_target(form: Format, ink: Ink) -> bool:
    """Say whether a sheet was measured and holds less than the target of its format."""
    return ink.share is not None and ink.share < TARGETS.get(form, 0.0)


def unexplained(form: Format, ink: Ink) -> bool:
    """Say whether more ink is missing without a name than the target of the format forgives."""
    return ink.share is not None and ink.causes.get(UNEXPLAINED, 0.0) > 1.0 - TARGETS.get(form, 0.0)


def weighed(form: Format, sheets: Mapping[str, Mapping[str, Any]]) -> tuple[Defect | None, dict[str, dict[str, Any]]]:
    """Return what an unexplained loss means: its defect, None if there is none, and what changes of which sheet.

    Args:
        form: format of the file; where it has a defect here, the file is partial.
        sheets: id -> `ink` ({} not measured), `number`, `title`, `missing`.

    Returns:
        The defect, and id -> {"state", "missing"} of the sheets it concerns.
    """
    inks = {id_: Ink(**sheet["ink"]) for id_, sheet in sheets.items() if sheet["ink"]}
    found = ink_defect(form, inks, {id_: sheet["number"] or sheet["title"] for id_, sheet in sheets.items()})
    if found is None:
        return None, {}
    return found, {
        id_: {"state": State.PARTIAL, "missing": sorted({*sheets[id_]["missing"], LOST})}
        for id_ in found.details["sheets"]
    }


def ink_defect(form: Format, inks: Mapping[str, Ink], names: Mapping[str, str]) -> Defect | None:
    """Return the defect that names the sheets with an unexplained loss, None if there are none.

    `inks` and `names` are by sheet id; the ids of the sheets concerned are `details["sheets"]`.
    """
    found = [id_ for id_, ink in inks.items() if unexplained(form, ink)]
    if not found:
        return None
    worst = max(found, key=lambda id_: inks[id_].causes[UNEXPLAINED])
    return defect(
        "ink_lost",
        count=len(found),
        percent=f"{100 * inks[worst].causes[UNEXPLAINED]:.1f}",
        sheet=names.get(worst) or worst,
        source_id=worst,
        sheets=found,
    )
