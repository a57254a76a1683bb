"""The benchmark of expected shapes asks the library, not our reader, and both agree on a plain model."""

from pathlib import Path

from benchmarks.ifc_shapes import Shapes, ask, note_ours
from tests.pipeline.readers.ifc.models import HEAD, TAIL, WALL, model, read


def test_a_wall_is_expected_by_schema_and_by_the_kernel(tmp_path: Path) -> None:
    path = tmp_path / "m.ifc"
    path.write_bytes(model(WALL))
    shapes = Shapes("m.ifc")
    ask(path, shapes)
    note_ours(read(tmp_path, model(WALL)), shapes)
    assert shapes.opened and shapes.whole
    assert shapes.by_schema == shapes.by_kernel == shapes.made == {100} and shapes.classes[100] == "IfcWall"


def test_a_box_alone_is_no_shape_and_a_broken_file_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "m.ifc"
    path.write_bytes(model(WALL.replace("'Body'", "'Box'")))
    boxed = Shapes("m.ifc")
    ask(path, boxed)
    assert boxed.opened and not boxed.by_schema
    path.write_bytes((HEAD.format(schema="IFC4X3_RC4") + TAIL).encode())
    refused = Shapes("m.ifc")
    ask(path, refused)
    assert not refused.opened and not refused.whole
