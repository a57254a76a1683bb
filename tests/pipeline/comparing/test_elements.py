"""Laws of comparing models element by element."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.comparing.aspects import same_value
from pipeline.comparing.engine import compare_drawings
from pipeline.drawing.kinds import Format, SpaceKind
from pipeline.drawing.model import Drawing, Sheet, Space
from pipeline.drawing.tables import ElementTable, MeshTable

BOX = np.array([[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 5, 6], [0, 4, 5], [0, 5, 1], [3, 2, 6], [3, 6, 7], [0, 3, 7]])
FACES = np.vstack([BOX, [[0, 7, 4], [1, 5, 6], [1, 6, 2]]])


def model(rows, *, prefix="g", shift=(0, 0, 0), unit_mm=1.0):
    """A model of boxes: rows of (class, name, x, y, dx, dy, dz, properties)."""
    rows = [("IfcBuildingStorey", "1F", 0, 0, 0, 0, 0, {}), *rows]
    count = len(rows)
    vertices, faces, owner = [], [], []
    boxes = np.full((count, 6), np.nan)
    placement = np.tile(np.eye(4).ravel(), (count, 1))
    for k, (_, _, x, y, dx, dy, dz, _) in enumerate(rows):
        placement[k, [3, 7, 11]] = np.array([x, y, 0]) + shift
        if dx:
            low = np.array([x, y, 0.0]) + shift
            corners = low + np.array(
                [[0, 0, 0], [dx, 0, 0], [dx, dy, 0], [0, dy, 0], [0, 0, dz], [dx, 0, dz], [dx, dy, dz], [0, dy, dz]]
            )
            faces.append(FACES + 8 * len(vertices))
            vertices.append(corners)
            owner += [k] * len(FACES)
            boxes[k] = [*corners.min(0), *corners.max(0)]
    table = ElementTable(
        global_id=[f"{prefix}{k}" for k in range(count)],
        ifc_class=[r[0] for r in rows],
        name=[r[1] for r in rows],
        tag=[""] * count,
        type_name=[""] * count,
        predefined_type=[""] * count,
        storey=np.zeros(count, np.int32),
        container=np.array([-1] + [0] * (count - 1), np.int32),
        placement=placement,
        box=boxes,
        properties=[r[7] for r in rows],
        quantities=[{} for _ in rows],
        attributes=[{} for _ in rows],
        materials=[[] for _ in rows],
        shape_expected=np.ones(count, np.uint8),
    )
    mesh = MeshTable(
        vertices=np.vstack(vertices).astype(np.float32),
        faces=np.vstack(faces).astype(np.int32),
        face_element=np.array(owner, np.int32),
        face_color=np.zeros(len(owner), np.uint32),
    )
    sheet = Sheet("0:0", 0, (0, 0, 1, 1), (1, 1), (1, 0, 0, 1, 1000.0, 0.0), title="1F")
    return Drawing(
        Format.IFC,
        prefix + str(hash(str(rows)) & 0xFFFF) + str(shift),
        "t",
        spaces=[Space("1F", SpaceKind.STOREY, unit_mm=unit_mm)],
        sheets=[sheet],
        elements=table,
        meshes=mesh,
        meta={"storeys": [{"guid": f"{prefix}0", "name": "1F"}]},
    )


ROWS = [
    ("IfcWall", "W1", 0, 0, 6000, 200, 3000, {"P": {"Fire": "1h"}}),
    ("IfcWall", "W2", 0, 4000, 6000, 200, 3000, {}),
    ("IfcDoor", "M0921", 1000, 0, 900, 60, 2100, {}),
    ("IfcDoor", "M1021", 3000, 4000, 1000, 60, 2100, {}),
    ("IfcColumn", "", 0, 2000, 400, 400, 3000, {}),
    ("IfcColumn", "", 5000, 2000, 400, 400, 3000, {}),
]


def told(old, new):
    return compare_drawings(old, new).differences


@pytest.mark.parametrize("prefix", ["g", "h"])
def test_new_guids_order_and_jitter_are_no_differences(prefix):
    again = [replace_row(row, x=row[2] + 1e-4) for row in reversed(ROWS)]
    assert told(model(ROWS), model(again, prefix=prefix)) == []


def replace_row(row, **more):
    names = ("kind", "name", "x", "y", "dx", "dy", "dz", "properties")
    return tuple(more.get(name, value) for name, value in zip(names, row, strict=True))


@pytest.mark.parametrize("prefix", ["g", "h"])
def test_every_kind_of_change_is_told_once_and_apart(prefix):
    new = [
        replace_row(ROWS[0], properties={"P": {"Fire": "2h"}}),
        replace_row(ROWS[1], dz=3400),
        replace_row(ROWS[2], x=1300),
        replace_row(ROWS[3], name="M1021 X"),
        ROWS[4],
        ("IfcWindow", "C1", 4000, 0, 1500, 60, 1500, {}),
    ]
    found = {(d.kind, d.cls, d.what, d.attribute) for d in told(model(ROWS), model(new, prefix=prefix))}
    assert found == {
        ("modified", "attribute", "墙 W1", "P.Fire"),
        ("modified", "geometry", "墙 W2", "geometry"),
        ("moved", "geometry", "门 M0921", "placement"),
        ("modified", "attribute", "门 M1021 X", "Name"),
        ("removed", "geometry", "柱", ""),
        ("added", "geometry", "窗 C1", ""),
    }


def test_a_move_has_its_length_both_guids_and_boxes_in_metres_and_sheet_millimetres():
    (move,) = told(model(ROWS), model([replace_row(r, x=1300) if r[1] == "M0921" else r for r in ROWS], prefix="h"))
    assert move.delta == pytest.approx((300, 0), abs=0.1) and (move.guid_old, move.guid_new) == ("g3", "h3")
    assert move.bbox == pytest.approx((1.3, 0, 2.2, 0.06), abs=1e-3)
    assert move.box_new == pytest.approx((300, 0, 1200, 60), abs=0.1) and move.matched_by


def test_a_shifted_model_is_said_to_be_shifted_and_nothing_else():
    result = compare_drawings(model(ROWS), model(ROWS, prefix="h", shift=(50_000, -20_000, 300)))
    assert result.differences == [] and any("平移" in note["zh"] for note in result.sheets[0].notes)


def test_another_class_at_the_same_place_is_a_modified_element():
    new = [replace_row(r, kind="IfcBuildingElementProxy") if r[1] == "W2" else r for r in ROWS]
    (difference,) = told(model(ROWS), model(new, prefix="h"))
    assert (difference.attribute, difference.old, difference.new) == ("class", "IfcWall", "IfcBuildingElementProxy")


def test_a_removed_element_of_equal_siblings_is_removed_once():
    assert [d.kind for d in told(model(ROWS), model(ROWS[:-1], prefix="h"))] == ["removed"]


def test_values_in_other_units_are_equal_and_others_are_not():
    assert same_value(3.2, 3200.0, 1000.0) and same_value(2.0, 2e6, 1000.0) and same_value("a ", "a", 1)
    assert not same_value(3.2, 3.3, 1.0) and not same_value(True, False, 1.0) and not same_value(None, "x", 1.0)
    assert same_value([1, {"a": 2.0}], [1, {"a": 2.0}], 1.0)


def test_inverting_swaps_guids_and_values():
    new = [replace_row(r, name="W9") if r[1] == "W1" else r for r in ROWS]
    (difference,) = told(model(ROWS), model(new, prefix="h"))
    back = difference.invert()
    assert (back.old, back.new, back.guid_old) == (difference.new, difference.old, difference.guid_new)
    assert replace(back.invert(), key=difference.key, bbox_from=difference.bbox_from) == difference


def with_guids(drawing, guids):
    """The same model with other GlobalIds for some rows."""
    drawing.sha256 += "'"
    drawing.elements.global_id = [guids.get(guid, guid) for guid in drawing.elements.global_id]
    return drawing


def kinds(differences):
    return sorted((d.kind, d.what_en, d.attribute) for d in differences)


GRID = [("IfcColumn", "", 6000 * a, 6000 * b, 400, 400, 3000, {}) for a in range(3) for b in range(3)]


def test_a_thing_deleted_and_made_again_is_replaced_by_an_equal_one():
    (difference,) = told(model(ROWS), with_guids(model(ROWS), {"g3": "again"}))
    assert (difference.kind, difference.attribute, difference.material) == ("modified", "GlobalId", False)
    assert (difference.old, difference.new) == ("g3", "again")


def test_a_globalid_on_another_thing_is_told_and_not_believed():
    old, new = model([*ROWS, *GRID]), with_guids(model([*ROWS, *GRID]), {"g3": "g1", "g1": "g3"})
    result = compare_drawings(old, new)
    assert kinds(result.differences) == [("modified", "door M0921", "GlobalId"), ("modified", "wall W1", "GlobalId")]
    door = next(d for d in result.differences if d.what_en == "door M0921")
    assert door.details["guid_reused_new"] == "IfcWall W1" and not door.material
    assert any("GlobalIds stand on different things" in note["en"] for note in result.sheets[0].notes)


def test_a_column_nearer_to_its_old_place_than_to_others_has_moved():
    new = [replace_row(row, x=700) if row[2:4] == (0, 0) else row for row in GRID]
    (move,) = told(model(GRID), model(new, prefix="h"))
    assert move.kind == "moved" and move.delta == pytest.approx((700, 0), abs=0.1) and move.certainty < 0.8


def test_equal_members_deleted_and_added_elsewhere_are_told_apart_and_unsure():
    new = [*GRID[1:], ("IfcColumn", "", 6000, 3500, 400, 400, 3000, {})]
    found = told(model(GRID), model(new, prefix="h"))
    assert [d.kind for d in found] == ["added", "removed"] and all(d.certainty <= 0.7 for d in found)
    assert all(d.details["perhaps_moved"]["guid_old"] == "g1" for d in found)


def test_a_wall_cut_again_because_its_neighbour_moved_hangs_under_the_neighbour():
    old = [("IfcWall", "A", 0, 0, 6000, 200, 3000, {}), ("IfcWall", "B", 5800, 200, 200, 4000, 3000, {})]
    new = [replace_row(old[0], dx=6500), replace_row(old[1], x=6300)]
    found = {d.what_en: d for d in told(model(old), model(new))}
    assert (found["wall B"].kind, found["wall B"].consequence) == ("moved", False)
    assert (found["wall A"].attribute, found["wall A"].consequence) == ("geometry", True)
    assert found["wall A"].details["cause"]["en_new"] == "wall B" and not found["wall A"].material
    longer = told(model(old), model([replace_row(old[0], dx=6500), old[1]]))
    assert [d.consequence for d in longer] == [False]


def test_a_thing_turned_where_it_stands_is_turned_and_keeps_its_geometry():
    old, new = model(ROWS), model(ROWS, prefix="h")
    row, turn = 3, np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]])
    own = np.unique(new.meshes.faces[new.meshes.face_element == row])
    middle = new.meshes.vertices[own].mean(0)
    new.meshes.vertices[own] = (new.meshes.vertices[own] - middle) @ turn.T + middle
    corners = new.meshes.vertices[own]
    new.elements.box[row] = [*corners.min(0), *corners.max(0)]
    placement = new.elements.placement[row].reshape(4, 4)
    placement[:3, :3] = turn
    placement[:3, 3] = middle + turn @ (placement[:3, 3] - middle)
    (difference,) = told(old, new)
    assert (difference.what_en, difference.attribute) == ("door M0921", "rotation")
    assert (difference.kind, difference.cls, difference.old, difference.new) == ("modified", "geometry", "0°", "90°")


def test_other_triangles_over_the_same_corners_are_no_change():
    old, new = model(ROWS), model(ROWS, prefix="h")
    own = np.flatnonzero(new.meshes.face_element == 1)
    new.meshes.faces[own[1]] = new.meshes.faces[own[0]]  # one half of a face twice, the other half missing
    assert told(old, new) == []


def test_classification_material_group_and_type_are_aspects_of_their_own():
    old, new = model(ROWS), model(ROWS, prefix="h")
    new.elements.attributes[1] = {"classifications": [{"system": "Uniclass", "code": "EF_25", "name": "Walls"}]}
    new.elements.materials[1], new.elements.type_name[1] = ["brick"], "WT"
    new.elements.groups = [["fire zone 1"] if k == 1 else [] for k in range(len(new.elements))]
    (difference,) = told(old, new)
    said = {a["aspect"]: a["new"] for a in difference.details["aspects"]}
    assert said == {"type": "WT", "material": "brick", "classification": "EF_25 Walls", "group": "fire zone 1"}


def test_things_without_a_shape_are_told_apart_by_what_is_said_of_them():
    rows = [("IfcZone", "Z", 0, 0, 0, 0, 0, {"P": {"Use": use, "Index": k}}) for k, use in enumerate("abcd")]
    assert told(model(ROWS + rows), model([*reversed(rows), *ROWS], prefix="h")) == []
    changed = [replace_row(rows[2], properties={"P": {"Use": "x", "Index": 2}}), *rows[:2], rows[3]]
    (difference,) = told(model(ROWS + rows), model([*changed, *ROWS], prefix="h"))
    assert (difference.attribute, difference.old, difference.new) == ("P.Use", "c", "x")


def test_a_whole_without_a_name_or_shape_is_found_by_its_parts():
    rows = [("IfcElementAssembly", "", 0, 0, 0, 0, 0, {"P": {"Mark": mark}}) for mark in "xy"]
    old, new = model(ROWS + rows), model([*ROWS, *reversed(rows)], prefix="h")
    for drawing, places in ((old, (7, 8)), (new, (8, 7))):
        drawing.elements.container[[1, 2]], drawing.elements.container[[3, 4, 5]] = places
    old.elements.properties[8] = {"P": {"Mark": "z"}}
    (difference,) = told(old, new)
    assert (difference.attribute, difference.old, difference.new) == ("P.Mark", "z", "y")


def test_numbers_of_files_in_other_units_go_by_one_power_each():
    sets = [{"P": {"Length": 2000.0 + k, "Risers": 17.0}} for k in range(6)]
    old = [replace_row(row, properties=sets[k]) for k, row in enumerate(ROWS)]
    new = [
        replace_row(row, properties={"P": {"Length": (2000.0 + k) / 1000, "Risers": 17.0}})
        for k, row in enumerate(ROWS)
    ]
    assert told(model(old), model(new, prefix="h", unit_mm=1000.0)) == []
    new[0] = replace_row(ROWS[0], properties={"P": {"Length": 2.0, "Risers": 0.017}})
    (difference,) = told(model(old), model(new, prefix="h", unit_mm=1000.0))
    assert (difference.attribute, difference.old, difference.new) == ("P.Risers", "17", "0.017")
