"""What lies on one sheet, as columns in sheet millimetres: the common start of packs, pictures and tiles.

Sheet coordinates: origin lower left of the sheet, y up, millimetres of the sheet (`Sheet.to_space`
inverted). Rows count only the entities of the sheet, in painting order.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.kinds import EntityKind, Format, SpaceKind
from pipeline.drawing.model import Drawing, Layer, Sheet, Space
from pipeline.drawing.sheet_space import Affine, apply, invert
from pipeline.drawing.stroke_fonts import is_stroke_font
from pipeline.drawing.strokes import ranges
from pipeline.drawing.tables import F64, I32, U8, U32

NICE_SCALES = np.array(
    [1, 2, 5, 10, 20, 25, 50, 100, 150, 200, 250, 300, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000]
)
LONGEST_PAPER_MM = 2400.0  # A0 lengthened to twice its side (GB/T 50001 table of lengthened sheets)
LONGEST_PAGE_MM = 5000.0  # a PDF page ends at 14400 pt
A0_MM = (1189.0, 841.0)
CLIP_MARGIN_MM = 0.5  # frame lines on the edge keep their pen width


@dataclass(slots=True)
class Texts:
    """Texts of a sheet in sheet millimetres; directions are unit vectors."""

    entity: I32  # (t,) entity row of the sheet
    string: list[str]
    origin: F64  # (t, 2)
    height: F64  # (t,) cap height
    width: F64  # (t,) length of the longest line, 0 unknown
    along: F64  # (t, 2) direction of the base line
    font: I32  # (t,) row in Drawing.fonts
    align: U8 = field(default_factory=lambda: np.zeros(0, np.uint8))  # (t,) lines 0 left, 1 centred, 2 right; () left
    strokes: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))  # (t,) in an SHX font; () none


@dataclass(slots=True)
class Content:
    """Entities of one sheet: entity -> parts -> points, contiguous and in painting order."""

    size_mm: tuple[float, float]
    paper_scale: float  # sheet millimetres for one millimetre of paper; 1 where the sheet is paper
    kind: U8  # (E,)
    layer: I32  # (E,) row in `layers`
    color: U32  # (E,) 0xRRGGBBAA
    width_mm: F64  # (E,) pen width in sheet millimetres
    dashed: U8  # (E,)
    source: I32  # (E,) row in Space.sources or -1
    part_entity: I32  # (P,)
    part_closed: U8  # (P,)
    point_first: I32  # (P + 1,)
    xy: F64  # (M, 2)
    box: F64  # (E, 4)
    arcs: F64  # (a, 4) entity row, cx, cy, r
    texts: Texts
    pen: NDArray[np.bool_]  # (E,) drawn with a pen
    area: NDArray[np.bool_]  # (E,) painted as an area
    layers: list[Layer] = field(default_factory=list)  # only those used on the sheet

    def __len__(self) -> int:
        return len(self.kind)


def sheet_content(drawing: Drawing, sheet: Sheet) -> Content:
    """Return the content of a sheet in sheet millimetres.

    A sheet whose entity rows have not been filled in gets every entity whose box touches its own.
    """
    space = drawing.spaces[sheet.space]
    table = space.entities
    inverse = invert(sheet.to_space)
    rows = np.sort(np.asarray(sheet.entities, np.int64)) if len(sheet.entities) else rows_in_box(space, sheet.box)
    parts = ranges(table.part_first[rows], table.part_count[rows])
    part_entity = np.repeat(np.arange(len(rows), dtype=np.int32), table.part_count[rows])
    first = table.point_first[:-1][parts].astype(np.int64) if len(parts) else np.zeros(0, np.int64)
    count = table.point_first[1:][parts] - first if len(parts) else np.zeros(0, np.int64)
    xy = apply(inverse, table.xy[ranges(first, count)])
    paper_scale = nominal_scale(sheet, space)
    kind = table.kind[rows]
    layer, layers = _layers(drawing, table.layer[rows])
    point_first = np.concatenate([[0], np.cumsum(count)]).astype(np.int32)
    return Content(
        size_mm=(float(sheet.size_mm[0]), float(sheet.size_mm[1])),
        paper_scale=paper_scale,
        kind=kind,
        layer=layer,
        color=table.color[rows],
        width_mm=table.width_mm[rows].astype(np.float64) * (1.0 if space.kind == SpaceKind.PAGE else paper_scale),
        dashed=table.dashed[rows],
        source=table.source[rows],
        part_entity=part_entity,
        part_closed=table.part_closed[parts] if len(parts) else np.zeros(0, np.uint8),
        point_first=point_first,
        xy=xy,
        box=_boxes(len(rows), part_entity, point_first, xy),
        arcs=_arcs(table.arcs, rows, inverse),
        texts=_texts(drawing, space, rows, inverse),
        pen=LINEAR[kind] | ((kind == EntityKind.IMAGE) & (space.kind != SpaceKind.PAGE)),
        area=AREAL[kind] & ~patterned(kind, table.source[rows]),
        layers=layers,
    )


def nominal_scale(sheet: Sheet, space: Space) -> float:
    """Return how many sheet millimetres a millimetre of paper stands for.

    1 for paper; for storeys and unframed model spaces (millimetres of reality) the least usual scale
    at which the sheet fits on A0.
    """
    paper = sheet.framed or space.kind in (SpaceKind.LAYOUT, SpaceKind.PAGE)
    long, short = max(sheet.size_mm), min(sheet.size_mm)
    if long <= (LONGEST_PAGE_MM if paper else LONGEST_PAPER_MM):
        return 1.0
    need = max(long / A0_MM[0], short / A0_MM[1])
    fits = NICE_SCALES[need <= NICE_SCALES]
    return float(fits[0]) if len(fits) else float(need)


def patterned(kind: U8, source: I32) -> NDArray[np.bool_]:
    """Tell which hatches are followed by the lines of their pattern (a PATH of the same source)."""
    lines = np.zeros(len(kind), bool)
    lines[:-1] = (kind[1:] == EntityKind.PATH) & (source[1:] == source[:-1]) & (source[:-1] >= 0)
    return lines & (kind == EntityKind.HATCH)


def rows_in_box(space: Space, box: tuple[float, float, float, float]) -> np.ndarray:
    """Return the rows of all entities whose box touches `box` (space coordinates)."""
    table = space.entities
    if not len(table):
        return np.zeros(0, np.int64)
    parts = ranges(table.part_first, table.part_count)
    owner = np.repeat(np.arange(len(table), dtype=np.int32), table.part_count)
    first = table.point_first[:-1][parts].astype(np.int64)
    count = table.point_first[1:][parts] - first
    xy = table.xy[ranges(first, count)]
    boxes = _boxes(len(table), owner, np.concatenate([[0], np.cumsum(count)]).astype(np.int32), xy)
    x0, y0, x1, y1 = box
    hit = (boxes[:, 0] <= x1) & (boxes[:, 2] >= x0) & (boxes[:, 1] <= y1) & (boxes[:, 3] >= y0)
    return np.flatnonzero(hit)


def _boxes(entities: int, part_entity: I32, point_first: I32, xy: F64) -> F64:
    """Return (E, 4) boxes; NaN for an entity without points."""
    boxes = np.full((entities, 4), np.nan)
    if not len(xy):
        return boxes
    owner = np.repeat(part_entity, np.diff(point_first))
    starts = np.flatnonzero(np.concatenate([[True], owner[1:] != owner[:-1]]))
    boxes[owner[starts], :2] = np.minimum.reduceat(xy, starts)
    boxes[owner[starts], 2:] = np.maximum.reduceat(xy, starts)
    return boxes


def _layers(drawing: Drawing, column: I32) -> tuple[I32, list[Layer]]:
    used, place = np.unique(column, return_inverse=True)
    known = [drawing.layers[row] if 0 <= row < len(drawing.layers) else Layer("") for row in used.tolist()]
    return place.astype(np.int32), known


def _new_rows(rows: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (mask of `wanted` that lie on the sheet, their new rows); `rows` is sorted."""
    if not len(rows) or not len(wanted):
        return np.zeros(len(wanted), bool), np.zeros(0, np.int64)
    place = np.minimum(np.searchsorted(rows, wanted), len(rows) - 1)
    on = rows[place] == wanted
    return on, place[on]


