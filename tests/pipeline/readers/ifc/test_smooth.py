"""A body without a sharp edge: found by models of every kind of body."""

from pathlib import Path

from tests.pipeline.readers.ifc.models import TAIL, codes, model, read

BALL = """#400=IFCBUILDINGELEMENTPROXY('0Vz8ZbQuX1sQZ8j7rVq3aB',$,'ball',$,$,#33,#420,$,$);
#420=IFCPRODUCTDEFINITIONSHAPE($,$,(#421));
#421=IFCSHAPEREPRESENTATION(#10,'Body','CSG',(#422));
#422=IFCCSGSOLID(#423);
#423=IFCSPHERE(#11,400.);
#430=IFCRELCONTAINEDINSPATIALSTRUCTURE('1kLJVyJqEoMkPv_4XsDxJ4',$,$,$,(#400),#42);
"""


def test_a_storey_of_smooth_bodies_is_read(tmp_path: Path) -> None:
    """Seen from above it has no edge to draw; that cost the whole file."""
    drawing = read(tmp_path, model(BALL, tail=TAIL))
    assert not {"reader_failed", "geometry_missing"} & set(codes(drawing))
    ball = drawing.elements.name.index("ball")
    assert (drawing.meshes.face_element == ball).sum() > 100
    assert drawing.elements.box[ball].round().tolist() == [-400, -400, 2600, 400, 400, 3400]
