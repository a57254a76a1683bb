"""The small plan and the small model as files: DXF by ezdxf, PDF by PyMuPDF, IFC by IfcOpenShell."""

from __future__ import annotations

import zlib
from pathlib import Path

import ezdxf
import ifcopenshell
import ifcopenshell.guid
import pymupdf

from pipeline.drawing.model import Drawing
from pipeline.readers.registry import read_path
from pipeline.sheets.find import find_sheets
from tests.pipeline.comparing.drawings import LAYERS, Label, Stroke

POINT = 72 / 25.4


def read(path: Path) -> Drawing:
    """Read a file as the product does."""
    drawing = read_path(path, path.name)
    find_sheets(drawing)
    drawing.meta["name"] = path.name
    return drawing


def dxf(path: Path, strokes: list[Stroke], labels: list[Label], unit_mm: float = 1.0, at: float = 0.0) -> Drawing:
    """Write a DXF in mm or another unit, everything `at` units off, doors as blocks; read it back."""
    doc = ezdxf.new("R2010", setup=True)
    doc.header["$INSUNITS"] = {1.0: 4, 1000.0: 6}[unit_mm]
    space = doc.modelspace()
    for layer in LAYERS[1:]:
        doc.layers.add(layer.name)
    for points, layer, insert in strokes:
        placed = [(x / unit_mm + at, y / unit_mm + at) for x, y in points]
        if insert < 0:
            space.add_lwpolyline(placed, dxfattribs={"layer": LAYERS[layer].name})
            continue
        name = f"DOOR{insert}"
        if name not in doc.blocks:
            doc.blocks.new(name)
            space.add_blockref(name, (at, at), dxfattribs={"layer": "DOOR"})
        inside = [(x - at, y - at) for x, y in placed]
        doc.blocks.get(name).add_lwpolyline(inside, dxfattribs={"layer": "0"})
    for string, x, y, height in labels:
        text = space.add_text(string, height=height / unit_mm, dxfattribs={"layer": "TEXT"})
        text.set_placement((x / unit_mm + at, y / unit_mm + at))
    doc.saveas(path)
    return read(path)


def pdf(path: Path, strokes: list[Stroke], labels: list[Label], scale: float = 100.0, at: float = 20.0) -> Drawing:
    """Plot on an A2 at 1:`scale`, `at` mm from the corner; read it back."""
    doc = pymupdf.open()
    page = doc.new_page(width=594 * POINT, height=420 * POINT)

    def place(x: float, y: float) -> pymupdf.Point:
        return pymupdf.Point((x / scale + at) * POINT, (420 - at - y / scale) * POINT)

    for points, _, _ in strokes:
        page.draw_polyline([place(x, y) for x, y in points], width=0.5)
    for string, x, y, height in labels:
        page.insert_text(place(x, y), string, fontsize=height / scale * POINT / 0.75, fontname="china-s")
    doc.save(path)
    return read(path)


def ifc(path: Path, rows: list[tuple], *, salt: str = "") -> Drawing:  # type: ignore[type-arg]
    """A storey of boxes, rows of (class, name, x, y, dx, dy, dz, properties) in mm; the salt makes GlobalIds."""
    file = ifcopenshell.file(schema="IFC4")
    made = file.create_entity
    axes = made("IfcAxis2Placement3D", made("IfcCartesianPoint", (0.0, 0.0, 0.0)))
    unit = made("IfcSIUnit", UnitType="LENGTHUNIT", Prefix="MILLI", Name="METRE")
    units = made("IfcUnitAssignment", [unit])
    context = made("IfcGeometricRepresentationContext", None, "Model", 3, 1e-5, axes)

    def given(key: str) -> str:
        return ifcopenshell.guid.compress(f"{zlib.crc32((salt + key).encode()):08x}" * 4)

    project = made("IfcProject", given("p"), None, "P", RepresentationContexts=[context], UnitsInContext=units)
    here = made("IfcLocalPlacement", None, axes)
    storey = made("IfcBuildingStorey", given("s"), None, "1F", ObjectPlacement=here, Elevation=0.0)
    made("IfcRelAggregates", given("a"), RelatingObject=project, RelatedObjects=[storey])
    parts = []
    for k, (kind, name, x, y, dx, dy, dz, properties) in enumerate(rows):
        corner = made("IfcAxis2Placement3D", made("IfcCartesianPoint", (float(x), float(y), 0.0)))
        middle = made("IfcAxis2Placement2D", made("IfcCartesianPoint", (dx / 2, dy / 2)))
        face = made("IfcRectangleProfileDef", "AREA", None, middle, float(dx), float(dy))
        body = made("IfcExtrudedAreaSolid", face, axes, made("IfcDirection", (0.0, 0.0, 1.0)), float(dz))
        shape = made("IfcShapeRepresentation", context, "Body", "SweptSolid", [body])
        part = made(kind, given(f"{k}{name}"), None, name or None)
        part.ObjectPlacement = made("IfcLocalPlacement", storey.ObjectPlacement, corner)
        part.Representation = made("IfcProductDefinitionShape", None, None, [shape])
        parts.append(part)
        for title, values in properties.items():
            single = [made("IfcPropertySingleValue", one, None, made("IfcLabel", v)) for one, v in values.items()]
            own, key = made("IfcPropertySet", given(f"{k}{title}"), None, title, None, single), given(f"{k}{title}r")
            made("IfcRelDefinesByProperties", key, RelatedObjects=[part], RelatingPropertyDefinition=own)
    made("IfcRelContainedInSpatialStructure", given("c"), RelatedElements=parts, RelatingStructure=storey)
    file.write(str(path))
    return read(path)
