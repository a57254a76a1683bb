"""What only follows from another change of a model: openings of doors, hosts of openings, joins cut again, parts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pipeline.comparing.aspects import HOSTS, Aspect
from pipeline.comparing.changes import Difference
from pipeline.comparing.elements import SAME_PLACE_MM, ElementMatch, Elements
from pipeline.drawing.tables import F64

FILLINGS = ("IfcDoor", "IfcWindow", "IfcDoorStandardCase", "IfcWindowStandardCase")
JOINED = (
    "IfcWall", "IfcWallStandardCase", "IfcWallElementedCase", "IfcBeam", "IfcBeamStandardCase", "IfcColumn",
    "IfcColumnStandardCase", "IfcSlab", "IfcSlabStandardCase", "IfcCovering", "IfcRoof", "IfcMember", "IfcFooting",
    "IfcRailing", "IfcSpace",
)  # fmt: skip
REACH_MM = 50.0  # a join is looked for this far around the thing that changed
LEAST_SAME = 1.0  # mm within which two displacements are one
Place = tuple[int, int]  # old row, new row; -1 for none


@dataclass(slots=True)
class Told:
    """A difference with the rows it speaks of."""

    difference: Difference
    i: int  # old row, -1 for an added thing
    j: int  # new row, -1 for a removed thing
    aspects: list[Aspect]

    def has(self, aspect: str) -> bool:
        """Whether an aspect of this kind changed."""
        return any(one.aspect == aspect for one in self.aspects)


class Follower:
    """Finds the cause of each told difference, if it has one."""

    def __init__(self, told: list[Told], old: Elements, new: Elements, match: ElementMatch) -> None:
        """Gather the boxes of all told things in coordinates of the new model."""
        self.told, self.old, self.new, self.match = told, old, new, match
        self.of_old = {one.i: k for k, one in enumerate(told) if one.i >= 0}
        self.of_new = {one.j: k for k, one in enumerate(told) if one.j >= 0}
        none = np.full(6, np.nan)
        shift = np.tile(match.shift, 2)
        self.was = np.array([old.box[one.i] + shift if one.i >= 0 else none for one in told]).reshape(-1, 6)
        self.is_ = np.array([new.box[one.j] if one.j >= 0 else none for one in told]).reshape(-1, 6)
        self.moved = np.array([self._displacement(one) for one in told]).reshape(-1, 3)
        self.kind = [(new.kind[one.j] if one.j >= 0 else old.kind[one.i]) for one in told]
        self.cause: dict[int, int] = {}

    def follow(self) -> list[Difference]:
        """The differences, those with a cause marked and saying which it is."""
        self._fillings()
        self._parts()
        self._hosts()
        self._joins()
        return [self._marked(k) for k in range(len(self.told))]

    def _marked(self, k: int) -> Difference:
        one = self.told[k].difference
        root = self._root(k)
        if root is None:
            return one
        cause = self.told[root].difference
        told = {
            "guid_old": cause.guid_old or None,
            "guid_new": cause.guid_new or None,
            "zh_old": cause.what_old,
            "zh_new": cause.what,
            "en_old": cause.what_old_en,
            "en_new": cause.what_en,
        }
        material = one.material and self.kind[k] == "IfcSpace"  # the area of a room is a matter of its own
        return replace(one, consequence=True, material=material, details={**one.details, "cause": told})

    def _root(self, k: int) -> int | None:
        """The cause of the cause …; None for what has none."""
        seen = {k}
        at = self.cause.get(k)
        while at is not None and at in self.cause and at not in seen:
            seen.add(at)
            at = self.cause[at]
        return None if at in seen else at

    def _displacement(self, one: Told) -> F64:
        if one.i < 0 or one.j < 0:
            return np.full(3, np.nan)
        return np.asarray(self.new.centre[one.j] - self.old.centre[one.i] - self.match.shift)

    def _above(self, k: int) -> int | None:
        """The told difference of the parent of a told thing."""
        one = self.told[k]
        for row, elements, known in ((one.j, self.new, self.of_new), (one.i, self.old, self.of_old)):
            if row >= 0:
                parent = int(elements.drawing.elements.container[row])
                if parent in known:
                    return known[parent]
        return None

    def _fillings(self) -> None:
        """An opening follows the changed door or window that sits in it (by place: containers name the storey)."""
        doors = [k for k, kind in enumerate(self.kind) if kind in FILLINGS and self._bodily(k)]
        if not doors:
            return
        middles = [(box[doors, :3] + box[doors, 3:]) / 2 for box in (self.was, self.is_)]
        for k, kind in enumerate(self.kind):
            if kind not in HOSTS or not self._bodily(k):
                continue
            for box, middle in ((self.is_[k], middles[1]), (self.was[k], middles[0])):
                inside = ((middle >= box[:3] - REACH_MM) & (middle <= box[3:] + REACH_MM)).all(1)
                if inside.any():
                    self.cause[k] = doors[int(np.flatnonzero(inside)[0])]
                    break

    def _bodily(self, k: int) -> bool:
        """Whether a thing itself changed, not only what is said of it."""
        one = self.told[k]
        return one.difference.kind != "modified" or one.has("geometry") or one.has("placement") or one.has("class")

    def _parts(self) -> None:
        """What moved by as much as the whole it belongs to, or came or went with it, follows the whole."""
        for k, one in enumerate(self.told):
            whole = self._above(k)
            if whole is None or k in self.cause or whole == k:
                continue
            other = self.told[whole]
            if one.difference.kind != other.difference.kind:
                rehung = self.kind[k] in HOSTS and one.aspects and one.aspects[0].aspect == "container"
                if rehung:
                    self.cause[k] = whole
                continue
            gone = one.difference.kind in ("added", "removed") and self.kind[k] in HOSTS
            along = one.difference.kind == "moved" and bool(
                np.nan_to_num(np.abs(self.moved[k] - self.moved[whole]), nan=np.inf).max() <= LEAST_SAME
            )
            if gone or along:
                self.cause[k] = whole

    def _hosts(self) -> None:
        """A host whose box stayed follows its changed opening."""
        for k, kind in enumerate(self.kind):
            if kind not in HOSTS:
                continue
            host = self._above(k) if self._bodily(k) else None
            if host is None or host in self.cause or not self.told[host].has("geometry"):
                continue
            if self._same_box(host):
                self.cause[host] = self.cause.get(k, k)

    def _same_box(self, k: int) -> bool:
        return bool(np.nan_to_num(np.abs(self.is_[k] - self.was[k]), nan=np.inf).max() <= SAME_PLACE_MM)

    def _joins(self) -> None:
        """A body cut again only where a neighbour came, went, moved or grew follows the neighbour."""
        roots = [k for k, kind in enumerate(self.kind) if kind in JOINED and kind != "IfcSpace" and self._weight(k) > 0]
        weights = np.array([self._weight(k) for k in roots])
        allowed = np.array([self._allowed(k) for k in roots])
        rows = np.array(roots, np.int64)
        for k, kind in enumerate(self.kind):
            one = self.told[k]
            if kind not in JOINED or k in self.cause or not one.has("geometry") or not roots:
                continue
            delta = np.nan_to_num(self.is_[k] - self.was[k], nan=np.inf)
            faces = np.abs(delta) > SAME_PLACE_MM
            amount = float(np.abs(delta).max())
            if not np.isfinite(amount) or faces.sum() > 2:
                continue
            region = self._region(k, faces)
            own = self._weight(k)
            good = self._touch(region, rows) & (weights > own) & (amount <= allowed) & (rows != k)
            if good.any():
                self.cause[k] = roots[int(np.flatnonzero(good)[weights[good].argmax()])]

    def _weight(self, k: int) -> float:
        """How likely a thing is the cause: what came, went or moved before what changed its shape, most first."""
        one = self.told[k]
        if one.difference.kind != "modified":
            return 1e9
        if not one.has("geometry"):
            return 0.0
        delta = np.nan_to_num(np.abs(self.is_[k] - self.was[k]), nan=0.0)
        return float(delta.max())

    def _allowed(self, k: int) -> float:
        """How much a neighbour may be cut or grown because of a thing, mm."""
        sizes = [box[3:] - box[:3] for box in (self.was[k], self.is_[k]) if np.isfinite(box).all()]
        thick = max((float(size.min()) for size in sizes), default=0.0)
        went = float(np.nan_to_num(np.linalg.norm(self.moved[k])))
        grown = float(np.nan_to_num(np.abs(self.is_[k] - self.was[k]), nan=0.0).max())
        return max(thick, went, grown) + REACH_MM

    def _region(self, k: int, faces: np.ndarray) -> F64:
        """The box in which a body changed: between its old and new ends, all of it when the box stayed."""
        box = np.concatenate(
            [np.minimum(self.was[k, :3], self.is_[k, :3]), np.maximum(self.was[k, 3:], self.is_[k, 3:])]
        )
        if faces.sum() == 1:
            at = int(np.flatnonzero(faces)[0])
            box[at % 3], box[at % 3 + 3] = sorted((self.was[k, at], self.is_[k, at]))
        return box

    def _touch(self, region: F64, rows: np.ndarray) -> np.ndarray:
        """Which told things reach into a region, where they were or where they are."""
        hit = np.zeros(len(rows), bool)
        for box in (self.was[rows], self.is_[rows]):
            hit |= ((box[:, :3] <= region[3:] + REACH_MM) & (box[:, 3:] >= region[:3] - REACH_MM)).all(1)
        return hit
