"""A drawn building is the same for the same seed and is read whole in both formats."""

import ifcopenshell
import numpy as np
import pytest

from benchmarks.drawings import opened
from benchmarks.drawn.compose import building
from benchmarks.drawn_buildings import sources

SEEDS = [21, 34]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawn")
    sources(SEEDS, folder)
    return folder


def test_the_same_seed_draws_the_same_building(drawn, tmp_path):
    sources(SEEDS[:1], tmp_path)
    for kind, stem in (("dxf", "drawn"), ("ifc", "model")):
        name = f"{kind}/{stem}{SEEDS[0]}.{kind}"
        assert (drawn / name).read_bytes() == (tmp_path / name).read_bytes()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plan_is_read_whole_as_one_sheet(drawn, seed):
    drawing = opened(drawn / "dxf" / f"drawn{seed}.dxf")
    assert len(drawing.sheets) == 1
    assert not [d.code for d in drawing.defects if d.severity == "error"]
    words = {str(t) for t in drawing.spaces[0].texts.string}
    assert {"1", "2", "A", "B"} <= words


@pytest.mark.parametrize("seed", SEEDS)
def test_a_model_has_every_opening_of_the_building(drawn, seed):
    model = ifcopenshell.open(drawn / "ifc" / f"model{seed}.ifc")
    openings = [o for s in building(seed).storeys for w in s.wings for o in w.openings]
    assert len(model.by_type("IfcOpeningElement")) == len(openings)
    doors = [o for o in openings if o.kind in ("door", "slide")]
    assert len(model.by_type("IfcDoor")) == len(doors) > 10


def test_rooms_tile_their_wing():
    for seed in range(21, 41):
        for storey in building(seed).storeys:
            for wing in storey.wings:
                area = sum((r.x1 - r.x0) * (r.y1 - r.y0) for r in wing.rooms)
                assert np.isclose(area, wing.axes_x[-1] * wing.axes_y[-1], rtol=1e-6)
