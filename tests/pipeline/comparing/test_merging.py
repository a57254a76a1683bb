"""Things a person tells as one: a thing shifted along itself; lengths of a page printed smaller."""

import pymupdf
import pytest

from pipeline.comparing.engine import compare_drawings
from tests.pipeline.comparing import files
from tests.pipeline.comparing.drawings import plan
from tests.pipeline.comparing.test_pitfalls import dxf, told


def test_a_window_shifted_along_its_wall_is_told_whole(tmp_path):
    def window(x):
        def draw(space, _doc):
            for y in (2000, 2066, 2133, 2200):
                space.add_line((x, y), (x + 1800, y), dxfattribs={"layer": "WALL"})

        return draw

    (one,) = told(dxf(tmp_path / "a.dxf", window(11000)), dxf(tmp_path / "b.dxf", window(11270)))
    assert one.kind == "moved" and one.delta == pytest.approx((270, 0), abs=5)
    assert one.bbox == pytest.approx((11270, 2000, 13070, 2200), abs=5)


def test_lengths_are_those_of_the_model_where_a_page_was_printed_smaller(tmp_path):
    strokes, labels = plan()
    bench = [(11000, 2000), (12500, 2000), (12500, 2500), (11000, 2500), (11000, 2000)]
    aside = [(x + 500, y) for x, y in bench]
    old = files.dxf(tmp_path / "a.dxf", [*strokes, (bench, 1, -1)], labels)
    files.pdf(tmp_path / "b.pdf", [*strokes, (aside, 1, -1)], labels, scale=200.0)
    page = pymupdf.open(tmp_path / "b.pdf")
    page[0].insert_text((1200, 1100), "SCALE 1:100", fontsize=12)
    page.save(tmp_path / "c.pdf")
    (found,) = compare_drawings(old, files.read(tmp_path / "c.pdf")).sheets
    (one,) = [d for d in found.differences if d.kind == "moved"]
    assert one.delta == pytest.approx((500, 0), abs=20)
    assert any("not plotted at the scale" in note["en"] for note in found.notes)
