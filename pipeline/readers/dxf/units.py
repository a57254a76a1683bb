"""How long one unit of a DXF is: $INSUNITS is a claim that Chinese practice often gets wrong (DOMAIN C.8)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pipeline.drawing.defects import Defect, defect
from pipeline.readers.dxf.chunk import Chunk

UNITS_MM = {
    1: 25.4,
    2: 304.8,
    3: 1_609_344.0,
    4: 1.0,
    5: 10.0,
    6: 1000.0,
    7: 1_000_000.0,
    8: 25.4e-6,
    9: 0.0254,
    10: 914.4,
    13: 0.001,
    14: 100.0,
    21: 304.8 * 1200 / 1199.9976,  # US survey foot
}
# letters of a drawing are between 0.5 mm and 20 m high in reality (detail 1:1 .. site plan 1:2000)
LETTER_MM = (0.5, 20_000.0)


def model_unit(doc: Any, model: Chunk) -> tuple[float, list[Defect]]:
    """Return millimetres per unit of model space and what is to be said about it.

    A declared unit stands unless it makes the letters absurd (median cap height outside `LETTER_MM`) while
    millimetres do not; an undeclared one is millimetres.
    """
    code = int(doc.header.get("$INSUNITS", 0) or 0)
    declared = UNITS_MM.get(code)
    heights = np.linalg.norm(model.text_place[:, 2], axis=1) if len(model.text_place) else np.zeros(0)
    ordered, half = np.sort(heights), len(heights) // 2  # not numpy's median: that loads masked arrays, a slow import
    median = float(ordered[half] + ordered[~half]) / 2 if len(heights) else math.nan
    if declared is None:
        return 1.0, [defect("unit_unknown", used="mm")]
    absurd = math.isfinite(median) and not LETTER_MM[0] <= median * declared <= LETTER_MM[1]
    if declared != 1.0 and absurd and LETTER_MM[0] <= median <= LETTER_MM[1]:
        return 1.0, [defect("unit_corrected", declared=f"{declared:g} mm", used="mm")]
    return declared, []


def layout_paper(layout: Any) -> tuple[tuple[float, float] | None, float]:
    """Return the paper size in mm (None if unknown) and millimetres of paper per unit of the layout."""
    dxf = layout.dxf_layout.dxf
    width, height = float(dxf.get("paper_width", 0) or 0), float(dxf.get("paper_height", 0) or 0)
    if int(dxf.get("plot_rotation", 0) or 0) in (1, 3):
        width, height = height, width
    good = 1.0 < width < 20_000 and 1.0 < height < 20_000
    unit = 25.4 if int(dxf.get("plot_paper_units", 1) or 0) == 0 else 1.0
    numerator, denominator = (float(dxf.get(f"scale_{n}", 1) or 0) for n in ("numerator", "denominator"))
    if int(dxf.get("standard_scale_type", 16) or 0) != 0 and numerator > 0 and denominator > 0:
        ratio = numerator / denominator
        if 1e-4 <= ratio <= 1e2:
            unit *= ratio
    return ((width, height) if good else None), unit
