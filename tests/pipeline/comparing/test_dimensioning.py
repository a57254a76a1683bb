"""Dimensions are compared by what they measure and say where another program drew them in another style."""

from pipeline.comparing.engine import compare_drawings
from tests.pipeline.comparing import files
from tests.pipeline.comparing.drawings import plan
from tests.pipeline.comparing.test_pitfalls import dxf

SPANS = [((1000, 1000), (4000, 1000)), ((4000, 1000), (9000, 1000)), ((1000, 1000), (1000, 6000))]
SPANS += [((9000, 1000), (9000, 4000)), ((9000, 4000), (9000, 8000))]


def dimensions(height, texts=("<>",) * len(SPANS), away=500, arrow="ARCHTICK"):
    def draw(space, _doc):
        for (start, end), text in zip(SPANS, texts, strict=True):
            upright = start[0] == end[0]
            base = (start[0] - away, start[1]) if upright else (start[0], start[1] - away)
            made = space.add_linear_dim(
                base=base,
                p1=start,
                p2=end,
                angle=90 if upright else 0,
                text=text,
                override={"dimtxt": height, "dimblk": arrow, "dimasz": height, "dimscale": 1, "dimlfac": 1},
                dxfattribs={"layer": "TEXT"},
            )
            made.render()

    return draw


def compared(old, new):
    (found,) = compare_drawings(old, new).sheets
    assert found.comparable, found.reason_en
    return found


def test_dimensions_in_another_style_are_no_differences_and_are_said_to_be_drawn_otherwise(tmp_path):
    old = dxf(tmp_path / "a.dxf", dimensions(250))
    found = compared(old, dxf(tmp_path / "b.dxf", dimensions(600, away=900, arrow="DOT")))
    assert found.differences == []
    assert any("5 dimensions measure the same" in one["en"] for one in found.notes)


def test_a_dimension_that_says_something_else_is_told_in_any_style(tmp_path):
    changed = ("<>", "5050", "<>", "<>", "<>")
    old = dxf(tmp_path / "a.dxf", dimensions(250))
    (one,) = compared(old, dxf(tmp_path / "b.dxf", dimensions(600, changed, 900, "DOT"))).differences
    assert (one.kind, one.cls, one.old, one.new) == ("modified", "text", "5000", "5050")


def test_a_single_dimension_line_that_moved_is_told(tmp_path):
    def one_moved(space, doc):
        dimensions(250)(space, doc)
        line = space.query("DIMENSION").first
        line.dxf.defpoint = (line.dxf.defpoint[0], line.dxf.defpoint[1] - 700, 0)
        line.render()

    old = dxf(tmp_path / "a.dxf", dimensions(250))
    found = compared(old, dxf(tmp_path / "b.dxf", one_moved))
    assert found.differences
    assert not any("measure the same" in one["en"] for one in found.notes)


def test_a_plot_without_dimensions_says_so_once(tmp_path):
    strokes, labels = plan()
    old = dxf(tmp_path / "a.dxf", dimensions(250))
    found = compared(old, files.pdf(tmp_path / "b.pdf", strokes, []))
    assert found.differences == []
    assert any("does not show the 5 dimensions" in one["en"] for one in found.notes)
