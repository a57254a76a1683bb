"""Which IFC element of the old model is which of the new one, without trusting GlobalIds.

GlobalIds are used only where enough of them survived. The others are matched in stages: same place and
shape, same name at the same place, same shape and name elsewhere (moved), same name with another shape.
Shapes are compared by numbers that do not depend on the order of vertices (area, volume, box, moments).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

import numpy as np
from scipy.spatial import cKDTree

from pipeline.drawing.model import Drawing
from pipeline.drawing.tables import F64

SAME_PLACE_MM = 2.0
SAME_SHAPE_MM = 2.0
FAR_MOVE_MM = 8000.0
NEAR_MOVE_MM = 3000.0
NEARBY_MM = 1000.0
STEADY_GUIDS = 0.7  # share from which a new GlobalId means a new thing, unless it lies in place
TRUSTED_GUIDS = 0.3  # share of common GlobalIds from which they are believed
LEAST_IN_PLACE = 0.2  # below this share in place a common shift of the whole model is looked for
MOST_CANDIDATES = 24
IN_PLACE = ("properties", "place", "place and name", "guid")


@dataclass(slots=True)
class Elements:
    """What is needed of the elements of one model, in millimetres."""

    drawing: Drawing
    guid: list[str]
    kind: list[str]
    name: list[str]
    tag: list[str]
    type_name: list[str]
    shape: F64  # (e, 13) order-free numbers in mm, NaN without triangles
    box: F64  # (e, 6) mm
    centre: F64  # (e, 3) middle of the box, else the placement, NaN when neither
    origin: F64  # (e, 3) placement


@dataclass(slots=True)
class ElementMatch:
    """Pairs of rows and how each was recognised."""

    pairs: dict[int, int] = field(default_factory=dict)  # old row -> new row
    how: dict[int, str] = field(default_factory=dict)  # old row -> stage
    removed: list[int] = field(default_factory=list)
    added: list[int] = field(default_factory=list)
    shift: F64 = field(default_factory=lambda: np.zeros(3))  # of the whole model, mm
    guid_share: float = 0.0

    def invert(self) -> ElementMatch:
        """The same match told from new to old."""
        return ElementMatch(
            {j: i for i, j in self.pairs.items()},
            {self.pairs[i]: how for i, how in self.how.items()},
            list(self.added),
            list(self.removed),
            0.0 - self.shift,
            self.guid_share,
        )


def elements_of(drawing: Drawing) -> Elements:
    """Collect the elements of a model with their shape numbers."""
    table = drawing.elements
    shape, box = _shapes(drawing)
    origin = table.placement.reshape(-1, 4, 4)[:, :3, 3] if len(table) else np.zeros((0, 3))
    middle = (box[:, :3] + box[:, 3:]) / 2
    centre = np.where(np.isfinite(middle), middle, origin)
    return Elements(
        drawing,
        list(table.global_id),
        list(table.ifc_class),
        list(table.name),
        list(table.tag),
        list(table.type_name),
        shape,
        box,
        centre,
        origin,
    )


def _shapes(drawing: Drawing) -> tuple[F64, F64]:
    """Order-free shape numbers (e, 13) and boxes (e, 6) from the triangles, float64 mm.

    Numbers: size of the box (3), area-weighted centre relative to the box (3), square root of the area,
    cube root of the volume, root mean square spread along and across the axes (5).
    """
    count = len(drawing.elements)
    mesh = drawing.meshes
    box = drawing.elements.box.astype(np.float64).reshape(-1, 6).copy()
    shape = np.full((count, 13), np.nan)
    if not len(mesh.faces):
        return shape, box
    owner = mesh.face_element.astype(np.int64)
    corner = mesh.vertices[mesh.faces].astype(np.float64) + mesh.origin
    low, high = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    np.minimum.at(low, owner, corner.min(1))
    np.maximum.at(high, owner, corner.max(1))
    has = np.isfinite(low[:, 0])
    local = corner - low[owner][:, None]
    normal = np.cross(local[:, 1] - local[:, 0], local[:, 2] - local[:, 0])
    area = np.linalg.norm(normal, axis=1) / 2
    total = np.bincount(owner, area, minlength=count)
    weight = np.maximum(total, 1e-9)
    volume = np.bincount(owner, (local[:, 0] * normal).sum(1) / 6, minlength=count)
    centroid = local.mean(1)
    mean = np.stack([np.bincount(owner, area * centroid[:, k], minlength=count) for k in range(3)], 1) / weight[:, None]
    # exact second moments of a triangle: (corner products + product of the sums) / 12 (Eberly, mass properties)
    second = (np.einsum("fik,fil->fkl", local, local) + np.einsum("fk,fl->fkl", local.sum(1), local.sum(1))) / 12
    spread = np.stack(
        [
            np.bincount(owner, area * second[:, k, m], minlength=count) / weight - mean[:, k] * mean[:, m]
            for k, m in ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2))
        ],
        1,
    )
    root = np.sign(spread) * np.sqrt(np.abs(spread))
    numbers = np.hstack([high - low, mean, np.sqrt(total)[:, None], np.cbrt(volume)[:, None], root])
    shape[has] = numbers[has]
    box[has] = np.hstack([low, high])[has]
    return shape, box


def same_shape(a: F64, b: F64) -> np.ndarray:
    """Whether rows of shape numbers are one shape; two without triangles are equal.

    The mixed moments (last two) lose digits, so they may differ by 1 % of the size of the thing.
    """
    size = np.nanmax(np.abs(np.where(np.isfinite(a[..., :3]), a[..., :3], 0.0)), axis=-1, keepdims=True)
    allowed = np.full(a.shape, SAME_SHAPE_MM)
    allowed[..., 11:] += 0.02 * size
    equal = (np.abs(a - b) <= allowed).all(-1)
    neither = ~np.isfinite(a).any(-1) & ~np.isfinite(b).any(-1)
    return np.asarray(equal | neither)


class Matcher:
    """Stage by stage assignment of the rows that are still free."""

    def __init__(self, old: Elements, new: Elements, shift: F64) -> None:
        """Start with everything free; `shift` (3,) is added to old places."""
        self.old, self.new, self.shift = old, new, shift
        self.result = ElementMatch(shift=shift)
        self.free_old = np.ones(len(old.guid), bool)
        self.free_new = np.ones(len(new.guid), bool)

    def take(self, i: int, j: int, how: str) -> None:
        """Fix a pair."""
        self.result.pairs[i] = j
        self.result.how[i] = how
        self.free_old[i] = False
        self.free_new[j] = False

    def by_guid(self, in_place: bool) -> None:
        """Equal GlobalIds, when enough of them are common.

        First those that lie where they did; the others (after the stages by place) only when class, name or
        shape agrees too, because some programs give the GlobalId of one thing to another.
        """
        where = {guid: j for j, guid in enumerate(self.new.guid) if guid}
        common = [(i, where[guid]) for i, guid in enumerate(self.old.guid) if guid in where]
        count = min(len(self.old.guid), len(self.new.guid))
        self.result.guid_share = len(common) / count if count else 0.0
        if self.result.guid_share > TRUSTED_GUIDS:
            for i, j in common:
                if self.free_old[i] and self.free_new[j] and self._plausible(i, j, in_place):
                    self.take(i, j, "guid")

    def _plausible(self, i: int, j: int, in_place: bool) -> bool:
        """Whether two things of one GlobalId can be one thing."""
        shape = bool(same_shape(self.old.shape[i : i + 1], self.new.shape[j : j + 1])[0])
        away = float(np.linalg.norm(self.new.centre[j] - self.old.centre[i] - self.shift))
        near = not np.isfinite(away) or away <= SAME_PLACE_MM
        if in_place:
            return shape and near and self.old.kind[i] == self.new.kind[j]
        alike = self.old.kind[i] == self.new.kind[j] or shape
        origin = float(np.linalg.norm(self.new.origin[j] - self.old.origin[i] - self.shift))
        named = bool(self.old.name[i].strip()) and self.old.name[i] == self.new.name[j]
        return alike and (shape or named or near or origin <= SAME_PLACE_MM)

    def stage(
        self,
        how: str,
        key: Callable[[Elements, int], Hashable],
        reach: float,
        shape: bool,
        place: str = "centre",
    ) -> None:
        """Match free rows with equal keys, nearest first.

        Args:
            how: name of the stage.
            key: what must be equal; None leaves a row out.
            reach: farthest distance, mm; infinity matches also rows without a place.
            shape: whether the shape numbers must agree.
            place: "centre" (box) or "origin" (placement).
        """
        while self._round(how, key, reach, shape, place):
            pass  # crowded places give more pairs once the nearest are taken

    def _round(self, how: str, key: Callable[[Elements, int], Hashable], reach: float, shape: bool, place: str) -> bool:
        """One round of a stage; whether another may find more."""
        groups_old, groups_new = _groups(self.old, self.free_old, key), _groups(self.new, self.free_new, key)
        pairs: list[tuple[float, int, int]] = []
        before = len(self.result.pairs)
        for value, rows in groups_old.items():
            others = groups_new.get(value)
            if others is not None:
                pairs += self._candidates(np.array(rows), np.array(others), reach, shape, place)
        for _, i, j in sorted(pairs):
            if self.free_old[i] and self.free_new[j]:
                self.take(i, j, how)
        return len(self.result.pairs) > before

    def _candidates(
        self, rows: np.ndarray, others: np.ndarray, reach: float, shape: bool, place: str
    ) -> list[tuple[float, int, int]]:
        """(distance, old row, new row) of possible pairs in one group."""
        a, b = getattr(self.old, place)[rows] + self.shift, getattr(self.new, place)[others]
        finite_a, finite_b = np.isfinite(a).all(1), np.isfinite(b).all(1)
        found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        if finite_a.any() and finite_b.any():
            one, two = rows[finite_a], others[finite_b]
            distance, index = cKDTree(b[finite_b]).query(
                a[finite_a], k=min(MOST_CANDIDATES, len(two)), distance_upper_bound=reach * (1 + 1e-9) + 1e-9
            )
            distance, index = distance.reshape(len(one), -1), index.reshape(len(one), -1)
            i, k = np.nonzero(index < len(two))
            found.append((distance[i, k], one[i], two[index[i, k]]))
        one, two = rows[~finite_a], others[~finite_b]
        if len(one) and len(two):  # things without a place (groups, systems): in order
            count = min(len(one), len(two))
            found.append((np.zeros(count), one[:count], two[:count]))
        result: list[tuple[float, int, int]] = []
        for distance, i, j in found:
            keep = np.isfinite(distance)
            if shape:
                keep &= same_shape(self.old.shape[i], self.new.shape[j])
            result += [(float(d), int(x), int(y)) for d, x, y in zip(distance[keep], i[keep], j[keep], strict=True)]
        return result


def _groups(
    elements: Elements, free: np.ndarray, key: Callable[[Elements, int], Hashable]
) -> dict[Hashable, list[int]]:
    groups: dict[Hashable, list[int]] = {}
    for row in np.flatnonzero(free):
        value = key(elements, int(row))
        if value is not None:
            groups.setdefault(value, []).append(int(row))
    return groups


def _named(elements: Elements, row: int) -> Hashable:
    if not elements.name[row].strip() and not elements.tag[row].strip():
        return None
    return (elements.kind[row], elements.name[row], elements.tag[row])


def _tagged(elements: Elements, row: int) -> Hashable:
    return (elements.kind[row], elements.tag[row]) if elements.tag[row] else None


def _described(elements: Elements, row: int) -> Hashable:
    """Class, name, tag and every text in the property sets (numbers change with the units)."""
    sets = elements.drawing.elements.properties[row]
    words = tuple(
        sorted((name, key, value) for name, one in sets.items() for key, value in one.items() if isinstance(value, str))
    )
    return (elements.kind[row], elements.name[row], elements.tag[row], words) if words else None


def _kind(elements: Elements, row: int) -> Hashable:
    return elements.kind[row]


def _typed(elements: Elements, row: int) -> Hashable:
    return (elements.kind[row], elements.type_name[row])


def _any(elements: Elements, row: int) -> Hashable:
    return 0 if np.isfinite(elements.shape[row]).any() else None


def match_elements(old: Elements, new: Elements) -> ElementMatch:
    """Match the elements of two models.

    Returns:
        ElementMatch; when hardly anything lies in place, the whole model is tried with a common shift.
    """
    matcher = _run(old, new, np.zeros(3))
    in_place = sum(1 for how in matcher.how.values() if how in IN_PLACE)
    if in_place < LEAST_IN_PLACE * max(1, min(len(old.guid), len(new.guid))):
        shift = _common_shift(old, new)
        if shift is not None:
            shifted = _run(old, new, shift)
            if (
                len(shifted.pairs) > len(matcher.pairs)
                or sum(1 for how in shifted.how.values() if how.startswith("place")) > in_place
            ):
                return shifted
    return matcher


def _run(old: Elements, new: Elements, shift: F64) -> ElementMatch:
    """All stages once."""
    matcher = Matcher(old, new, shift)
    matcher.by_guid(in_place=True)
    matcher.stage("properties", _described, SAME_PLACE_MM, shape=True)
    matcher.stage("place and name", _named, SAME_PLACE_MM, shape=True)
    matcher.stage("place", _kind, SAME_PLACE_MM, shape=True)
    matcher.by_guid(in_place=False)
    matcher.stage("name at the same place", _named, SAME_PLACE_MM, shape=False, place="origin")
    matcher.stage("tag", _tagged, FAR_MOVE_MM, shape=True)
    if matcher.result.guid_share < STEADY_GUIDS:  # else what moved was matched by its GlobalId
        matcher.stage("properties and shape, moved", _described, FAR_MOVE_MM, shape=True)
        matcher.stage("name and shape, moved", _named, FAR_MOVE_MM, shape=True)
        matcher.stage("shape and type, moved", _typed, NEAR_MOVE_MM, shape=True)
    matcher.stage("name nearby", _named, NEARBY_MM, shape=False)
    matcher.stage("place, another class", _any, SAME_PLACE_MM, shape=True)
    matcher.stage("tag, another shape", _tagged, np.inf, shape=False)
    result = matcher.result
    result.removed = [int(i) for i in np.flatnonzero(matcher.free_old)]
    result.added = [int(j) for j in np.flatnonzero(matcher.free_new)]
    return result


def _common_shift(old: Elements, new: Elements) -> F64 | None:
    """The displacement (3,) most unique (class, name, tag) pairs share, or None."""

    def unique(elements: Elements) -> dict[Hashable, int]:
        placed: np.ndarray = np.asarray(np.isfinite(elements.centre).all(1))
        groups = _groups(elements, placed, _named)
        return {key: rows[0] for key, rows in groups.items() if len(rows) == 1}

    one, two = unique(old), unique(new)
    keys = [key for key in one if key in two]
    if len(keys) < 3:
        return None
    delta = np.array([new.centre[two[key]] - old.centre[one[key]] for key in keys])
    cell = np.round(delta / 10.0).astype(np.int64)
    _, inverse, count = np.unique(cell, axis=0, return_inverse=True, return_counts=True)
    best = int(count.argmax())
    if count[best] < max(3, 0.3 * len(keys)):
        return None
    return np.asarray(np.median(delta[inverse.ravel() == best], axis=0))
