"""Blocks placed in blocks: one matrix after another is their product, arcs turn as their points do."""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.drawing.kinds import EntityKind
from pipeline.readers.dxf.chunk import FLOATS, Chunk, ChunkBuilder, InsertRow, Look, join, place, turn_arcs
from pipeline.readers.dxf.spaces import in_steps, take

PLACE = st.floats(-1e4, 1e4)
SCALE = st.sampled_from([1.0, -1.0, 2.5, 0.01, -300.0])
LOOK = Look(3, 0xFF0000FF, 0.25, 1)


@st.composite
def matrices(draw: st.DrawFn, similar: bool = False) -> NDArray[np.float64]:
    """A reference's matrix for row vectors: scaled, mirrored, turned, moved."""
    sx, sy = draw(SCALE), draw(SCALE)
    if similar:
        sy = math.copysign(sx, sy)
    turn = draw(st.floats(-7, 7))
    cos, sin = math.cos(turn), math.sin(turn)
    out = np.eye(4)
    out[:2, :2] = np.diag([sx, sy]) @ np.array([[cos, sin], [-sin, cos]])
    out[3, :3] = draw(PLACE), draw(PLACE), draw(PLACE)
    return out


@st.composite
def chunks(draw: st.DrawFn) -> Chunk:
    out = ChunkBuilder()
    for number in range(draw(st.integers(0, 4))):
        parts = [
            np.array(p)
            for p in draw(st.lists(st.lists(st.tuples(*[PLACE] * 3), min_size=1, max_size=3), min_size=1, max_size=2))
        ]
        row = out.add(
            EntityKind.POLYLINE, parts, False, Look(draw(st.sampled_from([FLOATS, 0, 7])), -1, -1, -1), number
        )
        if draw(st.booleans()):
            frame = np.array([[1.0, 2, 0], [1, 0, 0], [0, 1, 0]])
            out.add_text(row, f"t{number}", frame, 0, draw(st.integers(0, 2)))
    return out.build()


@settings(max_examples=80, deadline=None)
@given(chunks(), matrices(), matrices())
def test_one_placing_after_another_is_their_product(block: Chunk, inner: NDArray, outer: NDArray) -> None:
    own = InsertRow("INNER", 0, 1, -1, inner, {})
    twice = place(place(block, inner, LOOK, own), outer, LOOK, InsertRow("OUTER", 0, 2, -1, outer, {}))
    once = place(block, inner @ outer, LOOK, None)
    size = max(1.0, float(np.abs(once.xyz).max(initial=0.0)))
    np.testing.assert_allclose(twice.xyz, once.xyz, atol=1e-9 * size * 1e4)
    np.testing.assert_allclose(twice.text_place, once.text_place, atol=1e-5 * size)
    assert twice.strings == once.strings and len(twice) == len(block)
    assert twice.text_align.tolist() == block.text_align.tolist()
    assert [item.name for item in twice.inserts] == ["OUTER", "INNER"] and twice.inserts[1].parent == 0
    assert (twice.insert == 1).all()  # the innermost reference
    np.testing.assert_allclose(twice.inserts[1].matrix, inner @ outer)
    assert not (twice.layer == FLOATS).any() and not (twice.color < 0).any()


@settings(max_examples=100, deadline=None)
@given(matrices(similar=True), PLACE, PLACE, st.floats(0.001, 1e3), st.floats(-7, 7), st.floats(0, 6.28))
def test_an_arc_turns_as_its_points_do(
    matrix: NDArray, x: float, y: float, radius: float, start: float, sweep: float
) -> None:
    arc = np.array([[0, x, y, 0.0, radius, start, start + sweep]])
    (turned,) = turn_arcs(arc, matrix)
    assert math.isclose(turned[6] - turned[5], sweep, abs_tol=1e-9)  # still counter-clockwise

    def points(row: NDArray) -> NDArray:
        angles = np.linspace(row[5], row[6], 5)
        flat = np.column_stack([np.cos(angles), np.sin(angles), np.zeros(5)]) * row[4]
        return flat + row[1:4]

    expected = points(arc[0]) @ matrix[:3, :3] + matrix[3, :3]
    mirrored = np.linalg.det(matrix[:2, :2]) < 0
    found = points(turned)[::-1] if mirrored else points(turned)
    np.testing.assert_allclose(found[:, :2], expected[:, :2], atol=1e-6 * max(1.0, np.abs(expected).max()))


@settings(max_examples=60, deadline=None)
@given(chunks(), matrices())
def test_an_arc_under_an_uneven_matrix_is_none(block: Chunk, matrix: NDArray) -> None:
    arc = np.array([[0, 1.0, 2.0, 0.0, 3.0, 0.0, 1.0]])
    even = math.isclose(abs(np.linalg.norm(matrix[0, :2])), abs(np.linalg.norm(matrix[1, :2])), rel_tol=1e-9)
    assert len(turn_arcs(arc, matrix)) == even


@settings(max_examples=60, deadline=None)
@given(st.lists(chunks(), max_size=4))
def test_chunks_joined_keep_rows_texts_and_references(made: list[Chunk]) -> None:
    placed = [place(c, np.eye(4), LOOK, InsertRow(str(i), 0, 0, -1, np.eye(4), {})) for i, c in enumerate(made)]
    whole = join(placed)
    assert len(whole) == sum(map(len, placed)) and len(whole.inserts) == len(placed)
    words = [s for c in placed for s in c.strings]
    assert whole.strings == words and len(whole.text_row) == len(words)
    assert whole.text_align.tolist() == [align for c in made for align in c.text_align]
    rows = [int(r) + sum(len(p) for p in placed[:i]) for i, c in enumerate(placed) for r in c.text_row]
    assert whole.text_row.tolist() == rows
    owners = [i for i, c in enumerate(placed) for _ in range(len(c))]
    assert [int(whole.inserts[i].name) for i in whole.insert] == owners


@settings(max_examples=40, deadline=None)
@given(chunks(), matrices(), chunks())
def test_a_layout_without_heights_is_placed_and_joined_in_plan(block: Chunk, matrix: NDArray, other: Chunk) -> None:
    flat = replace(block, xyz=np.ascontiguousarray(block.xyz[:, :2]))
    seen, expected = place(flat, matrix, LOOK, None), place(block, matrix, LOOK, None)
    np.testing.assert_allclose(seen.xyz, expected.xyz[:, :2], rtol=1e-12, atol=1e-6)
    both = join([other, seen], spend=True)
    assert both.xyz.shape == (both.sizes.sum(), 2 if len(seen) else both.xyz.shape[1])
    if len(other) and len(seen):
        assert not len(other.xyz) and not len(seen.xyz)  # let go of on the way


@settings(max_examples=60, deadline=None)
@given(st.lists(chunks(), min_size=1, max_size=3).map(join), st.integers(1, 5), st.randoms(use_true_random=False))
def test_rows_taken_in_steps_are_the_rows_taken_at_once(chunk: Chunk, rows: int, chance: Random) -> None:
    chunk.arcs = np.array([[row, 1.0, 2, 3, 4, 5, 6] for row in range(0, len(chunk), 2)]).reshape(-1, 7)
    keep = np.array([chance.random() < 0.6 for _ in range(len(chunk))], bool)
    expected, found = take(chunk, keep), join(list(in_steps(chunk, keep, rows)))
    for name in ("kind", "source", "parts", "sizes", "closed", "xyz", "arcs", "text_row", "text_font", "strings"):
        assert np.array_equal(getattr(found, name), getattr(expected, name)), name
