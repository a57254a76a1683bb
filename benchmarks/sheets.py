"""Frames found, title blocks read: on framed sheets drawn by our own script.

`python -m benchmarks.sheets` draws every variation twice (the details of the first drawing were tuned on, those of the
second never) and files of chance (never tuned on), reads them as the reader does, holds the result against the truth
and writes benchmarks/results/sheets.md.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.record import write
from benchmarks.sheets_speed import report as speed
from pipeline.drawing.certainty import CONFIRM
from pipeline.drawing.model import Drawing, Sheet
from pipeline.readers.registry import read_path
from pipeline.sheets import find_sheets
from pipeline.sheets.numbers import scale_of, squash, tidy_number
from sample_drawings.framed_sheets.make import Made, make
from sample_drawings.framed_sheets.spec import ASKED, KEYS

PARTS = (
    ("tuned on", 1, False),
    ("chance, tuned on", 3, True),
    ("chance, faults found and mended", 11, True),
    ("held out in an earlier round: the same variations with other details", 7, False),
    ("held out in an earlier round: chance", 23, True),
    ("held out: the same variations with other details", 101, False),
    ("held out: chance", 202, True),
)


@dataclass(slots=True)
class Score:
    """Counts of one variation."""

    files: int = 0
    sheets: int = 0
    found: int = 0
    upright: int = 0
    invented: int = 0
    right: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    asked: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    sure: int = 0  # right values of number, title, scale that need no confirmation
    unnoticed: list[str] = field(default_factory=list)  # wrong ones at or above CONFIRM
    wrong: list[str] = field(default_factory=list)
    cpu_seconds: float = 0.0

    def add(self, other: Score) -> None:
        """Add the counts of another."""
        for name in ("files", "sheets", "found", "upright", "invented", "sure", "cpu_seconds"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("right", "asked"):
            for key, count in getattr(other, name).items():
                getattr(self, name)[key] += count
        self.unnoticed += other.unnoticed
        self.wrong += other.wrong


def ring_of(sheet: Sheet) -> np.ndarray:
    """Return the corners (4, 2) of a sheet in its space, from the lower left."""
    a, b, c, d, tx, ty = sheet.to_space
    w, h = sheet.size_mm
    return np.array([(a * u + b * v + tx, c * u + d * v + ty) for u, v in ((0, 0), (w, 0), (w, h), (0, h))])


def read(made: Made) -> tuple[Drawing, float]:
    """Read a file as the station does; return the drawing and the CPU seconds of finding its sheets."""
    siblings = {path.name: path for path in made.references}
    drawing = read_path(made.path, made.path.name, siblings)
    started = time.process_time()
    find_sheets(drawing)
    return drawing, time.process_time() - started


def score(made: Made) -> Score:
    """Hold what was read against the truth."""
    drawing, seconds = read(made)
    result = Score(files=1, sheets=len(made.truth["sheets"]), cpu_seconds=seconds)
    left = [s for s in drawing.sheets if s.framed]
    for wanted in made.truth["sheets"]:
        corners = np.array(wanted["corners"])
        reach = 0.004 * np.ptp(corners, axis=0).max()
        match, upright = None, False
        for sheet in left:
            ring = ring_of(sheet)
            away = np.linalg.norm(ring[:, None] - corners[None], axis=2)
            if (away.min(axis=1) < reach).all() and (away.min(axis=0) < reach).all():
                match, upright = sheet, bool((np.diag(away) < reach).all())
                break
        name = f"{made.path.stem} {wanted['fields'].get('number', '')}"
        if match is None:
            result.wrong.append(f"{name}: frame not found")
            for key in ASKED:
                result.asked[key] += 1
            continue
        left = [s for s in left if s is not match]
        result.found += 1
        result.upright += upright
        _score_fields(result, name, match, wanted["fields"])
    result.invented = len(left)
    result.wrong += [f"{made.path.stem}: invented a frame {s.size_mm}" for s in left]
    return result


def _score_fields(result: Score, name: str, sheet: Sheet, wanted: dict[str, str]) -> None:
    for key in KEYS:
        got = sheet.fields.get(key)
        value = got.value if got and got.origin != "file" else ""  # "file": measured, not read
        result.asked[key] += 1
        if same(key, value, wanted[key]):
            result.right[key] += 1
            result.sure += key in ASKED and (got is None or got.confidence >= CONFIRM)
            continue
        confidence = got.confidence if got else 0.0
        line = f"{name}: {key} is “{wanted[key]}”, read “{value}” ({confidence:.2f})"
        result.wrong.append(line)
        if key in ASKED and got is not None and confidence >= CONFIRM:
            result.unnoticed.append(line)


def same(key: str, one: str, two: str) -> bool:
    """Whether two values say the same."""
    if key == "number":
        return tidy_number(one) == tidy_number(two)
    if key == "scale":
        return scale_of(one) == scale_of(two)
    return squash(one) == squash(two)


def table(scores: dict[str, Score]) -> str:
    """Return one row a variation."""
    lines = [
        "| variation | files | sheets | found | invented | upright | 图号 | 图名 | 比例 | 专业 | 版次 | 日期 | 单体 |",
        "|---|" + "---|" * 12,
    ]
    for name, one in [*sorted(scores.items()), ("**all**", summed(scores))]:
        cells = " | ".join(f"{one.right[k]}/{one.asked[k]}" for k in KEYS)
        lines.append(
            f"| {name} | {one.files} | {one.sheets} | {one.found} | {one.invented} | {one.upright} | {cells} |"
        )
    return "\n".join(lines)


def summed(scores: dict[str, Score]) -> Score:
    """Return all counts together."""
    total = Score()
    for one in scores.values():
        total.add(one)
    return total


def run(seed: int, chance: bool) -> dict[str, Score]:
    """Draw and read one part; return the counts by variation."""
    scores: dict[str, Score] = defaultdict(Score)
    with tempfile.TemporaryDirectory() as folder:
        for made in make(Path(folder), seed, chance=chance):
            scores[made.truth["variation"]].add(score(made))
    return dict(scores)


def sentence(total: Score) -> str:
    """Return the sums in words."""
    asked = sum(total.asked[k] for k in ASKED)
    right = sum(total.right[k] for k in ASKED)
    return (
        f"{total.sheets} sheets in {total.files} files: {total.found} frames found, {total.invented} invented, "
        f"{total.upright} upright; {right} of {asked} values of 图号, 图名, 比例 right "
        f"({100 * right / asked:.1f} %), {total.sure} of them sure (≥ {CONFIRM}); "
        f"wrong and not asked about: {len(total.unnoticed)}; finding sheets took {total.cpu_seconds:.1f} CPU s."
    )


def main(arguments: list[str] | None = None) -> None:
    """Measure, print and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="name every wrong value")
    parser.add_argument("--only", type=int, choices=range(len(PARTS)), help="one part, nothing is written")
    chosen = parser.parse_args(arguments)
    text = ["# Sheets\n"]
    for index, (name, seed, chance) in enumerate(PARTS):
        if chosen.only is not None and index != chosen.only:
            continue
        scores = run(seed, chance)
        total = summed(scores)
        text.append(f"### Drawn by our script, {name}\n\n{sentence(total)}\n\n{table(scores)}\n")
        print(text[-1])
        if chosen.verbose:
            print("\n".join(total.wrong))
        print("\n".join(f"UNNOTICED {line}" for line in total.unnoticed))
    if chosen.only is not None:
        return
    text.append(speed())
    print(text[-1])
    write("sheets", "\n".join(text))


if __name__ == "__main__":
    main()
