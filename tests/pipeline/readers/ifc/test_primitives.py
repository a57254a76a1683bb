"""Cones and cylinders of CSG trees are bodies of plane faces, alone and in boolean results."""

import math
from pathlib import Path

import numpy as np
import pytest

from benchmarks.ifc_reading import volume
from tests.pipeline.readers.ifc.models import codes, model, read
from tests.pipeline.readers.ifc.test_smooth import BALL

CYLINDER = "#423=IFCRIGHTCIRCULARCYLINDER(#11,900.,300.);\n"
CONE = "#423=IFCRIGHTCIRCULARCONE(#11,900.,300.);\n"
BORED = """#423=IFCBOOLEANRESULT(.DIFFERENCE.,#424,#425);
#424=IFCBLOCK(#11,400.,300.,200.);
#425=IFCRIGHTCIRCULARCYLINDER(#11,900.,100.);
"""
TIPPED = """#423=IFCRIGHTCIRCULARCONE(#424,900.,300.);
#424=IFCAXIS2PLACEMENT3D(#425,#426,$);
#425=IFCCARTESIANPOINT((100.,0.,0.));
#426=IFCDIRECTION((1.,0.,0.));
"""
SPHERE = "#423=IFCSPHERE(#11,400.);\n"


def solid(rows: str) -> str:
    return BALL.replace(SPHERE, rows)


@pytest.mark.parametrize(
    ("rows", "volume_m3", "box"),
    [
        (CYLINDER, math.pi * 0.3**2 * 0.9, [-300, -300, 3000, 300, 300, 3900]),
        (CONE, math.pi * 0.3**2 * 0.9 / 3, [-300, -300, 3000, 300, 300, 3900]),
        (TIPPED, math.pi * 0.3**2 * 0.9 / 3, [100, -300, 2700, 1000, 300, 3300]),
        (BORED, 0.4 * 0.3 * 0.2 - math.pi * 0.1**2 / 4 * 0.2, [0, 0, 3000, 400, 300, 3200]),
    ],
)
def test_round_primitives_have_their_volume(tmp_path: Path, rows: str, volume_m3: float, box: list[float]) -> None:
    drawing = read(tmp_path, model(solid(rows)))
    assert codes(drawing) == []
    found = drawing.meshes
    assert volume(np.asarray(found.vertices, np.float64) / 1000, found.faces) == pytest.approx(volume_m3, rel=0.004)
    assert drawing.elements.box[drawing.elements.name.index("ball")] == pytest.approx(box, abs=1)


def test_a_primitive_without_size_is_missing_and_named(tmp_path: Path) -> None:
    drawing = read(tmp_path, model(solid(CYLINDER.replace("300.", "-300."))))
    assert "geometry_missing" in codes(drawing)
