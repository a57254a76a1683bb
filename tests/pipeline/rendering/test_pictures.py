"""Laws of pictures: the same drawing through every canvas, judged by numbers and single pixels."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pymupdf
import pytest
from PIL import Image

from pipeline.errors import Refused
from pipeline.rendering.canvas import RecorderCanvas, path_text
from pipeline.rendering.comparison_picture import IDENTITY, ink_of, paint_both
from pipeline.rendering.content import sheet_content
from pipeline.rendering.overlay import Mark, draw_marks
from pipeline.rendering.painter import paint_sheet
from pipeline.rendering.pdf import PdfCanvas, sheet_pdf
from pipeline.rendering.raster import OpenPageCanvas, encode, page_picture
from pipeline.rendering.render import render_sheet
from pipeline.rendering.svg import SvgCanvas, sheet_svg
from pipeline.rendering.tiles import TILE_PX, make_thumbnail, make_tiles, tile_levels
from tests.pipeline.rendering.drawings import SHEET_AT, plan

DPI = 127.0  # five pixels a millimetre


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)


def at(picture: np.ndarray, x_mm: float, y_mm: float, per_mm: float = 5.0) -> list[int]:
    """Darkest pixel within one pixel of a place on the sheet."""
    row, column = round(picture.shape[0] - y_mm * per_mm), round(x_mm * per_mm)
    part = picture[max(row - 2, 0) : row + 2, max(column - 2, 0) : column + 2].reshape(-1, 3)
    return part[part.sum(axis=1).argmin()].tolist()


@pytest.fixture(scope="module")
def png():
    return pixels(render_sheet(*plan(), "png", dpi=DPI))


def test_the_picture_has_the_size_of_the_paper(png):
    assert abs(png.shape[1] - 297 * 5) <= 1 and abs(png.shape[0] - 210 * 5) <= 1


def test_ink_stands_where_the_drawing_says(png):
    assert at(png, 60, 20) == [255, 0, 0]
    assert at(png, 155, 105) == [0, 0, 255]
    assert at(png, 170, 120) == [255, 255, 255]
    assert at(png, 0, 100)[0] < 80
    assert at(png, 200, 60) == [255, 255, 255]


def test_a_dashed_line_has_gaps(png):
    row = png[png.shape[0] - 250 - 2 : png.shape[0] - 250 + 2, 55:1400].min(axis=0)
    inked = row[:, 0] < 200
    assert 0.4 < inked.mean() < 0.9


def test_the_text_covers_its_width_and_no_more(png):
    band = png[png.shape[0] - 188 * 5 : png.shape[0] - 178 * 5, 190 * 5 : 260 * 5].min(axis=(0, 2)) < 128
    inked = np.flatnonzero(band) / 5 + 190
    assert 200 <= inked.min() < 201 and 238.5 < inked.max() <= 240


def test_the_pdf_has_the_paper_size_and_real_texts():
    page = pymupdf.open(stream=sheet_pdf(*plan()))[0]
    assert page.rect.width * 25.4 / 72 == pytest.approx(297, abs=0.01)
    text = page.get_text()
    assert "首层平面图" in text and "Plan 1:100" in text and "M0921" in text


def test_a_character_the_font_lacks_is_shown_as_a_box_everywhere():
    drawing, sheet = plan()
    drawing.spaces[0].texts.string[1] = "\U0001f600"
    shown = pixels(render_sheet(drawing, sheet, "png", dpi=DPI))
    assert (shown[shown.shape[0] - 98 * 5 : shown.shape[0] - 80 * 5, 16 * 5 : 21 * 5].min(axis=2) < 200).any()
    assert b'id="g0"' in sheet_svg(drawing, sheet)


def test_pens_stay_opaque_after_a_see_through_area():
    drawing, sheet = plan()
    drawing.spaces[0].entities.color[3] = 0x0000FF40
    shown = pixels(render_sheet(drawing, sheet, "png", dpi=DPI))
    assert at(shown, 155, 105) == [191, 191, 255] and at(shown, 70, 150)[0] < 160


def test_the_pdf_is_small_because_the_font_is_reduced():
    assert len(sheet_pdf(*plan())) < 40_000


def test_the_pdf_keeps_every_line():
    drawn = pymupdf.open(stream=sheet_pdf(*plan()))[0].get_drawings()
    kinds = [item[0] for path in drawn if path["type"] == "s" for item in path["items"]]
    assert len(kinds) + kinds.count("re") * 3 + kinds.count("qu") * 3 >= 4 + 1 + 1 + 32 - 2


def test_the_svg_is_valid_and_keeps_source_ids_and_strings():
    root = ET.fromstring(sheet_svg(*plan()))
    assert root.get("width") == "297mm" and root.get("viewBox") == "0 0 29700 21000"
    ids = {node.get("id") for node in root.iter()}
    assert {"e-A1", "e-A2", "e-A3", "e-A4"} <= ids
    assert {"首层平面图", "Plan 1:100", "M0921"} <= {node.get("aria-label") for node in root.iter()}


def test_svg_and_png_show_the_same():
    picture = pymupdf.open(stream=render_sheet(*plan(), "svg"), filetype="svg")[0].get_pixmap(dpi=96)
    shown = np.frombuffer(picture.samples, np.uint8).reshape(picture.height, picture.width, -1)[..., :3].astype(int)
    per_mm = picture.width / 297
    assert at(shown, 60, 20, per_mm)[0] > 200 and at(shown, 60, 20, per_mm)[1] < 100
    assert at(shown, 155, 105, per_mm)[2] > 200 and at(shown, 155, 105, per_mm)[0] < 60


def test_hostile_ids_and_titles_cannot_leave_their_attribute():
    drawing, sheet = plan(title='"><script>alert(1)</script>')
    drawing.spaces[0].sources[0] = '"><script>alert(2)</script>'
    drawing.spaces[0].texts.string[1] = "M\x01\ufffe<script>"
    svg = sheet_svg(drawing, sheet)
    assert b"<script" not in svg
    ET.fromstring(svg)


def test_hidden_and_unplotted_layers_are_not_painted():
    drawing, sheet = plan()
    drawing.layers[2].visible = False
    drawing.layers[3].plotted = False
    canvas = RecorderCanvas()
    paint_sheet(drawing, sheet, canvas)
    verbs = [verb for verb, _ in canvas.calls]
    assert "fill" not in verbs and "text" not in verbs and verbs.count("stroke") == 4


def test_areas_are_painted_in_order_between_the_lines_around_them():
    canvas = RecorderCanvas()
    paint_sheet(*plan(), canvas)
    verbs = [verb for verb, _ in canvas.calls if verb in ("stroke", "fill", "text")]
    assert verbs == ["stroke", "stroke", "stroke", "fill", "stroke", "text", "text", "text"]


def test_path_text_moves_draws_and_closes():
    xy = np.array([[0, 0], [1, 0], [1, 1], [5, 5], [6, 6], [9, 9]])
    path = path_text(
        xy, np.array([0, 3, 5, 6]), np.array([True, False, True]), ("M%d %d", "L%d %d", "L%d %dZ", "M%d %dZ")
    )
    assert path == "M0 0L1 0L1 1ZM5 5L6 6M9 9Z"


def test_marks_are_painted_over_the_sheet():
    marked = pixels(render_sheet(*plan(), "png", dpi=DPI, overlay=[Mark((210, 40, 240, 60), label="7")]))
    assert at(marked, 209, 50)[0] > 180 and at(marked, 209, 50)[1] < 80


def test_another_kind_of_picture_is_refused():
    with pytest.raises(Refused):
        render_sheet(*plan(), "gif")


def test_level_zero_shows_the_whole_sheet_and_each_level_doubles():
    drawing, sheet = plan()
    tiles = make_tiles(drawing, sheet, None)
    assert tile_levels(sheet) == 2
    assert set(tiles) == {"0/0/0", "1/0/0", "1/1/0", "1/0/1", "1/1/1"}
    small, big = pixels(tiles["0/0/0"]), pixels(tiles["1/0/1"])
    assert small.shape == big.shape == (TILE_PX, TILE_PX, 3)
    per_mm = 2 * TILE_PX / 297
    column, row = round(60 * per_mm), round((210 - 20) * per_mm) - TILE_PX
    near = big[row - 2 : row + 3, column - 2 : column + 3].reshape(-1, 3)
    assert near[near[:, 1].argmin()].tolist()[0] > 200 and near[:, 1].min() < 90


def test_blank_tiles_are_left_out():
    drawing, sheet = plan(size_mm=(2970.0, 2100.0), entities=np.array([1], np.int32))
    tiles = make_tiles(drawing, sheet, None)
    top = max(int(key.split("/")[0]) for key in tiles)
    assert top == tile_levels(sheet) - 1 == 4
    assert len([key for key in tiles if key.startswith(f"{top}/")]) <= 2


def test_scans_have_one_level_more():
    _, sheet = plan()
    assert tile_levels(sheet, scanned=True) == tile_levels(sheet) + 1


def test_thumbnails_are_four_hundred_wide():
    assert Image.open(io.BytesIO(make_thumbnail(*plan(), None))).size == (400, 283)


def original(tmp_path: Path) -> Path:
    """A PDF page of the same sheet with a black square that only the original has."""
    document = pymupdf.open(stream=sheet_pdf(*plan()))
    k = 72 / 25.4
    document[0].draw_rect(pymupdf.Rect(250 * k, (210 - 70) * k, 270 * k, (210 - 50) * k), fill=(0, 0, 0))
    document[0].set_rotation(90)
    path = tmp_path / "original"
    document.save(path)
    return path


def page_plan():
    """The plan as a PDF page: a space in paper millimetres."""
    from pipeline.drawing.kinds import Format, SpaceKind

    drawing, sheet = plan()
    drawing.format = Format.PDF
    space = drawing.spaces[0]
    space.kind, space.name, space.unit_mm = SpaceKind.PAGE, "1", 25.4 / 72
    space.entities.xy = (space.entities.xy - np.array(SHEET_AT)) / 100
    sheet.box, sheet.to_space, sheet.scale = (0.0, 0.0, 297.0, 210.0), (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), 1.0
    return drawing, sheet


def test_pdf_tiles_come_from_the_original_page_unrotated(tmp_path):
    shown = pixels(make_tiles(*page_plan(), original(tmp_path))["0/0/0"])
    per_mm = TILE_PX / 297
    assert shown[round(150 * per_mm), round(260 * per_mm)].sum() < 120
    assert shown[round(150 * per_mm), round(230 * per_mm)].sum() > 700


def test_a_sheet_on_part_of_a_page_shows_only_that_part(tmp_path):
    drawing, sheet = page_plan()
    sheet.size_mm, sheet.to_space, sheet.box = (
        (100.0, 100.0),
        (1.0, 0.0, 0.0, 1.0, 200.0, 0.0),
        (200.0, 0.0, 300.0, 100.0),
    )
    shown = pixels(make_tiles(drawing, sheet, original(tmp_path))["0/0/0"])
    per_mm = TILE_PX / 100
    assert shown[round((100 - 60) * per_mm), round(60 * per_mm)].sum() < 60
    assert shown[round((100 - 60) * per_mm), round(30 * per_mm)].sum() > 700


def test_an_original_that_cannot_be_opened_is_replaced_by_our_own_painting(tmp_path):
    broken = tmp_path / "broken"
    broken.write_bytes(b"not a pdf")
    assert "0/0/0" in make_tiles(*page_plan(), broken)


def both(canvas, old, new, marks=()):
    content = sheet_content(*new)
    scale = content.paper_scale
    canvas.begin(*(side / scale for side in content.size_mm), "both")
    paint_both(canvas, ink_of(sheet_content(*old), IDENTITY, scale), ink_of(content, IDENTITY, scale))
    draw_marks(canvas, list(marks), scale)
    return canvas.finish()


def both_png(old, new, dpi):
    canvas = OpenPageCanvas()
    both(canvas, old, new)
    with canvas.page:
        return encode(page_picture(canvas.page, dpi), "PNG")


def test_comparison_paints_old_red_new_green_and_common_grey():
    old, new = plan(), plan()
    entities = new[0].spaces[0].entities
    rows = slice(entities.point_first[entities.part_first[1]], entities.point_first[entities.part_first[1] + 1])
    entities.xy[rows, 1] += 1000  # the red line moves up by 10 mm of the sheet
    shown = pixels(both_png(old, new, DPI))
    red, green, grey = at(shown, 60, 20), at(shown, 60, 30), at(shown, 60, 50)
    assert red[0] > 180 and red[1] < 120
    assert green[1] > 90 and green[0] < 60
    assert max(grey) - min(grey) < 60
    assert both(PdfCanvas(), old, new).startswith(b"%PDF")
    ET.fromstring(both(SvgCanvas(), old, new, [Mark((50, 10, 70, 40), label="1")]))


def test_comparison_of_equal_sheets_has_no_colour():
    shown = pixels(both_png(plan(), plan(), 60))
    assert (shown.max(axis=2) - shown.min(axis=2)).max() < 60


def test_a_sheet_without_size_has_no_tiles_and_a_white_thumbnail():
    drawing, sheet = plan(size_mm=(0.0, 0.0))
    assert make_tiles(drawing, sheet, None) == {}
    assert (pixels(make_thumbnail(drawing, sheet, None)) == 255).all()
    assert render_sheet(drawing, sheet, "png")


def test_every_picture_names_the_content_it_was_made_of():
    drawing, sheet = plan()
    drawing.sha256, drawing.reader_version = "ab" * 32, "2026/test-1"
    said = f"sha256:{'ab' * 32}; sheet {sheet.id}; reader 2026/test-1; rendering "
    svg, pdf, png = (render_sheet(drawing, sheet, kind, note="marked") for kind in ("svg", "pdf", "png"))
    assert said in svg.decode() and "marked" in svg.decode()
    with pymupdf.open(stream=pdf) as document:
        assert document.metadata["subject"].startswith(said)
    assert Image.open(io.BytesIO(png)).text["Source"].startswith(said)
