"""Title blocks of the corpus's real drawings against what a person reads off them.

`TRUTH` was written down by eye from pictures of the sheets (DXF drawn from the model, PDF by pymupdf), one entry a
sheet in the order of the file: number, title, scale; "" where the sheet states none, None where nothing can be
read as text (the words are a picture or strokes).
"""

from __future__ import annotations

from pathlib import Path

from pipeline.drawing.certainty import CONFIRM
from pipeline.drawing.model import Drawing
from pipeline.readers.registry import read_path
from pipeline.sheets import find_sheets
from pipeline.sheets.numbers import squash

Row = tuple[str | None, str | None, str | None]
_OAK = "pdf/OpeningDesign+Oakfire_2.0/Transfer"
_BOPS = "pdf/unboxed+bops/spec/fixtures/files"
_PICTURE: Row = (None, None, None)
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
    "pdf/space10-community+the-growroom/dimensions_open_source_growroom.pdf": [("", "", "")],
}


def _cell(drawing: Drawing, index: int, key: str, wanted: str | None, counts: dict[str, int]) -> str:
    """Return what was read with its confidence and whether it is right."""
    field = drawing.sheets[index].fields.get(key) if index < len(drawing.sheets) else None
    value = field.value if field and field.origin != "file" else ""
    if wanted is None:
        counts["unreadable"] += 1
        return f"{value or '–'} (no text)"
    right = squash(value).upper() == squash(wanted).upper()
    counts["right" if right else "wrong"] += 1
    sure = field is not None and bool(value) and field.confidence >= CONFIRM
    if not right and sure:
        counts["unnoticed"] += 1
    if not value:
        return "–" if right else f"– ✗ ({wanted})"
    return f"{value} {'✓' if right else '✗'} {field.confidence:.2f}" if field else ""


def report(corpus: Path) -> str:
    """Return the table of the corpus, one row a sheet."""
    lines = [
        "### Real drawings of the corpus\n",
        "| file | sheets (by eye) | sheet | number | title | scale |",
        "|---|---|---|---|---|---|",
    ]
    counts = {"right": 0, "wrong": 0, "unnoticed": 0, "unreadable": 0}
    sheets = found = 0
    for name, rows in TRUTH.items():
        path = corpus / name
        drawing = read_path(path, path.name)
        find_sheets(drawing)
        sheets, found = sheets + len(rows), found + len(drawing.sheets)
        for index, row in enumerate(rows):
            cells = [
                _cell(drawing, index, *pair, counts) for pair in zip(("number", "title", "scale"), row, strict=True)
            ]
            home = f"`{path.name}` | {len(drawing.sheets)} ({len(rows)})" if index == 0 else " | "
            lines.append(f"| {home} | {index + 1} | {' | '.join(cells)} |")
    lines.append(
        f"\n{found} sheets found ({sheets} by eye); {counts['right']} values right, {counts['wrong']} wrong, of these "
        f"{counts['unnoticed']} at or above the confirm threshold of {CONFIRM}; {counts['unreadable']} values are "
        "pictures of words. ✓ and ✗ against what a person reads; the figure is the confidence. The last six files "
        "have no title block: nothing may be read off them.\n"
    )
    return "\n".join(lines)
