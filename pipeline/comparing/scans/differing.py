"""What of a drawing's lines has no ink on the scan, and what ink of the scan no line explains. All in pixels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.ndimage import label
from scipy.spatial import cKDTree

from pipeline.comparing.boxes import component_numbers, extents, split_by
from pipeline.comparing.content import Content
from pipeline.comparing.scans.fitting import Bed
from pipeline.comparing.scans.ink import Mask, looked_up, widened
from pipeline.comparing.segments import directions, lengths, map_points, map_segments, sample
from pipeline.drawing.strokes import ranges
from pipeline.drawing.tables import F64, I32

GONE_SHARE = 0.7  # of what only this object draws: it is gone as a whole
CHANGED_SHARE = 0.15  # below it nothing is said of the object as a whole
FRESH_SHARE = 0.3  # of a surplus that lies clearly off every line; else it is the fringe of one
WORD_SHARE = 0.9  # of a surplus within the place of a text: its letters, in another font
CORE_SHARE = 0.3  # of a letter in the middle of the place of its text
TEXT_SHARE, LETTER = 0.5, 3.0  # or as much of it and no larger, in text heights
WORD, NEXT_LETTER, MOST_LETTERS = 8.0, 1.5, 60  # size and distance in text heights, letters of one line
UPWARDS, CORE = 1, 2  # added to the height of a text in its zone
WIDE, NARROW, LATIN = 1.45, 0.85, 0x2E7F  # widths of letters in text heights; above the code are Chinese ones
FINEST_STEP_PX = 0.8
FAINT, FAINT_SIGMAS = 6.0, 4.0  # grey values and deviations of the mean by which a line stands out all along
MOST_SAMPLES = 12_000_000
MANY_OBJECTS = 400  # changed objects up to which it is looked what others draw at their place

I64 = NDArray[np.int64]


@dataclass(slots=True)
class Reach:
    """Distances in pixels."""

    near: int  # a line has its ink so near
    fringe: int  # ink so near to a line is its own: half a pen and the tolerance
    gap: float  # pieces nearer than this belong together
    least: float  # smaller extents are not reported


@dataclass
class Traced:
    """Samples of all lines of a drawing on the pixels of a scan."""

    xy: NDArray[np.float32]  # (n, 2) column, row
    obj: I32  # (n,)
    segment: I32  # (n,)
    seg: F64  # (segments, 4) in pixels
    unit: F64  # (segments, 2) their directions
    objects: int
    step: float  # pixels between samples, at most

    @cached_property
    def _by_object(self) -> tuple[I64, I64]:
        """Samples ordered by their object, and where each object starts."""
        order = np.argsort(self.obj, kind="stable")
        return order, np.searchsorted(self.obj[order], np.arange(self.objects + 1))

    def rows_of(self, one: int) -> I64:
        """Samples of an object, in their order."""
        order, start = self._by_object
        return order[start[one] : start[one + 1]]


def trace(content: Content, to_px: F64) -> Traced:
    """Sample the lines of a drawing.

    Args:
        content: the vector side.
        to_px: 2×3, its working mm -> pixels.
    """
    seg = map_segments(to_px, content.seg)
    step = max(FINEST_STEP_PX, float(lengths(seg).sum()) / MOST_SAMPLES)
    points, row = sample(seg, step, most=1_000_000)
    count = len(content.object_insert)
    return Traced(points.astype(np.float32), content.obj[row], row.astype(np.int32), seg, directions(seg), count, step)


def explained(traced: Traced, shape: tuple[int, ...], fringe: int) -> Mask:
    """Mask of the pixels that lines explain."""
    mask = np.zeros(shape, bool)
    x, y = np.rint(traced.xy[:, 0]).astype(np.int64), np.rint(traced.xy[:, 1]).astype(np.int64)
    inside = (x >= 0) & (y >= 0) & (x < shape[1]) & (y < shape[0])
    mask[y[inside], x[inside]] = True
    return widened(mask, fringe)


def text_zones(content: Content, to_px: F64, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Places of texts, wide enough for another font.

    (h, w) 0 elsewhere; else the height of the text in pixels in steps of four up to 252, plus `UPWARDS` where it runs
    so, plus `CORE` in the middle of it, where its letters are in any font.
    """
    picture = Image.new("L", (shape[1], shape[0]))
    draw = ImageDraw.Draw(picture)
    texts = content.texts
    zoom = float(np.sqrt(abs(np.linalg.det(to_px[:, :2]))))
    cores: list[tuple[list[tuple[float, float]], int]] = []
    for k in range(len(texts)):
        height = float(texts.height[k])
        length = float(np.hypot(*(texts.end[k] - texts.origin[k])))
        lines = texts.string[k].split("\n")
        widest = height * max(sum(WIDE if ord(letter) > LATIN else NARROW for letter in line) for line in lines)
        along = np.array([np.cos(texts.rotation[k]), np.sin(texts.rotation[k])])
        up = np.array([-along[1], along[0]])
        box = texts.box[k].reshape(2, 2)
        upright = abs(along[0] * along[1]) < 1e-3  # else the box says nothing of the height
        tall = max(float(np.abs((box[1] - box[0]) @ np.abs(up))) if upright else 0.0, height * len(lines))
        rise = (0.5 * tall + 0.7 * height) * up
        upwards = abs(float(to_px[1, :2] @ along)) > abs(float(to_px[0, :2] @ along))
        value = int(np.clip(height * zoom, 4, 252)) // 4 * 4 + (UPWARDS if upwards else 0)
        widths = (max(0.65 * length, widest - 0.5 * length) + 0.6 * height, 0.4 * length)
        wide, core = (_rectangle(map_points(to_px, texts.centre[k] + _four(half * along, rise))) for half in widths)
        draw.polygon(wide, fill=value)
        cores.append((core, value + CORE))
    for core, value in cores:
        draw.polygon(core, fill=value)
    return np.asarray(picture)


