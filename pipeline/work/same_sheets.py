"""Which row of the records is which sheet of a new reading: by place, content and number, when ordinals shift.

A reader that finds frames better counts them otherwise, so the key "<space>:<ordinal>" alone would hand a person's
corrections to the neighbour.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
    wide = min(one[2], two[2]) - max(one[0], two[0])
    high = min(one[3], two[3]) - max(one[1], two[1])
    if wide <= 0 or high <= 0:
        return 0.0
    area = [(b[2] - b[0]) * (b[3] - b[1]) for b in (one, two)]
    return wide * high / (area[0] + area[1] - wide * high)


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
    if len(open_) * len(left) <= MOST_PAIRS:
        scores = [
            (_likeness(row, places[row.id], sheets[index], fresh[index]), index, row.id)
            for index in open_
            for row in left.values()
        ]
        for score, index, row_id in sorted(scores, key=lambda entry: (-entry[0], entry[1])):
            if score > 0 and index not in found and row_id in left:
                found[index] = left.pop(row_id)
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


def _likeness(row: Sheet, place: Box, facts: dict[str, Any], fresh: Box) -> float:
    """Return how surely a row is a sheet of the new reading; 0 where nothing says so."""
    if row.kind != facts["kind"]:
        return 0.0
    space = row.key.split(":")[0] == str(facts["key"]).split(":")[0]
    shared = shared_area(place, fresh) if space else 0.0
    score = 3.0 + shared if shared >= SAME_PLACE else 0.0
    if row.content_hash and row.content_hash == facts["content_hash"]:
        score += 2.5
    number, title = _read(row, "number"), _read(row, "title")
    if number and number == facts["number"]:
        score += 1.5 if title == facts["title"] else 0.8
    return score


def _contradicts(row: Sheet, facts: dict[str, Any]) -> bool:
    """Whether row and sheet name different numbers."""
    number = _read(row, "number")
    return bool(number) and bool(facts["number"]) and number != facts["number"]
