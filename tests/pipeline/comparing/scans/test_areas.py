"""Broad pens, solid fills and hatch patterns on a scan are no additions."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipeline.comparing.engine import compare_sheets
from pipeline.drawing.kinds import EntityKind
from tests.pipeline.comparing.drawings import drawing, plan
from tests.pipeline.comparing.scans.scan_pages import scan_of

COLUMN = [(7000, 3000), (7900, 3000), (7900, 3900), (7000, 3900), (7000, 3000)]


def test_lines_drawn_with_a_broad_pen_are_the_same_lines(tmp_path: Path) -> None:
    old = drawing(*plan())
    new, pictures = scan_of(tmp_path, *plan(), pens={1: 1.2})  # walls
    result = compare_sheets(old, old.sheets[0], new, new.sheets[0], pictures=pictures)
    assert result.comparable, result.reason_en
    assert result.differences == []


def told_with_area(tmp_path: Path, kind: EntityKind, inside: list) -> list[str]:
    """Kinds of changes where the drawing has an area `kind` and the scan shows `inside` in it."""
    strokes, labels = plan()
    strokes = [*strokes, (COLUMN, 1, -1)]
    old = drawing(strokes, labels)
    table = old.spaces[0].entities
    table.kind[len(strokes) - 1] = kind
    table.color[len(strokes) - 1] = 0x000000FF
    new, pictures = scan_of(tmp_path, [*strokes, *inside], labels)
    result = compare_sheets(old, old.sheets[0], new, new.sheets[0], pictures=pictures)
    assert result.comparable, result.reason_en
    return [one.kind for one in result.differences]


def lines_inside(step: float) -> list:
    return [([(x, 3030), (x, 3870)], 1, -1) for x in np.arange(7100, 7850, step)]


def test_a_filled_column_is_no_addition(tmp_path: Path) -> None:
    assert told_with_area(tmp_path, EntityKind.FILL, lines_inside(20)) == []
    assert told_with_area(tmp_path, EntityKind.POLYLINE, lines_inside(20)) == ["added"]


def test_the_pattern_of_a_hatch_is_no_addition(tmp_path: Path) -> None:
    assert told_with_area(tmp_path, EntityKind.HATCH, lines_inside(150)) == []
