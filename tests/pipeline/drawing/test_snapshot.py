"""A drawing survives its snapshot; bytes that are not one are refused and nothing worse."""

from __future__ import annotations

import json
import math
import struct
from typing import Any

import numpy as np
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pipeline.drawing import snapshot
from pipeline.drawing.builder import SpaceBuilder
from pipeline.drawing.completeness import Completeness
from pipeline.drawing.defects import defect
from pipeline.drawing.kinds import Format, SpaceKind, State
from pipeline.drawing.model import Drawing, Field, Layer, Sheet, Space
from pipeline.drawing.snapshot import MAGIC, SnapshotError, dump, load
from pipeline.drawing.tables import DimensionTable, ElementTable, EntityTable, InsertTable, TextTable

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.floats(allow_nan=True, allow_infinity=True, width=64)
VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.just("$a"), inner, max_size=3),
    max_leaves=8,
)


def floats(*shape: int) -> st.SearchStrategy:
    return arrays.arrays(np.float64, shape, elements=NUMBERS)


@st.composite
def spaces(draw: st.DrawFn) -> Space:
    n, t, b, d = (draw(st.integers(0, 3)) for _ in range(4))
    kinds = draw(arrays.arrays(np.uint8, n))
    entities = EntityTable(kind=kinds, color=draw(arrays.arrays(np.uint32, n)), xy=draw(floats(n, 2)))
    words = st.lists(WORDS, min_size=t, max_size=t)
    texts = TextTable(entity=draw(arrays.arrays(np.int32, t)), string=draw(words), origin=draw(floats(t, 2)))
    attributes = st.lists(st.dictionaries(WORDS, WORDS, max_size=2), min_size=b, max_size=b)
    inserts = InsertTable(
        name=draw(st.lists(WORDS, min_size=b, max_size=b)), transform=draw(floats(b, 6)), attributes=draw(attributes)
    )
    dimensions = DimensionTable(measured_mm=draw(floats(d)), points=draw(floats(d, 2, 2)))
    size = draw(st.none() | st.tuples(NUMBERS, NUMBERS))
    kind = draw(st.sampled_from(SpaceKind))
    space = Space(draw(WORDS), kind, draw(NUMBERS), size, draw(st.none() | NUMBERS))
    space.entities, space.texts, space.inserts, space.dimensions = entities, texts, inserts, dimensions
    space.sources, space.scanned = draw(st.lists(WORDS, max_size=3)), draw(st.booleans())
    return space


@st.composite
def drawings(draw: st.DrawFn) -> Drawing:
    drawing = Drawing(draw(st.sampled_from(Format)), draw(WORDS), draw(WORDS), state=draw(st.sampled_from(State)))
    drawing.spaces = draw(st.lists(spaces(), max_size=2))
    drawing.layers = [Layer(name, draw(st.integers(0, 2**32 - 1))) for name in draw(st.lists(WORDS, max_size=2))]
    drawing.meta = draw(st.dictionaries(WORDS | st.sampled_from(["$a", "$f", "$$"]), VALUES, max_size=4))
    sets = st.lists(st.dictionaries(WORDS, st.dictionaries(WORDS, VALUES, max_size=2), max_size=2), max_size=2)
    drawing.elements = ElementTable(properties=draw(sets), box=draw(floats(2, 6)))
    drawing.completeness = Completeness(trailer=draw(st.none() | st.booleans()), rows_raw=draw(st.none() | st.just(5)))
    if draw(st.booleans()):
        drawing.defects.append(defect("unreadable", why=draw(WORDS)))
    for _ in range(draw(st.integers(0, 1))):
        box = draw(st.tuples(*[NUMBERS] * 4))
        sheet = Sheet("0:1", 0, box, (1.0, 2.0), draw(st.tuples(*[NUMBERS] * 6)), entities=np.arange(3, dtype=np.int32))
        sheet.fields["title"] = Field(draw(WORDS), 0.5, "cell")
        drawing.sheets.append(sheet)
    return drawing


def small() -> Drawing:
    out = SpaceBuilder("模型", SpaceKind.MODEL)
    out.add_polyline([(0, 0), (1000, 500), (3, 4)], source=out.source("1F"))
    out.add_text("建施-05", (5, 5), 2.0, width=6)
    drawing = Drawing(Format.DXF, "ab" * 32, "1", [out.build()])
    drawing.meta = {"$a": [0, 9, "<f8", [1]], "unit": math.nan}
    return drawing


