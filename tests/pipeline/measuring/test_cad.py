"""The meter on DXF: ezdxf's drawing add-on against our reader, a known loss read as that loss."""

from __future__ import annotations

from pathlib import Path

import ezdxf
import numpy as np
import pytest

from pipeline.drawing.kinds import EntityKind
from pipeline.measuring.faces import shown_edges
from pipeline.measuring.measure import measure
from pipeline.measuring.splines import spline_points
from tests.pipeline.measuring.test_measure import SAMPLES, reading


def rows_of_lines(document: ezdxf.document.Drawing, rows: int = 20, columns: int = 10) -> None:
    """Draw equally long lines that do not touch."""
    space = document.modelspace()
    for row in range(rows):
        for column in range(columns):
            x, y = 6000 * column, 2000 * row
            space.add_line((x, y), (x + 5000, y))
    for x, y in ((-3000, -3000), (columns * 6000 + 2000, rows * 2000 + 1000)):
        space.add_line((x, y), (x, y))  # nothing to see, but it gives the sheet its size


def share_of(document: ezdxf.document.Drawing, tmp_path: Path) -> float | None:
    """Return what share of the ink of model space is understood."""
    path = tmp_path / "drawn.dxf"
    document.saveas(path)
    drawing = reading(path)
    measure(drawing, path)
    return drawing.sheets[0].ink.share


@pytest.mark.parametrize("name", ["02_平面图.dxf", "03_立面图与剖面图.dxf", "04_楼梯详图.dxf"])
def test_the_sample_drawings_are_understood_as_a_whole(name: str) -> None:
    path = SAMPLES / "construction_v1" / name
    drawing = reading(path)
    measure(drawing, path)
    assert drawing.sheets
    for sheet in drawing.sheets:
        assert sheet.ink.why == "" and sheet.ink.by.startswith("ezdxf ")
        assert sheet.ink.share is not None and sheet.ink.share >= 0.999, (sheet.id, sheet.ink)


@pytest.mark.parametrize("percent", [1, 10, 40])
def test_deleting_a_known_part_of_the_lines_lowers_the_share_by_it(tmp_path: Path, percent: int) -> None:
    document = ezdxf.new()
    rows_of_lines(document)
    path = tmp_path / "lines.dxf"
    document.saveas(path)
    drawing = reading(path)
    (sheet,) = drawing.sheets
    rows = np.asarray(sheet.entities)
    assert len(rows) == 202
    gone = np.random.default_rng(3).choice(rows[:200], 2 * percent, replace=False)
    sheet.entities = np.setdiff1d(rows, gone)
    measure(drawing, path)
    assert sheet.ink.share == pytest.approx(1 - percent / 100, abs=0.01)
    assert sheet.ink.causes == {"unexplained": pytest.approx(percent / 100, abs=0.01)}


def test_layouts_blocks_clips_and_mirrored_parts_lie_where_the_add_on_puts_them(tmp_path: Path) -> None:
    document = ezdxf.new(setup=True)
    block = document.blocks.new("DOOR")
    block.add_line((0, 0), (900, 0))
    block.add_arc((0, 0), 900, 0, 90)
    block.add_text("M0921", height=150).set_placement((100, 300))
    space = document.modelspace()
    for row in range(5):
        turned = {"rotation": 37 * row, "xscale": -1 if row % 2 else 1}
        space.add_blockref("DOOR", (3000 * row, 1000 * row), dxfattribs=turned)
    space.add_lwpolyline([(-500, -1500), (14000, -1500), (14000, 6000), (-500, 6000)], close=True)
    hatch = space.add_hatch(color=7)
    hatch.set_pattern_fill("ANSI31", scale=40)
    hatch.paths.add_polyline_path([(8000, -1000), (13000, -1000), (13000, 0), (8000, 0)], is_closed=True)
    layout = document.layout("Layout1")
    layout.page_setup(size=(420, 297), margins=(0, 0, 0, 0), units="mm")
    layout.add_viewport(center=(200, 150), size=(300, 120), view_center_point=(7000, 2000), view_height=6000)
    layout.add_lwpolyline([(5, 5), (415, 5), (415, 292), (5, 292)], close=True)
    path = tmp_path / "plan.dxf"
    document.saveas(path)
    layout.delete_all_entities()
    document.saveas(tmp_path / "model.dxf")
    for file, name in ((path, "Layout1"), (tmp_path / "model.dxf", "Model")):
        drawing = reading(file)
        measure(drawing, file)
        inks = [sheet.ink for sheet in drawing.sheets if drawing.spaces[sheet.space].name == name]
        assert len(inks) == 1 and inks[0].share is not None and inks[0].share >= 0.995, (name, inks)


