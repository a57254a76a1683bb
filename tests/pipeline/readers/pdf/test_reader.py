"""What the PDF reader makes of pages written here."""

import math
from pathlib import Path

import numpy as np
import pymupdf
import pytest

from pipeline.drawing.conclude import conclude
from pipeline.drawing.kinds import EntityKind, State
from pipeline.drawing.model import Drawing
from pipeline.drawing.sheet_space import to_sheet
from pipeline.readers.base import ReadLimits
from pipeline.readers.pdf.reader import PdfReader
from pipeline.readers.registry import read_path
from pipeline.sheets import find_sheets

MM = 25.4 / 72
SAMPLE = Path(__file__).parents[4] / "sample_drawings" / "scheme"


def reading(path: Path) -> Drawing:
    drawing = read_path(path, path.name)
    find_sheets(drawing)
    conclude(drawing)
    return drawing


def saved(doc, tmp_path: Path, name: str = "a.pdf", **options) -> Drawing:
    path = tmp_path / name
    doc.save(path, **options)
    return reading(path)


def codes(drawing: Drawing) -> set[str]:
    return {d.code for d in drawing.defects}


def test_lines_are_millimetres_from_the_lower_left_corner(tmp_path):
    doc = pymupdf.open()
    page = doc.new_page(width=841 / MM, height=594 / MM)
    page.draw_line((10 / MM, 594 / MM), (10 / MM, (594 - 200) / MM), color=(1, 0, 0), width=0.5 / MM)
    drawing = saved(doc, tmp_path)
    space = drawing.spaces[0]
    assert drawing.state == State.COMPLETE
    assert space.size_mm == pytest.approx((841, 594), abs=0.01)
    assert np.allclose(space.entities.xy, [[10, 0], [10, 200]], atol=0.01)
    assert space.entities.width_mm[0] == pytest.approx(0.5, abs=1e-3)
    assert space.entities.color[0] == 0xFF0000FF


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_turned_page_keeps_its_coordinates_and_its_sheet_stands_upright(tmp_path, rotation):
    doc = pymupdf.open()
    page = doc.new_page(width=400, height=200)
    page.draw_line((0, 0), (40, 0))
    page.set_rotation(rotation)
    drawing = saved(doc, tmp_path)
    space, sheet = drawing.spaces[0], drawing.sheets[0]
    assert np.allclose(space.entities.xy, [[0, 200 * MM], [40 * MM, 200 * MM]], atol=1e-3)
    wide, high = (400 * MM, 200 * MM) if rotation % 180 == 0 else (200 * MM, 400 * MM)
    assert sheet.size_mm == pytest.approx((wide, high), abs=0.01)
    shown = to_sheet(space.entities.xy, sheet.to_space)
    corner = {0: (0, high), 90: (wide, high), 180: (wide, 0), 270: (0, 0)}[rotation]
    assert np.allclose(shown[0], corner, atol=0.01)


def test_fills_circles_and_dashes_are_told_apart(tmp_path):
    doc = pymupdf.open()
    page = doc.new_page()
    page.draw_rect((10, 10, 50, 50), fill=(0, 0, 1), color=None)
    page.draw_circle((200, 200), 30)
    page.draw_line((0, 300), (100, 300), dashes="[6 3] 0")
    table = saved(doc, tmp_path).spaces[0].entities
    assert table.kind.tolist() == [EntityKind.FILL, EntityKind.CIRCLE, EntityKind.LINE]
    assert table.dashed.tolist() == [0, 0, 1]
    height = 842 * MM
    assert np.allclose(table.arcs[0], [1, 200 * MM, height - 200 * MM, 30 * MM, 0, 2 * math.pi], atol=0.1)


