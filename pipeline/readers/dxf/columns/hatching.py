"""HATCH of the scan as rows: boundaries, fills and pattern lines of all hatches of a piece at once.

A hatch with anything in it that is not understood here is left to the library, whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.kinds import EntityKind
from pipeline.drawing.strokes import ranges
from pipeline.readers.dxf.chunk import empty
from pipeline.readers.dxf.columns import boundaries, curves, patterns
from pipeline.readers.dxf.columns.alike import without_gaps
from pipeline.readers.dxf.columns.boundaries import ARC, ELLIPSE, LINE, SPLINE, Edges
from pipeline.readers.dxf.columns.records import Attributes
from pipeline.readers.dxf.columns.rows import Rows, joined
from pipeline.readers.dxf.columns.splines import Spline, usable

F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]
_PATH_CODES = (10, 20, 11, 21, 12, 22, 13, 23, 40, 42, 50, 51, 72, 73, 74, 92, 93, 94, 95, 96, 97, 330)
_PATTERN_CODES = (53, 43, 44, 45, 46, 79, 49)
_SMALLEST = 1e-12  # radius or axis of an edge


@dataclass(slots=True)
class Hatched:
    """What became of the hatches among some records."""

    rows: Rows = field(default_factory=Rows)  # `entity` is the record's row
    rare: NDArray = field(default_factory=lambda: empty(np.int64))  # records for the library
    tinted: NDArray = field(default_factory=lambda: empty(np.int64))  # records filled with a gradient
    tint: NDArray = field(default_factory=lambda: empty(np.int64))  # its first colour, 24 bits


def hatched(values: Attributes, records: NDArray, line_limit: int) -> Hatched:
    """Return the drawn rows of some HATCH records; those with more than `line_limit` pattern lines are rare."""
    if not len(records):
        return Hatched()
    body = _Body(values, records)
    found = _paths(body)
    families = _families(body)
    solid = body.last(70, ~body.inside, 1.0) == 1
    solid |= body.has(70, ~body.inside) & ~np.isin(body.last(70, ~body.inside, 1.0), (0, 1))  # as in the library
    filled = solid | body.tinted
    good = ~body.bad
    loops = found.of(good)
    wanted = families.of(good & ~filled)
    owner, drawn, over = patterns.dashes(loops, wanted, len(records), line_limit)
    body.bad |= over
    good = ~body.bad
    rows = _rows(values, body, found.of(good), filled)
    lines = _lines(values, body, owner, drawn)
    tinted = np.flatnonzero(good & body.tinted & np.isnan(values.column(420)[records]))
    return Hatched(joined([rows, lines]), records[body.bad], records[tinted], body.tint[tinted])


class _Body:
    """The tags of some hatches one behind the other; `bad` hatches are not understood."""

    def __init__(self, values: Attributes, records: NDArray) -> None:
        found, self.records = values.records, records
        count = (found.stop - found.start)[records]
        tags = ranges(found.start[records], count)
        kept = values.counted[tags]
        tags, owner = tags[kept], np.repeat(np.arange(len(records)), count)[kept]
        self.codes, self.owner, self.tags = found.tags.codes[tags], owner, tags
        self.number = values.by_tag()[tags]
        self.many = len(records)
        place = np.arange(len(tags))
        begin, self.stop = self.first(91, place), self.first(75, place)
        self.bad = (begin < 0) | (self.stop < begin)
        self.inside = (place > begin[owner]) & (place < self.stop[owner]) & ~self.bad[owner]
        paths = np.bincount(owner[self.inside & (self.codes == 92)], minlength=self.many)
        self.bad |= self._number_at(begin) != paths
        self.bad |= (paths > 0) & (self.codes[np.minimum(begin + 1, len(place) - 1)] != 92)
        self.spoil(self.inside & ~np.isin(self.codes, _PATH_CODES))
        numbers = self.inside & (self.codes != 330)
        self.spoil(numbers & ~np.isfinite(self.number))
        self.tint, self.tinted = self._gradients(values)

    def first(self, code: int, place: NDArray) -> NDArray:
        """Return the first place of a code in every hatch, -1 where there is none."""
        out = np.full(self.many, -1)
        rows = np.flatnonzero(self.codes == code)[::-1]
        out[self.owner[rows]] = place[rows]
        return out

    def _number_at(self, place: NDArray) -> F64:
        return np.where(place >= 0, self.number[place], np.nan)

    def spoil(self, tags: Mask) -> None:
        """Leave the hatches of some tags to the library."""
        self.bad[self.owner[tags]] = True

    def has(self, code: int, among: Mask) -> Mask:
        """Return which hatches have a tag of a code."""
        out = np.zeros(self.many, bool)
        out[self.owner[among & (self.codes == code)]] = True
        return out

    def last(self, code: int, among: Mask, missing: float) -> F64:
        """Return the last value of a code for every hatch."""
        out = np.full(self.many, missing)
        rows = np.flatnonzero(among & (self.codes == code))
        out[self.owner[rows]] = self.number[rows]
        return out

    def _gradients(self, values: Attributes) -> tuple[NDArray, Mask]:
        """Return the first colour of gradients and which hatches have one (450 is 1)."""
        rows = np.flatnonzero(self.codes == 450)
        kinds = [text.strip() for text in values.records.tags.raw(self.tags[rows])]
        tinted = np.zeros(self.many, bool)
        tinted[self.owner[rows]] = [kind not in (b"0", b"") for kind in kinds]
        tint = np.zeros(self.many, np.int64)
        rows = np.flatnonzero(self.codes == 421)[::-1]
        good = np.isfinite(self.number[rows])
        self.bad[self.owner[rows[~good]]] = True
        tint[self.owner[rows[good]]] = self.number[rows[good]].astype(np.int64) % (1 << 24)
        return tint, tinted


@dataclass(slots=True)
class _Loops:
    """Boundary loops of hatches in the order they are drawn."""

    hatch: NDArray
    sizes: NDArray
    xy: F64

    def of(self, hatches: Mask) -> patterns.Loops:
        keep = hatches[self.hatch]
        return patterns.Loops(self.hatch[keep], self.sizes[keep], self.xy[np.repeat(keep, self.sizes)])


def _paths(body: _Body) -> _Loops:
    """Return the loops of all hatches that are good so far; `body.bad` grows."""
    is_path = body.inside & (body.codes == 92)
    paths = np.flatnonzero(is_path)
    path = np.cumsum(is_path) - 1  # of each tag inside
    flags = body.number[paths].astype(np.int64)
    on_line = np.zeros(len(body.codes), bool)
    on_line[body.inside] = (flags & boundaries.POLYLINE != 0)[path[body.inside]] if len(paths) else False
    hatch = body.owner[paths]
    owners, sizes, points = _polylines(body, body.inside & on_line, path, len(paths))
    more = _edge_paths(body, body.inside & ~on_line, path)
    owner = np.concatenate([owners, more[0]])
    sizes, xy = boundaries.opened(np.concatenate([sizes, more[1]]), np.concatenate([points, more[2]]))
    style = body.last(75, ~body.inside, 0.0)
    rank, drawn = boundaries.shown(flags, style[hatch], hatch)
    keep = drawn[owner] & (sizes > 1)
    owner, sizes, xy = owner[keep], sizes[keep], xy[np.repeat(keep, sizes)]
    order = np.lexsort((np.arange(len(owner)), owner, rank[owner], hatch[owner]))
    owner, sizes, xy = boundaries.in_turn(order, owner, sizes, xy)
    return _Loops(hatch[owner], sizes, xy)


def _polylines(body: _Body, among: Mask, path: NDArray, count: int) -> tuple[NDArray, NDArray, F64]:
    x, y, bad = _points(body, among, 10)
    body.spoil(bad)
    bulge = np.zeros(len(x))
    rows = np.flatnonzero(among & (body.codes == 42))
    vertex = np.searchsorted(x, rows) - 1
    good = vertex >= 0
    good[good] = path[x[vertex[good]]] == path[rows[good]]
    body.bad[body.owner[rows[~good]]] = True
    bulge[vertex[good]] = body.number[rows[good]]
    body.spoil(among & ~np.isin(body.codes, (10, 20, 42, 72, 73, 92, 93, 97, 330)))
    closed = np.zeros(count, bool)
    rows = np.flatnonzero(among & (body.codes == 73))
    closed[path[rows]] = body.number[rows] != 0
    counts = np.bincount(path[x], minlength=count)
    owners = np.flatnonzero(counts)
    xy = np.column_stack([body.number[x], body.number[y]])
    sizes, points = boundaries.polyline_loops(xy, bulge, counts[owners], closed[owners])
    return owners, sizes, points


def _points(body: _Body, among: Mask, code: int) -> tuple[NDArray, NDArray, Mask]:
    """Return the tags of x and y of points, and the tags of an x without y or a y without x."""
    x, y = among & (body.codes == code), among & (body.codes == code + 10)
    behind = np.zeros(len(x), bool)
    behind[1:] = x[:-1]
    ahead = np.zeros(len(x), bool)
    ahead[:-1] = y[1:]
    good = x & ahead
    return np.flatnonzero(good), np.flatnonzero(good) + 1, (x & ~ahead) | (y & ~behind)


def _edge_paths(body: _Body, among: Mask, path: NDArray) -> tuple[NDArray, NDArray, F64]:
    is_edge = among & (body.codes == 72)
    rows = np.flatnonzero(is_edge)
    if not len(rows):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, 2))
    edge = np.cumsum(is_edge) - 1  # of each tag of an edge path, behind its first 72
    mine = among & (edge >= 0)
    mine[mine] = path[rows[edge[mine]]] == path[mine]
    kind = body.number[rows].astype(np.int64)
    body.spoil(is_edge & ~np.isin(body.number, (LINE, ARC, ELLIPSE, SPLINE)))

    def column(code: int, missing: float = np.nan) -> F64:
        out = np.full(len(rows), missing)
        tags = np.flatnonzero(mine & (body.codes == code))
        out[edge[tags]] = body.number[tags]
        return out

    centre = np.column_stack([column(10), column(20)])
    end = np.column_stack([column(11, 0.0), column(21, 0.0)])
    is_line, is_round, is_spline = kind == LINE, (kind == ARC) | (kind == ELLIPSE), kind == SPLINE
    radius, begin, stop = column(40), column(50, 0.0), column(51, 0.0)
    odd = np.isnan(centre).any(axis=1) | (is_round & ~(np.abs(radius) > _SMALLEST))
    odd |= (is_line | (kind == ELLIPSE)) & (np.isnan(column(11)) | np.isnan(column(21)))
    odd |= (kind == ELLIPSE) & (np.hypot(*end.T) <= _SMALLEST)
    turn = np.radians(np.abs(stop - begin))
    odd |= is_round & (turn < 1e-9)
    splines: dict[int, Spline] = {}
    for row in np.flatnonzero(is_spline).tolist():
        made = _spline(body, np.flatnonzero(mine & (edge == row)))
        if made is None:
            odd[row] = True
        else:
            splines[row] = made
    body.bad[body.owner[rows[odd]]] = True
    kept = np.flatnonzero(~body.bad[body.owner[rows]])
    edges = Edges(
        kind[kept], centre[kept], end[kept], without_gaps(radius[kept]), begin[kept], stop[kept],
        column(73, 1.0)[kept] != 0, {at: splines[row] for at, row in enumerate(kept.tolist()) if row in splines},
    )  # fmt: skip
    owners, counts = np.unique(path[rows[kept]], return_counts=True)
    if not len(owners):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, 2))
    owner, sizes, points = boundaries.edge_loops(edges, counts)
    return owners[owner], sizes, points


def _spline(body: _Body, tags: NDArray) -> Spline | None:
    """Return the curve of a spline edge, None where the library has to look at it."""
    codes, number = body.codes[tags], body.number[tags]
    x, y, weights, knots = (number[codes == code] for code in (10, 20, 42, 40))
    if len(x) != len(y) or not len(x) or not (codes == 94).any():
        return None
    control = np.column_stack([x, y, np.zeros(len(x))])
    made = Spline(int(number[codes == 94][-1]), knots - knots[:1], control, weights if len(weights) else None)
    return made if usable(made) else None


@dataclass(slots=True)
class _Families:
    all: patterns.Families

    def of(self, hatches: Mask) -> patterns.Families:
        keep = hatches[self.all.hatch]
        items = np.repeat(keep, self.all.counts)
        return patterns.Families(
            self.all.hatch[keep], self.all.angle[keep], self.all.base[keep], self.all.offset[keep],
            self.all.counts[keep], self.all.items[items],
        )  # fmt: skip


def _families(body: _Body) -> _Families:
    """Return the lines of the patterns (78 and what follows); `body.bad` grows."""
    place = np.arange(len(body.codes))
    behind = place > body.first(78, place)[body.owner]
    behind &= body.has(78, np.ones(len(place), bool))[body.owner]
    among = behind & np.isin(body.codes, _PATTERN_CODES)
    starts = np.flatnonzero(among & (body.codes == 53))
    family = np.searchsorted(starts, place, "right") - 1
    number = np.where(among, body.number, 0.0)
    loose = among & ((family < 0) | (body.owner[starts[np.maximum(family, 0)]] != body.owner if len(starts) else True))
    body.spoil(loose | (among & ~np.isfinite(body.number)))

    def column(code: int) -> F64:
        out = np.zeros(len(starts))
        tags = np.flatnonzero(among & ~loose & (body.codes == code))
        out[family[tags]] = number[tags]
        return out

    items = np.flatnonzero(among & ~loose & (body.codes == 49))
    counts = np.bincount(family[items], minlength=len(starts)) if len(starts) else np.zeros(0, np.int64)
    told = column(79) != counts
    body.bad[body.owner[starts[told]]] = True
    many = np.bincount(body.owner[starts], minlength=body.many)
    body.bad |= body.last(78, behind | (body.codes == 78), 0.0) != many
    return _Families(
        patterns.Families(
            body.owner[starts],
            np.radians(column(53)),
            np.column_stack([column(43), column(44)]),
            np.column_stack([column(45), column(46)]),
            counts,
            number[items],
        )
    )


def _world(values: Attributes, body: _Body, hatch: NDArray, xy: F64) -> F64:
    """Return (n, 3) world coordinates of points whose hatch is given."""
    height = values.column(30, 0.0)[body.records]
    turns, turned = curves.axes(values.points(210, body.records, np.nan))
    return curves.to_world(np.column_stack([xy, height[hatch]]), hatch, turns, turned)


def _rows(values: Attributes, body: _Body, loops: patterns.Loops, filled: Mask) -> Rows:
    hatch, parts = np.unique(loops.hatch, return_counts=True)
    return Rows(
        entity=body.records[hatch].astype(np.int32),
        kind=np.where(filled[hatch], EntityKind.FILL, EntityKind.HATCH).astype(np.uint8),
        parts=parts.astype(np.int32),
        sizes=loops.sizes.astype(np.int32),
        closed=np.ones(len(loops.sizes), np.uint8),
        xyz=_world(values, body, np.repeat(loops.hatch, loops.sizes), loops.xy),
    )


def _lines(values: Attributes, body: _Body, owner: NDArray, drawn: F64) -> Rows:
    """Return the pattern lines of each hatch as one row of many parts."""
    keep = ~body.bad[owner]
    order = np.argsort(owner[keep], kind="stable")
    owner, drawn = owner[keep][order], drawn[keep][order]
    hatch, parts = np.unique(owner, return_counts=True)
    return Rows(
        entity=body.records[hatch].astype(np.int32),
        kind=np.full(len(hatch), EntityKind.PATH, np.uint8),
        parts=parts.astype(np.int32),
        sizes=np.full(len(owner), 2, np.int32),
        closed=np.zeros(len(owner), np.uint8),
        xyz=_world(values, body, np.repeat(owner, 2), drawn.reshape(-1, 2)),
    )
