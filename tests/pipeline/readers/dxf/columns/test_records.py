"""The pieces that a file is read in."""

import pytest

from pipeline.readers.dxf.columns.records import pieces

_POINT = b"  0\nPOINT\n  8\n0\n 10\n1.0\n 20\n2.0\n"
_HEAD, _TAIL = b"  0\nSECTION\n  2\nENTITIES\n", b"  0\nENDSEC\n  0\nEOF\n"


@pytest.mark.parametrize(("size", "most"), [(100_000, 1), (540_000, 1), (1_100_000, 2), (1_700_000, 3)])
def test_pieces_are_even_and_hold_the_whole_file(tmp_path, size, most):
    path = tmp_path / "points.dxf"
    path.write_bytes(_HEAD + _POINT * (size // len(_POINT)) + _TAIL)
    with path.open("rb") as stream:
        found = list(pieces(stream, bytes.decode))
    assert len(found) == most
    assert sum(int((tags.codes == 10).sum()) for tags in found) == size // len(_POINT)
    assert min(len(tags) for tags in found) > 0.6 * max(len(tags) for tags in found)
