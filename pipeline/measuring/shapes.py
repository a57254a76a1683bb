"""The meter of a model: elements of a storey that should have a shape against those that have one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.model import Drawing, Ink, Sheet
from pipeline.drawing.tables import ElementTable
from pipeline.measuring.verdict import settle_causes

BY = "shapes"


def measure_shapes(drawing: Drawing) -> None:
    """Set `ink` of every sheet of a model (in place).

    A sheet answers for the elements of its storey and, because they may stand on any storey, for those of none.
    An element counts as made when it has triangles or a box, or when its own openings leave nothing of it.
    """
    table = drawing.elements
    expected = np.asarray(table.shape_expected, bool)
    made = _made(drawing)
    for sheet in drawing.sheets:
        own = _of_storey(drawing, sheet)
        wanted = expected & own
        count = int(np.count_nonzero(wanted))
        if not count:
            sheet.ink = Ink(by=BY, why="no_shapes")
            continue
        lost = int(np.count_nonzero(wanted & ~made)) / count
        codes = {found.code for found in drawing.defects}
        cause = next((code for code in ("geometry_missing", "limit_reached", "truncated") if code in codes), "")
        sheet.ink = Ink(1.0 - lost, BY, causes=settle_causes(lost, {cause: lost} if cause else {}))


def _made(drawing: Drawing) -> NDArray[np.bool_]:
    table = drawing.elements
    made: NDArray[np.bool_] = np.zeros(len(table), bool)
    if len(table.box):
        made |= np.isfinite(table.box).all(axis=1)
    made[np.unique(drawing.meshes.face_element)] = True
    consumed = set(drawing.meta.get("shapes_consumed_by_openings", ()))
    if consumed:
        made |= np.array([guid in consumed for guid in table.global_id], bool)
    return made


def _of_storey(drawing: Drawing, sheet: Sheet) -> NDArray[np.bool_]:
    """Return which elements a sheet answers for; all of them where its space is no storey of the file."""
    table = drawing.elements
    row = _storey_row(drawing, table, sheet)
    return np.ones(len(table), bool) if row < 0 else (table.storey == row) | (table.storey < 0)


def _storey_row(drawing: Drawing, table: ElementTable, sheet: Sheet) -> int:
    storeys = drawing.meta.get("storeys", [])
    if not 0 <= sheet.space < len(storeys):
        return -1
    guid = storeys[sheet.space]["guid"]
    return next(
        (
            row
            for row, known in enumerate(table.global_id)
            if known == guid and table.ifc_class[row] == "IfcBuildingStorey"
        ),
        -1,
    )
