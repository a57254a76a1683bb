"""Models that kill or hang the library end in a defect before it sees them (RELIABILITY 2.2)."""

import re
import time
from pathlib import Path

import pytest

from pipeline.drawing.kinds import State
from pipeline.readers.base import CARE
from tests.pipeline.readers.ifc.models import ROOM, WALL, codes, model, read

CYCLES = {
    "placement_self": WALL.replace("#110=IFCLOCALPLACEMENT(#33,#111)", "#110=IFCLOCALPLACEMENT(#110,#111)"),
    "placement_cycle": WALL.replace("#110=IFCLOCALPLACEMENT(#33,#111)", "#110=IFCLOCALPLACEMENT(#113,#111)")
    + "#113=IFCLOCALPLACEMENT(#110,#111);\n",
    "voids_self": WALL + "#180=IFCRELVOIDSELEMENT('3POLPiBt2dHSYO9YgmhjzQ',$,$,$,#100,#100);\n",
    "aggregates_self": WALL + "#180=IFCRELAGGREGATES('3POLPiBt2dHSYO9YgmhjzQ',$,$,$,#100,(#100));\n",
    "contained_circle": WALL + ROOM + "#180=IFCRELAGGREGATES('3POLPiBt2dHSYO9YgmhjzQ',$,$,$,#200,(#42));\n",
    "boolean_self": WALL.replace("(#122));", "(#180));") + "#180=IFCBOOLEANRESULT(.DIFFERENCE.,#180,#122);\n",
    "profile_composite_self": WALL.replace("(#123,#11", "(#180,#11")
    + "#180=IFCCOMPOSITEPROFILEDEF(.AREA.,$,(#180,#123),$);\n",
    "profile_derived_self": WALL.replace("(#123,#11", "(#180,#11") + "#180=IFCDERIVEDPROFILEDEF(.AREA.,$,#180,$,$);\n",
    "trimmed_self": WALL.replace("$,#124);", "$,#180);")
    + "#180=IFCTRIMMEDCURVE(#180,(#125),(#126),.T.,.CARTESIAN.);\n",
    "mapped_self": WALL.replace("(#122));", "(#180));")
    + "#180=IFCMAPPEDITEM(#181,#182);\n#181=IFCREPRESENTATIONMAP(#11,#121);\n"
    + "#182=IFCCARTESIANTRANSFORMATIONOPERATOR3D($,$,#12,$,$);\n",
    "unit_self": WALL + "#180=IFCMEASUREWITHUNIT(IFCLENGTHMEASURE(1.),#181);\n"
    "#181=IFCCONVERSIONBASEDUNIT(#182,.LENGTHUNIT.,'X',#180);\n#182=IFCDIMENSIONALEXPONENTS(1,0,0,0,0,0,0);\n",
}


@pytest.mark.parametrize("kind", CYCLES)
def test_a_circle_of_references_is_refused_and_named(tmp_path: Path, kind: str) -> None:
    drawing = read(tmp_path, model(CYCLES[kind]))
    assert codes(drawing) == ["reference_cycle"] and drawing.state == State.REJECTED
    assert drawing.defects[0].source_id.startswith("#")


def chain(count: int) -> str:
    rows = ["#1000=IFCLOCALPLACEMENT($,#11);\n"]
    rows += [f"#{1000 + at}=IFCLOCALPLACEMENT(#{999 + at},#11);\n" for at in range(1, count)]
    return WALL.replace("IFCLOCALPLACEMENT(#33,#111)", f"IFCLOCALPLACEMENT(#{999 + count},#111)") + "".join(rows)


def test_a_chain_of_placements_without_measure_is_refused(tmp_path: Path) -> None:
    begin = time.process_time()
    drawing = read(tmp_path, model(chain(200_000)))
    assert codes(drawing) == ["limit_reached"] and drawing.state == State.REJECTED
    assert time.process_time() - begin < 10


def test_a_chain_of_300_placements_is_read(tmp_path: Path) -> None:
    drawing = read(tmp_path, model(chain(300)))
    assert drawing.state == State.COMPLETE and drawing.completeness.shapes_made == 1


def doubling(levels: int) -> str:
    """Mapped items that double at each level."""
    rows = ["#182=IFCCARTESIANTRANSFORMATIONOPERATOR3D($,$,#12,$,$);\n"]
    for level in range(levels):
        base = 2000 + level * 10
        inner = "#122" if level == 0 else f"#{base - 7},#{base - 6}"
        rows.append(f"#{base}=IFCSHAPEREPRESENTATION(#10,'Body','MappedRepresentation',({inner}));\n")
        rows.append(f"#{base + 1}=IFCREPRESENTATIONMAP(#11,#{base});\n")
        rows += [f"#{base + at}=IFCMAPPEDITEM(#{base + 1},#182);\n" for at in (3, 4)]
    last = 2000 + (levels - 1) * 10
    return WALL.replace("(#122));", f"(#{last + 3},#{last + 4}));") + "".join(rows)


