"""How much CPU a PDF page costs to become a drawing, against PyMuPDF's own dictionaries of the same page.

`python -m benchmarks.pdf_reading [--repeat 7]` prints a Markdown table and writes benchmarks/results/pdf_reading.md.
One process, imports left out, the runs of both sides in turn. The peer is `page.get_cdrawings()` and
`page.get_texttrace()`: Python dictionaries, with Python's garbage collector on as in any program and, in the second
column, off as our reader sets it while it reads. Ours is everything from the open document to a finished space:
columns in millimetres, clips cut, texts joined, pictures, layers, marks of other programs.
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymupdf

from benchmarks.reading import CORPUS
from benchmarks.record import write
from pipeline.drawing.kinds import Format
from pipeline.drawing.model import Drawing
from pipeline.readers.base import LIMITS
from pipeline.readers.pdf.pages import Pages

OAKFIRE = "pdf/OpeningDesign+Oakfire_2.0/Transfer"
SHEETS = (
    f"{OAKFIRE}/20190711 - to village - revisions to site plan/20190711 - Oakfire 2.0 - Revised Site Plan.pdf",
    f"{OAKFIRE}/20190808 - to civil - latest background/20190808 - Oakfire_2.pdf",
    f"{OAKFIRE}/20190625 - to Civil and Landscape - markedup plan/20190625 - Oakfire_2 - OpeningDesign Markedup.pdf",
    "pdf/buildingsmart-community+Community-Sample-Test-Files/IFC 2.3.0.1 (IFC 2x3)/Schependomlaan/Planning/PDF/"
    "Schependomlaan Nijmegen 18-02-2015.pdf",
    "pdf/unboxed+bops/spec/fixtures/files/planx/Elevations-best-practice.pdf",
    "pdf/Evil-Spirit+TheHouseBuiltByProgrammer/master1.pdf",
)
PATHS, TEXTS = 72_000, 3_000


def plotted(path: Path) -> Path:
    """Write a page of 72,000 paths and 3,000 texts as CAD plots them; returns its path."""
    chance = random.Random(20261124)
    lines = ["1 w 0.5 w", "BT /helv 6 Tf ET"]
    for number in range(PATHS):
        x, y = chance.uniform(0, 2900), chance.uniform(0, 2100)
        dx, dy = chance.uniform(-40, 40), chance.uniform(-40, 40)
        if number % 10 == 0:
            lines.append(f"{chance.random():.3f} 0 0 RG {chance.choice((0.18, 0.35, 0.5))} w")
        if number % 100 < 80:
            lines.append(f"{x:.3f} {y:.3f} m {x + dx:.3f} {y + dy:.3f} l S")
        elif number % 100 < 95:
            steps = " ".join(f"{x + dx * k:.3f} {y + dy * (k % 2):.3f} l" for k in range(1, 6))
            lines.append(f"{x:.3f} {y:.3f} m {steps} S")
        elif number % 100 < 98:
            lines.append(f"{x:.3f} {y:.3f} m {x + dx:.3f} {y:.3f} {x:.3f} {y + dy:.3f} {x + dx:.3f} {y + dy:.3f} c S")
        else:
            lines.append(f"{x:.3f} {y:.3f} {dx:.3f} {dy:.3f} re f")
    for number in range(TEXTS):
        x, y = chance.uniform(0, 2900), chance.uniform(0, 2100)
        lines.append(f"BT /helv 6 Tf 1 0 0 1 {x:.3f} {y:.3f} Tm (M{number:04d}) Tj ET")
    doc = pymupdf.open()
    page = doc.new_page(width=3024, height=2160)
    page.insert_text((10, 10), "x", fontname="helv")
    doc.update_stream(page.get_contents()[0], "\n".join(lines).encode())
    doc.save(path, deflate=True)
    return path


def ours(path: Path) -> tuple[float, Drawing]:
    """Return the CPU seconds of the first page with our reader, and the drawing."""
    drawing = Drawing(Format.PDF, "", "")
    with pymupdf.open(path) as doc:
        gc.collect()
        gc.disable()
        start = time.process_time()
        Pages(doc, drawing, LIMITS).page(0)
        seconds = time.process_time() - start
        gc.enable()
    return seconds, drawing


def theirs(path: Path, collecting: bool) -> tuple[float, int]:
    """Return the CPU seconds of PyMuPDF's two calls, and how many paths and spans they gave."""
    with pymupdf.open(path) as doc:
        gc.collect()
        if not collecting:
            gc.disable()
        start = time.process_time()
        page = doc[0]
        drawn, spans = page.get_cdrawings(), page.get_texttrace()
        seconds = time.process_time() - start
        gc.enable()
        return seconds, len(drawn) + len(spans)


def measured(path: Path, repeat: int) -> dict[str, Any]:
    """Return medians of runs that take turns, and what they gave."""
    runs: dict[str, Callable[[], tuple[float, Any]]] = {
        "ours": lambda: ours(path),
        "theirs": lambda: theirs(path, True),
        "theirs, collector off": lambda: theirs(path, False),
    }
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    given: dict[str, Any] = {}
    for _ in range(repeat):
        for name, run in runs.items():
            spent, given[name] = run()
            seconds[name].append(spent)
    found: dict[str, Any] = {name: statistics.median(values) for name, values in seconds.items()}
    space = given["ours"].spaces[0]
    found["paths"] = given["ours"].coverage.read.get("path", 0)
    found["texts"], found["entities"] = len(space.texts), len(space.entities)
    return found


def table(rows: list[tuple[str, dict[str, Any]]]) -> str:
    """Return the Markdown table."""
    lines = [
        "| sheet | paths | texts | PyMuPDF CPU-s | collector off | ours CPU-s | ours : PyMuPDF | collector off |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, found in rows:
        mine, peer, bare = found["ours"], found["theirs"], found["theirs, collector off"]
        lines.append(
            f"| {name} | {found['paths']} | {found['texts']} | {peer:.3f} | {bare:.3f} | {mine:.3f} "
            f"| {mine / peer:.2f} | {mine / bare:.2f} |"
        )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=7)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        sheets = [(f"drawn by script: {PATHS} paths, {TEXTS} texts", plotted(Path(folder) / "plotted.pdf"))]
        sheets += [(Path(name).stem, CORPUS / name) for name in SHEETS if (CORPUS / name).exists()]
        ours(sheets[0][1])
        rows = [(name, measured(path, chosen.repeat)) for name, path in sheets]
    text = (
        f"# PDF page to drawing model\n\nMedians of {chosen.repeat} runs that took turns, CPU seconds of one process, "
        f"PyMuPDF {pymupdf.__version__}. A ratio below 1: the finished drawing costs less than PyMuPDF's dictionaries "
        "alone, because our reader takes each path in a callback (no list of dictionaries is ever built) and keeps "
        "Python's garbage collector off meanwhile. Pages of a few thousand paths pay some milliseconds that do not "
        "grow with the page (a second playback for pictures, clips and letter heights, the columns' own overhead).\n\n"
        + table(rows)
        + "\n"
    )
    print(text)
    write("pdf_reading", text)


if __name__ == "__main__":
    main()