def test_a_text_out_of_place_is_lost_ink(tmp_path: Path) -> None:
    document = ezdxf.new()
    space = document.modelspace()
    for row in range(10):
        space.add_text("走道 CORRIDOR", height=300).set_placement((0, 1000 * row))
    path = tmp_path / "texts.dxf"
    document.saveas(path)
    drawing = reading(path)
    measure(drawing, path)
    assert drawing.sheets[0].ink.share == 1.0
    space_read = drawing.spaces[0]
    row = int(space_read.texts.entity[4])
    assert space_read.entities.kind[row] == EntityKind.TEXT
    first = int(space_read.entities.point_first[space_read.entities.part_first[row]])
    space_read.entities.xy[first : first + 4] += (0.0, 700.0)
    measure(drawing, path)
    assert drawing.sheets[0].ink.share == pytest.approx(0.9, abs=0.01)


def test_what_the_add_on_cannot_draw_or_not_in_time_is_said(tmp_path: Path) -> None:
    document = ezdxf.new()
    rows_of_lines(document)
    block = document.blocks.new("FLAT")
    inner = document.blocks.new("INNER")
    inner.add_line((0, 0), (100, 100))
    block.add_blockref("INNER", (0, 0), dxfattribs={"xscale": 2})
    document.modelspace().add_blockref("FLAT", (500, 500), dxfattribs={"xscale": 2})
    path = tmp_path / "flat.dxf"
    document.saveas(path)
    path.write_text(path.read_text("utf-8").replace(" 41\n2.0\n", " 41\n2.0\n 43\n0.0\n"), "utf-8")  # ezdxf writes no 0
    drawing = reading(path)
    measure(drawing, path)
    ink = drawing.sheets[0].ink
    assert ink.share is not None and ink.share >= 0.99
    assert ink.why == "reference_partial: 1 INSERT"
    measure(drawing, path, budget_seconds=-1.0)
    assert drawing.sheets[0].ink.why == "time_exceeded"


def test_dimensions_without_a_picture_are_named_as_not_drawn_by_the_add_on(tmp_path: Path) -> None:
    document = ezdxf.new()
    rows_of_lines(document)
    document.modelspace().add_linear_dim((0, 900), (0, 0), (600, 0))  # never rendered: it has no block
    path = tmp_path / "measured.dxf"
    document.saveas(path)
    drawing = reading(path)
    measure(drawing, path)
    ink = drawing.sheets[0].ink
    assert ink.why == "reference_partial: 1 picture of DIMENSION"
    assert ink.share is not None and ink.share >= 0.99


def test_construction_lines_go_through_the_whole_sheet_in_the_reference_too(tmp_path: Path) -> None:
    document = ezdxf.new()
    rows_of_lines(document)
    document.modelspace().add_xline((100, 100), (1, 0.3))
    document.modelspace().add_ray((100, 100), (0.2, 1))
    path = tmp_path / "endless.dxf"
    document.saveas(path)
    drawing = reading(path)
    measure(drawing, path)
    ink = drawing.sheets[0].ink
    assert ink.share is not None and ink.share >= 0.995
    assert ink.causes.get("invented", 0.0) < 0.002


