"""Codes of defects with their sentences (Chinese, English) and what to do about each: all origins together."""

from pipeline.drawing.defect_sentences.any_file import ANY_FILE
from pipeline.drawing.defect_sentences.dxf import DXF
from pipeline.drawing.defect_sentences.entry import Entry
from pipeline.drawing.defect_sentences.ifc import IFC
from pipeline.drawing.defect_sentences.ifc_place import IFC_PLACE
from pipeline.drawing.defect_sentences.pdf import PDF
from pipeline.drawing.defect_sentences.sets import SETS

__all__ = ["CATALOGUE", "Entry"]

CATALOGUE: dict[str, Entry] = {**ANY_FILE, **DXF, **PDF, **IFC, **IFC_PLACE, **SETS}
