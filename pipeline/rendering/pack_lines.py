"""Lines of a sheet pack: segments cut from the parts, clipped to the sheet, sorted by tile and length."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.drawing.kinds import EntityKind
from pipeline.drawing.tables import F32, F64, I32, U32
from pipeline.rendering.content import CLIP_MARGIN_MM, Content, pen_colors

LEVELS_MM = np.array([16.0, 4.0, 1.0, 0.25, 0.0])
LINES_PER_TILE = 3000
MOST_TILES = 4096
MOST_STYLES = 65_000
MOST_SNAPS = 100_000
SNAP_GRID_MM = 0.01
DOT_MM = 0.3  # a point is shown as a short dash of this length on paper
COORDINATE_STEPS = 1024.0  # coordinates are multiples of 1/1024 mm: finer than float32 on A1 needs, and they pack well


@dataclass(slots=True)
class Segments:
    """Straight lines in sheet millimetres."""

    xy: F64  # (L, 4)
    entity: I32  # (L,)

    def __len__(self) -> int:
        return len(self.entity)


def segments(content: Content) -> Segments:
    """Return every segment drawn with a pen, clipped to the sheet (with a margin of half a millimetre)."""
    count = np.diff(content.point_first).astype(np.int64)
    drawn = content.pen[content.part_entity] & (count > 0)
    first = content.point_first[:-1].astype(np.int64)
    owner = np.repeat(np.arange(len(count)), count)
    start = np.arange(len(content.xy))
    after = start + 1
    last = first[count > 0] + count[count > 0] - 1
    closes = (content.part_closed[count > 0] != 0) & (count[count > 0] > 2)
    after[last] = np.where(closes, first[count > 0], -1)
    keep = drawn[owner] & (after >= 0)
    start, after, owner = start[keep], after[keep], owner[keep]
    xy = np.concatenate([content.xy[start], content.xy[after]], axis=1)
    xy, entity = _with_points(content, xy, content.part_entity[owner])
    inside, kept = clip_segments(xy, sheet_clip(content))
    return Segments(inside, entity[kept])


def sheet_clip(content: Content) -> tuple[float, float, float, float]:
    """Return the box everything is clipped to."""
    margin = CLIP_MARGIN_MM * content.paper_scale
    return (-margin, -margin, content.size_mm[0] + margin, content.size_mm[1] + margin)


def _with_points(content: Content, xy: F64, entity: I32) -> tuple[F64, I32]:
    count = np.diff(content.point_first)
    lone = np.flatnonzero((count == 1) & (content.kind[content.part_entity] == EntityKind.POINT))
    if not len(lone):
        return xy, entity
    at = content.xy[content.point_first[lone]]
    half = np.array([DOT_MM * content.paper_scale / 2, 0.0])
    dots = np.concatenate([at - half, at + half], axis=1)
    return np.concatenate([xy, dots]), np.concatenate([entity, content.part_entity[lone]])


def clip_segments(xy: F64, box: tuple[float, float, float, float]) -> tuple[F64, np.ndarray]:
    """Clip segments (L, 4) to a box (Liang and Barsky 1984); return (the rest, rows it came from)."""
    x0, y0, x1, y1 = box
    finite = np.isfinite(xy).all(axis=1)
    low = np.minimum(xy[:, :2], xy[:, 2:])
    high = np.maximum(xy[:, :2], xy[:, 2:])
    within = finite & (low[:, 0] >= x0) & (low[:, 1] >= y0) & (high[:, 0] <= x1) & (high[:, 1] <= y1)
    crossing = finite & ~within & (high[:, 0] >= x0) & (high[:, 1] >= y0) & (low[:, 0] <= x1) & (low[:, 1] <= y1)
    rows = np.flatnonzero(within | crossing)
    out = xy[rows]
    part = np.flatnonzero(crossing[rows])
    if not len(part):
        return out, rows
    piece = out[part]
    delta = piece[:, 2:] - piece[:, :2]
    enter, leave = np.zeros(len(part)), np.ones(len(part))
    outside = np.zeros(len(part), bool)
    for axis, (lowest, highest) in enumerate(((x0, x1), (y0, y1))):
        step = delta[:, axis]
        flat = step == 0
        outside |= flat & ((piece[:, axis] < lowest) | (piece[:, axis] > highest))
        safe = np.where(flat, 1.0, step)
        one, two = (lowest - piece[:, axis]) / safe, (highest - piece[:, axis]) / safe
        enter = np.where(flat, enter, np.maximum(enter, np.minimum(one, two)))
        leave = np.where(flat, leave, np.minimum(leave, np.maximum(one, two)))
    outside |= enter > leave
    origin = piece[:, :2]
    out[part] = np.concatenate([origin + delta * enter[:, None], origin + delta * leave[:, None]], axis=1)
    keep = np.ones(len(rows), bool)
    keep[part[outside]] = False
    return out[keep], rows[keep]


@dataclass(slots=True)
class Tiles:
    """The grid lines are sorted into; tile 0 is at the lower left, rows run upwards."""

    nx: int
    ny: int
    size_mm: float

    def of(self, x: F64, y: F64) -> np.ndarray:
        """Return the tile of points; points outside belong to the nearest tile."""
        column = np.clip((x / self.size_mm).astype(np.int64), 0, self.nx - 1)
        row = np.clip((y / self.size_mm).astype(np.int64), 0, self.ny - 1)
        return row * self.nx + column


def choose_tiles(size_mm: tuple[float, float], lines: int) -> Tiles:
    """Return square tiles holding about `LINES_PER_TILE` lines each on average."""
    width, height = (max(side, 1e-6) for side in size_mm)
    tiles = float(np.clip(lines / LINES_PER_TILE, 1, MOST_TILES))
    size = max(np.sqrt(width * height / tiles), max(width, height) / MOST_TILES)
    return Tiles(int(np.ceil(width / size)), int(np.ceil(height / size)), float(size))


def line_sections(content: Content, lines: Segments) -> tuple[dict[str, np.ndarray], Tiles, list[dict[str, object]]]:
    """Return the line sections, the tile grid and the style table of the header."""
    levels = LEVELS_MM * content.paper_scale
    tiles = choose_tiles(content.size_mm, len(lines))
    xy = lines.xy
    length = np.hypot(xy[:, 2] - xy[:, 0], xy[:, 3] - xy[:, 1])
    tile = tiles.of((xy[:, 0] + xy[:, 2]) / 2, (xy[:, 1] + xy[:, 3]) / 2)
    order = np.lexsort((-length, tile))
    xy, length, tile, entity = xy[order], length[order], tile[order], lines.entity[order]
    total = tiles.nx * tiles.ny
    first = np.searchsorted(tile, np.arange(total + 1)).astype(np.uint32)
    prefix = np.stack([np.bincount(tile[length >= level], minlength=total) for level in levels], axis=1)
    style, styles = _styles(content)
    sections = {
        "line_xy": quantised(xy),
        "line_entity": entity.astype(np.uint32),
        "line_style": style[entity],
        "tile_first": first,
        "tile_level": prefix.astype(np.uint32),
        "tile_reach": _reach(xy, first, tiles),
    }
    return sections, tiles, styles


def quantised(values: F64) -> F32:
    """Return float32 coordinates on a grid of 1/1024 mm."""
    return (np.rint(values * COORDINATE_STEPS) / COORDINATE_STEPS).astype(np.float32)


def _reach(xy: F64, first: U32, tiles: Tiles) -> F32:
    total = tiles.nx * tiles.ny
    corner = np.stack([np.arange(total) % tiles.nx, np.arange(total) // tiles.nx], axis=1) * tiles.size_mm
    reach = np.concatenate([corner, corner], axis=1)
    filled = np.flatnonzero(np.diff(first.astype(np.int64)) > 0)
    if len(filled):
        starts = first[filled].astype(np.int64)
        reach[filled, :2] = np.minimum.reduceat(np.minimum(xy[:, :2], xy[:, 2:]), starts)
        reach[filled, 2:] = np.maximum.reduceat(np.maximum(xy[:, :2], xy[:, 2:]), starts)
    low = np.floor(reach[:, :2] * COORDINATE_STEPS) / COORDINATE_STEPS
    high = np.ceil(reach[:, 2:] * COORDINATE_STEPS) / COORDINATE_STEPS
    return np.concatenate([low, high], axis=1).astype(np.float32)


def _styles(content: Content) -> tuple[np.ndarray, list[dict[str, object]]]:
    """Return (style row of each entity, style table); colours are coarsened when there are too many."""
    color = pen_colors(content.color) >> np.uint32(8)
    width = np.rint(np.clip(content.width_mm / content.paper_scale, 0, 655) * 100).astype(np.uint64)
    dash = np.minimum(content.dashed, 3).astype(np.uint64)
    for mask in (0xFFFFFF, 0xF8F8F8, 0xE0E0E0, 0xC0C0C0):
        key = ((color & np.uint32(mask)).astype(np.uint64) << np.uint64(20)) | (width << np.uint64(2)) | dash
        kept, row = np.unique(key, return_inverse=True)
        if len(kept) <= MOST_STYLES:
            break
        width = np.rint(width / 5).astype(np.uint64) * np.uint64(5)
    table: list[dict[str, object]] = [
        {
            "color": f"#{value >> 20:06x}",
            "width_mm": round(((value >> 2) & 0x3FFFF) / 100 * content.paper_scale, 4),
            "dash": value & 3,
        }
        for value in kept.tolist()
    ]
    return row.astype(np.uint16), table


def snap_points(content: Content, lines: Segments) -> F32:
    """Return what measuring snaps to: ends of drawn lines, centres of circles and arcs, crossings of axes.

    Chords of curves have no ends worth snapping to; the longest lines come first when there are too many.
    """
    curved = np.isin(
        content.kind, [EntityKind.ARC, EntityKind.CIRCLE, EntityKind.ELLIPSE, EntityKind.SPLINE, EntityKind.POINT]
    )
    straight = np.flatnonzero(~curved[lines.entity])
    xy = lines.xy[straight]
    length = np.hypot(xy[:, 2] - xy[:, 0], xy[:, 3] - xy[:, 1])
    keep = np.flatnonzero(length >= 0.5 * content.paper_scale)
    keep = keep[np.argsort(-length[keep], kind="stable")][:MOST_SNAPS]
    ends = xy[keep].reshape(-1, 2)
    found = np.concatenate([axis_crossings(content, lines), content.arcs[:, 1:3], ends])
    width, height = content.size_mm
    on = (found >= 0).all(axis=1) & (found[:, 0] <= width) & (found[:, 1] <= height)
    grid = np.rint(found[on] / (SNAP_GRID_MM * content.paper_scale)).astype(np.int64)
    _, unique = np.unique(grid[:, 0] * (1 << 32) + grid[:, 1], return_index=True)
    return quantised(found[on][np.sort(unique)[:MOST_SNAPS]])


def axis_crossings(content: Content, lines: Segments) -> F64:
    """Return the crossings of lines on layers that mean axes, (k, 2)."""
    is_axis = np.array([layer.meaning == "axis" for layer in content.layers], bool)
    if not is_axis.any():
        return np.zeros((0, 2))
    xy = lines.xy[is_axis[content.layer[lines.entity]]]
    length = np.hypot(xy[:, 2] - xy[:, 0], xy[:, 3] - xy[:, 1])
    xy = xy[np.argsort(-length, kind="stable")[:600]]
    start, step = xy[:, :2], xy[:, 2:] - xy[:, :2]
    one, two = np.triu_indices(len(xy), 1)
    cross = step[one, 0] * step[two, 1] - step[one, 1] * step[two, 0]
    square = np.abs(cross) > 1e-9
    one, two, cross = one[square], two[square], cross[square]
    gap = start[two] - start[one]
    t = (gap[:, 0] * step[two, 1] - gap[:, 1] * step[two, 0]) / cross
    u = (gap[:, 0] * step[one, 1] - gap[:, 1] * step[one, 0]) / cross
    meet = (t >= 0) & (t <= 1) & (u >= 0) & (u <= 1)
    return start[one[meet]] + step[one[meet]] * t[meet, None]
