"""A sheet is known again when ordinals shift, and a person's word stays with it."""

from __future__ import annotations

from typing import Any

import ezdxf
from sqlalchemy import select

import api.tables  # noqa: F401  every table, so that the records can be made
from pipeline.records.base import transaction
from pipeline.records.tables import File, Sheet
from pipeline.work.same_sheets import MOST_PAIRS, assigned, shared_area
from pipeline.work.title_blocks import write_sheets
from tests.pipeline.work.conftest import Installation


def facts(key: str, x: float, number: str, content: str, title: str = "平面图") -> dict[str, Any]:
    return {
        "key": key, "ordinal": int(key.split(":")[1]), "kind": "model", "number": number, "title": title,
        "discipline": "", "scale": 100.0, "width_mm": 420.0, "height_mm": 297.0,
        "to_space": [100.0, 0.0, 0.0, 100.0, x, 0.0], "framed": True, "scanned": False, "entities": 9,
        "fields": {"number": {"value": number, "confidence": 0.9, "origin": "cell"}}, "content_hash": content,
        "state": "complete", "missing": [], "label": "", "sketch": {}, "texts": "",
    }  # fmt: skip


def row(id_: str, **more: Any) -> Sheet:
    known = facts(**more)
    names = ("key", "kind", "number", "title", "width_mm", "height_mm", "to_space", "content_hash", "fields")
    return Sheet(id=id_, **{name: known[name] for name in names})


def test_boxes_share_what_they_share():
    assert shared_area((0, 0, 2, 2), (0, 0, 2, 2)) == 1 and shared_area((0, 0, 1, 1), (1, 0, 2, 1)) == 0
    assert abs(shared_area((0, 0, 2, 1), (1, 0, 3, 1)) - 1 / 3) < 1e-9


def test_a_frame_found_in_front_shifts_no_ids():
    rows = [
        row("a", key="0:1", x=50_000, number="建施-02", content="h2"),
        row("b", key="0:2", x=100_000, number="建施-03", content="h3"),
    ]
    fresh = [
        facts("0:1", 0, "建施-01", "h1"),
        facts("0:2", 50_000, "建施-02", "other"),
        facts("0:3", 100_000, "建施-03", "h3"),
    ]
    found = assigned(rows, fresh)
    assert {index: sheet.id for index, sheet in found.items()} == {1: "a", 2: "b"}


def test_a_sheet_that_moved_is_known_by_content_or_number():
    rows = [
        row("a", key="0:1", x=0, number="建施-02", content="h2"),
        row("b", key="0:2", x=100_000, number="建施-03", content="h3"),
    ]
    fresh = [facts("0:1", 900_000, "", "h3"), facts("0:2", 700_000, "建施-02", "new")]
    assert {index: sheet.id for index, sheet in assigned(rows, fresh).items()} == {0: "b", 1: "a"}


def test_a_person_s_word_is_no_ground_for_a_match():
    edited = row("a", key="0:1", x=0, number="建施-02", content="h2")
    edited.number = "建施-09"
    edited.fields = {
        "number": {"value": "建施-09", "confidence": 1.0, "origin": "person", "read": {"value": "建施-02"}}
    }
    fresh = [facts("0:1", 400_000, "建施-09", "x"), facts("0:2", 800_000, "建施-02", "y")]
    assert {index: sheet.id for index, sheet in assigned([edited], fresh).items()} == {1: "a"}


def test_a_list_of_two_thousand_frames_with_one_put_in_front_keeps_its_ids():
    """As many pairs as are looked at; a loop over them held the records for 15 s of CPU."""
    many, wide = 2_000, 50_000.0
    assert many * many <= MOST_PAIRS
    rows = [row(f"r{i}", key=f"0:{i}", x=i * wide, number=f"建施-{i}", content=f"h{i}") for i in range(1, many)]
    fresh = [facts(f"0:{i + 1}", i * wide, f"建施-{i}", f"h{i}") for i in range(many)]
    found = assigned(rows, fresh)
    assert {index: sheet.id for index, sheet in found.items()} == {index: f"r{index}" for index in range(1, many)}


def test_a_person_s_word_stays_with_its_sheet_when_ordinals_shift(installation: Installation) -> None:
    submission = installation.submission()
    doc = ezdxf.new()
    doc.modelspace().add_line((0, 0), (1000, 1000))
    from io import StringIO

    text = StringIO()
    doc.write(text)
    file_id = installation.hand_in(submission, "a.dxf", text.getvalue().encode())
    with transaction() as session:
        file = session.get_one(File, file_id)
        write_sheets(session, file, [facts("0:1", 50_000, "建施-02", "h2"), facts("0:2", 100_000, "建施-03", "h3")])
        second = session.scalars(select(Sheet).where(Sheet.file_id == file_id, Sheet.key == "0:2")).one()
        kept = second.id
        second.fields = {**second.fields, "title": {"value": "二层平面图", "confidence": 1.0, "origin": "person"}}
        second.title = "二层平面图"
    with transaction() as session:
        file = session.get_one(File, file_id)
        fresh = [
            facts("0:1", 0, "建施-01", "h1"),
            facts("0:2", 50_000, "建施-02", "h2"),
            facts("0:3", 100_000, "建施-03", "h3"),
        ]
        write_sheets(session, file, fresh)
        rows = {s.key: s for s in session.scalars(select(Sheet).where(Sheet.file_id == file_id))}
        assert rows["0:3"].id == kept and rows["0:3"].title == "二层平面图" and rows["0:2"].title == "平面图"
        assert rows["0:3"].fields["title"]["origin"] == "person" and len(rows) == 3
    with transaction() as session:  # the sheet is not found any more: the person's word waits for it
        file = session.get_one(File, file_id)
        write_sheets(session, file, [facts("0:1", 0, "建施-01", "h1"), facts("0:3", 900_000, "建施-07", "h7")])
        gone = session.get_one(Sheet, kept)
        assert gone.state == "gone" and gone.title == "二层平面图"
    with transaction() as session:
        file = session.get_one(File, file_id)
        write_sheets(session, file, [facts("0:1", 0, "建施-01", "h1"), facts("0:2", 100_000, "建施-03", "h3")])
        back = session.get_one(Sheet, kept)
        assert back.state == "complete" and back.key == "0:2" and back.title == "二层平面图"
