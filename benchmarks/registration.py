"""Whether sheets are laid on one another rightly, refused, or confidently and wrongly: the stress of registration.

`python -m benchmarks.registration [--seed 1] [--verbose]` prints the table and writes results/registration.md;
`--sources FOLDER` runs it on the drawings of a folder instead (`--seed 21 22 …`, `--only mirrored`) and writes none.
Six plans of the corpus × three trials × each condition, once with their texts and once with the linework alone.
A copy is split, shuffled and jittered, disturbed as its condition says, brought to a random unit, turned by any angle
and shifted; it is right when no corner of the plan lies further than 1e-3 of the diagonal from where it should.
Beside them: a point-symmetric house and a grid of equal bays (with texts they must be right, without texts refused)
and unrelated plans (must be refused).
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.drawings import opened
from benchmarks.reading import CORPUS
from benchmarks.record import write
from benchmarks.registration_cases import (
    CONDITIONS,
    Condition,
    column_grid,
    disturbed,
    sized,
    two_unit_house,
    without_texts,
)
from pipeline.comparing.boxes import corners
from pipeline.comparing.content import Content, content_of
from pipeline.comparing.registration import Registration, register
from pipeline.comparing.segments import map_points

TRIALS = 3
NEAR = 1e-3  # of the diagonal of the new sheet
PLANS = (
    ("ceco53", "dxf/skymakerolof+dxf/test/resources/Ceco.NET-Architecture-Tm-53.dxf", 0),
    ("bops first floor", "pdf/unboxed+bops/spec/fixtures/files/images/proposed-first-floor-plan.pdf", 0),
    ("fzk ground", "ifc/ThatOpen+engine_web-ifc/tests/ifcfiles/public/AC20-FZK-Haus.ifc", 0),
    ("fzk attic", "ifc/ThatOpen+engine_web-ifc/tests/ifcfiles/public/AC20-FZK-Haus.ifc", 1),
    ("bcf architectural", "ifc/buildingSMART+BCF-XML/Test Cases/IFCs/Architectural.ifc", 0),
    (
        "simple-ifc",
        "ifc/_revisions/brunopostle+simple-ifc/_test_simple.ifc/10_2026-03-01_8960791.ifc",
        1,
    ),
)
LEAST_LINES = 100  # of a sheet of a folder
MOST_SHEETS = 3  # of one of its files
Key = tuple[str, str, str]  # group, condition, texts or linework


@dataclass(slots=True)
class Trial:
    """What came out of one registration."""

    plan: str
    verdict: str  # right refused wrong
    error: float  # of the diagonal
    error_mm: float  # of reality
    seconds: float
    found: Registration


def plans() -> dict[str, Content]:
    """Read the plans, in millimetres of reality."""
    result = {}
    for name, path, sheet in PLANS:
        full = Path(CORPUS) / path
        drawing = opened(full)
        result[name] = sized(content_of(drawing, drawing.sheets[sheet]))
    return result


def plans_of(folder: Path) -> dict[str, Content]:
    """Read the sheets with most lines of every file of a folder, in millimetres of reality."""
    result = {}
    for full in sorted(path for path in folder.rglob("*") if path.is_file()):
        drawing = opened(full)
        sheets = [(sheet.number or str(k), content_of(drawing, sheet)) for k, sheet in enumerate(drawing.sheets)]
        sheets.sort(key=lambda one: -len(one[1].seg))
        for name, content in sheets[:MOST_SHEETS]:
            if len(content.seg) >= LEAST_LINES:
                result[f"{full.stem}#{name}"] = sized(content)
    return result


def attempt(plan: str, old: Content, new: Content, truth: np.ndarray | None) -> Trial:
    """Register and judge; without a truth only a refusal is right."""
    started = time.process_time()
    found = register(old, new)
    seconds = time.process_time() - started
    if truth is None:
        return Trial(plan, "wrong" if found.comparable else "refused", 1.0, 0.0, seconds, found)
    outer = corners(old.box)
    off = float(np.abs(map_points(found.transform, outer) - map_points(truth, outer)).max())
    error, scale = off / new.diagonal, float(np.sqrt(abs(np.linalg.det(truth[:, :2]))))
    verdict = "refused" if not found.comparable else "right" if error < NEAR else "wrong"
    return Trial(plan, verdict, error, off / scale, seconds, found)


def trials(seed: int, sources: dict[str, Content], only: str = "") -> Iterator[tuple[Key, Trial]]:
    """Run all trials, or those of the conditions whose name holds `only`."""
    for condition in CONDITIONS:
        if only not in condition.name:
            continue
        for name, content in sources.items():
            yield from _repeated("plans", name, content, condition, seed)
    symmetric = {"two-unit house": two_unit_house(), "grid of equal bays": column_grid()}
    for name, content in symmetric.items():
        for condition in (one for one in CONDITIONS[:6] if only in one.name):
            yield from _repeated(name, name, content, condition, seed)
    names = list({name.partition("#")[0]: name for name in sources}.values())  # storeys of one file are related
    for k, name in enumerate(names if only in "another plan" else ()):
        for other in (names[(k + 1) % len(names)], names[(k + 2) % len(names)], names[(k + 3) % len(names)]):
            rng = np.random.default_rng([seed, 999, k])
            new, _ = disturbed(sources[other], Condition("unrelated"), rng)
            for texts in (True, False):
                pair = (sources[name], new) if texts else (without_texts(sources[name]), without_texts(new))
                yield ("unrelated plans", "another plan", _label(texts)), attempt(f"{name} / {other}", *pair, None)


def _repeated(group: str, name: str, content: Content, condition: Condition, seed: int) -> Iterator[tuple[Key, Trial]]:
    for trial in range(TRIALS):
        rng = np.random.default_rng([seed, trial, *condition.name.encode(), *name.encode()])
        new, truth = disturbed(content, condition, rng)
        yield (group, condition.name, _label(True)), attempt(name, content, new, truth)
        alone = without_texts(content), without_texts(new)
        yield (group, condition.name, _label(False)), attempt(name, *alone, truth)


def _label(texts: bool) -> str:
    return "with texts" if texts else "linework alone"


def table(found: dict[Key, list[Trial]]) -> str:
    """Return the table."""
    lines = [
        "| drawings | condition | texts | right | refused | confident and wrong | median error / diagonal | "
        "largest error, mm real | median CPU s |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for (group, condition, texts), rows in found.items():
        count = {verdict: sum(row.verdict == verdict for row in rows) for verdict in ("right", "refused", "wrong")}
        right = [row for row in rows if row.verdict == "right"]
        error = f"{statistics.median(row.error for row in right):.1e}" if right else "–"
        largest = f"{max(row.error_mm for row in right):.4f}" if right else "–"
        seconds = statistics.median(row.seconds for row in rows)
        lines.append(
            f"| {group} | {condition} | {texts} | {count['right']}/{len(rows)} | {count['refused']} | "
            f"{count['wrong']} | {error} | {largest} | {seconds:.2f} |"
        )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """Run the stress and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, nargs="+", default=[1])
    parser.add_argument("--sources", type=Path, help="a folder of drawings instead of the plans of the corpus")
    parser.add_argument("--only", default="", help="only conditions whose name holds this")
    parser.add_argument("--verbose", action="store_true", help="print every trial that was not right")
    given = parser.parse_args(arguments)
    found: dict[Key, list[Trial]] = {}
    sources = plans_of(given.sources) if given.sources else plans()
    for key, trial in (one for seed in given.seed for one in trials(seed, sources, given.only)):
        found.setdefault(key, []).append(trial)
        if given.verbose and trial.verdict != "right":
            one = trial.found
            print(
                *key, trial.plan, trial.verdict, f"{trial.error:.1e} {one.confidence:.3f} {one.margin:.3f}", one.method,
                flush=True,
            )  # fmt: skip
    text = table(found)
    print(text)
    if not given.sources and not given.only:
        write("registration", text + "\n")


if __name__ == "__main__":
    main()
