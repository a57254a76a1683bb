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
        _, self._example, self.combination = np.unique(both, return_index=True, return_inverse=True)
        self._found = found
        self._tables = [np.full((len(self._example), 4), np.nan) for _ in (False, True)]

    def fields(self, entity: int) -> dict[str, Any]:
        """Return the fields of an entity that its look comes from."""
        entities, words = self._found.entities, self._found.words
        values: dict[str, Any] = {}
        if entities.layer[entity] >= 0:
            values["layer"] = words[entities.layer[entity]]
        if entities.linetype[entity] >= 0:
            values["linetype"] = words[entities.linetype[entity]]
        for name, column, missing in (("color", entities.aci, -1), ("true_color", entities.true_color, -1)):
            if column[entity] != missing:
                values[name] = int(column[entity])
        if entities.weight[entity] != -1:
            values["lineweight"] = int(entities.weight[entity])
        return values

    def of(self, rows: NDArray, in_block: bool) -> F64:
        """Return (k, 4) layer, colour, width, dash of some entities, sentinels included (see `chunk`)."""
        table = self._tables[in_block]
        wanted = self.combination[rows]
        for row in sorted(set(wanted[np.isnan(table[wanted, 0])].tolist())):
            look = self._looks.of(StandIn("", self.fields(int(self._example[row]))), in_block)
            table[row] = (look.layer, look.color, look.width_mm, look.dashed)
        return table[wanted]

    def floors(self, layers: NDArray) -> F64:
        """Return (k, 4) the looks of some layers by row; of floating ones the sentinels."""
        different, place = np.unique(layers.astype(np.int64), return_inverse=True)
        looks = [self._looks.of_row(int(row)) for row in different]
        table = np.array([(k.layer, k.color, k.width_mm, k.dashed) for k in looks], np.float64).reshape(-1, 4)
        return table[place]
