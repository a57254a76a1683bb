"""Hatches from the bytes: the same as by the library's door, and the lines of the library's own renderer."""

import math

import ezdxf
import numpy as np
import pytest
from ezdxf.render.hatching import hatch_boundary_paths, hatch_paths, pattern_baselines

from pipeline.drawing.kinds import EntityKind
from pipeline.readers.base import ReadLimits
from pipeline.readers.dxf.columns.scan import scan
from pipeline.readers.dxf.reader import DxfReader
from tests.pipeline.readers.dxf.columns.equality import by_both, by_library, differences

MIRRORED, TILTED = (0, 0, -1), (0.3, -0.4, 0.8)
DASHED = [
    (0, (0, 0), (0.0, 0.7), [1.0, -0.4, 0.0, -0.4]),
    (50, (0.2, 0.1), (0.3, 0.9), []),
    (90, (0, 0), (1.1, 0), [0.5, -0.5]),
]


def _square(paths, x, y, size, flags=1):
    paths.add_polyline_path([(x, y), (x + size, y), (x + size, y + size), (x, y + size)], flags=flags)


def _round_shapes(paths):
    edge = paths.add_edge_path()  # a slot: lines and arcs both ways round
    edge.add_line((0, 0), (10, 0))
    edge.add_arc((10, 3), 3, 270, 90)
    edge.add_line((10, 6), (0, 6))
    edge.add_arc((0, 3), 3, 270, 90, ccw=False)
    paths.add_edge_path(0).add_arc((5, 3), 2, 0, 360)
    paths.add_polyline_path([(0, 12, 0.5), (8, 12, -0.3), (8, 20, 0), (0, 20, 1e-8)], flags=1)


def _curved_shapes(paths):
    edge = paths.add_edge_path()
    edge.add_ellipse((0, 0), (8, 3), 0.4, 0, 360)
    half = paths.add_edge_path()
    half.add_ellipse((30, 0), (6, 0), 0.5, 20, 170)
    half.add_line((24, 1), (36, 1))  # does not meet: joined by lines
    turned = paths.add_edge_path()
    turned.add_ellipse((50, 0), (0, 6), 0.5, 20, 170, ccw=False)
    wave = paths.add_edge_path()
    wave.add_spline(control_points=[(0, 20), (5, 30), (10, 10), (15, 30), (20, 20)], degree=3)
    wave.add_line((20, 20), (0, 20))
    weighted = paths.add_edge_path()
    weighted.add_spline(
        control_points=[(40, 20), (45, 30), (50, 20)], weights=[1, 2, 1], knot_values=[1, 1, 1, 2, 2, 2], degree=2
    )
    weighted.add_line((40, 20), (50, 20))  # the wrong way round
    twice = paths.add_edge_path()
    twice.add_arc((60, 20), 3, 0, 360)
    twice.add_arc((70, 20), 3, 90, 450)


def _holes(paths):
    _square(paths, 0, 0, 20)
    _square(paths, 3, 3, 14, flags=16)
    _square(paths, 6, 6, 8, flags=0)
    _square(paths, 8, 8, 2, flags=8)  # the box of a text
    paths.add_polyline_path([(30, 0), (30, 9), (39, 9)], is_closed=False)


SHAPES = {"round": _round_shapes, "curved": _curved_shapes, "holes": _holes}


def hatched_document():
    """Return a drawing of hatches: every edge, style, filling and extrusion, in model space and in placed blocks."""
    doc = ezdxf.new("R2018", units=4)
    block = doc.blocks.new("HATCHED")
    for at, shape in enumerate(SHAPES.values()):
        for style in (0, 1, 2):
            for extrusion in ((0, 0, 1), MIRRORED, TILTED):
                for filling in ("solid", "pattern", "gradient", "plain gradient"):
                    where = block if (style + at) % 2 else doc.modelspace()
                    made = where.add_hatch(
                        color=3, dxfattribs={"hatch_style": style, "extrusion": extrusion, "elevation": (0, 0, 2)}
                    )
                    if filling == "pattern":
                        made.set_pattern_fill("OURS", definition=DASHED)
                    elif filling != "solid":
                        made.set_gradient((10, 20, 30), (0, 0, 0))
                        made.gradient.kind = int(filling == "gradient")
                    shape(made.paths)
    model = doc.modelspace()
    model.add_blockref("HATCHED", (500, 0), {"rotation": 30, "xscale": 2, "yscale": -2})
    model.add_blockref("HATCHED", (900, 0), {"xscale": 2, "yscale": 0.5, "extrusion": MIRRORED})
    return doc


def test_hatches_are_the_same_by_both_doors(tmp_path):
    path = tmp_path / "hatches.dxf"
    hatched_document().saveas(path)
    table = by_both(path).spaces[0].entities
    assert (table.kind == EntityKind.FILL).sum() > 50 and (table.kind == EntityKind.PATH).sum() > 20


