"""Ink that is held and looks different is lost under the name of what made it so; what nothing explains stays so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pymupdf
import pytest

from pipeline.drawing.conclude import conclude
from pipeline.drawing.kinds import EntityKind, Format
from pipeline.drawing.model import Drawing
from pipeline.measuring.measure import measure
from pipeline.measuring.verdict import BESIDE, unexplained
from pipeline.readers.registry import read_path
from pipeline.sheets.find import find_sheets

RULED = "0 0 0 RG 1 w " + " ".join(f"20 {20 + 8 * row} m 380 {20 + 8 * row} l S" for row in range(6))
SHARP = "q 12 w 0 j 40 M 60 120 m 200 180 l 60 140 l S 220 120 m 360 180 l 220 140 l S Q"
HALF_CUT = "q 100 150 200 100 re W n 10 w 100 150 200 100 re S Q"
SHAPED = "q 60 120 m 340 120 l 200 280 l h W n 0 g 40 100 120 200 re f 0.5 g 160 100 180 200 re f Q"
RING = "300 150 m 300 205 255 250 200 250 c 145 250 100 205 100 150 c 100 95 145 60 200 60 c 255 60 300 95 300 150 c h"
ROUND_CUT = f"q {RING} W n 5 w {RING} S Q"  # too narrow a pen for a circle to become an area
SQUARE = (
    "q 12 w 0 j 2 J "
    + " ".join(f"{60 + 60 * k} 120 m {60 + 60 * k} 200 l {90 + 60 * k} 200 l S" for k in range(5))
    + " Q"
)
LETTERS = "q BT /F 90 Tf 7 Tr 60 150 Td (CLIP) Tj ET 0 g 20 100 360 180 re f Q"
LETTERS_OVER = (
    "q BT /F 90 Tf 7 Tr 60 120 Td (CLIP) Tj ET 0.5 g 20 100 360 50 re f 0.2 g 20 150 360 60 re f Q "
    "q BT /F 30 Tf 7 Tr 60 220 Td (CLIP) Tj ET 0 g 20 100 360 180 re f Q"
)
SHINING = "0 g 60 120 20 160 re f 120 120 20 160 re f 180 120 20 160 re f q /G gs 0.6 g 40 100 300 200 re f Q"
GLASSY = "0 g 60 120 20 160 re f 120 120 20 160 re f q /H gs 150 w 0.5 G 40 200 m 360 200 l S Q"


def page_of(path: Path, content: str) -> Path:
    """Write a PDF of one page, 400 by 300 points, with ruled lines and this content."""
    document = pymupdf.open()
    page = document.new_page(width=400, height=300)
    stream = document.get_new_xref()
    document.update_object(stream, "<<>>")
    document.update_stream(stream, f"{RULED} {content}".encode(), new=True)
    font = "/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    document.xref_set_key(page.xref, "Resources", f"<<{font}/ExtGState<</G<</BM/Multiply>>/H<</CA 0.4>>>>>>")
    document.xref_set_key(page.xref, "Contents", f"{stream} 0 R")
    document.save(path)
    return path


def reading(path: Path) -> Drawing:
    drawing = read_path(path, path.name)
    find_sheets(drawing)
    conclude(drawing)
    return drawing


def lost(drawing: Drawing, path: Path) -> dict[str, float]:
    measure(drawing, path)
    ink = drawing.sheets[0].ink
    assert ink.share is not None and ink.share < 0.995, ink
    return {name: part for name, part in ink.causes.items() if name not in BESIDE}


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (ROUND_CUT, "clip_edge"),
        (LETTERS, "text_clip"),
        (LETTERS_OVER, "text_clip"),
        (SHINING, "blend"),
        (GLASSY, "blend"),
        (SQUARE, "line_ends"),
    ],
)
def test_what_looks_different_on_the_page_has_its_name(tmp_path: Path, content: str, cause: str) -> None:
    path = page_of(tmp_path / "page.pdf", content)
    drawing = reading(path)
    causes = lost(drawing, path)
    assert causes.get(cause, 0.0) > 0.005
    assert causes.get("unexplained", 0.0) <= 0.005, causes
    assert not unexplained(Format.PDF, drawing.sheets[0].ink)


@pytest.mark.parametrize("content", [HALF_CUT, SHAPED, SHARP])
def test_what_a_clip_leaves_of_a_pen_and_long_mitres_are_read(tmp_path: Path, content: str) -> None:
    path = page_of(tmp_path / "page.pdf", content)
    drawing = reading(path)
    measure(drawing, path)
    ink = drawing.sheets[0].ink
    assert ink.share is not None and ink.share > 0.999
    assert ink.causes.get("invented", 0.0) < 0.005


@pytest.mark.parametrize("content", [ROUND_CUT, LETTERS, SHINING, SQUARE])
def test_lines_that_are_missing_are_explained_by_none_of_it(tmp_path: Path, content: str) -> None:
    path = page_of(tmp_path / "page.pdf", content)
    drawing = reading(path)
    measure(drawing, path)
    before = drawing.sheets[0].ink
    entities = drawing.spaces[0].entities
    ruled = np.flatnonzero(entities.kind == EntityKind.LINE)[:6]
    assert len(ruled) == 6
    entities.color[ruled] = 0xFFFFFFFF  # white on white: as if it had not been read
    causes = lost(drawing, path)
    assert before.share is not None
    gone = before.share - (drawing.sheets[0].ink.share or 0.0)
    assert gone > 0.1
    assert causes["unexplained"] == pytest.approx(gone + before.causes.get("unexplained", 0.0), abs=0.003)


def test_a_field_we_draw_over_lines_of_the_page_has_its_name(tmp_path: Path) -> None:
    path = page_of(
        tmp_path / "page.pdf", " ".join(f"100 {100 + 20 * row} m 300 {100 + 20 * row} l S" for row in range(8))
    )
    document = pymupdf.open(path)
    field = pymupdf.Widget()
    field.field_type, field.field_name, field.rect = pymupdf.PDF_WIDGET_TYPE_TEXT, "f", pymupdf.Rect(90, 40, 310, 210)
    field.fill_color = (0.8, 0.9, 1.0)
    document[0].add_widget(field)
    document.save(tmp_path / "field.pdf")
    causes = lost(reading(tmp_path / "field.pdf"), tmp_path / "field.pdf")
    assert causes == {"form_fields": pytest.approx(0.5, abs=0.15)}


def test_letters_that_stand_out_of_the_box_of_their_text_are_held(tmp_path: Path) -> None:
    path = page_of(tmp_path / "page.pdf", "BT /F 60 Tf 60 150 Td (TALL) Tj ET")
    drawing = reading(path)
    entities, texts = drawing.spaces[0].entities, drawing.spaces[0].texts
    row = int(np.flatnonzero(entities.kind == EntityKind.TEXT)[0])
    part = int(entities.part_first[row])
    corners = entities.xy[entities.point_first[part] : entities.point_first[part] + 4]
    corners[:, 1] = corners[:, 1].min() + 0.3 * (corners[:, 1] - corners[:, 1].min())  # a box for the feet alone
    texts.height[0] *= 0.1
    assert lost(drawing, path).keys() == {"letters_beyond_box"}
    texts.string[0] = "OTHER"
    assert lost(drawing, path).keys() == {"unexplained"}  # other words at the place explain nothing


@pytest.mark.parametrize(("shorter", "cause"), [(0.88, "letters_beyond_box"), (0.5, "unexplained")])
def test_letters_of_a_wider_font_run_on_beyond_the_box_not_far(tmp_path: Path, shorter: float, cause: str) -> None:
    path = page_of(tmp_path / "page.pdf", "BT /F 30 Tf 30 150 Td (RUNNING ON AND ON) Tj ET")
    drawing = reading(path)
    entities = drawing.spaces[0].entities
    part = int(entities.part_first[np.flatnonzero(entities.kind == EntityKind.TEXT)[0]])
    corners = entities.xy[entities.point_first[part] : entities.point_first[part] + 4]
    corners[:, 0] = corners[:, 0].min() + shorter * (corners[:, 0] - corners[:, 0].min())
    causes = lost(drawing, path)
    assert max(causes, key=lambda name: causes[name]) == cause


def test_what_shines_through_in_our_drawing_only_has_its_name(tmp_path: Path) -> None:
    path = page_of(tmp_path / "page.pdf", "0.3 g 40 100 300 180 re f 0.9 g 60 120 200 100 re f")
    drawing = reading(path)
    entities = drawing.spaces[0].entities
    entities.color[np.flatnonzero(entities.kind == EntityKind.FILL)[1]] = 0xE6E6E604
    assert lost(drawing, path).keys() == {"blend"}


def test_content_that_is_said_to_be_broken_explains_an_empty_page_only(tmp_path: Path) -> None:
    path = page_of(tmp_path / "page.pdf", SHARP)
    document = pymupdf.open(path)
    number = document[0].get_contents()[0]
    plain = tmp_path / "plain.pdf"
    document.save(plain, expand=255)
    text = plain.read_bytes()
    assert RULED.encode() in text
    cut = text.index(b"/Length", text.index(b"\n%d 0 obj" % number))
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(text[:cut] + b"/Filter/FlateDecode " + text[cut:])
    drawing = reading(broken)
    assert "pdf_content_lost" in {one.code for one in drawing.defects if one.loses_content}
    assert not len(drawing.spaces[0].entities)
    assert lost(drawing, plain) == {"pdf_content_lost": 1.0}  # as a renderer shows it that can unpack it
    whole = reading(plain)
    whole.defects = drawing.defects
    whole.spaces[0].entities.color[0] = 0xFFFFFFFF
    assert "pdf_content_lost" not in lost(whole, plain)
