"""Real drawings of the corpus, split into sheets, against what a person sees on them.

`TRUTH` was written down by eye from pictures of the sheets (DXF drawn from the model, PDF by pymupdf), one entry a
sheet in the order of the file: number, title, scale; "" where the sheet states none, None where nothing can be
read as text (the words are a picture or strokes). Of the other files contact sheets were looked at (every DXF and
every sheet of it; of the PDFs the first six pages of what is drawn, the first page of documents and test files): none
of them has a title block, so every frame and every value in them is invented.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pymupdf

from benchmarks.drawings import opened
from benchmarks.reading import CORPUS
from benchmarks.record import write
from pipeline.drawing.certainty import CONFIRM
from pipeline.drawing.kinds import SpaceKind
from pipeline.drawing.model import Drawing, Sheet
from pipeline.sheets.numbers import squash

Row = tuple[str | None, str | None, str | None]
_OAK = "pdf/OpeningDesign+Oakfire_2.0/Transfer"
_BOPS = "pdf/unboxed+bops/spec/fixtures/files"
_PICTURE: Row = (None, None, None)
_NOTHING: Row = ("", "", "")
TRUTH: dict[str, list[Row]] = {
    "dxf/gdsestimating+three-dxf/sample/data/api-cw750-details.dxf": [
        ("", "", ""),
        ("1 of 4", "", "N.T.S"),
        ("2 of 4", "", "N.T.S"),
        ("3 of 4", "", "N.T.S"),
        ("4 of 4", "", "N.T.S"),
    ],
    f"{_OAK}/20190625 - to Civil and Landscape - markedup plan/20190625 - Oakfire_2 - OpeningDesign Markedup.pdf": [
        ("A010", "SITE PLAN - 06/21/2019", "")
    ],
    f"{_OAK}/20190711 - to village - revisions to site plan/20190711 - Oakfire 2.0 - Revised Site Plan.pdf": [
        ("A010", "SITE PLAN - 07/11/2019", "")
    ],
    f"{_OAK}/20190808 - to civil - latest background/20190808 - Oakfire_2.pdf": [
        ("A010", "SITE PLAN - 08/08/2019", "")
    ],
    f"{_BOPS}/images/existing-first-floor-plan.pdf": [
        ("2019.TSD.PD.102", "First Floor Plan Drawing EXISTING", "1:50 @ A3")
    ],
    f"{_BOPS}/images/existing-roofplan.pdf": [("2019.TSD.PD.104", "Roof Plan Drawing EXISTING", "1:50 @ A3")],
    f"{_BOPS}/images/proposed-first-floor-plan.pdf": [
        ("2019.TSD.PD.103", "First Floor Plan Drawing PROPOSED", "1:50 @ A3")
    ],
    f"{_BOPS}/images/proposed-roofplan.pdf": [("2019.TSD.PD.105", "Roof Plan Drawing PROPOSED", "1:50 @ A3")],
    f"{_BOPS}/planx/RoofPlan.pdf": [("", "Roof plan", "")],
    f"{_BOPS}/planx/Elevations.pdf": [("", "Elevations", "")],
    f"{_BOPS}/planx/Plan.pdf": [("", "Plan", "")],
    f"{_BOPS}/planx/Site plan.pdf": [_PICTURE, _PICTURE],
    f"{_BOPS}/planx/odp/Elevations-best-practice.pdf": [_PICTURE] * 4,
    "dxf/skymakerolof+dxf/test/resources/Ceco.NET-Architecture-Tm-53.dxf": [("", "", "")],
    "dxf/yorikvanhavre+barcelona-pavillion/plan exported.dxf": [("", "", "")],
    "dxf/yorikvanhavre+barcelona-pavillion/pabellon de barcelona.dxf": [("", "", "")],
    "dxf/Comanda-A+DXF-PostGIS-Converter/dxf_examples/ex1.dxf": [("", "", "")],
    "dxf/Comanda-A+DXF-PostGIS-Converter/dxf_examples/ex3.dxf": [("", "", "")],
    "dxf/DomCR+ACadSharp/samples/sample_AC1032_ascii.dxf": [_NOTHING] * 4,
    "dxf/mozman+ezdxf/examples_dxf/text_negative_extrusion.dxf": [_NOTHING] * 2,
    "pdf/space10-community+the-growroom/dimensions_open_source_growroom.pdf": [("", "", "")],
}


KEYS = ("number", "title", "scale")
HEAD = """Every DXF and PDF of the corpus was split into sheets. "by eye" is what a person sees on pictures of them;
a cell says how many values are right (✓), wrong (✗), stated only as a picture of words (▢), or not stated and left
empty (–). The corpus has no Chinese title block, few drawings with any, and the rules for the American and British
ones were written while looking at these very files: the table shows that nothing is invented and nothing broken, not
how well unknown offices' sheets are read. Where two scales are stated (1:50 @ A3, 1:25 @ A1) the first counts. Layouts
of `api-cw750-details.dxf` show only their frame: their windows are switched off in the file.
"""


@dataclass(slots=True)
class Tally:
    """Counts of one file, or of several."""

    files: int = 0
    seen: int = 0  # sheets by eye
    found: int = 0
    framed: int = 0
    invented: int = 0  # frames and values that are not there
    wrong_but_sure: int = 0
    marks: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def _value(sheet: Sheet, key: str) -> tuple[str, float]:
    found = sheet.fields.get(key)
    return (found.value, found.confidence) if found and found.origin != "file" else ("", 0.0)


def _mark(tally: Tally, sheet: Sheet | None, key: str, wanted: str | None) -> str:
    value, confidence = _value(sheet, key) if sheet is not None else ("", 0.0)
    if wanted is None:
        tally.invented += bool(value)
        return "✗" if value else "▢"
    right = squash(value).upper() == squash(wanted).upper()
    tally.invented += bool(value) and not wanted
    tally.wrong_but_sure += not right and confidence >= CONFIRM
    return "✗" if not right else "✓" if value else "–"


def judged(drawing: Drawing, rows: list[Row]) -> Tally:
    """Hold the sheets of a file against what was seen."""
    tally = Tally(1, len(rows), len(drawing.sheets), sum(s.framed for s in drawing.sheets))
    tally.invented += max(0, len(drawing.sheets) - len(rows))
    for index, row in enumerate(rows):
        sheet = drawing.sheets[index] if index < len(drawing.sheets) else None
        for key, wanted in zip(KEYS, row, strict=True):
            tally.marks[key].append(_mark(tally, sheet, key, wanted))
    return tally


def _told(marks: list[str]) -> str:
    return " ".join(f"{marks.count(sign)} {sign}" for sign in "✓✗▢–" if sign in marks)


def _others(corpus: Path) -> Iterator[Path]:
    for folder in ("dxf", "pdf"):
        for path in sorted((corpus / folder).rglob("*")):
            known = path.relative_to(corpus).as_posix() in TRUTH
            if path.suffix.lower() == f".{folder}" and path.is_file() and not known:
                yield path


def _bare(path: Path) -> Tally | None:
    """Return what was found in a file without title blocks; None where it has no sheet at all."""
    drawing = opened(path)
    if not drawing.sheets:
        return None
    papers = sum(1 for space in drawing.spaces if space.kind in (SpaceKind.PAGE, SpaceKind.LAYOUT))
    if path.suffix.lower() == ".pdf":
        with pymupdf.open(path) as document:
            papers = document.page_count if not document.needs_pass else papers
    tally = Tally(1, max(papers, 1), len(drawing.sheets), sum(s.framed for s in drawing.sheets))
    tally.invented = tally.framed
    for sheet in drawing.sheets:
        named = [key for key in KEYS if _value(sheet, key)[0]]
        tally.invented += len(named)
        tally.wrong_but_sure += sum(_value(sheet, key)[1] >= CONFIRM for key in named)
    return tally


def _files(corpus: Path) -> list[str]:
    lines = [
        "| file | sheets by eye | found | of them by a frame | 图号 | 图名 | 比例 | invented |",
        "|---|---|---|---|---|---|---|---|",
    ]
    total = Tally()
    for name, rows in TRUTH.items():
        one = judged(opened(corpus / name), rows)
        lines.append(_row(f"`{Path(name).name}`", one))
        _add(total, one)
    lines.append(_row("**all**", total))
    lines.append(f"\nWrong at or above the confirm threshold of {CONFIRM}: {total.wrong_but_sure}.\n")
    return lines


def _row(name: str, one: Tally) -> str:
    cells = " | ".join(_told(one.marks[key]) for key in KEYS)
    return f"| {name} | {one.seen} | {one.found} | {one.framed} | {cells} | {one.invented} |"


def _add(total: Tally, one: Tally) -> None:
    for name in ("files", "seen", "found", "framed", "invented", "wrong_but_sure"):
        setattr(total, name, getattr(total, name) + getattr(one, name))
    for key, marks in one.marks.items():
        total.marks[key] += marks


def _rest(corpus: Path) -> list[str]:
    groups: dict[tuple[str, str, bool], Tally] = defaultdict(Tally)
    without = 0
    for path in _others(corpus):
        one = _bare(path)
        if one is None:
            without += 1
            continue
        kind, home = path.relative_to(corpus).parts[:2]
        _add(groups[kind, home, one.found > 1], one)
    lines = [
        "### Files without a title block\n",
        "| format | from | files | pages or layouts | sheets found | frames and values invented |",
        "|---|---|---|---|---|---|",
    ]
    total = Tally()
    for (kind, home, several), one in sorted(groups.items()):
        name = f"{home}{', several sheets each' if several else ''}"
        lines.append(f"| {kind} | {name} | {one.files} | {one.seen} | {one.found} | {one.invented} |")
        _add(total, one)
    lines.append(f"| | **all** | {total.files} | {total.seen} | {total.found} | {total.invented} |")
    lines.append(
        f"\n{without} more files are rejected or empty and have no sheet. Two pages without a sheet: a page tree that "
        "runs in a circle, told as pages that failed.\n"
    )
    return lines


def report(corpus: Path) -> str:
    """Return the tables."""
    return "\n".join([HEAD, "### Drawings looked at sheet by sheet\n", *_files(corpus), *_rest(corpus)])


def main(arguments: list[str] | None = None) -> None:
    """Split every drawing of the corpus, print and write the tables."""
    text = report(Path(CORPUS))
    print(text)
    write("sheets_corpus", f"# Sheets of the corpus\n\n{text}")


if __name__ == "__main__":
    main()
