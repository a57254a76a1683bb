"""Coordinates of a sheet pair: working millimetres, file units, sheet millimetres, and the ways between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.comparing.boxes import Box
from pipeline.comparing.content import Content
from pipeline.comparing.segments import chain, invert, map_box, map_points, sheet_from_space
from pipeline.drawing.kinds import SpaceKind
from pipeline.drawing.model import Drawing, Sheet
from pipeline.drawing.tables import F64

METRE_MM = 1000.0


@dataclass(slots=True)
class Places:
    """Matrices (2×3) from working millimetres of each side to its file and sheet coordinates."""

    old_file: F64
    new_file: F64
    old_sheet: F64
    new_sheet: F64

    def in_file(self, transform: F64) -> F64:
        """A working transform in file coordinates."""
        return chain(self.new_file, chain(transform, invert(self.old_file)))

    def in_sheet(self, transform: F64) -> F64:
        """A working transform in sheet millimetres."""
        return chain(self.new_sheet, chain(transform, invert(self.old_sheet)))

    @staticmethod
    def box(matrix: F64, box: Box) -> Box:
        """A box mapped by any of the matrices."""
        return map_box(matrix, box)

    def old_file_box(self, box: Box) -> Box:
        """Old working box -> old file coordinates."""
        return map_box(self.old_file, box)

    def new_file_box(self, box: Box) -> Box:
        """New working box -> new file coordinates."""
        return map_box(self.new_file, box)

    def old_sheet_box(self, box: Box) -> Box:
        """Old working box -> old sheet mm."""
        return map_box(self.old_sheet, box)

    def new_sheet_box(self, box: Box) -> Box:
        """New working box -> new sheet mm."""
        return map_box(self.new_sheet, box)

    def members(self, back: F64, boxes: list[Box]) -> dict[str, list[dict[str, list[float]]]]:
        """Details that say where the members of a change lie, new working boxes -> sheet mm of both sides.

        Args:
            back: 2×3, new working mm -> old working mm.
            boxes: of the members; {} without any.
        """
        told = [
            {
                "box_old": [round(v, 6) for v in self.old_sheet_box(map_box(back, box))],
                "box_new": [round(v, 6) for v in self.new_sheet_box(box)],
            }
            for box in boxes
        ]
        return {"members": told} if told else {}

    def old_from_sheet(self, point: list[float]) -> list[float]:
        """Old sheet mm -> old working mm."""
        return [float(v) for v in map_points(invert(self.old_sheet), np.array([point], float))[0]]

    def new_from_sheet(self, point: list[float]) -> list[float]:
        """New sheet mm -> new working mm."""
        return [float(v) for v in map_points(invert(self.new_sheet), np.array([point], float))[0]]

    def given(self, points: list[list[list[float]]] | None) -> list[list[list[float]]] | None:
        """Pairs of points [[old, new], …] that a person gave in sheet mm, in working mm."""
        return None if points is None else [[self.old_from_sheet(p), self.new_from_sheet(q)] for p, q in points]


def places_of(old: Drawing, old_sheet: Sheet, one: Content, new: Drawing, new_sheet: Sheet, two: Content) -> Places:
    """Matrices of a pair of sheets."""
    return Places(
        _file(old, old_sheet, one),
        _file(new, new_sheet, two),
        _sheet(old_sheet, one),
        _sheet(new_sheet, two),
    )


def _file(drawing: Drawing, sheet: Sheet, content: Content) -> F64:
    """Working mm -> coordinates of the file (IFC storeys: metres)."""
    space = drawing.spaces[sheet.space]
    unit = METRE_MM if space.kind == SpaceKind.STOREY else (space.unit_mm or 1.0)
    if space.kind == SpaceKind.PAGE:
        unit = 1.0  # PDF answers in millimetres on paper whatever a point is
    factor = 1.0 / (content.real_per_space * unit)
    return np.array([[factor, 0.0, 0.0], [0.0, factor, 0.0]])


def _sheet(sheet: Sheet, content: Content) -> F64:
    """Working mm -> sheet mm."""
    factor = 1.0 / content.real_per_space
    return chain(sheet_from_space(sheet), np.array([[factor, 0.0, 0.0], [0.0, factor, 0.0]]))
