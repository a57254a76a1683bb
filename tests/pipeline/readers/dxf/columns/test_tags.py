"""Numbers of a piece: the same as Python's own, and none made of something else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.readers.dxf.columns.tags import Irregular, tokenise

_NUMBERS = st.floats(allow_nan=False).map(repr) | st.integers(-(10**20), 10**20).map(str)
_PADDED = st.builds("{}{}{}".format, st.sampled_from(["", "  "]), _NUMBERS, st.sampled_from(["", "", " "]))


def _tags(values):
    return tokenise(np.frombuffer("".join(f" 10\n{v}\n" for v in values).encode(), np.uint8), 0, bytes.decode)


@given(st.lists(_PADDED | st.sampled_from(["1e999", "-0", "5.", ".5", "+7", "1E-3", "nan", "1_0"]), min_size=1))
def test_numbers_are_those_that_python_reads(values):
    found = _tags(values).numbers(np.arange(len(values)))
    assert found.tobytes() == np.array([float(v) for v in values]).tobytes()


@pytest.mark.parametrize(
    "values", [["1.5.2", ""], ["1-2"], ["1 2", ""], ["1", ""], ["."], ["1e"], ["nan(1)"], ["0x10"], ["1,5"], ["7", " "]]
)
def test_what_is_no_number_or_two_is_irregular(values):
    with pytest.raises(Irregular):
        _tags([*values, "3"]).numbers(np.arange(len(values)))
