"""The pitfalls of comparing that were met while it was measured, a test each (table in docs/formats/comparison.md)."""

import math

import ezdxf
import numpy as np
import pymupdf
import pytest

from pipeline.comparing.engine import compare_drawings
from tests.pipeline.comparing import files
from tests.pipeline.comparing.drawings import door, drawing, exploded, plan, shifted
from tests.pipeline.comparing.test_elements import ROWS, model, replace_row


def dxf(path, draw, units=4):
    """A DXF with the small plan and whatever `draw(modelspace, document)` adds."""
    doc = ezdxf.new("R2010", setup=True)
    doc.header["$INSUNITS"] = units
    scale = {4: 1.0, 6: 1000.0, 1: 25.4}[units]
    for name in ("WALL", "DOOR", "TEXT"):
        doc.layers.add(name)
    space = doc.modelspace()
    for points, layer, _ in plan()[0]:
        space.add_lwpolyline(
            [(x / scale, y / scale) for x, y in points], dxfattribs={"layer": ("0", "WALL", "DOOR")[layer]}
        )
    draw(space, doc)
    doc.saveas(path)
    return files.read(path)


def told(old, new):
    (found,) = compare_drawings(old, new).sheets
    assert found.comparable, found.reason_en
    return found.differences


def nothing(_space, _doc):
    return None


def test_loops_of_a_hatch_are_not_bridged(tmp_path):
    """A line from one loop to the next would be ink nobody drew, and be "removed" when the hatch is a pair."""
    boxes = [
        [(11000, 3000), (11500, 3000), (11500, 3500), (11000, 3500)],
        [(15500, 900), (16000, 900), (16000, 1400), (15500, 1400)],
    ]

    def one(space, _doc):
        hatch = space.add_hatch(color=1, dxfattribs={"layer": "WALL"})
        for box in boxes:
            hatch.paths.add_polyline_path(box, is_closed=True)

    def two(space, _doc):
        for box in boxes:
            space.add_hatch(color=1, dxfattribs={"layer": "WALL"}).paths.add_polyline_path(box, is_closed=True)

    assert told(dxf(tmp_path / "a.dxf", one), dxf(tmp_path / "b.dxf", two)) == []


PATH = [(11000, 2000), (13000, 2000), (13000, 3500)]


def wide(*paths):
    return lambda space, _doc: [
        space.add_lwpolyline(path, dxfattribs={"layer": "WALL", "const_width": 60}) for path in paths
    ]


def test_a_wide_polyline_is_one_thing_however_it_is_cut(tmp_path):
    """It is drawn as a band with a centre line: a new one is one change, one drawn the other way round is none."""
    old, plain = dxf(tmp_path / "a.dxf", wide(PATH)), dxf(tmp_path / "c.dxf", nothing)
    assert told(old, dxf(tmp_path / "b.dxf", wide(PATH[::-1]))) == []
    assert [d.kind for d in told(plain, old)] == ["added"]


@pytest.mark.parametrize("width", [60, 2])
def test_a_wide_polyline_that_was_exploded_is_compared_by_its_centre_line(tmp_path, width):
    """Exploding loses the width: said once (where it can be seen), never told as a band removed from every wall."""

    def lines(space, _doc):
        for start, end in zip(PATH, PATH[1:], strict=False):
            space.add_line(start, end, dxfattribs={"layer": "WALL"})

    def drawn(space, _doc):
        space.add_lwpolyline(PATH, dxfattribs={"layer": "WALL", "const_width": width})

    old, new = dxf(tmp_path / "a.dxf", drawn), dxf(tmp_path / "b.dxf", lines)
    (found,) = compare_drawings(old, new).sheets
    assert found.differences == []
    assert any("wide polylines" in one["en"] for one in found.notes) == (width > 10)


def test_a_wide_polyline_made_broader_is_a_difference(tmp_path):
    def broad(space, _doc):
        space.add_lwpolyline(PATH, dxfattribs={"layer": "WALL", "const_width": 200})

    assert told(dxf(tmp_path / "a.dxf", wide(PATH)), dxf(tmp_path / "b.dxf", broad)) != []


