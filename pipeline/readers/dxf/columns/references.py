"""Which block holds which entities and which blocks it refers to; what of it goes to the library."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.strokes import ranges
from pipeline.readers.dxf.columns.kinds import KIND
from pipeline.readers.dxf.columns.records import ENTITIES
from pipeline.readers.dxf.columns.scanned import Scan
from pipeline.readers.dxf.columns.stand_ins import StandIn
from pipeline.readers.dxf.columns.tags import Irregular

_INSERT, _ATTRIB, _DIMENSION = KIND["INSERT"], KIND["ATTRIB"], KIND["DIMENSION"]
_LOOK_INTO_BLOCKS = frozenset({"LEADER", "MULTILEADER", "MLEADER"})
_ARROW_ENTITIES = 32
EXTERNAL = 4 | 8  # block flags: attached drawing, overlaid drawing
_R12_LAYOUTS = {"$model_space": "*model_space", "$paper_space": "*paper_space"}


def block_key(name: str) -> str:
    """Return the name by which blocks are found: case does not count, layouts of old files have a new name."""
    key = name.lower()
    return _R12_LAYOUTS.get(key, key)


def block_numbers(found: Scan) -> dict[str, int]:
    """Return the blocks by key; raises `Irregular` where two have the same name."""
    numbers = {block_key(name): row for row, name in enumerate(found.block_names)}
    if len(numbers) != len(found.block_names):
        raise Irregular("two blocks of one name")
    return numbers


def rare_entities(found: Scan, numbers: dict[str, int], clipped: set[int]) -> NDArray[np.bool_]:
    """Return which entities are drawn one by one, by their tags or else by the library, now that all blocks are known.

    These are, beside what the scan could not read: references to attached drawings and to blocks that are not there,
    and those `clipped`, with their attributes; dimensions whose picture is not there.
    """
    entities = found.entities
    rare = entities.rare.copy()
    details = found.details["INSERT"]
    external = (found.block_flags & EXTERNAL != 0).tolist()
    names = details.texts[2]
    unusual: dict[str | None, bool] = {}
    for name in set(names):
        block = numbers.get(block_key(name or ""))
        unusual[name] = block is None or external[block]
    rare[details.rows[[unusual[name] for name in names]]] = True
    rare[list(clipped)] = True
    details = found.details["DIMENSION"]
    missing = [block_key(name or "") not in numbers for name in details.texts[2]]
    rare[details.rows[missing]] = True  # the library draws a picture
    attribs = np.flatnonzero(entities.kind == _ATTRIB)
    rare[attribs] |= rare[owners_of_attributes(found)]
    return rare


def given_entities(found: Scan, rare: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which entities the library gets: beside the rare ones those it looks up itself.

    These are small blocks, of which it draws arrows, and what viewports are cut at.
    """
    given = rare.copy()
    if found.edges:
        given |= np.isin(found.handles, [edge.encode("utf-8", "replace") for edge in found.edges])
    if not _LOOK_INTO_BLOCKS & found.names_of(rare):
        return given
    container = found.entities.container
    count = np.bincount(container[container >= 0], minlength=len(found.block_names))
    small = np.array([not name.startswith("*") for name in found.block_names], bool) & (count <= _ARROW_ENTITIES)
    given[container >= 0] |= small[container[container >= 0]]
    return given


def owners_of_attributes(found: Scan) -> NDArray:
    """Return the entity row of the reference of each ATTRIB."""
    refs = np.flatnonzero(found.entities.kind == _INSERT)
    attribs = np.flatnonzero(found.entities.kind == _ATTRIB)
    return refs[np.searchsorted(refs, attribs) - 1] if len(attribs) else np.zeros(0, np.int64)


