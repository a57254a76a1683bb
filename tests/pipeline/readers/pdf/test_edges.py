"""Strokes at the edges of their clips, and strokes that become the areas their pens leave."""

from pathlib import Path

import numpy as np
import pytest
import shapely

from pipeline.drawing.kinds import EntityKind
from pipeline.drawing.model import Space
from pipeline.readers.pdf.pens import odd
from tests.pipeline.readers.pdf import pages
from tests.pipeline.readers.pdf.pages import MM, parts

RING = "300 150 m 300 205 255 250 200 250 c 145 250 100 205 100 150 c 100 95 145 60 200 60 c 255 60 300 95 300 150 c h"
TRIANGLE = "60 120 m 340 120 l 200 280 l h"


def drawn(tmp_path: Path, content: str) -> Space:
    return pages.drawn(tmp_path, content, 400, 300)


def area(space: Space, row: int = 0) -> float:
    """Return the area of a fill in square points, even-odd."""
    rings = [shapely.Polygon(ring) for ring in parts(space, row)]
    return float(shapely.symmetric_difference_all(rings).area)


def test_a_rectangle_stroked_and_clipped_by_itself_is_a_narrower_one_inside(tmp_path):
    space = drawn(tmp_path, "q 100 150 200 100 re W n 10 w 100 150 200 100 re S Q")
    assert space.entities.kind.tolist() == [EntityKind.POLYLINE]
    assert space.entities.width_mm[0] == pytest.approx(5 * MM)
    ring = parts(space)[0]
    assert np.allclose(ring.min(axis=0), (102.5, 152.5), atol=1e-3)
    assert np.allclose(ring.max(axis=0), (297.5, 247.5), atol=1e-3)


def test_a_broad_line_along_the_edge_of_the_page_shows_half_its_pen(tmp_path):
    space = drawn(tmp_path, "10 w 0 0 m 400 0 l S")
    assert space.entities.width_mm[0] == pytest.approx(5 * MM)
    assert np.allclose(parts(space)[0], [(0, 2.5), (400, 2.5)], atol=1e-3)


def test_a_broad_line_beyond_the_edge_whose_pen_reaches_in_is_seen(tmp_path):
    space = drawn(tmp_path, "q 0 0 400 100 re W n 10 w 50 103 m 350 103 l S 50 106 m 350 106 l S Q")
    assert len(space.entities) == 1
    assert space.entities.width_mm[0] == pytest.approx(2 * MM)
    assert np.allclose(parts(space)[0][:, 1], 99, atol=1e-3)


def test_a_thin_line_on_the_edge_stays_where_it_is(tmp_path):
    space = drawn(tmp_path, "1 w 0 0 m 400 0 l 400 300 l S")
    assert space.entities.width_mm[0] == pytest.approx(1 * MM)
    assert np.allclose(parts(space)[0], [(0, 0), (400, 0), (400, 300)], atol=1e-3)


def test_a_line_that_crosses_an_edge_ends_on_it(tmp_path):
    space = drawn(tmp_path, "q 0 0 200 300 re W n 4 w 100 50 m 300 150 l S 100 20 m 300 20 l S Q")
    assert space.entities.kind.tolist() == [EntityKind.LINE, EntityKind.LINE]
    assert np.allclose(parts(space, 0)[0][:2], [(100, 50), (200, 100)], atol=1e-3)
    assert np.allclose(parts(space, 1)[0], [(100, 20), (200, 20)], atol=1e-3)
    assert np.allclose(space.entities.width_mm, 4 * MM)


def test_of_a_rectangle_with_a_side_on_the_edge_that_side_is_a_narrower_line(tmp_path):
    space = drawn(tmp_path, "q 100 0 300 300 re W n 10 w 100 50 100 100 re S Q")
    assert space.entities.kind.tolist() == [EntityKind.POLYLINE, EntityKind.LINE]
    assert np.allclose(space.entities.width_mm, [10 * MM, 5 * MM])
    assert np.allclose(sorted(map(tuple, parts(space, 0)[0])), [(100, 50), (100, 150), (200, 50), (200, 150)])
    assert np.allclose(sorted(map(tuple, parts(space, 1)[0])), [(102.5, 50), (102.5, 150)])
    assert len(set(space.entities.source.tolist())) == 1


def test_strokes_and_fills_are_cut_at_a_clip_that_is_no_rectangle(tmp_path):
    space = drawn(tmp_path, f"q {TRIANGLE} W n 1 w 0 200 m 400 200 l S 0 0 200 300 re f Q")
    assert space.entities.kind.tolist() == [EntityKind.LINE, EntityKind.FILL]
    assert np.allclose(sorted(parts(space, 0)[0][:, 0]), (130, 270), atol=0.2)
    assert area(space, 1) == pytest.approx(140 * 160 / 2, rel=1e-3)


