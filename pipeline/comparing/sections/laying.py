"""Lay a storey onto a drawing: at which height the plan was cut, and how the two lie on one another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.comparing.content import Content, content_of
from pipeline.comparing.patterns import to_align
from pipeline.comparing.registration import LEAST_MARGIN, Registration, register
from pipeline.comparing.sections.plan import OPENINGS, Model, StoreyPlan
from pipeline.comparing.segments import SegmentIndex, lengths, map_segments, scale_of
from pipeline.drawing.kinds import Format, SpaceKind
from pipeline.drawing.model import Drawing, Sheet
from pipeline.drawing.tables import F64

FITS = 0.93  # share of the cut that lies on the drawing; above it no other height is looked for
ENOUGH = 0.6  # share of the cut found, from which no other view of the storey is tried
LEAST_LINES = 3
LEAST_FOUND = 0.7
LEAST_OVER_CHANCE = 0.4
BETTER = 0.05  # of the cut, by which another height must fit better


@dataclass(slots=True)
class LaidStorey:
    """A storey laid onto a drawing."""

    plan: StoreyPlan
    drawn: Content
    registration: Registration
    model: Drawing
    sheet: Sheet
    found: float  # share of the cut that lies on the drawing


def is_section_pair(old: Drawing, old_sheet: Sheet, new: Drawing, new_sheet: Sheet) -> bool:
    """Whether the old side is a storey of a model and the new one a drawing (pairs are computed in this direction)."""
    return _is_storey(old, old_sheet) and not _is_storey(new, new_sheet)


def _is_storey(drawing: Drawing, sheet: Sheet) -> bool:
    return drawing.format == Format.IFC and drawing.spaces[sheet.space].kind == SpaceKind.STOREY


def lay(
    old: Drawing,
    old_sheet: Sheet,
    new: Drawing,
    new_sheet: Sheet,
    points: list[list[list[float]]] | None = None,
    other_heights: bool = True,
    known: Registration | None = None,
) -> LaidStorey:
    """Register a storey and a drawing, trying other heights of the cut where the usual one does not fit.

    Args:
        old: a model.
        old_sheet: one of its storeys.
        new: a drawing.
        new_sheet: its sheet.
        points: two or more point pairs in working millimetres (old, new) given by a person.
        other_heights: whether to look for another height of the cut at all.
        known: how another storey of the model lies on the drawing; this one then lies alike.
    """
    layer = _Layer(old, old_sheet, new, new_sheet, points)
    best = layer.lay(layer.storey.plan(), known)
    if layer.storey.twins:  # storeys at one height are often drawn as one plan
        plan = layer.storey.plan(best.plan.level_mm, whole_level=True)
        together = layer.lay(plan, best.registration if best.registration.comparable else None)
        if _rank(together) > _rank(best):
            best = together
    if not other_heights or (best.registration.comparable and best.found >= FITS):
        return best
    return layer.other_heights(best)


class _Layer:
    """Lays cuts of one storey on one drawing."""

    def __init__(
        self, old: Drawing, old_sheet: Sheet, new: Drawing, new_sheet: Sheet, points: list[list[list[float]]] | None
    ) -> None:
        self.model, self.sheet = old, old_sheet
        self.drawn = content_of(new, new_sheet)
        self.storey = Model(self.model, self.sheet)
        self.index = SegmentIndex(self.drawn.seg, max(self.drawn.diagonal / 3000, 1e-9))
        self.points = points

    def lay(self, plan: StoreyPlan, alike: Registration | None = None) -> LaidStorey:
        """Lay a cut on the drawing: as `alike` says, or as the cut or the view from it fit best."""
        if alike is not None:
            share = found_share(plan.cut, self.drawn, self.index, alike)
            return LaidStorey(plan, self.drawn, alike, self.model, self.sheet, share)
        best: LaidStorey | None = None
        for content in self.storey.looked_at(plan):
            found = self.lay(plan, register(content, to_align(self.drawn), self.points))
            _accept(found, self.index)
            if best is None or _rank(found) > _rank(best):
                best = found
            if best.found >= ENOUGH and best.registration.comparable:
                break
        assert best is not None
        return best

    def _openings(self, plan: StoreyPlan) -> int:
        """Number of doors and windows that are cut."""
        kinds = [
            self.model.elements.ifc_class[row] for row in np.unique(plan.element[np.unique(plan.cut.obj)]).tolist()
        ]
        return sum(kind.startswith(OPENINGS) for kind in kinds)

    def other_heights(self, best: LaidStorey) -> LaidStorey:
        """The cut at the height that fits the drawing best."""
        for level in self.storey.levels():
            if abs(level - best.plan.level_mm) < 1.0:
                continue
            other = self.storey.plan(level)
            if len(other.cut.seg) < LEAST_LINES:
                continue
            if self._openings(other) < self._openings(best.plan):
                continue  # nobody cuts a plan above or below the doors and windows
            tried = self.lay(other, best.registration if best.registration.comparable else None)
            if _rank(tried) > _rank(best) + BETTER * float(lengths(other.cut.seg).sum()):
                best = tried
            if best.found >= FITS:
                break
        if not best.plan.default:  # the better cut may lie better
            again = self.lay(best.plan)
            if _rank(again) > _rank(best):
                best = again
        return best


def found_share(cut: Content, drawn: Content, index: SegmentIndex, registration: Registration) -> float:
    """Share (0..1, by length) of the cut that lies on lines of the drawing."""
    if not len(cut.seg):
        return 0.0
    to_drawn = registration.transform
    reach = _reach(cut, drawn, to_drawn)
    return index.covered_share(map_segments(to_drawn, cut.seg), reach, 20 * reach, most=100)


def _reach(cut: Content, drawn: Content, to_drawn: F64) -> float:
    return max(2 * cut.tolerance_mm * scale_of(to_drawn), 2 * drawn.tolerance_mm)


def _accept(laid: LaidStorey, index: SegmentIndex) -> None:
    """Take a registration that the drawing's other content made weak, when the cut itself lies on the drawing.

    A dense drawing covers anything: what it covers of the cut shifted aside is taken off.
    """
    one = laid.registration
    if one.comparable or one.margin < LEAST_MARGIN or laid.found < LEAST_FOUND:
        return
    to_drawn = one.transform
    placed = map_segments(to_drawn, laid.plan.cut.seg)
    reach = _reach(laid.plan.cut, laid.drawn, to_drawn)
    by_chance = 0.0
    for angle in np.arange(8) * np.pi / 4 + 0.3:
        shift = 0.03 * laid.drawn.diagonal * np.array([np.cos(angle), np.sin(angle)])
        by_chance = max(by_chance, index.covered_share(placed + np.tile(shift, 2), reach, 20 * reach, most=100))
    if laid.found - by_chance >= LEAST_OVER_CHANCE:
        one.comparable, one.confidence = True, laid.found - by_chance
        one.reason_zh = one.reason_en = ""


def _rank(laid: LaidStorey) -> float:
    """Length of the cut that the drawing has less that which it lacks, mm."""
    total = float(lengths(laid.plan.cut.seg).sum())
    return total * (2 * laid.found - 1) if laid.registration.comparable else -np.inf
