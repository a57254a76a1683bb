"""The meter metered: a known loss must be read as that loss, a whole sheet as whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pymupdf
import pytest

from pipeline.drawing.conclude import conclude
from pipeline.drawing.kinds import EntityKind
from pipeline.drawing.model import Drawing
from pipeline.measuring.measure import measure
from pipeline.readers.registry import read_path
from pipeline.sheets.find import find_sheets

MM = 25.4 / 72
SAMPLES = Path(__file__).parents[3] / "sample_drawings"
BESIDE = {"invented", "image"}


def reading(path: Path) -> Drawing:
    drawing = read_path(path, path.name)
    find_sheets(drawing)
    conclude(drawing)
    return drawing


def page_of_lines(path: Path, rows: int = 20, columns: int = 10) -> None:
    """Write an A2 page with equally long lines that do not touch, fills and texts left out."""
    document = pymupdf.open()
    page = document.new_page(width=594 / MM, height=420 / MM)
    for row in range(rows):
        for column in range(columns):
            x, y = (20 + column * 55) / MM, (15 + row * 20) / MM
            page.draw_line((x, y), (x + 45 / MM, y + (row % 3) * 4 / MM), width=0.5, color=(0, 0, row / rows))
    document.save(path)


@pytest.mark.parametrize("stage", ["scheme", "construction_v1"])
def test_the_sample_pdf_is_understood_as_a_whole(stage: str) -> None:
    path = next((SAMPLES / stage).glob("*.pdf"))
    drawing = reading(path)
    measure(drawing, path)
    assert drawing.sheets
    for sheet in drawing.sheets:
        assert sheet.ink.why == "" and sheet.ink.by.startswith("pdfium")
        assert sheet.ink.share is not None and sheet.ink.share >= 0.999, (sheet.id, sheet.ink)


@pytest.mark.parametrize("percent", [1, 5, 30, 100])
def test_deleting_a_known_part_of_the_lines_lowers_the_share_by_it(tmp_path: Path, percent: int) -> None:
    path = tmp_path / "lines.pdf"
    page_of_lines(path)
    drawing = reading(path)
    sheet = drawing.sheets[0]
    rows = np.asarray(sheet.entities)
    assert len(rows) == 200
    gone = np.random.default_rng(7).choice(rows, len(rows) * percent // 100, replace=False)
    hidden = drawing.spaces[0].entities
    if percent == 100:
        hidden.color[:] = 0xFFFFFFFF  # a sheet without rows would take all that touch it
    else:
        sheet.entities = np.setdiff1d(rows, gone)
    measure(drawing, path)
    assert sheet.ink.share == pytest.approx(1 - percent / 100, abs=0.01)
    lost = {name: part for name, part in sheet.ink.causes.items() if name not in BESIDE}
    assert lost == {"unexplained": pytest.approx(percent / 100, abs=0.01)}


def test_ink_that_only_we_draw_is_told_beside_the_share(tmp_path: Path) -> None:
    path = tmp_path / "lines.pdf"
    page_of_lines(path)
    drawing = reading(path)
    entities = drawing.spaces[0].entities
    entities.xy[: 2 * 20] += (0.0, 6.0)  # a tenth of the lines is in the wrong place
    measure(drawing, path)
    ink = drawing.sheets[0].ink
    assert ink.share == pytest.approx(0.9, abs=0.01)
    assert ink.causes["invented"] == pytest.approx(0.1, abs=0.01)


def test_a_text_counts_when_its_box_and_its_words_are_there(tmp_path: Path) -> None:
    path = tmp_path / "words.pdf"
    document = pymupdf.open()
    page = document.new_page(width=400, height=300)
    for row in range(8):
        page.insert_text((40, 40 + 30 * row), "WALL 240", fontsize=14)
    document.save(path)
    drawing = reading(path)
    measure(drawing, path)
    assert drawing.sheets[0].ink.share == 1.0
    texts = drawing.spaces[0].texts
    texts.string[0] = texts.string[1] = "\ufffd" * 8
    measure(drawing, path)
    ink = drawing.sheets[0].ink
    assert ink.share == pytest.approx(0.75, abs=0.01)
    assert ink.causes == {"text_undecodable": pytest.approx(0.25, abs=0.01)}
    kept = np.flatnonzero(drawing.spaces[0].entities.kind == EntityKind.TEXT)[2:]
    drawing.sheets[0].entities = kept
    measure(drawing, path)
    assert drawing.sheets[0].ink.causes == {"unexplained": pytest.approx(0.25, abs=0.01)}


def test_annotations_and_pictures_are_no_ink_and_pictures_are_told(tmp_path: Path) -> None:
    path = tmp_path / "stamped.pdf"
    page_of_lines(path)
    document = pymupdf.open(path)
    page = document[0]
    page.add_rect_annot(pymupdf.Rect(100, 100, 600, 500))
    noise = np.random.default_rng(1).integers(0, 2, (60, 60), np.uint8) * 255
    pixels = pymupdf.Pixmap(pymupdf.csGRAY, 60, 60, noise.tobytes(), False)
    page.insert_image(pymupdf.Rect(1500, 900, 1600, 1000), pixmap=pixels)
    document.save(tmp_path / "b.pdf")
    drawing = reading(tmp_path / "b.pdf")
    measure(drawing, tmp_path / "b.pdf")
    ink = drawing.sheets[0].ink
    assert ink.share is not None and ink.share >= 0.999
    assert 0.05 < ink.causes["image"] < 0.9 and "unexplained" not in ink.causes


def test_turned_and_cropped_pages_lie_on_the_same_grid(tmp_path: Path) -> None:
    path = tmp_path / "turned.pdf"
    page_of_lines(path)
    document = pymupdf.open(path)
    document[0].set_cropbox(pymupdf.Rect(100, 60, 1200, 1000))
    document[0].set_rotation(90)
    document.save(tmp_path / "b.pdf")
    drawing = reading(tmp_path / "b.pdf")
    measure(drawing, tmp_path / "b.pdf")
    share = drawing.sheets[0].ink.share
    assert share is not None and share >= 0.999


def test_what_cannot_be_measured_says_why(tmp_path: Path) -> None:
    path = tmp_path / "blank.pdf"
    document = pymupdf.open()
    document.new_page()
    page = document.new_page()
    page.draw_line((50, 50), (300, 50))
    document.save(path)
    drawing = reading(path)
    measure(drawing, path)
    assert [(s.ink.share, s.ink.why) for s in drawing.sheets] == [(None, "no_ink"), (1.0, "")]
    measure(drawing, path, budget_seconds=-1.0)
    assert drawing.sheets[1].ink.why == "time_exceeded"
    broken = tmp_path / "other.pdf"
    broken.write_bytes(b"no pdf at all")
    measure(drawing, broken)
    assert drawing.sheets[1].ink.share is None and drawing.sheets[1].ink.why.startswith("reference_failed: ")


def test_shapes_of_a_model_are_counted_by_storey() -> None:
    path = next((SAMPLES / "construction_v1").glob("*.ifc"))
    drawing = reading(path)
    measure(drawing, path)
    assert len(drawing.sheets) > 1 and all(s.ink.share == 1.0 and s.ink.by == "shapes" for s in drawing.sheets)
    storeys = np.unique(drawing.elements.storey[drawing.elements.shape_expected == 1])
    row = int(storeys[storeys >= 0][0])
    own = np.flatnonzero((drawing.elements.storey == row) & (drawing.elements.shape_expected == 1))
    gone = own[: len(own) // 2]
    drawing.elements.box[gone] = np.nan
    keep = ~np.isin(drawing.meshes.face_element, gone)
    drawing.meshes.faces, drawing.meshes.face_element = drawing.meshes.faces[keep], drawing.meshes.face_element[keep]
    measure(drawing, path)
    shares = [sheet.ink.share for sheet in drawing.sheets]
    free = np.count_nonzero((drawing.elements.storey < 0) & (drawing.elements.shape_expected == 1))
    assert sorted(shares)[0] == pytest.approx(1 - len(gone) / (len(own) + free)) and sorted(shares)[1:] == [1.0] * (
        len(shares) - 1
    )
