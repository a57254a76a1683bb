"""Laws of comparing drawn sheets, on plans and edits drawn by hypothesis."""

import math

import numpy as np
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pipeline.comparing.engine import compare_drawings
from pipeline.drawing.kinds import Format, SpaceKind
from tests.pipeline.comparing.drawings import drawing, exploded, plan
from tests.pipeline.comparing.edits import edited, edits, place_of

TIMES = settings(deadline=None, derandomize=True, phases=[Phase.generate])
PLOTTED = {"kind": SpaceKind.PAGE, "fmt": Format.PDF}


@st.composite
def sides(draw):
    """How one and the same plan is drawn: as a DXF anywhere, turned by any angle, or plotted at a scale."""
    turn = math.radians(draw(st.sampled_from([0, 90, 180, 270, 17, 211])))
    zoom, more = 1.0, {}
    if draw(st.booleans()):
        scale = draw(st.sampled_from([50.0, 100.0, 150.0]))
        zoom, more = 1 / scale, {**PLOTTED, "scale": scale}
    c, s = zoom * math.cos(turn), zoom * math.sin(turn)
    tx, ty = draw(st.sampled_from([(0, 0), (71.3, -20.9), (40_000, 3_000)]))
    return {"matrix": (c, -s, s, c, tx, ty), **more}


@settings(TIMES, max_examples=25)
@given(sides(), sides(), st.integers(0, 2**31), st.booleans())
def test_a_sheet_drawn_again_in_any_way_is_the_same(one, two, seed, burst):
    strokes, labels = plan()
    rng = np.random.default_rng(seed)
    again = exploded(strokes, rng) if burst else [strokes[k] for k in rng.permutation(len(strokes))]
    labels_again = [labels[k] for k in rng.permutation(len(labels))]
    (found,) = compare_drawings(drawing(strokes, labels, **one), drawing(again, labels_again, **two)).sheets
    assert found.comparable and found.differences == []


@settings(TIMES, max_examples=40)
@given(edits(4), sides(), sides(), st.booleans(), st.integers(0, 2**31))
def test_a_planted_change_is_always_found_and_nothing_else_is_told(wanted, one, two, burst, seed):
    strokes, labels = edited(wanted)
    if burst:
        strokes = exploded(strokes, np.random.default_rng(seed))
    new = drawing(strokes, labels, **two)
    (found,) = compare_drawings(drawing(*plan(), **one), new).sheets
    assert found.comparable
    assert len(found.differences) == len(wanted)
    for edit in wanted:
        point = _on_new(two["matrix"], place_of(edit), new)
        assert any(_tells(d, edit) and _near(d.box_new, point, new) for d in found.differences)
        lengths = [math.hypot(*d.delta) for d in found.differences if d.kind == "moved" and d.cls == edit.cls]
        if edit.name == "move door" and lengths:
            assert min(abs(far - _length(edit)) for far in lengths) <= max(5.0, 2 * found.tolerance_mm)


def _tells(difference, edit):
    """A thing moved by less than its size may be told as drawn anew."""
    short = edit.kind == "moved" and _length(edit) < 900
    return difference.cls == edit.cls and (difference.kind == edit.kind or (short and difference.kind == "modified"))


def _length(edit):
    return math.hypot(*edit.amount)


def _on_new(matrix, point, new):
    a, b, c, d, tx, ty = matrix
    x, y = point
    left, low = new.sheets[0].to_space[4:]
    return a * x + b * y + tx - left, c * x + d * y + ty - low


def _near(box, point, new):
    zoom = 1500 / new.sheets[0].scale if new.format == Format.PDF else 1500
    return all(low - zoom <= value <= high + zoom for low, value, high in zip(box[:2], point, box[2:], strict=True))
