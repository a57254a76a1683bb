"""Two registered sheets in one picture: old only red, new only green, common grey, clouds on the differences.

What is common is decided line by line here (ends within a tolerance), so that the picture tells the
truth about the drawn lines even where the list of differences groups or leaves out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree
from shapely import STRtree, linestrings, points

from pipeline.drawing.sheet_space import Affine, apply
from pipeline.drawing.tables import F64
from pipeline.rendering.canvas import Canvas, TextLine
from pipeline.rendering.content import Content, area_colors
from pipeline.rendering.glyphs import glyph_source
from pipeline.rendering.pack_fills import area_rings
from pipeline.rendering.pack_lines import segments
from pipeline.rendering.typesetting import set_lines

OLD_ONLY, NEW_ONLY, BOTH = 0xC01C26FF, 0x00727BFF, 0x98A2B3FF  # as in the viewer
AREA_ALPHA = 0x60
TOLERANCE_MM = 0.1  # on paper
SAMPLE_MM, MOST_SAMPLES = 1.0, 2000  # of a line without a twin
PARALLEL = 0.1  # sine of the largest angle between a line and the one that covers it
IDENTITY: Affine = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
CHANGED_WIDTH_MM = 0.3
COMMON_WIDTH_MM = 0.13


@dataclass(slots=True)
class SheetInk:
    """One sheet in paper millimetres of the new sheet."""

    lines: F64  # (L, 4)
    texts: list[tuple[str, TextLine]]
    areas: list[tuple[tuple[int, ...], list[F64]]]


def paint_both(canvas: Canvas, before: SheetInk, after: SheetInk) -> None:
    """Paint what only one side has in its colour, what both have in grey."""
    gone, stays = split_pieces(before.lines, after.lines)
    come, _ = split_pieces(after.lines, before.lines)
    _areas(canvas, before, after)
    for name, lines, color, pen in (
        ("common", stays, BOTH, COMMON_WIDTH_MM),
        ("old", gone, OLD_ONLY, CHANGED_WIDTH_MM),
        ("new", come, NEW_ONLY, CHANGED_WIDTH_MM),
    ):
        canvas.open_group(name)
        if len(lines):
            canvas.pen(color, pen, 0)
            first = np.arange(len(lines) + 1) * 2
            canvas.stroke(lines.reshape(-1, 2), first, np.zeros(len(lines), bool), [])
        canvas.close_group()
    _texts(canvas, before, after)


def split_pieces(lines: F64, others: F64, tolerance_mm: float = TOLERANCE_MM) -> tuple[F64, F64]:
    """Return (pieces only here, pieces there too), (n, 4) each: lines drawn in other pieces there are there too.

    Lines without a twin are sampled every `SAMPLE_MM`; a sample is there when a parallel line passes within the
    tolerance. Pieces end half way between samples.
    """
    rest, twins = split_lines(lines, others, tolerance_mm)
    if not len(rest) or not len(others):
        return lines[rest], lines[twins]
    open_lines = lines[rest]
    length = np.hypot(open_lines[:, 2] - open_lines[:, 0], open_lines[:, 3] - open_lines[:, 1])
    count = np.clip(np.ceil(length / SAMPLE_MM), 1, MOST_SAMPLES).astype(np.int64)
    row = np.repeat(np.arange(len(rest)), count)
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    share = (step + 0.5) / count[row]
    start, vector = open_lines[row, :2], (open_lines[:, 2:] - open_lines[:, :2])[row]
    tree = STRtree(linestrings(others.reshape(-1, 2, 2)))
    hit, other = tree.query(points(start + vector * share[:, None]), predicate="dwithin", distance=tolerance_mm)
    theirs = (others[:, 2:] - others[:, :2])[other]
    size = np.hypot(*vector[hit].T) * np.hypot(*theirs.T)
    parallel = np.abs(vector[hit, 0] * theirs[:, 1] - vector[hit, 1] * theirs[:, 0]) <= PARALLEL * size
    there = np.zeros(len(row), bool)
    there[hit[parallel]] = True
    turns = np.flatnonzero((row[1:] != row[:-1]) | (there[1:] != there[:-1])) + 1
    low, high = np.concatenate([[0], turns]), np.concatenate([turns, [len(row)]]) - 1
    begin, end = step[low] / count[row[low]], (step[high] + 1) / count[row[high]]
    pieces = np.hstack([start[low] + vector[low] * begin[:, None], start[low] + vector[low] * end[:, None]])
    return pieces[~there[low]], np.vstack([lines[twins], pieces[there[low]]])


def split_lines(lines: F64, others: F64, tolerance_mm: float = TOLERANCE_MM) -> tuple[np.ndarray, np.ndarray]:
    """Return (rows without, rows with) a partner among `others`: same ends within a tolerance, any direction."""
    if not len(lines) or not len(others):
        return np.arange(len(lines)), np.zeros(0, np.int64)
    mine, theirs = _directed(lines), _directed(others)
    grid = tolerance_mm / 2
    known = np.unique(_hash(np.rint(theirs / grid).astype(np.int64)))
    found = np.isin(_hash(np.rint(mine / grid).astype(np.int64)), known)
    rest = np.flatnonzero(~found)
    if len(rest):
        both = np.concatenate([theirs, theirs[:, [2, 3, 0, 1]]])  # the order of the ends may tip over
        near, _ = cKDTree(both).query(mine[rest], distance_upper_bound=tolerance_mm * 1.5, p=np.inf)
        found[rest[near <= tolerance_mm]] = True
    return np.flatnonzero(~found), np.flatnonzero(found)


def _directed(lines: F64) -> F64:
    """Return lines with the lower left end first."""
    swap = (lines[:, 0] > lines[:, 2]) | ((lines[:, 0] == lines[:, 2]) & (lines[:, 1] > lines[:, 3]))
    return np.where(swap[:, None], lines[:, [2, 3, 0, 1]], lines)


def _hash(cells: np.ndarray) -> np.ndarray:
    """Mix four whole numbers into one (splitmix64 multipliers, overflow wanted)."""
    mixed = np.zeros(len(cells), np.uint64)
    for column in range(cells.shape[1]):
        mixed = (mixed ^ cells[:, column].astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return mixed


def ink_of(content: Content, transform: Affine, scale: float) -> SheetInk:
    """Return what is drawn on a sheet, in paper mm: sheet mm through `transform`, divided by `scale`."""
    visible = np.array([layer.visible and layer.plotted for layer in content.layers], bool)
    shown = visible[content.layer] if len(content) else np.zeros(0, bool)
    found = segments(content)
    kept = found.xy[shown[found.entity]]
    lines = apply(transform, kept.reshape(-1, 2)).reshape(-1, 4) / scale
    return SheetInk(lines, _text_lines(content, shown, transform, scale), _area_rings(content, shown, transform, scale))


def _text_lines(content: Content, shown: np.ndarray, transform: Affine, scale: float) -> list[tuple[str, TextLine]]:
    a, b, c, d, _, _ = transform
    turn: Affine = (a, b, c, d, 0.0, 0.0)
    found = []
    for row, string, origin, along, up in set_lines(content.texts):
        if not shown[content.texts.entity[row]]:
            continue
        place = apply(transform, np.array([origin]))[0] / scale
        axes = apply(turn, np.array([along, up])) / scale
        key = string.replace(" ", "")
        line = TextLine(string, (place[0], place[1]), tuple(axes[0].tolist()), tuple(axes[1].tolist()), BOTH)
        found.append((key, line))
    return found


def _area_rings(
    content: Content, shown: np.ndarray, transform: Affine, scale: float
) -> list[tuple[tuple[int, ...], list[F64]]]:
    rings = area_rings(content)
    white = (area_colors(content.kind, content.color) & np.uint32(0xFFFFFF00)) == np.uint32(0xFFFFFF00)
    found: dict[int, list[F64]] = {}
    for row, entity in enumerate(rings.entity.tolist()):
        if shown[entity] and not white[entity]:
            found.setdefault(entity, []).append(apply(transform, rings.ring(row)) / scale)
    areas = []
    for parts in found.values():
        points = np.concatenate(parts)
        corners = np.concatenate([points.min(axis=0), points.max(axis=0)])
        areas.append((tuple(np.rint(corners / (2 * TOLERANCE_MM)).astype(int).tolist()), parts))
    return areas


def _areas(canvas: Canvas, before: SheetInk, after: SheetInk) -> None:
    """Fill areas lightly; the same box (to two tolerances) counts as the same area."""
    old_keys, new_keys = {key for key, _ in before.areas}, {key for key, _ in after.areas}
    jobs = [(key, parts, BOTH if _near(key, new_keys) else OLD_ONLY) for key, parts in before.areas]
    jobs += [(key, parts, NEW_ONLY) for key, parts in after.areas if not _near(key, old_keys)]
    for _, parts, color in jobs:
        canvas.brush((color & 0xFFFFFF00) | AREA_ALPHA)
        canvas.fill(np.concatenate(parts), np.cumsum([0] + [len(part) for part in parts]), "")


def _near(key: tuple[int, ...], known: set[tuple[int, ...]]) -> bool:
    if key in known:
        return True
    steps = np.stack(np.meshgrid(*[[-1, 0, 1]] * 4), axis=-1).reshape(-1, 4) + np.array(key)
    return any(tuple(step) in known for step in steps.tolist())


def _texts(canvas: Canvas, before: SheetInk, after: SheetInk) -> None:
    """Write texts: the same string with its middle at the same place (to its height, at least 1 mm) is common."""
    for mine, others, color in ((before, after, OLD_ONLY), (after, before, NEW_ONLY)):
        places: dict[str, list[tuple[float, float]]] = {}
        for key, line in others.texts:
            places.setdefault(key, []).append(_middle(line))
        for key, line in mine.texts:
            x, y = _middle(line)
            near = max(1.0, math.hypot(*line.up))
            common = any(math.hypot(x - u, y - v) <= near for u, v in places.get(key, ()))
            if common and color == OLD_ONLY:
                continue  # written once, with the new sheet
            canvas.text(TextLine(line.string, line.origin, line.along, line.up, BOTH if common else color))


def _middle(line: TextLine) -> tuple[float, float]:
    half = sum(glyph_source().glyph(ord(char)).advance for char in line.string) / 2
    x, y = line.origin
    return (x + line.along[0] * half + line.up[0] / 2, y + line.along[1] * half + line.up[1] / 2)
