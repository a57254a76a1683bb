"""What changed on one IFC element, aspect by aspect: geometry, placement, attributes, properties, material …"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from pipeline.comparing.elements import SAME_PLACE_MM, ElementMatch, Elements
from pipeline.comparing.shapes import SAME_SHAPE_MM, Corners, same_corners, same_shape, turned_shape

APART_ATTRIBUTES = ("step_id", "CompositionType", "classifications", "material", "value_units")
RELATIVE = 1e-5  # numbers closer than this are equal
NOTHING = 1e-6  # file units of the coarser file within which a number is zero
SAME_TURN = 1e-3  # radians
HOSTS = ("IfcOpeningElement", "IfcOpeningStandardCase")
ORDER = (
    "geometry", "placement", "class", "attribute", "type", "material", "classification", "container", "group",
    "property", "quantity", "identity",
)  # fmt: skip
POWERS = (0, 1, 2, 3)  # of the length unit in a number: none, length, area, volume
Values = dict[str, object]


@dataclass(slots=True, frozen=True)
class Aspect:
    """One changed aspect of an element."""

    aspect: str  # one of ORDER
    name: str
    old: str
    new: str


class Inspector:
    """Tells the changed aspects of matched pairs of two models."""

    def __init__(self, old: Elements, new: Elements, match: ElementMatch, ratio: float) -> None:
        """Look at all pairs at once where that is cheaper.

        Args:
            old: old model.
            new: new model.
            match: the whole match (containers are compared through it).
            ratio: length unit of the old file / that of the new one; other than 1, numbers may differ by its powers.
        """
        self.old, self.new, self.match, self.ratio = old, new, match, ratio
        self.rows = np.array(sorted(match.pairs.items(), key=lambda pair: pair[1]), np.int64).reshape(-1, 2)
        i, j = self.rows[:, 0], self.rows[:, 1]
        self._alike = dict(zip(i.tolist(), same_shape(old.shape[i], new.shape[j]).tolist(), strict=True))
        self._corners = (Corners(old.drawing), Corners(new.drawing))
        moved = new.centre[j] - (old.centre[i] + match.shift)
        far = np.isfinite(moved).all(1) & (np.linalg.norm(moved, axis=1) > SAME_PLACE_MM)
        self._far = dict(zip(i.tolist(), far.tolist(), strict=True))
        self.powers = unit_powers(old, new, self.rows, ratio) if abs(ratio - 1) >= 1e-9 else {}

    def of(self, i: int, j: int) -> list[Aspect]:
        """All changed aspects of a matched pair, the weightiest first."""
        one, two = self.old.drawing.elements, self.new.drawing.elements
        found = self._body(i, j)
        if self.old.kind[i] != self.new.kind[j]:
            found.append(Aspect("class", "class", self.old.kind[i], self.new.kind[j]))
        for name, a, b in (
            ("Name", self.old.name[i], self.new.name[j]),
            ("Tag", self.old.tag[i], self.new.tag[j]),
            ("PredefinedType", one.predefined_type[i], two.predefined_type[j]),
        ):
            if a != b:
                found.append(Aspect("attribute", name, a, b))
        said, says = one.attributes[i], two.attributes[j]
        if said != says:
            found += self._values("attribute", "", _plain(said), _plain(says))
            found += self._values("classification", "", *(_classified(v) for v in (said, says)))
        if one.type_name[i] != two.type_name[j]:
            found.append(Aspect("type", "type", one.type_name[i], two.type_name[j]))
        if sorted(one.materials[i]) != sorted(two.materials[j]):
            found.append(Aspect("material", "material", " / ".join(one.materials[i]), " / ".join(two.materials[j])))
        elif said.get("material") != says.get("material"):
            found += self._values("material", "", _layers(said), _layers(says))
        found += self._container(i, j)
        for aspect, sets, others in (
            ("property", one.properties[i], two.properties[j]),
            ("quantity", one.quantities[i], two.quantities[j]),
        ):
            if sets != others:
                for name in sorted(set(sets) | set(others)):
                    found += self._values(aspect, f"{name}.", sets.get(name, {}), others.get(name, {}))
        return sorted(found, key=lambda a: (ORDER.index(a.aspect), a.name))

    def displacement(self, i: int, j: int) -> np.ndarray | None:
        """(3,) displacement of a pair in mm, None when one has no place."""
        delta = self.new.centre[j] - (self.old.centre[i] + self.match.shift)
        return np.asarray(delta) if np.isfinite(delta).all() else None

    # --- bodies ---

    def _body(self, i: int, j: int) -> list[Aspect]:
        """Geometry, placement and rotation of a pair."""
        alike, far = self._alike[i], self._far[i]
        if not alike:
            alike = self._same_body(i, j)
        if alike:
            return [Aspect("placement", "placement", *self._places(i, j))] if far else []
        turn = self._turned(i, j)
        if turn is not None:
            found = [Aspect("placement", "placement", *self._places(i, j))] if far else []
            return [*found, Aspect("placement", "rotation", *(f"{math.degrees(angle) % 360:.0f}°" for angle in turn))]
        a, b = _size(self.old, i), _size(self.new, j)
        if a == b:
            a, b = _volume(self.old, i), _volume(self.new, j)
        return [Aspect("geometry", "geometry", a, b)]

    def _same_body(self, i: int, j: int) -> bool:
        """Whether bodies of one box and volume have the same corners: then only their triangles differ."""
        a, b = self.old.shape[i], self.new.shape[j]
        if not (np.abs(a[:3] - b[:3]) <= SAME_SHAPE_MM).all() or abs(a[7] - b[7]) > 1e-3 * max(abs(a[7]), 1.0):
            return False
        return same_corners(self._corners[0].of(i), self._corners[1].of(j))

    def _turned(self, i: int, j: int) -> tuple[float, float] | None:
        """Direction in plan before and after (radians) of what was turned about a vertical axis, None for the rest."""
        if not bool(turned_shape(self.old.shape[i : i + 1], self.new.shape[j : j + 1])[0]):
            return None
        axes = [e.drawing.elements.placement[r].reshape(4, 4)[:3, :3] for e, r in ((self.old, i), (self.new, j))]
        turn = axes[1] @ axes[0].T
        if not np.isfinite(turn).all() or turn[2, 2] < 1 - SAME_TURN:
            return None
        angle = math.atan2(turn[1, 0], turn[0, 0])
        x, y, z = axes[0][:, 0]
        before = math.atan2(y, x) if abs(z) < 1 - SAME_TURN else 0.0
        return (before, before + angle) if abs(angle) > SAME_TURN else None

    def _places(self, i: int, j: int) -> tuple[str, str]:
        return _point(self.old.centre[i]), _point(self.new.centre[j])

    # --- what is said ---

    def _container(self, i: int, j: int) -> list[Aspect]:
        """Another spatial or aggregating parent, other groups (openings are told by the host itself)."""
        found = []
        old, new = self.old, self.new
        a, b = int(old.drawing.elements.container[i]), int(new.drawing.elements.container[j])
        hosted = (old.kind[a] if a >= 0 else "") in HOSTS or (new.kind[b] if b >= 0 else "") in HOSTS
        if not hosted and self.match.pairs.get(a, -1) != b and not self._same_container(a, b):
            names = old.name[a] if a >= 0 else "", new.name[b] if b >= 0 else ""
            found.append(Aspect("container", "container", *names))
        groups = [
            sorted(e.drawing.elements.groups[r]) if e.drawing.elements.groups else [] for e, r in ((old, i), (new, j))
        ]
        if groups[0] != groups[1]:
            found.append(Aspect("group", "group", " / ".join(groups[0]), " / ".join(groups[1])))
        return found

    def _same_container(self, a: int, b: int) -> bool:
        """Whether parents that were not matched to one another pass for one."""
        if a < 0 or b < 0:
            return a < 0 and b < 0
        one, two = (self.old.kind[a], self.old.name[a]), (self.new.kind[b], self.new.name[b])
        if self.match.pairs.get(a) is None:
            return one[1] == two[1]
        return one == two and not one[0].startswith("IfcBuildingStorey")

    def _values(self, aspect: str, prefix: str, old: Values, new: Values) -> Iterator[Aspect]:
        if old == new:
            return
        for name in sorted(set(old) | set(new)):
            a, b = old.get(name), new.get(name)
            if a != b and not same_value(a, b, self.ratio, self.powers.get((prefix, name))):
                yield Aspect(aspect, prefix + name, show(a), show(b))


def unit_powers(old: Elements, new: Elements, rows: np.ndarray, ratio: float) -> dict[tuple[str, str], int]:
    """Which power of the length unit each named number goes by in two files of different units.

    Returns:
        (set name with a dot, value name) -> 0, 1, 2 or 3: the power most pairs agree with; missing where none does.
    """
    one, two = old.drawing.elements, new.drawing.elements
    votes: dict[tuple[str, str], Counter[int]] = {}
    for i, j in rows.tolist():
        sets: list[tuple[str, Values, Values]] = [("", one.attributes[i], two.attributes[j])]
        for a, b in ((one.properties[i], two.properties[j]), (one.quantities[i], two.quantities[j])):
            sets += [(f"{name}.", values, b[name]) for name, values in a.items() if name in b]
        for prefix, values, others in sets:
            for name, value in values.items():
                other = others.get(name)
                if type(value) is bool or not isinstance(value, int | float) or not isinstance(other, int | float):
                    continue
                if value and other:
                    fits = [p for p in POWERS if math.isclose(value * ratio**p, other, rel_tol=RELATIVE)]
                    votes.setdefault((prefix, name), Counter()).update(fits)
    return {key: count.most_common(1)[0][0] for key, count in votes.items() if count}


def same_value(a: object, b: object, ratio: float, power: int | None = None) -> bool:
    """Whether two property values are equal, whatever the length unit of the files.

    Lengths, areas and volumes of files in other units differ by `ratio`, its square or its cube; `power` says which
    where it is known.
    """
    if isinstance(a, bool) or isinstance(b, bool) or a is None or b is None:
        return (a or None) == (b or None) if not isinstance(a, bool) and not isinstance(b, bool) else a == b
    if isinstance(a, int | float) and isinstance(b, int | float):
        powers: Iterable[int] = (0,) if abs(ratio - 1) < 1e-9 else POWERS if power is None else (power,)
        return any(
            math.isclose(a * ratio**p, b, rel_tol=RELATIVE, abs_tol=NOTHING * max(1.0, ratio**p)) for p in powers
        )
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(same_value(x, y, ratio) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return all(same_value(a.get(key), b.get(key), ratio) for key in set(a) | set(b))
    return str(a).strip() == str(b).strip()


def show(value: object) -> str:
    """A value as a short text."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)[:500]


def _plain(values: Values) -> Values:
    return {key: value for key, value in values.items() if key not in APART_ATTRIBUTES}


def _classified(values: Values) -> Values:
    """Classification references by system, as texts in an order of their own (files keep none)."""
    found: dict[str, list[str]] = {}
    references = values.get("classifications")
    for one in references if isinstance(references, list) else []:
        words = [str(one[key]) for key in ("code", "name", "edition") if one.get(key)]
        found.setdefault(str(one.get("system") or "classification"), []).append(" ".join(words))
    return {system: " / ".join(sorted(told)) for system, told in found.items()}


def _layers(values: Values) -> Values:
    return {"composition": values["material"]} if values.get("material") else {}


def _size(elements: Elements, row: int) -> str:
    size = elements.shape[row, :3]
    return " × ".join(f"{v:.0f}" for v in size) + " mm" if np.isfinite(size).all() else ""


def _volume(elements: Elements, row: int) -> str:
    edge = float(elements.shape[row, 7])
    return f"{edge**3 / 1e9:.3f} m³" if np.isfinite(edge) else ""


def _point(point: np.ndarray) -> str:
    return ", ".join(f"{v:.0f}" for v in point) + " mm" if np.isfinite(point).all() else ""
