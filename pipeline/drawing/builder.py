"""Builds the columns of one space: append rows one by one or in bulk, convert to numpy once.

Every reader fills its spaces through `SpaceBuilder`, so the two-level geometry (entity, parts, points)
is made in one place only. Coordinates are those of the space (see `model.Space`): millimetres, y up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.drawing.kinds import EntityKind, SpaceKind
from pipeline.drawing.model import Space
from pipeline.drawing.tables import DimensionTable, EntityTable, TextTable


@dataclass(slots=True)
class Style:
    """What an entity row holds beside its kind and its geometry; see `EntityTable` for the units."""

    layer: int = 0
    color: int = 0x000000FF
    width_mm: float = 0.0
    dashed: int = 0
    source: int = -1
    insert: int = -1
    element: int = -1


@dataclass(slots=True)
class _Rows:
    """Entity rows not yet turned into columns."""

    kind: list[int]
    style: list[tuple[int, int, float, int, int, int, int]]
    parts: list[int]
    closed: list[int]
    sizes: list[int]
    points: list[NDArray[np.float64]]

    @staticmethod
    def none() -> _Rows:
        return _Rows([], [], [], [], [], [])


class SpaceBuilder:
    """Collects the entities, texts and dimensions of one space; `build` makes the `Space`."""

    def __init__(
        self,
        name: str,
        kind: SpaceKind,
        unit_mm: float = 1.0,
        size_mm: tuple[float, float] | None = None,
        elevation_mm: float | None = None,
    ) -> None:
        self.name, self.kind, self.unit_mm, self.size_mm, self.elevation_mm = name, kind, unit_mm, size_mm, elevation_mm
        self.nonfinite = 0  # points left out because they are not finite numbers
        self.scanned = False
        self._rows = _Rows.none()
        self._tables: list[EntityTable] = []
        self._done = 0  # rows in self._tables
        self._sources: list[str] = []
        self._source_row: dict[str, int] = {}
        self._arcs: list[tuple[int, float, float, float, float, float]] = []
        self._texts: list[tuple[int, str, float, float, float, float, float, int]] = []
        self._dimensions: list[tuple[float, str, str, ArrayLike, int, int]] = []

    def __len__(self) -> int:
        """Entities added so far."""
        return self._done + len(self._rows.kind)

    def source(self, text: str) -> int:
        """Return the row of a source id (DXF handle, GlobalId, path number); equal ids share one row."""
        row = self._source_row.get(text)
        if row is None:
            row = self._source_row[text] = len(self._sources)
            self._sources.append(text)
        return row

    def add_sources(self, texts: Sequence[str]) -> int:
        """Append source ids that are new to this space, one a row; returns the row of the first."""
        self._sources.extend(texts)
        return len(self._sources) - len(texts)

    def add_polyline(
        self,
        points: ArrayLike,
        *,
        closed: bool = False,
        kind: EntityKind | None = None,
        style: Style | None = None,
        **look: int | float,
    ) -> int:
        """Add one entity with one part; `points` is (k, 2) mm. Returns its row, or -1 if nothing finite is left.

        `kind` defaults to LINE for two points of an open line, else POLYLINE. The look is a `Style` or its
        fields by name (layer, color, width_mm, dashed, source, insert, element).
        """
        array = np.asarray(points, np.float64).reshape(-1, 2)
        if kind is None:
            kind = EntityKind.LINE if len(array) == 2 and not closed else EntityKind.POLYLINE
        return self.add_parts([array], kind=kind, closed=closed, style=style, **look)

    def add_parts(
        self,
        parts: Sequence[ArrayLike],
        *,
        kind: EntityKind,
        closed: bool | Sequence[bool] = False,
        style: Style | None = None,
        **look: int | float,
    ) -> int:
        """Add one entity with several parts ((k, 2) arrays in mm). Returns its row, or -1 if nothing is left."""
        chosen = style if style is not None else Style(**look)  # type: ignore[arg-type]
        flags = [closed] * len(parts) if isinstance(closed, bool | np.bool_) else list(closed)
        kept = 0
        for part, flag in zip(parts, flags, strict=True):
            array = np.asarray(part, np.float64).reshape(-1, 2)
            finite = np.isfinite(array).all(axis=1)
            if not finite.all():
                self.nonfinite += int((~finite).sum())
                array = array[finite]
            if len(array) == 0:
                continue
            self._rows.points.append(array)
            self._rows.sizes.append(len(array))
            self._rows.closed.append(int(flag))
            kept += 1
        if kept == 0:
            return -1
        self._rows.kind.append(int(kind))
        self._rows.parts.append(kept)
        self._rows.style.append(
            (
                chosen.layer,
                chosen.color,
                chosen.width_mm,
                chosen.dashed,
                chosen.source,
                chosen.insert,
                chosen.element,
            )
        )
        return len(self) - 1

    def add_arc(self, row: int, center: ArrayLike, radius: float, start: float = 0.0, end: float = 2 * np.pi) -> None:
        """Keep the parameters of the arc or circle in entity `row`: mm and radians, counter-clockwise."""
        x, y = np.asarray(center, np.float64)[:2]
        if row >= 0 and np.isfinite([x, y, radius, start, end]).all():
            self._arcs.append((row, float(x), float(y), float(radius), float(start), float(end)))

    def add_text(
        self,
        string: str,
        origin: ArrayLike,
        height: float,
        *,
        rotation: float = 0.0,
        width: float = 0.0,
        font: int = -1,
        box: ArrayLike | None = None,
        style: Style | None = None,
        **look: int | float,
    ) -> int:
        """Add a text and the TEXT entity that owns its box. Returns the entity row, -1 if it has no finite place.

        `origin` is the left end of the first base line, `height` the cap height, `width` the length along the
        base line (all mm), `rotation` radians. `box` is (4, 2) corners; made from the others when left out.
        """
        x, y = (float(v) for v in np.asarray(origin, np.float64)[:2])
        if not np.isfinite([x, y, height, rotation, width]).all():
            self.nonfinite += 1
            return -1
        if box is None:
            lines = string.count("\n")
            along = np.array([np.cos(rotation), np.sin(rotation)])
            up = np.array([-along[1], along[0]])
            low = -0.25 * height - lines * 5 / 3 * height
            corners = [(0.0, low), (width, low), (width, height), (0.0, height)]
            box = [np.array([x, y]) + along * u + up * v for u, v in corners]
        row = self.add_parts([box], kind=EntityKind.TEXT, closed=True, style=style, **look)
        if row >= 0:
            self._texts.append((row, string, x, y, float(height), float(rotation), float(width), int(font)))
        return row

    def add_text_rows(
        self,
        entity: ArrayLike,
        string: Sequence[str],
        origin: ArrayLike,
        height: ArrayLike,
        rotation: ArrayLike,
        width: ArrayLike,
        font: ArrayLike,
    ) -> None:
        """Take over texts whose TEXT entities were added by `add_table`; columns as in `TextTable`, all finite."""
        x, y = np.asarray(origin, np.float64).reshape(-1, 2).T.tolist()
        numbers = (np.asarray(column, np.float64).tolist() for column in (height, rotation, width))
        rows, fonts = (np.asarray(column, np.int64).tolist() for column in (entity, font))
        self._texts.extend(zip(rows, string, x, y, *numbers, fonts, strict=True))

    def add_dimension(
        self, measured_mm: float, shown: str, override: str, points: ArrayLike, *, source: int = -1, layer: int = 0
    ) -> None:
        """Add a linear dimension; `points` is (2, 2) mm, the two measured points."""
        self._dimensions.append((measured_mm, shown, override, points, source, layer))

    def add_table(self, table: EntityTable) -> int:
        """Append whole columns (their `source`, `insert`, `element` must already be rows of this space).

        Returns the row of the first entity appended; arcs are taken over with their rows moved.
        """
        self._flush()
        first = self._done
        self._tables.append(table)
        self._done += len(table)
        if len(table.arcs):
            moved = table.arcs.copy()
            moved[:, 0] += first
            self._arcs.extend(map(tuple, moved.tolist()))
        return first

    def _flush(self) -> None:
        rows = self._rows
        if not rows.kind:
            return
        style = list(zip(*rows.style, strict=True))
        counts = np.asarray(rows.parts, np.int32)
        self._tables.append(
            EntityTable(
                kind=np.asarray(rows.kind, np.uint8),
                layer=np.asarray(style[0], np.int32),
                color=np.asarray(style[1], np.uint32),
                width_mm=np.asarray(style[2], np.float32),
                dashed=np.asarray(style[3], np.uint8),
                source=np.asarray(style[4], np.int32),
                insert=np.asarray(style[5], np.int32),
                element=np.asarray(style[6], np.int32),
                part_first=(np.cumsum(counts) - counts).astype(np.int32),
                part_count=counts,
                point_first=np.concatenate([[0], np.cumsum(rows.sizes)]).astype(np.int32),
                part_closed=np.asarray(rows.closed, np.uint8),
                xy=np.concatenate(rows.points),
            )
        )
        self._done += len(rows.kind)
        self._rows = _Rows.none()

    def build(self) -> Space:
        """Return the space with all columns made."""
        self._flush()
        entities = concatenate(self._tables)
        if self._arcs:
            entities.arcs = np.asarray(self._arcs, np.float64)
        return Space(
            name=self.name,
            kind=self.kind,
            unit_mm=self.unit_mm,
            size_mm=self.size_mm,
            elevation_mm=self.elevation_mm,
            entities=entities,
            texts=self._text_table(),
            dimensions=self._dimension_table(),
            sources=self._sources,
            scanned=self.scanned,
        )

    def _text_table(self) -> TextTable:
        if not self._texts:
            return TextTable()
        entity, string, x, y, height, rotation, width, font = zip(*self._texts, strict=True)
        return TextTable(
            entity=np.asarray(entity, np.int32),
            string=list(string),
            origin=np.column_stack([x, y]).astype(np.float64),
            height=np.asarray(height, np.float64),
            rotation=np.asarray(rotation, np.float64),
            width=np.asarray(width, np.float64),
            font=np.asarray(font, np.int32),
        )

    def _dimension_table(self) -> DimensionTable:
        if not self._dimensions:
            return DimensionTable()
        measured, shown, override, points, source, layer = zip(*self._dimensions, strict=True)
        return DimensionTable(
            measured_mm=np.asarray(measured, np.float64),
            shown=list(shown),
            override=list(override),
            points=np.asarray(points, np.float64).reshape(-1, 2, 2),
            source=np.asarray(source, np.int32),
            layer=np.asarray(layer, np.int32),
        )


def concatenate(tables: Sequence[EntityTable]) -> EntityTable:
    """Return one table with the rows of all, in order; `arcs` are left empty (their rows would move)."""
    if not tables:
        return EntityTable()
    parts = np.cumsum([0] + [len(t.part_closed) for t in tables])
    points = np.cumsum([0] + [len(t.xy) for t in tables])
    joined = {
        name: np.concatenate([getattr(t, name) for t in tables])
        for name in ("kind", "layer", "color", "width_mm", "dashed", "source", "insert", "element", "part_count")
    }
    first = np.concatenate([t.part_first + base for t, base in zip(tables, parts, strict=False)])
    offsets = [t.point_first[:-1] + base for t, base in zip(tables, points, strict=False)]
    return EntityTable(
        **joined,
        part_first=first.astype(np.int32),
        point_first=np.concatenate([*offsets, [points[-1]]]).astype(np.int32),
        part_closed=np.concatenate([t.part_closed for t in tables]),
        xy=np.concatenate([t.xy for t in tables]),
    )
