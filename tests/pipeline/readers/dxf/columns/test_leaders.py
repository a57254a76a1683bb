"""LEADER: line, hook line and arrow by its style and its own dimension variables; the library is not asked."""

import ezdxf
import pytest

from pipeline.drawing.kinds import EntityKind
from tests.pipeline.readers.dxf.columns.equality import by_both

POINTS = [(0, 0), (30, 0), (30, 40)]


def _read(tmp_path, override=None, block=None, **fields):
    doc = ezdxf.new("R2010", units=4, setup=True)
    if block:
        block(doc.blocks.new("MARK", base_point=(1, 0)))
        doc.modelspace().add_blockref("MARK", (500, 500))
    made = doc.modelspace().add_leader(POINTS, dimstyle="EZDXF", override=override or {})
    for name, value in fields.items():
        made.dxf.set(name, value)
    path = tmp_path / "leader.dxf"
    doc.saveas(path)
    return by_both(path).spaces[0].entities


def _part(table, row):
    first = table.part_first[row]
    return table.xy[table.point_first[first] : table.point_first[first + 1]].round(6).tolist()


def test_the_usual_arrow_is_a_filled_triangle_against_the_line(tmp_path):
    table = _read(tmp_path, {"dimasz": 6.0, "dimscale": 1.0, "dimldrblk": ""})
    assert table.kind.tolist() == [EntityKind.LINE, EntityKind.LINE, EntityKind.FILL]
    (x0, y0), tip, (x1, y1) = _part(table, 2)
    assert tip == [0, 0]
    assert (x0, x1, y0) == pytest.approx((6, 6, -y1))


def test_the_line_under_the_text_goes_on_behind_the_last_point(tmp_path):
    variables = {"dimgap": 2.0, "dimscale": 1.0, "dimtad": 1, "dimldrblk": "NONE"}
    table = _read(tmp_path, variables, annotation_type=0, has_hookline=1, hookline_direction=0, text_width=8.0)
    assert _part(table, 2) == [[30, 40], [40, 40]]


def test_colour_and_pen_of_the_line_are_those_of_the_dimension_variables(tmp_path):
    table = _read(tmp_path, {"dimclrd": 1, "dimlwd": 50, "dimldrblk": "NONE"})
    assert set(table.color.tolist()) == {0xFF0000FF}
    assert table.width_mm.tolist() == pytest.approx([0.5, 0.5])


def test_a_block_as_arrow_is_placed_by_its_base_point(tmp_path):
    def mark(block):
        block.add_line((1, 0), (2, 0))

    table = _read(tmp_path, {"dimldrblk": "MARK", "dimasz": 5.0, "dimscale": 2.0}, mark)
    assert [[0, 0], [-10, 0]] in [_part(table, row) for row in range(len(table))]


@pytest.mark.parametrize("arrow", ["OPEN30", "OPEN90", "OBLIQUE", "DOT", "BOXFILLED", "ARCHTICK"])
def test_arrows_by_name(tmp_path, arrow):
    assert len(_read(tmp_path, {"dimldrblk": arrow, "dimasz": 5.0})) > 2


def test_a_curved_leader(tmp_path):
    assert EntityKind.SPLINE in _read(tmp_path, {"dimldrblk": "NONE"}, path_type=1).kind
