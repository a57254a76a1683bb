"""Lay a storey onto a drawing: at which height the plan was cut, and how the two lie on one another."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pipeline.comparing.boxes import extent
from pipeline.comparing.content import Content, content_of
from pipeline.comparing.patterns import to_align
from pipeline.comparing.registration import CLEAR_MARGIN, ELSEWHERE, Registration, register
from pipeline.comparing.registration_words import refuse
from pipeline.comparing.sections.plan import OPENINGS, Model, StoreyPlan
from pipeline.comparing.sections.settling import SHARP, Ground
from pipeline.comparing.segments import box_of, lengths, scale_of
from pipeline.drawing.kinds import Format, SpaceKind
from pipeline.drawing.model import Drawing, Sheet

FITS = 0.93  # share of the cut that lies on the drawing; above it no other height is looked for
ENOUGH = 0.6  # share of the cut found, from which no other view of the storey is tried
LEAST_LINES = 3
LEAST_FOUND = 0.7
EXACT = 0.97  # share of the cut that lies exactly on the drawing, above which nothing is settled
LEAST_OVER_CHANCE = 0.4
SMALLEST = 0.03  # extent of the cut over that of the drawing: less is a storey shrunk onto a few lines, not its plan
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
        self.ground = Ground.of(self.drawn)
        self.points = points
        self.own: dict[tuple[float, bool], LaidStorey] = {}  # cuts registered by themselves, by height

    def lay(self, plan: StoreyPlan, alike: Registration | None = None) -> LaidStorey:
        """Lay a cut on the drawing: as `alike` says, or as the cut or the view from it fit best."""
        if alike is not None:
            return self._laid(plan, replace(alike))
        if (plan.level_mm, bool(plan.together)) in self.own:
            return self.own[plan.level_mm, bool(plan.together)]
        best: LaidStorey | None = None
        for content in self.storey.looked_at(plan):
            found = self._laid(plan, register(content, to_align(self.drawn), self.points))
            self._accept(found)
            if best is None or _rank(found) > _rank(best):
                best = found
            if best.found >= ENOUGH and best.registration.comparable:
                break
        assert best is not None
        self.own[plan.level_mm, bool(plan.together)] = best
        return best

    def _laid(self, plan: StoreyPlan, one: Registration) -> LaidStorey:
        """The storey as registered, settled by the cut unless a person said how it lies."""
        if self.points is None and self.ground.found(plan.cut, one.transform, SHARP) < EXACT:
            one.transform = self.ground.settled(plan.cut, one.transform)
        share = self.ground.found(plan.cut, one.transform)
        if self.points is None and self._shrunk(plan, one):
            one.comparable, one.confidence, share = False, 0.0, 0.0
            refuse(one, "weak")
        return LaidStorey(plan, self.drawn, one, self.model, self.sheet, share)

    def _shrunk(self, plan: StoreyPlan, one: Registration) -> bool:
        """Whether the cut was laid so small that any few lines of the drawing cover it."""
        seg = plan.cut.seg
        if not len(seg):
            return False  # nothing is cut: a roof, or a storey above the doors
        return extent(box_of(seg)) * scale_of(one.transform) < SMALLEST * self.drawn.diagonal

    def _accept(self, laid: LaidStorey) -> None:
        """Take a registration that the drawing's other content made weak, when the cut itself lies on the drawing.

        A dense drawing covers anything: what it covers of the cut shifted aside is taken off.
        """
        one, cut = laid.registration, laid.plan.cut
        if one.comparable or laid.found < LEAST_FOUND:
            return
        margin = self.ground.margin(cut, one.transform, ELSEWHERE * self.drawn.diagonal)
        by_chance = self.ground.by_chance(cut, one.transform)
        told = margin >= CLEAR_MARGIN or one.method == "identity"  # equal coordinates are no chance
        if laid.found - by_chance >= LEAST_OVER_CHANCE and told:
            one.comparable, one.confidence, one.margin = True, laid.found - by_chance, margin
            one.reason_zh = one.reason_en = ""

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


def _rank(laid: LaidStorey) -> float:
    """Length of the cut that the drawing has less that which it lacks, mm."""
    total = float(lengths(laid.plan.cut.seg).sum())
    return total * (2 * laid.found - 1) if laid.registration.comparable else -np.inf