def test_texts_have_place_direction_and_layer(tmp_path):
    doc = pymupdf.open()
    page = doc.new_page()
    group = doc.add_ocg("WALL")
    hidden = doc.add_ocg("HIDDEN", on=False)
    page.insert_text((100, 100), "M0921 door", fontsize=10, oc=group)
    page.insert_text((300, 300), "up", fontsize=10, rotate=90)
    page.insert_text((50, 500), "hidden", fontsize=10, oc=hidden)
    drawing = saved(doc, tmp_path)
    space = drawing.spaces[0]
    assert space.texts.string == ["M0921 door", "up", "hidden"]
    assert np.allclose(space.texts.origin[0], [100 * MM, (842 - 100) * MM], atol=0.05)
    assert space.texts.rotation[1] == pytest.approx(math.pi / 2)
    layers = [drawing.layers[space.entities.layer[e]] for e in space.texts.entity]
    assert [layer.name for layer in layers] == ["WALL", "", "HIDDEN"]
    assert layers[0].meaning == "wall"
    assert [layer.visible for layer in layers] == [True, True, False]


def test_an_encrypted_file_is_rejected_with_its_reason(tmp_path):
    doc = pymupdf.open()
    doc.new_page()
    drawing = saved(doc, tmp_path, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="x", owner_pw="y")
    assert drawing.state == State.REJECTED
    assert codes(drawing) == {"pdf_encrypted"}


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.995])
def test_a_cut_file_is_never_complete(tmp_path, share):
    doc = pymupdf.open()
    for _ in range(5):
        doc.new_page().insert_text((100, 100), "text")
    path = tmp_path / "whole.pdf"
    doc.save(path)
    data = path.read_bytes()
    cut = tmp_path / "cut.pdf"
    cut.write_bytes(data[: int(len(data) * share)])
    assert reading(cut).state in (State.PARTIAL, State.REJECTED)


def test_a_picture_that_fills_the_page_is_a_scan(tmp_path):
    doc = pymupdf.open()
    page = doc.new_page()
    picture = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 50, 70))
    picture.clear_with(200)
    page.insert_image(page.rect, pixmap=picture, keep_proportion=False)
    drawing = saved(doc, tmp_path)
    assert drawing.spaces[0].scanned
    assert "page_scanned" in codes(drawing)
    box = drawing.spaces[0].entities.xy
    assert np.allclose(np.ptp(box, axis=0), drawing.spaces[0].size_mm, atol=0.1)


def test_scripts_are_named(tmp_path):
    doc = pymupdf.open()
    doc.new_page().insert_text((100, 100), "text")
    xref = doc.get_new_xref()
    doc.update_object(xref, "<</S/JavaScript/JS(app.alert\\(1\\))>>")
    doc.xref_set_key(doc.pdf_catalog(), "OpenAction", f"{xref} 0 R")
    drawing = saved(doc, tmp_path)
    assert "active_content" in codes(drawing)


def test_a_page_box_that_is_no_box_is_flagged(tmp_path):
    doc = pymupdf.open()
    page = doc.new_page()
    page.insert_text((100, 100), "text")
    doc.xref_set_key(page.xref, "MediaBox", "[0 0 0 0]")
    assert "page_size_invalid" in codes(saved(doc, tmp_path))


def test_user_units_count(tmp_path):
    doc = pymupdf.open()
    page = doc.new_page(width=100, height=100)
    page.draw_line((0, 90), (50, 90))
    doc.xref_set_key(page.xref, "UserUnit", "10")
    space = saved(doc, tmp_path).spaces[0]
    assert space.size_mm == pytest.approx((1000 * MM, 1000 * MM), rel=1e-3)
    assert np.allclose(space.entities.xy, [[0, 100 * MM], [500 * MM, 100 * MM]], atol=0.1)


