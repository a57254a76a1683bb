"""Names of entities by number."""

import numpy as np

from pipeline.readers.dxf.sources import Sources


def test_handles_places_and_given_names_come_by_number():
    found = Sources(np.array([b"1F", b"", b"0a3"]))
    assert found.append("x|2B") == 3
    found.extend(["", "4D"])
    assert len(found) == 6
    assert list(found) == ["1F", "@2", "0a3", "x|2B", "", "4D"]
    assert found.texts(np.array([-1, 0, 2, 5, 6])) == ["", "1F", "0a3", "4D", ""]


def test_without_a_scan_there_are_given_names_only():
    found = Sources()
    assert [found.append(name) for name in ("A", "B")] == [0, 1]
    assert found.texts(np.array([0, 1])) == ["A", "B"]
