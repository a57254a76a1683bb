"""A comparison on paper: what is common, what is not, numbered clouds, and words that name both versions."""

import io
import xml.etree.ElementTree as ET

import numpy as np
import pymupdf
import pytest
from PIL import Image

from pipeline.comparing.engine import compare_drawings
from pipeline.errors import Refused
from pipeline.rendering.comparison_panes import panes_of
from pipeline.rendering.comparison_picture import split_pieces
from pipeline.rendering.comparison_report import Entry, Pane, comparison_report, snapshots, wrapped
from tests.pipeline.comparing.drawings import drawing, plan, shifted
from tests.pipeline.rendering import drawings as sheets


def compared(language="zh", **more):
    strokes, labels = plan()
    changed = [*shifted(strokes, 1, 300, 0), ([(2000, 1000), (2000, 2600)], 1, -1)]
    old, new = drawing(strokes, labels), drawing(changed, labels[1:], **more)
    document = compare_drawings(old, new).to_json()
    return document, panes_of(document, old, new, language), (old, new)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_words_name_both_versions_tolerance_engine_and_transform(language):
    document, panes, (old, new) = compared(language)
    text = " ".join(panes[0].facts)
    assert old.sha256 in text and new.sha256 in text and document["engine"] in text
    assert f"{document['tolerance_mm']:.3g} mm" in text and "[1 0 0] [0 1 0]" in text
    assert [entry.number for entry in panes[0].entries] == [1, 2, 3]
    assert [e.sentence for e in panes[0].entries] == [c["sentence"][language] for c in document["changes"]]


def test_indicators_of_both_sides_stand_beside_the_picture_and_the_unknown_is_said():
    document, _, (old, new) = compared()
    row = {"unit": "", "room": "", "sheet_old": "", "sheet_new": "", "zh": "楼层数", "en": "storeys"}
    pair = {"sheet_old": old.sheets[0].id, "sheet_new": new.sheets[0].id}
    document["indicators"] = [
        {**row, "old": 3.0, "new": None, "delta": None},
        {**row, **pair, "en": "room area", "unit": "m2", "room": "A", "old": 12.4, "new": 11.8, "delta": -0.6},
        {**row, **pair, "en": "room area", "unit": "m2", "room": "B", "old": 9.0, "new": 9.0, "delta": 0.0},
    ]
    text = " ".join(panes_of(document, old, new, "en")[0].facts)
    assert "storeys: 3 → — (one side not known)" in text and "room area A: 12.4 → 11.8 m²" in text
    assert "room area B" not in text


def test_a_pdf_has_its_words_as_text_and_a_svg_is_xml():
    _, panes, (old, new) = compared()
    with pymupdf.open(stream=comparison_report(panes, "pdf", note="n"), filetype="pdf") as document:
        text = document[0].get_text().replace("\n", "")
        assert old.sha256 in text and new.sha256 in text and "门移动 300 mm" in text
        assert "rendering" in document.metadata["subject"] and len(document) == 1
    root = ET.fromstring(comparison_report(panes, "svg"))
    assert any(old.sha256[:20] in (node.get("aria-label") or "") for node in root.iter())


def test_what_one_version_has_alone_is_coloured_and_the_common_is_grey():
    _, panes, _ = compared()
    shown = np.asarray(Image.open(io.BytesIO(comparison_report(panes, "png", dpi=100))).convert("RGB")).astype(int)
    red = ((shown[..., 0] > 150) & (shown[..., 1] < 90) & (shown[..., 2] < 90)).sum()
    green = ((shown[..., 0] < 60) & (shown[..., 1] > 90) & (shown[..., 2] > 90)).sum()
    assert red > 30 and green > 30


def test_lines_drawn_in_other_pieces_are_common_and_only_the_rest_is_not():
    whole = np.array([[0.0, 0.0, 100.0, 0.0]])
    parts = np.array([[40.0, 0.02, 0.0, 0.0], [40.0, 0.0, 70.0, 0.0], [50.0, -5.0, 50.0, 5.0]])
    only, both = split_pieces(whole, parts)
    assert only == pytest.approx(np.array([[70.0, 0.0, 100.0, 0.0]]), abs=1.0)
    assert np.hypot(*(both[:, 2:] - both[:, :2]).T).sum() == pytest.approx(70, abs=1.0)
    only, both = split_pieces(parts, whole)
    assert only == pytest.approx(np.array([[50.0, -5.0, 50.0, 5.0]]), abs=0.6) or len(only) == 2
    assert split_pieces(whole, np.zeros((0, 4)))[0] == pytest.approx(whole)


def test_unsure_and_cosmetic_differences_are_marked():
    _, panes, _ = compared()
    panes[0].entries = [
        Entry(1, "added", "墙新增", (2000, 1000, 2100, 2600), None, unsure=True),
        Entry(2, "modified", "图层", (500, 500, 600, 600), (500, 500, 600, 600), cosmetic=True),
    ]
    svg = comparison_report(panes, "svg").decode()
    assert 'aria-label="1?"' in svg and 'aria-label="2"' in svg and "stroke-dasharray" in svg


def test_a_list_that_is_too_long_goes_on_pages_of_its_own_and_is_counted_in_a_picture():
    _, panes, _ = compared()
    panes[0].entries = [Entry(k, "added", f"墙 {k} 新增", (100, 100, 200, 200)) for k in range(1, 1501)]
    with pymupdf.open(stream=comparison_report(panes, "pdf"), filetype="pdf") as document:
        assert len(document) > 1
        text = "".join(page.get_text() for page in document)
        assert all(f"墙 {k} 新增" in text for k in (1, 700, 1500))
    assert "另有" in comparison_report(panes, "svg").decode()


def test_sheets_that_cannot_be_compared_say_why_and_are_not_laid_on_one_another():
    rng = np.random.default_rng(3)
    other = [([tuple(p) for p in rng.uniform(0, 9000, (2, 2))], 1, -1) for _ in range(60)]
    old, new = drawing(*plan()), drawing(other, [])
    (pane,) = panes_of(compare_drawings(old, new).to_json(), old, new)
    assert pane.transform is None and any("两个对应点" in fact for fact in pane.facts) and pane.entries == []
    assert comparison_report([pane], "pdf").startswith(b"%PDF")


def test_every_placed_difference_has_a_picture_of_its_surroundings():
    _, panes, _ = compared()
    made = snapshots(panes[0])
    assert sorted(made) == [1, 2, 3]
    sizes = [Image.open(io.BytesIO(body)).size for body in made.values()]
    assert all(0 < max(size) <= 642 for size in sizes)


def test_no_pane_and_other_kinds_are_refused():
    pane = Pane("t", [], sheets.plan(), sheets.plan(), None)
    for panes, kind in (([], "pdf"), ([pane], "gif")):
        with pytest.raises(Refused):
            comparison_report(panes, kind)


def test_long_words_break_at_spaces_or_anywhere():
    assert [line for line in wrapped("one two three", 6.0) if " " in line] != ["one two three"]
    assert "".join(wrapped("图" * 50, 10.0)) == "图" * 50 and len(wrapped("图" * 50, 10.0)) > 3