def _arcs(arcs: F64, rows: np.ndarray, inverse: Affine) -> F64:
    on, entity = _new_rows(rows, arcs[:, 0].astype(np.int64))
    scale = np.sqrt(abs(inverse[0] * inverse[3] - inverse[1] * inverse[2]))
    return np.column_stack([entity, apply(inverse, arcs[on, 1:3]), arcs[on, 3] * scale])


def _texts(drawing: Drawing, space: Space, rows: np.ndarray, inverse: Affine) -> Texts:
    texts = space.texts
    strokes = np.array([is_stroke_font(f) and drawing.format == Format.DXF for f in drawing.fonts] or [False])
    on, entity = _new_rows(rows, texts.entity.astype(np.int64))
    scale = np.sqrt(abs(inverse[0] * inverse[3] - inverse[1] * inverse[2]))
    rotation = texts.rotation[on]
    a, b, c, d, _, _ = inverse
    cos, sin = np.cos(rotation), np.sin(rotation)
    along = np.column_stack([a * cos + b * sin, c * cos + d * sin])
    length = np.hypot(along[:, 0], along[:, 1])
    return Texts(
        entity=entity.astype(np.int32),
        string=[text for text, keep in zip(texts.string, on.tolist(), strict=True) if keep],
        origin=apply(inverse, texts.origin[on]),
        height=texts.height[on] * scale,
        width=texts.width[on] * length,
        along=along / length[:, None] if len(along) else along,
        font=texts.font[on],
        align=texts.align[on] if len(texts.align) == len(on) else texts.align[:0],
        strokes=strokes[texts.font[on].clip(0, len(strokes) - 1)] & (texts.font[on] >= 0),
    )


