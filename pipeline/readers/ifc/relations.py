"""What relations say about products: types, materials, classifications, groups; one pass over each relation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.readers.ifc.attributes import MAX_NESTING, attribute, parents, plain, rows_of, text
from pipeline.readers.ifc.properties import SetReader

_ERRORS = (AttributeError, TypeError, RuntimeError, IndexError)
_TYPE_ATTRIBUTES = ("OperationType", "ParameterTakesPrecedence", "PartitioningType", "ElementType", "LongName")
Material = tuple[list[str], dict[str, object]]  # names, and how they are put together
_PARTS = {  # set of materials -> its parts
    "IfcMaterialLayerSet": "MaterialLayers",
    "IfcMaterialConstituentSet": "MaterialConstituents",
    "IfcMaterialProfileSet": "MaterialProfiles",
    "IfcMaterialList": "Materials",
}
_PART_FIELDS = {
    "Name": "name",
    "LayerThickness": "thickness",
    "IsVentilated": "ventilated",
    "Category": "category",
    "Priority": "priority",
    "Fraction": "fraction",
}
_USAGE_FIELDS = {
    "LayerSetDirection": "direction",
    "DirectionSense": "sense",
    "OffsetFromReferenceLine": "offset",
    "CardinalPoint": "cardinal_point",
}


class Definitions:
    """What relations say about products, by instance number; a product has what its type has, unless it says so."""

    def __init__(self, model: Any) -> None:
        self.sets = SetReader()
        self.type_of: dict[int, int] = {}
        self.type_name: dict[int, str] = {}
        self.type_predefined: dict[int, str] = {}
        self.type_attributes: dict[int, dict[str, object]] = {}
        self.groups: dict[int, list[str]] = {}
        self.failed = 0  # relations that could not be read
        self._materials: dict[int, Material] = {}
        self._classifications: dict[int, list[dict[str, object]]] = {}
        self._read_types(model)
        self.sets.read_relations(model)
        self._read_materials(model)
        self._read_classifications(model)
        self._read_groups(model)
        self.failed += self.sets.failed

    def materials(self, number: int) -> Material:
        """Return the names of a product's materials and how they are put together (file units)."""
        found = self._materials.get(number) or self._materials.get(self.type_of.get(number, 0))
        return found if found is not None else ([], {})

    def classifications(self, number: int) -> list[dict[str, object]]:
        """Return the classification references of a product, and of its type in systems it has none of itself."""
        own = self._classifications.get(number, [])
        systems = {one["system"] for one in own}
        of_type = self._classifications.get(self.type_of.get(number, 0), [])
        return own + [one for one in of_type if one["system"] not in systems]

    def _relations(self, model: Any, kind: str, relating: str) -> Iterator[tuple[Any, list[int]]]:
        """Yield what each relation of a kind relates to, with the instance numbers of the objects."""
        for relation in rows_of(model, kind):
            try:
                objects = attribute(relation, "RelatedObjects") or ()
                yield attribute(relation, relating), [one.id() for one in objects if one is not None]
            except _ERRORS:
                self.failed += 1

    def _read_types(self, model: Any) -> None:
        for kind, numbers in self._relations(model, "IfcRelDefinesByType", "RelatingType"):
            if kind is None:
                continue
            name, predefined = text(attribute(kind, "Name")), str(attribute(kind, "PredefinedType") or "")
            found = {key: plain(attribute(kind, key)) for key in _TYPE_ATTRIBUTES}
            attributes = {key: value for key, value in found.items() if value is not None}
            sets = [key for one in attribute(kind, "HasPropertySets") or () for key in self.sets.learn(one)]
            for number in numbers:
                self.type_of[number] = kind.id()
                self.type_name[number] = name
                self.type_predefined[number] = predefined
                self.type_attributes[number] = attributes
                self.sets.give_type(number, sets)

    def _read_materials(self, model: Any) -> None:
        known: dict[int, Material] = {}
        for material, numbers in self._relations(model, "IfcRelAssociatesMaterial", "RelatingMaterial"):
            if material is None:
                continue
            if material.id() not in known:
                try:
                    known[material.id()] = list(dict.fromkeys(_names(material))), _described(material)
                except _ERRORS:
                    self.failed += 1
                    continue
            for number in numbers:
                own = self._materials.get(number)
                self._materials[number] = known[material.id()] if own is None else _together(own, known[material.id()])

    def _read_classifications(self, model: Any) -> None:
        for reference, numbers in self._relations(model, "IfcRelAssociatesClassification", "RelatingClassification"):
            if reference is None:
                continue
            try:
                entry = _classified(reference)
            except _ERRORS:
                self.failed += 1
                continue
            for number in numbers:
                self._classifications.setdefault(number, []).append(entry)

    def _read_groups(self, model: Any) -> None:
        """Read groups, systems and zones; a member of a group within a group belongs to both."""
        name_of: dict[int, str] = {}
        members: dict[int, list[int]] = {}
        for group, numbers in self._relations(model, "IfcRelAssignsToGroup", "RelatingGroup"):
            if group is None:
                continue
            name_of[group.id()] = text(attribute(group, "Name")) or text(attribute(group, "LongName")) or group.is_a()
            members.setdefault(group.id(), []).extend(numbers)
        for group, name in name_of.items():
            seen, waiting = {group}, list(members[group])
            while waiting:
                number = waiting.pop()
                if number in seen:
                    continue
                seen.add(number)
                waiting += members.get(number, [])
                self.groups.setdefault(number, []).append(name)


