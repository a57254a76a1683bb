"""Memory of its own: zeros that can be written to, and nobody else's."""

import os

import numpy as np
import pytest

from pipeline.readers.dxf.columns.freed import apart


@pytest.mark.parametrize("count", [0, 5, 100_000])
def test_memory_of_its_own_is_zero_and_can_be_written(count):
    column = apart((count, 2))
    assert column.shape == (count, 2) and not column.any()
    column += 1.5
    assert (column == 1.5).all()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_process_writes_into_its_own_copy():
    column = apart((100_000,))
    child = os.fork()
    if child == 0:
        column[:] = 7.0
        os._exit(0)
    os.waitpid(child, 0)
    assert not np.any(column)
