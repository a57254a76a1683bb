"""Accuracy of comparing on the mutation benchmark: our readers and engine, in process, scored by its scorer.

python benchmarks/comparing.py --seeds 7 11 --pairs dxf-dxf,pdf-pdf,ifc-ifc --per 2 --work DIR [--peers] [--report FILE]

TUSHEN_BENCH names the folder with generate.py, score.py and sources (default ../shared/bench).
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
PAIRS = "dxf-dxf,pdf-pdf,ifc-ifc,dxf-pdf,ifc-dxf"
COLUMNS = ("P", "R", "F1", "LF1", "fp_nuisance", "values", "reg_med", "reg_max", "seconds")


def bench_folder() -> Path:
    return Path(os.environ.get("TUSHEN_BENCH", ROOT.parent / "shared" / "bench")).resolve()


def generate(work: Path, seed: str, per: int, pairs: str, sources: Path) -> Path:
    out = work / f"pairs-{seed}"
    if not out.exists():
        command = [sys.executable, str(bench_folder() / "generate.py"), "--src", str(sources), "--out", str(out)]
        subprocess.run(
            [*command, "--seed", seed, "--per", str(per), "--pairs", pairs], check=True, stdout=subprocess.DEVNULL
        )
    return out


def read(path: Path) -> Any:
    from pipeline.readers.registry import read_path
    from pipeline.sheets.find import find_sheets

    drawing = read_path(path, path.name)
    find_sheets(drawing)
    drawing.meta["name"] = path.name
    return drawing


def run(cases: Path, pairs: str, predictions: Path) -> None:
    from pipeline.comparing.engine import compare_drawings
    from pipeline.comparing.scans.pixels import Pictures

    for truth in sorted(cases.glob("*/*/truth.json")):
        if truth.parts[-3] not in pairs.split(","):
            continue
        told = json.loads(truth.read_text())
        started = time.perf_counter()
        old, new = (read(truth.parent / told[side]["file"]) for side in ("old", "new"))
        pictures = {
            drawing.sha256: Pictures(drawing, truth.parent / told[side]["file"])
            for side, drawing in (("old", old), ("new", new))
        }
        answer = compare_drawings(old, new, pictures=pictures).to_json()
        answer["seconds_with_reading"] = time.perf_counter() - started
        target = predictions / truth.parts[-3] / f"{truth.parts[-2]}.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(answer, ensure_ascii=False))


def exact_entity_peer(cases: Path, pairs: str, predictions: Path) -> None:
    """Stand-in for DWGCOMPARE: exact entities at 6 decimals, no registration (DXF-DXF only)."""
    import ezdxf

    def keys(path: Path) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for entity in ezdxf.readfile(path).modelspace():
            attributes = {k: v for k, v in entity.dxfattribs().items() if k not in ("handle", "owner", "color")}
            box = ezdxf.bbox.extents([entity], fast=True)
            key = (entity.dxftype(), str({k: _rounded(v) for k, v in sorted(attributes.items())}))
            found[key] = [box.extmin.x, box.extmin.y, box.extmax.x, box.extmax.y] if box.has_data else None
        return found

    import ezdxf.bbox

    for truth in sorted(cases.glob("dxf-dxf/*/truth.json")):
        if "dxf-dxf" not in pairs.split(","):
            break
        old, new = keys(truth.parent / "old.dxf"), keys(truth.parent / "new.dxf")
        changes = [{"kind": "removed", "bbox": b} for k, b in old.items() if k not in new and b]
        changes += [{"kind": "added", "bbox": b} for k, b in new.items() if k not in old and b]
        target = predictions / "dxf-dxf" / f"{truth.parts[-2]}.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps({"changes": changes, "seconds": None}))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    if hasattr(value, "xyz"):
        return tuple(round(v, 6) for v in value.xyz)
    return value


def guid_peer(cases: Path, pairs: str, predictions: Path) -> None:
    """Stand-in for tools that match by GlobalId: names and attributes of equal GlobalIds only (IFC-IFC)."""
    import ifcopenshell

    for truth in sorted(cases.glob("ifc-ifc/*/truth.json")):
        if "ifc-ifc" not in pairs.split(","):
            break
        old, new = (
            {e.GlobalId: (e.is_a(), e.Name) for e in ifcopenshell.open(str(truth.parent / f)).by_type("IfcElement")}
            for f in ("old.ifc", "new.ifc")
        )
        changes = [{"kind": "removed", "guid_old": g} for g in old if g not in new]
        changes += [{"kind": "added", "guid_new": g} for g in new if g not in old]
        changes += [{"kind": "modified", "guid_new": g} for g in new if g in old and old[g] != new[g]]
        target = predictions / "ifc-ifc" / f"{truth.parts[-2]}.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps({"changes": changes, "seconds": None}))


def score(cases: Path, predictions: Path, pairs: str, verbose: bool) -> list[dict[str, Any]]:
    target = predictions / "scores.json"
    command = [sys.executable, str(bench_folder() / "score.py"), "--bench", str(cases), "--pred", str(predictions)]
    answer = subprocess.run(
        [*command, "--json", str(target), *(["-v"] if verbose else [])], check=True, capture_output=True, text=True
    )
    if verbose:
        print(answer.stdout)
    return [row for row in json.loads(target.read_text()) if row["pair"] in pairs.split(",")]


def table(rows: list[tuple[str, str, dict[str, Any]]]) -> str:
    head = ["who", "seed", "pair", "cases", "edits", "strict P", "R", "F1", "lenient F1", "false/nuisance pair"]
    head += ["values", "reg. median mm", "reg. max mm", "s/case"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for who, seed, row in rows:
        shown = ["-" if row[c] is None else f"{row[c]:.3f}" for c in COLUMNS]
        lines.append("| " + " | ".join([who, seed, row["pair"], str(row["cases"]), str(row["edits"]), *shown]) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", nargs="+", default=["7"])
    parser.add_argument("--pairs", default=PAIRS)
    parser.add_argument("--per", type=int, default=2)
    parser.add_argument("--sources", type=Path, help="folder with dxf/ and ifc/ (default: the benchmark's own)")
    parser.add_argument("--work", type=Path, required=True, help="where cases and answers are written")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--report", type=Path, help="append the table to this file")
    parser.add_argument("-v", "--verbose", action="store_true")
    given = parser.parse_args()
    rows: list[tuple[str, str, dict[str, Any]]] = []
    for seed in given.seeds:
        cases = generate(given.work, seed, given.per, given.pairs, given.sources or bench_folder() / "sources")
        contenders = [("Tushen", run)]
        if given.peers:
            contenders += [("exact entities", exact_entity_peer), ("by GlobalId", guid_peer)]
        for who, engine in contenders:
            predictions = given.work / f"answers-{seed}-{who.replace(' ', '-')}"
            engine(cases, given.pairs, predictions)
            found = score(cases, predictions, given.pairs, given.verbose and who == "Tushen")
            rows += [(who, seed, row) for row in found if row["cases"] > row["missing"]]
    text = table(rows)
    print(text)
    if given.report:
        given.report.parent.mkdir(parents=True, exist_ok=True)
        version = importlib.import_module("pipeline.comparing").VERSION
        command = (
            "python benchmarks/comparing.py --seeds "
            + " ".join(given.seeds)
            + f" --pairs {given.pairs} --per {given.per}"
        )
        with given.report.open("a") as stream:
            stream.write(f"\n`{command}` ({version}, {time.strftime('%Y-%m-%d')})\n\n{text}\n")


if __name__ == "__main__":
    main()
