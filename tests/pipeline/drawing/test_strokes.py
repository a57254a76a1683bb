"""Rows of parts and points gathered at once."""

from __future__ import annotations

import numpy as np

from pipeline.drawing.strokes import ranges


def test_ranges_join_slices():
    assert ranges(np.array([5, 0, 9]), np.array([2, 0, 3])).tolist() == [5, 6, 9, 10, 11]
