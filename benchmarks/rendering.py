"""How much CPU a sheet costs to draw, against ezdxf's drawing add-on in the same run.

`python -m benchmarks.rendering [--repeat 2]` prints a Markdown table and writes benchmarks/results/rendering.md.
Both sides start from the file on disk and draw the whole model space: ezdxf.readfile + Frontend + backend
against our reader + painter. Reading is where we expand blocks; ezdxf does it while drawing.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ezdxf
import numpy as np
from ezdxf.addons.drawing import Frontend, RenderContext, layout, pymupdf, svg

from benchmarks.record import write
from pipeline.drawing.builder import SpaceBuilder
from pipeline.drawing.kinds import Format, SpaceKind
from pipeline.drawing.model import Drawing, Layer, Sheet
from pipeline.drawing.tables import EntityTable
from pipeline.readers import registry
from pipeline.rendering.pack import make_pack, read_pack
from pipeline.rendering.pdf import sheet_pdf
from pipeline.rendering.raster import sheet_png
from pipeline.rendering.svg import sheet_svg
from pipeline.rendering.tiles import make_tiles

CORPUS = Path(os.environ.get("TUSHEN_CORPUS", "../shared/corpus"))
DXF = (
    "dxf/gdsestimating+three-dxf/sample/data/api-cw750-details.dxf",
    "dxf/Comanda-A+DXF-PostGIS-Converter/dxf_examples/ex3.dxf",
    "dxf/skymakerolof+dxf/test/resources/Ceco.NET-Architecture-Tm-53.dxf",
    "dxf/yorikvanhavre+barcelona-pavillion/plan exported.dxf",
)
PDF = (
    "pdf/OpeningDesign+Oakfire_2.0/Transfer/20190808 - to civil - latest background/20190808 - Oakfire_2.pdf",
    "pdf/unboxed+bops/spec/fixtures/files/planx/Site plan.pdf",
)
MILLION = 1_000_000


def cpu(job: Callable[[], Any], repeat: int) -> tuple[float, Any]:
    """Return (median CPU seconds, last result)."""
    seconds, result = [], None
    for _ in range(repeat):
        gc.collect()
        start = time.process_time()
        result = job()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds), result


def whole_space(drawing: Drawing, row: int = 0) -> Sheet:
    """Return one sheet over everything in a space."""
    space = drawing.spaces[row]
    xy = space.entities.xy
    x0, y0, x1, y1 = (*xy.min(axis=0), *xy.max(axis=0)) if space.size_mm is None else (0.0, 0.0, *space.size_mm)
    rows = np.arange(len(space.entities), dtype=np.int32)
    return Sheet(f"{row}:0", row, (x0, y0, x1, y1), (x1 - x0, y1 - y0), (1, 0, 0, 1, x0, y0), entities=rows)


def ezdxf_drawn(document: Any, kind: str) -> bytes | str:
    """Draw a model space with ezdxf."""
    backend = svg.SVGBackend() if kind == "svg" else pymupdf.PyMuPdfBackend()
    Frontend(RenderContext(document), backend).draw_layout(document.modelspace())
    page = layout.Page(841, 594, layout.Units.mm)
    if kind == "svg":
        return backend.get_string(page)
    return backend.get_pdf_bytes(page) if kind == "pdf" else backend.get_pixmap_bytes(page, fmt="png", dpi=150)


def ours_drawn(drawing: Drawing, kind: str) -> bytes:
    """Draw a model space with our own painter; the PNG has about as many pixels as ezdxf's A1 at 150 dpi."""
    sheet = whole_space(drawing)
    if kind == "svg":
        return sheet_svg(drawing, sheet)
    return sheet_pdf(drawing, sheet) if kind == "pdf" else sheet_png(drawing, sheet, 150 * 841 / 1189)


def against_ezdxf(repeat: int) -> list[str]:
    """Return the table of reading and drawing, ours against ezdxf."""
    out = [
        "| drawing | entities | output | ezdxf read + draw | ours read + draw | whole | draw only |",
        "|---|---:|---|---:|---:|---:|---:|",
    ]
    for name in DXF:
        path = CORPUS / name
        if not path.exists():
            continue
        their_read, document = cpu(lambda path=path: ezdxf.readfile(path), repeat)
        my_read, drawing = cpu(lambda path=path: registry.read_path(path, path.name), repeat)
        entities = len(drawing.spaces[0].entities)
        for kind in ("svg", "pdf", "png"):
            mine, _ = cpu(lambda drawing=drawing, kind=kind: ours_drawn(drawing, kind), repeat)
            head = f"| {path.name} | {entities} | {kind} |"
            try:
                theirs, _ = cpu(lambda document=document, kind=kind: ezdxf_drawn(document, kind), repeat)
            except Exception as error:  # the add-on gives up on some drawings: say so
                row = f"{head} fails: {type(error).__name__} | {my_read:.2f} + {mine:.2f} | | |"
            else:
                whole = (their_read + theirs) / (my_read + mine)
                row = (
                    f"{head} {their_read:.2f} + {theirs:.2f} | {my_read:.2f} + {mine:.2f} "
                    f"| {whole:.1f}× | {theirs / mine:.1f}× |"
                )
            out.append(row)
            print(row, flush=True)
    return out


