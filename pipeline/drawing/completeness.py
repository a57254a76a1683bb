"""The completeness record of a file and the gate that turns it into a state (RELIABILITY 2.3)."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.drawing.defects import Defect
from pipeline.drawing.kinds import Severity, State


@dataclass(slots=True)
class Completeness:
    """What the file promised against what we got. None means the question does not arise."""

    trailer: bool | None = None  # the file's own end mark is there
    rows_raw: int | None = None  # entities / STEP rows counted in the bytes
    rows_parsed: int | None = None
    log_lines: int = 0  # complaints of the library
    repaired: bool = False  # PDF cross-reference rebuilt
    recovered: bool = False  # DXF opened through the patient door
    shapes_expected: int | None = None
    shapes_made: int | None = None
    pages_declared: int | None = None
    pages_read: int | None = None
    text_undecodable: int = 0
    nonfinite: int = 0


_DAMAGING = frozenset({"text_undecodable"})  # warnings that no rule may pass over


def gate(record: Completeness, defects: list[Defect], sheets: int) -> State:
    """Return the state of a file.

    `rejected`: no sheet could be had. `partial`: something the file promises is missing.
    `damaged`: everything counted is there, yet the file was repaired or broken in places.
    `complete`: neither.
    """
    if sheets == 0:
        return State.REJECTED
    if record.trailer is False or _short(record) or any(d.loses_content for d in defects):
        return State.PARTIAL
    if record.repaired or record.recovered or record.nonfinite or record.text_undecodable:
        return State.DAMAGED
    if any(d.severity == Severity.ERROR or d.code in _DAMAGING for d in defects):
        return State.DAMAGED
    return State.COMPLETE


def _short(record: Completeness) -> bool:
    pairs = (
        (record.rows_raw, record.rows_parsed),
        (record.shapes_expected, record.shapes_made),
        (record.pages_declared, record.pages_read),
    )
    return any(want is not None and got is not None and got < want for want, got in pairs)
