"""Records of a file that the library takes into another entity, so that counts of both can be compared."""

from __future__ import annotations

from typing import Any

from pipeline.readers.dxf.lettering import FRAME

_EMBEDDED_SINCE = "AC1032"  # from here on columns and frames stand inside the MTEXT


def absorbed(entity: Any) -> dict[str, int]:
    """Return how many records of which kind an entity has taken in: further columns and the frame of an MTEXT."""
    found: dict[str, int] = {}
    if entity.dxftype() != "MTEXT":
        return found
    if entity.has_columns:
        found["MTEXT"] = len(entity.columns.linked_columns)
    if int(entity.dxf.get("bg_fill", 0) or 0) & FRAME and entity.doc and entity.doc.dxfversion < _EMBEDDED_SINCE:
        found["LWPOLYLINE"] = 1
    return found
