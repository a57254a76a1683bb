"""What a scan gives: entities, details, records that are no entities, as columns and tables."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.readers.dxf.columns.alike import alike, is_alike
from pipeline.readers.dxf.columns.kinds import NAMES
from pipeline.readers.dxf.columns.points import Points
from pipeline.readers.dxf.columns.rows import Rows

if TYPE_CHECKING:
    from pipeline.readers.dxf.columns.pictures import Part
    from pipeline.readers.dxf.columns.texts_in_columns import TextColumns

F64 = NDArray[np.float64]
# codes kept of entities that are worked on one by one later, by kind: numbers and texts
FIELDS: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "TEXT": ((10, 20, 30, 11, 21, 31, 40, 41, 50, 51, 71, 72, 73, 210, 220, 230), (1, 7)),
    "MTEXT": (
        (10, 20, 30, 11, 21, 31, 40, 41, 42, 43, 44, 45, 50, 63, 71, 72, 90, 210, 220, 230, 421),
        (1, 3, 7),
    ),
    "ATTRIB": ((10, 20, 30, 11, 21, 31, 40, 41, 50, 51, 70, 71, 72, 74, 210, 220, 230), (1, 2, 7)),
    "INSERT": ((10, 20, 30, 41, 42, 43, 50, 210, 220, 230), (2,)),
    "DIMENSION": (
        (10, 20, 30, 12, 22, 32, 13, 23, 33, 14, 24, 34, 15, 25, 35, 50, 70, 210, 220, 230),
        (1, 2, 3),
    ),
}


@dataclass(slots=True)
class Details:
    """Values of the entities of one kind, one row each: numbers by code (NaN missing), texts by code (None missing)."""

    entity: list[NDArray] = field(default_factory=list)
    numbers: dict[int, list[F64]] = field(default_factory=dict)
    texts: dict[int, list[str | None]] = field(default_factory=dict)
    rows: NDArray = field(default_factory=lambda: np.zeros(0, np.int32))  # entity of each row, joined
    values: dict[int, F64] = field(default_factory=dict)  # numbers, joined

    def close(self, name: str) -> None:
        """Join the pieces; `name` is the kind."""
        numbers, texts = FIELDS[name]
        self.rows = np.concatenate(self.entity) if self.entity else np.zeros(0, np.int32)
        if not self.entity:
            self.values = dict.fromkeys(numbers, alike(np.nan, 0))
        else:
            self.values = {code: _joined(self.numbers.get(code, [])) for code in numbers}
        self.texts = {code: self.texts.get(code, []) for code in texts}
        self.entity, self.numbers = [], {}


def _joined(columns: list[F64]) -> F64:
    """Return one column; a number that no entity has takes no memory."""
    if all(map(is_alike, columns)):
        return alike(np.nan, sum(map(len, columns)))
    whole = np.concatenate(columns)
    return alike(np.nan, len(whole)) if np.isnan(whole).all() else whole


@dataclass(slots=True)
class Entities:
    """Every entity of every block and layout, in file order, one row each (joined from the pieces)."""

    kind: NDArray
    container: NDArray
    rare: NDArray
    invisible: NDArray
    paper: NDArray  # 67: -1 missing
    owner: NDArray  # row in Scan.words of the owner's handle, -1 missing
    layer: NDArray  # rows in Scan.words
    linetype: NDArray
    aci: NDArray  # -1 missing
    true_color: NDArray  # -1 missing
    weight: NDArray  # -1 missing
    offset: NDArray  # bytes in the file, with everything that belongs to it
    end: NDArray

    def __len__(self) -> int:
        return len(self.kind)

    def forget_looks(self) -> None:
        """Let go of what looks come from, now that they are settled, and of what is asked while blocks are sorted."""
        for name in ("paper", "owner", "layer", "linetype", "aci", "true_color", "weight"):
            setattr(self, name, np.zeros(0, np.int32))


ENTITY_COLUMNS = tuple(Entities.__slots__)


@dataclass(slots=True)
class Kept:
    """Records that are no entities, as columns: bytes, section, kind, and the block they stand for."""

    offset: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    end: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    section: list[str] = field(default_factory=list)
    name: list[str] = field(default_factory=list)  # kind of the record
    label: list[str] = field(default_factory=list)  # name of a block or block record
    block: list[int] = field(default_factory=list)  # -1: none
    block_records: dict[str, tuple[str, str]] = field(default_factory=dict)  # lower name -> name and handle
    header: dict[str, str] = field(default_factory=dict)  # some variables
    sound: bool = True  # as the library wants them, see `soundness`
    overrides: bool = False  # perhaps layers have other looks in a viewport

    def spans(self, rows: list[int]) -> list[tuple[int, int]]:
        """Return where some records begin and end in the file."""
        return list(zip(self.offset[rows].tolist(), self.end[rows].tolist(), strict=True))


@dataclass(slots=True)
class Scan:
    """The whole file."""

    entities: Entities
    handles: NDArray[np.bytes_]  # hexadecimal, empty where an entity of an old file has none
    words: list[str]
    rows: Rows  # without their points
    points: Points
    details: dict[str, Details]
    styles: dict[int, dict[int, float]]  # dimension (entity row) -> dimension variables of its own
    block_names: list[str]
    block_base: F64  # (b, 3)
    block_flags: NDArray[np.int64]
    sections: list[str]
    kept: Kept
    types: Counter[str]  # entities by name, as the prescan counts them
    odd_names: dict[int, str]  # names of entities that are not read here, by entity row
    edges: set[str]  # handles of entities that viewports are cut at
    pictures: dict[int, list[Part]]  # by entity: objects that are drawn by the picture they carry
    text_columns: dict[int, TextColumns]  # of MTEXTs, by entity row
    dictionaries: dict[int, str]  # extension dictionaries of references, by entity row

    def names_of(self, mask: NDArray[np.bool_]) -> set[str]:
        """Return the names of some entities, those that are not read here included."""
        names = {NAMES[kind] for kind in set(self.entities.kind[mask].tolist()) if kind}
        return names | {name for row, name in self.odd_names.items() if mask[row]}

    def forget_bytes(self) -> None:
        """Let go of where everything lies in the file: the library has been given what it needs."""
        self.entities.offset = self.entities.end = np.zeros(0, np.int64)
        self.kept = Kept()