@settings(max_examples=120, deadline=None)
@given(drawings())
def test_a_drawing_survives_its_snapshot_byte_for_byte(drawing: Drawing) -> None:
    blob = dump(drawing)
    again = load(blob)
    assert dump(again) == blob
    assert [s.name for s in again.spaces] == [s.name for s in drawing.spaces]
    for old, new in zip(drawing.spaces, again.spaces, strict=True):
        assert new.entities.xy.dtype == np.float64 and new.texts.string == old.texts.string
        np.testing.assert_array_equal(new.entities.xy, old.entities.xy)
        np.testing.assert_array_equal(new.inserts.transform, old.inserts.transform)


def test_keys_of_a_file_are_not_taken_for_marks_of_ours() -> None:
    again = load(dump(small()))
    assert again.meta["$a"] == [0, 9, "<f8", [1]]
    assert math.isnan(again.meta["unit"])


def test_columns_that_hold_objects_are_never_written() -> None:
    drawing = small()
    drawing.spaces[0].entities.xy = np.array([object()])
    with pytest.raises(TypeError):
        dump(drawing)


def test_a_snapshot_cut_anywhere_is_refused() -> None:
    blob = dump(small())
    for length in range(len(blob)):
        with pytest.raises(SnapshotError):
            load(blob[:length])


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_garbled_snapshot_is_refused_or_still_a_drawing(data: st.DataObject) -> None:
    blob = bytearray(dump(small()))
    for _ in range(data.draw(st.integers(1, 4))):
        blob[data.draw(st.integers(0, len(blob) - 1))] = data.draw(st.integers(0, 255))
    try:
        drawing = load(bytes(blob))
    except SnapshotError:
        return
    assert isinstance(drawing, Drawing)


def packed(header: object, block: bytes = b"") -> bytes:
    """Return a snapshot with right checksums around any header and block."""
    raw, rest = (zstandard.ZstdCompressor().compress(part) for part in (json.dumps(header).encode(), block))
    return MAGIC + struct.pack("<Q", len(raw)) + raw + rest


def taken_apart(drawing: Drawing) -> tuple[dict[str, Any], bytes]:
    """Return the header of a right snapshot as JSON, and its block."""
    blob = dump(drawing)
    (length,) = struct.unpack_from("<Q", blob, 8)
    unpack = zstandard.ZstdDecompressor().decompress
    return json.loads(unpack(blob[16 : 16 + length])), unpack(blob[16 + length :])


@settings(max_examples=200, deadline=None)
@given(VALUES, st.data())
def test_a_header_with_anything_in_a_wrong_place_is_refused_or_still_a_drawing(value: Any, data: st.DataObject) -> None:
    header, block = taken_apart(small())
    place: Any = header
    while isinstance(place, dict | list) and place:
        key: Any = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], dict | list) or data.draw(st.booleans()):
            place[key] = value
            break
        place = place[key]
    try:
        drawing = load(packed(header, block))
    except SnapshotError:
        return
    assert isinstance(drawing, Drawing)


@pytest.mark.parametrize("header", [None, [], 5, "x", {}, {"schema": snapshot.SCHEMA}, {"schema": "other/1"}])
def test_what_is_not_a_header_is_refused(header: object) -> None:
    with pytest.raises(SnapshotError):
        load(packed(header))


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        (["<f8", [], 0], 513),  # longer than the block
        (["<f8", [], 0], 511),  # shorter
        (["<f8", [2], 0], 257),
        (["<f8", [], 0], -1),
        (["<f8", [], 0], 512.0),
        (["<f8", [-1], 0], 512),
        (["<f8", [1, 1, 1, 1, 1], 0], 512),
        (["<f8", [1 << 30], 0], 1),
        (["<f8", [1], 0], 2**62),
        (["|O", [], 0], 512),
        (["<f8", [], 1], 512),  # differences are of integers only
        (["nonsense", [], 0], 512),
        (["|S0", [], 0], 512),
        (["<f8", "2", 0], 512),
        (["<f8", []], 512),
        ("x", 512),
    ],
)
def test_a_column_that_is_not_what_it_says_is_refused(kind: object, rows: object) -> None:
    header, _ = taken_apart(Drawing(Format.DXF, "", ""))
    right = {"kinds": [["<f8", [], 0]], "columns": [0], "rows": [512]}
    header["drawing"]["meshes"] = {"origin": 0}
    assert len(load(packed(header | right, bytes(4096))).meshes.origin) == 512
    with pytest.raises(SnapshotError):
        load(packed(header | right | {"kinds": [kind], "rows": [rows]}, bytes(4096)))


