"""Property sets, quantities, types, materials and classifications in one pass over the relations.

`ifcopenshell.util.element` asks inverse attributes for every element; walking the relations once instead
keeps the cost linear in what the file holds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import ifcopenshell

from pipeline.drawing.safe_text import safe_text

Sets = dict[str, dict[str, object]]
MAX_NESTING = 8
_TYPE_ATTRIBUTES = ("OperationType", "ParameterTakesPrecedence", "PartitioningType", "ElementType", "LongName")


def text(value: Any) -> str:
    """Return a STEP string made safe for databases and screens, "" for none."""
    return safe_text(str(value))[0] if value is not None else ""


def plain(value: Any, depth: int = 0) -> Any:
    """Return a STEP value as plain JSON: numbers, strings, booleans, lists, objects; never an entity."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return text(value)
    if isinstance(value, tuple | list):
        return [plain(item, depth + 1) for item in value[:10000]] if depth < MAX_NESTING else []
    if hasattr(value, "is_a"):
        if hasattr(value, "wrappedValue"):
            return plain(value.wrappedValue, depth + 1)
        if depth >= MAX_NESTING:
            return value.is_a()
        info = value.get_info(include_identifier=False, recursive=False)
        return {key: plain(item, depth + 1) for key, item in info.items() if item is not None}
    return text(value)


class Definitions:
    """What relations say about products, by instance number. Occurrence values win over type values."""

    def __init__(self, model: ifcopenshell.file) -> None:
        self.type_name: dict[int, str] = {}
        self.type_predefined: dict[int, str] = {}
        self.type_attributes: dict[int, dict[str, object]] = {}
        self.materials: dict[int, list[str]] = {}
        self.classifications: dict[int, list[dict[str, object]]] = {}
        self.failed = 0  # relations that could not be read
        self._own: dict[int, list[int]] = {}  # product -> set numbers
        self._typed: dict[int, list[int]] = {}  # product -> set numbers of its type
        self._sets: dict[int, tuple[str, bool, dict[str, object]]] = {}  # number -> name, is quantity, values
        self._read_types(model)
        self._read_properties(model)
        self._read_materials(model)
        self._read_classifications(model)

    def properties(self, number: int) -> Sets:
        """Return the property sets of a product: set name -> property name -> value."""
        return self._merged(number, quantity=False)

    def quantities(self, number: int) -> Sets:
        """Return the quantity sets of a product: set name -> quantity name -> value in file units."""
        return self._merged(number, quantity=True)

    def _merged(self, number: int, *, quantity: bool) -> Sets:
        merged: Sets = {}
        for key in self._typed.get(number, []) + self._own.get(number, []):
            name, is_quantity, values = self._sets[key]
            if is_quantity == quantity:
                merged.setdefault(name, {}).update(values)
        return merged

    def _relations(self, model: ifcopenshell.file, kind: str, related: str) -> Iterator[tuple[Any, list[int]]]:
        """Yield each relation of a kind with the instance numbers of what it relates."""
        try:
            relations = model.by_type(kind)
        except RuntimeError:  # not in this schema
            return
        for relation in relations:
            try:
                objects = getattr(relation, related) or ()
                yield relation, [one.id() for one in objects if one is not None]
            except (AttributeError, TypeError, RuntimeError):
                self.failed += 1

    def _read_types(self, model: ifcopenshell.file) -> None:
        for relation, numbers in self._relations(model, "IfcRelDefinesByType", "RelatedObjects"):
            kind = relation.RelatingType
            if kind is None:
                continue
            name = text(kind.Name)
            predefined = str(getattr(kind, "PredefinedType", None) or "")
            attributes = {
                key: plain(getattr(kind, key)) for key in _TYPE_ATTRIBUTES if getattr(kind, key, None) is not None
            }
            sets = [key for one in getattr(kind, "HasPropertySets", None) or () for key in self._learn(one)]
            for number in numbers:
                self.type_name[number] = name
                self.type_predefined[number] = predefined
                self.type_attributes[number] = attributes
                self._typed[number] = sets

    def _read_properties(self, model: ifcopenshell.file) -> None:
        for relation, numbers in self._relations(model, "IfcRelDefinesByProperties", "RelatedObjects"):
            keys = self._learn(relation.RelatingPropertyDefinition)
            for number in numbers:
                self._own.setdefault(number, []).extend(keys)

    def _learn(self, definition: Any) -> list[int]:
        """Read a property definition once and return its keys (IFC4 may hand over a set of them)."""
        if definition is None:
            return []
        if isinstance(definition, tuple):
            return [key for one in definition for key in self._learn(one)]
        if definition.is_a("IfcPropertySetDefinitionSet"):
            return self._learn(definition.wrappedValue)
        number = definition.id()
        if number in self._sets:
            return [number]
        name = text(getattr(definition, "Name", None) or definition.is_a())
        try:
            if definition.is_a("IfcElementQuantity"):
                self._sets[number] = (name, True, _quantities(definition.Quantities or ()))
            elif definition.is_a("IfcPropertySet"):
                self._sets[number] = (name, False, _properties(definition.HasProperties or ()))
            else:  # predefined sets: IfcDoorLiningProperties and their like
                info = definition.get_info(include_identifier=False, recursive=False)
                skip = ("GlobalId", "OwnerHistory", "Name", "Description", "type")
                values = {key: plain(value) for key, value in info.items() if key not in skip and value is not None}
                self._sets[number] = (name, False, values)
        except (AttributeError, TypeError, RuntimeError):
            self.failed += 1
            return []
        return [number]

    def _read_materials(self, model: ifcopenshell.file) -> None:
        names: dict[int, list[str]] = {}
        for relation, numbers in self._relations(model, "IfcRelAssociatesMaterial", "RelatedObjects"):
            material = relation.RelatingMaterial
            if material is None:
                continue
            if material.id() not in names:
                names[material.id()] = list(dict.fromkeys(_material_names(material)))
            for number in numbers:
                self.materials[number] = names[material.id()]

    def _read_classifications(self, model: ifcopenshell.file) -> None:
        for relation, numbers in self._relations(model, "IfcRelAssociatesClassification", "RelatedObjects"):
            reference = relation.RelatingClassification
            if reference is None:
                continue
            code = getattr(reference, "Identification", None) or getattr(reference, "ItemReference", None)
            source = getattr(reference, "ReferencedSource", None)
            entry = {
                "system": plain(getattr(source, "Name", None)),
                "code": plain(code),
                "name": plain(getattr(reference, "Name", None)),
            }
            for number in numbers:
                self.classifications.setdefault(number, []).append(entry)


