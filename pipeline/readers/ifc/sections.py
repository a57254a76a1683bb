"""Storey plans of a model: what a level 1.2 m above each storey cuts, and what is seen below it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.drawing.builder import SpaceBuilder, Style
from pipeline.drawing.kinds import EntityKind, SpaceKind
from pipeline.drawing.model import Layer, Space
from pipeline.drawing.outlines import F64, I64, cut_level, join, seen_edges
from pipeline.drawing.tables import ElementTable
from pipeline.readers.ifc.axes import Axis
from pipeline.readers.ifc.shapes import Shapes

CUT_MM = 1200.0  # above the storey's level, GB/T 50001: plans are cut a little above the window sills
BELOW_MM = 350.0  # a floor plan shows things that stand this far below its level (raised slabs, steps)
LEVEL_SLACK_MM = 10.0  # by which the stated level of a storey and its placement may differ
_MEANING = {
    "IfcWall": "wall",
    "IfcWallStandardCase": "wall",
    "IfcWallElementedCase": "wall",
    "IfcColumn": "column",
    "IfcColumnStandardCase": "column",
    "IfcDoor": "door",
    "IfcDoorStandardCase": "door",
    "IfcWindow": "window",
    "IfcWindowStandardCase": "window",
    "IfcStair": "stair",
    "IfcStairFlight": "stair",
    "IfcRamp": "stair",
    "IfcRampFlight": "stair",
    "IfcRailing": "railing",
    "IfcSpace": "room",
    "IfcGrid": "axis",
    "IfcCurtainWall": "curtain_wall",
    "IfcFurniture": "furniture",
    "IfcFurnishingElement": "furniture",
}
_PEN_MM = {"wall": 0.5, "column": 0.5, "curtain_wall": 0.35, "door": 0.25, "window": 0.25, "room": 0.0, "axis": 0.13}
_SEEN_BELOW = frozenset(
    [
        "IfcDoor",
        "IfcDoorStandardCase",
        "IfcWindow",
        "IfcWindowStandardCase",
        "IfcStair",
        "IfcStairFlight",
        "IfcRamp",
        "IfcRampFlight",
        "IfcRailing",
        "IfcFurniture",
        "IfcFurnishingElement",
        "IfcSystemFurnitureElement",
        "IfcSanitaryTerminal",
        "IfcFlowTerminal",
        "IfcTransportElement",
        "IfcElectricAppliance",
        "IfcBuildingElementProxy",
        "IfcWall",
        "IfcWallStandardCase",
        "IfcColumn",
    ]
)
_NEVER_CUT = frozenset({"IfcSpace", "IfcOpeningElement", "IfcSite", "IfcSpatialZone", "IfcExternalSpatialElement"})
_INK = 0x000000FF
_THIN_INK = 0x5A5A5AFF
_ROOM_INK = 0x8AA4B8FF
_AXIS_INK = 0xB02020FF
_TEXT_MM = 250.0  # 2.5 mm on paper at 1:100


@dataclass(slots=True)
class Storey:
    """A level that gets a plan: the row of its element (-1: the whole model) and its height."""

    row: int
    name: str
    elevation_mm: float
    top_mm: float  # level of the next storey, or infinity
    shared: bool = False  # another storey lies at the same height: each shows what belongs to it only


class Triangles:
    """All triangles of a model with their element rows; made once, cut for every storey."""

    def __init__(self, shapes: Shapes) -> None:
        blocks = [vertices[faces] for vertices, faces in zip(shapes.vertices, shapes.faces, strict=True)]
        counts = [len(block) for block in blocks]
        self.corners: F64 = np.concatenate(blocks) if blocks else np.zeros((0, 3, 3))
        self.owner: I64 = np.repeat(np.array(shapes.rows, np.int64), counts)
        self.low = self.corners[:, :, 2].min(axis=1) if blocks else np.zeros(0)
        self.high = self.corners[:, :, 2].max(axis=1) if blocks else np.zeros(0)


class LayerRows:
    """Layers of the drawing, one a class, in order of first use."""

    def __init__(self) -> None:
        self.layers: list[Layer] = []
        self._row: dict[str, int] = {}

    def row(self, name: str) -> int:
        """Return the row of a class, adding its layer when it is new."""
        if name not in self._row:
            self._row[name] = len(self.layers)
            self.layers.append(Layer(name=name, color=_INK, meaning=_MEANING.get(name, "")))
        return self._row[name]


def find_storeys(table: ElementTable, unit_mm: float) -> list[Storey]:
    """Return the storeys from low to high. The placement gives the height; Elevation where there is none."""
    rows = [row for row, kind in enumerate(table.ifc_class) if kind == "IfcBuildingStorey"]
    levels: list[tuple[float, int]] = []
    for row in rows:
        height, stated = float(table.placement[row, 11]), stated_level(table, row, unit_mm)
        if not np.isfinite(height) or (height == 0.0 and stated):
            height = stated or 0.0
        levels.append((height, row))
    levels.sort()
    found: list[Storey] = []
    for at, (height, row) in enumerate(levels):
        above = [one for one, _ in levels[at + 1 :] if one > height + 1.0]
        shared = any(abs(other - height) < 1.0 for other, of in levels if of != row)
        found.append(Storey(row, table.name[row] or f"#{row}", height, above[0] if above else np.inf, shared))
    return found


def stated_level(table: ElementTable, row: int, unit_mm: float) -> float | None:
    """Return the Elevation a storey states, mm, None where it states none."""
    stated = table.attributes[row].get("Elevation")
    return float(stated) * unit_mm if isinstance(stated, int | float) else None


def disagreeing(storeys: list[Storey], table: ElementTable, unit_mm: float) -> list[Storey]:
    """Return the storeys whose Elevation is not the height they are placed at.

    Elevation counts from the building's datum, so one common difference (a site or building placed higher) is
    no conflict.
    """
    gaps = {}
    for at, one in enumerate(storeys):
        stated, placed = stated_level(table, one.row, unit_mm), float(table.placement[one.row, 11])
        if stated is not None and np.isfinite(placed):
            gaps[at] = placed - stated
    if not gaps:
        return []
    usual = float(np.median(list(gaps.values()))) if len(gaps) > 1 else _datum(storeys[next(iter(gaps))], table)
    return [storeys[at] for at, gap in gaps.items() if abs(gap - usual) > LEVEL_SLACK_MM]


def _datum(storey: Storey, table: ElementTable) -> float:
    """Return the height of the building a storey belongs to, mm."""
    above = int(table.container[storey.row])
    height = float(table.placement[above, 11]) if above >= 0 else 0.0
    return height if np.isfinite(height) else 0.0


def whole_model(table: ElementTable, name: str) -> Storey | None:
    """Return one level for a model without storeys: the lowest height its bodies reach."""
    low = table.box[:, 2]
    low = low[np.isfinite(low)]
    return Storey(-1, name, float(low.min()), np.inf) if len(low) else None


def cut_storey(
    storey: Storey,
    triangles: Triangles,
    table: ElementTable,
    layers: LayerRows,
    axes: list[Axis],
    unit_mm: float,
    counts: dict[str, int],
) -> Space:
    """Return the plan of one storey as a space in millimetres of the file's world.

    `counts` is filled: how many elements with a shape the storey has, how many bodies the level crosses and how many
    outlines came of that (fewer only where a body touches the level with less than the snap distance).
    """
    build = SpaceBuilder(storey.name, SpaceKind.STOREY, unit_mm=unit_mm, elevation_mm=storey.elevation_mm)
    level = storey.elevation_mm + min(CUT_MM, (storey.top_mm - storey.elevation_mm) * 0.5)
    kinds = np.array(table.ifc_class, dtype=object)
    never = np.isin(kinds, list(_NEVER_CUT))
    room = kinds == "IfcSpace"
    crossing = (triangles.low < level) & (triangles.high >= level)
    if storey.shared:
        crossing &= ((table.storey == storey.row) | (table.storey < 0))[triangles.owner]
    _draw_rooms(build, storey, triangles, crossing & room[triangles.owner], level, table, layers)
    _draw_below(build, storey, triangles, level, table, layers)
    solid = crossing & ~never[triangles.owner]
    segments, owner = cut_level(triangles.corners[solid], triangles.owner[solid], level)
    own = np.unique(triangles.owner[(table.storey == storey.row)[triangles.owner]])
    counts.update(
        shapes=len(own),
        crossed=len(np.unique(triangles.owner[solid])),
        cut=len(np.unique(owner)),
        level_mm=round(level),
    )
    _draw(build, segments, owner, EntityKind.SECTION, table, layers)
    if not len(segments):
        _draw_own(build, storey, triangles, table, layers)
    _draw_axes(build, axes, table, layers)
    return build.build()


def _draw(
    build: SpaceBuilder, segments: F64, owner: I64, kind: EntityKind, table: ElementTable, layers: LayerRows
) -> None:
    """Add one entity for each element: its segments joined to polylines."""
    if not len(owner):
        return
    order = np.argsort(owner, kind="stable")
    segments, owner = segments[order], owner[order]
    rows, first = np.unique(owner, return_index=True)
    for row, begin, end in zip(rows.tolist(), first.tolist(), [*first[1:].tolist(), len(owner)], strict=True):
        lines, closed = join(segments[begin:end])
        if not lines:
            continue
        name = table.ifc_class[row]
        cut = kind == EntityKind.SECTION
        build.add_parts(
            lines,
            kind=kind,
            closed=closed,
            style=Style(
                layer=layers.row(name),
                color=_INK if cut else _THIN_INK,
                width_mm=_PEN_MM.get(_MEANING.get(name, ""), 0.35) if cut else 0.13,
                source=build.source(table.global_id[row]),
                element=row,
            ),
        )


def _draw_below(
    build: SpaceBuilder, storey: Storey, triangles: Triangles, level: float, table: ElementTable, layers: LayerRows
) -> None:
    """Draw doors, windows, stairs, railings and furniture that stand on the storey below the cut."""
    seen = np.isin(np.array(table.ifc_class, dtype=object), list(_SEEN_BELOW))
    floor = storey.elevation_mm - BELOW_MM
    own = (table.storey == storey.row) | (table.storey < 0) if storey.row >= 0 else np.ones(len(table), bool)
    chosen = (
        seen[triangles.owner]
        & own[triangles.owner]
        & (triangles.high <= level)
        & (triangles.low >= floor)
        & (triangles.high > floor)
    )
    owner = triangles.owner[chosen]
    whole = np.bincount(triangles.owner, minlength=len(table)) == np.bincount(owner, minlength=len(table))
    segments, owner = seen_edges(triangles.corners[chosen], owner, whole[owner])
    _draw(build, segments, owner, EntityKind.PATH, table, layers)


def _draw_own(
    build: SpaceBuilder, storey: Storey, triangles: Triangles, table: ElementTable, layers: LayerRows
) -> None:
    """Draw what belongs to a storey from above where nothing is cut (foundations, roofs)."""
    never = np.isin(np.array(table.ifc_class, dtype=object), list(_NEVER_CUT - {"IfcSite"}))
    own = table.storey == storey.row if storey.row >= 0 else np.ones(len(table), bool)
    chosen = (own & ~never)[triangles.owner]
    owner = triangles.owner[chosen]
    segments, owner = seen_edges(triangles.corners[chosen], owner, np.ones(len(owner), bool))
    _draw(build, segments, owner, EntityKind.PATH, table, layers)


def _draw_rooms(
    build: SpaceBuilder,
    storey: Storey,
    triangles: Triangles,
    chosen: np.ndarray,
    level: float,
    table: ElementTable,
    layers: LayerRows,
) -> None:
    """Draw the outline of each room of the storey with its name and area at its middle."""
    segments, owner = cut_level(triangles.corners[chosen], triangles.owner[chosen], level)
    layer = None
    for row in sorted({row for row in np.flatnonzero(table.storey == storey.row).tolist()} | set(owner.tolist())):
        if table.ifc_class[row] != "IfcSpace" or (storey.row >= 0 and table.storey[row] not in (storey.row, -1)):
            continue
        layer = layers.row("IfcSpace") if layer is None else layer
        lines, closed = join(segments[owner == row])
        style = Style(layer=layer, color=_ROOM_INK, source=build.source(table.global_id[row]), element=row)
        if lines:
            build.add_parts(lines, kind=EntityKind.POLYLINE, closed=closed, style=style)
        rings = [line for line, ring in zip(lines, closed, strict=True) if ring]
        area_mm2 = sum(ring_area(ring) for ring in rings)
        middle = _middle(rings, table.box[row])
        if middle is not None:
            words = room_label(table, row, abs(area_mm2) / 1e6)
            _write(build, words, middle, Style(layer=layer, color=_INK, source=style.source, element=row))


def room_label(table: ElementTable, row: int, area_m2: float) -> str:
    """Return number, name and area of a room as they are written on the plan."""
    long_name = str(table.attributes[row].get("LongName") or "")
    words = " ".join(dict.fromkeys(word for word in (table.name[row], long_name) if word))
    return f"{words}\n{area_m2:.2f} m²" if area_m2 > 0.005 else words


def ring_area(ring: F64) -> float:
    """Return the signed area of a closed ring (k, 2), the shoelace formula; mm² for mm."""
    x, y = ring[:, 0] - ring[0, 0], ring[:, 1] - ring[0, 1]
    return 0.5 * float(x @ np.roll(y, -1) - y @ np.roll(x, -1))


def _middle(rings: list[F64], box: F64) -> tuple[float, float] | None:
    if rings:
        ring = max(rings, key=lambda one: abs(ring_area(one)))
        area = ring_area(ring)
        if abs(area) > 1.0:
            x, y = ring[:, 0] - ring[0, 0], ring[:, 1] - ring[0, 1]
            nx, ny = np.roll(x, -1), np.roll(y, -1)
            cross = x * ny - nx * y
            return (
                float(((x + nx) * cross).sum() / (6 * area) + ring[0, 0]),
                float(((y + ny) * cross).sum() / (6 * area) + ring[0, 1]),
            )
    if np.isfinite(box).all():
        return float(box[0] + box[3]) / 2, float(box[1] + box[4]) / 2
    return None


def _write(build: SpaceBuilder, words: str, middle: tuple[float, float], style: Style) -> None:
    """Add a text centred at a point; widths by the usual advance of Chinese and Latin letters."""
    lines = words.split("\n")
    width = max(text_width(line) for line in lines)
    if not words.strip():
        return
    build.add_text(words, (middle[0] - width / 2, middle[1]), _TEXT_MM, width=width, style=style)


def text_width(line: str) -> float:
    """Return the length of a line in mm: a full square a Chinese letter, 0.7 of it any other."""
    return sum(1.33 if ord(char) > 0x2E80 else 0.75 for char in line) * _TEXT_MM


def _draw_axes(build: SpaceBuilder, axes: list[Axis], table: ElementTable, layers: LayerRows) -> None:
    if not axes:
        return
    layer = layers.row("IfcGrid")
    for axis in axes:
        source = build.source(table.global_id[axis.row]) if axis.row >= 0 else -1
        style = Style(layer=layer, color=_AXIS_INK, width_mm=0.13, dashed=2, source=source, element=axis.row)
        build.add_polyline(axis.points, style=style)
        if axis.tag:
            tag = Style(layer=layer, color=_AXIS_INK, source=source, element=axis.row)
            for end, inner in ((axis.points[0], axis.points[1]), (axis.points[-1], axis.points[-2])):
                out = (end - inner) / max(float(np.hypot(*(end - inner))), 1e-9) * 2 * _TEXT_MM
                _write(build, axis.tag, (float(end[0] + out[0]), float(end[1] + out[1]) - _TEXT_MM / 2), tag)
