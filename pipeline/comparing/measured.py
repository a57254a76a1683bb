"""The dimensions of a sheet: what they measure, what they say, and which objects are their picture."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

import numpy as np

from pipeline.drawing.model import Space
from pipeline.drawing.tables import F64, I32, EntityTable

CODE = re.compile(r"\\U\+([0-9A-Fa-f]{4})")  # a letter by its number, as drawing programs write it
STACKED = re.compile(r"(?<=[0-9])[\^#](?=[0-9])")  # a fraction one above the other, written in one line


@dataclass(slots=True)
class Measured:
    """The linear, radius and diameter dimensions of a sheet."""

    points: F64 = field(default_factory=lambda: np.zeros((0, 2, 2)))  # (d, 2, 2) what is measured, working mm
    key: list[str] = field(default_factory=list)  # squashed text
    plain: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))  # (d,) the text is what was measured

    def __len__(self) -> int:
        return len(self.key)


def squash(text: str) -> str:
    """Fold what fonts, plotters and typists vary in a text: blanks, case, width, formatting codes."""
    text = CODE.sub(lambda found: chr(int(found.group(1), 16)), text)
    folded = unicodedata.normalize("NFKC", text)
    return STACKED.sub("/", re.sub(r"\s+", "", folded).casefold())


def measured_of(
    space: Space, table: EntityTable, object_of: I32, entity_of: I32, chosen: np.ndarray, factor: float
) -> tuple[Measured, I32]:
    """The dimensions that are drawn on a sheet.

    Args:
        space: the space of the sheet.
        table: its entities.
        object_of: (e,) object of each entity.
        entity_of: (k,) an entity of each object, further ones for parts of sprawling objects.
        chosen: (e,) bool: on the sheet and shown.
        factor: working mm for one space mm.

    Returns:
        (dimensions, (k,) row of the dimension each object belongs to, -1 without one).
    """
    dimensions = space.dimensions
    none = Measured(), np.full(len(entity_of), -1, np.int32)
    if not len(dimensions) or not len(table):
        return none
    count = np.bincount(dimensions.source[dimensions.source >= 0], minlength=len(space.sources))
    row_of_source = np.full(len(space.sources), -1, np.int32)
    single = np.flatnonzero((dimensions.source >= 0) & (count[np.maximum(dimensions.source, 0)] == 1))
    row_of_source[dimensions.source[single]] = single
    of_entity = np.where(table.source >= 0, row_of_source[np.maximum(table.source, 0)], -1)
    lowest = np.full(len(entity_of), len(dimensions), np.int64)
    highest = np.full(len(entity_of), -2, np.int64)
    np.minimum.at(lowest, object_of, of_entity)
    np.maximum.at(highest, object_of, of_entity)
    own = of_entity[entity_of]
    first = object_of[entity_of]
    own = np.where((lowest[first] == highest[first]) & chosen[entity_of], own, -1)
    rows, inverse = np.unique(own, return_inverse=True)
    skip = int(len(rows) > 0 and rows[0] < 0)
    rows = rows[skip:]
    if not len(rows):
        return none
    measured = Measured(
        dimensions.points[rows].reshape(-1, 2, 2) * factor,
        [squash(dimensions.shown[row]) for row in rows],
        np.array([dimensions.override[row] in ("", "<>") for row in rows], bool),
    )
    return measured, (inverse.reshape(-1) - skip).astype(np.int32)
