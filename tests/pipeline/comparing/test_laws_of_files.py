"""The laws of comparing through real files, written by other libraries and read by our readers."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipeline.comparing.engine import compare_drawings
from tests.pipeline.comparing import files
from tests.pipeline.comparing.drawings import plan
from tests.pipeline.comparing.edits import edited, edits
from tests.pipeline.comparing.test_elements import ROWS, replace_row

TIMES = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
WAYS = {
    "dxf": (files.dxf, {}),
    "dxf in metres": (files.dxf, {"unit_mm": 1000.0, "at": 250.0}),
    "pdf 1:100": (files.pdf, {}),
    "pdf 1:50": (files.pdf, {"scale": 50.0, "at": 12.0}),
}


def written(tmp_path, name, way, strokes, labels):
    write, more = WAYS[way]
    return write(tmp_path / f"{name}{'.dxf' if way.startswith('dxf') else '.pdf'}", strokes, labels, **more)


@pytest.mark.parametrize("one", WAYS)
@pytest.mark.parametrize("two", WAYS)
def test_one_plan_in_two_files_is_the_same(tmp_path, one, two):
    result = compare_drawings(written(tmp_path, "a", one, *plan()), written(tmp_path, "b", two, *plan()))
    assert result.sheets[0].comparable and result.differences == []


@TIMES
@given(edits(2), st.sampled_from(["dxf", "pdf 1:100"]), st.sampled_from(["dxf in metres", "pdf 1:50"]))
def test_a_change_planted_into_a_drawing_file_is_found(tmp_path, wanted, one, two):
    old, new = written(tmp_path, "a", one, *plan()), written(tmp_path, "b", two, *edited(wanted))
    told = compare_drawings(old, new).differences
    assert len(told) == len(wanted)
    assert sorted(d.cls for d in told) == sorted(edit.cls for edit in wanted)


CHANGES = {
    "placement": {"x": 1450}, "Name": {"name": "Z9"}, "P.Fire": {"properties": {"P": {"Fire": "3h"}}},
    "geometry": {"dz": 3300}, "class": {"kind": "IfcBuildingElementProxy"},
}  # fmt: skip


@TIMES
@given(st.integers(0, 5), st.sampled_from(list(CHANGES)), st.sampled_from(["", "new ids"]))
def test_a_change_planted_into_a_model_file_is_found(tmp_path, row, aspect, salt):
    changed = [replace_row(one, **CHANGES[aspect]) if k == row else one for k, one in enumerate(ROWS)]
    old, new = files.ifc(tmp_path / "a.ifc", ROWS), files.ifc(tmp_path / "b.ifc", changed[::-1], salt=salt)
    (told,) = compare_drawings(old, new).differences
    assert (told.kind == "moved") == (aspect == "placement") and aspect in told.attribute


@pytest.mark.parametrize("salt", ["", "new ids"])
def test_a_model_file_written_again_is_the_same(tmp_path, salt):
    old, new = files.ifc(tmp_path / "a.ifc", ROWS), files.ifc(tmp_path / "b.ifc", ROWS[::-1], salt=salt)
    assert compare_drawings(old, new).differences == []
