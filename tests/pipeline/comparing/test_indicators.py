"""Indicators of two versions side by side, over formats."""

from pipeline.comparing.engine import compare_drawings
from pipeline.drawing.kinds import Format, SpaceKind
from tests.pipeline.comparing.drawings import drawing, plan
from tests.pipeline.comparing.test_elements import ROWS, model


def rows_of(comparison):
    return {(row["indicator"], row["room"]): row for row in comparison.indicators}


def test_models_are_counted_storey_by_storey():
    old = model(ROWS)
    old.meta["storeys"][0]["elevation_mm"] = 0.0
    new = model([row for row in ROWS if row[1] != "M1021"], prefix="h")
    new.meta["storeys"][0]["elevation_mm"] = 150.0
    rows = rows_of(compare_drawings(old, new))
    assert (rows["doors", ""]["old"], rows["doors", ""]["new"], rows["doors", ""]["delta"]) == (2, 1, -1)
    assert rows["level", ""]["delta"] == 0.15 and rows["storeys", ""]["delta"] == 0
    assert rows["top_level", ""]["old"] == 3.0 and rows["top_level", ""]["source_old"] == "model"


def test_areas_of_rooms_are_read_beside_their_names_and_compared():
    strokes, labels = plan()
    areas = [("12.40 m²", 2000, 2500, 300.0), ("20.00㎡", 11000, 1700, 300.0)]
    changed = [("11.80 m²", 2000, 2500, 300.0), areas[1]]
    rows = rows_of(compare_drawings(drawing(strokes, [*labels, *areas]), drawing(strokes, [*labels, *changed])))
    room = rows["room_area", "会议室"]
    assert (room["old"], room["new"], room["delta"], room["unit"]) == (12.4, 11.8, -0.6, "m2")
    assert rows["room_area", "办公室"]["delta"] == 0 and rows["rooms_area", ""]["delta"] == -0.6


def test_an_area_amid_a_sentence_is_no_room():
    strokes, labels = plan()
    note = ("2. 本层建筑面积593.68m²，为一个防火分区。", 2000, 5000, 300.0)
    written = drawing(strokes, [*labels, ("12.40 m²", 2000, 2500, 300.0), note])
    rows = rows_of(compare_drawings(written, drawing(strokes, labels)))
    assert rows["rooms", ""]["old"] == 1
    assert rows["rooms_area", ""]["old"] == 12.4


def test_what_a_side_does_not_carry_is_not_known_and_never_zero():
    strokes, labels = plan()
    plot = {"matrix": (0.01, 0, 0, 0.01, 20, 30), "kind": SpaceKind.PAGE, "fmt": Format.PDF, "scale": 100.0}
    bare = [label for label in labels if label[0] != "M0921"]
    result = compare_drawings(drawing(strokes, labels), drawing(strokes, bare, **plot))
    rows = rows_of(result)
    assert ("storeys", "") not in rows and ("windows", "") not in rows
    assert rows["doors", ""]["old"] == 4 and rows["doors", ""]["source_old"] == "blocks"
    back = rows_of(result.invert())["doors", ""]
    assert (back["new"], back["source_new"]) == (rows["doors", ""]["old"], "blocks")
