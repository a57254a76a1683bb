"""Triangles in an order that does not depend on where the kernel kept them in memory.

The CGAL kernel walks its sets by address, so that the same geometry comes out with its vertices in another order, and
plane faces cut into other triangles. Here vertices and faces are sorted, and triangles that lie in one plane are turned
into the Delaunay triangles of their corners; of two diagonals that are as good as each other (four corners on one
circle: every rectangle) the one at the first corner is kept.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
ON_CIRCLE = 1e-9  # sine of the sum of the angles opposite a diagonal: 0 where the four corners lie on one circle
_PLANE = 1.0 - 1e-9  # cosine between the normals of two triangles in one plane
_ROUNDS = 1000


def in_order(vertices: F64, faces: I64, owner: I32, part: I32) -> tuple[F64, I64, I32, I64]:
    """Sort the triangles of some geometries.

    Args:
        vertices: (v, 3) any length unit.
        faces: (f, 3) rows in `vertices`.
        owner: (v,) geometry each vertex is of.
        part: (f,) what the faces belong to (a material); a diagonal between two parts is left as it is.

    Returns:
        The vertices sorted by owner, z, y, x, each place once; the faces, sorted, each from its smallest corner on; the
        owner of each vertex; and which face each of them was (its part is that of the face it was).
    """
    order = np.lexsort((*vertices.T, owner))
    placed, owner = vertices[order] + 0.0, owner[order]  # no minus zero
    new = np.ones(len(placed), bool)
    new[1:] = (placed[1:] != placed[:-1]).any(axis=1) | (owner[1:] != owner[:-1])
    row_of = np.empty(len(placed), np.int64)
    row_of[order] = np.cumsum(new) - 1
    placed, owner, found = placed[new], owner[new], row_of[faces]
    _turn_diagonals(placed, found, part)
    first = found.argmin(axis=1)
    found = np.take_along_axis(found, (first[:, None] + np.arange(3)) % 3, axis=1)
    came = np.lexsort((part, found[:, 2], found[:, 1], found[:, 0]))
    return placed, found[came], owner, came


def _turn_diagonals(vertices: F64, faces: I64, part: I32) -> None:
    """Turn diagonals (in place) until none can be better, as Lawson (1977) does, the worst and first ones at once."""
    hot = np.ones(len(faces), bool)  # faces whose diagonals are to be looked at
    near = np.arange(len(faces))  # these and all that share an edge with them
    for _ in range(_ROUNDS):
        corners = faces[near]
        turned, waiting = _turn(vertices, corners, part[near], hot[near])
        if not len(turned):
            return
        faces[near] = corners
        hot[:] = False
        hot[near[turned]] = hot[near[waiting]] = True
        marked = np.zeros(len(vertices), bool)
        marked[faces[hot]] = True
        near = np.flatnonzero(marked[faces].sum(axis=1) >= 2)


def _turn(vertices: F64, faces: I64, part: I32, hot: NDArray[np.bool_]) -> tuple[I64, I64]:
    """Turn diagonals (in place), each face once; return the faces turned, and those that wait for another round."""
    begin, end, across = faces.reshape(-1), np.roll(faces, -1, 1).reshape(-1), np.roll(faces, -2, 1).reshape(-1)
    key = np.minimum(begin, end) * len(vertices) + np.maximum(begin, end)
    order = np.argsort(key, kind="stable")
    key = key[order]
    same = key[1:] == key[:-1]
    pair = same.copy()  # edges of exactly two faces
    pair[1:] &= ~same[:-1]
    pair[:-1] &= ~same[1:]
    at = np.flatnonzero(pair)
    one, other = order[at], order[at + 1]
    chosen = (hot[one // 3] | hot[other // 3]) & (begin[one] == end[other]) & (part[one // 3] == part[other // 3])
    one, other, key = one[chosen], other[chosen], key[at][chosen]
    excess = _excess(*(vertices[rows] for rows in (begin[one], end[one], across[one], across[other])))
    first = np.minimum(across[one], across[other])
    better = (excess > ON_CIRCLE) | ((first < np.minimum(begin[one], end[one])) & (excess >= -ON_CIRCLE))
    one, other, rank = one[better], other[better], np.lexsort((key[better], first[better]))
    one, other = one[rank], other[rank]
    touched = np.stack([one // 3, other // 3], axis=1)
    turn = np.arange(len(one))[:, None]
    earliest = np.full(len(faces), len(one))
    np.minimum.at(earliest, touched, np.broadcast_to(turn, touched.shape))
    free = (earliest[touched] == turn).all(axis=1)
    p, q, r, t = begin[one[free]], end[one[free]], across[one[free]], across[other[free]]
    faces[touched[free, 0]] = np.stack([p, t, r], axis=1)
    faces[touched[free, 1]] = np.stack([t, q, r], axis=1)
    return touched[free].reshape(-1), touched[~free].reshape(-1)


def _excess(p: F64, q: F64, r: F64, t: F64) -> F64:
    """Return by how much the angles at r and t of triangles p q r and q p t (k, 3) exceed 180 degrees (its sine).

    -1 where the triangles do not lie in one plane, or where their other diagonal lies outside of them.
    """
    normal, other = np.cross(q - p, r - p), np.cross(t - p, q - p)
    size, size_other = np.linalg.norm(normal, axis=1), np.linalg.norm(other, axis=1)
    to_p, to_q, from_p, from_q = p - r, q - r, p - t, q - t
    dot, dot_other = (to_p * to_q).sum(axis=1), (from_p * from_q).sum(axis=1)
    longest = np.hypot(size, dot) * np.hypot(size_other, dot_other)
    good = ((normal * other).sum(axis=1) > _PLANE * size * size_other) & (longest > 0)
    # convex: p and q lie on two sides of the line r t
    good &= (np.cross(t - r, p - r) * normal).sum(axis=1) < 0
    good &= (np.cross(t - r, q - r) * normal).sum(axis=1) > 0
    return np.where(good, -(size * dot_other + dot * size_other) / np.where(good, longest, 1.0), -1.0)
