"""Numbers that tell the bodies of elements apart, whatever the order of their vertices and triangles."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from pipeline.drawing.model import Drawing
from pipeline.drawing.tables import F64

SAME_SHAPE_MM = 2.0  # of the box
SAME_MASS_MM = 0.5  # of surface, volume, their middle and spread: they tell small openings
NUMBERS = 14
OPEN = 13  # column of the share of the surface that has no counterpart (0 for a closed body)


def shapes_of(drawing: Drawing) -> tuple[F64, F64]:
    """Order-free shape numbers (e, 14) and boxes (e, 6) from the triangles, float64 mm, NaN without triangles.

    Numbers: size of the box (3), area-weighted centre relative to the box (3), square root of the area,
    cube root of the volume, roots of the second moments (xx, yy, zz, xy, xz) and how open the body is: length of
    the sum of all area vectors over the area, 0 for a closed body.
    """
    count = len(drawing.elements)
    mesh = drawing.meshes
    box = drawing.elements.box.astype(np.float64).reshape(-1, 6).copy()
    shape = np.full((count, NUMBERS), np.nan)
    if not len(mesh.faces):
        return shape, box
    owner = mesh.face_element.astype(np.int64)
    corner = mesh.vertices[mesh.faces].astype(np.float64) + mesh.origin
    if len(owner) > 1 and (np.diff(owner) < 0).any():
        order = np.argsort(owner, kind="stable")
        owner, corner = owner[order], corner[order]
    rows, first = np.unique(owner, return_index=True)
    low = np.minimum.reduceat(corner.min(1), first, axis=0)
    high = np.maximum.reduceat(corner.max(1), first, axis=0)
    place = np.repeat(np.arange(len(rows)), np.diff(np.append(first, len(owner))))
    local = corner - low[place][:, None]
    normal = np.cross(local[:, 1] - local[:, 0], local[:, 2] - local[:, 0])
    area = np.linalg.norm(normal, axis=1) / 2

    def total(values: F64) -> F64:
        return np.asarray(np.add.reduceat(values, first, axis=0))

    surface = total(area)
    weight = np.maximum(surface, 1e-9)[:, None]
    volume = total((local[:, 0] * normal).sum(1) / 6)
    mean = total(area[:, None] * local.mean(1)) / weight
    # exact second moments of a triangle: (corner products + product of the sums) / 12 (Eberly, mass properties)
    sums = local.sum(1)
    pairs = ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2))
    second = np.stack([(local[:, :, k] * local[:, :, m]).sum(1) + sums[:, k] * sums[:, m] for k, m in pairs], 1) / 12
    spread = total(area[:, None] * second) / weight - np.stack([mean[:, k] * mean[:, m] for k, m in pairs], 1)
    root = np.sign(spread) * np.sqrt(np.abs(spread))
    share = np.linalg.norm(total(normal), axis=1) / 2 / weight[:, 0]
    numbers = [high - low, mean, np.sqrt(surface)[:, None], np.cbrt(volume)[:, None], root, share[:, None]]
    shape[rows] = np.hstack(numbers)
    box[rows] = np.hstack([low, high])
    return shape, box


def same_shape(a: F64, b: F64) -> np.ndarray:
    """Whether rows of shape numbers (n, 14) are one shape within 2 mm; two without triangles are equal.

    The mixed moments lose digits, so they may differ by 2 % of the size of the thing. Where a face is missing in one
    of the bodies (the kernels leave one out now and then), surface and moments may differ by as much as it makes.
    """
    size = np.nan_to_num(np.abs(np.stack([a[..., :3], b[..., :3]])), nan=0.0).max(axis=(0, -1))[..., None]
    missing = np.nan_to_num(np.abs(a[..., OPEN:] - b[..., OPEN:]), nan=0.0)
    missing = np.where(missing > 1e-4, np.minimum(missing, 0.2), 0.0)
    allowed = np.full(a[..., :OPEN].shape, SAME_SHAPE_MM)
    allowed[..., 3:11] = SAME_MASS_MM
    allowed[..., 11:] += 0.02 * size
    allowed[..., 3:] += 2.0 * missing * size
    equal = (np.abs(a[..., :OPEN] - b[..., :OPEN]) <= allowed).all(-1)
    neither = ~np.isfinite(a).any(-1) & ~np.isfinite(b).any(-1)
    return np.asarray(equal | neither)


class Corners:
    """The corners of the bodies of a model, one element at a time."""

    def __init__(self, drawing: Drawing) -> None:
        """Sort the triangles by element on the first question."""
        self._mesh = drawing.meshes
        self._order: np.ndarray | None = None
        self._owner = np.zeros(0, np.int32)

    def of(self, row: int) -> F64:
        """Corners (v, 3) of the triangles of an element, mm from the lowest corner of its box."""
        if self._order is None:
            self._order = np.argsort(self._mesh.face_element, kind="stable")
            self._owner = self._mesh.face_element[self._order]
        first, end = np.searchsorted(self._owner, [row, row + 1])
        points = self._mesh.vertices[np.unique(self._mesh.faces[self._order[first:end]])].astype(np.float64)
        return np.asarray(points - points.min(0)) if len(points) else points.reshape(0, 3)


def same_corners(a: F64, b: F64) -> bool:
    """Whether two sets of points (n, 3) cover one another within 2 mm.

    Kernels cover one and the same outline with triangles in more than one way (holes touching the edge, letters): the
    corners stay, surface and moments differ a little.
    """
    if not len(a) or not len(b):
        return len(a) == len(b)
    there, back = cKDTree(b).query(a)[0], cKDTree(a).query(b)[0]
    return bool(there.max() <= SAME_SHAPE_MM and back.max() <= SAME_SHAPE_MM)


def turned_shape(a: F64, b: F64) -> np.ndarray:
    """Whether rows of shape numbers can be one shape turned about a vertical axis (or mirrored)."""
    one, two = _upright(a), _upright(b)
    size = np.maximum(np.nanmax(np.abs(one), axis=-1, initial=0.0), np.nanmax(np.abs(two), axis=-1, initial=0.0))
    allowed = SAME_SHAPE_MM + 1e-3 * size[..., None]
    return np.asarray((np.abs(one - two) <= allowed).all(-1))


def _upright(shape: F64) -> F64:
    """Numbers that a turn about a vertical axis leaves: height, middle height, area, volume, moments (n, 7)."""
    xx, yy = shape[..., 8] * np.abs(shape[..., 8]), shape[..., 9] * np.abs(shape[..., 9])
    xy = shape[..., 11] * np.abs(shape[..., 11])
    middle, apart = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)
    return np.stack(
        [
            shape[..., 2], shape[..., 5], shape[..., 6], shape[..., 7], shape[..., 10],
            np.sqrt(np.maximum(middle + apart, 0.0)), np.sqrt(np.maximum(middle - apart, 0.0)),
        ],
        -1,
    )  # fmt: skip
