"""DXF to drawing model against `ezdxf.readfile` alone: CPU seconds, peak memory, and the same entities counted.

`python -m benchmarks.dxf_reading [--only NAME] [--rounds 3] [--found]` reads the drawings of the corpus from 0.3 MB
(*large*: from 1 MB), one of about 70 MB merged from them and one merged from our own sample drawings. Each reading runs
in a process of its own, the two readers in turn; the table gives medians. Writes benchmarks/results/dxf_reading.md.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.record import write

CORPUS = Path(os.environ.get("TUSHEN_CORPUS", "../shared/corpus"))
RESULT = Path(__file__).parent / "results" / "dxf_reading.md"
SAMPLES = Path(__file__).parent.parent / "sample_drawings"
MEASURED_BYTES = 300_000
LARGE_BYTES = 1_000_000  # what the targets speak of
MERGED_BYTES = 70_000_000
# what the merged drawing is made of: many small blocks, texts, plain lines, a plan with dimensions
_MERGED = (
    "api-cw750-details.dxf",
    "ex3.dxf",
    "ex1.dxf",
    "3_us_main.dxf",
    "Ceco.NET-Architecture-Tm-53.dxf",
    "plan.dxf",
)


# -- drawings ---------------------------------------------------------------------------------------------------------


def merged(sources: list[Path], target: Path, size_bytes: int) -> Path:
    """Write one drawing with the model spaces of many, blocks renamed and handles new, repeated up to a size."""
    import ezdxf
    from ezdxf.addons.importer import Importer

    logging.disable(logging.CRITICAL)
    documents = [ezdxf.readfile(path) for path in sources]
    out = ezdxf.new("R2018")
    target.parent.mkdir(parents=True, exist_ok=True)
    written, rounds = 0, 1
    while written < 0.95 * size_bytes:
        for _ in range(rounds):
            for document in documents:
                importer = Importer(document, out)
                importer.import_modelspace()
                importer.finalize()
        _draw_dimensions(out)
        out.saveas(target)
        last, written = written, target.stat().st_size
        rounds = max(1, int((size_bytes - written) / max(1, (written - last) / rounds)))
    return target


def _draw_dimensions(doc: Any) -> None:
    """Draw the pictures of dimensions, which the importer leaves behind; those the library cannot draw are left out."""
    for layout, dimension in [(block, d) for block in doc.blocks for d in block if d.dxftype() == "DIMENSION"]:
        if dimension.dxf.get("geometry", "") not in doc.blocks:
            try:
                dimension.render()
            except Exception:  # kinds and styles the library does not draw
                layout.delete_entity(dimension)


def drawings(folder: Path, merge: bool = True) -> list[Path]:
    """Return the drawings that are measured, where `merge` with the merged ones, written into `folder`."""
    found = []
    ours = sorted(p for p in SAMPLES.rglob("*.dxf") if "damaged" not in p.parts)
    if CORPUS.is_dir():
        large = [p for p in CORPUS.glob("dxf/**/*.dxf") if p.is_file() and p.stat().st_size >= MEASURED_BYTES]
        large = [p for p in large if not p.read_bytes()[:22].startswith(b"AutoCAD Binary")]
        found += sorted(large, key=lambda p: p.stat().st_size)
        if not merge:
            return found
        parts = [next(p for p in large if p.name == name) for name in _MERGED]
        found.append(merged(parts, folder / "merged from the corpus.dxf", MERGED_BYTES))
    found.append(merged(ours, folder / "merged from the samples.dxf", MERGED_BYTES // 4))
    return found


# -- readings, each in a process of its own ---------------------------------------------------------------------------


def in_turn(path: Path, rounds: int) -> dict[str, dict[str, float]]:
    """Return the medians of both readers, run one after the other."""
    runs: dict[str, list[dict[str, float]]] = {"ezdxf": [], "tushen": [], "loaded": []}
    for _ in range(rounds):
        for reader, found in runs.items():
            command = [sys.executable, "-m", "benchmarks.dxf_once", reader, str(path)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            found.append(json.loads(done.stdout.splitlines()[-1]))
    return {
        reader: {name: statistics.median(run[name] for run in found) for name in found[0]}
        for reader, found in runs.items()
    }


# -- the same entities ------------------------------------------------------------------------------------------------

_KINDS = {
    "LINE": "LINE", "POINT": "POINT", "CIRCLE": "CIRCLE", "ARC": "ARC", "ELLIPSE": "ELLIPSE", "SPLINE": "SPLINE",
    "HELIX": "SPLINE", "LWPOLYLINE": "POLYLINE", "3DFACE": "POLYLINE", "SOLID": "FILL", "TRACE": "FILL",
}  # fmt: skip
_VIRTUAL = ("LEADER", "MULTILEADER", "MLEADER", "MLINE", "ACAD_PROXY_ENTITY")
COMPARED = ("LINE", "POINT", "CIRCLE", "ARC", "ELLIPSE", "SPLINE", "POLYLINE", "TEXT", "FILL", "HATCH")


class Count:
    """Counts what a layout of an ezdxf document shows, every block reference expanded; knows nothing of our reader."""

    def __init__(self, doc: Any) -> None:
        self.doc = doc
        self._blocks: dict[str, Counter[str]] = {}

    def of(self, entities: Iterable[Any], in_block: bool = False) -> Counter[str]:
        """Return the entities by the drawing model's kinds."""
        found: Counter[str] = Counter()
        for entity in entities:
            if not entity.dxf.get("invisible", 0):
                found.update(self._one(entity, in_block))
        return found

    def block(self, name: str) -> Counter[str]:
        """Return what a block shows."""
        key = name.lower()
        if key not in self._blocks:
            layout = self.doc.blocks.get(name)
            self._blocks[key] = self.of(layout, in_block=True) if layout is not None else Counter()
        return self._blocks[key]

    def _one(self, entity: Any, in_block: bool) -> Counter[str]:
        kind = entity.dxftype()
        if kind in _KINDS:
            return Counter({_KINDS[kind]: 1, "FILL": int(self._wide(entity)) + (_KINDS[kind] == "FILL")})
        if kind == "POLYLINE":
            flat = entity.is_2d_polyline or entity.is_3d_polyline
            return Counter({"POLYLINE": int(flat), "FILL": int(self._wide(entity))})
        if kind == "INSERT":
            cells = max(1, entity.dxf.row_count) * max(1, entity.dxf.column_count)
            inside = Counter({k: n * cells for k, n in self.block(entity.dxf.name).items()})
            texts = [a for a in entity.attribs if not a.is_invisible and a.plain_text().strip()]
            return inside + Counter({"TEXT": len(texts)})
        if kind in ("DIMENSION", "ARC_DIMENSION", "LARGE_RADIAL_DIMENSION"):
            return self.block(entity.dxf.get("geometry", ""))
        if kind == "ACAD_TABLE":
            return self.block(entity.get_block_name())
        if kind in _VIRTUAL:
            return self.of(entity.virtual_entities(), in_block)
        return Counter({self._text_or_hatch(kind, entity, in_block): 1})

    def _text_or_hatch(self, kind: str, entity: Any, in_block: bool) -> str:
        if kind in ("TEXT", "MTEXT") or (kind == "ATTDEF" and in_block and entity.is_const):
            return "TEXT" if entity.plain_text().strip() else ""
        if kind in ("HATCH", "MPOLYGON"):
            return "FILL" if entity.dxf.solid_fill or entity.gradient is not None else "HATCH"
        return ""

    def _wide(self, entity: Any) -> bool:
        if entity.dxftype() == "LWPOLYLINE":
            return bool(entity.dxf.const_width > 0 or any(w for p in entity.lwpoints for w in p[2:4]))
        if entity.dxftype() == "POLYLINE" and entity.is_2d_polyline:
            return any(entity.dxf.get(n, 0) for n in ("default_start_width", "default_end_width")) or any(
                v.dxf.get("start_width", 0) or v.dxf.get("end_width", 0) for v in entity.vertices
            )
        return False


