"""Results of comparing: one sheet pair, and a whole pair of drawings, with their JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipeline.comparing.changes import Difference
from pipeline.comparing.segments import invert as invert_transform
from pipeline.drawing.tables import F64

SCHEMA = "tushen.comparison/1"


@dataclass(slots=True)
class SheetSide:
    """One side of a sheet pair."""

    file: str = ""
    sha256: str = ""
    format: str = ""
    sheet: str = ""
    number: str = ""
    title: str = ""
    scale: float = 1.0
    unit_mm: float = 1.0  # mm of the space (reality or paper) for one file unit

    def to_json(self) -> dict[str, Any]:
        """As in docs/formats/comparison.md."""
        return {
            "file": self.file,
            "sha256": self.sha256,
            "format": self.format,
            "sheet": self.sheet,
            "number": self.number,
            "title": self.title,
            "scale": self.scale,
            "unit_mm": self.unit_mm,
        }


@dataclass(slots=True)
class SheetComparison:
    """What came out for one pair of sheets."""

    old: SheetSide
    new: SheetSide
    comparable: bool = True
    reason_zh: str = ""
    reason_en: str = ""
    method: str = ""
    transform: F64 | None = None  # 2×3, old file coordinates -> new file coordinates
    transform_sheet: F64 | None = None  # 2×3, old sheet mm -> new sheet mm
    confidence: float = 0.0
    margin: float = 0.0
    mirrored: bool = False
    tolerance_mm: float = 0.0  # mm of reality
    identical: bool = False  # equal content, nothing was compared
    seconds: float = 0.0
    notes: list[dict[str, str]] = field(default_factory=list)  # [{zh, en}]
    differences: list[Difference] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As in docs/formats/comparison.md."""
        return {
            "old": self.old.to_json(),
            "new": self.new.to_json(),
            "comparable": self.comparable,
            "reason": {"zh": self.reason_zh, "en": self.reason_en} if self.reason_zh else None,
            "method": self.method,
            "transform": _matrix(self.transform),
            "transform_sheet": _matrix(self.transform_sheet),
            "confidence": round(float(self.confidence), 4),
            "margin": round(float(self.margin), 4),
            "mirrored": self.mirrored,
            "tolerance_mm": round(float(self.tolerance_mm), 4),
            "identical": self.identical,
            "seconds": round(float(self.seconds), 3),
            "notes": self.notes,
            "changes": [difference.to_json() for difference in self.differences],
        }

    def invert(self) -> SheetComparison:
        """The same result told from new to old."""
        from pipeline.comparing.changes import invert

        def back(matrix: F64 | None) -> F64 | None:
            return None if matrix is None else invert_transform(np.asarray(matrix))

        return SheetComparison(
            old=self.new,
            new=self.old,
            comparable=self.comparable,
            reason_zh=self.reason_zh,
            reason_en=self.reason_en,
            method=self.method,
            transform=back(self.transform),
            transform_sheet=back(self.transform_sheet),
            confidence=self.confidence,
            margin=self.margin,
            mirrored=self.mirrored,
            tolerance_mm=self.tolerance_mm,
            identical=self.identical,
            seconds=self.seconds,
            notes=list(self.notes),
            differences=invert(self.differences),
        )


@dataclass(slots=True)
class Comparison:
    """Old drawing against new one: all its sheet pairs and the sheets without a partner."""

    old: SheetSide
    new: SheetSide
    sheets: list[SheetComparison] = field(default_factory=list)
    unpaired: list[dict[str, Any]] = field(default_factory=list)  # [{side, sheet, number, title, zh, en}]
    seconds: float = 0.0
    engine: str = ""

    @property
    def differences(self) -> list[Difference]:
        """Of all sheet pairs."""
        return [difference for sheet in self.sheets for difference in sheet.differences]

    def main(self) -> SheetComparison | None:
        """The pair whose transform stands at the top of the JSON: the first that was compared."""
        compared = [sheet for sheet in self.sheets if sheet.comparable and not sheet.identical]
        ranked = compared or self.sheets
        return ranked[0] if ranked else None

    def to_json(self) -> dict[str, Any]:
        """The document of `tushen compare --format json` (docs/formats/comparison.md)."""
        main = self.main()
        return {
            "schema": SCHEMA,
            "engine": self.engine,
            "old": (main.old if main else self.old).to_json(),
            "new": (main.new if main else self.new).to_json(),
            "transform": _matrix(main.transform) if main else None,
            "confidence": round(float(main.confidence), 4) if main else 0.0,
            "comparable": any(sheet.comparable for sheet in self.sheets),
            "tolerance_mm": round(float(main.tolerance_mm), 4) if main else None,
            "seconds": round(self.seconds, 3),
            "changes": [difference.to_json() for difference in self.differences],
            "sheets": [{k: v for k, v in sheet.to_json().items() if k != "changes"} for sheet in self.sheets],
            "unpaired": self.unpaired,
        }


def _matrix(matrix: F64 | None) -> list[list[float]] | None:
    return None if matrix is None else [[float(value) for value in row] for row in np.asarray(matrix)]