def test_what_the_add_on_gets_wrong_does_not_count_against_us(tmp_path: Path) -> None:
    document = ezdxf.new()
    rows_of_lines(document)
    space = document.modelspace()
    angle = np.linspace(0, 1.5 * np.pi, 9)
    corners = np.column_stack([np.cos(angle), np.sin(angle)]) * 300 + (400, 600)
    spline = space.add_rational_spline([(x, y, 0) for x, y in corners], [1, 0.2, 1, 5, 1, 0.1, 1, 3, 1])
    polyline = space.add_polyline3d([(0, 1200), (400, 1500), (800, 1200)])
    for x, y in ((0, 1200), (400, 2400), (800, 1200)):  # the frame of a spline, which no plot shows
        polyline.append_vertex((x, y, 0), dxfattribs={"flags": 16 | 32})
    document.styles.add("DOWN", font="txt.shx").dxf.flags = 4
    space.add_text("UPRIGHT", height=60, dxfattribs={"style": "DOWN", "insert": (1500, 900)})
    path = tmp_path / "faults.dxf"
    document.saveas(path)
    drawing = reading(path)
    measure(drawing, path)
    ink = drawing.sheets[0].ink
    assert ink.share == pytest.approx(1.0, abs=0.002)
    assert ink.why == "reference_partial: 1 vertical TEXT"

    points = spline_points(spline)
    exact = spline.construction_tool()
    low, high = spline.knots[0], spline.knots[-1]
    assert points is not None
    assert points[0] == pytest.approx(exact.point(low).xyz) and points[-1] == pytest.approx(exact.point(high).xyz)
    middle = exact.point((low + high) / 2).xyz
    assert np.linalg.norm(points - middle, axis=1).min() < 1.0
    spline.weights = [0.0] * 9
    assert spline_points(spline) is None


def test_hidden_edges_of_faces_are_no_ink(tmp_path: Path) -> None:
    document = ezdxf.new()
    rows_of_lines(document)
    square = document.modelspace().add_polyface()
    corners = [(500, 200, 0), (4500, 200, 0), (4500, 1800, 0), (500, 1800, 0)]
    square.append_faces([corners[:3], [corners[2], corners[3], corners[0]]])
    places = [tuple(vertex.dxf.location) for vertex in square.vertices]
    assert len(list(shown_edges(square))) == 6
    for vertex in square.vertices:
        if vertex.dxf.flags == 128:
            for name, after in (("vtx0", "vtx1"), ("vtx1", "vtx2"), ("vtx2", "vtx0")):
                ends = {places[abs(vertex.dxf.get(corner)) - 1] for corner in (name, after)}
                if ends == {corners[0], corners[2]}:  # the diagonal
                    vertex.dxf.set(name, -vertex.dxf.get(name))
    assert len(list(shown_edges(square))) == 4
    assert share_of(document, tmp_path) == pytest.approx(1.0, abs=1e-4)


def test_a_smoothed_mesh_is_its_fitted_surface(tmp_path: Path) -> None:
    document = ezdxf.new()
    rows_of_lines(document)
    mesh = document.modelspace().add_polymesh((2, 2))
    mesh.dxf.flags |= 4
    mesh.dxf.m_smooth_density, mesh.dxf.n_smooth_density = 3, 4
    for vertex, (x, y) in zip(mesh.vertices, ((0, 0), (0, 1900), (5000, 0), (5000, 1900)), strict=True):
        vertex.dxf.flags, vertex.dxf.location = 64 | 16, (x, y, 0)
    fitted = [(x, y, 0) for x in (500, 2500, 4500) for y in (200, 700, 1200, 1800)]
    mesh.append_vertices(fitted, dxfattribs={"flags": 64 | 8})
    assert share_of(document, tmp_path) == pytest.approx(1.0, abs=1e-4)


def test_a_line_on_a_dark_fill_is_seen(tmp_path: Path) -> None:
    document = ezdxf.new()
    rows_of_lines(document)
    space = document.modelspace()
    hatch = space.add_hatch(color=250)
    hatch.paths.add_polyline_path([(0, 42000), (60000, 42000), (60000, 52000), (0, 52000)])
    for y in range(43000, 52000, 2000):
        space.add_line((5000, y), (55000, y))
    path = tmp_path / "dark.dxf"
    document.saveas(path)
    drawing = reading(path)
    measure(drawing, path)
    whole = drawing.sheets[0].ink.share
    assert whole is not None and whole >= 0.998
    table = drawing.spaces[0].entities
    last = int(table.part_first[-1])
    table.xy[table.point_first[last] : table.point_first[last + 1]] = table.xy[0]
    measure(drawing, path)
    share = drawing.sheets[0].ink.share
    assert share is not None and share < whole - 0.02
