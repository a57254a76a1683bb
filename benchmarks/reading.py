"""How every IFC, DXF and PDF of the corpus ends: in which state, why, and at what cost.

`python -m benchmarks.reading [--folder dxf] [--threads 2]` reads each file in a locked child, exactly as
`tushen read` does, prints a Markdown table and writes benchmarks/results/reading.{md,tsv}.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.child import in_child
from benchmarks.record import named, record
from pipeline.errors import Transient
from pipeline.readers import registry

CORPUS = Path(os.environ.get("TUSHEN_CORPUS", "../shared/corpus"))
FOLDERS = ("dxf", "pdf", "ifc", "ids", "bcf")
STATES = ("complete", "damaged", "partial", "rejected")


@dataclass(slots=True)
class Ending:
    """How one file ended."""

    path: str
    kind: str
    state: str
    codes: list[str] = field(default_factory=list)
    death: str = ""  # how the locked child died, where it did
    sheets: int = 0
    entities: int = 0
    size_bytes: int = 0
    cpu_seconds: float = 0.0
    peak_mb: float = 0.0


def read_one(path: Path, kind: str) -> Ending:
    """Read a file in a locked child and say how it ended."""
    size = path.stat().st_size
    ending = Ending(str(path.relative_to(CORPUS)), kind, "", size_bytes=size)
    args = {"name": path.name, "can_be_careful": kind == "ifc"}
    try:
        outcome = in_child("pipeline.stations:read", [path], args, kind, size)
    except Transient as error:
        raise RuntimeError(f"the sandbox died twice under {path}") from error
    ending.cpu_seconds, ending.peak_mb = outcome.cpu_seconds, outcome.peak_rss_bytes / 1e6
    if outcome.failure is not None:
        ending.state, ending.death = "rejected", outcome.failure.kind
        ending.codes = [outcome.failure.defect().code]
        return ending
    summary = json.loads(outcome.outputs["summary"])
    ending.state = summary["state"]
    ending.codes = sorted({d["code"] for d in summary["defects"]})
    ending.sheets = len(summary["sheets"])
    ending.entities = sum(s["entities"] for s in summary["sheets"])
    return ending


def files_of(folder: str) -> list[tuple[Path, str]]:
    """Return the files of a corpus folder with the limits' format."""
    ends = {"dxf": (".dxf",), "pdf": (".pdf",), "ifc": (".ifc", ".ifczip")}
    found = [p for p in sorted((CORPUS / folder).rglob("*")) if p.is_file()]
    if folder in ends:
        return [(p, folder) for p in found if p.suffix.lower() in ends[folder]]
    return [(p, p.suffix.lower().lstrip(".")) for p in found if p.suffix.lower() in sum(ends.values(), ())]


def table(endings: list[Ending]) -> str:
    """Return the table by format and state, with the reasons of what was not complete."""
    lines = [
        "| format | files | " + " | ".join(STATES) + " | child died | CPU s (sum, max) |",
        "|---|---|" + "---|" * 6,
    ]
    by_kind: dict[str, list[Ending]] = defaultdict(list)
    for ending in endings:
        by_kind[ending.kind].append(ending)
    for kind, rows in sorted(by_kind.items()):
        counts = Counter(r.state for r in rows)
        deaths = Counter(r.death for r in rows if r.death)
        died = ", ".join(f"{n} {k}" for k, n in deaths.items()) or "0"
        cpu = [r.cpu_seconds for r in rows]
        cells = " | ".join(str(counts[s]) for s in STATES)
        lines.append(f"| {kind} | {len(rows)} | {cells} | {died} | {sum(cpu):.0f}, {max(cpu):.1f} |")
    lines += ["", "| format | state | defects named (files) |", "|---|---|---|"]
    for kind, rows in sorted(by_kind.items()):
        for state in STATES[1:]:
            codes = Counter(code for r in rows if r.state == state for code in r.codes)
            if codes:
                named = ", ".join(f"`{c}` {n}" for c, n in codes.most_common())
                lines.append(f"| {kind} | {state} | {named} |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """Read the corpus, print and write the table; every file must end in one of the four states with a reason."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", action="append", choices=[*FOLDERS, "hostile"])
    parser.add_argument("--threads", type=int, default=2)
    chosen = parser.parse_args(arguments)
    folders = chosen.folder or list(FOLDERS)
    registry.reader_for(registry.Format.DXF)
    work = [item for folder in folders for item in files_of(folder)]
    started = time.monotonic()
    with ThreadPoolExecutor(chosen.threads) as pool:
        endings = list(pool.map(lambda item: read_one(*item), work))
    unsaid = [e.path for e in endings if e.state not in STATES or (e.state != "complete" and not e.codes)]
    rows = (
        f"{e.path}\t{e.kind}\t{e.state}\t{','.join(e.codes)}\t{e.death}\t{e.sheets}\t{e.entities}\t{e.size_bytes}"
        f"\t{e.cpu_seconds:.2f}\t{e.peak_mb:.0f}"
        for e in endings
    )
    head = "path\tformat\tstate\tdefects\tdeath\tsheets\tentities\tbytes\tcpu_s\tpeak_mb"
    record(named("reading", folders, FOLDERS), table(endings), head, rows)
    print(
        f"\n{len(endings)} files, {time.monotonic() - started:.0f} s wall, without state or reason: {unsaid or 'none'}"
    )
    if unsaid:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