def test_mapped_items_that_double_34_times_are_not_expanded(tmp_path: Path) -> None:
    drawing = read(tmp_path, model(doubling(34), ROOM))
    assert "geometry_missing" in codes(drawing) and drawing.state == State.PARTIAL
    assert drawing.completeness.shapes_made == 1


def test_mapped_items_that_double_4_times_are_expanded(tmp_path: Path) -> None:
    drawing = read(tmp_path, model(doubling(4)))
    assert drawing.completeness.shapes_made == 1
    assert (drawing.meshes.face_element == drawing.elements.ifc_class.index("IfcWall")).sum() == 12 * 16


def test_a_boolean_chain_is_left_out_of_the_geometry(tmp_path: Path) -> None:
    rows = [f"#{1000 + at}=IFCBOOLEANRESULT(.UNION.,#{999 + at},#122);\n" for at in range(1, 300)]
    rows.insert(0, "#1000=IFCBOOLEANRESULT(.UNION.,#122,#122);\n")
    drawing = read(tmp_path, model(WALL.replace("(#122));", "(#1299));") + "".join(rows)))
    assert "geometry_missing" in codes(drawing)


UNITED = WALL.replace("(#122));", "(#170));") + "#170=IFCBOOLEANRESULT(.UNION.,#122,#122);\n"


def test_after_a_death_the_dear_products_are_left_out_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = model(UNITED, ROOM)
    assert read(tmp_path, data).state == State.COMPLETE
    monkeypatch.setattr(CARE, "after_death", True)
    drawing = read(tmp_path, data)
    assert {"geometry_missing", "limit_reached"} <= set(codes(drawing)) and drawing.state == State.PARTIAL
    assert (drawing.completeness.shapes_expected, drawing.completeness.shapes_made) == (2, 1)
    missing = next(one for one in drawing.defects if one.code == "geometry_missing")
    assert missing.source_id == "2iSszVBbXIatj1bt$rnWK6"
    told = [{"guid": missing.source_id, "class": "IfcWall", "why": "budget"}]
    assert drawing.meta["shapes_missing"] == told


def test_copies_of_a_dear_product_are_made_once_and_stand_where_they_belong(tmp_path: Path) -> None:
    copy = re.sub(r"#(1[0-2]\d|170)\b", lambda match: f"#{int(match[1]) + 400}", UNITED)
    copy = "".join(line + "\n" for line in copy.splitlines() if line.startswith("#5"))
    copy = copy.replace("rnWK6", "rnWK7").replace("1000.,2000.", "1000.,9000.")
    drawing = read(tmp_path, model(UNITED, copy))
    walls = [row for row, kind in enumerate(drawing.elements.ifc_class) if kind == "IfcWall"]
    assert drawing.completeness.shapes_made == 2
    assert drawing.elements.box[walls][:, 1].tolist() == pytest.approx([2000.0, 9000.0])
    # of another type, so not taken for the same; told to be of one type they are
    assert drawing.meta["shapes_copied"] == 0
    same = UNITED.replace("(#100),#150)", "(#100,#500),#150)").replace("(#100),#160)", "(#100,#500),#160)")
    drawing = read(tmp_path, model(same, copy))
    assert drawing.meta["shapes_copied"] == 1
    assert drawing.elements.box[walls][:, 1].tolist() == pytest.approx([2000.0, 9000.0])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"<html>", "unreadable"),
        (model(schema="IFC" + "X" * 1_000_000), "ifc_schema_unknown"),
        (model(schema="IFC9X9"), "ifc_schema_unknown"),
        (model("#60=IFCCARTESIANPOINT(" + "(" * 5000 + ")" * 5000 + ");\n"), "limit_reached"),
        (model("#4294967297=IFCCARTESIANPOINT((0.,0.));\n"), "limit_reached"),
        (model("#60=IFCLABEL('" + "x" * 2_000_000 + "');\n"), "limit_reached"),
    ],
)
def test_bytes_beyond_the_limits_are_refused_with_their_reason(tmp_path: Path, data: bytes, code: str) -> None:
    drawing = read(tmp_path, data)
    assert drawing.state == State.REJECTED and code in codes(drawing)


def test_open_comments_cost_linear_time(tmp_path: Path) -> None:
    begin = time.process_time()
    drawing = read(tmp_path, model("/*" * 500_000))
    assert drawing.state in (State.PARTIAL, State.REJECTED)
    assert time.process_time() - begin < 5