def counts(path: Path) -> tuple[int, list[str]]:
    """Return how many entities both readers count in model space and on the layouts, and what differs."""
    import ezdxf
    import numpy as np

    from pipeline.drawing.kinds import EntityKind
    from pipeline.readers.base import LIMITS
    from pipeline.readers.dxf.columns import door

    logging.disable(logging.CRITICAL)
    doc = ezdxf.readfile(path)
    counting = Count(doc)
    theirs = {layout.name: counting.of(layout) for layout in doc.layouts}
    ours = door.opened(path, None, LIMITS)
    differing, total = [], 0
    for layout in ours.doc.layouts:
        kinds, many = np.unique(ours.expander.layout(layout).kind, return_counts=True)
        found = Counter({EntityKind(int(k)).name: int(n) for k, n in zip(kinds, many, strict=True)})
        total += sum(found[kind] for kind in COMPARED)
        for kind in COMPARED:
            if found[kind] != theirs[layout.name][kind]:
                differing.append(f"{layout.name} {kind} {theirs[layout.name][kind]} / {found[kind]}")
    return total, differing


# -- the table --------------------------------------------------------------------------------------------------------


def is_large(path: Path) -> bool:
    """Tell whether a drawing is one of those that the targets speak of."""
    return path.stat().st_size >= LARGE_BYTES