def _together(one: Material, two: Material) -> Material:
    """Materials of a product that is given two, in any order of rows: all names, the composition that says most."""
    first, second = sorted((one, two), key=lambda told: (-len(str(told[1])), str(told[1])))
    return list(dict.fromkeys([*first[0], *sorted(second[0])])), first[1]


def _classified(reference: Any) -> dict[str, object]:
    """Return system, code and name of a reference; the system may be several references up."""
    code = attribute(reference, "Identification") or attribute(reference, "ItemReference")
    source, depth = reference, 0
    while source is not None and source.is_a() != "IfcClassification" and depth < MAX_NESTING:
        source, depth = attribute(source, "ReferencedSource"), depth + 1
    entry: dict[str, object] = {
        "system": plain(attribute(source, "Name")) if source is not None else None,
        "code": plain(code),
        "name": plain(attribute(reference, "Name")),
    }
    edition = attribute(source, "Edition") if source is not None else None
    if edition:
        entry["edition"] = text(edition)
    return entry


def _set_of(material: Any) -> Any:
    """Return the set a usage is for, or the material itself."""
    return attribute(material, "ForLayerSet") or attribute(material, "ForProfileSet") or material


def _parts(material: Any) -> list[Any]:
    whole = _set_of(material)
    return list(attribute(whole, _PARTS.get(whole.is_a(), "")) or ())


def _names(material: Any, depth: int = 0) -> Iterator[str]:
    """Yield the names of a material, its layers, constituents, profiles or list."""
    if material is None or depth > MAX_NESTING:
        return
    if material.is_a() == "IfcMaterial":
        yield text(attribute(material, "Name"))
        return
    yield from _names(attribute(material, "Material"), depth + 1)
    for part in _parts(material):
        yield from _names(part, depth + 1)


def _described(material: Any) -> dict[str, object]:
    """Return class, name, parts and use of a material as plain JSON; thicknesses and offsets in file units."""
    whole = _set_of(material)
    found: dict[str, object] = {"class": material.is_a()}
    name = attribute(whole, "LayerSetName") or attribute(whole, "Name")
    if name:
        found["name"] = text(name)
    for key, field in _USAGE_FIELDS.items():
        value = plain(attribute(material, key))
        if value is not None:
            found[field] = value
    parts = [_part(one) for one in _parts(material)]
    if parts:
        found["parts"] = parts
    return found


def _part(part: Any) -> dict[str, object]:
    if "IfcMaterial" in parents(part.is_a(True)):
        return {"material": text(attribute(part, "Name"))}
    inner, profile = attribute(part, "Material"), attribute(part, "Profile")
    values = {field: plain(attribute(part, key)) for key, field in _PART_FIELDS.items()}
    said: dict[str, object] = {"material": text(attribute(inner, "Name")) if inner is not None else ""}
    if profile is not None:
        said["profile"] = text(attribute(profile, "ProfileName")) or profile.is_a()
    return said | {field: value for field, value in values.items() if value is not None}
