"""What changed on one IFC element, aspect by aspect: attributes, properties, quantities, type, material, place …"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pipeline.comparing.elements import SAME_PLACE_MM, ElementMatch, Elements, same_shape

IGNORED_ATTRIBUTES = ("step_id", "CompositionType")
RELATIVE = 1e-5  # numbers closer than this are equal
HOSTS = ("IfcOpeningElement", "IfcOpeningStandardCase")
ORDER = ("geometry", "placement", "class", "attribute", "type", "material", "container", "property", "quantity")


@dataclass(slots=True, frozen=True)
class Aspect:
    """One changed aspect of an element."""

    aspect: str  # one of ORDER
    name: str
    old: str
    new: str


def aspects_of(old: Elements, i: int, new: Elements, j: int, match: ElementMatch, ratio: float) -> list[Aspect]:
    """All changed aspects of a matched pair, the weightiest first.

    Args:
        old: old model.
        i: old row.
        new: new model.
        j: new row.
        match: the whole match (containers are compared through it).
        ratio: length unit of the old file / that of the new one; other than 1, numbers may differ by its powers.
    """
    one, two = old.drawing.elements, new.drawing.elements
    found: list[Aspect] = []
    if not bool(same_shape(old.shape[i : i + 1], new.shape[j : j + 1])[0]):
        a, b = _size(old, i), _size(new, j)
        if a == b:
            a, b = _volume(old, i), _volume(new, j)
        found.append(Aspect("geometry", "geometry", a, b))
    elif (moved := displacement(old, i, new, j, match)) is not None and float(np.linalg.norm(moved)) > SAME_PLACE_MM:
        found.append(Aspect("placement", "placement", _point(old.centre[i]), _point(new.centre[j])))
    if old.kind[i] != new.kind[j]:
        found.append(Aspect("class", "class", old.kind[i], new.kind[j]))
    for name, a, b in (
        ("Name", old.name[i], new.name[j]),
        ("Tag", old.tag[i], new.tag[j]),
        ("PredefinedType", one.predefined_type[i], two.predefined_type[j]),
    ):
        if a != b:
            found.append(Aspect("attribute", name, a, b))
    found += _values("attribute", "", _without(one.attributes[i]), _without(two.attributes[j]), ratio)
    if one.type_name[i] != two.type_name[j]:
        found.append(Aspect("type", "type", one.type_name[i], two.type_name[j]))
    if sorted(one.materials[i]) != sorted(two.materials[j]):
        found.append(Aspect("material", "material", " / ".join(one.materials[i]), " / ".join(two.materials[j])))
    container = _container(old, i, new, j, match)
    if container is not None:
        found.append(container)
    found += _sets("property", one.properties[i], two.properties[j], ratio)
    found += _sets("quantity", one.quantities[i], two.quantities[j], ratio)
    return sorted(found, key=lambda a: (ORDER.index(a.aspect), a.name))


def displacement(old: Elements, i: int, new: Elements, j: int, match: ElementMatch) -> np.ndarray | None:
    """(3,) displacement of a pair in mm, None when one has no place."""
    delta = new.centre[j] - (old.centre[i] + match.shift)
    return np.asarray(delta) if np.isfinite(delta).all() else None


def _container(old: Elements, i: int, new: Elements, j: int, match: ElementMatch) -> Aspect | None:
    """Another spatial or aggregating parent (openings are told by the host itself)."""
    a, b = int(old.drawing.elements.container[i]), int(new.drawing.elements.container[j])
    kind_a, kind_b = old.kind[a] if a >= 0 else "", new.kind[b] if b >= 0 else ""
    if kind_a in HOSTS or kind_b in HOSTS or (a < 0 and b < 0):
        return None
    if a >= 0 and b >= 0:
        if match.pairs.get(a) == b or (match.pairs.get(a) is None and old.name[a] == new.name[b]):
            return None
        if (kind_a, old.name[a]) == (kind_b, new.name[b]) and not kind_a.startswith("IfcBuildingStorey"):
            return None
    return Aspect("container", "container", old.name[a] if a >= 0 else "", new.name[b] if b >= 0 else "")


def _without(values: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in values.items() if key not in IGNORED_ATTRIBUTES}


def _sets(
    aspect: str, old: dict[str, dict[str, object]], new: dict[str, dict[str, object]], ratio: float
) -> list[Aspect]:
    found: list[Aspect] = []
    for name in sorted(set(old) | set(new)):
        found += _values(aspect, f"{name}.", old.get(name, {}), new.get(name, {}), ratio)
    return found


def _values(aspect: str, prefix: str, old: dict[str, object], new: dict[str, object], ratio: float) -> list[Aspect]:
    return [
        Aspect(aspect, prefix + name, show(old.get(name)), show(new.get(name)))
        for name in sorted(set(old) | set(new))
        if not same_value(old.get(name), new.get(name), ratio)
    ]


def same_value(a: object, b: object, ratio: float) -> bool:
    """Whether two property values are equal, whatever the length unit of the files.

    Lengths, areas and volumes of files in other units differ by `ratio`, its square or its cube.
    """
    if isinstance(a, bool) or isinstance(b, bool) or a is None or b is None:
        return (a or None) == (b or None) if not isinstance(a, bool) and not isinstance(b, bool) else a == b
    if isinstance(a, int | float) and isinstance(b, int | float):
        powers = (0,) if abs(ratio - 1) < 1e-9 else (0, 1, 2, 3)
        return any(math.isclose(a * ratio**p, b, rel_tol=RELATIVE, abs_tol=1e-6) for p in powers)
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


def _size(elements: Elements, row: int) -> str:
    size = elements.shape[row, :3]
    return " × ".join(f"{v:.0f}" for v in size) + " mm" if np.isfinite(size).all() else ""


def _volume(elements: Elements, row: int) -> str:
    edge = float(elements.shape[row, 7])
    return f"{edge**3 / 1e9:.3f} m³" if np.isfinite(edge) else ""


def _point(point: np.ndarray) -> str:
    return ", ".join(f"{v:.0f}" for v in point) + " mm" if np.isfinite(point).all() else ""
