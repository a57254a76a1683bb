"""Each small drawing looks as its kept picture does; a single thing moved shows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.drawing.kinds import EntityKind, State
from pipeline.drawing.model import Drawing
from pipeline.sheets.places import entity_boxes
from tests.pipeline.readers.pictures import DRAWINGS, FOLDER, difference, picture, read

TOLERANCE = 14.0  # of 255, in the worst cell of 6 x 6 pixels; a hairline through a cell is 20 and more


def test_every_picture_that_is_kept_is_of_a_drawing_here() -> None:
    assert {path.stem for path in FOLDER.glob("*.png")} == set(DRAWINGS)


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_looks_as_it_did(tmp_path: Path, name: str) -> None:
    drawing = read(DRAWINGS[name](tmp_path))
    assert drawing.state == State.COMPLETE, [d.en for d in drawing.defects]
    kept = Image.open(FOLDER / f"{name}.png")
    made = picture(drawing)
    far = difference(made, kept)
    if far > TOLERANCE:
        made.save(tmp_path / f"{name}.png")
    assert far <= TOLERANCE, f"{far:.0f}: {tmp_path / name}.png beside {FOLDER / name}.png"


def moved(drawing: Drawing, row: int, by_mm: float) -> None:
    """Move one entity (and the text in it) of the first space."""
    space = drawing.spaces[0]
    table = space.entities
    first, count = int(table.part_first[row]), int(table.part_count[row])
    table.xy[table.point_first[first] : table.point_first[first + count]] += by_mm
    space.texts.origin[space.texts.entity == row] += by_mm


@pytest.mark.parametrize("name", ["dxf_curves", "dxf_blocks", "dxf_words", "pdf_page"])
def test_a_single_thing_moved_by_a_fortieth_of_the_sheet_is_seen(tmp_path: Path, name: str) -> None:
    drawing = read(DRAWINGS[name](tmp_path))
    kept = Image.open(FOLDER / f"{name}.png")
    step = max(drawing.sheets[0].size_mm) / 40
    kinds, boxes = drawing.spaces[0].entities.kind, entity_boxes(drawing.spaces[0].entities)
    large = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]) > step / 2
    assert large.sum() >= 7
    for row in np.flatnonzero(large).tolist():
        moved(drawing, row, step)
        assert difference(picture(drawing), kept) > TOLERANCE, f"{name}: {EntityKind(kinds[row]).name} {row}"
        moved(drawing, row, -step)
