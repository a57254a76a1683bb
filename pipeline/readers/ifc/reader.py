"""Reads an IFC model into the drawing model: elements, triangles, storey plans, defects, completeness."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ifcopenshell
import ifcopenshell.util.unit
import numpy as np

from pipeline.drawing.defects import defect
from pipeline.drawing.kinds import Format, SpaceKind
from pipeline.drawing.model import Drawing, Space
from pipeline.readers.ifc.attributes import rows_of
from pipeline.readers.ifc.axes import read_axes
from pipeline.readers.ifc.elements import read_elements
from pipeline.readers.ifc.georeference import length_units, read_meta
from pipeline.readers.ifc.opening import Opened, open_model
from pipeline.readers.ifc.place import judge_place
from pipeline.readers.ifc.sections import (
    LayerRows,
    Triangles,
    cut_storey,
    disagreeing,
    find_storeys,
    whole_model,
)
from pipeline.readers.ifc.shapes import Shapes, budget_for, make_shapes, mesh_table

VERSION = "ifc/5"


class IfcReader:
    """IFC2X3, IFC4 and IFC4X3 as .ifc (STEP) or .ifczip."""

    name = "ifc"
    version = VERSION

    def read(self, path: Path, name: str, siblings: Mapping[str, Path] | None = None, *, password: str = "") -> Drawing:
        """Read a model. Bad content ends in defects, never in an exception.

        Args:
            path: the file; only read.
            name: its name as handed in.
            siblings: not used; a model refers to no other file.
            password: not used; models are not encrypted.
        """
        data = path.read_bytes()
        drawing = Drawing(Format.IFC, "", VERSION)
        opened = open_model(path, data)
        del data
        drawing.defects = opened.defects
        drawing.completeness = opened.completeness
        if opened.model is not None:
            _fill(drawing, opened, opened.model)
        return drawing


def _fill(drawing: Drawing, opened: Opened, model: ifcopenshell.file) -> None:
    unit_mm = _unit_mm(model, drawing)
    drawing.meta = read_meta(model, unit_mm)
    drawing.meta["declared_schema"] = opened.declared_schema
    drawing.elements, products, failed = read_elements(model, unit_mm)
    if failed:
        drawing.defects.append(defect("entity_failed", count=failed, kind="IfcProduct / IfcRel…", why="attributes"))
    _note_guids(drawing)
    budget = budget_for(opened.data_bytes)
    _one_context(model)
    shapes = make_shapes(opened, products, drawing.elements, budget)
    opened.text = None
    ifcopenshell.get_log()  # what the kernels said is told by the shapes that are missing
    drawing.meshes = mesh_table(shapes)
    _note_shapes(drawing, shapes)
    if products:
        drawing.defects += judge_place(drawing.meta["georeference"], drawing.elements, unit_mm)
    _plans(drawing, products, shapes, unit_mm)
    if not products and drawing.completeness.rows_parsed:
        _note_data(drawing, model)
    elif not products:  # not one row was understood
        drawing.spaces.clear()


def _unit_mm(model: ifcopenshell.file, drawing: Drawing) -> float:
    """Return millimetres of one length unit; metres are assumed where the file names none."""
    try:
        scale = float(ifcopenshell.util.unit.calculate_unit_scale(model))
        stated = ifcopenshell.util.unit.get_project_unit(model, "LENGTHUNIT") is not None
    except (RuntimeError, ValueError, TypeError, AttributeError, IndexError, KeyError, ZeroDivisionError):
        scale, stated = 1.0, False
    if not np.isfinite(scale) or not 1e-9 < scale < 1e9:
        scale, stated = 1.0, False
    if not stated:
        drawing.defects.append(defect("unit_unknown", used="m"))
    names = length_units(model)
    if len(set(names)) > 1:
        drawing.defects.append(defect("unit_twice", count=len(names), names=", ".join(names[:4])))
    return scale * 1000.0


def _one_context(model: ifcopenshell.file) -> None:
    """Leave one project in the opened model (never in the file), once everything else is read.

    The geometry kernels take the units from the only IfcContext of a model; where a project library or a second
    project stands beside the project they take metres and radians, and a model in millimetres is 1000 times too large.
    """
    projects = rows_of(model, "IfcProject")
    if not projects:
        return
    for one in [*projects[1:], *rows_of(model, "IfcProjectLibrary")]:
        try:
            model.remove(one)
        except (RuntimeError, ValueError, TypeError, AttributeError):
            continue


def _note_guids(drawing: Drawing) -> None:
    twice = [guid for guid, count in Counter(drawing.elements.global_id).items() if count > 1]
    if twice:
        drawing.defects.append(defect("duplicate_guids", count=len(twice), first=twice[0] or "''"))


def _note_shapes(drawing: Drawing, shapes: Shapes) -> None:
    """Record expected and made shapes; every missing one is named in a defect and counted in the coverage."""
    table, record = drawing.elements, drawing.completeness
    record.shapes_expected = int(table.shape_expected.sum())
    record.shapes_made = record.shapes_expected - len(shapes.missing)
    record.nonfinite += shapes.nonfinite
    if shapes.nonfinite:
        drawing.defects.append(defect("nonfinite_numbers", count=shapes.nonfinite))
    for row, kind in enumerate(table.ifc_class):
        if row in shapes.missing:
            drawing.coverage.skipped[kind] = drawing.coverage.skipped.get(kind, 0) + 1
            drawing.coverage.reasons[kind] = "geometry_missing"
        else:
            drawing.coverage.read[kind] = drawing.coverage.read.get(kind, 0) + 1
    drawing.coverage.settle()
    if shapes.missing:
        guids = [table.global_id[row] for row in shapes.missing]
        first = next(iter(shapes.missing))
        drawing.defects.append(
            defect(
                "geometry_missing",
                source_id=guids[0],
                count=len(guids),
                first=f"{table.ifc_class[first]} {table.name[first] or guids[0]}",
                guids=guids[:200],
            )
        )
    if shapes.out_of_budget:
        drawing.defects.append(defect("limit_reached", what="geometry", limit="CPU"))
    drawing.meta["shapes_missing"] = [  # why: poisoned (never shown to the kernels), budget, kernel (it made nothing)
        {"guid": table.global_id[row], "class": table.ifc_class[row], "why": why}
        for row, why in list(shapes.missing.items())[:2000]
    ]
    drawing.meta["shapes_copied"] = shapes.copied
    drawing.meta["shapes_consumed_by_openings"] = [table.global_id[row] for row in shapes.consumed]


def _plans(drawing: Drawing, products: list[Any], shapes: Shapes, unit_mm: float) -> None:
    """Make one space a storey; a model without storeys, shapes or even elements still gets one."""
    table = drawing.elements
    drawing.meta["storeys"] = []
    if not products:  # still data: types, materials, property sets can be checked
        drawing.spaces.append(_data_space(drawing, unit_mm))
        return
    axes, failed = read_axes(products, table, unit_mm)
    if failed:
        drawing.defects.append(defect("entity_failed", count=failed, kind="IfcGridAxis", why="AxisCurve"))
    storeys = find_storeys(table, unit_mm)
    drawing.meta["storeys"] = [
        {"guid": table.global_id[one.row], "name": one.name, "elevation_mm": one.elevation_mm} for one in storeys
    ]
    apart = disagreeing(storeys, table, unit_mm)
    if apart:
        guid = table.global_id[apart[0].row]
        drawing.defects.append(defect("storey_elevation", source_id=guid, count=len(apart), first=apart[0].name))
    shared = [one.name for one in storeys if one.shared]
    if shared:
        drawing.defects.append(defect("storeys_level", count=len(shared), first=shared[0]))
    if not storeys:
        drawing.defects.append(defect("no_storey"))
        whole = whole_model(table, drawing.meta.get("project") or "model")
        storeys = [whole] if whole is not None else []
    if not shapes.rows:
        drawing.defects.append(defect("ifc_no_geometry"))
    layers = LayerRows()
    triangles = Triangles(shapes)
    sections: list[dict[str, Any]] = []
    for storey in storeys:
        counts: dict[str, int] = {}
        drawing.spaces.append(cut_storey(storey, triangles, table, layers, axes, unit_mm, counts))
        drawn = drawing.spaces[-1].entities.element
        sections.append({"name": storey.name, **counts, "drawn": len(np.unique(drawn[drawn >= 0]))})
    drawing.meta["sections"] = sections
    slivers = sum(one["crossed"] - one["cut"] for one in sections)
    if slivers:
        drawing.defects.append(defect("section_slivers", count=slivers))
    if not drawing.spaces:  # products without shapes can still be checked by their properties
        drawing.spaces.append(_data_space(drawing, unit_mm))
    drawing.layers = layers.layers


def _data_space(drawing: Drawing, unit_mm: float) -> Space:
    return Space(name=drawing.meta.get("project") or "model", kind=SpaceKind.STOREY, unit_mm=unit_mm)


def _note_data(drawing: Drawing, model: Any) -> None:
    """Say of a model without elements what it holds instead."""
    kinds = Counter(str(one.is_a()) for one in rows_of(model, "IfcRoot") if not one.is_a().startswith("IfcRel"))
    kinds = kinds or Counter(str(model.by_id(number).is_a()) for number in model.entity_names())
    ranked = sorted(kinds.items(), key=lambda item: (-item[1], item[0]))
    drawing.meta["data"] = dict(ranked[:50])
    words = ", ".join(f"{count} {kind}" for kind, count in ranked[:4])
    drawing.defects.append(defect("ifc_data_only", kinds=words))
