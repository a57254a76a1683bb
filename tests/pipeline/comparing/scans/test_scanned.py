"""A vector drawing against scans made in the test: what changed is told, what is the same is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.comparing.comparison import SheetComparison
from pipeline.comparing.engine import compare_sheets
from pipeline.comparing.segments import map_points
from tests.pipeline.comparing.drawings import drawing, plan, shifted
from tests.pipeline.comparing.scans.scan_pages import scan_of


def compared(tmp_path: Path, strokes: list, labels: list, **more) -> SheetComparison:
    """The plan as a DXF against a scan of `strokes`."""
    old = drawing(*plan())
    points = more.pop("points", None)
    new, pictures = scan_of(tmp_path, strokes, labels, **more)
    return compare_sheets(old, old.sheets[0], new, new.sheets[0], points, pictures=pictures)


def told(result: SheetComparison) -> list[tuple[str, str]]:
    return sorted((one.kind, one.cls) for one in result.differences)


@pytest.mark.parametrize("skew", [-0.6, 0.0, 0.4, 90.3, 180.2])
def test_the_same_drawing_scanned_is_silent(tmp_path: Path, skew: float) -> None:
    at = {90.3: (280.0, 60.0), 180.2: (300.0, 220.0)}.get(skew, (95.0, 70.0))
    result = compared(tmp_path, *plan(), skew=skew, at=at)
    assert result.comparable, result.reason_en
    assert told(result) == []
    assert result.notes, "it is said that one side is a scan"


def test_registration_is_right_to_a_tenth_of_a_millimetre_on_paper(tmp_path: Path) -> None:
    result = compared(tmp_path, *plan(), skew=0.4, scale=100.0, at=(95.0, 70.0))
    corners = np.array([[0.0, 0], [18000, 0], [18000, 12000], [0, 12000]])
    c, s = np.cos(np.radians(0.4)) / 100, np.sin(np.radians(0.4)) / 100
    wanted = corners @ np.array([[c, s], [-s, c]]) + (95.0, 70.0)
    assert np.abs(map_points(np.asarray(result.transform), corners) - wanted).max() < 0.1


def test_lines_that_lie_beside_their_ink_are_laid_without_confidence_and_it_is_said(tmp_path: Path) -> None:
    strokes, labels = plan()
    beside = [
        ([(x + (30 if j % 2 else -30), y + (30 if at % 4 < 2 else -30)) for j, (x, y) in enumerate(points)], *look)
        for at, (points, *look) in enumerate(strokes)
    ]
    beside.append(([(15000, 1000), (17000, 1000), (17000, 3500)], 1, -1))
    result = compared(tmp_path, beside, labels)
    assert result.comparable, result.reason_en
    assert result.confidence <= 0.5
    assert any("may be laid a little aside" in note["en"] for note in result.notes)
    assert result.differences
    assert all(change.certainty <= 0.5 for change in result.differences)


def test_a_moved_door_is_told_with_its_way(tmp_path: Path) -> None:
    strokes, labels = plan()
    result = compared(tmp_path, shifted(strokes, 1, 700, 0), labels)
    assert told(result) == [("moved", "geometry")]
    (change,) = result.differences
    assert change.delta is not None
    assert np.hypot(*change.delta) == pytest.approx(700, abs=10)
    assert change.certainty < 0.9


def test_removed_and_added_things_are_told(tmp_path: Path) -> None:
    strokes, labels = plan()
    gone = [one for one in strokes if one[2] != 3]
    result = compared(tmp_path, [*gone, ([(15000, 1000), (17000, 1000), (17000, 3500)], 1, -1)], labels)
    assert told(result) == [("added", "geometry"), ("removed", "geometry")]
    added = next(one for one in result.differences if one.kind == "added")
    assert added.box_old == pytest.approx((15000, 1000, 17000, 3500), abs=120)


def test_of_two_equal_things_gone_the_nearer_one_moved(tmp_path: Path) -> None:
    strokes, labels = plan()
    chairs = [([(x, 9000), (x + 600, 9000), (x + 600, 9700), (x, 9900), (x, 9000)], 1, -1) for x in (1000, 2000)]
    moved = ([(x + 0, y - 900) for x, y in chairs[1][0]], 1, -1)
    old = drawing([*strokes, *chairs], labels)
    new, pictures = scan_of(tmp_path, [*strokes, moved], labels)
    result = compare_sheets(old, old.sheets[0], new, new.sheets[0], pictures=pictures)
    assert told(result) == [("moved", "geometry"), ("removed", "geometry")]
    move = next(one for one in result.differences if one.kind == "moved")
    assert np.hypot(*move.delta) == pytest.approx(900, abs=10)
    assert move.certainty <= 0.6, "the other one may be it"


def test_a_line_taken_away_between_others_was_not_turned(tmp_path: Path) -> None:
    strokes, labels = plan()
    grid = [([(13000 + 500 * k, 7000), (13000 + 500 * k, 11000)], 1, -1) for k in range(9)]
    grid += [([(13000, 7000 + 500 * k), (17000, 7000 + 500 * k)], 1, -1) for k in range(9)]
    old = drawing([*strokes, *grid], labels)
    new, pictures = scan_of(tmp_path, [*strokes, *(one for k, one in enumerate(grid) if k != 12)], labels)
    result = compare_sheets(old, old.sheets[0], new, new.sheets[0], pictures=pictures)
    assert told(result) == [("removed", "geometry")]


def test_hairlines_too_light_for_a_fixed_threshold_move_as_a_whole(tmp_path: Path) -> None:
    strokes, labels = plan()
    result = compared(tmp_path, shifted(strokes, 1, 700, 0), labels, ink=0, pen_mm=0.1)
    assert told(result) == [("moved", "geometry")]


def test_a_thing_added_at_the_end_of_a_text_is_told(tmp_path: Path) -> None:
    strokes, labels = plan()
    labels = [*labels, ("STORE ROOM", 7000, 10300, 300)]
    thing = ([(10600, 10200), (12400, 10200), (12400, 10460), (10600, 10460), (10600, 10200)], 1, -1)
    old = drawing(strokes, labels)
    new, pictures = scan_of(tmp_path, [*strokes, thing], labels)
    result = compare_sheets(old, old.sheets[0], new, new.sheets[0], pictures=pictures)
    assert told(result) == [("added", "geometry")]


def test_a_small_drawing_on_a_large_sheet_with_long_new_lines_is_found(tmp_path: Path) -> None:
    strokes, labels = plan()
    new = [([(26000, 3000), (66000, 3000)], 1, -1), ([(30000, -2000), (30000, 38000)], 1, -1)]
    result = compared(tmp_path, [*strokes, *new], labels, scale=200.0, at=(20.0, 60.0))
    assert result.comparable, result.reason_en
    assert told(result) == [("added", "geometry")]


def test_a_new_line_across_many_others_is_told_once(tmp_path: Path) -> None:
    strokes, labels = plan()
    bands = [([(-1000, y), (19000, y)], 1, -1) for y in (1000, 1500, 2000, 3600, 4100, 4600)]
    old = drawing([*strokes, *bands], labels)
    new, pictures = scan_of(tmp_path, [*strokes, *bands, ([(16700, -900), (16700, 4900)], 1, -1)], labels)
    result = compare_sheets(old, old.sheets[0], new, new.sheets[0], pictures=pictures)
    assert told(result) == [("added", "geometry")]


def test_the_other_direction_is_the_inverse(tmp_path: Path) -> None:
    strokes, labels = plan()
    old = drawing(strokes, labels)
    new, pictures = scan_of(tmp_path, [one for one in strokes if one[2] != 3], labels)
    there = compare_sheets(old, old.sheets[0], new, new.sheets[0], pictures=pictures)
    back = compare_sheets(new, new.sheets[0], old, old.sheets[0], pictures=pictures)
    assert told(there) == [("removed", "geometry")]
    assert told(back) == [("added", "geometry")]
    assert [one.key for one in back.invert().differences] == [one.key for one in there.differences]


def test_another_drawing_is_refused(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    other = [([(x, y), (x + w, y + h)], 1, -1) for x, y, w, h in rng.uniform(0, 12000, (60, 4)) * (1, 1, 0.3, 0.3)]
    result = compared(tmp_path, other, [])
    assert not result.comparable
    assert result.differences == []
    assert "two" in result.reason_en
    assert "两个对应点" in result.reason_zh


def test_a_scan_without_contrast_is_refused(tmp_path: Path) -> None:
    result = compared(tmp_path, *plan(), ink=225, noise=12.0)
    assert not result.comparable
    assert "200 dpi" in result.reason_en


def test_a_coarse_scan_is_refused_and_compared_where_a_person_gives_two_points(tmp_path: Path) -> None:
    assert "too coarse" in compared(tmp_path, *plan(), dpi=90).reason_en
    old = drawing(*plan())
    new, pictures = scan_of(tmp_path, *plan(), dpi=90, skew=0.0)
    height = new.sheets[0].size_mm[1]
    assert height == pytest.approx(297, abs=0.1)
    points = [[[0.0, 0.0], [95.0, 70.0]], [[18000.0, 12000.0], [275.0, 190.0]]]
    result = compare_sheets(old, old.sheets[0], new, new.sheets[0], points, pictures=pictures)
    assert result.comparable
    assert result.method == "points"


def test_without_pixels_nothing_is_compared_and_it_says_so(tmp_path: Path) -> None:
    old = drawing(*plan())
    new, _ = scan_of(tmp_path, *plan())
    result = compare_sheets(old, old.sheets[0], new, new.sheets[0])
    assert not result.comparable
    assert "not at hand" in result.reason_en


def test_two_scans_of_one_sheet_are_silent_and_changes_between_two_are_told(tmp_path: Path) -> None:
    strokes, labels = plan()
    old, pictures = scan_of(tmp_path, strokes, labels, skew=-0.3, at=(90.0, 75.0), name="old.pdf")
    again, more = scan_of(tmp_path, strokes, labels, name="again.pdf")
    silent = compare_sheets(old, old.sheets[0], again, again.sheets[0], pictures={**pictures, **more})
    assert silent.comparable, silent.reason_en
    assert told(silent) == []
    gone = [one for one in shifted(strokes, 1, 700, 0) if one[2] != 3]
    new, more = scan_of(tmp_path, gone, labels, name="new.pdf")
    both = {**pictures, **more}
    there = compare_sheets(old, old.sheets[0], new, new.sheets[0], pictures=both)
    assert told(there) == [("moved", "geometry"), ("removed", "geometry")]
    move = next(one for one in there.differences if one.kind == "moved")
    assert np.hypot(*move.delta) == pytest.approx(7.0, abs=0.15), "on paper: no scan knows its scale"
    assert max(one.certainty for one in there.differences) <= 0.7
    assert any("Both sheets are scans" in note["en"] for note in there.notes)
    back = compare_sheets(new, new.sheets[0], old, old.sheets[0], pictures=both)
    assert [one.key for one in back.invert().differences] == [one.key for one in there.differences]
