"""The gate: what is counted decides the state, row by row."""

from __future__ import annotations

import pytest

from pipeline.drawing.completeness import Completeness, gate
from pipeline.drawing.defects import defect
from pipeline.drawing.kinds import State

WHOLE = {
    "trailer": True,
    "rows_raw": 9,
    "rows_parsed": 9,
    "shapes_expected": 4,
    "shapes_made": 4,
    "pages_declared": 2,
    "pages_read": 2,
}
INFO, WARNING = ("unit_unknown", {"used": "mm"}), ("dxf_version", {"found": "?"})
ERROR, LOSS = ("dxf_codes", {}), ("rows_missing", {"raw": 9, "parsed": 8})


@pytest.mark.parametrize(
    ("record", "defects", "sheets", "state"),
    [
        ({}, [], 1, State.COMPLETE),
        (WHOLE, [], 1, State.COMPLETE),
        (WHOLE, [], 0, State.REJECTED),
        (WHOLE | {"trailer": False}, [], 0, State.REJECTED),
        (WHOLE | {"trailer": False}, [], 1, State.PARTIAL),
        (WHOLE | {"rows_parsed": 8}, [], 1, State.PARTIAL),
        (WHOLE | {"shapes_made": 3}, [], 1, State.PARTIAL),
        (WHOLE | {"pages_read": 1}, [], 1, State.PARTIAL),
        (WHOLE | {"rows_parsed": 10}, [], 1, State.COMPLETE),  # more than counted is not less
        ({"rows_raw": 9}, [], 1, State.COMPLETE),  # the question does not arise
        (WHOLE | {"repaired": True}, [], 1, State.DAMAGED),
        (WHOLE | {"recovered": True}, [], 1, State.DAMAGED),
        (WHOLE | {"nonfinite": 1}, [], 1, State.DAMAGED),
        (WHOLE | {"text_undecodable": 1}, [], 1, State.DAMAGED),
        (WHOLE | {"repaired": True, "rows_parsed": 8}, [], 1, State.PARTIAL),  # the worse one wins
        (WHOLE | {"log_lines": 5}, [], 1, State.COMPLETE),  # complaints alone; the reader makes defects of serious ones
        (WHOLE, [INFO, WARNING], 1, State.COMPLETE),
        (WHOLE, [ERROR], 1, State.DAMAGED),
        (WHOLE, [LOSS], 1, State.PARTIAL),
        (WHOLE, [ERROR, LOSS], 1, State.PARTIAL),
        (WHOLE, [ERROR], 0, State.REJECTED),
    ],
)
def test_what_is_counted_decides_the_state(record: dict, defects: list, sheets: int, state: State) -> None:
    found = [defect(code, **details) for code, details in defects]
    assert gate(Completeness(**record), found, sheets) == state
