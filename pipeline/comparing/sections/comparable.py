"""Which free lines of a storey and a drawing are differences, and which only one of them can carry."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import shapely

from pipeline.comparing.linework import Measures
from pipeline.comparing.matching import Side
from pipeline.comparing.objects import group_pieces
from pipeline.comparing.sections.laying import LaidStorey
from pipeline.comparing.sections.plan import faces_of
from pipeline.comparing.segments import invert, lengths, map_box, map_points, map_segments, midpoints, sample
from pipeline.drawing.kinds import EntityKind
from pipeline.drawing.model import Drawing, Space
from pipeline.drawing.tables import I32

ALWAYS_DRAWN = ("IfcWall", "IfcWallStandardCase", "IfcColumn", "IfcDoor", "IfcWindow")  # in every plan
MISSING = 0.5  # an element is missing when this share of its outline is
LEAST_ELEMENTS = 4  # of a class, before all of them missing says that the drawing does not show the class
MOSTLY = 0.75
BAND_MM = 500.0  # by which heights of cut differ from drawing to drawing
LEAST_UNSURE = 2
OUTSIDE_MM = 1500.0  # lines further outside the storey belong to something else
MANY_THINGS = 6  # free things on one layer, before a layer without counterpart is a kind of content
NOT_IN_A_MODEL = ("dimension", "hatch", "text", "frame", "table", "axis")
SWING = 1.3  # leaf widths around a door, in which its swing is drawn
MEANINGS_ZH = {
    "dimension": "尺寸标注",
    "hatch": "填充",
    "text": "文字图层",
    "frame": "图框",
    "table": "表格",
    "axis": "轴线",
}


@dataclass(slots=True)
class LeftOut:
    """What was not compared, by reason, for the notes."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)  # (Chinese, English) -> how many
    drawn_by_hand: bool = False  # whether something of the drawing inside the storey is of a kind no model has

    def add(self, zh: str, en: str, count: int, foreign: bool = False) -> None:
        """Count things of one kind; `foreign` ones are of the drawing and of a kind that no model has."""
        if count:
            self.drawn_by_hand |= foreign
            self.counts[(zh, en)] += count

    def notes(self) -> list[dict[str, str]]:
        """One sentence a kind."""
        return [
            {"zh": f"未比对：{zh}（{count}）。", "en": f"Not compared: {en} ({count})."}
            for (zh, en), count in sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))
        ]


def missing_elements(side: Side, element: I32) -> dict[int, float]:
    """Element row -> share of its outline that the drawing does not have, where there is a free piece."""
    if not len(side.free):
        return {}
    count = int(element.max()) + 1
    total = np.bincount(element[side.obj], lengths(side.seg), minlength=count)
    free = np.bincount(element[side.free_object], lengths(side.free), minlength=count)
    return {int(row): float(free[row] / max(total[row], 1e-9)) for row in np.flatnonzero(free > 0)}


def leave_out_elements(side: Side, laid: LaidStorey, left: LeftOut) -> None:
    """Take away the free pieces of classes that the drawing does not show at all."""
    element, table = laid.plan.element, laid.model.elements
    missing = missing_elements(side, element)
    kinds = np.array(table.ifc_class, dtype=object)
    cut = np.unique(element[side.obj])
    dropped: set[int] = set()
    for kind in sorted(set(kinds[cut])):
        rows = cut[kinds[cut] == kind]
        gone = [int(row) for row in rows if missing.get(int(row), 0.0) >= MISSING]
        if kind in ALWAYS_DRAWN or len(rows) < LEAST_ELEMENTS or len(gone) < MOSTLY * len(rows):
            continue
        dropped.update(int(row) for row in rows)
        left.add(
            f"图纸不表达的构件类别 {kind}", f"elements of the class {kind}, which the drawing does not show", len(gone)
        )
    _keep(side, ~np.isin(element[side.free_object], list(dropped)) if dropped else None)


