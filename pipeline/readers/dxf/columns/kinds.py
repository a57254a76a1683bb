"""Names of DXF records as small integers, and the group codes that are numbers."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

STRUCTURE = ("SECTION", "ENDSEC", "EOF", "BLOCK", "ENDBLK", "TABLE", "ENDTAB")
SUBORDINATE = ("VERTEX", "SEQEND", "ATTRIB")
LIBRARY = ("VIEWPORT",)  # read by the library, but looked at here
# kinds read here in columns; all others are drawn one by one, by their tags or else by the library
NATIVE = (
    "LINE", "POINT", "CIRCLE", "ARC", "ELLIPSE", "SOLID", "TRACE", "3DFACE", "LWPOLYLINE", "POLYLINE",
    "TEXT", "MTEXT", "ATTDEF", "INSERT", "DIMENSION", "HATCH", "SPLINE", "MULTILEADER",
    "3DSOLID", "BODY", "REGION", "SHAPE",
)  # fmt: skip
UNDRAWN = ("3DSOLID", "BODY", "REGION", "SHAPE")  # counted only
PICTURED = ("MULTILEADER",)  # drawn by the picture they carry
# kinds that the library draws from their own values: no table and no object has to be looked up
ALONE = frozenset(
    {
        "LINE", "POINT", "CIRCLE", "ARC", "ELLIPSE", "SOLID", "TRACE", "3DFACE", "LWPOLYLINE", "POLYLINE", "TEXT",
        "MTEXT", "ATTDEF", "SPLINE", "HELIX", "HATCH", "MPOLYGON", "MESH", "XLINE", "RAY", "WIPEOUT", "3DSOLID",
        "BODY", "REGION", "SHAPE",
    }
)  # fmt: skip
NAMES: tuple[str, ...] = ("", *STRUCTURE, *SUBORDINATE, *LIBRARY, *NATIVE)
KIND: dict[str, int] = {name: row for row, name in enumerate(NAMES) if name}
OTHER = 0  # no name of the above
LAST_STRUCTURE = KIND["ENDTAB"]
FIRST_NATIVE = KIND["LINE"]


def table_of(names: Iterable[str]) -> NDArray[np.bool_]:
    """Return which small integers stand for some names: a row of the table for every kind."""
    table = np.zeros(len(NAMES), bool)
    table[[KIND[name] for name in names]] = True
    return table


def _numeric() -> np.ndarray:
    """Return the table of group codes whose values are parsed as numbers (DXF reference, group code value types)."""
    table = np.zeros(1200, bool)
    for low, high in ((10, 79), (90, 99), (140, 149), (170, 179), (210, 239), (270, 289), (370, 379), (420, 429)):
        table[low : high + 1] = True
    return table


NUMERIC = _numeric()
