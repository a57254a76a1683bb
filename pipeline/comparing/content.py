"""What is compared of a sheet: flat numpy columns, the same for DXF, PDF and IFC storeys.

Everything after this module is format-blind. Coordinates are working millimetres: millimetres of reality
for model spaces and storeys, paper millimetres times the sheet's scale for layouts and pages (so reality
again where the scale is known).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace

import numpy as np

from pipeline.comparing.boxes import extents
from pipeline.comparing.measured import Measured, measured_of, squash
from pipeline.drawing.kinds import EntityKind, Format, SpaceKind
from pipeline.drawing.model import Drawing, Sheet, Space
from pipeline.drawing.strokes import ranges
from pipeline.drawing.tables import F64, I32, EntityTable

REAL_TOLERANCE_MM = 2.0
RELATIVE_TOLERANCE = 5e-5  # of the diagonal, caps REAL_TOLERANCE_MM on small drawings
PAPER_TOLERANCE_MM = 0.12
CONTAINER_SHARE = 0.3  # an object larger than this share of the diagonal is a container, not a thing
CURVED = np.array(
    [EntityKind.ARC, EntityKind.CIRCLE, EntityKind.ELLIPSE, EntityKind.SPLINE, EntityKind.HATCH, EntityKind.FILL],
    np.uint8,
)
SCALE = re.compile(r"(比例|scale)?\s*(?<![\d.:])1\s*:\s*(\d{1,4})(?![\d.:])", re.IGNORECASE)
SPINE, BAND = 1, 2  # parts of a wide polyline
DRAWN = np.array(
    [k for k in EntityKind if k not in (EntityKind.TEXT, EntityKind.POINT, EntityKind.WIPEOUT, EntityKind.PROXY)],
    np.uint8,
)


@dataclass(slots=True)
class TextColumns:
    """Texts of a sheet in working millimetres."""

    string: list[str] = field(default_factory=list)
    key: list[str] = field(default_factory=list)  # squashed: no blanks, case folded, full width made half
    origin: F64 = field(default_factory=lambda: np.zeros((0, 2)))  # (t, 2) left end of the base line
    centre: F64 = field(default_factory=lambda: np.zeros((0, 2)))  # (t, 2) middle of the box
    end: F64 = field(default_factory=lambda: np.zeros((0, 2)))  # (t, 2) right end of the base line
    box: F64 = field(default_factory=lambda: np.zeros((0, 4)))  # (t, 4)
    height: F64 = field(default_factory=lambda: np.zeros(0))
    rotation: F64 = field(default_factory=lambda: np.zeros(0))
    layer: I32 = field(default_factory=lambda: np.zeros(0, np.int32))
    obj: I32 = field(default_factory=lambda: np.zeros(0, np.int32))

    def __len__(self) -> int:
        return len(self.string)

    def line_keys(self, row: int) -> list[str]:
        """Keys of the lines of a text that say something."""
        return [key for key in (squash(line) for line in self.string[row].split("\n")) if key]

    def chosen(self, keep: np.ndarray) -> TextColumns:
        """Some of the texts, (t,) bool."""
        rows = np.flatnonzero(keep)
        columns = ("origin", "centre", "end", "box", "height", "rotation", "layer", "obj")
        return replace(
            self,
            string=[self.string[row] for row in rows],
            key=[self.key[row] for row in rows],
            **{name: getattr(self, name)[rows] for name in columns},
        )


@dataclass(slots=True)
class Content:
    """Segments, objects and texts of one sheet."""

    seg: F64  # (n, 4) x0 y0 x1 y1, working mm
    obj: I32  # (n,) object of the segment
    layer: I32  # (n,) row in `layers`
    curved: np.ndarray  # (n,) bool: chord of a curve or edge of a hatch, so a chord's height off the true line
    object_insert: I32  # (k,) insert row that is the object, -1 a loose entity
    object_entity: I32  # (k,) first entity row of the object
    texts: TextColumns
    layers: list[str]
    meanings: list[str]
    real_per_space: float  # working mm for one space mm
    paper: bool  # space is measured on paper
    scale_known: bool
    tolerance_mm: float  # working mm
    box: tuple[float, float, float, float]
    hidden: int = 0  # entities on layers that are off: not compared
    pattern: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))  # (n,) bool: pattern line of a hatch
    knows_patterns: bool = False  # the format keeps hatches apart from other lines
    band: np.ndarray = field(default_factory=lambda: np.zeros(0, np.uint8))  # (n,) of a wide polyline: SPINE or BAND
    wide: I32 = field(default_factory=lambda: np.zeros(0, np.int32))  # (n,) number of the wide polyline, -1 of none
    measured: Measured = field(default_factory=Measured)
    object_dimension: I32 = field(default_factory=lambda: np.zeros(0, np.int32))  # (k,) row in `measured`, -1 of none

    def __post_init__(self) -> None:
        """Without word of hatches no line is one of a pattern."""
        if len(self.pattern) != len(self.seg):
            self.pattern = np.zeros(len(self.seg), bool)
        if len(self.band) != len(self.seg):
            self.band = np.zeros(len(self.seg), np.uint8)
        if len(self.wide) != len(self.seg):
            self.wide = np.full(len(self.seg), -1, np.int32)
        if len(self.object_dimension) != len(self.object_insert):
            self.object_dimension = np.full(len(self.object_insert), -1, np.int32)

    @property
    def diagonal(self) -> float:
        """Diagonal of the drawn content, working mm."""
        return float(np.hypot(self.box[2] - self.box[0], self.box[3] - self.box[1]))


def content_of(drawing: Drawing, sheet: Sheet) -> Content:
    """Extract the columns of one sheet.

    Args:
        drawing: the drawing, any format.
        sheet: one of its sheets.

    Returns:
        Content in working millimetres.
    """
    space = drawing.spaces[sheet.space]
    paper = space.kind in (SpaceKind.LAYOUT, SpaceKind.PAGE)
    scale = sheet.scale if sheet.scale > 0 else 1.0
    if paper and scale == 1.0:
        scale = stated_scale(space.texts.string) or 1.0
    factor = scale if paper else 1.0
    table = space.entities
    chosen, hidden = _chosen(drawing, sheet, table)
    boxes = _entity_boxes(table)
    object_of, insert_of, entity_of = _objects(space, table, chosen, boxes)
    seg, entity, part = _segments(table, chosen)
    seg = seg * factor
    long_enough = np.hypot(seg[:, 2] - seg[:, 0], seg[:, 3] - seg[:, 1]) > 1e-6
    seg, entity, part = seg[long_enough], entity[long_enough], part[long_enough]
    texts = _texts(space, chosen, object_of, factor, boxes)
    box = _extent(seg, texts)
    obj, insert_of, entity_of = split_sprawling(
        seg, object_of[entity] if len(entity) else np.zeros(0, np.int32), part, insert_of, entity_of, box
    )
    measured, object_dimension = measured_of(space, table, object_of, entity_of, chosen, factor)
    band = _wide_polylines(table)
    diagonal = float(np.hypot(box[2] - box[0], box[3] - box[1]))
    tolerance = PAPER_TOLERANCE_MM * factor if paper else min(REAL_TOLERANCE_MM, RELATIVE_TOLERANCE * diagonal)
    return Content(
        seg=seg,
        obj=obj,
        layer=table.layer[entity].astype(np.int32) if len(entity) else np.zeros(0, np.int32),
        curved=np.isin(table.kind[entity], CURVED),
        object_insert=insert_of,
        object_entity=entity_of,
        texts=texts,
        layers=[layer.name for layer in drawing.layers],
        meanings=[layer.meaning for layer in drawing.layers],
        real_per_space=factor,
        paper=paper,
        scale_known=not paper or factor != 1.0,
        tolerance_mm=max(tolerance, 1e-6),
        box=box,
        hidden=hidden,
        pattern=_pattern_entities(table)[entity],
        knows_patterns=drawing.format == Format.DXF,
        band=band[entity],
        measured=measured,
        object_dimension=object_dimension,
        wide=np.where(band > 0, np.cumsum(band == SPINE, dtype=np.int32) - 1, -1)[entity],
    )


def stated_scale(strings: list[str]) -> float | None:
    """Plot scale that the texts of a sheet state ("1:100"); None when they name none or several."""
    plain: set[float] = set()
    said: set[float] = set()
    for string in strings:
        for hit in SCALE.finditer(unicodedata.normalize("NFKC", string)):
            (said if hit.group(1) else plain).add(float(hit.group(2)))
    chosen = said or plain
    return chosen.pop() if len(chosen) == 1 else None


def _chosen(drawing: Drawing, sheet: Sheet, table: EntityTable) -> tuple[np.ndarray, int]:
    """Mask of entities of the sheet on layers that are shown, and how many are hidden."""
    on_sheet = np.zeros(len(table), bool)
    rows = np.asarray(sheet.entities, np.int64)
    on_sheet[rows[rows < len(table)]] = True
    if drawing.layers:
        shown = np.array([layer.visible for layer in drawing.layers], bool)
        visible = shown[np.clip(table.layer, 0, len(shown) - 1)]
    else:
        visible = np.ones(len(table), bool)
    return on_sheet & visible, int((on_sheet & ~visible).sum())


def _segments(table: EntityTable, chosen: np.ndarray) -> tuple[F64, np.ndarray, np.ndarray]:
    """Straight segments of the chosen drawn entities: (n, 4), entity rows and part rows."""
    parts = len(table.point_first) - 1
    if parts <= 0:
        return np.zeros((0, 4)), np.zeros(0, np.int64), np.zeros(0, np.int64)
    owner = np.full(parts, -1, np.int64)
    count = table.part_count.astype(np.int64)
    rows = np.repeat(np.arange(len(table)), count)
    owner[ranges(table.part_first, count)] = rows
    wanted_entity = chosen & np.isin(table.kind, DRAWN)
    wanted = (owner >= 0) & wanted_entity[np.maximum(owner, 0)]
    first = table.point_first.astype(np.int64)
    sizes = first[1:] - first[:-1]
    point_part = np.repeat(np.arange(parts), sizes)
    inner = np.zeros(0, np.int64)
    if len(point_part):
        inner = np.flatnonzero((point_part[:-1] == point_part[1:]) & wanted[point_part[:-1]])
    closing = np.flatnonzero((table.part_closed[:parts] > 0) & wanted & (sizes > 2))
    a = np.concatenate([inner, first[closing + 1] - 1])
    b = np.concatenate([inner + 1, first[closing]])
    part = point_part[a] if len(a) else np.zeros(0, np.int64)
    return np.hstack([table.xy[a], table.xy[b]]), owner[part], part


def _pattern_entities(table: EntityTable) -> np.ndarray:
    """(e,) bool: the row of pattern lines that a reader puts behind the boundary of a hatch."""
    result = np.zeros(len(table), bool)
    hatch = np.flatnonzero(table.kind[:-1] == EntityKind.HATCH) if len(table) else np.zeros(0, np.int64)
    for row in (hatch + 1, hatch + 2):  # an MPOLYGON has its edge between
        row, own = row[row < len(table)], hatch[: len(row[row < len(table)])]
        same = (table.kind[row] == EntityKind.PATH) & (table.source[row] == table.source[own])
        result[row[same & (table.insert[row] == table.insert[own]) & (table.layer[row] == table.layer[own])]] = True
    return result


def _wide_polylines(table: EntityTable) -> np.ndarray:
    """(e,) uint8: SPINE for the centre line of a wide polyline, BAND for the area a reader puts behind it."""
    result = np.zeros(len(table), np.uint8)
    if len(table) < 2:
        return result
    first = (table.kind[:-1] == EntityKind.POLYLINE) & (table.kind[1:] == EntityKind.FILL)
    for column in (table.source, table.insert, table.layer):
        first &= column[:-1] == column[1:]
    rows = np.flatnonzero(first & (table.source[:-1] >= 0))
    result[rows], result[rows + 1] = SPINE, BAND
    return result


def _objects(space: Space, table: EntityTable, chosen: np.ndarray, boxes: tuple[F64, F64]) -> tuple[I32, I32, I32]:
    """Object of every entity (outermost insert that is a thing, else the entity itself).

    Returns (entity -> object, object -> insert row or -1, object -> an entity row).
    """
    count = len(table)
    anchor = np.full(count, -1, np.int64)
    if len(space.inserts):
        anchor = _thing_insert(space, table, chosen, boxes)
    code = np.where(anchor >= 0, anchor, len(space.inserts) + np.arange(count))
    values, first, inverse = np.unique(code, return_index=True, return_inverse=True)
    inserts = np.where(values < len(space.inserts), values, -1)
    return inverse.astype(np.int32), inserts.astype(np.int32), first.astype(np.int32)


def _thing_insert(space: Space, table: EntityTable, chosen: np.ndarray, boxes: tuple[F64, F64]) -> np.ndarray:
    """Outermost insert of each entity that is small enough to be one thing; -1 without one."""
    parent = space.inserts.parent
    chain = [table.insert.astype(np.int64)]
    while len(chain) < 16 and (chain[-1] >= 0).any():
        chain.append(np.where(chain[-1] >= 0, parent[np.maximum(chain[-1], 0)], -1))
    low, high = boxes
    usable = chosen & np.isfinite(low[:, 0])
    if not usable.any():
        return chain[0]
    limit = CONTAINER_SHARE * float(np.hypot(*(high[usable].max(0) - low[usable].min(0))))
    members = [np.flatnonzero((level >= 0) & usable) for level in chain]
    owner = np.concatenate([level[rows] for level, rows in zip(chain, members, strict=True)])
    inside = np.concatenate(members)
    inside_low, inside_high = extents(owner, len(space.inserts), low[inside], high[inside])
    thing = np.hypot(*np.where(np.isfinite(inside_low), inside_high - inside_low, 0.0).T) <= limit
    anchor = np.full(len(table), -1, np.int64)
    for level, rows in zip(chain, members, strict=True):  # from the innermost outwards; a larger thing replaces it
        fits = rows[thing[level[rows]]]
        anchor[fits] = level[fits]
    return anchor


def _entity_boxes(table: EntityTable) -> tuple[F64, F64]:
    """Lower and upper corners of all entities, inf where an entity has no points."""
    first = table.point_first.astype(np.int64)
    if len(first) <= 1 or not len(table.xy):
        return extents(np.zeros(0, np.int64), len(table))
    start = first[np.clip(table.part_first, 0, len(first) - 1)]
    stop = first[np.clip(table.part_first + table.part_count, 0, len(first) - 1)]
    size = stop - start
    return extents(np.repeat(np.arange(len(table)), size), len(table), table.xy[ranges(start, size)])


def _texts(space: Space, chosen: np.ndarray, object_of: I32, factor: float, boxes: tuple[F64, F64]) -> TextColumns:
    """Texts of the chosen entities."""
    source = space.texts
    rows = np.flatnonzero(chosen[source.entity]) if len(source) else np.zeros(0, np.int64)
    rows = np.array([row for row in rows if source.string[row].strip()], np.int64)
    strings = [source.string[row] for row in rows]
    origin = source.origin[rows].reshape(-1, 2) * factor
    height = source.height[rows] * factor
    rotation = source.rotation[rows]
    along = np.stack([np.cos(rotation), np.sin(rotation)], 1) * (source.width[rows] * factor)[:, None]
    low, high = boxes
    entity = source.entity[rows] if len(rows) else np.zeros(0, np.int32)
    box = np.hstack([low[entity], high[entity]]) * factor
    bad = ~np.isfinite(box).all(1)
    box[bad] = np.hstack([origin, origin + along])[bad]
    box = np.hstack([np.minimum(box[:, :2], box[:, 2:]), np.maximum(box[:, :2], box[:, 2:])])
    return TextColumns(
        string=strings,
        key=[squash(string) for string in strings],
        origin=origin,
        centre=(box[:, :2] + box[:, 2:]) / 2,
        end=origin + along,
        box=box,
        height=height,
        rotation=rotation,
        layer=space.entities.layer[entity].astype(np.int32),
        obj=object_of[entity].astype(np.int32) if len(entity) else np.zeros(0, np.int32),
    )


def _extent(seg: F64, texts: TextColumns) -> tuple[float, float, float, float]:
    """Box of the linework, or of the texts where there is none."""
    points = seg.reshape(-1, 2) if len(seg) else texts.box.reshape(-1, 2)
    if not len(points):
        return (0.0, 0.0, 1.0, 1.0)
    low, high = points.min(0), points.max(0)
    return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def split_sprawling(
    seg: F64, obj: I32, part: np.ndarray, insert_of: I32, entity_of: I32, box: tuple[float, float, float, float]
) -> tuple[I32, I32, I32]:
    """Split loose entities that sprawl over the sheet (a PDF path with a whole layer in it) into their parts.

    Args:
        seg: (n, 4) segments.
        obj: (n,) object of each.
        part: (n,) part of each.
        insert_of: (k,) insert row of each object, -1 without one.
        entity_of: (k,) entity row of each object.
        box: of the sheet.

    Returns:
        `obj`, `insert_of` and `entity_of` with an object more for each part.
    """
    if not len(seg):
        return obj, insert_of, entity_of
    low, high = extents(obj, len(insert_of), seg[:, :2], seg[:, 2:])
    extent = np.hypot(*np.where(np.isfinite(low), high - low, 0.0).T)
    sprawling = (insert_of < 0) & (extent > CONTAINER_SHARE * np.hypot(box[2] - box[0], box[3] - box[1]))
    rows = np.flatnonzero(sprawling[obj])
    if not len(rows):
        return obj, insert_of, entity_of
    _, first, inverse = np.unique(part[rows], return_index=True, return_inverse=True)
    result = obj.copy()
    result[rows] = len(insert_of) + inverse
    return (
        result,
        np.concatenate([insert_of, np.full(len(first), -1, np.int32)]),
        np.concatenate([entity_of, entity_of[obj[rows[first]]]]).astype(np.int32),
    )
