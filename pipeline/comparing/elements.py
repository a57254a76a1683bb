"""The elements of one IFC model as columns, and the pairs of rows that are one element in two models."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pipeline.comparing.shapes import shapes_of
from pipeline.drawing.model import Drawing
from pipeline.drawing.tables import F64

SAME_PLACE_MM = 2.0


@dataclass(slots=True)
class Elements:
    """What is needed of the elements of one model, in millimetres."""

    drawing: Drawing
    guid: list[str]
    kind: list[str]
    name: list[str]
    tag: list[str]
    type_name: list[str]
    shape: F64  # (e, 14) order-free numbers in mm, NaN without triangles
    box: F64  # (e, 6) mm
    centre: F64  # (e, 3) middle of the box, else the placement, NaN when neither
    origin: F64  # (e, 3) placement

    def __len__(self) -> int:
        return len(self.guid)

    def shaped(self) -> np.ndarray:
        """(e,) whether an element has triangles."""
        return np.asarray(np.isfinite(self.shape[:, 0]))


@dataclass(slots=True)
class ElementMatch:
    """Pairs of rows and how each was recognised."""

    pairs: dict[int, int] = field(default_factory=dict)  # old row -> new row
    how: dict[int, str] = field(default_factory=dict)  # old row -> stage
    removed: list[int] = field(default_factory=list)
    added: list[int] = field(default_factory=list)
    shift: F64 = field(default_factory=lambda: np.zeros(3))  # of the whole model, mm
    guid_share: float = 0.0
    unsure: set[int] = field(default_factory=set)  # old rows of pairs that could be a removed and an added thing
    perhaps: dict[int, int] = field(default_factory=dict)  # removed row -> added row that may be the same thing
    reused: dict[int, int] = field(default_factory=dict)  # old row -> another thing of the new model with its GlobalId

    def invert(self) -> ElementMatch:
        """The same match told from new to old."""
        return ElementMatch(
            {j: i for i, j in self.pairs.items()},
            {self.pairs[i]: how for i, how in self.how.items()},
            list(self.added),
            list(self.removed),
            0.0 - self.shift,
            self.guid_share,
            {self.pairs[i] for i in self.unsure},
            {j: i for i, j in self.perhaps.items()},
            {j: i for i, j in self.reused.items()},
        )


def elements_of(drawing: Drawing) -> Elements:
    """Collect the elements of a model with their shape numbers."""
    table = drawing.elements
    shape, box = shapes_of(drawing)
    origin = table.placement.reshape(-1, 4, 4)[:, :3, 3] if len(table) else np.zeros((0, 3))
    middle = (box[:, :3] + box[:, 3:]) / 2
    centre = np.where(np.isfinite(middle), middle, origin)
    return Elements(
        drawing,
        list(table.global_id),
        list(table.ifc_class),
        list(table.name),
        list(table.tag),
        list(table.type_name),
        shape,
        box,
        centre,
        origin,
    )
