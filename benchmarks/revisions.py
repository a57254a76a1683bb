"""Real revisions and real twins of the corpus, compared, against what a person sees on pictures of them.

python -m benchmarks.revisions [--only WORD] [--pictures DIR] [--print]

`PAIRS` names old and new file of each pair, `SEEN` what was written down by eye from the pictures (old, new, both on
one another with a cloud a difference) and from the STEP texts; a sentence belongs to the counts it was written for and
is left out when they are others.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benchmarks.drawings import opened
from benchmarks.reading import CORPUS
from benchmarks.record import write
from pipeline.comparing.comparison import Comparison
from pipeline.comparing.engine import compare_drawings
from pipeline.drawing.certainty import CONFIRM
from pipeline.drawing.model import Drawing
from pipeline.rendering.comparison_panes import panes_of
from pipeline.rendering.comparison_report import Pane, comparison_report

SEEN = Path(__file__).parent / "revisions_seen.json"
_HOUSE = "Evil-Spirit+TheHouseBuiltByProgrammer"
_BARCELONA = "yorikvanhavre+barcelona-pavillion"
_OAK = "pdf/OpeningDesign+Oakfire_2.0/Transfer"
_BOPS = "pdf/unboxed+bops/spec/fixtures/files/images"
_SIMPLE = "ifc/_revisions/brunopostle+simple-ifc/_test_simple.ifc"
_WALLS = "ifc/_revisions/andrewisen+bim-whale-ifc-samples/ManySimpleWalls/IFC/ManySimpleWalls.ifc"
_MARKED = "20190625 - to Civil and Landscape - markedup plan/20190625 - Oakfire_2 - OpeningDesign Markedup.pdf"
_VILLAGE = "20190711 - to village - revisions to site plan/20190711 - Oakfire 2.0 - Revised Site Plan.pdf"
_CIVIL = "20190808 - to civil - latest background/20190808 - Oakfire_2.pdf"
HEAD = """Pairs of the corpus that are versions of one drawing, or one drawing in two formats. "Differences" counts the
material ones, then the cosmetic ones; "asked" are those the engine is not sure of. Where sheets could not be laid on
one another no difference is listed and two points are asked for. "By eye" was written down from the pictures.
Oakfire V3 (DXF and PDF) and V4 are not in this copy of the corpus; its three site plans are compared instead.
"""


def pairs(corpus: Path) -> list[tuple[str, str, str]]:
    """(name, old path, new path) of every pair, relative to the corpus."""
    found = [
        ("house plan", f"dxf/{_HOUSE}/plan.dxf", f"pdf/{_HOUSE}/plan.pdf"),
        ("house roof", f"dxf/{_HOUSE}/roof_actual.dxf", f"pdf/{_HOUSE}/roof_actual.pdf"),
    ]
    found += [
        (f"house roof {i}", f"dxf/{_HOUSE}/roof/roof_actual_{i}.dxf", f"pdf/{_HOUSE}/roof/roof_actual_{i}.pdf")
        for i in range(1, 10)
    ]
    found += [
        ("bops first floor", f"{_BOPS}/existing-first-floor-plan.pdf", f"{_BOPS}/proposed-first-floor-plan.pdf"),
        ("bops roof", f"{_BOPS}/existing-roofplan.pdf", f"{_BOPS}/proposed-roofplan.pdf"),
        ("Oakfire site 06-25 to 07-11", f"{_OAK}/{_MARKED}", f"{_OAK}/{_VILLAGE}"),
        ("Oakfire site 07-11 to 08-08", f"{_OAK}/{_VILLAGE}", f"{_OAK}/{_CIVIL}"),
        (
            "Barcelona DXF to PDF",
            f"dxf/{_BARCELONA}/plan exported.dxf",
            f"pdf/{_BARCELONA}/exported plan view.pdf",
        ),
        (
            "Barcelona IFC to DXF",
            f"ifc/{_BARCELONA}/Pabellon de Barcelona.ifc",
            f"dxf/{_BARCELONA}/plan exported.dxf",
        ),
        (
            "Barcelona IFC to PDF",
            f"ifc/{_BARCELONA}/Pabellon de Barcelona.ifc",
            f"pdf/{_BARCELONA}/exported plan view.pdf",
        ),
        ("Barcelona plan, two DXF", f"dxf/{_BARCELONA}/plan.dxf", f"dxf/{_BARCELONA}/plan exported.dxf"),
    ]
    steps = sorted((corpus / _SIMPLE).glob("*.ifc"))
    found += [
        (f"simple-ifc {a.name[:2]} to {b.name[:2]}", f"{_SIMPLE}/{a.name}", f"{_SIMPLE}/{b.name}")
        for a, b in zip(steps, steps[1:], strict=False)
    ]
    walls = sorted((corpus / _WALLS).glob("*.ifc"))
    return [*found, *[("ManySimpleWalls", f"{_WALLS}/{a.name}", f"{_WALLS}/{b.name}") for a, b in [walls] if a]]


@dataclass(slots=True)
class Told:
    """What came out for one pair of files."""

    name: str
    formats: str
    sheets: int
    refused: int
    unpaired: int
    material: Counter[str]
    cosmetic: int
    asked: int
    tolerance: str
    seconds: float

    def counts(self) -> str:
        """Material differences by kind, in words."""
        return ", ".join(f"{count} {kind}" for kind, count in sorted(self.material.items())) or "0"


def told(name: str, old: Drawing, new: Drawing, result: Comparison, seconds: float) -> Told:
    """Counts of one result."""
    material = Counter(d.kind for d in result.differences if d.material)
    return Told(
        name,
        f"{old.format}–{new.format}",
        len(result.sheets),
        sum(not sheet.comparable for sheet in result.sheets),
        len(result.unpaired),
        material,
        sum(not d.material for d in result.differences),
        sum(d.certainty < CONFIRM for d in result.differences),
        ", ".join(sorted({f"{s.tolerance_mm:.3g}" for s in result.sheets if s.tolerance_mm})),
        seconds,
    )


def draw(folder: Path, name: str, old: Drawing, new: Drawing, result: Comparison) -> None:
    """Write a picture a sheet pair, and the list of differences, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, pane in enumerate(panes_of(result.to_json(), old, new, "en")):
        (folder / f"{name}-{number}.png").write_bytes(comparison_report([pane], "png", dpi=_dpi(pane)))
    lines = []
    for number, sheet in enumerate(result.sheets):
        lines.append(f"## {number} {sheet.method} {sheet.confidence:.3f} {sheet.reason_en} {sheet.notes}")
        lines += [
            f"{row} {d.kind} {d.cls} {'' if d.material else '(cosmetic) '}{d.what_en} {d.old!r} -> {d.new!r} "
            f"{d.attribute} {d.delta} {d.certainty:.2f} {d.layer} {d.box_new}"
            for row, d in enumerate(sheet.differences, 1)
        ]
    lines += [f"alone: {one}" for one in result.unpaired]
    (folder / f"{name}.txt").write_text("\n".join(lines), "utf-8")


