"""Products of an IFC model as columns: names, tree, placements, types, materials, classifications."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.tables import ElementTable
from pipeline.readers.ifc.attributes import MAX_NESTING, attribute, parents, plain, positions, rows_of, text
from pipeline.readers.ifc.placements import read_placements
from pipeline.readers.ifc.relations import Definitions

_ERRORS = (AttributeError, TypeError, RuntimeError, ValueError, IndexError)
_ATTRIBUTES = [
    "Description",
    "ObjectType",
    "LongName",
    "Elevation",
    "ElevationOfRefHeight",
    "ElevationOfTerrain",
    "OverallWidth",
    "OverallHeight",
    "NumberOfRiser",
    "NumberOfRisers",
    "NumberOfTreads",
    "RiserHeight",
    "TreadLength",
    "OperationType",
    "UserDefinedOperationType",
    "PartitioningType",
    "ShapeType",
    "CompositionType",
    "InteriorOrExteriorSpace",
    "ElevationWithFlooring",
    "RefLatitude",
    "RefLongitude",
    "RefElevation",
    "LandTitleNumber",
    "BuildingAddress",
    "SteelGrade",
]
_BODY = frozenset({"body", "facetation", "body-fallback", "tessellation", "surface", "mesh", "brep"})
_CURVES = frozenset({"axis", "footprint", "annotation", "cog", "plan"})  # the kernels make no solids of them
_SOLID_TYPES = frozenset(
    [
        "sweptsolid",
        "solidmodel",
        "brep",
        "facetedbrep",
        "advancedbrep",
        "csg",
        "clipping",
        "boolean",
        "mappedrepresentation",
        "tessellation",
        "surfacemodel",
        "surface3d",
        "advancedsweptsolid",
        "sectionedspine",
        "boundingbox",
        "facetation",
    ]
)
_BESIDE = frozenset({"box", "clearance", "reference", "lighting", "cog", "footprint", "annotation", "plan"})
_SOLIDS = (
    "IfcSolidModel",
    "IfcBooleanResult",
    "IfcCsgPrimitive3D",
    "IfcTessellatedItem",
    "IfcFaceBasedSurfaceModel",
    "IfcShellBasedSurfaceModel",
)
_MOSTLY_CURVES = frozenset(
    [
        "IfcAnnotation",
        "IfcGrid",
        "IfcAlignment",
        "IfcLinearPositioningElement",
        "IfcReferent",
        "IfcPositioningElement",
        "IfcPort",
        "IfcVirtualElement",
        "IfcStructuralActivity",
        "IfcStructuralItem",
        "IfcLinearElement",
        "IfcAlignmentSegment",
    ]
)


def read_elements(model: Any, unit_mm: float) -> tuple[ElementTable, list[Any], int]:
    """Return the element table, the products in the same order (by instance number), and how much failed.

    Failures are products left out and relations (properties, materials …) that could not be read.

    Args:
        model: the opened model; its references must be free of circles (see `graph`).
        unit_mm: millimetres of one length unit of the file.
    """
    found = {product.id(): product for product in rows_of(model, "IfcProduct")}
    table = ElementTable()
    definitions = Definitions(model)
    products: list[Any] = []
    expected: list[bool] = []
    bodies: dict[int, bool] = {}
    for number in sorted(found):
        product = found[number]
        try:
            expects = _expects_shape(product, bodies)
            _append(table, number, product, definitions)
        except _ERRORS:
            definitions.failed += 1
            continue
        products.append(product)
        expected.append(expects)
    table.container = _containers(model, {product.id(): row for row, product in enumerate(products)})
    table.storey = _storeys(table.ifc_class, table.container)
    table.placement = read_placements(products, unit_mm)
    table.box = np.full((len(products), 6), np.nan)
    table.shape_expected = np.array(expected, np.uint8)
    return table, products, definitions.failed


@lru_cache(maxsize=4096)
def _noted(kind: str) -> tuple[tuple[str, int], ...]:
    """Return the attributes of a class (`SCHEMA.IfcClass`) that are kept, with their positions."""
    known = positions(kind)
    return tuple((name, known[name]) for name in _ATTRIBUTES if name in known)


def _append(table: ElementTable, number: int, product: Any, definitions: Definitions) -> None:
    """Append one product; everything is read before the first column grows."""
    predefined = text(attribute(product, "PredefinedType"))
    if predefined in ("", "NOTDEFINED"):
        predefined = definitions.type_predefined.get(number, predefined)
    attributes: dict[str, object] = {"step_id": number}
    size = len(product)
    for name, at in _noted(product.is_a(True)):
        value = product.get_argument(at) if at < size else None
        if value is not None:
            attributes[name] = plain(value)
    for name, value in definitions.type_attributes.get(number, {}).items():
        attributes.setdefault(name, value)
    names, composition = definitions.materials(number)
    classifications = definitions.classifications(number)
    units = definitions.sets.own_units(number)
    for name, found in (("classifications", classifications), ("material", composition), ("value_units", units)):
        if found:
            attributes[name] = found
    properties, quantities = definitions.sets.properties(number), definitions.sets.quantities(number)
    guid, name, tag = (text(attribute(product, key)) for key in ("GlobalId", "Name", "Tag"))
    table.global_id.append(guid)
    table.ifc_class.append(product.is_a())
    table.name.append(name)
    table.tag.append(tag)
    table.type_name.append(definitions.type_name.get(number, ""))
    table.predefined_type.append(predefined)
    table.properties.append(properties)
    table.quantities.append(quantities)
    table.attributes.append(attributes)
    table.materials.append(names)
    table.groups.append(definitions.groups.get(number, []))


def _containers(model: Any, row_of: dict[int, int]) -> NDArray[np.int32]:
    """Return the row of each product's parent: container, aggregate, host of an opening, opening of a filling."""
    above = np.full(len(row_of), -1, np.int32)
    relations = (
        ("IfcRelFillsElement", "RelatingOpeningElement", "RelatedBuildingElement"),
        ("IfcRelVoidsElement", "RelatingBuildingElement", "RelatedOpeningElement"),
        ("IfcRelNests", "RelatingObject", "RelatedObjects"),
        ("IfcRelAggregates", "RelatingObject", "RelatedObjects"),
        ("IfcRelContainedInSpatialStructure", "RelatingStructure", "RelatedElements"),
    )
    for kind, parent_name, child_name in relations:
        for relation in rows_of(model, kind):
            parent, children = attribute(relation, parent_name), attribute(relation, child_name)
            if parent is None or children is None or parent.id() not in row_of:
                continue
            for child in children if isinstance(children, tuple) else (children,):
                if child is not None and child.id() in row_of and child.id() != parent.id():
                    above[row_of[child.id()]] = row_of[parent.id()]
    return above


