"""Real models, where the corpus of real drawings is there."""

import os
from pathlib import Path

import pytest

from pipeline.drawing import snapshot
from pipeline.drawing.kinds import State
from tests.pipeline.readers.ifc.models import read

CORPUS = Path(os.environ.get("TUSHEN_CORPUS", "../shared/corpus"))
SAMPLE = {
    "AC20-FZK-Haus.ifc": (State.COMPLETE, 107, 2),
    "TallBuilding.ifc": (State.COMPLETE, None, None),
    "ROOT-houten kozijnen.ifczip": (State.COMPLETE, 233, 4),
    "KIT-Simple-Road-Test-Web-IFC4x3_RC2.ifc": (State.PARTIAL, 66, 1),
}

pytestmark = [pytest.mark.corpus, pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus")]


@pytest.mark.parametrize("name", SAMPLE)
def test_a_real_model_reads_as_it_should(tmp_path: Path, name: str) -> None:
    found = next(path for path in sorted(CORPUS.rglob(name)) if path.is_file())
    state, shapes, storeys = SAMPLE[name]
    drawing = read(tmp_path, found.read_bytes(), name)
    assert drawing.state == state, drawing.defects
    assert shapes in (None, drawing.completeness.shapes_made)
    assert storeys in (None, len(drawing.spaces))
    assert all(len(space.entities) for space in drawing.spaces)


def test_walls_that_their_openings_eat_up_are_named_and_not_missing(tmp_path: Path) -> None:
    found = next(path for path in sorted(CORPUS.rglob("ROOT-houten kozijnen.ifczip")) if path.is_file())
    drawing = read(tmp_path, found.read_bytes(), "m.ifczip")
    assert len(drawing.meta["shapes_consumed_by_openings"]) == 64


def test_a_model_whose_faces_the_kernel_cuts_differently_is_the_same_each_time(tmp_path: Path) -> None:
    found = next(path for path in sorted(CORPUS.rglob("KIT-Simple-Road-Test-Web-IFC4x3_RC2.ifc")) if path.is_file())
    data = found.read_bytes()
    assert len({snapshot.dump(read(tmp_path, data)) for _ in range(4)}) == 1
