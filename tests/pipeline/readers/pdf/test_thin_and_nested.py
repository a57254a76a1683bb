"""Fills without a width, and clips within clips that are no rectangles: found by random pages against pdfium."""

import numpy as np
import pytest
import shapely

from pipeline.drawing.kinds import EntityKind
from tests.pipeline.readers.pdf.pages import MM, drawn

TRIANGLE = "0 0 m 200 0 l 0 200 l h"
OTHER = "200 0 m 0 0 l 200 200 l h"


@pytest.mark.parametrize(
    ("path", "box"),
    [
        ("50 50 0 100 re", (50, 50, 50, 150)),
        ("50 50 100 0 re", (50, 50, 150, 50)),
        ("50 50 .01 100 re", (50, 50, 50.01, 150)),
        ("50 50 m 150 150 l", (50, 50, 150, 150)),
        ("50 50 m 150 50 l 150 50 l 50 50 l h", (50, 50, 150, 50)),
    ],
)
def test_a_fill_without_a_width_is_a_hairline(tmp_path, path, box):
    """Every viewer paints it; as an area it would have no ink."""
    table = drawn(tmp_path, f"1 0 0 rg {path} f").entities
    assert len(table) == 1
    assert table.kind[0] in (EntityKind.LINE, EntityKind.POLYLINE)
    assert (table.color.tolist(), table.width_mm.tolist()) == ([0xFF0000FF], [0.0])
    assert (*table.xy.min(axis=0) / MM, *table.xy.max(axis=0) / MM) == pytest.approx(box, abs=1e-3)


def test_fills_with_and_without_a_width_keep_their_order(tmp_path):
    table = drawn(tmp_path, "1 0 0 rg 50 50 100 100 re f 0 g 50 50 0 100 re f 0 0 1 rg 60 60 9 9 re f").entities
    assert table.color.tolist() == [0xFF0000FF, 0x000000FF, 0x0000FFFF]


def test_clips_that_are_no_rectangles_count_together(tmp_path):
    content = f"q {TRIANGLE} W n q {OTHER} W n 10 10 180 180 re f 0 90 m 200 90 l S Q Q"
    space = drawn(tmp_path, content)
    table = space.entities
    both = shapely.Polygon([(0, 0), (200, 0), (100, 100)])
    for row in range(len(table)):
        part = int(table.part_first[row])
        points = table.xy[table.point_first[part] : table.point_first[part + 1]] / MM
        shown = shapely.Polygon(points) if table.kind[row] == EntityKind.FILL else shapely.LineString(points)
        assert both.buffer(0.2).contains(shown)
        assert shown.length > 15
    assert sorted(table.kind.tolist()) == [EntityKind.LINE, EntityKind.FILL]
    assert np.isfinite(table.xy).all()