def _storeys(classes: list[str], containers: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the row of the storey above each element; every climb keeps a set of rows seen."""
    storey = np.full(len(classes), -1, np.int32)
    known: dict[int, int] = {}
    above = containers.tolist()
    for row in range(len(classes)):
        path: dict[int, None] = {}
        at, found = row, -1
        while at >= 0 and at not in path:
            if at in known or classes[at] == "IfcBuildingStorey":
                found = known.get(at, at)
                break
            path[at] = None
            at = above[at]
        known.update(dict.fromkeys(path, found))
        storey[row] = found
    return storey


def _expects_shape(product: Any, bodies: dict[int, bool]) -> bool:
    """Return whether a product carries a body that must come out as triangles.

    Annotations, grids, alignments, ports and boundaries mostly have curves only; they count where their body says that
    it is a solid or a surface. Where no representation is called a body, one under another name that holds a solid is
    taken for it (`Axis` of `SweptSolid`). `bodies` remembers representations already looked at.
    """
    shape = attribute(product, "Representation")
    if shape is None:
        return False
    curves = not _MOSTLY_CURVES.isdisjoint(parents(product.is_a(True)))
    try:
        every = shape.get_argument(2)
        found = [one for one in every if _is_body(one, bodies)]
        if not found:
            return any(_holds_solid(one) for one in every)
        return any(not curves or str(one.get_argument(2) or "").lower() in _SOLID_TYPES for one in found)
    except (AttributeError, TypeError, RuntimeError):
        return not curves


def _holds_solid(representation: Any, depth: int = 0) -> bool:
    """Whether a representation that is not called a body holds a solid or faces; mapped items are followed."""
    if depth > MAX_NESTING or str(representation.get_argument(1) or "").lower() in _BESIDE:
        return False
    for item in representation.get_argument(3) or ():
        if any(item.is_a(kind) for kind in _SOLIDS):
            return True
        if item.is_a("IfcMappedItem") and _holds_solid(item.get_argument(0).get_argument(1), depth + 1):
            return True
    return False


def _is_body(representation: Any, bodies: dict[int, bool]) -> bool:
    number = representation.id()
    if number not in bodies:
        identifier = str(representation.get_argument(1) or "").lower()
        kind = str(representation.get_argument(2) or "").lower()
        solid = identifier in _BODY or (not identifier and kind in _SOLID_TYPES)
        items = representation.get_argument(3) or ()
        if kind == "boundingbox":  # unless it is wrongly called so
            items = [one for one in items if not one.is_a("IfcBoundingBox")]
        bodies[number] = solid and bool(items)
    return bodies[number]


def beside_bodies(model: Any) -> set[int]:
    """Return the instance numbers of representations that stand beside the body: clearance, box, reference …

    The kernels make solids of them too, and which of a product's representations comes first hangs on the order of the
    rows of the file. One of another name is beside a body only where there is one.
    """
    found: set[int] = set()
    bodies: dict[int, bool] = {}
    for context in rows_of(model, "IfcGeometricRepresentationSubContext"):
        identifier = str(attribute(context, "ContextIdentifier") or "").lower()
        if not identifier or identifier in _BODY or identifier in _CURVES:
            continue
        for one in model.get_inverse(context):
            try:
                other = one.is_a("IfcShapeRepresentation") and not _is_body(one, bodies)
                if other and (identifier in _BESIDE or _stands_beside(one, bodies)):
                    found.add(one.id())
            except (AttributeError, TypeError, RuntimeError):
                continue
    return found


def _stands_beside(representation: Any, bodies: dict[int, bool]) -> bool:
    """Whether a representation belongs to a product that has a body, or to no product of its own."""
    owners = getattr(representation, "OfProductRepresentation", None) or ()
    return not owners or any(_is_body(one, bodies) for owner in owners for one in owner.get_argument(2))
