"""The column builder keeps the two-level geometry and leaves nothing infinite in."""

import numpy as np

from pipeline.drawing.builder import SpaceBuilder, concatenate
from pipeline.drawing.kinds import EntityKind, SpaceKind
from pipeline.drawing.layer_meanings import layer_meaning


def test_rows_parts_and_points_add_up():
    out = SpaceBuilder("m", SpaceKind.MODEL)
    line = out.add_polyline([(0, 0), (1, 1)], source=out.source("1F"))
    rings = [np.zeros((4, 2)), np.ones((3, 2))]
    fill = out.add_parts(rings, kind=EntityKind.FILL, closed=True, color=0xFF0000FF)
    text = out.add_text("abc", (5, 5), 2.0, width=6)
    space = out.build()
    table = space.entities
    assert [line, fill, text] == [0, 1, 2]
    assert table.kind.tolist() == [EntityKind.LINE, EntityKind.FILL, EntityKind.TEXT]
    assert table.part_first.tolist() == [0, 1, 3] and table.part_count.tolist() == [1, 2, 1]
    assert table.point_first.tolist() == [0, 2, 6, 9, 13] and len(table.xy) == 13
    assert space.texts.entity.tolist() == [2]
    assert space.sources == ["1F"]


def test_points_that_are_no_numbers_are_counted_and_left_out():
    out = SpaceBuilder("m", SpaceKind.MODEL)
    assert out.add_polyline([(np.nan, 0), (np.inf, 1)]) == -1
    assert out.add_polyline([(0, 0), (np.nan, 0), (1, 1)]) == 0
    assert out.nonfinite == 3
    assert np.isfinite(out.build().entities.xy).all()


def test_joined_tables_keep_their_geometry():
    one, two = SpaceBuilder("a", SpaceKind.MODEL), SpaceBuilder("b", SpaceKind.MODEL)
    one.add_polyline([(0, 0), (1, 1)])
    row = two.add_polyline([(2, 2), (3, 3), (4, 2)])
    two.add_arc(row, (3, 3), 1.0)
    first = one.add_table(two.build().entities)
    table = one.build().entities
    assert first == 1 and table.arcs[0, 0] == 1
    part = table.part_first[1]
    assert table.xy[table.point_first[part] : table.point_first[part + 1]].tolist() == [[2, 2], [3, 3], [4, 2]]
    assert len(concatenate([])) == 0


def test_layer_names_are_understood_with_and_without_prefixes():
    names = ["WALL", "xref|WALL", "a$0$WINDOW", "A-WALL-PRHT", "轴网", "PUB_DIM", "图框", "foo"]
    found = [layer_meaning(n) for n in names]
    assert found == ["wall", "wall", "window", "wall", "axis", "dimension", "frame", ""]
