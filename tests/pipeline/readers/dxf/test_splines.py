"""Splines are cut into chords as the library cuts them."""

import ezdxf
import numpy as np
import pytest
from ezdxf.math import BSpline

from pipeline.readers.dxf.reader import DxfReader


@pytest.mark.parametrize("weights", [None, [1, 2, 0.5, 3, 1, 1]])
@pytest.mark.parametrize("degree", [2, 3, 5])
def test_chords_of_the_library(tmp_path, degree, weights):
    points = [(0, 0), (10, 30), (25, -5), (40, 40), (41, 40), (90, 0)]
    tool = BSpline(points, degree + 1, weights=weights)
    doc = ezdxf.new()
    doc.header["$INSUNITS"] = 4
    doc.modelspace().add_spline().apply_construction_tool(tool)
    path = tmp_path / "spline.dxf"
    doc.saveas(path)
    found = DxfReader().read(path, path.name).spaces[0].entities.xy
    expected = np.array([p.xyz[:2] for p in tool.flattening(90e-3, segments=4)])
    np.testing.assert_allclose(found, expected, atol=1e-9)
