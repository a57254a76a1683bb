"""What of a storey's cut the drawing lacks, and what of the drawing nothing of the model explains."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.comparing.boxes import extent
from pipeline.comparing.linework import Measures
from pipeline.comparing.matching import Side, match, uncovered_runs
from pipeline.comparing.objects import group_pieces
from pipeline.comparing.sections.laying import LaidStorey
from pipeline.comparing.segments import SegmentIndex, directions, lengths, map_segments, sample
from pipeline.drawing.tables import F64

ODD_SHARE = 0.2  # of a thing's lines that nothing of the model explains: then none of its lines is explained
LARGEST_THING_MM = 6000.0
NEIGHBOURS = 24


def sides_of(laid: LaidStorey, measures: Measures) -> tuple[Side, Side]:
    """(model, drawing) with their free pieces, in new working mm.

    A line of the drawing that some other edge of the storey lies on (seen below, hidden above, cut at another
    height) is explained, unless it is part of a thing that has lines of its own: an edge lies under it by chance.
    """
    transform, plan = laid.registration.transform, laid.plan
    model, drawn = match(plan.cut, map_segments(transform, plan.cut.seg), laid.drawn, measures.tolerance)
    outlines = map_segments(transform, plan.outlines)
    drawn.free, drawn.free_parent = _unexplained(drawn, outlines, measures.tolerance)
    shown = map_segments(transform, plan.shown.seg)
    pieces, parents = _unexplained(drawn, shown, measures.tolerance)
    explained = replace(drawn, free=pieces, free_parent=parents)
    _keep_whole(explained, drawn, measures)
    return model, explained


def _unexplained(drawn: Side, shown: F64, tolerance: float) -> tuple[F64, np.ndarray]:
    """Pieces of the free pieces of the drawing that lie on no line the storey could show, with their parents."""
    if not len(drawn.free) or not len(shown):
        return drawn.free, drawn.free_parent
    reach = 10 * tolerance + lengths(drawn.free).max()
    low, high = drawn.free.reshape(-1, 2).min(0) - reach, drawn.free.reshape(-1, 2).max(0) + reach
    points = shown.reshape(-1, 2, 2)
    near = ((points.max(1) >= low) & (points.min(1) <= high)).all(1)
    index = SegmentIndex(shown[near], 20 * tolerance)
    points, row = sample(drawn.free, max(4 * tolerance, 1e-9), most=1500)
    covered = np.any(index.query(points, directions(drawn.free)[row], tolerance, NEIGHBOURS).near, axis=1)
    count = np.bincount(row, minlength=len(drawn.free))
    pieces, rows = uncovered_runs(drawn.free, row, covered, count)
    return pieces, drawn.free_parent[rows]


def _keep_whole(explained: Side, strict: Side, measures: Measures) -> None:
    """Give things back the lines that some edge of the model happens to lie under.

    Args:
        explained: the drawing's side, free of everything the model could show; is filled.
        strict: the same, free only of what the model's cut shows.
        measures: distances.
    """
    count = len(explained.seg)
    odd = np.bincount(explained.free_parent, lengths(explained.free), minlength=count)
    kept, given = np.ones(len(explained.free), bool), []
    for group in group_pieces(strict, measures.gap):
        parents = np.unique(strict.free_parent[group.pieces])
        share = float(odd[parents].sum()) / max(group.length, 1e-9)
        if share >= ODD_SHARE and extent(group.box) * measures.about <= LARGEST_THING_MM:
            kept &= ~np.isin(explained.free_parent, parents)
            given.append(group.pieces)
    if given:
        rows = np.concatenate(given)
        explained.free = np.vstack([explained.free[kept], strict.free[rows]])
        explained.free_parent = np.concatenate([explained.free_parent[kept], strict.free_parent[rows]])
