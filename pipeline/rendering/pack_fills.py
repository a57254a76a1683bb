"""Areas of a sheet as triangles: fills, hatches (a tint) and wipeouts (white), even-odd."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.drawing.strokes import ranges
from pipeline.drawing.tables import F64, I32, U32
from pipeline.rendering.content import Content, area_colors
from pipeline.rendering.glyphs import earcut, inside, ring_area
from pipeline.rendering.pack_lines import quantised, sheet_clip

LEAST_AREA_MM2 = 1e-9


@dataclass(slots=True)
class Triangles:
    """Triangles in painting order, sheet millimetres."""

    xy: F64  # (F, 6)
    entity: I32  # (F,)


@dataclass(slots=True)
class Rings:
    """Rings of all areas: ring r owns `xy[first[r] : first[r] + count[r]]`, entities in painting order."""

    xy: F64
    first: np.ndarray  # (R,) int64
    count: np.ndarray  # (R,) int64
    entity: I32  # (R,)

    def ring(self, row: int) -> F64:
        """Return one ring (k, 2)."""
        return self.xy[self.first[row] : self.first[row] + self.count[row]]


def area_rings(content: Content) -> Rings:
    """Return the rings of every area with at least three different points, closing point dropped."""
    first = content.point_first[:-1].astype(np.int64)
    count = np.diff(content.point_first).astype(np.int64)
    areal = np.flatnonzero(content.area[content.part_entity] & (count >= 3))
    first, count, entity = first[areal], count[areal], content.part_entity[areal]
    last = first + count - 1
    repeated = (content.xy[first] == content.xy[last]).all(axis=1) if len(first) else np.zeros(0, bool)
    count = count - repeated
    finite = np.add.reduceat(~np.isfinite(content.xy).all(axis=1), first) == 0 if len(first) else np.zeros(0, bool)
    keep = (count >= 3) & finite
    return Rings(content.xy, first[keep], count[keep], entity[keep])


def triangles(content: Content) -> Triangles:
    """Triangulate every area: small convex ones at once, the rest one by one with earcut; clip to the sheet."""
    rings = area_rings(content)
    if not len(rings.first):
        return Triangles(np.zeros((0, 6)), np.zeros(0, np.int32))
    _, ring_place, per_entity = np.unique(rings.entity, return_inverse=True, return_counts=True)
    alone = per_entity[ring_place] == 1
    easy, soup, owner = np.zeros(len(alone), bool), [], []
    for corners in (3, 4):
        rows = np.flatnonzero(alone & (rings.count == corners))
        points = rings.xy[ranges(rings.first[rows], rings.count[rows])].reshape(-1, corners, 2)
        convex = _convex(points)
        rows, points = rows[convex], points[convex]
        easy[rows] = True
        for k in range(1, corners - 1):
            soup.append(points[:, (0, k, k + 1)].reshape(-1, 6))
            owner.append(rings.entity[rows])
    hard = np.flatnonzero(~easy)
    breaks = np.flatnonzero(np.diff(rings.entity[hard])) + 1
    for group in np.split(hard, breaks) if len(hard) else []:
        found = even_odd([rings.ring(row) for row in group.tolist()]).reshape(-1, 6)
        soup.append(found)
        owner.append(np.full(len(found), rings.entity[group[0]], np.int32))
    xy, entity = np.concatenate(soup), np.concatenate(owner)
    xy, rows = clip_triangles(xy, sheet_clip(content))
    entity = entity[rows]
    order = np.argsort(entity, kind="stable")
    return Triangles(xy[order], entity[order].astype(np.int32))


def _convex(points: F64) -> np.ndarray:
    """Tell which of the triangles or quadrilaterals (n, 3 or 4, 2) turn one way at every corner."""
    ahead = np.roll(points, -1, axis=1) - points
    behind = np.roll(ahead, 1, axis=1)
    turn = behind[..., 0] * ahead[..., 1] - behind[..., 1] * ahead[..., 0]
    return np.logical_or((turn >= 0).all(axis=1), (turn <= 0).all(axis=1))


def even_odd(rings: list[F64]) -> F64:
    """Triangulate rings by the even-odd rule; returns a soup (3 f, 2). Rings should not cross one another."""
    kept = [ring for ring in rings if abs(ring_area(ring)) > LEAST_AREA_MM2]
    if len(kept) == 1:
        return earcut(kept)
    soup = [earcut([kept[row] for row in group]) for group in groups(kept)]
    return np.concatenate(soup) if soup else np.zeros((0, 2))


def groups(rings: list[F64]) -> list[list[int]]:
    """Group rings into outer rings with their holes, by how many rings lie around each."""
    boxes = np.array([[*ring.min(axis=0), *ring.max(axis=0)] for ring in rings]).reshape(-1, 4)
    size = np.array([abs(ring_area(ring)) for ring in rings])
    around: list[list[int]] = []
    for i, ring in enumerate(rings):
        probe = (ring[0] + ring[1]) / 2
        low, high = (boxes[:, :2] <= boxes[i, :2]).all(axis=1), (boxes[:, 2:] >= boxes[i, 2:]).all(axis=1)
        candidates = np.flatnonzero(low & high & (size >= size[i]))
        around.append([j for j in candidates.tolist() if j != i and inside(rings[j], probe)])
    members: dict[int, list[int]] = {i: [i] for i, outside in enumerate(around) if len(outside) % 2 == 0}
    for i, outside in enumerate(around):
        if len(outside) % 2:
            owner = min(outside, key=lambda j: size[j])
            if owner in members:
                members[owner].append(i)
    return list(members.values())


def clip_triangles(xy: F64, box: tuple[float, float, float, float]) -> tuple[F64, np.ndarray]:
    """Clip triangles (F, 6) to a box; return (triangles, the rows they came from)."""
    rows = np.arange(len(xy))
    for axis, bound, side in ((0, box[0], 1.0), (1, box[1], 1.0), (0, box[2], -1.0), (1, box[3], -1.0)):
        xy, rows = _half_plane(xy, rows, axis, bound, side)
    return xy, rows


def _half_plane(xy: F64, rows: np.ndarray, axis: int, bound: float, side: float) -> tuple[F64, np.ndarray]:
    """Keep what lies on one side of a line: a triangle cut off leaves one triangle or two."""
    depth = (xy[:, axis::2] - bound) * side
    kept = (depth >= 0).sum(axis=1)
    if (kept == 3).all():
        return xy, rows
    soup, owner = [xy[kept == 3]], [rows[kept == 3]]
    for corners in (1, 2):
        cut = np.flatnonzero(kept == corners)
        # turn each triangle so that the corner that is alone on its side comes first
        alone = (depth[cut] >= 0) if corners == 1 else (depth[cut] < 0)
        turn = (np.argmax(alone, axis=1)[:, None] + np.arange(3)) % 3
        points = np.take_along_axis(xy[cut].reshape(-1, 3, 2), turn[:, :, None], axis=1)
        deep = np.take_along_axis(depth[cut], turn, axis=1)
        apex, one, two = points[:, 0], points[:, 1], points[:, 2]
        to_one = apex + (one - apex) * (deep[:, 0] / (deep[:, 0] - deep[:, 1]))[:, None]
        to_two = apex + (two - apex) * (deep[:, 0] / (deep[:, 0] - deep[:, 2]))[:, None]
        pieces = ((apex, to_one, to_two),) if corners == 1 else ((to_one, one, two), (to_one, two, to_two))
        for piece in pieces:
            soup.append(np.concatenate(piece, axis=1))
            owner.append(rows[cut])
    return np.concatenate(soup), np.concatenate(owner)


def fill_sections(content: Content, found: Triangles) -> dict[str, np.ndarray]:
    """Return the fill sections of the pack."""
    color: U32 = area_colors(content.kind, content.color)
    return {
        "tri_xy": quantised(found.xy),
        "tri_entity": found.entity.astype(np.uint32),
        "tri_color": color[found.entity],
    }
