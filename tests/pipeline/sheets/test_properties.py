"""What holds for the sheets of every drawing: nothing finite is lost, ids are unique, the maps can be turned round."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.drawing.builder import SpaceBuilder
from pipeline.drawing.kinds import Format, SpaceKind
from pipeline.drawing.model import Drawing, Layer, Space
from pipeline.drawing.snapshot import dump, load
from pipeline.sheets.find import find_sheets
from pipeline.sheets.places import entity_boxes

NEAR = st.floats(-1e5, 1e5)
FAR = st.floats(-1e9, 1e9)
FRAMES = st.tuples(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5), st.sampled_from([1.0, 50.0, 100.0]), st.booleans())


@st.composite
def spaces(draw: st.DrawFn) -> Space:
    kind = draw(st.sampled_from(SpaceKind))
    size = (841.0, 594.0) if kind in (SpaceKind.PAGE, SpaceKind.LAYOUT) else None
    out = SpaceBuilder("s", kind, size_mm=size)
    place = st.floats(1.0, 590.0) if kind == SpaceKind.PAGE else draw(st.sampled_from([NEAR, FAR]))
    for x, y, scale, turned in draw(st.lists(FRAMES, max_size=2)) if kind != SpaceKind.PAGE else ():
        wide, high = (297, 420) if turned else (420, 297)
        corners = np.array([(0, 0), (wide, 0), (wide, high), (0, high)]) * scale + (x, y)
        out.add_polyline(corners, closed=True)
        out.add_polyline(corners + np.array([(25, 5), (-5, 5), (-5, -5), (25, -5)]) * scale, closed=True)
        out.add_text("图号 建施-01", corners[1] + np.array([-60, 10]) * scale, 3.5 * scale, width=30 * scale)
    for points in draw(st.lists(st.lists(st.tuples(place, place), min_size=1, max_size=4), max_size=8)):
        out.add_polyline(points, layer=draw(st.integers(0, 1)))
    for x, y in draw(st.lists(st.tuples(place, place), max_size=3)):
        out.add_text("一层平面图", (x, y), 3.5, width=20.0)
    return out.build()


@settings(max_examples=80, deadline=None)
@given(st.lists(spaces(), max_size=3))
def test_everything_drawn_is_on_a_sheet_or_counted(made: list[Space]) -> None:
    drawing = Drawing(Format.DXF, "ab" * 32, "1", made, layers=[Layer("0"), Layer("hidden", visible=False)])
    find_sheets(drawing)
    ids = [sheet.id for sheet in drawing.sheets]
    assert len(set(ids)) == len(ids)
    missing = 0
    for row, space in enumerate(made):
        on = np.zeros(len(space.entities), bool)
        for sheet in drawing.sheets:
            if sheet.space == row:
                assert (np.diff(sheet.entities) > 0).all()  # each once, in order
                on[sheet.entities] = True
        drawn = np.isfinite(entity_boxes(space.entities)).all(axis=1)
        missing += int((drawn & ~on).sum())
    told = int(drawing.meta.get("stray_entities", 0))
    assert missing <= told or drawing.meta.get("model_shown_in_layouts")
    assert bool(told) == any(d.code == "outside_frames" and d.count == told for d in drawing.defects)


@settings(max_examples=60, deadline=None)
@given(spaces())
def test_a_sheet_maps_to_its_space_and_back(space: Space) -> None:
    drawing = Drawing(Format.DXF, "ab" * 32, "1", [space], layers=[Layer("0"), Layer("1")])
    find_sheets(drawing)
    for sheet in drawing.sheets:
        a, b, c, d, tx, ty = sheet.to_space
        matrix = np.array([[a, b], [c, d]])
        assert abs(np.linalg.det(matrix)) > 0 and sheet.size_mm[0] > 0 and sheet.size_mm[1] > 0
        corners = np.array([(0, 0), sheet.size_mm]) @ matrix.T + (tx, ty)
        box = np.concatenate([corners.min(axis=0), corners.max(axis=0)])
        # the paper is the frame, wherever that lies; far from the origin doubles are coarser
        np.testing.assert_allclose(box, sheet.box, atol=1e-6 * max(1.0, np.abs(sheet.box).max()))
        inverse = np.linalg.inv(matrix)
        back = (corners - (tx, ty)) @ inverse.T
        np.testing.assert_allclose(back, [(0, 0), sheet.size_mm], atol=1e-3 * max(sheet.size_mm))


@settings(max_examples=40, deadline=None)
@given(st.lists(spaces(), max_size=2))
def test_finding_sheets_again_finds_the_same(made: list[Space]) -> None:
    drawing = Drawing(Format.DXF, "ab" * 32, "1", made, layers=[Layer("0"), Layer("1")])
    find_sheets(drawing)
    first = dump(drawing)
    find_sheets(drawing)
    assert dump(drawing) == first
    again = load(first)
    find_sheets(again)
    assert dump(again) == first
