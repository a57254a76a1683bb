"""Keeps the places of the records that are no entities: header, tables, blocks, objects."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from pipeline.readers.dxf.columns.kinds import KIND
from pipeline.readers.dxf.columns.records import Records, first_texts
from pipeline.readers.dxf.columns.scanned import Kept
from pipeline.readers.dxf.columns.soundness import handles, sound, variables

# objects that something is looked up in while drawing; materials, visual styles and the like are left out
OBJECTS = frozenset(
    {
        "DICTIONARY", "ACDBDICTIONARYWDFLT", "LAYOUT", "IMAGEDEF", "MLINESTYLE", "MLEADERSTYLE", "PDFDEFINITION",
        "DWFDEFINITION", "DGNDEFINITION", "SPATIAL_FILTER", "TABLESTYLE", "WIPEOUTVARIABLES",
        "RASTERVARIABLES", "DICTIONARYVAR", "SECTION", "ENDSEC",
    }
)  # fmt: skip
_JUDGED = frozenset({"HEADER", "TABLES", "BLOCKS"})
_VARIABLES = ("$ACADVER", "$INSUNITS", "$MEASUREMENT")
_KEY = 3  # names in a dictionary
# dictionary entries of layer looks of one viewport; not ADSK_XREC_LAYER_RECONCILED, which most layers have
_LAYER_RECORD = b"ADSK_XREC_LAYER_"
_OVERRIDES = re.compile(_LAYER_RECORD + rb"[A-Z]+_OVR")


def _special_looks(data: bytes) -> bool:
    """Return whether a layer has another look in some viewport."""
    at = data.find(_LAYER_RECORD)
    while at >= 0 and not _OVERRIDES.match(data, at):
        at = data.find(_LAYER_RECORD, at + 1)
    return at >= 0


class Keeper:
    """Collects the records of the pieces of a file."""

    def __init__(self) -> None:
        self.kept = Kept()
        self._bounds: list[NDArray[np.int64]] = []
        self._handles: set[str] = set()
        self._blocks = 0

    def piece(self, found: Records, is_entity: NDArray[np.bool_], blocks: list[str]) -> list[int]:
        """Keep the records of a piece; `blocks` are the names of all blocks so far. Returns its BLOCK records."""
        judged = found.kind == KIND["VIEWPORT"]
        rows = np.flatnonzero(~is_entity)
        names = [found.names[row] for row in rows.tolist()]
        begins = np.array([row for row, _ in found.section])
        inside = [found.section[at][1] for at in (np.searchsorted(begins, rows, "right") - 1).tolist()]
        opened = self._mark_blocks(found, rows, names, inside, blocks) if names else []
        if "HEADER" in inside:
            self._header(found, int(rows[inside.index("HEADER")]))
        self._bounds.append(found.tags.offsets(np.stack([found.start[rows], found.stop[rows]])))
        self.kept.name += names
        self.kept.section += inside
        judged[rows] = [
            section in _JUDGED or (section == "OBJECTS" and name in OBJECTS)
            for name, section in zip(names, inside, strict=True)
        ]
        if self.kept.sound and judged.any():
            self.kept.sound = sound(found, judged) and self._are_new(handles(found, judged))
        if "OBJECTS" in inside and _special_looks(found.tags.joined(np.flatnonzero(found.tags.codes == _KEY))):
            self.kept.overrides = True
        return opened

    def _header(self, found: Records, row: int) -> None:
        read = variables(found, row, _VARIABLES)
        self.kept.header = read or {}
        self.kept.sound &= read is not None

    def _are_new(self, found: list[str]) -> bool:
        before = len(self._handles)
        self._handles.update(found)
        return len(self._handles) == before + len(found)

    def all(self) -> Kept:
        """Return the records of all pieces."""
        bounds = np.concatenate([np.zeros((2, 0), np.int64), *self._bounds], axis=1)
        self.kept.offset, self.kept.end = bounds
        return self.kept

    def _mark_blocks(
        self, found: Records, rows: NDArray, names: list[str], inside: list[str], blocks: list[str]
    ) -> list[int]:
        """Note which block a record stands for; returns the BLOCK records."""
        kept = self.kept
        first = len(kept.name)
        kept.block += [-1] * len(names)
        kept.label += [""] * len(names)
        opened: list[int] = []
        records: list[int] = []
        for at, name in enumerate(names):
            if name == "BLOCK_RECORD":
                records.append(at)
            elif inside[at] == "BLOCKS" and name in ("BLOCK", "ENDBLK"):
                if name == "BLOCK":
                    opened.append(int(rows[at]))
                    self._blocks += 1
                kept.block[first + at] = self._blocks - 1
                kept.label[first + at] = blocks[self._blocks - 1]
        if records:
            of_record = rows[records]
            labels, numbers = (first_texts(found, of_record, code) for code in (2, 5))
            for at, row in zip(records, of_record.tolist(), strict=True):
                label = labels.get(row, "")
                kept.label[first + at] = label
                kept.block_records[label.lower()] = (label, numbers.get(row, ""))
        return opened
