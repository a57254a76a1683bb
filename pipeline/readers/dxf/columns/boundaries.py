"""Boundary paths of hatches: polylines with bulges, edges of lines, arcs, ellipses and splines, as closed loops.

The same rules for the tags of the scan, all hatches of a piece at once, and for the library's entities, one by one.
Object coordinates throughout. Angles of clockwise arcs are stored mirrored (DXF reference, HATCH boundary path data).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.strokes import ranges
from pipeline.readers.dxf.columns import curves
from pipeline.readers.dxf.columns.splines import FINENESS, Spline, flattened
from pipeline.readers.dxf.columns.wide import close
from pipeline.readers.dxf.shapes import chords, ellipse_chords

F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]
LINE, ARC, ELLIPSE, SPLINE = 1, 2, 3, 4
EXTERNAL, POLYLINE, TEXT_BOX, OUTERMOST = 1, 2, 8, 16  # flags of a path
_STRAIGHT = 1e-6  # bulge that counts as none, as in the library
_SAME_ANGLE = 1e-9  # radians


@dataclass(slots=True)
class Edges:
    """Edges one behind the other, (e,) or (e, 2) each; what a kind does not need is 0."""

    kind: NDArray
    start: F64  # first point of a line, centre of the others
    end: F64  # last point of a line, end of an ellipse's major axis seen from its centre
    radius: F64  # of an arc; minor by major axis of an ellipse
    begin: F64  # angles, degrees
    stop: F64
    forward: Mask  # counter-clockwise
    splines: dict[int, Spline]  # by edge

    def flat(self) -> tuple[NDArray, F64]:
        """Return the points of each edge, both ends included: how many (e,), and where (n, 2)."""
        count = len(self.kind)
        sizes, points = np.full(count, 2, np.int64), {}
        lines, round_ = np.flatnonzero(self.kind == LINE), np.flatnonzero((self.kind == ARC) | (self.kind == ELLIPSE))
        points[LINE] = np.stack([self.start[lines], self.end[lines]], axis=1).reshape(-1, 2)
        sizes[round_], points[ARC] = self._round(round_)
        wavy = np.array(sorted(self.splines), np.int64)
        sizes[wavy], points[SPLINE] = self._splines(wavy)
        out = np.empty((int(sizes.sum()), 2))
        first = np.cumsum(sizes) - sizes
        for kind, rows in ((LINE, lines), (ARC, round_), (SPLINE, wavy)):
            out[ranges(first[rows], sizes[rows])] = points[kind]
        return sizes, out

    def _round(self, rows: NDArray) -> tuple[NDArray, F64]:
        """Return arcs and ellipses: from begin to stop, or mirrored from -begin to -stop."""
        is_arc = self.kind[rows] == ARC
        major = np.where(
            is_arc[:, None], np.column_stack([np.abs(self.radius[rows]), np.zeros(len(rows))]), self.end[rows]
        )
        ratio = np.where(is_arc, 1.0, self.radius[rows])
        minor = np.column_stack([-major[:, 1], major[:, 0]]) * ratio[:, None]
        begin, stop, forward = np.radians(self.begin[rows]), np.radians(self.stop[rows]), self.forward[rows]
        begin, stop = np.where(forward, begin, -stop), np.where(forward, stop, -begin)  # counter-clockwise
        begin = np.where(is_arc, begin, _parameter(begin, ratio))
        stop = np.where(is_arc, stop, _parameter(stop, ratio))
        sweep = spans(begin, stop)
        count = np.where(is_arc, chords(sweep), ellipse_chords(major, minor, begin, sweep))
        owner, angle = curves.steps(np.zeros(len(rows)), sweep, count, np.ones(len(rows), bool))
        angle = np.where(forward[owner], angle, sweep[owner] - angle) + begin[owner]
        points = self.start[rows][owner]
        return count + 1, points + np.cos(angle)[:, None] * major[owner] + np.sin(angle)[:, None] * minor[owner]

    def _splines(self, rows: NDArray) -> tuple[NDArray, F64]:
        items = [self.splines[row] for row in rows.tolist()]
        sizes, points = flattened(items, FINENESS)
        return sizes, points[:, :2]


def _parameter(angle: F64, ratio: F64) -> F64:
    """Return the parameters of ellipses at some angles from the centre, 0 to 2 pi."""
    return np.arctan2(np.sin(angle) / ratio, np.cos(angle)) % (2 * math.pi)


def spans(begin: F64, stop: F64) -> F64:
    """Return the turn counter-clockwise from `begin` to `stop`; equal angles are no turn, equal but for 2 pi a full."""
    sweep = (stop - begin) % (2 * math.pi)
    near = (sweep < _SAME_ANGLE) | (sweep > 2 * math.pi - _SAME_ANGLE)
    return np.where(near, np.where(np.abs(stop - begin) < _SAME_ANGLE, 0.0, 2 * math.pi), sweep)


def polyline_loops(xy: F64, bulge: F64, counts: NDArray, closed: Mask) -> tuple[NDArray, F64]:
    """Return point counts and points of polyline paths."""
    return curves.bulged(xy, np.where(np.abs(bulge) < _STRAIGHT, 0.0, bulge), counts, closed)


def edge_loops(edges: Edges, counts: NDArray) -> tuple[NDArray, NDArray, F64]:
    """Return the path of each loop, and point counts and points of loops; `counts` are the edges of each path.

    Edges that follow one another make a loop; others are joined end to end, turned where that fits, and a gap is
    closed by a line (see `joined`).
    """
    sizes, points = edges.flat()
    first = np.cumsum(sizes) - sizes
    path = np.repeat(np.arange(len(counts)), counts)
    follows = path[1:] == path[:-1]
    gap = follows & ~close(points[(first + sizes - 1)[:-1]], points[first[1:]])
    broken = np.bincount(path[1:][gap], minlength=len(counts)) > 0
    keep = np.ones(len(points), bool)
    keep[(first + sizes - 1)[:-1][follows]] = False  # the following edge begins there
    keep[np.repeat(broken[path], sizes)] = False
    per_path = np.bincount(np.repeat(path, sizes)[keep], minlength=len(counts))
    owners, many, parts = [np.flatnonzero(per_path)], [per_path[per_path > 0]], [points[keep]]
    pieces = np.split(points, first[1:]) if broken.any() else []
    of_path = np.cumsum(counts) - counts
    for row in np.flatnonzero(broken).tolist():
        loops = joined(pieces[of_path[row] : of_path[row] + counts[row]])
        owners.append(np.full(len(loops), row))
        many.append(np.array([len(loop) for loop in loops], np.int64))
        parts += loops
    owner, size, xy = np.concatenate(owners), np.concatenate(many), np.concatenate(parts)
    return in_turn(np.argsort(owner, kind="stable"), owner, size, xy)


def in_turn(order: NDArray, owner: NDArray, sizes: NDArray, xy: F64) -> tuple[NDArray, NDArray, F64]:
    """Return loops in another order."""
    first = np.cumsum(sizes) - sizes
    return owner[order], sizes[order], xy[ranges(first[order], sizes[order])]


def joined(pieces: list[F64]) -> list[F64]:
    """Return the loops of edges that do not simply follow one another, by the library's rules."""
    done: list[F64] = []
    loop = pieces[0]
    for piece in pieces[1:]:
        if close(loop[-1:], piece[:1])[0]:
            loop = np.concatenate([loop, piece[1:]])
        elif close(loop[-1:], piece[-1:])[0]:
            loop = np.concatenate([loop, piece[-2::-1]])
        elif close(loop[:1], piece[-1:])[0]:
            loop = np.concatenate([piece, loop[1:]])
        elif close(loop[:1], piece[:1])[0]:
            loop = np.concatenate([loop[::-1], piece[1:]])
        elif close(loop[:1], loop[-1:])[0]:
            done.append(loop)
            loop = piece
        else:
            loop = np.concatenate([loop, piece])
    return [*done, loop]


def opened(sizes: NDArray, xy: F64) -> tuple[NDArray, F64]:
    """Return loops without their last point where it is the first again."""
    ends = np.cumsum(sizes) - 1
    first = ends - sizes + 1
    again = (sizes > 1) & (xy[ends] == xy[first]).all(axis=1)
    keep = np.ones(len(xy), bool)
    keep[ends[again]] = False
    return sizes - again, xy[keep]


def shown(flags: NDArray, style: NDArray, hatch: NDArray) -> tuple[NDArray, Mask]:
    """Return the rank of paths (external, outermost, others) and which are drawn; `style` is that of their hatch.

    Style 0 counts islands in turn, 1 takes the outermost only, 2 no islands; boxes of texts are left out. Programs that
    mark no path as external write any style: where nothing would be left of a hatch its islands count in turn.
    """
    rank = np.where(flags & EXTERNAL, 0, np.where(flags & OUTERMOST, 1, 2))
    most = np.where(style == 1, 2, np.where(style == 2, 1, 3))
    inside = (flags & TEXT_BOX) == 0
    drawn = (rank < most) & inside
    some = np.zeros(int(hatch.max(initial=-1)) + 1, bool)
    some[hatch[drawn]] = True
    return rank, drawn | (inside & ~some[hatch])