def test_a_wide_polyline_is_the_same_as_its_plotted_self(tmp_path):
    strokes, _ = plan()
    old, new = dxf(tmp_path / "a.dxf", wide(PATH)), files.pdf(tmp_path / "b.pdf", [*strokes, (PATH, 1, -1)], [])
    assert told(old, new) == []


@pytest.mark.parametrize("units", [6, 1])
def test_curves_are_the_same_in_other_units(tmp_path, units):
    """Chords of a fixed length in drawing units would cut a circle in metres into a triangle."""
    scale = {6: 1000.0, 1: 25.4}[units]

    def curves(factor):
        def draw(space, _doc):
            space.add_circle((11500 / factor, 3000 / factor), 700 / factor, dxfattribs={"layer": "WALL"})
            space.add_ellipse((16200 / factor, 2200 / factor), (900 / factor, 0), 0.4, dxfattribs={"layer": "WALL"})
            space.add_spline([(x / factor, y / factor) for x, y in ((10000, 7800), (12000, 8700), (13000, 7700))])

        return draw

    old, new = dxf(tmp_path / "a.dxf", curves(1.0)), dxf(tmp_path / "b.dxf", curves(scale), units)
    assert told(old, new) == []


def test_a_layer_that_is_off_has_a_negative_colour_and_is_not_compared(tmp_path):
    def off(space, doc):
        space.add_line((11000, 2000), (12500, 2000), dxfattribs={"layer": "HIDDEN"})
        doc.layers.add("HIDDEN", color=3).off()

    def on(space, doc):
        space.add_line((11000, 2000), (12500, 2000), dxfattribs={"layer": "HIDDEN"})
        doc.layers.add("HIDDEN", color=3)

    plain = dxf(tmp_path / "a.dxf", nothing)
    result = compare_drawings(plain, dxf(tmp_path / "b.dxf", off))
    assert result.differences == [] and any("关闭" in note["zh"] for note in result.sheets[0].notes)
    assert [d.kind for d in told(plain, dxf(tmp_path / "c.dxf", on))] == ["added"]


def test_children_of_a_block_on_layer_0_are_on_the_layer_of_the_insert(tmp_path):
    """An exploded insert leaves its children on layer 0 or on the insert's layer: neither is a change of layer."""

    def insert(space, doc):
        block = doc.blocks.new("SINK")
        block.add_lwpolyline([(0, 0), (600, 0), (600, 450), (0, 450)], close=True, dxfattribs={"layer": "0"})
        space.add_blockref("SINK", (11000, 2000), dxfattribs={"layer": "DOOR"})

    def burst(space, _doc):
        space.add_lwpolyline(
            [(11000, 2000), (11600, 2000), (11600, 2450), (11000, 2450)], close=True, dxfattribs={"layer": "DOOR"}
        )

    assert told(dxf(tmp_path / "a.dxf", insert), dxf(tmp_path / "b.dxf", burst)) == []


def test_a_new_frame_swallows_nothing_that_lies_inside_it():
    strokes, labels = plan()
    wall = ([(2000, 1000), (2000, 2600)], 1, -1)
    frame = ([(-3000, -3000), (21000, -3000), (21000, 15000), (-3000, 15000), (-3000, -3000)], 0, -1)
    found = told(drawing(strokes, labels), drawing([*strokes, wall, frame], labels[1:]))
    boxes = [d.bbox for d in found]
    assert any(box == pytest.approx((2000, 1000, 2000, 2600), abs=5) for box in boxes)
    assert sorted(d.kind for d in found) == ["added", "added", "removed"]


def test_the_arrow_of_a_leader_has_the_size_its_dimension_style_says(tmp_path):
    """The same leader under a style of another arrow size is drawn otherwise; under the same style it is the same."""

    def leader(size):
        def draw(space, doc):
            style = doc.dimstyles.new(f"L{size}")
            style.dxf.dimasz, style.dxf.dimscale = size, 1.0
            space.add_leader([(11000, 2000), (12000, 2600)], dimstyle=f"L{size}", dxfattribs={"layer": "TEXT"})

        return draw

    old = dxf(tmp_path / "a.dxf", leader(250))
    assert told(old, dxf(tmp_path / "b.dxf", leader(250))) == []
    found = told(old, dxf(tmp_path / "c.dxf", leader(500)))
    assert 1 <= len(found) <= 2 and all(d.cls == "geometry" for d in found)


