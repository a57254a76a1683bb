"""White areas that hide what was painted before them: wipeouts and the white boxes behind labels.

The viewer paints fills, then lines, then texts, so what such an area hides is cut out of the pack here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.drawing.kinds import EntityKind
from pipeline.drawing.tables import F64
from pipeline.rendering.content import Content
from pipeline.rendering.pack_fills import area_rings, groups
from pipeline.rendering.pack_lines import Segments

MOST_PAIRS = 300_000  # beyond this many (line, mask) pairs nothing is cut: the sheet stays quick to make


@dataclass(slots=True)
class Masks:
    """White opaque areas in painting order."""

    shapes: NDArray[np.object_]  # (m,) shapely polygons
    entity: np.ndarray  # (m,) entity rows

    def __len__(self) -> int:
        return len(self.entity)


def find_masks(content: Content) -> Masks:
    """Return the masks of a sheet that have something painted before them."""
    rings = area_rings(content)
    white = (content.color == 0xFFFFFFFF) | (content.kind == EntityKind.WIPEOUT)
    rows = np.flatnonzero(white[rings.entity]) if len(rings.first) else np.zeros(0, np.int64)
    shapes, entity = [], []
    for group in np.split(rows, np.flatnonzero(np.diff(rings.entity[rows])) + 1) if len(rows) else []:
        found = [rings.ring(row) for row in group.tolist()]
        for members in groups(found):
            shapes.append(shapely.make_valid(shapely.Polygon(found[members[0]], [found[k] for k in members[1:]])))
            entity.append(int(rings.entity[group[0]]))
    return Masks(np.array(shapes, object), np.array(entity, np.int64))


def cut_lines(lines: Segments, masks: Masks) -> Segments:
    """Return the lines without the pieces that a later mask hides."""
    if not len(masks) or not len(lines):
        return lines
    candidates = _near_masks(lines, masks)
    shapes = np.full(len(lines), None, object)
    shapes[candidates] = shapely.linestrings(lines.xy[candidates].reshape(-1, 2, 2))
    mask, line = shapely.STRtree(shapes[candidates]).query(masks.shapes)
    line = candidates[line]
    hidden = lines.entity[line] < masks.entity[mask]
    mask, line = mask[hidden], line[hidden]
    if not len(line) or len(line) > MOST_PAIRS:
        return lines
    order = np.argsort(line, kind="stable")
    mask, line = mask[order], line[order]
    turn = np.arange(len(line)) - np.searchsorted(line, line)
    for step in range(int(turn.max()) + 1):
        now = turn == step
        shapes[line[now]] = shapely.difference(shapes[line[now]], masks.shapes[mask[now]])
    touched = np.unique(line)
    parts, owner = shapely.get_parts(shapes[touched], return_index=True)
    solid = (shapely.get_type_id(parts) == 1) & ~shapely.is_empty(parts)
    parts, owner = parts[solid], owner[solid]
    ends = np.concatenate(
        [shapely.get_coordinates(shapely.get_point(parts, 0)), shapely.get_coordinates(shapely.get_point(parts, -1))],
        axis=1,
    )
    whole = np.ones(len(lines), bool)
    whole[touched] = False
    return Segments(
        np.concatenate([lines.xy[whole], ends]), np.concatenate([lines.entity[whole], lines.entity[touched][owner]])
    )


def _near_masks(lines: Segments, masks: Masks) -> np.ndarray:
    """Return the lines painted before the last mask that touch the box around all masks."""
    x0, y0, x1, y1 = shapely.total_bounds(masks.shapes)
    low = np.minimum(lines.xy[:, :2], lines.xy[:, 2:])
    high = np.maximum(lines.xy[:, :2], lines.xy[:, 2:])
    touches = (low[:, 0] <= x1) & (low[:, 1] <= y1) & (high[:, 0] >= x0) & (high[:, 1] >= y0)
    return np.flatnonzero(touches & (lines.entity < masks.entity.max()))


def hidden_points(points: F64, entity: np.ndarray, masks: Masks) -> NDArray[np.bool_]:
    """Tell which points (n, 2) of entities lie under a later mask."""
    hidden = np.zeros(len(points), bool)
    if len(masks) and len(points):
        mask, point = shapely.STRtree(shapely.points(points)).query(masks.shapes, predicate="contains")
        hidden[point[entity[point] < masks.entity[mask]]] = True
    return hidden
