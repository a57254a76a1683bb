"""Points of a scan: taken over the edges of pieces, with and without heights, and only once."""

import numpy as np
import pytest

from pipeline.readers.dxf.columns.points import Points
from pipeline.readers.dxf.columns.tags import Irregular


def _points(*sizes, high=()):
    table, found = np.random.default_rng(3).uniform(-9, 9, (sum(sizes), 3)), Points()
    first = 0
    for piece, size in enumerate(sizes):
        if piece not in high:
            table[first : first + size, 2] = 0.0
        found.add(table[first : first + size])
        first += size
    return table, found


def test_points_come_back_as_they_were_over_the_edges_of_pieces():
    table, found = _points(10, 0, 7000, 20, high=(2,))
    assert len(found) == 7030
    for rows in (np.arange(5, 6990), np.array([7029, 3, 6995, 7012]), np.zeros(0, np.int64)):
        assert np.array_equal(np.column_stack(found.taken(rows)).reshape(-1, 3), table[rows])


def test_a_piece_whose_points_are_all_used_is_gone():
    table, found = _points(6, 6)
    found.taken(np.arange(6))
    with pytest.raises(Irregular):
        found.taken(np.array([2]))
    assert np.array_equal(np.column_stack(found.taken(np.arange(6, 12))), table[6:])