@pytest.mark.parametrize("by", [(90, 0), (0, 240), (300, 300)])
def test_a_symbol_that_moved_over_its_old_place_is_one_change(by):
    strokes, labels = plan()
    plot = {"matrix": (0.01, 0, 0, 0.01, 20, 30), "scale": 100.0}
    burst = exploded(shifted(strokes, 1, *by), np.random.default_rng(2))
    for new in (drawing(burst, labels), drawing(burst, labels, **plot)):
        (change,) = told(drawing(strokes, labels), new)
        assert change.kind in ("moved", "modified")


def test_fragments_of_a_symbol_without_blocks_are_one_change():
    strokes, labels = plan()
    extra = [s for k in range(3) for s in door(2000 + 2600 * k, 800, 700, 50 + k)]
    rng = np.random.default_rng(4)
    old, new = exploded([*strokes, *extra], rng), exploded([*strokes, *extra[:-2]], rng)
    assert [d.kind for d in told(drawing(old, labels), drawing(new, labels))] == ["removed"]


def test_a_move_that_other_lines_half_hide_is_still_a_move():
    strokes, labels = plan()
    cabinet = [(10000, 2700), (11200, 2700), (11200, 3300), (10000, 3300), (10000, 2700)]
    there = [(x + 1700, y) for x, y in cabinet]
    hiding = ([(11000, 2700), (13500, 2700)], 1, -1)
    old, new = [*strokes, hiding, (cabinet, 2, -1)], [*strokes, hiding, (there, 2, -1)]
    (change,) = told(drawing(old, labels), drawing(new, labels))
    assert change.kind == "moved" and math.hypot(*change.delta) == pytest.approx(1700, abs=5)


def test_a_text_of_several_lines_is_the_same_as_its_lines(tmp_path):
    def block(space, _doc):
        text = space.add_mtext("LINE ONE\\PLINE TWO", dxfattribs={"layer": "TEXT", "char_height": 250})
        text.set_location((11000, 3500))

    def lines(space, _doc):
        for k, words in enumerate(("LINE ONE", "LINE TWO")):
            y = 3500 - 250 - k * 250 * 5 / 3
            space.add_text(words, height=250, dxfattribs={"layer": "TEXT"}).set_placement((11000, y))

    assert told(dxf(tmp_path / "a.dxf", block), dxf(tmp_path / "b.dxf", lines)) == []


def test_layers_that_cannot_be_compared_are_said(tmp_path):
    def renamed(space, doc):
        for entity in space:
            entity.dxf.layer = f"X-{len(entity)}"

    (found,) = compare_drawings(dxf(tmp_path / "a.dxf", nothing), dxf(tmp_path / "b.dxf", renamed)).sheets
    assert any("layer names" in one["en"] for one in found.notes)


def test_a_layer_renamed_as_a_whole_is_a_note_and_no_change():
    strokes, labels = plan()
    new = drawing(strokes, labels)
    new.sha256 = "f" * 64  # another file
    new.layers[2] = type(new.layers[2])("A-DOOR-NEW", meaning="door")
    result = compare_drawings(drawing(strokes, labels), new)
    assert result.differences == [] and any("更名" in note["zh"] for note in result.sheets[0].notes)


def test_a_dimension_whose_text_was_edited_and_whose_line_was_not_is_told_as_such(tmp_path):
    def dimension(text):
        def draw(space, _doc):
            made = space.add_linear_dim((6000, 3000), (4200, 2500), (9100, 2500), text=text, dimstyle="EZDXF")
            made.render()

        return draw

    found = told(dxf(tmp_path / "a.dxf", dimension("<>")), dxf(tmp_path / "b.dxf", dimension("5000")))
    (change,) = [d for d in found if d.cls == "text"]
    assert change.kind == "modified" and change.new == "5000" and change.details.get("dimension") and change.material


