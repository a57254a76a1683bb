"""Bodies without a sharp edge, and bodies that look up nowhere: found by models of every kind of body."""

import math
from pathlib import Path

import numpy as np
import pytest

from pipeline.drawing.model import Drawing
from tests.pipeline.readers.ifc.models import codes, model, read

BALL = """#400=IFCBUILDINGELEMENTPROXY('0Vz8ZbQuX1sQZ8j7rVq3aB',$,'ball',$,$,#33,#420,$,$);
#420=IFCPRODUCTDEFINITIONSHAPE($,$,(#421));
#421=IFCSHAPEREPRESENTATION(#10,'Body','CSG',(#422));
#422=IFCCSGSOLID(#423);
#423=IFCSPHERE(#11,400.);
#430=IFCRELCONTAINEDINSPATIALSTRUCTURE('1kLJVyJqEoMkPv_4XsDxJ4',$,$,$,(#400),#42);
"""
LYING = """#422=IFCEXTRUDEDAREASOLID(#423,#424,#425,2000.);
#423=IFCCIRCLEPROFILEDEF(.AREA.,$,$,400.);
#424=IFCAXIS2PLACEMENT3D(#12,#426,$);
#425=IFCDIRECTION((0.,0.,1.));
#426=IFCDIRECTION((1.,0.,0.));
"""
SHEET = """#422=IFCFACEBASEDSURFACEMODEL((#423));
#423=IFCCONNECTEDFACESET((#424));
#424=IFCFACE((#425));
#425=IFCFACEOUTERBOUND(#426,.T.);
#426=IFCPOLYLOOP((#12,#427,#428,#429));
#427=IFCCARTESIANPOINT((2000.,0.,0.));
#428=IFCCARTESIANPOINT((2000.,0.,900.));
#429=IFCCARTESIANPOINT((0.,0.,900.));
"""
SOLID = BALL[BALL.index("#422=") : BALL.index("#430=")]


def lines(drawing: Drawing, name: str) -> list[np.ndarray]:
    """Return the lines (k, 2) of the first entity that draws an element, closed ones with their first point again."""
    (space,) = drawing.spaces
    table = space.entities
    at = np.flatnonzero(table.element == drawing.elements.name.index(name))[0]
    found = []
    for part in range(table.part_first[at], table.part_first[at] + table.part_count[at]):
        points = table.xy[table.point_first[part] : table.point_first[part + 1]]
        found.append(np.vstack([points, points[:1]]) if table.part_closed[part] else points)
    return found


def length(line: np.ndarray) -> float:
    return float(np.hypot(*np.diff(line, axis=0).T).sum())


def test_a_storey_of_smooth_bodies_is_read(tmp_path: Path) -> None:
    """Seen from above it has no edge to draw; that cost the whole file."""
    drawing = read(tmp_path, model(BALL))
    assert not {"reader_failed", "geometry_missing"} & set(codes(drawing))
    ball = drawing.elements.name.index("ball")
    assert (drawing.meshes.face_element == ball).sum() > 100
    assert drawing.elements.box[ball].round().tolist() == [-400, -400, 2600, 400, 400, 3400]


def test_a_ball_is_drawn_by_its_outline(tmp_path: Path) -> None:
    (ring,) = lines(read(tmp_path, model(BALL)), "ball")
    assert np.hypot(*ring.T) == pytest.approx(400, abs=2)
    assert length(ring) == pytest.approx(2 * math.pi * 400, rel=0.01)


def test_a_lying_pipe_is_drawn_by_its_outline(tmp_path: Path) -> None:
    drawn = np.vstack(lines(read(tmp_path, model(BALL.replace(SOLID, LYING))), "ball"))
    assert drawn.min(axis=0).round().tolist() == [0, -400] and drawn.max(axis=0).round().tolist() == [2000, 400]


def test_a_sheet_standing_upright_is_a_line(tmp_path: Path) -> None:
    rows = BALL.replace(SOLID, SHEET).replace("'CSG'", "'SurfaceModel'")
    drawn = np.vstack(lines(read(tmp_path, model(rows)), "ball"))
    assert drawn.min(axis=0).round().tolist() == [0, 0] and drawn.max(axis=0).round().tolist() == [2000, 0]
