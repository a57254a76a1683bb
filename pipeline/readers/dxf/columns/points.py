"""The points of a scan: columns of each piece of the file, given back to the system when all of them are used."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

from pipeline.readers.dxf.columns.alike import alike
from pipeline.readers.dxf.columns.freed import apart
from pipeline.readers.dxf.columns.tags import Irregular

F64 = NDArray[np.float64]


class Points:
    """Points by number (file units), added in pieces; each is taken once, for the block or layout it belongs to."""

    def __init__(self) -> None:
        self._first = [0]  # point that each piece begins with, and the one behind the last
        self._pieces: list[list[F64]] = []  # x, y and, where they are not all 0, heights; [] given back
        self._left: list[int] = []

    def __len__(self) -> int:
        return self._first[-1]

    def add(self, xyz: F64) -> None:
        """Add the points (k, 3) of a piece."""
        if not len(xyz):
            return
        kept = apart((3 if xyz[:, 2].any() else 2, len(xyz)))
        for axis, column in enumerate(kept):
            column[:] = xyz[:, axis]
        self._first.append(len(self) + len(xyz))
        self._pieces.append(list(kept))
        self._left.append(len(xyz))

    def taken(self, rows: NDArray) -> list[F64]:
        """Return x, y, z of some points; they are not kept longer than the rest of their piece.

        Raises:
            Irregular: a point that was taken before is not there any more.
        """
        if not len(rows):
            return [np.zeros(0)] * 3
        low, high = (bisect_right(self._first, int(row)) - 1 for row in (rows.min(), rows.max()))
        if low == high:
            return self._of_piece(low, rows)
        out = list(np.zeros((3, len(rows))))
        for piece in range(low, high + 1):
            here = np.flatnonzero((rows >= self._first[piece]) & (rows < self._first[piece + 1]))
            for axis, column in enumerate(self._of_piece(piece, rows[here])):
                out[axis][here] = column
        return out

    def _of_piece(self, piece: int, rows: NDArray) -> list[F64]:
        if not len(rows):
            return []
        kept = self._pieces[piece]
        if not kept:
            raise Irregular("a block or layout that is drawn twice")
        inside = rows - self._first[piece]
        found = [column[inside] for column in kept]
        self._left[piece] -= len(rows)
        if self._left[piece] <= 0:
            self._pieces[piece] = []
        return found if len(found) == 3 else [*found, alike(0.0, len(rows))]