def _four(half: F64, rise: F64) -> F64:
    """(4, 2) corners about the middle."""
    return np.array([-half - rise, half - rise, half + rise, -half + rise])


def _rectangle(corners: F64) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in corners]


@dataclass(slots=True)
class Missing:
    """Lines without ink, as one thing."""

    points: NDArray[np.float32]  # (k, 2) samples without ink
    whole: NDArray[np.float32]  # (m, 2) samples of the objects that are gone as a whole, and of the pieces
    objects: I32
    complete: bool  # all of it is gone (no part of a line that stays)
    share: float = 1.0  # of `whole` that has no ink


@dataclass(slots=True)
class Surplus:
    """Ink without lines, as one thing."""

    pixels: NDArray[np.float32]  # (k, 2) column, row


def clusters(points: NDArray, cell: float) -> I64:
    """Label (n,) of points (n, 2) such that points nearer than about `cell` share one."""
    if not len(points):
        return np.zeros(0, np.int64)
    at = np.floor((points - points.min(0)) / cell).astype(np.int64)
    grid = np.zeros(at.max(0)[::-1] + 1, bool)
    grid[at[:, 1], at[:, 0]] = True
    labels, _ = label(grid, np.ones((3, 3), int))
    return np.asarray(labels[at[:, 1], at[:, 0]], np.int64) - 1


@dataclass(slots=True)
class Objects:
    """How much of each object is missing."""

    free: Mask  # (n samples,) no ink near
    share: F64  # (objects,) of what only this object draws
    lonely: F64  # (objects,) samples that only this object draws


def missing_share(traced: Traced, bed: Bed, reach: Reach) -> Objects:
    """Say for each object how much of its own ink is missing; off the scan nothing is missing."""
    ink_near = bed.wide(reach.near)
    x, y = traced.xy[:, 0], traced.xy[:, 1]
    h, w = ink_near.shape
    off = (x < reach.near) | (y < reach.near) | (x >= w - reach.near) | (y >= h - reach.near)
    free = ~(looked_up(ink_near, x, y) | off)
    free = _long_runs(free, traced, bed, reach)
    count = np.bincount(traced.obj, minlength=traced.objects).astype(np.float64)
    missing = np.bincount(traced.obj[free], minlength=traced.objects).astype(np.float64)
    share = missing / np.maximum(count, 1)
    own = count.copy()
    doubtful = np.flatnonzero((missing * traced.step >= reach.least / 2) & (share < 1) & (share > 0.02))
    if 0 < len(doubtful) <= MANY_OBJECTS:
        for one in doubtful:
            mine = traced.rows_of(int(one))
            own[one] = _exclusive(traced, mine, int(one), free, reach)
            share[one] = missing[one] / max(own[one], 1)
    return Objects(free, np.minimum(share, 1.0), own)


