"""What a small model must give, and how bad bytes end."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from pipeline.drawing.conclude import conclude
from pipeline.drawing.kinds import EntityKind, Severity, SpaceKind, State
from pipeline.drawing.snapshot import dump, load
from pipeline.readers.ifc.sniff import sniff
from pipeline.sheets.find import find_sheets
from tests.pipeline.readers.ifc.models import GRID, HEAD, ROOM, TAIL, WALL, codes, model, read


def test_a_wall_comes_with_everything_the_file_says_about_it(tmp_path: Path) -> None:
    drawing = read(tmp_path, model(WALL, ROOM))
    assert (drawing.state, codes(drawing)) == (State.COMPLETE, [])
    table = drawing.elements
    row = table.ifc_class.index("IfcWall")
    assert (table.name[row], table.tag[row], table.type_name[row]) == ("W1", "tag-1", "WT-200")
    assert table.predefined_type[row] == "SOLIDWALL" and table.materials[row] == ["C30"]
    # the occurrence wins over its type, and the type fills what the occurrence leaves open
    assert table.properties[row]["Pset_WallCommon"] == {"FireRating": "2.00h", "IsExternal": True, "LoadBearing": False}
    assert table.quantities[row] == {"Qto_WallBaseQuantities": {"Length": 4000.0}}
    assert table.box[row].tolist() == pytest.approx([1000, 2000, 3000, 5000, 2200, 6000])
    assert table.placement[row].reshape(4, 4)[:3, 3].tolist() == [1000, 2000, 3000]
    storey = table.ifc_class.index("IfcBuildingStorey")
    assert table.storey[row] == storey and table.name[storey] == "一层"
    assert table.container[row] == storey and table.container[storey] == table.ifc_class.index("IfcBuilding")
    assert drawing.completeness.shapes_expected == drawing.completeness.shapes_made == 2
    assert drawing.meta["georeference"]["RefLatitude_deg"] == pytest.approx(43 + 53 / 60 + 4 / 3600)
    assert drawing.meta["storeys"] == [{"guid": "3y5in6kOpQEEb8oSOHKRGe", "name": "一层", "elevation_mm": 3000.0}]


@pytest.mark.parametrize("layers_first", [True, False])
def test_a_wall_of_two_materials_reads_the_same_in_any_order_of_rows(tmp_path: Path, layers_first: bool) -> None:
    bare, layered = ("#161", "#165") if layers_first else ("#165", "#161")
    relation = "#161=IFCRELASSOCIATESMATERIAL('1X_tHDtM3yRM92BYZ9QMZT',$,$,$,(#100),#160);"
    assert relation in WALL
    two = WALL.replace(relation, relation.replace("#161=", f"{bare}=")) + (
        "#162=IFCMATERIAL('\\X2\\7816\\X0\\',$,$);\n#163=IFCMATERIALLAYER(#162,200.,$,$,$,$,$);\n"
        "#164=IFCMATERIALLAYERSET((#163),'W200',$);\n"
        f"{layered}=IFCRELASSOCIATESMATERIAL('1X_tHDtM3yRM92BYZ9QMZU',$,$,$,(#100),#164);\n"
    )
    table = read(tmp_path, model(two)).elements
    row = table.ifc_class.index("IfcWall")
    assert table.materials[row] == ["砖", "C30"]
    assert table.attributes[row]["material"]["class"] == "IfcMaterialLayerSet"


def test_the_plan_shows_the_cut_wall_the_room_and_the_axes(tmp_path: Path) -> None:
    drawing = read(tmp_path, model(WALL, ROOM, GRID))
    (space,) = drawing.spaces
    assert (space.kind, space.name, space.elevation_mm) == (SpaceKind.STOREY, "一层", 3000.0)
    entities = space.entities
    cut = np.flatnonzero(entities.kind == EntityKind.SECTION)
    assert len(cut) == 1
    part = entities.part_first[cut[0]]
    ring = entities.xy[entities.point_first[part] : entities.point_first[part + 1]]
    assert entities.part_count[cut[0]] == 1 and entities.part_closed[part] == 1 and len(ring) == 4
    assert {tuple(np.round(point).tolist()) for point in ring} == {
        (1000, 2000), (5000, 2000), (5000, 2200), (1000, 2200)
    }  # fmt: skip
    assert space.sources[entities.source[cut[0]]] == "2iSszVBbXIatj1bt$rnWK6"
    assert drawing.elements.ifc_class[entities.element[cut[0]]] == "IfcWall"
    assert [layer.meaning for layer in drawing.layers] == ["room", "wall", "axis"]
    assert "101 客厅\n20.00 m²" in space.texts.string and space.texts.string.count("A") == 2
    lines = np.flatnonzero(entities.kind == EntityKind.LINE)
    assert len(lines) == 2 and set(entities.dashed[lines].tolist()) == {2}


@pytest.mark.parametrize(
    "beside",
    [
        "#2=IFCPROJECTLIBRARY('2eYGMUdRD1MLCzv$H1Er$i',$,'library',$,$,$,$,$,$);\n",
        "#2=IFCPROJECT('2eYGMUdRD1MLCzv$H1Er$i',$,'second',$,$,$,$,$,$);\n",
    ],
)
def test_a_library_or_project_beside_the_project_leaves_its_units(tmp_path: Path, beside: str) -> None:
    table = read(tmp_path, model(WALL, beside)).elements
    assert table.box[table.ifc_class.index("IfcWall")].tolist() == pytest.approx([1000, 2000, 3000, 5000, 2200, 6000])


def test_the_body_is_drawn_and_not_the_clearance_whichever_comes_first(tmp_path: Path) -> None:
    beside = """#2=IFCGEOMETRICREPRESENTATIONSUBCONTEXT('Clearance','Model',*,*,*,*,#10,$,.MODEL_VIEW.,$);