def leave_out_heights(side: Side, laid: LaidStorey, left: LeftOut) -> None:
    """Take away doors and windows that another height would not cut, where the drawing shows none of them."""
    element, table = laid.plan.element, laid.model.elements
    missing = missing_elements(side, element)
    low, high = table.box[:, 2], table.box[:, 5]
    cut = np.unique(element[np.unique(side.obj)]).tolist()
    for kind in ("IfcDoor", "IfcWindow"):
        rows = [row for row in cut if table.ifc_class[row].startswith(kind)]
        rows = [r for r in rows if low[r] > laid.plan.level_mm - BAND_MM or high[r] < laid.plan.level_mm + BAND_MM]
        gone = [row for row in rows if missing.get(row, 0.0) >= MISSING]
        if len(gone) < LEAST_UNSURE or len(gone) < MOSTLY * len(rows):
            continue
        left.add(
            f"不确定：{kind} 的高度可能不在图纸的剖切高度上",
            f"unsure, elements of the class {kind} that the height at which the drawing is cut may not meet",
            len(gone),
        )
        _keep(side, ~np.isin(element[side.free_object], gone))


def leave_out_lines(
    side: Side, laid: LaidStorey, drawing: Drawing, space: Space, measures: Measures, left: LeftOut
) -> None:
    """Take away the free pieces of the drawing that a model cannot carry.

    Args:
        side: the drawing's side, in new working mm.
        laid: the laid storey.
        drawing: the drawing.
        space: the space of the compared sheet.
        measures: distances.
        left: is filled with what is taken away.
    """
    _outside(side, laid, measures, left)
    _symbols(side, laid, space, left)
    _swings(side, laid, left)
    _inside_faces(side, laid, measures, left)
    _layers(side, laid, drawing, measures, left)


def _keep(side: Side, keep: np.ndarray | None) -> None:
    """Keep some free pieces; all of them without a mask."""
    if keep is not None and not keep.all():
        side.free, side.free_parent = side.free[keep], side.free_parent[keep]


def _things(side: Side, gone: np.ndarray) -> int:
    """Number of objects among free pieces that are taken away."""
    return len(np.unique(side.free_object[gone]))


def _outside(side: Side, laid: LaidStorey, measures: Measures, left: LeftOut) -> None:
    """Lines beside the storey: frames, other views, dimension chains, surroundings."""
    if not len(side.free) or not len(laid.plan.shown.seg):
        return
    points = laid.plan.shown.seg.reshape(-1, 2)
    box = map_box(laid.registration.transform, (*points.min(0).tolist(), *points.max(0).tolist()))
    grow = OUTSIDE_MM / measures.about
    middle = midpoints(side.free)
    low, high = np.array(box[:2]) - grow, np.array(box[2:]) + grow
    inside = np.all((middle >= low) & (middle <= high), axis=1)
    left.add(
        "模型该层范围以外的图形", "things outside the storey (frame, dimensions, other views)", _things(side, ~inside)
    )
    _keep(side, inside)


def _symbols(side: Side, laid: LaidStorey, space: Space, left: LeftOut) -> None:
    """Hatches, fills, pictures and dimensions."""
    if not len(side.free):
        return
    table = space.entities
    entity = laid.drawn.object_entity[side.free_object]
    filled = np.isin(table.kind[entity], [EntityKind.HATCH, EntityKind.FILL, EntityKind.IMAGE])
    filled |= laid.drawn.pattern[side.free_parent]
    left.add("填充与图片", "hatches, fills and pictures", _things(side, filled), foreign=True)
    sources = space.dimensions.source
    measured = np.isin(table.source[entity], sources[sources >= 0]) & (table.source[entity] >= 0) & ~filled
    left.add("尺寸标注", "dimensions", _things(side, measured), foreign=True)
    _keep(side, ~(filled | measured))


