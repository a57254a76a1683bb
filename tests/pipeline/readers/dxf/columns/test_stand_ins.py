"""Axes of object coordinates are those of the library."""

import random

import pytest
from ezdxf.math import OCS

from pipeline.readers.dxf.columns.stand_ins import Point, axes_of

_random = random.Random(4)
_EXTRUSIONS = [(0, 0, 1), (0, 0, -1), (1, 0, 0), (1e-13, 0, 1), (0.01, 0.015, 1), (0.3, -0.4, 0.8), (0, 0, 5)]
_EXTRUSIONS += [tuple(_random.uniform(-1, 1) for _ in range(3)) for _ in range(50)]


@pytest.mark.parametrize("extrusion", _EXTRUSIONS)
def test_axes_are_those_of_the_library(extrusion):
    ours, theirs = axes_of(Point(*map(float, extrusion))), OCS(extrusion)
    for name in ("ux", "uy", "uz"):
        assert getattr(ours, name).xyz == pytest.approx(getattr(theirs, name).xyz, abs=1e-15)


def test_no_direction_is_an_error():
    with pytest.raises(ZeroDivisionError):
        axes_of(Point(0.0, 0.0, 0.0))