def test_thin_lines_of_a_scan_at_200_dpi_do_not_vanish(tmp_path):
    from pipeline.comparing.scans.pixels import Pictures

    strokes, labels = plan()
    old = files.pdf(tmp_path / "a.pdf", strokes, labels)
    with pymupdf.open() as thin:
        page = thin.new_page(width=594 * files.POINT, height=420 * files.POINT)
        for points, _, _ in strokes:
            placed = [((x / 100 + 20) * files.POINT, (400 - y / 100) * files.POINT) for x, y in points]
            page.draw_polyline(placed, width=0.2)
        for string, x, y, height in labels:
            page.insert_text(
                ((x / 100 + 20) * files.POINT, (400 - y / 100) * files.POINT),
                string,
                fontsize=height / 100 * files.POINT / 0.75,
                fontname="china-s",
            )
        pixels = page.get_pixmap(dpi=200, colorspace=pymupdf.csGRAY)
        with pymupdf.open() as scan:
            scan.new_page(width=page.rect.width, height=page.rect.height).insert_image(page.rect, pixmap=pixels)
            scan.save(tmp_path / "b.pdf")
    new = files.read(tmp_path / "b.pdf")
    (found,) = compare_drawings(old, new, pictures={new.sha256: Pictures(new, tmp_path / "b.pdf", "")}).sheets
    assert found.comparable and [d for d in found.differences if d.cls == "geometry"] == []


def test_new_globalids_and_numbers_are_no_change(tmp_path):
    old, new = files.ifc(tmp_path / "a.ifc", ROWS), files.ifc(tmp_path / "b.ifc", ROWS[::-1], salt="again")
    assert compare_drawings(old, new).differences == []


def test_a_container_is_its_storey_and_no_instance(tmp_path):
    """Both files name their storeys by other ids and GlobalIds: an element on the same storey did not move house."""
    changed = [replace_row(ROWS[0], name="W1b"), *ROWS[1:]]
    old, new = files.ifc(tmp_path / "a.ifc", ROWS), files.ifc(tmp_path / "b.ifc", changed, salt="x")
    assert [d.attribute for d in compare_drawings(old, new).differences] == ["Name"]


@pytest.mark.parametrize("prefix", ["g", "h"])
def test_another_class_is_told(prefix):
    new = [replace_row(row, kind="IfcCovering") if row[1] == "W2" else row for row in ROWS]
    (change,) = compare_drawings(model(ROWS), model(new, prefix=prefix)).differences
    assert (change.attribute, change.old, change.new) == ("class", "IfcWall", "IfcCovering")


@pytest.mark.parametrize("prefix", ["g", "h"])
@pytest.mark.parametrize("offset", [0.0, 0.5, 0.4999, 0.05])
def test_jitter_at_the_edge_of_rounding_is_no_change(prefix, offset):
    """Hashes of rounded numbers differ when a number lies on the edge of a cell; tolerances do not."""
    rng = np.random.default_rng(9)
    here = [replace_row(row, x=row[2] + offset, y=row[3] + offset) for row in ROWS]
    there = [
        replace_row(row, x=row[2] + 1e-4 * rng.uniform(-1, 1), y=row[3] + 1e-4 * rng.uniform(-1, 1)) for row in here
    ]
    assert compare_drawings(model(here), model(there, prefix=prefix)).differences == []


def test_the_same_model_in_other_units_is_the_same_with_its_quantities():
    metres = [(*row[:2], *row[2:7], row[7]) for row in ROWS]
    old, new = model(ROWS), model(metres, prefix="h")
    for side, unit in ((old, 1.0), (new, 1000.0)):
        side.spaces[0].unit_mm = unit
        for row in range(1, 3):
            length, area = 6000.0 / unit, 18e6 / unit**2
            side.elements.quantities[row] = {"Q": {"Length": length, "NetSideArea": area}}
    assert compare_drawings(old, new).differences == []


def test_equal_members_removed_and_added_may_be_read_either_way():
    """Without GlobalIds a column taken away here and put up there may also have been moved; both name the places."""
    new = [replace_row(row, x=2500) if row[0] == "IfcColumn" and row[2] == 5000 else row for row in ROWS]
    found = compare_drawings(model(ROWS), model(new, prefix="h")).differences
    kinds = sorted(d.kind for d in found)
    assert kinds in (["moved"], ["added", "removed"])
    assert {round(d.bbox[0], 1) for d in found if d.kind != "removed"} == {2.5}
