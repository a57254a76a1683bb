"""The way from a space to a sheet and back, and what lies on the sheet."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.drawing.kinds import SpaceKind
from pipeline.drawing.model import Sheet, Space
from pipeline.drawing.sheet_space import apply, invert, on_sheet, to_sheet

TURNED = (0.0, -50.0, 50.0, 0.0, 1_000.0, -300.0)


def test_there_and_back_again():
    points = np.array([[0.0, 0.0], [420.0, 297.0], [-3.5, 12.25]])
    space = apply(TURNED, points)
    assert np.allclose(apply(invert(TURNED), space), points) and np.allclose(to_sheet(space, TURNED), points)
    assert to_sheet(np.zeros((0, 2)), TURNED).shape == (0, 2)


@pytest.mark.parametrize("flat", [(1.0, 2.0, 2.0, 4.0, 0.0, 0.0), (float("nan"), 0.0, 0.0, 1.0, 0.0, 0.0)])
def test_a_flat_transform_has_no_inverse(flat):
    with pytest.raises(ValueError, match="no inverse"):
        invert(flat)


def test_an_empty_sheet_of_an_empty_space_has_nothing_on_it():
    sheet = Sheet("0:1", 0, (0.0, 0.0, 1.0, 1.0), (1.0, 1.0), (1, 0, 0, 1, 0, 0), 1.0, False)
    assert on_sheet(Space("", SpaceKind.MODEL), sheet).shape == (0,)
