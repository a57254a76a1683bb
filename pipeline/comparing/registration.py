"""Find the transform that lays the old sheet onto the new one, trusting neither units nor scales.

Candidates (identity, two given points, text anchors, a joint scale and rotation correlation with midpoint
voting) are refined by trimmed point-to-line fitting and chosen by symmetric coverage. Below the limits the
sheets are called not comparable and two points are asked for; a list of changes is never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pipeline.comparing.candidates import anchor_candidates, shape_candidates
from pipeline.comparing.content import Content
from pipeline.comparing.segments import (
    SegmentIndex,
    chain,
    directions,
    lengths,
    map_points,
    map_segments,
    merge_collinear,
    sample,
    scale_of,
)
from pipeline.drawing.tables import F64

LEAST_CONFIDENCE = 0.5
LEAST_MARGIN = 0.04
ENOUGH_AT_ONCE = 0.8  # identity at this coverage is taken without looking further
STAGES = (6e-3, 2e-3, 6e-4, 2e-4, 1e-4)  # of the diagonal of the new sheet
NOMINAL_LENGTHS = (1.0, 10.0, 25.4, 304.8, 1000.0)
PLOT_SCALES = (
    1,
    2,
    5,
    10,
    20,
    25,
    30,
    40,
    50,
    60,
    75,
    100,
    125,
    150,
    200,
    250,
    300,
    400,
    500,
    600,
    750,
    1000,
    1500,
    2000,
)
RATIOS = np.unique(
    [1.0]
    + [a / b for a in NOMINAL_LENGTHS for b in NOMINAL_LENGTHS]
    + [a / b for a in PLOT_SCALES for b in PLOT_SCALES]
    + [a / b for a in NOMINAL_LENGTHS for b in PLOT_SCALES]
    + [b / a for a in NOMINAL_LENGTHS for b in PLOT_SCALES]
)


@dataclass(slots=True)
class Registration:
    """How the old sheet lies on the new one, in working millimetres of each."""

    transform: F64  # (2, 3) old working mm -> new working mm
    confidence: float  # 0..1, symmetric coverage
    margin: float  # to the best clearly different candidate
    comparable: bool
    method: str  # identity | points | anchors | shape | texts | none
    reason_zh: str = ""
    reason_en: str = ""
    mirrored: bool = False
    notes: list[str] = field(default_factory=list)


IDENTITY: F64 = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


class Fitter:
    """Scores and refines transforms between two sheets."""

    def __init__(self, old: Content, new: Content) -> None:
        """Prepare samples and indexes of both sides."""
        self.diagonal = new.diagonal
        self.old, self.new = old.seg, new.seg
        self.tolerance = max(new.tolerance_mm, 2e-4 * self.diagonal)
        self.old_tolerance = old.tolerance_mm
        self.old_points = _score_sample(old.seg)
        self.new_points = _score_sample(new.seg)
        self.old_index = SegmentIndex(old.seg, max(old.diagonal / 600, 1e-9))
        self.new_index = SegmentIndex(new.seg, max(new.diagonal / 600, 1e-9))

    def score(self, transform: F64, tolerance: float | None = None) -> float:
        """Symmetric coverage 0..1: geometric mean of both directions."""
        scale = scale_of(transform)
        if not np.isfinite(scale) or scale <= 0:
            return 0.0
        reach = max(tolerance or self.tolerance, self.old_tolerance * scale)
        points, unit = self.old_points
        there = self.new_index.query(map_points(transform, points), _turn(transform, unit), reach).distance <= reach
        inverse = np.linalg.inv(np.vstack([transform, [0, 0, 1]]))[:2]
        points, unit = self.new_points
        back_reach = reach / scale
        back = (
            self.old_index.query(map_points(inverse, points), _turn(inverse, unit), back_reach).distance <= back_reach
        )
        return float(np.sqrt(there.mean() * back.mean())) if len(there) and len(back) else 0.0

    def refine(self, transform: F64, stages: tuple[float, ...] = STAGES) -> F64:
        """Trimmed point-to-line fit of a similarity, coarse to fine; the scale may change by 3 % only."""
        points, unit = self.old_points
        mirrored = np.linalg.det(transform[:, :2]) < 0
        first = scale_of(transform)
        for stage in stages:
            for _ in range(3):
                better = self._step(transform, points, unit, max(stage * self.diagonal, 1e-9), mirrored)
                if better is None or not 0.97 < scale_of(better) / first < 1.03:
                    break
                moved = np.abs(map_points(better, points) - map_points(transform, points)).max()
                transform = better
                if moved < 1e-3 * stage * self.diagonal:
                    break
        return transform

    def _step(self, transform: F64, points: F64, unit: F64, reach: float, mirrored: bool) -> F64 | None:
        """One linear solve of (a, b, tx, ty) with the partners of this moment."""
        mapped = map_points(transform, points)
        hits = self.new_index.query(mapped, _turn(transform, unit), reach)
        use = hits.distance <= reach
        if use.sum() < 8:
            return None
        rows = hits.nearest[use]
        direction = self.new_index.unit[rows]
        normal = np.stack([-direction[:, 1], direction[:, 0]], 1)
        source = points[use] * np.array([1.0, -1.0]) if mirrored else points[use]
        centre = source.mean(0)
        x, y = (source - centre).T
        target = (normal * (self.new_index.seg[rows, :2] - map_points(transform, points[use]).mean(0))).sum(1)
        matrix = np.stack([normal[:, 0] * x + normal[:, 1] * y, normal[:, 1] * x - normal[:, 0] * y, *normal.T], 1)
        solved, _, rank, _ = np.linalg.lstsq(matrix, target, rcond=1e-12)
        if rank < 4:
            return None
        a, b, tx, ty = solved
        linear = np.array([[a, -b], [b, a]])
        shift = np.array([tx, ty]) + map_points(transform, points[use]).mean(0) - linear @ centre
        if mirrored:
            linear = linear * np.array([1.0, -1.0])
        return np.column_stack([linear, shift])

    def snap(self, transform: F64) -> F64:
        """Take the nominal ratio and the right angle when they fit as well; solve the shift again."""
        scale, angle = scale_of(transform), float(np.arctan2(transform[1, 0], transform[0, 0]))
        near = RATIOS[np.abs(np.log(RATIOS / scale)).argmin()]
        quarter = round(angle / (np.pi / 2)) * (np.pi / 2)
        wanted_scale = near if abs(near / scale - 1) < 3e-4 else scale
        wanted_angle = quarter if abs(quarter - angle) < 3e-4 else angle
        if wanted_scale == scale and wanted_angle == angle:
            return transform
        sign = -1.0 if np.linalg.det(transform[:, :2]) < 0 else 1.0
        cosine, sine = np.cos(wanted_angle) * wanted_scale, np.sin(wanted_angle) * wanted_scale
        linear = np.array([[cosine, -sign * sine], [sine, sign * cosine]])
        linear[np.abs(linear) < 1e-15 * wanted_scale] = 0.0
        centre = self.old_points[0].mean(0)
        snapped = np.column_stack([linear, map_points(transform, centre[None])[0] - linear @ centre])
        snapped = self._shift(snapped)
        return snapped if self.score(snapped) >= self.score(transform) - 0.01 else transform

    def _shift(self, transform: F64) -> F64:
        """Solve only the translation, twice."""
        points, unit = self.old_points
        for reach in (6e-4 * self.diagonal, max(1e-4 * self.diagonal, self.tolerance / 2)):
            mapped = map_points(transform, points)
            hits = self.new_index.query(mapped, _turn(transform, unit), reach)
            use = hits.distance <= reach
            if use.sum() < 8:
                return transform
            rows = hits.nearest[use]
            normal = np.stack([-self.new_index.unit[rows][:, 1], self.new_index.unit[rows][:, 0]], 1)
            target = (normal * (self.new_index.seg[rows, :2] - mapped[use])).sum(1)
            for _ in range(4):  # trimmed
                move = np.linalg.lstsq(normal, target, rcond=None)[0]
                rest = np.abs(target - normal @ move)
                keep = rest <= max(np.median(rest) * 3, 1e-9)
                if keep.all() or keep.sum() < 8:
                    break
                normal, target = normal[keep], target[keep]
            transform = transform + np.column_stack([np.zeros((2, 2)), move])
        return transform


def _score_sample(seg: F64, most: int = 3000) -> tuple[F64, F64]:
    """Points and directions spread evenly over the length of the merged linework."""
    if not len(seg):
        return np.zeros((0, 2)), np.zeros((0, 2))
    size = lengths(seg)
    order = np.argsort(-size, kind="stable")[: most * 20]
    chosen = seg[order]
    # very long lines (frames, axes) count at most 4 x the mean, so that the plan decides and not the border
    spacing = max(float(size[order].sum()) / most, 1e-12)
    points, row = sample(chosen, spacing, most=40)
    step = max(1, len(points) // most)
    return points[::step], directions(chosen)[row][::step]


def _turn(transform: F64, unit: F64) -> F64:
    """Directions after the linear part of a transform, unit length."""
    turned = unit @ transform[:, :2].T
    return turned / np.maximum(np.linalg.norm(turned, axis=1), 1e-12)[:, None]


def register(old: Content, new: Content, points: list[list[list[float]]] | None = None) -> Registration:
    """Register two sheets.

    Args:
        old: content of the old sheet.
        new: content of the new sheet.
        points: two pairs [[old point, new point], [old point, new point]] in working millimetres, given by a
            person; they are trusted and only refined.

    Returns:
        Registration; `comparable` is False with a reason when no candidate is convincing.
    """
    if len(old.seg) < 3 or len(new.seg) < 3:
        return _register_by_texts(old, new, points)
    fitter = Fitter(old, new)
    if points is not None:
        given = similarity_of_points(points)
        fitted = fitter.snap(fitter.refine(given, STAGES[1:]))
        return Registration(fitted, max(fitter.score(fitted), LEAST_CONFIDENCE), 1.0, True, "points")
    at_once = fitter.score(IDENTITY)
    if at_once >= ENOUGH_AT_ONCE:
        return Registration(IDENTITY.copy(), at_once, 1.0, True, "identity")
    ranked = _rank(old, new, fitter)
    ranked.append((at_once, IDENTITY.copy(), "identity"))
    return _choose(ranked, fitter, old, new)


def _rank(old: Content, new: Content, fitter: Fitter) -> list[tuple[float, F64, str]]:
    """Refined candidates with their scores, best first."""
    merged_old, merged_new = (merge_collinear(c.seg, max(c.tolerance_mm, 1e-5 * c.diagonal)) for c in (old, new))
    flip = np.array([[1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
    ranked: list[tuple[float, F64, str]] = []
    for mirrored in (False, True):
        if mirrored and ranked and max(r[0] for r in ranked) >= LEAST_CONFIDENCE:
            break
        before = flip if mirrored else IDENTITY
        anchors = anchor_candidates(old.texts, new.texts, before, new.diagonal)
        shapes = shape_candidates(map_segments(before, merged_old), merged_new)
        found = [(chain(t, before), "anchors") for t in anchors] + [(chain(t, before), "shape") for t in shapes]
        coarse = sorted(((fitter.score(t, 3e-3 * fitter.diagonal), i) for i, (t, _) in enumerate(found)), reverse=True)
        keep = [i for _, i in coarse[:6]] + [i for i, (_, m) in enumerate(found) if m == "anchors"]
        for i in dict.fromkeys(keep):
            fitted = fitter.snap(fitter.refine(found[i][0]))
            ranked.append((fitter.score(fitted), fitted, found[i][1]))
    return ranked


def _choose(ranked: list[tuple[float, F64, str]], fitter: Fitter, old: Content, new: Content) -> Registration:
    """Take the best candidate, text agreement breaking ties; refuse when it is weak or ambiguous."""
    corners = np.array([[old.box[i], old.box[j]] for i in (0, 2) for j in (1, 3)])
    judged = sorted(
        ((score + 0.15 * text_agreement(old, new, t), score, k) for k, (score, t, _) in enumerate(ranked)),
        key=lambda item: (-item[0], item[2]),
    )
    total, score, best = judged[0]
    transform, method = ranked[best][1], ranked[best][2]
    margin = total
    for other_total, _, k in judged[1:]:
        apart = np.abs(map_points(ranked[k][1], corners) - map_points(transform, corners)).max()
        if apart > 1e-2 * fitter.diagonal:
            margin = total - other_total
            break
    comparable = score >= LEAST_CONFIDENCE and margin >= LEAST_MARGIN
    result = Registration(transform, score, margin, comparable, method)
    result.mirrored = bool(np.linalg.det(transform[:, :2]) < 0)
    if not comparable:
        _refuse(result, weak=score < LEAST_CONFIDENCE)
    return result


def _refuse(result: Registration, weak: bool) -> None:
    """Say why the sheets are not compared and what to do."""
    percent = round(100 * result.confidence)
    if weak:
        result.reason_zh = f"无法可靠对齐两张图（重合度 {percent}%），未作比对；请在两张图上各指定两个对应点后重试。"
        result.reason_en = (
            f"The two sheets could not be aligned reliably (coverage {percent} %), so they were not compared; "
            "give two matching points on both sheets and try again."
        )
    else:
        result.reason_zh = "图形对称，存在多种同样合理的对齐方式，未作比对；请在两张图上各指定两个对应点后重试。"
        result.reason_en = (
            "The drawing is symmetric and can be laid on the other in several equally good ways, so they were not "
            "compared; give two matching points on both sheets and try again."
        )


def _register_by_texts(old: Content, new: Content, points: list[list[list[float]]] | None) -> Registration:
    """Register sheets that hold (almost) no linework: by two points, or by their texts."""
    if points is not None:
        return Registration(similarity_of_points(points), LEAST_CONFIDENCE, 1.0, True, "points")
    best, score = IDENTITY.copy(), text_agreement(old, new, IDENTITY)
    diagonal = max(new.diagonal, 1e-9)
    for candidate in anchor_candidates(old.texts, new.texts, IDENTITY, diagonal):
        agreement = text_agreement(old, new, candidate)
        if agreement > score + 0.05:
            best, score = candidate, agreement
    result = Registration(best, score, score, score >= LEAST_CONFIDENCE, "texts")
    if not result.comparable:
        _refuse(result, weak=True)
    return result


def text_agreement(old: Content, new: Content, transform: F64) -> float:
    """Share 0..1 of the texts that occur on both sides and come to lie on an equal one."""
    places: dict[str, list[F64]] = {}
    for key, centre in zip(new.texts.key, new.texts.centre, strict=True):
        places.setdefault(key, []).append(centre)
    rows = [i for i, key in enumerate(old.texts.key) if key in places]
    if not rows:
        return 0.0
    mapped = map_points(transform, old.texts.centre[rows])
    reach = np.maximum(old.texts.height[rows] * scale_of(transform) * 2, 2e-3 * new.diagonal)
    found = [
        min(np.hypot(*(p - mapped[i])) for p in places[old.texts.key[row]]) <= reach[i] for i, row in enumerate(rows)
    ]
    return float(np.mean(found))


def similarity_of_points(points: list[list[list[float]]]) -> F64:
    """Similarity through two point pairs.

    Raises:
        ValueError: the two old points are the same, or fewer than two pairs are given.
    """
    if len(points) < 2:
        raise ValueError("two point pairs are needed")
    (p0, q0), (p1, q1) = ((complex(*pair[0]), complex(*pair[1])) for pair in points[:2])
    if abs(p1 - p0) == 0 or abs(q1 - q0) == 0:
        raise ValueError("the two points must differ")
    turn = (q1 - q0) / (p1 - p0)
    shift = q0 - turn * p0
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])
