"""From spaces to sheets: frames, title blocks, drawing lists, identity by content."""

from pipeline.sheets.drawing_list import read_drawing_list
from pipeline.sheets.find import find_sheets

__all__ = ["find_sheets", "read_drawing_list"]
