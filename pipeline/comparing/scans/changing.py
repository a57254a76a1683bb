"""From missing lines and surplus ink to changes: moved, turned, modified, removed, added."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.comparing.boxes import Box, boxes_meet, components, extent, extents, split_by, union, within
from pipeline.comparing.content import Content
from pipeline.comparing.linework import Change
from pipeline.comparing.scans import areas, differing
from pipeline.comparing.scans.differing import Missing, Objects, Reach, Surplus, Traced
from pipeline.comparing.scans.fitting import Bed, Fit
from pipeline.comparing.scans.joining import continued
from pipeline.comparing.scans.moving import Tracker, Went, thin
from pipeline.comparing.scans.tracing import explained_by
from pipeline.comparing.segments import chain, invert, map_points
from pipeline.drawing.model import Drawing, Sheet
from pipeline.drawing.tables import F64

NEAR_MM, MOST_NEAR_MM = 0.17, 0.4  # of paper: a line has its ink so near; wider where the scan is stretched
LEAST_MM, LEAST_REAL_MM, MOST_LEAST_MM = 1.0, 60.0, 3.0  # smallest extent that is reported: paper, reality, paper
GAP_MM, GAP_REAL_MM, MOST_GAP_MM = 1.0, 200.0, 4.5
FARTHEST_REAL_MM, FARTHEST_MM = 2000.0, 80.0  # a move; equal things further apart are one gone and one come
WIDER = 2  # pixels beyond the fringe that surplus ink must reach
SAME_PLACE = 0.3  # of the smaller box: both sides at one place are one modification
BETTER = 0.12  # so much more of an object must lie on ink elsewhere than where it was
LEAST_LINES = 5  # of a shape worth knowing again
MOST_SHAPES, MOST_SHAPED = 60, 40  # different shapes; groups of surplus ink looked at
UNSURE_WHICH = 0.6  # of a move where an equal thing gone may be the one that moved
MOST_TRACKED = 300  # missing things; beyond it the sheets differ as a whole and nothing is followed


@dataclass(slots=True)
class Traces:
    """The old side where it is a scan: its ink, and where that lies."""

    bed: Bed
    to_px: F64  # 2×3, its working mm -> its pixels


@dataclass(slots=True)
class Sides:
    """A drawing laid on a scan."""

    drawing: Drawing
    sheet: Sheet
    content: Content
    bed: Bed
    fit: Fit
    to_px: F64  # 2×3, working mm of the scan -> pixels
    real_per_paper: float
    before: Traces | None = None  # the old side is a scan too
    reach: Reach = field(init=False)

    @property
    def space_to_px(self) -> F64:
        """2×3, space mm of the drawing -> pixels."""
        factor = self.content.real_per_space
        return chain(self.fit.transform, np.array([[factor, 0.0, 0.0], [0.0, factor, 0.0]]))

    def __post_init__(self) -> None:
        """Set the distances: paper and reality both have a say."""
        k, real = self.bed.px_per_mm, self.real_per_paper
        near = max(2, round(min(NEAR_MM * k + 2.5 * max(self.fit.sigma_px - 0.3, 0.0), MOST_NEAR_MM * k)))
        self.reach = Reach(
            near=near,
            fringe=max(near, round(0.25 * k)) + max(1, round(self.fit.pen_px / 2)),
            gap=float(np.clip(GAP_REAL_MM / real, GAP_MM, MOST_GAP_MM)) * k,
            least=float(np.clip(LEAST_REAL_MM / real, LEAST_MM, MOST_LEAST_MM)) * k,
        )


def changes_of(sides: Sides) -> list[Change]:
    """All changes of a drawing laid on a scan, in working mm of the scan."""
    content, bed, reach = sides.content, sides.bed, sides.reach
    shape = bed.mask.shape
    traced = differing.trace(content, sides.fit.transform)
    state = differing.missing_share(traced, bed, reach)
    own = differing.explained(traced, shape, reach.fringe)
    own = areas.add_broad_lines(own, traced.seg, bed, reach.fringe, reach.near)
    if sides.before is None:
        own = areas.add_areas(own, bed.mask, sides.drawing, sides.sheet, sides.space_to_px)
        fringe = differing.widened(own, WIDER)
    else:
        back = chain(sides.before.to_px, invert(sides.fit.transform))
        fringe = explained_by(sides.before.bed, bed, back, reach.near + WIDER)
        fringe |= differing.widened(own, WIDER)
        own |= explained_by(sides.before.bed, bed, back, reach.near)
    texts = differing.text_zones(content, sides.fit.transform, shape)
    pieces = differing.surplus_pieces(bed.mask, own, fringe, texts, reach)
    return _Former(sides, traced, state, pieces).changes()


class _Former:
    """Forms changes; what a move explains is used up."""

    def __init__(self, sides: Sides, traced: Traced, state: Objects, pieces: list[Surplus]) -> None:
        self.sides, self.traced, self.state = sides, traced, state
        pixels = np.vstack([p.pixels for p in pieces]) if pieces else np.zeros((0, 2), np.float32)
        piece = np.repeat(np.arange(len(pieces)), [len(p.pixels) for p in pieces])
        farthest = min(FARTHEST_REAL_MM / sides.real_per_paper, FARTHEST_MM) * sides.bed.px_per_mm
        self.tracker = Tracker(pixels, piece, sides.bed, farthest, float(sides.reach.near))
        self.to_mm = invert(sides.to_px)

    def changes(self) -> list[Change]:
        """Follow objects and then groups that went elsewhere; pair what is left."""
        state, traced, reach = self.state, self.traced, self.sides.reach
        found, _ = self._followed(self._objects(state.share < differing.GONE_SHARE))
        gone = differing.missing_things(traced, state, reach)
        went, rest = self._followed(gone)
        found += went
        several = [one for one in rest if len(one.objects) > 1]
        if several:
            among = np.isin(np.arange(traced.objects), np.concatenate([one.objects for one in several]))
            went, _ = self._followed(self._objects(among & (state.share >= differing.GONE_SHARE)))
            found += went
            if went:
                left = differing.missing_things(traced, state, reach)
                rest = [one for one in left if any(np.isin(one.objects, other.objects).any() for other in rest)]
        found = self._together(found)
        found += self._known_shapes(self._surplus())
        new = self._surplus()
        rest = [one for one in rest if not self._crumb(one.points, found)]
        new = [one for one in new if not self._crumb(one.pixels, found)]
        return found + self._left(rest, new)

    def _followed(self, gone: list[Missing]) -> tuple[list[Change], list[Missing]]:
        """What went elsewhere, the largest first, of equal things the one that went least; and what did not."""
        found: list[Change] = []
        rest: list[Missing] = []
        if len(gone) > MOST_TRACKED:
            return found, gone
        for alike in _alike(gone, self.tracker.tolerance):
            went = {k: self._went(one) for k, one in enumerate(alike)}
            while known := {k: hit for k, hit in went.items() if hit is not None}:
                first = min(known, key=lambda k: float(np.hypot(*known[k].delta)))
                hit = known[first]
                rivals = [k for k in known if k != first and _same_spot(hit, known[k], self.tracker.tolerance)]
                self.tracker.take(hit)
                self._explained(alike[first])
                found.append(self._moved(alike[first], hit, len(rivals)))
                del went[first]
                for k in rivals:
                    went[k] = self._went(alike[k])
            rest += [alike[k] for k in went]
        return found, rest

    def _went(self, one: Missing) -> Went | None:
        """Where a thing went; one of which part still lies on ink must lie there better than where it was.

        A piece of a straight line that stays went nowhere: the line is shorter.
        """
        if not one.complete and thin(one.whole, self.tracker.tolerance):
            return None
        went = self.tracker.moved(one.whole, one.share) or self.tracker.turned(one.whole, one.share)
        return went if went is not None and (one.share >= 1 or went.lies >= 1 - one.share + BETTER) else None

    def _explained(self, one: Missing) -> None:
        """Nothing of a thing found again is missing any more."""
        for number in one.objects if one.complete else ():
            self.state.free[self.traced.rows_of(int(number))] = False
            self.state.share[number] = 0.0

    def _surplus(self) -> list[Surplus]:
        """Groups of surplus ink that nothing has used up."""
        left = ~self.tracker.taken
        pixels, piece = self.tracker.surplus[left], self.tracker.piece[left]
        parts = [Surplus(pixels[rows]) for rows in split_by(piece)]
        things = differing.surplus_things(parts, self.sides.reach)
        return continued(things, self.sides.bed, self.sides.fit.pen_px)

    def _known_shapes(self, new: list[Surplus]) -> list[Change]:
        """Surplus ink that is part of a shape the drawing knows: one more of them, told with all it has."""
        found: list[Change] = []
        if not 0 < len(new) <= MOST_SHAPED:
            return found
        shapes = self._shapes()
        for group in sorted(new, key=lambda one: -len(one.pixels)):
            if self._crumb(group.pixels, found):
                continue
            hits = [hit for hit in (self.tracker.like(group.pixels, shape) for shape in shapes) if hit is not None]
            if hits:
                went = max(hits, key=lambda hit: (hit.lies > 0.97, len(hit.points)))
                self.tracker.take(went)
                found.append(Change("added", "geometry", self._box(went.points), certainty=0.75))
        return found

    def _shapes(self) -> list[NDArray[np.float32]]:
        """Samples of the different things of several lines, the most frequent first."""
        traced, reach = self.traced, self.sides.reach
        count = np.bincount(self.sides.content.obj, minlength=traced.objects)
        low, high = extents(traced.obj, traced.objects, traced.xy)
        size = np.where(count > 0, (high - low).T, 0.0).T
        limit = 0.2 * float(np.hypot(*self.sides.bed.mask.shape))
        fit = (count >= LEAST_LINES) & (size.max(1) >= 2 * reach.least) & (size.max(1) <= limit)
        rows = np.flatnonzero(fit)
        key = np.column_stack([count[rows], np.sort(np.rint(size[rows] / (2 * reach.near)), axis=1)])
        _, first, times = np.unique(key, axis=0, return_index=True, return_counts=True)
        chosen = rows[first[np.argsort(-times, kind="stable")[:MOST_SHAPES]]]
        return [traced.xy[traced.rows_of(int(one))] for one in chosen]

    def _objects(self, chosen: NDArray[np.bool_]) -> list[Missing]:
        """Objects of the `chosen` (objects,) of which enough is missing, each as a thing."""
        state, traced, reach = self.state, self.traced, self.sides.reach
        enough = (state.share >= differing.CHANGED_SHARE) & (state.lonely * traced.step >= reach.least)
        found: list[Missing] = []
        rows = np.flatnonzero(enough & chosen)
        if len(rows) > MOST_TRACKED:
            return found
        for one in rows:
            mine = traced.rows_of(int(one))
            whole, free = traced.xy[mine], state.free[mine]
            if np.ptp(whole, axis=0).max() >= reach.least and free.any():
                found.append(Missing(whole[free], whole, np.array([one], np.int32), True, float(free.mean())))
        return found

    def _together(self, found: list[Change]) -> list[Change]:
        """Join neighbours that were moved alike."""
        gap = self.sides.reach.gap / self.sides.bed.px_per_mm
        links = [
            (i, j)
            for i, a in enumerate(found)
            for j, b in enumerate(found[:i])
            if a.delta is not None and b.delta is not None
            and np.hypot(a.delta[0] - b.delta[0], a.delta[1] - b.delta[1]) <= MOST_NEAR_MM
            and boxes_meet(a.box, b.box, gap)
        ]  # fmt: skip
        joined = []
        for part in components(len(found), links):
            one = found[int(part[0])]
            for k in part[1:]:
                other = found[int(k)]
                one.box = union(one.box, other.box)
                one.box_from = union(one.box_from or one.box, other.box_from or other.box)
                one.old_objects = np.union1d(one.old_objects, other.old_objects).astype(np.int32)
                one.old_layers = np.concatenate([one.old_layers, other.old_layers])
                one.certainty = min(one.certainty, other.certainty)
            joined.append(one)
        return joined

    def _left(self, rest: list[Missing], new: list[Surplus]) -> list[Change]:
        """Old and new at one place are modified; the others removed and added."""
        olds, news = [self._box(one.points) for one in rest], [self._box(one.pixels) for one in new]
        links = [
            (i, len(olds) + j)
            for i, a in enumerate(olds)
            for j, b in enumerate(news)
            if boxes_meet(a, b) and _shared(a, b) >= SAME_PLACE
        ]
        found = []
        for part in components(len(olds) + len(news), links):
            mine, theirs = part[part < len(olds)], part[part >= len(olds)] - len(olds)
            if len(mine) and len(theirs):
                found.append(self._modified([rest[k] for k in mine], [news[k] for k in theirs]))
            elif len(mine):
                found.append(self._removed(rest[int(mine[0])]))
            else:
                found.append(Change("added", "geometry", news[int(theirs[0])], certainty=0.7))
        return found

    def _box(self, pixels: NDArray) -> Box:
        """Box in working mm of the scan of points in pixels."""
        low, high = pixels.min(0), pixels.max(0)
        corners = map_points(self.to_mm, np.array([[low[0], low[1]], [high[0], high[1]]], np.float64))
        (x0, y0), (x1, y1) = corners.min(0), corners.max(0)
        return (float(x0), float(y0), float(x1), float(y1))

    def _moved(self, one: Missing, went: Went, rivals: int = 0) -> Change:
        """`rivals`: as many equal things are gone that may have gone there too."""
        turned = went.degrees or went.mirrored
        delta = self.to_mm[:, :2] @ np.array(went.delta)
        old, new = self._box(one.whole), self._box(went.points)
        change = Change(
            "modified" if turned else "moved",
            "geometry",
            union(old, new) if turned else new,
            box_from=old,
            delta=None if turned else (float(delta[0]), float(delta[1])),
            certainty=round(0.4 + 0.4 * went.lies, 3),
        )
        self._of(change, one)
        if turned:
            change.attribute = "rotation"
            change.details = {"rotated_degrees": went.degrees % 360, "mirrored": went.mirrored}
        elif rivals:
            change.certainty = min(change.certainty, UNSURE_WHICH)
            change.details["may_be_another"] = rivals
        return change

    def _modified(self, olds: list[Missing], news: list[Box]) -> Change:
        old = self._box(np.vstack([one.points for one in olds]))
        box = old
        for other in news:
            box = union(box, other)
        change = Change("modified", "geometry", box, box_from=old, certainty=0.6)
        for one in olds:
            self._of(change, one)
        return change

    def _removed(self, one: Missing) -> Change:
        change = Change("removed", "geometry", self._box(one.whole), certainty=0.75 if one.complete else 0.65)
        self._of(change, one)
        return change

    def _of(self, change: Change, one: Missing) -> None:
        content = self.sides.content
        objects = np.union1d(change.old_objects, one.objects).astype(np.int32)
        change.old_objects = objects
        change.old_layers = content.layer[np.isin(content.obj, objects)].astype(np.int32)

    def _crumb(self, points: NDArray, found: list[Change]) -> bool:
        """Whether a small rest lies within the place of something that moved."""
        box = self._box(points)
        gap = self.sides.reach.gap / self.sides.bed.px_per_mm
        for change in found:
            for place in (change.box, change.box_from):
                if place is not None and within(box, place, gap) and extent(box) < 0.5 * extent(place):
                    return True
        return False


def _alike(gone: list[Missing], tolerance: float) -> list[list[Missing]]:
    """Missing things by size, the largest first, those of equal size and number of samples together."""
    parts: list[list[Missing]] = []
    for one in sorted(gone, key=lambda m: -len(m.whole)):
        size = np.ptp(one.whole, axis=0)
        for part in parts:
            other = part[0].whole
            if len(one.whole) >= 0.9 * len(other) and np.abs(np.ptp(other, axis=0) - size).max() <= 2 * tolerance:
                part.append(one)
                break
        else:
            parts.append([one])
    return parts


def _same_spot(one: Went, other: Went, tolerance: float) -> bool:
    """Whether two things were found again at one place."""
    middle = [(hit.points.min(0) + hit.points.max(0)) / 2 for hit in (one, other)]
    return float(np.hypot(*(middle[0] - middle[1]))) <= 3 * tolerance


def _shared(a: Box, b: Box) -> float:
    """Shared part of the smaller of two boxes, each at least 0.5 mm wide."""
    grow = 0.25
    w = min(a[2], b[2]) - max(a[0], b[0]) + 2 * grow
    h = min(a[3], b[3]) - max(a[1], b[1]) + 2 * grow
    area = [(c[2] - c[0] + 2 * grow) * (c[3] - c[1] + 2 * grow) for c in (a, b)]
    return max(w, 0.0) * max(h, 0.0) / min(area)