LINEAR = np.zeros(256, bool)
LINEAR[
    [
        int(kind)
        for kind in (
            EntityKind.LINE,
            EntityKind.POLYLINE,
            EntityKind.ARC,
            EntityKind.CIRCLE,
            EntityKind.ELLIPSE,
            EntityKind.SPLINE,
            EntityKind.POINT,
            EntityKind.PATH,
            EntityKind.SECTION,
            EntityKind.PROXY,
        )
    ]
] = True
"""Kinds drawn with a pen (and the outline of a picture that is not at hand: all of DXF)."""
AREAL = np.zeros(256, bool)
AREAL[[int(EntityKind.FILL), int(EntityKind.HATCH), int(EntityKind.WIPEOUT)]] = True
"""Kinds painted as areas."""
HATCH_ALPHA = 0x38
"""A hatch whose pattern lines were left out (too many) is shown as a light tint of its colour."""


def area_colors(kind: U8, color: U32) -> U32:
    """Return the colours areas are painted with: hatches as a tint, wipeouts white."""
    out = color.astype(np.uint32).copy()
    hatch = kind == EntityKind.HATCH
    out[hatch] = (out[hatch] & np.uint32(0xFFFFFF00)) | np.uint32(HATCH_ALPHA)
    out[kind == EntityKind.WIPEOUT] = np.uint32(0xFFFFFFFF)
    return out


def pen_colors(color: U32) -> U32:
    """Return opaque 0xRRGGBBFF: see-through pens are mixed with the white of the paper."""
    value = color.astype(np.uint32)
    alpha = (value & 0xFF).astype(np.float64) / 255
    out = np.full(len(value), 0xFF, np.uint32)
    for shift in (24, 16, 8):
        channel = ((value >> np.uint32(shift)) & np.uint32(0xFF)).astype(np.float64)
        mixed = np.rint(255 + (channel - 255) * alpha).astype(np.uint32)
        out |= mixed << np.uint32(shift)
    return out