def row(path: Path, rounds: int) -> tuple[str, dict[str, float]]:
    """Return a line of the table and the figures of one drawing."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.dxf_reading", "--count", str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    total, differing = json.loads(done.stdout.splitlines()[-1])
    runs = in_turn(path, rounds)
    a, b, loaded = runs["ezdxf"], runs["tushen"], runs["loaded"]
    read_s = loaded["read_s"]
    own_a, own_b = a["peak_mb"] - a["base_mb"], loaded["peak_mb"] - loaded["base_mb"]
    ratios = {
        "read": a["read_s"] / read_s,
        "process": a["process_s"] / b["process_s"],
        "peak": b["peak_mb"] / a["peak_mb"],
        "own": own_b / max(own_a, 0.1),
    }
    same = "same" if not differing else "; ".join(differing[:4])
    cells = [
        f"{path.name} ({path.stat().st_size / 1e6:.1f} MB{', **large**' if is_large(path) else ''})",
        f"{total:,} {same}",
        f"{a['read_s']:.3f} / {read_s:.3f} = **{ratios['read']:.1f}×**",
        f"{a['process_s']:.2f} / {b['process_s']:.2f} = {ratios['process']:.1f}×",
        f"{a['peak_mb']:.0f} / {b['peak_mb']:.0f} = {ratios['peak']:.2f}",
        f"{own_a:.0f} / {own_b:.0f} = {ratios['own']:.2f}",
    ]
    return "| " + " | ".join(cells) + " |", ratios


def earlier() -> list[str]:
    """Return the rows of the merged drawings from the last table, marked as those of an earlier run."""
    mark = ", earlier run)"
    rows = [line for line in RESULT.read_text().splitlines() if line.startswith("| merged")]
    return [line if mark in line else line.replace(" MB)", f" MB{mark}", 1) for line in rows]


def main(arguments: list[str] | None = None) -> None:
    """Measure all drawings, print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--found", action="store_true", help="not the merged drawings: their rows stay as they were")
    chosen = parser.parse_args(arguments)
    if chosen.count:
        print(json.dumps(counts(chosen.count)))
        return
    lines = [
        f"`ezdxf.readfile` alone / DXF to drawing model. CPU seconds, medians of {chosen.rounds} rounds; *read*:",
        "imports left out; *process*: with Python's start and the imports it needs. *Peak*: highest resident memory",
        "of the whole process, MB; *above imports*: what the reading adds to an interpreter with the libraries loaded",
        "(ezdxf; ours with ezdxf and shapely too). Large: from 1 MB. *Entities*: counted by both after",
        "expanding every block reference, by kind, model space and layouts (ezdxf / ours where they differ). The",
        "differences, looked at entity by entity, are things that the counting with ezdxf does not see. sample_AC1032:",
        "cells and texts of 3 TOLERANCE (8 and 8), a text of an attribute with several lines, an MTEXT in a vertical",
        "style that hangs as one text a line, masks behind the texts of 2 dimensions. plan exported: 5 DIMENSION",
        "without a picture in the file, which we draw.",
        "",
        "| drawing | entities | read, s | process, s | peak, MB | above imports, MB |",
        "|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as folder:
        for path in drawings(Path(folder), not chosen.found):
            if chosen.only and chosen.only not in path.name:
                continue
            line, _ = row(path, chosen.rounds)
            lines.append(line)
            print(line, flush=True)
    if chosen.found:
        lines += earlier()
    if not chosen.only:
        write("dxf_reading", "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