def _long_runs(free: Mask, traced: Traced, bed: Bed, reach: Reach) -> Mask:
    """Keep only runs of missing samples that are long enough to be no fault of the scan and hold no faint line."""
    if not free.any():
        return free
    edge = np.flatnonzero(np.diff(free.astype(np.int8)) | (np.diff(traced.segment) != 0)) + 1
    first = np.concatenate([[0], edge])
    size = np.diff(np.concatenate([first, [len(free)]]))
    whole = np.bincount(traced.segment)
    enough = np.minimum(reach.near * 1.5 / traced.step, 0.8 * whole[traced.segment[first]])
    kept = np.flatnonzero(free[first] & (size >= enough))
    kept = kept[~_faint(traced, bed, first[kept], size[kept], reach)]
    chosen = np.zeros(len(first), bool)
    chosen[kept] = True
    return np.repeat(chosen, size)


def _faint(traced: Traced, bed: Bed, first: I64, size: I64, reach: Reach) -> Mask:
    """Whether runs of samples lie on a line too faint to count as ink pixel by pixel, but not all along."""
    if not len(first):
        return np.zeros(0, bool)
    rows = ranges(first, size)
    xy, along = traced.xy[rows].astype(np.float64), traced.unit[traced.segment[rows]]
    normal = np.column_stack([-along[:, 1], along[:, 0]])
    begin = np.concatenate([[0], np.cumsum(size)[:-1]])
    offsets = np.arange(-reach.near - 2, reach.near + 3)
    h, w = bed.grey.shape
    light = np.empty((len(offsets), len(size)))
    for k, offset in enumerate(offsets):
        x = np.clip(np.rint(xy[:, 0] + normal[:, 0] * offset), 0, w - 1).astype(np.int64)
        y = np.clip(np.rint(xy[:, 1] + normal[:, 1] * offset), 0, h - 1).astype(np.int64)
        light[k] = np.add.reduceat(bed.grey[y, x].astype(np.float64), begin) / size
    darkest = light[2:-2].min(0)
    return np.asarray(np.median(light, 0) - darkest > np.maximum(FAINT_SIGMAS * bed.noise / np.sqrt(size), FAINT))


