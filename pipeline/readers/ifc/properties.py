"""Property sets and quantities, read once per set and merged per product.

`ifcopenshell.util.element` asks inverse attributes for every element; walking the relations once instead
keeps the cost linear in what the file holds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pipeline.readers.ifc.attributes import MAX_NESTING, attribute, plain, rows_of, text

Sets = dict[str, dict[str, object]]
_ERRORS = (AttributeError, TypeError, RuntimeError, IndexError)
_HEAD = frozenset({"GlobalId", "OwnerHistory", "Name", "Description", "type"})


class SetReader:
    """Property and quantity sets by the product they belong to. Occurrence values win over type values."""

    def __init__(self) -> None:
        self.failed = 0
        self.units: dict[int, dict[str, object]] = {}  # set -> name of a property -> the unit it has of its own
        self._own: dict[int, list[int]] = {}  # product -> set numbers
        self._typed: dict[int, list[int]] = {}  # product -> set numbers of its type
        self._sets: dict[int, tuple[str, bool, dict[str, object]]] = {}  # number -> name, is quantity, values

    def properties(self, number: int) -> Sets:
        """Return the property sets of a product: set name -> property name -> value."""
        return self._merged(number, quantity=False)

    def quantities(self, number: int) -> Sets:
        """Return the quantity sets of a product: set name -> quantity name -> value in file units."""
        return self._merged(number, quantity=True)

    def own_units(self, number: int) -> Sets:
        """Return units that single values have instead of the project's: set name -> value name -> unit."""
        found: Sets = {}
        for key in self._typed.get(number, []) + self._own.get(number, []):
            if key in self.units:
                found.setdefault(self._sets[key][0], {}).update(self.units[key])
        return found

    def give_type(self, number: int, sets: list[int]) -> None:
        """Let a product have the sets of its type."""
        self._typed[number] = sets

    def read_relations(self, model: Any) -> None:
        """Read IfcRelDefinesByProperties of a model."""
        for relation in rows_of(model, "IfcRelDefinesByProperties"):
            try:
                numbers = [one.id() for one in attribute(relation, "RelatedObjects") or ()]
                keys = self.learn(attribute(relation, "RelatingPropertyDefinition"))
            except _ERRORS:
                self.failed += 1
                continue
            for number in numbers:
                self._own.setdefault(number, []).extend(keys)

    def learn(self, definition: Any) -> list[int]:
        """Read a property definition once and return its keys (IFC4 may hand over a set of them)."""
        if definition is None:
            return []
        if isinstance(definition, tuple):
            return [key for one in definition for key in self.learn(one)]
        kind = definition.is_a()
        if kind == "IfcPropertySetDefinitionSet":
            return self.learn(definition.get_argument(0))
        number = int(definition.id())
        if number in self._sets:
            return [number]
        name = text(attribute(definition, "Name")) or kind
        try:
            units: dict[str, object] = {}
            if kind == "IfcElementQuantity":
                values = _quantities(attribute(definition, "Quantities") or (), units)
            elif kind == "IfcPropertySet":
                values = _properties(attribute(definition, "HasProperties") or (), units)
            else:  # predefined sets: IfcDoorLiningProperties and their like
                values = {key: value for key, value in plain(definition).items() if key not in _HEAD}
        except _ERRORS:
            self.failed += 1
            return []
        self._sets[number] = (name, kind == "IfcElementQuantity", values)
        if units:
            self.units[number] = units
        return [number]

    def _merged(self, number: int, *, quantity: bool) -> Sets:
        merged: Sets = {}
        for key in self._typed.get(number, []) + self._own.get(number, []):
            name, is_quantity, values = self._sets[key]
            if is_quantity == quantity:
                merged[name] = {**merged[name], **values} if name in merged else values
        return merged


def unit_name(unit: Any) -> str:
    """Return how a unit is written: MILLIMETRE, FOOT, or the class of what has no name."""
    if unit is None:
        return ""
    name = attribute(unit, "Name") or attribute(unit, "UserDefinedType") or attribute(unit, "Currency")
    return f"{text(attribute(unit, 'Prefix'))}{text(name)}" if name else str(unit.is_a())


def _single(one: Any, _depth: int) -> object:
    return plain(attribute(one, "NominalValue"))


def _enumerated(one: Any, _depth: int) -> object:
    return plain(attribute(one, "EnumerationValues"))


def _listed(one: Any, _depth: int) -> object:
    return plain(attribute(one, "ListValues"))


def _bounded(one: Any, _depth: int) -> object:
    values = {
        "lower": plain(attribute(one, "LowerBoundValue")),
        "upper": plain(attribute(one, "UpperBoundValue")),
        "set_point": plain(attribute(one, "SetPointValue")),
    }
    return {key: value for key, value in values.items() if value is not None or key != "set_point"}


def _table(one: Any, _depth: int) -> object:
    return {"defining": plain(attribute(one, "DefiningValues")), "defined": plain(attribute(one, "DefinedValues"))}


def _complex(one: Any, depth: int) -> object:
    return _properties(attribute(one, "HasProperties") or (), {}, depth + 1) if depth < MAX_NESTING else None


def _reference(one: Any, _depth: int) -> object:
    return {"reference": text(attribute(one, "UsageName")), "value": plain(attribute(one, "PropertyReference"))}


_BY_CLASS: dict[str, Callable[[Any, int], object]] = {
    "IfcPropertySingleValue": _single,
    "IfcPropertyEnumeratedValue": _enumerated,
    "IfcPropertyListValue": _listed,
    "IfcPropertyBoundedValue": _bounded,
    "IfcPropertyTableValue": _table,
    "IfcComplexProperty": _complex,
    "IfcPropertyReferenceValue": _reference,
}


def _properties(properties: Any, units: dict[str, object], depth: int = 0) -> dict[str, object]:
    values: dict[str, object] = {}
    for one in properties:
        name = text(one.get_argument(0))
        kind = one.is_a()
        read = _BY_CLASS.get(kind)
        values[name] = read(one, depth) if read else plain(one)
        unit = attribute(one, "Unit") if kind != "IfcComplexProperty" else None
        if unit is not None:
            units[name] = unit_name(unit)
    return values


def _quantities(quantities: Any, units: dict[str, object], depth: int = 0) -> dict[str, object]:
    values: dict[str, object] = {}
    for one in quantities:
        name = text(one.get_argument(0))
        if one.is_a() == "IfcPhysicalComplexQuantity":
            inner = attribute(one, "HasQuantities") or ()
            values[name] = _quantities(inner, {}, depth + 1) if depth < MAX_NESTING else None
            continue
        values[name] = plain(one[3])  # the value is the fourth attribute of every IfcPhysicalSimpleQuantity
        unit = attribute(one, "Unit")
        if unit is not None:
            units[name] = unit_name(unit)
    return values
