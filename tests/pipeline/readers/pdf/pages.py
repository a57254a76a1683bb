"""Pages drawn by content streams of our own, and what was read of them in points of the page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pymupdf

from pipeline.drawing.model import Space
from pipeline.readers.registry import read_path

MM = 25.4 / 72


def saved(tmp_path: Path, content: str, width: int = 200, height: int = 200) -> Path:
    """Return a file of one page (size in points) with this content stream."""
    doc = pymupdf.open()
    page = doc.new_page(width=width, height=height)
    page.draw_line((0, 0), (1, 1))
    doc.update_stream(page.get_contents()[0], content.encode())
    path = tmp_path / "drawn.pdf"
    doc.save(path)
    return path


def drawn(tmp_path: Path, content: str, width: int = 200, height: int = 200) -> Space:
    """Return the space of a page with this content stream."""
    path = saved(tmp_path, content, width, height)
    return read_path(path, path.name).spaces[0]


def parts(space: Space, row: int = 0) -> list[np.ndarray]:
    """Return the parts of an entity in points of the page, y up."""
    table = space.entities
    first = table.part_first[row]
    return [
        table.xy[table.point_first[p] : table.point_first[p + 1]] / MM
        for p in range(first, first + table.part_count[row])
    ]
