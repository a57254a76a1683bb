"""Comparing IFC models of 10,000 elements without GlobalIds, and ifcdiff on the same pairs.

`python -m benchmarks.model_comparing [--storeys 36] [--peers DIR]` writes models of equal storeys by script (284
elements each, 0.5 % of them changed in six ways), compares them and writes benchmarks/results/model_comparing.md.
Pairs: new GlobalIds, other order, other row numbers, 1e-7 m jitter, metres for millimetres; and GlobalIds kept.
`ifcdiff` runs in its deep mode (not shallow; attributes, geometry, type, property, container) where it is installed
(extra `bench`), or from the folder given by --peers. CPU seconds of this process and its threads.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import importlib.util
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.comparing_peers import RELATIONS, diffed
from benchmarks.drawings import opened
from benchmarks.record import write as write_result
from benchmarks.storeys import Thing, edited, guid, storeys
from benchmarks.storeys import write as write_model

KINDS = {"removed": "removed", "added": "added", "moved": "moved"}
Told = list[tuple[str, str, str]]  # (kind, old GlobalId, new GlobalId)


@dataclass(slots=True)
class Figures:
    """What a tool did with one pair."""

    who: str
    pair: str
    elements: int
    changes: int
    found: int
    false: int
    right_kind: int
    read_s: float
    compare_s: float

    def line(self) -> str:
        """As a row of the table."""
        recall = self.found / self.changes if self.changes else 1.0
        return (
            f"| {self.pair} | {self.who} | {self.elements} | {self.changes} | {recall:.3f} | {self.right_kind} | "
            f"{self.false} | {self.read_s:.2f} | {self.compare_s:.2f} | {self.read_s + self.compare_s:.2f} |"
        )


def ours(old: Path, new: Path) -> tuple[Told, float, float]:
    """Read and compare with our engine; CPU seconds of reading and of drawing models to changes."""
    from pipeline.comparing.engine import compare_drawings

    started = time.process_time()
    drawings = [opened(path) for path in (old, new)]
    gc.collect()
    begun = time.process_time()
    found = compare_drawings(*drawings).differences
    ended = time.process_time()
    return [(d.kind, d.guid_old, d.guid_new) for d in found], begun - started, ended - begun


def judge(who: str, pair: str, truth: dict[tuple[str, str], str], elements: int, answer: Any) -> Figures:
    """Count what was found of `truth` ((old GlobalId, new GlobalId) -> kind of change)."""
    told, read_s, compare_s = answer
    by_guid: dict[str, str] = {}
    for (old, new), how in truth.items():
        by_guid.update({f"old {old}": how, f"new {new}": how})
    hits, right, false = set(), 0, 0
    for kind, old, new in told:
        how = by_guid.get(f"old {old}" if old else "-") or by_guid.get(f"new {new}" if new else "-")
        if how is None:
            false += 1
            continue
        hits.add((how, next(k for k in truth if (old and k[0] == old) or (new and k[1] == new))))
        right += kind == KINDS.get(how, "modified")
    return Figures(who, pair, elements, len(truth), len(hits), false, right, read_s, compare_s)


def truth_of(told: dict[str, str], old: str, new: str) -> dict[tuple[str, str], str]:
    """The changes by GlobalIds of the old and the new file, whose salts are given."""
    return {
        ("" if how == "added" else guid(old + key), "" if how == "removed" else guid(new + key)): how
        for key, how in told.items()
    }


def run(count: int, seed: int, work: Path, peers: bool) -> list[Figures]:
    """Write the pairs and run the tools over them."""
    things = storeys(count)
    change = edited(things, seed)
    old = work / "old.ifc"
    write_model(old, things, salt="a")
    variants: list[tuple[str, str, list[Thing], dict[str, str], dict[str, Any]]] = [
        ("GlobalIds kept", "a", change.things, change.told, {}),
        ("all GlobalIds new", "b", change.things, change.told, {"seed": 3}),
        ("new GlobalIds, order, jitter, m", "c", change.things, change.told,
         {"seed": 4, "jitter": 1e-7, "unit_mm": 1000.0}),
        ("the same, nothing changed", "d", things, {}, {"seed": 5, "jitter": 1e-7, "unit_mm": 1000.0}),
    ]  # fmt: skip
    rows = []
    for pair, salt, new_things, told, how in variants:
        new = work / f"new-{salt}.ifc"
        write_model(new, new_things, salt=salt, **how)
        truth = truth_of(told, "a", salt)
        rows.append(judge("Tushen", pair, truth, len(things), ours(old, new)))
        print(rows[-1].line(), flush=True)
        if peers and salt in "ab":
            rows.append(judge("ifcdiff", pair, truth, len(things), diffed(old, new)))
            print(rows[-1].line(), flush=True)
        if peers and salt == "a":  # it compares containers by row, not by GlobalId
            rows.append(judge("ifcdiff, no containers", pair, truth, len(things), diffed(old, new, RELATIONS[:-1])))
            print(rows[-1].line(), flush=True)
    return rows


def page(rows: list[Figures], command: str) -> str:
    """The table with what it says."""
    head = [
        "pair",
        "tool",
        "elements",
        "changes",
        "recall",
        "right kind",
        "false",
        "read, CPU s",
        "compare, CPU s",
        "both",
    ]
    lines = [f"# Models\n\n`{command}`\n", "| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += [row.line() for row in rows]
    by = {(row.who, row.pair): row for row in rows}
    for pair in dict.fromkeys(row.pair for row in rows):
        one, two = by.get(("Tushen", pair)), by.get(("ifcdiff", pair))
        if one and two and two.found and pair == "GlobalIds kept":  # without GlobalIds ifcdiff compares nothing
            lines.append(
                f"\n{pair}: comparing costs 1/{two.compare_s / one.compare_s:.1f} of ifcdiff's CPU, with reading "
                f"1/{(two.read_s + two.compare_s) / (one.read_s + one.compare_s):.1f} (our reading makes the triangles "
                "and plans that the viewer and every later comparison use; ifcdiff makes triangles while comparing)."
            )
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> None:
    """Run and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--storeys", type=int, default=36)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--peers", type=Path, help="folder in which ifcdiff and what it needs are installed")
    parser.add_argument("--work", type=Path, help="where the models are written (default: a temporary folder)")
    given = parser.parse_args(arguments)
    if given.peers:
        sys.path.append(os.fspath(given.peers))
    peers = importlib.util.find_spec("ifcdiff") is not None
    with tempfile.TemporaryDirectory() as folder:
        work = given.work or Path(folder)
        work.mkdir(parents=True, exist_ok=True)
        rows = run(given.storeys, given.seed, work, peers)
    command = f"python -m benchmarks.model_comparing --storeys {given.storeys} --seed {given.seed}"
    write_result("model_comparing", page(rows, command))


if __name__ == "__main__":
    main()
