"""Where on earth a model stands, and who wrote it: map conversion, coordinate system, latitude, application."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import ifcopenshell
from ifcopenshell.util.unit import get_prefix_multiplier

from pipeline.readers.ifc.attributes import attribute, plain, rows_of, text
from pipeline.readers.ifc.properties import unit_name

_MAP = ("Eastings", "Northings", "OrthogonalHeight", "XAxisAbscissa", "XAxisOrdinate", "Scale")


def read_meta(model: ifcopenshell.file, unit_mm: float) -> dict[str, Any]:
    """Return schema, application, project, units and georeference of a model as plain JSON."""
    meta: dict[str, Any] = {"schema": model.schema_identifier, "unit_mm": unit_mm}
    meta.update(_application(model))
    projects = rows_of(model, "IfcProject")
    if projects:
        meta["project"] = text(attribute(projects[0], "Name")) or text(attribute(projects[0], "LongName"))
        meta["project_guid"] = text(attribute(projects[0], "GlobalId"))
    meta["georeference"] = _georeference(model)
    return meta


def _application(model: ifcopenshell.file) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in rows_of(model, "IfcApplication")[:1]:
        found["application"] = text(one.ApplicationFullName)
        found["application_version"] = text(one.Version)
    with suppress(AttributeError, RuntimeError, TypeError):  # a header that is not as it must be says nothing
        name = model.header.file_name
        found["written"] = text(name.time_stamp)
        found["preprocessor"] = text(name.preprocessor_version)
        found["originating_system"] = text(name.originating_system)
        found["view_definition"] = [text(one) for one in model.header.file_description.description or ()]
    return found


def _georeference(model: ifcopenshell.file) -> dict[str, Any]:
    found: dict[str, Any] = {}
    conversions, systems = _stated(model)
    if conversions:
        found["map_conversion"] = conversions[0]
    if len(conversions) > 1:
        found["map_conversions"] = conversions
    if systems:
        found["projected_crs"] = systems[0]
    for site in rows_of(model, "IfcSite")[:1]:
        for name in ("RefLatitude", "RefLongitude"):
            value = attribute(site, name)
            if value is not None:
                found[name] = plain(value)
                found[f"{name}_deg"] = degrees(value)
        if attribute(site, "RefElevation") is not None:
            found["RefElevation"] = plain(attribute(site, "RefElevation"))
    for context in rows_of(model, "IfcGeometricRepresentationContext"):
        if context.is_a() == "IfcGeometricRepresentationSubContext":
            continue  # there TrueNorth is derived, by rules that stumble over a broken parent
        north = attribute(context, "TrueNorth")
        if north is not None:
            found["true_north"] = plain(attribute(north, "DirectionRatios"))
            break
    return found


def _stated(model: ifcopenshell.file) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return all map conversions and all coordinate systems: entities of IFC4, property sets of IFC2X3."""
    conversions = [{name: plain(attribute(one, name)) for name in _MAP} for one in rows_of(model, "IfcMapConversion")]
    systems = []
    for one in rows_of(model, "IfcProjectedCRS"):
        values = plain(one)
        values["unit_mm"] = _unit_mm(attribute(one, "MapUnit"))
        systems.append({key: value for key, value in values.items() if key != "type" and value is not None})
    for one in rows_of(model, "IfcPropertySet"):
        name = text(attribute(one, "Name")).lower()  # ePSet_, ePset_, EPset_ …: all spellings occur
        if name not in ("epset_mapconversion", "epset_projectedcrs"):
            continue
        values = {text(attribute(p, "Name")): plain(attribute(p, "NominalValue")) for p in _held(one)}
        if name == "epset_mapconversion":
            known = {key.lower(): value for key, value in values.items()}
            conversions.append({key: known.get(key.lower()) for key in _MAP})
        else:
            systems.append(values)
    return conversions, systems


def _held(properties: Any) -> list[Any]:
    return list(attribute(properties, "HasProperties") or ())


def _unit_mm(unit: Any) -> float | None:
    """Return millimetres of a length unit, None where it is missing or of no known kind."""
    try:
        factor = 1000.0
        for _ in range(8):
            kind = unit.is_a()
            if kind == "IfcSIUnit":
                return factor * float(get_prefix_multiplier(attribute(unit, "Prefix")))
            measure = attribute(unit, "ConversionFactor")
            factor *= float(plain(attribute(measure, "ValueComponent")))
            unit = attribute(measure, "UnitComponent")
    except (AttributeError, TypeError, ValueError, RuntimeError, KeyError):
        pass
    return None


def length_units(model: ifcopenshell.file) -> list[str]:
    """Return the names of the length units the project states; one is allowed."""
    names = []
    for project in rows_of(model, "IfcProject"):
        assignment = attribute(project, "UnitsInContext")
        for unit in (attribute(assignment, "Units") or ()) if assignment is not None else ():
            if attribute(unit, "UnitType") == "LENGTHUNIT":
                names.append(unit_name(unit))
    return names


def degrees(parts: Any) -> float | None:
    """Return an IfcCompoundPlaneAngleMeasure (degrees, minutes, seconds, millionths) as degrees."""
    try:
        numbers = [float(part) for part in parts][:4]
    except (TypeError, ValueError):
        return None
    weights = (1.0, 1 / 60, 1 / 3600, 1 / 3.6e9)
    return sum(number * weight for number, weight in zip(numbers, weights, strict=False))
