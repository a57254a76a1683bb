"""XLINE and RAY: lines without an end are drawn as far as the rest of their layout reaches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.kinds import EntityKind
from pipeline.readers.dxf.chunk import Chunk, ChunkBuilder, Look, join


@dataclass(slots=True)
class Endless:
    """A construction line: a point (3,), a direction (3,), and whether it goes both ways."""

    start: NDArray[np.float64]
    direction: NDArray[np.float64]
    both: bool
    look: Look
    source: int


def with_endless(chunk: Chunk, lines: list[Endless]) -> Chunk:
    """Return a settled layout chunk with its endless lines cut at the box of everything else; empties `lines`."""
    if not lines:
        return chunk
    finite = np.ones(len(chunk.xyz), bool)
    for column in chunk.xyz.T:
        finite &= np.isfinite(column)
    points = chunk.xyz if finite.all() else chunk.xyz[finite]
    corners = [line.start[:2] for line in lines]
    if len(points):
        corners += [points[:, :2].min(axis=0), points[:, :2].max(axis=0)]
    low, high = np.min(corners, axis=0), np.max(corners, axis=0)
    pad = max(1.0, 0.02 * float(np.max(high - low)))
    out = ChunkBuilder()
    for line in lines:
        span = _span(line, low - pad, high + pad)
        if span is not None:
            ends = np.array([line.start + line.direction * t for t in span])
            out.add(EntityKind.LINE, [ends], False, line.look, line.source)
    lines.clear()
    return join([chunk, out.build()])


def _span(line: Endless, low: NDArray[np.float64], high: NDArray[np.float64]) -> tuple[float, float] | None:
    begin, end = (-np.inf if line.both else 0.0), np.inf
    for axis in (0, 1):
        delta, start = float(line.direction[axis]), float(line.start[axis])
        if abs(delta) < 1e-12:
            continue
        t0, t1 = sorted(((low[axis] - start) / delta, (high[axis] - start) / delta))
        begin, end = max(begin, t0), min(end, t1)
    return (begin, end) if np.isfinite([begin, end]).all() and begin < end else None
