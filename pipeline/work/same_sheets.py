"""Which row of the records is which sheet of a new reading: by place, content and number, when ordinals shift.

A reader that finds frames better counts them otherwise, so the key "<space>:<ordinal>" alone would hand a person's
corrections to the neighbour.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.model import PERSON
from pipeline.records.tables import Sheet

Box = tuple[float, float, float, float]
SAME_PLACE = 0.85  # share of the common area in the area of both
MOST_PAIRS = 4_000_000  # beyond this only the keys are asked


def place_of(to_space: Sequence[float], width_mm: float, height_mm: float) -> Box:
    """Return the box of a sheet in its space, mm: x0 y0 x1 y1."""
    a, b, c, d, tx, ty = (float(v) for v in to_space)
    points = [(a * u + b * v + tx, c * u + d * v + ty) for u in (0.0, width_mm) for v in (0.0, height_mm)]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs), min(ys), max(xs), max(ys)


def shared_area(one: Box, two: Box) -> float:
    """Return the common area of two boxes as a share (0..1) of the area of both together."""
    return float(_shared_areas(np.array([one], np.float64), np.array([two], np.float64))[0, 0])


def assigned(rows: Sequence[Sheet], sheets: Sequence[dict[str, Any]]) -> dict[int, Sheet]:
    """Return index in `sheets` -> the row that is the same sheet; sheets without one are new.

    Args:
        rows: sheets of the file in the records, those that were gone too.
        sheets: sheets of the new reading as `stations.summary` gives them.
    """
    found: dict[int, Sheet] = {}
    by_key = {row.key: row for row in rows}
    left = {row.id: row for row in rows}
    places = {row.id: place_of(row.to_space, row.width_mm, row.height_mm) for row in rows}
    fresh = [place_of(s["to_space"], s["width_mm"], s["height_mm"]) for s in sheets]
    for index, facts in enumerate(sheets):  # nothing moved: the usual case
        row = by_key.get(facts["key"])
        if row is not None and shared_area(places[row.id], fresh[index]) >= 0.999:
            found[index] = row
            del left[row.id]
    open_ = [index for index in range(len(sheets)) if index not in found]
    rest = list(left.values())
    if 0 < len(open_) * len(rest) <= MOST_PAIRS:
        scores = _likeness(
            rest, [places[row.id] for row in rest], [sheets[i] for i in open_], [fresh[i] for i in open_]
        )
        one, two = np.nonzero(scores)
        for at in np.lexsort((two, one, -scores[one, two])):  # the surest first, then in the order of the reading
            index, row = open_[one[at]], rest[two[at]]
            if index not in found and row.id in left:
                found[index] = left.pop(row.id)
    for index in open_:  # what nothing else decides keeps its key, if that is free and nothing contradicts
        row = by_key.get(sheets[index]["key"])
        if index not in found and row is not None and row.id in left and not _contradicts(row, sheets[index]):
            found[index] = left.pop(row.id)
    return found


def _read(row: Sheet, name: str) -> str:
    """Return what was read for a field, a person's word left out."""
    field = (row.fields or {}).get(name) or {}
    if field.get("origin") == PERSON:
        field = field.get("read") or {}
        return str(field.get("value", ""))
    return str(getattr(row, name))


def _likeness(
    rows: Sequence[Sheet], places: Sequence[Box], sheets: Sequence[dict[str, Any]], fresh: Sequence[Box]
) -> NDArray[np.float64]:
    """Return (sheets, rows) how surely a row is a sheet of the new reading; 0 where nothing says so."""

    def same(news: Iterable[Any], olds: Iterable[Any], *, named: bool = False) -> NDArray[np.bool_]:
        codes: dict[Any, int] = {"": -1} if named else {}  # named: two empty values are not the same
        one, two = (np.array([codes.setdefault(v, len(codes)) for v in values], np.int64) for values in (news, olds))
        return (one[:, None] == two[None, :]) & (one[:, None] >= 0)

    shared = _shared_areas(np.array(fresh, np.float64), np.array(places, np.float64))
    shared[~same((str(s["key"]).split(":")[0] for s in sheets), (row.key.split(":")[0] for row in rows))] = 0.0
    scores = np.where(shared >= SAME_PLACE, 3.0 + shared, 0.0)
    scores += 2.5 * same((s["content_hash"] for s in sheets), (row.content_hash for row in rows), named=True)
    number = same((s["number"] for s in sheets), (_read(row, "number") for row in rows), named=True)
    title = same((s["title"] for s in sheets), (_read(row, "title") for row in rows))
    scores += np.where(number, np.where(title, 1.5, 0.8), 0.0)
    scores[~same((s["kind"] for s in sheets), (row.kind for row in rows))] = 0.0
    return scores


def _shared_areas(one: NDArray[np.float64], two: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n, m) the common area of boxes (n, 4) and (m, 4) as a share of the area of both together."""
    low = np.maximum(one[:, None, :2], two[None, :, :2])
    wide = np.clip(np.minimum(one[:, None, 2:], two[None, :, 2:]) - low, 0.0, None)
    common = wide[..., 0] * wide[..., 1]
    area = [(b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1]) for b in (one, two)]
    both = area[0][:, None] + area[1][None, :] - common
    return np.divide(common, both, out=np.zeros_like(common), where=common > 0)


def _contradicts(row: Sheet, facts: dict[str, Any]) -> bool:
    """Whether row and sheet name different numbers."""
    number = _read(row, "number")
    return bool(number) and bool(facts["number"]) and number != facts["number"]
