"""Products of an IFC model as columns: names, tree, placements, types, materials, classifications."""

from __future__ import annotations

from typing import Any

import ifcopenshell
import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.tables import ElementTable
from pipeline.readers.ifc.properties import Definitions, plain, text

MAX_PLACEMENTS = 800  # placements relative to one another; the graph check refuses deeper ones before
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
_NO_SHAPE = [
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


def read_elements(model: ifcopenshell.file, unit_mm: float) -> tuple[ElementTable, list[Any], int]:
    """Return the element table, the products in the same order (by instance number), and how much failed.

    Failures are products left out and relations (properties, materials …) that could not be read.

    Args:
        model: the opened model; its references must be free of circles (see `graph`).
        unit_mm: millimetres of one length unit of the file.
    """
    products = list({product.id(): product for product in model.by_type("IfcProduct")}.values())
    products.sort(key=lambda product: product.id())
    table = ElementTable()
    definitions = Definitions(model)
    readable: list[Any] = []
    for product in products:
        try:
            _append(table, product, definitions)
            readable.append(product)
        except (AttributeError, TypeError, RuntimeError, ValueError):
            definitions.failed += 1
    products = readable
    row_of = {product.id(): row for row, product in enumerate(products)}
    parents = _parents(model, row_of)
    table.container = parents
    table.storey = _storeys(table.ifc_class, parents)
    placements: dict[int, NDArray[np.float64]] = {}
    table.placement = np.array(
        [_placement(getattr(product, "ObjectPlacement", None), placements, unit_mm).reshape(16) for product in products]
    ).reshape(-1, 16)
    table.box = np.full((len(products), 6), np.nan)
    expected = [_expects_shape(product) for product in products]
    table.shape_expected = np.array(expected, np.uint8)
    return table, products, definitions.failed


def _append(table: ElementTable, product: Any, definitions: Definitions) -> None:
    """Append one product; everything is read before the first column grows."""
    number = product.id()
    predefined = text(getattr(product, "PredefinedType", None))
    if predefined in ("", "NOTDEFINED"):
        predefined = definitions.type_predefined.get(number, predefined)
    attributes: dict[str, object] = {"step_id": number}
    for name in _ATTRIBUTES:
        value = getattr(product, name, None)
        if value is not None:
            attributes[name] = plain(value)
    for name, value in definitions.type_attributes.get(number, {}).items():
        attributes.setdefault(name, value)
    if number in definitions.classifications:
        attributes["classifications"] = definitions.classifications[number]
    guid, kind, name, tag = (
        text(product.GlobalId),
        product.is_a(),
        text(product.Name),
        text(getattr(product, "Tag", None)),
    )
    table.global_id.append(guid)
    table.ifc_class.append(kind)
    table.name.append(name)
    table.tag.append(tag)
    table.type_name.append(definitions.type_name.get(number, ""))
    table.predefined_type.append(predefined)
    table.properties.append(definitions.properties(number))
    table.quantities.append(definitions.quantities(number))
    table.attributes.append(attributes)
    table.materials.append(definitions.materials.get(number, []))


def _parents(model: ifcopenshell.file, row_of: dict[int, int]) -> NDArray[np.int32]:
    """Return the row of each product's parent: container, aggregate, host of an opening, opening of a filling."""
    parents = np.full(len(row_of), -1, np.int32)
    relations = (
        ("IfcRelFillsElement", "RelatingOpeningElement", "RelatedBuildingElement"),
        ("IfcRelVoidsElement", "RelatingBuildingElement", "RelatedOpeningElement"),
        ("IfcRelNests", "RelatingObject", "RelatedObjects"),
        ("IfcRelAggregates", "RelatingObject", "RelatedObjects"),
        ("IfcRelContainedInSpatialStructure", "RelatingStructure", "RelatedElements"),
    )
    for kind, parent_name, child_name in relations:
        for relation in model.by_type(kind):
            parent = getattr(relation, parent_name, None)
            children = getattr(relation, child_name, None)
            if parent is None or children is None or parent.id() not in row_of:
                continue
            for child in children if isinstance(children, tuple) else (children,):
                if child is not None and child.id() in row_of and child.id() != parent.id():
                    parents[row_of[child.id()]] = row_of[parent.id()]
    return parents


def _storeys(classes: list[str], parents: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the row of the storey above each element; every climb keeps a set of rows seen."""
    storey = np.full(len(classes), -1, np.int32)
    for row in range(len(classes)):
        seen: set[int] = set()
        at = row
        while at >= 0 and at not in seen:
            seen.add(at)
            if classes[at] == "IfcBuildingStorey":
                storey[row] = at
                break
            at = int(parents[at])
    return storey


def _placement(placement: Any, known: dict[int, NDArray[np.float64]], unit_mm: float) -> NDArray[np.float64]:
    """Return the 4x4 matrix in mm of an IfcLocalPlacement; NaN where there is none or it is not of that kind."""
    chain: list[Any] = []
    seen: set[int] = set()
    at = placement
    while at is not None and at.is_a("IfcLocalPlacement") and at.id() not in known and at.id() not in seen:
        seen.add(at.id())
        chain.append(at)
        at = at.PlacementRelTo
        if len(chain) > MAX_PLACEMENTS:
            return np.full((4, 4), np.nan)
    if at is None:
        matrix = np.eye(4) if chain else np.full((4, 4), np.nan)
    else:
        matrix = known.get(at.id(), np.full((4, 4), np.nan))
    for one in reversed(chain):
        matrix = matrix @ _axis_matrix(one.RelativePlacement, unit_mm)
        known[one.id()] = matrix
    return matrix


def _axis_matrix(axis: Any, unit_mm: float) -> NDArray[np.float64]:
    """Return the matrix of an IfcAxis2Placement2D/3D; missing directions take the default of ISO 16739."""
    matrix = np.eye(4)
    if axis is None:
        return matrix
    try:
        z = _direction(getattr(axis, "Axis", None), (0.0, 0.0, 1.0))
        x = _direction(getattr(axis, "RefDirection", None), (1.0, 0.0, 0.0))
        x = x - z * float(x @ z)
        length = float(np.linalg.norm(x))
        if length < 1e-9:
            x = np.cross([0.0, 1.0, 0.0] if abs(z[0]) > 0.9 else [1.0, 0.0, 0.0], z)
            length = float(np.linalg.norm(x))
        x = x / length
        matrix[:3, 0], matrix[:3, 1], matrix[:3, 2] = x, np.cross(z, x), z
        matrix[:3, 3] = np.resize([*axis.Location.Coordinates, 0.0, 0.0], 3) * unit_mm
    except (AttributeError, TypeError, ValueError, RuntimeError):
        return np.full((4, 4), np.nan)
    return matrix


def _direction(direction: Any, default: tuple[float, float, float]) -> NDArray[np.float64]:
    ratios = default if direction is None else direction.DirectionRatios
    vector = np.zeros(3)
    vector[: len(ratios)] = ratios[:3]
    length = float(np.linalg.norm(vector))
    return vector / length if length > 1e-12 else np.asarray(default)


def _expects_shape(product: Any) -> bool:
    """Return whether a product carries a body that must come out as triangles.

    Annotations, grids, alignments, ports and boundaries have curves only and are not counted.
    """
    if any(_is_a(product, kind) for kind in _NO_SHAPE):
        return False
    representation = getattr(product, "Representation", None)
    if representation is None:
        return False
    try:
        return any(_is_body(one) for one in representation.Representations)
    except (AttributeError, TypeError, RuntimeError):
        return True


def _is_body(representation: Any) -> bool:
    identifier = str(getattr(representation, "RepresentationIdentifier", None) or "").lower()
    kind = str(getattr(representation, "RepresentationType", None) or "").lower()
    if identifier and identifier not in _BODY:
        return False
    return bool(representation.Items) and (identifier in _BODY or kind in _SOLID_TYPES) and kind != "boundingbox"


def _is_a(product: Any, kind: str) -> bool:
    try:
        return bool(product.is_a(kind))
    except RuntimeError:  # the class is not in this schema
        return False
