"""Columns of one value, and columns without gaps, beside numpy's own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.readers.dxf.columns.alike import alike, is_alike, without_gaps


def test_a_column_of_one_value_takes_no_memory_and_is_not_written_to() -> None:
    column = alike(3, 1000, np.int32)
    assert column.dtype == np.int32 and column.tolist() == [3] * 1000 and column.strides == (0,)
    assert is_alike(column) and not is_alike(np.zeros(2))
    with pytest.raises(ValueError, match="read-only"):
        column[0] = 1


def test_an_empty_column_of_one_value_is_empty() -> None:
    assert alike(np.nan, 0).shape == (0,)


@settings(deadline=None)
@given(st.lists(st.floats(), max_size=20), st.sampled_from([0.0, -1.0, 1.0]))
def test_gaps_are_closed_as_numpy_does(values: list[float], missing: float) -> None:
    column = np.array(values, np.float64)
    assert np.array_equal(without_gaps(column, missing), np.nan_to_num(column, nan=missing))
