"""Frames spanned by long lines: found where they are frames, never among axes, in bounded time."""

from __future__ import annotations

import random

import numpy as np
import pytest

from pipeline.drawing.builder import SpaceBuilder
from pipeline.drawing.kinds import Format, SpaceKind
from pipeline.drawing.model import Drawing, Layer
from pipeline.sheets.frames import find_frames
from pipeline.sheets.words import words_in


def frames_of(out: SpaceBuilder):
    space = out.build()
    drawing = Drawing(Format.DXF, "ab" * 32, "1", [space], layers=[Layer("0")])
    return find_frames(drawing, space, words_in(space))


def title_block(out: SpaceBuilder, x: float, y: float, k: float = 100.0) -> None:
    for i, label in enumerate(("图号", "图名", "比例", "审定", "校对")):
        out.add_text(label, (x + 10 * k, y + (8 + 10 * i) * k), 3 * k, width=8 * k)


def lines(out: SpaceBuilder, xs, ys, x0: float, x1: float, y0: float, y1: float) -> None:
    for x in xs:
        out.add_polyline([(x, y0), (x, y1)])
    for y in ys:
        out.add_polyline([(x0, y), (x1, y)])


def test_nine_sheets_in_a_grid_of_eight_lines():
    out = SpaceBuilder("s", SpaceKind.MODEL)
    xs, ys = [59_400.0 * i for i in range(4)], [42_000.0 * i for i in range(4)]
    lines(out, xs, ys, xs[0], xs[-1], ys[0], ys[-1])
    for x in xs[1:]:
        for y in ys[:-1]:
            title_block(out, x - 6000.0, y)
    found = frames_of(out)
    assert len(found) == 9
    assert all(f.sides == pytest.approx((59_400.0, 42_000.0)) for f in found)


def test_axes_around_a_title_block_without_a_frame_are_no_frame():
    out = SpaceBuilder("s", SpaceKind.MODEL)
    xs, ys = [59_400.0 * i for i in range(4)], [42_000.0 * i for i in range(4)]
    lines(out, xs, ys, -2000.0, xs[-1] + 2000.0, -2000.0, ys[-1] + 2000.0)
    title_block(out, xs[2] - 6000.0, ys[1])
    assert frames_of(out) == []


@pytest.mark.parametrize("miss", [-500.0, -350.0, 0.0, 500.0])
def test_lines_that_miss_their_corners_by_up_to_five_millimetres_of_paper(miss):
    out = SpaceBuilder("s", SpaceKind.MODEL)
    lines(out, [0.0, 59_400.0], [0.0, 42_000.0], -miss, 59_400.0 + miss, -miss, 42_000.0 + miss)
    title_block(out, 53_000.0, 0.0)
    (frame,) = frames_of(out)
    assert frame.ring().min(axis=0) == pytest.approx([0.0, 0.0]) and frame.sides == pytest.approx((59_400.0, 42_000.0))


def test_a_gap_of_a_centimetre_is_no_corner():
    out = SpaceBuilder("s", SpaceKind.MODEL)
    lines(out, [0.0, 59_400.0], [0.0, 42_000.0], 1000.0, 58_400.0, 1000.0, 41_000.0)
    title_block(out, 53_000.0, 0.0)
    assert frames_of(out) == []


def test_labels_and_lines_at_random_are_no_frames():
    rng = random.Random(1)
    out = SpaceBuilder("s", SpaceKind.MODEL)
    wide, high = 700_000.0, 420_000.0
    for _ in range(60):
        place = (rng.uniform(0, wide), rng.uniform(0, high))
        out.add_text(rng.choice(["图号", "图名", "比例", "设计"]), place, 300.0, width=800.0)
    xs, ys = ([rng.uniform(0, top) for _ in range(60)] for top in (wide, high))
    lines(out, xs, ys, -5000.0, wide + 5000.0, -5000.0, high + 5000.0)
    assert frames_of(out) == []


def test_a_schedule_in_a_rectangle_like_paper_is_no_title_block():
    out = SpaceBuilder("s", SpaceKind.MODEL)
    corners = np.array([(0, 0), (423, 0), (423, 299), (0, 299)]) * 100.0
    out.add_polyline(corners, closed=True)
    for i, row in enumerate((("图号", "图名", "比例"), ("建施-01", "平面图", "1:100"), ("建施-02", "立面图", "1:50"))):
        for j, word in enumerate(row):
            out.add_text(word, (30_000.0 + 3000.0 * j, 3000.0 - 700.0 * i), 300.0, width=800.0)
    assert frames_of(out) == []