def _dpi(pane: Pane) -> float:
    """So many dots that the longer side of the new sheet has about 1,500."""
    return min(600.0, max(20.0, 1500 * 25.4 / max(pane.new[1].size_mm)))


def table(rows: list[Told], seen: dict[str, dict[str, str]]) -> str:
    """The table, one line a pair."""
    lines = ["| pair | formats | sheets | differences | cosmetic | asked | tolerance mm | CPU s | by eye |"]
    lines.append("|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        sheets = f"{row.sheets}" + (f", {row.refused} not comparable" if row.refused else "")
        sheets += f", {row.unpaired} alone" if row.unpaired else ""
        note = seen.get(row.name, {})
        eye = note.get("eye", "") if note.get("differences") == f"{row.counts()} / {row.cosmetic}" else "not looked at"
        lines.append(
            f"| {row.name} | {row.formats} | {sheets} | {row.counts()} | {row.cosmetic} | {row.asked} | "
            f"{row.tolerance} | {row.seconds:.1f} | {eye} |"
        )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """Compare the pairs and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="only pairs whose name holds this")
    parser.add_argument("--pictures", type=Path, help="where pictures and lists are written")
    parser.add_argument("--print", action="store_true", help="print the table, write no result")
    given = parser.parse_args(arguments)
    corpus = Path(CORPUS)
    rows = []
    for name, before, after in pairs(corpus):
        if given.only not in name:
            continue
        started = time.process_time()
        old, new = opened(corpus / before), opened(corpus / after)
        result = compare_drawings(old, new)
        rows.append(told(name, old, new, result, time.process_time() - started))
        if given.pictures:
            draw(given.pictures, name.replace(" ", "-"), old, new, result)
    text = table(rows, json.loads(SEEN.read_text("utf-8")) if SEEN.exists() else {})
    if given.print or given.only:
        print(text)
        return
    write("revisions", f"{HEAD}\n{text}\n")


if __name__ == "__main__":
    main()
