"""Looks of the scan's entities: every different combination of layer, colour, pen and line type is settled once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.readers.dxf.chunk import Look
from pipeline.readers.dxf.columns.scanned import Scan
from pipeline.readers.dxf.columns.stand_ins import StandIn
from pipeline.readers.dxf.looks import Looks

F64 = NDArray[np.float64]


def look_of(row: list[float]) -> Look:
    """Return one row of a table of looks: layer, colour, width, dash."""
    layer, color, width_mm, dashed = row
    return Look(int(layer), int(color), width_mm, int(dashed))


class Appearance:
    """Looks by entity row of a scan."""

    def __init__(self, found: Scan, looks: Looks) -> None:
        self._looks = looks
        entities = found.entities
        key = (entities.layer.astype(np.int64) + 1) * (len(found.words) + 2) + entities.linetype + 1
        key = ((key * 512) + entities.weight + 3) * 512 + entities.aci + 1
        _, one = np.unique(key, return_inverse=True)
        both = one.astype(np.int64) * (1 << 25) + entities.true_color + 1
        # an entity of each combination, and the combination of each entity
        _, example, combination = np.unique(both, return_index=True, return_inverse=True)
        self.combination = combination.astype(np.int32)
        names = ("layer", "linetype", "aci", "true_color", "weight")
        self._rows = np.column_stack([getattr(entities, name)[example] for name in names]).tolist()
        self._words = found.words
        self._tables = [np.full((len(example), 4), np.nan) for _ in (False, True)]

    def fields(self, entity: int) -> dict[str, Any]:
        """Return the fields of an entity that its look comes from."""
        return self._fields(int(self.combination[entity]))

    def _fields(self, combination: int) -> dict[str, Any]:
        layer, linetype, aci, true_color, weight = self._rows[combination]
        values: dict[str, Any] = {}
        if layer >= 0:
            values["layer"] = self._words[layer]
        if linetype >= 0:
            values["linetype"] = self._words[linetype]
        for name, value in (("color", aci), ("true_color", true_color), ("lineweight", weight)):
            if value != -1:
                values[name] = value
        return values

    def of(self, rows: NDArray, in_block: bool) -> F64:
        """Return (k, 4) layer, colour, width, dash of some entities, sentinels included (see `chunk`)."""
        return self._table(rows, in_block)[self.combination[rows]]

    def columns(self, rows: NDArray, in_block: bool) -> tuple[NDArray, NDArray, NDArray, NDArray]:
        """Return layer, colour, width, dash of some entities as the columns of a chunk."""
        table, wanted = self._table(rows, in_block), self.combination[rows]
        layer, color, width, dashed = np.where(np.isnan(table), 0.0, table).T
        return (
            layer.astype(np.int32)[wanted],
            color.astype(np.int64)[wanted],
            width.astype(np.float32)[wanted],
            dashed.astype(np.int16)[wanted],
        )

    def _table(self, rows: NDArray, in_block: bool) -> F64:
        """Return the looks by combination, settled for those that some entities have."""
        table = self._tables[in_block]
        used = np.zeros(len(table), bool)
        used[self.combination[rows]] = True
        for row in np.flatnonzero(used & np.isnan(table[:, 0])).tolist():
            look = self._looks.of(StandIn("", self._fields(row)), in_block)
            table[row] = (look.layer, look.color, look.width_mm, look.dashed)
        return table

    def floors(self, layers: NDArray) -> F64:
        """Return (k, 4) the looks of some layers by row; of floating ones the sentinels."""
        different, place = np.unique(layers.astype(np.int64), return_inverse=True)
        looks = [self._looks.of_row(int(row)) for row in different]
        table = np.array([(k.layer, k.color, k.width_mm, k.dashed) for k in looks], np.float64).reshape(-1, 4)
        return table[place]