def million_lines() -> tuple[Drawing, Sheet]:
    """Return an A1 sheet with a million lines and 20 000 texts, at random with a fixed seed."""
    rng = np.random.default_rng(1)
    start = rng.uniform(0, 80_000, (MILLION, 2))
    xy = np.stack([start, start + rng.normal(0, 300, (MILLION, 2))], axis=1).reshape(-1, 2)
    row = np.arange(MILLION, dtype=np.int32)
    table = EntityTable(
        kind=np.ones(MILLION, np.uint8),
        layer=row % 20,
        color=np.full(MILLION, 0xFF, np.uint32),
        width_mm=np.zeros(MILLION, np.float32),
        dashed=np.zeros(MILLION, np.uint8),
        source=row,
        insert=np.full(MILLION, -1, np.int32),
        element=np.full(MILLION, -1, np.int32),
        part_first=row,
        part_count=np.ones(MILLION, np.int32),
        point_first=np.arange(MILLION + 1, dtype=np.int32) * 2,
        part_closed=np.zeros(MILLION, np.uint8),
        xy=xy,
    )
    build = SpaceBuilder("Model", SpaceKind.MODEL)
    build.add_table(table)
    for number in range(20_000):
        build.add_text(f"建筑平面{number}", rng.uniform(0, 60_000, 2), 350.0, width=2000.0)
    space = build.build()
    space.sources = [f"{number:X}" for number in range(MILLION)]
    drawing = Drawing(Format.DXF, "0" * 64, "benchmark", spaces=[space], layers=[Layer(str(k)) for k in range(20)])
    rows = np.arange(MILLION + 20_000, dtype=np.int32)
    sheet = Sheet("0:0", 0, (0, 0, 84_100, 59_400), (841.0, 594.0), (100, 0, 0, 100, 0, 0), 100.0, True, entities=rows)
    return drawing, sheet


def packs_and_tiles(repeat: int) -> list[str]:
    """Return the table of packs and tiles of the largest sheets."""
    out = [
        "| sheet | entities | lines | pack CPU-s | pack MB | gzip MB | tiles CPU-s | tiles | level 0 tile kB |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    jobs = [("a million lines (synthetic A1)", *million_lines(), None)]
    for name in (*DXF[:2], *PDF):
        path = CORPUS / name
        if path.exists():
            drawing = registry.read_path(path, path.name)
            jobs.append((path.name, drawing, whole_space(drawing), path))
    for name, drawing, sheet, path in jobs:
        pack_cpu, pack = cpu(lambda d=drawing, s=sheet: make_pack(d, s), repeat)
        tiles_cpu, tiles = cpu(lambda d=drawing, s=sheet, p=path: make_tiles(d, s, p), 1)
        header = read_pack(pack).header
        packed = len(gzip.compress(pack, 6)) / 1e6
        row = (
            f"| {name} | {header['entities']} | {header['lines']} | {pack_cpu:.2f} | {len(pack) / 1e6:.2f} | "
            f"{packed:.2f} | {tiles_cpu:.2f} | {len(tiles)} | {len(tiles['0/0/0']) / 1e3:.1f} |"
        )
        out.append(row)
        print(row, flush=True)
    return out


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=2)
    options = parser.parse_args(arguments)
    text = [
        "# Rendering",
        "",
        f"`python -m benchmarks.rendering --repeat {options.repeat}`: CPU seconds of one process (user + system),",
        f"medians of {options.repeat}; the first row of a run includes loading our font once (about 0.2 s);",
        f"ezdxf {ezdxf.__version__}; load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores when it began,",
        "so read the ratios of the same run, not the seconds. A ratio above 1: ours is faster.",
        "",
        "Read a DXF and draw its whole model space. Our reader also expands blocks, dimensions and all paper layouts",
        "and audits the file; ezdxf expands while drawing, and only the model space.",
        "",
        *against_ezdxf(options.repeat),
        "",
        "Sheet packs and tiles (all levels; PDF tiles from the original page, DXF tiles from our painter):",
        "",
        *packs_and_tiles(options.repeat),
        "",
    ]
    write("rendering", "\n".join(text))
    print("\n".join(text))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