def test_a_broad_stroke_along_such_a_clip_becomes_the_area_within(tmp_path):
    space = drawn(tmp_path, f"q {TRIANGLE} W n 20 w {TRIANGLE} S Q")
    assert space.entities.kind.tolist() == [EntityKind.FILL]
    triangle = shapely.Polygon([(60, 120), (340, 120), (200, 280)])
    inner = triangle.buffer(-10, join_style="mitre")
    assert area(space) == pytest.approx(triangle.area - inner.area, rel=1e-3)


def test_a_narrower_circle_stays_a_circle_within_its_own_box(tmp_path):
    space = drawn(tmp_path, f"q 100 60 200 190 re W n 5 w {RING} S Q 5 w {RING} S")
    assert [int(k) for k in space.entities.kind] == [int(space.entities.kind[1])] * 2


def test_dashes_stay_a_line(tmp_path):
    space = drawn(tmp_path, f"q {TRIANGLE} W n 20 w [30 4] 0 d {TRIANGLE} S Q")
    assert EntityKind.FILL not in space.entities.kind.tolist()


@pytest.mark.parametrize(("join", "limit", "tip"), [(0, 40, True), (0, 10, False), (1, 40, False), (2, 40, False)])
def test_a_long_mitre_is_drawn_as_the_page_has_it(tmp_path, join, limit, tip):
    space = drawn(tmp_path, f"12 w {join} j {limit} M 50 140 m 250 150 l 50 160 l S")
    kind = space.entities.kind.tolist()
    assert kind == ([EntityKind.FILL] if tip else [EntityKind.POLYLINE])
    if tip:  # half the width over the sine of half the angle
        reach = 6 / np.sin(np.arctan2(10, 200))
        assert max(float(ring[:, 0].max()) for ring in parts(space)) == pytest.approx(250 + reach, abs=0.1)


@pytest.mark.parametrize("matrix", ["4 0 0 1 0 0", "1 0 2 1 0 0"])
def test_a_pen_that_is_not_round_leaves_its_own_area(tmp_path, matrix):
    space = drawn(tmp_path, f"q {matrix} cm 1 j 6 w 20 30 m 20 100 l S Q")
    assert space.entities.kind.tolist() == [EntityKind.FILL]
    a, b, c, d, *_ = map(float, matrix.split())
    assert area(space) == pytest.approx(6 * 70 * abs(a * d - b * c), rel=1e-3)


@pytest.mark.parametrize(
    ("content", "forms", "uneven"),
    [
        (b"1 0 0 1 5 5 cm 0 0 m 9 9 l S", False, False),
        (b"0 -2 2 0 5 5 cm 0 0 m 9 9 l S", False, False),
        (b"q 200 0 0 100 5 5 cm /Im1 Do Q 0 0 m 9 9 l S", False, False),
        (b"q 200 0 0 100 5 5 cm /Fm1 Do Q 0 0 m 9 9 l S", True, True),
        (b"2 0 0 1 5 5 cm 0 0 m 9 9 l S", False, True),
        (b"q 2 0 0 1 5 5 cm q 9 0 0 3 1 1 cm /Im1 Do Q 0 0 9 9 re B* Q", False, True),
        (b"(M) Tj 10 M 0 0 m 9 9 l S", False, False),
        (b"11 M 0 0 m 9 9 l S", False, True),
        (b"a b c cm", False, False),
        (b"cm", False, False),
        (b"M", False, False),
    ],
)
def test_pages_whose_pens_must_be_asked_for_are_known_by_their_content(content, forms, uneven):
    assert odd(content, forms) is uneven


@pytest.mark.parametrize(
    "path",
    [
        "0 0 m " + " ".join(f"{k * 7919 % 100} {k * 104729 % 300} l" for k in range(1, 2500)),
        "0 0 m " + " ".join(f"{k / 20} {k % 2 * 300} l" for k in range(1, 1900)),  # a pen over itself a thousand times
    ],
)
def test_a_tangle_that_is_dear_to_outline_stays_a_line(tmp_path, path):
    space = drawn(tmp_path, f"q 3 0 0 1 0 0 cm 40 w {path} S Q 3 0 0 1 0 0 cm 40 w 10 50 m 10 100 l S")
    assert space.entities.kind.tolist() == [EntityKind.POLYLINE, EntityKind.FILL]


def test_a_clip_that_crosses_itself_a_thousand_times_is_left_to_its_box(tmp_path):
    scribble = "0 0 m " + " ".join(f"{k * 7919 % 100} {k * 104729 % 100} l" for k in range(1, 1000))
    space = drawn(tmp_path, f"q {scribble} h W n 0 50 m 400 50 l S Q")
    assert np.allclose(parts(space)[0], [(0, 50), (99, 50)], atol=0.1)
