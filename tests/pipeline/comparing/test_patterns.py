"""Hatch patterns that a plot was made without."""

from dataclasses import replace

import numpy as np

from pipeline.comparing.content import content_of
from pipeline.comparing.engine import compare_sheets
from pipeline.comparing.patterns import to_align
from pipeline.drawing.kinds import EntityKind, Format, SpaceKind
from tests.pipeline.comparing.drawings import drawing, plan

OUTLINE = ([(10000, 6000), (13000, 6000), (13000, 8000), (10000, 8000), (10000, 6000)], 1, -1)


def lines(count=12):
    return [([(10000 + 250 * k, 6000), (10000 + 250 * k, 8000)], 1, -1) for k in range(count)]


def hatched(count=12, moved=0.0):
    """A plan with one hatch as the DXF reader gives it: the boundary, then all pattern lines in one row."""
    strokes, labels = plan()
    outline = ([(x + moved, y) for x, y in OUTLINE[0]], 1, -1)
    pattern = [([(x + moved, y) for x, y in p], k, i) for p, k, i in lines(count)]
    result = drawing([*strokes, outline, *pattern], labels)
    table = result.spaces[0].entities
    first = len(strokes)
    keep = np.ones(len(table.kind), bool)
    keep[first + 2 : first + 1 + count] = False
    table.kind[first], table.kind[first + 1] = EntityKind.HATCH, EntityKind.PATH
    table.part_count[first + 1] = count
    for name in ("kind", "layer", "color", "width_mm", "dashed", "source", "insert", "element"):
        setattr(table, name, getattr(table, name)[keep])
    table.part_first, table.part_count = table.part_first[keep], table.part_count[keep]
    result.spaces[0].texts.entity = result.spaces[0].texts.entity - (count - 1)
    result.sheets[0].entities = np.arange(len(table.kind), dtype=np.int32)
    return result


def plot(with_pattern, outline=True):
    strokes, labels = plan()
    more = ([OUTLINE] if outline else []) + (lines() if with_pattern else [])
    scale = (0.01, 0, 0, 0.01, 20, 30)
    return drawing(strokes + more, labels, matrix=scale, kind=SpaceKind.PAGE, fmt=Format.PDF, scale=100)


def compare(old, new):
    return compare_sheets(old, old.sheets[0], new, new.sheets[0])


def test_a_plot_without_hatch_patterns_has_no_differences_and_the_result_says_so():
    result = compare(hatched(), plot(with_pattern=False))
    assert result.differences == []
    assert any("填充图案" in note["zh"] and "12" in note["en"] for note in result.notes)


def test_a_plot_with_the_pattern_is_compared_with_it():
    result = compare(hatched(), plot(with_pattern=True))
    assert result.differences == [] and not any("填充图案" in note["zh"] for note in result.notes)


def test_a_hatch_that_went_is_told_though_patterns_are_not_plotted():
    result = compare(hatched(), plot(with_pattern=False, outline=False))
    assert [d.kind for d in result.differences] == ["removed"]


def test_between_drawings_that_know_hatches_a_pattern_that_went_is_a_change():
    strokes, labels = plan()
    result = compare(hatched(), drawing([*strokes, OUTLINE], labels))
    assert [d.kind for d in result.differences] == ["removed"]


def test_a_sheet_full_of_hatches_is_aligned_by_its_other_lines():
    content = content_of(hatched(), hatched().sheets[0])
    assert content.pattern.sum() == 12
    assert to_align(content) is content
    crowded = replace(content, seg=np.vstack([content.seg, *[content.seg[content.pattern]] * 8]))
    crowded.pattern = np.concatenate([content.pattern, np.ones(96, bool)])
    for name in ("obj", "layer", "curved"):
        setattr(crowded, name, np.resize(getattr(content, name), len(crowded.seg)))
    assert not to_align(crowded).pattern.any()
