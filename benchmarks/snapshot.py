"""How much of reading a file its snapshot costs again: CPU to pack, to reopen, and the bytes kept.

`python -m benchmarks.snapshot [--limit 400]` reads files of the corpus and the sample drawings in this process (each
twice, the second time counts), packs and reopens the drawing, prints a table and writes
benchmarks/results/snapshot.{md,tsv}. The bar: reopening takes at most 5 % of the CPU of reading.
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.hostile import samples
from benchmarks.reading import CORPUS
from benchmarks.record import record
from pipeline.drawing import snapshot
from pipeline.drawing.conclude import conclude
from pipeline.drawing.kinds import State
from pipeline.drawing.model import Drawing
from pipeline.readers.registry import read_path
from pipeline.sheets.find import find_sheets

BAR = 0.05
_QUICK_SECONDS = 0.02  # readings below this are told apart: there the fixed cost of anything counts


@dataclass(slots=True)
class Cost:
    """CPU seconds and bytes of one file."""

    name: str
    format: str
    read: float
    pack: float
    reopen: float
    original_bytes: int
    snapshot_bytes: int

    @property
    def share(self) -> float:
        """Reopening as a part of reading."""
        return self.reopen / self.read


def read(path: Path) -> Drawing:
    """Read a file as the child does."""
    drawing = read_path(path, path.name)
    if drawing.spaces:
        find_sheets(drawing)
    conclude(drawing)
    return drawing


def timed(work: Callable[[], Any], least_seconds: float = 0.02) -> tuple[Any, float]:
    """Return the result and the CPU seconds of one call, the mean of as many as fill the time."""
    gc.collect()
    begin, count = time.process_time(), 0
    while True:
        result = work()
        count += 1
        spent = time.process_time() - begin
        if spent >= least_seconds:
            return result, spent / count


def measure(path: Path, name: str) -> Cost | None:
    """Return the costs of a file, None when it gives no drawing."""
    read(path)
    drawing, reading = timed(lambda: read(path))
    if drawing.state == State.REJECTED:
        return None
    blob, pack = timed(lambda: snapshot.dump(drawing))
    again, reopen = timed(lambda: snapshot.load(blob))
    if snapshot.dump(again) != blob:
        raise AssertionError(f"{name} does not come back as it was")
    return Cost(name, str(drawing.format), reading, pack, reopen, path.stat().st_size, len(blob))


def table(costs: list[Cost]) -> str:
    """Return the table by format, readings below 20 ms apart."""
    lines = [
        "| format | files | CPU s reading | packing | reopening | reopening / reading | median | worst file | over 5 % "
        "| snapshot / file |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for kind in sorted({c.format for c in costs}):
        for quick in (False, True):
            rows = [c for c in costs if c.format == kind and (c.read < _QUICK_SECONDS) == quick]
            if not rows:
                continue
            total = [sum(getattr(c, name) for c in rows) for name in ("read", "pack", "reopen")]
            size = sum(c.snapshot_bytes for c in rows) / sum(c.original_bytes for c in rows)
            label = f"{kind}, read in under 20 ms" if quick else kind
            over = sum(c.share > BAR for c in rows)
            shares = [c.share for c in rows]
            lines.append(
                f"| {label} | {len(rows)} | {total[0]:.2f} | {total[1]:.2f} | {total[2]:.3f} "
                f"| {100 * total[2] / total[0]:.1f} % | {100 * statistics.median(shares):.1f} % "
                f"| {100 * max(shares):.1f} % | {over} | {size:.2f} |"
            )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """Measure, print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, default=400, help="files of the corpus, chosen by a fixed seed")
    chosen = parser.parse_args(arguments)
    ends = (".dxf", ".pdf", ".ifc", ".ifczip")
    found = [
        p for kind in ("dxf", "pdf", "ifc") for p in sorted((CORPUS / kind).rglob("*")) if p.suffix.lower() in ends
    ]
    few = sorted(random.Random(3).sample(found, min(chosen.limit, len(found))))
    work = [(p, p.relative_to(CORPUS).as_posix()) for p in few] + [
        (p, f"sample/{p.parent.name}/{p.name}") for p in samples()
    ]
    costs = [cost for path, name in work if (cost := measure(path, name)) is not None]
    rows = (
        f"{c.name}\t{c.format}\t{c.read:.4f}\t{c.pack:.4f}\t{c.reopen:.5f}\t{c.share:.4f}\t{c.original_bytes}"
        f"\t{c.snapshot_bytes}"
        for c in costs
    )
    record("snapshot", table(costs), "file\tformat\tread_s\tpack_s\treopen_s\tshare\tbytes\tsnapshot_bytes", rows)


if __name__ == "__main__":
    main()
