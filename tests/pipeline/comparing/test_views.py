"""Laws of views: several on a sheet, at scales of their own, put elsewhere, are found and registered one by one."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.comparing.content import content_of
from pipeline.comparing.engine import compare_sheets
from pipeline.comparing.registration import register
from pipeline.comparing.segments import scale_of
from pipeline.comparing.views import laid_out, views_in
from pipeline.drawing.kinds import Format, SpaceKind
from tests.pipeline.comparing.drawings import drawing, plan

WIDTH, HEIGHT = 841.0, 594.0


def stair():
    """A section without symmetry: steps, landing, rail, with its title; millimetres of reality."""
    lines = [([(0, 0), (5200, 0)], 1, -1), ([(0, 0), (0, 3300)], 1, -1), ([(5200, 0), (5200, 2100)], 1, -1)]
    for k in range(9):
        x, y = 700 + 280 * k, 165 * (k + 1)
        lines.append(([(x, y - 165), (x, y), (x + 280, y)], 1, -1))
        if k % 2:
            lines.append(([(x + 140, y), (x + 140, y + 900)], 1, -1))
    lines.append(([(3220, 1485), (5200, 1485), (5200, 1365), (3100, 1365)], 1, -1))
    lines.append(([(840, 1230), (3360, 2715)], 1, -1))
    return lines, [("1-1剖面图", 1500.0, -700.0, 350.0), ("1500", 3900.0, 700.0, 250.0)]


def node():
    """A detail of a parapet with its title; millimetres of reality."""
    lines = [([(0, 0), (0, 900), (120, 900), (120, 0)], 1, -1), ([(0, 900), (-60, 960), (200, 985), (200, 940)], 1, -1)]
    lines += [([(120, 100 + 60 * k), (400 + 37 * k, 100 + 60 * k)], 1, -1) for k in range(8)]
    lines += [([(400, 100), (400, 40)], 1, -1), ([(700, 520), (760, 610), (700, 700)], 1, -1)]
    return lines, [("女儿墙大样", 100.0, -150.0, 60.0)]


def sheet(*views, frame=True, kind=SpaceKind.PAGE, fmt=Format.PDF, scale=100.0):
    """A page with views ((lines, labels), plot scale, place of its origin in mm on paper) in a frame."""
    strokes, labels = [], []
    if frame:
        ring = [(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT), (0, 0)]
        inner = [(25, 10), (WIDTH - 10, 10), (WIDTH - 10, HEIGHT - 10), (25, HEIGHT - 10), (25, 10)]
        strokes += [(ring, 0, -1), (inner, 0, -1)]
        strokes += [([(WIDTH - 190, 10 + 8 * k), (WIDTH - 10, 10 + 8 * k)], 0, -1) for k in range(1, 8)]
        strokes += [([(WIDTH - 190, 10), (WIDTH - 190, 66)], 0, -1), ([(WIDTH - 120, 10), (WIDTH - 120, 66)], 0, -1)]
    for (lines, texts), by, (x0, y0) in views:
        strokes += [([(x0 + x / by, y0 + y / by) for x, y in points], layer, -1) for points, layer, _ in lines]
        labels += [(text, x0 + x / by, y0 + y / by, height / by) for text, x, y, height in texts]
    return drawing(strokes, labels, kind=kind, fmt=fmt, scale=scale)


def compare(old, new, **more):
    return compare_sheets(old, old.sheets[0], new, new.sheets[0], **more)


PLAN = (plan(), 100.0, (60.0, 250.0))
STAIR = (stair(), 50.0, (420.0, 250.0))
NODE = (node(), 20.0, (640.0, 300.0))


def test_views_are_the_clusters_of_ink_inside_the_frame_and_one_plan_is_one_view():
    one = sheet(PLAN, STAIR, NODE)
    found = views_in(content_of(one, one.sheets[0]))
    assert len(found) == 3 and found[0] == pytest.approx((6000, 25000, 24000, 37000))
    alone = drawing(*plan())
    assert len(views_in(content_of(alone, alone.sheets[0]))) == 1


def test_a_view_put_elsewhere_on_its_sheet_is_told_once_and_changes_nothing_that_is_built():
    new = sheet(PLAN, (stair(), 50.0, (430.0, 120.0)), NODE)
    result = compare(sheet(PLAN, STAIR, NODE), new)
    assert result.comparable
    (change,) = result.differences
    assert (change.kind, change.attribute, change.material) == ("moved", "view", False)
    assert "1-1剖面图" in change.what and change.details["moved_on_sheet_mm"] == pytest.approx(130.38, abs=0.1)
    assert len(result.views) == 1 and result.views[0].confidence > 0.9


def test_a_change_inside_a_view_that_was_put_elsewhere_is_told_at_both_its_places():
    lines, texts = stair()
    more = [*lines, ([(4200, 200), (4900, 200), (4900, 900)], 1, -1)]
    result = compare(sheet(PLAN, STAIR, NODE), sheet(PLAN, ((more, texts), 50.0, (430.0, 120.0)), NODE))
    (change,) = [d for d in result.differences if d.material]
    assert change.kind == "added"
    assert change.box_new == pytest.approx((430 + 84, 120 + 4, 430 + 98, 120 + 18), abs=0.3)
    assert change.box_old == pytest.approx((420 + 84, 250 + 4, 420 + 98, 250 + 18), abs=0.3)
    assert result.invert().invert().to_json() == result.to_json()


def model():
    """The same three things drawn 1:1 in model space, far from one another."""
    strokes, labels = [], []
    for (lines, texts), (x0, y0) in ((plan(), (0, 0)), (stair(), (30000, -4000)), (node(), (42000, 9000))):
        strokes += [([(x + x0, y + y0) for x, y in points], layer, -1) for points, layer, _ in lines]
        labels += [(text, x + x0, y + y0, height) for text, x, y, height in texts]
    return drawing(strokes, labels, kind=SpaceKind.MODEL, fmt=Format.DXF)


def test_a_model_drawn_to_size_lies_on_a_sheet_of_views_at_three_scales():
    result = compare(model(), sheet(PLAN, STAIR, NODE))
    assert result.comparable
    scales = sorted(round(1 / scale_of(np.asarray(view.transform_sheet))) for view in result.views)
    assert set(scales) <= {20, 50, 100} and len(scales) >= 2
    assert not [d for d in result.differences if d.attribute == "view"], "a plot is a composition of its own"
    views = [d for d in result.differences if d.material and d.box_new and d.box_new[1] > 80]
    assert views == []


def test_a_length_in_a_view_is_measured_at_its_own_scale():
    lines, texts = node()
    moved = [([(x + 100, y) for x, y in p], k, i) if p[0] == (700, 520) else (p, k, i) for p, k, i in lines]
    result = compare(model(), sheet(PLAN, STAIR, ((moved, texts), 20.0, (640.0, 300.0))))
    (change,) = [d for d in result.differences if d.material and d.box_new and d.box_new[1] > 80]
    assert change.kind == "moved" and change.delta == pytest.approx((100, 0), abs=3)


def test_a_sheet_whose_ink_lies_on_the_other_is_never_taken_apart():
    one = sheet(PLAN, STAIR, NODE)
    content = content_of(one, one.sheets[0])
    assert laid_out(content, content, register(content, content)) is None
    assert compare(one, sheet(PLAN, STAIR, NODE, frame=False)).views == []
