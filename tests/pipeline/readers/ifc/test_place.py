"""Where a model says it stands, in which units, at which levels; what is wrong with that is said."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.drawing.kinds import Severity, State
from pipeline.drawing.model import Drawing
from pipeline.readers.ifc.place import cgcs2000, crs_code, grid_position
from tests.pipeline.readers.ifc.models import WALL, codes, model, read

SITE_NORTHING, SITE_EASTING = 4861.2e3, 445.4e3  # about where the frame's site lies in EPSG:4551


def system(name: str) -> str:
    return f"#70=IFCPROJECTEDCRS('{name}',$,'CGCS2000','1985',$,$,#71);\n#71=IFCSIUNIT(*,.LENGTHUNIT.,$,.METRE.);\n"


def conversion(east: float = SITE_EASTING, north: float = SITE_NORTHING, scale: str = "0.001", number: int = 72) -> str:
    return f"#{number}=IFCMAPCONVERSION(#10,#70,{east},{north},200.,1.,0.,{scale});\n"


def told(drawing: Drawing) -> list[str]:
    return [one.code for one in drawing.defects]


def test_a_model_placed_in_cgcs2000_is_placed_without_a_word(tmp_path: Path) -> None:
    drawing = read(tmp_path, model(WALL, system("EPSG:4551"), conversion()))
    found = drawing.meta["georeference"]
    assert told(drawing) == [] and (found["epsg"], found["central_meridian_deg"]) == (4551, 126.0)
    assert found["map_conversion"]["Eastings"] == SITE_EASTING


def test_a_model_that_stands_nowhere_is_said_and_stays_complete(tmp_path: Path) -> None:
    drawing = read(tmp_path, model(WALL))
    assert told(drawing) == ["georeference_missing"] and drawing.state == State.COMPLETE
    assert drawing.defects[0].severity == Severity.INFO


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (system("EPSG:4547") + conversion(1.4e6), "crs_wrong_zone"),
        (system("EPSG:4490") + conversion(), "crs_not_projected"),
        (system("EPSG:32652") + conversion(), "crs_foreign"),
        (system("\\X2\\573065B9575068077CFB\\X0\\") + conversion(), "crs_unknown"),
        (system("") + conversion(), "crs_missing"),
        (system("EPSG:4551") + conversion(scale="1."), "georeference_scale"),
        (system("EPSG:4551") + conversion(scale="$"), "georeference_scale"),
        (system("EPSG:4551") + conversion(SITE_NORTHING, SITE_EASTING), "georeference_conflict"),
        (system("EPSG:4551") + conversion() + conversion(SITE_EASTING + 500, number=73), "georeference_twice"),
    ],
)
def test_what_is_wrong_with_the_place_is_named(tmp_path: Path, rows: str, code: str) -> None:
    drawing = read(tmp_path, model(WALL, rows))
    assert code in told(drawing) and drawing.state == State.COMPLETE


def test_coordinates_in_the_geometry_and_in_the_conversion_are_placed_twice(tmp_path: Path) -> None:
    far = WALL.replace("((1000.,2000.,0.))", "((445400000.,4861200000.,0.))")
    assert "georeference_far" in told(read(tmp_path, model(far, system("EPSG:4551"), conversion())))
    assert "coordinates_far" in told(read(tmp_path, model(far)))


@pytest.mark.parametrize("spelling", ["ePSet", "ePset", "EPset", "epset"])
def test_the_property_sets_of_ifc2x3_are_read_in_every_spelling(tmp_path: Path, spelling: str) -> None:
    rows = (
        f"#80=IFCPROPERTYSET('1qg8JG5lTtvkh_6MTVL60l',$,'{spelling}_MapConversion',$,(#81,#82,#83));\n"
        f"#81=IFCPROPERTYSINGLEVALUE('eastings',$,IFCLENGTHMEASURE({SITE_EASTING}),$);\n"
        f"#82=IFCPROPERTYSINGLEVALUE('Northings',$,IFCLENGTHMEASURE({SITE_NORTHING}),$);\n"
        "#83=IFCPROPERTYSINGLEVALUE('Scale',$,IFCREAL(0.001),$);\n"
        f"#85=IFCPROPERTYSET('1qg8JG5lTtvkh_6MTVL61l',$,'{spelling}_ProjectedCRS',$,(#86));\n"
        "#86=IFCPROPERTYSINGLEVALUE('Name',$,IFCLABEL('EPSG:4551'),$);\n"
    )
    wall = WALL.replace(",'tag-1',.SOLIDWALL.)", ",'tag-1')").replace(
        "#160=IFCMATERIAL('C30',$,$)", "#160=IFCMATERIAL('C30')"
    )
    wall = wall.replace(",$,$,$,.SOLIDWALL.);\n#151", ",$,$,$,.STANDARD.);\n#151")
    drawing = read(tmp_path, model(wall, rows, schema="IFC2X3"))
    found = drawing.meta["georeference"]
    assert found["map_conversion"]["Eastings"] == SITE_EASTING and found["epsg"] == 4551
    assert not {"georeference_missing", "crs_unknown", "georeference_conflict"} & set(told(drawing))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("EPSG:4551", 4551),
        ("epsg 4551", 4551),
        ("4551", 4551),
        ("CGCS2000 / 3-degree Gauss-Kruger CM 126E", 4551),
        ("CGCS2000_3_Degree_GK_CM_126E", 4551),
        ("CGCS2000 / 3-degree Gauss-Kruger zone 42", 4530),
        ("吉林市城建坐标系", None),
        ("", None),
    ],
)
def test_names_of_coordinate_systems_give_their_code(name: str, code: int | None) -> None:
    assert crs_code(name) == code


@pytest.mark.parametrize(
    ("code", "grid"),
    [
        (4551, (126.0, 500_000.0, 3.0)),
        (4530, (126.0, 42_500_000.0, 3.0)),
        (4547, (114.0, 500_000.0, 3.0)),
        (4511, (129.0, 500_000.0, 6.0)),
        (4499, (123.0, 21_500_000.0, 6.0)),
        (32652, None),
    ],
)
def test_the_zones_of_cgcs2000(code: int, grid: Any) -> None:
    assert cgcs2000(code) == grid


def test_the_projection_keeps_known_points() -> None:
    # on the meridian the northing is the length of its arc: 5,540,847.042 m at 50 degrees on GRS 80
    assert grid_position(50.0, 126.0, 126.0) == pytest.approx((5_540_847.042, 0.0), abs=0.01)
    # on the equator, one degree from the meridian: Krueger's closed form a/(1+n)... gives 111,325.143 m
    north, east = grid_position(0.0, 127.0, 126.0)
    assert north == pytest.approx(0.0, abs=1e-6) and east == pytest.approx(111_325.14, abs=0.5)


def test_levels_of_storeys_in_conflict_are_said(tmp_path: Path) -> None:
    drawing = read(tmp_path, model(WALL).replace(b".ELEMENT.,3000.);", b".ELEMENT.,4500.);"))
    assert codes(drawing) == ["storey_elevation"] and drawing.state == State.COMPLETE
    raised = model(WALL).replace(b"#12=IFCCARTESIANPOINT((0.,0.,0.))", b"#12=IFCCARTESIANPOINT((0.,0.,200.))")
    assert "storey_elevation" not in told(read(tmp_path, raised))


def test_storeys_at_one_level_show_what_is_theirs(tmp_path: Path) -> None:
    rows = "#43=IFCBUILDINGSTOREY('3y5in6kOpQEEb8oSOHKRGf',$,'L2',$,$,#33,$,$,.ELEMENT.,3000.);\n"
    rows += "#53=IFCRELAGGREGATES('3UQeIfFcRRfwXQQRnpWe$U',$,$,$,#41,(#43));\n"
    drawing = read(tmp_path, model(WALL, rows))
    assert codes(drawing) == ["storeys_level"]
    sections = {one["name"]: one for one in drawing.meta["sections"]}
    assert (sections["一层"]["cut"], sections["L2"]["cut"]) == (1, 0)
    assert sections["一层"]["crossed"] == sections["一层"]["cut"]


def test_two_length_units_are_said(tmp_path: Path) -> None:
    data = model(WALL, "#22=IFCSIUNIT(*,.LENGTHUNIT.,$,.METRE.);\n").replace(b"((#21));", b"((#21,#22));")
    assert codes(read(tmp_path, data)) == ["unit_twice"]
