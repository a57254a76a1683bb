"""Where on earth a model stands, and who wrote it: map conversion, coordinate system, latitude, application."""

from __future__ import annotations

from typing import Any

import ifcopenshell

from pipeline.readers.ifc.attributes import plain, text

_MAP = ("Eastings", "Northings", "OrthogonalHeight", "XAxisAbscissa", "XAxisOrdinate", "Scale")


def read_meta(model: ifcopenshell.file, unit_mm: float) -> dict[str, Any]:
    """Return schema, application, project, units and georeference of a model as plain JSON."""
    meta: dict[str, Any] = {"schema": model.schema_identifier, "unit_mm": unit_mm}
    meta.update(_application(model))
    projects = _all(model, "IfcProject")
    if projects:
        meta["project"] = text(projects[0].Name) or text(getattr(projects[0], "LongName", None))
        meta["project_guid"] = text(projects[0].GlobalId)
    meta["georeference"] = _georeference(model)
    return meta


def _all(model: ifcopenshell.file, kind: str) -> list[Any]:
    try:
        return list(model.by_type(kind))
    except RuntimeError:  # not in this schema
        return []


def _application(model: ifcopenshell.file) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in _all(model, "IfcApplication")[:1]:
        found["application"] = text(one.ApplicationFullName)
        found["application_version"] = text(one.Version)
    try:
        name = model.header.file_name
        found["written"] = text(name.time_stamp)
        found["preprocessor"] = text(name.preprocessor_version)
        found["originating_system"] = text(name.originating_system)
        found["view_definition"] = [text(one) for one in model.header.file_description.description or ()]
    except (AttributeError, RuntimeError, TypeError):
        found["header_unread"] = True
    return found


def _georeference(model: ifcopenshell.file) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for conversion in _all(model, "IfcMapConversion")[:1]:
        found["map_conversion"] = {name: plain(getattr(conversion, name, None)) for name in _MAP}
    for system in _all(model, "IfcProjectedCRS")[:1]:
        info = system.get_info(include_identifier=False, recursive=False)
        found["projected_crs"] = {
            key: plain(value) for key, value in info.items() if key != "type" and value is not None
        }
    for one in _all(model, "IfcPropertySet"):  # the way of IFC2X3
        if one.Name in ("ePSet_MapConversion", "ePset_MapConversion", "ePSet_ProjectedCRS", "ePset_ProjectedCRS"):
            values = {text(item.Name): plain(getattr(item, "NominalValue", None)) for item in one.HasProperties or ()}
            key = "map_conversion" if "MapConversion" in one.Name else "projected_crs"
            found.setdefault(key, values)
    for site in _all(model, "IfcSite")[:1]:
        for name in ("RefLatitude", "RefLongitude"):
            value = getattr(site, name, None)
            if value is not None:
                found[name] = plain(value)
                found[f"{name}_deg"] = degrees(value)
        if getattr(site, "RefElevation", None) is not None:
            found["RefElevation"] = plain(site.RefElevation)
    for context in _all(model, "IfcGeometricRepresentationContext"):
        if context.is_a("IfcGeometricRepresentationSubContext"):
            continue  # there TrueNorth is derived, by rules that stumble over a broken parent
        north = getattr(context, "TrueNorth", None)
        if north is not None:
            found["true_north"] = plain(north.DirectionRatios)
            break
    return found


def degrees(parts: Any) -> float | None:
    """Return an IfcCompoundPlaneAngleMeasure (degrees, minutes, seconds, millionths) as degrees."""
    try:
        numbers = [float(part) for part in parts][:4]
    except (TypeError, ValueError):
        return None
    weights = (1.0, 1 / 60, 1 / 3600, 1 / 3.6e9)
    return sum(number * weight for number, weight in zip(numbers, weights, strict=False))