#3=IFCSHAPEREPRESENTATION(#2,'Clearance','SweptSolid',(#4));
#4=IFCEXTRUDEDAREASOLID(#123,#11,#127,9000.);
#5=IFCGEOMETRICREPRESENTATIONSUBCONTEXT('Body','Model',*,*,*,*,#10,$,.MODEL_VIEW.,$);
"""
    wall = WALL.replace("$,$,(#121))", "$,$,(#3,#121))").replace("(#10,'Body'", "(#5,'Body'")
    table = read(tmp_path, model(beside, wall)).elements
    assert table.box[table.ifc_class.index("IfcWall"), 5] == pytest.approx(6000)


@pytest.mark.parametrize(
    ("identifier", "kind", "made"),
    [
        ("Axis", "SweptSolid", 1),
        ("Surface", "BoundingBox", 1),
        ("Shape", "SweptSolid", 1),
        ("Clearance", "SweptSolid", 0),
        ("Axis", "Curve3D", 0),
    ],
)
def test_a_solid_under_another_name_is_the_body_where_there_is_no_other(
    tmp_path: Path, identifier: str, kind: str, made: int
) -> None:
    context = f"#5=IFCGEOMETRICREPRESENTATIONSUBCONTEXT('{identifier}','Model',*,*,*,*,#10,$,.MODEL_VIEW.,$);\n"
    item = "(#122)" if "Curve" not in kind else "(#124)"
    for under in ("#10", "#5"):
        wall = WALL.replace("(#10,'Body','SweptSolid',(#122))", f"({under},'{identifier}','{kind}',{item})")
        drawing = read(tmp_path, model(context, wall))
        said = [one["class"] for one in drawing.meta["shapes_missing"]]
        assert drawing.completeness.shapes_expected == made
        assert drawing.completeness.shapes_made == made or said == ["IfcWall"]  # never missing without a word
        if under == "#10":
            assert drawing.completeness.shapes_made == made


def test_the_snapshot_keeps_the_model(tmp_path: Path) -> None:
    drawing = read(tmp_path, model(WALL, ROOM))
    again = load(dump(drawing))
    assert again.elements.properties == drawing.elements.properties
    assert np.array_equal(again.meshes.vertices, drawing.meshes.vertices)


def test_city_coordinates_keep_their_millimetres(tmp_path: Path) -> None:
    far = WALL.replace("((1000.,2000.,0.))", "((471234567.,4861234567.,0.))")
    drawing = read(tmp_path, model(far, ROOM.replace("#33,#220", "#110,#220")))
    row = drawing.elements.ifc_class.index("IfcWall")
    assert drawing.elements.box[row][:2].tolist() == pytest.approx([471234567.0, 4861234567.0], abs=0.01)
    used = drawing.meshes.faces[drawing.meshes.face_element == row].reshape(-1)
    world = drawing.meshes.vertices[used].astype(float) + drawing.meshes.origin
    assert world[:, 0].min() == pytest.approx(471234567.0, abs=0.01)


def test_a_model_without_storeys_is_said_and_cut_once(tmp_path: Path) -> None:
    data = (
        model(WALL)
        .replace(b"#42=IFCBUILDINGSTOREY(", b"#42=IFCBUILDING(")
        .replace(b",.ELEMENT.,3000.)", b",.ELEMENT.,$,$,$)")
    )
    drawing = read(tmp_path, data)
    assert "no_storey" in codes(drawing) and len(drawing.spaces) == 1
    assert (drawing.spaces[0].entities.kind == EntityKind.SECTION).sum() == 1


def test_a_model_without_shapes_keeps_its_elements(tmp_path: Path) -> None:
    drawing = read(tmp_path, model())
    assert drawing.state == State.COMPLETE and codes(drawing) == ["ifc_no_geometry"]
    assert "IfcBuildingStorey" in drawing.elements.ifc_class


def test_a_model_of_data_alone_is_readable_and_says_what_it_is(tmp_path: Path) -> None:
    rows = "#1=IFCPROJECT('3dEeFVrdU$gfZGZKSEA9XP',$,'P',$,$,$,$,$,#20);\n#20=IFCUNITASSIGNMENT((#21));\n"
    rows += "#21=IFCSIUNIT(*,.LENGTHUNIT.,.MILLI.,.METRE.);\n"
    rows += "#150=IFCWALLTYPE('2DR3M05OGD83t278nWYPDA',$,'WT-200',$,$,$,$,$,$,.SOLIDWALL.);\n"
    drawing = read(tmp_path, (HEAD.format(schema="IFC4") + rows + TAIL).encode())
    find_sheets(drawing)
    conclude(drawing)
    assert (drawing.state, codes(drawing)) == (State.COMPLETE, ["ifc_data_only"])
    assert drawing.defects[0].severity == Severity.INFO and "IfcWallType" in drawing.defects[0].zh
    assert [sheet.title for sheet in drawing.sheets] == ["P"] and drawing.meta["data"]["IfcWallType"] == 1


@pytest.mark.parametrize(("kind", "made"), [("SweptSolid", 1), ("Curve3D", 0)])
def test_a_virtual_element_with_a_solid_is_drawn(tmp_path: Path, kind: str, made: int) -> None:
    rows = WALL.replace("IFCWALL(", "IFCVIRTUALELEMENT(").replace(",'tag-1',.SOLIDWALL.)", ",'tag-1')")
    drawing = read(tmp_path, model(rows.replace("'SweptSolid'", f"'{kind}'")))
    assert (drawing.completeness.shapes_expected, drawing.completeness.shapes_made) == (made, made)


def test_a_model_without_a_project_names_its_rows_most_frequent_first(tmp_path: Path) -> None:
    rows = "".join(f"#{number}=IFCDIRECTION((0.,0.,1.));\n" for number in range(1, 4))
    rows += "#5=IFCPERSON($,'B',$,$,$,$,$,$);\n#6=IFCCARTESIANPOINT((0.,0.));\n#7=IFCDIRECTION((1.,0.,0.));\n"
    drawing = read(tmp_path, (HEAD.format(schema="IFC4") + rows + TAIL).encode())
    expected = [("IfcDirection", 4), ("IfcCartesianPoint", 1), ("IfcPerson", 1)]
    assert list(drawing.meta["data"].items()) == expected
    told = next(one for one in drawing.defects if one.code == "ifc_data_only")
    assert "4 IfcDirection, 1 IfcCartesianPoint, 1 IfcPerson" in told.en


def test_a_model_of_which_no_row_is_understood_has_no_sheet(tmp_path: Path) -> None:
    drawing = read(tmp_path, (HEAD.format(schema="IFC4") + "#1=IFCNOSUCHTHING('x');\n" + TAIL).encode())
    assert drawing.state == State.REJECTED and "rows_missing" in codes(drawing)


@pytest.mark.parametrize(
    "schema",
    [
        "IFC4X3_RC1",
        "IFC4X3_RC4",
        "IFC4X3_ADD1",
        "IFC4X3",
        "ifc4x3_add2",
        "IFC4X1",
        "IFC4X2",
        "IFC4_ADD2_TC1",
        "ifc4",
        "IFC4 RC4",
    ],
)
def test_names_of_release_candidates_are_read_as_the_released_schema(tmp_path: Path, schema: str) -> None:
    drawing = read(tmp_path, model(WALL, schema=schema))
    assert codes(drawing) == ["ifc_schema_alias"] and drawing.state == State.COMPLETE
    assert drawing.meta["declared_schema"] == schema and drawing.completeness.shapes_made == 1


@pytest.mark.parametrize("profile", ["0.,4000.", "-5000.,4000.", "5000.,$"])
def test_a_body_that_cannot_be_made_is_missing_and_named(tmp_path: Path, profile: str) -> None:
    drawing = read(tmp_path, model(WALL, ROOM.replace("5000.,4000.", profile)))
    assert codes(drawing) == ["geometry_missing"] and drawing.state == State.PARTIAL
    assert drawing.coverage.skipped == {"IfcSpace": 1} and drawing.coverage.share < 1
    assert next(d for d in drawing.defects if d.code == "geometry_missing").source_id == "1cYY9V802NafyMURNoYv2b"


def test_a_polyline_without_points_never_reaches_the_kernel(tmp_path: Path) -> None:
    drawing = read(tmp_path, model(WALL.replace("((#125,#126,#128,#129,#125))", "((#125))"), ROOM))
    assert "geometry_missing" in codes(drawing) and drawing.state == State.PARTIAL
    assert (drawing.completeness.shapes_expected, drawing.completeness.shapes_made) == (2, 1)


def test_no_cut_of_a_file_reads_as_complete(tmp_path: Path) -> None:
    whole = model(WALL, ROOM)
    for share in np.linspace(0.02, 0.99, 40):
        drawing = read(tmp_path, whole[: int(len(whole) * share)])
        assert drawing.state in (State.PARTIAL, State.REJECTED), share


def test_a_row_that_occurs_twice_is_said(tmp_path: Path) -> None:
    drawing = read(tmp_path, model(WALL, "#12=IFCCARTESIANPOINT((1.,0.,0.));\n"))
    assert "duplicate_ids" in codes(drawing) and drawing.state == State.PARTIAL


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_an_ifczip_reads_like_its_model(tmp_path: Path) -> None:
    drawing = read(tmp_path, zipped({"m.ifc": model(WALL)}), "m.ifczip")
    assert drawing.state == State.COMPLETE and drawing.completeness.shapes_made == 1


@pytest.mark.parametrize(
    "members",
    [
        {"../m.ifc": b"x"},
        {"a.ifc": b"x", "b.ifc": b"x"},
        {"readme.txt": b"x"},
        {"m.ifc": b" " * 3_000_000},
        {"inner.zip": b"x", "m.ifc": b"x"},
        {f"{number}.txt": b"x" for number in range(20)},
    ],
)
def test_an_unsafe_ifczip_is_refused(tmp_path: Path, members: dict[str, bytes]) -> None:
    drawing = read(tmp_path, zipped(members), "m.ifczip")
    assert codes(drawing) == ["archive_unsafe"] and drawing.state == State.REJECTED
    assert drawing.defects[0].zh != drawing.defects[0].en


@pytest.mark.parametrize(
    "members",
    [{"model.txt": 1, "readme.md": 0}, {"a/b/M.IFC": 1, "__MACOSX/._M.ifc": 0}, {"无扩展名": 1, "photo.png": 0}],
)
def test_a_wrong_name_in_an_ifczip_does_not_hide_the_model(tmp_path: Path, members: dict[str, int]) -> None:
    data = zipped({name: model(WALL) if is_model else b"x" for name, is_model in members.items()})
    assert read(tmp_path, data, "m.ifczip").completeness.shapes_made == 1
    assert sniff(data[:4096], "m.ifc") == 0.9  # a zip that calls itself .ifc


def test_ifcxml_in_an_ifczip_is_named(tmp_path: Path) -> None:
    drawing = read(tmp_path, zipped({"m.ifcxml": b"<ifcXML/>"}), "m.ifczip")
    assert codes(drawing) == ["archive_unsafe"] and "ifcXML" in drawing.defects[0].zh


def test_sniffing_goes_by_content() -> None:
    assert sniff(model()[:4096], "x.bin") == 0.9
    assert sniff(b"%PDF-1.7", "x.ifc") is None
    assert sniff(b"  0\nSECTION", "x.dxf") is None
