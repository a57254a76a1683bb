"""Title blocks of scans: proposals of the optional engine, never sure without agreement."""

import importlib.util
from pathlib import Path

import pymupdf
import pytest

from pipeline import doctor
from pipeline.drawing.certainty import CONFIRM
from pipeline.readers.registry import read_path
from pipeline.sheets import find_sheets
from pipeline.sheets.numbers import tidy_number
from pipeline.sheets.ocr import Seen, _once, _tiles, add_ocr_fields, available
from sample_drawings.framed_sheets.cases import cases
from sample_drawings.framed_sheets.make import make_case

INSTALLED = importlib.util.find_spec("rapidocr_onnxruntime") is not None


def scanned(tmp_path: Path, name: str, as_name: str = "scan.pdf") -> tuple[Path, dict]:
    """The sheets of a case as pictures on pages."""
    made = make_case({case.name: case for case in cases(1)}[name], tmp_path / "vector")
    out = pymupdf.open()
    with pymupdf.open(made.path) as source:
        for page in source:
            picture = page.get_pixmap(dpi=200).tobytes("jpeg")
            out.new_page(width=page.rect.width, height=page.rect.height).insert_image(page.rect, stream=picture)
    path = tmp_path / as_name
    out.save(path)
    return path, made.truth


def test_tiles_cover_the_strip_and_stay_small():
    boxes = _tiles((400.0, 0.0, 594.0, 420.0))
    assert max(b[2] - b[0] for b in boxes) <= 191 and max(b[3] - b[1] for b in boxes) <= 191
    for x, y in ((401, 1), (593, 1), (401, 419), (500, 210)):
        assert any(b[0] <= x <= b[2] and b[1] <= y <= b[3] for b in boxes)
    assert boxes[0][2] == 594.0 and boxes[0][1] == 0.0  # the corner of the title block first


def test_what_two_tiles_show_is_there_once():
    whole, cut = Seen("图号 建施-03", 10, 10, 40, 14, 0.9), Seen("建施-0", 22, 10, 36, 14, 0.8)
    assert _once([cut, whole]) == [whole]


def test_without_the_engine_nothing_is_read_and_nothing_fails(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.sheets.ocr.available", lambda: False)
    path, _ = scanned(tmp_path, "pdf_labels_en")
    drawing = read_path(path, path.name)
    find_sheets(drawing)
    assert add_ocr_fields(drawing, path) == 0 and not drawing.sheets[0].fields and "ocr" not in drawing.meta


def test_the_doctor_says_whether_the_engine_is_there():
    check = doctor._ocr()
    assert check.ok and ("rapidocr" in check.found) == available() and bool(check.advice_zh) != available()


@pytest.mark.skipif(not INSTALLED, reason="the extra ocr is not installed")
def test_a_scanned_title_block_gives_proposals(tmp_path):
    path, truth = scanned(tmp_path, "pdf_labels_en")
    drawing = read_path(path, path.name)
    find_sheets(drawing)
    assert add_ocr_fields(drawing, path) == len(truth["sheets"]) and "rapidocr" in drawing.meta["ocr"]["engine"]
    for sheet, wanted in zip(drawing.sheets, truth["sheets"], strict=True):
        assert tidy_number(sheet.number) == tidy_number(wanted["fields"]["number"])
        assert all(f.origin == "ocr" and f.confidence < CONFIRM for f in sheet.fields.values() if f.origin != "text")


@pytest.mark.skipif(not INSTALLED, reason="the extra ocr is not installed")
def test_the_name_of_the_file_makes_a_read_number_sure(tmp_path):
    made = make_case({case.name: case for case in cases(1)}["pdf_right"], tmp_path / "v")
    number = tidy_number(made.truth["sheets"][0]["fields"]["number"])
    path, _ = scanned(tmp_path, "pdf_right", f"{number} 平面图.pdf")
    with pymupdf.open(path) as document:
        document.select([0])
        document.save(tmp_path / "one.pdf")
    drawing = read_path(tmp_path / "one.pdf", path.name)
    drawing.meta["name"] = path.name
    find_sheets(drawing)
    add_ocr_fields(drawing, tmp_path / "one.pdf")
    assert drawing.sheets[0].number == number and drawing.sheets[0].fields["number"].confidence >= CONFIRM
