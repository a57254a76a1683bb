"""DIMENSIONs of the scan: what was measured, by the same rules as `dxf.dimensions`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.readers.dxf.columns import curves
from pipeline.readers.dxf.columns.alike import without_gaps
from pipeline.readers.dxf.columns.scanned import Details, Scan
from pipeline.readers.dxf.dimensions import ROUND

F64 = NDArray[np.float64]
LINEAR_FACTOR, DECIMALS = 144, 271  # DIMLFAC, DIMDEC


def points(found: Details, code: int, rows: NDArray) -> F64:
    """Return (k, 3) points of some rows; missing ones are 0."""
    return without_gaps(np.column_stack([found.values[c][rows] for c in (code, code + 10, code + 20)]))


def kinds(found: Details, rows: NDArray) -> NDArray[np.int64]:
    """Return the kinds of dimensions (group 70): 0 rotated, 1 aligned, 2 angle, 3 diameter, 4 radius ..."""
    return without_gaps(found.values[70][rows]).astype(np.int64) & 15


def measured(found: Details, rows: NDArray) -> tuple[F64, F64]:
    """Return the two points (k, 2, 3) and what is measured between them (k,), in drawing units.

    `rows` are rotated, aligned, diameter and radius dimensions.
    """
    kind = kinds(found, rows)
    is_round = np.isin(kind, ROUND)
    from_, to = (
        np.where(is_round[:, None], points(found, a, rows), points(found, b, rows)) for a, b in ((10, 13), (15, 14))
    )
    delta = to - from_
    both = np.stack([from_, to], axis=1)
    angle = np.radians(without_gaps(found.values[50][rows]))
    along = np.column_stack([np.cos(angle), np.sin(angle), np.zeros(len(rows))])
    extrusion = np.column_stack([found.values[c][rows] for c in (210, 220, 230)])
    turns, turned = curves.axes(extrusion)
    rotated = turns & (kind == 0)
    if rotated.any():  # both the points and the direction are object coordinates
        along[rotated] = np.einsum("ki,kij->kj", along[rotated], turned[rotated])
        delta[rotated] = np.einsum("ki,kij->kj", delta[rotated], turned[rotated])
    linear = np.abs(np.einsum("ki,ki->k", delta, along))
    return both, np.where(kind == 0, linear, np.linalg.norm(delta, axis=1))


class Variables:
    """Dimension variables: of the dimension itself, else of its style, else the given value."""

    def __init__(self, doc: Any, found: Scan) -> None:
        self._doc, self._own = doc, found.styles
        self._styles: dict[tuple[str, str], float] = {}

    def get(self, entity: int, style: str | None, code: int, name: str, fallback: float) -> float:
        """Return a variable of the dimension in entity row `entity`."""
        own = self._own.get(entity)
        if own is not None and code in own:
            return own[code]
        key = (style or "STANDARD", name)
        if key not in self._styles:
            try:
                value = self._doc.dimstyles.get(key[0]).get_dxf_attrib(name, fallback)
                self._styles[key] = float(value) if value is not None else fallback
            except Exception:  # a missing or broken dimension style falls back to the standard one
                self._styles[key] = fallback
        return self._styles[key]
