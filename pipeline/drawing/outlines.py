"""Plan geometry out of triangles: the cut by a level, the sharp edges below it, segments joined to lines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
SNAP_MM = 0.05  # points closer than this are one
UPRIGHT = 0.001  # of the normal's height: faces that lean less stand upright
SHARP_COS = 0.88  # faces that turn by more than 28 degrees meet in an edge that is drawn


def cut_level(corners: F64, owner: I64, level_mm: float) -> tuple[F64, I64]:
    """Cut triangles by the plane z = level.

    Args:
        corners: (f, 3, 3) triangle corners, mm.
        owner: (f,) element row of each triangle.
        level_mm: height of the plane; corners exactly on it count as above.

    Returns:
        (s, 2, 2) segments in plan and (s,) their owners.
    """
    above = corners[:, :, 2] >= level_mm
    count = above.sum(axis=1)
    hit = (count == 1) | (count == 2)
    corners, above, owner = corners[hit], above[hit], owner[hit]
    if not len(corners):
        return np.zeros((0, 2, 2)), np.zeros(0, np.int64)
    # the lonely corner is alone on its side; both cut edges start there
    lonely = np.where(above.sum(axis=1) == 1, np.argmax(above, axis=1), np.argmax(~above, axis=1))
    rows = np.arange(len(corners))
    top = corners[rows, lonely]
    ends = []
    for step in (1, 2):
        other = corners[rows, (lonely + step) % 3]
        share = (level_mm - top[:, 2]) / (other[:, 2] - top[:, 2])
        ends.append(top[:, :2] + (other[:, :2] - top[:, :2]) * share[:, None])
    segments = np.stack(ends, axis=1)
    long = np.abs(segments[:, 0] - segments[:, 1]).max(axis=1) > SNAP_MM / 2
    return segments[long], owner[long]


def seen_edges(corners: F64, owner: I64, whole: NDArray[np.bool_], from_above: bool = True) -> tuple[F64, I64]:
    """Return the edges of triangles that are seen from above: borders and sharp edges of faces that look up, outlines.

    The outline of a body is where faces that look up meet faces that do not; a smooth body has no other edge. Of a body
    that looks up nowhere (a sheet standing upright) all borders and sharp edges are taken.

    Args:
        corners: (f, 3, 3) triangle corners, mm.
        owner: (f,) element row of each triangle.
        whole: (f,) whether all triangles of its element are given, not a part below a cut.
        from_above: False gives the edges of all faces, those that look down or aside too.

    Returns:
        (s, 2, 2) segments in plan, each once, and (s,) their owners.
    """
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(normal, axis=1)
    solid = area > 1e-6
    corners, owner, whole = corners[solid], owner[solid], whole[solid]
    normal = normal[solid] / area[solid, None]
    if not len(corners):
        return np.zeros((0, 2, 2)), np.zeros(0, np.int64)
    up, upward = normal[:, 2] > 0.3, normal[:, 2] > UPRIGHT
    blind = whole & (np.bincount(owner, upward)[owner] == 0)
    ends = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    face = np.tile(np.arange(len(corners)), 3)
    grid = np.round(ends / (SNAP_MM * 4)).astype(np.int64)
    _, first, group, uses = np.unique(
        _edge_key(grid, owner[face]), return_index=True, return_inverse=True, return_counts=True
    )
    total = np.stack([np.bincount(group, normal[face, axis]) for axis in range(3)], axis=1)
    # of two faces |n1 + n2|^2 = 2 + 2 cos: a flat pair gives 4
    flat = (uses == 2) & ((total**2).sum(axis=1) > 2 + 2 * SHARP_COS)
    looks_up = np.bincount(group, (up | blind)[face]) > 0 if from_above else np.ones(len(first), bool)
    outline = (uses == 2) & (np.bincount(group, upward[face]) == 1)
    chosen = first[(looks_up & ~flat) | outline]
    chosen = chosen[_in_order(grid[chosen], owner[face[chosen]])]
    segments = ends[chosen][:, :, :2]
    owners = owner[face[chosen]]
    long = np.abs(segments[:, 0] - segments[:, 1]).max(axis=1) > SNAP_MM * 4
    return _once(segments[long], owners[long])


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scramble 64-bit numbers (splitmix64, Steele 2014): different numbers stay different."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _edge_key(grid: I64, owner: I64) -> NDArray[np.uint64]:
    """Return one number for each edge (s, 2, d) of an owner, the same in both directions."""
    ends = np.zeros(grid.shape[:2], np.uint64)
    for axis in range(grid.shape[2]):
        ends = _mix(ends + grid[:, :, axis].astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15))
    low, high = ends.min(axis=1), ends.max(axis=1)
    return _mix(_mix(low + owner.astype(np.uint64)) + high)


def _in_order(grid: I64, owner: I64) -> I64:
    """Return the order of edges by owner and coordinates, whatever the order of the triangles was."""
    swap = _greater(grid[:, 0], grid[:, 1])
    grid[swap] = grid[swap][:, ::-1]
    columns = grid.reshape(len(grid), grid.shape[1] * grid.shape[2]).T[::-1]  # there may be none
    return np.lexsort([*columns, owner])


def _greater(a: I64, b: I64) -> NDArray[np.bool_]:
    """Return rows where a comes after b in the order of their coordinates."""
    result = np.zeros(len(a), bool)
    open_rows = np.ones(len(a), bool)
    for axis in range(a.shape[1]):
        result |= open_rows & (a[:, axis] > b[:, axis])
        open_rows &= a[:, axis] == b[:, axis]
    return result


def _once(segments: F64, owner: I64) -> tuple[F64, I64]:
    """Drop segments that lie on one another in plan (same owner, same ends)."""
    if not len(segments):
        return segments, owner
    grid = np.round(segments).astype(np.int64)
    _, first = np.unique(_edge_key(grid, owner), return_index=True)
    first.sort()
    return segments[first], owner[first]


def join(segments: F64) -> tuple[list[F64], list[bool]]:
    """Join segments of one element into polylines.

    Chains are followed through points that exactly two segments share; points on a straight line are left
    out afterwards (the diagonals of triangles put them there).

    Args:
        segments: (s, 2, 2) mm.

    Returns:
        Polylines as (k, 2) arrays and whether each is closed.
    """
    if not len(segments):
        return [], []
    points, node = _nodes(segments)
    around: dict[int, list[int]] = {}
    for row, (a, b) in enumerate(node.tolist()):
        if a != b:
            around.setdefault(a, []).append(row)
            around.setdefault(b, []).append(row)
    used = np.zeros(len(segments), bool)
    used[node[:, 0] == node[:, 1]] = True
    lines: list[F64] = []
    closed: list[bool] = []
    ends_first = sorted(around, key=lambda at: len(around[at]) == 2)
    for begin in ends_first:
        for row in around[begin]:
            if used[row]:
                continue
            path = _follow(begin, row, node, around, used)
            ring = len(path) > 3 and path[0] == path[-1]
            line = _straighten(points[path[:-1] if ring else path], ring)
            if len(line) >= 2:
                lines.append(line)
                closed.append(ring)
    return lines, closed


def _nodes(segments: F64) -> tuple[F64, I64]:
    """Return shared end points (n, 2) and the two nodes of each segment (s, 2)."""
    flat = segments.reshape(-1, 2)
    # two shifted grids are not needed: kernels give equal corners equal coordinates up to rounding
    _, first, inverse = np.unique(
        np.round(flat / SNAP_MM).astype(np.int64), axis=0, return_index=True, return_inverse=True
    )
    return flat[first], inverse.reshape(-1, 2)


def _follow(begin: int, row: int, node: I64, around: dict[int, list[int]], used: NDArray[np.bool_]) -> list[int]:
    path = [begin]
    at = begin
    while True:
        used[row] = True
        a, b = int(node[row, 0]), int(node[row, 1])
        at = b if a == at else a
        path.append(at)
        near = around[at]
        if len(near) != 2 or at == begin:
            return path
        other = near[0] if near[1] == row else near[1]
        if used[other]:
            return path
        row = other


def _straighten(line: F64, ring: bool) -> F64:
    """Leave out points that lie on the straight line between their neighbours (within 0.1 mm)."""
    if len(line) < 3:
        return line
    before, after = np.roll(line, 1, axis=0), np.roll(line, -1, axis=0)
    one, two = line - before, after - before
    length = np.maximum(np.hypot(two[:, 0], two[:, 1]), 1e-9)
    away = np.abs(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]) / length
    forward = ((line - before) * (after - line)).sum(axis=1) > 0
    keep = (away > 0.1) | ~forward
    if not ring:
        keep[0] = keep[-1] = True
    return line[keep] if keep.sum() >= 2 else line
