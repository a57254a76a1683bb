"""Drawings for the benchmarks: read by our readers in this process and split into sheets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.drawing.model import Drawing


def opened(path: Path) -> Drawing:
    """Read a file, split it into sheets, note its name."""
    from pipeline.readers.registry import read_path
    from pipeline.sheets.find import find_sheets

    drawing = read_path(path, path.name)
    find_sheets(drawing)
    drawing.meta["name"] = path.name
    return drawing
