"""XCLIP: the part of a block reference or attached drawing that shows, in the coordinates of the block."""

from __future__ import annotations

from typing import Any

import numpy as np

from pipeline.readers.dxf.clipping import Window, rectangle


def window_of(insert: Any) -> Window | None:
    """Return what shows of the block of an INSERT, None where all of it does.

    The clip stands in the extension dictionary of the reference (ACAD_FILTER, SPATIAL); an inverted one shows what
    lies outside its smaller ring. Raises ValueError for a clip that cannot be read.
    """
    if hasattr(insert, "window"):  # read by its tags
        return insert.window()
    if not insert.has_extension_dict:
        return None
    from ezdxf.xclip import XClip

    clip = XClip(insert)
    if not clip.has_clipping_path or not clip.is_clipping_enabled:
        return None
    path = clip.get_block_clipping_path()
    ring = np.array([(p.x, p.y) for p in path.inner_polygon()], np.float64).reshape(-1, 2)
    if len(ring) == 2:
        (x0, y0), (x1, y1) = ring.min(axis=0), ring.max(axis=0)
        ring = rectangle(float(x0), float(y0), float(x1), float(y1)).ring
    if len(ring) > 1 and np.array_equal(ring[0], ring[-1]):
        ring = ring[:-1]
    if len(ring) < 3 or not np.isfinite(ring).all():
        raise ValueError("clip of a block reference has no area")
    return Window(ring, bool(path.is_inverted_clip))