class Graph:
    """Blocks and layouts by number (layouts have the number of their block) and the references between them."""

    def __init__(
        self,
        found: Scan,
        doc: Any,
        rare: NDArray[np.bool_],
        given: NDArray[np.bool_],
        numbers: dict[str, int],
        depth: int,
        own: Mapping[int, StandIn] = MappingProxyType({}),
    ) -> None:
        """Take the scan, the library's document, which entities are rare and which it was given, blocks by key.

        `own` are the rare entities that are read without the library, by row.
        """
        self.found, self.rare, self._given = found, rare, given
        self._numbers = dict(numbers)
        self.names = list(found.block_names)
        for name in ("*Model_Space", "*Paper_Space"):
            if name.lower() not in self._numbers:
                self._numbers[name.lower()] = len(self.names)
                self.names.append(name)
        self.containers = len(self.names)
        self.container = self._containers(doc)
        drawn = found.entities.kind != _ATTRIB
        rows = np.flatnonzero(drawn)
        rows = rows[np.argsort(self.container[rows], kind="stable")]
        self._rows = rows.astype(np.int32)
        self._count = np.bincount(self.container[rows], minlength=self.containers)
        self._first = np.cumsum(self._count) - self._count
        self.has_rare = np.zeros(self.containers, bool)
        self.has_rare[self.container[rare & drawn]] = True
        self._edges(own)
        self._depths(depth)

    def _containers(self, doc: Any) -> NDArray[np.int32]:
        """Return the number of the block or layout of each entity; in ENTITIES the owner counts, then 67."""
        found = self.found
        out = found.entities.container.copy()
        rows = np.flatnonzero(out == ENTITIES)
        in_paper = found.entities.paper[rows] > 0
        words = {word: row for row, word in enumerate(found.words)}
        for name, paper in (("*Model_Space", False), ("*Paper_Space", True)):
            handle = doc.block_records.get(name).dxf.handle
            in_paper[found.entities.owner[rows] == words.get(handle, -2)] = paper
        out[rows] = np.where(in_paper, self._numbers["*paper_space"], self._numbers["*model_space"])
        return out

    def _edges(self, own: Mapping[int, StandIn]) -> None:
        """Find what native references and dimension pictures refer to, and rare entities as far as it is known."""
        found = self.found
        self.block_of = np.full(len(found.entities), -1, np.int32)
        for kind in ("INSERT", "DIMENSION"):
            details = found.details[kind]
            names = details.texts[2]
            known: dict[str | None, int] = {name: self._numbers.get(block_key(name or ""), -1) for name in set(names)}
            self.block_of[details.rows] = [known[name] for name in names]
        self.block_of[self.rare] = -1
        self.block_of[found.entities.invisible] = -1
        rows = np.flatnonzero(self.block_of >= 0)
        named = [(row, self._numbers.get(block_key(made.block_name), -1)) for row, made in own.items()]
        known_rows = np.array([row for row, block in named if block >= 0], np.int64)
        blocks = np.array([block for _, block in named if block >= 0], np.int32)
        self._edge_from = np.concatenate([self.container[rows], self.container[known_rows]])
        self._edge_to = np.concatenate([self.block_of[rows], blocks])

    def _depths(self, limit: int) -> None:
        depth = np.zeros(self.containers, np.int32)
        for _ in range(limit):
            deeper = depth.copy()
            np.maximum.at(deeper, self._edge_from, depth[self._edge_to] + 1)
            if (deeper == depth).all():
                self._depth = depth
                return
            depth = deeper
        raise Irregular("blocks that contain themselves, or too many in one another")

    def block(self, key: str) -> int | None:
        """Return the number of a block by its lower-case name."""
        return self._numbers.get(block_key(key))

    def container_of_layout(self, layout: Any) -> int:
        """Return the number of a layout of the library's document."""
        return self._numbers.get(block_key(layout.block_record_name), -1)

    def entities_of(self, containers: NDArray) -> tuple[NDArray, NDArray]:
        """Return the entity rows of blocks in file order, and the place of each one's block in `containers`."""
        counts = self._count[containers]
        return self._rows[ranges(self._first[containers], counts)], np.repeat(
            np.arange(len(containers), dtype=np.int32), counts
        )

    def given_rows(self, container: int) -> NDArray:
        """Return the entity rows of a block that the library holds."""
        rows, _ = self.entities_of(np.array([container]))
        return rows[self._given[rows]]

    def rare_rows(self, container: int) -> NDArray:
        """Return the entity rows of a block that are drawn one by one."""
        rows, _ = self.entities_of(np.array([container]))
        return rows[self.rare[rows]]

    def closure(self, blocks: list[int]) -> list[int]:
        """Return blocks and everything they refer to."""
        reached = np.zeros(self.containers, bool)
        reached[blocks] = True
        while True:
            before = int(reached.sum())
            reached[self._edge_to[reached[self._edge_from]]] = True
            if int(reached.sum()) == before:
                return np.flatnonzero(reached).tolist()

    def children(self, containers: list[int]) -> list[int]:
        """Return the blocks that some blocks or layouts refer to."""
        chosen = np.zeros(self.containers, bool)
        chosen[containers] = True
        return sorted(set(self._edge_to[chosen[self._edge_from]].tolist()))

    def levels(self, blocks: list[int]) -> list[NDArray]:
        """Return blocks in groups: each group refers to groups before it only."""
        rows = np.array(blocks, np.int64)
        depth = self._depth[rows]
        return [rows[depth == d] for d in sorted(set(depth.tolist()))]
