"""Marks of other programs: in sheet millimetres, known again in the next reading, with their replies."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.records.base import transaction
from pipeline.records.tables import File, ImportedAnnotation, Sheet
from pipeline.work.imported import keys_of, to_sheet, write_annotations
from tests.pipeline.work.conftest import Installation


def mark(**more: Any) -> dict[str, Any]:
    facts = {
        "space": 0, "sheet": "0:0", "kind": "cloud", "points": [[110.0, 40.0], [130.0, 40.0]], "text": "门太窄",
        "author": "王工", "subject": "Cloud", "created": "2026-05-01T08:00:00+08:00", "color": 0xFF0000FF,
        "source": "", "reply_to": "", "status": "",
    }  # fmt: skip
    return {**facts, **more}


@pytest.fixture
def file_id(installation: Installation) -> str:
    """A file with one sheet whose frame stands at (100, 20), turned by a quarter."""
    with transaction() as session:
        file = File(submission_id=installation.submission(), name="a.pdf", size_bytes=1, sha256="a" * 64)
        session.add(file)
        session.flush()
        session.add(
            Sheet(file_id=file.id, submission_id=file.submission_id, key="0:0", ordinal=1, kind="page", width_mm=420,
                  height_mm=297, to_space=[0, -1, 1, 0, 100, 20])
        )  # fmt: skip
        return file.id


def write(installation: Installation, file_id: str, *found: dict[str, Any]) -> list[ImportedAnnotation]:
    with transaction() as session:
        write_annotations(session, session.get_one(File, file_id), list(found))
    return sorted(installation.rows(ImportedAnnotation), key=lambda row: row.ordinal)


def test_points_are_in_sheet_millimetres(installation: Installation, file_id: str) -> None:
    (row,) = write(installation, file_id, mark())
    assert row.points == [[20.0, -10.0], [20.0, -30.0]]
    assert (row.color, row.author, row.made_at) == ("#ff0000ff", "王工", "2026-05-01T08:00:00+08:00")
    assert to_sheet([[1, 2]], [0, 0, 0, 0, 0, 0]) == []
    assert to_sheet([[float("inf"), 2]], [1, 0, 0, 1, 0, 0]) == []


def test_ids_are_stable_over_readings_and_replies_find_their_parent(installation: Installation, file_id: str) -> None:
    first = write(
        installation, file_id, mark(source="A"), mark(source="B", reply_to="A", text="已改"), mark(), mark(),
    )  # fmt: skip
    assert len({row.key for row in first}) == 4, "two equal marks are two"
    assert first[1].reply_to == first[0].id and first[0].reply_to is None
    again = write(installation, file_id, mark(text="先"), mark(source="B", reply_to="A"), mark(source="A", text="改过"))
    by_key = {row.key: row.id for row in first}
    assert again[2].id == by_key[keys_of([mark(source="A")])[0]] and again[2].text == "改过"
    assert again[1].reply_to == again[2].id
    assert len(again) == 3 and again[0].id not in by_key.values()
    assert write(installation, file_id) == []


def test_a_mark_on_no_sheet_of_ours_is_left_out(installation: Installation, file_id: str) -> None:
    assert write(installation, file_id, mark(sheet="7:0")) == []
