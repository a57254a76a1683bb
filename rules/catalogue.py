"""The explicit registry of rules and the page of their docstrings: `python -m rules.catalogue` writes it."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

from rules import VERSION
from rules.checks.asbuilt.drw007_as_built_seal import DRW007
from rules.checks.drawing.drw003_title_block_complete import DRW003
from rules.checks.drawing.drw009_text_height import DRW009
from rules.checks.drawing.drw011_false_dimension import DRW011
from rules.checks.drawing.drw014_proxy_objects import DRW014
from rules.checks.drawing.drw020_coordinate_system import DRW020
from rules.checks.drawing.drw101_outside_the_frames import DRW101
from rules.checks.egress.fir001_egress_door_width import FIR001
from rules.checks.egress.fir006_corridor_clear_height import FIR006
from rules.checks.egress.fir025_fire_door_of_stairs import FIR025
from rules.checks.egress.gen010_corridor_width import GEN010
from rules.checks.guards.gen011_guard_rail_height import GEN011
from rules.checks.model.drw024_spaces_named import DRW024
from rules.checks.set.set001_list_and_sheets_agree import SET001
from rules.checks.set.set002_sheet_numbers_unique import SET002
from rules.checks.set.set003_titles_agree import SET003
from rules.checks.set.set005_sizes_and_versions_agree import SET005
from rules.checks.set.set006_scale_agrees import SET006
from rules.checks.set.set009_section_levels import SET009
from rules.checks.set.set011_dimension_chains import SET011
from rules.checks.set.set012_schedule_and_plans_agree import SET012
from rules.checks.set.set013_room_area import SET013
from rules.checks.stairs.gen006_risers_per_flight import GEN006
from rules.checks.stairs.gen008_tread_and_riser import GEN008
from rules.checks.stairs.set015_step_sums import SET015
from rules.engine.context import load_pack
from rules.engine.rule import PARTS, Rule

RULES: tuple[type[Rule], ...] = (
    FIR001, FIR006, FIR025, GEN006, GEN008, GEN010, GEN011,
    SET001, SET002, SET003, SET005, SET006, SET009, SET011, SET012, SET013, SET015,
    DRW003, DRW007, DRW009, DRW011, DRW014, DRW020, DRW024, DRW101,
)  # fmt: skip
PAGE = Path(__file__).parent.parent / "docs" / "rule_catalogue.md"


def rules() -> list[Rule]:
    """Return one instance of every rule, in the order of the registry."""
    return [rule() for rule in RULES]


def rule_of(code: str) -> type[Rule]:
    """Return a rule by its code; KeyError when there is none."""
    return {rule.code: rule for rule in RULES}[code]


def page(pack_name: str = "national") -> str:
    """Return the catalogue as Markdown."""
    pack = load_pack(pack_name)
    lines = [
        "# Rule catalogue 规则目录", "", "Written by `python -m rules.catalogue`; do not edit.", "",
        f"Engine {VERSION}, pack {pack.name} {pack.edition}. A clause that no expert has signed off",
        "shows 条款待核 and its findings are advice 提示 at most.", "",
        "| code | 规则 | rule | formats | stages | severity | clause | status |", "|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for rule in RULES:
        terms = pack.rules[rule.code]
        status = "" if terms.may_accuse else "条款待核"
        lines.append(
            f"| {rule.code} | {rule.zh} | {rule.en} | {' '.join(rule.formats)} | {' '.join(rule.stages)} | "
            f"{rule.severity} | {terms.clause} | {terms.clause_status} {status} |"
        )
    for rule in RULES:
        lines += ["", f"## {rule.code} {rule.zh} · {rule.en}", "", *_parts(rule)]
        limits = pack.rules[rule.code].limits
        if limits:
            lines.append("")
            lines.append("Limits: " + ", ".join(f"`{name}` {value}" for name, value in limits.items()))
    return "\n".join(lines) + "\n"


def _parts(rule: type[Rule]) -> list[str]:
    text = inspect.cleandoc(rule.__doc__ or "")
    lines: list[str] = []
    for line in text.splitlines():
        word = line.split(" ", 1)[0]
        if word in PARTS:
            lines.append(f"- **{word}** {line[len(word) :].strip()}")
        elif line.startswith(" ") and lines and lines[-1].startswith("- "):
            lines[-1] += " " + line.strip()
        else:
            lines.append(line.rstrip())
    return lines


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name}: {len(RULES)} rules\n")