def _swings(side: Side, laid: LaidStorey, left: LeftOut) -> None:
    """Arcs beside the doors of the model: the swing that a plan shows and a section does not."""
    if not len(side.free):
        return
    table = laid.model.elements
    doors = [row for row in np.unique(laid.plan.element).tolist() if table.ifc_class[row].startswith("IfcDoor")]
    boxes = table.box[doors][:, [0, 1, 3, 4]] if doors else np.zeros((0, 4))
    boxes = boxes[np.isfinite(boxes).all(1)]
    curved = laid.drawn.curved[side.free_parent]
    if not len(boxes) or not curved.any():
        return
    reach = SWING * np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    low, high = boxes[:, :2] - reach[:, None], boxes[:, 2:] + reach[:, None]
    placed = map_segments(laid.registration.transform, np.hstack([low, high]))
    low, high = np.minimum(placed[:, :2], placed[:, 2:]), np.maximum(placed[:, :2], placed[:, 2:])
    near = np.zeros(len(side.free), bool)
    objects = np.unique(side.free_object[curved])
    candidates = np.isin(side.free_object, objects)
    points = side.free.reshape(-1, 2, 2)
    for a, b in zip(low, high, strict=True):
        near |= ((points >= a) & (points <= b)).all((1, 2))
    swing = candidates & near
    left.add("门的开启线", "door swings", _things(side, swing), foreign=True)
    _keep(side, ~swing)


def _inside_faces(side: Side, laid: LaidStorey, measures: Measures, left: LeftOut) -> None:
    """Things that lie wholly inside what is cut, where there are many: joints, hatching, layers of walls."""
    faces = faces_of(laid.plan.cut) if len(side.free) else None
    if faces is None:
        return
    shapely.prepare(faces)
    points, row = sample(side.free, 20 * measures.tolerance, most=20)
    points = map_points(invert(laid.registration.transform), points)
    inside = shapely.contains_xy(faces, points[:, 0], points[:, 1])
    whole = np.bincount(row, inside, minlength=len(side.free)) == np.bincount(row, minlength=len(side.free))
    things = [group.pieces for group in group_pieces(side, measures.gap / 4) if whole[group.pieces].all()]
    if len(things) < MANY_THINGS:
        return
    left.add(
        "剖切面内的线（分缝、填充、构造层）", "things inside what is cut (joints, hatching, layers)", len(things), True
    )
    _keep(side, ~np.isin(np.arange(len(side.free)), np.concatenate(things)))


def _layers(side: Side, laid: LaidStorey, drawing: Drawing, measures: Measures, left: LeftOut) -> None:
    """Layers that the model has no counterpart for: furniture, finishes, notes … as a kind of content."""
    if not len(side.free):
        return
    layer = laid.drawn.layer
    total = np.bincount(layer, lengths(side.seg), minlength=len(drawing.layers) + 1)
    free = np.bincount(layer[side.free_parent], lengths(side.free), minlength=len(drawing.layers) + 1)
    gone = np.zeros(len(side.free), bool)
    for row in np.flatnonzero(free > 0).tolist():
        of = layer[side.free_parent] == row
        name = drawing.layers[row].name if row < len(drawing.layers) else ""
        meaning = drawing.layers[row].meaning if row < len(drawing.layers) else ""
        if meaning in NOT_IN_A_MODEL:
            zh = MEANINGS_ZH[meaning]
            left.add(
                f"{zh}图层“{name}”上的图形", f"things on the {meaning} layer “{name}”", _things(side, of), foreign=True
            )
            gone |= of
        elif free[row] >= MOSTLY * total[row]:
            things = len(group_pieces(side, measures.gap, np.flatnonzero(of)))
            if things < MANY_THINGS:
                continue
            en = f"things on the layer “{name}”, which has no counterpart in the model"
            left.add(f"模型中没有对应内容的图层“{name}”", en, things, foreign=True)
            gone |= of
    _keep(side, ~gone)