@pytest.mark.parametrize("angle", [0, 30, 90, 135])
@pytest.mark.parametrize("narrow", [0.7, 1.0, 1.4])
def test_a_narrowed_text_is_as_tall_as_it_was_written_and_as_wide_as_it_is(tmp_path, narrow, angle):
    doc = pymupdf.open()
    page = doc.new_page(width=600, height=600)
    at = pymupdf.Point(300, 300)
    matrix = pymupdf.Matrix(narrow, 0, 0, 1, 0, 0) * pymupdf.Matrix(angle)
    page.insert_text(at, "M0921", fontsize=20, morph=(at, matrix))
    texts = saved(doc, tmp_path).spaces[0].texts
    assert texts.string == ["M0921"]
    assert texts.height[0] == pytest.approx(20 * 0.716 * MM, rel=0.01)
    wide = pymupdf.get_text_length("M0921", fontsize=20) * narrow * MM
    assert texts.width[0] == pytest.approx(wide, rel=0.03)
    assert math.cos(texts.rotation[0] - math.radians(angle)) == pytest.approx(1, abs=1e-4)


def test_the_plotted_sample_has_the_heights_of_its_twin_in_dxf():
    found = {form: _heights(sorted(SAMPLE.glob(f"*.{form}"))) for form in ("pdf", "dxf")}
    both = [key for key, heights in found["pdf"].items() if len(found["dxf"].get(key, ())) == len(heights)]
    assert len(both) > 500
    for key in both:
        assert sorted(found["pdf"][key]) == pytest.approx(sorted(found["dxf"][key]), rel=0.05), key


def _heights(paths: list[Path]) -> dict[tuple[str, str], list[float]]:
    """Return (sheet number, text) -> heights in mm on paper."""
    found: dict[tuple[str, str], list[float]] = {}
    for drawing in (reading(path) for path in paths):
        for sheet in (s for s in drawing.sheets if s.framed):
            space = drawing.spaces[sheet.space]
            on = np.isin(space.texts.entity, sheet.entities)
            unit = math.hypot(sheet.to_space[0], sheet.to_space[2])
            for row in np.flatnonzero(on).tolist():
                key = (sheet.number, space.texts.string[row])
                found.setdefault(key, []).append(space.texts.height[row] / unit)
    return found


def test_a_page_of_blanks_only_is_read(tmp_path):
    doc = pymupdf.open()
    page = doc.new_page()
    page.draw_line((0, 0), (9, 9))
    page.insert_text((100, 100), "   ")
    drawing = saved(doc, tmp_path)
    assert drawing.state == State.COMPLETE
    assert drawing.spaces[0].texts.string == []


def test_forms_within_forms_that_never_end_cost_their_page_only(tmp_path):
    doc = pymupdf.open()
    doc.new_page().insert_text((100, 100), "sound")
    page = doc.new_page()
    page.insert_text((100, 100), "laughs")
    inner = 0
    for _ in range(9):
        form = doc.get_new_xref()
        resources = f"/Resources<</XObject<</F {inner} 0 R>>>>" if inner else ""
        doc.update_object(form, f"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]{resources}>>")
        doc.update_stream(form, b"/F Do " * 10 if inner else b"0 0 m 9 9 l S ")
        inner = form
    doc.xref_set_key(page.xref, "Resources", f"<</XObject<</#46 {inner} 0 R>>>>")
    doc.update_stream(page.get_contents()[0], b"/F Do " * 10)
    drawing = saved(doc, tmp_path)
    assert drawing.state == State.PARTIAL
    assert [space.texts.string for space in drawing.spaces] == [["sound"]]
    assert "page_failed" in codes(drawing)


def test_pages_after_the_time_is_up_are_said_to_be_unread(tmp_path):
    doc = pymupdf.open()
    for _ in range(3):
        doc.new_page().insert_text((100, 100), "text")
    path = tmp_path / "long.pdf"
    doc.save(path)
    drawing = PdfReader(ReadLimits(cpu_seconds=-1.0)).read(path, path.name)
    assert (drawing.completeness.pages_declared, drawing.completeness.pages_read) == (3, 0)
    assert "limit_reached" in codes(drawing)