def _exclusive(traced: Traced, mine: I64, one: int, free: Mask, reach: Reach) -> float:
    """How many samples of an object lie off the ink of all others (those without ink surely do)."""
    xy = traced.xy[mine]
    low, high = xy.min(0) - reach.near * 2, xy.max(0) + reach.near * 2
    there = ((traced.xy >= low) & (traced.xy <= high)).all(1) & (traced.obj != one) & ~free
    if not there.any():
        return float(len(mine))
    other = traced.xy[there][:: max(1, int(there.sum()) // 200_000)]
    distance, _ = cKDTree(other).query(xy, distance_upper_bound=reach.near * 2.0)
    return float((~np.isfinite(distance) | free[mine]).sum())


def missing_things(traced: Traced, state: Objects, reach: Reach) -> list[Missing]:
    """Group what is missing: objects that are gone, and pieces of others, by nearness."""
    gone = (state.share >= GONE_SHARE) & (state.lonely * traced.step >= reach.least / 2)
    whole = gone[traced.obj]
    rows = np.flatnonzero((whole & (state.share[traced.obj] > 0)) | state.free)
    if not len(rows):
        return []
    labels = clusters(traced.xy[rows], reach.gap)
    labels = _joined(labels, np.where(whole[rows], traced.obj[rows], -1))
    found = []
    for part in split_by(labels):
        mine = rows[part]
        free = mine[state.free[mine]]
        if not len(free) or max(np.ptp(traced.xy[free], axis=0)) < reach.least:
            continue
        objects = np.unique(traced.obj[free]).astype(np.int32)
        complete = bool(gone[objects].all())
        found.append(Missing(traced.xy[free], traced.xy[mine], objects, complete))
    return found


def _joined(labels: I64, tie: NDArray) -> I64:
    """Join labels that share a tie (≥ 0)."""
    count, tied = int(labels.max()) + 1, tie >= 0
    _, tie = np.unique(tie[tied], return_inverse=True)
    size = count + (int(tie.max()) + 1 if len(tie) else 0)
    return np.asarray(component_numbers(size, np.column_stack([labels[tied], count + tie]))[labels], np.int64)


def surplus_pieces(ink: Mask, own: Mask, fringe: Mask, texts: NDArray[np.uint8], reach: Reach) -> list[Surplus]:
    """Ink without lines, in connected pieces.

    Args:
        ink: (h, w) ink of the scan.
        own: pixels that lines and fills explain.
        fringe: the same somewhat wider.
        texts: places of texts, the height there.
        reach: distances.
    """
    rows, columns = np.nonzero(ink & ~own)
    xy = np.column_stack([columns, rows]).astype(np.float32)
    if not len(xy):
        return []
    labels = clusters(xy, 2.0)
    count = np.bincount(labels)
    low, high = extents(labels, len(count), xy)
    fresh = np.bincount(labels, ~fringe[rows, columns], minlength=len(count)) / count
    place = texts[rows, columns]
    height = (place // 4 * 4).astype(np.float64)
    lettered = np.bincount(labels, height > 0, minlength=len(count)) / count
    tallest = np.bincount(labels, height, minlength=len(count)) / np.maximum(lettered * count, 1)
    h, w = ink.shape
    at_edge = (low <= reach.near).any(1) | (high[:, 0] >= w - 1 - reach.near) | (high[:, 1] >= h - 1 - reach.near)
    size = (high - low).max(1)
    small = size <= LETTER * np.maximum(tallest, 1)
    placed = (lettered >= WORD_SHARE) | ((lettered >= TEXT_SHARE) & small)
    core = np.bincount(labels, place & CORE != 0, minlength=len(count)) >= CORE_SHARE * count
    upwards = np.bincount(labels, place & UPWARDS != 0, minlength=len(count)) > 0.5 * lettered * count
    letters = _in_rows(low, high, placed, placed & core, tallest, upwards)
    kept = (fresh >= FRESH_SHARE) & ~letters & ~at_edge & (size >= reach.least / 3)
    chosen = kept[labels]
    xy, labels = xy[chosen], labels[chosen]
    return [Surplus(xy[part]) for part in split_by(labels)]


def _in_rows(low: NDArray, high: NDArray, placed: Mask, surely: Mask, tallest: F64, upwards: Mask) -> Mask:
    """Pieces that are letters for sure, and those in a row with them: a text may run on where ours breaks.

    Args:
        low: (n, 2) lower corners of pieces.
        high: (n, 2) upper corners.
        placed: within the place of a text: strokes of any size may be its.
        surely: in the middle of one.
        tallest: height of the text there.
        upwards: whether it runs so.
    """
    known = np.flatnonzero(surely & (tallest > 0))
    out = surely.copy()
    if not len(known):
        return out
    middle, extent = (low + high) / 2, high - low
    height, upwards = tallest.copy(), upwards.copy()
    fresh = known
    for _ in range(MOST_LETTERS):
        rest = np.flatnonzero(~out & (placed | (extent.min(1) > 0)))
        if not len(rest) or not len(fresh):
            break
        _, near = cKDTree(middle[fresh]).query(middle[rest], k=min(6, len(fresh)))
        near = fresh[near.reshape(len(rest), -1)]
        tall = height[near]
        gap = np.maximum(low[rest][:, None] - high[near], low[near] - high[rest][:, None])
        joins = np.zeros(near.shape, bool)
        for along in (0, 1):
            thick = extent[rest][:, None, 1 - along]
            apart = np.abs(middle[rest][:, None, 1 - along] - middle[near][..., 1 - along])
            level = apart <= np.where(placed[rest][:, None], 1.2, 0.6) * tall
            level &= (upwards[near] == (along == 1)) & (gap[..., along] <= NEXT_LETTER * tall)
            sized = (thick <= 1.6 * tall) & (placed[rest][:, None] | (thick >= 0.4 * tall))
            joins |= level & sized & (extent[rest].max(1)[:, None] <= WORD * tall)
        first = joins.argmax(1)
        chosen = joins.any(1)
        height[rest[chosen]] = tall[chosen, first[chosen]]
        upwards[rest[chosen]] = upwards[near][chosen, first[chosen]]
        fresh = rest[chosen]
        out[fresh] = True
    return out


def surplus_things(pieces: list[Surplus], reach: Reach) -> list[Surplus]:
    """Group pieces of surplus ink by nearness; what is too small is left out."""
    if not pieces:
        return []
    xy = np.vstack([piece.pixels for piece in pieces])
    labels = clusters(xy, max(reach.gap, 2.0 * reach.fringe + 2))
    return [Surplus(xy[part]) for part in split_by(labels) if max(np.ptp(xy[part], axis=0)) >= reach.least]
