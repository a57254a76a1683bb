"""Vector paths of a PDF page as columns, in as few Python operations a path as there can be.

PyMuPDF's own device gives each path to a callback as a dictionary (points, y down, unrotated); the callback keeps
a tuple of it, and everything that concerns single points or segments is done by numpy for the whole page at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, compress
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]
_LINE, _CURVE, _RECT, _QUAD = range(4)
_CODES = {"l": _LINE, "c": _CURVE, "re": _RECT, "qu": _QUAD}
CHORD_ERROR = 0.02  # points of 1/72 inch: 7 micrometres on paper
CHORDS = (4, 64)  # of one Bezier curve, at least and at most
_SAME = 1e-6  # points: the next segment goes on where the last one ended
_CLOSED = 1e-4  # points: a part that ends where it began is closed


@dataclass(slots=True)
class Shapes:
    """Geometry of many paths: path -> parts -> points, as `EntityTable` keeps it."""

    part_count: I64  # (n,)
    part_closed: Flags  # (p,)
    point_count: I64  # (p,)
    xy: F64  # (m, 2) points of the page, y down
    curved: Flags  # (n,) made of curves only

    def parts_of(self) -> I64:
        """Return the path of every part, (p,)."""
        return np.repeat(np.arange(len(self.part_count)), self.part_count)

    def points_each(self) -> I64:
        """Return how many points every path has, (n,)."""
        found = np.bincount(self.parts_of(), weights=self.point_count, minlength=len(self.part_count))
        return found.astype(np.int64)

    def by_part(self) -> Shapes:
        """Return every part as a path of its own."""
        one = np.ones(len(self.point_count), np.int64)
        return Shapes(one, self.part_closed, self.point_count, self.xy, np.repeat(self.curved, self.part_count))


@dataclass(slots=True)
class Looks:
    """How many paths are drawn, one entry a path."""

    color: NDArray[np.uint32]  # (n,) 0xRRGGBBAA
    layer: list[str]  # (n,)
    seqno: I64  # (n,) place in the painting order
    width: F64 | None = None  # (n,) points; None for fills
    dashed: NDArray[np.uint8] | None = None
    cap: I64 | None = None  # (n,) 0 butt, 1 round, 2 square
    join: I64 | None = None  # (n,) 0 mitre, 1 round, 2 bevel
    even_odd: Flags | None = None  # (n,); None for strokes

    def hairlines(self, rows: I64) -> Looks:
        """Return the looks of some fills as those of strokes without a width."""
        none = np.zeros(len(rows))
        return Looks(self.color[rows], [self.layer[row] for row in rows.tolist()], self.seqno[rows], width=none)


@dataclass(slots=True)
class Painted:
    """The paths of a page as its device told them, strokes and fills apart."""

    strokes: list[tuple] = field(default_factory=list)  # _STROKE of each
    fills: list[tuple] = field(default_factory=list)  # _FILL of each
    # paths before it, whether it is a clip (else a group), level, items, whether even-odd
    pushes: list[tuple[int, bool, int, tuple, bool]] = field(default_factory=list)
    beyond: int = 0  # paths over the limit
    failed: str = ""  # a path that could not be taken


_STROKE = itemgetter(
    "items", "level", "layer", "seqno", "color", "stroke_opacity", "width", "dashes", "closePath", "lineCap", "lineJoin"
)
_FILL = itemgetter("items", "level", "layer", "seqno", "fill", "fill_opacity", "even_odd")


def painted(page: Any, limit: int) -> Painted:
    """Return the paths of a page (rotation 0), no more than `limit`."""
    found = Painted()
    strokes, fills = found.strokes, found.fills
    stroke, fill = strokes.append, fills.append

    def take(path: dict) -> None:  # MuPDF's C code dies of an exception: none may leave
        try:
            kind = path["type"]
            if len(strokes) + len(fills) >= limit and kind in "sf":
                found.beyond += 1
            elif kind == "s":
                stroke(_STROKE(path))
            elif kind == "f":
                fill(_FILL(path))
            else:
                clip = kind == "clip"
                items = tuple(path["items"]) if clip else ()
                even_odd = bool(path.get("even_odd"))
                found.pushes.append((len(strokes) + len(fills), clip, path["level"], items, even_odd))
        except Exception as error:
            found.failed = f"{type(error).__name__}: {error}"

    page.get_cdrawings(extended=True, callback=take)
    return found


def shapes(lists: Sequence[Sequence[tuple]], closing: Sequence[bool] = ()) -> Shapes:
    """Return the geometry of paths, given the items of each and whether its last part was closed without a line."""
    count = np.fromiter(map(len, lists), np.int64, len(lists))
    items = list(chain.from_iterable(lists))
    code = np.fromiter(map(_CODES.__getitem__, map(itemgetter(0), items)), np.uint8, len(items))
    blocks = _Blocks(items, code)
    path = np.repeat(np.arange(len(lists)), count)
    curve_or_line = code <= _CURVE
    goes_on = np.zeros(len(items), bool)
    if len(items) > 1:
        goes_on[1:] = curve_or_line[1:] & curve_or_line[:-1] & (path[1:] == path[:-1])
        goes_on[1:] &= (np.abs(blocks.start[1:] - blocks.end[:-1]) <= _SAME).all(axis=1)
    xy, sizes = blocks.points(goes_on)
    begins = np.flatnonzero(~goes_on)
    point_count = np.add.reduceat(sizes, begins) if len(begins) else np.zeros(0, np.int64)
    made = Shapes(
        part_count=np.bincount(path[begins], minlength=len(lists)),
        part_closed=~curve_or_line[begins],
        point_count=point_count,
        xy=xy,
        curved=_all_of(code == _CURVE, count),
    )
    if any(closing):  # a part that went on after a closing and was closed again
        flags = np.fromiter(closing, bool, len(lists))
        made.part_closed[(np.cumsum(made.part_count) - 1)[flags & (made.part_count > 0)]] = True
    return _close(made)


def _all_of(flags: Flags, count: I64) -> Flags:
    """Return for every path whether all of its items are flagged; a path without items is not."""
    found = np.zeros(len(count), bool)
    some = count > 0
    if some.any():
        first = (np.cumsum(count) - count)[some]
        found[some] = np.logical_and.reduceat(flags, first)
    return found


class _Blocks:
    """The points of every item: 2 of a line, 4 of a rectangle or quad, chords + 1 of a curve."""

    def __init__(self, items: list[tuple], code: NDArray[np.uint8]) -> None:
        self._code = code
        self.start, self.end = np.zeros((2, len(items), 2))
        self._flat: dict[int, F64] = {}
        self._turned = np.zeros(0, bool)  # rectangles drawn clockwise
        for kind, numbers in ((_LINE, 4), (_CURVE, 8), (_RECT, 4), (_QUAD, 8)):
            mask = code == kind
            some = int(mask.sum())
            if not some:
                continue
            chosen = items if some == len(items) else list(compress(items, mask.tolist()))
            flat = _numbers(chosen, kind, some * numbers).reshape(some, numbers)
            self._flat[kind] = flat
            if kind == _RECT:
                self._turned = np.fromiter(map(itemgetter(2), chosen), np.int64, some) < 0
            if kind <= _CURVE:
                self.start[mask], self.end[mask] = flat[:, :2], flat[:, -2:]

    def points(self, goes_on: Flags) -> tuple[F64, I64]:
        """Return all points (m, 2) and how many each item gives; items that go on leave out their first."""
        sizes = np.where(self._code <= _CURVE, 2, 4)
        curves = self._flat.get(_CURVE)
        chords = _chords(curves) if curves is not None else np.zeros(0, np.int64)
        sizes[self._code == _CURVE] = chords + 1
        sizes = sizes - goes_on
        stop = np.cumsum(sizes)
        first = stop - sizes
        xy = np.empty((int(stop[-1]) if len(stop) else 0, 2))
        open_ended = ~goes_on & (self._code <= _CURVE)
        xy[first[open_ended]] = self.start[open_ended]
        lines = self._code == _LINE
        xy[stop[lines] - 1] = self.end[lines]
        if curves is not None:
            row = np.repeat(np.arange(len(curves)), chords)
            step = np.arange(len(row)) - np.repeat(np.cumsum(chords) - chords, chords)
            xy[np.repeat(stop[self._code == _CURVE] - chords, chords) + step] = _bezier(
                curves[row], (step + 1) / chords[row]
            )
        for kind, corners in ((_RECT, (0, 3, 2, 3, 2, 1, 0, 1)), (_QUAD, (0, 1, 2, 3, 6, 7, 4, 5))):
            if kind in self._flat:  # quad: upper left, upper right, lower left, lower right
                ring = self._flat[kind][:, corners].reshape(-1, 4, 2)
                if kind == _RECT:
                    ring[self._turned] = ring[self._turned, ::-1]
                xy[first[self._code == kind][:, None] + np.arange(4)] = ring
        return xy, sizes


def _numbers(items: list[tuple], kind: int, count: int) -> F64:
    """Return the coordinates of items of one kind, flat."""
    flat: Any
    if kind == _LINE:
        flat = chain.from_iterable(chain.from_iterable(map(itemgetter(1, 2), items)))
    elif kind == _CURVE:
        flat = chain.from_iterable(chain.from_iterable(map(itemgetter(1, 2, 3, 4), items)))
    elif kind == _RECT:
        flat = chain.from_iterable(map(itemgetter(1), items))
    else:
        flat = chain.from_iterable(chain.from_iterable(map(itemgetter(1), items)))
    return np.fromiter(flat, np.float64, count)


def _chords(curves: F64) -> I64:
    """Return how many chords keep each curve (8 numbers) within CHORD_ERROR.

    The bound is the usual one for cubics: n = √(3/4 · max second difference / error).
    """
    p = curves.reshape(-1, 4, 2)
    second = np.abs(p[:, :-2] - 2 * p[:, 1:-1] + p[:, 2:]).max(axis=(1, 2))
    wanted = np.sqrt(0.75 * np.nan_to_num(second, nan=0.0, posinf=0.0) / CHORD_ERROR)
    return np.clip(np.ceil(wanted), *CHORDS).astype(np.int64)


def _bezier(curves: F64, t: F64) -> F64:
    """Return the points of cubic curves (k, 8) at their parameters (k,)."""
    t = t[:, None]
    s = 1 - t
    return (
        s**3 * curves[:, 0:2] + 3 * s * s * t * curves[:, 2:4] + 3 * s * t * t * curves[:, 4:6] + t**3 * curves[:, 6:8]
    )


def _close(made: Shapes) -> Shapes:
    """Mark parts that end where they began as closed and leave out their last point."""
    stop = np.cumsum(made.point_count)
    first = stop - made.point_count
    with np.errstate(invalid="ignore"):
        gap = np.abs(made.xy[first] - made.xy[stop - 1]).max(axis=1) if len(stop) else np.zeros(0)
    closes = ~made.part_closed & (made.point_count > 2) & (gap <= _CLOSED)
    if closes.any():
        keep = np.ones(len(made.xy), bool)
        keep[stop[closes] - 1] = False
        made.xy = made.xy[keep]
        made.point_count = made.point_count - closes
        made.part_closed = made.part_closed | closes
    return made


def finite(made: Shapes) -> tuple[Shapes, int]:
    """Return the shapes without the points that are not finite, and how many those were."""
    good = np.asarray(np.isfinite(made.xy).all(axis=1), bool)
    lost = int(len(good) - np.count_nonzero(good))
    return (keep_points(made, good), lost) if lost else (made, 0)


def keep_points(made: Shapes, keep: Flags) -> Shapes:
    """Return the shapes with the flagged points only; parts without any vanish, paths stay (perhaps empty)."""
    part = np.repeat(np.arange(len(made.point_count)), made.point_count)
    left = np.bincount(part[keep], minlength=len(made.point_count))
    some = left > 0
    return Shapes(
        part_count=np.bincount(made.parts_of()[some], minlength=len(made.part_count)),
        part_closed=made.part_closed[some],
        point_count=left[some],
        xy=made.xy[keep],
        curved=made.curved,
    )


def stroke_looks(columns: Sequence[Sequence[Any]]) -> Looks:
    """Return how strokes are drawn; `columns` are those of `_STROKE` without the items."""
    _, layer, seqno, color, opacity, width, dashes, _, caps, joins = columns
    count = len(seqno)
    thick = np.fromiter(width, np.float64, count)
    thick[~np.isfinite(thick)] = 0.0
    kinds = {text: dash_of(text) for text in set(dashes)}
    return Looks(
        _colors(color, opacity),
        list(layer),
        np.fromiter(seqno, np.int64, count),
        width=thick,
        dashed=np.fromiter(map(kinds.__getitem__, dashes), np.uint8, count),
        cap=np.fromiter(map(itemgetter(0), caps), np.int64, count),
        join=np.fromiter(joins, np.float64, count).astype(np.int64),
    )


def fill_looks(columns: Sequence[Sequence[Any]]) -> Looks:
    """Return how fills are drawn; `columns` are those of `_FILL` without the items."""
    _, layer, seqno, color, opacity, even_odd = columns
    count = len(seqno)
    return Looks(
        _colors(color, opacity),
        list(layer),
        np.fromiter(seqno, np.int64, count),
        even_odd=np.fromiter(map(bool, even_odd), bool, count),
    )


def _colors(colors: Sequence[Any], opacities: Sequence[float]) -> NDArray[np.uint32]:
    """Return 0xRRGGBBAA of many colours at once where all of them are RGB."""
    try:
        plain = set(map(len, colors)) == {3}
    except TypeError:
        plain = False
    if not plain:
        return np.fromiter(map(rgba, colors, opacities), np.uint32, len(colors))
    count = len(colors)
    parts = np.empty((count, 4))
    parts[:, :3] = np.fromiter(chain.from_iterable(colors), np.float64, 3 * count).reshape(-1, 3)
    parts[:, 3] = np.fromiter(opacities, np.float64, count)
    levels = np.rint(255 * np.clip(np.nan_to_num(parts), 0, 1)).astype(np.uint32)
    return levels @ np.array([1 << 24, 1 << 16, 1 << 8, 1], np.uint32)


def rgba(color: Any, opacity: float | None) -> int:
    """Return 0xRRGGBBAA of PyMuPDF's colour (gray, RGB or CMYK components 0..1)."""
    alpha = int(round(255 * min(1.0, max(0.0, float(1.0 if opacity is None else opacity)))))
    if color is None:
        return alpha
    values = list(color) if isinstance(color, list | tuple) else [color]
    if len(values) == 1:
        values *= 3
    if len(values) == 4:
        c, m, y, k = values
        values = [(1 - c) * (1 - k), (1 - m) * (1 - k), (1 - y) * (1 - k)]
    if len(values) < 3:  # an empty tuple: a colour space MuPDF cannot turn into RGB
        return alpha
    r, g, b = (int(round(255 * min(1.0, max(0.0, float(v))))) for v in values[:3])
    return (r << 24) | (g << 16) | (b << 8) | alpha


def dash_of(dashes: str | None) -> int:
    """Return 0 continuous, 1 dashed, 2 dash-dot, 3 dotted of a PDF dash array such as "[ 3 2 ] 0"."""
    if not dashes or "[" not in dashes:
        return 0
    inside = dashes[dashes.index("[") + 1 : dashes.rindex("]")].split() if "]" in dashes else []
    try:
        lengths = [float(v) for v in inside]
    except ValueError:
        return 0
    if not lengths or not any(lengths):
        return 0
    drawn, gaps = lengths[0::2], lengths[1::2] or lengths[0::2]
    longest = max(drawn)
    if len(drawn) > 1 and min(drawn) < 0.5 * longest:
        return 2
    return 3 if longest <= 0.25 * max(gaps) else 1
