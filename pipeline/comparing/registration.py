"""Find the transform that lays the old sheet onto the new one, trusting neither units nor scales.

Candidates (identity, given points, text anchors, a joint scale and rotation correlation with midpoint voting) are
refined by trimmed point-to-line fitting and chosen by symmetric coverage; equal texts break ties. The winner must
beat its rivals, which are looked for on purpose: the same drawing turned by quarters, mirrored or shifted by a bay.
Below the limits the sheets are called not comparable and two points are asked for; a list of changes is never
guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipeline.comparing import registration_words as words
from pipeline.comparing.anchors import TextAnchors
from pipeline.comparing.boxes import corners
from pipeline.comparing.candidates import rival_candidates, shape_candidates
from pipeline.comparing.content import Content
from pipeline.comparing.fitting import STAGES, Fitter, longest
from pipeline.comparing.segments import chain, map_points, map_segments, merge_collinear, similarity_between
from pipeline.comparing.spread import matched_spread
from pipeline.drawing.tables import F64

LEAST_CONFIDENCE = 0.28  # symmetric coverage; strangers reach 0.1
SURE_CONFIDENCE = 0.5  # from here on LEAST_MARGIN is enough
LEAST_MARGIN = 0.04
CLEAR_MARGIN = 0.08  # demanded between LEAST_CONFIDENCE and SURE_CONFIDENCE
CLEAR_SHARE = 0.18  # of the coverage, demanded there too
ENOUGH_AT_ONCE = 0.8  # identity at this coverage is taken unless a shift or the texts say otherwise
WHOLE = 0.9  # coverage of sheets that hardly differ: there a small margin tells
LEAST_LEFT = 5e-3  # must be left over by the rival of what leaves nothing
TEXT_WEIGHT = 0.15
MIRROR_HANDICAP = 0.045  # mirrored copies are rare: at equal coverage the sheet is not mirrored,
MIRROR_MARGIN = 0.02  # but a turned one is not taken unless a mirrored one covers less by this
UPRIGHT = np.radians(0.5)  # a sheet turned by less, or by a quarter, stands on the other as sheets do
RIVALS = 3  # fitted for each of straight and mirrored
LEAST_VOICES = 6  # texts that can speak against a place
LEAST_AGREEMENT = 0.25
CARRIED = 0.15  # coverage that is enough where texts all over the plan lie on equal ones
CARRIERS = 20  # of these texts, and two thirds of all
LEAST_SPREAD = 0.3  # of the plan inside the frame must lie on its partner
ELSEWHERE = 1e-2  # of the diagonal: a clearly different place
MOST_MERGED = 400_000
FEW_LONGEST = 60  # lines of the second look for a shape
COARSE = 3e-3  # of the diagonal
IDENTITY: F64 = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
FLIP: F64 = np.array([[1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
Points = Sequence[Sequence[Sequence[float]]]


@dataclass(slots=True)
class Registration:
    """How the old sheet lies on the new one, in working millimetres of each."""

    transform: F64  # (2, 3) old working mm -> new working mm
    confidence: float  # 0..1, symmetric coverage
    margin: float  # to the best clearly different candidate
    comparable: bool
    method: str  # identity | points | anchors | shape | texts | views | ink | none
    reason_zh: str = ""  # what the confidence stands on, or why there is none
    reason_en: str = ""
    mirrored: bool = False


@dataclass(slots=True)
class Candidate:
    """A refined transform and what speaks for it."""

    transform: F64
    score: float
    agreement: float  # share of equal texts that lie on one another
    method: str

    @property
    def mirrored(self) -> bool:
        """Whether it mirrors."""
        return bool(np.linalg.det(self.transform[:, :2]) < 0)

    @property
    def upright(self) -> bool:
        """Whether it leaves the sheet as it stands or lays it on its side, and does not mirror it."""
        turn = abs(float(np.arctan2(self.transform[1, 0], self.transform[0, 0])))
        return not self.mirrored and min(turn, abs(turn - np.pi / 2)) < UPRIGHT

    @property
    def total(self) -> float:
        """Coverage, texts and the handicap of mirrored places."""
        return self.score + TEXT_WEIGHT * self.agreement - MIRROR_HANDICAP * self.mirrored


def register(old: Content, new: Content, points: Points | None = None) -> Registration:
    """Register two sheets.

    Args:
        old: content of the old sheet.
        new: content of the new sheet.
        points: two or more pairs [[old point, new point], …] in working millimetres, given by a person; they are
            trusted and only refined.

    Returns:
        Registration with its reason in words; `comparable` is False when no candidate is convincing.

    Raises:
        ValueError: fewer than two point pairs, or they fall together.
    """
    anchors = TextAnchors(old.texts, new.texts, max(new.diagonal, 1e-9))
    if len(old.seg) < 3 or len(new.seg) < 3:
        return _register_by_texts(anchors, points)
    fitter = Fitter(old, new)
    if points is not None:
        return _register_by_points(fitter, points)
    search = _Search(old, new, fitter, anchors)
    return search.at_once() or search.run()


class _Search:
    """Looks for candidates and their rivals, and judges."""

    def __init__(self, old: Content, new: Content, fitter: Fitter, anchors: TextAnchors) -> None:
        self.old, self.new, self.fitter, self.anchors = old, new, fitter, anchors
        self.elsewhere = ELSEWHERE * fitter.diagonal
        self.corners = corners(old.box)
        self.identity = self.judged(IDENTITY.copy(), "identity")

    @cached_property
    def merged(self) -> tuple[F64, F64]:
        """The long lines of both sides with their collinear pieces joined."""
        one, two = (
            merge_collinear(longest(c.seg, MOST_MERGED), max(c.tolerance_mm, 1e-5 * c.diagonal))
            for c in (self.old, self.new)
        )
        return one, two

    def judged(self, transform: F64, method: str) -> Candidate:
        return Candidate(transform, self.fitter.score(transform), self.anchors.agreement(transform), method)

    def fitted(self, transform: F64, method: str, stages: tuple[float, ...] = STAGES) -> Candidate:
        """A candidate fitted well enough to be compared with others."""
        return self.judged(self.fitter.refine(transform, stages, every=4), method)

    def finished(self, one: Candidate) -> Candidate:
        """A candidate fitted as well as the lines allow."""
        if one is self.identity:
            return one
        return self.judged(_finished(self.fitter, one.transform), one.method)

    def apart(self, one: Candidate, other: Candidate) -> bool:
        """Whether two candidates lay the sheet on clearly different places."""
        here, there = (map_points(c.transform, self.corners) for c in (one, other))
        return bool(np.abs(here - there).max() > self.elsewhere)

    def at_once(self) -> Registration | None:
        """The same coordinates on both sides, when the lines say so and neither a shift nor the texts object."""
        own = self.identity
        if own.score < ENOUGH_AT_ONCE or self.contradicted(own):
            return None
        if own.score < 1 - LEAST_MARGIN / 2:
            for shift in rival_candidates(*self.merged, IDENTITY, self.elsewhere, turns=1):
                if self.fitter.score(shift, every=3) > own.score - LEAST_MARGIN:
                    rival = self.fitted(shift, "shape", STAGES[2:])
                    if rival.total > own.total + LEAST_MARGIN and self.apart(rival, own):
                        return None
        result = Registration(own.transform, own.score, 1.0, True, "identity")
        return words.explain(result, int(self.anchors.agreeing(own.transform).sum()), len(self.anchors.voices))

    def contradicted(self, one: Candidate) -> bool:
        """Whether the texts of both sides lie elsewhere."""
        return len(self.anchors.voices) >= LEAST_VOICES and one.agreement < LEAST_AGREEMENT

    def carried(self, one: Candidate) -> bool:
        """Whether so many equal texts lie on one another that much other linework, a hatch of one side, may differ."""
        agreeing = int(self.anchors.agreeing(one.transform).sum())
        return one.score >= CARRIED and one.agreement >= 2 / 3 and agreeing >= CARRIERS

    def run(self) -> Registration:
        """Search everywhere, look for rivals of the best, judge."""
        found = [self.identity, *self.by_texts()]
        best = max(found, key=lambda one: one.total)
        if best.score < SURE_CONFIDENCE or best.agreement < 2 / 3 or len(self.anchors.voices) < LEAST_VOICES:
            found += self.by_shape(IDENTITY)
            if max(one.score for one in found) < SURE_CONFIDENCE:
                found += self.by_shape(FLIP)
        best = max(found, key=lambda one: one.total)
        for _ in range(2):
            found += self.rivals(best)
            if (better := max(found, key=lambda one: one.total)) is best:
                break
            best = better
        best = self.finished(best)
        others = [one for one in found if self.apart(one, best)]
        return self.decide(best, sorted(others, key=lambda one: -one.total))

    def by_texts(self) -> list[Candidate]:
        """Candidates on which rare equal texts agree."""
        found = []
        for before in (IDENTITY, FLIP):
            for transform in self.anchors.candidates(before):
                found.append(self.fitted(chain(transform, before), "anchors"))
            if found and max(one.agreement for one in found) >= 2 / 3:
                break
        return found

    def by_shape(self, before: F64) -> list[Candidate]:
        """Candidates from lengths and directions; the best of a coarse look are fitted.

        Where all lines together show no place the few longest are asked: a plot that draws its letters as strokes
        holds more of these than lines.
        """
        found: list[Candidate] = []
        for most in (MOST_MERGED, FEW_LONGEST):
            one, two = (longest(side, most) for side in self.merged)
            shapes = [chain(t, before) for t in shape_candidates(map_segments(before, one), two)]
            coarse = [self.fitter.score(t, COARSE * self.fitter.diagonal, every=3) for t in shapes]
            found += [self.fitted(shapes[k], "shape") for k in np.argsort(coarse)[::-1][:5]]
            if max((one.score for one in found), default=0.0) >= LEAST_CONFIDENCE:
                break
        return found

    def rivals(self, best: Candidate) -> list[Candidate]:
        """Fitted rivals of a candidate that come near it."""
        if best.score < LEAST_CONFIDENCE:
            return []
        places = rival_candidates(*self.merged, best.transform, self.elsewhere)
        coarse = [self.fitter.score(t, COARSE * self.fitter.diagonal, every=3) for t in places]
        order = [k for k in np.argsort(coarse)[::-1] if coarse[k] >= best.score / 3]
        mirrored = [k for k in order if np.linalg.det(places[k][:, :2]) < 0]
        straight = [k for k in order if np.linalg.det(places[k][:, :2]) > 0]
        found = []
        for k in straight[:RIVALS] + mirrored[:RIVALS]:
            rival = self.fitted(places[k], "shape", STAGES[1:])
            if self.apart(rival, best):
                found.append(rival)
        return found

    def decide(self, best: Candidate, rivals: list[Candidate]) -> Registration:
        """Take the best of the candidates, or refuse; its rivals come best first."""
        first = rivals[0] if rivals else None
        margin = best.total - (first.total if first else 0.0)
        why = self.objection(best, rivals)
        result = Registration(best.transform, best.score, margin, not why, best.method, mirrored=best.mirrored)
        if why:
            return words.refuse(result, why)
        return words.explain(
            result,
            int(self.anchors.agreeing(best.transform).sum()),
            len(self.anchors.voices),
            first.score if first else 0.0,
        )

    def objection(self, best: Candidate, rivals: list[Candidate]) -> str:
        """Why the best candidate is not believed; "" when it is."""
        if best.score < LEAST_CONFIDENCE and not self.carried(best):
            return "weak"
        for mirrored in (best.mirrored, not best.mirrored):  # the best of the same hand and of the other one
            rival = next((one for one in rivals if one.mirrored == mirrored), None)
            if rival is None or _clear(best, rival):
                continue
            if best.total >= rival.total and self.anchors.decide(best.transform, rival.transform):
                continue
            if mirrored != best.mirrored:
                return "mirror"
            unclear = best.score >= SURE_CONFIDENCE or best.total - rival.total < LEAST_MARGIN
            return "symmetric" if unclear else "weak"
        if best.score < WHOLE:
            if self.contradicted(best):
                return "texts"
            if matched_spread(self.old, self.new, self.fitter, best.transform) < LEAST_SPREAD:
                return "frame"
        return ""


def _finished(fitter: Fitter, transform: F64) -> F64:
    return fitter.polish(fitter.snap(fitter.refine(transform, STAGES[3:])))


def _clear(best: Candidate, rival: Candidate) -> bool:
    """Whether a candidate beats its rival: by what both leave over where sheets hardly differ, else by margin."""
    margin = best.total - rival.total
    if best.score >= WHOLE and margin >= LEAST_MARGIN / 4 and 1 - rival.score >= max(3 * (1 - best.score), LEAST_LEFT):
        return True
    if best.mirrored != rival.mirrored:  # the handicap speaks for what is upright, not for what is turned anyhow
        ahead = best.score - rival.score + TEXT_WEIGHT * (best.agreement - rival.agreement)
        if not best.mirrored:
            return margin >= LEAST_MARGIN and (best.upright or ahead >= MIRROR_MARGIN)
        margin = margin if rival.upright else ahead
    if best.score >= SURE_CONFIDENCE:
        return margin >= LEAST_MARGIN
    return margin >= max(CLEAR_MARGIN, CLEAR_SHARE * best.score)


def _register_by_points(fitter: Fitter, points: Points) -> Registration:
    """Refine what a person pointed at; the fit may not leave the points."""
    given = similarity_of_points(points)
    pairs = np.asarray(points, float)
    options = [given]
    if len(points) == 2:
        options.append(_mirrored_through(given, pairs[:, 0]))
    found = []
    for option in options:
        fitted = _finished(fitter, fitter.refine(option, STAGES[1:]))
        kept = fitted if _farthest(fitted, pairs) <= ELSEWHERE * fitter.diagonal else option
        found.append(Candidate(kept, fitter.score(kept), 0.0, "points"))
    best = max(found, key=lambda one: one.total)
    result = Registration(best.transform, best.score, 1.0, True, "points", mirrored=best.mirrored)
    return words.explain(result)


def _register_by_texts(anchors: TextAnchors, points: Points | None) -> Registration:
    """Register sheets that hold (almost) no linework: by given points, or by their texts."""
    if points is not None:
        given = similarity_of_points(points)
        return words.explain(Registration(given, anchors.agreement(given), 1.0, True, "points"))
    best, score = IDENTITY.copy(), anchors.agreement(IDENTITY)
    for candidate in anchors.candidates(IDENTITY):
        agreement = anchors.agreement(candidate)
        if agreement > score + 0.05:
            best, score = candidate, agreement
    result = Registration(best, score, score, score >= SURE_CONFIDENCE, "texts")
    if not result.comparable:
        return words.refuse(result, "weak")
    return words.explain(result, int(anchors.agreeing(best).sum()), len(anchors.voices))


def similarity_of_points(points: Points) -> F64:
    """Similarity through two point pairs, by least squares through more.

    From three pairs on a mirrored one is taken where it fits better.

    Raises:
        ValueError: fewer than two pairs are given, or all old or all new points are the same.
    """
    if len(points) < 2:
        raise ValueError("two point pairs are needed")
    pairs = np.asarray(points, float).reshape(len(points), 2, 2)
    straight = similarity_between(pairs[:, 0], pairs[:, 1])
    if len(points) > 2:
        flipped = chain(similarity_between(map_points(FLIP, pairs[:, 0]), pairs[:, 1]), FLIP)
        if _farthest(flipped, pairs) < _farthest(straight, pairs):
            return flipped
    return straight


def _farthest(transform: F64, pairs: F64) -> float:
    """Largest distance of the old points (n, 2, 2) from their new ones."""
    return float(np.linalg.norm(map_points(transform, pairs[:, 0]) - pairs[:, 1], axis=1).max())


def _mirrored_through(transform: F64, old: F64) -> F64:
    """The mirrored similarity that takes two old points to the same new ones."""
    one, other = map_points(transform, old)
    axis = (other - one) / max(float(np.hypot(*(other - one))), 1e-300)
    reflect = 2 * np.outer(axis, axis) - np.eye(2)
    return chain(np.column_stack([reflect, one - reflect @ one]), transform)
