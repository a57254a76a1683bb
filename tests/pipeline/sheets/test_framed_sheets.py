"""The framed sheets of sample_drawings/framed_sheets: every frame found, every wrong value told as unsure."""

import numpy as np
import pytest

from benchmarks.sheets import score
from pipeline.drawing.certainty import CONFIRM
from pipeline.sheets.numbers import tidy_number
from pipeline.sheets.places import entity_boxes
from sample_drawings.framed_sheets.cases import cases, mixtures
from sample_drawings.framed_sheets.edges import edge_mixtures
from sample_drawings.framed_sheets.make import make_case

NAMED = {case.name: case for case in cases(1)}
CHANCE = {f"{seed} {case.name}": (seed, case) for seed in (3, 11) for case in [*mixtures(seed), *edge_mixtures(seed)]}


@pytest.mark.parametrize("name", NAMED)
def test_every_frame_is_found_and_its_title_block_read(name, tmp_path):
    result = score(make_case(NAMED[name], tmp_path))
    assert (result.found, result.upright, result.invented) == (result.sheets, result.sheets, 0), result.wrong
    assert not result.unnoticed and not [line for line in result.wrong if "number" in line or "title" in line]
    assert result.right["scale"] == result.asked["scale"], result.wrong


@pytest.mark.parametrize("name", CHANCE)
def test_frames_of_chance_are_found(name, tmp_path):
    seed, case = CHANCE[name]
    result = score(make_case(case, tmp_path, seed))
    assert (result.found, result.upright, result.invented) == (result.sheets, result.sheets, 0), result.wrong
    assert not result.unnoticed, result.unnoticed


def test_the_set_is_large_and_varied_enough():
    found = cases(1)
    assert sum(len(case.sheets) for case in found) >= 40 and len({case.variation for case in found}) >= 30
    assert {sheet.style.build for case in found for sheet in case.sheets} >= {
        "lines", "polyline", "block", "nested", "xref", "exploded",
    }  # fmt: skip


def test_the_same_seed_draws_the_same_bytes(tmp_path):
    for name in ("four_in_a_row", "pdf_two_frames"):
        one, two = (make_case(NAMED[name], tmp_path / side) for side in "ab")
        assert one.path.read_bytes() == two.path.read_bytes()
        assert one.path.with_suffix(".json").read_text("utf-8") == two.path.with_suffix(".json").read_text("utf-8")


def test_a_turned_sheet_has_the_content_of_an_upright_one(tmp_path):
    from benchmarks.sheets import read

    case = NAMED["small_angles"]
    sheets = read(make_case(case, tmp_path))[0].sheets
    specs = {tidy_number(spec.fields["number"]): spec for spec in case.sheets}
    for sheet in sheets:
        spec = specs[sheet.number]
        a, b, c, d, _, _ = sheet.to_space
        assert np.degrees(np.arctan2(c, a)) == pytest.approx(spec.turn, abs=1e-3)
        assert (a * d - b * c) ** 0.5 == pytest.approx(sheet.scale)
        assert sheet.size_mm == pytest.approx(spec.paper, rel=1e-4)


def test_a_contradicted_scale_must_be_confirmed(tmp_path):
    from benchmarks.sheets import read

    sheets = read(make_case(NAMED["stated_scale_is_not_true"], tmp_path))[0].sheets
    lied = next(s for s in sheets if s.fields["scale"].value == "1:50")
    assert lied.fields["scale"].confidence < CONFIRM and lied.scale == 100
    assert all(s.fields["scale"].confidence >= CONFIRM for s in sheets if s is not lied)


@pytest.mark.parametrize("name", ["number_and_scale_swapped", "number_and_title_swapped", "title_and_project_swapped"])
def test_values_in_the_wrong_cell_are_proposals(name, tmp_path):
    from benchmarks.sheets import read

    (sheet,) = read(make_case(NAMED[name], tmp_path))[0].sheets
    asked = "number" if "number" in name else "title"
    assert sheet.fields[asked].confidence < CONFIRM


def test_a_shared_line_is_on_both_sheets(tmp_path):
    from benchmarks.sheets import read

    drawing = read(make_case(NAMED["shared_base_line_bare"], tmp_path))[0]
    boxes = entity_boxes(drawing.spaces[0].entities)
    base = np.flatnonzero((boxes[:, 3] - boxes[:, 1] < 1e-6) & (boxes[:, 2] - boxes[:, 0] > 2e5))
    assert len(base) == 1 and len(drawing.sheets) == 4
    assert all(base[0] in sheet.entities for sheet in drawing.sheets)
