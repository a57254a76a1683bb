"""The table of the mutation benchmark: one line a tool, pair of formats and source drawing."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from typing import Any

HEAD = (
    "pair", "tool", "source", "cases", "edits", "strict P", "R", "F1", "lenient F1", "false per nuisance pair",
    "moved lengths right", "registration median mm", "max mm", "CPU s/case",
)  # fmt: skip
LENGTH_MM = 5.0  # or 0.1 mm on paper


@dataclass(slots=True)
class Case:
    """One scored case."""

    pair: str
    source: str
    score: dict[str, Any]  # of the scorer
    moved: tuple[int, int]  # moves told with the right length, moves told
    cpu_s: float | None  # of comparing alone


def moved_right(judge: Any, truth: dict[str, Any], said: dict[str, Any]) -> tuple[int, int]:
    """How many of the moves that were told as moves have the right length (max(5 mm, 0.1 mm on paper)), of how many."""
    moves = [one for one in truth["changes"] if one["kind"] == "moved"]
    if not moves:
        return 0, 0
    if truth["pair"] != "ifc-ifc":
        values = judge.score_case({**truth, "changes": moves}, said)["vals"]
        return sum(bool(one) for one in values), len(values)
    told = {one.get("guid_new"): one for one in said["changes"] if one["kind"] == "moved" and one.get("delta")}
    apart = [abs(length(told[one["guid_new"]]) - one["delta_mm"][0]) for one in moves if one["guid_new"] in told]
    return sum(one <= LENGTH_MM for one in apart), len(apart)


def length(change: dict[str, Any]) -> float:
    """How far an element was moved, mm; placements of turned hosts move along any axis."""
    return math.hypot(*change["delta"], change["details"].get("delta_z_mm") or 0.0)


def table(rows: list[tuple[str, str, Case]]) -> str:
    """Return the table of (tool, seed, case): a line a pair and tool over all seeds, and one a source under it."""
    lines = ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
    pairs = dict.fromkeys((row.pair, who) for who, _, row in rows)
    for pair, who in sorted(pairs, key=lambda one: one[0]):
        own = [row for name, _, row in rows if row.pair == pair and name == who]
        lines.append(line(own, pair, who, "all"))
        for source in sorted({row.source for row in own}):
            lines.append(line([row for row in own if row.source == source], pair, who, source))
    return "\n".join(lines)


def line(cases: list[Case], pair: str, who: str, source: str) -> str:
    """Return one line over some cases."""

    def total(name: str) -> int:
        return sum(case.score[name] for case in cases)

    hits, false, missed = total("tp"), total("fp"), total("fn")
    touched = 1 - total("lfp") / max(1, total("pred"))
    found = total("ltp") / max(1, total("n"))
    nuisance = [case.score["fp"] for case in cases if case.score["n"] == 0]
    right, moves = (sum(case.moved[k] for case in cases) for k in (0, 1))
    shifts = [case.score["reg"] for case in cases if case.score["reg"] is not None]
    cpu = [case.cpu_s for case in cases if case.cpu_s is not None]
    numbers = [
        hits / max(1, hits + false),
        hits / max(1, hits + missed),
        2 * hits / max(1, 2 * hits + false + missed),
        2 * touched * found / max(1e-9, touched + found),
        statistics.mean(nuisance) if nuisance else None,
        right / moves if moves else None,
        statistics.median(shifts) if shifts else None,
        max(shifts) if shifts else None,
        statistics.median(cpu) if cpu else None,
    ]
    shown = ["-" if one is None else f"{one:.3f}" for one in numbers]
    return "| " + " | ".join([pair, who, source, str(len(cases)), str(total("n")), *shown]) + " |"
