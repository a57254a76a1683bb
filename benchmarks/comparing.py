"""Accuracy of comparing on the mutation benchmark: our readers and engine, in process, scored by its scorer.

python -m benchmarks.comparing --seeds 7 11 --pairs dxf-dxf,pdf-pdf,ifc-ifc --per 2 --work DIR [--peers] [--report FILE]
python -m benchmarks.comparing --drawn 21 22 --seeds 7 --work DIR          (buildings drawn from seeds as sources)

One line a pair of formats, and one a source under it; no average over pairs.

Pairs with scans (pdf-scan, dxf-scan) can be made only where OpenCV is installed: the generator blurs and turns with it.
Its pdf-scan cases are turned into pairs of two scans (scan-scan) by scanning the old plot in the same way.
TUSHEN_BENCH names the folder with generate.py, score.py and sources (default ../shared/bench).
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from benchmarks.comparing_peers import tools  # noqa: E402
from benchmarks.comparing_table import Case, moved_right, table  # noqa: E402
from benchmarks.drawings import opened  # noqa: E402
from benchmarks.drawn_buildings import sources as drawn_sources  # noqa: E402
from benchmarks.scan_pairs import add_scan_pairs  # noqa: E402

PAIRS = "dxf-dxf,pdf-pdf,ifc-ifc,dxf-pdf,ifc-dxf,ifc-pdf,pdf-scan"


def bench_folder() -> Path:
    return Path(os.environ.get("TUSHEN_BENCH", ROOT.parent / "shared" / "bench")).resolve()


def generate(work: Path, seed: str, per: int, pairs: str, sources: Path) -> Path:
    out = work / f"pairs-{seed}" if sources.parent != work else work / f"pairs-{seed}-{sources.name}"
    wanted = list(dict.fromkeys("pdf-scan" if pair == "scan-scan" else pair for pair in pairs.split(",")))
    if not out.exists():
        command = [sys.executable, str(bench_folder() / "generate.py"), "--src", str(sources), "--out", str(out)]
        subprocess.run(
            [*command, "--seed", seed, "--per", str(per), "--pairs", ",".join(wanted)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    if "scan-scan" in pairs.split(","):
        add_scan_pairs(out, bench_module("generate").scan)
    return out


def chosen(given: argparse.Namespace) -> Path:
    """The folder of sources: the one given, the benchmark's own, or buildings drawn from seeds (with those given)."""
    if not given.drawn:
        return Path(given.sources or bench_folder() / "sources")
    folder = Path(given.work) / ("drawn-" + "-".join(given.drawn))
    if not folder.exists():
        drawn_sources([int(seed) for seed in given.drawn], folder)
        for kind in ("dxf", "ifc") if given.sources else ():
            for path in (given.sources / kind).glob(f"*.{kind}"):
                shutil.copy(path, folder / kind / path.name)
    return folder


def run(cases: Path, pairs: str, predictions: Path) -> None:
    from pipeline.comparing.engine import compare_drawings
    from pipeline.comparing.scans.pixels import Pictures

    for truth in sorted(cases.glob("*/*/truth.json")):
        if truth.parts[-3] not in pairs.split(","):
            continue
        told = json.loads(truth.read_text())
        started = time.process_time()
        old, new = (opened(truth.parent / told[side]["file"]) for side in ("old", "new"))
        pictures = {
            drawing.sha256: Pictures(drawing, truth.parent / told[side]["file"])
            for side, drawing in (("old", old), ("new", new))
        }
        begun = time.process_time()
        answer = compare_drawings(old, new, pictures=pictures).to_json()
        answer["cpu_s"] = time.process_time() - begun
        answer["cpu_s_with_reading"] = time.process_time() - started
        target = predictions / truth.parts[-3] / f"{truth.parts[-2]}.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(answer, ensure_ascii=False))


def bench_module(name: str) -> Any:
    """A module of the benchmark: its generator or its scorer."""
    if os.fspath(bench_folder()) not in sys.path:
        sys.path.append(os.fspath(bench_folder()))
    return importlib.import_module(name)


def score(cases: Path, predictions: Path, pairs: str, verbose: bool) -> list[Case]:
    """Score every answered case."""
    judge, rows = bench_module("score"), []
    for path in sorted(cases.glob("*/*/truth.json")):
        pair, case = path.parts[-3], path.parts[-2]
        told = predictions / pair / f"{case}.json"
        if pair not in pairs.split(",") or not told.exists():
            continue
        truth, said = json.loads(path.read_text()), json.loads(told.read_text())
        found = judge.score_case(truth, said)
        rows.append(Case(pair, truth["source"], found, moved_right(judge, truth, said), said.get("cpu_s")))
        if verbose:
            counts = f"T{found['n']} tp{found['tp']} fp{found['fp']} fn{found['fn']}"
            shift = None if found["reg"] is None else round(found["reg"], 2)
            print(pair, case, truth["nuisances"], counts, "reg", shift, found["missed"], found["fps"][:6], flush=True)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", nargs="+", default=["7"])
    parser.add_argument("--pairs", default=PAIRS)
    parser.add_argument("--per", type=int, default=2)
    parser.add_argument("--sources", type=Path, help="folder with dxf/ and ifc/ (default: the benchmark's own)")
    parser.add_argument("--drawn", nargs="+", default=[], metavar="SEED", help="draw these buildings as sources")
    parser.add_argument("--work", type=Path, required=True, help="where cases and answers are written")
    parser.add_argument("--peers", action="store_true", help="run the peers that can run here too")
    parser.add_argument("--peers-folder", type=Path, help="folder in which ifcdiff and what it needs are installed")
    parser.add_argument("--report", type=Path, help="append the table to this file")
    parser.add_argument("-v", "--verbose", action="store_true")
    given = parser.parse_args()
    if given.peers_folder:
        sys.path.append(os.fspath(given.peers_folder))
    rows: list[tuple[str, str, Case]] = []
    sources = chosen(given)
    for seed in given.seeds:
        cases = generate(given.work, seed, given.per, given.pairs, sources)
        contenders = [("Tushen", run), *(tools() if given.peers or given.peers_folder else [])]
        for who, engine in contenders:
            predictions = (
                given.work / f"answers-{cases.name.removeprefix('pairs-')}-{who.replace(' ', '-').replace(',', '')}"
            )
            engine(cases, given.pairs, predictions)
            found = score(cases, predictions, given.pairs, given.verbose and who == "Tushen")
            rows += [(who, seed, row) for row in found]
    text = table(rows)
    print(text)
    if given.report:
        given.report.parent.mkdir(parents=True, exist_ok=True)
        version = importlib.import_module("pipeline.comparing").VERSION
        command = (
            "python -m benchmarks.comparing --seeds "
            + " ".join(given.seeds)
            + (f" --drawn {' '.join(given.drawn)}" if given.drawn else "")
            + f" --pairs {given.pairs} --per {given.per}"
        )
        with given.report.open("a") as stream:
            stream.write(f"\n`{command}` ({version}, {time.strftime('%Y-%m-%d')})\n\n{text}\n")


if __name__ == "__main__":
    main()
