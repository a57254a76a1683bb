"""From spaces to sheets: frames, title blocks, drawing lists, identity by content."""

from pipeline.sheets.drawing_list import read_drawing_list
from pipeline.sheets.find import find_sheets

VERSION = "2026.11.5"  # raise it whenever the sheets of the same drawing come out otherwise

__all__ = ["VERSION", "find_sheets", "read_drawing_list"]