def test_all_hatches_are_read_from_the_bytes(tmp_path):
    path = tmp_path / "hatches.dxf"
    hatched_document().saveas(path)
    with path.open("rb") as stream:
        found = scan(stream, lambda data: data.decode())
    assert not found.entities.rare.any()


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_pattern_lines_are_those_of_the_library(tmp_path, shape):
    doc = ezdxf.new("R2018", units=4)
    made = doc.modelspace().add_hatch()
    made.set_pattern_fill("OURS", definition=DASHED)
    shape(made.paths)
    path = tmp_path / "pattern.dxf"
    doc.saveas(path)
    table = DxfReader().read(path, path.name).spaces[0].entities
    row = int(np.flatnonzero(table.kind == EntityKind.PATH)[0])
    first, last = table.point_first[table.part_first[row] :][[0, table.part_count[row]]]
    dashes = table.xy[first:last].reshape(-1, 2, 2)
    ours = np.linalg.norm(dashes[:, 1] - dashes[:, 0], axis=1).sum()
    theirs = 0.0
    paths = hatch_boundary_paths(made)
    for baseline in pattern_baselines(made):
        for line in hatch_paths(baseline, paths):
            for start, end in baseline.pattern_renderer(line.distance).render(line.start, line.end):
                theirs += start.distance(end)
    assert ours == pytest.approx(theirs, rel=0.02)  # theirs run through corners, ours keep aside


def test_a_dash_pattern_in_a_square(tmp_path):
    doc = ezdxf.new("R2010", units=4)
    made = doc.modelspace().add_hatch()
    made.set_pattern_fill("ONE", definition=[(0, (0, 0.5), (0, 1), [2, -1, 0, -1])])
    _square(made.paths, 0, 0, 8)
    path = tmp_path / "square.dxf"
    doc.saveas(path)
    table = DxfReader().read(path, path.name).spaces[0].entities
    row = int(np.flatnonzero(table.kind == EntityKind.PATH)[0])
    assert table.part_count[row] == 8 * 4  # two dashes and two dots a line
    first = table.point_first[table.part_first[row]]
    dashes = table.xy[first : first + 2 * table.part_count[row]].reshape(-1, 2, 2)
    assert np.linalg.norm(dashes[:, 1] - dashes[:, 0], axis=1).sum() == pytest.approx(8 * 4, abs=0.02)
    assert dashes.min() >= 0 and dashes.max() <= 8


@pytest.mark.parametrize("definition", [[(0, (0, 0), (0, 0.001), [])], [(45, (0, 0), (0, 1e-6), [])]])
def test_too_many_lines_are_named(tmp_path, definition):
    doc = ezdxf.new("R2010", units=4)
    made = doc.modelspace().add_hatch()
    made.set_pattern_fill("DENSE", definition=definition)
    _square(made.paths, 0, 0, 100)
    path = tmp_path / "dense.dxf"
    doc.saveas(path)
    reader = DxfReader(ReadLimits(hatch_lines=5000))
    drawing = reader.read(path, path.name)
    assert drawing.meta["door"] == "quick"
    assert [d.details["what"] for d in drawing.defects if d.code == "limit_reached"] == ["hatch lines"]
    assert (drawing.spaces[0].entities.kind == EntityKind.HATCH).sum() == 1


def _text_of_a_hatch(tmp_path, edit):
    doc = ezdxf.new("R2010", units=4)
    _round_shapes(doc.modelspace().add_hatch().paths)
    path = tmp_path / "edited.dxf"
    doc.saveas(path)
    text = path.read_text()
    assert edit(text) != text
    path.write_text(edit(text))
    return path


@pytest.mark.parametrize(
    "edit",
    [
        lambda t: t.replace(" 91\n3\n", " 91\n4\n"),  # one path less than announced
        lambda t: t.replace(" 72\n2\n", " 72\n7\n", 1),  # no such edge
        lambda t: t.replace(" 93\n4\n", " 93\n4\n 60\n0\n", 1),  # a code that does not belong there
        lambda t: t.replace(" 75\n0\n 76\n", " 76\n"),  # the end of the paths is not to be seen
    ],
)
def test_what_is_not_understood_goes_to_the_library(tmp_path, edit):
    path = _text_of_a_hatch(tmp_path, edit)
    with path.open("rb") as stream:
        assert scan(stream, lambda data: data.decode()).entities.rare.sum() == 1
    assert differences(by_library(path), DxfReader().read(path, path.name)) == []


def test_a_solid_hatch_with_an_unused_gradient_keeps_its_colour(tmp_path):
    doc = ezdxf.new("R2018", units=4)
    made = doc.modelspace().add_hatch(color=1)
    made.set_gradient()
    made.gradient.kind = 0
    _square(made.paths, 0, 0, 9)
    path = tmp_path / "solid.dxf"
    doc.saveas(path)
    for drawing in (DxfReader().read(path, path.name), by_library(path)):
        assert drawing.spaces[0].entities.color.tolist() == [0xFF0000FF]


def test_an_arc_of_a_boundary_lies_on_its_circle(tmp_path):
    doc = ezdxf.new("R2018", units=4)
    doc.modelspace().add_hatch().paths.add_edge_path().add_arc((5, 5), 4, 0, 360)
    path = tmp_path / "circle.dxf"
    doc.saveas(path)
    xy = DxfReader().read(path, path.name).spaces[0].entities.xy
    assert np.hypot(*(xy - 5).T) == pytest.approx(np.full(len(xy), 4.0))
    area = 0.5 * abs(np.sum(xy[:, 0] * np.roll(xy[:, 1], -1) - np.roll(xy[:, 0], -1) * xy[:, 1]))
    assert area == pytest.approx(math.pi * 16, rel=2e-3)
