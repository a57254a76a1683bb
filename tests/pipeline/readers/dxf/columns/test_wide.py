"""Wide polylines and splines from the bytes: the same as by the library's door."""

import math

import ezdxf
import numpy as np
import pytest

from pipeline.drawing.kinds import EntityKind
from pipeline.readers.dxf.columns.scan import scan
from pipeline.readers.dxf.reader import DxfReader
from tests.pipeline.readers.dxf.columns.equality import by_both, by_library, differences

LINES = {
    "plain": [(0, 0, 1, 1, 0), (10, 0, 1, 2, 0), (10, 10, 2, 0.5, 0), (0, 10, 0, 1, 0)],
    "straight on": [(0, 0, 1, 1, 0), (5, 0, 1, 1, 0), (10, 0.001, 1, 1, 0), (0, 0.0, 1, 1, 0)],
    "twice": [(0, 0, 1, 1, 0), (0, 0, 2, 2, 0), (8, 3, 1, 1, 0), (8, 3, 1, 1, 0)],
    "donut": [(0, 0, 1, 1, 1), (2, 0, 1, 1, 1)],
    "curved": [(0, 0, 1, 3, 0.4), (9, 0, 3, 1, -0.7), (9, 9, 1, 1, 0.2)],
    "mixed": [(0, 0, 1, 1, 0), (9, 0, 1, 2, 0.5), (9, 9, 2, 2, 0), (4, 12, 1, 1, 0)],
    "needle": [(0, 0, 0, 2, 0), (10, 0, 0, 0, 0)],
    "one": [(5, 5, 1, 1, 0)],
}


def wide_document():
    doc = ezdxf.new("R2010", units=4)
    block = doc.blocks.new("WIDE")
    for at, points in enumerate(LINES.values()):
        for closed in (False, True):
            for extrusion in ((0, 0, 1), (0, 0, -1), (0.3, -0.4, 0.8)):
                more = {"extrusion": extrusion, "elevation": 3}
                where = block if at % 2 else doc.modelspace()
                where.add_lwpolyline(points, "xyseb", close=closed, dxfattribs=more)
                plain = [(x, y, 0, 0, b) for x, y, _, _, b in points]
                where.add_lwpolyline(plain, "xyseb", close=closed, dxfattribs={**more, "const_width": 0.5})
    doc.modelspace().add_blockref("WIDE", (100, 0), {"rotation": 20, "xscale": -2})
    return doc


def test_wide_polylines_are_the_same_by_both_doors(tmp_path):
    path = tmp_path / "wide.dxf"
    wide_document().saveas(path)
    table = by_both(path).spaces[0].entities
    assert (table.kind == EntityKind.FILL).sum() == (
        table.kind == EntityKind.POLYLINE
    ).sum() - 2 * 2 * 3  # one point has no width
    with path.open("rb") as stream:
        assert not scan(stream, lambda data: data.decode()).entities.rare.any()


def test_a_frame_has_mitred_corners(tmp_path):
    doc = ezdxf.new("R2010", units=4)
    doc.modelspace().add_lwpolyline([(0, 0), (10, 0), (10, 10), (0, 10)], close=True, dxfattribs={"const_width": 2})
    path = tmp_path / "frame.dxf"
    doc.saveas(path)
    table = DxfReader().read(path, path.name).spaces[0].entities
    row = int(np.flatnonzero(table.kind == EntityKind.FILL)[0])
    first = table.point_first[table.part_first[row]]
    corners = {tuple(np.round(p, 9).tolist()) for p in table.xy[first : first + 16]}
    assert corners == {(a, b) for s in (-1, 1) for a in (-s, 10 + s) for b in (-s, 10 + s)}


def _curves(model):
    model.add_spline([(0, 0), (1, 2), (3, 1), (4, 4)])
    model.add_open_spline([(0, 0, 1), (5, 9, 2), (9, -9, 3), (14, 0, 4), (20, 9, 5)])
    model.add_open_spline([(0, 0), (5, 9), (9, -9)], degree=2)
    model.add_rational_spline([(0, 0), (5, 9), (9, 0), (12, 4)], weights=[1, 3, 1, 2])
    model.add_open_spline([(k, math.sin(k) * k) for k in range(40)], degree=5)
    model.add_open_spline([(0, 0), (5, 9), (9, 0), (12, 4)]).knots = range(8)  # not clamped: for the library
    shifted = model.add_open_spline([(0, 0), (5, 9), (9, -9), (14, 0)])
    shifted.knots = [3, 3, 3, 3, 900, 900, 900, 900]


@pytest.mark.parametrize("version", ["R2000", "R2018"])
def test_splines_are_the_same_by_both_doors(tmp_path, version):
    doc = ezdxf.new(version, units=4)
    _curves(doc.modelspace())
    path = tmp_path / "splines.dxf"
    doc.saveas(path)
    quick = DxfReader().read(path, path.name)
    with path.open("rb") as stream:
        rare = scan(stream, lambda data: data.decode()).entities.rare
    assert rare.tolist() == [True, False, False, False, False, True, False]  # fit points, not clamped
    assert differences(by_library(path), quick) == []


def test_spline_chords_keep_to_the_curve(tmp_path):
    doc = ezdxf.new("R2010", units=4)
    made = doc.modelspace().add_open_spline([(0, 0), (50, 90), (90, -90), (140, 0), (200, 90)])
    path = tmp_path / "spline.dxf"
    doc.saveas(path)
    xy = DxfReader().read(path, path.name).spaces[0].entities.xy
    on_curve = np.array([(p.x, p.y) for p in made.construction_tool().approximate(4000)])
    assert max(np.hypot(*(on_curve - p).T).min() for p in xy) < 0.2
    away = [min(_distance(p, a, b) for a, b in zip(xy[:-1], xy[1:], strict=True)) for p in on_curve[::20]]
    assert max(away) < 2e-3 * 200


def _distance(p, a, b):
    t = np.clip(np.dot(p - a, b - a) / np.dot(b - a, b - a), 0, 1)
    return float(np.hypot(*(a + t * (b - a) - p)))