def _properties(properties: Any, depth: int = 0) -> dict[str, object]:
    values: dict[str, object] = {}
    for one in properties:
        name = text(one.Name)
        if one.is_a("IfcComplexProperty"):
            values[name] = _properties(one.HasProperties or (), depth + 1) if depth < MAX_NESTING else None
        elif one.is_a("IfcPropertySingleValue"):
            values[name] = plain(one.NominalValue)
        elif one.is_a("IfcPropertyEnumeratedValue"):
            values[name] = plain(one.EnumerationValues)
        elif one.is_a("IfcPropertyListValue"):
            values[name] = plain(one.ListValues)
        elif one.is_a("IfcPropertyBoundedValue"):
            values[name] = {"lower": plain(one.LowerBoundValue), "upper": plain(one.UpperBoundValue)}
        elif one.is_a("IfcPropertyTableValue"):
            values[name] = {"defining": plain(one.DefiningValues), "defined": plain(one.DefinedValues)}
        else:
            values[name] = plain(one)
    return values


def _quantities(quantities: Any, depth: int = 0) -> dict[str, object]:
    values: dict[str, object] = {}
    for one in quantities:
        name = text(one.Name)
        if one.is_a("IfcPhysicalComplexQuantity"):
            values[name] = _quantities(one.HasQuantities or (), depth + 1) if depth < MAX_NESTING else None
        else:
            values[name] = plain(one[3])  # the value is the fourth attribute of every IfcPhysicalSimpleQuantity
    return values


def _material_names(material: Any, depth: int = 0) -> Iterator[str]:
    """Yield the names of a material, its layers, constituents, profiles or list."""
    if material is None or depth > MAX_NESTING:
        return
    if material.is_a("IfcMaterial"):
        yield text(material.Name)
        return
    for name in ("ForLayerSet", "ForProfileSet"):
        yield from _material_names(getattr(material, name, None), depth + 1)
    for name in ("MaterialLayers", "MaterialConstituents", "MaterialProfiles", "Materials"):
        for one in getattr(material, name, None) or ():
            yield from _material_names(getattr(one, "Material", one), depth + 1)
