"""What registration must refuse, and what breaks a tie: symmetry, equal bays, mirrored copies, frames, strangers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.registration_cases import (
    Condition,
    column_grid,
    content_of_lines,
    disturbed,
    placed_texts,
    sized,
    two_unit_house,
    without_texts,
)
from pipeline.comparing.content import content_of
from pipeline.comparing.fitting import Fitter
from pipeline.comparing.registration import IDENTITY, register
from pipeline.comparing.segments import map_points, map_segments, scale_of
from pipeline.comparing.spread import inside_frame
from tests.pipeline.comparing.drawings import drawing, plan

TURNED = Condition("clean")
HARD = Condition("40 %", 0.4)


def off(content, found, truth):
    """Largest error of a corner, as a share of the diagonal."""
    corners = np.array([[content.box[i], content.box[j]] for i in (0, 2) for j in (1, 3)])
    size = content.diagonal * scale_of(truth)
    return float(np.abs(map_points(found.transform, corners) - map_points(truth, corners)).max()) / size


def sample_plan(labels=True):
    strokes, texts = plan()
    one = drawing(strokes, texts if labels else [])
    return sized(content_of(one, one.sheets[0]))


def laid(content, degrees, mirrored=False, scale=0.01):
    """The sheet at another scale, turned, mirrored first."""
    angle = np.radians(degrees)
    linear = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    if mirrored:
        linear = linear @ np.diag([-1.0, 1.0])
    transform = np.column_stack([linear, [310.0, -70.0]])
    return sized(
        replace(content, seg=map_segments(transform, content.seg), texts=placed_texts(content.texts, transform))
    )


@pytest.mark.parametrize("make", [two_unit_house, column_grid])
@pytest.mark.parametrize("condition", [TURNED, HARD])
@pytest.mark.parametrize("seed", [1, 2])
def test_texts_break_a_symmetry_and_without_them_it_is_refused(make, condition, seed):
    content = make()
    new, truth = disturbed(content, condition, np.random.default_rng(seed))
    found = register(content, new)
    assert found.comparable and off(content, found, truth) < 1e-6
    assert "相同文字" in found.reason_zh and "equal texts" in found.reason_en
    alone = register(without_texts(content), without_texts(new))
    assert not alone.comparable
    assert "两个对应点" in alone.reason_zh and "two matching points" in alone.reason_en


def test_a_grid_shifted_by_one_bay_is_told_by_its_bubbles_even_in_the_same_coordinates():
    """Old and new lie on one another but for a bay: the lines say identity, the bubbles say the shift."""
    old = column_grid()
    bay = np.array([[1.0, 0.0, 8400.0], [0.0, 1.0, 0.0]])
    new, _ = disturbed(old, TURNED, np.random.default_rng(3))
    moved = content_of_lines(
        old.seg + np.tile(bay[:, 2], 2), old.obj,
        [(text, x + 8400.0, y, 400.0) for text, (x, y) in zip(old.texts.string, old.texts.origin, strict=True)],
    )  # fmt: skip
    found = register(old, moved)
    assert found.comparable and off(old, found, bay) < 1e-6
    silent = register(without_texts(old), without_texts(moved))
    assert not silent.comparable or off(old, silent, bay) < 1e-6, "never confidently a bay beside the truth"


def test_a_part_of_a_grid_with_other_bubbles_than_its_place_says_is_not_believed():
    """The lines of a corner fit on several corners; bubbles that lie elsewhere speak against all but one."""
    old = column_grid()
    keep = (old.seg[:, [0, 2]] <= 4 * 8400.0 + 3000).all(1)
    labels = [(t, x, y, 400.0) for t, (x, y) in zip(old.texts.string, old.texts.origin, strict=True) if x < 4 * 8400]
    cut = content_of_lines(old.seg[keep], old.obj[keep], labels)
    found = register(old, cut)
    assert not found.comparable or off(old, found, IDENTITY) < 1e-6
    alone = register(without_texts(old), without_texts(cut))
    assert not alone.comparable or off(old, alone, IDENTITY) < 1e-6


def test_unrelated_plans_are_refused_with_the_coverage_said():
    new, _ = disturbed(two_unit_house(), TURNED, np.random.default_rng(1))
    found = register(sample_plan(), new)
    assert not found.comparable and "%" in found.reason_en and found.confidence < 0.28


def framed(content, width=42000.0, height=29700.0):
    """The plan in a sheet of an office: double frame, title block with many lines."""
    ring = [(0, 0, width, 0), (width, 0, width, height), (width, height, 0, height), (0, height, 0, 0)]
    inner = [(2500, 500, width - 500, 500), (width - 500, 500, width - 500, height - 500)]
    inner += [(width - 500, height - 500, 2500, height - 500), (2500, height - 500, 2500, 500)]
    block = [(width - 18500, 500 + 700 * k, width - 500, 500 + 700 * k) for k in range(1, 9)]
    block += [(width - 18500 + 3000 * k, 500, width - 18500 + 3000 * k, 6100) for k in range(6)]
    lines = np.array([*ring, *inner, *block], float)
    middle = np.tile((content.seg.reshape(-1, 2).min(0) + content.seg.reshape(-1, 2).max(0)) / 2, 2)
    seg = np.vstack([content.seg - middle + np.tile([width / 2 - 2000, height / 2 + 3000], 2), lines])
    obj = np.concatenate([content.obj, np.full(len(lines), content.obj.max() + 1)])
    return content_of_lines(seg, obj, [])


def test_two_plans_of_one_office_that_share_only_the_frame_are_refused():
    first, second = framed(sample_plan()), framed(two_unit_house())
    found = register(first, second)
    assert not found.comparable and "图框" in found.reason_zh and "frame" in found.reason_en
    same = register(first, first)
    assert same.comparable
    x0, y0, x1, y1 = inside_frame(first)
    assert (x0, y0, x1, y1) == pytest.approx((2500, 500, 41500, 29200))


def test_a_mirror_symmetric_drawing_is_not_called_mirrored_and_a_mirrored_one_is():
    half = [(0, 0, 5000, 0), (5000, 0, 5000, 3000), (5000, 3000, 0, 5200), (1200, 0, 1200, 2100), (2300, 0, 2300, 2100)]
    half += [(1200, 2100, 2300, 2100), (3100, 900, 4300, 900), (4300, 900, 4300, 2200), (4300, 2200, 3100, 2200)]
    one = np.array(half, float)
    front = content_of_lines(np.vstack([one, one * [-1, 1, -1, 1]]), np.arange(2 * len(one)), [])
    found = register(front, laid(front, 0.0))
    assert found.comparable and not found.mirrored
    for degrees in (90.0, 90.0 + 1e-3):
        assert not register(front, laid(front, degrees)).mirrored
    plain = sample_plan()
    new, truth = disturbed(plain, Condition("mirrored", mirrored=True), np.random.default_rng(5))
    found = register(plain, new)
    assert found.comparable and found.mirrored and off(plain, found, truth) < 1e-6


@pytest.mark.parametrize("mirrored", [False, True])
def test_turned_anyhow_what_fits_its_mirror_image_as_well_is_refused(mirrored):
    half = [(0, 0, 5000, 0), (5000, 0, 5000, 3000), (5000, 3000, 0, 5200), (1200, 0, 1200, 2100), (2300, 0, 2300, 2100)]
    half += [(1200, 2100, 2300, 2100), (3100, 900, 4300, 900), (4300, 900, 4300, 2200), (4300, 2200, 3100, 2200)]
    one = np.array(half, float)
    front = content_of_lines(np.vstack([one, one * [-1, 1, -1, 1]]), np.arange(2 * len(one)), [])
    found = register(front, laid(front, 37.0, mirrored))
    assert not found.comparable and "mirrored and not mirrored" in found.reason_en


def test_many_equal_texts_carry_a_sheet_whose_other_side_is_full_of_hatching():
    plain = two_unit_house()
    names = [(f"R{k:02d}", 700.0 * (k % 25), 1500.0 + 3000.0 * (k // 25), 200.0) for k in range(50)]
    rng = np.random.default_rng(8)
    start = rng.uniform([0, 0], [19200, 8100], (6000, 2))
    dots = np.hstack([start, start + rng.uniform(-500, 500, start.shape)])
    old = content_of_lines(plain.seg, plain.obj, names)
    seg, obj = np.vstack([plain.seg, dots]), np.concatenate([plain.obj, plain.obj.max() + 1 + np.arange(len(dots))])
    new = laid(content_of_lines(seg, obj, names), 0.0)
    found = register(old, new)
    assert 0.1 < found.confidence < 0.28 and found.comparable and "equal texts" in found.reason_en
    assert not register(without_texts(old), without_texts(new)).comparable


@pytest.mark.parametrize("seed", range(4))
def test_frame_crop_and_forty_percent_other_content_leave_vectors_right_to_a_fiftieth_of_a_millimetre(seed):
    plain = sample_plan()
    condition = Condition("all at once", 0.3, frame=bool(seed % 2), crop=None if seed % 2 else (0.25, 0.35))
    new, truth = disturbed(plain, condition, np.random.default_rng(seed))
    found = register(plain, new)
    assert found.comparable
    assert off(plain, found, truth) * plain.diagonal < 0.02


def test_the_scale_of_a_fit_cannot_collapse_and_one_sided_coverage_counts_for_nothing():
    """Everything shrunk onto one line is covered fully one way; symmetric coverage sees through it."""
    plain = sample_plan(labels=False)
    fitter = Fitter(plain, plain)
    point = np.array([[1e-6, 0.0, 9000.0], [0.0, 1e-6, 12000.0]])
    there, _ = fitter.covered(point)
    assert there.mean() > 0.3 and fitter.score(point) < 0.1
    for scale in (0.8, 1.25):
        bent = np.array([[scale, 0.0, 10.0], [0.0, scale, 10.0]])
        assert 0.97 < scale_of(fitter.refine(bent)) / scale < 1.03


@pytest.mark.parametrize("unit", [1.0, 25.4, 1 / 25.4, 1e-3, 304.8])
def test_a_unit_the_file_states_wrongly_changes_nothing(unit):
    """A drawing in inches that says millimetres (and the reverse) registers with its nominal ratio, exactly."""
    plain = sample_plan()
    seg = plain.seg * unit
    labels = [
        (t, x * unit, y * unit, 300.0 * unit) for t, (x, y) in zip(plain.texts.string, plain.texts.origin, strict=True)
    ]
    found = register(plain, content_of_lines(seg, plain.obj, labels))
    assert found.comparable and scale_of(found.transform) == pytest.approx(unit, rel=1e-12)


def test_points_may_mirror_and_are_not_left_by_the_fit():
    plain = without_texts(two_unit_house())
    new, truth = disturbed(plain, Condition("mirrored", mirrored=True), np.random.default_rng(6))
    given = np.array([[0.0, 0.0], [19200.0, 0.0], [0.0, 8100.0]])
    pairs = np.stack([given, map_points(truth, given)], 1)
    found = register(plain, new, pairs.tolist())
    assert found.comparable and found.mirrored and found.method == "points" and off(plain, found, truth) < 1e-6
    assert "人工" in found.reason_zh
    two = register(plain, new, pairs[:2].tolist())
    assert np.abs(map_points(two.transform, given[:2]) - pairs[:2, 1]).max() < 1e-2 * new.diagonal
    far = np.array([[[0.0, 0.0], [50.0, 60.0]], [[19200.0, 0.0], [7050.0, 60.0]]])
    kept = register(plain, plain, far.tolist())
    assert np.abs(map_points(kept.transform, far[:, 0]) - far[:, 1]).max() < 1e-2 * plain.diagonal


@pytest.mark.parametrize("make", [two_unit_house, column_grid])
@pytest.mark.parametrize("more", [{"frame": True}, {"crop": (0.25, 0.35)}])
def test_a_few_texts_of_a_hard_pair_decide_between_equal_places(make, more):
    content = make()
    new, truth = disturbed(content, Condition("hard", 0.4, **more), np.random.default_rng(7))
    found = register(content, new)
    assert found.comparable and off(content, found, truth) < 1e-6


def test_a_nearly_mirror_symmetric_plan_at_an_odd_angle_is_not_taken_for_its_mirror_image():
    """The rival is mirrored on the plan's own axis, wherever that lies on the sheet."""
    half = np.array([(0, 0, 6000, 0), (6000, 0, 6000, 8000), (6000, 8000, 0, 8000), (2100, 0, 2100, 3500)], float)
    half = np.vstack([half, [(3300, 5200, 6000, 5200), (1500, 5200, 1500, 8000), (4100, 1200, 5200, 1200)]])
    seg = np.vstack([half, half * [-1, 1, -1, 1], [(-900, 3000, 400, 4100)]])
    plain = content_of_lines(seg, np.arange(len(seg)), [])
    for seed in range(3):
        new, truth = disturbed(plain, Condition("mirrored", mirrored=True), np.random.default_rng(seed))
        found = register(plain, new)
        assert not found.comparable or off(plain, found, truth) < 1e-6
