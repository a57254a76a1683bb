"""What holds for every drawing: columns add up, nothing infinite stays, a defect more is never a better state."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.drawing.builder import SpaceBuilder, concatenate
from pipeline.drawing.completeness import Completeness, gate
from pipeline.drawing.conclude import conclude
from pipeline.drawing.defect_catalogue import CATALOGUE
from pipeline.drawing.defects import Defect, defect
from pipeline.drawing.kinds import EntityKind, Format, SpaceKind, State
from pipeline.drawing.model import Drawing, Sheet
from pipeline.drawing.safe_text import safe_text
from pipeline.drawing.snapshot import dump, load
from pipeline.drawing.tables import EntityTable
from tests.pipeline.drawing.test_defects import fields

NUMBERS = st.floats(allow_nan=True, allow_infinity=True, width=64)
POINTS = st.lists(st.tuples(NUMBERS, NUMBERS), max_size=5)
SHAPES = st.lists(st.tuples(st.lists(POINTS, max_size=3), st.booleans(), st.sampled_from(EntityKind)), max_size=6)
WORST_LAST = [State.COMPLETE, State.DAMAGED, State.PARTIAL, State.REJECTED]
COUNTS = st.none() | st.integers(0, 5)


def parts_of(table: EntityTable) -> list[list[list[list[float]]]]:
    """Return entities -> parts -> points, the slow way."""
    found = []
    for first, count in zip(table.part_first.tolist(), table.part_count.tolist(), strict=True):
        edges = table.point_first[first : first + count + 1].tolist()
        found.append([table.xy[a:b].tolist() for a, b in zip(edges, edges[1:], strict=False)])
    return found


def finite(parts: list[list[tuple[float, float]]]) -> list[list[list[float]]]:
    kept = [[list(p) for p in part if np.isfinite(p).all()] for part in parts]
    return [part for part in kept if part]


@settings(max_examples=80, deadline=None)
@given(SHAPES, st.lists(st.text(max_size=6), max_size=3))
def test_what_is_built_is_what_was_added_without_the_infinite(shapes: list, words: list[str]) -> None:
    out = SpaceBuilder("m", SpaceKind.MODEL)
    expected, lost = [], 0
    for parts, closed, kind in shapes:
        kept = finite(parts)
        lost += sum(len(part) for part in parts) - sum(len(part) for part in kept)
        row = out.add_parts([np.array(p, np.float64).reshape(-1, 2) for p in parts], kind=kind, closed=closed)
        assert row == (len(expected) if kept else -1)
        expected += [kept] if kept else []
    texts = [out.add_text(word, (1, 2), 3.0, width=4.0) for word in words]
    space = out.build()
    table = space.entities
    assert parts_of(table)[: len(expected)] == expected and out.nonfinite == lost
    assert len(table.point_first) == len(table.part_closed) + 1 and table.point_first[-1] == len(table.xy)
    assert table.part_count.sum() == len(table.part_closed)
    assert space.texts.entity.tolist() == texts and space.texts.string == words
    assert np.isfinite(table.xy).all()


@settings(max_examples=60, deadline=None)
@given(st.lists(SHAPES, max_size=3))
def test_tables_joined_keep_every_part_and_snapshots_keep_the_whole(groups: list) -> None:
    tables, expected = [], []
    for shapes in groups:
        out = SpaceBuilder("m", SpaceKind.MODEL)
        for parts, closed, kind in shapes:
            out.add_parts([np.array(p, np.float64).reshape(-1, 2) for p in parts], kind=kind, closed=closed)
        tables.append(out.build().entities)
        expected += parts_of(tables[-1])
    joined = concatenate(tables)
    assert parts_of(joined) == expected
    whole = SpaceBuilder("m", SpaceKind.MODEL)
    for table in tables:
        whole.add_table(table)
    drawing = Drawing(Format.DXF, "", "", [whole.build()])
    again = load(dump(drawing)).spaces[0].entities
    for field in dataclasses.fields(EntityTable):
        old, new = getattr(joined, field.name), getattr(again, field.name)
        assert old.dtype == new.dtype and old.shape == new.shape
        np.testing.assert_array_equal(old, new)


@st.composite
def records(draw: st.DrawFn) -> Completeness:
    values: dict[str, Any] = {}
    for field in dataclasses.fields(Completeness):
        if field.name == "trailer":
            values["trailer"] = draw(st.none() | st.booleans())
        elif field.name in ("repaired", "recovered"):
            values[field.name] = draw(st.booleans())
        elif field.default is None:
            values[field.name] = draw(COUNTS)
        else:
            values[field.name] = draw(st.integers(0, 2))
    return Completeness(**values)


def made(code: str) -> Defect:
    return defect(code, **{name: "1" for name in fields(CATALOGUE[code].zh) - {"count"}})


CODES = st.lists(st.sampled_from(sorted(CATALOGUE)), max_size=4)


@settings(max_examples=150, deadline=None)
@given(records(), CODES, CODES, st.integers(0, 2))
def test_one_defect_more_never_makes_a_state_better(
    record: Completeness, codes: list[str], more: list[str], sheets: int
) -> None:
    before = gate(record, [made(c) for c in codes], sheets)
    after = gate(record, [made(c) for c in codes + more], sheets)
    assert WORST_LAST.index(after) >= WORST_LAST.index(before)


WORSE = {"trailer": False, "repaired": True, "recovered": True, "nonfinite": 3, "text_undecodable": 3}


@settings(max_examples=100, deadline=None)
@given(records(), CODES, st.sampled_from(sorted(WORSE)))
def test_a_worse_record_never_makes_a_state_better(record: Completeness, codes: list[str], what: str) -> None:
    found = [made(c) for c in codes]
    after = gate(dataclasses.replace(record, **{what: WORSE[what]}), found, 1)
    assert WORST_LAST.index(after) >= WORST_LAST.index(gate(record, found, 1))
    assert after != State.COMPLETE


@settings(max_examples=100, deadline=None)
@given(records(), CODES, st.integers(0, 3))
def test_no_sheet_is_called_better_than_its_part_of_the_file_allows(
    record: Completeness, codes: list[str], count: int
) -> None:
    drawing = Drawing(Format.PDF, "", "", defects=[made(c) for c in codes], completeness=record)
    drawing.spaces = [SpaceBuilder(str(n + 1), SpaceKind.PAGE).build() for n in range(count)]
    drawing.sheets = [Sheet(f"{n}:1", n, (0, 0, 1, 1), (1, 1), (1, 0, 0, 1, 0, 0)) for n in range(count)]
    conclude(drawing)
    if not count:
        assert drawing.state == State.REJECTED and any(d.severity == "error" for d in drawing.defects)
    if drawing.state == State.COMPLETE:
        assert all(sheet.state == State.COMPLETE for sheet in drawing.sheets)
    if record.trailer is False or record.repaired:
        assert all(sheet.state != State.COMPLETE for sheet in drawing.sheets)
    for sheet in drawing.sheets:
        lost = {d.code for d in drawing.defects if d.loses_content and not d.code.startswith("page_")}
        assert not lost or sheet.state == State.PARTIAL


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(), max_size=40), st.integers(0, 50))
def test_safe_text_is_short_clean_and_final(text: str, limit: int) -> None:
    safe, broken = safe_text(text, limit)
    assert len(safe) <= limit
    assert not any(ord(c) < 32 and c not in "\t\n" or 0x7F <= ord(c) < 0xA0 or 0xD800 <= ord(c) < 0xE000 for c in safe)
    assert safe_text(safe, limit) == (safe, "\ufffd" in safe)
    assert broken == any(0xD800 <= ord(c) < 0xE000 or c == "\ufffd" for c in text[:limit])
    safe.encode("utf-8")
    ordinary = "".join(c for c in text[:limit] if c.isalnum() or c == " ")
    assert "".join(c for c in safe if c.isalnum() or c == " ") == ordinary