@pytest.mark.parametrize("number", [1, -1, 0.0, "0", True, None, [0], {"$a": 0}])
def test_a_column_that_is_not_there_is_refused(number: object) -> None:
    header, _ = taken_apart(Drawing(Format.DXF, "", ""))
    header |= {"kinds": [["|u1", [], 0]], "columns": [0], "rows": [8]}
    header["drawing"]["meshes"] = {"origin": number}
    with pytest.raises(SnapshotError):
        load(packed(header, b"\xff" * 8))


def test_texts_that_are_no_text_are_refused() -> None:
    header, _ = taken_apart(Drawing(Format.DXF, "", ""))
    header |= {"kinds": [["|S1", [], 0]], "columns": [0], "rows": [8]}
    header["drawing"]["fonts"] = 0
    assert load(packed(header, b"ab\x00c\x00\x00de")).fonts == ["ab", "c", "", "de"]
    with pytest.raises(SnapshotError):
        load(packed(header, b"\xff" * 8))


def test_a_bomb_is_refused_by_what_its_frame_says() -> None:
    frame = bytearray(zstandard.ZstdCompressor(write_content_size=True).compress(bytes(1 << 20)))
    assert frame[4] >> 6 == 2  # the frame header holds the size in four bytes, which are made to lie
    frame[5:9] = struct.pack("<I", 1 << 31)
    blob = dump(small())
    (length,) = struct.unpack_from("<Q", blob, 8)
    with pytest.raises(SnapshotError):
        load(blob[: 16 + length] + bytes(frame))


def test_a_snapshot_of_an_older_version_is_refused_not_misread() -> None:
    blob = dump(small())
    for magic in (b"TSNAP001", b"TSNAP003"):
        with pytest.raises(SnapshotError, match="version"):
            load(magic + blob[8:])


def test_loaded_columns_may_be_written_and_hold_what_was_kept() -> None:
    drawing = small()
    space = drawing.spaces[0]
    space.sources = [f"{number:X}" for number in range(1000)] + ["", "墙\U0001f600"]
    space.entities.source = np.array([5, 4, 2**31 - 1, -(2**31), 0, 0, 0, 0, 9], np.int32)
    space.entities.color = np.array([0, 2**32 - 1] * 5, np.uint32)
    again = load(dump(drawing)).spaces[0]
    assert again.sources == space.sources
    for name in ("source", "color", "xy"):
        np.testing.assert_array_equal(getattr(again.entities, name), getattr(space.entities, name))
        assert getattr(again.entities, name).dtype == getattr(space.entities, name).dtype
    again.entities.xy[:] = 1.0


def test_texts_with_the_mark_between_texts_survive() -> None:
    drawing = small()
    drawing.fonts = ["a\x00b", *"cdefghij"]
    assert load(dump(drawing)).fonts == drawing.fonts


def test_drawings_loaded_from_one_snapshot_share_nothing_that_can_be_changed() -> None:
    blob = dump(Drawing(Format.IFC, "", "r", spaces=[Space("a", SpaceKind.STOREY, 1.0)]))
    one, other = load(blob), load(blob)
    one.spaces[0].texts.string.append("x")
    one.spaces[0].entities.point_first[0] = 7
    one.meshes.origin[0] = 7.0
    one.elements.name.append("x")
    one.coverage.read["x"] = 1
    one.meta["x"] = 1
    assert one.spaces[0].entities.xy.shape == (0, 2) and one.meshes.faces.shape == (0, 3)
    assert dump(other) == blob and dump(load(blob)) == blob


def test_deeply_nested_values_come_back() -> None:
    deep: Any = 1
    for _ in range(400):
        deep = [deep]
    drawing = Drawing(Format.IFC, "", "r", meta={"deep": deep, "odd": [math.inf, -math.inf, 2**70, 1e-320]})
    assert load(dump(drawing)).meta == drawing.meta
