"""Faces with hidden edges, and POLYLINEs that are meshes: their faces from the vertices (file units).

Not by the library: it takes the group 74 = 0 of a triangle for a vertex, and no layer or line type may be missing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
_CLOSED_M, _FITTED, _CLOSED_N = 1, 4, 32  # polyline flags
FRAME, _FACE, _PLACE = 16, 128, 64  # vertex flags: a face has 128 and not 64
_CORNERS = ("vtx0", "vtx1", "vtx2", "vtx3")


def hidden_edges(flags: NDArray, three: NDArray) -> NDArray[np.bool_]:
    """Return which of the four edges of 3DFACEs are hidden, (k, 4); `three` marks the triangles, `flags` is group 70.

    A triangle has its third edge behind its third corner and that from the fourth corner, the same point, to the first.
    Programs differ in which bit hides it, so it is hidden only where both are set.
    """
    hidden = (flags[:, None].astype(np.int64) & np.array([1, 2, 4, 8])) != 0
    hidden[three, 3] &= hidden[three, 2]
    return hidden


def visible_edges(corners: F64, hidden: NDArray[np.bool_]) -> tuple[NDArray, F64]:
    """Return how many edges of faces (k, 4, 3) show, and these as pairs of points (n, 2, 3)."""
    edges = np.stack([corners, np.roll(corners, -1, axis=1)], axis=2)
    shown = ~hidden & (edges[:, :, 0] != edges[:, :, 1]).any(axis=2)
    return shown.sum(axis=1), edges[shown]


def parts(entity: Any) -> tuple[list[F64], list[F64]]:
    """Return the faces of a mesh as rings (k, 3), and the visible edges (2, 3) of those that hide some.

    Raises:
        ValueError: the mesh has fewer vertices than it says.
    """
    if entity.is_poly_face_mesh:
        return _polyface(entity.vertices)
    flags, kept = int(entity.dxf.get("flags", 0)), list(entity.vertices)
    m, n = int(entity.dxf.get("m_count", 0)), int(entity.dxf.get("n_count", 0))
    fitted = [vertex for vertex in kept if not int(vertex.dxf.get("flags", 0)) & FRAME]
    if flags & _FITTED and len(fitted) < len(kept):  # the smoothed surface shows, not its frame
        m = int(entity.dxf.get("m_smooth_density", 0)) or m
        n = int(entity.dxf.get("n_smooth_density", 0)) or n
        kept = fitted
    if m * n > len(kept) or m < 1 or n < 1:
        raise ValueError("a mesh lacks vertices")
    grid = np.array([v.dxf.location.xyz for v in kept[: m * n]], np.float64).reshape(m, n, 3)
    if flags & _CLOSED_M:
        grid = np.concatenate([grid, grid[:1]])
    if flags & _CLOSED_N:
        grid = np.concatenate([grid, grid[:, :1]], axis=1)
    faces = np.stack([grid[:-1, :-1], grid[1:, :-1], grid[1:, 1:], grid[:-1, 1:]], axis=2)
    return list(faces.reshape(-1, 4, 3)), []


def _polyface(vertices: Any) -> tuple[list[F64], list[F64]]:
    points = np.array([v.dxf.location.xyz for v in vertices], np.float64).reshape(-1, 3)
    rings: list[F64] = []
    edges: list[F64] = []
    for vertex in vertices:
        if int(vertex.dxf.get("flags", 0)) & (_FACE | _PLACE) != _FACE:
            continue
        corners = [c for c in (int(vertex.dxf.get(name, 0) or 0) for name in _CORNERS) if c and abs(c) <= len(points)]
        ring = points[[abs(c) - 1 for c in corners]]
        if len(ring) > 1 and all(c > 0 for c in corners):
            rings.append(ring)
        else:  # a negative corner begins a hidden edge
            edges += [ring[[i, (i + 1) % len(ring)]] for i, c in enumerate(corners) if c > 0 and len(ring) > 1]
    return rings, edges
