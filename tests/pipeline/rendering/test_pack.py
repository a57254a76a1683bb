"""Laws of the sheet pack."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.drawing.kinds import EntityKind
from pipeline.rendering.pack import NO_SOURCE, make_pack, read_pack
from tests.pipeline.rendering.drawings import SCALE, SHEET_AT, plan

FRAME, RED, DASHED, FILL, CIRCLE, TITLE, DOOR = range(7)


@pytest.fixture(scope="module")
def pack():
    return read_pack(make_pack(*plan()))


def of(pack, entity):
    return pack.sections["line_xy"][pack.sections["line_entity"] == entity]


def test_only_entities_of_the_sheet_are_in_the_pack(pack):
    assert pack.header["entities"] == 7
    assert len(pack.sections["entity_kind"]) == 7
    assert pack.header["lines"] == 4 + 1 + 1 + 32


def test_city_coordinates_become_sheet_millimetres(pack):
    (line,) = of(pack, RED)
    assert sorted([tuple(line[:2]), tuple(line[2:])]) == [(10.0, 20.0), (110.0, 20.0)]
    a, _, _, d, tx, ty = pack.header["to_space"]
    assert (a * 10 + tx, d * 20 + ty) == (SHEET_AT[0] + 10 * SCALE, SHEET_AT[1] + 20 * SCALE)


def test_lines_that_stick_out_end_at_the_sheet(pack):
    (line,) = of(pack, DASHED)
    assert max(line[0], line[2]) == pytest.approx(297.5)


def test_styles_keep_colour_width_and_dash(pack):
    styles = pack.header["styles"]
    style = {e: styles[pack.sections["line_style"][pack.sections["line_entity"] == e][0]] for e in (FRAME, RED, DASHED)}
    assert style[RED] == {"color": "#ff0000", "width_mm": 0.5, "dash": 0}
    assert style[DASHED] == {"color": "#00ff00", "width_mm": 0.0, "dash": 1}
    assert style[FRAME]["width_mm"] == 0.7


def test_lines_lie_in_the_tile_of_their_midpoint_longest_first():
    pack = read_pack(make_pack(*crowded()))
    xy, first = pack.sections["line_xy"].astype(float), pack.sections["tile_first"]
    tiles = pack.header["tiles"]
    assert len(first) == tiles["nx"] * tiles["ny"] + 1 > 4
    assert first[0] == 0 and first[-1] == len(xy)
    length = np.hypot(xy[:, 2] - xy[:, 0], xy[:, 3] - xy[:, 1])
    for tile in range(len(first) - 1):
        part = slice(first[tile], first[tile + 1])
        assert (np.diff(length[part]) <= 2e-3).all()
        column = np.clip((xy[part, 0] + xy[part, 2]) / 2 // tiles["size_mm"], 0, tiles["nx"] - 1)
        row = np.clip((xy[part, 1] + xy[part, 3]) / 2 // tiles["size_mm"], 0, tiles["ny"] - 1)
        assert (np.abs(row * tiles["nx"] + column - tile) < 1e-9).mean() > 0.999


def test_prefix_counts_tell_how_many_lines_are_long_enough():
    pack = read_pack(make_pack(*crowded()))
    xy, first, level = (pack.sections[name] for name in ("line_xy", "tile_first", "tile_level"))
    length = np.hypot(xy[:, 2] - xy[:, 0], xy[:, 3] - xy[:, 1])
    assert (np.diff(level.astype(int), axis=1) >= 0).all()
    assert (level[:, -1] == np.diff(first.astype(int))).all()
    for tile in range(len(level)):
        part = length[first[tile] : first[tile + 1]]
        for k, least in enumerate(pack.header["levels_mm"]):
            assert abs(int((part >= least).sum()) - int(level[tile, k])) <= 1


def test_tile_reach_covers_every_line_of_the_tile():
    pack = read_pack(make_pack(*crowded()))
    xy, first, reach = (pack.sections[name] for name in ("line_xy", "tile_first", "tile_reach"))
    tile = np.repeat(np.arange(len(reach)), np.diff(first.astype(int)))
    assert (np.minimum(xy[:, :2], xy[:, 2:]) >= reach[tile, :2]).all()
    assert (np.maximum(xy[:, :2], xy[:, 2:]) <= reach[tile, 2:]).all()


def crowded():
    """9 000 random lines on the sheet."""
    drawing, sheet = plan()
    rng = np.random.default_rng(7)
    from pipeline.drawing.builder import SpaceBuilder
    from pipeline.drawing.kinds import SpaceKind

    build = SpaceBuilder("Model", SpaceKind.MODEL)
    start = rng.uniform(0, 1, (9000, 2)) * [29_000, 20_500] + np.array(SHEET_AT)
    end = start + rng.lognormal(5, 1.5, (9000, 1)) * rng.normal(size=(9000, 2))
    for one, two in zip(start, end, strict=True):
        build.add_polyline([one, two])
    drawing.spaces = [build.build()]
    sheet.entities = np.arange(9000, dtype=np.int32)
    return drawing, sheet


def test_a_fill_with_a_hole_has_the_area_of_the_difference(pack):
    rows = pack.sections["tri_entity"] == FILL
    corners = pack.sections["tri_xy"][rows].astype(float).reshape(-1, 3, 2)
    one, two = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = np.abs(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]).sum() / 2
    assert area == pytest.approx(40 * 40 - 20 * 20)
    assert set(pack.sections["tri_color"][rows].tolist()) == {0x0000FFFF}


def test_every_glyph_in_use_has_area_and_every_character_a_place(pack):
    soup, first = pack.sections["glyph_xy"].astype(float), pack.sections["glyph_first"]
    for k in range(len(first) - 1):
        corners = soup[first[k] : first[k + 1]].reshape(-1, 3, 2)
        one, two = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
        assert np.abs(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]).sum() / 2 > 0.01
    assert len(pack.sections["char_glyph"]) == len("首层平面图Plan1:100M0921")
    assert (np.diff(pack.sections["char_glyph"].astype(int)) >= 0).all()


def test_texts_turn_with_their_base_line(pack):
    rows = pack.sections["char_entity"] == DOOR
    place = pack.sections["char_place"][rows].astype(float)
    assert np.allclose(place[:, 2], 0, atol=1e-5) and (place[:, 3] > 0).all()
    assert place[:, 0] == pytest.approx(np.full(rows.sum(), 20.0), abs=0.01)
    assert place[:, 1].min() >= 80.0 and place[:, 1].max() < 98.0
    assert pack.sections["char_height"][rows] == pytest.approx(3.5)


def test_strings_and_source_ids_come_back(pack):
    s = pack.sections
    texts = [
        bytes(s["text_utf8"][a:b]).decode() for a, b in zip(s["text_first"][:-1], s["text_first"][1:], strict=True)
    ]
    assert dict(zip(s["text_entity"].tolist(), texts, strict=True)) == {TITLE: "首层平面图\nPlan 1:100", DOOR: "M0921"}
    ids = [
        bytes(s["source_text"][a:b]).decode()
        for a, b in zip(s["source_first"][:-1], s["source_first"][1:], strict=True)
    ]
    assert [ids[row] if row != NO_SOURCE else None for row in s["entity_source"].tolist()] == [
        "A1",
        "A2",
        "A3",
        None,
        "A4",
        None,
        None,
    ]


def test_snap_points_hold_corners_and_centres_but_not_chords(pack):
    snaps = {tuple(point) for point in pack.sections["snap_xy"].tolist()}
    assert {(0.0, 0.0), (297.0, 210.0), (10.0, 20.0), (110.0, 20.0), (50.0, 150.0)} <= snaps
    assert len(snaps) < 10


def test_layers_count_their_entities_on_the_sheet(pack):
    layers = {layer["name"]: layer["entities"] for layer in pack.header["layers"]}
    assert layers == {"FRAME": 1, "WALL": 3, "FILL": 1, "TEXT": 2}
    assert pack.sections["entity_kind"].tolist()[FILL] == EntityKind.FILL


def test_a_sheet_without_entity_rows_takes_what_touches_its_box():
    drawing, sheet = plan(entities=np.zeros(0, np.int32))
    assert read_pack(make_pack(drawing, sheet)).header["entities"] == 7


def test_an_empty_sheet_has_a_pack_of_nothing():
    drawing, sheet = plan(entities=np.zeros(0, np.int32), box=(0.0, 0.0, 1.0, 1.0))
    pack = read_pack(make_pack(drawing, sheet))
    assert pack.header["entities"] == 0 and pack.header["lines"] == 0
    assert pack.header["extent_mm"] == [0.0, 0.0, 297.0, 210.0]


def test_a_sheet_in_millimetres_of_reality_keeps_pens_visible():
    x0, y0 = SHEET_AT
    drawing, sheet = plan(size_mm=(29_700.0, 21_000.0), to_space=(1.0, 0.0, 0.0, 1.0, x0, y0), scale=1.0, framed=False)
    header = read_pack(make_pack(drawing, sheet)).header
    assert header["paper_scale"] == 25.0
    assert {style["width_mm"] for style in header["styles"]} == {0.0, 0.5 * 25, 0.7 * 25}


def test_a_turned_sheet_is_turned_back():
    x0, y0 = SHEET_AT
    drawing, sheet = plan(size_mm=(210.0, 297.0), to_space=(0.0, SCALE, -SCALE, 0.0, x0, y0 + 21_000))
    pack = read_pack(make_pack(drawing, sheet))
    (line,) = of(pack, RED)
    assert sorted([tuple(line[:2]), tuple(line[2:])]) == [(190.0, 10.0), (190.0, 110.0)]
    heights = pack.sections["char_height"][pack.sections["char_entity"] == DOOR]
    assert heights == pytest.approx(3.5)


def test_a_transform_without_inverse_is_refused():
    drawing, sheet = plan(to_space=(0.0, 0.0, 0.0, 0.0, 0.0, 0.0))
    with pytest.raises(ValueError):
        make_pack(drawing, sheet)


def test_equal_sheets_give_equal_bytes():
    assert make_pack(*plan()) == make_pack(*plan())


def test_other_bytes_are_not_a_pack():
    with pytest.raises(ValueError):
        read_pack(b"PK\x03\x04" + bytes(40))


def test_sections_are_aligned_and_do_not_overlap(pack):
    spans = sorted((offset, offset + size) for offset, size, _, _ in pack.header["sections"].values())
    assert all(start % 8 == 0 for start, _ in spans)
    assert all(one[1] <= two[0] for one, two in zip(spans[:-1], spans[1:], strict=True))


def masked(kind: EntityKind, color: int, *, first: bool = False):
    """The plan with an area over the middle of the red line, painted after or before everything."""
    from tests.pipeline.rendering.drawings import plan_builder

    drawing, sheet = plan()
    build = plan_builder()
    ring = np.array([[40, 10], [70, 10], [70, 30], [40, 30]]) * SCALE + np.array(SHEET_AT)
    row = build.add_parts([ring], kind=kind, closed=True, color=color)
    drawing.spaces = [build.build()]
    if first:
        drawing.spaces[0].entities.part_first[[0, row]] = drawing.spaces[0].entities.part_first[[row, 0]]
        for name in ("kind", "color"):
            column = getattr(drawing.spaces[0].entities, name)
            column[[0, row]] = column[[row, 0]]
    sheet.entities = np.array([*range(7), row], np.int32)
    return read_pack(make_pack(drawing, sheet))


@pytest.mark.parametrize(("kind", "color"), [(EntityKind.WIPEOUT, 0x000000FF), (EntityKind.FILL, 0xFFFFFFFF)])
def test_a_white_area_hides_what_was_painted_before_it(kind, color):
    pieces = np.sort(of(masked(kind, color), RED)[:, [0, 2]], axis=1)
    assert sorted(map(tuple, pieces.tolist())) == [(10.0, 40.0), (70.0, 110.0)]


def test_a_white_area_hides_nothing_painted_after_it():
    assert len(of(masked(EntityKind.FILL, 0xFFFFFFFF, first=True), RED)) == 1


def test_a_coloured_area_hides_no_lines():
    assert len(of(masked(EntityKind.FILL, 0xFF00FFFF), RED)) == 1
