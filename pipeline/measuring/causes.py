"""Causes: what the ink lost on a sheet was, as far as pixels and the drawing's own defects tell."""

from __future__ import annotations

import numpy as np

from pipeline.drawing.kinds import SpaceKind
from pipeline.drawing.model import Drawing, Sheet
from pipeline.measuring.meter import Reading
from pipeline.measuring.raster import Grid, contours, near
from pipeline.measuring.reference import Reference
from pipeline.measuring.verdict import settle_causes

LEAST_BESIDE = 0.001
_LIMITS = frozenset({"limit_reached"})


def causes_of(drawing: Drawing, sheet: Sheet, reading: Reading, reference: Reference, grid: Grid) -> dict[str, float]:
    """Return cause -> share of the ink lost (and, beside the loss, `invented` and `image`)."""
    lost = 1.0 - reading.share
    parts: dict[str, float] = {}
    if reading.wordless:
        parts["text_undecodable"] = reading.wordless / reading.ink
    if np.count_nonzero(reading.lost_lines):
        for cause, shown in reference.parts.items():
            picture = shown()
            if picture is not None:
                hit = reading.lost_lines & grid.inner(near(contours(picture)))
                parts[cause] = np.count_nonzero(hit) / reading.ink
    for code in _named(drawing, sheet):
        parts.setdefault(code, lost)
    causes = settle_causes(lost, parts)
    beside = {
        "invented": np.count_nonzero(reading.invented) / reading.ink,
        "image": _image_share(reading, reference, grid),
    }
    return causes | {name: round(float(part), 6) for name, part in beside.items() if part >= LEAST_BESIDE}


def _image_share(reading: Reading, reference: Reference, grid: Grid) -> float:
    """Return how much of all contours on the sheet lies inside pictures."""
    picture = reference.pictures()
    inside = 0 if picture is None else int(np.count_nonzero(grid.inner(contours(picture))))
    return inside / (inside + reading.ink)


def _named(drawing: Drawing, sheet: Sheet) -> list[str]:
    """Return the defects that say outright that something on this sheet was left out."""
    space = drawing.spaces[sheet.space]
    number = space.name.split(" ", 1)[0]
    found = []
    for one in drawing.defects:
        if one.code not in _LIMITS:
            continue
        page = str(one.details.get("limit", "")).rpartition("page ")[2]
        if space.kind != SpaceKind.PAGE or page == number:
            found.append(one.code)
    return found
