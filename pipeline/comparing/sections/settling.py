"""Settle a storey on a drawing by the carriers of its lines, and look for other places where it lies as well.

A fit of points to the nearest lines stays where many lines lie close together (frames of windows, layers of walls).
The cut itself is exact: how far its lines are turned, how much longer the drawing's are and how far they lie aside is
each asked of all pairs of parallel lines side by side, and the value most of the length agrees on is taken.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.comparing.boxes import corners
from pipeline.comparing.candidates import rival_candidates
from pipeline.comparing.content import Content
from pipeline.comparing.fitting import STAGES, Fitter, longest
from pipeline.comparing.segments import (
    SegmentIndex,
    chain,
    directions,
    lengths,
    map_points,
    map_segments,
    merge_collinear,
    midpoints,
    scale_of,
)
from pipeline.drawing.tables import F64

MOST_CUT, MOST_DRAWN = 600, 2500  # longest lines of each side that are paired
ASIDE = 1e-2  # of the diagonal, by which a line may lie off before it is settled
TURNED = 1e-2  # radians, likewise
TURN_WINDOW = 1e-4  # radians within which turns agree
SCALE_WINDOW = 2e-4
LEAST_ACROSS = 0.3  # sine of the angle between the two directions that a shift is asked of
CHANCE_SHIFT = 0.03  # of the diagonal
SHARP = 4.0  # part of the reach within which exact lines lie
LEAST_SHARP = 0.3  # share of the cut that must lie exactly on the drawing once settled
BOTTOM = STAGES[3:]  # what is left to fit once most lines lie on one another


@dataclass(slots=True)
class Ground:
    """A drawing on which cuts are laid."""

    drawn: Content
    index: SegmentIndex
    merged: F64  # its lines with their collinear pieces joined

    @classmethod
    def of(cls, drawn: Content) -> Ground:
        """Index a drawing."""
        index = SegmentIndex(drawn.seg, max(drawn.diagonal / 3000, 1e-9))
        return cls(drawn, index, _carriers(drawn))

    def reach(self, cut: Content, transform: F64) -> float:
        """How far a line of the cut may lie off a line of the drawing, new working mm."""
        return max(2 * cut.tolerance_mm * scale_of(transform), 2 * self.drawn.tolerance_mm)

    def found(self, cut: Content, transform: F64, sharper: float = 1.0) -> float:
        """Share (0..1, by length) of the cut that lies on lines of the drawing.

        Args:
            cut: what must be on the drawing.
            transform: 2×3, old to new working mm.
            sharper: the reach is divided by it.
        """
        if not len(cut.seg):
            return 0.0
        reach = self.reach(cut, transform)
        return self.index.covered_share(map_segments(transform, cut.seg), reach / sharper, 20 * reach, most=100)

    def by_chance(self, cut: Content, transform: F64) -> float:
        """The largest share of the cut that the drawing has of it shifted aside: dense drawings cover anything."""
        shares = []
        for angle in np.arange(8) * np.pi / 4 + 0.3:
            step = CHANCE_SHIFT * self.drawn.diagonal * np.array([np.cos(angle), np.sin(angle)])
            shares.append(self.found(cut, transform + np.column_stack([np.zeros((2, 2)), step])))
        return max(shares)

    def settled(self, cut: Content, transform: F64) -> F64:
        """The transform, corrected where lines of the cut then lie more exactly on the drawing.

        Args:
            cut: what must be on the drawing.
            transform: 2×3, old to new working mm, right to about a hundredth of the drawing.
        """
        if len(cut.seg) < 3 or len(self.drawn.seg) < 3:
            return transform
        best, share = transform, max(self.found(cut, transform, SHARP), LEAST_SHARP)
        fitter = Fitter(cut, self.drawn)
        voted = self._by_carriers(cut, _carriers(cut), transform)
        for start in (transform, voted):
            placed = fitter.polish(fitter.snap(fitter.refine(start, BOTTOM)))
            for tried in (start, placed):
                own = self.found(cut, tried, SHARP)
                if own > share + 1e-3:
                    best, share = tried, own
        return best

    def margin(self, cut: Content, transform: F64, apart: float) -> float:
        """By how much more of the cut lies on the drawing here than anywhere else it was looked for (-1..1).

        Args:
            cut: what must be on the drawing.
            transform: 2×3, old to new working mm.
            apart: distance of a clearly different place, new working mm.
        """
        lines, outer = _carriers(cut), corners(cut.box)
        here, best = map_points(transform, outer), 0.0
        for other in rival_candidates(lines, self.merged, transform, apart):
            if self.found(cut, other, 0.25) < best:
                continue
            placed = self._by_carriers(cut, lines, other)
            if np.abs(map_points(placed, outer) - here).max() > apart:
                best = max(best, self.found(cut, placed))
        return self.found(cut, transform) - best

    def _by_carriers(self, cut: Content, lines: F64, transform: F64) -> F64:
        """Turn, scale and shift on which most of the length of the paired lines (those of the cut, joined) agrees."""
        if not len(lines) or not len(self.merged):
            return transform
        one, two = longest(lines, MOST_CUT), longest(self.merged, MOST_DRAWN)
        centre = map_points(transform, one.reshape(-1, 2).mean(0)[None])[0]
        aside = ASIDE * self.drawn.diagonal
        pairs = _Pairs(map_segments(transform, one), two, aside)
        turn = _agreed(pairs.turn, pairs.weight, TURN_WINDOW)
        ratio = _agreed(pairs.ratio, pairs.weight, SCALE_WINDOW)
        cosine, sine = np.exp(ratio) * np.cos(turn), np.exp(ratio) * np.sin(turn)
        linear = np.array([[cosine, -sine], [sine, cosine]])
        transform = chain(np.column_stack([linear, centre - linear @ centre]), transform)
        pairs = _Pairs(map_segments(transform, one), two, aside)
        return transform + np.column_stack([np.zeros((2, 2)), pairs.shift(self.reach(cut, transform))])


def _carriers(content: Content) -> F64:
    """Its lines with their collinear pieces joined."""
    return merge_collinear(content.seg, max(content.tolerance_mm, 1e-5 * content.diagonal))


class _Pairs:
    """Pairs of nearly parallel lines that lie side by side."""

    def __init__(self, one: F64, two: F64, aside: float) -> None:
        unit, other = directions(one), directions(two)
        sine = unit[:, None, 0] * other[None, :, 1] - unit[:, None, 1] * other[None, :, 0]
        apart = midpoints(two)[None] - midpoints(one)[:, None]
        along = np.abs((apart * unit[:, None]).sum(-1))
        off = apart[..., 1] * unit[:, None, 0] - apart[..., 0] * unit[:, None, 1]
        size, sizes = lengths(one)[:, None], lengths(two)[None]
        overlap = np.minimum((size + sizes) / 2 - along, np.minimum(size, sizes))
        self.i, self.j = np.nonzero((np.abs(sine) < TURNED) & (np.abs(off) < aside) & (overlap > 0))
        self.weight = overlap[self.i, self.j]
        sign = np.sign((unit[self.i] * other[self.j]).sum(1))
        self.turn = sine[self.i, self.j] * sign
        self.ratio = np.log(lengths(two)[self.j] / lengths(one)[self.i])
        near = np.abs(self.ratio) < TURNED
        self.ratio = np.where(near, self.ratio, np.inf)
        self.normal = np.stack([-unit[self.i, 1], unit[self.i, 0]], 1)
        self.off = off[self.i, self.j]

    def shift(self, window: float) -> F64:
        """(2,) shift on which most of the length of two crossing directions agrees; zero without any."""
        if not len(self.i):
            return np.zeros(2)
        first = self.normal[np.bincount(self.i, self.weight)[self.i].argmax()]
        rows, sides = [], []
        across = np.abs(self.normal[:, 0] * first[1] - self.normal[:, 1] * first[0])
        for chosen in (across < TURNED, across > LEAST_ACROSS):
            if not chosen.any():
                continue
            weight = np.where(chosen, self.weight, 0.0)
            main = self.normal[np.bincount(self.i, weight)[self.i].argmax()]
            parallel = np.abs(self.normal[:, 0] * main[1] - self.normal[:, 1] * main[0]) < TURNED
            sign = np.sign(self.normal[parallel] @ main)
            rows.append(main)
            sides.append(_agreed(self.off[parallel] * sign, self.weight[parallel], window))
        return np.asarray(np.linalg.lstsq(np.array(rows), np.array(sides), rcond=None)[0])


def _agreed(values: F64, weight: F64, window: float) -> float:
    """Weighted mean of the values in the heaviest window, 0 without any; equal windows are told by nearness to 0."""
    known = np.isfinite(values)
    values, weight = values[known], weight[known]
    if not len(values):
        return 0.0
    order = np.argsort(values, kind="stable")
    values, total = values[order], np.concatenate([[0.0], np.cumsum(weight[order])])
    last = np.searchsorted(values, values + window, side="right")
    heavy = total[last] - total[:-1]
    start = int((heavy - 1e-9 * heavy.max() * np.abs(values)).argmax())
    inside = slice(start, int(last[start]))
    return float(np.average(values[inside], weights=weight[order][inside]))
