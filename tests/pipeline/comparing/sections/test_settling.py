"""A storey laid a little askew is settled by the carriers of its lines."""

import numpy as np
import pytest

from pipeline.comparing.content import content_of
from pipeline.comparing.sections.plan import Model
from pipeline.comparing.sections.settling import SHARP, Ground
from tests.pipeline.comparing.drawings import drawing
from tests.pipeline.comparing.sections.house import BODIES, LABELS, cut_plan, model

CORNERS = np.array([[0.0, 0.0], [12000.0, 0.0], [12000.0, 8000.0], [0.0, 8000.0]])


def frames() -> list:
    """Lines close beside the walls, between which a fit to the nearest line is caught."""
    return [
        ([(x0 + d, y0 + d), (x1 - d, y0 + d), (x1 - d, y1 - d), (x0 + d, y1 - d)], 1, -1)
        for kind, _, (x0, y0, _, x1, y1, _) in BODIES
        if kind == "IfcWall"
        for d in (12.0, 25.0, 40.0)
    ]


def askew(turn: float, x: float, y: float) -> np.ndarray:
    cosine, sine = np.cos(turn), np.sin(turn)
    return np.array([[cosine, -sine, x], [sine, cosine, y]])


@pytest.mark.parametrize(("turn", "x", "y"), [(0.0, 18.0, 0.0), (1.8e-3, -9.0, 13.0), (-2.5e-3, 30.0, -24.0)])
def test_a_storey_laid_askew_is_settled_to_less_than_a_tenth_of_a_millimetre(turn, x, y):
    house, new = model(), drawing([*cut_plan(), *frames()], LABELS)
    cut = Model(house, house.sheets[0]).plan().cut
    ground = Ground.of(content_of(new, new.sheets[0]))
    off = askew(turn, x, y)
    assert ground.found(cut, off, SHARP) < 0.9
    settled = ground.settled(cut, off)
    moved = CORNERS @ settled[:, :2].T + settled[:, 2] - CORNERS
    assert np.abs(moved).max() < 0.1
    assert ground.found(cut, settled, SHARP) > 0.99


def test_a_plan_that_lies_alike_turned_by_half_has_no_margin():
    shafts = [
        ([(x, y), (x + 600, y), (x + 600, y + 900), (x, y + 900), (x, y)], 1, -1) for x in (0, 4000) for y in (0, 5000)
    ]
    house = model(
        tuple(("IfcWall", f"{x} {y}", (x, y, 0, x + 600, y + 900, 3000)) for x in (0, 4000) for y in (0, 5000))
    )
    cut = Model(house, house.sheets[0]).plan().cut
    ground = Ground.of(content_of(d := drawing(shafts, []), d.sheets[0]))
    assert ground.margin(cut, askew(0, 0, 0), 50.0) == pytest.approx(0.0, abs=0.01)
