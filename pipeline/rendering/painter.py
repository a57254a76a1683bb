"""The painter: walks a sheet in painting order and tells a canvas what to draw.

Between two areas the order of lines does not change the picture, so lines are gathered by pen there:
few and long strokes instead of one call per entity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.drawing.model import Drawing, Sheet
from pipeline.drawing.strokes import ranges
from pipeline.drawing.tables import F64
from pipeline.rendering.canvas import Canvas, TextLine
from pipeline.rendering.content import Content, area_colors, pen_colors, sheet_content
from pipeline.rendering.overlay import Mark, draw_marks
from pipeline.rendering.typesetting import set_lines

GRID = 24  # lines of one pen are ordered by a grid of cells, so that strokes stay near one another
AREA, PEN, TEXT, NOTHING = 0, 1, 2, 3


@dataclass(slots=True)
class _Plan:
    """Entities in the order they are painted."""

    rows: np.ndarray  # (n,) entity rows
    first: np.ndarray  # (b + 1,) batches of rows
    sort: np.ndarray  # (b,) AREA, PEN or TEXT


def paint_sheet(
    drawing: Drawing, sheet: Sheet, canvas: Canvas, overlay: list[Mark] | None = None, *, ids: bool = False
) -> bytes:
    """Paint one sheet with the marks over it; returns what the canvas made.

    `ids` hands the source ids (DXF handle, GlobalId ...) to the canvas.
    """
    content = sheet_content(drawing, sheet)
    known = drawing.spaces[sheet.space].sources
    owners = [known[row] if 0 <= row < len(known) else "" for row in content.source.tolist()] if ids else None
    scale = content.paper_scale
    width, height = content.size_mm[0] / scale, content.size_mm[1] / scale
    canvas.begin(width, height, f"{sheet.number} {sheet.title}".strip())
    canvas.clip(0.0, 0.0, width, height)
    paint_content(content, canvas, owners)
    if overlay:
        draw_marks(canvas, overlay, scale)
    return canvas.finish()


def paint_content(content: Content, canvas: Canvas, owners: list[str] | None = None, color: int | None = None) -> None:
    """Paint the visible entities in paper millimetres; `color` paints everything in one colour (comparisons)."""
    xy = content.xy / content.paper_scale
    pens = pen_colors(content.color) if color is None else np.full(len(content), color, np.uint32)
    areas = area_colors(content.kind, content.color) if color is None else _one_color_areas(content, color)
    plan = _plan(content, pens)
    lines = _text_lines(content, pens if color is not None else content.color)
    painted = _Painted(content, xy, pens, areas, owners)
    for start, end, sort in zip(plan.first[:-1].tolist(), plan.first[1:].tolist(), plan.sort.tolist(), strict=True):
        rows = plan.rows[start:end]
        if sort == AREA:
            painted.areas(canvas, rows)
        elif sort == PEN:
            painted.lines(canvas, rows)
        else:
            for row in rows.tolist():
                for line in lines.get(row, ()):
                    canvas.text(line)


def _one_color_areas(content: Content, color: int) -> np.ndarray:
    own = area_colors(content.kind, content.color)
    white = (own & np.uint32(0xFFFFFF00)) == np.uint32(0xFFFFFF00)
    tint = np.uint32((color & 0xFFFFFF00) | 0x60)
    return np.where(white, own, tint).astype(np.uint32)


def _plan(content: Content, pens: np.ndarray) -> _Plan:
    """Order the visible entities: areas where they stand, between them lines by pen and then texts."""
    visible = np.array([layer.visible and layer.plotted for layer in content.layers], bool)
    sort = np.full(len(content), NOTHING)
    sort[content.pen] = PEN
    sort[content.area] = AREA
    sort[content.texts.entity] = TEXT
    has_points = np.isfinite(content.box).all(axis=1)
    rows = np.flatnonzero((sort != NOTHING) & has_points & visible[content.layer]) if len(content) else np.zeros(0, int)
    sort = sort[rows]
    area = sort == AREA
    stretch = np.cumsum(area & ~np.concatenate([[False], area[:-1]]))
    style = (pens[rows].astype(np.int64) << 22) | np.minimum(content.width_mm[rows] * 1000, 1 << 20).astype(
        np.int64
    ) << 2
    style = np.where(sort == PEN, style | content.dashed[rows], 0)
    when = _when(stretch, sort, style)
    order = np.lexsort((_cells(content, rows), style, when, sort, stretch)) if not area.all() else np.arange(len(rows))
    order = _areas_in_order(order, area)
    key = np.stack([stretch, sort, style], axis=1)[order]
    change = np.flatnonzero((key[1:] != key[:-1]).any(axis=1)) + 1 if len(key) else np.zeros(0, np.int64)
    first = np.concatenate([[0], change, [len(rows)]]) if len(rows) else np.zeros(1, np.int64)
    return _Plan(rows[order], first.astype(np.int64), sort[order][first[:-1]])


def _when(stretch: np.ndarray, sort: np.ndarray, style: np.ndarray) -> np.ndarray:
    """Return for each row the mean place of its pen within its stretch: pens used late are painted late."""
    if not len(stretch):
        return np.zeros(0)
    order = np.lexsort((style, sort, stretch))
    key = np.stack([stretch, sort, style], axis=1)[order]
    group = np.concatenate([[0], np.cumsum((key[1:] != key[:-1]).any(axis=1))])
    mean = np.bincount(group, weights=order) / np.bincount(group)
    when = np.empty(len(order))
    when[order] = mean[group]
    return when


def _areas_in_order(order: np.ndarray, area: np.ndarray) -> np.ndarray:
    """Put areas back into painting order: the grid may only sort lines and texts."""
    where = np.flatnonzero(area[order])
    order = order.copy()
    order[where] = np.sort(order[where])
    return order


def _cells(content: Content, rows: np.ndarray) -> np.ndarray:
    step = max(*content.size_mm, 1e-9) / GRID
    middle = (content.box[rows, :2] + content.box[rows, 2:]) / 2
    cell = np.clip(np.floor(middle / step), -1, GRID).astype(np.int64)
    return cell[:, 1] * (GRID + 2) + cell[:, 0]


def _text_lines(content: Content, colors: np.ndarray) -> dict[int, list[TextLine]]:
    scale = content.paper_scale
    found: dict[int, list[TextLine]] = {}
    rows = content.texts.entity.tolist()
    for row, string, origin, along, up in set_lines(content.texts, scale):
        entity = rows[row]
        found.setdefault(entity, []).append(TextLine(string, origin, along, up, int(colors[entity])))
    return found


def _dots_as_lines(xy: F64, first: np.ndarray) -> tuple[F64, np.ndarray]:
    """Give a polyline of one point a second one in the same place: a round pen then leaves a dot."""
    size = np.diff(first)
    if not (size == 1).any():
        return xy, first
    twice = np.where(size == 1, 2, size)
    return np.repeat(xy, np.repeat(np.where(size == 1, 2, 1), size), axis=0), np.concatenate([[0], np.cumsum(twice)])


@dataclass(slots=True)
class _Painted:
    """The columns both ways of painting look into."""

    content: Content
    xy: F64  # paper millimetres
    pens: np.ndarray
    area_color: np.ndarray
    owners: list[str] | None

    def lines(self, canvas: Canvas, rows: np.ndarray) -> None:
        """Stroke entities that share one pen."""
        content, lead = self.content, int(rows[0])
        parts = self._parts(rows)
        xy, first = _dots_as_lines(*self._points(parts))
        if not len(xy):
            return
        owner = [self.owners[row] for row in content.part_entity[parts].tolist()] if self.owners else []
        canvas.pen(int(self.pens[lead]), float(content.width_mm[lead] / content.paper_scale), int(content.dashed[lead]))
        canvas.stroke(xy, first, content.part_closed[parts], owner)

    def areas(self, canvas: Canvas, rows: np.ndarray) -> None:
        """Fill areas one after another."""
        for row in rows.tolist():
            xy, first = self._points(self._parts(np.array([row])))
            if len(xy) >= 3:
                canvas.brush(int(self.area_color[row]))
                canvas.fill(xy, first, self.owners[row] if self.owners else "")

    def _parts(self, rows: np.ndarray) -> np.ndarray:
        first = np.searchsorted(self.content.part_entity, rows)
        last = np.searchsorted(self.content.part_entity, rows, side="right")
        parts = ranges(first, last - first)
        return parts[np.diff(self.content.point_first)[parts] > 0]

    def _points(self, parts: np.ndarray) -> tuple[F64, np.ndarray]:
        start = self.content.point_first[parts].astype(np.int64)
        count = self.content.point_first[parts + 1] - start
        return self.xy[ranges(start, count)], np.concatenate([[0], np.cumsum(count)])
