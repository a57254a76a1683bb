"""What share of the ink of every DXF, PDF and IFC of the corpus our model holds, sheet by sheet.

`python -m benchmarks.ink [--folder pdf] [--threads 2]` reads and measures each file in locked children as
`tushen read --ink` does (but a model whose reading dies is not read once more without its dear shapes), prints
Markdown and writes benchmarks/results/ink.{md,tsv}.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.child import in_child
from benchmarks.reading import CORPUS, files_of
from benchmarks.record import named, record
from pipeline.drawing.kinds import Format
from pipeline.drawing.model import Ink
from pipeline.isolation.limits import limits_for
from pipeline.measuring.verdict import BESIDE, TARGETS, UNEXPLAINED, below_target, budget_for, unexplained
from pipeline.readers import registry

READ, MEASURE = "pipeline.stations:read", "pipeline.stations:measure"
FOLDERS = ("pdf", "dxf", "ifc")
WORST = 25


@dataclass(slots=True)
class Measured:
    """One sheet, or a file that gave none."""

    path: str
    form: str
    sheet: str
    ink: Ink
    state: str
    codes: list[str] = field(default_factory=list)
    read_cpu: float = 0.0  # of the whole file, on its first row only
    ink_cpu: float = 0.0

    @property
    def named(self) -> dict[str, float]:
        """Causes of the loss that have a name."""
        return {k: v for k, v in self.ink.causes.items() if k not in BESIDE and k != UNEXPLAINED}


def measure_one(path: Path, kind: str) -> list[Measured]:
    """Read and measure one file; a file that gives no drawing gives no rows."""
    size = path.stat().st_size
    outcome = in_child(READ, [path], {"name": path.name}, kind, size)
    if outcome.failure is not None or "snapshot" not in outcome.outputs:
        return []
    summary = json.loads(outcome.outputs["summary"])
    form = summary["format"]
    with tempfile.TemporaryDirectory() as folder:
        snapshot = Path(folder) / "snapshot"
        snapshot.write_bytes(outcome.outputs["snapshot"])
        budget = budget_for(size, limits_for(MEASURE, form, size).cpu_seconds)
        second = in_child(MEASURE, [snapshot, path], {"budget_seconds": budget}, form, size)
    inks: dict[str, Any] = {} if second.failure else json.loads(second.outputs["ink"])
    died = Ink(why=f"meter_failed: {second.failure.kind}") if second.failure else Ink(why="meter_failed")
    codes = sorted({found["code"] for found in summary["defects"]})
    rows = []
    for sheet in summary["sheets"]:
        ink = Ink(**inks[sheet["key"]]) if sheet["key"] in inks else died
        rows.append(Measured(str(path.relative_to(CORPUS)), form, sheet["key"], ink, summary["state"], codes))
    if rows:
        rows[0].read_cpu, rows[0].ink_cpu = outcome.cpu_seconds, second.cpu_seconds
    return rows


def page(rows: list[Measured]) -> str:
    """Return the result as Markdown."""
    return "\n".join([*_table(rows), "", *_unmeasured(rows), "", *_causes(rows), "", *_worst(rows)])


def _table(rows: list[Measured]) -> list[str]:
    lines = [
        "| format | target | files | sheets measured | at target | below, all named | unexplained beyond target | "
        "mean share | ink > 1 % invented | CPU read, measure s |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for form, target in TARGETS.items():
        mine = [row for row in rows if row.form == form]
        told = [row for row in mine if row.ink.share is not None]
        if not told:
            continue
        low = [row for row in told if below_target(form, row.ink)]
        bad = [row for row in low if unexplained(form, row.ink)]
        mean = sum(row.ink.share or 0.0 for row in told) / len(told)
        more = sum(row.ink.causes.get("invented", 0.0) > 0.01 for row in told)
        cpu = f"{sum(r.read_cpu for r in mine):.0f}, {sum(r.ink_cpu for r in mine):.0f}"
        cells = (
            f"{target:.1%}", len({row.path for row in mine}), f"{len(told)} of {len(mine)}",
            f"{len(told) - len(low)} ({1 - len(low) / len(told):.1%})", len(low) - len(bad), len(bad),
            f"{mean:.2%}", more, cpu,
        )  # fmt: skip
        lines.append(f"| {form} | " + " | ".join(str(cell) for cell in cells) + " |")
    return lines


def _unmeasured(rows: list[Measured]) -> list[str]:
    lines = ["| not measured because | sheets |", "|---|---|"]
    why = Counter(row.ink.why.split(":")[0] for row in rows if row.ink.share is None)
    return lines + [f"| `{name or 'empty'}` | {count} |" for name, count in why.most_common()]


def _causes(rows: list[Measured]) -> list[str]:
    lines = ["| format | cause of lost ink (sheets below target) | sheets | of the ink, mean |", "|---|---|---|---|"]
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in rows:
        if below_target(Format(row.form), row.ink):
            for name, part in row.ink.causes.items():
                if name not in BESIDE:
                    found[(row.form, name)].append(part)
    ordered = sorted(found.items(), key=lambda item: (item[0][0], -len(item[1])))
    return lines + [f"| {k[0]} | `{k[1]}` | {len(v)} | {sum(v) / len(v):.1%} |" for k, v in ordered]


def _worst(rows: list[Measured]) -> list[str]:
    lines = [f"The {WORST} files with the largest unexplained loss (their worst sheet):", ""]
    lines += ["| file | sheet | share | unexplained | invented | state of the file |", "|---|---|---|---|---|---|"]
    best: dict[str, Measured] = {}
    for row in rows:
        if unexplained(Format(row.form), row.ink):
            known = best.get(row.path)
            if known is None or known.ink.causes[UNEXPLAINED] < row.ink.causes[UNEXPLAINED]:
                best[row.path] = row
    ordered = sorted(best.values(), key=lambda row: -row.ink.causes[UNEXPLAINED])[:WORST]
    for row in ordered:
        causes = row.ink.causes
        lines.append(
            f"| {row.path} | {row.sheet} | {row.ink.share:.2%} | {causes[UNEXPLAINED]:.2%} "
            f"| {causes.get('invented', 0.0):.1%} | {row.state} |"
        )
    return lines


def main(arguments: list[str] | None = None) -> None:
    """Measure the corpus, print and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", action="append", choices=FOLDERS)
    parser.add_argument("--threads", type=int, default=2)
    chosen = parser.parse_args(arguments)
    folders = chosen.folder or list(FOLDERS)
    registry.reader_for(registry.Format.DXF)
    work = [item for folder in folders for item in files_of(folder)]
    with ThreadPoolExecutor(chosen.threads) as pool:
        rows = [row for found in pool.map(lambda item: measure_one(*item), work) for row in found]
    lines = (
        f"{r.path}\t{r.form}\t{r.sheet}\t{'' if r.ink.share is None else r.ink.share}\t{r.ink.by}\t{r.ink.why}"
        f"\t{json.dumps(r.ink.causes)}\t{r.state}\t{','.join(r.codes)}\t{r.read_cpu:.2f}\t{r.ink_cpu:.2f}"
        for r in rows
    )
    head = "path\tformat\tsheet\tshare\tby\twhy\tcauses\tstate\tdefects\tread_cpu_s\tink_cpu_s"
    record(named("ink", folders, FOLDERS), page(rows), head, lines)


if __name__ == "__main__":
    main()
