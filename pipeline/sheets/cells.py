"""The cells of a title block: for a place on a sheet, the four nearest lines around it."""

from __future__ import annotations

import math

import numpy as np

from pipeline.drawing.kinds import EntityKind
from pipeline.drawing.model import Sheet, Space
from pipeline.drawing.sheet_space import to_sheet
from pipeline.drawing.strokes import pieces_of
from pipeline.sheets.places import Box

SHORTEST_MM = 2.5
STRAIGHT = 5e-3  # slope up to which a line is level or upright
REACH_MM = 320.0  # how far around the labels lines are looked at
WIDEST_MM, TALLEST_MM = 300.0, 90.0  # of a cell of a title block


class Cells:
    """Level and upright lines of a sheet, in sheet millimetres."""

    def __init__(self, space: Space, sheet: Sheet, region: Box | None):
        self.level = np.zeros((0, 3))  # y, x0, x1
        self.upright = np.zeros((0, 3))  # x, y0, y1
        if region is not None:
            self._collect(space, sheet, region)

    def _collect(self, space: Space, sheet: Sheet, region: Box) -> None:
        table = space.entities
        rows = sheet.entities[~np.isin(table.kind[sheet.entities], (EntityKind.TEXT, EntityKind.POINT))]
        if not len(rows) or not len(table.xy):
            return
        p, q = pieces_of(table, rows)
        a, b = to_sheet(table.xy[p], sheet.to_space), to_sheet(table.xy[q], sheet.to_space)
        low, high = np.minimum(a, b), np.maximum(a, b)
        near = (low[:, 0] < region[2]) & (high[:, 0] > region[0]) & (low[:, 1] < region[3]) & (high[:, 1] > region[1])
        low, high = low[near], high[near]
        size = high - low
        flat = (size[:, 1] <= STRAIGHT * size[:, 0]) & (size[:, 0] >= SHORTEST_MM)
        tall = (size[:, 0] <= STRAIGHT * size[:, 1]) & (size[:, 1] >= SHORTEST_MM)
        self.level = np.column_stack([(low[flat, 1] + high[flat, 1]) / 2, low[flat, 0], high[flat, 0]])
        self.upright = np.column_stack([(low[tall, 0] + high[tall, 0]) / 2, low[tall, 1], high[tall, 1]])

    def around(self, x: float, y: float) -> Box:
        """Return the nearest lines left, below, right and above a place; infinite where there is none."""
        rows = self.upright[(self.upright[:, 1] <= y) & (self.upright[:, 2] >= y), 0]
        columns = self.level[(self.level[:, 1] <= x) & (self.level[:, 2] >= x), 0]
        left, right = rows[rows <= x], rows[rows > x]
        below, above = columns[columns <= y], columns[columns > y]
        return (
            float(left.max(initial=-math.inf)),
            float(below.max(initial=-math.inf)),
            float(right.min(initial=math.inf)),
            float(above.min(initial=math.inf)),
        )

    def cell(self, x: float, y: float) -> Box | None:
        """Return the cell around a place; None where lines are missing or it is too large for a title block."""
        box = self.around(x, y)
        if not all(map(math.isfinite, box)):
            return None
        return box if box[2] - box[0] <= WIDEST_MM and box[3] - box[1] <= TALLEST_MM else None
