"""A full turn whose end was rounded a hair beyond 360 degrees is still a full turn (found by the loss meter)."""

import math
from pathlib import Path

import ezdxf
import numpy as np
import pytest

from pipeline.drawing.kinds import EntityKind
from pipeline.readers.registry import read_path


@pytest.mark.parametrize("rare", [False, True], ids=["bytes", "library"])
def test_rounded_full_turns_keep_their_size(tmp_path: Path, rare: bool) -> None:
    doc = ezdxf.new()
    doc.header["$INSUNITS"] = 4
    space = doc.modelspace()
    space.add_ellipse((350, 50), major_axis=(-50, 0), ratio=0.6, start_param=0, end_param=2 * math.pi + 5e-15)
    space.add_arc((100, 50), 40, 0, 360.00000000001)
    if rare:  # a mesh sends the whole file through the library
        space.add_mesh()
    path = tmp_path / "turns.dxf"
    doc.saveas(path)
    table = read_path(path, path.name).spaces[0].entities
    for kind, width, height in ((EntityKind.ELLIPSE, 100, 60), (EntityKind.ARC, 80, 80)):
        (row,) = np.flatnonzero(table.kind == kind)
        part = table.part_first[row]
        xy = table.xy[table.point_first[part] : table.point_first[part + 1]]
        assert np.ptp(xy, axis=0) == pytest.approx([width, height], rel=0.01)
