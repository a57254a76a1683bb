"""What matching points must be to lay a sheet on another, on the command line and in the browser."""

from __future__ import annotations

from collections.abc import Sequence

LEAST_POINTS = 2


def suffice(points: Sequence[Sequence[Sequence[float]]]) -> bool:
    """Tell whether pairs of points [[x, y] old sheet mm, [x, y] new sheet mm] are enough, no place given twice."""
    return all(
        len(points) >= LEAST_POINTS and len({tuple(place) for place in side}) == len(points)
        for side in zip(*points, strict=True)
    )
