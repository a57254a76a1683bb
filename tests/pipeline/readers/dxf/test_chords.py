"""A chord leaves its curve by no more than 1/4000 of the curve's length, whatever its radius and shape."""

import math
from pathlib import Path

import ezdxf
import numpy as np
import pytest

from pipeline.drawing.kinds import EntityKind
from pipeline.readers.dxf.shapes import FINENESS, chords
from pipeline.readers.registry import read_path


def _points(table, kind: EntityKind) -> np.ndarray:
    (row,) = np.flatnonzero(table.kind == kind)
    part = table.part_first[row]
    return table.xy[table.point_first[part] : table.point_first[part + 1]]


@pytest.mark.parametrize("sweep", [0.001, 0.05, 0.5, 1.6, 3.0, 2 * math.pi])
def test_sagitta_is_within_the_share_of_the_length(sweep: float) -> None:
    step = sweep / int(chords(sweep))
    assert 1 - math.cos(step / 2) <= sweep / FINENESS
    assert step <= math.radians(5.0) + 1e-12


@pytest.mark.parametrize("rare", [False, True], ids=["bytes", "library"])
def test_flat_arcs_bulges_and_tips_of_ellipses_are_followed(tmp_path: Path, rare: bool) -> None:
    doc = ezdxf.new()
    doc.header["$INSUNITS"] = 4
    space = doc.modelspace()
    space.add_arc((0, 0), 100_000, 80, 100)  # a street's curve of 100 m radius
    space.add_ellipse((0, 500_000), major_axis=(1000, 0), ratio=0.18, start_param=-1.2, end_param=0.5)
    bulge = math.tan(math.radians(20) / 4)
    space.add_lwpolyline([(0, 0, bulge), (1000, 0, 0)], format="xyb")
    if rare:  # a mesh sends the whole file through the library
        space.add_mesh()
    path = tmp_path / "chords.dxf"
    doc.saveas(path)
    table = read_path(path, path.name).spaces[0].entities

    xy = _points(table, EntityKind.ARC)
    middles = (xy[1:] + xy[:-1]) / 2
    assert (100_000 - np.hypot(*middles.T)).max() <= 100_000 * math.radians(20) / FINENESS

    xy = _points(table, EntityKind.ELLIPSE) - (0, 500_000)
    middles = (xy[1:] + xy[:-1]) / 2
    length = np.hypot(*np.diff(xy, axis=0).T).sum()
    t = np.linspace(-1.2, 0.5, 20_001)
    curve = np.column_stack([1000 * np.cos(t), 180 * np.sin(t)])
    away = [np.hypot(*(curve - middle).T).min() for middle in middles]
    assert max(away) <= 1.01 * length / FINENESS

    xy = _points(table, EntityKind.POLYLINE)
    radius = 500 / math.sin(math.radians(10))
    center = (500, radius * math.cos(math.radians(10)))
    middles = (xy[1:] + xy[:-1]) / 2
    assert np.abs(radius - np.hypot(*(middles - center).T)).max() <= radius * math.radians(20) / FINENESS


def test_pattern_lines_keep_clear_of_corners(tmp_path: Path) -> None:
    doc = ezdxf.new()
    doc.header["$INSUNITS"] = 4
    hatch = doc.modelspace().add_hatch()
    hatch.set_pattern_fill("LINE", scale=1.0, definition=[[0.0, (0.0, 0.0), (0.0, 10.0), []]])
    for radius in (100.0, 50.0):  # both circles begin on the pattern line y = 0
        hatch.paths.add_edge_path().add_arc((0, 0), radius, 0, 360)
    path = tmp_path / "ring.dxf"
    doc.saveas(path)
    first, second = (read_path(path, path.name).spaces[0].entities for _ in range(2))
    assert np.array_equal(first.xy, second.xy)
    (row,) = np.flatnonzero(first.kind == EntityKind.PATH)
    parts = first.part_first[row] + np.arange(first.part_count[row])
    lines = np.array([first.xy[first.point_first[p] : first.point_first[p] + 2] for p in parts])
    middle = lines[np.abs(lines[:, 0, 1]) < 1]
    assert sorted(np.round(np.sort(middle[:, :, 0], axis=1)).tolist()) == [[-100, -50], [50, 100]]
